import type { Dialect } from '../../warehouse/dialect.ts'
import { id, join, type Sql, sql } from '../../warehouse/sql.ts'
import type { Periods, Span } from '../profitability/index.ts'

/** Lengths of a cohort's periods, finest first. */
export const grains = ['week', 'month', 'quarter', 'year'] as const
export type Grain = (typeof grains)[number]

/** Days from the first purchase in which early behaviour is compared between cohorts. */
export const earlyDays = [90, 365] as const

const money = (value: Sql) => sql`cast(${value} as decimal(38, 4))`
const whole = (value: Sql) => sql`cast(floor(cast(${value} as double)) as bigint)`

/** Number of the period in which a day lies: weeks from Monday 5 January 1970, months, quarters and years from year 0. */
export function periodNumber(dialect: Dialect, grain: Grain, day: Sql): Sql {
  const month = sql`(year(${day}) * 12 + month(${day}) - 1)`
  if (grain === 'week') return whole(sql`${dialect.daysBetween(sql`cast('1970-01-05' as date)`, day)} / cast(7 as double)`)
  if (grain === 'month') return sql`cast(${month} as bigint)`
  return grain === 'quarter' ? whole(sql`${month} / cast(3 as double)`) : sql`cast(year(${day}) as bigint)`
}

/**
 * What happened on each day of each identified customer: orders with a sale, net revenue, measure, and when the customer had bought
 * before. Everything that the audit tells comes from here. One row per customer and day with a line.
 */
export function customerDays(cost: boolean): Sql {
  return sql`
    select
      summed.customer_key,
      summed.order_date as day,
      cast(summed.orders as bigint) as orders,
      cast(summed.net_revenue as decimal(18, 4)) as revenue,
      cast(${cost ? sql`summed.contribution` : sql`summed.net_revenue`} as decimal(18, 4)) as measure,
      known.first_date as first_day,
      max(case when summed.orders > 0 then summed.order_date end) over (
        partition by summed.customer_key order by summed.order_date rows between unbounded preceding and 1 preceding
      ) as previous_day
    from customer_day as summed
    left join customer_orders as known on known.customer_key = summed.customer_key
    where summed.customer_key > 0`
}

/** First and last day with a purchase, and the money of customers who never bought. One row. */
export function dayTotals(): Sql {
  return sql`
    select
      min(first_day) as first_day,
      max(case when orders > 0 then day end) as last_day,
      max(day) as last_line_day,
      ${money(sql`coalesce(sum(revenue), 0)`)} as revenue,
      ${money(sql`coalesce(sum(measure), 0)`)} as measure,
      ${money(sql`coalesce(sum(case when first_day is null then measure end), 0)`)} as without_purchase
    from audit_day`
}

/** Orders, revenue and measure of each cohort in each period; a customer is active where it bought. One row per cohort and period with either. */
export function cohortSums(dialect: Dialect, grain: Grain): Sql {
  const [first, now, before] = [sql`first_day`, sql`day`, sql`previous_day`].map((day) => periodNumber(dialect, grain, day)) as [
    Sql,
    Sql,
    Sql,
  ]
  return sql`
    with dated as (
      select
        ${first} as cohort,
        ${now} as period,
        ${before} as period_before,
        orders,
        revenue,
        measure
      from audit_day
      where first_day is not null
    )
    select
      ${grain} as grain,
      cohort,
      greatest(period, cohort) as period,
      count(case when orders > 0 and (period_before is null or period_before < period) then 1 end) as active,
      cast(sum(orders) as bigint) as orders,
      ${money(sql`sum(revenue)`)} as revenue,
      ${money(sql`sum(measure)`)} as measure
    from dated
    group by cohort, greatest(period, cohort)`
}

