import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDuckDB } from '../../duckdb.ts'
import type { Row, Warehouse } from '../../port.ts'
import { sql } from '../../sql.ts'
import { commitImport, type ImportPlace, type ImportReport, stageImport } from '../index.ts'

const fixture = (name: string) => new URL(`../../../../test/fixtures/imports/${name}`, import.meta.url).pathname

let folder = ''
let place: ImportPlace
let warehouse: Warehouse
let report: ImportReport
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'import-shopify-'))
  place = newPlace('first')
  const staged = await stageImport(place, [fixture('shopify-orders.csv')])
  report = await commitImport(place, staged.id)
  warehouse = await openDuckDB({ threads: 1 })
  await warehouse.attach('order_line', [join(place.importsDir, report.id, 'order_line.parquet')])
})
afterAll(async () => {
  await warehouse.close()
  await rm(folder, { recursive: true, force: true })
})

function newPlace(name: string): ImportPlace {
  const dir = join(folder, name)
  return {
    importsDir: join(dir, 'imports'),
    cacheDir: join(dir, '.c'),
    recipesDir: join(dir, 'recipes'),
    currency: 'EUR',
    version: '0',
    threads: 1,
    now: () => new Date('2026-06-15T12:00:00Z'),
  }
}

const linesOf = (order: string): Promise<Row[]> =>
  warehouse.rows(
    sql`select product_id, kind, quantity, list_amount, invoice_amount from order_line where order_id = ${order} order by line_no`,
  )

test('the export is recognised and each row is counted once', () => {
  expect(report.files[0].recogniser).toMatchObject({ id: 'shopify-orders', confidence: 'known' })
  expect(report).toMatchObject({ rowsIn: 12, rowsKept: 11, rowsSetAside: 1, orders: 6 })
  expect(report.setAside).toMatchObject([{ reason: 'order-voided', rows: 1, amounts: [{ currency: 'EUR', amount: '39.0000' }] }])
})

test('the discount of an order is spread over its lines to the cent, and shipping is a fee line', async () => {
  expect(await linesOf('#1001')).toEqual([
    { product_id: 'MUG-B', kind: 'sale', quantity: '2.0000', list_amount: '25.0000', invoice_amount: '19.3100' },
    { product_id: 'SHIPPING', kind: 'fee', quantity: '1.0000', list_amount: '4.9000', invoice_amount: '4.9000' },
    { product_id: 'TEA-1', kind: 'sale', quantity: '1.0000', list_amount: '8.9000', invoice_amount: '6.8700' },
    { product_id: 'SPO', kind: 'sale', quantity: '3.0000', list_amount: '9.9900', invoice_amount: '7.7100' },
  ])
})

test('tax inside the prices is taken off, exactly', async () => {
  const [sum] = await warehouse.rows(
    sql`select cast(sum(invoice_amount) as decimal(18, 4)) as net from order_line where order_id = '#1003'`,
  )
  expect(sum.net).toBe('205.8800')
})

test('a full refund leaves nothing, a partial one its part without tax, both dated like the order', async () => {
  const [full] = await warehouse.rows(
    sql`select cast(sum(invoice_amount) as decimal(18, 4)) as net from order_line where order_id = '#1004'`,
  )
  expect(full.net).toBe('0.0000')
  expect((await linesOf('#1007')).find((line) => line.product_id === 'REFUND')).toMatchObject({
    kind: 'return',
    quantity: '-1.0000',
    invoice_amount: '-4.2017',
  })
})

test('customers are e-mail addresses in small letters, guests are name and ZIP without the apostrophe', async () => {
  const rows = await warehouse.rows(sql`select distinct customer_id from order_line order by 1`)
  expect(rows.map((row) => row.customer_id)).toEqual([
    'Guest One 75008',
    'anna.lang@example.org',
    'einkauf@cafe-blau.example',
    'max@example.org',
  ])
})

test('an older header with fewer columns gives the same lines, and both generations come in as one import', async () => {
  const older = await stageImport(newPlace('older'), [fixture('shopify-orders-older.csv')])
  expect(older.report).toMatchObject({ rowsIn: 5, rowsKept: 5, orders: 2 })
  expect(older.report?.totals.map(({ currency, invoiceAmount }) => [currency, invoiceAmount])).toEqual([
    ['CHF', '12.5000'],
    ['EUR', '38.7900'],
  ])
})
