import { describe, expect, test } from 'vitest'
import { createRandom } from './random.ts'
import {
  binomialTest,
  bootstrapWeights,
  mean,
  median,
  normalQuantile,
  pearson,
  quantile,
  ranks,
  spearman,
  sum,
  variance,
} from './statistics.ts'

describe('means and quantiles', () => {
  test('a sum keeps small terms beside large ones', () => {
    expect(sum([1e16, 1, -1e16])).toBe(1)
  })

  test('quantiles follow type 7', () => {
    expect(quantile([1, 2, 3, 4], 0.25)).toBe(1.75)
    expect(quantile([4, 1, 3, 2], [0, 0.5, 0.9, 1])).toEqual([1, 2.5, 3.7, 4])
    expect(median([5])).toBe(5)
    expect(() => quantile([], 0.5)).toThrow(RangeError)
    expect(() => quantile([1], 1.2)).toThrow(RangeError)
  })

  test('a weighted mean is the mean of the repeated values, and the variance has n - 1 below the line', () => {
    expect(mean([1, 5], [3, 1])).toBe(2)
    expect(variance([2, 4, 4, 4, 5, 5, 7, 9])).toBeCloseTo(32 / 7, 14)
    expect(variance([1])).toBeNaN()
  })
})

describe('rank correlation', () => {
  test('ties share the mean of their ranks', () => {
    expect(Array.from(ranks([10, 20, 20, 5]))).toEqual([2, 3.5, 3.5, 1])
  })

  test('matches scipy with ties', () => {
    expect(spearman([1, 2, 2, 3, 5, 8], [2, 1, 4, 4, 4, 9])).toBeCloseTo(0.8008534347238067, 14)
  })

  test('is one for any rising relation and NaN where a side does not vary', () => {
    expect(spearman([1, 2, 3], [1, 10, 1000])).toBe(1)
    expect(pearson([1, 1], [1, 2])).toBeNaN()
    expect(() => pearson([1], [1, 2])).toThrow(RangeError)
  })
})

describe('the exact binomial test', () => {
  test('gives the known two-sided values', () => {
    expect(binomialTest(8, 10)).toBeCloseTo(0.109375, 12)
    expect(binomialTest(682, 925, 0.75)).toBeCloseTo(0.3824915595, 9)
    expect(binomialTest(5, 10)).toBe(1)
    expect(binomialTest(0, 5, 0)).toBe(1)
    expect(binomialTest(1, 5, 0)).toBe(0)
  })

  test('refuses more successes than trials', () => {
    expect(() => binomialTest(6, 5)).toThrow(RangeError)
  })
})

test('normal quantiles match tables in the centre and far out', () => {
  expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 14)
  expect(normalQuantile(1e-20)).toBeCloseTo(-9.262340089798409, 12)
  expect(normalQuantile(0.5)).toBe(0)
  expect(normalQuantile(1)).toBe(Infinity)
})

describe('bootstrap weights', () => {
  test('multinomial weights keep the total exactly and the expected share of each cell', () => {
    const random = createRandom(4)
    const counts = [100, 0, 300, 600]
    const totals = new Float64Array(4)
    for (let i = 0; i < 200; i++) {
      const weights = bootstrapWeights(random, counts, 'multinomial')
      expect(sum(weights)).toBe(1000)
      for (let j = 0; j < 4; j++) totals[j]! += weights[j]! / 200
    }
    expect(totals[1]).toBe(0)
    for (let j = 0; j < 4; j++) expect(Math.abs(totals[j]! - counts[j]!)).toBeLessThan(7)
  })

  test('Poisson weights have mean one a customer', () => {
    const weights = bootstrapWeights(createRandom(4), 10_000)
    expect(Math.abs(mean(weights) - 1)).toBeLessThan(0.05)
  })
})
