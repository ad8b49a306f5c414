import { compareDecimals, isDecimal, roundDecimal, signOf } from '../shared/decimal.ts'
import { formatMoney, formatValue } from '../shared/format.ts'
import type { Cell, Row } from '../warehouse/port.ts'
import { html, type Markup } from './markup.ts'

/** A column of a printed table. */
export interface PrintColumn {
  title: string
  /** As in a contract: money, ratio, integer, number, date, text ... */
  type: string
  value: (row: Row) => Cell | Markup | undefined
  /** Needs room: for a name, or for a sentence. */
  room?: 'name' | 'words'
  /** Beside it in small, such as the id by a name. */
  note?: (row: Row) => string
}

/** A column that shows a cell as it is. */
export const column = (name: string, title: string, type: string): PrintColumn => ({ title, type, value: (row) => row[name] })

const numeric = new Set(['money', 'money_sum', 'price', 'quantity', 'ratio', 'integer', 'number'])

export interface PrintTable {
  columns: PrintColumn[]
  rows: Row[]
  currency: string
  caption?: string | undefined
  /** Rows after the others, in bold: totals over everything, not over what is shown. */
  totals?: { label: string; row: Row }[] | undefined
  /** Rows from the other end of the same list, set off by a line that says how many are between. */
  tail?: { rows: Row[]; gap: string } | undefined
  rowClass?: ((row: Row) => string) | undefined
  /** Money without the minor unit, where figures are large. */
  wholeMoney?: boolean | undefined
}

/** A table with a head that repeats on every printed page. The caption names the currency, so that cells need not. */
export function printTable(table: PrintTable): Markup {
  const { columns } = table
  const hasMoney = columns.some((one) => one.type === 'money' || one.type === 'money_sum')
  const caption = [table.caption ?? '', hasMoney ? `Amounts in ${table.currency}.` : ''].filter(Boolean).join(' ')
  const head = columns.map((one) => html`<th scope="col" class="${classOf(one)}">${one.title}</th>`)
  const rows = [...table.rows.map((row) => bodyRow(table, row))]
  if (table.tail && table.tail.rows.length > 0) {
    rows.push(
      html`<tr class="gap"><td colspan="${columns.length}">${table.tail.gap}</td></tr>`,
      ...table.tail.rows.map((row) => bodyRow(table, row)),
    )
  }
  const totals = (table.totals ?? []).map(({ label, row }) => totalRow(table, label, row))
  return html`<div class="scroll"><table class="${columns.length > 8 ? 'dense' : ''}">${caption ? html`<caption>${caption}</caption>` : ''}
<thead><tr>${head}</tr></thead>
<tbody>${rows}</tbody>
${totals.length > 0 ? html`<tfoot>${totals}</tfoot>` : ''}</table></div>`
}

const classOf = (one: PrintColumn): string =>
  numeric.has(one.type) ? 'number' : one.room ? one.room : one.note ? 'name' : one.type === 'month' ? 'short' : ''

function bodyRow(table: PrintTable, row: Row): Markup {
  const cells = table.columns.map((one) => {
    const note = one.note?.(row)
    return html`<td class="${cellClass(one, one.value(row))}">${shown(table, one, row)}${note ? html` <span class="id">${note}</span>` : ''}</td>`
  })
  return html`<tr class="${table.rowClass?.(row) ?? ''}">${cells}</tr>`
}

// The label takes the columns before the first that has a total.
function totalRow(table: PrintTable, label: string, row: Row): Markup {
  const present = table.columns.map((one) => numeric.has(one.type) && (one.value(row) ?? null) !== null)
  const first = present.indexOf(true)
  const span = first < 0 ? table.columns.length : Math.max(1, first)
  const cells = table.columns.slice(span).map((one, index) => {
    const value = present[span + index] ? shown(table, one, row) : ''
    return html`<td class="${cellClass(one, one.value(row))}">${value}</td>`
  })
  return html`<tr class="total"><th scope="row" colspan="${span}">${label}</th>${cells}</tr>`
}

function cellClass(one: PrintColumn, value: Cell | Markup | undefined): string {
  const low = !isMarkup(value) && isDecimal(value) && numeric.has(one.type) && signOf(value) < 0
  return low ? 'number low' : classOf(one)
}

function shown(table: PrintTable, one: PrintColumn, row: Row): Markup | string {
  const value = one.value(row)
  return isMarkup(value) ? value : printCell(value, one.type, table.currency, table.wholeMoney ?? false)
}

const isMarkup = (value: unknown): value is Markup => typeof value === 'object' && value !== null && 'text' in value

function printCell(value: Cell | undefined, type: string, currency: string, whole: boolean): string {
  if (value === '') return ''
  const isMoney = type === 'money' || type === 'money_sum'
  if (isMoney && isDecimal(value)) return formatMoney(value, currency, { currencyDisplay: 'none', ...(whole ? { digits: 0 } : {}) })
  return formatValue(value, { type }, currency)
}

/** Whether figures are large enough that the minor unit is noise on paper. */
export function isLarge(rows: Row[], name: string): boolean {
  return rows.some((row) => {
    const value = row[name]
    return isDecimal(value) && compareDecimals(roundDecimal(value, 0).replace('-', ''), '100000') >= 0
  })
}
