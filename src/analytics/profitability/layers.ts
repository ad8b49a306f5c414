import { z } from 'zod'
import type { Check, StepContext } from '../../pipeline/step.ts'
import { compareDecimals, subtractDecimals, sumDecimals } from '../../shared/decimal.ts'
import { AppError } from '../../shared/errors.ts'
import { formatCounted, formatDate, formatMoney } from '../../shared/format.ts'
import type { Row } from '../../warehouse/port.ts'
import { id, join, sql } from '../../warehouse/sql.ts'
import { asImported, type Emit, keptSums, sumLines, sumTables } from '../../warehouse/sums.ts'
import { customerProfit, layerTotals, monthProfit, productProfit } from './contract.ts'
import { type ControlRow, countOf, readControlTotals, totalOf } from './control-totals.ts'
import { dataFindings } from './data-findings.ts'
import { layerFigures } from './layer-figures.ts'
import { layerRows } from './layer-rows.ts'
import type { Available, MonthActivity } from './layers.sql.ts'
import * as layer from './layers.sql.ts'
import * as line from './lines.sql.ts'
import { type Coverage, completeMonths, daysBetween, type Span } from './periods.ts'
import { literalRows } from './rows.sql.ts'

export const layersParameters = z.strictObject({
  /**
   * Up to how many order lines the customers of each product are counted and returns are matched to sales, which takes longer than
   * everything else. Defaults to 5 million.
   */
  mostLines: z.number().int().min(0).default(5_000_000),
})

/** What the whole portfolio comes to, layer by layer. Null where the data does not support the layer. */
export interface Totals {
  lines: number
  list_revenue: string | null
  discounts: string | null
  invoiced_revenue: string
  returns: string
  net_revenue: string
  revenue_without_cost: string | null
  product_cost: string | null
  contribution: string | null
}

/** Everything about the lines that later sentences and figures need. */
export interface Portfolio {
  available: Available
  totals: Totals
  identified: Totals
  control: ControlRow[]
  coverage: Coverage
  complete: Span | null
  /** Identified customers with a line. */
  customers: number
  orders: number
  /** Whether there are few enough lines to look at each customer's products. */
  detailed: boolean
}

/**
 * Contribution layers by customer, product and month. Lines are summed by customer and day and by product, everything else comes from
 * these sums; that all of it adds up to the input is checked before anything is published.
 */
export async function writeLayers(context: StepContext<z.infer<typeof layersParameters>>): Promise<void> {
  const { warehouse, asOf, currency, signal, check, progress } = context
  const { dialect } = warehouse
  const [extremes] = await warehouse.rows(line.lineExtremes(), { signal })
  const control = readControlTotals(await warehouse.rows(line.controlTotals(asOf), { signal }))
  if (control.length === 0) {
    throw new AppError('layers.no-lines', `no order line is dated on or before ${asOf}`, {
      hint: `The data begins on ${extremes.first_date}: choose a later \`asOf\`.`,
    })
  }
  const available: Available = { list: extremes.has_list === true, cost: extremes.has_cost === true }
  const foreign = control.some((row) => row.currency !== currency)
  const later = String(extremes.last_date) > asOf
  const left = await valueLines(context, control, { foreign, later })
  progress(0.1)

  if (!context.has('customer')) await warehouse.view('customer', line.noCustomers())
  await makeSums(context, !foreign && !later && !(String(extremes.last_order_date) > asOf))
  progress(0.5)
  const activity = await countOrders(context)
  progress(0.6)
  const detailed = countOf(control) <= context.parameters.mostLines
  if (detailed) await warehouse.materialise('product_customers', layer.productCustomers(), { signal })
  progress(0.7)

  const coverage = await readCoverage(context)
  const complete = completeMonths(coverage)
  await context.save(customerProfit, layer.customerProfit(dialect, available), sql`customer_key`)
  progress(0.9)
  await context.save(
    productProfit,
    layer.productProfit(available, { products: context.has('product') && extremes.has_product === true, customers: detailed }),
  )
  await context.save(monthProfit, layer.monthProfit(dialect, available, complete ?? { from: '9999-01-01', to: '0001-01-01' }, activity))

  const totals = await readTotals(context, 'customer_profit', available)
  const identified = await readTotals(context, 'customer_profit', available, true)
  check(tieToInput(control, left, totals, currency))
  for (const table of ['product_profit', 'month_profit']) {
    check(tieToEachOther(table, totals, await readTotals(context, table, available)))
  }
  check(tieIdentified(control, left, identified, totals, currency))

  const [active] = await warehouse.rows(layer.activeCustomers(), { signal })
  const { customers, orders } = { customers: Number(active.customers), orders: Number(active.orders) }
  const portfolio: Portfolio = { detailed, available, totals, identified, control, coverage, complete, customers, orders }
  await context.save(layerTotals, literalRows(layerTotals, layerRows(portfolio)), sql`position`)
  for (const figure of layerFigures(portfolio)) context.figure(figure)
  for (const finding of await dataFindings(context, portfolio)) context.finding(finding)
}

