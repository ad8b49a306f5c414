import { type ChartContext, layersWaterfall, monthTrend } from '../../charts/index.ts'
import { sumDecimals } from '../../shared/decimal.ts'
import { formatCounted, formatMonth, formatRatio } from '../../shared/format.ts'
import type { Row } from '../../warehouse/port.ts'
import type { ReportData } from '../data.ts'
import { html } from '../markup.ts'
import { figureOf, type Section } from '../section.ts'
import { column, isLarge, type PrintColumn, printTable } from '../tables.ts'

/** From list revenue to contribution, for all lines and for identified customers. */
export function layersSection(data: ReportData, context: ChartContext): Section | null {
  if (!data.layers) return null
  const rows = data.layers.rows
  return {
    id: 'layers',
    title: 'From revenue to contribution',
    lede: 'What was sold at list price, what was given away, what came back, what it cost, and what is left to serve customers, run the house and earn a profit.',
    body: html`${figureOf(layersWaterfall(rows, context))}
${printTable({
  columns: [
    { ...column('title', 'Layer', 'text'), room: 'name' },
    column('amount', 'All lines', 'money_sum'),
    column('identified_amount', 'Identified customers', 'money_sum'),
    {
      title: 'Covered',
      type: 'ratio',
      value: (row) => (typeof row.covered_share === 'number' ? formatRatio(row.covered_share) : undefined),
    },
    ...(rows.some((row) => row.reason) ? [{ title: 'Note', type: 'text', value: (row: Row) => row.reason ?? '' }] : []),
  ],
  rows,
  currency: context.currency,
  rowClass: (row) => (row.role === 'level' ? 'level' : 'step'),
})}`,
  }
}

/** The layers month by month. */
export function monthsSection(data: ReportData, context: ChartContext): Section | null {
  if (!data.months || data.months.rows.length === 0) return null
  const all = data.months.rows
  // Five years on paper; the workbook has all months.
  const rows = all.slice(-60)
  const total: Row = {}
  for (const name of ['orders', 'invoiced_revenue', 'returns', 'net_revenue', 'product_cost', 'contribution']) {
    const values = rows.map((row) => row[name])
    const present = values.filter((value) => typeof value === 'string' || typeof value === 'number')
    total[name] = present.length === 0 ? null : sumDecimals(present)
  }
  return {
    id: 'months',
    title: 'Month by month',
    lede: 'All customers together, lines without a customer included.',
    body: html`${figureOf(monthTrend(all, context))}
${printTable({
  columns: [
    { title: 'Month', type: 'month', value: (row) => html`${monthName(row)}` },
    column('customers', 'Customers', 'integer'),
    column('orders', 'Orders', 'integer'),
    ...moneyColumns(rows, context),
  ],
  rows,
  totals: [{ label: formatCounted(rows.length, 'month'), row: total }],
  currency: context.currency,
  wholeMoney: isLarge(rows, 'net_revenue'),
  caption: all.length > rows.length ? `The last ${rows.length} of ${all.length} months.` : undefined,
})}`,
  }
}

const monthName = (row: Row): string => `${formatMonth(String(row.month))}${row.complete === false ? ' (in part)' : ''}`

/** The layers as columns, without those that say nothing: absent, zero throughout, or equal to net revenue for want of returns. */
export function moneyColumns(rows: Row[], context: ChartContext, wanted?: string[]): PrintColumn[] {
  const columns: [name: string, title: string][] = [
    ['invoiced_revenue', 'Invoiced'],
    ['returns', 'Returns'],
    ['net_revenue', 'Net revenue'],
    ['product_cost', 'Product cost'],
    ['contribution', 'Contribution'],
  ]
  const says = (name: string): boolean => rows.some((row) => Number(row[name] ?? 0) !== 0)
  return columns
    .filter(([name]) => (wanted ? wanted.includes(name) : true))
    .filter(([name]) => name === 'net_revenue' || says(name))
    .filter(([name]) => name !== 'invoiced_revenue' || says('returns'))
    .filter(([name]) => context.measure === 'contribution' || (name !== 'product_cost' && name !== 'contribution'))
    .map(([name, title]) => column(name, title, 'money_sum'))
}
