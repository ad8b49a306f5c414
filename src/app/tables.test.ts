import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { AnyStep } from '../pipeline/step.ts'
import { makePlace, writeImport } from '../pipeline/test-helper.ts'
import { col, optional, table } from '../warehouse/contract/index.ts'
import { openDuckDB } from '../warehouse/duckdb.ts'
import { sql } from '../warehouse/sql.ts'
import { closeSnapshots, withSnapshot } from './open-snapshot.ts'
import { queryWorkspace } from './query.ts'
import { listSnapshots, readManifest, runPortfolio } from './runs.ts'
import { exportTable, readTable } from './tables.ts'
import { openWorkspace, type Workspace } from './workspace.ts'

const lines = (column: string) => ({ from: { kind: 'rows' as const, table: 'order_line', on: ['customer_id'], column } })

const customerNet = table({
  name: 'customer_net',
  title: 'Net',
  meaning: 'Net by customer.',
  grain: 'customer',
  key: ['customer_id'],
  kind: 'result',
  columns: {
    customer_id: col.text('Customer', 'Id.'),
    customer_key: col.integer('Key', 'Key.', { internal: true }),
    sold: col.moneySum('Sold', 'Sold.', lines('invoice_amount')),
    returned: optional(col.moneySum('Returned', 'Returned.', lines('invoice_amount'))),
    net: col.moneySum('Net', 'Net.', { formula: 'sold + returned', from: { kind: 'row', columns: ['sold', 'returned'] } }),
    share: optional(
      col.ratio('Share', 'Returned share.', { formula: 'returned / sold', from: { kind: 'row', columns: ['returned', 'sold'] } }),
    ),
    lines: col.integer('Lines', 'Lines.', { from: { kind: 'rows', table: 'order_line', on: ['customer_id'] } }),
    place: col.integer('Place', 'Rank.', { unit: 'rank' }),
    last_date: col.date('Last', 'Last.'),
    good: col.boolean('Good', 'Good.'),
  },
})

const step: AnyStep = {
  name: 'net',
  title: 'Net',
  reads: ['order_line'],
  writes: [customerNet],
  unlock: 'Load orders.',
  parameters: z.object({}),
  run: (context) =>
    context.save(
      customerNet,
      sql`
      select
        coalesce(customer_id, '(unidentified)') as customer_id,
        cast(max(customer_key) as bigint) as customer_key,
        cast(coalesce(sum(invoice_amount) filter (where kind = 'sale'), 0) as decimal(38, 4)) as sold,
        cast(sum(invoice_amount) filter (where kind = 'return') as decimal(38, 4)) as returned,
        cast(sum(invoice_amount) as decimal(38, 4)) as net,
        cast(sum(invoice_amount) filter (where kind = 'return') as double) / nullif(cast(sum(invoice_amount) filter (where kind = 'sale') as double), 0) as share,
        count(*) as lines,
        row_number() over (order by sum(invoice_amount) desc, customer_id) as place,
        max(order_date) as last_date,
        customer_id is not null as good
      from order_line group by customer_id`,
    ),
}

let place: ReturnType<typeof makePlace>
let workspace: Workspace
beforeAll(async () => {
  place = makePlace()
  workspace = await openWorkspace(place.dir)
  await writeImport(place.importsDir, {
    id: 'i1',
    lines: [
      { order_id: 'o1', customer_id: '=SUM(A1)', order_date: '2026-01-01', invoice_amount: '10' },
      { order_id: 'o2', customer_id: 'Zoë, "the" great', order_date: '2026-01-02', invoice_amount: '30.5' },
      {
        order_id: 'o2',
        customer_id: 'Zoë, "the" great',
        order_date: '2026-01-02',
        invoice_amount: '-0.25',
        kind: 'return',
        quantity: '-1',
      },
      { order_id: 'o3', customer_id: null, order_date: '2026-02-01', invoice_amount: '5' },
      { order_id: 'o4', customer_id: 'a 100%_x', order_date: '2026-03-01', invoice_amount: '-3', kind: 'return', quantity: '-1' },
    ],
  })
  await runPortfolio(workspace, { steps: [step] })
})
afterAll(async () => {
  await closeSnapshots()
  place.remove()
})

const ids = async (question: Parameters<typeof readTable>[2]) =>
  (await readTable(workspace, 'customer_net', question)).rows.map((row) => row.customer_id)

