import type { ColumnType } from '../warehouse/contract/index.ts'
import { id, join, type Sql, sql } from '../warehouse/sql.ts'

export type FilterOp = 'eq' | 'ne' | 'lt' | 'le' | 'gt' | 'ge' | 'in' | 'contains' | 'null' | 'notnull'

/** A value as the type of its column needs it. */
export function typedValue(type: ColumnType, value: string | number | boolean): Sql {
  if (type === 'date' || type === 'month') return sql`cast(${value} as date)`
  if (type === 'money' || type === 'money_sum' || type === 'price' || type === 'quantity')
    return sql`cast(${String(value)} as decimal(38, 6))`
  if (type === 'integer' || type === 'number' || type === 'ratio') return sql`cast(${Number(value)} as double)`
  return sql`${value}`
}

/** One condition on a column. `ne` keeps rows without a value: they are not equal. */
export function condition(column: string, op: FilterOp, values: readonly Sql[]): Sql {
  const name = id(column)
  switch (op) {
    case 'eq':
      return sql`${name} = ${values[0]}`
    case 'ne':
      return sql`${name} is distinct from ${values[0]}`
    case 'lt':
      return sql`${name} < ${values[0]}`
    case 'le':
      return sql`${name} <= ${values[0]}`
    case 'gt':
      return sql`${name} > ${values[0]}`
    case 'ge':
      return sql`${name} >= ${values[0]}`
    case 'in':
      return values.length === 0 ? sql`false` : sql`${name} in (${join(values)})`
    case 'contains':
      return sql`strpos(lower(${name}), lower(${values[0]})) > 0`
    case 'null':
      return sql`${name} is null`
    case 'notnull':
      return sql`${name} is not null`
  }
}

/** Rows in which every word stands in one of the columns. */
export function searchFor(words: readonly string[], columns: readonly string[]): Sql {
  if (columns.length === 0) return sql`false`
  const each = words.map(
    (word) =>
      sql`(${join(
        columns.map((column) => condition(column, 'contains', [sql`${word}`])),
        sql` or `,
      )})`,
  )
  return join(each, sql` and `)
}

/** The rows that meet all conditions. */
export function rowsWhere(table: string, columns: readonly string[], conditions: readonly Sql[]): Sql {
  const where = conditions.length > 0 ? sql` where ${join(conditions, sql` and `)}` : sql``
  return sql`select ${join(columns.map((column) => id(column)))} from ${id(table)}${where}`
}

/**
 * A page far down a table in memory: the engine sorts row numbers and fetches the page's rows alone. As `rowsWhere` with order, limit
 * and offset, only quicker.
 */
export function deepPage(
  table: string,
  columns: readonly string[],
  conditions: readonly Sql[],
  order: Sql,
  limit: number,
  offset: number,
): Sql {
  const where = conditions.length > 0 ? sql` where ${join(conditions, sql` and `)}` : sql``
  return sql`
    with page as (select rowid as row_number from ${id(table)}${where} order by ${order} limit ${limit} offset ${offset})
    select ${join(columns.map((column) => id(column)))}
    from ${id(table)}
    where rowid in (select row_number from page)
    order by ${order}`
}

/** An order that is always complete: what was asked for, then the key. */
export function orderedBy(sort: readonly { column: string; descending: boolean }[], key: readonly string[]): Sql {
  const asked = sort.map(({ column, descending }) => sql`${id(column)}${descending ? sql` desc` : sql``} nulls last`)
  const rest = key.filter((column) => !sort.some((one) => one.column === column)).map((column) => sql`${id(column)} nulls last`)
  return join([...asked, ...rest])
}

/** How many rows meet the conditions, and the sums of columns over them. One row. */
export function totalsWhere(table: string, sums: readonly { column: string; money: boolean }[], conditions: readonly Sql[]): Sql {
  const where = conditions.length > 0 ? sql` where ${join(conditions, sql` and `)}` : sql``
  const list = sums.map(({ column, money }) =>
    money ? sql`cast(sum(${id(column)}) as decimal(38, 4)) as ${id(column)}` : sql`cast(sum(${id(column)}) as bigint) as ${id(column)}`,
  )
  return sql`select ${join([sql`count(*) as row_count`, ...list])} from ${id(table)}${where}`
}

/** Rows for a spreadsheet: text that it would take for a formula gets an apostrophe in front; numbers stay numbers. */
export function formulaSafe(query: Sql, columns: readonly { name: string; text: boolean }[]): Sql {
  const safe = columns.map(({ name, text }) =>
    text
      ? sql`case
          when length(${id(name)}) > 0 and strpos(${formulaStarts} || chr(0), substr(${id(name)}, 1, 1)) > 0 then '''' || ${id(name)}
          else ${id(name)}
        end as ${id(name)}`
      : id(name),
  )
  return sql`select ${join(safe)} from (${query}) as rows_out`
}

/** What makes a spreadsheet take a cell for a formula, also in its full-width spelling. */
const formulaStarts = sql`${'=+-@\t\r\n＝＋－＠'}`
