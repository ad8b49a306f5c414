/** What all minimisers share: the objective, the result, and a line search. */
import { dot } from './linear-algebra.ts'

/** A function to minimise; fills `gradient` when one is passed. Non-finite values mean "not here". */
export type Objective = (x: Float64Array, gradient?: Float64Array) => number

export interface Minimum {
  x: Float64Array
  value: number
  /** Largest absolute entry of the gradient at x; NaN where the method uses none. */
  gradientNorm: number
  iterations: number
  evaluations: number
  /** `converged`: the tolerance was met; `stalled`: no lower point could be found; `stopped`: out of iterations. */
  status: 'converged' | 'stalled' | 'stopped'
}

export interface MinimiseOptions {
  /** Converged when the largest absolute gradient entry is at most this; defaults to 1e-8 times max(1, |value|). */
  tolerance?: number
  /** Defaults to 500. */
  maxIterations?: number
}

export function largestEntry(values: Float64Array): number {
  let largest = 0
  for (let i = 0; i < values.length; i++) {
    const size = Math.abs(values[i]!)
    if (!(size <= largest)) largest = size
  }
  return largest
}

/**
 * A step along `direction` that meets the strong Wolfe conditions (Nocedal and Wright 2006, algorithms 3.5 and 3.6) with c1 1e-4 and
 * c2 0.9. Writes the new point and gradient; returns undefined when none is found.
 */
export function lineSearch(
  f: Objective,
  x: Float64Array,
  value: number,
  slope: number,
  direction: Float64Array,
  firstStep: number,
  point: Float64Array,
  gradient: Float64Array,
): { value: number; evaluations: number } | undefined {
  let evaluations = 0
  const at = (step: number): { value: number; slope: number } => {
    for (let i = 0; i < x.length; i++) point[i] = x[i]! + step * direction[i]!
    const next = f(point, gradient)
    evaluations++
    return Number.isFinite(next) ? { value: next, slope: dot(gradient, direction) } : { value: Infinity, slope: Number.NaN }
  }
  let low = { step: 0, value, slope }
  let high: { step: number; value: number; slope: number } | undefined
  let step = firstStep
  while (evaluations < 60) {
    const next = at(step)
    if (!(next.value <= value + 1e-4 * step * slope) || (next.value >= low.value && low.step > 0)) high = { step, ...next }
    else if (Math.abs(next.slope) <= -0.9 * slope) return { value: next.value, evaluations }
    else if (next.slope * (high ? high.step - low.step : 1) >= 0) {
      high = low
      low = { step, ...next }
    } else low = { step, ...next }
    if (!high) {
      step *= 2.5
      if (step > 1e12) break
      continue
    }
    const width = high.step - low.step
    if (Math.abs(width) <= 1e-14 * Math.max(1, Math.abs(low.step))) break
    // Minimum of the parabola through both values and the low end's slope, kept off the ends.
    const bend = high.value - low.value - low.slope * width
    const guess = Number.isFinite(bend) && bend > 0 ? (-low.slope * width) / (2 * bend) : 0.5
    step = low.step + width * Math.min(0.9, Math.max(0.1, guess))
  }
  if (low.step > 0 && low.value < value) {
    const last = at(low.step)
    return { value: last.value, evaluations }
  }
  return undefined
}
