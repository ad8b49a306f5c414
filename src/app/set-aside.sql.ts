import { id, join, type Sql, sql } from '../warehouse/sql.ts'

/** Rows that an import set aside, in the order of its files. One row per row of a file. */
export function rowsSetAside(columns: readonly string[]): Sql {
  return sql`select ${join(columns.map((column) => id(column)))} from set_aside order by file, row, reason`
}
