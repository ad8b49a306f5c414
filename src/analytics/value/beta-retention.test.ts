import { describe, expect, test } from 'vitest'
import { numericalGradient } from '../../math/derivatives.ts'
import { createRandom } from '../../math/random.ts'
import { fitBdw } from './bdw.ts'
import {
  logSurvival,
  residualLifetime,
  retentionLogLikelihoodAt,
  retentionOfSurvivors,
  retentionRate,
  simulateRetention,
} from './beta-retention.ts'
import { fitSbg, sbgLifetime, sbgSurvival } from './sbg.ts'

describe('sBG and BdW', () => {
  test('retention rises with tenure in sBG from sorting alone, and survival falls', () => {
    const p = { a: 0.67, b: 3.8, c: 1 }
    for (let t = 1; t < 30; t++) {
      expect(retentionRate(p, t + 1)).toBeGreaterThan(retentionRate(p, t))
      expect(logSurvival(p, t + 1)).toBeLessThan(logSurvival(p, t))
    }
    expect(retentionRate(p, 3)).toBeCloseTo((3.8 + 2) / (0.67 + 3.8 + 2), 12)
  })

  test('recover their parameters from simulated tenures within four standard errors', () => {
    const truth = { a: 0.5, b: 2, c: 1.4 }
    const bdw = fitBdw(simulateRetention(createRandom(3), truth, 20_000, 12))
    const sbg = fitSbg(simulateRetention(createRandom(4), { ...truth, c: 1 }, 20_000, 12))
    expect([bdw.status, sbg.status]).toEqual(['converged', 'converged'])
    for (const name of ['a', 'b', 'c'] as const)
      expect(Math.abs(bdw.parameters![name] - truth[name]) / bdw.standardErrors![name], name).toBeLessThan(4)
    expect(Math.abs(sbg.parameters!.alpha - 0.5) / sbg.standardErrors!.alpha).toBeLessThan(4)
    expect(Math.abs(sbg.parameters!.beta - 2) / sbg.standardErrors!.beta).toBeLessThan(4)
  })

  test('BdW never fits worse than sBG, and its optimum is flat', () => {
    const cells = retentionOfSurvivors([1000, 869, 743, 653, 593, 551, 517, 491])
    const bdw = fitBdw(cells)
    expect(bdw.logLikelihood).toBeGreaterThanOrEqual(fitSbg(cells).logLikelihood)
    const at = Float64Array.from([bdw.parameters!.a, bdw.parameters!.b, bdw.parameters!.c])
    const slopes = numericalGradient(([a, b, c]) => retentionLogLikelihoodAt(cells, { a: a!, b: b!, c: c! }), at, 1e-4)
    for (const slope of slopes) expect(Math.abs(slope)).toBeLessThan(1e-3)
  })

  test('a lifetime is the sum of discounted survival', () => {
    let sum = 0
    for (let t = 0; t < 500; t++) sum += sbgSurvival({ alpha: 0.7, beta: 1.2 }, t) / 1.1 ** t
    expect(sbgLifetime({ alpha: 0.7, beta: 1.2 }, 0.1)).toBeCloseTo(sum, 10)
    expect(residualLifetime({ a: 0.7, b: 1.2, c: 1 }, 0.1, 0)).toBeCloseTo(sum, 10)
    expect(() => sbgLifetime({ alpha: 1, beta: 1 }, 0)).toThrow(RangeError)
  })

  test("the mean of two segments' lifetimes exceeds the lifetime at the mean retention", () => {
    const lifetime = (r: number, d: number): number => (1 + d) / (1 + d - r)
    expect((lifetime(0.95, 0.1) + lifetime(0.65, 0.1)) / 2).toBeCloseTo(4.8889, 4)
    expect(lifetime(0.8, 0.1)).toBeCloseTo(3.6667, 4)
  })

  test('refuse tables that cannot tell their parameters apart', () => {
    expect(fitSbg(retentionOfSurvivors([100, 100, 100])).reason).toMatch(/nobody has left/)
    expect(fitBdw(retentionOfSurvivors([100, 90, 85])).reason).toMatch(/3 are needed/)
    expect(fitSbg(retentionOfSurvivors([])).reason).toMatch(/no customers/)
  })

  test('say so when customers do not differ', () => {
    const constant = fitSbg(retentionOfSurvivors([1000, 800, 640, 512, 409.6, 327.68]))
    expect(constant.status).not.toBe('converged')
    expect(constant.reason).toMatch(/hardly differ/)
  })
})
