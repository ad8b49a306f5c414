import { ratioOf, signOf, subtractDecimals, sumDecimals } from '../../shared/decimal.ts'
import type { ColumnInfo } from '../../warehouse/contract/index.ts'
import type { Cell, Row } from '../../warehouse/port.ts'
import type { Exhibit } from '../data.ts'
import { type BookSheet, sheetRows } from '../xlsx/book.ts'
import { type BookCell, columnName, type Look } from '../xlsx/cell.ts'

/** A formula of a row: given the letters of the columns and the row's number, or null where its inputs are absent. */
export type RowFormula = (letter: (column: string) => string | null, row: number, first: number) => string | null

export interface ExhibitOptions {
  name: string
  title: string
  /** Under the title: what it is, and what to know about it. */
  note: string
  /** Columns in order; all of the contract when left out. */
  columns?: string[] | undefined
  /** Live formulas by column; the stored value stays as their computed value. */
  formulas?: Record<string, RowFormula> | undefined
  /** Rows after those of the exhibit. */
  extra?: Row[] | undefined
  /** A row of totals above the heading. */
  totals?: boolean | undefined
  /** How a cell looks where the column alone does not say. */
  look?: ((column: string, row: Row) => Look | null) | undefined
  /** Columns that stay in view. */
  frozenColumns?: number | undefined
}

/** Title, note, totals and heading stand above the rows. */
export const headRows = 4

// A note, the totals and the heading need room; beyond it rows stay out and the note says so.
const mostRows = sheetRows - headRows

const looks: Record<ColumnInfo['type'], Look> = {
  text: 'text',
  integer: 'integer',
  money: 'money',
  money_sum: 'money',
  price: 'money',
  quantity: 'quantity',
  ratio: 'ratio',
  number: 'number',
  date: 'date',
  month: 'month',
  boolean: 'text',
  json: 'text',
}

const summed = new Set<ColumnInfo['type']>(['money', 'money_sum', 'integer', 'quantity'])
// Sums of these would say nothing.
const unsummed = /(^|_)(rank|position|customers|orders)$/

/** A result table as a sheet: real types, a filter, totals that follow it, and formulas where a column is made of its neighbours. */
export function exhibitSheet(exhibit: Exhibit, options: ExhibitOptions): BookSheet {
  const infos = exhibit.contract.columns
  const names = (options.columns ?? Object.keys(infos)).filter((name) => infos[name] && !infos[name].internal)
  const present = names.filter((name) => !isEmpty(exhibit, name, options.extra))
  const extra = options.extra ?? []
  const shown = Math.min(exhibit.total, mostRows - extra.length)
  const last = headRows + shown + extra.length
  const letter = (name: string): string | null => (present.includes(name) ? columnName(present.indexOf(name) + 1) : null)
  const lookOf = (name: string, row: Row): Look => options.look?.(name, row) ?? looks[infos[name]!.type]
  const truncated =
    exhibit.total > shown
      ? ` Shown are the first ${shown} of ${exhibit.total} rows, as many as a sheet holds; totals are of what is shown.`
      : ''

  const bodyRow = (row: Row, number: number): (BookCell | null)[] =>
    present.map((name) => {
      const look = lookOf(name, row)
      const value = plain(row[name])
      const formula = value === null ? null : (options.formulas?.[name]?.(letter, number, headRows + 1) ?? null)
      return formula === null ? (value === null ? null : { look, value }) : { look, value, formula }
    })

  async function* rows(): AsyncIterable<(BookCell | null)[]> {
    yield [{ look: 'title', value: options.title }]
    yield [{ look: 'note', value: `${options.note}${truncated}` }]
    yield options.totals ? totalsRow() : []
    yield present.map((name) => ({
      look: looks[infos[name]!.type] === 'text' ? 'heading' : 'headingRight',
      value: headingOf(infos[name]!),
    }))
    let number = headRows
    for (const row of exhibit.rows.slice(0, shown)) yield bodyRow(row, ++number)
    if (exhibit.more) {
      for await (const batch of exhibit.more()) {
        for (const row of batch) if (number < headRows + shown) yield bodyRow(row, ++number)
        if (number >= headRows + shown) break
      }
    }
    for (const row of extra) yield bodyRow(row, ++number)
  }

  function totalsRow(): (BookCell | null)[] {
    const cells = present.map((name, index): BookCell | null => {
      const info = infos[name]!
      if (index === 0) return { look: 'strong', value: 'Total of what the filter shows' }
      if (!summed.has(info.type) || unsummed.test(name)) return { look: 'strong', value: null }
      const kind = looks[info.type]
      const look: Look = kind === 'money' ? 'strongMoney' : kind === 'quantity' ? 'strongQuantity' : 'strongInteger'
      const range = `${columnName(index + 1)}${headRows + 1}:${columnName(index + 1)}${Math.max(last, headRows + 1)}`
      return { look, value: truncated === '' ? totalOf(exhibit, name, extra) : null, formula: `SUBTOTAL(109,${range})` }
    })
    const margin = present.indexOf('margin')
    const contribution = letter('contribution')
    const net = letter('net_revenue')
    if (margin > 0 && contribution && net) {
      const without = letter('revenue_without_cost')
      const base = without ? `(${net}3-${without}3)` : `${net}3`
      cells[margin] = {
        look: 'strongRatio',
        value: truncated === '' ? totalMargin(exhibit, extra) : null,
        formula: `IF(${base}>0,${contribution}3/${base},"")`,
      }
    }
    return cells
  }

  return {
    name: options.name,
    widths: present.map((name) => widthOf(infos[name]!)),
    frozen: { rows: headRows, columns: options.frozenColumns ?? 0 },
    filter: { row: headRows, lastRow: last, columns: present.length },
    idColumns: present.flatMap((name, index) => (infos[name]!.type === 'text' ? [index + 1] : [])),
    rows: rows(),
  }
}

