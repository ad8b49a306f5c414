import { mkdir, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { attachForReading, importsOf } from '../pipeline/inputs.ts'
import { type PlainContract, snapshotTableFile } from '../pipeline/snapshot.ts'
import { isCalendarDay } from '../shared/config.ts'
import { isDecimal } from '../shared/decimal.ts'
import { replaceFile } from '../shared/durable.ts'
import { AppError, UsageError } from '../shared/errors.ts'
import type { ColumnInfo } from '../warehouse/contract/index.ts'
import { openDuckDB } from '../warehouse/duckdb.ts'
import type { Cell, Row, Warehouse } from '../warehouse/port.ts'
import { type Sql, sql } from '../warehouse/sql.ts'
import { isLinear, readFormula } from './formula.ts'
import { columnIn, contractIn, fastestRelation, type OpenSnapshot, visibleColumns, withSnapshot } from './open-snapshot.ts'
import { condition, deepPage, type FilterOp, formulaSafe, orderedBy, rowsWhere, searchFor, totalsWhere, typedValue } from './tables.sql.ts'
import type { Workspace } from './workspace.ts'

export interface Filter {
  column: string
  op: FilterOp
  value?: string | number | boolean | (string | number)[]
}

export interface TableQuestion {
  snapshot?: string
  filters?: Filter[]
  sort?: { column: string; descending: boolean }[]
  /** Words that must all stand in one of the text columns. */
  search?: string
  offset?: number
  /** Rows of a page; defaults to 100. */
  limit?: number
  columns?: string[]
  /** Sums over all rows that meet the filters, not over the page alone. */
  totals?: boolean
  signal?: AbortSignal
}

export interface TablePage {
  contract: PlainContract
  snapshot: string
  rows: Row[]
  /** Rows that meet the filters. */
  total: number
  /** Sums of the columns that may be summed; null for the others. */
  totals?: Row
}

const mostRows = 10_000

/** A page of a table of a snapshot: filtered, searched, sorted, with totals over all rows. */
export async function readTable(workspace: Workspace, name: string, question: TableQuestion = {}): Promise<TablePage> {
  return withSnapshot(workspace, question.snapshot, async (snapshot) => {
    const full = contractIn(snapshot, name)
    const contract = { ...full, columns: Object.fromEntries(visibleColumns(full).map((column) => [column, full.columns[column]])) }
    const { relation, memory } = fastestRelation(snapshot, name)
    const { query, columns, conditions, order } = select(contract, question, relation)
    const offset = wholeNumber(question.offset ?? 0, 'offset', 0, Number.MAX_SAFE_INTEGER)
    const limit = wholeNumber(question.limit ?? 100, 'limit', 0, mostRows)
    const { signal } = question
    const page =
      memory && offset > 1000
        ? deepPage(relation, columns, conditions, order, limit, offset)
        : sql`${query} limit ${limit} offset ${offset}`
    const [rows, sums] = await Promise.all([
      limit === 0 ? [] : snapshot.warehouse.rows(page, { signal }),
      totalsOf(snapshot, contract, relation, conditions, question.totals ?? false, signal),
    ])
    const { row_count, ...totals } = sums
    return { contract, snapshot: snapshot.id, rows, total: Number(row_count), ...(question.totals ? { totals } : {}) }
  })
}

/**
 * Writes a table to a file: CSV that a spreadsheet takes as data, never as formulas, or Parquet. Beside it goes the table's contract as
 * `FILE.schema.json`.
 */
export async function exportTable(
  workspace: Workspace,
  name: string,
  format: 'csv' | 'parquet',
  file: string,
  question: Omit<TableQuestion, 'offset' | 'limit' | 'totals'> = {},
): Promise<{ file: string; rows: number }> {
  const { contract, query, snapshot } = await withSnapshot(workspace, question.snapshot, async (open) => {
    const full = contractIn(open, name)
    return { contract: full, query: select(full, question).query, snapshot: open }
  })
  await mkdir(dirname(file), { recursive: true })
  const columns = question.columns ?? visibleColumns(contract)
  const out =
    format === 'csv'
      ? formulaSafe(
          query,
          columns.map((column) => ({
            name: column,
            text: contract.columns[column].type === 'text' || contract.columns[column].type === 'json',
          })),
        )
      : query
  // The open snapshot cannot write; a fresh engine with the same tables does.
  const warehouse = await openDuckDB({
    keepOrder: true,
    spillFolder: `${workspace.cacheDir}/spill-export-${process.pid}`,
    ...(workspace.config.engine.memory ? { memoryLimit: workspace.config.engine.memory } : {}),
  })
  try {
    if (contract.kind === 'result') await warehouse.attach(name, [snapshotTableFile(workspace.snapshotsDir, snapshot.id, name)])
    else
      await attachForReading(
        warehouse,
        await importsOf(
          workspace.importsDir,
          snapshot.manifest.inputs.map((input) => input.import),
        ),
        snapshot.manifest.currency,
      )
    const rows = await writeOut(warehouse, out, file, format, question.signal)
    const { schema: _schema, ...plain } = contract as PlainContract & { schema?: unknown }
    const described = { ...plain, columns: Object.fromEntries(columns.map((column) => [column, contract.columns[column]])) }
    await replaceFile(
      `${file}.schema.json`,
      `${JSON.stringify({ ...described, snapshot: snapshot.id, currency: snapshot.manifest.currency }, null, 2)}\n`,
    )
    return { file, rows }
  } finally {
    await warehouse.close()
  }
}

/**
 * Whether the sum of a column over rows means something: money and counts of order lines do, ranks, ratios and running totals do not.
 */
export function sumsUp(contract: PlainContract, column: string): boolean {
  const info = contract.columns[column]
  if (info.additive !== undefined) return info.additive
  if (!isExact(info) && info.type !== 'integer') return false
  if (contract.kind === 'canonical') return info.type === 'money' || info.type === 'quantity'
  if (info.from?.kind === 'rows') return info.from.table === 'order_line'
  if (info.from?.kind !== 'row' || !info.formula) return false
  const inputs = info.from.columns
  const tree = readFormula(
    info.formula,
    inputs.map((input) => contract.columns[input].title),
  )
  return tree !== null && isLinear(tree) && inputs.every((input) => sumsUp(contract, input))
}

const isExact = ({ type }: ColumnInfo) => type === 'money' || type === 'money_sum' || type === 'quantity'

function select(
  contract: PlainContract,
  question: TableQuestion,
  relation: string = contract.name,
): { query: Sql; columns: string[]; conditions: Sql[]; order: Sql } {
  const columns = question.columns ?? visibleColumns(contract)
  for (const column of columns) columnIn(contract, column)
  if (columns.length === 0) throw new UsageError('table.columns', 'at least one column is needed')
  const conditions = (question.filters ?? []).map((filter) => conditionOf(contract, filter))
  const words = (question.search ?? '').trim().split(/\s+/).filter(Boolean)
  if (words.length > 0) {
    const texts = visibleColumns(contract).filter((column) => contract.columns[column].type === 'text')
    conditions.push(searchFor(words.slice(0, 10), texts))
  }
  const sort = question.sort ?? []
  for (const { column } of sort) columnIn(contract, column)
  const order = orderedBy(sort, contract.key)
  return { query: sql`${rowsWhere(relation, columns, conditions)} order by ${order}`, columns, conditions, order }
}

function conditionOf(contract: PlainContract, { column, op, value }: Filter): Sql {
  const info = columnIn(contract, column)
  const wrong = (what: string) => new UsageError('table.filter', `filter on "${column}": ${what}`)
  if (op === 'null' || op === 'notnull') return condition(column, op, [])
  if (op === 'in' ? !Array.isArray(value) : Array.isArray(value) || value === undefined) {
    throw wrong(op === 'in' ? '`in` needs a list of values' : `\`${op}\` needs one value`)
  }
  if (op === 'contains' && info.type !== 'text' && info.type !== 'json') throw wrong('`contains` works on text only')
  const values = (Array.isArray(value) ? value : [value]) as (string | number | boolean)[]
  return condition(
    column,
    op,
    values.map((one) => {
      const problem = misfit(info, one)
      if (problem) throw wrong(`${problem}; got "${one}"`)
      return typedValue(info.type, info.type === 'boolean' ? String(one) === 'true' : info.type === 'text' ? String(one) : one)
    }),
  )
}

/** What is wrong with a value for a column, if anything. */
function misfit({ type }: ColumnInfo, value: string | number | boolean): string | null {
  switch (type) {
    case 'date':
    case 'month':
      return isCalendarDay(String(value)) ? null : 'needs a day that exists, as YYYY-MM-DD'
    case 'boolean':
      return ['true', 'false'].includes(String(value)) ? null : 'needs true or false'
    case 'text':
    case 'json':
      return null
    case 'integer':
    case 'number':
    case 'ratio':
      return String(value).trim() !== '' && Number.isFinite(Number(value)) ? null : 'needs a number'
    default:
      return isDecimal(value) ? null : 'needs a decimal number such as -12.50'
  }
}

/** Counts and sums never change for a snapshot, so each is computed once. */
async function totalsOf(
  snapshot: OpenSnapshot,
  contract: PlainContract,
  relation: string,
  conditions: Sql[],
  wanted: boolean,
  signal: AbortSignal | undefined,
): Promise<Row> {
  const known = snapshot.manifest.tables.find(({ name }) => name === contract.name)
  if (conditions.length === 0 && !wanted && known) return { row_count: known.rows }
  const sums = wanted
    ? Object.keys(contract.columns)
        .filter((column) => sumsUp(contract, column))
        .map((column) => ({ column, money: contract.columns[column].type !== 'integer' }))
    : []
  const query = totalsWhere(relation, sums, conditions)
  const key = JSON.stringify(totalsWhere(contract.name, sums, conditions).parts)
  const answered = snapshot.answers.get(key) as Row | undefined
  if (answered) return answered
  const [found] = await snapshot.warehouse.rows(query, { signal })
  const all: Row = { row_count: found.row_count }
  if (wanted) for (const column of Object.keys(contract.columns)) all[column] = (found[column] ?? null) as Cell
  if (snapshot.answers.size > 500) snapshot.answers.clear()
  snapshot.answers.set(key, all)
  return all
}

function wholeNumber(value: number, name: string, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value
  throw new UsageError('table.page', `${name} must be a whole number from ${least} to ${most}; got ${value}`)
}

async function writeOut(
  warehouse: Warehouse,
  query: Sql,
  file: string,
  format: 'csv' | 'parquet',
  signal: AbortSignal | undefined,
): Promise<number> {
  try {
    return await warehouse.save(query, file, { format, signal })
  } catch (error) {
    await rm(file, { force: true })
    throw error instanceof AppError ? error : new AppError('export.failed', String(error), { cause: error })
  }
}
