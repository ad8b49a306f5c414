import type { Dialect } from '../../warehouse/dialect.ts'
import { id, join, type Sql, sql } from '../../warehouse/sql.ts'
import { monthsTogether } from '../../warehouse/sums.sql.ts'
import { unidentified } from './contract.ts'
import { monthNumber } from './periods.ts'

/** Which layers the data supports at all. */
export interface Available {
  list: boolean
  cost: boolean
}

/** The id under which lines without a product stand. */
export const noProduct = '(none)'

const money = (value: Sql) => sql`cast(${value} as decimal(38, 4))`
const absent = money(sql`null`)

/** What every table of layers is made of: plain sums over lines. Of a layer that the data lacks nothing is read. */
export function layerSums({ list, cost }: Available): Sql {
  const columns = [
    sql`count(*) as lines`,
    sql`${money(sql`sum(invoice_amount)`)} as net_revenue`,
    sql`${money(sql`sum(invoice_amount) filter (where kind = 'return')`)} as returned`,
  ]
  if (list) columns.push(sql`${money(sql`sum(coalesce(list_amount, invoice_amount)) filter (where kind <> 'return')`)} as list_revenue`)
  if (cost) {
    columns.push(
      sql`${money(sql`sum(product_cost)`)} as product_cost`,
      sql`${money(sql`sum(invoice_amount) filter (where product_cost is null and kind in ('sale', 'return'))`)} as revenue_without_cost`,
    )
  }
  return join(columns)
}

/** Sums of sums: the same columns, one level up. */
function sumsOfLayers({ list, cost }: Available): Sql {
  const names = [sql`net_revenue`, sql`returned`]
  if (list) names.push(sql`list_revenue`)
  if (cost) names.push(sql`product_cost`, sql`revenue_without_cost`)
  return join([sql`cast(sum(lines) as bigint) as lines`, ...names.map((name) => sql`${money(sql`sum(${name})`)} as ${name}`)])
}

/** The layers as the contract has them, from the sums in relation `sums`. */
export function layerColumns({ list, cost }: Available): Sql {
  const net = sql`sums.net_revenue`
  const returned = sql`coalesce(sums.returned, 0)`
  const listed = sql`coalesce(sums.list_revenue, 0)`
  const costs = sql`coalesce(sums.product_cost, 0)`
  const without = sql`coalesce(sums.revenue_without_cost, 0)`
  const columns: [string, Sql][] = [
    ['list_revenue', list ? money(listed) : absent],
    ['discounts', list ? money(sql`${listed} - (${net} - ${returned})`) : absent],
    ['invoiced_revenue', money(sql`${net} - ${returned}`)],
    ['returns', money(returned)],
    ['net_revenue', money(net)],
    ['revenue_without_cost', cost ? money(without) : absent],
    ['product_cost', cost ? money(costs) : absent],
    ['contribution', cost ? money(sql`${net} - ${without} - ${costs}`) : absent],
  ]
  return join(columns.map(([name, value]) => sql`${value} as ${{ kind: 'sql', parts: [{ name }] } as Sql}`))
}

/** Orders with a sale by month. One row per month that has any. */
export function monthOrders(dialect: Dialect): Sql {
  const month = dialect.monthStart(sql`order_date`)
  return sql`
    select
      ${month} as month,
      cast(sum(orders) as bigint) as orders
    from day_order
    group by ${month}
    order by ${month}`
}

/** Identified customers with an order with a sale in each of the months, given as `YYYY-MM-DD`, as columns `customers_<position>`. One row. */
export function customersByMonth(months: readonly string[]): Sql {
  const columns = months.map((month, i) => {
    const number = monthNumber(month)
    const bits = id(`months_${Math.floor(number / monthsTogether)}`)
    const bit = 2 ** (number % monthsTogether)
    return sql`count(*) filter (where ${bits} % cast(${2 * bit} as bigint) >= cast(${bit} as bigint)) as ${id(`customers_${i}`)}`
  })
  return sql`select ${join(columns)} from customer_orders where customer_key > 0`
}

/** Identified customers that bought a product. One row per product. */
export function productCustomers(): Sql {
  return sql`
    select
      product_key,
      count(distinct customer_key) as customers
    from valued_line
    where kind = 'sale' and customer_key > 0
    group by product_key`
}

