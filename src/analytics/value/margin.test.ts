/** Margins that can be negative, and their trend. */
import { describe, expect, test } from 'vitest'
import { hessianOfGradient, numericalGradient } from '../../math/derivatives.ts'
import { lgamma } from '../../math/gamma.ts'
import { createRandom } from '../../math/random.ts'
import { fitFile } from './fit-file.ts'
import { expectedMargin, fitMargin, marginInterval, marginLogLikelihood, simulateMargin } from './margin.ts'
import { spendTrend } from './spend-trend.ts'

const truth = { mu: 3, kappa: 1.5, shape: 2.5, scale: 150 }

test('gradient and Hessian agree with differences', () => {
  const random = createRandom(1)
  const cells = simulateMargin(
    random,
    truth,
    Float64Array.from({ length: 40 }, () => 1 + random.integer(6)),
  )
  const logLikelihood = marginLogLikelihood(cells)
  const at = Float64Array.from([2, 1.2, 3, 100])
  const [gradient, hessian] = [new Float64Array(4), new Float64Array(16)]
  logLikelihood(at, gradient, hessian)
  numericalGradient((x) => logLikelihood(x, new Float64Array(4), new Float64Array(16)), at).forEach((slope, i) => {
    expect(Math.abs(gradient[i]! - slope)).toBeLessThan(1e-6 * Math.max(1, Math.abs(slope)))
  })
  hessianOfGradient((x, into) => void logLikelihood(x, into, new Float64Array(16)), at).forEach((bend, i) => {
    expect(Math.abs(hessian[i]! - bend), `entry ${i}`).toBeLessThan(1e-6 * Math.max(1, Math.abs(bend)))
  })
})

test('the likelihood agrees with integration over the customer’s mean and variance', () => {
  const values = [-4, 11, 25.5]
  const mean = values.reduce((sum, value) => sum + value, 0) / 3
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  const { mu, kappa, shape, scale } = truth
  let total = 0
  const step = 0.02
  for (let s = -3; s < 18; s += step) {
    const v = Math.exp(s)
    const ofVariance = shape * Math.log(scale) - lgamma(shape) - shape * s - scale / v
    const sd = Math.sqrt(v / kappa)
    let inner = 0
    for (let u = -12; u <= 12; u += 0.05) {
      const m = mu + sd * u
      const log =
        -(u * u) / 2 -
        Math.log(2 * Math.PI) / 2 -
        values.reduce((sum, value) => sum + ((value - m) ** 2 / v + Math.log(2 * Math.PI * v)) / 2, 0)
      inner += 0.05 * Math.exp(log)
    }
    total += step * Math.exp(ofVariance) * inner
  }
  const one = { n: new Float64Array([3]), mean: new Float64Array([mean]), squares: new Float64Array([squares]) }
  const actual = marginLogLikelihood(one)(Float64Array.from([mu, kappa, shape, scale]), new Float64Array(4), new Float64Array(16))
  expect(Math.abs(actual - Math.log(total))).toBeLessThan(1e-8 * Math.abs(actual))
})

