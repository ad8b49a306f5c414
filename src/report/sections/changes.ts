import { bridgeWaterfall, type ChartContext, movers } from '../../charts/index.ts'
import { formatCount, formatDate } from '../../shared/format.ts'
import type { Row } from '../../warehouse/port.ts'
import { measureTitle, type ReportData } from '../data.ts'
import { html } from '../markup.ts'
import { figureOf, type Section } from '../section.ts'
import { column, isLarge, type PrintColumn, printTable } from '../tables.ts'

/** What moved profit between the two periods, and through whom. */
export function changesSection(data: ReportData, context: ChartContext): Section | null {
  if (!data.bridge && !data.changes) return null
  const periods = data.periods?.rows ?? []
  const both = periods.length === 2
  const changes = joinEnds(data.changes?.rows ?? [], data.worstChanges?.rows ?? [])
  const counts = data.changeCounts.filter((count) => count.customers > 0)
  return {
    id: 'changes',
    title: 'What changed',
    lede: both
      ? `${span(periods.find((row) => row.period === 'current'))} against ${span(periods.find((row) => row.period === 'previous'))}.`
      : 'The current period against the one before.',
    body: html`${figureOf(bridgeWaterfall({ effects: data.bridge?.rows ?? [], periods }, context))}
${
  both
    ? printTable({
        columns: [
          { title: 'Period', type: 'text', value: (row) => `${row.period === 'current' ? 'Current' : 'Previous'}: ${span(row)}` },
          column('customers', 'Customers', 'integer'),
          column('orders', 'Orders', 'integer'),
          column('net_revenue', 'Net revenue', 'money_sum'),
          ...(context.measure === 'contribution' ? [column('measure', measureTitle(context), 'money_sum')] : []),
        ],
        rows: periods,
        currency: context.currency,
      })
    : ''
}
${
  data.bridge && data.bridge.rows.length > 0
    ? printTable({
        columns: [
          { ...column('title', 'Effect', 'text'), room: 'name' },
          column('amount', 'Amount', 'money_sum'),
          column('meaning', 'Meaning', 'text'),
          { title: 'Formula', type: 'text', value: (row) => html`<span class="small">${row.formula as string}</span>` },
        ],
        rows: data.bridge.rows,
        currency: context.currency,
        rowClass: (row) => (row.effect === 'opening' || row.effect === 'closing' ? 'level' : 'step'),
      })
    : ''
}
${
  changes.length > 0
    ? html`<div class="keep"><h3>Through whom</h3>
<p class="small">${counts.map((count) => `${formatCount(count.customers)} ${count.status}`).join(', ')} customers.</p>
${figureOf(movers(changes, context))}</div>
${printTable({
  columns: [
    { title: 'Customer', type: 'text', value: (row) => row.name, note: (row) => idNote(row) },
    column('status', 'Status', 'text'),
    column('previous_measure', 'Before', 'money_sum'),
    column('current_measure', 'Now', 'money_sum'),
    column('change', 'Change', 'money_sum'),
    ...effectColumns(data, [...gainers(changes), ...losers(changes)]),
  ],
  rows: gainers(changes),
  tail: losers(changes).length > 0 ? { rows: losers(changes), gap: 'and those that fell most' } : undefined,
  currency: context.currency,
  wholeMoney: isLarge(changes, 'current_measure') || isLarge(changes, 'previous_measure'),
  caption: `${measureTitle(context)} of the customers that gained and lost most.`,
})}`
    : ''
}`,
  }
}

// Effects that are nothing for all customers shown are left out.
function effectColumns(data: ReportData, rows: Row[]): PrintColumn[] {
  return Object.entries(data.changes?.contract.columns ?? {})
    .filter(([name]) => name.endsWith('_effect') && rows.some((row) => Number(row[name] ?? 0) !== 0))
    .map(([name, info]) => column(name, info.title, info.type))
}

const span = (row: Row | undefined): string => (row ? `${formatDate(row.from_date as string)} to ${formatDate(row.to_date as string)}` : '')

/** The id beside a name, where the name is not the id itself. */
export const idNote = (row: Row): string => (row.name === row.customer_id ? '' : String(row.customer_id ?? ''))

function joinEnds(best: Row[], worst: Row[]): Row[] {
  const known = new Set(best.map((row) => row.customer_id))
  return [...best, ...worst.filter((row) => !known.has(row.customer_id)).reverse()]
}

const gainers = (rows: Row[]): Row[] => rows.filter((row) => Number(row.change) > 0).slice(0, 8)
const losers = (rows: Row[]): Row[] => rows.filter((row) => Number(row.change) < 0).slice(-8)
