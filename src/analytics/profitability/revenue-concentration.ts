/** How unevenly revenue is spread: Herfindahl-Hirschman index and concentration ratios. */
export interface RevenueConcentration {
  /** HHI = sum of squared shares, 1/n when all are equal, 1 when one has all. */
  hhi: number
  /** 1 / HHI: as many equal customers would be as concentrated. */
  effectiveNumber: number
  /** Share of the k largest, in the order of `ratioCounts`. */
  ratios: number[]
}

export const ratioCounts = [1, 4, 10, 20] as const

/**
 * Of customers with positive revenue (a share below zero has no meaning); NaN where there are none.
 *
 * @param values revenue, descending
 * @param weights customers behind each value; one each when left out
 */
export function revenueConcentration(values: Float64Array, weights?: Float64Array): RevenueConcentration {
  let total = 0
  let squares = 0
  let passed = 0
  const sums = new Array<number>(ratioCounts.length).fill(Number.NaN)
  let next = 0
  for (let i = 0; i < values.length; i++) {
    const w = weights ? weights[i]! : 1
    const value = values[i]!
    if (!(value > 0)) break
    if (w === 0) continue
    while (next < ratioCounts.length && ratioCounts[next]! <= passed + w) {
      sums[next] = total + (ratioCounts[next]! - passed) * value
      next++
    }
    total += w * value
    squares += w * value * value
    passed += w
  }
  // With fewer customers than k, the k largest are all of them.
  for (; next < ratioCounts.length; next++) sums[next] = total
  const hhi = total > 0 ? squares / (total * total) : Number.NaN
  return { hhi, effectiveNumber: 1 / hhi, ratios: sums.map((sum) => (total > 0 ? sum / total : Number.NaN)) }
}
