import type { Dialect } from '../../warehouse/dialect.ts'
import { id, type Sql, sql } from '../../warehouse/sql.ts'

/** What a customer's day brought to the measure: contribution where the cost is known, else net revenue. */
const measureOf = (cost: boolean): Sql => (cost ? sql`contribution` : sql`net_revenue`)

/** Days of identified customers with lines but without a sale: returns, fees. Few beside all days. One row per customer and day. */
export function daysWithoutSale(cost: boolean): Sql {
  return sql`
    select
      customer_key,
      order_date as day,
      cast(${measureOf(cost)} as decimal(18, 4)) as spend
    from customer_day
    where customer_key > 0 and lines > 0 and sales = 0`
}

/** The purchase before each day without a sale; null where there was none. One row per customer and day without a sale. */
export function purchaseBefore(): Sql {
  return sql`
    select
      late.customer_key,
      late.day,
      late.spend,
      max(bought.order_date) as purchase_day
    from value_late as late
    left join customer_day as bought
      on bought.customer_key = late.customer_key and bought.order_date < late.day and bought.sales > 0
    group by late.customer_key, late.day, late.spend`
}

/**
 * What each purchase brought: a purchase is a customer's day with a sale; what comes on days without one (returns, fees) belongs to the
 * purchase before it. Money before a customer's first purchase is left out. One row per identified customer and purchase day.
 */
export function purchases(cost: boolean): Sql {
  return sql`
    with late as (
      select
        customer_key,
        purchase_day,
        cast(sum(spend) as decimal(18, 4)) as spend
      from value_attributed
      where purchase_day is not null
      group by customer_key, purchase_day
    )
    select
      bought.customer_key,
      bought.order_date as day,
      cast(${measureOf(cost)} + coalesce(late.spend, 0) as decimal(18, 4)) as spend
    from customer_day as bought
    left join late on late.customer_key = bought.customer_key and late.purchase_day = bought.order_date
    where bought.customer_key > 0 and bought.sales > 0`
}

/** First and last day with a purchase. One row, of nulls where there is none. */
export function purchaseSpan(dialect: Dialect): Sql {
  return sql`
    select
      min(day) as first_day,
      max(day) as last_day,
      ${dialect.daysBetween(sql`min(day)`, sql`max(day)`)} as days,
      cast(sum(spend) as decimal(38, 4)) as spend
    from value_purchase`
}

/**
 * Purchases summed up to the end of `until` and after it. Squares are of money rounded to cents, which keeps them exact. One row per
 * customer who ever bought.
 */
export function purchaseSums(until: string): Sql {
  const cut = sql`cast(${until} as date)`
  return sql`
    with dated as (
      select
        customer_key,
        day,
        spend,
        cast(spend as decimal(16, 2)) * cast(spend as decimal(16, 2)) as square,
        day <= ${cut} as early
      from value_purchase
    )
    select
      customer_key,
      min(day) as first_day,
      max(day) as last_day,
      max(case when early then day end) as last_early_day,
      count(*) as purchases,
      count(case when early then 1 end) as early_purchases,
      cast(sum(spend) as decimal(38, 4)) as spend,
      cast(coalesce(sum(case when early then spend end), 0) as decimal(38, 4)) as early_spend,
      cast(sum(square) as decimal(38, 4)) as squares,
      cast(coalesce(sum(case when early then square end), 0) as decimal(38, 4)) as early_squares
    from dated
    group by customer_key`
}

/**
 * Histories as they stood at the end of `until`, the day of {@link purchaseSums}, with what came later; or, with `whole`, at the last day of
 * all purchases. One row per customer who had bought by then.
 */
