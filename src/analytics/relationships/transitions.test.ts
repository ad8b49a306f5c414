import { expect, test } from 'vitest'
import { createRandom } from '../../math/random.ts'
import { checkTransitionMatrix, mobility, steadyState } from './chain.ts'
import { portfolioValue, shadowPrices, stateValues, valueOfMove, valueWithin } from './portfolio-value.ts'
import { drawTransitions, estimateTransitions, orderTest, pooledPrior, stationarityTest } from './transitions.ts'

test('rows that do not add up to one are all named', () => {
  const wrong = [
    [0.5, 0.4],
    [0.2, 0.9],
  ]
  expect(() => checkTransitionMatrix(wrong, ['stranger', 'friend'])).toThrow(
    'the probabilities out of stranger must add up to 1; they add up to 0.9',
  )
  try {
    checkTransitionMatrix(wrong, ['stranger', 'friend'])
  } catch (error) {
    expect((error as { problems: unknown[] }).problems).toHaveLength(2)
  }
  expect(() =>
    checkTransitionMatrix([
      [1.2, -0.2],
      [0, 1],
    ]),
  ).toThrow(/between 0 and 1; got 1.2/)
  expect(() => checkTransitionMatrix([[1, 0]])).toThrow(/row 1 has 2 entries/)
  expect(() =>
    checkTransitionMatrix([
      [Number.NaN, 1],
      [0, 1],
    ]),
  ).toThrow(/got NaN/)
})

test('an interval holds the truth about as often as it says', () => {
  const random = createRandom(3)
  const truth = [0.7, 0.2, 0.1]
  let inside = 0
  for (let n = 0; n < 400; n++) {
    const row = [0, 0, 0]
    for (let k = 0; k < 60; k++) row[random.choice(truth)]!++
    const { low, high } = estimateTransitions([row, [1, 1, 1], [1, 1, 1]])
    if (low[0]![1]! <= 0.2 && 0.2 <= high[0]![1]!) inside++
  }
  expect(inside / 400).toBeGreaterThan(0.85)
  expect(inside / 400).toBeLessThan(0.95)
})

test('a class that nobody was in keeps its prior and says so by its width', () => {
  const { p, low, high } = estimateTransitions([
    [8, 2],
    [0, 0],
  ])
  expect(p[1]).toEqual([0.5, 0.5])
  expect(high[1]![0]! - low[1]![0]!).toBeGreaterThan(0.9)
})

test('a small segment leans on the whole, a large one on itself', () => {
  const all = [
    [0.9, 0.1],
    [0.3, 0.7],
  ]
  const prior = pooledPrior(all, 20)
  expect(
    estimateTransitions(
      [
        [1, 1],
        [0, 0],
      ],
      prior,
    ).p[0]![0],
  ).toBeCloseTo(19 / 22, 10)
  expect(
    estimateTransitions(
      [
        [500, 500],
        [0, 0],
      ],
      prior,
    ).p[0]![0],
  ).toBeCloseTo(518 / 1020, 10)
})

test('draws of the posterior are transition matrices around its mean', () => {
  const { p, posterior } = estimateTransitions([
    [80, 20],
    [10, 90],
  ])
  const random = createRandom(5)
  const sum = [0, 0]
  for (let n = 0; n < 2000; n++) {
    const draw = drawTransitions(random, posterior)
    checkTransitionMatrix(draw)
    sum[0]! += draw[0]![1]! / 2000
    sum[1]! += draw[1]![0]! / 2000
  }
  expect(sum[0]).toBeCloseTo(p[0]![1]!, 2)
  expect(sum[1]).toBeCloseTo(p[1]![0]!, 2)
})

test('stationarity is kept for one matrix and given up for two', () => {
  const random = createRandom(9)
  const counts = (stay: number): number[][] =>
    [0, 1].map((i) => {
      const stays = random.binomial(500, stay)
      return i === 0 ? [stays, 500 - stays] : [500 - stays, stays]
    })
  expect(stationarityTest([counts(0.8), counts(0.8), counts(0.8)]).pValue).toBeGreaterThan(0.01)
  expect(stationarityTest([counts(0.8), counts(0.8), counts(0.6)]).pValue).toBeLessThan(1e-6)
  expect(stationarityTest([counts(0.8)])).toMatchObject({ freedom: 0, reason: expect.stringContaining('fewer than two periods') })
})

