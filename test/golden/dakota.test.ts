import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { costToServe } from '../../src/analytics/costing/index.ts'
import { profitabilitySteps } from '../../src/analytics/profitability/index.ts'
import { openDuckDB } from '../../src/warehouse/duckdb.ts'
import type { Cell } from '../../src/warehouse/port.ts'
import { loadCanonical, loadTable, runStepsOn, type TestLine, type TestRun } from '../support/portfolio.ts'

const golden = JSON.parse(readFileSync(new URL('./costing.json', import.meta.url), 'utf8')) as Golden

interface Golden {
  dakota_customers: {
    input: { rates: Record<string, number>; A: Record<string, number>; B: Record<string, number>; capital_rate: number }
    expected: { A: number; B: number; tie_out_total: number }
  }
  kanthal_style: { input: Record<string, number> & { X: Record<string, number>; Y: Record<string, number> }; expected: { X: number; Y: number } }
}

/**
 * Dakota Office Products (Harvard Business School 9-102-021) through the whole step: the ledger of the case, its volumes as driver events, customers A and B and
 * all others together; pools are measured in what they handle. The year is 2001 in place of 2000: 365 days.
 */
const { input, expected } = golden.dakota_customers
const activities: { id: string; pool: string; input: string; all: number }[] = [
  { id: 'carton', pool: 'cartons', input: 'carton', all: 80_000 },
  { id: 'freight', pool: 'freight', input: 'freight', all: 75_000 },
  { id: 'desktop', pool: 'desktop', input: 'desktop', all: 2_000 },
  { id: 'manual-order', pool: 'set-up', input: 'manual_order', all: 16_000 },
  { id: 'manual-line', pool: 'lines', input: 'manual_line', all: 150_000 },
  { id: 'edi', pool: 'edi', input: 'edi', all: 8_000 },
]

let run: TestRun
beforeAll(async () => {
  const warehouse = await openDuckDB({ threads: 2 })
  const line = (customer: string, amount: number, cost: number): TestLine => ({
    order: customer,
    date: '2001-06-01',
    customer,
    product: 'p',
    amount,
    cost,
  })
  await loadCanonical(warehouse, {
    lines: [line('A', input.A.sales!, input.A.cogs!), line('B', input.B.sales!, input.B.cogs!), line('others', 30_000_000, 24_000_000)],
  })
  const ledger = { 'warehouse personnel': 2_400_000, 'other warehouse': 2_000_000, freight: 450_000, trucks: 200_000, 'order entry': 800_000 }
  await loadTable(
    warehouse,
    'ledger',
    // Booked in December; an entry of nothing opens the year.
    [
      { entry_id: 'opening', period: '2001-01', account: 'freight', amount: '0' },
      ...Object.entries(ledger).map(([account, amount]) => ({ entry_id: account, period: '2001-12', account, amount: String(amount) })),
    ],
  )
  await loadTable(warehouse, 'balance', [
    ...(['A', 'B'] as const).flatMap((customer) =>
      Array.from({ length: 12 }, (_, m) => ({
        customer_id: customer,
        period: `2001-${String(m + 1).padStart(2, '0')}`,
        avg_receivable: String(input[customer].receivable),
      })),
    ),
  ])
  const event = (customer: string, activity: string, quantity: number): Record<string, Cell> => ({
    event_id: `${customer}-${activity}`,
    activity_id: activity,
    date: '2001-06-01',
    customer_id: customer,
    drivers: JSON.stringify({ quantity }),
  })
  await loadTable(
    warehouse,
    'driver_event',
    activities.flatMap(({ id, input: name, all }) => {
      const [a, b] = [input.A[name]!, input.B[name]!]
      return [event('A', id, a), event('B', id, b), event('others', id, all - a - b)]
    }),
  )
  run = await runStepsOn(warehouse, [profitabilitySteps[0]!, costToServe], {
    asOf: '2001-12-31',
    tables: ['order', 'order_line', 'customer', 'product', 'ledger', 'driver_event', 'balance'],
    parameters: {
      costing: {
        capitalRate: input.capital_rate,
        pools: activities.map(({ pool, all: capacity }) => ({ id: pool, level: 'order', unit: pool, capacity })),
        accounts: [
          { account: 'warehouse personnel', pools: { cartons: 0.9, desktop: 0.1 } },
          { account: 'other warehouse', pools: { cartons: 1 } },
          { account: 'freight', pools: { freight: 1 } },
          { account: 'trucks', pools: { desktop: 1 } },
          { account: 'order entry', pools: { 'set-up': 0.2, lines: 0.75, edi: 0.05 } },
        ],
        activities: activities.map(({ id, pool }) => ({ id, pool, level: 'order', from: 'events', minutes: 'quantity' })),
      },
    },
  })
})
afterAll(() => run.close())

test('the rates of Dakota are those of the case', async () => {
  const rates = Object.fromEntries((await run.table('pool_cost')).map((row) => [row.pool_id, row.rate]))
  const { carton, freight, desktop, manual_order, manual_line, edi } = input.rates
  const expectedRates = { cartons: carton, freight, desktop, 'set-up': manual_order, lines: manual_line, edi }
  for (const [pool, rate] of Object.entries(expectedRates)) expect(rates[pool], pool).toBeCloseTo(rate!, 9)
})

test('A earns 5,170 and B loses 2,520 after the cost of capital', async () => {
  const customers = Object.fromEntries((await run.table('customer_cost')).map((row) => [row.customer_id, row]))
  expect(customers.A).toMatchObject({ contribution: '18000.0000', capital_charge: '900.0000' })
  expect(Number(customers.A!.economic_profit)).toBe(expected.A)
  expect(Number(customers.B!.economic_profit)).toBe(expected.B)
  expect(Number(customers.B!.capital_charge)).toBe(3000)
})

test('the tie-out of Dakota is 5,850,000 with nothing unused', async () => {
  const rows = Object.fromEntries((await run.table('cost_tie_out')).map((row) => [row.destination, row.amount]))
  expect(Number(rows.ledger)).toBe(expected.tie_out_total)
  expect(Number(rows.order)).toBe(expected.tie_out_total)
  expect(rows).toMatchObject({ unused: '0.0000', difference: '0.0000' })
})

test('every cost line of A and B is that of the case', async () => {
  const costs = Object.fromEntries(
    (await run.table('customer_activity_cost')).map((row) => [`${row.customer_id} ${row.activity_id}`, Number(row.cost)]),
  )
  expect(costs).toMatchObject({
    'A carton': 10_400,
    'A freight': 1_200,
    'A manual-order': 60,
    'A manual-line': 240,
    'A edi': 30,
    'B carton': 10_400,
    'B freight': 900,
    'B desktop': 5_500,
    'B manual-order': 1_000,
    'B manual-line': 720,
  })
})
