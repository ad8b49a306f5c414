import { id, join, type Sql, sql } from '../../warehouse/sql.ts'
import type { Periods } from '../profitability/index.ts'

export interface IndexSettings {
  periods: Periods
  list: boolean
  cost: boolean
}

const money = (value: Sql) => sql`cast(${value} as decimal(38, 4))`
const within = ({ from, to }: { from: string; to: string }) => sql`order_date between cast(${from} as date) and cast(${to} as date)`

/** Groups of customers that are left out one at a time to tell the doubt. */
export const customerGroups = 40

/** What is given after the invoice as a share of it, by period. One row per customer and period to whom anything is given. */
export function givenByPeriod(): Sql {
  return sql`
    select
      customer_key,
      span,
      cast(off_invoice as double) / cast(invoiced_revenue as double) as share
    from pocket_level
    where span in ('previous', 'current') and off_invoice <> 0 and invoiced_revenue > 0`
}

/**
 * Goods that the same customer bought in both periods, in the same currency: quantity, list, invoice and cost before (0) and now (1), at
 * the exchange rate of before. Only customers and products that the bridge found in both periods are grouped. One row per cell.
 */
export function priceCells({ periods, list, cost }: IndexSettings): Sql {
  const side = (now: boolean, value: Sql) =>
    sql`sum(case when ${now ? within(periods.current) : within(periods.previous)} then ${value} end)`
  const both = (name: string, value: Sql) => sql`
        ${money(side(false, value))} as ${id(`${name}0`)},
        ${money(side(true, value))} as ${id(`${name}1`)}`
  const listed = sql`case when kind = 'sale' or kind = 'return' then coalesce(list_amount, invoice_amount) end`
  return sql`
    with cell as (
      select
        line.customer_key,
        line.product_key,
        line.currency,
        ${join([
          both('quantity', sql`quantity`),
          both('invoice', sql`invoice_amount`),
          both('given', sql`invoice_local`),
          ...(list ? [both('list', listed)] : []),
          ...(cost ? [both('cost', sql`product_cost`)] : []),
        ])}
      from valued_line as line
      join (select distinct customer_key, product_key from compared_cell where customer_key > 0) as pair
        on pair.customer_key = line.customer_key and pair.product_key = line.product_key
      where kind in ('sale', 'return') and (${within(periods.previous)} or ${within(periods.current)})
      group by line.customer_key, line.product_key, line.currency
    ),
    priced as (
      select
        cell.*,
        case when given0 > 0 and given1 > 0 and invoice0 > 0 and invoice1 > 0
          then (cast(invoice1 as double) / cast(given1 as double)) / (cast(invoice0 as double) / cast(given0 as double)) else 1.0e0 end as fx
      from cell
      where quantity0 > 0 and quantity1 > 0 and invoice0 > 0 and invoice1 > 0
    )
    select
      priced.customer_key,
      priced.product_key,
      customer.segment_id,
      cast(priced.quantity0 as double) as q0,
      cast(priced.quantity1 as double) as q1,
      ${list ? sql`cast(priced.list0 as double)` : sql`cast(null as double)`} as list0,
      ${list ? sql`cast(priced.list1 as double) / priced.fx` : sql`cast(null as double)`} as list1,
      cast(priced.invoice0 as double) as invoice0,
      cast(priced.invoice1 as double) / priced.fx as invoice1,
      cast(priced.invoice0 as double) * (1 - coalesce(before.share, 0)) as pocket0,
      cast(priced.invoice1 as double) / priced.fx * (1 - coalesce(later.share, 0)) as pocket1,
      ${cost ? sql`cast(priced.cost0 as double)` : sql`cast(null as double)`} as cost0,
      ${cost ? sql`cast(priced.cost1 as double) / priced.fx` : sql`cast(null as double)`} as cost1
    from priced
    join customer_profit as customer on customer.customer_key = priced.customer_key
    left join given_in_period as before on before.customer_key = priced.customer_key and before.span = 'previous'
    left join given_in_period as later on later.customer_key = priced.customer_key and later.span = 'current'`
}

/** The kinds of price of which an index is made. */
export const measures = ['list', 'invoice', 'pocket', 'cost'] as const

/** What each sum is, in the order of its columns: see {@link priceSums}. */
export const sumNames = [
  ...measures.flatMap((measure) => ['m0', 'm1', 'old', 'new', 't0', 't1'].map((part) => `${measure}_${part}`)),
  'fallen',
  'x0',
  'xx0',
  'x1',
  'xx1',
  'cells',
]

/** Rounded and added as decimals: sums of floats would depend on the order of rows. */
const exact = (value: Sql) => sql`cast(coalesce(sum(cast(round(${value}, 6) as decimal(24, 6))), 0) as double)`

/**
 * The sums of which all indices are made, by group of customers. For each kind of price: m0 and m1 its amounts before and now, old = sum
 * m1 q0 / q1 (prices of now, quantities of before), new = sum m0 q1 / q0 (prices of before, quantities of now), t0 and t1 = amounts x
 * ln(p1 / p0). Then what was bought now at a pocket price more than 1 % lower, and first and second moments of ln(pocket / list) by which
 * the spread of prices is told.
 *
 * @param by what to group by beside the groups of customers: nothing, the segment, the product, or both
 */
