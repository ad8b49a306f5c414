import fc from 'fast-check'
import { expect, test } from 'vitest'
import { nonNegativeLeastSquares } from './nnls.ts'
import { createRandom } from './random.ts'

function normal(rows: number[][], b: number[]): [Float64Array, Float64Array] {
  const n = rows[0]!.length
  const gram = new Float64Array(n * n)
  const moment = new Float64Array(n)
  rows.forEach((row, r) => {
    for (let i = 0; i < n; i++) {
      moment[i]! += row[i]! * b[r]!
      for (let j = 0; j < n; j++) gram[i * n + j]! += row[i]! * row[j]!
    }
  })
  return [gram, moment]
}

const loss = (rows: number[][], b: number[], x: ArrayLike<number>) =>
  rows.reduce((sum, row, r) => sum + (row.reduce((s, value, j) => s + value * x[j]!, 0) - b[r]!) ** 2, 0)

test('where no coefficient wants to be negative it is ordinary least squares', () => {
  const rows = [
    [1, 0],
    [1, 1],
    [1, 2],
  ]
  const { x, status } = nonNegativeLeastSquares(...normal(rows, [1, 3, 5]), 2)
  expect(status).toBe('converged')
  expect([...x].map((value) => Number(value.toFixed(10)))).toEqual([1, 2])
})

test('a coefficient that wants to be negative is zero, and the others make the best of it', () => {
  // Unbound: 5 - 2 t. Bound: the mean.
  const { x } = nonNegativeLeastSquares(
    ...normal(
      [
        [1, 0],
        [1, 1],
        [1, 2],
      ],
      [5, 3, 1],
    ),
    2,
  )
  expect(x[0]).toBeCloseTo(3, 10)
  expect(x[1]).toBe(0)
})

test('the conditions of Kuhn and Tucker hold, and nothing near is better', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 1e6 }), (n, seed) => {
      const random = createRandom(seed)
      const rows = Array.from({ length: n + 6 }, () => Array.from({ length: n }, () => random.normal()))
      const b = rows.map(() => random.normal())
      const { x, status, gradientNorm } = nonNegativeLeastSquares(...normal(rows, b), n)
      expect(status).toBe('converged')
      expect(gradientNorm).toBeLessThan(1e-8)
      const best = loss(rows, b, x)
      for (let trial = 0; trial < 20; trial++) {
        const near = x.map((value) => Math.max(0, value + 0.1 * random.normal()))
        expect(loss(rows, b, near)).toBeGreaterThanOrEqual(best - 1e-9)
      }
    }),
    { seed: 1, numRuns: 200 },
  )
})

test('a column that repeats another does no harm', () => {
  const rows = [
    [1, 1, 2],
    [1, 2, 4],
    [1, 3, 6],
    [1, 5, 10],
  ]
  const b = [3, 5, 7, 11]
  const { x, status } = nonNegativeLeastSquares(...normal(rows, b), 3)
  expect(status).toBe('converged')
  expect(loss(rows, b, x)).toBeLessThan(1e-12)
})
