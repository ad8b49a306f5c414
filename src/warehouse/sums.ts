import { mkdir, readdir } from 'node:fs/promises'
import { join as joinPath } from 'node:path'
import type { QueryOptions, Warehouse } from './port.ts'
import { id, join, type Sql, sql } from './sql.ts'
import {
  amountExtremes,
  customerDays,
  customerOrderDays,
  customerOrders,
  customerRanges,
  customerSums,
  dayOrders,
  daySums,
  dayTotals,
  type KeyRange,
  monthsTogether,
  ordersWithoutSale,
  productSums,
} from './sums.sql.ts'

/**
 * Exact sums of order lines at the grains that statements on customers, products and days are made from. An import never changes, so they are
 * made once, with it; a run makes them itself where its lines are not those of the imports: converted, cut off at a day, or costed by another import.
 */
export const sumTables = [
  'day_total',
  'customer_sum',
  'product_sum',
  'day_sum',
  'order_without_sale',
  'day_order',
  'customer_orders',
  'customer_day',
] as const

/** Under this name a run says that it holds the sums that came with the imports. */
export const keptSums = 'sums as imported'

/** The relation that holds sums as the imports brought them along. */
export const asImported = (table: SumTable): string => `${table} as imported`

export type SumTable = (typeof sumTables)[number]

export interface SumSources {
  /** Relation of the order lines, with kind, amounts and keys. */
  lines: string
  /** Relation of the orders that count, with key, customer key and date. */
  orders: string
}

export interface SumOptions extends QueryOptions {
  /** About how many lines are grouped by customer and day at a time, so that they fit into memory; by default all. */
  linesAtOnce?: number
}

/** Makes one table of sums, in one piece or several, and a relation of that name. */
export type Emit = (table: SumTable, pieces: Sql[]) => Promise<void>

/** Makes all sums but `day_total`, which is of lines as invoiced. */
export async function sumLines(
  warehouse: Warehouse,
  { lines, orders }: SumSources,
  emit: Emit,
  { linesAtOnce, ...options }: SumOptions = {},
): Promise<void> {
  const withoutSale = 'order_without_sale'
  await emit('customer_sum', [customerSums(lines)])
  await emit('product_sum', [productSums(lines)])
  await emit('day_sum', [daySums(lines)])
  await emit(withoutSale, [ordersWithoutSale(lines)])
  await emit('day_order', [dayOrders(orders, withoutSale)])
  const [span] = await warehouse.rows(
    sql`select year(min(order_date)) as first_year, year(max(order_date)) as last_year from day_order`,
    options,
  )
  await emit('customer_orders', [customerOrders(warehouse.dialect, orders, withoutSale, sixtiesOf(span?.first_year, span?.last_year))])
  const digits = (await fitsNarrow(warehouse, lines, options)) ? 18 : 38
  const orderDays = 'customer_order_day'
  await warehouse.materialise(orderDays, customerOrderDays(orders, withoutSale), options)
  const ranges = linesAtOnce === undefined ? [undefined] : await rangesOf(warehouse, linesAtOnce, options)
  await emit(
    'customer_day',
    ranges.map((range) => customerDays(lines, orderDays, digits, range)),
  )
}

/** Makes the sums of the lines as invoiced. */
export const totalLines = (lines: string, emit: Emit): Promise<void> => emit('day_total', [dayTotals(lines)])

/** Sixties of months from one year to another. */
function sixtiesOf(firstYear: unknown, lastYear: unknown): number[] {
  if (firstYear === null || firstYear === undefined) return []
  const first = Math.floor((Number(firstYear) * 12) / monthsTogether)
  const last = Math.floor((Number(lastYear) * 12 + 11) / monthsTogether)
  return Array.from({ length: last - first + 1 }, (_, i) => first + i)
}

/** Whether no sum of these lines, whatever they are grouped by, can need more than 14 digits before the point. */
async function fitsNarrow(warehouse: Warehouse, lines: string, options: QueryOptions): Promise<boolean> {
  const [row] = await warehouse.rows(amountExtremes(lines), options)
  return Number(row.lines) * (Number(row.invoice_amount ?? 0) + Number(row.product_cost ?? 0)) < 9e13
}

async function rangesOf(warehouse: Warehouse, lines: number, options: QueryOptions): Promise<KeyRange[]> {
  const rows = await warehouse.rows(customerRanges('customer_sum', lines), options)
  const ends = rows.map((row) => Number(row.last_key))
  return ends.map((to, i) => ({ from: i === 0 ? 0 : ends[i - 1]! + 1, to }))
}

/** Grain of each table, by which it is sorted where it is kept. */
export const sumKeys: Record<SumTable, readonly string[]> = {
  day_total: ['order_date', 'currency', 'kind', 'identified'],
  customer_sum: ['customer_key'],
  product_sum: ['product_key'],
  day_sum: ['order_date'],
  order_without_sale: ['order_key'],
  day_order: ['order_date'],
  customer_orders: ['customer_key'],
  customer_day: ['customer_key', 'order_date'],
}

/** Folder of the sums within that of an import. A new number whenever their columns or their meaning change: older ones are then made again. */
export const sumsFolder = 'sums-1'

/** Files of each table in a folder of sums; null where the folder does not hold all of them. */
export async function findSums(folder: string): Promise<Record<SumTable, string[]> | null> {
  const names = await readdir(folder).catch(() => [])
  const found = sumTables.map(
    (table) =>
      [
        table,
        names
          .filter((name) => name === `${table}.parquet` || (name.startsWith(`${table}-`) && name.endsWith('.parquet')))
          .sort()
          .map((name) => joinPath(folder, name)),
      ] as const,
  )
  return found.every(([, files]) => files.length > 0) ? (Object.fromEntries(found) as Record<SumTable, string[]>) : null
}

/** Writes all sums of an import's lines and orders into a folder, sorted by their grain. */
export async function writeSums(warehouse: Warehouse, sources: SumSources, folder: string, options: SumOptions): Promise<void> {
  await mkdir(folder, { recursive: true })
  const emit: Emit = async (table, pieces) => {
    const files: string[] = []
    for (const [i, piece] of pieces.entries()) {
      const file = joinPath(folder, pieces.length === 1 ? `${table}.parquet` : `${table}-${String(i + 1).padStart(5, '0')}.parquet`)
      await warehouse.save(
        sql`select * from (${piece}) as sums order by ${join(sumKeys[table].map((column) => id(column)))}`,
        file,
        options,
      )
      files.push(file)
    }
    await warehouse.attach(table, files)
  }
  await totalLines(sources.lines, emit)
  await sumLines(warehouse, sources, emit, options)
}
