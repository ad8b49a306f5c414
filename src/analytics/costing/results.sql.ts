import type { Dialect } from '../../warehouse/dialect.ts'
import { id, join, type Sql, sql } from '../../warehouse/sql.ts'
import { costOf } from './allocation.sql.ts'
import { type CostedActivity, eventsOf, minutesOf, type Span } from './facts.sql.ts'

/** What the queries about verdicts need to know of an activity besides its column. */
export interface JudgedActivity extends CostedActivity {
  title: string
  pool: string
  poolTitle: string
  /** How far the rate of the pool and the time equation may be wrong, as fractions. */
  rateRange: number
  range: number
  /** Share of the cost that stops at once when the work does. */
  shortRun: number
}

/** Whole units of money as an exact decimal. */
const asMoney = (units: Sql): Sql => sql`cast(cast(${units} as decimal(19, 0)) * cast(0.0001 as decimal(5, 4)) as decimal(38, 4))`
const sumOf = (columns: readonly Sql[]): Sql => (columns.length === 0 ? sql`cast(0 as bigint)` : sql`(${join(columns, sql` + `)})`)
const double = (value: Sql): Sql => sql`cast(${value} as double)`

/** What each activity costs for each customer. One row per customer and activity with minutes or cost. */
export function namedActivityCosts(unidentified: string, activities: readonly CostedActivity[]): Sql {
  const each = activities.map(
    ({ id: activity, column }) => sql`
      select
        customer_key,
        ${activity} as activity_id,
        ${eventsOf(column)} as events,
        ${minutesOf(column)} as minutes,
        ${costOf(column)} as units
      from customer_units
      where ${minutesOf(column)} > 0`,
  )
  return sql`
    select
      cast(costs.customer_key as bigint) as customer_key,
      coalesce(customer.customer_id, ${unidentified}) as customer_id,
      costs.activity_id,
      costs.events,
      cast(costs.minutes as double) as minutes,
      ${asMoney(sql`costs.units`)} as cost
    from (${join(each, sql` union all `)}) as costs
    left join customer on customer.customer_key = costs.customer_key`
}

/** Money tied up in a customer x what money costs. Rates come from the balance, else from the settings. One row per customer key. */
export function capitalCharges(rate: number | null, span: Span, dialect: Dialect): Sql {
  const month = sql`cast(balance.period || '-01' as date)`
  const days = dialect.daysBetween(month, sql`cast(${month} + interval '1' month as date)`)
  return sql`
    select
      customer.customer_key,
      cast(sum(cast(
        cast(coalesce(balance.avg_receivable, 0) + coalesce(balance.avg_dedicated_inventory, 0) as double)
        * coalesce(balance.capital_rate, ${rate === null ? sql`cast(null as double)` : sql`cast(${rate} as double)`})
        * ${days} / 365 as decimal(38, 10))) as decimal(38, 4)) as capital_charge
    from balance
    join customer on customer.customer_id = balance.customer_id
    where ${month} between cast(${span.from} as date) and cast(${span.to} as date)
    group by customer.customer_key`
}

/** No balances, in the same columns. */
export function noCapitalCharges(): Sql {
  return sql`select cast(0 as bigint) as customer_key, cast(null as decimal(38, 4)) as capital_charge where false`
}

/** Groups the activities of each pool, in order of the pools. */
function byPool(activities: readonly JudgedActivity[]): JudgedActivity[][] {
  const pools = new Map<string, JudgedActivity[]>()
  for (const activity of activities) pools.set(activity.pool, [...(pools.get(activity.pool) ?? []), activity])
  return [...pools.values()]
}

const absolute = ({ column }: CostedActivity): Sql => sql`abs(${double(costOf(column))})`

/**
 * Each customer with its costs by level, and how far its profit can move. With the rate of pool p wrong by up to r_p and the equation of activity a by up to r_a, each
 * uniform and independent, cost = sum of (1 + e_p)(1 + d_a) k_a, so
 *   variance = sum over pools of r_p^2 / 3 C_p^2 + (1 + r_p^2 / 3) sum over its activities of r_a^2 / 3 k_a^2
 *   furthest = sum of k_a ((1 + r_p)(1 + r_a) - 1)
 * One row per customer with a line in the span.
 */
