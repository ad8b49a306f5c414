import type { TrendTest } from '../../math/proportions.ts'
import type { StepContext } from '../../pipeline/step.ts'
import { ratioOf, signOf, subtractDecimals, sumDecimals } from '../../shared/decimal.ts'
import { formatCount, formatCounted, formatDate, formatMoney, formatMonth, formatShare } from '../../shared/format.ts'
import type { Row } from '../../warehouse/port.ts'
import { sql } from '../../warehouse/sql.ts'
import type { Periods } from '../profitability/index.ts'

/** Whether cohorts differ at the same age. */
export interface Drift {
  grain: 'month' | 'quarter' | 'year'
  /** Those watched 90 days in full, the opening ones left out. */
  cohorts: { from: string; n: number; k: number; mean: number }[]
  /** Opening cohorts that were left out. */
  left: string[]
  again: TrendTest | null
  money: Omit<TrendTest, 'pEqual'> | null
}

interface Lenses {
  periods: Periods
  totals: Row
  factors: readonly Row[]
  moves: readonly Row[]
  level: number
}

const page = '/audit'

/** Below this chance of being nothing a trend is called one. */
const significant = 0.01

async function measureWord({ warehouse, signal }: StepContext): Promise<string> {
  const [{ available }] = await warehouse.rows(sql`select available from layer where layer = 'contribution'`, { signal })
  return available === true ? 'contribution' : 'net revenue'
}

/** Lenses 1, 2 and 5, and how customers rise and fall. */
export async function sayLenses(context: StepContext, found: Lenses): Promise<void> {
  const word = await measureWord(context)
  await saySpread(context, found, word)
  await sayChange(context, found, word)
  await sayDependence(context, found, word)
  sayDucklings(context, found)
}

async function saySpread({ warehouse, signal, finding, currency }: StepContext, { periods }: Lenses, word: string): Promise<void> {
  const tenths = await warehouse.rows(sql`select * from audit_tenth where period = 'current' order by tenth`, { signal })
  const frequency = await warehouse.rows(sql`select * from audit_frequency where period = 'current' order by orders`, { signal })
  const customers = frequency.reduce((sum, row) => sum + Number(row.customers), 0)
  const best = tenths[0]?.measure_share
  const time = `From ${formatDate(periods.current.from)} to ${formatDate(periods.current.to)}`
  if (customers >= 20 && typeof best === 'number' && best > 0 && best <= 1.5) {
    const money = (row: Row) => formatMoney(Number(row.measure) / Number(row.customers), currency, { compact: true })
    finding({
      name: 'audit-1-spread',
      text:
        `${time} the best tenth of ${formatCounted(customers, 'customer')} brought ${formatShare(best)} of the ${word}: ` +
        `${money(tenths[0]!)} each, against ${money(tenths[4] ?? tenths[tenths.length - 1]!)} in the fifth tenth and ${money(tenths[tenths.length - 1]!)} in the last.`,
      action: 'Marketing: plan by tenths, not by the average customer, who hardly exists.',
      weight: 34,
      kind: 'neutral',
      link: `${page}#different`,
    })
  }
  const once = frequency.find((row) => Number(row.orders) === 1)
  if (once && customers >= 20) {
    finding({
      name: 'audit-1-once',
      text:
        `${formatShare(Number(once.customer_share))} of them (${formatCount(Number(once.customers))}) bought once in that time` +
        (typeof once.measure_share === 'number' ? ` and brought ${formatShare(once.measure_share)} of the ${word}.` : '.'),
      action: 'Marketing: a second order is worth more attention than a first discount; try it on a part of them and hold the rest back.',
      weight: 22,
      kind: 'neutral',
      link: `${page}#different`,
    })
  }
}

