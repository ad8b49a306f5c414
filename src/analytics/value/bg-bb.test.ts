import { describe, expect, test } from 'vitest'
import { createRandom } from '../../math/random.ts'
import {
  bgBbAlive,
  bgBbConditional,
  bgBbDert,
  bgBbDistribution,
  bgBbExpected,
  bgBbLogLikelihoodAt,
  fitBgBb,
  simulateBgBb,
} from './bg-bb.ts'

const p = { alpha: 1.2, beta: 0.75, gamma: 0.66, delta: 2.78 }

describe('BG/BB', () => {
  test('the chances of all histories of six opportunities add up to one', () => {
    let total = 0
    for (let bits = 0; bits < 64; bits++) {
      const bought = Array.from({ length: 6 }, (_, i) => (bits >> i) & 1)
      const x = bought.reduce((sum, each) => sum + each, 0)
      total += Math.exp(bgBbLogLikelihoodAt(one(x, bought.lastIndexOf(1) + 1, 6), p))
    }
    expect(total).toBeCloseTo(1, 12)
  })

  test('counts are a distribution whose mean is the expectation', () => {
    for (const [chances, mean] of [
      [bgBbDistribution(p, 8), bgBbExpected(p, 8)],
      [bgBbDistribution(p, 8, { x: 3, tx: 5, n: 6 }), bgBbConditional(p, 8, 3, 5, 6)],
    ] as const) {
      expect(chances.reduce((sum, chance) => sum + chance, 0)).toBeCloseTo(1, 11)
      expect(chances.reduce((sum, chance, n) => sum + n * chance, 0)).toBeCloseTo(mean, 11)
    }
  })

  test('discounted expectation is the sum of discounted chances', () => {
    let sum = 0
    for (let m = 1; m < 400; m++) sum += (bgBbConditional(p, m, 3, 5, 6) - bgBbConditional(p, m - 1, 3, 5, 6)) / 1.1 ** m
    expect(bgBbDert(p, 0.1, 3, 5, 6)).toBeCloseTo(sum, 9)
  })

  test('recovers its parameters from simulated customers within four standard errors', () => {
    const drawn = simulateBgBb(createRandom(17), p, new Float64Array(8000).fill(8))
    const fit = fitBgBb(drawn)
    expect(fit.status).toBe('converged')
    for (const name of ['alpha', 'beta', 'gamma', 'delta'] as const)
      expect(Math.abs(fit.parameters![name] - p[name]) / fit.standardErrors![name], name).toBeLessThan(4)
  })

  test('gamma = 1 is nothing special, and long histories stay finite', () => {
    const above = bgBbExpected({ ...p, gamma: 1 + 1e-9 }, 20)
    expect(bgBbExpected({ ...p, gamma: 1 }, 20)).toBeCloseTo(above, 7)
    expect(bgBbAlive(p, 900, 1000, 1000)).toBeGreaterThan(0.9)
    expect(Number.isFinite(bgBbLogLikelihoodAt(one(0, 0, 1000), p))).toBe(true)
  })

  test('refuses single opportunities and too few buyers', () => {
    expect(fitBgBb(simulateBgBb(createRandom(1), p, new Float64Array(500).fill(1))).reason).toMatch(/one opportunity only/)
    expect(fitBgBb(one(2, 3, 6)).reason).toMatch(/only 1 customer /)
  })
})

function one(x: number, tx: number, n: number) {
  return { x: new Float64Array([x]), tx: new Float64Array([tx]), n: new Float64Array([n]) }
}
