/** Shares of counts: intervals and tests. */
import { betaQuantile, gammaQ } from './incomplete.ts'
import { normalCdf, normalQuantile } from './normal.ts'

export interface Interval {
  low: number
  high: number
}

/**
 * Jeffreys interval of a share: equal tails of beta(k + 1/2, n - k + 1/2), with the end closed where k is 0 or n. Needs n > 0.
 *
 * Brown, Cai & DasGupta (2001), "Interval Estimation for a Binomial Proportion", Statistical Science 16, section 3.1.2.
 *
 * @param level such as 0.9
 */
export function jeffreysInterval(k: number, n: number, level: number): Interval {
  if (!(n > 0 && k >= 0 && k <= n)) throw new RangeError(`a share needs 0 <= k <= n and n > 0; got ${k} of ${n}`)
  const tail = (1 - level) / 2
  return {
    low: k === 0 ? 0 : betaQuantile(k + 0.5, n - k + 0.5, tail),
    high: k === n ? 1 : betaQuantile(k + 0.5, n - k + 0.5, 1 - tail),
  }
}

/** P(chi-square > x) with so many degrees of freedom. */
export const chiSquareTail = (x: number, freedom: number): number => (x <= 0 ? 1 : gammaQ(freedom / 2, x / 2))

export interface TrendTest {
  /** Change of the share from one group to the next, by weighted least squares. */
  slope: number
  low: number
  high: number
  /** Two-sided, that there is no trend. */
  pTrend: number
  /** That all groups share one proportion. */
  pEqual: number
}

/**
 * Cochran-Armitage test for a trend of shares over ordered groups, with the chi-square test of equality. Null where it cannot be told:
 * fewer than three groups, or nobody or everybody.
 *
 *     slope = sum n_i (s_i - s)(p_i - p) / sum n_i (s_i - s)^2,  var = p (1 - p) / sum n_i (s_i - s)^2,  s_i = i
 *
 * Armitage (1955), "Tests for Linear Trends in Proportions and Frequencies", Biometrics 11.
 */
export function shareTrend(groups: readonly { k: number; n: number }[], level: number): TrendTest | null {
  const given = groups.map((group, i) => ({ ...group, score: i })).filter(({ n }) => n > 0)
  const n = given.reduce((sum, group) => sum + group.n, 0)
  const k = given.reduce((sum, group) => sum + group.k, 0)
  if (given.length < 3 || k === 0 || k === n) return null
  const p = k / n
  const centre = given.reduce((sum, group) => sum + group.n * group.score, 0) / n
  const spread = given.reduce((sum, group) => sum + group.n * (group.score - centre) ** 2, 0)
  const slope = given.reduce((sum, group) => sum + (group.score - centre) * (group.k - group.n * p), 0) / spread
  const error = Math.sqrt((p * (1 - p)) / spread)
  const chiSquare = given.reduce((sum, group) => sum + (group.k - group.n * p) ** 2 / (group.n * p * (1 - p)), 0)
  const reach = normalQuantile((1 + level) / 2) * error
  return {
    slope,
    low: slope - reach,
    high: slope + reach,
    pTrend: 2 * normalCdf(-Math.abs(slope / error)),
    pEqual: chiSquareTail(chiSquare, given.length - 1),
  }
}

/**
 * Trend of means over ordered groups: least squares weighted by the inverse of each mean's variance. Null with fewer than three groups
 * whose mean has a variance.
 */
export function meanTrend(groups: readonly { mean: number; variance: number }[], level: number): Omit<TrendTest, 'pEqual'> | null {
  const given = groups
    .map((group, i) => ({ ...group, score: i, weight: 1 / group.variance }))
    .filter(({ weight }) => Number.isFinite(weight))
  if (given.length < 3) return null
  const total = given.reduce((sum, { weight }) => sum + weight, 0)
  const centre = given.reduce((sum, { weight, score }) => sum + weight * score, 0) / total
  const spread = given.reduce((sum, { weight, score }) => sum + weight * (score - centre) ** 2, 0)
  const slope = given.reduce((sum, { weight, score, mean }) => sum + weight * (score - centre) * mean, 0) / spread
  const error = Math.sqrt(1 / spread)
  const reach = normalQuantile((1 + level) / 2) * error
  return { slope, low: slope - reach, high: slope + reach, pTrend: 2 * normalCdf(-Math.abs(slope / error)) }
}
