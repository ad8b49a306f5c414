/** The periods in which customers are watched: equal months, counted back from the last day with an order. */

export interface PanelPeriod {
  from: string
  to: string
}

export interface PanelPeriods {
  months: number
  periods: PanelPeriod[]
}

/** Periods that the panel can hold: two codes of 18 digits. */
export const mostPeriods = 36
const fewestQuarters = 6

/**
 * Quarters if at least six of them fit into the data, else months; counted back from the last day. A first period may lack three days a month
 * of its length. Days before the first period belong to customers known from before.
 */
export function panelPeriods(firstDay: string, lastDay: string, months?: number): PanelPeriods {
  const fitting = (length: number): number => {
    let count = 0
    while (count < mostPeriods && back(lastDay, (count + 1) * length) >= shift(firstDay, -1 - 3 * length)) count++
    return count
  }
  const length = months ?? (fitting(3) >= fewestQuarters ? 3 : 1)
  const count = fitting(length)
  return {
    months: length,
    periods: Array.from({ length: count }, (_, i) => ({
      from: dayAfter(back(lastDay, (count - i) * length)),
      to: back(lastDay, (count - i - 1) * length),
    })),
  }
}

const shift = (date: string, days: number): string =>
  new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10)
const dayAfter = (date: string): string => shift(date, 1)

/** The same day so many months earlier; the last day of a month stays a last day. */
function back(date: string, months: number): string {
  const day = Number(date.slice(8, 10))
  const last = day === lastOf(date.slice(0, 7))
  const index = Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7)) - 1 - months
  const month = `${String(Math.floor(index / 12)).padStart(4, '0')}-${String((index % 12) + 1).padStart(2, '0')}`
  const kept = last ? lastOf(month) : Math.min(day, lastOf(month))
  return `${month}-${String(kept).padStart(2, '0')}`
}

const lastOf = (month: string): number => new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5, 7)), 0)).getUTCDate()
