import { type Available, layerColumns, layerSums } from '../analytics/profitability/index.ts'
import type { Dialect } from '../warehouse/dialect.ts'
import { type Sql, sql } from '../warehouse/sql.ts'

/** Whose lines, and how they are valued: as the run that made the snapshot did. */
export interface CustomerLines {
  /** Null for lines without a customer. */
  customerId: string | null
  asOf: string
  currency: string
  /** Whether there are rates for other currencies; without them foreign lines are in no layer. */
  rates: boolean
  available: Available
}

/**
 * The lines of one customer in the reporting currency, as relation `valued_line`. Lines lie sorted by customer, so that only theirs are
 * read. To stand behind `with`.
 */
function ownLines({ customerId, asOf, currency, rates }: CustomerLines): Sql {
  const convert = (amount: Sql) =>
    rates ? sql`case when own.currency = ${currency} then ${amount} else cast(${amount} * day_rate.rate as decimal(18, 4)) end` : amount
  const dayRates = sql`
    day_rate as (
      select
        days.currency,
        days.order_date,
        cast(fx_rate.rate as decimal(20, 14)) as rate
      from (
        select
          own_days.currency,
          own_days.order_date,
          max(fx_rate.date) as rate_date
        from (select distinct currency, order_date from own where currency <> ${currency}) as own_days
        join fx_rate on fx_rate.currency = own_days.currency and fx_rate.date <= own_days.order_date
        group by own_days.currency, own_days.order_date
      ) as days
      join fx_rate on fx_rate.currency = days.currency and fx_rate.date = days.rate_date
    ),`
  return sql`
    own as (
      select *
      from order_line
      where ${customerId === null ? sql`customer_id is null` : sql`customer_id = ${customerId}`} and order_date <= cast(${asOf} as date)
    ),${rates ? dayRates : sql``}
    valued_line as (
      select
        own.order_id,
        own.order_date,
        own.channel_id,
        own.kind,
        own.cancellation_flag,
        ${convert(sql`own.list_amount`)} as list_amount,
        ${convert(sql`own.invoice_amount`)} as invoice_amount,
        ${convert(sql`own.product_cost`)} as product_cost
      from own
      ${rates ? sql`left join day_rate on day_rate.currency = own.currency and day_rate.order_date = own.order_date` : sql``}
      where own.currency = ${currency}${rates ? sql` or day_rate.rate is not null` : sql``}
    )`
}

/** The layers of one customer month by month. One row per month with a line. */
export function customerMonths(dialect: Dialect, lines: CustomerLines): Sql {
  const month = dialect.monthStart(sql`order_date`)
  return sql`
    with ${ownLines(lines)},
    sums as (
      select
        ${month} as month,
        count(distinct order_id) filter (where kind = 'sale') as orders,
        ${layerSums(lines.available)}
      from valued_line
      group by ${month}
    )
    select
      sums.month,
      sums.orders,
      sums.lines,
      ${layerColumns(lines.available)}
    from sums
    order by sums.month`
}

/** The latest orders of one customer with their layers. One row per order, with the count of all of them. */
export function customerOrders(lines: CustomerLines, limit: number): Sql {
  return sql`
    with ${ownLines(lines)},
    sums as (
      select
        order_id,
        min(order_date) as order_date,
        max(channel_id) as channel_id,
        bool_or(cancellation_flag) as cancelled,
        ${layerSums(lines.available)}
      from valued_line
      group by order_id
    )
    select
      sums.order_id,
      sums.order_date,
      sums.channel_id,
      sums.cancelled,
      sums.lines,
      ${layerColumns(lines.available)},
      count(*) over () as all_orders
    from sums
    order by sums.order_date desc, sums.order_id desc
    limit ${limit}`
}

/** What one customer buys, the largest first, with the names of the products. One row per product, with the count of all of them. */
export function customerProducts(customerId: string, by: 'contribution' | 'net_revenue', limit: number): Sql {
  const measure = by === 'contribution' ? sql`bought.contribution` : sql`bought.net_revenue`
  return sql`
    select
      bought.*,
      product_profit.name,
      count(*) over () as all_products
    from (select * from customer_product where customer_id = ${customerId}) as bought
    left join product_profit on product_profit.product_id = bought.product_id
    order by ${measure} desc nulls last, bought.product_id
    limit ${limit}`
}

/** The customers right before and behind a rank. Up to two rows. */
export function neighbours(rank: number): Sql {
  return sql`
    select
      measure_rank,
      customer_id
    from customer_profit
    where measure_rank in (${rank - 1}, ${rank + 1})`
}
