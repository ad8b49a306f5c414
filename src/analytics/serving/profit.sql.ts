import type { Dialect } from '../../warehouse/dialect.ts'
import { id, type Sql, sql } from '../../warehouse/sql.ts'

/** Layers that have a whale curve. */
export const curveLayers = ['contribution', 'customer_profit', 'after_acquisition', 'group_profit'] as const
export type CurveLayer = (typeof curveLayers)[number]

/** What each customer, or each group of customers, brings in a layer. Columns id, measure, revenue. One row per customer or ultimate parent. */
export function layerValues(layer: CurveLayer): Sql {
  if (layer === 'group_profit') {
    return sql`
    select
      coalesce(group_id, customer_id) as id,
      cast(sum(customer_profit) as decimal(38, 4)) as measure,
      cast(sum(net_revenue) as decimal(38, 4)) as revenue
    from customer_serving
    where identified
    group by coalesce(group_id, customer_id)
    having sum(customer_profit) is not null`
  }
  const measure = {
    contribution: sql`contribution`,
    customer_profit: sql`customer_profit`,
    after_acquisition: sql`cast(customer_profit - coalesce(acquisition_cost, 0) as decimal(38, 4))`,
  }[layer]
  return sql`
    select
      customer_id as id,
      ${measure} as measure,
      net_revenue as revenue
    from customer_serving
    where identified and ${measure} is not null`
}

/** Values with their ranks. One row per customer or group of relation `layer_value`. */
export function rankedValues(): Sql {
  return sql`
    select
      id,
      measure,
      revenue,
      row_number() over (order by measure desc, id) as measure_rank,
      row_number() over (order by revenue desc, id) as revenue_rank
    from layer_value`
}

/** From the best to the worst, for the indices. One row per customer or group. */
export function rankedColumns(): Sql {
  return sql`
    select
      cast(measure as double) as measure,
      cast(revenue as double) as revenue,
      cast(revenue_rank as integer) as revenue_rank
    from ranked_value
    order by measure_rank`
}

/** Points of the curve at the ranks of relation `layer_rank`. One row per rank. */
export function curvePoints(layer: CurveLayer): Sql {
  return sql`
    with accumulated as (
      select
        measure_rank,
        id,
        measure,
        cast(sum(measure) over (order by measure_rank rows unbounded preceding) as decimal(38, 4)) as cumulative,
        cast(sum(measure) over () as decimal(38, 4)) as total,
        cast(sum(case when measure > 0 then measure else 0 end) over () as decimal(38, 4)) as gains,
        count(*) over () as customers
      from ranked_value
    )
    select
      cast(${layer} as varchar) as layer,
      accumulated.measure_rank as ${id('rank')},
      cast(accumulated.measure_rank as double) / accumulated.customers as customer_share,
      accumulated.id as customer_id,
      accumulated.measure,
      accumulated.cumulative,
      case when total > 0.01 * gains then cast(accumulated.cumulative as double) / cast(total as double) end as cumulative_share
    from accumulated
    join layer_rank on layer_rank.measure_rank = accumulated.measure_rank`
}

/** Sums over all customers, and how many are below zero at each level. One row. */
export function layerTotals(): Sql {
  return sql`
    select
      cast(sum(net_revenue) as decimal(38, 4)) as net_revenue,
      cast(sum(contribution) as decimal(38, 4)) as contribution,
      cast(sum(line_cost) as decimal(38, 4)) as line_cost,
      cast(sum(order_cost) as decimal(38, 4)) as order_cost,
      cast(sum(account_cost) as decimal(38, 4)) as account_cost,
      count(*) filter (where identified and contribution < 0) as contribution_below,
      count(*) filter (where identified and contribution - line_cost < 0) as line_below,
      count(*) filter (where identified and contribution - line_cost - order_cost < 0) as order_below,
      count(*) filter (where identified and customer_profit < 0) as profit_below
    from customer_cost`
}

/** Acquisition cost of customers won within the window. One row. */
export function acquisitionTotals(): Sql {
  return sql`
    select
      cast(sum(acquisition_cost) as decimal(38, 4)) as amount,
      count(*) filter (where identified and customer_profit - coalesce(acquisition_cost, 0) < 0) as below
    from customer_serving`
}

/** Parents as the source gives them. One row per customer with a parent. */
export function parents(): Sql {
  return sql`select customer_id, parent_id from customer where parent_id is not null and parent_id <> customer_id order by customer_id`
}

/** Customers with more than one account under their ultimate parent. One row per group. */
export function groups(): Sql {
  return sql`
    select
      account.group_id,
      coalesce(max(parent.name), account.group_id) as name,
      count(*) as accounts,
      cast(sum(account.net_revenue) as decimal(38, 4)) as net_revenue,
      cast(sum(account.contribution) as decimal(38, 4)) as contribution,
      cast(sum(account.cost_to_serve) as decimal(38, 4)) as cost_to_serve,
      cast(sum(account.customer_profit) as decimal(38, 4)) as customer_profit,
      count(*) filter (where account.customer_profit < 0) as loss_makers
    from customer_serving as account
    left join customer as parent on parent.customer_id = account.group_id
    where account.group_id is not null
    group by account.group_id
    having count(*) > 1`
}

