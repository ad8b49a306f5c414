import { expect, test } from 'vitest'
import { cholesky, choleskySolve, inverse, multiplyVector, solve, symmetricEigen } from './linear-algebra.ts'
import { createRandom } from './random.ts'

function randomPositiveDefinite(n: number, seed: number): Float64Array {
  const random = createRandom(seed)
  const root = Float64Array.from({ length: n * n }, () => random.normal())
  const matrix = new Float64Array(n * n)
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) for (let k = 0; k < n; k++) matrix[i * n + j]! += root[i * n + k]! * root[j * n + k]!
  for (let i = 0; i < n; i++) matrix[i * n + i]! += 0.1
  return matrix
}

test('Cholesky and LU solve the same system', () => {
  const n = 8
  const matrix = randomPositiveDefinite(n, 1)
  const expected = Float64Array.from({ length: n }, (_, i) => i - 3)
  const b = multiplyVector(matrix, expected)
  const byCholesky = choleskySolve(cholesky(matrix, n)!, n, b)
  const byLu = solve(matrix, n, b)
  for (let i = 0; i < n; i++) {
    expect(byCholesky[i]).toBeCloseTo(expected[i]!, 9)
    expect(byLu[i]).toBeCloseTo(expected[i]!, 9)
  }
})

test('an inverse times its matrix is the identity', () => {
  const matrix = randomPositiveDefinite(5, 2)
  const back = inverse(matrix, 5)
  for (let j = 0; j < 5; j++) {
    const column = multiplyVector(
      matrix,
      Float64Array.from({ length: 5 }, (_, i) => back[i * 5 + j]!),
    )
    for (let i = 0; i < 5; i++) expect(column[i]).toBeCloseTo(i === j ? 1 : 0, 10)
  }
})

test('a matrix that is not positive definite has no Cholesky factor, a singular one no solution', () => {
  expect(cholesky(new Float64Array([1, 2, 2, 1]), 2)).toBeUndefined()
  expect(() => solve(new Float64Array([1, 2, 2, 4]), 2, new Float64Array(2))).toThrow(RangeError)
})

test('eigenvectors times eigenvalues give the matrix back', () => {
  const n = 6
  const matrix = randomPositiveDefinite(n, 3)
  const { values, vectors } = symmetricEigen(matrix, n)
  expect(Array.from(values)).toEqual(Array.from(values).sort((a, b) => a - b))
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let entry = 0
      for (let k = 0; k < n; k++) entry += vectors[i * n + k]! * values[k]! * vectors[j * n + k]!
      expect(entry).toBeCloseTo(matrix[i * n + j]!, 11)
    }
  }
})
