import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { commitImport, stageImport } from '../../src/app/imports.ts'
import { readManifest, runPortfolio } from '../../src/app/runs.ts'
import { initWorkspace } from '../../src/app/workspace.ts'
import { createRandom } from '../../src/math/random.ts'

// The whole chain: real files, the real import, the real steps.

let root: string
const header = 'order_id,order_date,customer_id,product_id,quantity,list_price,amount,unit_cost'
let rows: string[]
let expected: Record<string, string>
let number = 0

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'clientele-repeatable-'))
  rows = orderLines()
  expected = await tablesOf([rows])
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

/** Lines of 250 orders with list prices and unit costs, some without a customer; an order has one date and one customer. */
function orderLines(): string[] {
  const random = createRandom(11)
  return Array.from({ length: 1500 }, (_, i) => {
    const order = Math.floor(i / 6)
    const day = new Date(Date.UTC(2024, 0, 1 + ((order * 7) % 700))).toISOString().slice(0, 10)
    const quantity = 1 + random.integer(5)
    const price = 1 + random.integer(5000) / 100
    const customer = order % 17 === 0 ? '' : `K${order % 61}`
    return [
      `O${order}`,
      day,
      customer,
      `P${random.integer(40)}`,
      quantity,
      price.toFixed(2),
      (quantity * price * 0.9).toFixed(3),
      (price * 0.6).toFixed(4),
    ].join(',')
  })
}

/** SHA-256 of each result table when these rows are imported, each list as a file and an import of its own. */
async function tablesOf(files: string[][]): Promise<Record<string, string>> {
  const dir = join(root, `w${number++}`)
  mkdirSync(dir)
  const workspace = await initWorkspace(dir, { currency: 'EUR' })
  for (const [i, lines] of files.entries()) {
    const file = join(dir, `orders-${i}.csv`)
    writeFileSync(file, `${header}\n${lines.join('\n')}\n`)
    const staged = await stageImport(workspace, [file], { decimalMark: '.' })
    expect(staged.questions).toEqual([])
    await commitImport(workspace, staged.id)
  }
  await runPortfolio(workspace)
  const { tables, checks } = await readManifest(workspace)
  expect(checks.filter(({ status, blocking }) => blocking && status !== 'pass')).toEqual([])
  return Object.fromEntries(tables.map(({ name, sha256 }) => [name, sha256]))
}

const permuted = (lines: string[], seed: number) => {
  const random = createRandom(seed)
  return lines
    .map((line) => ({ line, at: random.next() }))
    .sort((a, b) => a.at - b.at)
    .map(({ line }) => line)
}

test('the same file in any order of its rows gives the same tables, byte by byte', async () => {
  expect(Object.keys(expected).length).toBeGreaterThan(8)
  expect(await tablesOf([permuted(rows, 1)])).toEqual(expected)
})

test('a file split by order over two imports gives the same tables, byte by byte, whichever comes first', async () => {
  const order = (line: string) => line.split(',')[header.split(',').indexOf('order_id')]
  const first = rows.filter((line) => Number(order(line).replace(/\D/g, '')) % 2 === 0)
  const second = rows.filter((line) => !first.includes(line))
  expect(Math.min(first.length, second.length)).toBeGreaterThan(100)
  expect(await tablesOf([first, second])).toEqual(expected)
  expect(await tablesOf([permuted(second, 2), first])).toEqual(expected)
})
