/** Quasi-Newton minimisation: BFGS with a full matrix for few parameters, L-BFGS for many. */
import { dot } from './linear-algebra.ts'
import { largestEntry, lineSearch, type MinimiseOptions, type Minimum, type Objective } from './optimise.ts'

/** Minimises a smooth function of up to some hundred parameters (Nocedal and Wright 2006, algorithm 6.1). */
export function bfgs(f: Objective, start: ArrayLike<number>, options: MinimiseOptions = {}): Minimum {
  const n = start.length
  const inverse = new Float64Array(n * n)
  const reset = (scale: number): void => {
    inverse.fill(0)
    for (let i = 0; i < n; i++) inverse[i * n + i] = scale
  }
  reset(1)
  const product = new Float64Array(n)
  return descend(f, start, options, {
    direction(gradient, into) {
      for (let i = 0; i < n; i++) {
        let sum = 0
        for (let j = 0; j < n; j++) sum += inverse[i * n + j]! * gradient[j]!
        into[i] = -sum
      }
    },
    update(step, change, first) {
      const sy = dot(step, change)
      if (!(sy > 1e-14 * Math.sqrt(dot(step, step) * dot(change, change)))) return
      if (first) reset(sy / dot(change, change))
      for (let i = 0; i < n; i++) {
        let sum = 0
        for (let j = 0; j < n; j++) sum += inverse[i * n + j]! * change[j]!
        product[i] = sum
      }
      const factor = (1 + dot(change, product) / sy) / sy
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < n; j++)
          inverse[i * n + j]! += factor * step[i]! * step[j]! - (product[i]! * step[j]! + step[i]! * product[j]!) / sy
      }
    },
    reset: () => reset(1),
  })
}

/** Minimises a smooth function of many parameters, remembering the last `memory` steps (Nocedal and Wright 2006, algorithm 7.5). */
export function lbfgs(f: Objective, start: ArrayLike<number>, options: MinimiseOptions & { memory?: number } = {}): Minimum {
  const memory = options.memory ?? 10
  let pairs: { step: Float64Array; change: Float64Array; rho: number }[] = []
  return descend(f, start, options, {
    direction(gradient, into) {
      into.set(gradient)
      const shares: number[] = []
      for (let k = pairs.length - 1; k >= 0; k--) {
        const { step, change, rho } = pairs[k]!
        const share = rho * dot(step, into)
        shares[k] = share
        for (let i = 0; i < into.length; i++) into[i]! -= share * change[i]!
      }
      const last = pairs.at(-1)
      const scale = last ? 1 / (last.rho * dot(last.change, last.change)) : 1
      for (let i = 0; i < into.length; i++) into[i]! *= scale
      for (let k = 0; k < pairs.length; k++) {
        const { step, change, rho } = pairs[k]!
        const correction = shares[k]! - rho * dot(change, into)
        for (let i = 0; i < into.length; i++) into[i]! += correction * step[i]!
      }
      for (let i = 0; i < into.length; i++) into[i] = -into[i]!
    },
    update(step, change) {
      const sy = dot(step, change)
      if (!(sy > 1e-14 * Math.sqrt(dot(step, step) * dot(change, change)))) return
      pairs.push({ step: Float64Array.from(step), change: Float64Array.from(change), rho: 1 / sy })
      if (pairs.length > memory) pairs.shift()
    },
    reset() {
      pairs = []
    },
  })
}

interface Metric {
  direction(gradient: Float64Array, into: Float64Array): void
  update(step: Float64Array, change: Float64Array, first: boolean): void
  reset(): void
}

function descend(f: Objective, start: ArrayLike<number>, options: MinimiseOptions, metric: Metric): Minimum {
  const n = start.length
  let x = Float64Array.from(start)
  let gradient = new Float64Array(n)
  let point = new Float64Array(n)
  let pointGradient = new Float64Array(n)
  const direction = new Float64Array(n)
  let value = f(x, gradient)
  let evaluations = 1
  let iterations = 0
  let fresh = true
  const result = (status: Minimum['status']): Minimum => ({
    x,
    value,
    gradientNorm: largestEntry(gradient),
    iterations,
    evaluations,
    status,
  })
  if (!Number.isFinite(value)) return result('stalled')
  while (iterations < (options.maxIterations ?? 500)) {
    if (largestEntry(gradient) <= (options.tolerance ?? 1e-8 * Math.max(1, Math.abs(value)))) return result('converged')
    metric.direction(gradient, direction)
    let slope = dot(gradient, direction)
    if (!(slope < 0)) {
      metric.reset()
      fresh = true
      for (let i = 0; i < n; i++) direction[i] = -gradient[i]!
      slope = -dot(gradient, gradient)
    }
    const firstStep = fresh ? Math.min(1, 1 / largestEntry(direction)) : 1
    const found = lineSearch(f, x, value, slope, direction, firstStep, point, pointGradient)
    if (!found) {
      if (fresh) return result('stalled')
      metric.reset()
      fresh = true
      continue
    }
    evaluations += found.evaluations
    iterations++
    const step = Float64Array.from(point, (next, i) => next - x[i]!)
    const change = Float64Array.from(pointGradient, (next, i) => next - gradient[i]!)
    metric.update(step, change, fresh)
    fresh = false
    value = found.value
    ;[x, point] = [point, x]
    ;[gradient, pointGradient] = [pointGradient, gradient]
  }
  return result('stopped')
}
