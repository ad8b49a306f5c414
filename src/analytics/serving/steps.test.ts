import { afterEach, expect, test } from 'vitest'
import { loadCanonical, runStepsOn, type TestInput, type TestLine, type TestRun } from '../../../test/support/portfolio.ts'
import { createRandom } from '../../math/random.ts'
import { sumDecimals } from '../../shared/decimal.ts'
import { openDuckDB } from '../../warehouse/duckdb.ts'
import type { Row } from '../../warehouse/port.ts'
import { sql } from '../../warehouse/sql.ts'
import { costingSteps } from '../costing/index.ts'
import { profitabilitySteps } from '../profitability/index.ts'
import { servingSteps } from './steps.ts'

const model = {
  pools: [
    { id: 'desk', title: 'Order desk', level: 'order', capacity: 20000 },
    { id: 'store', title: 'Warehouse', level: 'line', capacity: 12000 },
    { id: 'sales', title: 'Sales', level: 'customer', capacity: 30000 },
  ],
  accounts: [
    { account: '1', pools: { desk: 1 } },
    { account: '2', pools: { store: 1 } },
    { account: '3', pools: { sales: 1 } },
  ],
  activities: [
    { id: 'enter', title: 'Enter the order', pool: 'desk', level: 'order', minutes: '8 + 2 * lines + 15 * returned_lines' },
    { id: 'pick', title: 'Pick', pool: 'store', level: 'line', minutes: 'if(returned, 12, 3)' },
    { id: 'visit', title: 'Visit', pool: 'sales', level: 'customer', minutes: '30 * months_active' },
  ],
}

/** Forty customers over two years; the last one places many tiny orders, the first sells below cost. */
function company(): TestInput {
  const random = createRandom(11)
  const lines: TestLine[] = []
  for (let c = 0; c < 40; c++) {
    const customer = `C${String(c).padStart(2, '0')}`
    const tiny = c === 39
    const orders = tiny ? 120 : 12 + random.integer(12)
    const price = c === 0 ? 0.55 : 0.9 + 0.2 * random.next()
    for (let o = 0; o < orders; o++) {
      const day = new Date(Date.UTC(2024, 0, 3) + Math.floor((o / orders) * 720) * 86_400_000).toISOString().slice(0, 10)
      for (let l = 0; l < (tiny ? 1 : 1 + random.integer(4)); l++) {
        const product = `P${random.integer(8)}`
        const quantity = tiny ? 1 : c === 0 ? 60 : 4 + random.integer(20)
        lines.push({
          order: `${customer}-${o}`,
          date: day,
          customer,
          product,
          quantity,
          amount: (quantity * 10 * price).toFixed(2),
          cost: (quantity * 6).toFixed(2),
          channel: c % 2 ? 'web' : 'field',
        })
      }
      if (random.next() < 0.05)
        lines.push({
          order: `${customer}-${o}R`,
          date: day,
          customer,
          product: 'P0',
          quantity: -1,
          amount: '-9.00',
          cost: '-6.00',
          channel: 'web',
        })
    }
  }
  lines.push({ order: 'X', date: '2024-06-01', customer: null, product: 'P1', quantity: 3, amount: '30.00', cost: '18.00' })
  return {
    lines,
    customers: Array.from({ length: 40 }, (_, c) => ({ id: `C${String(c).padStart(2, '0')}`, segment: c < 20 ? 'key' : 'tail' })),
  }
}

const runs: TestRun[] = []
afterEach(async () => {
  for (const run of runs.splice(0)) await run.close()
})

async function serve(input: TestInput, factor = 1): Promise<TestRun> {
  const warehouse = await openDuckDB({ threads: 2 })
  await loadCanonical(warehouse, input)
  const months = Array.from({ length: 24 }, (_, m) => `${2024 + Math.floor(m / 12)}-${String((m % 12) + 1).padStart(2, '0')}`)
  const entries = months.flatMap((period) => [
    { period, account: '1', amount: 300 * factor },
    { period, account: '2', amount: 200 * factor },
    { period, account: '3', amount: 250 * factor },
  ])
  await warehouse.materialise(
    'ledger',
    entries
      .map(
        ({ period, account, amount }, i) => sql`
      select ${`E${i}`} as entry_id, ${period} as period, ${account} as account, ${'X'} as cost_centre, cast(${String(amount)} as decimal(18, 4)) as amount,
        cast(null as varchar) as currency, cast(null as varchar) as excluded_reason`,
      )
      .reduce((all, row) => sql`${all} union all ${row}`),
  )
  const run = await runStepsOn(warehouse, [profitabilitySteps[0]!, ...costingSteps, ...servingSteps], {
    asOf: '2025-12-31',
    tables: ['order', 'order_line', 'customer', 'product', 'ledger'],
    parameters: { costing: model },
  })
  runs.push(run)
  return run
}

const byId = (rows: Row[], key: string) => new Map(rows.map((row) => [String(row[key]), row]))
const sum = (rows: Row[], column: string) => sumDecimals(rows.map((row) => row[column] as string | null))

