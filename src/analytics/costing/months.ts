/** Months as `YYYY-MM`, and the spans for which a rate holds. */
export type RatesPer = 'window' | 'year' | 'quarter' | 'month'

export interface CostPeriod {
  /** 1, 2, ... in order; as the queries number it. */
  number: number
  /** Such as 2024-03, 2024-Q1, 2024, or `2024-01 to 2024-12` for the window. */
  name: string
  months: string[]
}

const isMonth = (text: string): boolean => /^\d{4}-(0[1-9]|1[0-2])$/.test(text)

/** Months counted from year 0. */
export function monthCount(month: string): number {
  if (!isMonth(month)) throw new RangeError(`not a month: ${month}`)
  const [year, number] = month.split('-').map(Number)
  return year! * 12 + number! - 1
}

const monthOf = (count: number): string => `${String(Math.floor(count / 12)).padStart(4, '0')}-${String((count % 12) + 1).padStart(2, '0')}`

/** Every month from the first to the last, both included. */
export function monthsBetween(first: string, last: string): string[] {
  const from = monthCount(first)
  return Array.from({ length: Math.max(0, monthCount(last) - from + 1) }, (_, i) => monthOf(from + i))
}

/** Last day of a month. */
export function lastDayOf(month: string): string {
  const count = monthCount(month)
  return new Date(Date.UTC(Math.floor(count / 12), (count % 12) + 1, 0)).toISOString().slice(0, 10)
}

/** Months in one calendar unit; 0 for the whole window. */
export const monthsPer: Record<RatesPer, number> = { window: 0, year: 12, quarter: 3, month: 1 }

/** The spans into which the months fall, each with the rate of its own. */
export function costPeriods(months: readonly string[], per: RatesPer): CostPeriod[] {
  const size = monthsPer[per]
  const [first, last] = [months[0]!, months[months.length - 1]!]
  if (size === 0) return [{ number: 1, name: first === last ? first : `${first} to ${last}`, months: [...months] }]
  const base = Math.floor(monthCount(first) / size)
  const periods = new Map<number, CostPeriod>()
  for (const month of months) {
    const unit = Math.floor(monthCount(month) / size)
    const found = periods.get(unit) ?? { number: unit - base + 1, name: nameOf(month, per), months: [] }
    found.months.push(month)
    periods.set(unit, found)
  }
  return [...periods.values()]
}

function nameOf(month: string, per: RatesPer): string {
  if (per === 'month') return month
  const year = month.slice(0, 4)
  return per === 'year' ? year : `${year}-Q${Math.floor((Number(month.slice(5)) - 1) / 3) + 1}`
}
