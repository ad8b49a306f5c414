/** Minimisation without derivatives. */
import type { MinimiseOptions, Minimum } from './optimise.ts'

/**
 * Nelder and Mead's simplex (1965) with the dimension-adaptive factors of Gao and Han (2012). For rough or small problems, and to find a
 * start for the methods that need a gradient.
 *
 * @param options.size length of the first simplex's edges; defaults to 0.5
 * @param options.tolerance converged when values and points of the simplex differ by at most this; defaults to 1e-10
 */
export function nelderMead(
  f: (x: Float64Array) => number,
  start: ArrayLike<number>,
  options: MinimiseOptions & { size?: number } = {},
): Minimum {
  const n = start.length
  const tolerance = options.tolerance ?? 1e-10
  const [expand, contract, shrink] = n < 2 ? [2, 0.5, 0.5] : [1 + 2 / n, 0.75 - 1 / (2 * n), 1 - 1 / n]
  let evaluations = 0
  const evaluate = (x: Float64Array): { x: Float64Array; value: number } => {
    evaluations++
    const value = f(x)
    return { x, value: Number.isNaN(value) ? Infinity : value }
  }
  const simplex = [evaluate(Float64Array.from(start))]
  for (let i = 0; i < n; i++) {
    const corner = Float64Array.from(start)
    corner[i]! += options.size ?? 0.5
    simplex.push(evaluate(corner))
  }
  let iterations = 0
  let status: Minimum['status'] = 'stopped'
  while (iterations < (options.maxIterations ?? 2000)) {
    simplex.sort((a, b) => a.value - b.value)
    const best = simplex[0]!
    const worst = simplex[n]!
    let spread = 0
    for (let i = 0; i < n; i++) spread = Math.max(spread, Math.abs(worst.x[i]! - best.x[i]!))
    if (worst.value - best.value <= tolerance * Math.max(1, Math.abs(best.value)) && spread <= Math.sqrt(tolerance)) {
      status = 'converged'
      break
    }
    iterations++
    const centre = new Float64Array(n)
    for (let k = 0; k < n; k++) for (let i = 0; i < n; i++) centre[i]! += simplex[k]!.x[i]! / n
    const along = (share: number) => evaluate(centre.map((c, i) => c + share * (worst.x[i]! - c)))
    const reflected = along(-1)
    if (reflected.value < best.value) {
      const further = along(-expand)
      simplex[n] = further.value < reflected.value ? further : reflected
    } else if (reflected.value < simplex[n - 1]!.value) simplex[n] = reflected
    else {
      const nearer = reflected.value < worst.value ? along(-contract) : along(contract)
      if (nearer.value < Math.min(reflected.value, worst.value)) simplex[n] = nearer
      else for (let k = 1; k <= n; k++) simplex[k] = evaluate(simplex[k]!.x.map((at, i) => best.x[i]! + shrink * (at - best.x[i]!)))
    }
  }
  simplex.sort((a, b) => a.value - b.value)
  return { x: simplex[0]!.x, value: simplex[0]!.value, gradientNorm: Number.NaN, iterations, evaluations, status }
}
