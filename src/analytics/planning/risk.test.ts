import { afterAll, describe, expect, test } from 'vitest'
import { ProgrammeSolver } from '../../math/programme.ts'
import { createRandom } from '../../math/random.ts'
import { covariances, efficientFrontier, efficientMix, portfolioRisk } from './risk.ts'

const solver = new ProgrammeSolver()
afterAll(() => solver.close())

// By hand: three segments over five periods.
const three = {
  names: ['A', 'B', 'C'],
  flows: [
    [10, 12, 8, 14, 16],
    [20, 18, 22, 17, 15],
    [5, 9, 2, 12, 14],
  ],
}
const weights = Float64Array.of(0.4, 0.4, 0.2)

describe('the risk of a customer portfolio', () => {
  test('by hand: what it earns, how much that varies, and which segment moves with it', () => {
    const { means, sample } = covariances(three)
    const { mean, deviation, betas, rewards } = portfolioRisk(means, sample, weights)
    expect(mean).toBeCloseTo(13.84, 10)
    expect(deviation).toBeCloseTo(1.178134118, 8)
    expect([...betas]).toEqual([2.665706052, -2.247838617, 4.16426513].map((beta) => expect.closeTo(beta, 8)))
    expect(betas.reduce((sum, beta, i) => sum + beta * weights[i]!, 0)).toBeCloseTo(1, 12)
    // A segment that falls when the portfolio rises has no price of risk; its use is that it steadies.
    expect(rewards[1]).toBeNull()
    expect(rewards[0]).toBeCloseTo(12 / 2.665706052, 8)
  })

  test('shrinkage keeps the total variance and pulls co-movement towards none', () => {
    const { sample, shrunk, shrinkage } = covariances(three)
    const trace = (matrix: Float64Array) => matrix[0]! + matrix[4]! + matrix[8]!
    expect(trace(shrunk)).toBeCloseTo(trace(sample), 10)
    expect(shrinkage).toBeGreaterThan(0)
    expect(shrinkage).toBeLessThan(1)
    expect(Math.abs(shrunk[1]!)).toBeLessThan(Math.abs(sample[1]!))
  })

  test('segments with nothing in common are drawn towards none; a common shock over many periods is believed', () => {
    const random = createRandom(2)
    const flows = (periods: number, common: number) => {
      const shocks = Array.from({ length: periods }, () => random.normal())
      return Array.from({ length: 12 }, (_, i) => shocks.map((shock) => (i < 6 ? 1 : 3) * (common * shock + random.normal())))
    }
    const names = Array.from({ length: 12 }, (_, i) => `segment ${i}`)
    expect(covariances({ names, flows: flows(8, 0) }).shrinkage).toBeGreaterThan(0.5)
    expect(covariances({ names, flows: flows(4000, 1) }).shrinkage).toBeLessThan(0.01)
  })

  test('the steadier mix that earns as much keeps to its bounds and varies less than today', async () => {
    const { means, shrunk } = covariances(three)
    const now = portfolioRisk(means, shrunk, weights)
    const mix = await efficientMix(means, shrunk, weights, 0.25, now.mean, solver)
    expect(mix.mean).toBeGreaterThanOrEqual(now.mean - 1e-7)
    expect(mix.deviation).toBeLessThanOrEqual(now.deviation + 1e-9)
    expect(mix.weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 9)
    mix.weights.forEach((weight, i) => {
      expect(Math.abs(weight - weights[i]!)).toBeLessThanOrEqual(0.25 * weights[i]! + 1e-9)
    })
    // Against every mix on a grid within the bounds.
    for (let a = 0.3; a <= 0.5; a += 0.01)
      for (let b = 0.3; b <= 0.5; b += 0.01) {
        const c = 1 - a - b
        if (c < 0.15 || c > 0.25) continue
        const other = portfolioRisk(means, shrunk, [a, b, c])
        if (other.mean >= now.mean) expect(other.deviation).toBeGreaterThanOrEqual(mix.deviation - 1e-6)
      }
  })

  test('along the frontier more is earned only for more variability', async () => {
    const flows = [
      [10, 11, 10, 9, 10, 11],
      [12, 4, 22, 9, 18, 13],
      [30, 2, 41, 8, 33, 12],
    ]
    const { means, shrunk } = covariances({ names: ['steady', 'mixed', 'wild'], flows })
    const frontier = await efficientFrontier(means, shrunk, weights, 0.25, 5, solver)
    expect(frontier).toHaveLength(6)
    for (let i = 1; i < frontier.length; i++) {
      expect(frontier[i]!.mean).toBeGreaterThan(frontier[i - 1]!.mean)
      expect(frontier[i]!.deviation).toBeGreaterThan(frontier[i - 1]!.deviation)
    }
  })

  test('where the segment that earns most also steadies the rest, one mix is best and the frontier is a point', async () => {
    const { means, shrunk } = covariances(three)
    expect(await efficientFrontier(means, shrunk, weights, 0.25, 5, solver)).toHaveLength(1)
  })

  test('parts that all earn the same by weight give the steadiest mix, whatever the goal within rounding', async () => {
    // Three parts of a public data set: the goal is no limit at all, which once ended the solver.
    const covariance = Float64Array.of(
      86169712.9,
      6223025.9,
      16584422.6,
      6223025.9,
      118473663.5,
      59986574.7,
      16584422.6,
      59986574.7,
      179463031.4,
    )
    const means = Float64Array.of(18306.745053333336, 18306.74505333334, 18306.74505333334)
    const today = Float64Array.of(0.46256131434962344, 0.33551025494188724, 0.2019284307084893)
    for (const mean of [18306.745035026594, 18306.745053333336 * (1 - 1e-9)]) {
      const mix = await efficientMix(means, covariance, today, 0.25, mean, solver)
      expect(mix.deviation).toBeLessThan(portfolioRisk(means, covariance, today).deviation)
    }
  })

  test('one period, gaps and goals out of reach are refused in words', async () => {
    expect(() => covariances({ names: ['A'], flows: [[1]] })).toThrow(/at least three periods of cash flows; there are 1/)
    expect(() =>
      covariances({
        names: ['A', 'B'],
        flows: [
          [1, 2, 3],
          [1, 2],
        ],
      }),
    ).toThrow(/B does not have a cash flow/)
    const { means, shrunk } = covariances(three)
    await expect(efficientMix(means, shrunk, weights, 0.1, 99, solver)).rejects.toThrow(/no mix within 10 % of today's earns 99/)
  })
})
