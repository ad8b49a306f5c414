import { tracedLines } from '../pipeline/inputs.ts'
import type { ColumnType, Lineage } from '../warehouse/contract/index.ts'
import type { Dialect } from '../warehouse/dialect.ts'
import type { Cell, Row } from '../warehouse/port.ts'
import { id, join, type Sql, sql } from '../warehouse/sql.ts'
import { typedValue } from './tables.sql.ts'

export type RowsLineage = Extract<Lineage, { kind: 'rows' }>

export interface LineScope {
  /** Last day that counts. */
  asOf: string
  /** Reporting currency. */
  currency: string
  /** Whether some lines are in another currency. */
  foreign: boolean
  /** Whether there are exchange rates. */
  rates: boolean
}

/** Names under which result tables keep lines that have no customer or no product. */
const standIns: Record<string, string> = { customer_id: '(unidentified)', product_id: '(none)' }

/** The condition that a source row belongs to a row of a result: it shares the columns `on` with it. */
function belongs(on: readonly string[], row: Row, typeOf: (column: string) => ColumnType, dialect: Dialect | null): Sql[] {
  return on.map((column) => {
    const value = row[column]
    // Order lines have a day where results have a month.
    const own = column === 'month' && dialect ? dialect.monthStart(sql`order_date`) : id(column)
    if (value === null || value === undefined || value === standIns[column]) return sql`${own} is null`
    return sql`${own} = ${typedValue(typeOf(column), value as string | number | boolean)}`
  })
}

const conditionsOf = ({ where, whereNull }: RowsLineage): Sql[] => [
  ...(where ? [sql`${id(where.column)} in (${join(where.in.map((value) => sql`${value}`))})`] : []),
  ...(whereNull ? [sql`${id(whereNull)} is null`] : []),
]

const amounts = new Set(['list_amount', 'invoice_amount', 'product_cost'])

/**
 * The order lines behind one cell, with `amount`: what the line adds to it, in the reporting currency where it is money. Lines of a
 * foreign currency without a rate add to no layer and are left out. One row per order line.
 */
export function linesBehind(
  lineage: RowsLineage,
  row: Row,
  typeOf: (column: string) => ColumnType,
  scope: LineScope,
  dialect: Dialect,
): Sql {
  const conditions = [
    sql`order_date <= cast(${scope.asOf} as date)`,
    ...belongs(lineage.on, row, typeOf, dialect),
    ...conditionsOf(lineage),
  ]
  const lines = sql`select * from ${id(tracedLines)} where ${join(conditions, sql` and `)}`
  const taken = (prefix: Sql) => {
    if (!lineage.column) return sql`1`
    const first = sql`${prefix}${id(lineage.column)}`
    return lineage.orElse ? sql`coalesce(${first}, ${prefix}${id(lineage.orElse)})` : first
  }
  if (!scope.foreign) return sql`select *, ${taken(sql``)} as amount from (${lines}) as line`
  const converted = lineage.column && amounts.has(lineage.column)
  const known = scope.rates
    ? sql`
      select
        line.*,
        (
          select max(fx_rate.date) from fx_rate where fx_rate.currency = line.currency and fx_rate.date <= line.order_date
        ) as rate_date
      from (${lines}) as line`
    : sql`select line.*, cast(null as date) as rate_date from (${lines}) as line`
  if (!scope.rates) return sql`select *, ${taken(sql``)} as amount from (${known}) as line where currency = ${scope.currency}`
  const amount = converted
    ? sql`case
        when line.currency = ${scope.currency} then ${taken(sql`line.`)}
        else cast(${taken(sql`line.`)} * cast(fx_rate.rate as decimal(20, 14)) as decimal(18, 4))
      end`
    : taken(sql`line.`)
  return sql`
    select line.*, fx_rate.rate as rate, ${amount} as amount
    from (${known}) as line
    left join fx_rate on fx_rate.currency = line.currency and fx_rate.date = line.rate_date
    where line.currency = ${scope.currency} or fx_rate.rate is not null`
}

/** The rows of another result table behind one cell, with `amount`: what each adds to it. One row per row of that table. */
export function rowsBehind(lineage: RowsLineage, row: Row, typeOf: (column: string) => ColumnType): Sql {
  const conditions = [...belongs(lineage.on, row, typeOf, null), ...conditionsOf(lineage)]
  const where = conditions.length > 0 ? sql` where ${join(conditions, sql` and `)}` : sql``
  const amount = lineage.column
    ? lineage.orElse
      ? sql`coalesce(${id(lineage.column)}, ${id(lineage.orElse)})`
      : id(lineage.column)
    : sql`1`
  return sql`select *, ${amount} as amount from ${id(lineage.table)}${where}`
}

/** How many rows stand behind a cell and what they add up to. One row. */
export function sumOf(rows: Sql, exact: boolean): Sql {
  return exact
    ? sql`select count(*) as row_count, cast(sum(amount) as decimal(38, 4)) as total from (${rows}) as behind`
    : sql`select count(*) as row_count, cast(sum(cast(amount as decimal(38, 4))) as decimal(38, 4)) as total from (${rows}) as behind`
}

/** What users see of an order line behind a figure. */
const shownOfLine = ['order_id', 'line_no', 'order_date', 'customer_id', 'product_id', 'kind', 'quantity', 'currency', 'invoice_amount']

/** Lines that add most, with the place in the file that each came from. One row per order line. */
export function largestLines(rows: Sql, limit: number, withRate: boolean): Sql {
  return sql`
    select
      source_file,
      source_row,
      import_id as import,
      ${join(shownOfLine.map((column) => id(column)))},
      ${withRate ? sql`rate, ` : sql``}amount
    from (${rows}) as behind
    order by abs(amount) desc nulls last, import_id, source_file, source_row
    limit ${limit}`
}

/** Rows of another result table that add most. */
export function largestRows(rows: Sql, columns: readonly string[], key: readonly string[], limit: number): Sql {
  return sql`
    select ${join(columns.map((column) => id(column)))}, amount
    from (${rows}) as behind
    order by abs(amount) desc nulls last, ${join(key.map((column) => id(column)))}
    limit ${limit}`
}

/** The row that a question names; two when it names more than one. */
export function rowWhere(table: string, where: readonly { column: string; type: ColumnType; value: Cell }[]): Sql {
  const conditions = where.map(({ column, type, value }) =>
    value === null ? sql`${id(column)} is null` : sql`${id(column)} = ${typedValue(type, value as string | number)}`,
  )
  const filter = conditions.length > 0 ? sql` where ${join(conditions, sql` and `)}` : sql``
  return sql`select * from ${id(table)}${filter} limit 2`
}
