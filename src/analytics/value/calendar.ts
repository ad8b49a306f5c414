/**
 * Covariates that change with time, as clocks: where a rate is multiplied by e^(g'z(t)), time runs that much faster,
 *
 *     C(t) = integral_0^t e^(g'z(u)) du,
 *
 * and a process of changing rate is one of constant rate on its own clock. Covariates stay the same within a period, so C is a chain of
 * straight lines ("walks" in Bachmann, Meierer and Naef 2021).
 */

/** Covariates over time, the same for all customers who share the calendar. */
export interface Calendar {
  names: string[]
  /** When each period begins, rising; the last one goes on for ever. Times before the first count as in it. */
  from: Float64Array
  /** One column a covariate: its value in each period. */
  values: Float64Array[]
}

/** The same calendar without the beginnings of periods in which nothing changes. */
export function mergePeriods({ names, from, values }: Calendar): Calendar {
  const kept = [...from.keys()].filter((p) => p === 0 || values.some((column) => column[p] !== column[p - 1]))
  const pick = (column: Float64Array): Float64Array => Float64Array.from(kept, (p) => column[p]!)
  return { names, from: pick(from), values: values.map(pick) }
}

/** A calendar run at given effects: C, its derivatives by the effects, and back. */
export interface Clock {
  /** Period in which t lies. */
  period(t: number): number
  /** How fast the clock runs in a period. */
  speed: Float64Array
  /** C(t); C is 0 where the calendar begins. */
  at(t: number): number
  /** dC/dg_k and d2C/dg_k dg_l at t into `first` (k of them) and `second` (k x k). */
  derivatives(t: number, first: Float64Array, second: Float64Array): void
  /** The time at which the clock shows c. */
  when(c: number): number
}

export function runClock({ from, values }: Calendar, effects: ArrayLike<number>): Clock {
  const [periods, k] = [from.length, values.length]
  const speed = new Float64Array(periods)
  const shown = new Float64Array(periods)
  // Derivatives where each period begins, k and k x k a period.
  const slopes = new Float64Array(periods * k)
  const bends = new Float64Array(periods * k * k)
  for (let p = 0; p < periods; p++) {
    let log = 0
    for (let c = 0; c < k; c++) log += effects[c]! * values[c]![p]!
    speed[p] = Math.exp(log)
    if (p === 0) continue
    const step = (from[p]! - from[p - 1]!) * speed[p - 1]!
    shown[p] = shown[p - 1]! + step
    for (let c = 0; c < k; c++) {
      slopes[p * k + c] = slopes[(p - 1) * k + c]! + step * values[c]![p - 1]!
      for (let d = 0; d < k; d++)
        bends[(p * k + c) * k + d] = bends[((p - 1) * k + c) * k + d]! + step * values[c]![p - 1]! * values[d]![p - 1]!
    }
  }
  const find = (table: Float64Array, value: number): number => {
    let [low, high] = [0, periods - 1]
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (table[middle]! <= value) low = middle
      else high = middle - 1
    }
    return low
  }
  const period = (t: number): number => find(from, t)
  return {
    speed,
    period,
    at(t) {
      const p = period(t)
      return shown[p]! + (t - from[p]!) * speed[p]!
    },
    derivatives(t, first, second) {
      const p = period(t)
      const step = (t - from[p]!) * speed[p]!
      for (let c = 0; c < k; c++) {
        first[c] = slopes[p * k + c]! + step * values[c]![p]!
        for (let d = 0; d < k; d++) second[c * k + d] = bends[(p * k + c) * k + d]! + step * values[c]![p]! * values[d]![p]!
      }
    },
    when(c) {
      const p = find(shown, c)
      return from[p]! + (c - shown[p]!) / speed[p]!
    },
  }
}
