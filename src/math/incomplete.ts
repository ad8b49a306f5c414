/** The regularised incomplete gamma and beta functions: distribution functions of gamma, Poisson, beta, binomial and t. */
import { lbeta, lgamma, stirlingRemainder } from './gamma.ts'

const tiny = 1e-300

/** ln(1 + u) - u without cancellation for small u. */
function log1pMinus(u: number): number {
  if (Math.abs(u) > 0.3) return Math.log1p(u) - u
  // 2 atanh(v) - u with v = u / (2 + u): 2v - u = -v u, and the rest is v's odd powers.
  const v = u / (2 + u)
  const w = v * v
  let power = v * w
  let sum = 0
  for (let k = 3; Math.abs(power) > 1e-18 * Math.abs(u * v); k += 2) {
    sum += power / k
    power *= w
  }
  return 2 * sum - v * u
}

/** ln [x^a e^-x / Gamma(a + 1)], exact also where a and x are large and close (Loader 2000). */
function logPoissonTerm(a: number, x: number): number {
  if (a < 8) return a * Math.log(x) - x - lgamma(a + 1)
  return a * log1pMinus((x - a) / a) - 0.5 * Math.log(2 * Math.PI * a) - stirlingRemainder(a)
}

function gammaPair(a: number, x: number): [lower: number, upper: number] {
  if (!(a > 0 && x >= 0)) throw new RangeError(`the incomplete gamma function needs a > 0 and x >= 0; got ${a}, ${x}`)
  if (x === 0) return [0, 1]
  if (x === Infinity) return [1, 0]
  const front = Math.exp(logPoissonTerm(a, x))
  if (x < a + 1) {
    const lower = front * lowerSeries(a, x)
    return [lower, 1 - lower]
  }
  const upper = front * a * upperFraction(a, x)
  return [1 - upper, upper]
}

/** ln Q(a, x), also where Q itself underflows. A looser `tolerance` (relative, of Q; defaults to 1e-16) takes fewer terms. */
export function logGammaQ(a: number, x: number, tolerance = 1e-16): number {
  if (!(a > 0 && x >= 0)) throw new RangeError(`the incomplete gamma function needs a > 0 and x >= 0; got ${a}, ${x}`)
  if (x === 0) return 0
  if (x < a + 1) return Math.log1p(-Math.exp(logPoissonTerm(a, x)) * lowerSeries(a, x, tolerance))
  return logPoissonTerm(a, x) + Math.log(a * upperFraction(a, x, tolerance))
}

/** P(a, x) over its leading term x^a e^-x / Gamma(a+1): 1 + x/(a+1) + x^2/((a+1)(a+2)) + ... */
function lowerSeries(a: number, x: number, tolerance = 1e-17): number {
  let term = 1
  let sum = 1
  for (let n = 1; term > tolerance * sum; n++) {
    term *= x / (a + n)
    sum += term
  }
  return sum
}

function upperFraction(a: number, x: number, tolerance = 1e-16): number {
  // Lentz's algorithm on the continued fraction of Abramowitz and Stegun 6.5.31.
  let b = x + 1 - a
  let c = 1 / tiny
  let d = 1 / b
  let h = d
  for (let i = 1; i < 1_000_000; i++) {
    const an = -i * (i - a)
    b += 2
    d = an * d + b
    d = 1 / (Math.abs(d) < tiny ? tiny : d)
    c = b + an / c
    if (Math.abs(c) < tiny) c = tiny
    const delta = d * c
    h *= delta
    if (Math.abs(delta - 1) <= tolerance) break
  }
  return h
}

/** P(a, x) = P(Gamma(shape a, rate 1) <= x), a > 0, x >= 0. */
export function gammaP(a: number, x: number): number {
  return gammaPair(a, x)[0]
}

/** Q(a, x) = 1 - P(a, x), precise in the upper tail; also P(Poisson(x) < a) for whole a. */
export function gammaQ(a: number, x: number): number {
  return gammaPair(a, x)[1]
}

