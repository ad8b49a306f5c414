import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { allSteps } from '../analytics/index.ts'
import { makePlace, writeImport } from '../pipeline/test-helper.ts'
import { explainFigure, sourceLine } from './explain.ts'
import { closeSnapshots } from './open-snapshot.ts'
import { runPortfolio } from './runs.ts'
import { readTable } from './tables.ts'
import { openWorkspace, type Workspace } from './workspace.ts'

// The real steps over a company in three currencies, with returns, fees, missing costs and list prices, in two imports.

let place: ReturnType<typeof makePlace>
let workspace: Workspace
beforeAll(async () => {
  place = makePlace()
  workspace = await openWorkspace(place.dir)
  const line = (
    order_id: string,
    customer_id: string | null,
    order_date: string,
    product_id: string | null,
    invoice_amount: string,
    more = {},
  ) => ({
    order_id,
    customer_id,
    order_date,
    product_id,
    invoice_amount,
    ...more,
  })
  await writeImport(place.importsDir, {
    id: 'i1',
    file: 'one.csv',
    lines: [
      line('o1', 'C1', '2026-01-05', 'P1', '100.00', { list_amount: '120.00', product_cost: '60.00' }),
      line('o1', 'C1', '2026-01-05', 'POST', '7.50', { kind: 'fee' }),
      line('o2', 'C1', '2026-01-20', 'P2', '33.3333', { product_cost: '11.1111', currency: 'USD' }),
      line('o3', 'C2', '2026-02-01', 'P1', '-100.00', { kind: 'return', quantity: '-1', list_amount: '-120.00', product_cost: '-60.00' }),
      line('o4', null, '2026-02-02', null, '12.34'),
      line('o5', 'C3', '2026-02-03', 'P3', '55.55', { currency: 'JPY' }),
      line('o5', 'C3', '2026-02-03', 'P2', '-4.00', { kind: 'adjustment' }),
    ],
    fxRates: [
      { currency: 'USD', date: '2026-01-01', rate: '0.9' },
      { currency: 'USD', date: '2026-01-20', rate: '0.87654321' },
      { currency: 'USD', date: '2026-01-21', rate: '0.1' },
    ],
  })
  await writeImport(place.importsDir, {
    id: 'i2',
    file: 'two.csv',
    lines: [
      line('o6', 'C1', '2026-03-01', 'P1', '50.00', { product_cost: '20.005' }),
      line('o7', 'C0', '2026-03-02', 'P2', '0.0001', { currency: 'USD' }),
    ],
  })
  await runPortfolio(workspace)
})
afterAll(async () => {
  await closeSnapshots()
  place.remove()
})

const explain = (table: string, where: Record<string, string>, column: string, limit?: number) =>
  explainFigure(workspace, { table, where, column, ...(limit === undefined ? {} : { limit }) })

describe('every figure of every table', () => {
  test('agrees with its rows and its formula, to the last decimal', async () => {
    let summed = 0
    let computed = 0
    const tables = new Set(allSteps.flatMap(({ writes }) => writes.map(({ name }) => name)))
    for (const table of [...tables].filter((name) =>
      ['customer_profit', 'customer_product', 'product_profit', 'month_profit'].includes(name),
    )) {
      const { rows, contract } = await readTable(workspace, table)
      expect(rows.length, table).toBeGreaterThan(2)
      for (const row of table === 'customer_profit' ? rows : rows.slice(-2)) {
        const where = Object.fromEntries(contract.key.map((column) => [column, String(row[column])]))
        for (const column of Object.keys(contract.columns).filter((name) => contract.columns[name].from)) {
          const { sources, computed: result, inputs, value } = await explain(table, where, column, 1)
          const told = `${table} ${JSON.stringify(where)} ${column} ${value} ${JSON.stringify(sources)} ${JSON.stringify(result)}`
          expect(sources?.matches ?? true, told).toBe(true)
          expect(result?.matches ?? true, told).toBe(true)
          expect(
            inputs.every((input) => input.sources?.matches ?? true),
            told,
          ).toBe(true)
          if (sources?.sum !== undefined) summed++
          if (result) computed++
        }
      }
    }
    expect(summed).toBeGreaterThan(40)
    expect(computed).toBeGreaterThan(15)
  })
})

test('a figure comes with meaning, formula, inputs, and the file and row of each line behind it', async () => {
  const found = await explain('customer_profit', { customer_id: 'C1' }, 'net_revenue')
  expect(found).toMatchObject({
    title: 'Net revenue',
    type: 'money_sum',
    formula: 'invoiced revenue + returns',
    where: { customer_id: 'C1' },
    computed: { matches: true },
    sources: { table: 'order_line', rows: 4, matches: true },
    asOf: '2026-03-02',
    currency: 'EUR',
    imports: [
      { id: 'i1', files: ['one.csv'], active: true },
      { id: 'i2', files: ['two.csv'], active: true },
    ],
  })
  expect(found.inputs.map(({ column }) => column)).toEqual(['invoiced_revenue', 'returns'])
  expect(found.sources?.sample.map((row) => [row.import, row.source_file, row.source_row, row.amount])).toEqual([
    ['i1', 'one.csv', 2, '100.0000'],
    ['i2', 'two.csv', 2, '50.0000'],
    ['i1', 'one.csv', 4, '29.2181'],
    ['i1', 'one.csv', 3, '7.5000'],
  ])
})

test('lines of a currency without a rate stand behind no figure', async () => {
  const { sources } = await explain('month_profit', { month: '2026-02-01' }, 'invoiced_revenue')
  expect(sources?.sample.map((row) => row.currency)).not.toContain('JPY')
  expect(sources?.matches).toBe(true)
})

test('the sample is cut, the count is not', async () => {
  const { sources } = await explain('customer_profit', { customer_id: 'C1' }, 'invoiced_revenue', 2)
  expect(sources?.sample).toHaveLength(2)
  expect(sources?.rows).toBe(4)
})

test('a wrong question is told what is there', async () => {
  await expect(explain('customer_profit', { customer_id: 'C9' }, 'net_revenue')).rejects.toMatchObject({
    code: 'explain.no-row',
    kind: 'missing',
  })
  await expect(explain('customer_profit', {}, 'net_revenue')).rejects.toMatchObject({
    code: 'explain.several',
    hint: expect.stringContaining('customer_id'),
  })
  await expect(explain('customer_profit', { customer: 'C1' }, 'net_revenue')).rejects.toMatchObject({
    code: 'table.column',
    hint: 'Did you mean "customer_id"?',
  })
  await expect(explain('customer_profit', { customer_id: 'C1' }, 'netrevenue')).rejects.toMatchObject({
    hint: 'Did you mean "net_revenue"?',
  })
  await expect(explain('month_profit', { month: 'March' }, 'net_revenue')).rejects.toMatchObject({ code: 'explain.where', kind: 'usage' })
})

test('the line of the file stands as it was, found in the data folder', async () => {
  mkdirSync(join(place.dir, 'data'))
  writeFileSync(join(place.dir, 'data', 'one.csv'), 'order,amount\no1,"1,00"\no2,2\n')
  // The report of the test import says 1 byte; a file of another size is not taken for the one that was imported.
  expect(await sourceLine(workspace, { import: 'i1', file: 'one.csv', row: 2 })).toBeNull()
  await expect(sourceLine(workspace, { import: 'i1', file: 'three.csv', row: 2 })).rejects.toMatchObject({ code: 'explain.file' })
})
