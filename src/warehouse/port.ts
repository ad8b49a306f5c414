import type { Dialect } from './dialect.ts'
import type { Sql } from './sql.ts'

/** A value as rows carry it: decimals as exact text, dates as `YYYY-MM-DD`, whole numbers as numbers while they are safe, else text. */
export type Cell = string | number | boolean | null | Cell[] | { [key: string]: Cell }

export type Row = Record<string, Cell>

/** Whole columns: numbers as Float64Array (null is NaN), everything else as an array of cells. */
export type Columns = Record<string, Float64Array | Cell[]>

export interface QueryOptions {
  /** Raised to stop the query; the call then throws CancelledError. */
  signal?: AbortSignal | undefined
  /** Told the engine's own estimate of what is done, 0 to 1, some times a second. */
  onProgress?: ((fraction: number) => void) | undefined
}

/** What a column is when it is handed to the engine in bulk. */
export type BulkType = 'double' | 'integer' | 'bigint' | 'varchar' | 'date' | 'boolean' | 'decimal(18,4)'

/**
 * The analytics engine as the rest of the product sees it. All SQL goes through here, with parameters; DuckDB in `duckdb.ts`.
 *
 * Errors of the engine come as {@link import('../shared/errors.ts').AppError} with the SQL in `cause`, a hint where the engine's
 * message is known to mislead, and CancelledError after a cancel.
 */
export interface Warehouse {
  readonly dialect: Dialect
  /** Rows as objects. For few rows; use {@link columns} or {@link stream} for many. */
  rows<T extends Row = Row>(query: Sql, options?: QueryOptions): Promise<T[]>
  /** Whole columns as typed arrays: the way to bring data into a model. */
  columns(query: Sql, options?: QueryOptions): Promise<Columns>
  /** Rows in batches of a few thousand, never all in memory. */
  stream(query: Sql, options?: QueryOptions): AsyncIterable<Row[]>
  /** A statement without a result. */
  run(statement: Sql, options?: QueryOptions): Promise<void>
  /** A view `name` over Parquet files; an empty list is refused. */
  attach(name: string, files: readonly string[]): Promise<void>
  /** A view `name` over a query. */
  view(name: string, query: Sql): Promise<void>
  /** A temporary table `name` holding a query's rows. */
  materialise(name: string, query: Sql, options?: QueryOptions): Promise<void>
  /** Writes a query's rows to a Parquet file (or CSV), in the query's order, and says how many. Row groups hold 122,880 rows unless told otherwise. */
  save(query: Sql, file: string, options?: QueryOptions & { format?: 'parquet' | 'csv'; rowGroupRows?: number }): Promise<number>
  /** A temporary table `name` from whole columns: the way to bring scores back. Types follow `types`. */
  load(name: string, columns: Columns, types: Record<string, BulkType>): Promise<void>
  /** The engine's plan, as text; throws what the engine finds wrong with the SQL. */
  explain(query: Sql): Promise<string>
  /** Names and engine types of a query's columns, without running it. */
  describe(query: Sql): Promise<{ name: string; type: string }[]>
  /** Gives memory and files back. */
  close(): Promise<void>
}
