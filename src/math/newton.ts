/** Newton's method with a trust region, for functions whose Hessian is as cheap as their gradient. */
import { dot, multiplyVector, symmetricEigen } from './linear-algebra.ts'
import { largestEntry, type MinimiseOptions, type Minimum } from './optimise.ts'

/** Returns the value at x and fills gradient and Hessian (row order). Non-finite values mean "not here". */
export type SecondOrderObjective = (x: Float64Array, gradient: Float64Array, hessian: Float64Array) => number

/**
 * Minimises a smooth function of a few parameters, with its exact Hessian. Each step minimises the local parabola inside a ball (Nocedal
 * and Wright 2006, algorithm 4.1; the inner problem by the eigenvalues of the Hessian), so hills and ridges do no harm.
 *
 * @param options.radius first step's largest length; defaults to 1
 * @returns the minimum and the Hessian there
 */
export function newton(
  f: SecondOrderObjective,
  start: ArrayLike<number>,
  options: MinimiseOptions & { radius?: number } = {},
): Minimum & { hessian: Float64Array } {
  const n = start.length
  let x = Float64Array.from(start)
  let gradient = new Float64Array(n)
  let hessian = new Float64Array(n * n)
  let nextGradient = new Float64Array(n)
  let nextHessian = new Float64Array(n * n)
  let value = f(x, gradient, hessian)
  let radius = options.radius ?? 1
  let evaluations = 1
  let iterations = 0
  const result = (status: Minimum['status']) => ({
    x,
    value,
    gradientNorm: largestEntry(gradient),
    iterations,
    evaluations,
    status,
    hessian,
  })
  if (!Number.isFinite(value)) return result('stalled')
  while (iterations < (options.maxIterations ?? 200)) {
    const tolerance = options.tolerance ?? 1e-8 * Math.max(1, Math.abs(value))
    if (largestEntry(gradient) <= tolerance) return result('converged')
    const step = trustRegionStep(gradient, hessian, n, radius)
    const expected = -(dot(gradient, step) + 0.5 * dot(step, multiplyVector(hessian, step)))
    const next = Float64Array.from(x, (at, i) => at + step[i]!)
    const nextValue = f(next, nextGradient, nextHessian)
    evaluations++
    iterations++
    const length = Math.sqrt(dot(step, step))
    // Below the noise of summation a fall cannot be told from a rise; then the gradient decides.
    const noise = 1e-13 * Math.abs(value)
    const fall = value - nextValue
    const gain = expected > noise ? fall / expected : largestEntry(nextGradient) < largestEntry(gradient) ? 1 : 0
    if (Number.isFinite(nextValue) && gain > 1e-4) {
      x = next
      value = nextValue
      ;[gradient, nextGradient] = [nextGradient, gradient]
      ;[hessian, nextHessian] = [nextHessian, hessian]
    }
    if (!(gain >= 0.25)) radius = 0.25 * length
    else if (gain > 0.75 && length > 0.9 * radius) radius *= 2.5
    if (!(radius > 1e-12)) return result(largestEntry(gradient) <= 100 * tolerance ? 'converged' : 'stalled')
  }
  return result('stopped')
}

/** The step that minimises g's + s'Hs/2 within |s| <= radius: s = -(H + shift)^-1 g with the smallest shift that fits. */
function trustRegionStep(gradient: Float64Array, hessian: Float64Array, n: number, radius: number): Float64Array {
  const { values, vectors } = symmetricEigen(hessian, n)
  const along = new Float64Array(n)
  for (let j = 0; j < n; j++) for (let i = 0; i < n; i++) along[j]! += vectors[i * n + j]! * gradient[i]!
  const size = Math.max(Math.abs(values[0]!), Math.abs(values[n - 1]!), 1e-300)
  const floor = Math.max(0, -values[0]!) + 1e-14 * size
  const lengthAt = (shift: number): number => {
    let total = 0
    for (let j = 0; j < n; j++) total += (along[j]! / (values[j]! + shift)) ** 2
    return Math.sqrt(total)
  }
  let shift = values[0]! > 1e-12 * size ? 0 : floor
  if (!(lengthAt(shift) <= radius)) {
    let low = shift
    let high = Math.max(floor, 1e-8 * size)
    while (lengthAt(high) > radius) high *= 4
    for (let round = 0; round < 80 && high - low > 1e-6 * high; round++) {
      const middle = low > 0 && high / low > 4 ? Math.sqrt(low * high) : (low + high) / 2
      if (lengthAt(middle) > radius) low = middle
      else high = middle
    }
    shift = high
  }
  const step = new Float64Array(n)
  for (let j = 0; j < n; j++) {
    const share = -along[j]! / (values[j]! + shift)
    for (let i = 0; i < n; i++) step[i]! += vectors[i * n + j]! * share
  }
  return step
}
