/** Discrete hazards with covariates and frailty. */
import { describe, expect, test } from 'vitest'
import { hessianOfGradient, numericalGradient } from '../../math/derivatives.ts'
import { lgamma } from '../../math/gamma.ts'
import { createRandom } from '../../math/random.ts'
import { retentionOfSurvivors } from './beta-retention.ts'
import { noCovariates } from './design.ts'
import { fitFile } from './fit-file.ts'
import { fitHazard, type HazardLink, hazardLifetime, hazardLogLikelihood, hazardSurvival, simulateHazard } from './hazard.ts'

const links: HazardLink[] = ['logit', 'cloglog', 'frailty']
const truth = (link: HazardLink) => ({
  link,
  kind: 'log' as const,
  baseline: [-1.2, 0.15],
  effects: [{ process: 'leaving' as const, name: 'web', estimate: 0.6, standardError: 0, z: 0, p: 0 }],
  frailty: link === 'frailty' ? 0.9 : 0,
})

function base(link: HazardLink, size: number, seed: number) {
  const random = createRandom(seed).split(link)
  const design = { names: ['web'], columns: [Float64Array.from({ length: size }, () => (random.next() < 0.4 ? 1 : 0))] }
  return { design, cells: simulateHazard(random, truth(link), design, size, 8) }
}

describe.each(links)('%s', (link) => {
  test('gradient and Hessian agree with differences', () => {
    const { cells, design } = base(link, 60, 1)
    const logLikelihood = hazardLogLikelihood(link, cells, design, 'log', 2)
    const at = Float64Array.from([-1, 0.2, 0.4, ...(link === 'frailty' ? [Math.log(0.7)] : [])])
    const n = at.length
    const [gradient, hessian] = [new Float64Array(n), new Float64Array(n * n)]
    logLikelihood(at, gradient, hessian)
    numericalGradient((x) => logLikelihood(x, new Float64Array(n), new Float64Array(n * n)), at).forEach((slope, i) => {
      expect(Math.abs(gradient[i]! - slope)).toBeLessThan(1e-6 * Math.max(1, Math.abs(slope)))
    })
    hessianOfGradient((x, into) => void logLikelihood(x, into, new Float64Array(n * n)), at).forEach((bend, i) => {
      expect(Math.abs(hessian[i]! - bend), `entry ${i}`).toBeLessThan(1e-6 * Math.max(1, Math.abs(bend)))
    })
  })

  test('recovers level, tenure, effect and frailty within four standard errors', () => {
    const { cells, design } = base(link, 12_000, 2)
    const fit = fitHazard(link, cells, design)
    expect(fit.status).toBe('converged')
    const wanted: Record<string, number> = { intercept: -1.2, ln_t: 0.15, web: 0.6, ...(link === 'frailty' ? { variance: 0.9 } : {}) }
    for (const [name, value] of Object.entries(wanted))
      expect(Math.abs(fit.parameters![name]! - value) / fit.standardErrors![name]!, name).toBeLessThan(4)
  })

  test('renewals each with a level of their own give the table back', () => {
    const table = [1000, 631, 468, 382, 326]
    const { t, lost, kept } = retentionOfSurvivors(table)
    const both = {
      t: Float64Array.from([...t, ...t]),
      lost: Float64Array.from([...t.map(() => 1), ...t.map(() => 0)]),
      weight: Float64Array.from([...lost, ...kept]),
    }
    if (link === 'frailty') return
    const fit = fitHazard(link, both, noCovariates, { baseline: 'period' })
    for (let period = 1; period <= 4; period++) expect(hazardSurvival(fit, [], period)).toBeCloseTo(table[period]! / 1000, 8)
  })
})

test('frailty agrees with integration over the gamma of the customers', () => {
  const v = 0.9
  const cells = { t: new Float64Array([3, 4, 1]), lost: new Float64Array([1, 0, 1]) }
  const design = { names: ['web'], columns: [new Float64Array([1, 0, 0])] }
  const p = truth('frailty')
  const at = Float64Array.from([-1.2, 0.15, 0.6, Math.log(v)])
  const actual = hazardLogLikelihood('frailty', cells, design, 'log', 2)(at, new Float64Array(4), new Float64Array(16))
  let expected = 0
  cells.t.forEach((t, i) => {
    const summed = (until: number): number =>
      Array.from({ length: until }, (_, u) => Math.exp(-1.2 + 0.15 * Math.log(u + 1) + 0.6 * design.columns[0]![i]!)).reduce(
        (sum, step) => sum + step,
        0,
      )
    let total = 0
    const step = 0.005
    for (let s = -40; s < 5; s += step) {
      const g = Math.exp(s)
      const density = (1 / v) * Math.log(1 / v) - lgamma(1 / v) + s / v - g / v
      total +=
        step * Math.exp(density) * (cells.lost[i] ? Math.exp(-g * summed(t - 1)) - Math.exp(-g * summed(t)) : Math.exp(-g * summed(t)))
    }
    expected += Math.log(total)
  })
  expect(Math.abs(actual - expected)).toBeLessThan(1e-8)
  expect(hazardSurvival(p, [1], 0)).toBe(1)
})

test('lifetimes: a constant hazard gives the textbook sum, and discounting shortens', () => {
  const constant = { ...truth('logit'), baseline: [Math.log(0.2 / 0.8), 0], effects: [] }
  expect(hazardLifetime(constant, [], 0.1, 0)).toBeCloseTo(1.1 / (1.1 - 0.8), 8)
  expect(hazardLifetime(constant, [], 0.3, 0)).toBeLessThan(hazardLifetime(constant, [], 0.1, 0))
  expect(hazardLifetime(constant, [], 0.1, 4)).toBeCloseTo((0.8 * 1.1) / (1.1 - 0.8), 8)
})

test('through a file, and refusals with the reason', () => {
  const { cells, design } = base('cloglog', 3000, 5)
  const rows = Array.from(cells.t, (t, i) => `${t},${cells.lost[i]},${design.columns[0]![i] ? 'web' : 'shop'}`)
  const fit = fitFile('hazard-cloglog', ['tenure,lost,channel', ...rows].join('\n'), { covariates: ['channel'] })
  expect(fit.effects).toHaveLength(1)
  expect(fit.effects![0]).toMatchObject({ process: 'leaving', name: 'channel=web' })
  expect(Object.keys(fit.parameters)).toEqual(['intercept', 'ln_t', 'channel=web'])
  expect(() => fitFile('hazard-logit', 'tenure,lost\n3,0\n2,0')).toThrow(/nobody has left yet/)
  expect(() => fitFile('hazard-logit', 'tenure,lost\n3,1\n3,1')).toThrow(/at one renewal only/)
  expect(() => fitFile('hazard-logit', 'tenure,lost\n0,1\n2.5,2')).toThrow(/row 1 .*whole number from 1/)
})
