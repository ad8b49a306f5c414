/** Student's t distribution. */
import { betaI } from './incomplete.ts'
import { normalQuantile } from './normal.ts'

/** P(T <= t) with `freedom` degrees of freedom (any positive number). */
export function studentCdf(t: number, freedom: number): number {
  if (!(freedom > 0)) throw new RangeError(`degrees of freedom must be positive; got ${freedom}`)
  const square = t * t
  // Half of P(|T| > |t|) = I_{v/(v+t^2)}(v/2, 1/2), with the complement passed to keep small t exact.
  const tail = 0.5 * betaI(freedom / 2, 0.5, freedom / (freedom + square), square / (freedom + square))
  return t > 0 ? 1 - tail : tail
}

/** u > 0 with P(T < -u) = p for p below one half, by bisection in the logarithm of u. */
function tailQuantile(p: number, freedom: number): number {
  let low = 1e-300
  let high = Math.max(1, -normalQuantile(p))
  while (studentCdf(-high, freedom) > p && high < 1e300) high *= 4
  for (let round = 0; round < 300; round++) {
    const middle = high / low > 4 ? Math.sqrt(low) * Math.sqrt(high) : (low + high) / 2
    if (middle <= low || middle >= high) break
    if (studentCdf(-middle, freedom) > p) low = middle
    else high = middle
  }
  return (low + high) / 2
}

/** t with P(T <= t) = p. 0 and 1 give the infinities. */
export function studentQuantile(p: number, freedom: number): number {
  if (!(p >= 0 && p <= 1)) throw new RangeError(`a probability must be between 0 and 1; got ${p}`)
  if (!(freedom > 0)) throw new RangeError(`degrees of freedom must be positive; got ${freedom}`)
  if (p === 0.5) return 0
  if (p === 0 || p === 1) return p === 0 ? -Infinity : Infinity
  return p < 0.5 ? -tailQuantile(p, freedom) : tailQuantile(1 - p, freedom)
}
