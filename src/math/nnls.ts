import { cholesky, choleskySolve } from './linear-algebra.ts'

export interface NonNegativeFit {
  /** One coefficient a column, none below zero. */
  x: Float64Array
  /** Largest violation of the optimality conditions, relative to the size of the problem; 0 at the optimum. */
  gradientNorm: number
  iterations: number
  status: 'converged' | 'not-converged'
}

/**
 * Least squares with coefficients that must not be negative: minimises |A x - b| over x >= 0.
 *
 *   G = A'A, h = A'b;  optimal where x >= 0, w = h - G x <= 0, and x_j w_j = 0 (Kuhn and Tucker)
 *
 * The active-set method of Lawson and Hanson (1974, "Solving Least Squares Problems", chapter 23), on the normal equations: G is small, and A need not
 * be kept. Columns should be of like size; they are scaled to unit diagonal inside.
 *
 * @param gram G, n by n in row order
 * @param moment h
 */
export function nonNegativeLeastSquares(gram: Float64Array, moment: Float64Array, n: number): NonNegativeFit {
  const size = Float64Array.from({ length: n }, (_, j) => Math.sqrt(gram[j * n + j]!) || 1)
  const g = gram.map((value, at) => value / (size[Math.floor(at / n)]! * size[at % n]!))
  const h = moment.map((value, j) => value / size[j]!)
  const largest = Math.max(1e-300, ...h.map(Math.abs))
  const x = new Float64Array(n)
  const passive: number[] = []
  const gradient = () => Float64Array.from({ length: n }, (_, j) => h[j]! - dot(g, j * n, x))
  const tolerance = 1e-10 * largest
  let iterations = 0
  let w = gradient()
  while (iterations < 30 * n + 30) {
    let enter = -1
    for (let j = 0; j < n; j++) if (!passive.includes(j) && w[j]! > tolerance && (enter < 0 || w[j]! > w[enter]!)) enter = j
    if (enter < 0) break
    passive.push(enter)
    for (;;) {
      iterations++
      const z = solveOn(g, h, n, passive)
      // A column that the others span already brings nothing.
      if (!z) {
        passive.splice(passive.indexOf(enter), 1)
        w[enter] = 0
        break
      }
      if (z.every((value) => value > 0)) {
        x.fill(0)
        passive.forEach((j, k) => {
          x[j] = z[k]!
        })
        w = gradient()
        break
      }
      let step = 1
      passive.forEach((j, k) => {
        if (z[k]! <= 0) step = Math.min(step, x[j]! / (x[j]! - z[k]!))
      })
      passive.forEach((j, k) => {
        x[j] = x[j]! + step * (z[k]! - x[j]!)
      })
      for (let k = passive.length - 1; k >= 0; k--) {
        const j = passive[k]!
        if (x[j]! > 1e-14) continue
        x[j] = 0
        passive.splice(k, 1)
      }
      if (passive.length === 0) {
        w = gradient()
        break
      }
      if (iterations > 30 * n + 30) break
    }
  }
  const final = gradient()
  let violation = 0
  for (let j = 0; j < n; j++) violation = Math.max(violation, x[j]! > 0 ? Math.abs(final[j]!) : final[j]!)
  const gradientNorm = violation / largest
  return {
    x: x.map((value, j) => value / size[j]!),
    gradientNorm,
    iterations,
    status: gradientNorm < 1e-8 ? 'converged' : 'not-converged',
  }
}

const dot = (matrix: Float64Array, from: number, x: Float64Array): number => {
  let sum = 0
  for (let k = 0; k < x.length; k++) sum += matrix[from + k]! * x[k]!
  return sum
}

function solveOn(g: Float64Array, h: Float64Array, n: number, columns: readonly number[]): Float64Array | undefined {
  const m = columns.length
  const part = new Float64Array(m * m)
  columns.forEach((i, a) => {
    columns.forEach((j, b) => {
      part[a * m + b] = g[i * n + j]!
    })
  })
  const lower = cholesky(part, m)
  // A pivot this small is rounding: the column is a combination of the others.
  if (!lower || columns.some((_, k) => lower[k * m + k]! < 1e-7)) return undefined
  return choleskySolve(
    lower,
    m,
    Float64Array.from(columns, (j) => h[j]!),
  )
}
