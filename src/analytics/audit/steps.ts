import { z } from 'zod'
import { decomposeProduct } from '../../math/decomposition.ts'
import { normalQuantile } from '../../math/normal.ts'
import { jeffreysInterval, meanTrend, shareTrend } from '../../math/proportions.ts'
import type { Check, Step, StepContext } from '../../pipeline/step.ts'
import { compareDecimals, roundDecimal, subtractDecimals, sumDecimals } from '../../shared/decimal.ts'
import { formatDate } from '../../shared/format.ts'
import type { Row } from '../../warehouse/port.ts'
import { join, type Sql, sql } from '../../warehouse/sql.ts'
import { literalRows, type Periods } from '../profitability/index.ts'
import * as query from './audit.sql.ts'
import { type Drift, sayCohorts, sayLenses } from './audit-findings.ts'
import { calendar, numberOf, startOf } from './calendar.ts'
import { auditChange, auditFactor, auditFrequency, auditTables, auditTenth, cohort, cohortQuality, tierMove } from './contract.ts'

/** Level of all intervals. */
const level = 0.9

/** Customers that half of the cohorts must hold for a length of cohorts to be compared. */
const fewestInCohort = 50

/** Weeks before the end of the data over which cohorts by week are kept. */
const mostWeeks = 157

/** From order lines to the five lenses of the audit. */
export const customerAuditStep: Step<Record<string, never>> = {
  name: 'customer-audit',
  title: 'Customer-base audit and cohorts',
  reads: ['order_line', 'order', 'customer_profit', 'layer', 'period'],
  readsIfPresent: ['customer'],
  writes: auditTables,
  unlock: 'Load orders with customer ids.',
  parameters: z.strictObject({}),
  run: writeAudit,
}

export const auditSteps = [customerAuditStep]

/** Works on the relations that step contribution-layers left: customer_day, customer_orders. Leaves audit_day and customer_start. */
async function writeAudit(context: StepContext): Promise<void> {
  const { warehouse, signal, progress } = context
  const { dialect } = warehouse
  const [{ available }] = await warehouse.rows(sql`select available from layer where layer = 'contribution'`, { signal })
  await warehouse.materialise('audit_day', query.customerDays(available === true), { signal })
  progress(0.3)
  await warehouse.materialise('customer_start', query.customerStarts(dialect), { signal })
  const [totals] = await warehouse.rows(query.dayTotals(), { signal })
  progress(0.4)
  if (totals.first_day === null) {
    for (const contract of auditTables) await context.save(contract, literalRows(contract, []))
    return
  }
  const span = { first: String(totals.first_day), last: String(totals.last_day) }
  await writeCohorts(context, span, totals)
  progress(0.7)
  const drift = await writeQuality(context, span)
  progress(0.8)
  const periods = await readPeriods(context)
  if (!periods) {
    for (const contract of [auditTenth, auditFrequency, auditChange, auditFactor, tierMove])
      await context.save(contract, literalRows(contract, []))
  } else await writeLenses(context, periods)
  await sayCohorts(context, drift, span)
}

interface Seen {
  first: string
  last: string
}

