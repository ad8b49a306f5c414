import type { Figure, StepContext } from '../../pipeline/step.ts'
import { formatCount, formatCounted, formatMoney, formatNumber, formatShare } from '../../shared/format.ts'
import * as query from './concentration.sql.ts'
import { bootstrapped, bootstrappedRevenue, type Findable, fewestCustomers, readArchetype } from './concentration-rows.ts'
import { counts, shares, type WhaleIndices } from './whale.ts'

/** Says what the indices mean, and gives the key figures among them. */
export async function sayConcentration(context: StepContext, found: Findable, profit: Float64Array): Promise<void> {
  for (const figure of figuresOf(found)) context.figure(figure)
  const { whale, measure } = found
  if (whale.customers < fewestCustomers) {
    context.finding({
      name: 'too-few-customers',
      text: `There are ${formatCounted(whale.customers, 'identified customer')}: too few to say how ${measure} is spread.`,
      weight: 60,
      kind: 'data',
    })
    return
  }
  headline(context, found, profit)
  if (measure === 'contribution') {
    await lovedGiants(context, found)
    await hiddenGems(context, found)
    bigOnes(context, found)
  }
  await dependence(context, found)
}

const band = (interval: { low: number; high: number } | null | undefined) =>
  interval ? `90 % interval ${formatShare(interval.low)} to ${formatShare(interval.high)} over customers drawn anew` : undefined

function headline({ finding }: StepContext, { whale, measure, intervals }: Findable, profit: Float64Array): void {
  const link = '/customers?sort=measure_rank'
  if (!Number.isFinite(whale.peakRatio)) {
    finding({
      name: 'portfolio-near-zero',
      text:
        `${formatShare(1 - whale.shareUnprofitable)} of customers earn what the others lose: the total ${measure} is ` +
        `${whale.total < 0 ? 'negative' : 'next to nothing'}.`,
      action: 'Finance with account management: remedies for the largest loss makers first.',
      weight: 100,
      kind: 'bad',
      link,
    })
    return
  }
  const best = bestShare(profit, whale)
  const losers = whale.shareUnprofitable
  const loss =
    measure === 'contribution' && losers >= 0.0005
      ? `; ${formatShare(losers)} lose money${whale.subsidyRatio >= 0.01 ? ` and eat ${formatShare(whale.subsidyRatio)} of what the others bring` : ''}`
      : ''
  const archetype = measure === 'contribution' ? readArchetype(whale) : null
  const doubt = band(intervals.whale[bootstrapped(whale).indexOf(whale.dependence[3]!)])
  finding({
    name: 'concentration',
    text: `${formatShare(best.customers)} of customers bring ${formatShare(best.amount)} of ${measure}${loss}.`,
    ...(doubt ? { doubt: `The best 20 % bring ${formatShare(whale.dependence[shares.indexOf(0.2)]!)}: ${doubt}.` } : {}),
    action: archetype
      ? `In all, ${archetype.reading}. ${archetype.action}`
      : 'Marketing and account management: know who they are, keep them, and look for more like them.',
    weight: 100,
    kind: archetype && archetype.name !== 'healthy' ? 'bad' : 'neutral',
    link,
  })
}

/** The fewest customers that bring four fifths of the total; where a fifth of them brings more than the total, that fifth. */
function bestShare(profit: Float64Array, { total, customers, dependence }: WhaleIndices): { customers: number; amount: number } {
  const fifth = dependence[shares.indexOf(0.2)]!
  if (fifth >= 1) return { customers: 0.2, amount: fifth }
  let sum = 0
  let count = 0
  while (count < profit.length && sum < 0.8 * total) sum += profit[count++]!
  return { customers: count / customers, amount: sum / total }
}

async function lovedGiants({ warehouse, signal, finding, currency }: StepContext, { whale }: Findable): Promise<void> {
  const biggest = Math.max(10, Math.min(50, Math.round(whale.customers / 100)))
  const giants = await warehouse.rows(query.lovedGiants(biggest, 5), { signal })
  if (giants.length === 0) return
  const [first] = giants
  const money = (value: unknown) => formatMoney(String(value), currency, { compact: true })
  const others = giants.slice(1).map((row) => `${row.name} (no. ${row.revenue_rank}, ${money(row.measure)})`)
  finding({
    name: 'loved-giant-loses-money',
    text:
      `${first.name} is no. ${formatCount(Number(first.revenue_rank))} by revenue (${money(first.net_revenue)}) and loses money: ` +
      `contribution ${money(first.measure)}, no. ${formatCount(whale.customers - Number(first.measure_rank) + 1)} from the bottom.` +
      (others.length > 0 ? ` So do ${others.join(', ')}.` : ''),
    doubt: 'Before the cost of serving them, which makes it worse as a rule.',
    action: 'Account management with finance: look at our own process and at discounts first, then terms and mix; price before parting.',
    weight: 95,
    kind: 'bad',
    link: `/customers/${encodeURIComponent(String(first.customer_id))}`,
    customers: giants.map((row) => String(row.customer_id)),
  })
}

async function hiddenGems({ warehouse, signal, finding, currency }: StepContext, { whale, margin }: Findable): Promise<void> {
  if (!(margin > 0)) return
  const n = whale.customers
  const small = Math.ceil(n * 0.2) + 1
  const best = Math.max(3, Math.floor(n * 0.15))
  const gems = await warehouse.rows(query.hiddenGems(small, best, margin, 3), { signal })
  if (gems.length === 0) return
  const [first] = gems
  const money = (value: unknown) => formatMoney(String(value), currency, { compact: true })
  finding({
    name: 'small-but-very-profitable',
    text:
      `${first.name} is only no. ${formatCount(Number(first.revenue_rank))} of ${formatCount(n)} by revenue (${money(first.net_revenue)}) but ` +
      `no. ${formatCount(Number(first.measure_rank))} by contribution (${money(first.measure)}, ${formatShare(Number(first.margin))} of revenue).` +
      (gems.length > 1
        ? ` So are ${gems
            .slice(1)
            .map((row) => `${row.name} (${money(row.measure)})`)
            .join(', ')}.`
        : ''),
    action: 'Account management: find out what they buy and why, and who else is like them.',
    weight: 70,
    kind: 'good',
    link: `/customers/${encodeURIComponent(String(first.customer_id))}`,
    customers: gems.map((row) => String(row.customer_id)),
  })
}

