import type { Random } from '../../math/random.ts'
import { bootstrapWeights, quantile } from '../../math/statistics.ts'

/** Neighbours in a sorted list that stand for one another: a value each, and how many customers have it. */
export interface Cells {
  values: Float64Array
  counts: Float64Array
}

/**
 * Sorted values as at most about `2 edge + middle` cells: the `edge` largest and smallest each by itself, the rest in runs of neighbours of
 * nearly equal length, at their mean.
 *
 * A known approximation: within a run the spread is dropped. Between neighbours of a sorted list it is tiny beside that between runs, and
 * the extremes, which carry the doubt, are kept one by one. Up to 2 edge + middle values nothing is merged.
 */
export function toCells(sorted: Float64Array, edge = 500, middle = 2000): Cells {
  const n = sorted.length
  if (n <= 2 * edge + middle) return { values: sorted, counts: new Float64Array(n).fill(1) }
  const inner = n - 2 * edge
  const values = new Float64Array(2 * edge + middle)
  const counts = new Float64Array(2 * edge + middle).fill(1)
  for (let i = 0; i < edge; i++) {
    values[i] = sorted[i]!
    values[edge + middle + i] = sorted[n - edge + i]!
  }
  for (let run = 0; run < middle; run++) {
    const from = edge + Math.floor((run * inner) / middle)
    const to = edge + Math.floor(((run + 1) * inner) / middle)
    let sum = 0
    for (let i = from; i < to; i++) sum += sorted[i]!
    values[edge + run] = sum / (to - from)
    counts[edge + run] = to - from
  }
  return { values, counts }
}

export interface Interval {
  low: number
  high: number
}

/** How many times customers are drawn anew. */
export const replicates = 400

/**
 * Bootstrap intervals (percentile method) of several statistics at once, over customers drawn with replacement. A statistic that cannot be
 * computed in more than one replicate of twenty has no interval.
 *
 * @param statistics what is computed from values and weights, always in the same order
 * @param level such as 0.9
 */
export function bootstrapIntervals(
  cells: Cells,
  statistics: (values: Float64Array, weights: Float64Array) => number[],
  random: Random,
  level = 0.9,
): (Interval | null)[] {
  const weights = new Float64Array(cells.values.length)
  const drawn: number[][] = []
  for (let b = 0; b < replicates; b++) {
    bootstrapWeights(random, cells.counts, 'multinomial', weights)
    statistics(cells.values, weights).forEach((value, s) => {
      drawn[s] ??= []
      if (Number.isFinite(value)) drawn[s].push(value)
    })
  }
  return drawn.map((values) => {
    if (values.length < 0.95 * replicates) return null
    const [low, high] = quantile(values, [(1 - level) / 2, (1 + level) / 2])
    return { low, high }
  })
}
