import { id, join, type Sql, sql } from '../../warehouse/sql.ts'
import { type CostedActivity, eventsOf, minutesOf } from './facts.sql.ts'

/*
 * The cost of each activity over its customers by largest remainder, in ten-thousandths of the currency, without sorting customers: the
 * remainders are counted in bins, and only those of the bin in which the last unit falls are ranked. Relation `customer_minutes` holds the
 * minutes, a relation of cells one row a period: u<column> units without sign, t<column> minutes in all, and what the later passes know.
 */

/** Bins of remainders; the one that is ranked holds about a thousandth of the customers. */
export const remainderBins = 1024

export const costOf = (column: number): Sql => id(`c${column}`)

const part = (column: number): Sql =>
  sql`case when cells.${id(`t${column}`)} > 0 then cells.${id(`u${column}`)} * cast(customer_minutes.${minutesOf(column)} as double) / cells.${id(`t${column}`)} else 0 end`
const remainder = (column: number): Sql => sql`(${part(column)} - floor(${part(column)}))`
const takesPart = (column: number): Sql => sql`customer_minutes.${minutesOf(column)} > 0`
const joined = (cells: string): Sql => sql`customer_minutes join ${id(cells)} as cells on cells.period_no = customer_minutes.period_no`

/** Units that the whole parts give away. One row per period: f<column>. */
export function wholeParts(cells: string, activities: readonly CostedActivity[]): Sql {
  const columns = activities.map(({ column }) => sql`cast(sum(cast(floor(${part(column)}) as bigint)) as varchar) as ${id(`f${column}`)}`)
  return sql`select cells.period_no, ${join(columns)} from ${joined(cells)} group by cells.period_no`
}

/** How many customers have a remainder in each bin. One row per activity, period and bin. */
export function remainderCounts(cells: string, activities: readonly CostedActivity[]): Sql {
  return join(
    activities.map(
      ({ column }) => sql`
    select
      cast(${column} as integer) as activity,
      cells.period_no,
      cast(floor(${remainder(column)} * ${remainderBins}) as integer) as bin,
      count(*) as customers
    from ${joined(cells)}
    where ${takesPart(column)}
    group by 2, 3`,
    ),
    sql` union all `,
  )
}

/** The remainders of the bins b<column> of the cells, largest first. One row per activity, period and customer in the bin. */
export function remaindersInBin(cells: string, activities: readonly CostedActivity[]): Sql {
  const each = activities.map(
    ({ column }) => sql`
    select
      cast(${column} as integer) as activity,
      cells.period_no,
      ${remainder(column)} as remainder,
      customer_minutes.customer_key
    from ${joined(cells)}
    where ${takesPart(column)} and floor(${remainder(column)} * ${remainderBins}) = cells.${id(`b${column}`)}`,
  )
  return sql`select * from (${join(each, sql` union all `)}) as remainders order by activity, period_no, remainder desc, customer_key`
}

/** The customer with the largest part, who bears what floats gave away too much. One row per activity and period. */
export function largestParts(cells: string, activities: readonly CostedActivity[]): Sql {
  return join(
    activities.map(
      ({ column }) => sql`
    select
      cast(${column} as integer) as activity,
      largest.period_no,
      min(customer_minutes.customer_key) as customer_key
    from (select period_no, max(${minutesOf(column)}) as minutes from customer_minutes group by period_no) as largest
    join customer_minutes on customer_minutes.period_no = largest.period_no and customer_minutes.${minutesOf(column)} = largest.minutes
    join ${id(cells)} as cells on cells.period_no = largest.period_no
    group by 2`,
    ),
    sql` union all `,
  )
}

/**
 * Events, minutes and cost in whole units of every activity: the whole part, and one more where the remainder is beyond r<column> or equal to
 * it with a key up to k<column>; the customer x<column> bears the correction y<column>; s<column> is the sign. Over several periods the rows of a
 * customer are summed. One row per customer key.
 */
export function customerUnits(cells: string, activities: readonly CostedActivity[], periods: number): Sql {
  const sum = (value: Sql) => (periods > 1 ? sql`sum(${value})` : value)
  const columns = activities.map(({ column }) => {
    const cell = (name: string) => sql`cells.${id(`${name}${column}`)}`
    const units = sql`cast(${cell('s')} as bigint) * (
        cast(floor(${part(column)}) as bigint)
        + case when ${takesPart(column)} and (${remainder(column)} > ${cell('r')} or (${remainder(column)} = ${cell('r')} and customer_minutes.customer_key <= ${cell('k')})) then 1 else 0 end
        + case when customer_minutes.customer_key = ${cell('x')} then cast(${cell('y')} as bigint) else 0 end
      )`
    return sql`,
      ${sum(minutesOf(column))} as ${minutesOf(column)},
      cast(${sum(eventsOf(column))} as bigint) as ${eventsOf(column)},
      cast(${sum(units)} as bigint) as ${costOf(column)}`
  })
  return sql`
    select
      customer_minutes.customer_key${join(columns, sql``)}
    from ${joined(cells)}
    ${periods > 1 ? sql`group by customer_minutes.customer_key` : sql``}`
}

/** The sum of all costs given to customers, in units. One row: c<column>. */
export function unitTotals(activities: readonly CostedActivity[]): Sql {
  return sql`select ${join(activities.map(({ column }) => sql`cast(coalesce(sum(${costOf(column)}), 0) as varchar) as ${costOf(column)}`))} from customer_units`
}
