import { type Sql, sql } from '../../warehouse/sql.ts'

const money = (value: Sql) => sql`cast(${value} as decimal(38, 4))`

/**
 * Price elements with what they belong to: the order and its customer, or a customer and a month. `dated` is the day of the order, else the
 * first of the month. One row per price element.
 */
export function placedElements(customers: boolean): Sql {
  return sql`
    select
      element.type,
      element.name,
      element.owner,
      coalesce(element.accrual_flag, false) as accrued,
      element.amount,
      element.currency,
      coalesce(placed.order_key, 0) as order_key,
      element.line_no,
      ${customers ? sql`coalesce(placed.customer_key, known.customer_key)` : sql`placed.customer_key`} as customer_key,
      coalesce(placed.order_date, cast(concat(element.period, '-01') as date)) as dated
    from price_element as element
    left join "order" as placed on placed.order_id = element.order_id
    ${customers ? sql`left join customer as known on known.customer_id = element.customer_id` : sql``}`
}

/** The rate that holds on each day on which a foreign element is dated: the latest on or before it. One row per currency and day. */
export function elementRates(currency: string): Sql {
  return sql`
    with days as (
      select distinct currency, dated
      from placed_element
      where currency <> ${currency} and dated is not null
    ),
    latest as (
      select
        days.currency,
        days.dated,
        max(fx_rate.date) as rate_date
      from days
      join fx_rate on fx_rate.currency = days.currency and fx_rate.date <= days.dated
      group by days.currency, days.dated
    )
    select
      latest.currency,
      latest.dated,
      cast(fx_rate.rate as decimal(20, 14)) as rate
    from latest
    join fx_rate on fx_rate.currency = latest.currency and fx_rate.date = latest.rate_date`
}

/** No rates, in the same columns. */
export function noElementRates(): Sql {
  return sql`
    select
      cast('' as varchar) as currency,
      cast('1970-01-01' as date) as dated,
      cast(0 as decimal(20, 14)) as rate
    where false`
}

/**
 * Price elements in the reporting currency, with the reason where one cannot count: its order and customer are not there, it is dated after
 * the as-of day, its currency has no rate. One row per price element.
 */
export function valuedElements({ asOf, currency }: { asOf: string; currency: string }): Sql {
  const home = sql`(placed.currency is null or placed.currency = ${currency})`
  return sql`
    select
      placed.type,
      placed.name,
      placed.owner,
      placed.accrued,
      placed.order_key,
      placed.line_no,
      coalesce(placed.customer_key, 0) as customer_key,
      placed.dated,
      case
        when ${home} then placed.amount
        else cast(placed.amount * rate.rate as decimal(18, 4))
      end as amount,
      placed.amount as amount_given,
      case
        when placed.customer_key is null then 'its order and its customer are not in the data'
        when customer.customer_key is null then 'its customer has no order line'
        when placed.dated is null then 'it has neither an order nor a period'
        when placed.dated > cast(${asOf} as date) then 'it is dated after the as-of day'
        when not ${home} and rate.rate is null then 'its currency has no rate'
      end as left_out
    from placed_element as placed
    left join customer_profit as customer on customer.customer_key = placed.customer_key
    left join element_rate as rate on rate.currency = placed.currency and rate.dated = placed.dated`
}

/** What does not count, and why. One row per reason. */
export function elementsLeftOut(): Sql {
  return sql`
    select
      left_out as reason,
      count(*) as elements,
      ${money(sql`sum(amount_given)`)} as amount
    from valued_element
    where left_out is not null
    group by left_out
    order by left_out`
}

/** Elements by customer and day, as far as they count: what every later sum is made of. One row per customer, day, type, name, owner, accrued. */
export function countedElements(): Sql {
  return sql`
    select
      customer_key,
      dated,
      type,
      name,
      owner,
      accrued,
      ${money(sql`sum(amount)`)} as amount
    from valued_element
    where left_out is null
    group by customer_key, dated, type, name, owner, accrued`
}

/** No elements, in the same columns. */
export function noElements(): Sql {
  return sql`
    select
      cast(0 as integer) as customer_key,
      cast('1970-01-01' as date) as dated,
      cast('' as varchar) as type,
      cast('' as varchar) as name,
      cast('' as varchar) as owner,
      false as accrued,
      ${money(sql`0`)} as amount
    where false`
}