export function histories(dialect: Dialect, until: string, whole: boolean): Sql {
  const cut = sql`cast(${until} as date)`
  const last = whole ? sql`last_day` : sql`last_early_day`
  const of = (name: string) => (whole ? id(name) : id(`early_${name}`))
  return sql`
    select
      customer_key,
      first_day,
      ${of('purchases')} as purchases,
      ${of('purchases')} - 1 as x,
      ${dialect.daysBetween(sql`first_day`, last)} as recency_days,
      ${dialect.daysBetween(sql`first_day`, cut)} as age_days,
      ${whole ? sql`cast(0 as bigint)` : sql`purchases - early_purchases`} as later,
      ${of('spend')} as spend,
      ${whole ? sql`cast(0 as decimal(38, 4))` : sql`cast(spend - early_spend as decimal(38, 4))`} as later_spend,
      ${of('squares')} as squares
    from value_sum
    where first_day <= ${cut}`
}

/** Equal histories together, as the fit takes them. One row per age, repeat purchases and recency. */
export function historyCells(relation: string): Sql {
  return sql`
    select
      cast(age_days as double) as age_days,
      cast(x as double) as x,
      cast(recency_days as double) as recency_days,
      cast(count(*) as double) as customers,
      cast(sum(later) as double) as later
    from ${id(relation)}
    group by age_days, x, recency_days
    order by age_days, x, recency_days`
}

/** Equal purchase values together. One row per number, sum and sum of squares of the purchases. */
export function spendCells(relation: string): Sql {
  return sql`
    select
      cast(purchases as double) as purchases,
      cast(spend as double) as spend,
      cast(squares as double) as squares,
      cast(count(*) as double) as customers
    from ${id(relation)}
    group by purchases, spend, squares
    order by purchases, spend, squares`
}

/** How a customer's own sum is drawn towards the average: (spend + prior) / (purchases + k). */
export interface Shrinkage {
  k: number
  prior: number
}

const perPurchase = ({ k, prior }: Shrinkage): Sql => sql`cast((cast(spend as double) + ${prior}) / (purchases + ${k}) as decimal(18, 4))`

/** Expected measure of a purchase, summed over equal histories in the order of {@link historyCells}. One row per cell. */
export function cellMoney(relation: string, shrinkage: Shrinkage): Sql {
  return sql`
    with drawn as (
      select
        age_days,
        x,
        recency_days,
        ${perPurchase(shrinkage)} as money
      from ${id(relation)}
    )
    select
      cast(sum(money) as double) as money,
      cast(sum(cast(money as decimal(16, 2)) * cast(money as decimal(16, 2))) as double) as squares
    from drawn
    group by age_days, x, recency_days
    order by age_days, x, recency_days`
}

/** What came after `until` of the customers seen by then. One row. */
export function laterTotals(relation: string): Sql {
  return sql`
    select
      count(*) as customers,
      count(*) filter (where x > 0) as repeat_buyers,
      cast(coalesce(sum(x), 0) as bigint) as repeats,
      cast(coalesce(sum(later), 0) as bigint) as later,
      cast(coalesce(sum(later_spend), 0) as decimal(38, 4)) as later_spend
    from ${id(relation)}`
}

/** Customers by the day of their first purchase, counted from the first of all. One row per day. */
export function firstDays(dialect: Dialect, relation: string, start: string): Sql {
  return sql`
    select
      cast(${dialect.daysBetween(sql`cast(${start} as date)`, sql`first_day`)} as double) as day,
      cast(count(*) as double) as customers
    from ${id(relation)}
    group by first_day
    order by first_day`
}

/** Repeat purchases by day, counted from the first of all, of the customers in a relation of histories. One row per day. */
export function repeatDays(dialect: Dialect, relation: string, start: string): Sql {
  return sql`
    select
      cast(${dialect.daysBetween(sql`cast(${start} as date)`, sql`purchase.day`)} as double) as day,
      cast(count(*) as double) as purchases
    from value_purchase as purchase
    join ${id(relation)} as history on history.customer_key = purchase.customer_key
    where purchase.day > history.first_day
    group by purchase.day
    order by purchase.day`
}

