import { type Sql, sql } from '../../warehouse/sql.ts'

/** Profit measure, revenue and rank by revenue, from the most to the least profitable. One row per identified customer. */
export function rankedCustomers(): Sql {
  return sql`
    select
      cast(measure as double) as measure,
      cast(net_revenue as double) as revenue,
      cast(revenue_rank as integer) as revenue_rank
    from customer_profit
    where identified
    order by measure_rank`
}

/** The points of the whale curve whose ranks stand in relation `curve_rank`. One row per rank. */
export function whaleCurvePoints(): Sql {
  return sql`
    with accumulated as (
      select
        measure_rank,
        customer_id,
        measure,
        cumulative_share,
        cast(sum(measure) over (order by measure_rank rows unbounded preceding) as decimal(38, 4)) as cumulative,
        count(*) over () as customers
      from customer_profit
      where identified
    )
    select
      accumulated.measure_rank as "rank",
      cast(accumulated.measure_rank as double) / accumulated.customers as customer_share,
      accumulated.customer_id,
      accumulated.measure,
      accumulated.cumulative,
      accumulated.cumulative_share
    from accumulated
    join curve_rank on curve_rank.measure_rank = accumulated.measure_rank`
}

/** Customers that are among the biggest by revenue and lose money, the biggest first. One row per customer. */
export function lovedGiants(biggest: number, limit: number): Sql {
  return sql`
    select
      customer_id,
      name,
      net_revenue,
      measure,
      revenue_rank,
      measure_rank
    from customer_profit
    where identified and revenue_rank <= ${biggest} and measure < 0
    order by revenue_rank
    limit ${limit}`
}

/**
 * Customers that are not big by revenue, stand among the best by profit and have a margin far above that of all; those that bring most
 * beyond what their revenue lets expect first. One row per customer.
 *
 * @param margin contribution over revenue of the whole portfolio
 */
export function hiddenGems(smallFrom: number, bestTo: number, margin: number, limit: number): Sql {
  return sql`
    select
      customer_id,
      name,
      net_revenue,
      measure,
      margin,
      revenue_rank,
      measure_rank
    from customer_profit
    where identified and revenue_rank >= ${smallFrom} and measure_rank <= ${bestTo} and measure > 0
      and margin >= 1.5 * cast(${margin} as double)
    order by cast(measure as double) - cast(net_revenue as double) * cast(${margin} as double) desc, measure_rank
    limit ${limit}`
}

/** The customers that bring most. One row per customer. */
export function bestCustomers(limit: number): Sql {
  return sql`
    select
      customer_id,
      name,
      measure,
      measure_share
    from customer_profit
    where identified and measure_rank <= ${limit}
    order by measure_rank`
}
