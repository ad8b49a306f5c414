import type { Random } from '../../math/random.ts'

/** What may be wrong, and by how much: the rate of a pool and the time equation of each of its activities, as fractions. */
export interface CostRanges {
  /** Pool of each activity, as a number from 0. */
  poolOf: readonly number[]
  /** By pool. */
  rateRange: readonly number[]
  /** By activity. */
  equationRange: readonly number[]
}

/**
 * The share of draws in which each customer loses money.
 *
 *   profit_s = contribution - sum over activities of (1 + e_ps) (1 + d_as) k_a,  e_p uniform on +-r_p, d_a uniform on +-r_a
 *
 * A rate or equation that is wrong is wrong for everybody: the draws are made once, and profit is linear in them, so that each customer costs
 * one sum over activities a draw. In profit and costs only their ratio counts.
 *
 * @param profit contribution less expected cost, by customer
 * @param costs by activity, then customer
 */
export function lossProbability(
  profit: Float64Array,
  costs: readonly Float64Array[],
  ranges: CostRanges,
  draws: number,
  random: Random,
): Float64Array {
  const activities = costs.length
  const pools = ranges.rateRange.length
  // The change of the factor of each activity by draw, draw by draw.
  const change = new Float64Array(draws * activities)
  for (let s = 0; s < draws; s++) {
    const rates = Array.from({ length: pools }, (_, p) => (2 * random.next() - 1) * ranges.rateRange[p]!)
    for (let a = 0; a < activities; a++) {
      const equation = (2 * random.next() - 1) * ranges.equationRange[a]!
      change[s * activities + a] = (1 + rates[ranges.poolOf[a]!]!) * (1 + equation) - 1
    }
  }
  const result = new Float64Array(profit.length)
  const own = new Float64Array(activities)
  for (let i = 0; i < profit.length; i++) {
    for (let a = 0; a < activities; a++) own[a] = costs[a]![i]!
    let losses = 0
    for (let s = 0, at = 0; s < draws; s++) {
      let moved = profit[i]!
      for (let a = 0; a < activities; a++) moved -= own[a]! * change[at++]!
      if (moved < 0) losses++
    }
    result[i] = losses / draws
  }
  return result
}
