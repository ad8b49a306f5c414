import { binomialTest, normalQuantile, spearman } from '../../math/statistics.ts'

/** Spearman's rho between revenue and |deviation from the portfolio's margin|, with its interval. */
export interface SizeCorrelation {
  rho: number
  low: number
  high: number
  /** Customers that it was computed from: all, or an even sample of them. */
  sample: number
}

/**
 * Whether profit strays further from what revenue lets expect the bigger the customer is: expected profit = revenue x portfolio margin,
 * d_i = profit_i - expected_i, rho(revenue, |d|). Interval: Fisher's z with the variance (1 + rho^2 / 2) / (n - 3) of Bonett and Wright
 * (2000).
 *
 * Beyond `most` customers every k-th in order of profit is taken; the interval is then that of the sample.
 *
 * @param profit descending
 * @param revenue of the same customers
 */
export function correlateSize(profit: Float64Array, revenue: Float64Array, level = 0.9, most = 100_000): SizeCorrelation {
  let profits = 0
  let revenues = 0
  for (let i = 0; i < profit.length; i++) {
    profits += profit[i]!
    revenues += revenue[i]!
  }
  const margin = profits / revenues
  const step = Math.max(1, profit.length / most)
  const size = Math.floor(profit.length / step)
  const sampled = Float64Array.from({ length: size }, (_, k) => revenue[Math.floor(k * step)]!)
  const deviations = Float64Array.from({ length: size }, (_, k) => {
    const i = Math.floor(k * step)
    return Math.abs(profit[i]! - margin * revenue[i]!)
  })
  const rho = spearman(sampled, deviations)
  // atanh is infinite at 1.
  const z = Math.atanh(Math.max(-0.999999, Math.min(0.999999, rho)))
  const half = Math.sqrt((1 + (rho * rho) / 2) / (size - 3)) * normalQuantile((1 + level) / 2)
  return { rho, low: Math.tanh(z - half), high: Math.tanh(z + half), sample: size }
}

/** How many of the top tenth by revenue stand in the top or in the bottom tenth by profit. */
export interface Extremity {
  big: number
  best: number
  worst: number
  /** (best + worst) / big; a fifth would be chance. */
  share: number
  /** Two-sided binomial test against a fifth. */
  pValue: number
}

/**
 * Whether the biggest customers are the best and the worst. In contrast to the correlation, which grows with size by itself because |d| is
 * in money, this compares with what chance would give.
 *
 * @param revenueRank rank by revenue of the customers in order of profit, descending; ranks from 1, all different
 */
export function testExtremes(revenueRank: ArrayLike<number>): Extremity {
  const n = revenueRank.length
  const tenth = Math.max(1, Math.round(n / 10))
  let best = 0
  let worst = 0
  for (let i = 0; i < tenth; i++) {
    if (revenueRank[i]! <= tenth) best++
    if (revenueRank[n - 1 - i]! <= tenth) worst++
  }
  return { big: tenth, best, worst, share: (best + worst) / tenth, pValue: binomialTest(best + worst, tenth, 0.2) }
}
