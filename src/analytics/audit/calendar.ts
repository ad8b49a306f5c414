/** Periods of a calendar between two days, numbered as in periodNumber of audit.sql.ts. Dates are `YYYY-MM-DD`. */
import type { Grain } from './audit.sql.ts'

const day = 86_400_000
/** A Monday: weeks are counted from it. */
const firstMonday = Date.UTC(1970, 0, 5)
const text = (time: number): string => new Date(time).toISOString().slice(0, 10)

const monthText = (month: number): string =>
  `${String(Math.floor(month / 12)).padStart(4, '0')}-${String((month % 12) + 1).padStart(2, '0')}-01`

/** The number of the period in which a day lies. */
export function numberOf(grain: Grain, date: string): number {
  const [year, month] = date.split('-').map(Number) as [number, number]
  if (grain === 'week') return Math.floor((Date.parse(`${date}T00:00:00Z`) - firstMonday) / (7 * day))
  const number = year * 12 + month - 1
  return grain === 'month' ? number : grain === 'quarter' ? Math.floor(number / 3) : year
}

/** First day of a period. */
export function startOf(grain: Grain, number: number): string {
  if (grain === 'week') return text(firstMonday + number * 7 * day)
  return monthText(grain === 'month' ? number : grain === 'quarter' ? number * 3 : number * 12)
}

export interface CalendarPeriod {
  number: number
  from: string
  /** Whether it lies between the first and the last covered day. */
  complete: boolean
}

/**
 * All periods from the first to the last day, without gaps.
 *
 * @param whole first and last day between which the data is whole
 */
export function calendar(grain: Grain, first: string, last: string, whole: { from: string; to: string }): CalendarPeriod[] {
  const [from, to] = [numberOf(grain, first), numberOf(grain, last)]
  return Array.from({ length: to - from + 1 }, (_, i) => {
    const start = startOf(grain, from + i)
    return {
      number: from + i,
      from: start,
      complete: start >= whole.from && text(Date.parse(startOf(grain, from + i + 1)) - day) <= whole.to,
    }
  })
}
