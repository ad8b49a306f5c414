import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { AppError } from '../shared/errors.ts'
import { tryScenario } from './cost-model.ts'
import { commitImport, stageImport } from './imports.ts'
import { closeSnapshots } from './open-snapshot.ts'
import { readManifest, runPortfolio } from './runs.ts'
import { initWorkspace, openWorkspace } from './workspace.ts'

const good = `name: Test
currency: EUR
steps:
  costing:
    pools:
      - { id: desk, title: Order desk, level: order, capacity: 1000 }
      - { id: store, title: Warehouse, level: line, capacity: 500 }
    accounts:
      - { account: "1", pools: { desk: 1 } }
      - { account: "2", pools: { store: 1 } }
    activities:
      - { id: enter, pool: desk, level: order, minutes: '8 + 2 * lines' }
      - { id: pick, pool: store, level: line, minutes: 'if(returned, 0, 3)' }
`

let dir: string
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'clientele-cost-model-'))
  const workspace = await initWorkspace(dir, { name: 'Test', currency: 'EUR' })
  const orders = ['order_id,order_date,customer_id,product_id,quantity,invoice_amount,product_cost']
  for (let i = 0; i < 60; i++)
    orders.push(
      `O${i},2024-${String(1 + (i % 3)).padStart(2, '0')}-${String(1 + (i % 28)).padStart(2, '0')},C${i % 7},P${i % 5},${1 + (i % 4)},${100 + i},${60 + i}`,
    )
  const ledger = ['entry_id,period,account,cost_centre,amount']
  for (const month of ['2024-01', '2024-02', '2024-03'])
    ledger.push(`${month}-1,${month},1,DESK,700.01`, `${month}-2,${month},2,STORE,250.02`)
  await writeFile(join(dir, 'orders.csv'), orders.join('\n'))
  await writeFile(join(dir, 'ledger.csv'), ledger.join('\n'))
  const staged = await stageImport(workspace, [join(dir, 'orders.csv'), join(dir, 'ledger.csv')], { dateOrder: 'ymd' as never })
  await commitImport(workspace, staged.id)
  await run(good)
})
afterAll(async () => {
  await closeSnapshots()
  await rm(dir, { recursive: true, force: true })
})
beforeEach(() => writeFile(join(dir, 'clientele.yaml'), good))

const run = async (settings: string) => {
  await writeFile(join(dir, 'clientele.yaml'), settings)
  return runPortfolio(await openWorkspace(dir), {})
}

/** Where a piece of text stands, as an editor counts. */
function placeOf(text: string, piece: string, within = 0): { line: number; column: number } {
  const before = text.slice(0, text.indexOf(piece) + within).split('\n')
  return { line: before.length, column: before.at(-1)!.length + 1 }
}

// Each: what is changed, at which piece of the changed text the place must point, and what must be said.
test.each([
  ['an unknown driver', '8 + 2 * lines', '8 + 2 * linse', 'linse', 0, 'there is no driver linse; did you mean lines?'],
  ['shares that do not sum to one', 'store: 1 }', 'store: 0.9 }', '{ store: 0.9 }', 0, 'shares of 2 sum to 0.9, not to 1'],
  ['a capacity of zero', 'capacity: 1000', 'capacity: 0', 'capacity: 0', 10, 'practical capacity of pool desk must be above 0; got 0'],
  ['an equation below zero', '8 + 2 * lines', '1 - 2 * lines', "'1 - 2 * lines'", 0, 'takes -1 minutes on some order'],
  ['a pool that does not exist', 'pools: { desk: 1 }', 'pools: { dsek: 1 }', 'dsek: 1', 6, '1 goes to pool dsek, which does not exist'],
  [
    'an account without a pool',
    '      - { account: "2", pools: { store: 1 } }\n',
    '',
    '- { account: "1"',
    0,
    'account 2 of cost centre STORE (750.0600) belongs to no pool',
  ],
])('%s is told with line and column, and nothing is published', async (_, from, to, piece, within, message) => {
  const published = (await readManifest(await openWorkspace(dir))).snapshot
  const text = good.replace(from, to)
  const error = (await run(text).catch((thrown: AppError) => thrown)) as AppError
  const problem = error.problems.find((one) => one.message.includes(message))
  expect(problem, JSON.stringify(error.problems)).toMatchObject(placeOf(text, piece, within))
  expect(problem!.file).toMatch(/clientele\.yaml$/)
  expect((await readManifest(await openWorkspace(dir))).snapshot).toBe(published)
})

test('a scenario that makes no sense is told with pool, activity or character', async () => {
  const workspace = await openWorkspace(dir)
  await expect(tryScenario(workspace, { pools: { dsek: { rate: 1 } } })).rejects.toThrow('there is no pool with a capacity "dsek"')
  await expect(tryScenario(workspace, { pools: { desk: { capacity: 0 } } })).rejects.toThrow('capacity of pool desk must be above 0; got 0')
  await expect(tryScenario(workspace, { activities: { enter: { minutes: '1 - lines - lines' } } })).rejects.toThrow(
    'would take -1 minutes on some order',
  )
  await expect(tryScenario(workspace, { activities: { enter: { minutes: '8 +' } } })).rejects.toMatchObject({
    problems: [{ file: 'enter', column: 4 }],
  })
})

test('a scenario says what would change, and the text for clientele.yaml gives just that when it is run', async () => {
  const workspace = await openWorkspace(dir)
  const nothing = await tryScenario(workspace, {})
  expect(nothing.after).toEqual(nothing.before)
  const tried = await tryScenario(workspace, {
    pools: { desk: { capacity: 2000 } },
    activities: { pick: { minutes: 'if(returned, 0, 6)' } },
  })
  expect(tried.pools.find(({ pool_id }) => pool_id === 'desk')).toMatchObject({ capacity: 2000, changed: true })
  expect(tried.proposal).toContain('capacity: 2000')
  await run(`name: Test\ncurrency: EUR\n${tried.proposal}`)
  const then = await tryScenario(await openWorkspace(dir), {})
  // Costs are rounded customer by customer: a unit each.
  for (const name of ['profit', 'costToServe', 'unused'] as const)
    expect(Math.abs(Number(then.before[name]) - Number(tried.after[name])), name).toBeLessThan(0.01)
  expect(then.before.losing).toBe(tried.after.losing)
})
