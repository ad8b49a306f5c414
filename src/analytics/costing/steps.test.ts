import { afterEach, expect, test } from 'vitest'
import { loadCanonical, runStepsOn, type TestInput, type TestRun } from '../../../test/support/portfolio.ts'
import { openDuckDB } from '../../warehouse/duckdb.ts'
import { sql } from '../../warehouse/sql.ts'
import { profitabilitySteps } from '../profitability/index.ts'
import { costToServe } from './steps.ts'

/** Alder orders once and large, Birch often and small; both buy the same goods at the same price. */
const lines: TestInput = {
  customers: [
    { id: 'A', name: 'Alder' },
    { id: 'B', name: 'Birch' },
  ],
  lines: [
    { order: '1', date: '2024-01-02', customer: 'A', product: 'p', quantity: 10, amount: 1000, cost: 600 },
    ...[1, 2, 3, 4].map((n) => ({
      order: `2${n}`,
      date: `2024-01-1${n}`,
      customer: 'B',
      product: 'p',
      quantity: 2,
      amount: 200,
      cost: 120,
    })),
    { order: '25', date: '2024-01-20', customer: 'B', product: 'p', quantity: -2, amount: -200, cost: -120 },
    { order: '3', date: '2024-01-25', customer: null, product: 'p', quantity: 1, amount: 100, cost: 60 },
    { order: '9', date: '2024-02-10', customer: 'A', product: 'p', quantity: 5, amount: 500, cost: 300 },
  ],
}

interface LedgerEntry {
  account: string
  centre: string
  amount: string
  period?: string
  currency?: string | null
}

const model = {
  pools: [
    { id: 'desk', title: 'Order desk', level: 'order', capacity: 1000 },
    { id: 'store', title: 'Warehouse', level: 'line', capacity: 100 },
    { id: 'house', title: 'The house', level: 'business' },
    { id: 'it', title: 'IT', level: 'service', passesTo: { desk: 0.75, house: 0.25 } },
  ],
  accounts: [
    { account: '1', pools: { desk: 1 } },
    { account: '2', pools: { store: 1 } },
    { account: '3', pools: { house: 0.5, it: 0.5 } },
  ],
  excluded: [{ account: '4', reason: 'interest' }],
  activities: [
    { id: 'enter', title: 'Enter the order', pool: 'desk', level: 'order', minutes: '8 + 2 * lines' },
    { id: 'pick', title: 'Pick', pool: 'store', level: 'line', minutes: 'if(returned, 0, 5)' },
    { id: 'return', title: 'Return', pool: 'store', level: 'line', minutes: 'if(returned, 20, 0)' },
  ],
}

const entries: LedgerEntry[] = [
  { account: '1', centre: 'SALES', amount: '500.00' },
  { account: '2', centre: 'WAREHOUSE', amount: '300.01' },
  { account: '3', centre: 'ADMIN', amount: '400.00' },
  { account: '4', centre: 'FINANCE', amount: '25.50' },
]

let run: TestRun | undefined
afterEach(async () => {
  await run?.close()
  run = undefined
})

async function cost(parameters: Record<string, unknown>, ledger: LedgerEntry[] = entries): Promise<TestRun> {
  const warehouse = await openDuckDB({ threads: 2 })
  await loadCanonical(warehouse, lines)
  const rows = ledger.map(
    ({ account, centre, amount, period = '2024-01', currency = null }, i) => sql`
    select ${`E${i}`} as entry_id, ${period} as period, ${account} as account, ${centre} as cost_centre, cast(${amount} as decimal(18, 4)) as amount,
      cast(${currency} as varchar) as currency, cast(null as varchar) as excluded_reason`,
  )
  await warehouse.materialise(
    'ledger',
    rows.reduce((all, row) => sql`${all} union all ${row}`),
  )
  run = await runStepsOn(warehouse, [profitabilitySteps[0], costToServe], {
    asOf: '2024-02-29',
    tables: ['order', 'order_line', 'customer', 'product', 'ledger'],
    parameters: { costing: parameters },
  })
  return run
}

