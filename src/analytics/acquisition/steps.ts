import { z } from 'zod'
import { normalQuantile } from '../../math/normal.ts'
import { createRandom } from '../../math/random.ts'
import { quantile } from '../../math/statistics.ts'
import type { Step, StepContext } from '../../pipeline/step.ts'
import type { Row } from '../../warehouse/port.ts'
import { sql } from '../../warehouse/sql.ts'
import { literalRows } from '../profitability/index.ts'
import * as query from './acquisition.sql.ts'
import { sayAcquisition } from './acquisition-findings.ts'
import { type Balance, type BalanceInput, balanceSpends } from './balance.ts'
import { acquisitionBalance, acquisitionGroup, acquisitionSignal, acquisitionTables } from './contract.ts'
import { poolMeans } from './pool.ts'

const response = z.strictObject({
  /** Spend at which the rate was judged: per prospect, or per customer and period. */
  spend: z.number().positive(),
  /** Rate at that spend, as a fraction. */
  rate: z.number().positive().lt(1),
  /** Rate that no spend exceeds, as a fraction. */
  ceiling: z.number().positive().max(1),
})

const parameters = z.strictObject({
  /** What is judged about winning and keeping, for the balance between them; none where absent. */
  balance: z
    .strictObject({
      /** Margin of a customer and period, before what is spent on keeping. */
      margin: z.number().positive(),
      /** Discount per period, as a fraction. */
      discount: z.number().positive().max(1).default(0.1),
      acquire: response,
      retain: response,
      /** Relative standard deviation of the judged rates and ceilings. */
      doubt: z.number().min(0).max(0.5).default(0.1),
    })
    .optional(),
})

type AcquisitionParameters = z.infer<typeof parameters>

/** Which ways of winning customers bring good ones, and what their beginning foretells. */
export const acquisitionStep: Step<AcquisitionParameters> = {
  name: 'acquisition-quality',
  title: 'Acquisition quality and early signals',
  reads: ['order_line', 'cohort', 'customer_value', 'layer'],
  readsIfPresent: ['customer', 'product'],
  writes: acquisitionTables,
  unlock: 'Load orders with customer ids over more than a year.',
  parameters,
  run: writeAcquisition,
}

export const acquisitionSteps = [acquisitionStep]

const level = 0.9
const z90 = normalQuantile((1 + level) / 2)
const mostGroups = 100

export interface Group {
  dimension: query.Dimension
  label: string
  customers: number
  watched: number
  year: number | null
  drawn: { mean: number; error: number } | null
  cost: number | null
  /** Cost of those watched a year. */
  watchedCost: number | null
  payback: number | null
  row: Row
}

/** Works on the relations audit_day and customer_start of step customer-audit. */
async function writeAcquisition(context: StepContext<AcquisitionParameters>): Promise<void> {
  const { warehouse, signal, progress, has } = context
  const [{ last_day: lastDay }] = await warehouse.rows(sql`select max(case when orders > 0 then day end) as last_day from audit_day`, {
    signal,
  })
  const balance = writeBalance(context)
  await context.save(acquisitionBalance, literalRows(acquisitionBalance, balance), sql`position`)
  if (lastDay === null) {
    await context.save(acquisitionGroup, literalRows(acquisitionGroup, []))
    await context.save(acquisitionSignal, literalRows(acquisitionSignal, []))
    return
  }
  await warehouse.materialise('first_order', query.firstOrders(), { signal })
  progress(0.3)
  await warehouse.materialise('acquired_customer', query.acquired(warehouse.dialect, String(lastDay), { customers: has('customer') }), {
    signal,
  })
  progress(0.5)
  const names = has('product') ? await warehouse.rows(query.productNames(), { signal }) : []
  const nameOf = new Map(names.map((row) => [String(row.label), String(row.name)]))
  const curves = await warehouse.rows(query.sourceCurves(warehouse.dialect), { signal })
  const all: Group[] = []
  const signals: Row[] = []
  for (const dimension of query.dimensions) {
    const rows = await warehouse.rows(query.groups(dimension), { signal })
    // One group tells nothing apart.
    if (rows.length < 2) continue
    const made = groupsOf(dimension, rows.slice(0, mostGroups), nameOf, curves)
    all.push(...made)
    const told = signalOf(dimension, rows, nameOf)
    if (told) signals.push(told)
  }
  progress(0.9)
  const positions = new Map<string, number>()
  await context.save(
    acquisitionGroup,
    literalRows(
      acquisitionGroup,
      all.map((group) => {
        positions.set(group.dimension, (positions.get(group.dimension) ?? 0) + 1)
        return groupRow(group, positions.get(group.dimension)!)
      }),
    ),
  )
  await context.save(acquisitionSignal, literalRows(acquisitionSignal, signals))
  await sayAcquisition(context, all, signals, balance)
}

