import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openDuckDB } from './duckdb.ts'
import type { Warehouse } from './port.ts'
import { sql } from './sql.ts'
import { readUserQuery } from './user-query.ts'

let folder: string
let warehouse: Warehouse
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'clientele-query-'))
  const maker = await openDuckDB()
  const [seen, hidden] = ['seen', 'hidden'].map((name) => join(folder, `${name}.parquet`))
  await maker.save(sql`select range as a, 'x' as b from range(3)`, seen)
  await maker.save(sql`select 1 as secret`, hidden)
  await maker.close()
  writeFileSync(join(folder, 'secret.csv'), 'a\n1\n')
  warehouse = await openDuckDB({ externalAccess: false, files: [seen], spillFolder: join(folder, 'spill'), memoryLimit: '200MB' })
  await warehouse.attach('order', [seen])
  await warehouse.attach('seen', [seen])
})
afterAll(async () => {
  await warehouse.close()
  rmSync(folder, { recursive: true, force: true })
})

const ask = async (text: string) => warehouse.rows(await readUserQuery(warehouse, text, ['seen', 'order']))

test('a query reads the tables that are there, with all that selecting can do', async () => {
  expect(await ask('select sum(a) as s from seen;')).toEqual([{ s: 3 }])
  expect(await ask('-- first a comment; with a semicolon\nfrom "order" where a = 1 -- and one at the end')).toEqual([{ a: 1, b: 'x' }])
  expect(
    await ask('with recursive n as (select 1 as i union all select i + 1 from n where i < 3) select max(i) as m from n, SEEN'),
  ).toEqual([{ m: 3 }])
  expect(
    await ask(
      'select a, row_number() over (order by a desc) as r from main.seen qualify r = 1 union all select * from (values (7, 8)) as v',
    ),
  ).toEqual([
    { a: 2, r: 1 },
    { a: 7, r: 8 },
  ])
  expect(await ask('select count(*) as n from range(4), unnest([1, 2]) as u')).toEqual([{ n: 8 }])
  expect((await ask('describe seen')).map(({ column_name }) => column_name)).toEqual(['a', 'b'])
})

describe('what could reach beyond the tables is refused before it runs', () => {
  const refused: [string, string, RegExp][] = [
    ["select * from read_csv('/etc/passwd')", 'query.function', /read_csv\(\) is not allowed/],
    ["select * from read_text('/etc/passwd')", 'query.function', /read_text/],
    ["select * from glob('/etc/*')", 'query.function', /glob/],
    ["select * from '/etc/passwd'", 'query.table', /no table "\/etc\/passwd"/],
    ['select * from "secret.csv"', 'query.table', /no table/],
    ["copy (select 1) to '/tmp/out.csv'", 'query.not-select', /only a query that selects/],
    ["attach '/tmp/x.db'", 'query.not-select', /only a query/],
    ['install httpfs', 'query.not-select', /only a query/],
    ['load json', 'query.not-select', /only a query/],
    ['pragma database_list', 'query.not-select', /only a query/],
    ["set memory_limit = '1TB'", 'query.not-select', /only a query/],
    ['create table t as select 1', 'query.not-select', /only a query/],
    ['drop view seen', 'query.not-select', /only a query/],
    ['insert into seen values (1)', 'query.not-select', /only a query/],
    ["export database '/tmp/x'", 'query.not-select', /only a query/],
    ['select 1; select 2', 'query.several', /got 2/],
    ["select 1; copy seen to '/tmp/x'", 'query.not-select', /only a query/],
    ["select * from enable_logging('QueryLog', storage := 'file', storage_path := '/tmp/x')", 'query.function', /enable_logging/],
    ['call enable_logging()', 'query.not-select', /only a query/],
    ["select * from query('select 1')", 'query.function', /query\(\)/],
    ["select * from query_table('seen')", 'query.function', /query_table/],
    ["select * from (select * from seen where a in (select a from read_parquet('x.parquet')))", 'query.function', /read_parquet/],
    ['with x as (select * from duckdb_settings()) select * from x', 'query.function', /duckdb_settings/],
    ['select sleep_ms(100000)', 'query.function', /sleep_ms/],
    ["select list_transform([1], lambda x: write_log('a'))", 'query.function', /write_log/],
    ['select * from information_schema.tables', 'query.table', /information_schema.tables/],
    ['select * from pg_catalog.pg_tables', 'query.table', /pg_tables/],
    ['select * from sean', 'query.table', /no table "sean"/],
    ['', 'query.empty', /no statement/],
    ['-- nothing', 'query.empty', /no statement/],
    ['selct *\nfrom seen', 'query.syntax', /line 1, column 1: syntax error/],
    ['select *\nfrom seen where', 'query.syntax', /line 2/],
  ]
  test.each(refused)('%s', async (text, code, message) => {
    await expect(ask(text)).rejects.toMatchObject({ code, kind: 'usage', message: expect.stringMatching(message) })
  })

  test('an unknown table says what was meant', async () => {
    await expect(ask('select * from sen')).rejects.toMatchObject({ hint: 'Did you mean "seen"?' })
  })
})

test('the engine itself refuses files, settings and writing, should a statement slip through', async () => {
  const run = (text: string) => warehouse.rows({ kind: 'sql', parts: [{ text }] })
  for (const text of [
    "select * from read_csv('/etc/passwd')",
    `select * from read_parquet('${join(folder, 'hidden.parquet')}')`,
    `select * from read_parquet('${join(folder, 'x', '..', 'hidden.parquet')}')`,
    `copy (select 1) to '${join(folder, 'out.csv')}'`,
    `attach '${join(folder, 'x.db')}'`,
    'install httpfs',
    "set memory_limit = '1TB'",
    'set enable_external_access = true',
    "set allowed_paths = ['/etc/passwd']",
  ]) {
    await expect(run(text), text).rejects.toThrow(/disabled by configuration|has been locked|Cannot access|while database is running/)
  }
  expect(readdirSync(folder).sort()).toEqual([
    'hidden.parquet',
    'secret.csv',
    'seen.parquet',
    ...(existsSync(join(folder, 'spill')) ? ['spill'] : []),
  ])
})

test('what does not fit in memory still spills to its folder', async () => {
  const text =
    "select max(x) as m from (select x, row_number() over (order by h) as r from (select range as h, range::varchar || repeat('y', 40) as x from range(4000000))) where r > 3999998"
  expect(await ask(text)).toHaveLength(1)
})
