import { expect, test } from 'vitest'
import { createRandom } from '../../math/random.ts'
import { bootstrapIntervals, toCells } from './bootstrap.ts'
import { whaleIndices } from './whale.ts'

const random = createRandom(7)
const mean = (values: Float64Array, weights: Float64Array) => {
  let sum = 0
  let n = 0
  for (let i = 0; i < values.length; i++) {
    sum += weights[i]! * values[i]!
    n += weights[i]!
  }
  return sum / n
}

test('the interval of a mean is that of the textbook', () => {
  const values = Float64Array.from({ length: 400 }, () => random.normal(10, 2))
    .sort()
    .reverse()
  const [interval] = bootstrapIntervals(toCells(values), (v, w) => [mean(v, w)], random.split('mean'))
  const centre = mean(values, new Float64Array(400).fill(1))
  const half = (1.645 * 2) / 20
  expect(interval!.low).toBeCloseTo(centre - half, 1)
  expect(interval!.high).toBeCloseTo(centre + half, 1)
})

test('merging neighbours hardly moves an interval', () => {
  const values = Float64Array.from({ length: 4_000 }, () => Math.exp(random.normal() * 1.5 + 3) * (0.3 + 0.4 * random.normal()))
    .sort()
    .reverse()
  const peak = (v: Float64Array, w: Float64Array) => [whaleIndices(v, w).peakRatio]
  const [merged] = bootstrapIntervals(toCells(values, 200, 600), peak, random.split('merged'))
  const [whole] = bootstrapIntervals(toCells(values), peak, random.split('whole'))
  const width = whole!.high - whole!.low
  expect(Math.abs(merged!.low - whole!.low)).toBeLessThan(0.25 * width)
  expect(Math.abs(merged!.high - whole!.high)).toBeLessThan(0.25 * width)
})

test('cells stand for all customers and keep their sum', () => {
  const values = Float64Array.from({ length: 9_999 }, (_, i) => 9_999 - i)
  const { values: cellValues, counts } = toCells(values)
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(9_999)
  expect(cellValues.reduce((sum, value, i) => sum + value * counts[i]!, 0)).toBeCloseTo((9_999 * 10_000) / 2, 3)
})

test('equal seeds give equal intervals', () => {
  const values = Float64Array.from([9, 5, 3, 1, 0, -2])
  const once = bootstrapIntervals(toCells(values), (v, w) => [mean(v, w)], createRandom(3))
  expect(bootstrapIntervals(toCells(values), (v, w) => [mean(v, w)], createRandom(3))).toEqual(once)
})

test('a statistic that often cannot be computed has no interval', () => {
  const values = Float64Array.from([100, 1, 1, -99, -2])
  expect(bootstrapIntervals(toCells(values), (v, w) => [whaleIndices(v, w).peakRatio], createRandom(1))).toEqual([null])
})
