import type { ChartContext } from '../../charts/index.ts'
import { formatCount, formatCounted } from '../../shared/format.ts'
import type { Row } from '../../warehouse/port.ts'
import { measureTitle, type ReportData } from '../data.ts'
import type { Section } from '../section.ts'
import { column, isLarge, type PrintColumn, printTable } from '../tables.ts'
import { idNote } from './changes.ts'
import { moneyColumns } from './layers.ts'

/** The best and the worst customers, in one list with its totals over all. */
export function customersSection(data: ReportData, context: ChartContext): Section | null {
  if (!data.customers || data.customers.rows.length === 0) return null
  const best = data.customers.rows
  const total = data.customers.total
  const lastBest = Number(best.at(-1)?.measure_rank ?? best.length)
  const worst = [...(data.worstCustomers?.rows ?? [])].reverse().filter((row) => Number(row.measure_rank) > lastBest)
  const between = total - best.length - worst.length
  const rows = [...best, ...worst]
  const columns: PrintColumn[] = [
    column('measure_rank', 'Rank', 'integer'),
    { title: 'Customer', type: 'text', value: (row) => row.name, note: idNote },
    ...(new Set(rows.map((row) => row.country)).size > 1 ? [column('country', 'Country', 'text')] : []),
    column('orders', 'Orders', 'integer'),
    ...moneyColumns(
      rows,
      context,
      context.measure === 'contribution' ? ['net_revenue', 'product_cost', 'contribution'] : ['invoiced_revenue', 'returns', 'net_revenue'],
    ),
    ...(context.measure === 'contribution' ? [column('margin', 'Margin', 'ratio')] : [column('measure_share', 'Share', 'ratio')]),
    column('cumulative_share', 'Cumulative', 'ratio'),
  ]
  return {
    id: 'customers',
    title: worst.length > 0 ? 'The best and the worst customers' : 'Customers',
    lede: `Ranked by ${measureTitle(context).toLowerCase()}; ${formatCounted(total, 'identified customer')}. Cumulative is the share of the total that customers up to this rank bring together.`,
    body: printTable({
      columns,
      rows: best,
      tail: worst.length > 0 ? { rows: worst, gap: between > 0 ? `${formatCount(between)} between` : 'and from the other end' } : undefined,
      totals: totalRows(data),
      currency: context.currency,
      wholeMoney: isLarge(rows, 'net_revenue'),
    }),
  }
}

function totalRows(data: ReportData): { label: string; row: Row }[] {
  const layers = data.layers?.rows ?? []
  const sums = (which: 'identified_amount' | 'amount'): Row =>
    Object.fromEntries(layers.map((row) => [String(row.layer), row[which] ?? null]))
  return [
    ...(layers.length > 0 ? [{ label: 'All identified customers', row: sums('identified_amount') }] : []),
    ...(data.unidentified ? [{ label: 'Lines without a customer', row: { ...data.unidentified, orders: null, margin: null } }] : []),
    ...(layers.length > 0 ? [{ label: 'All lines', row: sums('amount') }] : []),
  ]
}
