import { stat } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { importsOf } from '../pipeline/inputs.ts'
import type { PlainContract } from '../pipeline/snapshot.ts'
import type { Check } from '../pipeline/step.ts'
import { isCalendarDay } from '../shared/config.ts'
import { compareDecimals, isDecimal } from '../shared/decimal.ts'
import { MissingError, UsageError } from '../shared/errors.ts'
import type { ColumnInfo, ColumnType } from '../warehouse/contract/index.ts'
import { physicalLine } from '../warehouse/load/read/index.ts'
import type { Cell, Row } from '../warehouse/port.ts'
import { type LineScope, largestLines, largestRows, linesBehind, type RowsLineage, rowsBehind, rowWhere, sumOf } from './explain.sql.ts'
import { computeFormula, readFormula } from './formula.ts'
import { columnIn, contractIn, type OpenSnapshot, visibleColumns, withSnapshot } from './open-snapshot.ts'
import { originalOf } from './originals.ts'
import type { Workspace } from './workspace.ts'

export interface ExplainRequest {
  table: string
  /** The row, by its key: `{ customer_id: 'C1' }`. */
  where: Record<string, string | number | null>
  column: string
  snapshot?: string
  /** Most source rows to show; defaults to 20. */
  limit?: number
  signal?: AbortSignal
}

/** Rows that a figure was made from. */
export interface Sources {
  table: string
  rows: number
  /** What they add up to, exactly; absent where the figure is not a sum of them. */
  sum?: string
  /** Whether they add up to the figure: to the last decimal. */
  matches: boolean
  /** Those that add most, with file and row where they are order lines. */
  sample: Row[]
}

export interface ExplanationInput {
  column: string
  title: string
  value: Cell
  type: ColumnType
  formula?: string
  /** Its own rows, where it is a sum of them. */
  sources?: Omit<Sources, 'sample'>
}

/** Where a figure comes from: formula, inputs, source rows, file and row. */
export interface Explanation {
  table: string
  column: string
  title: string
  value: Cell
  type: ColumnType
  unit?: string
  meaning: string
  formula?: string
  where: Row
  inputs: ExplanationInput[]
  /** What the formula gives with these inputs, and whether that is the figure; absent where the formula is in words. */
  computed?: { value: string | number | null; matches: boolean }
  sources?: Sources
  snapshot: string
  asOf: string
  currency: string
  imports: { id: string; files: string[]; active: boolean }[]
  checks: Check[]
}

const mostSources = 1000

/** Explains one cell of a table of a snapshot, down to the rows of the files that were imported. */
export async function explainFigure(workspace: Workspace, request: ExplainRequest): Promise<Explanation> {
  const limit = request.limit ?? 20
  if (!(Number.isInteger(limit) && limit >= 0 && limit <= mostSources)) {
    throw new UsageError('explain.limit', `limit must be a whole number from 0 to ${mostSources}; got ${limit}`)
  }
  return withSnapshot(workspace, request.snapshot, async (snapshot) => {
    const contract = contractIn(snapshot, request.table)
    const info = columnIn(contract, request.column)
    const row = await rowOf(snapshot, contract, request)
    const value = row[request.column]
    const ask: Ask = { snapshot, contract, row, signal: request.signal, scope: scopeOf(snapshot) }

    const inputs = info.from?.kind === 'row' ? await inputsOf(ask, info.from.columns) : []
    const computed = info.from?.kind === 'row' && info.formula && value !== null ? compute(info, value, inputs) : undefined
    const sources = value === null ? undefined : await sourcesOf(ask, request.column, limit)
    const { manifest } = snapshot
    return {
      table: contract.name,
      column: request.column,
      title: info.title,
      value,
      type: info.type,
      ...(info.unit ? { unit: info.unit } : {}),
      meaning: info.meaning,
      ...(info.formula ? { formula: info.formula } : {}),
      where: Object.fromEntries(contract.key.map((column) => [column, row[column]])),
      inputs,
      ...(computed ? { computed } : {}),
      ...(sources ? { sources } : {}),
      snapshot: snapshot.id,
      asOf: manifest.asOf,
      currency: manifest.currency,
      imports: snapshot.imports.map(({ report, active }) => ({ id: report.id, files: report.files.map(({ name }) => name), active })),
      checks: manifest.checks,
    }
  })
}

/**
 * The line of a text file, or the row of a sheet, that an order line came from, as it stands there. Looks for the file where it was
 * imported from, among the uploads that were kept and in the workspace's `data` folder; null when it is not there any more or has changed.
 */