describe('fits', () => {
  const random = createRandom(3)
  const n = Float64Array.from({ length: 6000 }, () => 1 + random.integer(8))
  const cells = simulateMargin(random, truth, n)
  const fit = fitMargin(cells)

  test('recover the parameters within four standard errors, in any unit of money', () => {
    expect(fit.status).toBe('converged')
    for (const name of ['mu', 'kappa', 'shape', 'scale'] as const)
      expect(Math.abs(fit.parameters![name] - truth[name]) / fit.standardErrors![name], name).toBeLessThan(4)
    const cents = fitMargin({ n, mean: cells.mean.map((value) => 100 * value), squares: cells.squares.map((value) => 10_000 * value) })
    expect(cents.parameters!.mu / fit.parameters!.mu).toBeCloseTo(100, 5)
    expect(cents.parameters!.kappa).toBeCloseTo(fit.parameters!.kappa, 6)
  })

  test('one wild order hardly moves what is told of the others', () => {
    const wild = {
      n: Float64Array.from([...n, 1]),
      mean: Float64Array.from([...cells.mean, 1e6]),
      squares: Float64Array.from([...cells.squares, 0]),
    }
    const moved = fitMargin(wild)
    expect(Math.abs(moved.parameters!.mu - fit.parameters!.mu)).toBeLessThan(0.2)
    // The mean of all customers moves by 167.
    expect(wild.mean.reduce((sum, value) => sum + value, 0) / 6001).toBeGreaterThan(150)
  })

  test('losses stay losses, drawn towards the mean; intervals hold nine in ten', () => {
    const p = fit.parameters!
    expect(expectedMargin(p, 0, 0)).toBe(p.mu)
    expect(expectedMargin(p, 20, -50)).toBeLessThan(-40)
    let held = 0
    const more = 3000
    for (let i = 0; i < more; i++) {
      const count = 1 + random.integer(5)
      const variance = 1 / random.gamma(truth.shape, truth.scale)
      const own = truth.mu + Math.sqrt(variance / truth.kappa) * random.normal()
      const values = Array.from({ length: count + 1 }, () => own + Math.sqrt(variance) * random.normal())
      const seen = values.slice(0, count)
      const mean = seen.reduce((sum, value) => sum + value, 0) / count
      const { purchase } = marginInterval(
        p,
        count,
        mean,
        seen.reduce((sum, value) => sum + (value - mean) ** 2, 0),
      )
      if (purchase[0] <= values[count]! && values[count]! <= purchase[1]) held++
    }
    expect(held / more).toBeGreaterThan(0.88)
    expect(held / more).toBeLessThan(0.92)
  })

  test('refusals', () => {
    const column = (value: number) => new Float64Array(80).fill(value)
    expect(fitMargin({ n: column(1), mean: cells.mean.subarray(0, 80), squares: column(0) }).reason).toMatch(
      /only 0 customers have two purchases/,
    )
    expect(fitMargin({ n: column(3), mean: column(5), squares: column(0) }).reason).toMatch(/all purchases bring the same/)
    expect(fitMargin({ n: column(3), mean: cells.mean.subarray(0, 80), squares: column(0) }).reason).toMatch(/each customer's own mean/)
  })
})

test('a trend within customers is found, whoever came when', () => {
  const random = createRandom(8)
  const customers = Array.from({ length: 800 }, (_, i) => {
    const level = 40 + 30 * random.normal()
    const start = i / 400
    const years = Array.from({ length: 5 }, () => start + random.next())
    // Later customers spend more, each customer less from year to year.
    return { years, values: years.map((year) => level + 20 * start - 6 * (year - start) + 5 * random.normal()) }
  })
  const trend = spendTrend(customers)!
  expect(Math.abs(trend.perYear + 6) / trend.standardError).toBeLessThan(3)
  expect(trend.p).toBeLessThan(1e-6)
  expect(spendTrend(customers.slice(0, 5))).toBeUndefined()
})

test('margins and trend through a log', () => {
  const random = createRandom(9)
  const lines = ['customer,date,amount']
  for (let i = 0; i < 300; i++) {
    const level = 10 * random.normal() + 2
    for (let k = 0; k < 4; k++)
      lines.push(
        `c${i},${new Date(Date.UTC(2023, 0, 1 + 60 * k + random.integer(30))).toISOString().slice(0, 10)},${(level + 8 * random.normal() - 10 * (k / 6)).toFixed(2)}`,
      )
  }
  const margin = fitFile('normal-margin', lines.join('\n'))
  expect(Object.keys(margin.parameters)).toEqual(['mu', 'kappa', 'shape', 'scale'])
  const trend = fitFile('spend-trend', lines.join('\n'))
  expect(trend.parameters.perYear).toBeLessThan(0)
  expect(() => fitFile('normal-margin', 'x,t_x,T\n1,1,2')).toThrow(/needs a log/)
})
