/** Calendar months that the data covers, and the two periods that a comparison takes from them. Dates are `YYYY-MM-DD`. */
export interface Span {
  from: string
  to: string
}

export interface Periods {
  previous: Span
  current: Span
  /** Length in months; null where the periods were given. */
  months: number | null
}

/** What is known about the days on which there are order lines. */
export interface Coverage {
  firstDate: string
  lastDate: string
  /** Longest run of days without a line between the first and the last, in days. */
  longestGap: number
}

/** Months compared, longest first. */
export const periodLengths = [12, 6, 3, 1] as const

/**
 * First and last month (by their first days) that the data covers whole; null when there is none.
 *
 * A month at either end counts as whole when no more days are missing than may also pass without an order inside the data: at least 3
 * (a weekend and a holiday), at most 10.
 */
export function completeMonths({ firstDate, lastDate, longestGap }: Coverage): Span | null {
  const tolerance = Math.min(10, Math.max(3, longestGap))
  let from = monthStart(firstDate)
  if (daysBetween(from, firstDate) > tolerance) from = addMonths(from, 1)
  let to = monthStart(lastDate)
  if (daysBetween(lastDate, lastDayOf(to)) > tolerance) to = addMonths(to, -1)
  return from <= to ? { from, to } : null
}

/**
 * The latest two periods of equal length among whole months: the longest of 12, 6, 3 and 1 months that fits twice. Null when there are
 * fewer than two whole months.
 *
 * @param whole first days of the first and of the last whole month
 */
export function choosePeriods(whole: Span): Periods | null {
  const available = monthsBetween(whole.from, whole.to) + 1
  const months = periodLengths.find((length) => 2 * length <= available)
  if (months === undefined) return null
  const currentFrom = addMonths(whole.to, 1 - months)
  const previousFrom = addMonths(currentFrom, -months)
  return {
    previous: { from: previousFrom, to: addDays(currentFrom, -1) },
    current: { from: currentFrom, to: lastDayOf(whole.to) },
    months,
  }
}

const utc = (date: string): number => Date.parse(`${date}T00:00:00Z`)
const text = (time: number): string => new Date(time).toISOString().slice(0, 10)

export const monthStart = (date: string): string => `${date.slice(0, 7)}-01`

export const addDays = (date: string, days: number): string => text(utc(date) + days * 86_400_000)

export const daysBetween = (from: string, to: string): number => Math.round((utc(to) - utc(from)) / 86_400_000)

/** The first day of the month so many months later; `month` is a first day. */
export function addMonths(month: string, months: number): string {
  const index = Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7)) - 1 + months
  return `${String(Math.floor(index / 12)).padStart(4, '0')}-${String((index % 12) + 1).padStart(2, '0')}-01`
}

export const lastDayOf = (month: string): string => addDays(addMonths(monthStart(month), 1), -1)

const monthsBetween = (from: string, to: string): number =>
  (Number(to.slice(0, 4)) - Number(from.slice(0, 4))) * 12 + Number(to.slice(5, 7)) - Number(from.slice(5, 7))

/** Number of a month in the common calendar, from any of its days `YYYY-MM-DD`. */
export function monthNumber(day: string): number {
  const [year, month] = day.split('-').map(Number)
  return year! * 12 + month! - 1
}
