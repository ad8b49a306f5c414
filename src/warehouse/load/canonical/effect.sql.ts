import type { Sql } from '../../sql.ts'
import { sql } from '../../sql.ts'

/** Lines and amounts before and of an import, one row per month and currency; `lines` is a relation of order lines. */
function monthsOf(lines: Sql): Sql {
  return sql`
    select cast(date_trunc('month', order_date) as date) as month, currency, count(*) as line_count, sum(invoice_amount) as amount,
      min(order_date) as first_day, max(order_date) as last_day
    from ${lines}
    group by 1, 2`
}

/** What an import adds to each month, one row per month and currency that either side has. Without `before` there is nothing yet. */
export function effectByMonth(added: Sql, before: Sql | null): Sql {
  const nothing = sql`select cast(null as date) as month, cast(null as varchar) as currency, cast(null as bigint) as line_count, cast(null as decimal(38, 4)) as amount,
    cast(null as date) as first_day, cast(null as date) as last_day where false`
  return sql`
    select
      coalesce(a.month, b.month) as month,
      coalesce(a.currency, b.currency) as currency,
      coalesce(b.line_count, 0) as lines_before,
      cast(coalesce(b.amount, 0) as decimal(38, 4)) as amount_before,
      coalesce(a.line_count, 0) as lines_added,
      cast(coalesce(a.amount, 0) as decimal(38, 4)) as amount_added,
      b.first_day as first_before,
      b.last_day as last_before,
      a.first_day as first_added,
      a.last_day as last_added
    from (${monthsOf(added)}) a
    full outer join (${before ? monthsOf(before) : nothing}) b on b.month = a.month and b.currency = a.currency
    order by 1, 2`
}

/** Customers of an import: how many the earlier orders know, and how many are new. One row. */
export function effectOnCustomers(added: Sql, before: Sql | null): Sql {
  const ids = (lines: Sql) => sql`select distinct customer_id from ${lines} where customer_id is not null`
  return before
    ? sql`
    select
      count(*) filter (where b.customer_id is not null) as known,
      count(*) filter (where b.customer_id is null) as fresh
    from (${ids(added)}) a
    left join (${ids(before)}) b on b.customer_id = a.customer_id`
    : sql`select cast(0 as bigint) as known, count(*) as fresh from (${ids(added)})`
}