export async function sourceLine(
  workspace: Workspace,
  place: { import: string; file: string; row: number },
): Promise<{ path: string; line: number | null; text: string } | null> {
  const [folder] = await importsOf(workspace.importsDir, [place.import])
  const report = folder.report.files.find(({ name }) => name === place.file)
  if (!report) {
    throw new MissingError('explain.file', `import ${place.import} has no file "${place.file}"`, {
      hint: `It has: ${folder.report.files.map(({ name }) => name).join(', ')}.`,
    })
  }
  const outer = place.file.split(/[/#]/)[0]
  const kept = originalOf(workspace, place.import, report.path)
  for (const path of [kept, report.path, join(workspace.dir, 'data', outer), join(workspace.dir, outer)]) {
    const size = path ? await sizeOf(path) : null
    // The size of a packed file says nothing about what is in it.
    if (!path || size === null || (!packed.has(extname(outer)) && size !== report.bytes)) continue
    const [name, sheet] = report.format === 'xlsx' ? report.name.split('#') : [report.name]
    const found = await physicalLine({ name, path, sheet }, place.row)
    if (found) return { path, ...found }
  }
  return null
}

interface Ask {
  snapshot: OpenSnapshot
  contract: PlainContract
  row: Row
  signal: AbortSignal | undefined
  scope: LineScope
}

async function rowOf(snapshot: OpenSnapshot, contract: PlainContract, request: ExplainRequest): Promise<Row> {
  const where = Object.entries(request.where).map(([column, value]) => {
    const { type } = columnIn(contract, column)
    if (value !== null && !fits(type, value)) {
      throw new UsageError('explain.where', `${column} of table "${contract.name}" cannot be "${value}": it is ${typeNames[type] ?? type}`)
    }
    return { column, type, value }
  })
  const rows = await snapshot.warehouse.rows(rowWhere(contract.name, where), { signal: request.signal })
  const told = Object.entries(request.where)
    .map(([column, value]) => `${column} = ${value}`)
    .join(', ')
  if (rows.length === 0) {
    throw new MissingError('explain.no-row', `table "${contract.name}" has no row with ${told || 'anything in it'}`, {
      hint: `A row is named by ${contract.key.join(', ')}.`,
    })
  }
  if (rows.length > 1) {
    throw new UsageError('explain.several', `${told || 'nothing given'}: more than one row of table "${contract.name}"`, {
      hint: `Name one row by ${contract.key.join(', ')}.`,
    })
  }
  return rows[0]
}

async function inputsOf(ask: Ask, columns: readonly string[]): Promise<ExplanationInput[]> {
  return Promise.all(
    columns.map(async (column) => {
      const { title, formula, type } = ask.contract.columns[column]
      const value = ask.row[column]
      const sources = value === null ? undefined : await sourcesOf(ask, column, 0)
      const { sample: _none, ...own } = sources ?? { sample: [], table: '', rows: 0, matches: true }
      return { column, title, value, type, ...(formula ? { formula } : {}), ...(sources ? { sources: own } : {}) }
    }),
  )
}

function compute(info: ColumnInfo, value: Cell, inputs: readonly ExplanationInput[]): Explanation['computed'] {
  const tree = readFormula(
    info.formula ?? '',
    inputs.map(({ title }) => title),
  )
  if (!tree) return undefined
  const result = computeFormula(
    tree,
    (name) => (inputs.find(({ title }) => title.toLowerCase() === name)?.value ?? null) as string | number | null,
  )
  if (result === null) return { value: null, matches: value === null }
  if ('exact' in result) return { value: result.exact, matches: isDecimal(value) && compareDecimals(result.exact, value) === 0 }
  return {
    value: result.float,
    matches: typeof value === 'number' && Math.abs(value - result.float) <= 1e-9 * Math.max(1, Math.abs(result.float)),
  }
}

/** The rows behind a cell. Of a cell that is computed from others, those behind all of these together. */
async function sourcesOf(ask: Ask, column: string, limit: number): Promise<Sources | undefined> {
  const leaves = leavesOf(ask.contract, column)
  if (leaves.length === 0) return undefined
  const [first] = leaves
  if (leaves.some(({ lineage }) => lineage.table !== first.lineage.table)) return undefined
  // The lines of an import that is not on disk any more cannot be shown.
  if (!ask.snapshot.tables.has(first.lineage.table)) return undefined
  if (column === first.column) return rowsFor(ask, first.lineage, ask.row[column], limit)

  // A computed figure: each of its sums must agree with its own rows; the rows shown are those of the widest.
  const parts = await Promise.all(
    leaves.map((leaf) => (ask.row[leaf.column] === null ? null : rowsFor(ask, leaf.lineage, ask.row[leaf.column], 0))),
  )
  const all = parts.every((part) => part?.matches !== false)
  const united = unite(leaves.map(({ lineage }) => lineage))
  const shown = await rowsFor(ask, united ?? widest(leaves.map(({ lineage }) => lineage)), united ? ask.row[column] : null, limit)
  if (united) return { ...shown, matches: shown.matches && all }
  const { sum: _sum, ...rest } = shown
  return { ...rest, matches: all }
}

async function rowsFor(ask: Ask, lineage: RowsLineage, value: Cell, limit: number): Promise<Sources> {
  const { snapshot, contract, row, signal, scope } = ask
  const { warehouse } = snapshot
  const typeOf = (column: string): ColumnType => contract.columns[column]?.type ?? 'text'
  const ofLines = lineage.table === 'order_line'
  const rows = ofLines ? linesBehind(lineage, row, typeOf, scope, warehouse.dialect) : rowsBehind(lineage, row, typeOf)
  const [[{ row_count, total }], sample] = await Promise.all([
    warehouse.rows(sumOf(rows, ofLines), { signal }),
    limit === 0
      ? []
      : ofLines
        ? warehouse.rows(largestLines(rows, limit, scope.foreign && scope.rates), { signal })
        : warehouse.rows(
            largestRows(rows, visibleColumns(contractIn(snapshot, lineage.table)), contractIn(snapshot, lineage.table).key, limit),
            { signal },
          ),
  ])
  const sum = lineage.column ? String(total ?? '0') : String(row_count)
  const matches = value === null || (isDecimal(value) && compareDecimals(sum, value) === 0)
  return { table: lineage.table, rows: Number(row_count), sum, matches, sample }
}

/** The sums that a column goes back to, through other columns of its row. */
function leavesOf(contract: PlainContract, column: string, seen = new Set<string>()): { column: string; lineage: RowsLineage }[] {
  if (seen.has(column)) return []
  seen.add(column)
  const from = contract.columns[column]?.from
  if (from?.kind === 'rows') return [{ column, lineage: from }]
  if (from?.kind === 'row') return from.columns.flatMap((input) => leavesOf(contract, input, seen))
  return []
}

/** One sum that says the same as several over different kinds of the same rows, if there is one: invoiced + returns = all lines. */
function unite(lineages: readonly RowsLineage[]): RowsLineage | null {
  const [first] = lineages
  const same = lineages.every(
    ({ column, where, whereNull, orElse, on }) =>
      column === first.column && !whereNull && !orElse && where && where.column === first.where?.column && on.join() === first.on.join(),
  )
  const kinds = lineages.flatMap(({ where }) => where?.in ?? [])
  if (!same || !first.where || new Set(kinds).size !== kinds.length) return null
  return { ...first, where: { column: first.where.column, in: kinds } }
}

const widest = (lineages: readonly RowsLineage[]): RowsLineage => ({
  kind: 'rows',
  table: lineages[0].table,
  on: lineages[0].on,
  column: lineages.find(({ column }) => column === 'invoice_amount')?.column ?? lineages[0].column,
})

function scopeOf({ manifest, tables }: OpenSnapshot): LineScope {
  const currencies = new Set(manifest.inputs.flatMap(({ totals }) => totals.map(({ currency }) => currency)))
  currencies.delete(manifest.currency)
  return { asOf: manifest.asOf, currency: manifest.currency, foreign: currencies.size > 0, rates: tables.has('fx_rate') }
}

const typeNames: Partial<Record<ColumnType, string>> = {
  date: 'a date YYYY-MM-DD',
  month: 'a date YYYY-MM-DD',
  integer: 'a whole number',
  number: 'a number',
  ratio: 'a number',
}

function fits(type: ColumnType, value: string | number): boolean {
  if (type === 'date' || type === 'month') return isCalendarDay(String(value))
  if (type === 'integer' || type === 'number' || type === 'ratio') return String(value).trim() !== '' && Number.isFinite(Number(value))
  if (type === 'money' || type === 'money_sum' || type === 'price' || type === 'quantity') return isDecimal(value)
  return true
}

const packed = new Set(['.gz', '.zip', '.xlsx'])

async function sizeOf(path: string): Promise<number | null> {
  return stat(path).then(
    ({ size }) => size,
    () => null,
  )
}
