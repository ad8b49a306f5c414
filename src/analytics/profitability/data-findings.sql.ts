import type { Dialect } from '../../warehouse/dialect.ts'
import { type Sql, sql } from '../../warehouse/sql.ts'

// Capital letters that look alike in Latin, Cyrillic and Greek; small ones are made capital first.
const foreign = 'АВЕЅІЈКМНОРСТУХΑΒΕΖΗΙΚΜΝΟΡΤΥΧ'
const latin = 'ABESIJKMHOPCTYXABEZHIKMNOPTYX'
// Characters of the first list beyond the length of the second are dropped by translate().
const punctuation = " -_./,&'"

const plainName = sql`translate(upper(name), ${foreign + punctuation}, ${latin})`

/** Which products each customer returned. Few beside all lines, and a table of its own so that the engine knows it. One row per customer and product. */
export function returnedPairs(): Sql {
  return sql`
    select distinct
      customer_key,
      product_key
    from valued_line
    where kind = 'return' and customer_key > 0`
}

/**
 * Returned lines of customers and products that have too few earlier sales. One row.
 *
 * The stock that a customer can return is a running sum of quantities that never falls below zero: with S the running sum and M the
 * smallest S so far (at most 0), it is S - M, and a return is unmatched, in full or in part, where it pushes M further down.
 */
export function unmatchedReturns(): Sql {
  return sql`
    with running as (
      select
        line.customer_key,
        line.product_key,
        line.kind,
        line.order_date,
        line.order_key,
        line.line_no,
        line.quantity,
        line.invoice_amount,
        sum(line.quantity) over (
          partition by line.customer_key, line.product_key
          order by line.order_date, case when line.kind = 'return' then 1 else 0 end, line.order_key, line.line_no
          rows unbounded preceding
        ) as stock
      from valued_line as line
      join returned_pair as pair on pair.customer_key = line.customer_key and pair.product_key = line.product_key
      where line.kind in ('sale', 'return')
    ),
    lowest as (
      select
        running.*,
        least(0, min(stock) over (
          partition by customer_key, product_key
          order by order_date, case when kind = 'return' then 1 else 0 end, order_key, line_no
          rows unbounded preceding
        )) as lowest_now,
        least(0, coalesce(min(stock) over (
          partition by customer_key, product_key
          order by order_date, case when kind = 'return' then 1 else 0 end, order_key, line_no
          rows between unbounded preceding and 1 preceding
        ), 0)) as lowest_before
      from running
    )
    select
      count(*) as lines,
      cast(coalesce(sum(invoice_amount), 0) as decimal(38, 4)) as amount
    from lowest
    where kind = 'return' and lowest_now < lowest_before`
}

/** One row per month: how many lines. */
export function linesByMonth(dialect: Dialect): Sql {
  const month = dialect.monthStart(sql`order_date`)
  return sql`
    select
      ${month} as month,
      cast(sum(lines) as bigint) as lines
    from day_sum
    group by ${month}
    order by ${month}`
}

/** How many customers there are and how many different names. One row. */
export function namesKnown(): Sql {
  return sql`
    select
      count(*) filter (where name <> customer_id) as customers,
      count(distinct case when name <> customer_id then ${plainName} end) as names
    from customer`
}

/** Lines that repeat an earlier one of the same file. One row per month that has any. */
export function repeatedByMonth(dialect: Dialect): Sql {
  const month = dialect.monthStart(sql`order_date`)
  return sql`
    select
      ${month} as month,
      count(*) as repeated,
      cast(sum(invoice_amount) as decimal(38, 4)) as amount
    from valued_line
    where duplicate_flag
    group by ${month}
    order by ${month}`
}

/** Lines of a month that have a twin: same customer, product, day, quantity and amount. One row. */
export function twinsInMonth(month: string, lastDay: string): Sql {
  return sql`
    with likenesses as (
      select
        count(*) as lines,
        sum(invoice_amount) as amount
      from valued_line
      where kind = 'sale' and order_date between cast(${month} as date) and cast(${lastDay} as date)
      group by customer_key, product_key, order_date, quantity, invoice_amount
    )
    select
      cast(sum(lines) as bigint) as lines,
      cast(coalesce(sum(lines) filter (where lines % 2 = 0), 0) as bigint) as in_pairs,
      cast(coalesce(sum(amount) filter (where lines % 2 = 0), 0) / 2 as decimal(38, 4)) as surplus
    from likenesses`
}

/** Pairs of customers whose ids cannot be told apart by eye: other scripts, case, spaces and dashes aside. One row per pair. */
export function lookAlikeIds(limit: number): Sql {
  const plain = (value: Sql) => sql`translate(upper(${value}), ${foreign + punctuation}, ${latin})`
  return sql`
    with odd as (
      select
        customer_id,
        ${plain(sql`customer_id`)} as plain_id
      from customer
      where ${plain(sql`customer_id`)} <> customer_id
    ),
    candidates as (
      select
        customer.customer_id,
        ${plain(sql`customer.customer_id`)} as plain_id
      from customer
      where ${plain(sql`customer.customer_id`)} in (select plain_id from odd)
    )
    select
      plain_id,
      min(customer_id) as first_id,
      max(customer_id) as other_id,
      count(*) as customers
    from candidates
    group by plain_id
    having count(*) > 1
    order by plain_id
    limit ${limit}`
}

/** Customers of one name under several ids, letters of other scripts, case and punctuation aside. One row per name. */
export function sameNames(limit: number): Sql {
  return sql`
    with named as (
      select
        customer_id,
        name,
        ${plainName} as plain_name
      from customer
      where name is not null and name <> customer_id
    )
    select
      plain_name,
      min(name) as name,
      min(customer_id) as first_id,
      max(customer_id) as other_id,
      count(*) as customers
    from named
    group by plain_name
    having count(*) > 1
    order by count(*) desc, plain_name
    limit ${limit}`
}
