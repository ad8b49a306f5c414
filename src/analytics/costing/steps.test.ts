import { afterEach, expect, test } from 'vitest'
import { loadCanonical, loadTable, runStepsOn, type TestInput, type TestRun } from '../../../test/support/portfolio.ts'
import { openDuckDB } from '../../warehouse/duckdb.ts'
import type { Cell } from '../../warehouse/port.ts'
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

async function cost(
  parameters: Record<string, unknown>,
  ledger: LedgerEntry[] = entries,
  more: { input?: TestInput; tables?: Record<string, Record<string, Cell>[]>; seed?: number; asOf?: string } = {},
): Promise<TestRun> {
  const warehouse = await openDuckDB({ threads: 2 })
  await loadCanonical(warehouse, more.input ?? lines)
  for (const [name, rows] of Object.entries(more.tables ?? {})) await loadTable(warehouse, name, rows)
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
    asOf: more.asOf ?? '2024-02-29',
    seed: more.seed ?? 1,
    tables: ['order', 'order_line', 'customer', 'product', 'ledger', ...Object.keys(more.tables ?? {})],
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

test('a ledger in another currency without a rate is refused, with account, period and amount', async () => {
  await expect(cost(model, [{ ...entries[0], currency: 'USD' }])).rejects.toThrow(
    'ledger, account 1, period 2024-01: 500.0000 USD cannot be converted to EUR: there is no exchange rate on or before 2024-01-31',
  )
})

test('a foreign ledger is converted at the mean of the month, or at its last rate where that is set', async () => {
  const rates = [
    { currency: 'USD', date: '2023-12-01', rate: 7 },
    { currency: 'USD', date: '2024-01-02', rate: 0.9 },
    { currency: 'USD', date: '2024-01-20', rate: 0.96 },
  ]
  const foreign = [{ ...entries[0], currency: 'USD' }, ...entries.slice(1)]
  const average = await cost(model, foreign, { tables: { fx_rate: rates } })
  expect((await average.table('cost_tie_out'))[0]).toMatchObject({ amount: '1190.5100' })
  expect((await average.table('cost_assumption')).at(-1)?.assumption).toContain('USD in 2024-01 at 0.93')
  await average.close()
  const closing = await cost({ ...model, foreignLedger: 'closing' }, foreign, { tables: { fx_rate: rates } })
  expect((await closing.table('cost_tie_out'))[0]).toMatchObject({ amount: '1205.5100' })
})

test('each month has the rate of its own ledger and capacity when rates are kept per month', async () => {
  const two = [
    ...entries,
    { account: '1', centre: 'SALES', amount: '1000.00', period: '2024-02' },
    { account: '2', centre: 'WAREHOUSE', amount: '60.00', period: '2024-02' },
  ]
  const { table, checks } = await cost({ ...model, ratesPer: 'month' }, two)
  expect(checks.filter(({ status }) => status !== 'pass')).toEqual([])
  const periods = Object.fromEntries((await table('pool_period')).map((row) => [`${row.pool_id} ${row.period}`, row]))
  // Half of the capacity of the window each month: 500 minutes at the desk, 50 in the warehouse.
  expect(periods['desk 2024-01']).toMatchObject({ cost: '650.0000', practical_capacity: 500, rate: 1.3, used: 70, assigned: '91.0000' })
  expect(periods['desk 2024-02']).toMatchObject({ cost: '1000.0000', practical_capacity: 500, rate: 2, used: 10, assigned: '20.0000' })
  expect(periods['store 2024-02']).toMatchObject({ cost: '60.0000', rate: 1.2, used: 5, assigned: '6.0000' })
  const customers = Object.fromEntries((await table('customer_cost')).map((row) => [row.customer_id, row]))
  // Alder: one order in each month, 10 minutes at 1.3 and 10 at 2; a line in each, 5 minutes at 6.0002 and 5 at 1.2.
  expect(customers.A).toMatchObject({ order_cost: '33.0000', line_cost: '36.0010' })
  await (run as TestRun).close()
  const window = await cost(model, two)
  expect((await window.table('pool_period')).find((row) => row.pool_id === 'desk')).toMatchObject({
    period: '2024-01 to 2024-02',
    rate: 1.65,
  })
})

test('channel and segment cost stays on its own level and is told beside business-sustaining cost', async () => {
  const input: TestInput = {
    ...lines,
    customers: [
      { id: 'A', name: 'Alder', segment: 'key' },
      { id: 'B', name: 'Birch', segment: 'tail' },
    ],
    lines: lines.lines.map((line) => ({ ...line, channel: line.customer === 'A' ? 'edi' : 'web' })),
  }
  const { table, checks } = await cost(
    {
      ...model,
      pools: [
        ...model.pools.slice(0, 2),
        { id: 'house', level: 'channel', capacity: 800 },
        { id: 'it', level: 'service', passesTo: { desk: 0.75, house: 0.25 } },
        { id: 'fair', level: 'segment' },
      ],
      accounts: [...model.accounts.slice(0, 2), { account: '3', pools: { house: 0.25, it: 0.5, fair: 0.25 } }],
      activities: [
        ...model.activities,
        { id: 'run-channel', pool: 'house', level: 'channel', minutes: 'if(channel = "web", 300, 0) + 10 * orders + customers' },
      ],
    },
    entries,
    { input },
  )
  expect(checks.filter(({ status }) => status !== 'pass')).toEqual([])
  const rows = await table('level_cost')
  // The channel pool: 100 + a quarter of 200, over 800 minutes; web took 300 + 60 + 2 (Birch, and the line without a customer), EDI 10 + 1.
  expect(rows.map((row) => [row.level, row.object_id, row.minutes, row.cost])).toEqual([
    ['channel', 'edi', 11, '2.0625'],
    ['channel', 'web', 362, '67.8750'],
    ['segment', '(all)', 0, '100.0000'],
  ])
  const tieOut = Object.fromEntries((await table('cost_tie_out')).map((row) => [row.destination, row.amount]))
  expect(tieOut).toMatchObject({ channel: '69.9375', segment: '100.0000', business: '0.0000', difference: '0.0000' })
  expect((await table('customer_activity_cost')).some((row) => row.activity_id === 'run-channel')).toBe(false)
})

test('events of the table driver_event drive activities, by the customer that they or their order name', async () => {
  const event = (id: string, more: Record<string, Cell>) => ({
    event_id: id,
    activity_id: 'visit',
    date: '2024-01-15',
    drivers: '{}',
    ...more,
  })
  const { table, checks } = await cost(
    {
      ...model,
      activities: [...model.activities, { id: 'visit', pool: 'desk', level: 'customer', from: 'events', minutes: '20 + 3 * distance' }],
    },
    entries,
    {
      tables: {
        driver_event: [
          event('1', { customer_id: 'A', drivers: '{"distance": 10}' }),
          event('2', { order_id: '21', drivers: '{"distance": 2.5}' }),
          event('3', { customer_id: 'B', date: '2024-03-01' }),
        ],
      },
    },
  )
  expect(checks.filter(({ status }) => status !== 'pass')).toEqual([])
  const visits = (await table('customer_activity_cost')).filter((row) => row.activity_id === 'visit')
  expect(visits.map((row) => [row.customer_id, row.events, row.minutes, row.cost])).toEqual([
    ['A', 1, 50, '32.5000'],
    ['B', 1, 27.5, '17.8750'],
  ])
})

test('a cost model may come from files alone', async () => {
  const tables = {
    cost_pool: [
      { pool_id: 'desk', period: '2024-01', level: 'order', capacity_unit: 'min', practical_capacity: 1000 },
      { pool_id: 'store', period: '2024-01', level: 'line', capacity_unit: 'min', practical_capacity: 100 },
      { pool_id: 'house', period: '2024-01', level: 'business', capacity_unit: null, practical_capacity: null },
      { pool_id: 'it', period: '2024-01', level: 'service', capacity_unit: null, practical_capacity: null },
    ],
    pool_assignment: [
      { account: '1', cost_centre: 'SALES', pool_id: 'desk', period: '2024-01', share: 1 },
      { account: '2', cost_centre: 'WAREHOUSE', pool_id: 'store', period: '2024-01', share: 1 },
      { account: '3', cost_centre: 'ADMIN', pool_id: 'house', period: '2024-01', share: 0.5 },
      { account: '3', cost_centre: 'ADMIN', pool_id: 'it', period: '2024-01', share: 0.5 },
    ],
    service_flow: [
      { from_pool: 'it', to_pool: 'desk', period: '2024-01', share: 0.75 },
      { from_pool: 'it', to_pool: 'house', period: '2024-01', share: 0.25 },
    ],
    activity: [
      { activity_id: 'enter', pool_id: 'desk', object_level: 'order', time_equation: '{"intercept": 8, "lines": 2}' },
      { activity_id: 'pick', pool_id: 'store', object_level: 'line', time_equation: 'if(returned, 0, 5)' },
      { activity_id: 'return', pool_id: 'store', object_level: 'line', time_equation: 'if(returned, 20, 0)' },
    ],
  }
  const { table } = await cost({ excluded: model.excluded }, entries, { tables })
  const customers = Object.fromEntries((await table('customer_cost')).map((row) => [row.customer_id, row]))
  expect(customers.A).toMatchObject({ line_cost: '15.0005', order_cost: '6.5000', customer_profit: '378.4995' })
  expect((await table('activity_cost')).find((row) => row.activity_id === 'enter')).toMatchObject({ equation: '8 + 2 * lines' })
  await (run as TestRun).close()
  await expect(cost(model, entries, { tables })).rejects.toThrow('pools stand in clientele.yaml and in the imported table cost_pool')
  const short = { ...tables, pool_assignment: tables.pool_assignment.slice(0, 3) }
  await expect(cost({ excluded: model.excluded }, entries, { tables: short })).rejects.toThrow(
    'table pool_assignment, account 3 / ADMIN, period 2024-01: shares sum to 0.5, not to 1',
  )
  const empty = { ...tables, cost_pool: [{ ...tables.cost_pool[0], practical_capacity: 0 }, ...tables.cost_pool.slice(1)] }
  await expect(cost({ excluded: model.excluded }, entries, { tables: empty as never })).rejects.toThrow(
    'table cost_pool, pool desk, period 2024-01: practical capacity must be above 0; got 0',
  )
})

test('the probability of a loss follows the ranges, and the same seed gives the same', async () => {
  const tight = {
    ...model,
    pools: [{ ...model.pools[0], capacity: 260 }, { ...model.pools[1], capacity: 110 }, ...model.pools.slice(2)],
  }
  const first = await cost(tight)
  const birch = (await first.table('customer_cost')).find((row) => row.customer_id === 'B')!
  // 125 at the desk, 109.09 in the warehouse: 5.91 are left; +-10 % on rates and equations moves that by about 13 either way.
  expect(birch.customer_profit).toBe('5.9054')
  expect(birch.loss_probability).toBeGreaterThan(0.25)
  expect(birch.loss_probability).toBeLessThan(0.4)
  expect(Number(birch.profit_low)).toBeLessThan(0)
  const alder = (await first.table('customer_cost')).find((row) => row.customer_id === 'A')!
  expect(alder).toMatchObject({ loss_probability: 0, verdict: 'robust' })
  await first.close()
  const again = await cost(tight)
  expect((await again.table('customer_cost')).find((row) => row.customer_id === 'B')).toEqual(birch)
  await again.close()
  const sure = await cost({ ...tight, ranges: { rates: 0.01, equations: 0.01 } })
  expect((await sure.table('customer_cost')).find((row) => row.customer_id === 'B')).toMatchObject({
    verdict: 'robust',
    loss_probability: 0,
  })
})

test('one more order costs only its cash while a pool is idle, and its full cost when it is not', async () => {
  const { table } = await cost({
    ...model,
    pools: [{ ...model.pools[0], incremental: 0.2 }, { ...model.pools[1], capacity: 40 }, ...model.pools.slice(2)],
  })
  const activities = Object.fromEntries((await table('activity_cost')).map((row) => [row.activity_id, row]))
  expect(activities.enter!.cost_per_event).toBeCloseTo(6.5, 9)
  expect(activities.enter!.floor_per_event).toBeCloseTo(1.3, 9)
  expect(activities.return!.floor_per_event).toBe(activities.return!.cost_per_event)
  const alder = (await table('customer_cost')).find((row) => row.customer_id === 'A')!
  expect(Number(alder.short_run_cost)).toBeCloseTo(Number(alder.line_cost) + 1.3, 9)
})

test('who spreads unused capacity is warned of the death spiral, and nothing stays unused', async () => {
  const { table, checks, finding } = await cost({ ...model, unusedCapacity: 'spread' })
  expect((await table('cost_tie_out')).find((row) => row.destination === 'unused')).toMatchObject({ amount: '0.0000' })
  expect(checks.find(({ name }) => name === 'unused-capacity-is-spread')).toMatchObject({ status: 'warn', blocking: false })
  expect(finding('death-spiral')?.text).toContain(
    'Order desk is charged 1,329 % above its rate, and if a tenth of the work goes away, 1,487 %',
  )
})

test('the cube adds up to the customers, and order cost in it says by which key it is spread', async () => {
  const { table } = await cost(model)
  const cells = await table('cost_cube')
  expect(cells.map((row) => [row.customer_id, row.product_id, row.channel_id, row.lines, row.line_cost, row.order_cost_spread])).toEqual([
    ['(unidentified)', 'p', '(none)', 1, '15.0005', '6.5000'],
    ['A', 'p', '(none)', 1, '15.0005', '6.5000'],
    ['B', 'p', '(none)', 5, '120.0040', '32.5000'],
  ])
})
