import { describe, expect, test } from 'vitest'
import { createRandom } from '../../math/random.ts'
import { filteredStates, type HiddenMarkov, logLikelihood, sequenceCells } from './hidden-markov.ts'
import { expectedCounts, fitHiddenMarkov, holdOutLast } from './hidden-markov-fit.ts'
import { simulatePanel } from './simulate-panel.ts'

const truth: HiddenMarkov = {
  states: 3,
  symbols: 4,
  initial: Float64Array.from([0.2, 0.6, 0.2]),
  transition: Float64Array.from([0.9, 0.08, 0.02, 0.15, 0.75, 0.1, 0.02, 0.1, 0.88]),
  emission: Float64Array.from([0.95, 0.04, 0.007, 0.003, 0.45, 0.4, 0.12, 0.03, 0.03, 0.17, 0.3, 0.5]),
}

describe('likelihood', () => {
  test('the likelihood is the sum over all paths', () => {
    const symbols = [0, 2, 1, 3]
    let sum = 0
    for (let path = 0; path < 3 ** 4; path++) {
      const s = [0, 1, 2, 3].map((t) => Math.floor(path / 3 ** t) % 3)
      sum += s.reduce(
        (p, state, t) =>
          p * (t === 0 ? truth.initial[state]! : truth.transition[s[t - 1]! * 3 + state]!) * truth.emission[state * 4 + symbols[t]!]!,
        1,
      )
    }
    expect(Math.exp(logLikelihood(truth, sequenceCells([{ symbols }])))).toBeCloseTo(sum, 14)
  })

  test('a thousand periods do not underflow', () => {
    const symbols = Array.from({ length: 1000 }, (_, t) => t % 4)
    expect(logLikelihood(truth, sequenceCells([{ symbols }]))).toBeLessThan(-500)
    expect(Number.isFinite(logLikelihood(truth, sequenceCells([{ symbols }])))).toBe(true)
  })

  test('equal sequences as one weighted cell give the same as each alone', () => {
    const one = { symbols: [1, 0, 2], weight: 1 }
    const cells = sequenceCells([one, one, { symbols: [0, 0] }, one])
    expect(cells.weight).toEqual(Float64Array.from([3, 1]))
    expect(logLikelihood(truth, cells)).toBeCloseTo(
      3 * logLikelihood(truth, sequenceCells([one])) + logLikelihood(truth, sequenceCells([{ symbols: [0, 0] }])),
      12,
    )
  })

  test('expected counts add up to customers, moves and periods', () => {
    const cells = sequenceCells([
      { symbols: [1, 0, 2, 3], weight: 5 },
      { symbols: [0, 0], weight: 2 },
    ])
    const sums = { initial: new Float64Array(3), transition: new Float64Array(9), emission: new Float64Array(12) }
    expectedCounts(truth, cells, sums)
    const add = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0)
    expect(add(sums.initial)).toBeCloseTo(7, 10)
    expect(add(sums.transition)).toBeCloseTo(5 * 3 + 2, 10)
    expect(add(sums.emission)).toBeCloseTo(5 * 4 + 2 * 2, 10)
  })

  test('the filtered states of a period know nothing of later ones', () => {
    const long = filteredStates(truth, sequenceCells([{ symbols: [1, 0, 3, 3, 3] }]))
    const short = filteredStates(truth, sequenceCells([{ symbols: [1, 0] }]))
    expect(Array.from(long.subarray(0, 6))).toEqual(Array.from(short))
  })
})

describe('fitting', () => {
  const panel = simulatePanel(truth, 4000, 10, createRandom(7))

  test('learned from a thinned sample, the states are nearly those of all, and the likelihood is of all', () => {
    const options = { states: 3, symbols: 4, random: createRandom(3), starts: 2 }
    const all = fitHiddenMarkov(panel, options)
    const thinned = fitHiddenMarkov(panel, { ...options, mostCells: Math.floor(panel.weight.length / 3) })
    expect(thinned.customers).toBe(all.customers)
    expect(all.logLikelihood - thinned.logLikelihood).toBeGreaterThanOrEqual(-1e-6)
    expect((all.logLikelihood - thinned.logLikelihood) / all.customers).toBeLessThan(0.005)
    thinned.means.forEach((mean, k) => {
      expect(Math.abs(mean - all.means[k]!)).toBeLessThan(0.1)
    })
  })

  test('known states come back from 4,000 simulated customers, in rising order', () => {
    const fit = fitHiddenMarkov(panel, { states: 3, symbols: 4, random: createRandom(1) })
    expect(fit.status).toBe('converged')
    expect(fit.customers).toBe(4000)
    expect([...fit.means]).toEqual([...fit.means].sort((a, b) => a - b))
    for (const [i, p] of fit.model.transition.entries()) expect(Math.abs(p - truth.transition[i]!)).toBeLessThan(0.06)
    for (const [i, p] of fit.model.emission.entries()) expect(Math.abs(p - truth.emission[i]!)).toBeLessThan(0.06)
    expect(fit.logLikelihood).toBeGreaterThanOrEqual(logLikelihood(truth, panel) - 1)
  })

  test('BIC and the held-out period want three states, not two', () => {
    const random = createRandom(2)
    const two = fitHiddenMarkov(panel, { states: 2, symbols: 4, random })
    const three = fitHiddenMarkov(panel, { states: 3, symbols: 4, random })
    expect(three.bic).toBeLessThan(two.bic)
    const held = (states: number) => holdOutLast(panel, { states, symbols: 4, random })!
    expect(held(3).logScore).toBeGreaterThan(held(1).logScore)
    expect(held(3).logScore).toBeGreaterThan(held(3).naive)
  })

  test('the same seed gives the same bytes', () => {
    const again = () => fitHiddenMarkov(panel, { states: 3, symbols: 4, random: createRandom(3), maxIterations: 20 })
    expect(again().model.transition).toEqual(again().model.transition)
  })

  test('a covariate that moves customers up is found by the ordered logit', () => {
    // Level 1 (a campaign, say) makes moves up likelier.
    const moved: HiddenMarkov = {
      states: 2,
      symbols: 3,
      initial: Float64Array.from([0.5, 0.5]),
      transition: Float64Array.from([0.85, 0.15, 0.3, 0.7, 0.6, 0.4, 0.1, 0.9]),
      emission: Float64Array.from([0.85, 0.1, 0.05, 0.1, 0.3, 0.6]),
    }
    const random = createRandom(11)
    const levelled = simulatePanel(moved, 5000, 8, random, (t) => t % 2)
    const fit = fitHiddenMarkov(levelled, { states: 2, symbols: 3, covariate: [0, 1], random: createRandom(5) })
    for (const { slope } of fit.logits!) expect(slope).toBeGreaterThan(0.8)
    for (const [i, p] of moved.transition.entries()) expect(Math.abs(p - fit.model.transition[i]!)).toBeLessThan(0.06)
  })

  test('what cannot be learned from is refused by name', () => {
    expect(() => fitHiddenMarkov(sequenceCells([]), { states: 2, symbols: 2, random: createRandom(1) })).toThrow(/no sequence/)
    expect(() => fitHiddenMarkov(sequenceCells([{ symbols: [4] }]), { states: 2, symbols: 2, random: createRandom(1) })).toThrow(/symbol 4/)
    expect(() => fitHiddenMarkov(sequenceCells([{ symbols: [1] }]), { states: 0, symbols: 2, random: createRandom(1) })).toThrow(/states/)
  })
})
