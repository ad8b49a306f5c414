import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { configSchema } from '../shared/config.ts'
import { hashText } from '../shared/durable.ts'
import { type ColumnType, canonicalTable } from '../warehouse/contract/index.ts'
import { openDuckDB } from '../warehouse/duckdb.ts'
import type { ImportReport } from '../warehouse/load/report.ts'
import type { Cell } from '../warehouse/port.ts'
import { id, join as list, type Sql, sql } from '../warehouse/sql.ts'

// For tests: imports written by hand as an import leaves them, without reading a file.

const engineType: Record<ColumnType, Sql> = {
  text: sql`varchar`,
  integer: sql`bigint`,
  money: sql`decimal(18, 4)`,
  money_sum: sql`decimal(38, 4)`,
  price: sql`decimal(18, 6)`,
  quantity: sql`decimal(18, 4)`,
  ratio: sql`double`,
  number: sql`double`,
  date: sql`date`,
  month: sql`date`,
  boolean: sql`boolean`,
  json: sql`varchar`,
}

export interface TestLine {
  order_id: string
  customer_id?: string | null
  order_date: string
  product_id?: string | null
  kind?: string
  quantity?: string
  list_amount?: string | null
  invoice_amount: string
  product_cost?: string | null
  currency?: string
  channel_id?: string | null
}

export interface TestImport {
  id: string
  file?: string
  /** Row of the first line in its file; by default 2, below the header. */
  firstRow?: number
  lines?: TestLine[]
  customers?: Record<string, string | null>[]
  products?: Record<string, string | null>[]
  fxRates?: { currency: string; date: string; rate: string }[]
}

export interface TestPlace {
  dir: string
  importsDir: string
  snapshotsDir: string
  exportsDir: string
  cacheDir: string
  remove(): void
}

/** An empty workspace in the temporary folder, with a settings file. */
export function makePlace(settings: Record<string, unknown> = {}) {
  const dir = mkdtempSync(join(tmpdir(), 'clientele-test-'))
  const place = {
    dir,
    importsDir: join(dir, 'imports'),
    snapshotsDir: join(dir, 'snapshots'),
    exportsDir: join(dir, 'exports'),
    cacheDir: join(dir, '.clientele'),
    remove: () => rmSync(dir, { recursive: true, force: true }),
  }
  for (const folder of [place.importsDir, place.snapshotsDir, place.exportsDir, place.cacheDir]) mkdirSync(folder)
  const config = configSchema.parse({ currency: 'EUR', engine: { threads: 2 }, ...settings })
  writeFileSync(join(dir, 'clientele.yaml'), JSON.stringify({ currency: 'EUR', engine: { threads: 2 }, ...settings }))
  return { ...place, config, locate: () => ({ file: 'clientele.yaml', line: 1, column: 1 }) }
}

