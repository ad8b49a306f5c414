import type { Row } from '../../warehouse/port.ts'
import type { Extremity, SizeCorrelation } from './big-customers.ts'
import type { Interval } from './bootstrap.ts'
import { type RevenueConcentration, ratioCounts } from './revenue-concentration.ts'
import { counts, shares, type WhaleIndices } from './whale.ts'

/** What the indices are of: contribution, or net revenue where no cost is known. */
export type Measure = 'contribution' | 'net revenue'

/** Fewer customers than this carry no statement about how profit is spread. */
export const fewestCustomers = 10

export interface Findable {
  measure: Measure
  /** Profit measure over revenue, all identified customers together. */
  margin: number
  whale: WhaleIndices
  revenue: RevenueConcentration
  /** In the order of `bootstrapped` of the whale and of the revenue indices. */
  intervals: { whale: (Interval | null)[]; revenue: (Interval | null)[] }
  size: SizeCorrelation | null
  extremes: Extremity | null
}

/** The whale indices that have a bootstrap interval, always in this order. */
export const bootstrapped = (w: WhaleIndices): number[] => [
  w.peakRatio,
  w.peakPosition,
  w.area,
  w.gap,
  w.stobachoff,
  w.gini,
  w.giniNormalised,
  w.subsidyRatio,
  w.shareUnprofitable,
  ...w.dependence,
  ...w.vulnerability,
  w.customersToZero,
]

/** The same of revenue. */
export const bootstrappedRevenue = (r: RevenueConcentration): number[] => [r.hhi, r.effectiveNumber, ...r.ratios]

interface Entry {
  index: string
  group: string
  title: string
  unit: string
  formula: string
  meaning: string
}

const percent = (share: number) => `${Math.round(share * 100)} %`

const profitEntries = (m: Measure): Entry[] => [
  {
    index: 'peak_ratio',
    group: 'profit',
    title: 'Peak of the whale curve',
    unit: 'ratio',
    formula: 'P = max C(k), C(k) = W(k) / T',
    meaning: `The ${m} of all customers that bring any, as a multiple of the total: what is above 1 is lost on the others again.`,
  },
  {
    index: 'peak_position',
    group: 'profit',
    title: m === 'contribution' ? 'Share of profitable customers' : 'Share of customers with revenue',
    unit: 'ratio',
    formula: 'x* = customers with a gain / customers',
    meaning: `Where the curve peaks: the share of customers whose ${m} is above zero.`,
  },
  {
    index: 'area',
    group: 'profit',
    title: 'Area under the curve',
    unit: 'index',
    formula: 'A = area under C over the share of customers, by trapezoids',
    meaning: 'One half if all customers brought the same; the more, the more the best ones stand out.',
  },
  {
    index: 'gap',
    group: 'profit',
    title: 'Gap to even spread',
    unit: 'index',
    formula: 'A - 1/2',
    meaning: 'Area between the curve and the diagonal of even spread.',
  },
  {
    index: 'stobachoff_index',
    group: 'profit',
    title: 'Stobachoff index',
    unit: 'index',
    formula: '(A - 1/2) / A',
    meaning:
      '0 when all customers bring the same, towards 1 the more unevenly it is spread. Compare only portfolios with the same cost layers.',
  },
  {
    index: 'gini',
    group: 'profit',
    title: 'Gini coefficient, losses kept',
    unit: 'index',
    formula: 'G = 2 (A - 1/2)',
    meaning: '0 when all bring the same; exceeds 1 when losses are large.',
  },
  {
    index: 'gini_normalised',
    group: 'profit',
    title: 'Gini coefficient, normalised',
    unit: 'index',
    formula: 'G* = sum |pi_i - pi_j| / (2 (n - 1) (T+ + T-))  (Raffinetti et al. 2015)',
    meaning: 'Between 0 and 1 whatever the signs, so that portfolios with and without losses can be compared.',
  },
  {
    index: 'subsidy_ratio',
    group: 'profit',
    title: 'Subsidy ratio',
    unit: 'ratio',
    formula: 'T- / T+ = (P - 1) / P',
    meaning: `Share of what the good customers bring that ${m === 'contribution' ? 'loss makers eat up' : 'customers with more returns than sales take back'}.`,
  },
  {
    index: 'share_unprofitable',
    group: 'profit',
    title: m === 'contribution' ? 'Share of loss makers' : 'Share with negative revenue',
    unit: 'ratio',
    formula: 'customers below zero / customers',
    meaning: `Share of customers whose ${m} is negative.`,
  },
  ...shares.map((share) => ({
    index: `top_${Math.round(share * 100)}`,
    group: 'dependence',
    title: `Brought by the best ${percent(share)}`,
    unit: 'ratio',
    formula: `D = W(${percent(share)} of n) / T`,
    meaning: `Share of the total ${m} that the best ${percent(share)} of customers bring; above 1 when others lose it again.`,
  })),
  ...counts.map((count) => ({
    index: `vulnerability_${count}`,
    group: 'vulnerability',
    title: count === 1 ? 'Lost with the best customer' : `Lost with the ${count} best customers`,
    unit: 'ratio',
    formula: `VF = W(${count}) / T`,
    meaning: `Share of the total ${m} that goes if ${count === 1 ? 'the best customer leaves' : `the ${count} best customers leave`} and no cost is saved.`,
  })),
  {
    index: 'customers_to_zero',
    group: 'vulnerability',
    title: 'Customers that carry all',
    unit: 'customers',
    formula: 'smallest k with W(k) >= T',
    meaning: `Without this many best customers the rest together bring no ${m}.`,
  },
]