export function profitParts(activities: readonly JudgedActivity[], hasCost: boolean): Sql {
  const level = (name: string) => sumOf(activities.filter((activity) => activity.level === name).map(({ column }) => costOf(column)))
  const columns = join(
    activities.map(({ column }) => sql`coalesce(units.${costOf(column)}, 0) as ${costOf(column)}`),
    sql`, `,
  )
  const shortRun = sumOf(
    activities
      .filter(({ shortRun: share }) => share > 0)
      .map(({ column, shortRun: share }) => sql`cast(round(${double(costOf(column))} * cast(${share} as double)) as bigint)`),
  )
  const variance = byPool(activities).map((pool) => {
    const pooled = sumOf(pool.map(({ column }) => double(costOf(column))))
    const square = pool[0]!.rateRange ** 2 / 3
    const own = sumOf(
      pool.map(({ column, range }) => sql`cast(${range ** 2 / 3} as double) * ${double(costOf(column))} * ${double(costOf(column))}`),
    )
    return sql`(cast(${square} as double) * ${pooled} * ${pooled} + cast(${1 + square} as double) * ${own})`
  })
  const furthest = activities.map(
    (activity) => sql`${absolute(activity)} * cast(${(1 + activity.rateRange) * (1 + activity.range) - 1} as double)`,
  )
  const contribution = hasCost
    ? sql`case when facts.costed_lines > 0 then facts.costed_contribution end`
    : sql`cast(null as decimal(38, 4))`
  return sql`
    with joined as (
      select
        facts.customer_key,
        facts.net_revenue,
        cast(${contribution} as decimal(38, 4)) as contribution,
        charges.capital_charge,
        ${columns}
      from (
        select
          customer_key,
          cast(sum(net_revenue) as decimal(38, 4)) as net_revenue,
          cast(sum(costed_contribution) as decimal(38, 4)) as costed_contribution,
          sum(costed_lines) as costed_lines
        from line_facts
        group by customer_key
      ) as facts
      left join customer_units as units on units.customer_key = facts.customer_key
      left join capital_charge as charges on charges.customer_key = facts.customer_key
    )
    select
      *,
      ${asMoney(level('line'))} as line_cost,
      ${asMoney(level('order'))} as order_cost,
      ${asMoney(level('customer'))} as account_cost,
      ${asMoney(sumOf(activities.map(({ column }) => costOf(column))))} as cost_to_serve,
      ${asMoney(shortRun)} as short_run_cost,
      cast(contribution - ${asMoney(sumOf(activities.map(({ column }) => costOf(column))))} as decimal(38, 4)) as customer_profit,
      sqrt(${activities.length === 0 ? sql`cast(0 as double)` : join(variance, sql` + `)}) * 0.0001 as deviation,
      (${activities.length === 0 ? sql`cast(0 as double)` : join(furthest, sql` + `)}) * 0.0001 as furthest
    from joined`
}

/** Customers whose profit may turn its sign within the ranges, with their profit and the cost of each activity in money. One row per customer key. */
export function uncertainCustomers(activities: readonly CostedActivity[]): Sql {
  return sql`
    select
      customer_key,
      cast(customer_profit as double) as profit,
      ${join(activities.map(({ column }) => sql`${double(costOf(column))} * 0.0001 as ${costOf(column)}`))}
    from profit_parts
    where customer_key > 0 and customer_profit is not null and abs(cast(customer_profit as double)) <= furthest and furthest > 0
    order by customer_key`
}

/** By how much a rate or equation that is wrong by its whole range moves the profit, with what it is called. */
function movers(
  activities: readonly JudgedActivity[],
): { title: string; kind: 'rate' | 'equation'; subject: string; range: number; cost: Sql }[] {
  const rates = byPool(activities).map((pool) => ({
    kind: 'rate' as const,
    subject: pool[0]!.pool,
    title: pool[0]!.poolTitle,
    range: pool[0]!.rateRange,
    cost: sumOf(pool.map(absolute)),
  }))
  const equations = activities.map((activity) => ({
    kind: 'equation' as const,
    subject: activity.id,
    title: activity.title,
    range: activity.range,
    cost: absolute(activity),
  }))
  return [...rates, ...equations]
}

