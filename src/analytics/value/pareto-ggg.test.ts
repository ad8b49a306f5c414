import { describe, expect, test } from 'vitest'
import { createRandom } from '../../math/random.ts'
import { fitParetoGgg, simulateParetoGgg } from './pareto-ggg.ts'
import { paretoGggLogLikelihood } from './pareto-ggg-likelihood.ts'
import { paretoNbd } from './pareto-nbd.ts'

const p = { t: 6, gamma: 2, r: 2, alpha: 6, s: 1, beta: 25 }

describe('Pareto/GGG', () => {
  test('where everybody has k = 1 its likelihood is that of Pareto/NBD', () => {
    const shared = { r: 0.55, alpha: 10.6, s: 0.6, beta: 11.7 }
    for (const [x, tx, T] of [
      [0, 0, 38.86],
      [2, 30.43, 38.86],
      [26, 30.86, 31],
      [7, 12, 60],
    ] as const) {
      const cells = { x: new Float64Array([x]), tx: new Float64Array([tx]), T: new Float64Array([T]), logIntervals: new Float64Array(1) }
      const regular = paretoGggLogLikelihood(cells, { t: 1e7, gamma: 1e7, ...shared })
      // The chance of k near one is spread by 3e-4, so intervals of known sum but unknown logarithms move it a little.
      const random = paretoNbd.logLikelihood(cells, shared)
      expect(Math.abs(regular - random), `x ${x}`).toBeLessThan(2e-4)
    }
  })

  test('recovers regularity, chances to be alive and the future of simulated customers', () => {
    const T = new Float64Array(150).fill(52)
    const drawn = simulateParetoGgg(createRandom(12), p, T, 26)
    const found = fitParetoGgg(drawn, createRandom(1), { burnIn: 100, sweeps: 200, horizon: 26, minimumRepeatBuyers: 20 })
    const { parameters, standardErrors } = found.fit
    const k = parameters!.t / parameters!.gamma
    expect(k).toBeGreaterThan(2.2)
    expect(k).toBeLessThan(4)
    expect(Math.abs(parameters!.r - p.r) / standardErrors!.r).toBeLessThan(4)
    const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0)
    expect(Math.abs(sum(found.alive) - sum(drawn.alive))).toBeLessThan(20)
    expect(Math.abs(sum(found.expected) / sum(drawn.future) - 1)).toBeLessThan(0.25)
    expect(Number.isFinite(found.fit.logLikelihood)).toBe(true)
    expect(found.fit.logLikelihood).toBeGreaterThan(paretoGggLogLikelihood(drawn, p) - 8)
  })

  test('equal seeds give equal draws', () => {
    const drawn = simulateParetoGgg(createRandom(2), p, new Float64Array(60).fill(30))
    const run = () => fitParetoGgg(drawn, createRandom(5), { burnIn: 5, sweeps: 20, minimumRepeatBuyers: 1 }).draws.r
    expect(run()).toEqual(run())
  })

  test('refuses summaries without intervals, broken weights and one-timers only', () => {
    const bare = { x: new Float64Array([3, 2]), tx: new Float64Array([5, 3]), T: new Float64Array([9, 9]) }
    const options = { minimumRepeatBuyers: 1 }
    expect(fitParetoGgg(bare, createRandom(1), options).fit.reason).toMatch(/regularity cannot be seen/)
    const half = { ...bare, logIntervals: new Float64Array(2), weight: new Float64Array([0.5, 2]) }
    expect(fitParetoGgg(half, createRandom(1), options).fit.reason).toMatch(/whole numbers/)
    expect(fitParetoGgg({ ...bare, x: new Float64Array(2) }, createRandom(1), options).fit.reason).toMatch(/nobody has bought again/)
  })
})
