/** Reads a delimited text with a header into named columns, and finds the columns of a customer summary under their usual names. */
import { AppError, type Problem } from '../../shared/errors.ts'

export interface SummaryTable {
  /** Column names as written. */
  header: string[]
  /** Fields row by row, without the header. */
  rows: string[][]
  /** Line in the file of each row, counted from 1. */
  lines: number[]
}

/** Splits text at commas, semicolons or tabs (whichever the header has most of); fields may be quoted. */
export function parseSummary(text: string): SummaryTable {
  const clean = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
  const firstLine = clean.slice(0, clean.indexOf('\n') < 0 ? undefined : clean.indexOf('\n'))
  const separator = [',', ';', '\t'].reduce(
    (best, each) => (firstLine.split(each).length > firstLine.split(best).length ? each : best),
    ',',
  )
  const rows: string[][] = []
  const lines: number[] = []
  if (clean.includes('"')) splitQuoted(clean, separator, rows, lines)
  else {
    clean.split('\n').forEach((line, i) => {
      if (line.trim() === '') return
      rows.push(line.split(separator).map((field) => field.trim()))
      lines.push(i + 1)
    })
  }
  if (rows.length < 2)
    throw new AppError('fit.empty', 'the file has no rows', { hint: 'the first line names the columns, such as x,t_x,T' })
  return { header: rows[0]!, rows: rows.slice(1), lines: lines.slice(1) }
}

/** The same where fields are quoted: a quoted field may hold separators, line ends and doubled quotes. */
function splitQuoted(text: string, separator: string, rows: string[][], lines: number[]): void {
  let line = 1
  let started = 1
  let row: string[] = []
  let field = ''
  let quoted = false
  const endRow = (): void => {
    row.push(field.trim())
    if (row.length > 1 || row[0] !== '') {
      rows.push(row)
      lines.push(started)
    }
    row = []
    field = ''
  }
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!
    if (c === '\n') line++
    if (quoted) {
      if (c === '"' && text[i + 1] === '"') {
        field += '"'
        i++
      } else if (c === '"') quoted = false
      else field += c
    } else if (c === '"' && field.trim() === '') quoted = true
    else if (c === separator) {
      row.push(field.trim())
      field = ''
    } else if (c === '\n') {
      endRow()
      started = line
    } else field += c
  }
  endRow()
}

/** Names by which each column goes in papers and in other packages; compared without case, dots and spaces. */
const aliases = {
  x: ['x', 'frequency', 'repeat_purchases', 'repeats', 'p1x'],
  tx: ['t_x', 'tx', 'recency', 'last_purchase'],
  T: ['t', 't_cal', 'tcal', 'age', 'observed', 'time_observed'],
  opportunities: ['t', 'n_cal', 'opportunities', 'n_opportunities', 'n_periods', 'periods', 't_cal'],
  weight: ['n', 'weight', 'weights', 'count', 'custs', 'customers'],
  money: ['monetary_value', 'm_x', 'mx', 'z', 'zbar', 'mean_value', 'mean_spend', 'average_value', 'spend'],
  logIntervals: ['litt', 'log_intervals', 'sum_log_intervals', 'sum_log_itt'],
  period: ['t', 'period', 'year', 'tenure', 'renewal', 'month'],
  survivors: ['survivors', 'surviving', 'active', 'n', 'customers', 'count', 'remaining', 'survival', 'retained'],
  lost: ['lost', 'churned', 'event', 'left'],
  customer: ['customer_id', 'customer', 'cust', 'id', 'client', 'account'],
  date: ['date', 'order_date', 'transaction_date', 'invoice_date', 'purchase_date'],
  amount: ['amount', 'sales', 'value', 'net_amount', 'revenue', 'price', 'spend'],
} as const

export type ColumnRole = keyof typeof aliases

/** Place of the column that plays a role, or -1; columns listed in `taken` are passed over. */
export function findColumn(table: SummaryTable, role: ColumnRole, taken: readonly number[] = []): number {
  const names = table.header.map((name) =>
    name
      .trim()
      .toLowerCase()
      .replace(/[\s.-]+/g, '_'),
  )
  for (const alias of aliases[role]) {
    const at = names.indexOf(alias)
    if (at >= 0 && !taken.includes(at)) return at
  }
  return -1
}

/** Whether the table is a log of purchases and not a summary. */
export const isLog = (table: SummaryTable): boolean => findColumn(table, 'date') >= 0 && findColumn(table, 'x') < 0

/** The column that plays a role; a missing one is an error that says which names would do. */
export function needColumn(table: SummaryTable, role: ColumnRole, meaning: string, taken: readonly number[] = []): number {
  const at = findColumn(table, role, taken)
  if (at >= 0) return at
  throw new AppError('fit.column', `there is no column for ${meaning}; the file has ${table.header.join(', ')}`, {
    hint: `name it ${aliases[role].slice(0, 3).join(' or ')}`,
  })
}

/** Collects what is wrong with rows and throws it as one error. */
export class RowProblems {
  readonly problems: Problem[] = []
  private total = 0
  private readonly table: SummaryTable

  constructor(table: SummaryTable) {
    this.table = table
  }

  add(row: number, column: number, message: string): void {
    this.total++
    if (this.problems.length < 1000)
      this.problems.push({ row: row + 1, line: this.table.lines[row]!, column: this.table.header[column] ?? column + 1, message })
  }

  throwIfAny(hint?: string): void {
    const first = this.problems[0]
    if (!first) return
    const others = this.total === 1 ? '' : ` (and ${this.total - 1} more)`
    throw new AppError('fit.rows', `row ${first.row} (line ${first.line}): ${first.message}${others}`, {
      problems: this.problems,
      ...(hint ? { hint } : {}),
    })
  }
}

/** A column as numbers; what is not a number is a problem of its row. Decimal commas are read where the field has no point. */
export function numbers(table: SummaryTable, column: number, problems: RowProblems, whenEmpty = Number.NaN): Float64Array {
  return Float64Array.from(table.rows, (fields, row) => {
    const text = fields[column] ?? ''
    if (text === '' && !Number.isNaN(whenEmpty)) return whenEmpty
    const value = text === '' ? Number.NaN : Number(text.includes('.') ? text : text.replace(',', '.'))
    if (!Number.isFinite(value))
      problems.add(row, column, `${table.header[column]} must be a number; got ${text === '' ? 'nothing' : `"${text}"`}`)
    return value
  })
}
