/** Inputs that gave nonsense somewhere, for the models that history-model.test.ts does not hold; and grouping, to the last digits. */
import { describe, expect, test } from 'vitest'
import { createRandom } from '../../math/random.ts'
import { retentionLogLikelihoodAt } from './beta-retention.ts'
import { bgBbLogLikelihoodAt } from './bg-bb.ts'
import { fitFile } from './fit-file.ts'
import { gammaGammaLogLikelihoodAt } from './gamma-gamma.ts'
import {
  bgBbAlive,
  bgBbConditional,
  bgBbDert,
  bgBbDistribution,
  bgCnbdK,
  bgNbd,
  expectedSpend,
  fitGammaGamma,
  fitSbg,
  groupCells,
  mbgCnbdK,
  mbgNbd,
  type PurchaseCells,
  paretoNbd,
  retentionOfSurvivors,
  simulateBgBb,
  simulateParetoGgg,
  simulateSpend,
} from './index.ts'
import { paretoGggLogLikelihood } from './pareto-ggg-likelihood.ts'

describe('nothing gives NaN', () => {
  test('BG/BB: thousands of opportunities, gamma = 1, tiny and huge parameters', () => {
    for (const p of [
      { alpha: 1.2, beta: 0.75, gamma: 0.66, delta: 2.78 },
      { alpha: 1, beta: 1, gamma: 1, delta: 1 },
      { alpha: 1e-3, beta: 1e-3, gamma: 1e-3, delta: 1e-3 },
      { alpha: 1e4, beta: 1e5, gamma: 1e3, delta: 1e6 },
    ])
      for (const [x, tx, n] of [
        [0, 0, 1],
        [1, 1, 1],
        [0, 0, 5000],
        [5000, 5000, 5000],
        [1, 5000, 5000],
        [2500, 2500, 5000],
      ] as const) {
        const one = { x: new Float64Array([x]), tx: new Float64Array([tx]), n: new Float64Array([n]) }
        const values = [
          bgBbLogLikelihoodAt(one, p),
          bgBbConditional(p, 10, x, tx, n),
          bgBbDert(p, 0.1, x, tx, n),
          bgBbDistribution(p, 3, { x, tx, n })[0]!,
        ]
        expect(values.every(Number.isFinite), `${JSON.stringify(p)} ${x} ${tx} ${n}: ${values}`).toBe(true)
        const alive = bgBbAlive(p, x, tx, n)
        expect(alive >= 0 && alive <= 1 + 1e-12).toBe(true)
      }
  })

  test('Gamma-Gamma: thousands of purchases, q near 1, tiny and huge money', () => {
    for (const [x, z] of [
      [1, 1e-6],
      [5000, 0.01],
      [5000, 1e9],
      [1, 1e12],
    ] as const) {
      const one = { x: new Float64Array([x]), z: new Float64Array([z]) }
      for (const p of [
        { p: 6.25, q: 3.74, gamma: 15.44 },
        { p: 0.1, q: 1.0001, gamma: 1e-3 },
        { p: 500, q: 900, gamma: 1e6 },
      ]) {
        expect(Number.isFinite(gammaGammaLogLikelihoodAt(one, p))).toBe(true)
        expect(expectedSpend(p, x, z)).toBeGreaterThan(0)
      }
    }
  })

  test('sBG: everybody leaves at once, nobody but one, one customer', () => {
    for (const survivors of [
      [1000, 0],
      [1000, 999, 999, 998],
      [1, 0],
      [1000, 1000, 1000],
    ]) {
      const fit = fitSbg(retentionOfSurvivors(survivors))
      expect(['refused', 'weak', 'converged', 'not-converged']).toContain(fit.status)
      if (fit.status !== 'converged') expect(fit.reason).toBeTruthy()
      if (fit.parameters) expect(Number.isFinite(fit.logLikelihood)).toBe(true)
    }
  })
})

