import { studentQuantile } from './student-t.ts'

/** A statistic of sums with its doubt. */
export interface Jackknife {
  value: number
  /** NaN with fewer than two groups. */
  standardError: number
  /** Interval of the level asked for, by Student's t with one degree less than groups. */
  low: number
  high: number
  groups: number
}

/**
 * Delete-a-group jackknife: with G groups of whole units (customers) and the statistic s of sums over all groups but one, s_(-g),
 *   variance = (G - 1) / G  sum_g (s_(-g) - mean)^2.
 * Works for any smooth function of sums, such as a ratio or an index, whatever the number of units. Kott, "The delete-a-group jackknife",
 * Journal of Official Statistics 17 (2001), 521-526.
 *
 * @param groups sums of each group, all of one length
 */
export function groupJackknife(groups: readonly ArrayLike<number>[], statistic: (sums: Float64Array) => number, level = 0.9): Jackknife {
  const width = groups[0]?.length ?? 0
  const totals = new Float64Array(width)
  for (const group of groups) for (let i = 0; i < width; i++) totals[i]! += group[i]!
  const value = statistic(totals)
  const count = groups.length
  if (count < 2) return { value, standardError: Number.NaN, low: Number.NaN, high: Number.NaN, groups: count }
  const without = new Float64Array(width)
  const each = groups.map((group) => {
    for (let i = 0; i < width; i++) without[i] = totals[i]! - group[i]!
    return statistic(without)
  })
  const mean = each.reduce((sum, one) => sum + one, 0) / count
  const variance = ((count - 1) / count) * each.reduce((sum, one) => sum + (one - mean) ** 2, 0)
  const standardError = Math.sqrt(variance)
  const reach = studentQuantile(0.5 + level / 2, count - 1) * standardError
  return { value, standardError, low: value - reach, high: value + reach, groups: count }
}