async function sayChange({ warehouse, signal, finding, currency }: StepContext, { totals, factors }: Lenses, word: string): Promise<void> {
  const rows = await warehouse.rows(sql`select status, customers, change from audit_change`, { signal })
  const of = (...names: string[]) => {
    const some = rows.filter(({ status }) => names.includes(String(status)))
    return {
      customers: some.reduce((sum, row) => sum + Number(row.customers), 0),
      change: sumDecimals(some.map((row) => String(row.change))),
    }
  }
  const money = (value: string) => formatMoney(value, currency, { compact: true })
  const signed = (value: string) => formatMoney(value, currency, { compact: true, sign: true })
  const change = subtractDecimals(String(totals.current_measure), String(totals.previous_measure))
  const [won, lost, more, less] = [of('new', 'returning'), of('lost'), of('kept-up'), of('kept-down')]
  if (won.customers + lost.customers + more.customers + less.customers === 0) return
  finding({
    name: 'audit-2-won-and-lost',
    text:
      `The ${word} of known customers went from ${money(String(totals.previous_measure))} to ${money(String(totals.current_measure))} (${signed(change)}): ` +
      `${formatCount(won.customers)} won or returned ${signed(won.change)}, ${formatCount(lost.customers)} lost ${signed(lost.change)}, ` +
      `${formatCount(more.customers)} kept and growing ${signed(more.change)}, ${formatCount(less.customers)} kept and shrinking ${signed(less.change)}.`,
    action: 'Management: a total hides four flows; each has an owner of its own.',
    weight: 32,
    kind: signOf(change) < 0 ? 'bad' : 'neutral',
    link: `${page}#changed`,
  })
  const parts = factors.filter(({ factor }) => factor !== 'total')
  const told = parts.map((row) => `${String(row.title).toLowerCase()} ${signed(String(row.effect))}`)
  const main = [...parts].sort((a, b) => Math.abs(Number(b.effect)) - Math.abs(Number(a.effect)))[0]
  if (!main || signOf(change) === 0) return
  finding({
    name: 'audit-2-factors',
    text: `What moved it most is ${String(main.title).toLowerCase()}. All four factors, exactly: ${told.join(', ')}.`,
    doubt:
      main.method === 'lmdi'
        ? 'Logarithmic mean decomposition, without residual. It says which factor moved, not why.'
        : 'A factor is zero or negative, so the Shapley value is used; without residual. It says which factor moved, not why.',
    weight: 28,
    kind: 'neutral',
    link: `${page}#changed`,
  })
}

/** How much hangs on customers who were won within the period: lens 5. */
async function sayDependence({ warehouse, signal, finding }: StepContext, { periods }: Lenses, word: string): Promise<void> {
  const [row] = await warehouse.rows(
    sql`
      select
        cast(coalesce(sum(current_measure), 0) as decimal(38, 4)) as measure,
        cast(coalesce(sum(case when first_day >= cast(${periods.current.from} as date) then current_measure end), 0) as decimal(38, 4)) as of_new,
        count(case when current_orders > 0 then 1 end) as customers,
        count(case when current_orders > 0 and first_day >= cast(${periods.current.from} as date) then 1 end) as new_customers,
        count(case when previous_orders > 0 then 1 end) as before,
        count(case when previous_orders > 0 and current_orders > 0 then 1 end) as kept
      from audit_side`,
    { signal },
  )
  const share = ratioOf(String(row.of_new), String(row.measure))
  const [customers, before] = [Number(row.customers), Number(row.before)]
  if (share === null || !(share >= 0 && share <= 1) || customers === 0 || before === 0) return
  finding({
    name: 'audit-5-dependence',
    text:
      `${formatShare(share)} of this period’s ${word} came from customers won in it (${formatShare(Number(row.new_customers) / customers)} of those who bought); ` +
      `${formatShare(Number(row.kept) / before)} of the customers of the period before bought again.`,
    action: 'Management: a base that lives on new customers shrinks in the year acquisition is cut; watch the kept share.',
    weight: 26,
    kind: share > 0.5 ? 'bad' : 'neutral',
    link: `${page}#healthy`,
  })
}

/** How often a poor customer became one of the best, as it happened. */
function sayDucklings({ finding }: StepContext, { moves }: Lenses): void {
  const to = (before: string) => moves.find((row) => row.tier_before === before && row.tier_now === 'best')
  const [low, none, best] = [to('low'), to('none'), to('best')]
  const inBest = moves.filter((row) => row.tier_now === 'best').reduce((sum, row) => sum + Number(row.customers), 0)
  if (!low || !best || typeof low.share !== 'number' || typeof best.share !== 'number' || inBest < 10) return
  const n = Number(low.customers)
  const interval = (row: Row) => `${formatShare(Number(row.share_low))} to ${formatShare(Number(row.share_high))}`
  finding({
    name: 'audit-2-ugly-ducklings',
    text:
      `Of ${formatCount(Number(low.of))} customers in the lowest three tenths of the period before, ${formatCount(n)} (${formatShare(low.share)}) are now among the best tenth; ` +
      `of the best tenth itself ${formatShare(best.share)} stayed there. ` +
      `${formatShare(Number(none?.customers ?? 0) / inBest)} of today’s best had not bought at all in the period before.`,
    doubt: `90 % intervals of the shares: ${interval(low)}, ${interval(best)}. Observed once, between two periods; part of it is chance, which no plan can repeat.`,
    action: 'Guardrails: keep a minimum service for small customers; the worth of that option is in this table.',
    weight: 24,
    kind: 'neutral',
    link: `${page}#rose-and-fell`,
  })
}

const names = { month: 'month', quarter: 'quarter', year: 'year' } as const

/** Lenses 3 and 4. */
export async function sayCohorts(context: StepContext, drift: Drift, seen: { first: string; last: string }): Promise<void> {
  await sayOneCohort(context)
  sayDrift(context, drift, seen)
}

