import type { Dialect } from '../../warehouse/dialect.ts'
import { id, join, type Sql, sql } from '../../warehouse/sql.ts'
import type { Periods } from '../profitability/index.ts'

/** What the data supports, and which periods are compared. */
export interface WaterfallSettings {
  list: boolean
  cost: boolean
  /** Whether price elements name discounts on the invoice. */
  named: boolean
  periods: Periods | null
}

const money = (value: Sql) => sql`cast(${value} as decimal(38, 4))`
const sum = (value: Sql) => money(sql`coalesce(sum(${value}), 0)`)
const absent = money(sql`null`)
const within = (day: Sql, { from, to }: { from: string; to: string }) => sql`${day} between cast(${from} as date) and cast(${to} as date)`
const side = (day: Sql, periods: Periods) =>
  sql`case when ${within(day, periods.previous)} then 'previous' when ${within(day, periods.current)} then 'current' end`

/** Layers by customer in each span: the whole comes from the layers that stand, the periods from one pass over their lines. One row per customer key and span. */
export function spanSums({ list, cost, periods }: WaterfallSettings): Sql {
  const whole = sql`
    select
      customer_key,
      'whole' as span,
      ${list ? sql`list_revenue` : absent} as list_revenue,
      invoiced_revenue,
      returns,
      net_revenue,
      ${cost ? sql`revenue_without_cost` : absent} as revenue_without_cost,
      ${cost ? sql`product_cost` : absent} as product_cost
    from customer_profit`
  if (!periods) return whole
  return sql`${whole}
    union all
    select
      cast(customer_key as bigint) as customer_key,
      span,
      ${list ? sql`${sum(sql`case when kind <> 'return' then coalesce(list_amount, invoice_amount) end`)}` : absent} as list_revenue,
      ${sum(sql`case when kind <> 'return' then invoice_amount end`)} as invoiced_revenue,
      ${sum(sql`case when kind = 'return' then invoice_amount end`)} as returns,
      ${sum(sql`invoice_amount`)} as net_revenue,
      ${cost ? sum(sql`case when product_cost is null and kind in ('sale', 'return') then invoice_amount end`) : absent} as revenue_without_cost,
      ${cost ? sum(sql`product_cost`) : absent} as product_cost
    from (
      select *, ${side(sql`order_date`, periods)} as span
      from valued_line
      where ${within(sql`order_date`, periods.previous)} or ${within(sql`order_date`, periods.current)}
    ) as dated
    group by customer_key, span`
}

/** Price elements by customer, span and name. One row per customer key, span, type and name. */
export function spanElements({ periods }: WaterfallSettings): Sql {
  const columns = sql`
      customer_key,
      type,
      name,
      max(owner) as owner,
      ${sum(sql`amount`)} as amount,
      ${sum(sql`case when accrued then amount end`)} as accrued`
  const whole = sql`select 'whole' as span,${columns} from counted_element group by customer_key, type, name`
  if (!periods) return whole
  return sql`${whole}
    union all
    select span,${columns}
    from (
      select *, ${side(sql`dated`, periods)} as span
      from counted_element
      where ${within(sql`dated`, periods.previous)} or ${within(sql`dated`, periods.current)}
    ) as dated
    group by span, customer_key, type, name`
}

/** The levels from list to pocket margin of each customer in each span. A customer may have elements in a span without a line. One row per customer key and span. */
export function pocketLevels({ list, cost, named }: WaterfallSettings): Sql {
  const listed = list
    ? sql`coalesce(sums.list_revenue, 0)`
    : named
      ? sql`coalesce(sums.invoiced_revenue, 0) + coalesce(given.on_invoice, 0)`
      : sql`null`
  const zero = (column: Sql) => money(sql`coalesce(${column}, 0)`)
  return sql`
    with given as (
      select
        customer_key,
        span,
        ${sum(sql`case when type = 'on_invoice' then amount end`)} as on_invoice,
        ${sum(sql`case when type = 'off_invoice' then amount end`)} as off_invoice,
        ${sum(sql`case when type = 'off_invoice' then accrued end`)} as accrued
      from span_element
      group by customer_key, span
    ),
    keys as (
      select cast(customer_key as bigint) as customer_key, span from span_sum
      union
      select cast(customer_key as bigint) as customer_key, span from given
    ),
    joined as (
      select
        keys.customer_key,
        keys.span,
        ${money(listed)} as list_revenue,
        ${zero(sql`given.on_invoice`)} as on_invoice,
        ${zero(sql`sums.invoiced_revenue`)} as invoiced_revenue,
        ${zero(sql`sums.returns`)} as returns,
        ${zero(sql`sums.net_revenue`)} as net_revenue,
        ${zero(sql`given.off_invoice`)} as off_invoice,
        ${zero(sql`given.accrued`)} as accrued,
        ${cost ? zero(sql`sums.revenue_without_cost`) : absent} as revenue_without_cost,
        ${cost ? zero(sql`sums.product_cost`) : absent} as product_cost
      from keys
      left join span_sum as sums on sums.customer_key = keys.customer_key and sums.span = keys.span
      left join given on given.customer_key = keys.customer_key and given.span = keys.span
    )
    select
      customer_key,
      span,
      list_revenue,
      on_invoice,
      ${money(sql`list_revenue - on_invoice - invoiced_revenue`)} as other_discounts,
      invoiced_revenue,
      returns,
      net_revenue,
      off_invoice,
      accrued,
      ${money(sql`net_revenue - off_invoice`)} as pocket_revenue,
      revenue_without_cost,
      product_cost,
      ${money(sql`net_revenue - off_invoice - revenue_without_cost - product_cost`)} as pocket_margin
    from joined`
}

