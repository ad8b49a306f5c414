import { expect, test } from 'vitest'
import { groupJackknife } from './jackknife.ts'
import { createRandom } from './random.ts'
import { mean, standardDeviation } from './statistics.ts'

test('for a mean with one unit a group it is the standard error that everybody knows', () => {
  const values = [3, 1, 4, 1, 5, 9, 2, 6]
  const found = groupJackknife(
    values.map((value) => [value, 1]),
    ([sum, count]) => sum! / count!,
  )
  expect(found.value).toBeCloseTo(mean(values), 12)
  expect(found.standardError).toBeCloseTo(standardDeviation(values) / Math.sqrt(values.length), 12)
})

test('its 90 % interval of a ratio holds the truth in about 90 of 100 samples', () => {
  const random = createRandom(21)
  let held = 0
  const rounds = 400
  for (let round = 0; round < rounds; round++) {
    const groups = Array.from({ length: 20 }, () => {
      const x = random.gamma(4, 1)
      return [x * (0.7 + 0.2 * random.normal()), x]
    })
    const { low, high } = groupJackknife(groups, ([a, b]) => a! / b!)
    if (low <= 0.7 && 0.7 <= high) held++
  }
  expect(held / rounds).toBeGreaterThan(0.85)
  expect(held / rounds).toBeLessThan(0.95)
})

test('one group alone gives a value and no interval', () => {
  expect(groupJackknife([[6, 3]], ([a, b]) => a! / b!)).toMatchObject({ value: 2, low: Number.NaN, groups: 1 })
})