/** What winning the customers of each cohort cost, where that is known. One row per cohort. */
export function cohortCosts(dialect: Dialect, grain: Grain): Sql {
  const cohort = periodNumber(dialect, grain, sql`known.first_date`)
  return sql`
    select
      ${grain} as grain,
      ${cohort} as cohort,
      count(customer.acquisition_cost) as customers_with_cost,
      ${money(sql`sum(customer.acquisition_cost)`)} as acquisition_cost
    from customer
    join customer_orders as known on known.customer_key = customer.customer_key
    where known.first_date is not null
    group by ${cohort}`
}

/** Square of the 95 % quantile of the normal: 90 % intervals by Wilson's score. */
const z2 = 2.705543454095404

const share = sql`cast(active as double) / customers`
const centre = sql`(${share} + ${z2 / 2} / customers) / (1 + ${z2} / customers)`
const reach = sql`sqrt(${z2}) * sqrt(${share} * (1 - ${share}) / customers + ${z2 / 4} / (cast(customers as double) * customers)) / (1 + ${z2} / customers)`

/** Every cohort in every period from its own to the last, gaps as zeros. Relations audit_cohort_sum, audit_cohort_cost, audit_calendar. */
export function cohorts(): Sql {
  return sql`
    with cohort_size as (
      select grain, cohort, active as customers
      from audit_cohort_sum
      where period = cohort
    ),
    cell as (
      select
        cohort_size.grain,
        start.first_day as cohort,
        now.position - start.position as age,
        now.first_day as period,
        now.complete,
        cohort_size.customers,
        coalesce(found.active, 0) as active,
        coalesce(found.orders, 0) as orders,
        ${money(sql`coalesce(found.revenue, 0)`)} as revenue,
        ${money(sql`coalesce(found.measure, 0)`)} as measure,
        cost.acquisition_cost,
        coalesce(cost.customers_with_cost, 0) as customers_with_cost
      from cohort_size
      join audit_calendar as start on start.grain = cohort_size.grain and start.position = cohort_size.cohort
      join audit_calendar as now on now.grain = cohort_size.grain and now.position >= cohort_size.cohort
      left join audit_cohort_sum as found
        on found.grain = cohort_size.grain and found.cohort = cohort_size.cohort and found.period = now.position
      left join audit_cohort_cost as cost on cost.grain = cohort_size.grain and cost.cohort = cohort_size.cohort
    )
    select
      grain,
      cohort,
      age,
      period,
      complete,
      customers,
      active,
      orders,
      revenue,
      measure,
      ${money(sql`sum(revenue) over (partition by grain, cohort order by age rows unbounded preceding)`)} as cumulative_revenue,
      ${money(sql`sum(measure) over (partition by grain, cohort order by age rows unbounded preceding)`)} as cumulative_measure,
      cast(cast(sum(measure) over (partition by grain, cohort order by age rows unbounded preceding) as double) / customers as decimal(18, 4)) as measure_per_customer,
      ${share} as retention,
      case when age > 0 then greatest(0, ${centre} - ${reach}) end as retention_low,
      case when age > 0 then least(1, ${centre} + ${reach}) end as retention_high,
      case when customers_with_cost = customers then ${money(sql`acquisition_cost`)} end as acquisition_cost
    from cell`
}

/** How each customer began. One row per customer who bought. */
export function customerStarts(dialect: Dialect): Sql {
  const since = dialect.daysBetween(sql`first_day`, sql`day`)
  const [early, year] = earlyDays
  return sql`
    select
      customer_key,
      first_day,
      count(case when orders > 0 then 1 end) as purchases,
      max(case when orders > 0 and ${since} between 1 and ${early} then 1 else 0 end) as again_early,
      cast(coalesce(sum(case when ${since} <= 0 then revenue end), 0) as decimal(18, 4)) as first_revenue,
      cast(coalesce(sum(case when ${since} <= 0 then measure end), 0) as decimal(18, 4)) as first_measure,
      cast(coalesce(sum(case when ${since} <= ${early} then measure end), 0) as decimal(18, 4)) as early_measure,
      cast(coalesce(sum(case when ${since} <= ${year} then measure end), 0) as decimal(18, 4)) as year_measure,
      cast(sum(measure) as decimal(38, 4)) as measure
    from audit_day
    where first_day is not null
    group by customer_key, first_day`
}