const turns = (cost: Sql, range: number): Sql => sql`abs(cast(customer_profit as double)) < ${cost} * cast(${range * 0.0001} as double)`

/** Each customer from contribution to profit, with band, probability of a loss and verdict. One row per customer with a line in the span. */
export function customerCosts(unidentified: string, activities: readonly JudgedActivity[], hasBalances: boolean): Sql {
  const all = movers(activities)
  const strongest = sql`greatest(${join([sql`cast(0 as double)`, ...all.map(({ cost, range }) => sql`${cost} * cast(${range} as double)`)])})`
  const verdicts = all.map(
    ({ title, cost, range }) =>
      sql`when ${turns(cost, range)} and ${cost} * cast(${range} as double) = strongest then ${`depends on ${title}`}`,
  )
  const charge = hasBalances ? sql`coalesce(judged.capital_charge, 0)` : sql`cast(null as decimal(38, 4))`
  return sql`
    with judged as (
      select
        parts.*,
        ${strongest} as strongest,
        case
          when parts.customer_profit is null then null
          when loss_draw.probability is not null then loss_draw.probability
          when parts.customer_profit < 0 then 1
          else 0
        end as loss_probability
      from profit_parts as parts
      left join loss_draw on loss_draw.customer_key = parts.customer_key
    )
    select
      cast(judged.customer_key as bigint) as customer_key,
      coalesce(customer.customer_id, ${unidentified}) as customer_id,
      coalesce(customer.name, customer.customer_id, ${unidentified}) as name,
      judged.customer_key > 0 as identified,
      judged.net_revenue,
      judged.contribution,
      judged.line_cost,
      judged.order_cost,
      judged.account_cost,
      judged.cost_to_serve,
      judged.customer_profit,
      cast(${charge} as decimal(38, 4)) as capital_charge,
      cast(judged.customer_profit - ${charge} as decimal(38, 4)) as economic_profit,
      judged.short_run_cost,
      cast(cast(judged.customer_profit as double) - least(1.6448536 * deviation, furthest) as decimal(38, 4)) as profit_low,
      cast(cast(judged.customer_profit as double) + least(1.6448536 * deviation, furthest) as decimal(38, 4)) as profit_high,
      cast(judged.loss_probability as double) as loss_probability,
      cast(judged.cost_to_serve as double) / nullif(cast(judged.net_revenue as double), 0) as cost_to_serve_share,
      case when judged.customer_key > 0 and judged.customer_profit is not null then
        row_number() over (partition by judged.customer_key > 0 order by judged.customer_profit desc nulls last, judged.customer_key)
      end as profit_rank,
      case
        when judged.customer_profit is null then 'undetermined'
        ${join(verdicts, sql` `)}
        else 'robust'
      end as verdict
    from judged
    left join customer on customer.customer_key = judged.customer_key`
}

/** How many identified customers turn the sign of their profit when one rate or equation is wrong by its whole range. One row. */
export function signChanges(activities: readonly JudgedActivity[]): Sql {
  const columns = movers(activities).map(
    ({ cost, range }, i) => sql`
      count(*) filter (where ${turns(cost, range)}) as ${id(`turn${i}`)},
      cast(coalesce(sum(abs(customer_profit)) filter (where ${turns(cost, range)}), 0) as decimal(38, 4)) as ${id(`profit${i}`)},
      cast(coalesce(sum(${asMoney(sql`cast(${cost} as bigint)`)}), 0) as decimal(38, 4)) as ${id(`amount${i}`)}`,
  )
  return sql`select ${join(columns)} from profit_parts where customer_key > 0 and customer_profit is not null`
}

/** What `signChanges` counted, in its order. */
export const moversOf = (
  activities: readonly JudgedActivity[],
): { kind: 'rate' | 'equation'; subject: string; title: string; range: number }[] =>
  movers(activities).map(({ kind, subject, title, range }) => ({ kind, subject, title, range }))
