/**
 * Discounted expected purchases of an active customer of BG/NBD or MBG/NBD, fast enough for every customer.
 *
 * Given lambda and p an active customer's discounted purchases are lambda / (lambda p + delta). Over p ~ Beta(a, B) that is
 *
 *     g(lambda) = (lambda / delta) 2F1(1, a; a + B; -lambda / delta),
 *
 * which depends on the history through B = b + x + z alone: ln g is kept as a Chebyshev series in ln(lambda / delta) - ln(1 + B), one for each B, and each
 * history then costs one integral over lambda ~ Gamma(r + x, alpha + T), by the trapezoid rule in ln lambda.
 */
import { lgamma } from '../../math/gamma.ts'
import { logHyp2f1 } from '../../math/hypergeometric.ts'

const terms = 72
const lowest = -10
const highest = 9

/** Answers g integrated over Gamma(R, rate) for a chance to leave of Beta(a, B); keeps the series it has made. */
export function createActiveDert(a: number, delta: number): (R: number, rate: number, B: number) => number {
  const seriesOf = new Map<number, Float64Array>()
  return (R, rate, B) => {
    let series = seriesOf.get(B)
    if (!series) {
      // g bends where lambda p is about delta, and p is about a / B.
      series = chebyshev((v) => v + logHyp2f1(1, a, a + B, -Math.exp(v + Math.log1p(B))))
      seriesOf.set(B, series)
    }
    // e^(R s - rate e^s) peaks at ln(R / rate); g adds up to one power of lambda.
    const shift = Math.log(delta) + Math.log1p(B)
    const norm = R * Math.log(rate) - lgamma(R)
    const step = Math.min(0.4, 0.6 / Math.sqrt(R))
    const peak = Math.log((R + 0.5) / rate)
    const at = (s: number): number => Math.exp(norm + R * s - rate * Math.exp(s) + logG(series, s - shift) + Math.log1p(B))
    let total = at(peak)
    for (const direction of [-step, step]) {
      for (let k = 1; k < 5000; k++) {
        const term = at(peak + k * direction)
        total += term
        if (term <= 1e-13 * total) break
      }
    }
    return total * step
  }
}

/** Coefficients of f on [lowest, highest]. */
function chebyshev(f: (v: number) => number): Float64Array {
  const values = Float64Array.from({ length: terms }, (_, j) => {
    const node = Math.cos((Math.PI * (j + 0.5)) / terms)
    return f((lowest + highest) / 2 + ((highest - lowest) / 2) * node)
  })
  return Float64Array.from({ length: terms }, (_, k) => {
    let sum = 0
    for (let j = 0; j < terms; j++) sum += values[j]! * Math.cos((Math.PI * k * (j + 0.5)) / terms)
    return ((k === 0 ? 1 : 2) * sum) / terms
  })
}

/** ln g by Clenshaw's rule; beyond the range it is a straight line. */
function logG(series: Float64Array, v: number): number {
  if (v < lowest) return logG(series, lowest) + (v - lowest)
  if (v > highest) return logG(series, highest) + (v - highest) * (logG(series, highest) - logG(series, highest - 1))
  const node = (2 * v - lowest - highest) / (highest - lowest)
  let next = 0
  let after = 0
  for (let k = terms - 1; k > 0; k--) {
    const now = 2 * node * next - after + series[k]!
    after = next
    next = now
  }
  return node * next - after + series[0]!
}
