import { groupJackknife } from '../../math/jackknife.ts'
import { type IndexSums, priceIndices } from './price-index.ts'

/** Signs that a product is bought on price alone, each 0 (none) to 1 (full). */
export const signals = ['price_fall', 'not_passed', 'breadth', 'converging', 'switching', 'undifferentiated'] as const
export type Signal = (typeof signals)[number]

/** A product in a segment: its sums by group of customers, and what is known of it besides. */
export interface RadarInput {
  groups: { pocket: IndexSums; list: IndexSums | null; fallen: number; x0: number; xx0: number; x1: number; xx1: number }[]
  customers: number
  /** Share of its customers who are still ours and dropped it; null where it is not known. */
  dropped: number | null
  /** Whether the product list names an equivalent and no feature; null where it says nothing. */
  undifferentiated: boolean | null
}

export interface RadarResult {
  signals: Record<Signal, number | null>
  score: number | null
  low: number | null
  high: number | null
  priceChange: number | null
  priceLow: number | null
  priceHigh: number | null
  verdict: 'commoditising' | 'watch' | 'firm' | 'undecided'
}

/** Customers who bought in both periods, below which nothing is said. */
export const fewestMatched = 5

/** The score from which a product is watched. */
export const watchFrom = 0.4

const clamp = (value: number): number => Math.min(1, Math.max(0, value))

/** Where each signal is full: a fall of 10 %, half of the spread gone, half of the customers gone. */
const full = { fall: 0.1, spread: 0.5, dropped: 0.5 }

function signalsOf(sums: Float64Array, input: RadarInput): Record<Signal, number | null> {
  const [pocket, list] = [priceIndices(at(sums, 0)), priceIndices(at(sums, 6))]
  const [fallen, x0, xx0, x1, xx1] = sums.slice(12)
  const change = pocket ? pocket.fisher - 1 : null
  const listed = list ? list.fisher - 1 : null
  const spread = (x: number, xx: number, weight: number) => (weight > 0 ? Math.sqrt(Math.max(0, xx / weight - (x / weight) ** 2)) : 0)
  const [before, now] = [spread(x0!, xx0!, sums[6]!), spread(x1!, xx1!, sums[7]!)]
  return {
    price_fall: change === null ? null : clamp(-change / full.fall),
    // Only a rise of list prices can fail to be passed on; below 1 % the ratio says nothing.
    not_passed: change === null || listed === null || listed < 0.01 ? null : clamp(1 - change / listed),
    breadth: sums[1]! > 0 ? clamp(fallen! / sums[1]!) : null,
    converging: list && before > 0.005 ? clamp((1 - now / before) / full.spread) : null,
    switching: input.dropped === null ? null : clamp(input.dropped / full.dropped),
    undifferentiated: input.undifferentiated === null ? null : input.undifferentiated ? 1 : 0,
  }
}

const at = (sums: Float64Array, from: number): IndexSums => ({
  m0: sums[from]!,
  m1: sums[from + 1]!,
  old: sums[from + 2]!,
  new: sums[from + 3]!,
  t0: sums[from + 4]!,
  t1: sums[from + 5]!,
})

const none: IndexSums = { m0: 0, m1: 0, old: 0, new: 0, t0: 0, t1: 0 }
const six = ({ m0, m1, old, new: later, t0, t1 }: IndexSums) => [m0, m1, old, later, t0, t1]

/** Score with its interval, by leaving out one group of customers at a time, and what may be said of it. */
export function judgeProduct(input: RadarInput, weights: Record<Signal, number>): RadarResult {
  const groups = input.groups.map(({ pocket, list, fallen, x0, xx0, x1, xx1 }) =>
    Float64Array.from([...six(pocket), ...six(list ?? none), fallen, x0, xx0, x1, xx1]),
  )
  const score = (sums: Float64Array): number => {
    const found = signalsOf(sums, input)
    let [sum, weight] = [0, 0]
    for (const signal of signals) {
      const value = found[signal]
      if (value === null) continue
      sum += weights[signal] * value
      weight += weights[signal]
    }
    return weight > 0 ? sum / weight : Number.NaN
  }
  const totals = new Float64Array(17)
  for (const group of groups)
    group.forEach((value, i) => {
      totals[i]! += value
    })
  const found = signalsOf(totals, input)
  if (input.customers < fewestMatched) {
    return { signals: found, score: null, low: null, high: null, priceChange: null, priceLow: null, priceHigh: null, verdict: 'undecided' }
  }
  const told = groupJackknife(groups, score)
  const price = groupJackknife(groups, (sums) => (priceIndices(at(sums, 0))?.fisher ?? Number.NaN) - 1)
  const finite = (value: number): number | null => (Number.isFinite(value) ? value : null)
  const [low, high] = [finite(told.low), finite(told.high)]
  const verdict =
    low === null || high === null
      ? 'undecided'
      : low > watchFrom && price.high < 0
        ? 'commoditising'
        : told.value > watchFrom
          ? 'watch'
          : high < watchFrom
            ? 'firm'
            : 'undecided'
  return {
    signals: found,
    score: finite(told.value),
    low: low === null ? null : clamp(low),
    high: high === null ? null : clamp(high),
    priceChange: finite(price.value),
    priceLow: finite(price.low),
    priceHigh: finite(price.high),
    verdict,
  }
}