const revenueEntries: Entry[] = [
  {
    index: 'hhi',
    group: 'revenue',
    title: 'Herfindahl-Hirschman index',
    unit: 'index',
    formula: 'HHI = sum of squared shares of revenue',
    meaning: '1/n when all customers are of one size, 1 when one has all.',
  },
  {
    index: 'effective_number',
    group: 'revenue',
    title: 'Effective number of customers',
    unit: 'customers',
    formula: '1 / HHI',
    meaning: 'As many customers of one size would be as concentrated.',
  },
  ...ratioCounts.map((count) => ({
    index: `concentration_ratio_${count}`,
    group: 'revenue',
    title: count === 1 ? 'Revenue of the largest' : `Revenue of the ${count} largest`,
    unit: 'ratio',
    formula: `CR = revenue of the ${count} largest / revenue of all with revenue above zero`,
    meaning: `Share of revenue from ${count === 1 ? 'the largest customer' : `the ${count} largest customers`}.`,
  })),
]

const bootstrapText = '90 % bootstrap interval over customers'

/** One row per index, in reading order; where the data cannot carry an index the value is null and `reason` says why. */
export function concentrationRows({ measure, whale, revenue, intervals, size, extremes }: Findable): Row[] {
  const few = whale.customers < fewestCustomers
  const tooFew = few ? `Needs at least ${fewestCustomers} customers; there are ${whale.customers}.` : null
  const nearZero = Number.isFinite(whale.peakRatio)
    ? null
    : `The total ${measure} is not above 1 % of what the profitable customers bring, so shares of it say nothing; the curve is shown in money.`
  const care = measure === 'net revenue' ? 'Of net revenue, not profit: the data has no product cost.' : null
  const rows: Row[] = []
  const add = (entry: Entry, value: number, interval: Interval | null, intervalText: string, reason: string | null) => {
    const there = !few && Number.isFinite(value)
    rows.push({
      ...entry,
      position: rows.length + 1,
      value: there ? value : null,
      low: there && interval ? interval.low : null,
      high: there && interval ? interval.high : null,
      interval: there && interval ? intervalText : null,
      reason: there ? reason : (tooFew ?? nearZero ?? reason),
    })
  }
  const unsure = (interval: Interval | null) =>
    interval ? null : 'No interval: in many redraws of the customers the total is too near zero to divide by.'
  bootstrapped(whale).forEach((value, i) => {
    const interval = intervals.whale[i] ?? null
    add(profitEntries(measure)[i]!, value, interval, bootstrapText, care ?? unsure(interval))
  })
  bootstrappedRevenue(revenue).forEach((value, i) => {
    add(revenueEntries[i]!, value, intervals.revenue[i] ?? null, bootstrapText, null)
  })
  const noSize =
    measure === 'net revenue' ? 'Needs product cost: revenue does not stray from itself.' : 'Needs revenue and a total above zero.'
  add(
    {
      index: 'size_correlation',
      group: 'size',
      title: 'Size and deviation',
      unit: 'correlation',
      formula: 'Spearman rho(revenue, |profit - revenue x portfolio margin|)',
      meaning: 'Above zero: the bigger a customer, the further its profit strays from what its revenue lets expect, in money.',
    },
    size?.rho ?? Number.NaN,
    size,
    '90 % interval by Fisher z (Bonett and Wright 2000)',
    size ? (size.sample < whale.customers ? `From an even sample of ${size.sample} customers.` : null) : noSize,
  )
  add(
    {
      index: 'extremity_share',
      group: 'size',
      title: 'Biggest among the extremes',
      unit: 'ratio',
      formula: 'of the top tenth by revenue, the share in the top or bottom tenth by profit',
      meaning: '0.20 would be chance; towards 1 the biggest customers are the best or the worst, hardly ever average.',
    },
    extremes?.share ?? Number.NaN,
    null,
    '',
    extremes ? `${extremes.best} among the best tenth and ${extremes.worst} among the worst, of ${extremes.big}.` : noSize,
  )
  add(
    {
      index: 'extremity_p_value',
      group: 'size',
      title: 'Chance of that by luck',
      unit: 'ratio',
      formula: 'two-sided binomial test of the count against 0.20',
      meaning: 'Below 0.05 the biggest customers stand at the extremes more (or less) often than luck would have it.',
    },
    extremes?.pValue ?? Number.NaN,
    null,
    '',
    extremes ? null : noSize,
  )
  return rows
}

/** Which of the four Stobachoff archetypes a portfolio is nearest to (Storbacka), by cut-offs of our own. */
export interface Archetype {
  name: 'healthy' | 'carried-by-few' | 'large-losers' | 'both'
  reading: string
  action: string
}

/** Cut-offs: half the customers profitable, a tenth of the gains lost again. */
export function readArchetype({ peakPosition, subsidyRatio }: WhaleIndices): Archetype {
  const many = peakPosition >= 0.5
  const subsidised = subsidyRatio >= 0.1
  if (many && !subsidised) {
    return {
      name: 'healthy',
      reading: 'most customers are profitable and little is lost again: a healthy, spread portfolio',
      action: 'Marketing and sales: grow, and defend the broad base.',
    }
  }
  if (!many && !subsidised) {
    return {
      name: 'carried-by-few',
      reading: 'few customers carry all and the rest bring next to nothing',
      action: 'Account management: a named plan for each top customer; operations: lift the middle by cheaper processes.',
    }
  }
  if (many) {
    return {
      name: 'large-losers',
      reading: 'most customers are profitable, but loss makers take a good part of it back',
      action: 'Finance with account management: remedies for the named loss makers first; look inside our own house before prices.',
    }
  }
  return {
    name: 'both',
    reading: 'few customers are profitable and much of what they bring is lost again',
    action: 'Finance, account management and pricing together: remedies for loss makers, defence of the top, and the price structure.',
  }
}