/** Mean and standard error from sums; the error needs two customers who differ. */
function meanOf(n: number, sum: unknown, squares: unknown): { mean: number; error: number } | null {
  if (n < 2) return null
  const mean = Number(sum) / n
  const variance = Math.max(0, Number(squares) / n - mean * mean) / (n - 1)
  return variance > 0 ? { mean, error: Math.sqrt(variance) } : null
}

const text = (dimension: query.Dimension, label: string, nameOf: Map<string, string>): string => {
  if (dimension === 'first_product') return nameOf.get(label) ?? label
  if (dimension === 'first_basket')
    return ['', 'smallest fifth', 'second fifth', 'middle fifth', 'fourth fifth', 'largest fifth'][Number(label)]!
  if (dimension === 'first_lines') return label === '1' ? '1 line' : label === '4' ? '4 lines and more' : `${label} lines`
  if (dimension === 'first_discount') return label.slice(2)
  if (dimension === 'again_early') return label === '1' ? 'bought again within 90 days' : 'did not buy again within 90 days'
  return label
}

function groupsOf(dimension: query.Dimension, rows: Row[], nameOf: Map<string, string>, curves: Row[]): Group[] {
  const means = rows.map((row) => meanOf(Number(row.watched), row.year_measure, row.year_squares))
  const known = means.flatMap((one) => (one ? [one] : []))
  const pooled = poolMeans(known)
  let next = 0
  return rows.map((row, i) => {
    const [customers, watched] = [Number(row.customers), Number(row.watched)]
    const label = text(dimension, String(row.label), nameOf)
    const complete = Number(row.with_cost) === customers
    const watchedCost = complete && watched > 0 ? Number(row.watched_cost) / watched : null
    return {
      dimension,
      label,
      customers,
      watched,
      year: watched > 0 ? Number(row.year_measure) / watched : null,
      drawn: means[i] ? pooled.groups[next++]! : null,
      cost: complete ? Number(row.cost) / customers : null,
      watchedCost,
      payback:
        dimension === 'source' && watchedCost !== null
          ? paybackOf(
              curves.filter((one) => one.source === row.label),
              watched,
              watchedCost,
            )
          : null,
      row,
    }
  })
}

/** Months of age at which what customers brought on average covers what they cost, by straight lines within a month. */
function paybackOf(curve: Row[], watched: number, cost: number): number | null {
  let before = 0
  for (const row of [...curve].sort((a, b) => Number(a.age) - Number(b.age))) {
    const now = before + Number(row.measure) / watched
    // The first purchase falls on the first day: what it brings comes at once.
    if (now >= cost) return Number(row.age) === 0 ? 0 : Number(row.age) + (now > before ? (cost - before) / (now - before) : 0)
    before = now
  }
  return null
}

const fixed = (value: number | null | undefined): string | null =>
  value === null || value === undefined || !Number.isFinite(value) ? null : value.toFixed(4)

function groupRow({ dimension, label, customers, watched, year, drawn, cost, watchedCost, payback, row }: Group, position: number): Row {
  const reach = drawn ? z90 * drawn.error : Number.NaN
  const net = drawn && watchedCost !== null ? drawn.mean - watchedCost : null
  return {
    dimension,
    position,
    label,
    customers,
    watched,
    year_each: fixed(year),
    year_drawn: fixed(drawn?.mean),
    year_low: drawn ? fixed(drawn.mean - reach) : null,
    year_high: drawn ? fixed(drawn.mean + reach) : null,
    cost_each: fixed(cost),
    net_each: fixed(net),
    net_low: net === null ? null : fixed(net - reach),
    net_high: net === null ? null : fixed(net + reach),
    payback_months: payback,
    so_far_each: fixed(Number(row.measure) / customers),
    ahead_each: fixed(Number(row.ahead) / customers),
    best_share: Number(row.best) / customers,
    later_each: watched > 0 ? fixed(Number(row.later) / watched) : null,
  }
}

