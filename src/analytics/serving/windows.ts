import { addDays, addMonths, lastDayOf, type Span } from '../profitability/index.ts'

/** Whole quarters of a window counted back from its end, the earliest first, and the rolling windows made of them. */
export interface RollingWindows {
  quarters: Span[]
  /** Quarters in a rolling window: 4, or fewer where the data is shorter. */
  length: number
  /** Windows by their first and last quarter, earliest first. */
  windows: [number, number][]
  /** Which window is held against which, non-overlapping, earliest first. */
  pairs: { window: number; before: number }[]
}

/**
 * Rolling windows a quarter apart. A window is the longest of 4, 2 and 1 quarters that fits twice, so that each can be held against one
 * that shares no day with it.
 */
export function rollingWindows(window: Span): RollingWindows {
  const quarters: Span[] = []
  for (let to = window.to; ; ) {
    // A window that ends within a month counts that month as its last.
    const from = addMonths(`${to.slice(0, 7)}-01`, -2)
    if (from < window.from) break
    quarters.unshift({ from, to })
    to = addDays(from, -1)
  }
  const length = [4, 2, 1].find((size) => 2 * size <= quarters.length) ?? 0
  const windows: [number, number][] = []
  if (length > 0) for (let first = 0; first + length <= quarters.length; first++) windows.push([first, first + length - 1])
  const pairs = windows.flatMap((_, w) => (w >= length && length > 0 ? [{ window: w, before: w - length }] : []))
  return { quarters, length, windows, pairs }
}

/** First and last day that ledger and orders have in common. */
export function ledgerWindow(firstPeriod: string, lastPeriod: string, asOf: string): Span {
  const end = lastDayOf(`${lastPeriod}-01`)
  return { from: `${firstPeriod}-01`, to: end < asOf ? end : asOf }
}

/** Wilson's interval for a share, by default 90 %. Wilson (1927), JASA 22. */
export function wilson(successes: number, n: number, z = 1.6448536269514722): { low: number; high: number } {
  if (n === 0) return { low: 0, high: 1 }
  const p = successes / n
  const centre = (p + (z * z) / (2 * n)) / (1 + (z * z) / n)
  const half = (z / (1 + (z * z) / n)) * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n))
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) }
}
