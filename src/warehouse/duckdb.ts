import * as duck from '@duckdb/node-api'
import { type DuckDBConnection, DuckDBInstance, type DuckDBResult, type DuckDBType, DuckDBTypeId, type DuckDBValue } from '@duckdb/node-api'
import { AppError, CancelledError, throwIfCancelled } from '../shared/errors.ts'
import { duckdbDialect } from './dialect.ts'
import { hintFor } from './hints.ts'
import type { BulkType, Cell, Columns, QueryOptions, Row, Warehouse } from './port.ts'
import type { Sql, SqlValue } from './sql.ts'
import { join, literal, render, renderInline, sql } from './sql.ts'

export interface DuckDBSettings {
  /** Folder for what does not fit in memory; without it DuckDB uses `.tmp` where the process stands. */
  spillFolder?: string
  /** Such as `2GB`; by default 80 % of what the machine has. */
  memoryLimit?: string
  /** By default one per core. */
  threads?: number
  /** A database file; by default in memory. */
  path?: string
  /** True keeps the order of files and rows in `save` and `row_number()`; costs memory. Defaults to false. */
  keepOrder?: boolean
  /** False forbids reading and writing files by SQL, and changing settings: for queries that a user wrote. Defaults to true. */
  externalAccess?: boolean
  /** Without external access: the only files that SQL may still open. */
  files?: readonly string[]
}

/** Opens DuckDB in this process. Extensions are never fetched from outside. */
export async function openDuckDB(settings: DuckDBSettings = {}): Promise<Warehouse> {
  const options: Record<string, string> = {
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    preserve_insertion_order: settings.keepOrder ? 'true' : 'false',
    default_null_order: 'nulls_last',
  }
  if (settings.spillFolder) options.temp_directory = settings.spillFolder
  if (settings.memoryLimit) options.memory_limit = settings.memoryLimit
  if (settings.threads) options.threads = String(settings.threads)
  let instance: DuckDBInstance
  try {
    instance = await DuckDBInstance.create(settings.path ?? ':memory:', options)
  } catch (error) {
    throw new AppError('warehouse.open', `the analytics engine did not start: ${messageOf(error)}`, { kind: 'internal', cause: error })
  }
  const warehouse = new DuckDBWarehouse(instance)
  await warehouse.run(sql`set global TimeZone = 'UTC'`)
  if (settings.externalAccess === false) {
    if (settings.files?.length) await warehouse.run(sql`set allowed_paths = [${join(settings.files.map((file) => sql`${file}`))}]`)
    await warehouse.run(sql`set enable_external_access = false`)
    await warehouse.run(sql`set lock_configuration = true`)
  }
  return warehouse
}

class DuckDBWarehouse implements Warehouse {
  readonly dialect = duckdbDialect
  private readonly instance: DuckDBInstance
  /** Connections at rest. Each query has one to itself, so that a cancel stops that query alone. */
  private readonly idle: DuckDBConnection[] = []
  private closed = false

  constructor(instance: DuckDBInstance) {
    this.instance = instance
  }