export function priceSums(by: { segment: boolean; product: boolean; products?: number }): Sql {
  const cell = (name: string) => sql`cell.${id(name)}`
  const parts = measures.flatMap((measure) => {
    const [m0, m1] = [cell(`${measure}0`), cell(`${measure}1`)]
    const known = (value: Sql) => exact(sql`case when ${m0} > 0 and ${m1} > 0 then ${value} end`)
    const ratio = sql`ln((${m1} / cell.q1) / (${m0} / cell.q0))`
    return [
      known(m0),
      known(m1),
      known(sql`${m1} * cell.q0 / cell.q1`),
      known(sql`${m0} * cell.q1 / cell.q0`),
      known(sql`${m0} * ${ratio}`),
      known(sql`${m1} * ${ratio}`),
    ]
  })
  const share = (side: 0 | 1) => {
    const [pocket, list] = [cell(`pocket${side}`), cell(`list${side}`)]
    return { value: sql`ln(${pocket} / ${list})`, weight: cell(`list${side}`), known: sql`${pocket} > 0 and ${list} > 0` }
  }
  const moment = (side: 0 | 1, square: boolean) => {
    const { value, weight, known } = share(side)
    return exact(sql`case when ${known} then ${weight} * ${value}${square ? sql` * ${value}` : sql``} end`)
  }
  const sums = [
    ...parts,
    exact(sql`case when cell.pocket1 / cell.q1 < 0.99e0 * cell.pocket0 / cell.q0 then cell.pocket1 end`),
    moment(0, false),
    moment(0, true),
    moment(1, false),
    moment(1, true),
    sql`cast(count(*) as double)`,
  ]
  const group = sql`cell.customer_group`
  const keys = [...(by.product ? [sql`cell.product_key`] : []), ...(by.segment ? [sql`coalesce(cell.segment_id, '')`] : []), group]
  const columns = [
    by.product ? sql`cell.product_key as product_key` : sql`0 as product_key`,
    by.segment ? sql`coalesce(cell.segment_id, '') as segment_id` : sql`'' as segment_id`,
    sql`${group} as customer_group`,
    sql`count(distinct cell.customer_key) as customers`,
    ...sums.map((value, i) => sql`${value} as ${id(sumNames[i]!)}`),
  ]
  const largest = by.products
    ? sql` where cell.product_key in (
        select product_key from (
          select product_key, row_number() over (order by sum(cast(round(pocket1, 4) as decimal(24, 4))) desc, product_key) as place
          from price_cell
          group by product_key
        ) as ranked
        where place <= ${by.products}
      )`
    : sql``
  return sql`
    select ${join(columns)}
    from (select *, customer_key % ${customerGroups} as customer_group from price_cell) as cell${largest}
    group by ${join(keys)}
    order by 1, 2, 3`
}

/** Goods revenue of identified customers in the current period, by segment: what coverage is a share of. One row per segment. */
export function goodsRevenue({ periods }: IndexSettings): Sql {
  return sql`
    select
      coalesce(customer.segment_id, '') as segment_id,
      cast(sum(line.invoice_amount) as double) as revenue
    from (select customer_key, invoice_amount from valued_line where ${within(periods.current)} and kind in ('sale', 'return')) as line
    join customer_profit as customer on customer.customer_key = line.customer_key
    group by coalesce(customer.segment_id, '')
    order by 1`
}

/**
 * Who bought a product in the period before and is still a customer: how many of them dropped it. One row per product and segment.
 */
export function droppedProducts({ periods }: IndexSettings): Sql {
  return sql`
    with bought as (
      select distinct customer_key, product_key
      from valued_line
      where ${within(periods.previous)} and kind = 'sale' and product_key > 0 and customer_key > 0
    ),
    active as (
      select distinct customer_key
      from valued_line
      where ${within(periods.current)} and kind = 'sale' and customer_key > 0
    ),
    kept as (
      select distinct customer_key, product_key
      from valued_line
      where ${within(periods.current)} and kind = 'sale' and product_key > 0 and customer_key > 0
    )
    select
      bought.product_key,
      coalesce(customer.segment_id, '') as segment_id,
      count(*) as customers,
      count(*) filter (where kept.customer_key is null) as dropped
    from bought
    join active on active.customer_key = bought.customer_key
    join customer_profit as customer on customer.customer_key = bought.customer_key
    left join kept on kept.customer_key = bought.customer_key and kept.product_key = bought.product_key
    group by bought.product_key, coalesce(customer.segment_id, '')
    order by 1, 2`
}

/** Invoice and list amounts by product and quarter, where list prices are known. One row per product and quarter. */
export function productQuarters(asOf: string): Sql {
  return sql`
    select
      product_key,
      year(order_date) * 4 + quarter(order_date) as quarter,
      cast(sum(invoice_amount) as double) / cast(sum(list_amount) as double) as share
    from valued_line
    where kind = 'sale' and product_key > 0 and list_amount > 0 and order_date <= cast(${asOf} as date)
    group by product_key, year(order_date) * 4 + quarter(order_date)
    order by 1, 2`
}

/** Products with what sets them apart. One row per product. */
export function comparableProducts(): Sql {
  return sql`
    select
      product_key,
      product_id,
      coalesce(name, product_id) as name,
      competitor_equivalent is not null as has_equivalent,
      feature_flags is not null and feature_flags not in ('', '[]', '{}') as has_feature
    from product
    order by product_key`
}
