/** Numerical derivatives: to check analytic ones, and where there is none. */

type Scalar = (x: Float64Array) => number

/**
 * Gradient by central differences extrapolated once (Richardson): error of order step^4.
 *
 * @param relativeStep step in units of max(1, |x|); defaults to 1e-3, which leaves about 1e-10 of smooth functions
 */
export function numericalGradient(f: Scalar, x: Float64Array, relativeStep = 1e-3): Float64Array {
  const point = Float64Array.from(x)
  return Float64Array.from(x, (at, i) => {
    const step = relativeStep * Math.max(1, Math.abs(at))
    const slope = (h: number): number => {
      point[i] = at + h
      const above = f(point)
      point[i] = at - h
      const below = f(point)
      point[i] = at
      return (above - below) / (2 * h)
    }
    return (4 * slope(step / 2) - slope(step)) / 3
  })
}

/**
 * Hessian (row order, symmetric) by extrapolated central differences of a gradient.
 *
 * @param gradient writes the gradient at x into its second argument
 */
export function hessianOfGradient(
  gradient: (x: Float64Array, into: Float64Array) => void,
  x: Float64Array,
  relativeStep = 1e-3,
): Float64Array {
  const n = x.length
  const hessian = new Float64Array(n * n)
  const point = Float64Array.from(x)
  const above = new Float64Array(n)
  const below = new Float64Array(n)
  for (let i = 0; i < n; i++) {
    const step = relativeStep * Math.max(1, Math.abs(x[i]!))
    for (const [h, share] of [
      [step / 2, 4 / 3],
      [step, -1 / 3],
    ] as const) {
      point[i] = x[i]! + h
      gradient(point, above)
      point[i] = x[i]! - h
      gradient(point, below)
      point[i] = x[i]!
      for (let j = 0; j < n; j++) hessian[i * n + j]! += (share * (above[j]! - below[j]!)) / (2 * h)
    }
  }
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const value = (hessian[i * n + j]! + hessian[j * n + i]!) / 2
      hessian[i * n + j] = value
      hessian[j * n + i] = value
    }
  }
  return hessian
}

/** Hessian of a function without a gradient, by nested differences. */
export function numericalHessian(f: Scalar, x: Float64Array, relativeStep = 2e-3): Float64Array {
  return hessianOfGradient((point, into) => into.set(numericalGradient(f, point, relativeStep)), x, relativeStep)
}
