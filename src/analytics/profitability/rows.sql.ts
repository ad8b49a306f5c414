import type { ColumnType, TableContract } from '../../warehouse/contract/index.ts'
import type { Cell } from '../../warehouse/port.ts'
import { id, join, type Sql, type SqlValue, sql } from '../../warehouse/sql.ts'

const casts: Record<ColumnType, (value: Sql) => Sql> = {
  text: (value) => sql`cast(${value} as varchar)`,
  integer: (value) => sql`cast(${value} as bigint)`,
  money: (value) => sql`cast(${value} as decimal(18, 4))`,
  money_sum: (value) => sql`cast(${value} as decimal(38, 4))`,
  price: (value) => sql`cast(${value} as decimal(18, 6))`,
  quantity: (value) => sql`cast(${value} as decimal(18, 4))`,
  ratio: (value) => sql`cast(${value} as double)`,
  number: (value) => sql`cast(${value} as double)`,
  date: (value) => sql`cast(${value} as date)`,
  month: (value) => sql`cast(${value} as date)`,
  boolean: (value) => sql`cast(${value} as boolean)`,
  json: (value) => sql`cast(${value} as varchar)`,
}

/** A few rows that were computed here, as a query with the contract's columns and types. One row per given row. */
export function literalRows(contract: TableContract, rows: readonly Record<string, Cell | undefined>[]): Sql {
  const columns = Object.entries(contract.columns)
  const select = (row: Record<string, Cell | undefined>) =>
    sql`select ${join(columns.map(([name, { type }]) => sql`${casts[type](sql`${asValue(row[name], name)}`)} as ${id(name)}`))}`
  if (rows.length === 0) return sql`select * from (${select({})}) as nothing where false`
  return join(rows.map(select), sql` union all `)
}

function asValue(value: Cell | undefined, column: string): SqlValue {
  if (value === undefined || value === null) return null
  if (typeof value === 'object') throw new TypeError(`column ${column}: a list or structure does not fit a literal row`)
  // A float as text keeps all its digits; the cast reads it back to the same bits.
  if (typeof value === 'number' && !Number.isInteger(value)) return Number.isFinite(value) ? String(value) : null
  return value
}
