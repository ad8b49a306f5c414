import type { Dialect } from '../../warehouse/dialect.ts'
import { id, type Sql, sql } from '../../warehouse/sql.ts'

/** Customers of equal history who bought at all after the calibration, in the order of historyCells. One row per cell. */
export function laterBuyers(relation: string): Sql {
  return sql`
    select cast(sum(case when later > 0 then 1 else 0 end) as double) as buyers
    from ${id(relation)}
    group by age_days, x, recency_days
    order by age_days, x, recency_days`
}

/** Days between a customer's purchases and the one before, of every `every`-th customer. */
const gaps = (dialect: Dialect, every: number): Sql => sql`
  select
    customer_key,
    ${dialect.daysBetween(sql`lag(day) over customers`, sql`day`)} as days,
    ${dialect.daysBetween(sql`lag(day, 2) over customers`, sql`lag(day) over customers`)} as days_before,
    lead(day) over customers as next_day
  from value_purchase
  where customer_key % ${every} = 0
  window customers as (partition by customer_key order by day)`

/** How often each number of days lies between two purchases. One row per number. */
export function gapLengths(dialect: Dialect, every: number): Sql {
  return sql`
    select
      cast(days as double) as days,
      cast(count(*) as double) as gaps
    from (${gaps(dialect, every)}) as gap
    where days is not null
    group by days
    order by days`
}

/** The last two gaps of each customer who has two. One row per pair of lengths. */
export function lastGaps(dialect: Dialect, every: number): Sql {
  return sql`
    select
      cast(days_before as double) as first_gap,
      cast(days as double) as last_gap,
      cast(count(*) as double) as customers
    from (${gaps(dialect, every)}) as gap
    where next_day is null and days_before is not null
    group by days_before, days
    order by days_before, days`
}
