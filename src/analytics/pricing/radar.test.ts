import { expect, test } from 'vitest'
import { createRandom } from '../../math/random.ts'
import { sumCells } from './price-index.ts'
import { judgeProduct, type RadarInput } from './radar.ts'

const weights = { price_fall: 2, not_passed: 1, breadth: 1, converging: 1, switching: 1, undifferentiated: 1 }

/** Twenty customers, list prices up 3 %, pocket prices changed by about `change`, each with a discount of its own. */
function product(change: number, { noise = 0.004, seed = 4, customers = 20 } = {}): RadarInput {
  const random = createRandom(seed)
  return {
    groups: Array.from({ length: customers }, () => {
      const quantity = 50 + 100 * random.next()
      const keeps = 0.75 + 0.1 * random.next()
      const moved = 1 + change + noise * random.normal()
      const [list0, list1] = [10, 10.3]
      const [pocket0, pocket1] = [10 * keeps, 10 * keeps * moved]
      const cell = (priceBefore: number, priceNow: number) =>
        sumCells([{ quantityBefore: quantity, quantityNow: quantity, priceBefore, priceNow }])
      const [x0, x1] = [Math.log(pocket0 / list0), Math.log(pocket1 / list1)]
      const [w0, w1] = [list0 * quantity, list1 * quantity]
      return {
        pocket: cell(pocket0, pocket1),
        list: cell(list0, list1),
        fallen: pocket1 < 0.99 * pocket0 ? pocket1 * quantity : 0,
        x0: w0 * x0,
        xx0: w0 * x0 * x0,
        x1: w1 * x1,
        xx1: w1 * x1 * x1,
      }
    }),
    customers,
    dropped: 0.05,
    undifferentiated: null,
  }
}

test('a product that loses 12 % while list prices rise is a commodity; one whose rise arrives is firm', () => {
  const bad = judgeProduct(product(-0.12), weights)
  expect(bad).toMatchObject({ verdict: 'commoditising', signals: { price_fall: 1, not_passed: 1, breadth: 1, undifferentiated: null } })
  expect(bad.priceHigh!).toBeLessThan(-0.1)
  const good = judgeProduct(product(0.03), weights)
  expect(good.verdict).toBe('firm')
  expect(good.score!).toBeLessThan(0.1)
})

test('with few or unlike customers nothing is said', () => {
  expect(judgeProduct(product(-0.12, { customers: 4 }), weights)).toMatchObject({ verdict: 'undecided', score: null })
  const unsure = judgeProduct(product(-0.01, { customers: 6, noise: 0.2, seed: 8 }), weights)
  expect(unsure.verdict).not.toBe('commoditising')
  expect(unsure.high! - unsure.low!).toBeGreaterThan(0.2)
})

test('a deeper fall of prices never lowers the score, and names of customers do not matter', () => {
  let before = -1
  for (const change of [0.05, 0.02, 0, -0.02, -0.05, -0.08, -0.12, -0.3]) {
    const score = judgeProduct(product(change, { noise: 0 }), weights).score!
    expect(score).toBeGreaterThanOrEqual(before - 1e-12)
    before = score
  }
  const given = product(-0.06)
  const turned = judgeProduct({ ...given, groups: [...given.groups].reverse() }, weights)
  const straight = judgeProduct(given, weights)
  expect(turned.score).toBeCloseTo(straight.score!, 12)
  expect(turned.low).toBeCloseTo(straight.low!, 12)
})
