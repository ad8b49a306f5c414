import type { Dialect } from '../../warehouse/dialect.ts'
import { id, join, type Sql, sql } from '../../warehouse/sql.ts'
import type { Level } from './contract.ts'
import { minutesSql } from './time-equation.sql.ts'
import type { TimeEquation } from './time-equation.ts'

/** First and last day that costs and orders have in common. */
export interface Window {
  from: string
  to: string
}

/** An activity as the queries need it: its place in the list names its columns. */
export interface CostedActivity {
  id: string
  level: Exclude<Level, 'business'>
  equation: TimeEquation
}

/** What the ledger holds by account and cost centre, with what makes it usable. One row per account, cost centre, currency and reason. */
export function ledgerSums(): Sql {
  return sql`
    select
      account,
      cost_centre,
      currency,
      excluded_reason,
      min(period) as first_period,
      max(period) as last_period,
      cast(sum(amount) as decimal(38, 4)) as amount
    from ledger
    group by account, cost_centre, currency, excluded_reason
    order by account, cost_centre nulls last, currency nulls last, excluded_reason nulls last`
}

const inWindow = ({ from, to }: Window): Sql => sql`order_date between cast(${from} as date) and cast(${to} as date)`

const asNumber = (value: Sql): Sql => sql`cast(${value} as double)`
const asText = (value: Sql): Sql => sql`coalesce(${value}, '')`

/** How the drivers of `driversOf` read from the relations below. */
export const driverSql: Record<Exclude<Level, 'business'>, Record<string, Sql>> = {
  line: {
    units: asNumber(sql`abs(quantity)`),
    amount: asNumber(sql`abs(invoice_amount)`),
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
  },
}

/** Goods sold or returned in one order within the window; fees and adjustments cause no work. One row per order. */
export function costedOrders(window: Window): Sql {
  return sql`
    select
      order_key,
      max(customer_key) as customer_key,
      min(order_date) as order_date,
      max(channel_id) as channel_id,
      count(*) as lines,
      sum(case when kind = 'return' then 1 else 0 end) as returned_lines,
      coalesce(sum(case when kind = 'sale' then quantity end), 0) as units,
      cast(sum(invoice_amount) as decimal(38, 4)) as amount
    from valued_line
    where kind in ('sale', 'return') and ${inWindow(window)}
    group by order_key`
}

/** The same for each customer; 0 is unidentified. One row per customer key. */
export function costedCustomers(dialect: Dialect): Sql {
  return sql`
    select
      customer_key,
      count(*) as orders,
      cast(sum(lines) as bigint) as lines,
      cast(sum(returned_lines) as bigint) as returned_lines,
      count(distinct ${dialect.monthStart(sql`order_date`)}) as months_active,
      cast(sum(amount) as decimal(38, 4)) as amount
    from costed_order
    group by customer_key`
}

/** Net revenue, and contribution where cost is known, within the window. One row per customer key. */
export function windowContribution(window: Window): Sql {
  return sql`
    select
      customer_key,
      cast(sum(invoice_amount) as decimal(38, 4)) as net_revenue,
      cast(sum(invoice_amount - product_cost) as decimal(38, 4)) as costed_contribution,
      cast(coalesce(sum(case when product_cost is null and kind not in ('sale', 'return') then invoice_amount end), 0) as decimal(38, 4)) as uncosted_fees,
      count(product_cost) as costed_lines
    from valued_line
    where ${inWindow(window)}
    group by customer_key`
}

/** Minutes and events of every activity of one level; minutes to six decimals, so that their sum is exact in any order. Columns m0, e0, m1, e1 ... in the order of `activities`. One row per customer key. */
export function minutesByCustomer(level: Exclude<Level, 'business'>, activities: readonly CostedActivity[], window: Window): Sql {
  const columns = join(
    activities.map(({ equation }, i) => {
      const minutes = minutesSql(equation, (name) => driverSql[level][name])
      return sql`
      sum(cast(${minutes} as decimal(18, 6))) as ${id(`m${i}`)},
      sum(case when ${minutes} > 0 then 1 else 0 end) as ${id(`e${i}`)},
      min(${minutes}) as ${id(`least${i}`)}`
    }),
  )
  if (level === 'line')
    return sql`select customer_key, ${columns} from valued_line where kind in ('sale', 'return') and ${inWindow(window)} group by customer_key`
  if (level === 'customer') return sql`select customer_key, ${columns} from costed_customer group by customer_key`
  return sql`
    select costed_order.customer_key, ${columns}
    from costed_order
    left join (select order_key, entry_mode, ship_mode, drops, changes_count from "order") as facts on facts.order_key = costed_order.order_key
    group by costed_order.customer_key`
}

