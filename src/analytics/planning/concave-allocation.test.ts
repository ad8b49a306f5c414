import fc from 'fast-check'
import { expect, test } from 'vitest'
import { allocateConcave } from './concave-allocation.ts'

const three = [
  { most: 100, rate: 0.02 },
  { most: 60, rate: 0.05 },
  { most: 40, rate: 0.1 },
]

// By hand; a fourth action of no use at this price gets nothing.
test.each([
  [60, [28.099516, 19.349109, 12.551375], 1.140146605],
  [5, [0, 1.415453, 3.584547], 2.795021],
  [20, [3.099516, 9.349109, 7.551375], undefined],
  [100, [53.099516, 29.349109, 17.551375], undefined],
])('a budget of %d goes where the last unit brings as much everywhere', (budget, expected, shadowPrice) => {
  const { effort, shadowPrice: lambda } = allocateConcave(three, budget)
  expect([...effort]).toEqual(expected.map((x) => expect.closeTo(x, 5)))
  if (shadowPrice) expect(lambda).toBeCloseTo(shadowPrice, 6)
})

test('the best allocation of 60 brings 108.79, equal shares 105.48', () => {
  expect(allocateConcave(three, 60).value).toBeCloseTo(108.788272, 5)
})

test('no shift of money between two actions brings more, and the price of one more unit is what it brings', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ most: fc.double({ min: 0.1, max: 1e6, noNaN: true }), rate: fc.double({ min: 1e-4, max: 5, noNaN: true }) }), {
        minLength: 1,
        maxLength: 8,
      }),
      fc.double({ min: 0, max: 1000, noNaN: true }),
      (actions, budget) => {
        const { effort, shadowPrice } = allocateConcave(actions, budget)
        expect(effort.reduce((sum, x) => sum + x, 0)).toBeCloseTo(budget, 6)
        actions.forEach(({ most, rate }, i) => {
          const marginal = most * rate * Math.exp(-rate * effort[i]!)
          if (effort[i]! > 1e-9) expect(marginal / shadowPrice).toBeCloseTo(1, 6)
          else expect(marginal).toBeLessThanOrEqual(shadowPrice * (1 + 1e-9))
        })
      },
    ),
    { seed: 11, numRuns: 500 },
  )
})

test('a budget below zero or an action without value is refused', () => {
  expect(() => allocateConcave(three, -1)).toThrow(/budget/)
  expect(() => allocateConcave([{ most: 0, rate: 1 }], 5)).toThrow(/action 1/)
})
