import { expect, test } from 'vitest'
import { fitQuantileLine, weightedQuantile } from './quantile-regression.ts'
import { createRandom } from './random.ts'

/** By trying every line through two of the points: one of them is a best one (the loss is piecewise linear). */
function bestByTrying(x: number[], y: number[], w: number[], t: number): number {
  let best = Number.POSITIVE_INFINITY
  for (let i = 0; i < x.length; i++)
    for (let j = i + 1; j < x.length; j++) {
      if (x[i] === x[j]) continue
      const slope = (y[j]! - y[i]!) / (x[j]! - x[i]!)
      const intercept = y[i]! - slope * x[i]!
      const loss = x.reduce((sum, xk, k) => {
        const u = y[k]! - intercept - slope * xk
        return sum + w[k]! * u * (u < 0 ? t - 1 : t)
      }, 0)
      best = Math.min(best, loss)
    }
  return best
}

test('no line through two points loses less, at any quantile, with any weights', () => {
  const random = createRandom(5)
  for (let round = 0; round < 60; round++) {
    const n = 4 + random.integer(14)
    const x = Array.from({ length: n }, () => Math.round(20 * random.normal()) / 4)
    const y = Array.from({ length: n }, (_, i) => 0.4 * x[i]! + random.normal())
    const w = Array.from({ length: n }, () => 0.1 + random.next())
    const t = 0.1 + 0.8 * random.next()
    const line = fitQuantileLine(x, y, w, t)!
    expect(line.loss).toBeLessThanOrEqual(bestByTrying(x, y, w, t) * (1 + 1e-9) + 1e-9)
  }
})

test('half of the points thrown far away do not move the median line of the others', () => {
  const x = Array.from({ length: 21 }, (_, i) => i)
  const y = x.map((value, i) => (i % 5 === 0 ? 100 : 2 + 0.5 * value))
  const line = fitQuantileLine(
    x,
    y,
    x.map(() => 1),
  )!
  expect(line.slope).toBeCloseTo(0.5, 6)
  expect(line.intercept).toBeCloseTo(2, 6)
})

test('weights count like repeated points', () => {
  const random = createRandom(9)
  const x = Array.from({ length: 12 }, () => random.normal())
  const y = x.map((value) => 1 - value + random.normal())
  const w = x.map(() => 1 + random.integer(4))
  const repeat = (values: number[]) => values.flatMap((value, i) => Array<number>(w[i]!).fill(value))
  const [weighted, plain] = [
    fitQuantileLine(x, y, w)!,
    fitQuantileLine(
      repeat(x),
      repeat(y),
      repeat(x).map(() => 1),
    )!,
  ]
  expect(weighted.loss).toBeCloseTo(plain.loss, 9)
  expect(weighted.explained).toBeGreaterThan(0)
})

test('where x does not vary or nothing has weight there is no line', () => {
  expect(fitQuantileLine([1, 1, 1], [1, 2, 3], [1, 1, 1])).toBeNull()
  expect(fitQuantileLine([1, 2], [1, 2], [1, 0])).toBeNull()
})

test('the weighted quantile is the least value that holds its share of the weight', () => {
  expect(weightedQuantile([3, 1, 2], [1, 1, 2], 0.5)).toBe(2)
  expect(weightedQuantile([3, 1, 2], [1, 1, 8], 0.05)).toBe(1)
  expect(weightedQuantile([3, 1, 2], [1, 1, 8], 0.95)).toBe(3)
})
