import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { commitImport, stageImport } from '../../src/app/imports.ts'
import { readManifest, runPortfolio } from '../../src/app/runs.ts'
import { findWorkspace, initWorkspace, type Workspace } from '../../src/app/workspace.ts'
import { createRandom } from '../../src/math/random.ts'
import { sumsFolder } from '../../src/warehouse/sums.ts'

// Sums that come with an import are a shortcut: with or without them a run must write the same tables, byte for byte.

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clientele-sums-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const header = 'order_id,order_date,customer_id,product_id,quantity,list_price,invoice_amount,unit_cost'

/** Orders of thirty customers, some unknown, with returns on days of their own, freight, and goods without a cost. */
function orderLines(from: string, days: number, orders: number, prefix: string): string[] {
  const random = createRandom(orders).split(prefix)
  const next = (below: number) => random.integer(below)
  const rows: string[] = []
  for (let n = 0; n < orders; n++) {
    const date = new Date(Date.parse(from) + next(days) * 86_400_000).toISOString().slice(0, 10)
    const customer = next(20) === 0 ? '' : `C${next(30)}`
    const lines = 1 + next(3)
    for (let line = 0; line < lines; line++) {
      const product = next(15)
      const quantity = 1 + next(5)
      const sign = next(12) === 0 ? -1 : 1
      const cost = product === 3 ? '' : (2 + product).toFixed(2)
      rows.push(
        `${prefix}${n}${sign < 0 ? 'R' : ''},${date},${customer},P${product},${sign * quantity},10.00,${(sign * quantity * (9 - (n % 4))).toFixed(2)},${cost}`,
      )
    }
  }
  return rows
}

async function importRows(workspace: Workspace, name: string, rows: string[]): Promise<string> {
  const data = join(workspace.dir, 'data')
  await mkdir(data, { recursive: true })
  const file = join(data, name)
  await writeFile(file, `${[header, ...rows].join('\n')}\n`)
  const staged = await stageImport(workspace, [file], { currency: 'EUR' })
  expect(staged.questions).toEqual([])
  return (await commitImport(workspace, staged.id)).id
}

async function tablesOf(workspace: Workspace, options: { asOf?: string } = {}) {
  await runPortfolio(workspace, options)
  const { tables, checks, figures } = await readManifest(workspace)
  return { tables: tables.map(({ name, rows, sha256 }) => ({ name, rows, sha256 })), checks, figures }
}

/** The tables as the run makes them with the sums of all imports, and without those of one. */
async function bothWays(name: string, files: Record<string, string[]>) {
  const dir = join(folder, name)
  await initWorkspace(dir, { name, currency: 'EUR' })
  const workspace = await findWorkspace(dir)
  const ids: string[] = []
  for (const [file, rows] of Object.entries(files)) ids.push(await importRows(workspace, file, rows))
  const kept = ids.map((id) => join(workspace.importsDir, id, sumsFolder))
  for (const sums of kept) expect(existsSync(sums)).toBe(true)
  const quick = await tablesOf(workspace)
  await rm(kept[0]!, { recursive: true })
  return { quick, slow: await tablesOf(workspace) }
}

test('one import: with its sums and without, the same tables to the byte', async () => {
  const { quick, slow } = await bothWays('one', { 'orders.csv': orderLines('2023-01-01', 700, 900, 'O') })
  expect(quick.tables.find(({ name }) => name === 'customer_value')?.rows).toBe(30)
  expect(quick).toEqual(slow)
})

test('two imports that share customers and days: with their sums and without, the same tables to the byte', async () => {
  const { quick, slow } = await bothWays('two', {
    'first.csv': orderLines('2023-01-01', 400, 500, 'A'),
    'second.csv': orderLines('2023-12-01', 400, 500, 'B').filter((row) => !row.includes(',C1,')),
  })
  expect(quick).toEqual(slow)
})

test('imports of one year each, and one that holds orders of another: the same tables to the byte', async () => {
  const first = orderLines('2023-01-01', 365, 400, 'A')
  const apart = await bothWays('apart', { 'first.csv': first, 'second.csv': orderLines('2024-01-01', 365, 400, 'B') })
  expect(apart.quick).toEqual(apart.slow)
})

test('a run up to a day makes its own sums', async () => {
  const dir = join(folder, 'cut')
  await initWorkspace(dir, { name: 'Cut', currency: 'EUR' })
  const workspace = await findWorkspace(dir)
  const id = await importRows(workspace, 'orders.csv', orderLines('2023-01-01', 700, 900, 'O'))
  const at = { asOf: '2024-06-30' }
  const quick = await tablesOf(workspace, at)
  await rm(join(workspace.importsDir, id, sumsFolder), { recursive: true })
  expect(quick).toEqual(await tablesOf(workspace, at))
  expect(quick.figures.find(({ name }) => name === 'customers')?.value).toBe(30)
})
