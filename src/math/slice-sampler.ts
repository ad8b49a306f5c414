/** Slice sampling. */
import type { Random } from './random.ts'

/**
 * One draw from the density proportional to exp(logDensity), starting at x, by stepping out and shrinking (Neal 2003, figures 3 and 5).
 *
 * @param width guess at the scale of the density; any value works, a good one is faster
 * @returns the next point of the chain; where logDensity is -Infinity or NaN it is never taken
 */
export function sliceSample(random: Random, logDensity: (x: number) => number, x: number, width = 1): number {
  const level = logDensity(x) - random.exponential()
  if (Number.isNaN(level)) throw new RangeError(`the density is not defined at the chain's point ${x}`)
  let low = x - width * random.next()
  let high = low + width
  for (let i = 0; i < 100 && logDensity(low) > level; i++) low -= width
  for (let i = 0; i < 100 && logDensity(high) > level; i++) high += width
  for (let i = 0; i < 1000; i++) {
    const next = low + (high - low) * random.next()
    if (logDensity(next) > level) return next
    if (next < x) low = next
    else high = next
  }
  return x
}