/** Writes an import folder with its canonical Parquet files and its report. */
export async function writeImport(importsDir: string, input: TestImport): Promise<ImportReport> {
  const dir = join(importsDir, input.id)
  mkdirSync(dir, { recursive: true })
  const file = input.file ?? 'orders.csv'
  const counts = new Map<string, number>()
  const numbered = (input.lines ?? []).map((line, i) => {
    const line_no = (counts.get(line.order_id) ?? 0) + 1
    counts.set(line.order_id, line_no)
    return {
      kind: 'sale',
      quantity: '1',
      currency: 'EUR',
      cancellation_flag: 'false',
      duplicate_flag: 'false',
      ...line,
      line_no: String(line_no),
      source_file: file,
      source_row: String(i + (input.firstRow ?? 2)),
    } as Record<string, string | null>
  })
  const own = (rows: Record<string, string | null>[], column: string) => new Set(rows.map((row) => row[column]).filter((value) => value))
  const customers = [...own(numbered, 'customer_id')].map(
    (customer_id) => ({ customer_id: customer_id as string }) as Record<string, string | null>,
  )
  for (const customer of input.customers ?? []) {
    const known = customers.find((one) => one.customer_id === customer.customer_id)
    if (known) Object.assign(known, customer)
    else customers.push({ ...customer })
  }
  const products = [...own(numbered, 'product_id')].map((product_id) => ({
    product_id: product_id as string,
    ...input.products?.find((one) => one.product_id === product_id),
  }))
  const orders = [...new Map(numbered.map((line) => [line.order_id, line])).values()]

  const warehouse = await openDuckDB({ threads: 1, keepOrder: true })
  const tables: Record<string, number> = {}
  const raw = async (name: string, rows: Record<string, string | null>[]) => {
    const columns = Object.keys(canonicalTable(name)?.columns ?? {})
    await warehouse.load(
      `raw ${name}`,
      Object.fromEntries(columns.map((column) => [column, rows.map((row): Cell => row[column] ?? null)])),
      Object.fromEntries(columns.map((column) => [column, 'varchar' as const])),
    )
  }
  const save = async (name: string, keys: Sql[], orderBy: Sql, joins: Sql = sql``) => {
    const columns = Object.entries(canonicalTable(name)?.columns ?? {}).map(
      ([column, { type }]) => sql`cast(raw.${id(column)} as ${engineType[type]}) as ${id(column)}`,
    )
    tables[name] = await warehouse.save(
      sql`select ${list([...columns, ...keys])} from ${id(`raw ${name}`)} as raw${joins} order by ${orderBy}`,
      join(dir, `${name}.parquet`),
    )
  }
  const key = (name: string) => sql`cast(row_number() over (order by raw.${id(`${name}_id`)}) as integer) as ${id(`${name}_key`)}`
  const keyOf = (name: string) => sql`coalesce((select k from ${id(`${name} keys`)} as keys where keys.i = raw.${id(`${name}_id`)}), 0)`
  try {
    if (customers.length > 0) {
      await raw('customer', customers)
      await save('customer', [key('customer')], sql`customer_id`)
    }
    if (numbered.length > 0) {
      await raw('product', products)
      await raw('order', orders)
      await raw('order_line', numbered)
      for (const name of ['customer', 'product', 'order']) {
        const from = name === 'customer' && customers.length === 0 ? sql`(select null as customer_id where false)` : id(`raw ${name}`)
        await warehouse.materialise(
          `${name} keys`,
          sql`select ${id(`${name}_id`)} as i, cast(row_number() over (order by ${id(`${name}_id`)}) as integer) as k from ${from}`,
        )
      }
      if (products.length > 0) await save('product', [key('product')], sql`product_id`)
      await save('order', [key('order'), sql`${keyOf('customer')} as customer_key`], sql`order_id`)
      await save(
        'order_line',
        [sql`${keyOf('customer')} as customer_key`, sql`${keyOf('product')} as product_key`, sql`${keyOf('order')} as order_key`],
        sql`customer_key, order_date, order_key, line_no`,
      )
    }
    if (input.fxRates) {
      await raw('fx_rate', input.fxRates)
      await save('fx_rate', [], sql`currency, date`)
    }
    const totals =
      numbered.length === 0
        ? []
        : await warehouse.rows(sql`
          select
            currency,
            count(*) as lines,
            cast(sum(cast(invoice_amount as decimal(18, 4))) as varchar) as "invoiceAmount",
            cast(coalesce(sum(cast(invoice_amount as decimal(18, 4))) filter (where customer_id is not null), 0) as varchar) as "identifiedAmount",
            cast(coalesce(sum(cast(invoice_amount as decimal(18, 4))) filter (where customer_id is null), 0) as varchar) as "unidentifiedAmount",
            count(*) filter (where customer_id is null) as "unidentifiedLines",
            cast(sum(cast(list_amount as decimal(18, 4))) as varchar) as "listAmount",
            cast(sum(cast(product_cost as decimal(18, 4))) as varchar) as "productCost"
          from "raw order_line" group by currency order by currency`)
    const days = numbered.map(({ order_date }) => order_date as string).sort()
    const report: ImportReport = {
      id: input.id,
      createdAt: '2026-01-01T00:00:00Z',
      version: '0.0.0',
      files: [
        {
          name: file,
          bytes: 1,
          sha256: hashText(JSON.stringify(input)),
          format: 'csv',
          detected: [],
          recogniser: { id: 'test', title: 'Test', confidence: 'known' },
          rows: numbered.length,
        },
      ],
      tables,
      rowsIn: numbered.length,
      rowsKept: numbered.length,
      rowsSetAside: 0,
      setAside: [],
      flags: [],
      totals: totals as unknown as ImportReport['totals'],
      dates: days.length > 0 ? { from: days[0], to: days.at(-1) as string } : null,
      customers: customers.length,
      orders: orders.length,
      products: products.length,
      assumptions: [],
      ignoredColumns: [],
      seconds: 0,
    }
    writeFileSync(join(dir, 'import.json'), JSON.stringify(report))
    return report
  } finally {
    await warehouse.close()
  }
}
