import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDuckDB } from '../warehouse/duckdb.ts'
import { sql } from '../warehouse/sql.ts'
import { simulateLoad, simulateRetailer, simulateSupplier } from './index.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clientele-simulate-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const digest = async (file: string) =>
  createHash('sha256')
    .update(await readFile(file))
    .digest('hex')

test('the retailer of a seed is the same every time, and another seed gives another one', async () => {
  const make = async (name: string, seed: number) => digest((await simulateRetailer(join(folder, name), { customers: 400, seed })).files[0])
  expect(await make('a', 1)).toBe(await make('b', 1))
  expect(await make('c', 2)).not.toBe(await make('d', 1))
})

test('the totals that the retailer knows are those of its file', async () => {
  const company = await simulateRetailer(join(folder, 'totals'), { customers: 500, seed: 3 })
  const warehouse = await openDuckDB()
  const [row] = await warehouse.rows(sql`
    select count(*) as lines, sum(cast(line_amount as decimal(18, 2))) as revenue, count(*) filter (where customer_id is null) as guests
    from read_csv(${company.files[0]}, all_varchar = true)`)
  await warehouse.close()
  expect(row).toEqual({ lines: company.known.lines, revenue: company.known.net_revenue, guests: company.known.unidentified_lines })
})

test('the largest account of the supplier is sold below product cost', async () => {
  const company = await simulateSupplier(join(folder, 'supplier'), { seed: 7 })
  const lines = company.files.find((file) => file.endsWith('order_lines.csv'))!
  const warehouse = await openDuckDB()
  const rows = await warehouse.rows(sql`
    select customer_id, sum(amount) as revenue, sum(amount - quantity * cost) as contribution
    from (
      select customer_id,
        cast(replace(invoice_amount, ',', '.') as double) as amount,
        cast(quantity as double) as quantity,
        cast(replace(unit_cost, ',', '.') as double) as cost
      from read_csv(${lines}, all_varchar = true, delim = ';')
      where customer_id is not null
    )
    group by customer_id order by revenue desc`)
  await warehouse.close()
  expect(rows[0].customer_id).toBe('ACC-1007')
  expect(rows[0].contribution).toBeLessThan(0)
  const gem = rows.findIndex((row) => row.customer_id === 'ACC-1142')
  const richer = rows.filter((row) => Number(row.contribution) > Number(rows[gem].contribution)).length
  expect(gem).toBeGreaterThan(30)
  expect(richer).toBeLessThan(12)
})

test('load lines come in the number asked for', async () => {
  expect(await simulateLoad({ customers: 50, lines: 1234, seed: 1, out: join(folder, 'load'), format: 'parquet' })).toMatchObject({
    lines: 1234,
  })
})
