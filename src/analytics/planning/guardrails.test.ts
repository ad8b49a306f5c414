import { expect, test } from 'vitest'
import { checkUpgrades, treatmentRatio } from './guardrails.ts'

test('30 of 100 against 50 of 100 is 0.60 with an interval from 0.42 to 0.86, flagged but not certain', () => {
  const { ratio, low, high, flagged, certain } = treatmentRatio({ favoured: 30, of: 100 }, { favoured: 50, of: 100 })
  expect(ratio).toBeCloseTo(0.6, 12)
  expect(low).toBeCloseTo(0.4195, 4)
  expect(high).toBeCloseTo(0.8581, 4)
  expect([flagged, certain]).toEqual([true, false])
})

test('with ten times the customers the same rates leave no doubt', () => {
  expect(treatmentRatio({ favoured: 300, of: 1000 }, { favoured: 500, of: 1000 })).toMatchObject({ flagged: true, certain: true })
})

test('nobody favoured in the reference gives no ratio; nobody in the group gives a flag without an interval', () => {
  expect(treatmentRatio({ favoured: 5, of: 10 }, { favoured: 0, of: 10 })).toMatchObject({ ratio: null, flagged: false })
  expect(treatmentRatio({ favoured: 0, of: 10 }, { favoured: 5, of: 10 })).toMatchObject({ ratio: 0, high: null, flagged: true })
  expect(() => treatmentRatio({ favoured: 11, of: 10 }, { favoured: 5, of: 10 })).toThrow(/11 of 10/)
})

test('a plan that counts on more upgrades than were ever seen is warned of', () => {
  const seen = { rate: 0.04, low: 0.03, high: 0.055 }
  expect(checkUpgrades(0.05, seen).beyond).toBe(false)
  expect(checkUpgrades(0.09, seen).beyond).toBe(true)
})
