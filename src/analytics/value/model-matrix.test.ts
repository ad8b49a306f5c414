/** Every model answers every question, or says why not; and what was added to fill the table agrees with what it must. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { createRandom } from '../../math/random.ts'
import { bgNbd } from './bg-nbd.ts'
import { fittableModels } from './fit-file.ts'
import { expectedSpend, spendQuantile } from './gamma-gamma.ts'
import { modelMatrix, questions } from './model-matrix.ts'
import { nextPurchaseWithin, silenceOf } from './next-purchase.ts'
import { simulateParetoGgg } from './pareto-ggg.ts'
import { paretoGggAhead, paretoGggAlive } from './pareto-ggg-ahead.ts'
import { paretoNbd } from './pareto-nbd.ts'

describe('the matrix of models and questions', () => {
  test('has no hole: a function, or the reason in words', () => {
    for (const [model, answers] of Object.entries(modelMatrix)) {
      expect(Object.keys(answers), model).toEqual([...questions])
      for (const [question, answer] of Object.entries(answers))
        expect(typeof answer === 'function' || (typeof answer === 'string' && answer.length > 10), `${model}: ${question}`).toBe(true)
    }
  })

  test('has every model that a file can be fitted by', () => {
    const known = (model: string): boolean =>
      Object.keys(modelMatrix).some((name) => name === model || (name === 'hazard' && model.startsWith('hazard-')))
    expect(fittableModels.filter((model) => !known(model) && model !== 'spend-trend')).toEqual([])
  })

  test('the page of methods shows it as it is', () => {
    const page = readFileSync(new URL('../../../docs/methods/models.md', import.meta.url), 'utf8')
    for (const [model, answers] of Object.entries(modelMatrix)) {
      const row = `| ${model} | ${questions.map((question) => (typeof answers[question] === 'function' ? 'yes' : answers[question])).join(' | ')} |`
      expect(page, model).toContain(row)
    }
  })
})

describe('next purchase', () => {
  const p = { r: 0.55, alpha: 10.6, s: 0.6, beta: 11.7 }

  test('quantiles rise, and end in never', () => {
    const silence = silenceOf(paretoNbd, p, { x: 6, tx: 36, T: 38 })
    const [early, half, late] = [0.1, 0.5, 0.8].map((chance) => nextPurchaseWithin(silence, chance))
    expect(early!).toBeLessThan(half!)
    expect(half!).toBeLessThan(late!)
    expect(1 - silence(half!)).toBeCloseTo(0.5, 6)
    expect(nextPurchaseWithin(silence, 0.999)).toBe(Infinity)
    expect(nextPurchaseWithin(silenceOf(paretoNbd, p, { x: 6, tx: 5, T: 138 }), 0.5)).toBe(Infinity)
  })

  test('waits of simulated customers fall below them as often as told', () => {
    const q = { r: 2, alpha: 8, a: 0.5, b: 4 }
    const random = createRandom(2)
    let within = 0
    let asked = 0
    const drawn = bgNbd.simulate(random, q, new Float64Array(3000).fill(30), 8)
    for (let i = 0; i < 1500; i++) {
      const history = { x: drawn.x[i]!, tx: drawn.tx[i]!, T: 30 }
      const median = nextPurchaseWithin(silenceOf(bgNbd, q, history), 0.5)
      // Only those whose median lies within what is seen.
      if (median > 8) continue
      asked++
      const silence = silenceOf(bgNbd, q, history)(8)
      within += (drawn.future[i]! > 0 ? 1 : 0) - (1 - silence)
    }
    expect(asked).toBeGreaterThan(300)
    expect(Math.abs(within / asked)).toBeLessThan(0.05)
  })
})

describe('Pareto/GGG ahead', () => {
  test('where everybody has k = 1 it is Pareto/NBD', () => {
    const shared = { r: 0.8, alpha: 6, s: 0.9, beta: 20 }
    const p = { t: 1e7, gamma: 1e7, ...shared }
    const history = { x: 4, tx: 26, T: 36, logIntervals: 4 }
    expect(paretoGggAlive(p, history)).toBeCloseTo(paretoNbd.probabilityAlive(shared, 4, 26, 36), 3)
    const ahead = paretoGggAhead(createRandom(3), p, history, 26, { draws: 20_000, delta: 0.01 })
    const expected = paretoNbd.conditionalExpectedTransactions(shared, 26, 4, 26, 36)
    expect(Math.abs(ahead.expected - expected)).toBeLessThan(4 * ahead.error)
    const counts = paretoNbd.distribution(shared, 26, 3, history)
    counts.forEach((chance, n) => {
      expect(Math.abs(ahead.distribution[n]! - chance)).toBeLessThan(0.015)
    })
    expect(ahead.discounted).toBeLessThan(ahead.expected)
    const median = nextPurchaseWithin(silenceOf(paretoNbd, shared, history), 0.3)
    expect(ahead.next[Math.floor(0.3 * 20_000)]! / median).toBeCloseTo(1, 1)
  })

  test('simulated customers do as told', () => {
    const p = { t: 6, gamma: 2, r: 2, alpha: 6, s: 1, beta: 25 }
    const random = createRandom(4)
    const drawn = simulateParetoGgg(random, p, new Float64Array(250).fill(52), 26)
    let [alive, future, squares] = [0, 0, 0]
    for (let i = 0; i < 250; i++) {
      const history = { x: drawn.x[i]!, tx: drawn.tx[i]!, T: 52, logIntervals: drawn.logIntervals[i]! }
      const ahead = paretoGggAhead(random, p, history, 26, { draws: 200 })
      alive += ahead.alive - drawn.alive[i]!
      future += ahead.expected - drawn.future[i]!
      squares += (ahead.expected - drawn.future[i]!) ** 2
    }
    expect(Math.abs(alive / 250)).toBeLessThan(0.06)
    expect(Math.abs(future) / Math.sqrt(squares)).toBeLessThan(3.5)
  })
})

test('the value of a next purchase: half lie below the median, and the mean is the expected spend', () => {
  const p = { p: 6.25, q: 3.74, gamma: 15.44 }
  const steps = 4000
  let sum = 0
  for (let i = 0; i < steps; i++) sum += spendQuantile(p, 2, 22.35, (i + 0.5) / steps) / steps
  expect(sum / expectedSpend(p, 2, 22.35)).toBeCloseTo(1, 2)
  expect(spendQuantile(p, 0, 0, 0.9)).toBeGreaterThan(spendQuantile(p, 0, 0, 0.5))
})
