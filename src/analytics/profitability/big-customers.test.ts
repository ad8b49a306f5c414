import { expect, test } from 'vitest'
import { createRandom } from '../../math/random.ts'
import { correlateSize, testExtremes } from './big-customers.ts'

test('profit in proportion to revenue strays nowhere, and size multiplies a customer’s own margin', () => {
  const random = createRandom(5)
  const revenue = Float64Array.from({ length: 300 }, () => Math.exp(random.normal() + 4))
  const profit = revenue.map((value) => value * (0.1 + 0.3 * random.normal()))
  const order = Array.from(profit.keys()).sort((a, b) => profit[b]! - profit[a]!)
  const result = correlateSize(
    Float64Array.from(order, (i) => profit[i]!),
    Float64Array.from(order, (i) => revenue[i]!),
  )
  expect(result.rho).toBeGreaterThan(0.4)
  expect(result.low).toBeGreaterThan(0)
  expect(result.low).toBeLessThan(result.rho)
  expect(result.high).toBeGreaterThan(result.rho)
  expect(result.sample).toBe(300)
})

test('an even sample of many customers finds the same', () => {
  const random = createRandom(6)
  const revenue = Float64Array.from({ length: 20_000 }, () => random.next() * 100)
  const profit = revenue.map((value) => value * random.normal())
  const order = Array.from(profit.keys()).sort((a, b) => profit[b]! - profit[a]!)
  const sorted = [Float64Array.from(order, (i) => profit[i]!), Float64Array.from(order, (i) => revenue[i]!)] as const
  const all = correlateSize(...sorted)
  const sampled = correlateSize(...sorted, 0.9, 5_000)
  expect(sampled.sample).toBe(5_000)
  expect(Math.abs(sampled.rho - all.rho)).toBeLessThan(0.03)
})

test('the biggest at both ends are far from chance', () => {
  // 100 customers in order of profit; the ten biggest by revenue are the five best and the five worst.
  const ranks = Array.from({ length: 100 }, (_, i) => (i < 5 ? i + 1 : i >= 95 ? i - 89 : i + 6))
  expect([...ranks].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i + 1))
  const { big, best, worst, share, pValue } = testExtremes(ranks)
  expect({ big, best, worst, share }).toEqual({ big: 10, best: 5, worst: 5, share: 1 })
  expect(pValue).toBeCloseTo(0.2 ** 10, 12)
})

test('the biggest in the middle are nowhere near the extremes', () => {
  const ranks = Array.from({ length: 100 }, (_, i) => (i >= 40 && i < 50 ? i - 39 : i < 40 ? i + 11 : i + 1))
  expect(testExtremes(ranks)).toMatchObject({ best: 0, worst: 0, share: 0 })
})