/**
 * Early behaviour by cohort, at the same age: only customers who could be watched that long. Squares are of money in cents, which keeps
 * them exact. One row per cohort.
 */
export function earlyByCohort(dialect: Dialect, grain: Grain, lastDay: string): Sql {
  const age = dialect.daysBetween(sql`first_day`, sql`cast(${lastDay} as date)`)
  const cohort = periodNumber(dialect, grain, sql`first_day`)
  const [early, year] = earlyDays
  const square = (value: Sql) => sql`${money(sql`sum(cast(${value} as decimal(16, 2)) * cast(${value} as decimal(16, 2)))`)}`
  return sql`
    with aged as (
      select
        *,
        ${cohort} as cohort,
        case when ${age} >= ${early} then 1 end as early_seen,
        case when ${age} >= ${year} then 1 end as year_seen
      from customer_start
    )
    select
      cohort,
      count(*) as customers,
      cast(coalesce(sum(early_seen), 0) as bigint) as early_customers,
      cast(coalesce(sum(early_seen * again_early), 0) as bigint) as again,
      ${money(sql`coalesce(sum(early_seen * early_measure), 0)`)} as early_measure,
      coalesce(${square(sql`early_seen * early_measure`)}, 0) as early_squares,
      cast(coalesce(sum(year_seen), 0) as bigint) as year_customers,
      ${money(sql`coalesce(sum(year_seen * year_measure), 0)`)} as year_measure
    from aged
    group by cohort
    order by cohort`
}

const within = ({ from, to }: Span) => sql`day between cast(${from} as date) and cast(${to} as date)`

/** What each customer did in the two periods. One row per customer with a line in either. */
export function customerSides({ previous, current }: Periods): Sql {
  const columns = (
    [
      ['previous', previous],
      ['current', current],
    ] as const
  ).flatMap(([side, span]) => [
    sql`cast(coalesce(sum(case when ${within(span)} then orders end), 0) as bigint) as ${id(`${side}_orders`)}`,
    sql`cast(coalesce(sum(case when ${within(span)} then revenue end), 0) as decimal(18, 4)) as ${id(`${side}_revenue`)}`,
    sql`cast(coalesce(sum(case when ${within(span)} then measure end), 0) as decimal(18, 4)) as ${id(`${side}_measure`)}`,
  ])
  return sql`
    select
      customer_key,
      first_day,
      ${join(columns)}
    from audit_day
    where ${within(previous)} or ${within(current)}
    group by customer_key, first_day`
}

type Side = 'previous' | 'current'
const of = (side: Side, column: string): Sql => id(`${side}_${column}`)

/** Customers who bought in a period in tenths by measure, the best first. One row per tenth. */
export function tenths(side: Side): Sql {
  return sql`
    with ranked as (
      select
        ntile(10) over (order by ${of(side, 'measure')} desc, customer_key) as tenth,
        ${of(side, 'orders')} as orders,
        ${of(side, 'revenue')} as revenue,
        ${of(side, 'measure')} as measure
      from audit_side
      where ${of(side, 'orders')} > 0
    ),
    summed as (
      select
        tenth,
        count(*) as customers,
        cast(sum(orders) as bigint) as orders,
        ${money(sql`sum(revenue)`)} as revenue,
        ${money(sql`sum(measure)`)} as measure,
        min(measure) as least_measure,
        max(measure) as most_measure
      from ranked
      group by tenth
    )
    select
      ${side} as period,
      cast(tenth as bigint) as tenth,
      customers,
      orders,
      revenue,
      measure,
      least_measure,
      most_measure,
      cast(measure as double) / nullif(cast(sum(measure) over () as double), 0) as measure_share,
      cast(sum(measure) over (order by tenth rows unbounded preceding) as double) / nullif(cast(sum(measure) over () as double), 0) as cumulative_share
    from summed`
}

/** Orders a customer, from this number on together. */
export const mostOrders = 10