/** Makes the relation `valued_line` and says what stays out of it. */
async function valueLines(
  context: StepContext,
  control: readonly ControlRow[],
  { foreign, later }: { foreign: boolean; later: boolean },
): Promise<Row[]> {
  const { warehouse, asOf, currency, signal } = context
  if (foreign) {
    const rates = context.has('fx_rate') ? line.dayRates({ asOf, currency }) : line.noRates()
    await warehouse.materialise('day_rate', rates, { signal })
  }
  await warehouse.view('valued_line', line.valuedLines({ asOf, currency }, { foreign, later }))
  if (!foreign) return []
  const left = await warehouse.rows(line.linesWithoutRate({ asOf, currency }), { signal })
  const lines = left.reduce((sum, row) => sum + Number(row.lines), 0)
  if (lines === countOf(control)) {
    const found = [...new Set(control.map((row) => row.currency))]
    throw new AppError(
      'layers.no-currency',
      `no order line is in ${currency} or can be converted to it; the lines are in ${found.join(', ')}`,
      {
        hint:
          found.length === 1
            ? `Set \`currency: ${found[0]}\` in clientele.yaml, or load exchange rates (table fx_rate).`
            : 'Load exchange rates (table fx_rate: currency, date, rate).',
      },
    )
  }
  for (const row of left) {
    context.check({
      name: `lines-without-rate-${String(row.currency).toLowerCase()}`,
      title: `Order lines in ${row.currency} without exchange rate`,
      status: 'warn',
      blocking: false,
      detail:
        `${formatCounted(Number(row.lines), 'line')} of ${formatMoney(String(row.amount), String(row.currency), { currencyDisplay: 'code' })}, ` +
        `${formatDate(String(row.first_date))} to ${formatDate(String(row.last_date))}, are in no layer: there is no rate on or before their day. ` +
        `Load rates from ${row.currency} to ${currency} (table fx_rate).`,
      actual: String(row.amount),
    })
  }
  return left
}

/**
 * Makes the relations from which everything comes that does not ask for single lines: those that the imports brought along, or, where lines
 * are converted or cut, sums of the lines that count.
 *
 * @param unchanged whether all lines of the imports count, with the amounts that they were imported with
 */
async function makeSums({ warehouse, asOf, signal, has }: StepContext, unchanged: boolean): Promise<void> {
  if (unchanged && has(keptSums)) {
    for (const table of sumTables) if (table !== 'day_total') await warehouse.view(table, sql`select * from ${id(asImported(table))}`)
    return
  }
  await warehouse.view('counted_order', line.countedOrders(asOf))
  const emit: Emit = (table, pieces) => warehouse.materialise(table, join(pieces, sql` union all `), { signal })
  await sumLines(warehouse, { lines: 'valued_line', orders: 'counted_order' }, emit, { signal })
}

/** Tells orders and customers by month. */
async function countOrders({ warehouse, signal }: StepContext): Promise<MonthActivity[]> {
  const months = await warehouse.rows(layer.monthOrders(warehouse.dialect), { signal })
  if (months.length === 0) return []
  const names = months.map(({ month }) => String(month))
  const [counts] = await warehouse.rows(layer.customersByMonth(names), { signal })
  return months.map(({ orders }, i) => ({ month: names[i]!, customers: Number(counts[`customers_${i}`]), orders: Number(orders) }))
}

async function readCoverage({ warehouse, signal }: StepContext): Promise<Coverage> {
  const rows = await warehouse.rows(sql`select order_date from day_sum order by order_date`, { signal })
  const days = rows.map((row) => String(row.order_date))
  let longestGap = 0
  for (let i = 1; i < days.length; i++) longestGap = Math.max(longestGap, daysBetween(days[i - 1], days[i]) - 1)
  return { firstDate: days[0], lastDate: days[days.length - 1], longestGap }
}

