import type { Dialect } from '../../warehouse/dialect.ts'
import { type Sql, sql } from '../../warehouse/sql.ts'

/** The latest scores of each customer up to a day. One row per customer with scores. */
export function latestScores(dialect: Dialect, asOf: string): Sql {
  return sql`
    select attr.*
    from relationship_attr as attr
    join (
      select customer_id, ${dialect.latest(sql`date`, sql`date`)} as date
      from relationship_attr
      where date <= cast(${asOf} as date)
      group by customer_id
    ) as newest on newest.customer_id = attr.customer_id and newest.date = attr.date
    order by attr.customer_id`
}

/** Scores from relation exchange_score with money, class and share of wallet. One row per scored customer that orders or is on file. */
export function exchangePositions(cost: boolean): Sql {
  const served = cost
    ? sql`left join customer_cost as cost on cost.customer_id = score.customer_id
    cross join (
      select cast(sum(cost_to_serve) as double) / nullif(cast(sum(net_revenue) as double), 0) as share
      from customer_cost
      where identified
    ) as average`
    : sql``
  const excess = cost
    ? sql`cast(greatest(cast(cost.cost_to_serve as double) - cast(cost.net_revenue as double) * average.share, 0) as decimal(38, 4))`
    : sql`cast(null as decimal(38, 4))`
  return sql`
    with electronic as (
      select
        customer_key,
        cast(count(*) filter (where lower(coalesce(entry_mode, channel_id)) = 'edi') as double) / count(*) as share
      from "order"
      where customer_key > 0 and coalesce(entry_mode, channel_id) is not null and order_key not in (select order_key from order_without_sale)
      group by customer_key
    )
    select
      score.customer_id,
      relationship.name,
      cast(score.scored_on as date) as scored_on,
      score.situation,
      score.behaviour,
      score.score,
      score.mismatch,
      score.position,
      score.fit,
      score.guidance,
      score.type,
      score.type_distance,
      score.type_between,
      relationship.class,
      electronic.share as edi_share,
      coalesce(relationship.revenue_year, 0) as revenue_year,
      coalesce(relationship.measure_year, 0) as measure_year,
      case
        when score.fit = 'over-invested' then ${excess}
        when score.fit = 'under-invested' and score.wallet > 0.02 and relationship.measure_year > 0
          then cast(cast(relationship.measure_year as double) * (1 - score.wallet) / score.wallet as decimal(38, 4))
      end as at_stake
    from exchange_score as score
    left join customer_relationship as relationship on relationship.customer_id = score.customer_id
    left join electronic on electronic.customer_key = relationship.customer_key
    ${served}`
}

/** Mismatches by direction, the largest in money first. One row per customer, with the number of all of its direction. */
export function mismatches(): Sql {
  return sql`
    select
      customer_id,
      coalesce(name, customer_id) as name,
      fit,
      situation,
      behaviour,
      revenue_year,
      measure_year,
      at_stake,
      count(*) over (partition by fit) as customers,
      row_number() over (partition by fit order by abs(mismatch) * cast(revenue_year as double) desc, customer_id) as place
    from exchange_position
    where fit <> 'fit'
    order by fit, place`
}

/** How much of the business has scores. One row. */
export function scoredShare(): Sql {
  return sql`
    select
      (select count(*) from exchange_position) as scored,
      cast((select sum(revenue_year) from exchange_position) as double) / nullif(cast(sum(revenue_year) as double), 0) as share
    from customer_relationship`
}
