import type { Dialect } from '../../warehouse/dialect.ts'
import { id, join, type Sql, sql } from '../../warehouse/sql.ts'
import { driverSql, minutesSql, type TimeEquation, type Window } from '../costing/index.ts'

/** A summand of a time equation as the queries need it: its place in the whole list names its column `m<place>`. */
export interface DriverTerm {
  place: number
  level: 'line' | 'order' | 'customer'
  equation: TimeEquation
  /** Money per minute. */
  rate: number
}

/** First and last month of the ledger. One row. */
export function ledgerMonths(): Sql {
  return sql`select min(period) as first_period, max(period) as last_period from ledger`
}

const inWindow = ({ from, to }: Window): Sql => sql`order_date between cast(${from} as date) and cast(${to} as date)`
const goods = sql`kind in ('sale', 'return')`

/** Mean prices of what at least two customers buy, a year long. One row per product, channel and year. */
export function priceCells(window: Window): Sql {
  return sql`
    select
      product_key,
      coalesce(channel_id, '') as channel,
      year(order_date) as price_year,
      cast(sum(invoice_amount) as double) / cast(sum(quantity) as double) as price
    from valued_line
    where kind = 'sale' and quantity > 0 and product_key > 0 and customer_key > 0 and ${inWindow(window)}
    group by product_key, coalesce(channel_id, ''), year(order_date)
    having min(customer_key) < max(customer_key)`
}

const minutes = (term: DriverTerm): Sql => minutesSql(term.equation, (name) => driverSql[term.level][name]!)

/**
 * What each order brought and how long its lines and itself took, by summand; pocket and reference are its sales at its own and at everybody's
 * price. One row per order with a line in the window.
 */
export function servedOrders(window: Window, terms: readonly DriverTerm[], has: { prices: boolean }): Sql {
  const lineTerms = terms.filter(({ level }) => level === 'line')
  const orderTerms = terms.filter(({ level }) => level === 'order')
  const own = [...lineTerms, ...orderTerms]
  const lineMinutes = lineTerms.map(
    (
      term,
    ) => sql`cast(coalesce(sum(case when ${goods} then cast(${minutes(term)} as decimal(18, 6)) end), 0) as decimal(38, 6)) as ${id(`m${term.place}`)},
        `,
  )
  const comparable = sql`kind = 'sale' and price_cell.price is not null`
  const lines = has.prices
    ? sql`valued_line left join price_cell
        on price_cell.product_key = valued_line.product_key and price_cell.channel = coalesce(valued_line.channel_id, '')
          and price_cell.price_year = year(valued_line.order_date) and valued_line.customer_key > 0 and valued_line.quantity > 0`
    : sql`valued_line`
  const prices = has.prices
    ? sql`cast(coalesce(sum(case when ${comparable} then invoice_amount end), 0) as decimal(38, 4)) as pocket,
        cast(coalesce(sum(case when ${comparable} then cast(cast(quantity as double) * price_cell.price as decimal(18, 4)) end), 0) as decimal(38, 4)) as reference`
    : sql`cast(0 as decimal(38, 4)) as pocket, cast(0 as decimal(38, 4)) as reference`
  const cost = own.map(({ place, rate }) => sql`cast(${id(`m${place}`)} as double) * cast(${rate} as double)`)
  return sql`
    with grouped as (
      select
        order_key,
        max(customer_key) as customer_key,
        min(order_date) as order_date,
        max(channel_id) as channel_id,
        sum(case when ${goods} then 1 else 0 end) as lines,
        sum(case when kind = 'return' then 1 else 0 end) as returned_lines,
        coalesce(sum(case when kind = 'sale' then quantity end), 0) as units,
        cast(coalesce(sum(case when ${goods} then invoice_amount end), 0) as decimal(38, 4)) as amount,
        cast(sum(invoice_amount) as decimal(38, 4)) as net_revenue,
        cast(coalesce(sum(case when product_cost is not null then invoice_amount - product_cost when not ${goods} then invoice_amount end), 0) as decimal(38, 4)) as contribution,
        cast(coalesce(sum(case when kind = 'sale' then invoice_amount end), 0) as decimal(38, 4)) as sold,
        ${join(lineMinutes, sql``)}${prices}
      from ${lines}
      where ${inWindow(window)}
      group by order_key
    ),
    timed as (
      select
        grouped.*${join(
          orderTerms.map(
            (term) => sql`,
        case when lines > 0 then cast(${minutes(term)} as decimal(38, 6)) else cast(0 as decimal(38, 6)) end as ${id(`m${term.place}`)}`,
          ),
          sql``,
        )}
      from grouped
      left join (select order_key, entry_mode, ship_mode, drops, changes_count from "order") as facts on facts.order_key = grouped.order_key
    )
    select
      timed.*,
      cast(${cost.length === 0 ? sql`0` : join(cost, sql` + `)} as decimal(18, 4)) as order_cost
    from timed`
}