/** One row per customer with lines; lines without a customer are one row of their own. */
export function customerProfit(dialect: Dialect, available: Available): Sql {
  return sql`
    with layered as (
      select
        sums.customer_key,
        sums.lines,
        ${layerColumns(available)}
      from customer_sum as sums
    ),
    measured as (
      select
        layered.*,
        ${available.cost ? sql`contribution` : sql`net_revenue`} as measure
      from layered
    ),
    total as (
      select
        ${money(sql`sum(measure)`)} as measure,
        ${money(sql`coalesce(sum(measure) filter (where measure > 0), 0)`)} as gains
      from measured
      where customer_key > 0
    ),
    ranked as (
      select
        customer_key,
        row_number() over (order by measure desc, customer_key) as measure_rank,
        row_number() over (order by net_revenue desc, customer_key) as revenue_rank,
        ${money(sql`sum(measure) over (order by measure desc, customer_key rows unbounded preceding)`)} as cumulative
      from measured
      where customer_key > 0
    )
    select
      case when measured.customer_key = 0 then ${unidentified} else customer.customer_id end as customer_id,
      cast(measured.customer_key as bigint) as customer_key,
      case when measured.customer_key = 0 then ${unidentified} else coalesce(customer.name, customer.customer_id) end as name,
      measured.customer_key > 0 as identified,
      customer.country,
      customer.segment_id,
      orders_of.first_date as first_order_date,
      orders_of.last_date as last_order_date,
      coalesce(orders_of.orders, 0) as orders,
      measured.lines,
      measured.list_revenue,
      measured.discounts,
      measured.invoiced_revenue,
      measured.returns,
      measured.net_revenue,
      measured.revenue_without_cost,
      measured.product_cost,
      measured.contribution,
      measured.measure,
      ${dialect.ratio(sql`measured.contribution`, sql`(measured.net_revenue - measured.revenue_without_cost)`)} as margin,
      ranked.measure_rank,
      ranked.revenue_rank,
      case when ranked.measure_rank is not null and total.measure > 0.01 * total.gains
        then ${dialect.ratio(sql`measured.measure`, sql`total.measure`)} end as measure_share,
      case when total.measure > 0.01 * total.gains
        then ${dialect.ratio(sql`ranked.cumulative`, sql`total.measure`)} end as cumulative_share
    from measured
    cross join total
    left join ranked on ranked.customer_key = measured.customer_key
    left join customer_orders as orders_of on orders_of.customer_key = measured.customer_key
    left join customer on customer.customer_key = measured.customer_key`
}

/** One row per product with lines; lines without a product are one row of their own. */
export function productProfit(available: Available, has: { products: boolean; customers: boolean }): Sql {
  const name = has.products ? sql`coalesce(product.name, product.product_id, ${noProduct})` : sql`${noProduct}`
  return sql`
    select
      ${has.products ? sql`coalesce(product.product_id, ${noProduct})` : sql`${noProduct}`} as product_id,
      ${name} as name,
      ${has.customers ? sql`coalesce(buyers.customers, 0)` : sql`cast(null as bigint)`} as customers,
      sums.lines,
      cast(sums.quantity as decimal(18, 4)) as quantity,
      ${layerColumns(available)}
    from product_sum as sums
    ${has.customers ? sql`left join product_customers as buyers on buyers.product_key = sums.product_key` : sql``}
    ${has.products ? sql`left join product on product.product_key = sums.product_key` : sql``}`
}

/** One row per customer and product with lines; (unidentified) and (none) stand for what is not known. */
export function customerProduct(available: Available, has: { customers: boolean; products: boolean }): Sql {
  return sql`
    with sums as (
      select
        customer_key,
        product_key,
        sum(quantity) as quantity,
        ${layerSums(available)}
      from valued_line
      group by customer_key, product_key
    )
    select
      ${has.customers ? sql`coalesce(customer.customer_id, ${unidentified})` : sql`${unidentified}`} as customer_id,
      ${has.products ? sql`coalesce(product.product_id, ${noProduct})` : sql`${noProduct}`} as product_id,
      cast(sums.customer_key as bigint) as customer_key,
      cast(sums.product_key as bigint) as product_key,
      sums.lines,
      cast(sums.quantity as decimal(18, 4)) as quantity,
      ${layerColumns(available)}
    from sums
    ${has.customers ? sql`left join customer on customer.customer_key = sums.customer_key` : sql``}
    ${has.products ? sql`left join product on product.product_key = sums.product_key` : sql``}`
}

/** Identified customers and orders with a sale in a month. */
export interface MonthActivity {
  month: string
  customers: number
  orders: number
}

/** One row per month with lines. A month is complete between the given first and last complete ones. */
export function monthProfit(
  dialect: Dialect,
  available: Available,
  complete: { from: string; to: string },
  activity: readonly MonthActivity[],
): Sql {
  const month = dialect.monthStart(sql`order_date`)
  // Without any sale there still must be a relation to join.
  const months = (activity.length > 0 ? activity : [{ month: '0001-01-01', customers: 0, orders: 0 }]).map(
    (one) =>
      sql`select cast(${one.month} as date) as month, cast(${one.customers} as bigint) as customers, cast(${one.orders} as bigint) as orders`,
  )
  return sql`
    with sums as (
      select
        ${month} as month,
        ${sumsOfLayers(available)}
      from day_sum
      group by ${month}
    ),
    activity as (${join(months, sql` union all `)})
    select
      sums.month,
      sums.month between cast(${complete.from} as date) and cast(${complete.to} as date) as complete,
      coalesce(activity.customers, 0) as customers,
      coalesce(activity.orders, 0) as orders,
      sums.lines,
      ${layerColumns(available)}
    from sums
    left join activity on activity.month = sums.month`
}

/** How many identified customers there are, and how many orders with a sale. One row. */
export function activeCustomers(): Sql {
  return sql`
    select
      count(*) filter (where identified) as customers,
      cast(sum(orders) as bigint) as orders
    from customer_profit`
}

/** The layers of one of the tables added up, to be compared with the others. One row. */
export function layerTotalsOf(relation: Sql, available: Available, where: Sql = sql`true`): Sql {
  const sum = (name: Sql) => sql`${money(sql`coalesce(sum(${name}), 0)`)} as ${name}`
  const names = [sql`invoiced_revenue`, sql`returns`, sql`net_revenue`]
  if (available.list) names.push(sql`list_revenue`, sql`discounts`)
  if (available.cost) names.push(sql`revenue_without_cost`, sql`product_cost`, sql`contribution`)
  return sql`select cast(coalesce(sum(lines), 0) as bigint) as lines, ${join(names.map(sum))} from ${relation} where ${where}`
}