/** Customers who bought in a period by how often. One row per number of orders. */
export function byFrequency(side: Side): Sql {
  return sql`
    with counted as (
      select
        least(${of(side, 'orders')}, ${mostOrders}) as orders,
        ${of(side, 'revenue')} as revenue,
        ${of(side, 'measure')} as measure
      from audit_side
      where ${of(side, 'orders')} > 0
    ),
    summed as (
      select
        orders,
        count(*) as customers,
        ${money(sql`sum(revenue)`)} as revenue,
        ${money(sql`sum(measure)`)} as measure
      from counted
      group by orders
    )
    select
      ${side} as period,
      cast(orders as bigint) as orders,
      customers,
      revenue,
      measure,
      cast(customers as double) / cast(sum(customers) over () as double) as customer_share,
      cast(measure as double) / nullif(cast(sum(measure) over () as double), 0) as measure_share
    from summed`
}

/** What became of the customers between the periods. One row per status. */
export function changeByStatus({ current }: Periods): Sql {
  return sql`
    with judged as (
      select
        case
          when previous_orders > 0 and current_orders > 0 and current_measure >= previous_measure then 'kept-up'
          when previous_orders > 0 and current_orders > 0 then 'kept-down'
          when previous_orders > 0 then 'lost'
          when current_orders > 0 and first_day >= cast(${current.from} as date) then 'new'
          when current_orders > 0 then 'returning'
          else 'other'
        end as status,
        previous_measure,
        current_measure
      from audit_side
    )
    select
      status,
      count(*) as customers,
      ${money(sql`sum(previous_measure)`)} as previous_measure,
      ${money(sql`sum(current_measure)`)} as current_measure
    from judged
    group by status
    order by status`
}

/** Totals of both periods over identified customers. One row. */
export function sideTotals(): Sql {
  const columns = (['previous', 'current'] as const).flatMap((side) => [
    sql`count(case when ${of(side, 'orders')} > 0 then 1 end) as ${of(side, 'customers')}`,
    sql`cast(coalesce(sum(${of(side, 'orders')}), 0) as bigint) as ${of(side, 'orders')}`,
    sql`${money(sql`coalesce(sum(${of(side, 'revenue')}), 0)`)} as ${of(side, 'revenue')}`,
    sql`${money(sql`coalesce(sum(${of(side, 'measure')}), 0)`)} as ${of(side, 'measure')}`,
  ])
  return sql`select ${join(columns)} from audit_side`
}

/** Classes of customers by rank of measure within a period: upper ends as shares of those who bought. */
export const tiers = [
  { tier: 'best', title: 'Best tenth', upTo: 0.1 },
  { tier: 'upper', title: 'Next three tenths', upTo: 0.4 },
  { tier: 'middle', title: 'Next three tenths', upTo: 0.7 },
  { tier: 'low', title: 'Lowest three tenths', upTo: 1 },
] as const

/** Where the customers of each class stood a period later. One row per class before and class now; `none` is no purchase. */
export function tierMoves(): Sql {
  const tierOf = (side: Side) => {
    const share = sql`cast(row_number() over (partition by ${of(side, 'orders')} > 0 order by ${of(side, 'measure')} desc, customer_key) as double)
      / count(*) over (partition by ${of(side, 'orders')} > 0)`
    const cases = tiers.map(({ tier, upTo }) => sql`when ${share} <= ${upTo} then ${tier}`)
    return sql`case when ${of(side, 'orders')} = 0 then 'none' ${join(cases, sql` `)} end`
  }
  return sql`
    with placed as (
      select
        ${tierOf('previous')} as tier_before,
        ${tierOf('current')} as tier_now,
        previous_measure,
        current_measure
      from audit_side
      where previous_orders > 0 or current_orders > 0
    )
    select
      tier_before,
      tier_now,
      count(*) as customers,
      ${money(sql`sum(previous_measure)`)} as previous_measure,
      ${money(sql`sum(current_measure)`)} as current_measure
    from placed
    group by tier_before, tier_now
    order by tier_before, tier_now`
}
