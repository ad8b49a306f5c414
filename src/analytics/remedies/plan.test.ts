import { expect, test } from 'vitest'
import { type DriverCost, type Patient, planFor } from './plan.ts'
import { defaultRules, remedyKinds } from './rules.ts'
import { likely } from './simulate.ts'

const driver = (change: Partial<DriverCost>): DriverCost => ({
  driver: 'a/1',
  title: 'a',
  level: 'order',
  uses: [],
  cost: 1000,
  difference: 0,
  now: 0,
  later: 0.9,
  ...change,
})

const patient = (change: Partial<Patient>): Patient => ({
  id: 'A',
  name: 'Alder',
  type: 'undetermined',
  revenue: 10_000,
  margin: 2000,
  profit: 1000,
  priceGap: 0,
  orders: 50,
  smallOrders: 0,
  smallRevenue: 0,
  drivers: [driver({})],
  groupProfit: null,
  ...change,
})

const plan = (one: Patient) =>
  planFor(
    one,
    defaultRules,
    (kind) => likely(defaultRules[kind]),
    1,
    (kind) => kind,
  )

test('a customer that is neither dear nor aggressive nor losing is left alone', () => {
  expect(plan(patient({}))).toEqual([])
})

test('remedies come in their order, whatever they bring', () => {
  const proposals = plan(
    patient({
      margin: 500,
      profit: -4500,
      priceGap: 3000,
      smallOrders: 20,
      smallRevenue: 300,
      drivers: [
        driver({ cost: 3000, difference: 1000, uses: ['returned_lines'] }),
        driver({ driver: 'b/1', level: 'customer', cost: 2000, difference: 500 }),
      ],
    }),
  )
  const order = proposals.map(({ kind }) => remedyKinds.indexOf(kind))
  expect(order).toEqual([...order].sort((a, b) => a - b))
  expect(proposals[0]!.kind).toBe('look-inside')
})

test('parting is never proposed while an earlier remedy turns the customer', () => {
  const proposals = plan(patient({ margin: 900, profit: -100, priceGap: 5000, drivers: [driver({ cost: 1000 })] }))
  expect(proposals.map(({ kind }) => kind)).not.toContain('exit')
  expect(proposals.at(-1)!.after).toBeGreaterThanOrEqual(0)
})

test('a loss at full cost is kept while its margin exceeds the cost that would go with it', () => {
  // Dakota B: a margin of 19,000 against a full cost of 21,520, of which 19,000 and more cannot be given up soon.
  const kept = plan(patient({ margin: 19_000, profit: -2520, drivers: [driver({ cost: 21_520, later: 0.8 })] }))
  expect(kept.map(({ kind }) => kind)).not.toContain('exit')
  const gone = plan(patient({ margin: 10_000, profit: -11_520, drivers: [driver({ cost: 21_520, later: 0.9 })] }))
  expect(gone.at(-1)!.kind).toBe('exit')
})

test('nobody parts with an account of a group that earns money', () => {
  const one = patient({ margin: 10_000, profit: -11_520, drivers: [driver({ cost: 21_520, later: 0.9 })] })
  expect(plan({ ...one, groupProfit: 5000 }).map(({ kind }) => kind)).not.toContain('exit')
})

test('what a remedy frees is what is missing from the drivers afterwards', () => {
  const proposals = plan(patient({ type: 'aggressive', drivers: [driver({ difference: 400 })] }))
  const process = proposals.find(({ kind }) => kind === 'customer-process')!
  // A tenth less by our own process, then half of half of the difference that is left.
  expect(process.freed.get('a/1')).toBeCloseTo(0.5 * 0.5 * 400 * 0.9, 9)
})

test('each remedy starts where the one before ends', () => {
  const proposals = plan(
    patient({ margin: 100, profit: -900, priceGap: 200, drivers: [driver({ cost: 1000, difference: 300, level: 'customer' })] }),
  )
  for (let i = 1; i < proposals.length; i++) expect(proposals[i]!.before).toBeCloseTo(proposals[i - 1]!.after, 9)
})
