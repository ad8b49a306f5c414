import { describe, expect, test } from 'vitest'
import { bfgs, lbfgs } from './bfgs.ts'
import { hessianOfGradient, numericalGradient, numericalHessian } from './derivatives.ts'
import { multiStart } from './multi-start.ts'
import { nelderMead } from './nelder-mead.ts'
import { newton } from './newton.ts'

/** Rosenbrock's valley in any even number of dimensions; least at all ones. */
function valley(x: Float64Array, gradient?: Float64Array): number {
  let value = 0
  for (let i = 0; i < x.length; i += 2) {
    const a = x[i]!
    const off = x[i + 1]! - a * a
    value += 100 * off * off + (1 - a) ** 2
    if (gradient) {
      gradient[i] = -400 * a * off - 2 * (1 - a)
      gradient[i + 1] = 200 * off
    }
  }
  return value
}

function valleyWithHessian(x: Float64Array, gradient: Float64Array, hessian: Float64Array): number {
  hessian.set([1200 * x[0]! ** 2 - 400 * x[1]! + 2, -400 * x[0]!, -400 * x[0]!, 200])
  return valley(x, gradient)
}

describe("each minimiser walks down Rosenbrock's valley:", () => {
  test.each([
    ['BFGS', () => bfgs(valley, [-1.2, 1])],
    [
      'L-BFGS in 40 dimensions',
      () =>
        lbfgs(
          valley,
          Array.from({ length: 40 }, (_, i) => (i % 2 ? 1 : -1.2)),
        ),
    ],
    ['Newton', () => newton(valleyWithHessian, [-1.2, 1])],
    ['Nelder-Mead', () => nelderMead(valley, [-1.2, 1], { tolerance: 1e-14 })],
  ])('%s', (_, run) => {
    const found = run()
    expect(found.status).toBe('converged')
    expect(found.iterations).toBeLessThan(300)
    for (const x of found.x) expect(x).toBeCloseTo(1, 5)
  })
})

test('Newton takes a start on top of a hill', () => {
  // x^4 - x^2 has a maximum at 0 and minima at +-1/sqrt(2).
  const found = newton(
    (x, g, h) => {
      g[0] = 4 * x[0]! ** 3 - 2 * x[0]!
      h[0] = 12 * x[0]! ** 2 - 2
      return x[0]! ** 4 - x[0]! ** 2
    },
    [0.001],
  )
  expect(Math.abs(found.x[0]!)).toBeCloseTo(Math.SQRT1_2, 8)
  expect(found.hessian[0]).toBeCloseTo(4, 6)
})

test('points where the function is not defined are stepped around', () => {
  const f = (x: Float64Array, g?: Float64Array): number => {
    if (g) g[0] = 1 - 1 / x[0]!
    return x[0]! > 0 ? x[0]! - Math.log(x[0]!) : Number.NaN
  }
  expect(bfgs(f, [30]).x[0]).toBeCloseTo(1, 6)
  expect(bfgs(f, [-1]).status).toBe('stalled')
})

test('running out of iterations is said', () => {
  expect(bfgs(valley, [-1.2, 1], { maxIterations: 3 }).status).toBe('stopped')
})

test('several starts find the lower of two valleys and say how many got there', () => {
  const f = (x: Float64Array, g?: Float64Array): number => {
    if (g) g[0] = 4 * x[0]! ** 3 - 4 * x[0]! + 0.3
    return x[0]! ** 4 - 2 * x[0]! ** 2 + 0.3 * x[0]!
  }
  const { best, reached, all } = multiStart((start) => bfgs(f, start), [[1.5], [0.8], [-0.5]])
  expect(best.x[0]).toBeLessThan(-1)
  expect(reached).toBe(1)
  expect(all).toHaveLength(3)
})

test('numerical derivatives agree with the analytic ones', () => {
  const x = new Float64Array([0.7, -0.4])
  const gradient = new Float64Array(2)
  const hessian = new Float64Array(4)
  valleyWithHessian(x, gradient, hessian)
  const byDifferences = numericalGradient(valley, x)
  const curvature = hessianOfGradient((point, into) => valley(point, into), x)
  const nested = numericalHessian(valley, x)
  for (let i = 0; i < 2; i++) expect(byDifferences[i]).toBeCloseTo(gradient[i]!, 8)
  for (let i = 0; i < 4; i++) {
    expect(curvature[i]).toBeCloseTo(hessian[i]!, 6)
    expect(nested[i]).toBeCloseTo(hessian[i]!, 5)
  }
})
