import { array, assert, double, property } from 'fast-check'
import { expect, test } from 'vitest'
import { createRandom } from '../../math/random.ts'
import { defaultRules, rulesOf } from './rules.ts'
import { addLeverage, drawGuesses, type Leverage, likely, noLeverage, simulate, strandedUnder, triangular, valueUnder } from './simulate.ts'
import { steppedRelease } from './state.ts'

const some: Leverage = {
  ...noLeverage,
  fee: 1000,
  saved: { full: 500, now: 0, later: 450 },
  adapted: { full: 800, now: 100, later: 700 },
  lostMargin: 5000,
  lost: { full: 3000, now: 600, later: 2500 },
}

test('the value is that of the formula by hand', () => {
  const guess = {
    ...likely(defaultRules['menu-pricing']),
    accept: 0.5,
    adapt: 0.3,
    defect: 0.1,
    effect: 0.8,
    adaptEffect: 0.5,
    marginLoss: 0,
    released: 1,
  }
  expect(valueUnder(guess, some, 1)).toBeCloseTo(0.5 * 0.8 * (1000 + 450) + 0.3 * 0.5 * 700 + 0.1 * (2500 - 5000), 9)
  expect(valueUnder(guess, some, 0)).toBeCloseTo(0.5 * 0.8 * 1000 + 0.3 * 0.5 * 100 + 0.1 * (600 - 5000), 9)
  expect(strandedUnder(guess, some, 1)).toBeCloseTo(0.5 * 0.8 * 50 + 0.3 * 0.5 * 100 + 0.1 * 500, 9)
})

test('values of customers add up: a remedy over many is worth what it is worth on their sum', () => {
  const guesses = drawGuesses(defaultRules['mix-and-price'], createRandom(1), 50)
  const amount = double({ min: 0, max: 1e6, noNaN: true })
  assert(
    property(array(amount, { minLength: 2, maxLength: 6 }), (fees) => {
      const list = fees.map((fee) => ({ ...some, fee }))
      const apart = list.reduce((sum, one) => sum + simulate(guesses, one, 0.5).value, 0)
      expect(simulate(guesses, list.reduce(addLeverage), 0.5).value).toBeCloseTo(apart, 4)
    }),
  )
})

test('a later horizon never frees less cost', () => {
  const guesses = drawGuesses(defaultRules['look-inside'], createRandom(1))
  const at = (part: number) => simulate(guesses, { ...noLeverage, saved: some.saved }, part)
  expect(at(0).value).toBe(0)
  expect(at(0.5).value).toBeLessThan(at(1).value)
  expect(at(1).stranded).toBeLessThan(at(0).stranded)
})

test('the same seed draws the same guesses, and they stay within the judgements', () => {
  for (const rule of Object.values(defaultRules)) {
    const guesses = drawGuesses(rule, createRandom(7))
    expect(drawGuesses(rule, createRandom(7))).toEqual(guesses)
    for (const { accept, adapt, defect, effect } of guesses) {
      expect(accept + adapt + defect).toBeLessThanOrEqual(1 + 1e-9)
      expect(effect).toBeGreaterThanOrEqual(rule.effect.low)
      expect(effect).toBeLessThanOrEqual(rule.effect.high)
    }
  }
})

test('the triangular law has its ends and its mean', () => {
  const law = { low: 0.1, likely: 0.3, high: 0.8 }
  expect([triangular(law, 0), triangular(law, 1)]).toEqual([0.1, 0.8])
  let sum = 0
  for (let i = 0; i < 10_000; i++) sum += triangular(law, (i + 0.5) / 10_000)
  expect(sum / 10_000).toBeCloseTo((0.1 + 0.3 + 0.8) / 3, 4)
})

test('reactions beyond certainty are refused with the sum and what to do', () => {
  expect(() => rulesOf({ channel: { accept: 0.9, defect: 0.2 } })).toThrow('come to 1.1')
  expect(rulesOf({ channel: { accept: 0.5 } }).channel).toMatchObject({ accept: 0.5, defect: 0.05, owner: 'Sales' })
})

test('capacity is given up in whole steps and not before the lag', () => {
  const pool = { need: 2900, step: 1000, stepCost: 60_000, lagMonths: 6 }
  expect(steppedRelease(pool, 800, 12)).toBe(0)
  expect(steppedRelease(pool, 900, 12)).toBe(60_000)
  expect(steppedRelease(pool, 2900, 12)).toBe(180_000)
  expect(steppedRelease(pool, 2900, 5)).toBe(0)
})
