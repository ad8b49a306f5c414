import type { Dialect } from '../../warehouse/dialect.ts'
import { join, type Sql, sql } from '../../warehouse/sql.ts'
import type { PanelPeriod } from './periods.ts'

const day = (date: string): Sql => sql`cast(${date} as date)`

/** Number of the period in which a date lies; 0 before the first. */
function periodOf(date: Sql, periods: readonly PanelPeriod[]): Sql {
  const branches = periods.map(({ from }, i) => ({ from, number: i + 1 })).reverse()
  return sql`case ${join(
    branches.map(({ from, number }) => sql`when ${date} >= ${day(from)} then ${number}`),
    sql` `,
  )} else 0 end`
}

/** First and last day of orders with a sale of identified customers. One row. */
export function orderSpan(asOf: string): Sql {
  return sql`
    select
      min(order_date) as first_day,
      max(order_date) as last_day,
      count(distinct customer_key) as customers
    from customer_day
    where customer_key > 0 and orders > 0 and order_date <= ${day(asOf)}`
}

/** Orders with a sale by customer and period; period 0 is before the panel. One row per customer and period with any. */
export function activity(asOf: string, periods: readonly PanelPeriod[]): Sql {
  return sql`
    with dated as (
      select
        customer_key,
        order_date,
        orders,
        cast(${periodOf(sql`order_date`, periods)} as integer) as period
      from customer_day
      where customer_key > 0 and orders > 0 and order_date <= ${day(asOf)}
    )
    select
      customer_key,
      period,
      cast(sum(orders) as integer) as orders,
      max(order_date) as last_date
    from dated
    group by customer_key, period`
}

/** 0, 1, 2, 3-4, 5-8, 9-16, 17-32, 33 and more: eight symbols, one digit each. */
const level = (orders: Sql): Sql =>
  sql`case when ${orders} <= 2 then ${orders} when ${orders} <= 4 then 3 when ${orders} <= 8 then 4 when ${orders} <= 16 then 5 when ${orders} <= 32 then 6 else 7 end`

/**
 * In a customer's first period the order that made it a customer does not count, or every customer would begin with a level above its own.
 * The levels of all periods since a customer's first as one text of digits, oldest first. Digits are added up as powers of ten in two whole
 * numbers of 18 digits, because neither engine gives ordered gaps cheaply. One row per customer who has bought.
 */
export function histories(periods: number): Sql {
  const power = (from: number) =>
    sql`case when period > ${from} and period <= ${from + 18} then cast(${level(sql`repeats`)} as bigint) * cast(power(10, ${from + 18} - period) as bigint) end`
  // The newest period is the last digit of the second number.
  const shiftTo36 = 36 - periods
  return sql`
    with shifted as (
      select
        customer_key,
        case when period > 0 then period + ${shiftTo36} else 0 end as period,
        orders - case when period = min(period) over (partition by customer_key) then 1 else 0 end as repeats,
        last_date
      from relationship_activity
    ),
    coded as (
      select
        customer_key,
        min(period) as first_period,
        max(last_date) as last_date,
        coalesce(sum(${power(0)}), 0) as older,
        coalesce(sum(${power(18)}), 0) as newer
      from shifted
      group by customer_key
    )
    select
      customer_key,
      last_date,
      case when first_period = 0 then 1 else 0 end as known_before,
      substr(
        lpad(cast(older as varchar), 18, '0') || lpad(cast(newer as varchar), 18, '0'),
        case when first_period = 0 then ${shiftTo36 + 1} else first_period end
      ) as code
    from coded`
}

/** What scores a run has: which canonical tables are there. */
export interface ScoreTables {
  attributes: boolean
  survey: boolean
}

const scaled = (value: Sql): Sql => sql`(${value} - 1) / 6.0`

/** Mean of those of several expressions that are not null. */
function meanOf(values: readonly Sql[]): Sql {
  const sum = join(
    values.map((value) => sql`coalesce(${value}, 0)`),
    sql` + `,
  )
  const count = join(
    values.map((value) => sql`case when ${value} is null then 0 else 1 end`),
    sql` + `,
  )
  return sql`(${sum}) / nullif(${count}, 0)`
}

/**
 * Scores by customer, 0 to 1, of the latest attributes and the survey up to a day. One row per customer id with any score.
 */
