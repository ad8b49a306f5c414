import { describe, expect, test } from 'vitest'
import { createRandom } from '../../math/random.ts'
import { expectedSpend, fitGammaGamma, gammaGammaLogLikelihoodAt, simulateSpend, spendDependence } from './gamma-gamma.ts'

const p = { p: 6.25, q: 3.74, gamma: 15.44 }

function simulated(size: number, seed: number) {
  const random = createRandom(seed)
  const x = Float64Array.from({ length: size }, () => random.negativeBinomial(0.6, 2))
  return { x, z: simulateSpend(random, p, x) }
}

describe('the Gamma-Gamma model of spend', () => {
  test('recovers its parameters from simulated spend within four standard errors', () => {
    const fit = fitGammaGamma(simulated(8000, 4))
    expect(fit.status).toBe('converged')
    for (const name of ['p', 'q', 'gamma'] as const)
      expect(Math.abs(fit.parameters![name] - p[name]) / fit.standardErrors![name], name).toBeLessThan(4)
  })

  test('customers with weights count as often as they weigh', () => {
    const { x, z } = simulated(200, 5)
    const double = (values: Float64Array): Float64Array => Float64Array.from([...values, ...values])
    const weighted = fitGammaGamma({ x, z, weight: new Float64Array(200).fill(2) })
    const repeated = fitGammaGamma({ x: double(x), z: double(z) })
    expect(weighted.logLikelihood).toBeCloseTo(repeated.logLikelihood, 8)
    expect(weighted.customers).toBe(repeated.customers)
  })

  test("expected spend lies between the average and the customer's own, nearer to the own with more purchases", () => {
    const average = expectedSpend(p, 0, 0)
    let last = average
    for (const x of [1, 2, 10, 100, 5000]) {
      const expected = expectedSpend(p, x, 80)
      expect(expected).toBeGreaterThan(last)
      expect(expected).toBeLessThan(80)
      last = expected
    }
  })

  test('money scales: prices in cents change gamma and nothing else', () => {
    const { x, z } = simulated(2000, 6)
    const [euros, cents] = [fitGammaGamma({ x, z }), fitGammaGamma({ x, z: z.map((value) => value * 100) })]
    expect(cents.parameters!.gamma / euros.parameters!.gamma).toBeCloseTo(100, 5)
    expect(cents.parameters!.p).toBeCloseTo(euros.parameters!.p, 6)
  })

  test('refuses constant spend and too few customers, and says when the mean does not exist', () => {
    const many = new Float64Array(100).fill(3)
    expect(fitGammaGamma({ x: many, z: new Float64Array(100).fill(20) }).reason).toMatch(/all customers spend the same/)
    expect(fitGammaGamma({ x: new Float64Array([1]), z: new Float64Array([5]) }).reason).toMatch(/only 1 customer /)
    const random = createRandom(2)
    const x = new Float64Array(3000).fill(4)
    const wide = fitGammaGamma({ x, z: simulateSpend(random, { p: 3, q: 0.6, gamma: 10 }, x) })
    expect(wide.status).toBe('weak')
    expect(wide.reason).toMatch(/infinite/)
    expect(expectedSpend({ p: 3, q: 0.6, gamma: 10 }, 0, 0)).toBe(Infinity)
  })

  test('zero values and customers without repeat purchases are left out', () => {
    const cells = { x: new Float64Array([0, 2, 3]), z: new Float64Array([0, 0, 12]) }
    expect(gammaGammaLogLikelihoodAt(cells, p)).toBe(gammaGammaLogLikelihoodAt({ x: new Float64Array([3]), z: new Float64Array([12]) }, p))
    expect(Number.isFinite(gammaGammaLogLikelihoodAt({ x: new Float64Array([5000]), z: new Float64Array([1e7]) }, p))).toBe(true)
  })

  test('dependence of spend on frequency is near zero where there is none and near one where it is', () => {
    const { x, z } = simulated(5000, 9)
    expect(Math.abs(spendDependence({ x, z }))).toBeLessThan(0.06)
    expect(spendDependence({ x, z: x.map((count) => count * 2) })).toBeCloseTo(1, 12)
    const weight = x.map((_, i) => 1 + (i % 2))
    expect(Math.abs(spendDependence({ x, z, weight }))).toBeLessThan(0.08)
  })
})