  async rows<T extends Row = Row>(query: Sql, options: QueryOptions = {}): Promise<T[]> {
    return this.withResult(query, options, async (result) => {
      const read = readersOf(result)
      const rows: T[] = []
      for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
        appendRows(rows, chunk, read)
      }
      return rows
    })
  }

  async columns(query: Sql, options: QueryOptions = {}): Promise<Columns> {
    return this.withResult(query, options, async (result) => {
      const names = result.columnNames()
      const read = readersOf(result)
      const chunks: duck.DuckDBDataChunk[] = []
      let count = 0
      for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
        chunks.push(chunk)
        count += chunk.rowCount
      }
      const columns: Columns = {}
      names.forEach((name, c) => {
        const numeric = numericTypes.has(result.columnTypeId(c))
        const column = numeric ? new Float64Array(count) : new Array<Cell>(count)
        let at = 0
        for (const chunk of chunks) {
          const vector = chunk.getColumnVector(c)
          for (let r = 0; r < chunk.rowCount; r++, at++) {
            const value = vector.getItem(r)
            if (numeric) (column as Float64Array)[at] = value === null ? Number.NaN : Number(value)
            else column[at] = value === null ? null : (read[c].read(value) as never)
          }
        }
        columns[name] = column
      })
      return columns
    })
  }

  async *stream(query: Sql, options: QueryOptions = {}): AsyncIterable<Row[]> {
    throwIfCancelled(options.signal)
    const connection = await this.borrow()
    const { text, values } = render(query, this.dialect)
    const stop = () => connection.interrupt()
    options.signal?.addEventListener('abort', stop, { once: true })
    try {
      const result = await connection.stream(text, toParameters(values))
      const read = readersOf(result)
      for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
        throwIfCancelled(options.signal)
        const rows: Row[] = []
        appendRows(rows, chunk, read)
        yield rows
      }
    } catch (error) {
      throw translate(error, text, options.signal)
    } finally {
      options.signal?.removeEventListener('abort', stop)
      connection.disconnectSync()
    }
  }

  async run(statement: Sql, options: QueryOptions = {}): Promise<void> {
    await this.withResult(statement, options, async () => undefined)
  }

  async attach(name: string, files: readonly string[]): Promise<void> {
    if (files.length === 0) throw new AppError('warehouse.attach', `no files for table ${name}`, { kind: 'internal' })
    const list = files.map((file) => literal(file)).join(', ')
    await this.execute(`create or replace view ${this.dialect.name(name)} as select * from read_parquet([${list}])`, [], {})
  }

  async view(name: string, query: Sql): Promise<void> {
    await this.execute(`create or replace view ${this.dialect.name(name)} as ${renderInline(query, this.dialect)}`, [], {})
  }

  async materialise(name: string, query: Sql, options: QueryOptions = {}): Promise<void> {
    const { text, values } = render(query, this.dialect)
    await this.execute(`create or replace table ${this.dialect.name(name)} as ${text}`, values, options)
  }

  async save(
    query: Sql,
    file: string,
    options: QueryOptions & { format?: 'parquet' | 'csv'; rowGroupRows?: number } = {},
  ): Promise<number> {
    const inner = renderInline(query, this.dialect)
    const format =
      options.format === 'csv'
        ? `(format csv, header true)`
        : `(format parquet, compression zstd, compression_level 1, row_group_size ${literal(options.rowGroupRows ?? 122_880)}, preserve_order true)`
    const result = await this.execute(`copy (${inner}) to ${literal(file)} ${format}`, [], options)
    return result
  }

  async load(name: string, columns: Columns, types: Record<string, BulkType>): Promise<void> {
    const names = Object.keys(types)
    const count = columns[names[0]].length
    const definition = names.map((column) => `${this.dialect.name(column)} ${types[column]}`).join(', ')
    await this.execute(`create or replace table ${this.dialect.name(name)} (${definition})`, [], {})
    const connection = await this.borrow()
    try {
      const appender = await connection.createAppender(name)
      const duckTypes = names.map((column) => bulkTypes[types[column]]())
      const chunkSize = 2048
      for (let from = 0; from < count; from += chunkSize) {
        const size = Math.min(chunkSize, count - from)
        const chunk = duck.DuckDBDataChunk.create(duckTypes, size)
        names.forEach((column, c) => {
          const source = columns[column]
          const values: DuckDBValue[] = new Array(size)
          for (let r = 0; r < size; r++) values[r] = toBulk(source[from + r] as Cell, types[column])
          chunk.setColumnValues(c, values)
        })
        appender.appendDataChunk(chunk)
      }
      appender.closeSync()
    } catch (error) {
      throw translate(error, `load ${name}`, undefined)
    } finally {
      this.giveBack(connection)
    }
  }

  async explain(query: Sql): Promise<string> {
    const { text, values } = render(query, this.dialect)
    const rows = await this.withText(`explain ${text}`, values, {}, (result) => result.getRowsJson())
    return rows.map((row) => String(row.at(-1))).join('\n')
  }

  async describe(query: Sql): Promise<{ name: string; type: string }[]> {
    const { text, values } = render(query, this.dialect)
    const rows = await this.withText(`describe ${text}`, values, {}, (result) => result.getRowObjectsJson())
    return rows.map((row) => ({ name: String(row.column_name), type: String(row.column_type) }))
  }

  async close(): Promise<void> {
    if (this.closed) return
    this.closed = true
    for (const connection of this.idle) connection.disconnectSync()
    this.instance.closeSync()
  }

  private async execute(text: string, values: SqlValue[], options: QueryOptions): Promise<number> {
    return this.withText(text, values, options, async (result) => {
      const rows = result.columnCount > 0 ? await result.getRowsJson() : []
      return Number(rows[0]?.[0] ?? 0)
    })
  }

  private async withResult<T>(query: Sql, options: QueryOptions, use: (result: DuckDBResult) => Promise<T>): Promise<T> {
    const { text, values } = render(query, this.dialect)
    return this.withText(text, values, options, use)
  }

  private async withText<T>(
    text: string,
    values: SqlValue[],
    options: QueryOptions,
    use: (result: DuckDBResult) => Promise<T>,
  ): Promise<T> {
    throwIfCancelled(options.signal)
    const connection = await this.borrow()
    const stop = () => connection.interrupt()
    options.signal?.addEventListener('abort', stop, { once: true })
    const { onProgress } = options
    const timer = onProgress && setInterval(() => onProgress(Math.max(0, connection.progress.percentage) / 100), 200)
    try {
      return await use(await connection.run(text, toParameters(values)))
    } catch (error) {
      throw translate(error, text, options.signal)
    } finally {
      if (timer) clearInterval(timer)
      options.signal?.removeEventListener('abort', stop)
      this.giveBack(connection)
    }
  }

  private async borrow(): Promise<DuckDBConnection> {
    if (this.closed) throw new AppError('warehouse.closed', 'the analytics engine is closed', { kind: 'internal' })
    return this.idle.pop() ?? (await this.instance.connect())
  }

  private giveBack(connection: DuckDBConnection): void {
    if (this.closed) connection.disconnectSync()
    else this.idle.push(connection)
  }
}

