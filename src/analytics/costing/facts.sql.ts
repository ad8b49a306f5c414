import type { Dialect } from '../../warehouse/dialect.ts'
import { id, join, type Sql, sql } from '../../warehouse/sql.ts'
import type { ObjectLevel } from './model.ts'
import { minutesSql } from './time-equation.sql.ts'
import type { TimeEquation } from './time-equation.ts'

/** First and last day that costs and orders have in common, and how its periods are numbered: months in one (0: one period) and the number of the first. */
export interface Span {
  from: string
  to: string
  monthsPerPeriod: number
  base: number
}

/** First and last day that costs and orders have in common. */
export type Window = Pick<Span, 'from' | 'to'>

/** An activity as the queries need it; `column` names its columns m<column>, e<column>, c<column>. */
export interface CostedActivity {
  id: string
  level: ObjectLevel
  equation: TimeEquation
  column: number
}

export const minutesOf = (column: number): Sql => id(`m${column}`)
export const eventsOf = (column: number): Sql => id(`e${column}`)
const leastOf = (column: number): Sql => id(`least${column}`)

export const inSpan = ({ from, to }: Span, date: Sql): Sql => sql`${date} between cast(${from} as date) and cast(${to} as date)`
export const isGoods = sql`kind in ('sale', 'return')`

/** Number of the period in which a day lies, from 1. */
export function periodOf({ monthsPerPeriod, base }: Span, date: Sql): Sql {
  if (monthsPerPeriod === 0) return sql`cast(1 as integer)`
  return sql`cast(floor((extract(year from ${date}) * 12 + extract(month from ${date}) - 1) / cast(${monthsPerPeriod} as double)) as integer) - cast(${base - 1} as integer)`
}

const asNumber = (value: Sql): Sql => sql`cast(${value} as double)`
const asText = (value: Sql): Sql => sql`coalesce(${value}, '')`

/** How the drivers of `driversOf` read from the relations below. */
export const driverSql: Record<ObjectLevel, Record<string, Sql>> = {
  line: {
    units: asNumber(sql`abs(quantity)`),
    amount: asNumber(sql`abs(invoice_amount)`),
    product_cost: asNumber(sql`coalesce(abs(product_cost), 0)`),
    returned: sql`(kind = 'return')`,
    channel: asText(sql`channel_id`),
  },
  order: {
    lines: asNumber(sql`lines`),
    units: asNumber(sql`units`),
    amount: asNumber(sql`amount`),
    returned_lines: asNumber(sql`returned_lines`),
    channel: asText(sql`channel_id`),
    entry_mode: asText(sql`entry_mode`),
    ship_mode: asText(sql`ship_mode`),
    drops: asNumber(sql`coalesce(drops, 1)`),
    changes: asNumber(sql`coalesce(changes_count, 0)`),
  },
  customer: {
    orders: asNumber(sql`orders`),
    lines: asNumber(sql`lines`),
    returned_lines: asNumber(sql`returned_lines`),
    months_active: asNumber(sql`months_active`),
    amount: asNumber(sql`amount`),
    segment: asText(sql`segment_id`),
    country: asText(sql`country`),
  },
  channel: {
    orders: asNumber(sql`orders`),
    lines: asNumber(sql`lines`),
    returned_lines: asNumber(sql`returned_lines`),
    customers: asNumber(sql`customers`),
    amount: asNumber(sql`amount`),
    channel: asText(sql`object_id`),
  },
  segment: {
    orders: asNumber(sql`orders`),
    lines: asNumber(sql`lines`),
    returned_lines: asNumber(sql`returned_lines`),
    customers: asNumber(sql`customers`),
    amount: asNumber(sql`amount`),
    segment: asText(sql`object_id`),
  },
}

const uses = (activities: readonly CostedActivity[], ...names: string[]): boolean =>
  activities.some(({ equation }) => equation.drivers.some((name) => names.includes(name)))

/** Minutes, events and the least minutes of each activity over rows that hold them as t<column>; to six decimals, so that sums are exact in any order. */
function sums(activities: readonly CostedActivity[]): Sql {
  return join(
    activities.map(({ column }) => {
      const minutes = id(`t${column}`)
      return sql`,
      coalesce(sum(cast(${minutes} as decimal(18, 6))), 0) as ${minutesOf(column)},
      cast(coalesce(sum(case when ${minutes} > 0 then 1 else 0 end), 0) as bigint) as ${eventsOf(column)},
      min(${minutes}) as ${leastOf(column)}`
    }),
    sql``,
  )
}