async function readTotals(context: StepContext, table: string, available: Available, identifiedOnly = false): Promise<Totals> {
  const [row] = await context.warehouse.rows(layer.layerTotalsOf(id(table), available, identifiedOnly ? sql`identified` : sql`true`), {
    signal: context.signal,
  })
  const amount = (name: string) => (row[name] === undefined ? null : String(row[name]))
  return {
    lines: Number(row.lines),
    list_revenue: amount('list_revenue'),
    discounts: amount('discounts'),
    invoiced_revenue: String(row.invoiced_revenue),
    returns: String(row.returns),
    net_revenue: String(row.net_revenue),
    revenue_without_cost: amount('revenue_without_cost'),
    product_cost: amount('product_cost'),
    contribution: amount('contribution'),
  }
}

/** Lines in and out; and, where no conversion came between, the money to the last decimal. */
function tieToInput(control: readonly ControlRow[], left: readonly Row[], totals: Totals, currency: string): Check {
  const out = left.reduce((sum, row) => sum + Number(row.lines), 0)
  const lines = countOf(control) - out
  const converted = control.some((row) => row.currency !== currency)
  const amount = totalOf(control, 'amount')
  const agree = lines === totals.lines && (converted || compareDecimals(amount, totals.net_revenue) === 0)
  const tell = (count: number, money: string) => `${formatCounted(count, 'line')}${converted ? '' : `, ${money} ${currency}`}`
  return {
    name: 'layers-tie-to-input',
    title: 'Layers add up to the order lines',
    status: agree ? 'pass' : 'fail',
    blocking: true,
    detail: converted
      ? 'Every order line with a rate is in the layers once; amounts are converted line by line, so the money is compared between the tables.'
      : 'Net revenue over all customers, unidentified included, is the sum of all invoice amounts, to the last decimal.',
    expected: tell(lines, amount),
    actual: tell(totals.lines, totals.net_revenue),
  }
}

const layerNames = [
  'lines',
  'list_revenue',
  'discounts',
  'invoiced_revenue',
  'returns',
  'net_revenue',
  'revenue_without_cost',
  'product_cost',
  'contribution',
] as const

function tieToEachOther(table: string, totals: Totals, others: Totals): Check {
  const wrong = layerNames.filter((name) => compareDecimals(totals[name] ?? 0, others[name] ?? 0) !== 0)
  const tell = (side: Totals) => (wrong.length > 0 ? wrong : (['net_revenue'] as const)).map((name) => `${name} ${side[name]}`).join(', ')
  return {
    name: `layers-tie-${table.replaceAll('_', '-')}`,
    title: `Layers agree between customer_profit and ${table}`,
    status: wrong.length === 0 ? 'pass' : 'fail',
    blocking: true,
    detail:
      wrong.length === 0
        ? `Each layer adds up to the same total in customer_profit and in ${table}, to the last decimal.`
        : `The totals of ${wrong.join(', ')} differ.`,
    expected: tell(totals),
    actual: tell(others),
  }
}

function tieIdentified(control: readonly ControlRow[], left: readonly Row[], identified: Totals, totals: Totals, currency: string): Check {
  const without = subtractDecimals(totals.net_revenue, identified.net_revenue)
  const converted = control.some((row) => row.currency !== currency)
  const expected = totalOf(control, 'amount', (row) => row.identified)
  const lines = countOf(control, (row) => row.identified)
  // With lines left out or converted the split of the input is not that of the layers; the sum of both parts still must be the whole.
  const agree =
    compareDecimals(sumDecimals([identified.net_revenue, without]), totals.net_revenue) === 0 &&
    (left.length > 0 || lines === identified.lines) &&
    (converted || compareDecimals(expected, identified.net_revenue) === 0)
  return {
    name: 'identified-and-unidentified',
    title: 'Identified and unidentified add up to all',
    status: agree ? 'pass' : 'fail',
    blocking: true,
    detail: `${identified.net_revenue} identified + ${without} unidentified = ${totals.net_revenue} ${currency} net revenue.`,
    expected: converted ? totals.net_revenue : expected,
    actual: converted ? sumDecimals([identified.net_revenue, without]) : identified.net_revenue,
  }
}
