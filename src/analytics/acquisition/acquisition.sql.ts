import type { Dialect } from '../../warehouse/dialect.ts'
import { type Sql, sql } from '../../warehouse/sql.ts'

const money = (value: Sql) => sql`cast(${value} as decimal(38, 4))`

/** The ways in which customers are grouped by how they were won and how they began. */
export const dimensions = [
  'source',
  'channel',
  'first_product',
  'cohort',
  'first_basket',
  'first_lines',
  'first_discount',
  'again_early',
] as const
export type Dimension = (typeof dimensions)[number]

/**
 * What the first order of each customer looked like: its leading product and channel, its lines, its discount. Relations customer_start,
 * valued_line. One row per customer.
 */
export function firstOrders(): Sql {
  return sql`
    with line as (
      select
        sold.customer_key,
        sold.product_key,
        coalesce(sold.channel_id, '') as channel,
        sold.invoice_amount,
        sold.list_amount,
        row_number() over (
          partition by sold.customer_key order by sold.invoice_amount desc, sold.product_key, sold.order_key, sold.line_no
        ) as place
      from valued_line as sold
      join customer_start as start on start.customer_key = sold.customer_key and start.first_day = sold.order_date
      where sold.kind = 'sale'
    )
    select
      customer_key,
      max(case when place = 1 then product_key end) as product_key,
      max(case when place = 1 then channel end) as channel,
      count(*) as lines,
      cast(1 - sum(case when list_amount is not null then cast(invoice_amount as double) end)
        / nullif(sum(cast(list_amount as double)), 0) as double) as discount
    from line
    group by customer_key`
}

/**
 * Customers with how they were won, what they cost, what they brought in their first year and are still expected to bring. One row per
 * customer who bought.
 *
 * @param lastDay who began at least a year before it could be watched for a year
 */
export function acquired(dialect: Dialect, lastDay: string, has: { customers: boolean }): Sql {
  const age = dialect.daysBetween(sql`start.first_day`, sql`cast(${lastDay} as date)`)
  const basket = sql`ntile(5) over (order by start.first_revenue, start.customer_key)`
  return sql`
    select
      start.customer_key,
      ${age} as age_days,
      ${has.customers ? sql`customer.acquisition_source` : sql`cast(null as varchar)`} as source,
      nullif(first_order.channel, '') as channel,
      first_order.product_key,
      cast(year(start.first_day) as varchar) as cohort,
      ${basket} as basket,
      least(first_order.lines, 4) as lines,
      case
        when first_order.discount is null then null
        when first_order.discount < 0.005 then '1 none'
        when first_order.discount < 0.1 then '2 up to 10 %'
        when first_order.discount < 0.25 then '3 10 to 25 %'
        else '4 25 % and more'
      end as discount,
      start.again_early,
      ${has.customers ? sql`customer.acquisition_cost` : sql`cast(null as decimal(18, 4))`} as cost,
      start.first_measure,
      start.year_measure,
      start.measure,
      coalesce(value.value_12_months, 0) as ahead,
      case when value.tier = 1 then 1 else 0 end as best
    from customer_start as start
    join first_order on first_order.customer_key = start.customer_key
    ${has.customers ? sql`left join customer on customer.customer_key = start.customer_key` : sql``}
    left join customer_value as value on value.customer_key = start.customer_key`
}

const labels: Record<Dimension, Sql> = {
  source: sql`source`,
  channel: sql`channel`,
  first_product: sql`cast(product_key as varchar)`,
  cohort: sql`cohort`,
  first_basket: sql`cast(basket as varchar)`,
  first_lines: sql`cast(lines as varchar)`,
  first_discount: sql`discount`,
  again_early: sql`cast(again_early as varchar)`,
}

/**
 * Sums by group of one dimension. The year is of customers who could be watched a year; squares are of money in cents, which keeps them
 * exact. One row per group, the largest first.
 */
export function groups(dimension: Dimension): Sql {
  const cents = (value: Sql) => sql`cast(${value} as decimal(16, 2))`
  return sql`
    with labelled as (
      select
        ${labels[dimension]} as label,
        acquired_customer.*,
        case when age_days >= 365 then 1 end as watched,
        year_measure - first_measure as later
      from acquired_customer
    )
    select
      label,
      count(*) as customers,
      count(cost) as with_cost,
      ${money(sql`sum(cost)`)} as cost,
      ${money(sql`sum(measure)`)} as measure,
      ${money(sql`sum(ahead)`)} as ahead,
      cast(sum(best) as bigint) as best,
      cast(coalesce(sum(watched), 0) as bigint) as watched,
      ${money(sql`coalesce(sum(watched * year_measure), 0)`)} as year_measure,
      coalesce(${money(sql`sum(watched * ${cents(sql`year_measure`)} * ${cents(sql`year_measure`)})`)}, 0) as year_squares,
      ${money(sql`coalesce(sum(watched * later), 0)`)} as later,
      coalesce(${money(sql`sum(watched * ${cents(sql`later`)} * ${cents(sql`later`)})`)}, 0) as later_squares,
      ${money(sql`coalesce(sum(watched * cost), 0)`)} as watched_cost
    from labelled
    where label is not null
    group by label
    order by customers desc, label`
}

/** What the customers of each source who could be watched a year had brought by months of age. One row per source and month, 0 to 12. */
export function sourceCurves(dialect: Dialect): Sql {
  const since = dialect.daysBetween(sql`day.first_day`, sql`day.day`)
  const month = sql`greatest(0, cast(floor(cast(${since} as double) / 30.4375) as bigint))`
  return sql`
    select
      customer.source,
      ${month} as age,
      ${money(sql`sum(day.measure)`)} as measure
    from audit_day as day
    join acquired_customer as customer on customer.customer_key = day.customer_key
    where customer.source is not null and customer.cost is not null and customer.age_days >= 365 and ${since} < 365
    group by customer.source, ${month}
    order by customer.source, age`
}

/** Names of the products that lead first orders. One row per product. */
export function productNames(): Sql {
  return sql`
    select
      cast(product_key as varchar) as label,
      coalesce(name, product_id) as name
    from product`
}
