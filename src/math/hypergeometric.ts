/** Gauss's and Tricomi's hypergeometric functions in logs, for the positive cases that value models need. */
import { lbeta, lgamma } from './gamma.ts'
import { logIntegratePeak } from './quadrature.ts'

/**
 * ln 2F1(a, b; c; z) = ln sum_n (a)_n (b)_n / ((c)_n n!) z^n, for z < 1, c > 0 and either c > b > 0, or c > a > 0, or a, b >= 0 <= z.
 *
 * Small z: the series, whose terms are then all positive. Otherwise Euler's integral (Abramowitz and Stegun 15.3.1)
 * B(b, c-b) 2F1 = integral_0^1 t^(b-1) (1-t)^(c-b-1) (1-zt)^-a dt with t = 1/(1+e^-s): one peak, found from a quadratic, and no
 * cancellation, so parameters in the thousands cost no precision.
 *
 * @throws RangeError outside that domain.
 */
export function logHyp2f1(a: number, b: number, c: number, z: number): number {
  if (!(z < 1 && c > 0)) throw new RangeError(`log 2F1 needs z < 1 and c > 0; got z = ${z}, c = ${c}`)
  if (z === 0 || a === 0 || b === 0) return 0
  if (b === c) return -a * Math.log1p(-z)
  if (a === c) return -b * Math.log1p(-z)
  // With b near 0 the integrand falls off ever more slowly (as e^(b s)); 2F1(1, b; c; z) = 1 + (b z / c) 2F1(1, b+1; c+1; z) has no such tail.
  if (a === 1 && b > 0 && b < 0.01 && c > b && z < 0) return Math.log1p(((b * z) / c) * Math.exp(logHyp2f1(1, b + 1, c + 1, z)))
  const positive = z > 0 && a > 0 && b > 0
  if (positive && z <= 0.5 && a < 50 && b < 50) return logSeries(a, b, c, z)
  if (b > 0 && c > b) return logEulerIntegral(a, b, c, z)
  if (a > 0 && c > a) return logEulerIntegral(b, a, c, z)
  if (positive) return logSeries(a, b, c, z)
  throw new RangeError(`log 2F1 is not provided for a = ${a}, b = ${b}, c = ${c}, z = ${z}`)
}

/** The power series with positive terms, rescaled on the way so that it cannot overflow. */
function logSeries(a: number, b: number, c: number, z: number): number {
  let term = 1
  let sum = 1
  let scale = 0
  for (let n = 0; n < 50_000_000; n++) {
    const ratio = (((a + n) * (b + n)) / ((c + n) * (1 + n))) * z
    term *= ratio
    sum += term
    if (ratio < 1 && term * ratio <= 1e-17 * sum * (1 - ratio)) break
    if (sum > 1e250) {
      scale += 250 * Math.LN10
      sum *= 1e-250
      term *= 1e-250
    }
  }
  return scale + Math.log(sum)
}

function logEulerIntegral(a: number, b: number, c: number, z: number): number {
  const d = c - b
  // Setting the derivative in s to zero: b(1-t)(1-zt) - d t(1-zt) + a z t(1-t) = 0, positive at t = 0 and negative at t = 1.
  const square = z * (c - a)
  const linear = a * z - b * z - c
  const root = Math.sqrt(Math.max(0, linear * linear - 4 * square * b))
  // linear is negative where it matters; take the root without cancellation.
  let t = (2 * b) / (-linear + root)
  if (!(t > 0 && t < 1)) t = Math.min(1 - 1e-12, Math.max(1e-300, (-linear + root) / (2 * square)))
  const peak = Math.log(t) - Math.log1p(-t)
  const bend = c * t * (1 - t) - (a * z * t * (1 - t) * (1 - 2 * t + z * t * t)) / (1 - z * t) ** 2
  const width = 1 / Math.sqrt(Math.max(bend, 1e-12, 1e-3 * c * t * (1 - t)))
  const near = 1 - z
  const g = (s: number): number => {
    const e = Math.exp(-Math.abs(s))
    const tail = Math.log1p(e)
    const logT = s < 0 ? s - tail : -tail
    const logRest = s < 0 ? -tail : -s - tail
    // 1 - zt = (1 - t) + (1 - z) t, which keeps its digits when z and t are both near 1.
    const rest = s < 0 ? 1 / (1 + e) : e / (1 + e)
    const share = s < 0 ? e / (1 + e) : 1 / (1 + e)
    return b * logT + d * logRest - a * Math.log(rest + near * share)
  }
  return logIntegratePeak(g, peak, width) - lbeta(b, d)
}

/**
 * ln U(a, b, z), Tricomi's confluent hypergeometric function, for a > 0, z > 0:
 * Gamma(a) U = integral_0^inf e^(-zt) t^(a-1) (1+t)^(b-a-1) dt (Abramowitz and Stegun 13.2.5), with t = e^s.
 *
 * @throws RangeError outside that domain.
 */
export function logTricomiU(a: number, b: number, z: number): number {
  if (!(a > 0 && z > 0 && Number.isFinite(b))) throw new RangeError(`log U needs a > 0 and z > 0; got a = ${a}, b = ${b}, z = ${z}`)
  // The peak solves z t^2 - (b - 1 - z) t - a = 0.
  const linear = b - 1 - z
  const root = Math.sqrt(linear * linear + 4 * z * a)
  const t = linear > 0 ? (linear + root) / (2 * z) : (2 * a) / (root - linear)
  const power = b - a - 1
  const bend = z * t - (power * t) / (1 + t) ** 2
  const g = (s: number): number => {
    const u = Math.exp(s)
    return a * s - z * u + power * (s > 0 ? s + Math.log1p(Math.exp(-s)) : Math.log1p(u))
  }
  return logIntegratePeak(g, Math.log(t), 1 / Math.sqrt(Math.max(bend, 1e-3 * z * t, 1e-12))) - lgamma(a)
}
