import { afterAll, beforeAll, expect, test } from 'vitest'
import { runSteps, type TestInput, type TestRun } from '../../../test/support/portfolio.ts'
import { profitabilitySteps } from './steps.ts'

/** Six lines that one can add up in the head. */
const sixLines: TestInput = {
  customers: [
    { id: 'A', name: 'Alder' },
    { id: 'B', name: 'Birch' },
  ],
  lines: [
    { order: '1', date: '2024-01-02', customer: 'A', product: 'p', quantity: 10, list: 100, amount: 90, cost: 60 },
    { order: '1', date: '2024-01-02', customer: 'A', product: 'q', quantity: 1, list: 50, amount: 50, cost: 55.5 },
    { order: '2', date: '2024-01-20', customer: 'B', product: 'p', quantity: 5, list: 50, amount: 40.25, cost: 30 },
    { order: '3', date: '2024-02-01', customer: 'B', product: 'p', quantity: -2, list: -20, amount: -16.1, cost: -12 },
    { order: '4', date: '2024-02-03', customer: null, product: 'p', quantity: 1, amount: 10, cost: null },
    { order: '5', date: '2024-02-03', customer: 'A', product: 'post', quantity: 1, amount: 4.9, kind: 'fee' },
  ],
}

let run: TestRun
beforeAll(async () => {
  run = await runSteps(profitabilitySteps.slice(0, 1), sixLines)
})
afterAll(() => run.close())

test('six lines give the layers that one finds by hand', async () => {
  const [nobody, alder, birch] = await run.table('customer_profit')
  expect(alder).toMatchObject({
    customer_id: 'A',
    name: 'Alder',
    orders: 1,
    lines: 3,
    first_order_date: '2024-01-02',
    last_order_date: '2024-01-02',
    list_revenue: '154.9000',
    discounts: '10.0000',
    invoiced_revenue: '144.9000',
    returns: '0.0000',
    net_revenue: '144.9000',
    revenue_without_cost: '0.0000',
    product_cost: '115.5000',
    contribution: '29.4000',
    measure_rank: 1,
  })
  expect(birch).toMatchObject({ orders: 1, returns: '-16.1000', net_revenue: '24.1500', contribution: '6.1500', measure_rank: 2 })
  expect(nobody).toMatchObject({
    customer_id: '(unidentified)',
    identified: false,
    revenue_without_cost: '10.0000',
    contribution: '0.0000',
  })
})

test('every blocking check passes on them', () => {
  expect(run.checks.map(({ name, status }) => [name, status])).toEqual([
    ['layers-tie-to-input', 'pass'],
    ['layers-tie-product-profit', 'pass'],
    ['layers-tie-month-profit', 'pass'],
    ['identified-and-unidentified', 'pass'],
  ])
})
