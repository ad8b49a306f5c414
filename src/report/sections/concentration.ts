import { type ChartContext, concentrationDots, sizeProfit, whaleCurve } from '../../charts/index.ts'
import { ratioOf, subtractDecimals } from '../../shared/decimal.ts'
import { formatCount, formatCounted, formatValue } from '../../shared/format.ts'
import type { Cell, Row } from '../../warehouse/port.ts'
import type { ReportData } from '../data.ts'
import { html, type Markup } from '../markup.ts'
import { figureOf, type Section } from '../section.ts'
import { printTable } from '../tables.ts'

/** Who carries the portfolio, who takes back, how much hangs on few, and whether the big ones are best or worst. */
export function concentrationSection(data: ReportData, context: ChartContext): Section | null {
  if (!data.whaleCurve && !data.concentration) return null
  const indices = data.concentration?.rows ?? []
  const whale = whaleCurve({ points: data.whaleCurve?.rows ?? [], concentration: indices }, context)
  const amount = (layer: string): string | null => {
    const value = data.layers?.rows.find((row) => row.layer === layer)?.identified_amount
    return typeof value === 'string' ? value : null
  }
  const contribution = amount('contribution')
  const net = amount('net_revenue')
  const without = amount('revenue_without_cost')
  const margin =
    contribution !== null && net !== null ? ratioOf(contribution, without === null ? net : subtractDecimals(net, without)) : null
  const largest = data.largestCustomers
  const size = indices.filter((row) => row.group === 'size')
  const spread = indices.filter((row) => row.group !== 'size')
  const some = largest && largest.total > largest.rows.length && context.measure === 'contribution'
  return {
    id: 'concentration',
    title: 'Who carries the portfolio',
    lede: 'Customers from the most to the least profitable: how far the best carry it, and what others take back.',
    body: [
      figureOf(whale),
      ...(spread.length > 0
        ? [
            html`<div class="keep"><h3>How much hangs on few</h3>${figureOf(concentrationDots(indices, context))}</div>`,
            indexTable(spread, context.currency),
          ]
        : []),
      ...(largest && largest.rows.length > 0
        ? [
            html`<div class="keep"><h3>Are the big ones the best or the worst?</h3>
${figureOf(sizeProfit({ customers: largest.rows, total: largest.total, ...(margin === null ? {} : { portfolioMargin: margin }) }, context))}
${some ? html`<p class="small">Drawn are the ${formatCount(largest.rows.length)} largest of ${formatCounted(largest.total, 'customer')}.</p>` : ''}</div>`,
            size.some((row) => row.value !== null) ? indexTable(size, context.currency) : html``,
          ]
        : []),
    ],
  }
}

function indexTable(rows: Row[], currency: string): Markup {
  const show = (row: Row, value: Cell | undefined): string =>
    formatValue(value, { type: indexType(row.unit), unit: String(row.unit ?? '') }, currency, { compact: true })
  return printTable({
    columns: [
      {
        title: 'Index',
        type: 'text',
        room: 'words',
        value: (row) =>
          html`${row.title as string}<div class="small">${(row.value === null ? (row.reason ?? row.meaning) : row.meaning) as string}</div>`,
      },
      { title: 'Value', type: 'number', value: (row) => html`${show(row, row.value)}` },
      {
        title: 'Interval',
        type: 'number',
        value: (row) =>
          html`${row.low === null || row.low === undefined || row.high === null ? '' : `${show(row, row.low)} to ${show(row, row.high)}`}`,
      },
      { title: 'Formula', type: 'text', value: (row) => html`<span class="small">${row.formula as string}</span>` },
    ],
    rows,
    currency,
    caption: intervalCaption(rows),
  })
}

function intervalCaption(rows: Row[]): string | undefined {
  const distinct = (column: string, keep: (row: Row) => boolean): string[] => [
    ...new Set(rows.flatMap((row) => (keep(row) && typeof row[column] === 'string' && row[column] !== '' ? [row[column]] : []))),
  ]
  const intervals = distinct('interval', () => true)
  const care = distinct('reason', (row) => row.value !== null)
  return [intervals.length > 0 ? `Interval: ${intervals.join('; ')}.` : '', ...care].filter(Boolean).join(' ') || undefined
}

/** How an index is shown, by its unit. */
function indexType(unit: Cell | undefined): string {
  if (unit === 'ratio') return 'ratio'
  if (unit === 'money') return 'money'
  return 'number'
}