const levelNames = [
  'list_revenue',
  'on_invoice',
  'other_discounts',
  'invoiced_revenue',
  'returns',
  'net_revenue',
  'off_invoice',
  'accrued',
  'pocket_revenue',
  'revenue_without_cost',
  'product_cost',
  'pocket_margin',
]

/** The levels with the customer's name. One row per customer and span. */
export function customerPrice(dialect: Dialect): Sql {
  const level = (name: string): Sql => sql`level.${id(name)}`
  return sql`
    select
      customer.customer_id,
      level.customer_key,
      customer.name,
      customer.segment_id,
      level.span,
      ${join(levelNames.map(level))},
      ${dialect.ratio(sql`(level.invoiced_revenue - level.off_invoice)`, sql`case when level.list_revenue > 0 then level.list_revenue end`)} as realisation
    from pocket_level as level
    join customer_profit as customer on customer.customer_key = level.customer_key`
}

/** Price elements with the customer's id. One row per customer, span, type and name. */
export function customerPriceElement(): Sql {
  return sql`
    select
      customer.customer_id,
      element.span,
      element.type,
      element.name as element,
      element.amount,
      element.accrued,
      element.owner
    from span_element as element
    join customer_profit as customer on customer.customer_key = element.customer_key`
}

/** The levels summed for everybody and by segment. One row per scope, its key and span. */
export function scopeLevels(): Sql {
  const sums = join(levelNames.map((name) => sql`${money(sql`sum(level.${id(name)})`)} as ${id(name)}`))
  return sql`
    select 'all' as scope, 'all' as scope_key, level.span, ${sums}
    from pocket_level as level
    group by level.span
    union all
    select 'segment' as scope, customer.segment_id as scope_key, level.span, ${sums}
    from pocket_level as level
    join customer_profit as customer on customer.customer_key = level.customer_key
    where customer.segment_id is not null
    group by customer.segment_id, level.span
    order by 1, 2, 3`
}

/** The price elements summed for everybody and by segment. One row per scope, its key, span, type and name. */
export function scopeElements(): Sql {
  const columns = sql`
      element.span,
      element.type,
      element.name,
      max(element.owner) as owner,
      ${sum(sql`element.amount`)} as amount,
      ${sum(sql`element.accrued`)} as accrued`
  return sql`
    select 'all' as scope, 'all' as scope_key,${columns}
    from span_element as element
    group by element.span, element.type, element.name
    union all
    select 'segment' as scope, customer.segment_id as scope_key,${columns}
    from span_element as element
    join customer_profit as customer on customer.customer_key = element.customer_key
    where customer.segment_id is not null
    group by customer.segment_id, element.span, element.type, element.name
    order by 1, 2, 3, 4, 5`
}

/** What each element took month by month. One row per month, type and name. */
export function elementMonths(dialect: Dialect): Sql {
  const month = dialect.monthStart(sql`dated`)
  return sql`
    select
      ${month} as month,
      type,
      name as element,
      ${sum(sql`amount`)} as amount,
      ${sum(sql`case when accrued then amount end`)} as accrued,
      ${money(sql`coalesce(sum(amount), 0) - coalesce(sum(case when accrued then amount end), 0)`)} as settled,
      count(distinct customer_key) as customers
    from counted_element
    group by ${month}, type, name`
}

/** Cost-to-serve of everybody and by segment, with the net revenue of the same window. One row per scope and its key. */
export function scopeCostToServe(): Sql {
  const columns = sql`${sum(sql`cost.cost_to_serve`)} as cost_to_serve, ${sum(sql`cost.net_revenue`)} as net_revenue`
  return sql`
    select 'all' as scope, 'all' as scope_key, ${columns}
    from customer_cost as cost
    union all
    select 'segment' as scope, customer.segment_id as scope_key, ${columns}
    from customer_cost as cost
    join customer_profit as customer on customer.customer_id = cost.customer_id
    where customer.segment_id is not null
    group by customer.segment_id
    order by 1, 2`
}
