import { id, join, type Sql, sql } from '../../warehouse/sql.ts'
import { literalRows } from '../profitability/index.ts'
import { costOf } from './allocation.sql.ts'
import { costCube } from './contract.ts'
import { type CostedActivity, inSpan, isGoods, minutesColumns, minutesOf, type Span } from './facts.sql.ts'

const money = (value: Sql): Sql => sql`cast(${value} as decimal(38, 4))`
const asMoney = (units: Sql): Sql => money(sql`cast(${units} as decimal(19, 0)) * cast(0.0001 as decimal(5, 4))`)

/** A cube that was left out, because there are too many lines. No rows. */
export function noCube(): Sql {
  return literalRows(costCube, [])
}

/**
 * Revenue, contribution and cost by customer, product and channel. The cost of a line activity goes to the lines that took the minutes; order cost
 * is spread by lines. Both are rounded by running totals, so that they add up to the customer exactly. One row per customer, product and
 * channel with a line in the span.
 */
export function costCubeRows(
  unidentified: string,
  { lines: ofLines, orders }: { lines: readonly CostedActivity[]; orders: readonly CostedActivity[] },
  span: Span,
  { costed, products }: { costed: boolean; products: boolean },
): Sql {
  const ofOrders = orders.map(({ column }) => costOf(column))
  // What is spread: units of the customer, by which weight.
  const spread: { name: string; units: Sql; weight: Sql }[] = [
    ...ofLines.map(({ column }) => ({ name: `line${column}`, units: costOf(column), weight: minutesOf(column) })),
    { name: 'orders', units: ofOrders.length === 0 ? sql`cast(0 as bigint)` : sql`(${join(ofOrders, sql` + `)})`, weight: sql`lines` },
  ]
  const inOrder = sql`partition by cells.customer_key order by cells.product_key, cells.channel_id rows between unbounded preceding and current row`
  // The last cell of a customer takes the total as it is, so that floats cannot lose a unit.
  const until = ({ name, units, weight }: (typeof spread)[number]) => {
    const running = sql`sum(cells.${weight}) over (${inOrder})`
    const all = sql`sum(cells.${weight}) over (partition by cells.customer_key)`
    return sql`
        case
          when ${running} = ${all} then coalesce(${units}, 0)
          else cast(floor(cast(coalesce(${units}, 0) as double) * cast(${running} as double) / nullif(cast(${all} as double), 0)) as bigint)
        end as ${id(`${name}_until`)}`
  }
  const part = ({ name }: (typeof spread)[number]) =>
    sql`coalesce(${id(`${name}_until`)} - coalesce(lag(${id(`${name}_until`)}) over (partition by customer_key order by product_key, channel_id), 0), 0)`
  const lineParts = spread.slice(0, -1).map(part)
  return sql`
    with cells as (
      select
        customer_key,
        product_key,
        channel_id,
        cast(sum(case when goods then 1 else 0 end) as bigint) as lines,
        ${money(sql`sum(invoice_amount)`)} as net_revenue,
        ${costed ? money(sql`sum(margin)`) : sql`cast(null as decimal(38, 4))`} as contribution
        ${join(
          ofLines.map(({ column }) => sql`, coalesce(sum(cast(${id(`t${column}`)} as decimal(18, 6))), 0) as ${minutesOf(column)}`),
          sql``,
        )}
      from (
        select
          customer_key,
          product_key,
          coalesce(channel_id, '(none)') as channel_id,
          ${isGoods} as goods,
          invoice_amount,
          invoice_amount - product_cost as margin${minutesColumns(ofLines, isGoods)}
        from valued_line
        where ${inSpan(span, sql`order_date`)}
      ) as valued
      group by customer_key, product_key, channel_id
    ),
    cumulated as (
      select
        cells.customer_key,
        cells.product_key,
        cells.channel_id,
        cells.lines,
        cells.net_revenue,
        cells.contribution,
        ${join(spread.map(until))}
      from cells
      left join customer_units on customer_units.customer_key = cells.customer_key
    ),
    parts as (
      select
        *,
        ${lineParts.length === 0 ? sql`cast(0 as bigint)` : join(lineParts, sql` + `)} as line_units,
        ${part(spread[spread.length - 1]!)} as order_units
      from cumulated
    )
    select
      coalesce(customer.customer_id, ${unidentified}) as customer_id,
      ${products ? sql`coalesce(product.product_id, '(none)')` : sql`'(none)'`} as product_id,
      parts.channel_id,
      parts.lines,
      parts.net_revenue,
      parts.contribution,
      ${asMoney(sql`parts.line_units`)} as line_cost,
      ${asMoney(sql`parts.order_units`)} as order_cost_spread
    from parts
    left join customer on customer.customer_key = parts.customer_key
    ${products ? sql`left join product on product.product_key = parts.product_key` : sql``}`
}
