/**
 * Indices of the whale curve: profit accumulated over customers from the most to the least profitable.
 *
 * Symbols: pi_(1) >= ... >= pi_(n) profits, w_i how many customers stand behind value i (1, or bootstrap weights), n = sum w,
 * W(x) = profit accumulated over the best x n customers, linear between them; T = W(1); T+ and T- sums of gains and of |losses|.
 */
export interface WhaleIndices {
  customers: number
  total: number
  gains: number
  losses: number
  /** max C; C = W / T. */
  peakRatio: number
  /** Share of customers at the first maximum: those with a gain. */
  peakPosition: number
  /** Area under C. */
  area: number
  /** Area - 1/2. */
  gap: number
  /** gap / area. */
  stobachoff: number
  /** 2 gap: the Gini coefficient with losses kept; exceeds 1 where losses are large. */
  gini: number
  /** Raffinetti et al. (2015): within 0 and 1 whatever the signs. Also where T <= 0. */
  giniNormalised: number
  /** T- / T+. */
  subsidyRatio: number
  shareUnprofitable: number
  /** Share of T from the best q of customers, in the order of `shares`. */
  dependence: number[]
  /** Share of T from the k best customers, in the order of `counts`. */
  vulnerability: number[]
  /** Smallest number of best customers without whom T <= 0. */
  customersToZero: number
}

/** Shares of customers whose contribution to the total is told: the best 1, 5, 10 and 20 %. */
export const shares = [0.01, 0.05, 0.1, 0.2] as const

/** Numbers of best customers whose leaving is told. */
export const counts = [1, 5, 10] as const

/** Whether the total is large enough beside the gains to divide by: T > 0.01 T+. */
export const dividable = (total: number, gains: number): boolean => total > 0.01 * gains

/**
 * All indices in one pass over values sorted from high to low. Ratios to the total are NaN where it is zero, negative or too near zero.
 *
 * @param values profits, descending
 * @param weights customers behind each value; one each when left out
 */
export function whaleIndices(values: Float64Array, weights?: Float64Array): WhaleIndices {
  const weightAt = (i: number): number => (weights ? weights[i]! : 1)
  let n = 0
  let gains = 0
  let losses = 0
  let positive = 0
  let negative = 0
  for (let i = 0; i < values.length; i++) {
    const w = weightAt(i)
    const value = values[i]!
    n += w
    if (value > 0) {
      gains += w * value
      positive += w
    } else if (value < 0) {
      losses -= w * value
      negative += w
    }
  }
  const total = gains - losses
  const cuts = shares.map((share) => share * n)
  const atShares = new Array<number>(shares.length).fill(Number.NaN)
  const atCounts = new Array<number>(counts.length).fill(Number.NaN)
  let nextShare = 0
  let nextCount = 0
  let toZero = Number.NaN
  let passed = 0
  let sum = 0
  // Twice the area under W over customers, by trapezoids; divided by 2 n at the end.
  let doubled = 0
  for (let i = 0; i < values.length; i++) {
    const w = weightAt(i)
    if (w === 0) continue
    const value = values[i]!
    const before = sum
    const end = passed + w
    while (nextShare < cuts.length && cuts[nextShare]! <= end + 1e-9) {
      atShares[nextShare] = before + (cuts[nextShare]! - passed) * value
      nextShare++
    }
    while (nextCount < counts.length && counts[nextCount]! <= end) {
      atCounts[nextCount] = before + (counts[nextCount]! - passed) * value
      nextCount++
    }
    sum = before + w * value
    if (Number.isNaN(toZero) && total > 0 && value > 0 && sum >= total * (1 - 1e-12)) {
      toZero = passed + Math.max(1, Math.ceil((total - before) / value - 1e-9))
    }
    doubled += w * (before + sum)
    passed = end
  }
  const areaOfW = doubled / (2 * n)
  const gapOfW = areaOfW - total / 2
  const ratio = dividable(total, gains) ? (amount: number) => amount / total : () => Number.NaN
  const area = ratio(areaOfW)
  const gap = area - 0.5
  return {
    customers: n,
    total,
    gains,
    losses,
    peakRatio: ratio(gains),
    peakPosition: positive / n,
    area,
    gap,
    stobachoff: gap / area,
    gini: 2 * gap,
    giniNormalised: n > 1 && gains + losses > 0 ? (2 * n * gapOfW) / ((n - 1) * (gains + losses)) : Number.NaN,
    subsidyRatio: gains > 0 ? losses / gains : Number.NaN,
    shareUnprofitable: negative / n,
    dependence: atShares.map(ratio),
    vulnerability: atCounts.map(ratio),
    customersToZero: dividable(total, gains) ? toZero : Number.NaN,
  }
}

/** Points of the curve to keep: every rank up to `limit`, beyond that the first and last `edge` and evenly spaced ones, the peak included. */
export function curveRanks(n: number, peakRank: number, limit = 2000, edge = 100): number[] {
  if (n <= limit) return Array.from({ length: n }, (_, i) => i + 1)
  const ranks = new Set<number>()
  for (let i = 1; i <= edge; i++) ranks.add(i).add(n + 1 - i)
  const inner = limit - 2 * edge - 1
  for (let i = 0; i <= inner; i++) ranks.add(edge + Math.round((i * (n - 2 * edge)) / inner))
  if (peakRank >= 1) ranks.add(Math.min(n, peakRank))
  return [...ranks].filter((rank) => rank >= 1).sort((a, b) => a - b)
}
