/** Moves out of one state as an ordered logit in a covariate, from weighted counts. */
import { bfgs } from '../../math/bfgs.ts'
import { orderedLogit } from './hidden-markov.ts'

export interface OrderedLogit {
  /** Rising cut points. */
  cuts: number[]
  /** What one unit of the covariate adds: positive moves upwards. */
  slope: number
  /** Probabilities of the next state at each level. */
  rows: number[][]
}

/**
 * Maximises sum_z sum_j n_zj ln P_j(z), P(to j or lower) = logistic(cut_j - slope z), over cut points (kept rising as a first cut and
 * logarithms of steps) and slope. A weak normal prior (sd 3) on the slope keeps it finite where the counts separate.
 *
 * @param counts levels x K x K expected moves
 */
export function fitOrderedLogit(
  counts: Float64Array,
  K: number,
  from: number,
  covariate: readonly number[],
  prior: number,
  before?: { cuts: number[]; slope: number },
): OrderedLogit {
  const n = covariate.map((_, level) =>
    Array.from({ length: K }, (_, j) => counts[level * K * K + from * K + j]! + prior / covariate.length),
  )
  const cutsOf = (x: Float64Array): number[] => {
    const cuts = [x[0]!]
    for (let j = 1; j < K - 1; j++) cuts.push(cuts[j - 1]! + Math.exp(x[j]!) + 1e-6)
    return cuts
  }
  const value = (x: Float64Array): number => {
    const cuts = cutsOf(x)
    const slope = x[K - 1]!
    let sum = slope ** 2 / 18
    covariate.forEach((z, level) => {
      const row = orderedLogit(cuts, slope * z)
      row.forEach((p, j) => {
        sum -= n[level]![j]! * Math.log(Math.max(1e-12, p))
      })
    })
    return sum
  }
  const objective = (x: Float64Array, gradient?: Float64Array): number => {
    const at = value(x)
    if (gradient) {
      const point = Float64Array.from(x)
      for (let i = 0; i < x.length; i++) {
        const step = 1e-5 * Math.max(1, Math.abs(x[i]!))
        point[i] = x[i]! + step
        const above = value(point)
        point[i] = x[i]! - step
        gradient[i] = (above - value(point)) / (2 * step)
        point[i] = x[i]!
      }
    }
    return at
  }
  if (K === 1) return { cuts: [], slope: 0, rows: covariate.map(() => [1]) }
  const start = new Float64Array(K)
  const known = before?.cuts ?? cutsFromShares(n, K)
  start[0] = known[0]!
  for (let j = 1; j < K - 1; j++) start[j] = Math.log(Math.max(1e-3, known[j]! - known[j - 1]!))
  start[K - 1] = before?.slope ?? 0
  const { x } = bfgs(objective, start, { maxIterations: 60, tolerance: 1e-6 })
  const cuts = cutsOf(x)
  const slope = x[K - 1]!
  return { cuts, slope, rows: covariate.map((z) => orderedLogit(cuts, slope * z)) }
}

function cutsFromShares(n: number[][], K: number): number[] {
  const sums = Array.from({ length: K }, (_, j) => n.reduce((sum, row) => sum + row[j]!, 0))
  const total = sums.reduce((sum, count) => sum + count, 0)
  let below = 0
  return Array.from({ length: K - 1 }, (_, j) => {
    below += sums[j]! / total
    const p = Math.min(0.999, Math.max(0.001, below))
    return Math.log(p / (1 - p))
  })
}