/** ln [x^a (1-x)^b / B(a, b)] in deviations from the mode, so that it stays exact for a, b in the thousands. */
function logBetaTerm(a: number, b: number, x: number, y: number): number {
  if (a < 8 || b < 8) return a * Math.log(x) + b * Math.log(y) - lbeta(a, b)
  const n = a + b
  const spread = 0.5 * Math.log((a * b) / (2 * Math.PI * n))
  const shift = x < y ? x - a / n : b / n - y
  const deviation = (power: number, share: number, offset: number): number =>
    share < 0.5 ? power * (Math.log(share) + 1 - share) : power * log1pMinus(offset)
  const first = deviation(a, (x * n) / a, (shift * n) / a)
  const second = deviation(b, (y * n) / b, (-shift * n) / b)
  return first + second + spread - stirlingRemainder(a) - stirlingRemainder(b) + stirlingRemainder(n)
}

/** The continued fraction of Numerical Recipes 6.4 / DLMF 8.17.22 for I_x(a, b) a B(a,b) / (x^a (1-x)^b). */
function betaFraction(a: number, b: number, x: number): number {
  let c = 1
  let d = 1 - ((a + b) * x) / (a + 1)
  d = 1 / (Math.abs(d) < tiny ? tiny : d)
  let h = d
  for (let m = 1; m < 1_000_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    d = 1 + even * d
    d = 1 / (Math.abs(d) < tiny ? tiny : d)
    c = 1 + even / c
    if (Math.abs(c) < tiny) c = tiny
    h *= d * c
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
    d = 1 + odd * d
    d = 1 / (Math.abs(d) < tiny ? tiny : d)
    c = 1 + odd / c
    if (Math.abs(c) < tiny) c = tiny
    const delta = d * c
    h *= delta
    if (Math.abs(delta - 1) < 2e-16) break
  }
  return h
}

/**
 * I_x(a, b) = P(Beta(a, b) <= x), a, b > 0, 0 <= x <= 1. Pass the complement `y = 1 - x` when it is known more exactly.
 *
 * @throws RangeError outside that domain.
 */
export function betaI(a: number, b: number, x: number, y = 1 - x): number {
  if (!(a > 0 && b > 0 && x >= 0 && x <= 1))
    throw new RangeError(`the incomplete beta function needs a, b > 0 and 0 <= x <= 1; got ${a}, ${b}, ${x}`)
  if (x === 0) return 0
  if (y === 0) return 1
  const front = Math.exp(logBetaTerm(a, b, x, y))
  return x < (a + 1) / (a + b + 2) ? (front * betaFraction(a, b, x)) / a : 1 - (front * betaFraction(b, a, y)) / b
}

/** 1 - I_x(a, b), precise in the upper tail. */
function betaIUpper(a: number, b: number, x: number): number {
  return betaI(b, a, 1 - x, x)
}

/**
 * x with P(increasing <= x) = p between `low` and `high`, by bisection on a function given as (lower, upper) tails.
 * The smaller tail is compared, so both ends keep their relative precision.
 */
function invert(tails: (x: number) => [number, number], p: number, low: number, high: number): number {
  let from = low
  let to = high
  for (let round = 0; round < 200; round++) {
    // Halve in the ratio when both are positive and far apart: quantiles may be 1e-200.
    const middle = from > 0 && to / from > 4 ? Math.sqrt(from) * Math.sqrt(to) : (from + to) / 2
    if (middle <= from || middle >= to) break
    const [lower, upper] = tails(middle)
    if (p <= 0.5 ? lower < p : upper > 1 - p) from = middle
    else to = middle
  }
  return (from + to) / 2
}

/** x with P(a, x) = p: the quantile of Gamma(shape a, rate 1). */
export function gammaQuantile(a: number, p: number): number {
  if (!(p >= 0 && p <= 1)) throw new RangeError(`a probability must be between 0 and 1; got ${p}`)
  if (p === 0) return 0
  if (p === 1) return Infinity
  let high = a + 10 * Math.sqrt(a) + 10
  while (gammaQ(a, high) > 1 - p && 1 - p > 0) high *= 2
  return invert((x) => gammaPair(a, x), p, 1e-300, high)
}

/** x with I_x(a, b) = p: the quantile of Beta(a, b). */
export function betaQuantile(a: number, b: number, p: number): number {
  if (!(p >= 0 && p <= 1)) throw new RangeError(`a probability must be between 0 and 1; got ${p}`)
  if (p === 0 || p === 1) return p
  return invert((x) => [betaI(a, b, x), betaIUpper(a, b, x)], p, 1e-300, 1)
}
