/** Basic statistics on number arrays: means, quantiles, ranks, correlation, the binomial test and bootstrap weights. */
import { lgamma } from './gamma.ts'
import type { Random } from './random.ts'

export { normalQuantile } from './normal.ts'

type Numbers = ArrayLike<number>

/** Sum with Neumaier's compensation: the error does not grow with the number of terms. */
export function sum(values: Numbers): number {
  let total = 0
  let lost = 0
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!
    const next = total + value
    lost += Math.abs(total) >= Math.abs(value) ? total - next + value : value - next + total
    total = next
  }
  return total + lost
}

/** Arithmetic mean; with weights, sum(w v) / sum(w). NaN for no values. */
export function mean(values: Numbers, weights?: Numbers): number {
  if (!weights) return sum(values) / values.length
  const products = Float64Array.from({ length: values.length }, (_, i) => values[i]! * weights[i]!)
  return sum(products) / sum(weights)
}

/** Sample variance with n - 1 below the line, in two passes. NaN for fewer than two values. */
export function variance(values: Numbers): number {
  const centre = mean(values)
  let squares = 0
  let drift = 0
  for (let i = 0; i < values.length; i++) {
    const d = values[i]! - centre
    squares += d * d
    drift += d
  }
  return values.length < 2 ? Number.NaN : (squares - (drift * drift) / values.length) / (values.length - 1)
}

/** Sample standard deviation, n - 1 below the line. */
export function standardDeviation(values: Numbers): number {
  return Math.sqrt(variance(values))
}

/**
 * Quantile of type 7 (Hyndman and Fan 1996; the default of R, NumPy and spreadsheets): linear between order statistics at
 * 1 + (n - 1) p. Several probabilities sort once. The values need not be sorted and are left as they are.
 *
 * @throws RangeError for no values, or p outside [0, 1].
 */
export function quantile(values: Numbers, p: number): number
export function quantile(values: Numbers, p: readonly number[]): number[]
export function quantile(values: Numbers, p: number | readonly number[]): number | number[] {
  if (values.length === 0) throw new RangeError('a quantile needs at least one value')
  const sorted = Float64Array.from(values).sort()
  const one = (probability: number): number => {
    if (!(probability >= 0 && probability <= 1)) throw new RangeError(`a probability must be between 0 and 1; got ${probability}`)
    const place = (sorted.length - 1) * probability
    const below = Math.floor(place)
    const low = sorted[below]!
    return below + 1 < sorted.length ? low + (place - below) * (sorted[below + 1]! - low) : low
  }
  return typeof p === 'number' ? one(p) : p.map(one)
}

/** Median, the quantile at 1/2. */
export function median(values: Numbers): number {
  return quantile(values, 0.5)
}

/** Ranks from 1; ties share the mean of their ranks. */
export function ranks(values: Numbers): Float64Array {
  const order = Uint32Array.from({ length: values.length }, (_, i) => i).sort((i, j) => values[i]! - values[j]!)
  const result = new Float64Array(values.length)
  for (let start = 0; start < order.length; ) {
    let end = start + 1
    while (end < order.length && values[order[end]!] === values[order[start]!]) end++
    for (let k = start; k < end; k++) result[order[k]!] = (start + 1 + end) / 2
    start = end
  }
  return result
}

/** Pearson's correlation; NaN when either side does not vary. */
export function pearson(first: Numbers, second: Numbers): number {
  if (first.length !== second.length) throw new RangeError(`correlation needs equal lengths; got ${first.length} and ${second.length}`)
  const a = mean(first)
  const b = mean(second)
  let ab = 0
  let aa = 0
  let bb = 0
  for (let i = 0; i < first.length; i++) {
    const x = first[i]! - a
    const y = second[i]! - b
    ab += x * y
    aa += x * x
    bb += y * y
  }
  return Math.max(-1, Math.min(1, ab / Math.sqrt(aa * bb)))
}

/** Spearman's rank correlation: Pearson's on ranks, ties sharing the mean rank. */
export function spearman(first: Numbers, second: Numbers): number {
  return pearson(ranks(first), ranks(second))
}

/** ln P(K = k) for K ~ Binomial(n, p). */
function logBinomialPmf(k: number, n: number, p: number): number {
  if (p === 0 || p === 1) return k === n * p ? 0 : -Infinity
  return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) + k * Math.log(p) + (n - k) * Math.log1p(-p)
}

/**
 * Two-sided exact binomial test: the chance, when each of n trials succeeds with chance p, of a count no likelier than the one seen
 * (the rule of R's binom.test). One pass over n + 1 counts.
 *
 * @throws RangeError when successes, n or p make no sense.
 */
export function binomialTest(successes: number, n: number, p = 0.5): number {
  if (!(Number.isInteger(successes) && Number.isInteger(n) && successes >= 0 && successes <= n && p >= 0 && p <= 1))
    throw new RangeError(`the binomial test needs 0 <= successes <= n and 0 <= p <= 1; got ${successes}, ${n}, ${p}`)
  const seen = logBinomialPmf(successes, n, p) + 1e-7
  let chance = 0
  for (let k = 0; k <= n; k++) {
    const log = logBinomialPmf(k, n, p)
    if (log <= seen) chance += Math.exp(log)
  }
  return Math.min(1, chance)
}

/**
 * Bootstrap weights for n cells, each standing for `counts[i]` customers (one if left out): how often each cell's customers are drawn.
 * `poisson` draws cells independently (fits streams and any size), `multinomial` keeps the total exact.
 */
export function bootstrapWeights(
  random: Random,
  counts: number | Numbers,
  scheme: 'poisson' | 'multinomial' = 'poisson',
  into?: Float64Array,
): Float64Array {
  const size = typeof counts === 'number' ? counts : counts.length
  const countAt = (i: number): number => (typeof counts === 'number' ? 1 : counts[i]!)
  const weights = into ?? new Float64Array(size)
  if (scheme === 'poisson') {
    for (let i = 0; i < size; i++) weights[i] = random.poisson(countAt(i))
    return weights
  }
  let total = 0
  for (let i = 0; i < size; i++) total += countAt(i)
  let drawsLeft = Math.round(total)
  for (let i = 0; i < size; i++) {
    const count = countAt(i)
    const chance = total > 0 ? Math.min(1, count / total) : 1
    weights[i] = i === size - 1 ? drawsLeft : random.binomial(drawsLeft, chance)
    drawsLeft -= weights[i]!
    total -= count
  }
  return weights
}