const headingOf = (info: ColumnInfo): string =>
  info.unit && info.unit !== 'rank' && info.unit.toLowerCase() !== info.title.toLowerCase() ? `${info.title} (${info.unit})` : info.title

function widthOf(info: ColumnInfo): number {
  if (info.type === 'text') return /^(Name|Meaning|Formula|Title|What|Why)/.test(info.title) ? 30 : 16
  if (info.type === 'money' || info.type === 'money_sum') return 17
  return info.type === 'date' ? 12 : 13
}

// A column that the data does not have at all is left out.
function isEmpty(exhibit: Exhibit, name: string, extra: Row[] | undefined): boolean {
  if (!exhibit.contract.columns[name]!.optional) return false
  const missing = (row: Row): boolean => row[name] === null || row[name] === undefined
  return exhibit.rows.every(missing) && (extra ?? []).every(missing)
}

function totalOf(exhibit: Exhibit, name: string, extra: Row[]): string | number | null {
  const held = exhibit.rows.length === exhibit.total
  const total = exhibit.totals?.[name] ?? (held ? sumDecimals(numbers(exhibit.rows, name)) : null)
  if (typeof total !== 'string' && typeof total !== 'number') return null
  const more = numbers(extra, name)
  return more.length === 0 ? total : sumDecimals([total, ...more])
}

const numbers = (rows: Row[], name: string): (string | number)[] =>
  rows.map((row) => row[name]).filter((value) => typeof value === 'string' || typeof value === 'number')

function totalMargin(exhibit: Exhibit, extra: Row[]): number | null {
  const [contribution, net, without] = ['contribution', 'net_revenue', 'revenue_without_cost'].map((name) => totalOf(exhibit, name, extra))
  if (contribution === null || net === null || contribution === undefined || net === undefined) return null
  const base = subtractDecimals(net, without ?? '0')
  return signOf(base) > 0 ? ratioOf(contribution, base) : null
}

function plain(value: Cell | undefined): string | number | boolean | null {
  if (value === null || value === undefined) return null
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  return typeof value === 'object' ? JSON.stringify(value) : value
}

/** Formulas of the layers that are made of their neighbours, as a result table's contract states them. */
export const layerFormulas: Record<string, RowFormula> = {
  discounts: (letter, row) =>
    both(letter('list_revenue'), letter('invoiced_revenue'), (list, invoiced) => `${list}${row}-${invoiced}${row}`),
  net_revenue: (letter, row) =>
    both(letter('invoiced_revenue'), letter('returns'), (invoiced, returns) => `${invoiced}${row}+${returns}${row}`),
  contribution: (letter, row) =>
    both(letter('net_revenue'), letter('product_cost'), (net, cost) => {
      const without = letter('revenue_without_cost')
      return `${net}${row}${without ? `-${without}${row}` : ''}-${cost}${row}`
    }),
  margin: (letter, row) =>
    both(letter('contribution'), letter('net_revenue'), (contribution, net) => {
      const without = letter('revenue_without_cost')
      const base = without ? `(${net}${row}-${without}${row})` : `${net}${row}`
      return `IF(${base}=0,"",${contribution}${row}/${base})`
    }),
}

const both = (a: string | null, b: string | null, make: (a: string, b: string) => string): string | null => (a && b ? make(a, b) : null)