describe('grouped and ungrouped log-likelihoods agree to 1e-9 per unit of their size', () => {
  const random = createRandom(17)
  const T = Float64Array.from({ length: 4000 }, () => 20 + random.integer(4))
  const same = (one: number, other: number): void => expect(Math.abs(one - other)).toBeLessThan(1e-9 * Math.max(1, Math.abs(other)) ** 0.5)

  test.each([
    ['bg-nbd', bgNbd, { r: 0.8, alpha: 5.5, a: 0.6, b: 3.2 }],
    ['mbg-nbd', mbgNbd, { r: 0.8, alpha: 5.5, a: 0.6, b: 3.2 }],
    ['pareto-nbd', paretoNbd, { r: 0.6, alpha: 9, s: 0.7, beta: 12 }],
    ['bg-cnbd-k', bgCnbdK, { k: 2, r: 0.8, alpha: 5.5, a: 0.6, b: 3.2 }],
    ['mbg-cnbd-k', mbgCnbdK, { k: 2, r: 0.8, alpha: 5.5, a: 0.6, b: 3.2 }],
  ] as const)('%s', (_, model, p) => {
    const drawn = model.simulate(createRandom(3), p as never, T)
    const rows: PurchaseCells = {
      x: drawn.x,
      tx: drawn.tx.map((t, i) => Math.min(T[i]!, Math.ceil(t))),
      T,
      logIntervals: drawn.logIntervals,
    }
    const cells = groupCells(rows)
    expect(cells.x.length).toBeLessThan(2000)
    same(model.logLikelihood(cells, p as never), model.logLikelihood(rows, p as never))
  })

  test('bg-bb, gamma-gamma, sbg and pareto-ggg', () => {
    const donors = { alpha: 1.2, beta: 0.75, gamma: 0.66, delta: 2.78 }
    const drawn = simulateBgBb(createRandom(4), donors, new Float64Array(3000).fill(6))
    const grouped = groupCells({ x: drawn.x, tx: drawn.tx, T: drawn.n })
    same(
      bgBbLogLikelihoodAt({ x: grouped.x, tx: grouped.tx, n: grouped.T, weight: grouped.weight }, donors),
      bgBbLogLikelihoodAt(drawn, donors),
    )
    const gg = { p: 6.25, q: 3.74, gamma: 15.44 }
    const x = Float64Array.from({ length: 2000 }, () => 1 + random.integer(3))
    const z = simulateSpend(createRandom(5), gg, x).map((value) => Math.max(1, Math.round(value)))
    const spend = groupCells({ x, tx: z, T: new Float64Array(2000) })
    same(gammaGammaLogLikelihoodAt({ x: spend.x, z: spend.tx, weight: spend.weight }, gg), gammaGammaLogLikelihoodAt({ x, z }, gg))
    const whole = retentionOfSurvivors([1000, 869, 743, 653])
    const halves = [500, 500].map(() => retentionOfSurvivors([500, 434.5, 371.5, 326.5]))
    const p = { a: 0.7, b: 3.8, c: 1 }
    same(
      halves.reduce((sum, half) => sum + retentionLogLikelihoodAt(half, p), 0),
      retentionLogLikelihoodAt(whole, p),
    )
    const ggg = { t: 4, gamma: 1.5, r: 2, alpha: 8, s: 0.8, beta: 30 }
    const regular = simulateParetoGgg(createRandom(6), ggg, new Float64Array(40).fill(52))
    const twice = (values: Float64Array): Float64Array => Float64Array.from([...values, ...values])
    const doubled = { x: twice(regular.x), tx: twice(regular.tx), T: twice(regular.T), logIntervals: twice(regular.logIntervals) }
    same(paretoGggLogLikelihood(groupCells(doubled, true), ggg), paretoGggLogLikelihood(doubled, ggg))
  })
})

