import { createRandom } from '../../math/random.ts'
import type { StepContext } from '../../pipeline/step.ts'
import { negateDecimal, ratioOf, subtractDecimals, sumDecimals } from '../../shared/decimal.ts'
import type { Row } from '../../warehouse/port.ts'
import { type Sql, sql } from '../../warehouse/sql.ts'
import {
  bootstrapIntervals,
  bootstrapped,
  bootstrappedRevenue,
  concentrationRows,
  correlateSize,
  curveRanks,
  dividable,
  fewestCustomers,
  literalRows,
  revenueConcentration,
  testExtremes,
  toCells,
  whaleIndices,
} from '../profitability/index.ts'
import { profitConcentration, profitCurve, profitLayer } from './contract.ts'
import * as query from './profit.sql.ts'

export interface Layers {
  rows: Row[]
  /** Whether any customer won within the window has an acquisition cost. */
  acquisition: boolean
}

const noCost = 'Needs product cost: a cost per product or a cost column in the order lines.'

/** The P&L of the window from net revenue down, and where it ends for want of data. */
export async function writeLayers(context: StepContext<unknown>): Promise<Layers> {
  const { warehouse, signal } = context
  const [sums] = await warehouse.rows(query.layerTotals(), { signal })
  const [won] = await warehouse.rows(query.acquisitionTotals(), { signal })
  const tieOut = await warehouse.rows(sql`select destination, title, amount from cost_tie_out order by position`, { signal })
  const above = (destination: string): string =>
    sumDecimals(tieOut.filter((row) => row.destination === destination).map((row) => String(row.amount)))
  const text = (value: Row[string]): string | null => (value === null || value === undefined ? null : String(value))
  const netRevenue = text(sums.net_revenue) ?? '0'
  const contribution = text(sums.contribution)
  const rows: Row[] = []
  const add = (
    layer: string,
    title: string,
    role: 'level' | 'step',
    amount: string | null,
    below: Row[string] = null,
    reason: string | null = null,
  ) => {
    rows.push({
      position: rows.length + 1,
      layer,
      title,
      role,
      amount,
      share: amount === null ? null : ratioOf(amount, netRevenue),
      below_zero: amount === null || below === undefined ? null : below,
      reason: amount === null ? (reason ?? noCost) : reason,
    })
  }
  const cost = (value: Row[string]) => negateDecimal(text(value) ?? '0')
  let level: string | null = contribution
  const step = (layer: string, title: string, amount: string, next?: { layer: string; title: string; below?: Row[string] }) => {
    add(layer, title, 'step', amount)
    level = level === null ? null : sumDecimals([level, amount])
    if (next) add(next.layer, next.title, 'level', level, next.below)
  }
  add('net_revenue', 'Net revenue', 'level', netRevenue)
  add(
    'product_cost',
    'Product cost, and revenue whose cost is not known',
    'step',
    contribution === null ? null : subtractDecimals(contribution, netRevenue),
  )
  add('contribution', 'Contribution', 'level', contribution, sums.contribution_below)
  step('line_cost', 'Cost of lines', cost(sums.line_cost), { layer: 'after_lines', title: 'After lines', below: sums.line_below })
  step('order_cost', 'Cost of orders', cost(sums.order_cost), { layer: 'after_orders', title: 'After orders', below: sums.order_below })
  step('account_cost', 'Cost of accounts', cost(sums.account_cost), {
    layer: 'customer_profit',
    title: 'Customer profit',
    below: sums.profit_below,
  })
  const acquisition = text(won.amount)
  if (acquisition === null) {
    add(
      'acquisition_cost',
      'Acquisition cost',
      'step',
      null,
      null,
      'The customer list has no acquisition cost of customers won in the window; load it as column acquisition_cost.',
    )
  } else
    step('acquisition_cost', 'Acquisition cost of customers won', negateDecimal(acquisition), {
      layer: 'after_acquisition',
      title: 'After acquisition',
      below: won.below,
    })
  // Acquisition may be booked in the ledger too; it is shown as a view and given back, so that the result ties to the ledger.
  if (acquisition !== null) step('acquisition_back', 'Acquisition cost given back: the ledger holds it already', acquisition)
  step('business', 'Business-sustaining, not allocated', negateDecimal(above('business')))
  step('unused', 'Unused capacity', negateDecimal(above('unused')), { layer: 'operating_result', title: 'Operating result' })
  step('excluded', 'Excluded by name', negateDecimal(above('excluded')), { layer: 'result', title: 'Result' })
  await context.save(profitLayer, literalRows(profitLayer, rows), sql`position`)
  return { rows, acquisition: acquisition !== null }
}

