/**
 * Small dense linear algebra. A matrix is a Float64Array in row order with its size passed along: entry (i, j) of an n by n matrix is
 * `matrix[i * n + j]`. Meant for up to a few hundred rows.
 */

export type Vector = Float64Array

/**
 * Lower Cholesky factor L of a symmetric positive definite matrix (A = L L'), or undefined when it is not positive definite.
 */
export function cholesky(matrix: Vector, n: number): Vector | undefined {
  const lower = new Float64Array(n * n)
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * n + j]!
      for (let k = 0; k < j; k++) sum -= lower[i * n + k]! * lower[j * n + k]!
      if (i === j) {
        if (!(sum > 0)) return undefined
        lower[i * n + i] = Math.sqrt(sum)
      } else lower[i * n + j] = sum / lower[j * n + j]!
    }
  }
  return lower
}

/** Solves L L' x = b given the factor from {@link cholesky}. */
export function choleskySolve(lower: Vector, n: number, b: Vector): Vector {
  const x = Float64Array.from(b)
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) x[i]! -= lower[i * n + k]! * x[k]!
    x[i]! /= lower[i * n + i]!
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) x[i]! -= lower[k * n + i]! * x[k]!
    x[i]! /= lower[i * n + i]!
  }
  return x
}

/**
 * Solves A x = b by LU with partial pivoting.
 *
 * @throws RangeError when A is singular.
 */
export function solve(matrix: Vector, n: number, b: Vector): Vector {
  const a = Float64Array.from(matrix)
  const x = Float64Array.from(b)
  for (let column = 0; column < n; column++) {
    let pivot = column
    for (let i = column + 1; i < n; i++) if (Math.abs(a[i * n + column]!) > Math.abs(a[pivot * n + column]!)) pivot = i
    if (!(Math.abs(a[pivot * n + column]!) > 0)) throw new RangeError('the matrix is singular')
    if (pivot !== column) {
      for (let j = 0; j < n; j++) swap(a, pivot * n + j, column * n + j)
      swap(x, pivot, column)
    }
    for (let i = column + 1; i < n; i++) {
      const factor = a[i * n + column]! / a[column * n + column]!
      if (factor === 0) continue
      for (let j = column; j < n; j++) a[i * n + j]! -= factor * a[column * n + j]!
      x[i]! -= factor * x[column]!
    }
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let j = i + 1; j < n; j++) x[i]! -= a[i * n + j]! * x[j]!
    x[i]! /= a[i * n + i]!
  }
  return x
}

function swap(values: Vector, i: number, j: number): void {
  const kept = values[i]!
  values[i] = values[j]!
  values[j] = kept
}

/**
 * Inverse by solving for each unit vector.
 *
 * @throws RangeError when the matrix is singular.
 */
export function inverse(matrix: Vector, n: number): Vector {
  const result = new Float64Array(n * n)
  for (let column = 0; column < n; column++) {
    const unit = new Float64Array(n)
    unit[column] = 1
    const x = solve(matrix, n, unit)
    for (let i = 0; i < n; i++) result[i * n + column] = x[i]!
  }
  return result
}

/** Product of an n by m matrix with a vector of length m. */
export function multiplyVector(matrix: Vector, x: Vector): Vector {
  const m = x.length
  const n = matrix.length / m
  const result = new Float64Array(n)
  for (let i = 0; i < n; i++) {
    let sum = 0
    for (let j = 0; j < m; j++) sum += matrix[i * m + j]! * x[j]!
    result[i] = sum
  }
  return result
}

/** Inner product. */
export function dot(a: Vector, b: Vector): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum
}

/**
 * Eigenvalues (rising) and eigenvectors (column j belongs to value j) of a symmetric matrix, by Jacobi rotations: slow for large
 * matrices, exact to the last digits for small ones.
 */
export function symmetricEigen(matrix: Vector, n: number): { values: Vector; vectors: Vector } {
  const a = Float64Array.from(matrix)
  const v = new Float64Array(n * n)
  for (let i = 0; i < n; i++) v[i * n + i] = 1
  for (let sweep = 0; sweep < 60; sweep++) {
    let off = 0
    let size = 0
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        const square = a[i * n + j]! ** 2
        if (i === j) size += square
        else off += square
      }
    }
    if (off <= 1e-36 * size || off === 0) break
    for (let p = 0; p < n - 1; p++) {
      for (let q = p + 1; q < n; q++) rotate(a, v, n, p, q)
    }
  }
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => a[i * n + i]! - a[j * n + j]!)
  const values = Float64Array.from(order, (i) => a[i * n + i]!)
  const vectors = new Float64Array(n * n)
  for (let column = 0; column < n; column++) for (let i = 0; i < n; i++) vectors[i * n + column] = v[i * n + order[column]!]!
  return { values, vectors }
}

/** One Jacobi rotation that makes entry (p, q) zero. */
function rotate(a: Vector, v: Vector, n: number, p: number, q: number): void {
  const apq = a[p * n + q]!
  if (apq === 0) return
  const theta = (a[q * n + q]! - a[p * n + p]!) / (2 * apq)
  const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1))
  const c = 1 / Math.sqrt(t * t + 1)
  const s = t * c
  for (let k = 0; k < n; k++) {
    const kp = a[k * n + p]!
    const kq = a[k * n + q]!
    a[k * n + p] = c * kp - s * kq
    a[k * n + q] = s * kp + c * kq
  }
  for (let k = 0; k < n; k++) {
    const pk = a[p * n + k]!
    const qk = a[q * n + k]!
    a[p * n + k] = c * pk - s * qk
    a[q * n + k] = s * pk + c * qk
    const vp = v[k * n + p]!
    const vq = v[k * n + q]!
    v[k * n + p] = c * vp - s * vq
    v[k * n + q] = s * vp + c * vq
  }
}