/** Sums over orders by customer, among them what the spread of price and cost over orders needs. One row per customer key; 0 is unidentified. */
export function servedCustomers(
  dialect: Dialect,
  terms: readonly DriverTerm[],
  smallOrder: string,
  quarters: readonly { from: string; to: string }[],
): Sql {
  const own = terms.filter(({ level }) => level !== 'customer')
  const accountTerms = terms.filter(({ level }) => level === 'customer')
  const product = (a: string, b: string) =>
    sql`cast(sum(cast(${id(a)} as decimal(38, 4)) * cast(${id(b)} as decimal(18, 4))) as double) as ${id(`${a}_${b}`)}`
  const small = sql`lines > returned_lines and amount < cast(${smallOrder} as decimal(18, 4))`
  const inQuarter = ({ from, to }: { from: string; to: string }) => sql`order_date between cast(${from} as date) and cast(${to} as date)`
  const perQuarter = (column: string) =>
    quarters.map(
      (quarter, q) => sql`
        cast(sum(case when ${inQuarter(quarter)} then ${id(column)} end) as decimal(38, 4)) as ${id(`${column}_${q}`)},`,
    )
  return sql`
    with summed as (
      select
        customer_key,
        sum(case when lines > 0 then 1 else 0 end) as orders,
        count(*) as all_orders,
        cast(sum(lines) as bigint) as lines,
        cast(sum(returned_lines) as bigint) as returned_lines,
        count(distinct case when lines > 0 then ${dialect.monthStart(sql`order_date`)} end) as months_active,
        cast(sum(amount) as decimal(38, 4)) as amount,
        cast(sum(sold) as decimal(38, 4)) as sold,
        cast(sum(net_revenue) as decimal(38, 4)) as net_revenue,
        cast(sum(contribution) as decimal(38, 4)) as contribution,
        cast(sum(order_cost) as decimal(38, 4)) as order_cost,
        cast(sum(pocket) as decimal(38, 4)) as pocket,
        cast(sum(reference) as decimal(38, 4)) as reference,
        case when min(channel_id) < max(channel_id) then 'several channels' else max(channel_id) end as channel_id,
        sum(case when ${small} then 1 else 0 end) as small_orders,
        cast(coalesce(sum(case when ${small} then amount end), 0) as decimal(38, 4)) as small_order_revenue,
        ${join(
          own.map(({ place }) => sql`cast(sum(${id(`m${place}`)}) as decimal(38, 6)) as ${id(`m${place}`)},`),
          sql``,
        )}
        ${join(['contribution', 'net_revenue', 'order_cost', 'pocket', 'reference'].flatMap(perQuarter), sql``)}
        ${join([
          product('pocket', 'pocket'),
          product('pocket', 'reference'),
          product('reference', 'reference'),
          product('order_cost', 'order_cost'),
          product('order_cost', 'net_revenue'),
          product('net_revenue', 'net_revenue'),
          product('pocket', 'order_cost'),
          product('pocket', 'net_revenue'),
          product('reference', 'order_cost'),
          product('reference', 'net_revenue'),
        ])}
      from served_order
      group by customer_key
    )
    select
      summed.*${join(
        accountTerms.map(
          (term) => sql`,
      case when orders > 0 then cast(${minutes(term)} as decimal(38, 6)) else cast(0 as decimal(38, 6)) end as ${id(`m${term.place}`)}`,
        ),
        sql``,
      )}
    from summed`
}

/** Minutes of each summand over all customers, as columns `m<place>`. One row. */
export function termMinutes(terms: readonly DriverTerm[]): Sql {
  return sql`select ${join(terms.map(({ place }) => sql`cast(coalesce(sum(${id(`m${place}`)}), 0) as double) as ${id(`m${place}`)}`))} from served_customer`
}

/** Net revenue of the orders in the window, to hold against the cost model's. One row. */
export function servedRevenue(): Sql {
  return sql`select cast(coalesce(sum(net_revenue), 0) as decimal(38, 4)) as net_revenue from served_customer`
}

/** What an order brings and costs on average. One row. */
export function orderEconomics(): Sql {
  return sql`
    select
      cast(sum(order_cost) as decimal(38, 4)) as order_cost,
      count(*) as orders,
      cast(sum(contribution) as decimal(38, 4)) as contribution,
      cast(sum(net_revenue) as decimal(38, 4)) as net_revenue
    from served_order
    where lines > 0`
}

/** Cost of each driver over all customers, as columns `c<place>`. One row. */
export function costTotals(columns: number): Sql {
  return sql`select ${join(
    Array.from({ length: columns }, (_, c) => sql`cast(coalesce(sum(${id(`c${c}`)}), 0) as decimal(38, 4)) as ${id(`c${c}`)}`),
  )} from served_cost`
}

/** Net revenue of the cost model, and by how much drivers miss cost-to-serve and the difference from peers over all customers told. One row. */
export function driverTies(): Sql {
  return sql`
    with told as (
      select
        customer_id,
        cast(sum(cost) as decimal(38, 4)) as cost,
        cast(sum(difference) as decimal(38, 4)) as difference
      from customer_driver
      group by customer_id
    ),
    off as (
      select
        cast(coalesce(sum(abs(told.cost - serving.cost_to_serve)), 0) as decimal(38, 4)) as cost_off,
        cast(coalesce(sum(abs(coalesce(told.difference, 0) - coalesce(serving.excess_cost, 0))), 0) as decimal(38, 4)) as difference_off
      from told
      join customer_serving as serving on serving.customer_id = told.customer_id
    )
    select
      off.cost_off,
      off.difference_off,
      revenue.net_revenue
    from off
    cross join (select cast(coalesce(sum(net_revenue), 0) as decimal(38, 4)) as net_revenue from customer_cost) as revenue`
}