/** The minutes of one level, one activity a row. One row per customer key and activity with minutes. */
export function unpivotedMinutes(relation: string, activities: readonly CostedActivity[]): Sql {
  return join(
    activities.map(
      (activity, i) => sql`
    select customer_key, ${activity.id} as activity_id, cast(${id(`e${i}`)} as bigint) as events, ${id(`m${i}`)} as minutes
    from ${id(relation)}
    where ${id(`m${i}`)} > 0`,
    ),
    sql` union all `,
  )
}

/** The least minutes that an equation gave to any event, to find those that go below zero. One row. */
export function leastMinutes(relation: string, activities: readonly CostedActivity[]): Sql {
  return sql`select ${join(activities.map((_, i) => sql`min(${id(`least${i}`)}) as ${id(`least${i}`)}`))} from ${id(relation)}`
}

/** Totals of each activity. One row per activity. */
export function activityTotals(): Sql {
  return sql`
    select
      activity_id,
      cast(sum(events) as bigint) as events,
      cast(sum(minutes) as double) as minutes
    from activity_minutes
    group by activity_id
    order by activity_id`
}

/**
 * The cost of each activity over its customers, by largest remainder in ten-thousandths of the currency: parts add up to the cost exactly.
 * `activity_amount` holds activity_id, units (bigint) and minutes (the total). One row per customer key and activity.
 */
export function customerActivityCosts(): Sql {
  return sql`
    with shares as (
      select
        activity_minutes.customer_key,
        activity_minutes.activity_id,
        activity_minutes.events,
        activity_minutes.minutes,
        activity_amount.units,
        cast(activity_amount.units as double) * cast(activity_minutes.minutes as double) / activity_amount.minutes as part
      from activity_minutes
      join activity_amount on activity_amount.activity_id = activity_minutes.activity_id
    ),
    ranked as (
      select
        *,
        units - sum(cast(floor(part) as bigint)) over (partition by activity_id) as units_left,
        row_number() over (partition by activity_id order by part - floor(part) desc, customer_key) as place,
        count(*) over (partition by activity_id) as customers
      from shares
    )
    select
      customer_key,
      activity_id,
      events,
      cast(minutes as double) as minutes,
      cast(
        cast(floor(part) as bigint) + case
          when units_left >= 0 then cast(floor(cast(units_left as double) / customers) as bigint) + case when place <= units_left % customers then 1 else 0 end
          when place > customers + units_left then -1
          else 0
        end as decimal(19, 0)
      ) * cast(0.0001 as decimal(5, 4)) as cost
    from ranked`
}

/** Result rows by id instead of key. One row per customer and activity. */
export function namedActivityCosts(unidentified: string): Sql {
  return sql`
    select
      coalesce(customer.customer_id, ${unidentified}) as customer_id,
      costs.activity_id,
      costs.events,
      costs.minutes,
      cast(costs.cost as decimal(38, 4)) as cost
    from activity_cost_of_customer as costs
    left join customer on customer.customer_key = costs.customer_key`
}

/**
 * Each customer from contribution to profit after cost-to-serve. `customer_profit` gives names. A verdict is robust when no pool that
 * is 10 % dearer or cheaper turns the sign: the activities of a pool move together, so the pool is the harder test than any of its equations.
 * One row per customer with a line in the window.
 */