describe('bad input through a file: an error with row and reason, or a stated fallback', () => {
  const failing = (model: string, text: string, options: object = {}): string => {
    try {
      fitFile(model, text, options)
    } catch (error) {
      return (error as Error).message
    }
    return 'nothing was wrong'
  }
  test.each([
    ['negative T', 'x,t_x,T\n0,0,-3', /row 1 .*T must not be negative; got -3/],
    ['negative t_x', 'x,t_x,T\n1,-3,20', /row 1 .*t_x must not be negative/],
    ['t_x beyond T', 'x,t_x,T\n1,2,20\n3,25,20', /row 2 .*t_x must not exceed T/],
    ['x = 0 with t_x > 0', 'x,t_x,T\n0,4,20', /row 1 .*without a repeat purchase \(x = 0\) t_x must be 0; got 4/],
    ['x not whole', 'x,t_x,T\n1.5,4,20', /row 1 .*whole number from 0; got 1.5/],
    ['fewer than 50 repeat buyers', `x,t_x,T\n${'1,4,20\n'.repeat(49)}`, /only 49 customers have bought again; at least 50/],
    ['nobody bought again', `x,t_x,T\n${'0,0,20\n'.repeat(200)}`, /nobody has bought again yet/],
    ['one customer', 'x,t_x,T\n3,4,20', /only 1 customer has bought again/],
  ])('%s', (_, text, message) => {
    for (const model of ['bg-nbd', 'mbg-nbd', 'pareto-nbd', 'bg-cnbd-k', 'mbg-cnbd-k', 'pareto-ggg'])
      expect(failing(model, text), model).toMatch(message)
  })

  test('mixed units, constant spend, negative spend', () => {
    const days = `x,t_x,T\n${'2,100,20\n'.repeat(10)}${'1,2,20\n'.repeat(60)}`
    try {
      fitFile('bg-nbd', days)
      expect.unreachable()
    } catch (error) {
      expect((error as { hint: string }).hint).toMatch(/different units/)
    }
    expect(failing('gamma-gamma', `x,monetary_value\n${'2,10\n'.repeat(60)}`)).toMatch(/all customers spend the same/)
    expect(failing('gamma-gamma', 'x,monetary_value\n2,-10')).toMatch(/row 1 .*must not be negative/)
  })

  test('a prior lets a small base be fitted, and says what it cost', () => {
    const random = createRandom(5)
    const T = new Float64Array(60).fill(12)
    const drawn = bgNbd.simulate(random, { r: 0.8, alpha: 8, a: 0.8, b: 2.5 }, T)
    const text = ['x,t_x,T', ...Array.from(drawn.x, (x, i) => `${x},${drawn.tx[i]},${T[i]}`)].join('\n')
    expect(failing('bg-nbd', text)).toMatch(/at least 50 are needed/)
    const fit = fitFile('bg-nbd', text, { prior: 2 })
    expect(fit.status).toBe('converged')
    expect(fit.penalty).toBeGreaterThan(0)
    for (const value of Object.values(fit.standardErrors)) expect(Number.isFinite(value)).toBe(true)
  })

  test('one wild customer does not break a fit', () => {
    const random = createRandom(6)
    const T = new Float64Array(800).fill(60)
    const drawn = paretoNbd.simulate(random, { r: 0.6, alpha: 9, s: 0.7, beta: 20 }, T)
    const rows = Array.from(drawn.x, (x, i) => `${x},${drawn.tx[i]},${T[i]}`)
    const fit = fitFile('pareto-nbd', ['x,t_x,T', ...rows, '5000,60,60'].join('\n'))
    expect(['converged', 'weak']).toContain(fit.status)
    expect(Number.isFinite(fit.logLikelihood)).toBe(true)
    expect(
      fitGammaGamma({ x: new Float64Array(100).fill(1), z: Float64Array.from({ length: 100 }, (_, i) => (i === 0 ? 1e9 : 10 + i)) }).status,
    ).not.toBe('refused')
  })
})