export function scores(dialect: Dialect, asOf: string, { attributes, survey }: ScoreTables): Sql {
  const attr = attributes
    ? sql`
      select
        attr.customer_id,
        attr.share_of_wallet as wallet,
        ${scaled(sql`attr.cooperative_norms`)} as norms,
        attr.specific_investment as investment,
        case when attr.contract_months is null then null else least(1.0, attr.contract_months / 36.0) end as contract,
        ${scaled(sql`attr.seller_adaptation`)} as adaptation,
        ${scaled(sql`attr.operational_linkages`)} as linkages
      from relationship_attr as attr
      join (
        select customer_id, ${dialect.latest(sql`date`, sql`date`)} as date
        from relationship_attr
        where date <= ${day(asOf)}
        group by customer_id
      ) as newest on newest.customer_id = attr.customer_id and newest.date = attr.date`
    : sql`
      select cast('' as varchar) as customer_id, cast(null as double) as wallet, cast(null as double) as norms, cast(null as double) as investment,
        cast(null as double) as contract, cast(null as double) as adaptation, cast(null as double) as linkages
      where false`
  const item = (construct: string): Sql =>
    sql`sum(answer) filter (where construct = ${construct}) / nullif(count(*) filter (where construct = ${construct}), 0)`
  const asked = survey
    ? sql`
      select
        customer_id,
        ${item('trust')} as trust,
        ${item('commitment')} as commitment
      from (
        select
          response.customer_id,
          item.construct,
          cast(round(
            case when item.reverse_flag then (response.scale_max - response.value) else (response.value - response.scale_min) end
              / (response.scale_max - response.scale_min), 6) as decimal(9, 6)) as answer
        from survey_response as response
        join survey_item as item on item.item_id = response.item_id
        where response.date <= ${day(asOf)} and response.competitor is null and response.scale_max > response.scale_min
          and response.value between response.scale_min and response.scale_max
      ) as answers
      group by customer_id`
    : sql`select cast('' as varchar) as customer_id, cast(null as double) as trust, cast(null as double) as commitment where false`
  const rounded = (value: Sql): Sql => sql`round(cast(${value} as double), 2)`
  return sql`
    with attribute as (${attr}),
    asked as (${asked})
    select
      coalesce(attribute.customer_id, asked.customer_id) as customer_id,
      ${rounded(meanOf([sql`cast(asked.trust as double)`, sql`attribute.norms`]))} as trust,
      ${rounded(sql`attribute.wallet`)} as wallet,
      ${rounded(meanOf([sql`cast(asked.commitment as double)`, sql`attribute.investment`, sql`attribute.contract`]))} as commitment,
      ${rounded(meanOf([sql`attribute.adaptation`, sql`attribute.linkages`]))} as customisation
    from attribute
    full outer join asked on asked.customer_id = attribute.customer_id`
}

/** Every customer with history, segment and scores. Segments beyond the largest become (other). One row per customer who has bought. */
export function panel(segments: readonly string[]): Sql {
  const own =
    segments.length < 2
      ? sql`'(none)'`
      : sql`case when profit.segment_id is null then '(none)' when profit.segment_id in (${join(segments.map((name) => sql`${name}`))}) then profit.segment_id else '(other)' end`
  return sql`
    select
      history.customer_key,
      profit.customer_id,
      profit.name,
      ${own} as segment,
      history.code,
      history.known_before,
      history.last_date,
      coalesce(score.trust, -1) as trust,
      coalesce(score.wallet, -1) as wallet,
      coalesce(score.commitment, -1) as commitment,
      coalesce(score.customisation, -1) as customisation
    from relationship_history as history
    join customer_profit as profit on profit.customer_key = history.customer_key
    left join relationship_score as score on score.customer_id = profit.customer_id`
}

/** Segments by number of customers, the largest first. One row per segment. */
export function segmentSizes(most: number): Sql {
  return sql`
    select segment_id as segment, count(*) as customers
    from customer_profit
    where identified and segment_id is not null
    group by segment_id
    order by count(*) desc, segment_id
    limit ${most}`
}

/** Equal histories with equal scores together. One row per cell, numbered from 1. */
export function cells(): Sql {
  return sql`
    select
      row_number() over (order by code, known_before, trust, wallet, commitment, customisation) as cell,
      code,
      known_before,
      trust,
      wallet,
      commitment,
      customisation,
      count(*) as customers
    from relationship_panel
    group by code, known_before, trust, wallet, commitment, customisation`
}