/** Histories with the scores of their cells in relation `value_score`. One row per customer. */
export function valuedCustomers(relation: string, shrinkage: Shrinkage): Sql {
  const money = (value: Sql) => sql`cast(${value} as decimal(18, 4))`
  return sql`
    with drawn as (
      select
        history.*,
        ${perPurchase(shrinkage)} as money
      from ${id(relation)} as history
    ),
    scored as (
      select
        drawn.*,
        score.alive,
        score.buys_again,
        score.expected,
        ${money(sql`cast(drawn.money as double) * score.discounted`)} as value,
        cast(drawn.money as double) * score.low as one_end,
        cast(drawn.money as double) * score.high as other_end
      from drawn
      join value_score as score
        on score.age_days = drawn.age_days and score.x = drawn.x and score.recency_days = drawn.recency_days
    )
    select
      profit.customer_id,
      cast(scored.customer_key as bigint) as customer_key,
      profit.name,
      cast(scored.x as bigint) as repeat_purchases,
      cast(scored.recency_days as double) / 7 as recency,
      cast(scored.age_days as double) / 7 as age,
      scored.spend as past_measure,
      scored.alive,
      scored.buys_again,
      scored.expected as expected_purchases,
      scored.money as measure_per_purchase,
      scored.value as value_12_months,
      ${money(sql`least(scored.one_end, scored.other_end)`)} as value_low,
      ${money(sql`greatest(scored.one_end, scored.other_end)`)} as value_high,
      row_number() over (order by scored.value desc, profit.customer_id) as value_rank,
      cast(ntile(10) over (order by scored.value desc, profit.customer_id) as bigint) as tier
    from scored
    join customer_profit as profit on profit.customer_key = scored.customer_key`
}

/** Histories alone, where the data cannot carry a model. One row per customer. */
export function unvaluedCustomers(relation: string): Sql {
  return sql`
    select
      profit.customer_id,
      cast(history.customer_key as bigint) as customer_key,
      profit.name,
      cast(history.x as bigint) as repeat_purchases,
      cast(history.recency_days as double) / 7 as recency,
      cast(history.age_days as double) / 7 as age,
      history.spend as past_measure,
      cast(null as double) as alive,
      cast(null as double) as buys_again,
      cast(null as double) as expected_purchases,
      cast(null as decimal(18, 4)) as measure_per_purchase,
      cast(null as decimal(18, 4)) as value_12_months,
      cast(null as decimal(18, 4)) as value_low,
      cast(null as decimal(18, 4)) as value_high,
      cast(null as bigint) as value_rank,
      cast(null as bigint) as tier
    from ${id(relation)} as history
    join customer_profit as profit on profit.customer_key = history.customer_key`
}

/** Measure of the whole base by customer_profit, and of it what the histories hold. One row. */
export function measureTotals(): Sql {
  return sql`
    select
      cast(coalesce(sum(measure) filter (where identified), 0) as decimal(38, 4)) as identified,
      cast(coalesce(sum(measure) filter (where not identified), 0) as decimal(38, 4)) as unidentified
    from customer_profit`
}

/** Money of identified customers before their first purchase, or without any: it has no history. One row. */
export function moneyWithoutPurchase(): Sql {
  return sql`select cast(coalesce(sum(spend), 0) as decimal(38, 4)) as amount from value_attributed where purchase_day is null`
}

/** Total value, and what the best tenth holds of it. One row. */
export function valueTotals(): Sql {
  return sql`
    select
      count(*) as customers,
      cast(coalesce(sum(value_12_months), 0) as decimal(38, 4)) as total,
      count(*) filter (where tier = 1) as best,
      cast(coalesce(sum(value_12_months) filter (where tier = 1), 0) as decimal(38, 4)) as of_best
    from customer_value`
}

/** Customers among the best tenth so far who have probably left, the largest first. One row per customer, with the number of all. */
export function slippingCustomers(most: number, names: number): Sql {
  return sql`
    with placed as (
      select
        customer_id,
        name,
        past_measure,
        alive,
        recency,
        age,
        value_12_months,
        row_number() over (order by past_measure desc, customer_id) as place
      from customer_value
    ),
    slipping as (
      select
        placed.*,
        count(*) over () as customers,
        cast(sum(past_measure) over () as decimal(38, 4)) as together
      from placed
      where place <= ${most} and alive < 0.5 and past_measure > 0
    )
    select *
    from slipping
    order by place
    limit ${names}`
}
