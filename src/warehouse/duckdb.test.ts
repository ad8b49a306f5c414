import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { AppError, CancelledError } from '../shared/errors.ts'
import { openDuckDB } from './duckdb.ts'
import type { Warehouse } from './port.ts'
import { id, sql } from './sql.ts'

let warehouse: Warehouse
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clientele-duckdb-'))
  warehouse = await openDuckDB({ spillFolder: join(folder, 'spill') })
})
afterAll(async () => {
  await warehouse.close()
  await rm(folder, { recursive: true, force: true })
})

test('decimals and large whole numbers keep every digit', async () => {
  const [row] = await warehouse.rows(sql`
    select cast('12345678901234.5678' as decimal(18, 4)) as money, 9007199254740993::bigint as big, 42::bigint as small, 0.1::double as d,
      date '2024-02-29' as day, [1, 2] as list, {a: 1} as record`)
  expect(row).toEqual({
    money: '12345678901234.5678',
    big: '9007199254740993',
    small: 42,
    d: 0.1,
    day: '2024-02-29',
    list: [1, 2],
    record: { a: 1 },
  })
})

test('whole columns come as typed arrays with NaN for null', async () => {
  const columns = await warehouse.columns(
    sql`select i as n, case when i % 2 = 0 then cast(i * 0.5 as double) end as x, 'c' || i as t from range(5000) r(i) order by i`,
  )
  expect(columns.n).toBeInstanceOf(Float64Array)
  expect((columns.n as Float64Array)[4999]).toBe(4999)
  expect([...(columns.x as Float64Array).slice(0, 3)]).toEqual([0, Number.NaN, 1])
  expect(columns.t[2]).toBe('c2')
})

test('columns loaded in bulk come back the same, nulls and cents included', async () => {
  const count = 5001
  await warehouse.load(
    'scores',
    {
      customer: Array.from({ length: count }, (_, i) => (i === 7 ? null : `K${i}`)),
      score: Float64Array.from({ length: count }, (_, i) => i / 8),
      amount: Array.from({ length: count }, (_, i) => `-${i}.25`),
      day: Array.from({ length: count }, () => '2026-01-31'),
    },
    { customer: 'varchar', score: 'double', amount: 'decimal(18,4)', day: 'date' },
  )
  const [row] = await warehouse.rows(
    sql`select count(*) as n, count(customer) as k, sum(score) as s, sum(amount) as a, min(day) as d from scores`,
  )
  expect(row).toEqual({ n: count, k: count - 1, s: (count * (count - 1)) / 16, a: '-12503750.2500', d: '2026-01-31' })
})

test('a saved table is the same bytes each time and comes back in order', async () => {
  const write = async (name: string) => {
    const file = join(folder, name)
    expect(await warehouse.save(sql`select i as n, hash(i) % 1000 as h from range(300000) r(i) order by h, n`, file)).toBe(300_000)
    return readFile(file)
  }
  const [a, b] = [await write('a.parquet'), await write('b.parquet')]
  expect(a.equals(b)).toBe(true)
  await warehouse.attach('sorted', [join(folder, 'a.parquet')])
  expect(await warehouse.rows(sql`select count(*) as n from ${id('sorted')}`)).toEqual([{ n: 300_000 }])
})

test('a running query stops when the user cancels, and the next one runs', async () => {
  const controller = new AbortController()
  const running = warehouse.rows(sql`select count(*) from range(100000000000) r(i) where (i * 7) % 13 = 5`, {
    signal: controller.signal,
    onProgress: () => controller.abort(),
  })
  await expect(running).rejects.toBeInstanceOf(CancelledError)
  expect(await warehouse.rows(sql`select 1 as one`)).toEqual([{ one: 1 }])
})

test('a wrong query gives one line, a hint, and the SQL in the cause', async () => {
  const error = await warehouse.rows(sql`select "x" from range(3)`).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(AppError)
  expect((error as AppError).message).not.toContain('\n')
  expect((error as AppError).hint).toContain('single quotes')
  expect(String((error as AppError).cause)).toContain('select "x" from range(3)')
})

test('a query larger than memory spills to disk and ends', async () => {
  const small = await openDuckDB({ spillFolder: join(folder, 'spill2'), memoryLimit: '120MB', threads: 1 })
  const [row] = await small.rows(sql`select count(*) as n from (select i, count(*) from range(3000000) r(i) group by i order by i desc)`)
  await small.close()
  expect(row).toEqual({ n: 3_000_000 })
})

test('batches arrive one after the other and together hold every row', async () => {
  let rows = 0
  for await (const batch of warehouse.stream(sql`select i from range(10000) r(i)`)) {
    expect(batch.length).toBeLessThanOrEqual(2048)
    rows += batch.length
  }
  expect(rows).toBe(10_000)
})
