import type { Dialect } from '../../warehouse/dialect.ts'
import { type Sql, sql } from '../../warehouse/sql.ts'

const money = (value: Sql) => sql`cast(${value} as decimal(38, 4))`
const short = (value: Sql) => sql`cast(${value} as decimal(18, 4))`

/** How a customer's own sum is drawn towards the average: (sum + prior) / (purchases + k). */
export interface Drawn {
  k: number
  prior: number
}

/** Histories of the customers known at the end of a day, from relation audit_day. One row per customer. */
export function historiesAt(dialect: Dialect, day: string): Sql {
  const cut = sql`cast(${day} as date)`
  return sql`
    with summed as (
      select
        customer_key,
        first_day,
        max(case when orders > 0 then day end) as last_day,
        count(case when orders > 0 then 1 end) as purchases,
        ${money(sql`sum(measure)`)} as spend,
        ${money(sql`sum(revenue)`)} as revenue
      from audit_day
      where first_day is not null and day >= first_day and day <= ${cut}
      group by customer_key, first_day
    )
    select
      customer_key,
      purchases,
      purchases - 1 as x,
      ${dialect.daysBetween(sql`first_day`, sql`last_day`)} as recency_days,
      ${dialect.daysBetween(sql`first_day`, cut)} as age_days,
      spend,
      revenue
    from summed`
}

/** Distinct histories at either date. One row per history. */
export function distinctHistories(): Sql {
  const of = (relation: 'opening' | 'closing') =>
    relation === 'opening'
      ? sql`select x, recency_days, age_days, 1 as before, 0 as now from equity_opening`
      : sql`select x, recency_days, age_days, 0 as before, 1 as now from equity_closing`
  return sql`
    select
      cast(x as double) as x,
      cast(recency_days as double) as recency_days,
      cast(age_days as double) as age_days,
      cast(sum(before) as double) as before,
      cast(sum(now) as double) as now
    from (${of('opening')} union all ${of('closing')}) as histories
    group by x, recency_days, age_days
    order by age_days, x, recency_days`
}

/**
 * What each customer was worth at the opening and is worth at the closing, and what made the difference; the parts add up to the change.
 * Relations equity_opening, equity_closing, equity_score (per history: purchases before and now, with the old and the new model),
 * equity_price (effects of price and unit cost between the dates). One row per customer known at the closing.
 */
export function customerBridge({ k, prior }: Drawn): Sql {
  const perPurchase = (side: 'before' | 'now') =>
    side === 'before'
      ? sql`(cast(was.spend as double) + ${prior}) / (was.purchases + ${k})`
      : sql`(cast(now.spend as double) + ${prior}) / (now.purchases + ${k})`
  return sql`
    with valued as (
      select
        now.customer_key,
        case
          when was.customer_key is null then 'acquired'
          when now.purchases > was.purchases and new_score.alive >= 0.5 then 'kept'
          else 'lost'
        end as status,
        was.customer_key is not null as known,
        coalesce(old_score.alive_then * old_score.ahead_then * ${perPurchase('before')}, 0) as opening,
        coalesce(old_score.alive * old_score.ahead * ${perPurchase('before')}, 0) as reopened,
        coalesce((new_score.alive - old_score.alive) * old_score.ahead * ${perPurchase('before')}, 0) as by_alive,
        coalesce((new_score.alive * new_score.ahead - old_score.alive * old_score.ahead) * ${perPurchase('before')}, 0) as by_silence,
        new_score.alive * new_score.ahead * ${perPurchase('now')} as closing,
        new_score.alive * new_score.forever * ${perPurchase('now')} as forever,
        new_score.alive * new_score.ahead as purchases_ahead,
        new_score.alive * new_score.weeks_ahead as weeks_ahead,
        new_score.alive * new_score.ahead / (now.purchases + ${k}) as weight,
        cast(now.revenue as double) / now.purchases as revenue_per_purchase,
        coalesce(cast(price.price_effect as double), 0) as price_effect,
        coalesce(cast(price.unit_cost_effect as double), 0) as unit_cost_effect
      from equity_closing as now
      join equity_score as new_score
        on new_score.x = now.x and new_score.recency_days = now.recency_days and new_score.age_days = now.age_days
      left join equity_opening as was on was.customer_key = now.customer_key
      left join equity_score as old_score
        on old_score.x = was.x and old_score.recency_days = was.recency_days and old_score.age_days = was.age_days
      left join equity_price as price on price.customer_key = now.customer_key
    ),
    rounded as (
      select
        customer_key,
        status,
        ${short(sql`opening`)} as opening_value,
        ${short(sql`closing`)} as closing_value,
        ${short(sql`forever`)} as forever_value,
        purchases_ahead,
        weeks_ahead,
        revenue_per_purchase,
        ${short(sql`case when known then ${short(sql`reopened`)} - ${short(sql`opening`)} else 0 end`)} as model_effect,
        ${short(sql`case when status = 'acquired' then ${short(sql`closing`)} else 0 end`)} as acquired_effect,
        ${short(sql`case when status = 'lost' then by_silence else 0 end`)} as lost_effect,
        ${short(sql`case when status = 'kept' then by_alive else 0 end`)} as retained_effect,
        ${short(sql`case when status = 'kept' then weight * price_effect else 0 end`)} as price_effect,
        ${short(sql`case when status = 'kept' then weight * unit_cost_effect else 0 end`)} as cost_effect
      from valued
    )
    select
      *,
      ${short(sql`closing_value - opening_value - model_effect - acquired_effect - lost_effect - retained_effect - price_effect - cost_effect`)} as developed_effect
    from rounded`
}

