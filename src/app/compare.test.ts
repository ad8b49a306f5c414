import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makePlace, writeImport } from '../pipeline/test-helper.ts'
import { compareSnapshots } from './compare.ts'
import { runDoctor } from './doctor.ts'
import { closeSnapshots } from './open-snapshot.ts'
import { runPortfolio } from './runs.ts'
import { openWorkspace, type Workspace } from './workspace.ts'

let place: ReturnType<typeof makePlace>
let workspace: Workspace
const snapshots: string[] = []
const lines = (customers: string[], amount: string) =>
  customers.map((customer_id, i) => ({
    order_id: `${customer_id}-${amount}`,
    customer_id,
    order_date: `2026-01-0${i + 1}`,
    product_id: 'P1',
    invoice_amount: amount,
  }))

beforeAll(async () => {
  place = makePlace()
  workspace = await openWorkspace(place.dir)
  await writeImport(place.importsDir, { id: 'i1', lines: lines(['b', 'c', 'd'], '10') })
  snapshots.push((await runPortfolio(workspace)).snapshot)
  snapshots.push((await runPortfolio(workspace)).snapshot)
  await writeImport(place.importsDir, { id: 'i2', file: 'more.csv', lines: lines(['a', 'c'], '2.50') })
  snapshots.push((await runPortfolio(workspace, { seed: 2 })).snapshot)
})
afterAll(async () => {
  await closeSnapshots()
  place.remove()
})

test('two runs of the same inputs differ in nothing', async () => {
  const { why, tables, customers, figures } = await compareSnapshots(workspace, snapshots[0], snapshots[1])
  expect(why).toEqual([])
  expect(customers).toEqual([])
  expect(tables.length).toBeGreaterThan(3)
  for (const table of tables) expect(table).toMatchObject({ added: 0, removed: 0, changed: 0 })
  expect(figures.every(({ change, a, b }) => a === b && (change === null || Number(change) === 0))).toBe(true)
})

test('what changed is counted by row, and why is said', async () => {
  const { why, tables, customers, figures } = await compareSnapshots(workspace, snapshots[1], snapshots[2])
  expect(why).toEqual(['import i2 (more.csv) was added', 'the seed of random draws went from 1 to 2'])
  const profit = tables.find(({ name }) => name === 'customer_profit')
  expect(profit).toMatchObject({ added: 1, removed: 0, rowsA: (profit?.rowsB ?? 0) - 1 })
  expect(customers).toEqual([
    { customer_id: 'a', name: 'a', before: null, now: '2.5000', change: '2.5000' },
    { customer_id: 'c', name: 'c', before: '10.0000', now: '12.5000', change: '2.5000' },
  ])
  expect(figures.find(({ name }) => name === 'net_revenue')).toMatchObject({ a: '30.0000', b: '35.0000', change: '5.0000' })
})

test('backwards, what was added is removed', async () => {
  const { why, tables } = await compareSnapshots(workspace, snapshots[2], snapshots[1])
  expect(why[0]).toBe('import i2 (more.csv) was taken back')
  expect(tables.find(({ name }) => name === 'customer_profit')).toMatchObject({ added: 0, removed: 1 })
})

test('a whole workspace is told so, and each fault with what mends it', async () => {
  const status = async () =>
    Object.fromEntries((await runDoctor(place.dir)).map(({ name, status, detail, fix }) => [name, { status, detail, fix }]))
  const sound = await status()
  for (const name of ['node', 'engine', 'workspace', 'disk', 'imports', 'snapshot']) expect(sound[name]?.status, name).toMatch(/ok|warn/)
  expect(sound.imports).toMatchObject({ status: 'ok', detail: '2 active, all files whole' })
  expect(sound.snapshot.status).toBe('ok')

  mkdirSync(join(place.snapshotsDir, '.staging-x'))
  writeFileSync(join(place.importsDir, 'i1', 'customer.parquet'), 'not Parquet')
  writeFileSync(join(place.snapshotsDir, snapshots[2], 'layer.parquet'), 'changed')
  writeFileSync(join(place.cacheDir, 'last-failed.json'), JSON.stringify({ at: 'then', message: 'it broke' }))
  const broken = await status()
  expect(broken.imports).toMatchObject({
    status: 'fail',
    detail: expect.stringContaining('import i1: customer.parquet cannot be read'),
    fix: expect.stringContaining('clientele undo i1'),
  })
  expect(broken.snapshot).toMatchObject({ status: 'fail', detail: expect.stringContaining('"layer" was changed') })
  expect(broken.leftovers).toMatchObject({ status: 'warn', detail: expect.stringContaining('snapshots/.staging-x') })
  expect(broken['last run']).toMatchObject({ status: 'warn', detail: 'failed at then: it broke' })

  renameSync(join(place.dir, 'clientele.yaml'), join(place.dir, 'old.yaml'))
  writeFileSync(join(place.dir, 'clientele.yaml'), 'currency: EUR\nsede: 1\n')
  expect((await status()).workspace).toMatchObject({
    status: 'fail',
    detail: '2:1 there is no setting "sede"',
    fix: 'Did you mean "seed"?',
  })
  renameSync(join(place.dir, 'old.yaml'), join(place.dir, 'clientele.yaml'))
})