describe('a page of a table', () => {
  test('comes with its contract, in the order of its key, without internal columns', async () => {
    const page = await readTable(workspace, 'customer_net')
    expect(page.total).toBe(4)
    expect(page.rows[0]).toEqual({
      customer_id: '(unidentified)',
      sold: '5.0000',
      returned: null,
      net: '5.0000',
      share: null,
      lines: 1,
      place: 3,
      last_date: '2026-02-01',
      good: false,
    })
    expect(page.contract.columns.customer_key).toBeUndefined()
    expect(page.contract).not.toHaveProperty('schema')
    expect(JSON.parse(JSON.stringify(page.contract))).toEqual(page.contract)
  })

  test('is sorted with empty values last, whichever the direction, and cut by offset and limit', async () => {
    expect(await ids({ sort: [{ column: 'net', descending: true }] })).toEqual([
      'Zoë, "the" great',
      '=SUM(A1)',
      '(unidentified)',
      'a 100%_x',
    ])
    expect((await ids({ sort: [{ column: 'returned', descending: true }] })).slice(0, 2)).toEqual(['Zoë, "the" great', 'a 100%_x'])
    expect((await ids({ sort: [{ column: 'returned', descending: false }] })).slice(0, 2)).toEqual(['a 100%_x', 'Zoë, "the" great'])
    expect(await ids({ sort: [{ column: 'net', descending: true }], offset: 1, limit: 2 })).toEqual(['=SUM(A1)', '(unidentified)'])
    expect((await readTable(workspace, 'customer_net', { offset: 99 })).rows).toEqual([])
  })

  test('is filtered by every operator on every type', async () => {
    const where = (column: string, op: 'eq', value?: unknown) => ids({ filters: [{ column, op, value: value as never }] })
    expect(await where('net', 'eq', '30.25')).toEqual(['Zoë, "the" great'])
    expect(await where('net', 'ge' as 'eq', 10)).toHaveLength(2)
    expect(await where('lines', 'gt' as 'eq', '1')).toHaveLength(1)
    expect(await where('last_date', 'lt' as 'eq', '2026-02-01')).toHaveLength(2)
    expect(await where('last_date', 'le' as 'eq', '2026-02-01')).toHaveLength(3)
    expect(await where('good', 'eq', false)).toEqual(['(unidentified)'])
    expect(await where('customer_id', 'in' as 'eq', ['(unidentified)', 'nobody'])).toEqual(['(unidentified)'])
    expect(await where('customer_id', 'in' as 'eq', [])).toEqual([])
    expect(await where('customer_id', 'contains' as 'eq', '%_')).toEqual(['a 100%_x'])
    expect(await where('customer_id', 'contains' as 'eq', 'ZOË')).toHaveLength(1)
    expect(await where('share', 'null' as 'eq')).toHaveLength(3)
    expect(await where('share', 'notnull' as 'eq')).toHaveLength(1)
    expect(await where('returned', 'ne' as 'eq', '-3')).toHaveLength(3)
    expect(await where('customer_id', 'eq', "' or 1 = 1 --")).toEqual([])
  })

  test('is searched by words that must all be there', async () => {
    expect(await ids({ search: 'GREAT the' })).toEqual(['Zoë, "the" great'])
    expect(await ids({ search: 'great nowhere' })).toEqual([])
  })

  test('carries totals over all rows that meet the filters, of the columns that may be summed', async () => {
    const page = await readTable(workspace, 'customer_net', { limit: 1, totals: true })
    expect(page.totals).toEqual({
      customer_id: null,
      sold: '45.5000',
      returned: '-3.2500',
      net: '42.2500',
      share: null,
      lines: 5,
      place: null,
      last_date: null,
      good: null,
    })
    expect(
      await readTable(workspace, 'customer_net', { limit: 0, totals: true, filters: [{ column: 'good', op: 'eq', value: true }] }),
    ).toMatchObject({
      total: 3,
      rows: [],
      totals: { net: '37.2500' },
    })
  })

  test('also of a canonical table', async () => {
    expect(await readTable(workspace, 'order_line', { limit: 1, columns: ['order_id', 'source_row'] })).toMatchObject({
      total: 5,
      rows: [{ order_id: 'o1', source_row: 2 }],
    })
  })

  test('a wrong name or value is told with what was meant', async () => {
    await expect(readTable(workspace, 'customer_nett')).rejects.toMatchObject({
      code: 'table.unknown',
      hint: 'Did you mean "customer_net"?',
    })
    await expect(ids({ sort: [{ column: 'nett', descending: true }] })).rejects.toMatchObject({
      code: 'table.column',
      hint: 'Did you mean "net"?',
    })
    await expect(ids({ filters: [{ column: 'customer_key', op: 'eq', value: 1 }] })).rejects.toMatchObject({ code: 'table.column' })
    await expect(ids({ filters: [{ column: 'net', op: 'gt', value: 'much' }] })).rejects.toThrow(
      'needs a decimal number such as -12.50; got "much"',
    )
    await expect(ids({ filters: [{ column: 'last_date', op: 'gt', value: '2026-02-30' }] })).rejects.toThrow('needs a day that exists')
    await expect(ids({ filters: [{ column: 'lines', op: 'in', value: 3 }] })).rejects.toThrow('needs a list')
    await expect(ids({ filters: [{ column: 'net', op: 'contains', value: '3' }] })).rejects.toThrow('works on text only')
    await expect(ids({ limit: 1_000_000 })).rejects.toMatchObject({ code: 'table.page', kind: 'usage' })
  })
})

