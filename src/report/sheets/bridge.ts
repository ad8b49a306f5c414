import { subtractDecimals } from '../../shared/decimal.ts'
import type { Row } from '../../warehouse/port.ts'
import type { Exhibit } from '../data.ts'
import type { BookSheet } from '../xlsx/book.ts'
import type { BookCell, Look } from '../xlsx/cell.ts'
import { headRows } from './exhibit.ts'

const text = (value: unknown, look: Look = 'text'): BookCell => ({
  look,
  value: value === null || value === undefined ? '' : String(value),
})

/** The bridge with its closing level as a sum, and the two periods it spans. */
export function bridgeSheet(bridge: Exhibit, periods: Exhibit | undefined): BookSheet {
  const first = headRows + 1
  const closing = bridge.rows.findIndex((row) => row.effect === 'closing')
  const body = bridge.rows.map((row, index): (BookCell | null)[] => {
    const level = row.effect === 'opening' || row.effect === 'closing'
    const amount: BookCell | null =
      row.amount === null || row.amount === undefined
        ? null
        : {
            look: level ? 'strongMoney' : 'money',
            value: String(row.amount),
            ...(row.effect === 'closing' && index > 0 ? { formula: `SUM(B${first}:B${first + index - 1})` } : {}),
          }
    return [
      text(row.title, level ? 'strong' : 'text'),
      amount,
      row.cells === null || row.cells === undefined ? null : { look: 'integer', value: Number(row.cells) },
      text(row.meaning, 'wrap'),
      text(row.formula, 'wrap'),
    ]
  })
  const stored = bridge.rows[closing]?.amount
  const change: (BookCell | null)[][] =
    closing > 0 && typeof stored === 'string'
      ? [
          [
            text('Change', 'strong'),
            {
              look: 'strongMoney',
              value: subtractDecimals(stored, String(bridge.rows[0]?.amount ?? '0')),
              formula: `B${first + closing}-B${first}`,
            },
          ],
          [text('Closing as measured'), { look: 'money', value: stored }],
          [
            text('Difference, must be zero'),
            { look: 'money', value: '0', formula: `ROUND(B${first + closing}-B${first + bridge.rows.length + 1},4)` },
          ],
        ]
      : []
  const money = (value: unknown): BookCell | null => (typeof value === 'string' ? { look: 'money', value } : null)
  const spans = (periods?.rows ?? []).map((row: Row): (BookCell | null)[] => [
    text(row.period),
    { look: 'date', value: String(row.from_date) },
    { look: 'date', value: String(row.to_date) },
    { look: 'integer', value: Number(row.customers) },
    { look: 'integer', value: Number(row.orders) },
    money(row.net_revenue),
    money(row.measure),
  ])
  return {
    name: 'Bridge',
    widths: [28, 18, 13, 60, 48, 18, 18],
    frozen: { rows: headRows, columns: 1 },
    filter: { row: headRows, lastRow: headRows + bridge.rows.length, columns: 5 },
    rows: [
      [text('What changed', 'title')],
      [
        text(
          'The bridge of the profit measure from the previous to the current period. The closing level is the sum of what stands above it.',
          'note',
        ),
      ],
      [],
      [
        text('Effect', 'heading'),
        text('Amount', 'headingRight'),
        text('Cells', 'headingRight'),
        text('Meaning', 'heading'),
        text('Formula', 'heading'),
      ],
      ...body,
      ...change,
      [],
      ['Period', 'From', 'To', 'Customers', 'Orders', 'Net revenue', 'Profit measure'].map((title) => text(title, 'heading')),
      ...spans,
    ],
  }
}