/** Whale curve and indices of every layer that the data supports. */
export async function writeCurves(context: StepContext<unknown>, has: { groups: boolean; acquisition: boolean }): Promise<Row[]> {
  const { warehouse, signal, seed } = context
  const [{ costed }] = await warehouse.rows(sql`select count(customer_profit) > 0 as costed from customer_serving where identified`, {
    signal,
  })
  const layers = query.curveLayers.filter(
    (layer) => costed === true && (layer !== 'group_profit' || has.groups) && (layer !== 'after_acquisition' || has.acquisition),
  )
  const points: Sql[] = []
  const indices: Row[] = []
  for (const layer of layers) {
    await warehouse.materialise('layer_value', query.layerValues(layer), { signal })
    await warehouse.materialise('ranked_value', query.rankedValues(), { signal })
    const columns = await warehouse.columns(query.rankedColumns(), { signal })
    const profit = columns.measure as Float64Array
    const revenue = columns.revenue as Float64Array
    const whale = whaleIndices(profit)
    const ranks = curveRanks(profit.length, Math.round(whale.peakPosition * whale.customers), 1000)
    await warehouse.load('layer_rank', { measure_rank: Float64Array.from(ranks) }, { measure_rank: 'bigint' })
    await warehouse.materialise(`curve_${layer}`, query.curvePoints(layer), { signal })
    points.push(sql`select * from ${relation(layer)}`)
    indices.push(...indicesOf(layer, profit, revenue, columns.revenue_rank as Float64Array, whale, seed))
  }
  await context.save(profitConcentration, literalRows(profitConcentration, indices))
  await context.save(
    profitCurve,
    points.length === 0 ? literalRows(profitCurve, []) : points.reduce((all, one) => sql`${all} union all ${one}`),
  )
  return indices
}

const relations: Record<query.CurveLayer, Sql> = {
  contribution: sql`curve_contribution`,
  customer_profit: sql`curve_customer_profit`,
  after_acquisition: sql`curve_after_acquisition`,
  group_profit: sql`curve_group_profit`,
}
const relation = (layer: query.CurveLayer): Sql => relations[layer]

export const layerTitles: Record<query.CurveLayer, string> = {
  contribution: 'contribution',
  customer_profit: 'customer profit',
  after_acquisition: 'profit after acquisition cost',
  group_profit: 'profit by group',
}

function indicesOf(
  layer: query.CurveLayer,
  profit: Float64Array,
  revenue: Float64Array,
  revenueRank: Float64Array,
  whale: ReturnType<typeof whaleIndices>,
  seed: number,
): Row[] {
  const sortedRevenue = Float64Array.from(revenue).sort().reverse()
  const few = profit.length < fewestCustomers
  const random = createRandom(seed).split('serving').split(layer)
  const testable = !few && dividable(whale.total, whale.gains)
  const found = {
    measure: 'contribution' as const,
    margin: whale.total / revenue.reduce((sum, one) => sum + one, 0),
    whale,
    revenue: revenueConcentration(sortedRevenue),
    intervals: few
      ? { whale: [], revenue: [] }
      : {
          whale: bootstrapIntervals(
            toCells(profit),
            (values, weights) => bootstrapped(whaleIndices(values, weights)),
            random.split('profit'),
          ),
          revenue: bootstrapIntervals(
            toCells(sortedRevenue),
            (values, weights) => bootstrappedRevenue(revenueConcentration(values, weights)),
            random.split('revenue'),
          ),
        },
    size: testable ? correlateSize(profit, revenue) : null,
    extremes: testable ? testExtremes(revenueRank) : null,
  }
  return concentrationRows(found).map(({ index, position, title, value, low, high, unit, formula, reason }) => ({
    layer,
    index,
    position,
    title,
    value,
    low,
    high,
    unit,
    formula,
    reason: reason === null ? null : String(reason).replaceAll('contribution', layerTitles[layer]),
  }))
}