function bigOnes({ finding }: StepContext, { extremes }: Findable): void {
  if (!extremes || !(extremes.pValue < 0.05)) return
  const { big, best, worst, share } = extremes
  // Being among the best is what size does in any sound portfolio; more of the worst than chance puts there is news.
  if (share < 0.2 || worst <= 0.1 * big) return
  finding({
    name: 'big-customers-at-the-extremes',
    text:
      `The big customers are the best or the worst: of the ${formatCount(big)} largest by revenue, ${formatCount(best)} are among the ` +
      `best tenth by contribution and ${formatCount(worst)} among the worst tenth.`,
    doubt: `Chance would put a fifth of them there; ${extremes.pValue < 0.001 ? 'less than 0.1 %' : formatShare(extremes.pValue)} likely by luck.`,
    action: 'Account management: for each of the largest, know which of the two it is before the next negotiation.',
    weight: 66,
    kind: 'bad',
    link: '/customers?sort=revenue_rank',
  })
}

async function dependence({ warehouse, signal, finding }: StepContext, { whale, measure }: Findable): Promise<void> {
  const [one, , ten] = whale.vulnerability
  if (!Number.isFinite(whale.peakRatio)) return
  const [first] = await warehouse.rows(query.bestCustomers(1), { signal })
  const tenCounts = Number.isFinite(ten) && whale.customers >= 2 * counts[2]
  const text = tenCounts
    ? `The 10 best customers bring ${formatShare(ten!)} of ${measure}; ${first.name} alone ${formatShare(one!)}.`
    : `${first.name} alone brings ${formatShare(one!)} of ${measure}.`
  const strong = one! >= 0.1 || (tenCounts && ten! >= 0.4)
  if (!strong && !(ten! >= 0.05)) return
  finding({
    name: 'dependence-on-the-best',
    text,
    doubt: `Without the ${formatCounted(whale.customersToZero, 'best customer')} nothing would be left of the total.`,
    ...(strong ? { action: 'Account management and management: name a plan, a second contact and a warning sign for each of them.' } : {}),
    weight: strong ? 80 : 35,
    kind: strong ? 'bad' : 'neutral',
    link: '/customers?sort=measure_rank',
    customers: [String(first.customer_id)],
  })
}

function figuresOf({ measure, whale, revenue, intervals }: Findable): Figure[] {
  const few = whale.customers < fewestCustomers
  const interval = '90 % bootstrap interval over customers'
  const whaleValues = bootstrapped(whale)
  const revenueValues = bootstrappedRevenue(revenue)
  const missing = few
    ? `Needs at least ${fewestCustomers} identified customers; there are ${whale.customers}.`
    : `The total ${measure} is too near zero for a share of it to say anything.`
  const figure = (
    name: string,
    title: string,
    index: string,
    place: number,
    of: 'whale' | 'revenue',
    rest: Pick<Figure, 'type' | 'meaning' | 'formula'> & { unit?: string },
  ): Figure => {
    const value = (of === 'whale' ? whaleValues : revenueValues)[place]!
    const bounds = intervals[of][place] ?? null
    const there = !few && Number.isFinite(value)
    return {
      name,
      title,
      value: there ? value : null,
      ...rest,
      ...(there && bounds ? { low: bounds.low, high: bounds.high, interval } : {}),
      ...(there ? {} : { missing }),
      explain: { table: 'concentration', where: { index }, column: 'value' },
    }
  }
  const atShare = 9 + shares.indexOf(0.2)
  const atTen = 9 + shares.length + counts.indexOf(10)
  return [
    figure('peak_ratio', 'Peak of the whale curve', 'peak_ratio', 0, 'whale', {
      type: 'ratio',
      meaning: `What the customers with a gain bring, as a multiple of the total ${measure}; the part above 100 % is lost on the others again.`,
      formula: 'highest cumulative share of the whale curve',
    }),
    figure('share_unprofitable', measure === 'contribution' ? 'Loss makers' : 'Customers below zero', 'share_unprofitable', 8, 'whale', {
      type: 'ratio',
      meaning: `Share of identified customers whose ${measure} is negative.`,
      formula: 'customers below zero / customers',
    }),
    figure('top_20_share', 'Brought by the best 20 %', 'top_20', atShare, 'whale', {
      type: 'ratio',
      meaning: `Share of the total ${measure} that the best fifth of customers brings.`,
      formula: 'cumulative profit at 20 % of customers / total',
    }),
    figure('top_10_dependence', 'Brought by the 10 best', 'vulnerability_10', atTen, 'whale', {
      type: 'ratio',
      meaning: `Share of the total ${measure} that would go with the 10 best customers, if no cost were saved.`,
      formula: 'profit of the 10 best / total',
    }),
    figure('hhi', 'Revenue concentration (HHI)', 'hhi', 0, 'revenue', {
      type: 'number',
      meaning: `Sum of squared shares of revenue: as concentrated as ${few || !Number.isFinite(revenue.effectiveNumber) ? 'so many' : formatNumber(revenue.effectiveNumber)} customers of one size.`,
      formula: 'HHI = sum of squared revenue shares; 1 / HHI = effective number of customers',
    }),
  ]
}
