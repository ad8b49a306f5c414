import type { ChartContext } from '../../charts/index.ts'
import { ratioOf, subtractDecimals } from '../../shared/decimal.ts'
import { formatCount, formatCounted } from '../../shared/format.ts'
import type { Row } from '../../warehouse/port.ts'
import { measureTitle, type ReportData } from '../data.ts'
import type { Section } from '../section.ts'
import { column, isLarge, printTable } from '../tables.ts'
import { moneyColumns } from './layers.ts'

// Names of products are long: so many fill a page.
const ends = 12

/** The products that bring most and least. */
export function productsSection(data: ReportData, context: ChartContext): Section | null {
  if (!data.products || data.products.rows.length === 0) return null
  const best = data.products.rows.slice(0, ends)
  const known = new Set(best.map((row) => row.product_id))
  const worst = (data.worstProducts?.rows ?? [])
    .filter((row) => !known.has(row.product_id))
    .slice(0, ends)
    .reverse()
  const between = data.products.total - best.length - worst.length
  const rows = [...best, ...worst]
  return {
    id: 'products',
    title: worst.length > 0 ? 'The best and the worst products' : 'Products',
    lede: `By ${measureTitle(context).toLowerCase()} over all customers; ${formatCounted(data.products.total, 'product')}.`,
    body: printTable({
      columns: [
        {
          title: 'Product',
          type: 'text',
          value: (row) => row.name,
          note: (row) => (row.name === row.product_id ? '' : String(row.product_id)),
        },
        column('customers', 'Customers', 'integer'),
        {
          title: 'Quantity',
          type: 'quantity',
          value: (row) => (row.quantity === undefined ? undefined : formatCount(row.quantity as string)),
        },
        ...moneyColumns(
          rows,
          context,
          context.measure === 'contribution'
            ? ['net_revenue', 'product_cost', 'contribution']
            : ['invoiced_revenue', 'returns', 'net_revenue'],
        ),
        ...(context.measure === 'contribution' ? [{ title: 'Margin', type: 'ratio', value: margin }] : []),
      ],
      rows: best,
      tail: worst.length > 0 ? { rows: worst, gap: between > 0 ? `${formatCount(between)} between` : 'and from the other end' } : undefined,
      totals: data.layers
        ? [{ label: 'All lines', row: Object.fromEntries(data.layers.rows.map((row) => [String(row.layer), row.amount ?? null])) }]
        : [],
      currency: context.currency,
      wholeMoney: isLarge(rows, 'net_revenue'),
    }),
  }
}

function margin(row: Row): number | null {
  const { contribution, net_revenue: net, revenue_without_cost: without } = row
  if (typeof contribution !== 'string' || typeof net !== 'string') return null
  const known = subtractDecimals(net, typeof without === 'string' ? without : '0')
  return Number(known) > 0 ? ratioOf(contribution, known) : null
}