test('a stated model gives the costs that one finds by hand, and the idle time stays apart', async () => {
  const { table } = await cost(model)
  const pools = Object.fromEntries((await table('pool_cost')).map((row) => [row.pool_id, row]))
  // The desk has 500 of its own and three quarters of the 200 for IT; 7 orders of one line take 10 minutes each.
  expect(pools.desk).toMatchObject({ cost: '650.0000', rate: 0.65, used: 70, assigned: '45.5000', unused: '604.5000' })
  expect(pools.store).toMatchObject({ cost: '300.0100', used: 50, assigned: '150.0050', unused: '150.0050' })
  expect(pools.house).toMatchObject({ cost: '250.0000', assigned: '0.0000', unused: '0.0000', practical_capacity: null })
  const customers = Object.fromEntries((await table('customer_cost')).map((row) => [row.customer_id, row]))
  expect(customers.A).toMatchObject({
    net_revenue: '1000.0000',
    contribution: '400.0000',
    line_cost: '15.0005',
    order_cost: '6.5000',
    account_cost: '0.0000',
    customer_profit: '378.4995',
    verdict: 'robust',
  })
  expect(customers.B).toMatchObject({
    contribution: '240.0000',
    line_cost: '120.0040',
    order_cost: '32.5000',
    cost_to_serve: '152.5040',
    customer_profit: '87.4960',
    verdict: 'robust',
  })
  expect(customers['(unidentified)']).toMatchObject({ identified: false, profit_rank: null })
})

test('every unit of money of the ledger has one place', async () => {
  const { table, checks } = await cost(model)
  expect((await table('cost_tie_out')).map((row) => [row.destination, row.amount])).toEqual([
    ['ledger', '1225.5100'],
    ['line', '150.0050'],
    ['order', '45.5000'],
    ['customer', '0.0000'],
    ['business', '250.0000'],
    ['unused', '754.5050'],
    ['excluded', '25.5000'],
    ['difference', '0.0000'],
  ])
  expect(checks.filter(({ status }) => status !== 'pass')).toEqual([])
})

test('orders outside the months of the ledger carry none of its cost', async () => {
  const { table } = await cost(model)
  const [alder] = (await table('customer_activity_cost')).filter((row) => row.customer_id === 'A' && row.activity_id === 'enter')
  expect(alder).toMatchObject({ events: 1, minutes: 10 })
})

test('a ledger alone gives a first cost-to-serve, with every assumption listed', async () => {
  const { table, checks } = await cost({})
  expect(checks.filter(({ status }) => status !== 'pass')).toEqual([])
  const pools = await table('pool_cost')
  expect(pools.map((row) => row.pool_id)).toEqual(['business', 'sales', 'warehouse'])
  for (const row of pools.filter(({ pool_id }) => pool_id !== 'business')) expect(row.used_share).toBeCloseTo(0.85, 9)
  const assumptions = await table('cost_assumption')
  expect(assumptions.map((row) => row.subject)).toEqual([
    'Sales',
    'Look after the account',
    'Warehouse',
    'Pick and pack',
    'Take back returns',
  ])
  expect((await table('cost_tie_out')).find((row) => row.destination === 'excluded')).toMatchObject({ amount: '25.5000' })
})

test('a customer whose sign hangs on one rate is told so', async () => {
  const { table } = await cost({
    ...model,
    pools: [{ ...model.pools[0], capacity: 260 }, { ...model.pools[1], capacity: 110 }, ...model.pools.slice(2)],
  })
  const birch = (await table('customer_cost')).find((row) => row.customer_id === 'B')
  expect(Math.abs(Number(birch?.customer_profit))).toBeLessThan(12.5)
  expect(birch?.verdict).toBe('depends on Order desk')
})

test.each([
  [
    'an unknown driver',
    { activities: [{ ...model.activities[0], minutes: '8 + linse' }, ...model.activities.slice(1)] },
    'did you mean lines',
  ],
  ['shares that do not sum to one', { accounts: [{ account: '1', pools: { desk: 0.6 } }, ...model.accounts.slice(1)] }, 'sum to 0.6'],
  ['an account without a pool', { accounts: model.accounts.slice(1) }, 'account 1 of cost centre SALES (500.0000) belongs to no pool'],
  [
    'an equation that goes below zero',
    { activities: [{ ...model.activities[0], minutes: '2 - 5 * lines' }, ...model.activities.slice(1)] },
    'takes -3 minutes on some order',
  ],
  ['a pool without activities', { activities: model.activities.slice(0, 1) }, 'pool store has no activity'],
  [
    'a service pool that keeps work',
    { pools: [...model.pools.slice(0, 3), { ...model.pools[3], passesTo: { desk: 0.5 } }] },
    'must pass on all of its work',
  ],
])('%s is refused with the place and nothing is computed', async (_, change, message) => {
  await expect(cost({ ...model, ...change })).rejects.toThrow(message)
})

test('a ledger in another currency is refused', async () => {
  await expect(cost(model, [{ ...entries[0], currency: 'USD' }])).rejects.toThrow('the ledger holds USD on account 1')
})