/** The minutes of one row by each activity, as t<column>; null where `when` does not hold. */
export const minutesColumns = (activities: readonly CostedActivity[], when: Sql | null = null): Sql =>
  join(
    activities.map(({ level, equation, column }) => {
      const minutes = minutesSql(equation, (name) => driverSql[level][name] as Sql)
      return when ? sql`, case when ${when} then ${minutes} end as ${id(`t${column}`)}` : sql`, ${minutes} as ${id(`t${column}`)}`
    }),
    sql``,
  )

/** Net revenue, contribution where cost is known, and the minutes of activities that one line causes. One row per customer key and period with a line in the span. */
export function lineFacts(activities: readonly CostedActivity[], span: Span): Sql {
  return sql`
    select
      customer_key,
      period_no,
      cast(sum(invoice_amount) as decimal(38, 4)) as net_revenue,
      cast(sum(margin) as decimal(38, 4)) as costed_contribution,
      count(margin) as costed_lines${sums(activities)}
    from (
      select
        customer_key,
        ${periodOf(span, sql`order_date`)} as period_no,
        invoice_amount,
        invoice_amount - product_cost as margin${minutesColumns(activities, isGoods)}
      from valued_line
      where ${inSpan(span, sql`order_date`)}
    ) as lines
    group by customer_key, period_no`
}

/** Goods sold or returned in one order within the span; fees and adjustments cause no work. Only what `activities` ask for. One row per order. */
export function costedOrders(activities: readonly CostedActivity[], span: Span): Sql {
  const has = (...names: string[]) => uses(activities, ...names)
  const channel = has('channel') || activities.some(({ level }) => level === 'channel')
  return sql`
    select
      order_key,
      max(customer_key) as customer_key,
      min(order_date) as order_date,
      count(*) as lines
      ${channel ? sql`, max(channel_id) as channel_id` : sql``}
      ${has('returned_lines') ? sql`, cast(sum(case when kind = 'return' then 1 else 0 end) as bigint) as returned_lines` : sql``}
      ${has('units') ? sql`, coalesce(sum(case when kind = 'sale' then quantity end), 0) as units` : sql``}
      ${has('amount') ? sql`, cast(sum(invoice_amount) as decimal(38, 4)) as amount` : sql``}
    from valued_line
    where ${isGoods} and ${inSpan(span, sql`order_date`)}
    group by order_key`
}

/** Minutes of activities that one order causes. One row per customer key and period. */
export function orderMinutes(activities: readonly CostedActivity[], span: Span): Sql {
  const facts = uses(activities, 'entry_mode', 'ship_mode', 'drops', 'changes')
  return sql`
    select
      customer_key,
      period_no${sums(activities)}
    from (
      select
        costed_order.customer_key,
        ${periodOf(span, sql`costed_order.order_date`)} as period_no${minutesColumns(activities)}
      from costed_order
      ${
        facts
          ? sql`left join (select order_key, entry_mode, ship_mode, drops, changes_count from "order") as facts on facts.order_key = costed_order.order_key`
          : sql``
      }
    ) as orders
    group by customer_key, period_no`
}

/** Order facts summed by what an activity is about. One row per object and period. */
function objectFacts(object: Sql, activities: readonly CostedActivity[], span: Span, dialect: Dialect): Sql {
  const has = (name: string) => uses(activities, name)
  return sql`
      select
        ${object} as object_id,
        ${periodOf(span, sql`costed_order.order_date`)} as period_no,
        count(*) as orders,
        cast(sum(lines) as bigint) as lines
        ${has('returned_lines') ? sql`, cast(sum(returned_lines) as bigint) as returned_lines` : sql``}
        ${has('amount') ? sql`, cast(sum(amount) as decimal(38, 4)) as amount` : sql``}
        ${has('months_active') ? sql`, count(distinct ${dialect.monthStart(sql`costed_order.order_date`)}) as months_active` : sql``}
        ${has('customers') ? sql`, count(distinct costed_order.customer_key) as customers` : sql``}`
}

/** Minutes of activities that having a customer causes. One row per customer key and period with an order. */
export function customerMinutes(activities: readonly CostedActivity[], span: Span, dialect: Dialect): Sql {
  const attributes = uses(activities, 'segment', 'country')
  return sql`
    select
      customer_key,
      period_no${sums(activities)}
    from (
      select
        facts.object_id as customer_key,
        period_no${minutesColumns(activities)}
      from (${objectFacts(sql`costed_order.customer_key`, activities, span, dialect)}
      from costed_order
      group by 1, 2) as facts
      ${attributes ? sql`left join (select customer_key, segment_id, country from customer) as attributes on attributes.customer_key = facts.object_id` : sql``}
    ) as customers
    group by customer_key, period_no`
}