async function sayOneCohort(context: StepContext): Promise<void> {
  const { warehouse, signal, finding, currency } = context
  // The latest quarter's cohort that could be watched for a whole year.
  const [row] = await warehouse.rows(
    sql`
      select
        one.cohort,
        one.customers,
        next_period.retention as soon,
        one.retention as later,
        one.retention_low,
        one.retention_high,
        one.cumulative_measure,
        one.measure_per_customer,
        start.measure as first_measure,
        one.acquisition_cost
      from cohort as one
      join cohort as next_period on next_period.grain = one.grain and next_period.cohort = one.cohort and next_period.age = 1
      join cohort as start on start.grain = one.grain and start.cohort = one.cohort and start.age = 0
      where one.grain = 'quarter' and one.age = 4 and one.complete and start.complete
      order by one.cohort desc
      limit 1`,
    { signal },
  )
  if (!row || Number(row.customers) < 10) return
  const word = await measureWord(context)
  const first = ratioOf(String(row.first_measure), String(row.cumulative_measure))
  const paid = row.acquisition_cost === null ? null : ratioOf(String(row.cumulative_measure), String(row.acquisition_cost))
  finding({
    name: 'audit-3-one-cohort',
    text:
      `Of ${formatCounted(Number(row.customers), 'customer')} won in the quarter from ${formatMonth(String(row.cohort))}, ${formatShare(Number(row.soon))} bought in the next quarter and ` +
      `${formatShare(Number(row.later))} a year on; so far they brought ${formatMoney(Number(row.measure_per_customer), currency)} of ${word} each` +
      (first !== null && first > 0 && first <= 1 ? `, ${formatShare(first)} of it in their first quarter` : '') +
      (paid === null
        ? '.'
        : ` and ${paid >= 1 ? `paid back what winning them cost ${paid.toFixed(1)} times` : `${formatShare(paid)} of what winning them cost`}.`),
    doubt: `90 % interval of the share a year on: ${formatShare(Number(row.retention_low))} to ${formatShare(Number(row.retention_high))}.`,
    weight: 20,
    kind: 'neutral',
    link: '/cohorts',
  })
}

function sayDrift({ finding, currency }: StepContext, { grain, cohorts, again, money, left }: Drift, { first }: { first: string }): void {
  const [start, end] = [cohorts[0], cohorts.at(-1)]
  const watched = `${formatCounted(cohorts.length, `${names[grain]}ly cohort`.replace('dayly', 'daily'))} from ${start ? formatMonth(start.from) : formatDate(first)}`
  if (!again || !start || !end) {
    finding({
      name: 'audit-4-drift-not-told',
      text: 'Whether newer customers are better or worse cannot be told yet: it takes three cohorts that could be watched for 90 days.',
      action: 'Data: load orders that reach further back.',
      weight: 8,
      kind: 'data',
      link: '/cohorts',
    })
    return
  }
  const share = (group: { n: number; k: number }) => formatShare(group.k / group.n)
  const trend = again.pTrend < significant
  const differ = !trend && again.pEqual < significant
  const better = again.slope > 0
  const each = (value: number) => formatMoney(value, currency, { compact: true, sign: true })
  const text = trend
    ? `Newer customers are ${better ? 'better' : 'worse'}: over ${watched} the share who bought again within 90 days ${better ? 'rose' : 'fell'} by ` +
      `${(Math.abs(again.slope) * 100).toFixed(2)} points a ${names[grain]}, from ${share(start)} to ${share(end)}.`
    : differ
      ? `Cohorts differ in how many bought again within 90 days, without getting better or worse over time: ${watched}.`
      : `Newer customers are neither better nor worse than earlier ones, as far as ${watched} can tell: ${share(start)} of the first and ${share(end)} of the last bought again within 90 days.`
  finding({
    name: 'audit-4-drift',
    text:
      text +
      (money && money.pTrend < significant ? ` What 90 days bring changes by ${each(money.slope)} a customer and ${names[grain]}.` : ''),
    doubt:
      `Compared at the same age. 90 % interval of the trend: ${(100 * again.low).toFixed(2)} to ${(100 * again.high).toFixed(2)} points a ${names[grain]} ` +
      `(Cochran-Armitage, p = ${again.pTrend.toPrecision(2)}; equality p = ${again.pEqual.toPrecision(2)}).` +
      (left.length > 0
        ? ` Left out: ${formatCounted(left.length, 'cohort')} at the beginning of the data, where old customers look new.`
        : ''),
    ...(trend && !better
      ? { action: 'Marketing: look at what was changed in acquisition since; page Acquisition shows it by channel.' }
      : {}),
    weight: trend ? 36 : 14,
    kind: trend ? (better ? 'good' : 'bad') : 'neutral',
    link: '/cohorts',
  })
}
