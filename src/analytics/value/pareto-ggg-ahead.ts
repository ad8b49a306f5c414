/** What a customer with a history does next under Pareto/GGG with given parameters: chances by the grid of the likelihood, purchases by draws. */
import type { Random } from '../../math/random.ts'
import type { ParetoGggParameters } from './pareto-ggg.ts'
import { paretoGggPosterior } from './pareto-ggg-likelihood.ts'

export interface RegularHistory {
  x: number
  tx: number
  T: number
  /** Sum of ln(interval) over the repeat purchases. */
  logIntervals: number
}

export interface Ahead {
  /** P(alive) at T. */
  alive: number
  /** Expected purchases in (T, T + horizon], with the standard error of the draws. */
  expected: number
  error: number
  /** The same, each discounted to T. */
  discounted: number
  /** P(0), P(1), ...: shares of the draws. */
  distribution: Float64Array
  /** Time after T until the next purchase in each draw, rising; Infinity where none comes within the horizon. */
  next: Float64Array
}

/** P(alive) at T. */
export function paretoGggAlive(p: ParetoGggParameters, { x, tx, T, logIntervals }: RegularHistory): number {
  const { share, alive } = paretoGggPosterior(p, x, tx, T, logIntervals)
  return share.reduce((sum, chance, at) => sum + chance * alive[at]!, 0)
}

/**
 * Purchases after T, by draws of the customer's own regularity, rate and time of leaving.
 *
 * @param delta continuous discount rate per unit of time; 0 for none
 */
export function paretoGggAhead(
  random: Random,
  p: ParetoGggParameters,
  history: RegularHistory,
  horizon: number,
  { draws = 4000, delta = 0 }: { draws?: number; delta?: number } = {},
): Ahead {
  const { x, tx, T, logIntervals } = history
  const posterior = paretoGggPosterior(p, x, tx, T, logIntervals)
  const cumulative = new Float64Array(posterior.share.length)
  let sum = 0
  let alive = 0
  posterior.share.forEach((share, at) => {
    sum += share
    alive += share * posterior.alive[at]!
    cumulative[at] = sum
  })
  const counts: number[] = []
  const next = new Float64Array(draws).fill(Infinity)
  let [total, squares, discounted] = [0, 0, 0]
  for (let draw = 0; draw < draws; draw++) {
    const at = firstAbove(cumulative, random.next() * sum)
    let count = 0
    if (random.next() < posterior.alive[at]!) {
      const rate = posterior.k[at]! * posterior.lambda[at]!
      const shape = posterior.k[at]!
      // Leaving given alive at T: Pareto from T on.
      const leave = (p.beta + T) * Math.expm1(random.exponential() / p.s)
      const end = Math.min(horizon, leave)
      // The running interval has outlasted T - tx: draw until it does; when that is nearly impossible the purchase is due now.
      let wait = random.gamma(shape, rate) - (T - tx)
      for (let tries = 0; wait <= 0 && tries < 1000; tries++) wait = random.gamma(shape, rate) - (T - tx)
      if (wait <= 0) wait = random.exponential(rate)
      if (wait <= end) next[draw] = wait
      for (let clock = wait; clock <= end; clock += random.gamma(shape, rate)) {
        count++
        discounted += Math.exp(-delta * clock) / draws
      }
    }
    counts[count] = (counts[count] ?? 0) + 1
    total += count
    squares += count * count
  }
  const expected = total / draws
  return {
    alive,
    expected,
    error: Math.sqrt(Math.max(0, squares / draws - expected * expected) / draws),
    discounted,
    distribution: Float64Array.from({ length: counts.length }, (_, n) => (counts[n] ?? 0) / draws),
    next: next.sort(),
  }
}

function firstAbove(cumulative: Float64Array, value: number): number {
  let [low, high] = [0, cumulative.length - 1]
  while (low < high) {
    const middle = (low + high) >> 1
    if (cumulative[middle]! > value) high = middle
    else low = middle + 1
  }
  return low
}
