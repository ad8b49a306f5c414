import { solve } from '../../math/linear-algebra.ts'
import { AppError } from '../../shared/errors.ts'

/** What pools do for one another: `share` of the work of `from` goes to `to`. */
export interface ServiceFlow {
  from: string
  to: string
  /** 0 to 1. */
  share: number
}

/**
 * The cost of each pool after service pools have been charged to those they serve (reciprocal method).
 *
 *   x = b + S' x,  so  (I - S') x = b
 *
 * b direct cost of a pool, S_ij the part of pool i's work that pool j uses, x the full cost before it is passed on. A pool keeps x_i (1 - sum_j S_ij):
 * operating pools pass nothing on and keep all, pure service pools keep nothing. The kept amounts add up to the direct cost.
 *
 * @param direct direct cost by pool, in any unit of money
 * @returns by pool: `full` (x) and `kept` (what is left for cost objects)
 * @throws AppError `service-flow` for unknown pools, shares outside 0..1, more than 1 passed on, or circles that pass everything on
 */
export function reciprocalPools(
  direct: Readonly<Record<string, number>>,
  flows: readonly ServiceFlow[],
): { full: Record<string, number>; kept: Record<string, number> } {
  const pools = Object.keys(direct)
  const n = pools.length
  const index = new Map(pools.map((pool, i) => [pool, i]))
  const matrix = new Float64Array(n * n)
  const passed = new Float64Array(n)
  for (let i = 0; i < n; i++) matrix[i * n + i] = 1
  for (const { from, to, share } of flows) {
    const [i, j] = [index.get(from), index.get(to)]
    if (i === undefined || j === undefined)
      throw wrong(`the flow ${from} to ${to} names the pool ${i === undefined ? from : to}, which has no cost`)
    if (!(share >= 0 && share <= 1)) throw wrong(`the share of ${from} for ${to} must lie between 0 and 1; got ${share}`)
    matrix[j * n + i] -= share
    passed[i] += share
  }
  for (let i = 0; i < n; i++) if (passed[i] > 1 + 1e-9) throw wrong(`${pools[i]} passes on ${passed[i]} of its work; at most 1 is possible`)
  let full: Float64Array
  try {
    full = solve(
      matrix,
      n,
      Float64Array.from(pools, (pool) => direct[pool]),
    )
  } catch (error) {
    throw wrong('service pools pass all their work round in a circle and none of it to an operating pool', error)
  }
  if (!full.every((cost) => Number.isFinite(cost)))
    throw wrong('service pools pass all their work round in a circle and none of it to an operating pool')
  return {
    full: Object.fromEntries(pools.map((pool, i) => [pool, full[i]])),
    kept: Object.fromEntries(pools.map((pool, i) => [pool, full[i] * Math.max(0, 1 - passed[i])])),
  }
}

function wrong(message: string, cause?: unknown): AppError {
  return new AppError('service-flow', message, { hint: 'mend the table service_flow', ...(cause === undefined ? {} : { cause }) })
}