describe('a large table', () => {
  const wide = table({
    name: 'wide',
    title: 'Wide',
    meaning: 'Many rows.',
    grain: 'number',
    key: ['n'],
    kind: 'result',
    columns: { n: col.integer('N', 'N.'), word: col.text('Word', 'Word.'), amount: col.moneySum('Amount', 'Amount.', { additive: true }) },
  })

  test('is brought into memory, and answers the same from there', async () => {
    const at = makePlace()
    const own = await openWorkspace(at.dir)
    await writeImport(at.importsDir, {
      id: 'i1',
      lines: [{ order_id: 'o', customer_id: 'c', order_date: '2026-01-01', invoice_amount: '1' }],
    })
    const query = sql`
      select range as n, 'w' || cast(range * 7919 % 60000 as varchar) as word, cast(range % 1000 as decimal(38, 4)) as amount from range(60000)`
    const many: AnyStep = { ...step, name: 'many', title: 'Many', writes: [wide], run: (context) => context.save(wide, query) }
    await runPortfolio(own, { steps: [many] })
    const questions: Parameters<typeof readTable>[2][] = [
      { limit: 3 },
      { limit: 3, offset: 59_998 },
      { sort: [{ column: 'word', descending: true }], limit: 3, offset: 30_000 },
      { sort: [{ column: 'amount', descending: true }], limit: 3, offset: 1001, filters: [{ column: 'amount', op: 'lt', value: 500 }] },
      { search: 'w599', limit: 5, totals: true },
    ]
    const ask = async () => {
      await closeSnapshots(own)
      const fromFile = []
      for (const question of questions) fromFile.push(await readTable(own, 'wide', question))
      return fromFile
    }
    const fromFile = await ask()
    const inMemory = await withSnapshot(own, undefined, async (open) => {
      for (let i = 0; open.inMemory.get('wide') !== 'there' && i < 500; i++) await new Promise((resolve) => setTimeout(resolve, 10))
      return open.inMemory.get('wide')
    })
    expect(inMemory).toBe('there')
    for (const [i, question] of questions.entries()) expect(await readTable(own, 'wide', question)).toEqual(fromFile[i])
    await closeSnapshots(own)
    at.remove()
  })
})

describe('an export', () => {
  test('as CSV keeps numbers as numbers and never lets text become a formula', async () => {
    const file = join(place.exportsDir, 'net.csv')
    expect(await exportTable(workspace, 'customer_net', 'csv', file, { columns: ['customer_id', 'net', 'last_date'] })).toEqual({
      file,
      rows: 4,
    })
    expect(readFileSync(file, 'utf8')).toBe(
      'customer_id,net,last_date\n(unidentified),5.0000,2026-02-01\n\'=SUM(A1),10.0000,2026-01-01\n"Zoë, ""the"" great",30.2500,2026-01-02\na 100%_x,-3.0000,2026-03-01\n',
    )
    expect(JSON.parse(readFileSync(`${file}.schema.json`, 'utf8'))).toMatchObject({
      name: 'customer_net',
      currency: 'EUR',
      columns: { net: { type: 'money_sum', formula: 'sold + returned' } },
    })
  })

  test('as Parquet holds the same rows with their types, filtered as asked', async () => {
    const file = join(place.exportsDir, 'deep', 'net.parquet')
    await exportTable(workspace, 'customer_net', 'parquet', file, { filters: [{ column: 'net', op: 'gt', value: '5' }] })
    const warehouse = await openDuckDB()
    await warehouse.attach('x', [file])
    expect(await warehouse.rows(sql`select customer_id, net from x order by net`)).toEqual([
      { customer_id: '=SUM(A1)', net: '10.0000' },
      { customer_id: 'Zoë, "the" great', net: '30.2500' },
    ])
    expect((await warehouse.describe(sql`select net from x`))[0].type).toBe('DECIMAL(38,4)')
    await warehouse.close()
  })

  test('of a canonical table works too', async () => {
    expect((await exportTable(workspace, 'order_line', 'csv', join(place.exportsDir, 'lines.csv'))).rows).toBe(5)
  })
})

