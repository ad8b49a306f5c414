import { expect, test } from 'vitest'
import { createRandom } from '../../math/random.ts'
import { bootstrapWeights } from '../../math/statistics.ts'
import { membershipOf, type OrderSums, pointOf, pooledSpread, priorOrders, residualsOf, weightedMedian } from './types.ts'

interface Order {
  c: number
  r: number
  p: number
  f: number
}

function sumsOf(orders: Order[], account: number, weights?: Float64Array): OrderSums {
  const sum = (of: (order: Order) => number) => orders.reduce((all, order, i) => all + (weights ? weights[i]! : 1) * of(order), 0)
  return {
    orders: weights ? weights.reduce((a, b) => a + b, 0) : orders.length,
    netRevenue: sum(({ r }) => r),
    orderCost: sum(({ c }) => c),
    cost: sum(({ c }) => c) + account,
    pocket: sum(({ p }) => p),
    reference: sum(({ f }) => f),
    pp: sum(({ p }) => p * p),
    pf: sum(({ p, f }) => p * f),
    ff: sum(({ f }) => f * f),
    cc: sum(({ c }) => c * c),
    cr: sum(({ c, r }) => c * r),
    rr: sum(({ r }) => r * r),
    pc: sum(({ p, c }) => p * c),
    pr: sum(({ p, r }) => p * r),
    fc: sum(({ f, c }) => f * c),
    fr: sum(({ f, r }) => f * r),
  }
}

function makeOrders(n: number, seed: number): Order[] {
  const random = createRandom(seed)
  return Array.from({ length: n }, () => {
    const f = 100 * Math.exp(0.6 * random.normal())
    const p = f * (0.97 + 0.25 * random.normal())
    return { f, p, r: p, c: 6 + 2 * random.poisson(3) }
  })
}

test('residuals of both ratios are those worked out order by order', () => {
  const orders = makeOrders(12, 3)
  const account = 60
  const sums = sumsOf(orders, account)
  const { I, X, price, cost, cross } = residualsOf(sums)
  const e = orders.map(({ p, f }) => p - I * f)
  const d = orders.map(({ c, r }) => c + account / orders.length - X * r)
  const dot = (a: number[], b: number[]) => a.reduce((sum, one, i) => sum + one * b[i]!, 0)
  expect(price).toBeCloseTo(dot(e, e), 6)
  expect(cost).toBeCloseTo(dot(d, d), 6)
  expect(cross).toBeCloseTo(dot(e, d), 6)
})

test('the chance of each type is what a bootstrap over the orders gives', () => {
  const cut = { price: 1, cost: 0.13 }
  for (const seed of [1, 2, 3]) {
    const orders = makeOrders(80, seed)
    const sums = sumsOf(orders, 40)
    const found = membershipOf(pointOf(sums, pooledSpread([sums])), cut)
    const random = createRandom(seed + 100)
    const counts = new Float64Array(orders.length).fill(1)
    const weights = new Float64Array(orders.length)
    const drawn = { passive: 0, carriage: 0, bargain: 0, aggressive: 0 }
    const replicates = 4000
    for (let b = 0; b < replicates; b++) {
      bootstrapWeights(random, counts, 'multinomial', weights)
      const again = residualsOf(sumsOf(orders, 40, weights))
      const high = again.I > cut.price
      const dear = again.X > cut.cost
      drawn[high ? (dear ? 'carriage' : 'passive') : dear ? 'aggressive' : 'bargain'] += 1 / replicates
    }
    for (const type of ['passive', 'carriage', 'bargain', 'aggressive'] as const)
      expect(Math.abs(found[type] - drawn[type])).toBeLessThan(0.04)
  }
})

test('the four chances add up to one, and one order alone is not sure of itself', () => {
  const many = sumsOf(makeOrders(200, 5), 10)
  const pooled = pooledSpread([many])
  const one = sumsOf([{ f: 100, p: 104, r: 104, c: 9 }], 0)
  const chances = membershipOf(pointOf(one, pooled), { price: 1, cost: 0.1 })
  expect(chances.passive + chances.carriage + chances.bargain + chances.aggressive).toBeCloseTo(1, 9)
  expect(Math.max(...Object.values(chances))).toBeLessThan(0.95)
  expect(priorOrders).toBeGreaterThan(0)
})

test('scaling the currency changes no chance', () => {
  const orders = makeOrders(30, 8)
  const scaled = orders.map(({ c, r, p, f }) => ({ c: 7 * c, r: 7 * r, p: 7 * p, f: 7 * f }))
  const of = (list: Order[], account: number) => {
    const sums = sumsOf(list, account)
    return membershipOf(pointOf(sums, pooledSpread([sums])), { price: 1, cost: 0.12 })
  }
  const [a, b] = [of(orders, 20), of(scaled, 140)]
  for (const type of ['passive', 'carriage', 'bargain', 'aggressive'] as const) expect(a[type]).toBeCloseTo(b[type], 8)
})

test('where prices cannot be compared no chance is told', () => {
  const sums = sumsOf([{ f: 0, p: 0, r: 100, c: 9 }], 0)
  expect(membershipOf(pointOf(sums, { price: 0.1, cost: 0.1 }), { price: 1, cost: 0.1 }).passive).toBeNaN()
})

test('half of the weight lies below the weighted median', () => {
  expect(weightedMedian(Float64Array.of(3, 1, 2), Float64Array.of(1, 1, 1))).toBe(2)
  expect(weightedMedian(Float64Array.of(3, 1, 2), Float64Array.of(9, 1, 1))).toBe(3)
})
