import { subtractDecimals } from '../../shared/decimal.ts'
import type { Row } from '../../warehouse/port.ts'
import type { Exhibit } from '../data.ts'
import type { BookSheet } from '../xlsx/book.ts'
import type { BookCell, Look } from '../xlsx/cell.ts'
import { headRows } from './exhibit.ts'

/** The layers of the whole portfolio; what is made of other layers is a formula of their cells. */
export function layersSheet(exhibit: Exhibit): { sheet: BookSheet; names: { name: string; refersTo: string }[] } {
  const lines = exhibit.rows
  const at = new Map(lines.map((row, index) => [String(row.layer), headRows + 1 + index]))
  const known = (layer: string): number | null => {
    const row = lines.find((candidate) => candidate.layer === layer)
    return row && row.amount !== null && row.amount !== undefined ? at.get(layer)! : null
  }
  const formula = (layer: string, column: string): string | null => {
    const cell = (name: string): string | null => (known(name) === null ? null : `${column}${known(name)}`)
    const [list, invoiced, returns, net, cost] = ['list_revenue', 'invoiced_revenue', 'returns', 'net_revenue', 'product_cost'].map(cell)
    if (layer === 'discounts' && list && invoiced) return `${list}-${invoiced}`
    if (layer === 'net_revenue' && invoiced && returns) return `${invoiced}+${returns}`
    if (layer === 'contribution' && net && cost) return [net, cell('revenue_without_cost'), cost].filter(Boolean).join('-')
    return null
  }
  const amount = (row: Row, column: 'amount' | 'identified_amount', letter: string): BookCell | null => {
    const value = row[column]
    if (value === null || value === undefined) return null
    const look: Look = row.role === 'level' ? 'strongMoney' : 'money'
    const made = formula(String(row.layer), letter)
    return { look, value: String(value), ...(made === null ? {} : { formula: made }) }
  }
  const text = (value: unknown, look: Look = 'wrap'): BookCell => ({
    look,
    value: value === null || value === undefined ? '' : String(value),
  })
  const body = lines.map((row, index): (BookCell | null)[] => {
    const number = headRows + 1 + index
    const all = amount(row, 'amount', 'B')
    const identified = amount(row, 'identified_amount', 'C')
    return [
      text(row.title, row.role === 'level' ? 'strong' : 'text'),
      all,
      identified,
      all && identified
        ? { look: all.look, value: subtractDecimals(String(all.value), String(identified.value)), formula: `B${number}-C${number}` }
        : null,
      typeof row.covered_share === 'number' ? { look: 'ratio', value: row.covered_share } : null,
      text(row.available === false ? 'no' : 'yes', 'text'),
      text(row.reason),
      text(row.unlock),
    ]
  })
  const titles = [
    'Layer',
    'All lines',
    'Identified customers',
    'Without a customer',
    'Covered',
    'Available',
    'Why not',
    'What would give it',
  ]
  const sheet: BookSheet = {
    name: 'Layers',
    widths: [26, 18, 20, 18, 11, 11, 46, 52],
    frozen: { rows: headRows, columns: 1 },
    filter: { row: headRows, lastRow: headRows + lines.length, columns: titles.length },
    rows: [
      [text('Contribution layers', 'title')],
      [
        text(
          'From list revenue down to contribution. Discounts, net revenue, contribution and the column without a customer are formulas.',
          'note',
        ),
      ],
      [],
      titles.map((title, index): BookCell => ({ look: index >= 1 && index <= 4 ? 'headingRight' : 'heading', value: title })),
      ...body,
    ],
  }
  const names = lines
    .filter((row) => known(String(row.layer)) !== null)
    .map((row) => ({ name: `layer_${String(row.layer)}`, refersTo: `Layers!$B$${at.get(String(row.layer))}` }))
  return { sheet, names }
}