test('the order test finds memory and does not invent it', () => {
  const random = createRandom(13)
  const triples = (memory: number): number[][][] =>
    [0, 1].map((before) =>
      [0, 1].map((from) => {
        const up = random.binomial(2000, 0.4 + memory * before)
        return from === 0 ? [2000 - up, up] : [2000 - up, up]
      }),
    )
  expect(orderTest(triples(0)).pValue).toBeGreaterThan(0.01)
  expect(orderTest(triples(0.15)).pValue).toBeLessThan(1e-6)
})

test('the steady state keeps itself; a chain with two closed halves has none', () => {
  const p = [
    [0.9, 0.1, 0],
    [0.2, 0.7, 0.1],
    [0.05, 0.05, 0.9],
  ]
  const pi = steadyState(p)!
  for (const [j, share] of pi.entries()) expect(pi.reduce((sum, from, i) => sum + from * p[i]![j]!, 0)).toBeCloseTo(share, 12)
  expect(
    steadyState([
      [1, 0],
      [0, 1],
    ]),
  ).toBeNull()
  expect(
    steadyState([
      [1, 0],
      [0.5, 0.5],
    ])![0],
  ).toBeCloseTo(1, 12)
})

test('customers who neither move nor mix have mobility 0 and 1', () => {
  expect(
    mobility([
      [1, 0],
      [0, 1],
    ]).shorrocks,
  ).toBe(0)
  expect(
    mobility([
      [0.5, 0.5],
      [0.5, 0.5],
    ]).shorrocks,
  ).toBe(1)
  expect(
    mobility(
      [
        [0.8, 0.2],
        [0.3, 0.7],
      ],
      [100, 0],
    ),
  ).toMatchObject({ up: 0.2, down: 0 })
})

test('a higher discount never raises the value of profitable classes', () => {
  const chain = {
    p: [
      [0.8, 0.2],
      [0.1, 0.9],
    ],
    profit: [1, 5],
  }
  let last = Infinity
  for (const discount of [0.02, 0.05, 0.1, 0.5]) {
    const [first] = stateValues({ ...chain, discount })
    expect(first).toBeLessThan(last)
    last = first!
  }
})

test('a chain without discount, with missing profits or customers is refused', () => {
  const p = [[1]]
  expect(() => stateValues({ p, profit: [1], discount: 0 })).toThrow(/above 0/)
  expect(() => stateValues({ p, profit: [1], discount: 12 })).toThrow(/above 0; got 12/)
  expect(() => stateValues({ p, profit: [], discount: 0.1 })).toThrow(/1 classes but 0 profits/)
  expect(() => portfolioValue({ p, profit: [1], discount: 0.1 }, [1, 2])).toThrow(/1 classes but 2 counts/)
})

test('a long horizon is worth what for ever is, and its prices are the slopes of its value', () => {
  const p = [
    [0.9, 0.1, 0],
    [0.25, 0.6, 0.15],
    [0.1, 0.2, 0.7],
  ]
  const chain = { p, profit: [-2, 40, 85], discount: 0.1 }
  const customers = [1000, 200, 80]
  const long = valueWithin(chain, customers, 400)
  expect(long.total).toBeCloseTo(portfolioValue(chain, customers).total, 6)
  expect(long.prices[3]!.perPoint).toBeCloseTo(shadowPrices(chain, customers)[3]!.perPoint, 6)
  expect(valueOfMove(chain, customers, { row: 1, from: 1, to: 2, mass: 0.01 })).toBeCloseTo(long.prices[3]!.perPoint, -3)
  const five = valueWithin(chain, customers, 5)
  expect(five.total).toBeLessThan(long.total)
  const moved = { ...chain, p: [p[0]!, [0.25, 0.6 - 1e-6, 0.15 + 1e-6], p[2]!] }
  expect((valueWithin(moved, customers, 5).total - five.total) / 1e-6 / 100).toBeCloseTo(five.prices[3]!.perPoint, 2)
})