test('drivers add up to cost-to-serve and their differences to the difference from peers, customer by customer', async () => {
  const { table, checks } = await serve(company())
  expect(checks.filter(({ status }) => status !== 'pass')).toEqual([])
  const drivers = await table('customer_driver')
  const customers = await table('customer_serving')
  expect(customers).toHaveLength(41)
  for (const customer of customers) {
    const own = drivers.filter((row) => row.customer_id === customer.customer_id)
    expect(own.length).toBe(5)
    expect(Number(sum(own, 'cost'))).toBe(Number(customer.cost_to_serve))
    if (customer.excess_cost !== null) expect(Number(sum(own, 'difference'))).toBe(Number(customer.excess_cost))
  }
  expect(sum(await table('cost_driver'), 'cost')).toBe(sum(customers, 'cost_to_serve'))
})

test('the one with many tiny orders is dearer than its peers because of them, and the one below cost pays too little', async () => {
  const { table, findings } = await serve(company())
  const customers = byId(await table('customer_serving'), 'customer_id')
  const tiny = customers.get('C39')!
  expect(Number(tiny.small_orders)).toBeGreaterThan(100)
  expect(tiny.main_driver).toMatch(/^Enter the order: 8|^Visit/)
  expect(Number(tiny.excess_cost)).toBeGreaterThan(0)
  const giant = customers.get('C00')!
  expect(Number(giant.price_index)).toBeLessThan(0.9)
  expect(Number(giant.customer_profit)).toBeLessThan(0)
  expect(findings.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['loved-giant-loses-money-served', 'many-small-orders', 'dearer-than-its-peers']),
  )
})

test('chances add up to one and expected numbers of the types to the customers', async () => {
  const { table } = await serve(company())
  for (const row of await table('customer_serving')) {
    if (row.type_probability === null) continue
    const all = ['passive', 'carriage', 'bargain', 'aggressive'].reduce((total, name) => total + Number(row[`${name}_probability`]), 0)
    expect(all).toBeCloseTo(1, 9)
  }
  const types = await table('serving_type')
  expect(types.reduce((total, row) => total + Number(row.customers), 0)).toBe(40)
  expect(types.reduce((total, row) => total + Number(row.expected_customers), 0)).toBeCloseTo(40, 6)
})

test('the layers lead from net revenue to the result, and an absent one says what would give it', async () => {
  const { table } = await serve(company())
  const rows = await table('profit_layer')
  let level = '0'
  for (const row of rows) {
    if (row.amount === null) {
      expect(String(row.reason)).toMatch(/load/i)
      continue
    }
    if (row.role === 'step') level = sumDecimals([level, String(row.amount)])
    else if (row.layer === 'net_revenue') level = String(row.amount)
    else expect(Number(row.amount)).toBe(Number(level))
  }
  const curves = await table('profit_curve')
  for (const layer of ['contribution', 'customer_profit']) {
    const own = curves.filter((row) => row.layer === layer)
    expect(own).toHaveLength(40)
    expect(Number(own.at(-1)!.cumulative)).toBe(own.reduce((total, row) => total + Math.round(Number(row.measure) * 1e4), 0) / 1e4)
  }
})

test('rows in another order and other names change nothing but names', async () => {
  const input = company()
  const base = await serve(input)
  const random = createRandom(4)
  const shuffled = [...input.lines].map((line) => ({ line, at: random.next() })).sort((a, b) => a.at - b.at)
  const renamed = (id: string) => `customer ${id}`
  const again = await serve({
    customers: input.customers!.map((one) => ({ ...one, id: renamed(one.id) })),
    lines: shuffled.map(({ line }) => ({ ...line, order: `order ${line.order}`, customer: line.customer ? renamed(line.customer) : null })),
  })
  const after = byId(await again.table('customer_serving'), 'customer_id')
  for (const row of await base.table('customer_serving')) {
    const other = after.get(row.identified ? renamed(String(row.customer_id)) : String(row.customer_id))
    expect({ ...other, customer_id: row.customer_id, name: row.name }).toEqual(row)
  }
  expect(await again.table('serving_type')).toEqual(await base.table('serving_type'))
  expect(await again.table('profit_concentration')).toEqual(await base.table('profit_concentration'))
})

test('another currency changes amounts by its factor and no type, share or peer', async () => {
  const input = company()
  const base = byId(await (await serve(input)).table('customer_serving'), 'customer_id')
  const scaled = await serve(
    {
      ...input,
      lines: input.lines.map((line) => ({
        ...line,
        amount: (100 * Number(line.amount)).toFixed(2),
        cost: (100 * Number(line.cost)).toFixed(2),
      })),
    },
    100,
  )
  for (const row of await scaled.table('customer_serving')) {
    const one = base.get(String(row.customer_id))!
    expect(row.type).toBe(one.type)
    expect(row.peers).toBe(one.peers)
    expect(Number(row.cost_share)).toBeCloseTo(Number(one.cost_share), 5)
    expect(Number(row.cost_to_serve) / 100).toBeCloseTo(Number(one.cost_to_serve), 2)
    if (one.price_index !== null) expect(Number(row.price_index)).toBeCloseTo(Number(one.price_index), 6)
  }
})
