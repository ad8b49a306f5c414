import { expect, test } from 'vitest'
import { betaI } from './incomplete.ts'
import { chiSquareTail, jeffreysInterval, meanTrend, shareTrend } from './proportions.ts'

test('Jeffreys intervals leave equal tails of beta(k + 1/2, n - k + 1/2), and are closed at nobody and everybody', () => {
  for (const [k, n] of [
    [7, 8],
    [3, 1000],
    [400_000, 1_000_000],
  ] as const) {
    const { low, high } = jeffreysInterval(k, n, 0.95)
    expect(betaI(k + 0.5, n - k + 0.5, low)).toBeCloseTo(0.025, 9)
    expect(betaI(k + 0.5, n - k + 0.5, high)).toBeCloseTo(0.975, 9)
  }
  expect(jeffreysInterval(0, 20, 0.95).low).toBe(0)
  expect(jeffreysInterval(20, 20, 0.95).high).toBe(1)
  expect(() => jeffreysInterval(3, 0, 0.9)).toThrow('n > 0')
})

test('chi-square tails from the table', () => {
  expect(chiSquareTail(3.841459, 1)).toBeCloseTo(0.05, 6)
  expect(chiSquareTail(18.307038, 10)).toBeCloseTo(0.05, 6)
  expect(chiSquareTail(0, 3)).toBe(1)
})

test('a rising share is told from a flat one', () => {
  const rising = [10, 14, 19, 25, 30].map((k) => ({ k, n: 100 }))
  const found = shareTrend(rising, 0.9)!
  expect(found.slope).toBeCloseTo(0.051, 3)
  expect(found.pTrend).toBeLessThan(0.001)
  const flat = shareTrend(
    [20, 22, 19, 21].map((k) => ({ k, n: 100 })),
    0.9,
  )!
  expect(flat.pTrend).toBeGreaterThan(0.5)
  expect(flat.low).toBeLessThan(0)
  expect(flat.high).toBeGreaterThan(0)
})

test('the trend of two groups, or of nobody, is not told', () => {
  expect(
    shareTrend(
      [
        { k: 1, n: 2 },
        { k: 1, n: 3 },
      ],
      0.9,
    ),
  ).toBeNull()
  expect(
    shareTrend(
      [1, 2, 3].map((n) => ({ k: 0, n })),
      0.9,
    ),
  ).toBeNull()
  expect(
    meanTrend(
      [
        { mean: 1, variance: 1 },
        { mean: 1, variance: 0 },
        { mean: 3, variance: 2 },
      ],
      0.9,
    ),
  ).toBeNull()
})

test('the trend of means weighs sure ones more', () => {
  const { slope } = meanTrend(
    [1, 2, 3, 10].map((mean, i) => ({ mean, variance: i === 3 ? 1e9 : 1 })),
    0.9,
  )!
  expect(slope).toBeCloseTo(1, 3)
})