export const factTitles: Record<query.Dimension, string> = {
  source: 'How they were won',
  channel: 'Channel of the first order',
  first_product: 'First product',
  cohort: 'Year of the first purchase',
  first_basket: 'Size of the first order',
  first_lines: 'Lines of the first order',
  first_discount: 'Discount on the first order',
  again_early: 'Second purchase within 90 days',
}

/** Groups with fewer customers watched a year are not called best or worst. */
const fewest = 30

/** epsilon^2 = (SSB - (k-1) MSW) / SST: the share of variance between groups, less what chance alone would give. */
function signalOf(dimension: query.Dimension, rows: Row[], nameOf: Map<string, string>): Row | null {
  const groups = rows
    .map((row) => ({
      label: text(dimension, String(row.label), nameOf),
      n: Number(row.watched),
      sum: Number(row.later),
      squares: Number(row.later_squares),
    }))
    .filter(({ n }) => n > 0)
  const n = groups.reduce((sum, group) => sum + group.n, 0)
  const [total, squares] = [groups.reduce((sum, group) => sum + group.sum, 0), groups.reduce((sum, group) => sum + group.squares, 0)]
  const k = groups.length
  if (k < 2 || n <= k) return null
  const all = squares - (total * total) / n
  const between = groups.reduce((sum, group) => sum + (group.sum * group.sum) / group.n, 0) - (total * total) / n
  if (!(all > 0)) return null
  const within = (all - between) / (n - k)
  const ranked = groups.filter((group) => group.n >= fewest).sort((a, b) => b.sum / b.n - a.sum / a.n)
  const [best, worst] = [ranked[0], ranked.at(-1)]
  return {
    dimension,
    title: factTitles[dimension],
    groups: k,
    customers: n,
    explained: Math.max(0, (between - (k - 1) * within) / all),
    best_group: best?.label ?? null,
    best_each: best ? fixed(best.sum / best.n) : null,
    worst_group: worst?.label ?? null,
    worst_each: worst ? fixed(worst.sum / worst.n) : null,
    known_at_start: dimension !== 'again_early',
  }
}

const draws = 1000

/** The balance of winning and keeping with the doubt of what was judged: rates and ceilings are drawn, each about its value. */
function writeBalance({ parameters: given, seed }: StepContext<AcquisitionParameters>): Row[] {
  if (!given.balance) return []
  const { doubt, ...input } = given.balance
  const best = balanceSpends(input)
  const random = createRandom(seed).split('acquisition-balance')
  const found: Balance[] = []
  const around = (value: number, most: number): number => Math.min(most, value * Math.exp(doubt * random.normal()))
  for (let draw = 0; draw < draws; draw++) {
    const drawn = (one: BalanceInput['acquire']) => {
      const ceiling = around(one.ceiling, 1)
      return { ...one, ceiling, rate: Math.min(0.99 * ceiling, around(one.rate, 1)) }
    }
    found.push(balanceSpends({ ...input, acquire: drawn(input.acquire), retain: drawn(input.retain) }))
  }
  const row = (name: keyof Balance, quantity: string, title: string, unit: string, today: number | null, position: number): Row => {
    const [low, high] = quantile(
      found.map((one) => one[name]),
      [(1 - level) / 2, (1 + level) / 2],
    ) as [number, number]
    return { position, quantity, title, unit, today, best: best[name], low, high }
  }
  return [
    row('acquireSpend', 'acquire_spend', 'Spend on winning, a prospect', 'money', input.acquire.spend, 1),
    row('acquireRate', 'acquire_rate', 'Prospects won', 'share', input.acquire.rate, 2),
    row('retainSpend', 'retain_spend', 'Spend on keeping, a customer and period', 'money', input.retain.spend, 3),
    row('retainRate', 'retain_rate', 'Customers kept, a period', 'share', input.retain.rate, 4),
    row('customerValue', 'customer_value', 'Value of a customer won', 'money', null, 5),
    row('equity', 'equity', 'Customer equity, a prospect', 'money', best.equityNow, 6),
  ]
}