/** Effects of price and unit cost by customer between the two periods, from table customer_change. One row per customer. */
export function priceEffects(): Sql {
  return sql`
    select
      profit.customer_key,
      change.price_effect,
      change.unit_cost_effect
    from customer_change as change
    join customer_profit as profit on profit.customer_id = change.customer_id
    where change.status = 'kept' and profit.identified`
}

/** The same without any row. */
export function noPriceEffects(): Sql {
  return sql`select 0 as customer_key, ${money(sql`0`)} as price_effect, ${money(sql`0`)} as unit_cost_effect where false`
}

/** Sums of the bridge. One row. */
export function bridgeTotals(): Sql {
  const sum = (column: Sql) => money(sql`coalesce(sum(${column}), 0)`)
  return sql`
    select
      count(*) as customers,
      count(case when status = 'acquired' then 1 end) as acquired,
      count(case when status = 'kept' then 1 end) as kept,
      count(case when status = 'lost' then 1 end) as gone,
      ${sum(sql`opening_value`)} as opening,
      ${sum(sql`closing_value`)} as closing,
      ${sum(sql`forever_value`)} as forever,
      ${sum(sql`model_effect`)} as model,
      ${sum(sql`acquired_effect`)} as acquired_value,
      ${sum(sql`lost_effect`)} as lost,
      ${sum(sql`retained_effect`)} as retained,
      ${sum(sql`price_effect`)} as price,
      ${sum(sql`cost_effect`)} as cost,
      ${sum(sql`developed_effect`)} as developed
    from equity_customer`
}

/** Each customer as the table has it. One row per customer. */
export function customerEquity(): Sql {
  return sql`
    select
      profit.customer_id,
      cast(equity.customer_key as bigint) as customer_key,
      profit.name,
      equity.status,
      equity.opening_value,
      equity.closing_value,
      ${short(sql`equity.closing_value - equity.opening_value`)} as change,
      equity.model_effect,
      equity.acquired_effect,
      equity.lost_effect,
      equity.retained_effect,
      equity.developed_effect,
      equity.price_effect,
      equity.cost_effect,
      equity.forever_value
    from equity_customer as equity
    join customer_profit as profit on profit.customer_key = equity.customer_key`
}

/**
 * What serving the customers ahead will cost: of each purchase, at the customer's own cost-to-serve over revenue, drawn towards that of all
 * by as much revenue as an average customer has; of each account, for as long as the customer is expected to stay. One row.
 *
 * @param years length of the window of the ledger
 */
export function servingAhead(years: number): Sql {
  return sql`
    with priced as (
      select
        profit.customer_key,
        cast(cost.line_cost + cost.order_cost as double) as served,
        cast(cost.account_cost as double) as account,
        greatest(cast(cost.net_revenue as double), 0) as revenue
      from customer_cost as cost
      join customer_profit as profit on profit.customer_id = cost.customer_id
      where cost.identified
    ),
    overall as (
      select
        sum(served) / nullif(sum(revenue), 0) as rate,
        sum(revenue) / nullif(count(*), 0) as usual
      from priced
    )
    select
      ${money(sql`coalesce(sum(${short(sql`equity.purchases_ahead * equity.revenue_per_purchase * coalesce((priced.served + overall.rate * overall.usual) / (priced.revenue + overall.usual), overall.rate)`)}), 0)`)} as served,
      ${money(sql`coalesce(sum(${short(sql`equity.weeks_ahead / 52 * coalesce(priced.account, 0) / ${years}`)}), 0)`)} as sustained
    from equity_customer as equity
    cross join overall
    left join priced on priced.customer_key = equity.customer_key`
}

/** Customers won in the last whole months, and what their first purchase and their winning brought and cost. One row per month. */
export function acquiredByMonth(months: number): Sql {
  return sql`
    select
      cohort,
      customers,
      cast(acquisition_cost as double) as cost
    from cohort
    where grain = 'month' and age = 0 and complete
    order by cohort desc
    limit ${months}`
}

/** Mean measure of a first purchase of the customers won from a day on. One row. */
export function firstPurchases(from: string): Sql {
  return sql`
    select
      count(*) as customers,
      ${money(sql`coalesce(sum(first_measure), 0)`)} as measure
    from customer_start
    where first_day >= cast(${from} as date)`
}