describe('SQL over a snapshot', () => {
  test('sees result tables and canonical tables, in exact decimals', async () => {
    const { columns, rows, truncated } = await queryWorkspace(
      workspace,
      'select n.customer_id, n.net, count(*) as c from customer_net n join order_line l on l.customer_id = n.customer_id group by all order by net desc',
    )
    expect(columns.map(({ name }) => name)).toEqual(['customer_id', 'net', 'c'])
    expect(rows[0]).toEqual({ customer_id: 'Zoë, "the" great', net: '30.2500', c: 2 })
    expect(truncated).toBe(false)
  })

  test('stops at the limit and says so', async () => {
    expect(await queryWorkspace(workspace, 'select * from range(1000000000) as r', { limit: 3 })).toMatchObject({
      rows: [{ range: 0 }, { range: 1 }, { range: 2 }],
      truncated: true,
    })
  })

  test('describe, comments and a semicolon at the end are fine', async () => {
    expect((await queryWorkspace(workspace, 'describe customer_net;')).rows.map((row) => row.column_name)).toContain('net')
    expect((await queryWorkspace(workspace, 'select 1 as a -- one')).rows).toEqual([{ a: 1 }])
    expect((await queryWorkspace(workspace, 'show tables')).rows.length).toBeGreaterThan(2)
  })

  test('reaches no file of the workspace by itself', async () => {
    const file = join(place.importsDir, 'i1', 'order_line.parquet')
    await expect(queryWorkspace(workspace, `select * from '${file}'`)).rejects.toMatchObject({ code: 'query.table' })
    await expect(queryWorkspace(workspace, `select * from read_parquet('${file}')`)).rejects.toMatchObject({ code: 'query.function' })
    await expect(queryWorkspace(workspace, 'delete from customer_net')).rejects.toMatchObject({ code: 'query.not-select' })
  })

  test('can be cancelled', async () => {
    const stop = new AbortController()
    setTimeout(() => stop.abort(), 50)
    const text = 'select count(*) from range(100000000) a, range(100000000) b where a.range + b.range = 7'
    await expect(queryWorkspace(workspace, text, { signal: stop.signal })).rejects.toMatchObject({ code: 'cancelled' })
  })
})

test('snapshots are listed with the published one, and an old one stays readable after an import was taken back', async () => {
  const [{ id }] = await listSnapshots(workspace)
  const { renameSync, mkdirSync } = await import('node:fs')
  mkdirSync(join(place.importsDir, '.undone'), { recursive: true })
  renameSync(join(place.importsDir, 'i1'), join(place.importsDir, '.undone', 'i1'))
  try {
    expect(
      (await readTable(workspace, 'order_line', { snapshot: id, filters: [{ column: 'order_id', op: 'eq', value: 'o2' }] })).total,
    ).toBe(2)
    expect((await readManifest(workspace)).snapshot).toBe(id)
  } finally {
    renameSync(join(place.importsDir, '.undone', 'i1'), join(place.importsDir, 'i1'))
  }
  expect(await listSnapshots(workspace)).toMatchObject([{ current: true, asOf: '2026-03-01' }])
  await closeSnapshots()
  renameSync(join(place.importsDir, 'i1'), join(place.dir, 'gone'))
  try {
    expect((await readTable(workspace, 'customer_net', { snapshot: id })).total).toBe(4)
    await expect(readTable(workspace, 'order_line', { snapshot: id })).rejects.toMatchObject({
      code: 'import.missing',
      message: expect.stringContaining('import i1'),
    })
  } finally {
    await closeSnapshots()
    renameSync(join(place.dir, 'gone'), join(place.importsDir, 'i1'))
  }
  await expect(readManifest(workspace, `${id}-2`)).rejects.toMatchObject({ code: 'snapshot.unknown', hint: `Did you mean "${id}"?` })
})
