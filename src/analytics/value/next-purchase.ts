/** When the next purchase comes, for every model that tells the chance of none within a time. */
import type { HistoryModel } from './history-model.ts'

/** P(no purchase within t) of a customer: any model's distribution at 0. */
export type Silence = (t: number) => number

/** Chance of no purchase within t of a customer with a history under a model with parameters. */
export function silenceOf<P>(model: HistoryModel<P>, parameters: P, history: { x: number; tx: number; T: number }): Silence {
  return (t) => model.distribution(parameters, t, 0, history)[0]!
}

/**
 * Time within which the next purchase has come with chance p: the p-quantile of the wait. Infinity where the customer may never buy again
 * with a chance of 1 - p or more (the wait beyond `longest` counts as never).
 *
 * @param longest defaults to 1e5 units of time
 */
export function nextPurchaseWithin(silence: Silence, p: number, longest = 1e5): number {
  if (!(p > 0 && p < 1)) throw new RangeError(`a chance must lie between 0 and 1; got ${p}`)
  if (1 - silence(longest) < p) return Infinity
  let [low, high] = [0, 1]
  while (1 - silence(high) < p) {
    low = high
    high *= 2
  }
  for (let round = 0; round < 80 && high - low > 1e-9 * high; round++) {
    const middle = (low + high) / 2
    if (1 - silence(middle) < p) low = middle
    else high = middle
  }
  return high
}