export function customerCosts(
  unidentified: string,
  activities: readonly { id: string; level: string; pool: string; poolTitle: string }[],
  hasCost: boolean,
): Sql {
  const of = (level: string) => {
    const ids = activities.filter((activity) => activity.level === level).map((activity) => sql`${activity.id}`)
    return ids.length === 0
      ? sql`cast(0 as decimal(38, 4))`
      : sql`cast(coalesce(sum(case when activity_id in (${join(ids)}) then cost end), 0) as decimal(38, 4))`
  }
  const pools = [...new Map(activities.map(({ pool, poolTitle }) => [pool, poolTitle]))]
  const poolCost = (pool: string) => {
    const ids = activities.filter((activity) => activity.pool === pool).map((activity) => sql`${activity.id}`)
    return sql`cast(coalesce(sum(case when activity_id in (${join(ids)}) then cost end), 0) as decimal(38, 4))`
  }
  const contribution = hasCost
    ? sql`case when facts.costed_lines > 0 then facts.costed_contribution end`
    : sql`cast(null as decimal(38, 4))`
  const turning = pools.map(
    ([, title], i) => sql`when abs(customer_profit) < 0.1 * ${id(`p${i}`)} and ${id(`p${i}`)} = dearest then ${`depends on ${title}`}`,
  )
  return sql`
    with costs as (
      select
        customer_key,
        ${of('line')} as line_cost,
        ${of('order')} as order_cost,
        ${of('customer')} as account_cost,
        ${join(pools.map(([pool], i) => sql`${poolCost(pool)} as ${id(`p${i}`)}`))}
      from activity_cost_of_customer
      group by customer_key
    ),
    joined as (
      select
        facts.customer_key,
        facts.net_revenue,
        cast(${contribution} as decimal(38, 4)) as contribution,
        coalesce(costs.line_cost, 0) as line_cost,
        coalesce(costs.order_cost, 0) as order_cost,
        coalesce(costs.account_cost, 0) as account_cost,
        ${join(pools.map((_, i) => sql`coalesce(costs.${id(`p${i}`)}, 0) as ${id(`p${i}`)}`))}
      from window_contribution as facts
      left join costs on costs.customer_key = facts.customer_key
    ),
    profits as (
      select
        *,
        cast(line_cost + order_cost + account_cost as decimal(38, 4)) as cost_to_serve,
        cast(contribution - line_cost - order_cost - account_cost as decimal(38, 4)) as customer_profit,
        greatest(${join([sql`cast(0 as decimal(38, 4))`, ...pools.map((_, i) => id(`p${i}`))])}) as dearest
      from joined
    )
    select
      coalesce(customer.customer_id, ${unidentified}) as customer_id,
      coalesce(customer.name, customer.customer_id, ${unidentified}) as name,
      profits.customer_key > 0 as identified,
      profits.net_revenue,
      profits.contribution,
      cast(profits.line_cost as decimal(38, 4)) as line_cost,
      cast(profits.order_cost as decimal(38, 4)) as order_cost,
      cast(profits.account_cost as decimal(38, 4)) as account_cost,
      profits.cost_to_serve,
      profits.customer_profit,
      cast(profits.cost_to_serve as double) / nullif(cast(profits.net_revenue as double), 0) as cost_to_serve_share,
      case when profits.customer_key > 0 and profits.customer_profit is not null then
        row_number() over (partition by profits.customer_key > 0 order by profits.customer_profit desc nulls last, customer.customer_id)
      end as profit_rank,
      case
        when profits.customer_profit is null then 'undetermined'
        ${join(turning, sql` `)}
        else 'robust'
      end as verdict
    from profits
    left join customer on customer.customer_key = profits.customer_key`
}

/** How many identified customers change the sign of their profit when one pool is 10 % dearer or cheaper. One row per pool. */
export function signChanges(activities: readonly { id: string; pool: string }[]): Sql {
  const pools = [...new Set(activities.map(({ pool }) => pool))]
  return join(
    pools.map((pool) => {
      const ids = activities.filter((activity) => activity.pool === pool).map((activity) => sql`${activity.id}`)
      return sql`
    select ${pool} as pool_id, count(*) as customers
    from (
      select customer_id, sum(cost) as cost from customer_activity_cost where activity_id in (${join(ids)}) group by customer_id
    ) as pool_costs
    join customer_cost on customer_cost.customer_id = pool_costs.customer_id
    where customer_cost.identified and abs(customer_cost.customer_profit) < 0.1 * pool_costs.cost`
    }),
    sql` union all `,
  )
}