async function writeCohorts(context: StepContext, { first, last }: Seen, totals: Row): Promise<void> {
  const { warehouse, signal, has, check } = context
  const { dialect } = warehouse
  const [whole] = await warehouse.rows(sql`select min(month) as first_month, max(month) as last_month from month_profit where complete`, {
    signal,
  })
  const covered =
    whole.first_month === null
      ? { from: first, to: last }
      : { from: String(whole.first_month), to: later(last, dayBefore(startOf('month', numberOf('month', String(whole.last_month)) + 1))) }
  const periods = query.grains.flatMap((grain) =>
    // Returns and fees may follow the last order: their months belong to the cohorts too.
    calendar(grain, first, later(last, String(totals.last_line_day)), covered)
      .slice(grain === 'week' ? -mostWeeks : 0)
      .map((one) => ({ grain, ...one })),
  )
  await warehouse.load(
    'audit_calendar',
    {
      grain: periods.map(({ grain }) => grain),
      position: Float64Array.from(periods, ({ number }) => number),
      first_day: periods.map(({ from }) => from),
      complete: periods.map(({ complete }) => complete),
    },
    { grain: 'varchar', position: 'bigint', first_day: 'date', complete: 'boolean' },
  )
  await warehouse.materialise('audit_cohort_sum', unionAll(query.grains.map((grain) => query.cohortSums(dialect, grain))), { signal })
  const costs = has('customer') ? query.grains.map((grain) => query.cohortCosts(dialect, grain)) : []
  const noCost = sql`select '' as grain, cast(0 as bigint) as cohort, cast(0 as bigint) as customers_with_cost, cast(null as decimal(38, 4)) as acquisition_cost where false`
  await warehouse.materialise('audit_cohort_cost', unionAll([...costs, noCost]), { signal })
  await context.save(cohort, query.cohorts())

  const [told] = await warehouse.rows(
    sql`select cast(coalesce(sum(measure), 0) as decimal(38, 4)) as measure from cohort where grain = 'month'`,
    { signal },
  )
  const [profit] = await warehouse.rows(
    sql`select cast(coalesce(sum(measure), 0) as decimal(38, 4)) as measure from customer_profit where identified`,
    { signal },
  )
  const all = sumDecimals([String(told.measure), String(totals.without_purchase)])
  check({
    name: 'cohorts-tie-to-customers',
    title: 'Cohorts add up to the profit of all customers',
    status: compareDecimals(all, String(profit.measure)) === 0 ? 'pass' : 'fail',
    blocking: true,
    detail: `All cohorts in all months bring ${told.measure}; customers who only returned or paid fees, ${totals.without_purchase}; together the profit measure of all identified customers.`,
    expected: String(profit.measure),
    actual: all,
  })
}

const unionAll = (queries: readonly Sql[]): Sql =>
  join(
    queries.map((part) => sql`select * from (${part}) as part`),
    sql` union all `,
  )

