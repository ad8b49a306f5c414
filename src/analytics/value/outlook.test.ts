import { describe, expect, test } from 'vitest'
import { createRandom } from '../../math/random.ts'
import { quantile } from '../../math/statistics.ts'
import { bgNbd } from './bg-nbd.ts'
import { mbgNbd } from './mbg-nbd.ts'
import { candidates, moneyBounds, outlookOf } from './outlook.ts'
import { paretoNbd } from './pareto-nbd.ts'

const delta = Math.log(1.1) / 52
const beta = { r: 0.243, alpha: 4.414, a: 0.793, b: 2.426 }
const modified = { r: 0.525, alpha: 6.183, a: 0.891, b: 1.614 }
const pareto = { r: 0.553, alpha: 10.578, s: 0.606, beta: 11.669 }
const hard = [
  { x: 0, tx: 0, T: 0 },
  { x: 0, tx: 0, T: 38.86 },
  { x: 2, tx: 30.43, T: 38.86 },
  { x: 26, tx: 30.857, T: 31 },
  { x: 600, tx: 99, T: 100 },
  { x: 4000, tx: 400, T: 400 },
]

describe('the outlook of a history', () => {
  const models = [
    { name: 'bg-nbd' as const, model: bgNbd, p: beta },
    { name: 'mbg-nbd' as const, model: mbgNbd, p: modified },
    { name: 'pareto-nbd' as const, model: paretoNbd, p: pareto },
  ]
  for (const { name, model, p } of models) {
    test(`has the mean, the spread and the silence of ${name} itself`, () => {
      for (const history of hard) {
        const { x, tx, T } = history
        const outlook = outlookOf(candidates[name], p, history, 52, delta)
        const mean = model.conditionalExpectedTransactions(p as never, 52, x, tx, T)
        expect(outlook.mean / mean).toBeCloseTo(1, 8)
        if (x > 100) continue
        const counts = model.distribution(p as never, 52, 400, history)
        expect(outlook.none).toBeCloseTo(counts[0]!, 8)
        const second = counts.reduce((sum, chance, n) => sum + n * n * chance, 0)
        expect(outlook.second / second).toBeCloseTo(1, 4)
      }
    })

    test(`discounts each purchase of ${name} from its own day, within 0.2 %`, () => {
      for (const history of hard) {
        const { x, tx, T } = history
        const at = (t: number) => model.conditionalExpectedTransactions(p as never, t, x, tx, T)
        let exact = 0
        for (let week = 0; week < 52; week += 0.25) exact += (at(week + 0.25) - at(week)) * Math.exp(-delta * (week + 0.125))
        expect(Math.abs(outlookOf(candidates[name], p, history, 52, delta).discounted / exact - 1)).toBeLessThan(0.002)
      }
    })
  }

  test('without a discount the discounted purchases are the expected ones', () => {
    const outlook = outlookOf(candidates['mbg-nbd'], modified, hard[2]!, 52, 0)
    expect(outlook.discounted).toBeCloseTo(outlook.mean, 12)
  })
})

test('nine in ten simulated customers bring what lies within the bounds', () => {
  const random = createRandom(7)
  const size = 20_000
  const T = new Float64Array(size).fill(40)
  const histories = mbgNbd.simulate(random, modified, T, 52)
  // Purchases vary by a quarter around the customer's mean, which is known to a tenth.
  const spread = { purchase: 0.0625, mean: 0.01 }
  let [inside, above] = [0, 0]
  for (let i = 0; i < size; i++) {
    const history = { x: histories.x[i]!, tx: histories.tx[i]!, T: 40 }
    const { low, high } = moneyBounds(outlookOf(candidates['mbg-nbd'], modified, history, 52, 0), spread, 0.9)
    const mean = random.gamma(1 / spread.mean, 1 / spread.mean)
    const count = histories.future[i]!
    const money = count > 0 ? (mean * random.gamma(count / spread.purchase)) / (count / spread.purchase) / (1 / count) : 0
    if (money >= low && money <= high) inside++
    if (money > high) above++
  }
  // Most customers have a low of zero with more than 5 % on it: fewer than one in ten are outside, one in twenty above.
  expect(inside / size).toBeGreaterThan(0.9)
  expect(above / size).toBeGreaterThan(0.035)
  expect(above / size).toBeLessThan(0.06)
})

test('bounds of a single sure purchase are those of its spread', () => {
  const { low, high } = moneyBounds({ mean: 1, second: 1, none: 0 }, { purchase: 0.04, mean: 0 }, 0.9)
  const random = createRandom(3)
  const [q05, q95] = quantile(
    Array.from({ length: 40_000 }, () => random.gamma(25, 25)),
    [0.05, 0.95],
  ) as [number, number]
  expect(low).toBeCloseTo(q05, 1)
  expect(high).toBeCloseTo(q95, 1)
})
