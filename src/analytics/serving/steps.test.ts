import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TestRun } from '../../../test/support/portfolio.ts'
import { runServed, servedCompany } from '../../../test/support/served-company.ts'
import { createRandom } from '../../math/random.ts'
import { sumDecimals } from '../../shared/decimal.ts'
import type { Row } from '../../warehouse/port.ts'
import { servingSteps } from './steps.ts'

let base: TestRun
beforeAll(async () => {
  base = await runServed(servedCompany(), servingSteps)
})
afterAll(() => base.close())

const byId = (rows: Row[], key: string) => new Map(rows.map((row) => [String(row[key]), row]))
const sum = (rows: Row[], column: string) => sumDecimals(rows.map((row) => row[column] as string | null))

test('drivers add up to cost-to-serve and their differences to the difference from peers, customer by customer', async () => {
  const { table, checks } = base
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
  const { table, findings } = base
  const customers = byId(await table('customer_serving'), 'customer_id')
  const tiny = customers.get('C39')!
  expect(Number(tiny.small_orders)).toBeGreaterThan(100)
  expect(tiny.main_driver).toMatch(/^Enter the order: 8|^Visit/)
  expect(Number(tiny.excess_cost)).toBeGreaterThan(0)
  const giant = customers.get('C00')!
  expect(Number(giant.price_index)).toBeLessThan(0.9)
  expect(Number(giant.customer_profit)).toBeLessThan(0)
  expect(findings.map(({ name }) => name)).toEqual(expect.arrayContaining(['many-small-orders', 'dearer-than-its-peers']))
})

test('chances add up to one and expected numbers of the types to the customers', async () => {
  const { table } = base
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
  const { table } = base
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
  const input = servedCompany()
  const random = createRandom(4)
  const shuffled = [...input.lines].map((line) => ({ line, at: random.next() })).sort((a, b) => a.at - b.at)
  const renamed = (id: string) => `customer ${id}`
  const again = await runServed(
    {
      customers: input.customers!.map((one) => ({ ...one, id: renamed(one.id) })),
      lines: shuffled.map(({ line }) => ({
        ...line,
        order: `order ${line.order}`,
        customer: line.customer ? renamed(line.customer) : null,
      })),
    },
    servingSteps,
  )
  const after = byId(await again.table('customer_serving'), 'customer_id')
  for (const row of await base.table('customer_serving')) {
    const other = after.get(row.identified ? renamed(String(row.customer_id)) : String(row.customer_id))
    expect({ ...other, customer_id: row.customer_id, name: row.name }).toEqual(row)
  }
  expect(await again.table('serving_type')).toEqual(await base.table('serving_type'))
  expect(await again.table('profit_concentration')).toEqual(await base.table('profit_concentration'))
  await again.close()
})

test('another currency changes amounts by its factor and no type, share or peer', async () => {
  const input = servedCompany()
  const before = byId(await base.table('customer_serving'), 'customer_id')
  const scaled = await runServed(
    {
      ...input,
      lines: input.lines.map((line) => ({
        ...line,
        amount: (100 * Number(line.amount)).toFixed(2),
        cost: (100 * Number(line.cost)).toFixed(2),
      })),
    },
    servingSteps,
    100,
  )
  for (const row of await scaled.table('customer_serving')) {
    const one = before.get(String(row.customer_id))!
    expect(row.type).toBe(one.type)
    expect(row.peers).toBe(one.peers)
    expect(Number(row.cost_share)).toBeCloseTo(Number(one.cost_share), 5)
    expect(Number(row.cost_to_serve) / 100).toBeCloseTo(Number(one.cost_to_serve), 2)
    if (one.price_index !== null) expect(Number(row.price_index)).toBeCloseTo(Number(one.price_index), 6)
  }
  await scaled.close()
})