const numericTypes = new Set<DuckDBTypeId>([
  DuckDBTypeId.DOUBLE,
  DuckDBTypeId.FLOAT,
  DuckDBTypeId.TINYINT,
  DuckDBTypeId.SMALLINT,
  DuckDBTypeId.INTEGER,
  DuckDBTypeId.BIGINT,
  DuckDBTypeId.HUGEINT,
  DuckDBTypeId.UTINYINT,
  DuckDBTypeId.USMALLINT,
  DuckDBTypeId.UINTEGER,
  DuckDBTypeId.UBIGINT,
])

interface Reader {
  name: string
  read: (value: DuckDBValue) => Cell
}

function readersOf(result: DuckDBResult): Reader[] {
  return result.deduplicatedColumnNames().map((name) => ({ name, read: toCell }))
}

function appendRows(rows: Row[], chunk: duck.DuckDBDataChunk, read: Reader[]): void {
  const vectors = read.map((_, c) => chunk.getColumnVector(c))
  for (let r = 0; r < chunk.rowCount; r++) {
    const row: Row = {}
    for (let c = 0; c < read.length; c++) {
      const value = vectors[c].getItem(r)
      row[read[c].name] = value === null ? null : read[c].read(value as DuckDBValue)
    }
    rows.push(row)
  }
}

/** No silent loss: decimals and whole numbers past 2^53 become text. */
function toCell(value: DuckDBValue): Cell {
  if (value === null || value === undefined) return null
  if (typeof value === 'bigint')
    return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value.toString()
  if (typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean') return value
  if (value instanceof duck.DuckDBListValue || value instanceof duck.DuckDBArrayValue) return value.items.map(toCell)
  if (value instanceof duck.DuckDBStructValue)
    return Object.fromEntries(Object.entries(value.entries).map(([key, item]) => [key, toCell(item)]))
  return String(value)
}

function toParameters(values: SqlValue[]): DuckDBValue[] | undefined {
  return values.length > 0 ? (values as DuckDBValue[]) : undefined
}

const bulkTypes: Record<BulkType, () => DuckDBType> = {
  double: () => duck.DOUBLE,
  integer: () => duck.INTEGER,
  bigint: () => duck.BIGINT,
  varchar: () => duck.VARCHAR,
  date: () => duck.DATE,
  boolean: () => duck.BOOLEAN,
  'decimal(18,4)': () => duck.DECIMAL(18, 4),
}

function toBulk(value: Cell, type: BulkType): DuckDBValue {
  if (value === null || (typeof value === 'number' && Number.isNaN(value))) return null
  if (type === 'bigint') return BigInt(value as number)
  if (type === 'date') return duck.DuckDBDateValue.fromParts(partsOf(String(value)))
  if (type === 'decimal(18,4)') {
    const [, sign, whole, fraction = ''] = /^(-?)(\d+)(?:\.(\d{1,4}))?$/.exec(String(value)) ?? []
    if (whole === undefined) throw new RangeError(`not money with at most 4 decimals: ${value}`)
    const scaled = BigInt(whole + fraction.padEnd(4, '0'))
    return new duck.DuckDBDecimalValue(sign ? -scaled : scaled, 18, 4)
  }
  return value as DuckDBValue
}

function partsOf(date: string): { year: number; month: number; day: number } {
  const [year, month, day] = date.split('-').map(Number)
  return { year, month, day }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function translate(error: unknown, text: string, signal: AbortSignal | undefined): AppError {
  if (error instanceof AppError) return error
  const message = messageOf(error)
  if (signal?.aborted || /^INTERRUPT/i.test(message)) return new CancelledError()
  const hint = hintFor(message)
  return new AppError('warehouse.query', message.split('\n')[0], {
    kind: /Out of Memory|IO Error|No space/i.test(message) ? 'internal' : 'data',
    cause: new Error(`${message}\n\nin SQL:\n${text}`, { cause: error }),
    ...(hint ? { hint } : {}),
  })
}