/** Minutes of activities that running a channel or serving a segment causes. One row per channel or segment and period with an order. */
export function objectMinutes(level: 'channel' | 'segment', activities: readonly CostedActivity[], span: Span, dialect: Dialect): Sql {
  const object = level === 'channel' ? sql`coalesce(costed_order.channel_id, '(none)')` : sql`coalesce(customer.segment_id, '(none)')`
  const customers = level === 'segment' ? sql`left join customer on customer.customer_key = costed_order.customer_key` : sql``
  return sql`
    select
      object_id,
      period_no${sums(activities)}
    from (
      select
        object_id,
        period_no${minutesColumns(activities)}
      from (${objectFacts(object, activities, span, dialect)}
      from costed_order
      ${customers}
      group by 1, 2) as facts
    ) as objects
    group by object_id, period_no`
}

/**
 * Minutes of activities that count events, of the customer that the event or its order names (0: none), or of its channel or segment.
 * One row per object and period.
 */
export function eventMinutes(
  level: 'customer' | 'channel' | 'segment',
  activities: readonly CostedActivity[],
  span: Span,
  dialect: Dialect,
): Sql {
  const object = {
    customer: sql`coalesce(customer.customer_key, 0) as customer_key`,
    channel: sql`coalesce(driver_event.channel_id, orders.channel_id, '(none)') as object_id`,
    segment: sql`coalesce(customer.segment_id, '(none)') as object_id`,
  }[level]
  const key = level === 'customer' ? sql`customer_key` : sql`object_id`
  const minutes = join(
    activities.map(({ id: activity, equation, column }) => {
      const taken = minutesSql(equation, (name) => sql`coalesce(${dialect.jsonNumber(sql`driver_event.drivers`, name)}, 0)`)
      return sql`, case when driver_event.activity_id = ${activity} then ${taken} end as ${id(`t${column}`)}`
    }),
    sql``,
  )
  return sql`
    select
      ${key},
      period_no${sums(activities)}
    from (
      select
        ${object},
        ${periodOf(span, sql`driver_event.date`)} as period_no${minutes}
      from driver_event
      left join (select order_id, customer_id, channel_id from "order") as orders on orders.order_id = driver_event.order_id
      left join customer on customer.customer_id = coalesce(driver_event.customer_id, orders.customer_id)
      where ${inSpan(span, sql`driver_event.date`)} and driver_event.activity_id in (${join(activities.map((activity) => sql`${activity.id}`))})
    ) as events
    group by 1, 2`
}

/** A relation with the minutes of some activities by customer. */
export interface MinutesPart {
  relation: string
  activities: readonly CostedActivity[]
}

/** All activities beside each other. `keys` holds every customer and period. One row per customer key and period. */
export function allMinutes(keys: Sql, parts: readonly MinutesPart[]): Sql {
  const columns = parts.flatMap(({ relation, activities }) =>
    activities.map(
      ({ column }) => sql`,
      coalesce(${id(relation)}.${minutesOf(column)}, 0) as ${minutesOf(column)},
      coalesce(${id(relation)}.${eventsOf(column)}, 0) as ${eventsOf(column)}`,
    ),
  )
  const joins = parts.map(
    ({ relation }) => sql`
    left join ${id(relation)} on ${id(relation)}.customer_key = keys.customer_key and ${id(relation)}.period_no = keys.period_no`,
  )
  return sql`
    select
      keys.customer_key,
      keys.period_no${join(columns, sql``)}
    from (${keys}) as keys${join(joins, sql``)}`
}

/** The least minutes that an equation gave to any event, to find those that go below zero. One row. */
export function leastMinutes({ relation, activities }: MinutesPart): Sql {
  return sql`select ${join(activities.map(({ column }) => sql`min(${leastOf(column)}) as ${leastOf(column)}`))} from ${id(relation)}`
}

/** What each activity took in all. One row per activity and period. */
export function minutesTotals(relation: string, activities: readonly CostedActivity[]): Sql {
  return join(
    activities.map(
      ({ id: activity, column }) => sql`
    select
      ${activity} as activity_id,
      period_no,
      cast(sum(${eventsOf(column)}) as bigint) as events,
      cast(sum(${minutesOf(column)}) as varchar) as minutes
    from ${id(relation)}
    group by period_no`,
    ),
    sql` union all `,
  )
}
