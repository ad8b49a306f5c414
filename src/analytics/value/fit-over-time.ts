/** Fits Pareto/NBD with the covariates of a calendar file to a log of purchases. */
import { AppError, UsageError } from '../../shared/errors.ts'
import type { Calendar } from './calendar.ts'
import type { CovariateFit } from './covariates.ts'
import { readDesign } from './design.ts'
import { fitParetoNbdOverTime, type OverTimeOptions, plainCalendar } from './pareto-nbd-over-time.ts'
import { historiesOfLog, readLog } from './read-histories.ts'
import { isLog, needColumn, parseSummary, RowProblems, type SummaryTable } from './summary-table.ts'

export interface CalendarFileOptions extends OverTimeOptions {
  /** Text of a CSV file: a column date, and covariates that hold from that day until the next row's. */
  calendar?: string
  /** Which process they move; defaults to purchase. */
  calendarFor?: 'purchase' | 'leaving' | 'both'
  until?: string
}

const dayLength = 86_400_000

/** @throws UsageError for another model or a summary in place of a log, AppError for a calendar that makes no sense. */
export function fitFileOverTime(name: string, table: SummaryTable, options: CalendarFileOptions): CovariateFit {
  if (name !== 'pareto-nbd') throw new UsageError('fit.calendar', `${name} takes no calendar`, { hint: 'pareto-nbd does' })
  if (!isLog(table))
    throw new UsageError('fit.calendar', 'a calendar needs the day of each purchase, which a summary does not have', {
      hint: 'give a log of customer, date and amount',
    })
  const calendar = readCalendar(options.calendar ?? '')
  const log = readLog(table, options.until)
  const rows = historiesOfLog(log)
  const first = Math.min(...log.days.map((days) => days[0]!)) / 7
  if (calendar.from[0]! > first)
    throw new AppError('fit.calendar', `the calendar begins on ${iso(calendar.from[0]!)}, after the first purchase on ${iso(first)}`, {
      hint: 'begin it at or before the first purchase',
    })
  const periodOf = (day: number): number => {
    let period = calendar.from.length - 1
    while (calendar.from[period]! > day / 7) period--
    return period
  }
  // Sorted, so that the order of the file does not show in the last digits.
  const order = Array.from(rows.x.keys()).sort(
    (i, j) =>
      log.days[i]![0]! - log.days[j]![0]! ||
      rows.x[i]! - rows.x[j]! ||
      rows.tx[i]! - rows.tx[j]! ||
      compareDays(log.days[i]!, log.days[j]!),
  )
  const pick = (value: (i: number) => number): Float64Array => Float64Array.from(order, value)
  const which = options.calendarFor ?? 'purchase'
  const cells = {
    x: pick((i) => rows.x[i]!),
    tx: pick((i) => rows.tx[i]!),
    T: pick((i) => rows.T[i]!),
    start: pick((i) => log.days[i]![0]! / 7),
    atPurchases:
      which === 'leaving'
        ? []
        : calendar.values.map((column) => pick((i) => log.days[i]!.slice(1).reduce((sum, day) => sum + column[periodOf(day)]!, 0))),
  }
  const calendars = { purchase: which === 'leaving' ? plainCalendar : calendar, leaving: which === 'purchase' ? plainCalendar : calendar }
  return fitParetoNbdOverTime(cells, calendars, options)
}

function compareDays(one: number[], other: number[]): number {
  for (let k = 0; k < one.length; k++) if (one[k] !== other[k]) return one[k]! - other[k]!
  return 0
}

const iso = (week: number): string => new Date(week * 7 * dayLength).toISOString().slice(0, 10)

/** A CSV of date and covariates, times in weeks since 1970; categories become columns of 0 and 1. */
export function readCalendar(text: string): Calendar {
  const table = parseSummary(text)
  const date = needColumn(table, 'date', 'the day from which the row holds')
  const problems = new RowProblems(table)
  const from = Float64Array.from(table.rows, (fields, row) => {
    const day = Math.floor(Date.parse((fields[date] ?? '').slice(0, 10)) / dayLength)
    if (Number.isNaN(day)) problems.add(row, date, `${table.header[date]} must be a date such as 2024-12-31; got "${fields[date] ?? ''}"`)
    return day / 7
  })
  for (let row = 1; row < from.length; row++)
    if (from[row]! <= from[row - 1]!) problems.add(row, date, 'the days of a calendar must rise from row to row')
  problems.throwIfAny()
  const design = readDesign(
    table,
    table.header.filter((_, column) => column !== date),
  )
  if (design.names.length === 0)
    throw new AppError('fit.calendar', 'the calendar has no column beside the date', { hint: 'such as christmas with 0 and 1' })
  return { names: design.names, from, values: design.columns }
}
