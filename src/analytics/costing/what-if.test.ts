import { expect, test } from 'vitest'
import { createRandom } from '../../math/random.ts'
import { type CostMatrix, effectOf } from './what-if.ts'

/** Alder earns 100 after 40 at the desk and 10 in the store, Birch 5 after 50 and 20; of Cedar no product cost is known. */
const matrix: CostMatrix = {
  keys: Float64Array.of(1, 2, 3),
  profit: Float64Array.of(1_000_000, 50_000, Number.NaN),
  activities: [
    { id: 'enter', pool: 'desk', cost: Float64Array.of(400_000, 500_000, 100_000), minutes: Float64Array.of(40, 50, 10) },
    { id: 'pick', pool: 'store', cost: Float64Array.of(100_000, 200_000, 0), minutes: Float64Array.of(5, 10, 0) },
  ],
}

test('a rate that rises by a fifth turns the customer who has little left', () => {
  const effect = effectOf(matrix, new Map([['enter', { factor: 1.2 }]]), 5)
  expect(effect.before).toEqual({ profit: 1_050_000n, costToServe: 1_300_000n, losing: 0 })
  expect(effect.after).toEqual({ profit: 870_000n, costToServe: 1_500_000n, losing: 1 })
  expect([effect.turnedToLoss, effect.turnedToProfit]).toEqual([1, 0])
  expect(effect.losses).toEqual([
    { key: 2, before: 50_000, after: -50_000 },
    { key: 1, before: 1_000_000, after: 920_000 },
  ])
  expect(effect.gains).toEqual([])
})

test('other minutes count at the rate, and what is not changed stays', () => {
  const effect = effectOf(matrix, new Map([['pick', { minutes: Float64Array.of(5, 0, 0), unitsPerMinute: 20_000 }]]), 5)
  expect(effect.after.profit).toBe(1_250_000n)
  expect(effect.gains).toEqual([{ key: 2, before: 50_000, after: 250_000 }])
  expect(effectOf(matrix, new Map(), 5).after).toEqual(effectOf(matrix, new Map(), 5).before)
})

test('the movers are the largest changes of all, however many customers there are', () => {
  const random = createRandom(3)
  const n = 20_000
  const cost = Float64Array.from({ length: n }, () => random.integer(1_000_000))
  const big: CostMatrix = {
    keys: Float64Array.from({ length: n }, (_, i) => i + 1),
    profit: new Float64Array(n),
    activities: [{ id: 'a', pool: 'p', cost, minutes: cost }],
  }
  const { losses } = effectOf(big, new Map([['a', { factor: 2 }]]), 7)
  const expected = [...cost].map((value, i) => ({ value, i })).sort((a, b) => b.value - a.value || a.i - b.i)
  expect(losses.map(({ key }) => key)).toEqual(expected.slice(0, 7).map(({ i }) => i + 1))
})