/** The result table: plane, type, peers. `plane_score` holds probabilities by customer key. One row per customer. */
export function servingRows(
  dialect: Dialect,
  options: { type: Sql; columns: number; titles: readonly string[]; window: { from: string; to: string } },
): Sql {
  const places = Array.from({ length: options.columns }, (_, c) => c)
  const expected = places.map((c) => id(`e${c}`)).reduce((all, one) => sql`${all} + ${one}`)
  const gap = (c: number) => sql`coalesce(${id(`c${c}`)} - ${id(`e${c}`)}, 0)`
  const most = places.map(gap).reduce((all, one) => sql`greatest(${all}, ${one})`)
  const main = places.map((c) => sql`when ${gap(c)} = ${most} then ${options.titles[c]!}`).reduce((all, one) => sql`${all} ${one}`)
  const inWindow = sql`account.first_seen_date between cast(${options.window.from} as date) and cast(${options.window.to} as date)`
  return sql`
    with measured as (
      select
        compared_customer.*,
        ${dialect.ratio(sql`compared_customer.cost_to_serve`, sql`compared_customer.net_revenue`)} as raw_cost_share,
        ${dialect.ratio(sql`compared_customer.pocket`, sql`compared_customer.reference`)} as raw_price_index
      from compared_customer
    )
    select
      measured.customer_id,
      cast(measured.customer_key as bigint) as customer_key,
      measured.name,
      measured.identified,
      measured.segment_id,
      measured.group_id,
      cast(measured.orders as bigint) as orders,
      measured.net_revenue,
      measured.contribution,
      measured.cost_to_serve,
      measured.customer_profit,
      case when ${inWindow} then cast(account.acquisition_cost as decimal(38, 4)) end as acquisition_cost,
      case when measured.net_revenue > 0 then ${dialect.ratio(sql`measured.contribution`, sql`measured.net_revenue`)} end as margin_share,
      case when measured.net_revenue > 0 then raw_cost_share end as cost_share,
      case when measured.customer_key > 0 then raw_price_index end as price_index,
      case when measured.customer_key > 0 then ${dialect.ratio(sql`measured.pocket`, sql`measured.sold`)} end as price_coverage,
      case when measured.customer_key > 0 and measured.reference > 0 then cast(measured.reference - measured.pocket as decimal(38, 4)) end as price_gap,
      case when measured.customer_key > 0 and measured.net_revenue > 0 then ${options.type} else 'undetermined' end as type,
      case when passive is not null then greatest(passive, carriage, bargain, aggressive) end as type_probability,
      case when passive is not null then passive end as passive_probability,
      case when passive is not null then carriage end as carriage_probability,
      case when passive is not null then bargain end as bargain_probability,
      case when passive is not null then aggressive end as aggressive_probability,
      window_profit.type_before as previous_type,
      window_profit.type_now as current_type,
      measured.peers,
      cast(measured.peer_customers as bigint) as peer_customers,
      cast(${expected} as decimal(38, 4)) as expected_cost,
      cast(measured.cost_to_serve - (${expected}) as decimal(38, 4)) as excess_cost,
      case when measured.peers is not null and ${most} > 0 then case ${main} end end as main_driver,
      cast(measured.small_orders as bigint) as small_orders,
      measured.small_order_revenue
    from measured
    left join customer as account on account.customer_key = measured.customer_key
    left join plane_score on plane_score.customer_key = measured.customer_key
    left join window_profit on window_profit.customer_key = measured.customer_key`
}

/** Cost of customers by driver beside that of their peers. One row per customer and driver. */
export function driverRows(drivers: readonly { id: string; place: number; timed: boolean }[], most: number): Sql {
  const rows = drivers.map(({ id: driver, place, timed }) => {
    const c = id(`c${place}`)
    const e = id(`e${place}`)
    return sql`
    select
      customer_id,
      ${driver} as driver_id,
      ${timed ? sql`cast(${id(`t${place}`)} as double)` : sql`cast(null as double)`} as minutes,
      ${timed ? sql`${id(`et${place}`)}` : sql`cast(null as double)`} as peer_minutes,
      ${c} as cost,
      ${e} as peer_cost,
      cast(${c} - ${e} as decimal(38, 4)) as difference
    from dearest`
  })
  return sql`
    with dearest as (
      select *
      from compared_customer
      order by cost_to_serve desc, customer_key
      limit ${most}
    )${rows.reduce((all, one) => sql`${all} union all ${one}`)}`
}

/** Customers, money and probabilities by type. One row per type. */
export function typeSums(): Sql {
  return sql`
    select
      type,
      count(*) as customers,
      cast(sum(net_revenue) as decimal(38, 4)) as net_revenue,
      cast(coalesce(sum(contribution), 0) as decimal(38, 4)) as contribution,
      cast(sum(cost_to_serve) as decimal(38, 4)) as cost_to_serve,
      cast(coalesce(sum(customer_profit), 0) as decimal(38, 4)) as customer_profit
    from customer_serving
    where identified
    group by type
    order by type`
}