/** The cells as a model reads them, in their order. */
export function cellColumns(): Sql {
  return sql`
    select
      cast(customers as double) as customers,
      code,
      cast(known_before as double) as known_before,
      trust,
      wallet,
      commitment,
      customisation
    from relationship_cell
    order by cell`
}

/** Customers with the path of their cell in relation relationship_path. One row per customer who has bought. */
export function classified(): Sql {
  return sql`
    select
      panel.customer_key,
      panel.customer_id,
      panel.name,
      panel.segment,
      panel.last_date,
      panel.trust,
      panel.wallet,
      panel.commitment,
      panel.customisation,
      path.path,
      path.p_stranger,
      path.p_acquaintance,
      path.p_friend,
      path.p_partner
    from relationship_panel as panel
    join relationship_cell as cell
      on cell.code = panel.code and cell.known_before = panel.known_before and cell.trust = panel.trust and cell.wallet = panel.wallet
        and cell.commitment = panel.commitment and cell.customisation = panel.customisation
    join relationship_path as path on path.cell = cell.cell`
}

const className = (letter: Sql): Sql =>
  sql`case ${letter} when 'S' then 'stranger' when 'A' then 'acquaintance' when 'F' then 'friend' when 'P' then 'partner' end`
const rank = (letter: Sql): Sql => sql`case ${letter} when 'S' then 0 when 'A' then 1 when 'F' then 2 when 'P' then 3 end`

/** Net revenue and measure by customer and period from a period on. One row per customer and period with a line. */
export function money(cost: boolean, periods: readonly PanelPeriod[], first: number): Sql {
  const kept = periods.slice(first - 1)
  return sql`
    with dated as (
      select
        customer_key,
        cast(${periodOf(sql`order_date`, kept)} + ${first - 1} as integer) as period,
        net_revenue as revenue,
        ${cost ? sql`contribution` : sql`net_revenue`} as measure
      from customer_day
      where customer_key > 0 and lines > 0 and order_date >= ${day(kept[0]!.from)} and order_date <= ${day(kept.at(-1)!.to)}
    )
    select
      customer_key,
      period,
      cast(sum(revenue) as decimal(38, 4)) as revenue,
      cast(sum(measure) as decimal(38, 4)) as measure
    from dated
    group by customer_key, period`
}

/** How evidence names a period: `quarter`, `month`. */
export interface EvidenceWords {
  period: string
  periods: string
}

/**
 * One row per customer who has bought and per prospect, as contract customer_relationship wants it.
 *
 * @param yearFrom first period of the last 12 months
 */