const dayBefore = (date: string): string => new Date(Date.parse(`${date}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10)
const later = (a: string, b: string): string => (a > b ? a : b)

/** Behaviour at the same age by cohort, and whether it drifts. */
async function writeQuality(context: StepContext, { first, last }: Seen): Promise<Drift> {
  const { warehouse, signal } = context
  const sizes = await warehouse.rows(sql`select grain, customers from cohort where age = 0 order by grain, customers`, { signal })
  const typical = (grain: string): number => {
    const of = sizes.filter((row) => row.grain === grain).map((row) => Number(row.customers))
    return of[Math.floor((of.length - 1) / 2)] ?? 0
  }
  const grain = (['month', 'quarter', 'year'] as const).find((one) => typical(one) >= fewestInCohort) ?? 'quarter'
  const found = await warehouse.rows(query.earlyByCohort(warehouse.dialect, grain, last), { signal })
  const sorted = found.map(({ customers }) => Number(customers)).sort((a, b) => a - b)
  const usual = sorted[Math.floor((sorted.length - 1) / 2)] ?? 0
  const openingUntil = numberOf('month', first) + 3
  const z = normalQuantile((1 + level) / 2)
  const groups = found.map((row) => {
    const [n, k, customers] = [Number(row.early_customers), Number(row.again), Number(row.customers)]
    const mean = Number(row.early_measure) / n
    // Of the mean: needs two customers.
    const variance = n > 1 ? Math.max(0, Number(row.early_squares) / n - mean * mean) / (n - 1) : Number.NaN
    const from = startOf(grain, Number(row.cohort))
    return {
      row,
      from,
      n,
      k,
      mean,
      variance,
      opening: numberOf('month', from) < openingUntil && customers > 1.5 * usual,
      full: n === customers,
    }
  })
  await context.save(
    cohortQuality,
    literalRows(
      cohortQuality,
      groups.map(({ row, from, n, k, mean, variance, opening }) => {
        const interval = n > 0 ? jeffreysInterval(k, n, level) : null
        const reach = z * Math.sqrt(variance)
        const years = Number(row.year_customers)
        return {
          grain,
          cohort: from,
          customers: row.customers,
          opening,
          early_customers: n,
          again: k,
          again_share: n > 0 ? k / n : null,
          again_low: interval?.low ?? null,
          again_high: interval?.high ?? null,
          early_measure: n > 0 ? mean.toFixed(4) : null,
          early_low: Number.isFinite(reach) ? (mean - reach).toFixed(4) : null,
          early_high: Number.isFinite(reach) ? (mean + reach).toFixed(4) : null,
          year_customers: years,
          year_measure: years > 0 ? (Number(row.year_measure) / years).toFixed(4) : null,
        }
      }),
    ),
  )
  const fair = groups.filter(({ opening, full }) => !opening && full)
  return {
    grain,
    cohorts: fair.map(({ from, n, k, mean }) => ({ from, n, k, mean })),
    left: groups.filter(({ opening }) => opening).map(({ from }) => from),
    again: shareTrend(fair, level),
    money: meanTrend(fair, level),
  }
}

async function readPeriods({ warehouse, signal }: StepContext): Promise<Periods | null> {
  const rows = await warehouse.rows(sql`select period, from_date, to_date from period`, { signal })
  const span = (name: string) => {
    const row = rows.find(({ period }) => period === name)
    return row ? { from: String(row.from_date), to: String(row.to_date) } : null
  }
  const [previous, current] = [span('previous'), span('current')]
  return previous && current ? { previous, current, months: null } : null
}

const statuses = [
  ['lost', 'Lost'],
  ['kept-down', 'Kept, less'],
  ['kept-up', 'Kept, more'],
  ['returning', 'Returned'],
  ['new', 'Won'],
  ['other', 'No purchase'],
] as const

const factors = [
  ['customers', 'Customers', 'customers'],
  ['frequency', 'Orders per customer', 'orders per customer'],
  ['spend', 'Revenue per order', 'money per order'],
  ['margin', 'Margin', 'share of revenue'],
] as const

async function writeLenses(context: StepContext, periods: Periods): Promise<void> {
  const { warehouse, signal, check } = context
  await warehouse.materialise('audit_side', query.customerSides(periods), { signal })
  const both = ['previous', 'current'] as const
  await context.save(auditTenth, unionAll(both.map(query.tenths)))
  await context.save(auditFrequency, unionAll(both.map(query.byFrequency)))
  const [totals] = await warehouse.rows(query.sideTotals(), { signal })

  const changed = await warehouse.rows(query.changeByStatus(periods), { signal })
  const changes = statuses.flatMap(([status, title], position) => {
    const row = changed.find((one) => one.status === status)
    if (!row) return []
    const change = subtractDecimals(String(row.current_measure), String(row.previous_measure))
    return [{ ...row, position: position + 1, title, change }]
  })
  await context.save(auditChange, literalRows(auditChange, changes), sql`position`)
  const rows = decomposition(totals)
  await context.save(auditFactor, literalRows(auditFactor, rows), sql`position`)
  const change = subtractDecimals(String(totals.current_measure), String(totals.previous_measure))
  const parts = sumDecimals(rows.slice(0, -1).map(({ effect }) => String(effect)))
  check(addsUp(change, sumDecimals(changes.map((row) => row.change)), parts, periods))

  const moves = await warehouse.rows(query.tierMoves(), { signal })
  await context.save(tierMove, literalRows(tierMove, moveRows(moves)), sql`position`)
  await sayLenses(context, { periods, totals, factors: rows, moves: moveRows(moves), level })
}

/** Customers x orders each x revenue per order x margin = measure, in both periods, and what each did to the change. */
function decomposition(totals: Row): Row[] {
  const sides = (['previous', 'current'] as const).map((side) => {
    const [n, orders, revenue, measure] = ['customers', 'orders', 'revenue', 'measure'].map((name) =>
      Number(totals[`${side}_${name}`]),
    ) as [number, number, number, number]
    return { factors: [n, orders / n, revenue / orders, measure / revenue], exact: String(totals[`${side}_measure`]) }
  })
  const [before, now] = sides as [(typeof sides)[number], (typeof sides)[number]]
  const change = subtractDecimals(now.exact, before.exact)
  const known = [...before.factors, ...now.factors].every(Number.isFinite)
  // A period without orders or revenue has no factors: the whole change is that of customers.
  const { effects, method } = known
    ? decomposeProduct(before.factors, now.factors)
    : { effects: [Number(change), 0, 0, 0], method: 'shapley' as const }
  const exact = spreadExactly(effects, change)
  const value = (number: number | undefined) => (Number.isFinite(number) ? number! : null)
  return [
    ...factors.map(([factor, title, unit], k) => ({
      position: k + 1,
      factor,
      title,
      unit,
      previous: value(before.factors[k]),
      current: value(now.factors[k]),
      effect: exact[k]!,
      method,
    })),
    {
      position: factors.length + 1,
      factor: 'total',
      title: 'Profit measure',
      unit: 'money',
      previous: Number(before.exact),
      current: Number(now.exact),
      effect: change,
      method,
    },
  ]
}

/** Floats as decimals that add up to the total: what rounding leaves goes to the largest. */
function spreadExactly(effects: readonly number[], total: string): string[] {
  const rounded = effects.map((effect) => roundDecimal(effect.toFixed(4), 4))
  const largest = effects.reduce((best, effect, k) => (Math.abs(effect) > Math.abs(effects[best]!) ? k : best), 0)
  rounded[largest] = sumDecimals([rounded[largest]!, subtractDecimals(total, sumDecimals(rounded))])
  return rounded
}

function addsUp(change: string, byStatus: string, byFactor: string, { previous, current }: Periods): Check {
  const agree = compareDecimals(change, byStatus) === 0 && compareDecimals(change, byFactor) === 0
  return {
    name: 'audit-adds-up',
    title: 'Customers won, kept and lost, and the four factors, explain the whole change',
    status: agree ? 'pass' : 'fail',
    blocking: true,
    detail: `From ${formatDate(previous.from)} to ${formatDate(current.to)}: the change of the profit measure, summed over statuses and over factors, without residual.`,
    expected: `${change}, ${change}`,
    actual: `${byStatus}, ${byFactor}`,
  }
}

/** Every class before with every class now, empty ones too: that nobody rose is an observation. */
function moveRows(moves: readonly Row[]): Row[] {
  const names = [...query.tiers.map(({ tier }) => tier as string), 'none']
  const count = (row: Row | undefined): number => Number(row?.customers ?? 0)
  let position = 0
  return names.flatMap((before) => {
    const of = moves.filter((row) => row.tier_before === before)
    const all = of.reduce((sum, row) => sum + count(row), 0)
    return names.flatMap((now) => {
      if (before === 'none' && now === 'none') return []
      const row = of.find((one) => one.tier_now === now)
      // Those who did not buy before are not counted: who they are depends on where the data begins.
      const interval = before !== 'none' && all > 0 ? jeffreysInterval(count(row), all, level) : null
      return [
        {
          position: ++position,
          tier_before: before,
          tier_now: now,
          customers: count(row),
          of: all,
          share: interval ? count(row) / all : null,
          share_low: interval?.low ?? null,
          share_high: interval?.high ?? null,
          previous_measure: row?.previous_measure ?? '0',
          current_measure: row?.current_measure ?? '0',
        },
      ]
    })
  })
}
