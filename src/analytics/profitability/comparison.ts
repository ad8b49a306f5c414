import { z } from 'zod'
import type { Check, StepContext } from '../../pipeline/step.ts'
import { compareDecimals, subtractDecimals } from '../../shared/decimal.ts'
import { formatDate } from '../../shared/format.ts'
import type { Row } from '../../warehouse/port.ts'
import { type Sql, sql } from '../../warehouse/sql.ts'
import * as query from './bridge.sql.ts'
import { bridgeResidual, bridgeRows } from './bridge-rows.ts'
import { sayComparison } from './comparison-findings.ts'
import { bridge, customerChange, period } from './contract.ts'
import { choosePeriods, type Periods, periodLengths } from './periods.ts'
import { literalRows } from './rows.sql.ts'

const span = z.object({ from: z.iso.date(), to: z.iso.date() })

/** Settings of the comparison. */
export const comparisonParameters = z.strictObject({
  /** Periods to compare; `auto` takes the longest that the data covers twice. */
  periods: z.union([z.literal('auto'), z.object({ previous: span, current: span })]).default('auto'),
  /** How volume is counted: in units, in revenue at the prices of before, or (auto) in units unless products are counted in different ones. */
  volume: z.enum(['auto', 'units', 'constant-price']).default('auto'),
})

export type ComparisonParameters = z.infer<typeof comparisonParameters>

/**
 * What changed between two periods: the exact price-volume-mix-cost bridge, in all and by customer.
 *
 * Works on the relations that step contribution-layers left in the warehouse: valued_line, customer_day.
 */
export async function writeComparison(context: StepContext<ComparisonParameters>): Promise<void> {
  const { warehouse, signal, progress, check } = context
  const periods = await periodsOf(context)
  if (!periods) {
    for (const contract of [period, bridge, customerChange]) await context.save(contract, literalRows(contract, []))
    return
  }
  const [{ available }] = await warehouse.rows(sql`select available from layer where layer = 'contribution'`, { signal })
  const [grain] = await warehouse.rows(query.cellGrain(periods), { signal })
  const settings: query.CellSettings = {
    periods,
    cost: available === true,
    channels: Number(grain.channels) > 1,
    currencies: Number(grain.currencies) > 1,
  }
  const make = (name: string, rows: Sql) => warehouse.materialise(name, rows, { signal })
  await make('customer_period', query.customerPeriods(settings))
  progress(0.3)
  await make('cell_now', query.cellsAlsoIn(settings, 'current', query.pairsIn(settings, 'previous')))
  progress(0.6)
  await make('cell_before', query.cellsAlsoIn(settings, 'previous', query.pairsOf('cell_now')))
  await make('compared_cell', query.comparedCells(settings))
  progress(0.8)
  await context.save(customerChange, query.customerChange(settings))

  const [totals] = await warehouse.rows(query.changeTotals(), { signal })
  const [compared] = await warehouse.rows(query.comparedTotals(), { signal })
  const inUnits = await countsInUnits(context)
  const amount = (row: Row, name: string) => String(row[name])
  const rows = bridgeRows({
    opening: amount(totals, 'previous_measure'),
    closing: amount(totals, 'current_measure'),
    price: amount(totals, 'price_effect'),
    fx: settings.currencies ? amount(totals, 'fx_effect') : null,
    unitCost: settings.cost ? amount(totals, 'unit_cost_effect') : null,
    quantity: amount(totals, 'quantity_effect'),
    new: amount(totals, 'new_effect'),
    lost: amount(totals, 'lost_effect'),
    other: amount(totals, 'other_effect'),
    cells: Number(compared.cells),
    marginBefore: subtractDecimals(amount(compared, 'revenue_before'), amount(compared, 'cost_before')),
    volumeBefore: amount(compared, inUnits ? 'quantity_before' : 'revenue_before'),
    volumeNow: amount(compared, inUnits ? 'quantity_now' : 'expected_revenue'),
    inUnits,
  })
  await context.save(bridge, literalRows(bridge, rows))
  check(closes(rows))

  const periodRows: Row[] = []
  for (const side of ['previous', 'current'] as const) {
    const [activity] = await warehouse.rows(query.activityIn(periods[side], side), { signal })
    periodRows.push({
      period: side,
      from_date: periods[side].from,
      to_date: periods[side].to,
      customers: activity.customers,
      orders: activity.orders,
      net_revenue: amount(totals, `${side}_revenue`),
      measure: amount(totals, `${side}_measure`),
    })
  }
  await context.save(period, literalRows(period, periodRows), sql`from_date`)
  if (periods.months !== null) check(await tiesToMonths(context, periods, periodRows))
  await sayComparison(context, { settings, rows, periodRows })
}

/** The periods of the settings, or the latest comparable ones; null, with the reason said, when there are none. */
async function periodsOf({ warehouse, signal, parameters, finding }: StepContext<ComparisonParameters>): Promise<Periods | null> {
  if (parameters.periods !== 'auto') return { ...parameters.periods, months: null }
  const [whole] = await warehouse.rows(sql`select min(month) as from_month, max(month) as to_month from month_profit where complete`, {
    signal,
  })
  const periods = whole.from_month === null ? null : choosePeriods({ from: String(whole.from_month), to: String(whole.to_month) })
  if (!periods) {
    finding({
      name: 'nothing-to-compare',
      text: 'The data covers fewer than two whole months, so there are no two periods to compare.',
      action: `Finance: load more months; ${2 * periodLengths[0]} of them give a year against the year before.`,
      weight: 40,
      kind: 'data',
      link: '/data',
    })
  }
  return periods
}

async function countsInUnits({ warehouse, signal, parameters, has }: StepContext<ComparisonParameters>): Promise<boolean> {
  if (parameters.volume !== 'auto') return parameters.volume === 'units'
  if (!has('product')) return true
  const [{ units }] = await warehouse.rows(query.unitsOfQuantity(), { signal })
  return Number(units) <= 1
}

function closes(rows: readonly Row[]): Check {
  const residual = bridgeResidual(rows)
  const opening = String(rows[0].amount)
  const closing = String(rows[rows.length - 1].amount)
  return {
    name: 'bridge-closes',
    title: 'The bridge leads from opening to closing',
    status: compareDecimals(residual, 0) === 0 ? 'pass' : 'fail',
    blocking: true,
    detail: 'Opening plus all effects, each summed over customers, is closing, to the last decimal.',
    expected: subtractDecimals(closing, opening),
    actual: subtractDecimals(subtractDecimals(closing, opening), residual),
  }
}

async function tiesToMonths(
  { warehouse, signal }: StepContext<ComparisonParameters>,
  periods: Periods,
  rows: readonly Row[],
): Promise<Check> {
  const sums = await Promise.all(
    [periods.previous, periods.current].map(async ({ from, to }) => {
      const [row] = await warehouse.rows(query.monthRevenue(from, to), { signal })
      return String(row.net_revenue)
    }),
  )
  const agree = rows.every((row, i) => compareDecimals(String(row.net_revenue), sums[i]) === 0)
  return {
    name: 'periods-tie-to-months',
    title: 'Both periods agree with their months',
    status: agree ? 'pass' : 'fail',
    blocking: true,
    detail: `Net revenue from ${formatDate(periods.previous.from)} and from ${formatDate(periods.current.from)} on is the sum of its months, to the last decimal.`,
    expected: sums.join(', '),
    actual: rows.map((row) => row.net_revenue).join(', '),
  }
}