export function customerRelationships(
  dialect: Dialect,
  {
    lastDay,
    last,
    yearFrom,
    words,
    prospects,
  }: { lastDay: string; last: number; yearFrom: number; words: EvidenceWords; prospects: boolean },
): Sql {
  const score = (column: Sql, title: string): Sql =>
    sql`case when ${column} >= 0 then '; ' || ${title} || ' ' || cast(cast(${column} as decimal(4, 2)) as varchar) else '' end`
  const known = (column: Sql): Sql => sql`case when ${column} >= 0 then ${column} end`
  const never = prospects
    ? sql`
    union all
    select
      customer.customer_id,
      cast(customer.customer_key as bigint),
      customer.name,
      '(none)',
      'stranger', 1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 'never', null, null, null, 'none',
      'on file, never bought',
      null, null, null, null, null, null, null, null, null
    from customer
    where customer.customer_key not in (select customer_key from relationship_classified)`
    : sql``
  return sql`
    with year_money as (
      select customer_key, cast(sum(revenue) as decimal(38, 4)) as revenue, cast(sum(measure) as decimal(38, 4)) as measure
      from relationship_money
      where period >= ${yearFrom}
      group by customer_key
    ),
    recent as (
      select
        customer_key,
        cast(coalesce(sum(orders) filter (where period = ${last}), 0) as bigint) as orders_now,
        cast(coalesce(sum(orders) filter (where period = ${last - 1}), 0) as bigint) as orders_before,
        cast(coalesce(sum(orders) filter (where period >= ${yearFrom}), 0) as bigint) as orders_year,
        cast(count(*) filter (where period >= ${yearFrom}) as bigint) as periods_bought
      from relationship_activity
      group by customer_key
    ),
    lettered as (
      select
        classified.*,
        substr(path, length(path), 1) as letter,
        case when length(path) > 1 then substr(path, length(path) - 1, 1) end as letter_before,
        cast(${dialect.daysBetween(sql`last_date`, day(lastDay))} as bigint) as silent,
        length(path) - length(rtrim(path, substr(path, length(path), 1))) as run
      from relationship_classified as classified
    )
    select
      lettered.customer_id,
      cast(lettered.customer_key as bigint) as customer_key,
      lettered.name,
      lettered.segment,
      ${className(sql`letter`)} as class,
      case letter when 'S' then p_stranger when 'A' then p_acquaintance when 'F' then p_friend when 'P' then p_partner end as probability,
      p_stranger,
      p_acquaintance,
      p_friend,
      p_partner,
      (p_acquaintance + 2 * p_friend + 3 * p_partner) / 3 as strength,
      case when letter_before is null then 'new' when letter = 'S' then 'lapsed' else 'customer' end as status,
      ${className(sql`letter_before`)} as previous_class,
      case
        when letter_before is null then 'new'
        when ${rank(sql`letter`)} > ${rank(sql`letter_before`)} then 'up'
        when ${rank(sql`letter`)} < ${rank(sql`letter_before`)} then 'down'
        else 'same'
      end as movement,
      cast(run as bigint) as periods_in_class,
      case when trust >= 0 or wallet >= 0 or commitment >= 0 or customisation >= 0 then 'behaviour and scores' else 'behaviour' end as basis,
      'bought in ' || cast(recent.periods_bought as varchar) || ' of the last ' || cast(${last - yearFrom + 1} as varchar) || ' ' || ${words.periods}
        || ', ' || cast(recent.orders_year as varchar) || case when recent.orders_year = 1 then ' order' else ' orders' end
        || '; last order ' || cast(silent as varchar) || case when silent = 1 then ' day' else ' days' end || ' before the end of the data'
        || ${score(sql`trust`, 'trust')} || ${score(sql`commitment`, 'commitment')} || ${score(sql`customisation`, 'customisation')}
        || ${score(sql`wallet`, 'share of wallet')} as evidence,
      recent.orders_now,
      recent.orders_before,
      silent as silent_days,
      ${known(sql`trust`)} as trust,
      ${known(sql`commitment`)} as commitment,
      ${known(sql`customisation`)} as customisation,
      ${known(sql`wallet`)} as share_of_wallet,
      coalesce(year_money.revenue, 0) as revenue_year,
      coalesce(year_money.measure, 0) as measure_year
    from lettered
    join recent on recent.customer_key = lettered.customer_key
    left join year_money on year_money.customer_key = lettered.customer_key${never}`
}

/** Customers known, buying and won by period. One row per period with any. */
export function periodCounts(): Sql {
  return sql`
    with firsts as (
      select customer_key, min(period) as first_period
      from relationship_activity
      group by customer_key
    ),
    active as (
      select period, count(*) as buying
      from relationship_activity
      group by period
    ),
    won as (
      select first_period as period, count(*) as won
      from firsts
      group by first_period
    )
    select
      coalesce(active.period, won.period) as period,
      coalesce(buying, 0) as buying,
      coalesce(won, 0) as won
    from active
    full outer join won on won.period = active.period
    order by 1`
}

/** Classes in customers and money. One row per class. */
export function classTotals(): Sql {
  return sql`
    select
      class,
      count(*) as customers,
      cast(coalesce(sum(measure_year), 0) as decimal(38, 4)) as measure,
      count(*) filter (where basis = 'behaviour and scores') as scored
    from customer_relationship
    where status <> 'never'
    group by class
    order by class`
}

/** Customers who moved down in the last period, the largest first. One row per customer, with the number of all. */
export function fallenCustomers(names: number): Sql {
  return sql`
    select
      customer_id,
      name,
      class,
      previous_class,
      orders_now,
      orders_before,
      count(*) over () as customers,
      cast(sum(measure_year) over () as decimal(38, 4)) as together
    from customer_relationship
    where movement = 'down'
    order by measure_year desc, customer_id
    limit ${names}`
}
