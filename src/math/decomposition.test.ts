import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decomposeProduct } from './decomposition.ts'

const total = (values: number[]): number => values.reduce((sum, value) => sum + value, 0)
const product = (values: number[]): number => values.reduce((all, value) => all * value, 1)

describe('decomposition of a product', () => {
  test('customers, frequency, spend and margin by logarithmic means', () => {
    const { effects, method } = decomposeProduct([100, 2, 50, 0.3], [110, 1.9, 55, 0.28])
    expect(method).toBe('lmdi')
    const published = [296.2258355, -159.4205259, 296.2258355, -214.4311452]
    for (const [k, effect] of effects.entries()) expect(effect).toBeCloseTo(published[k]!, 6)
    expect(total(effects)).toBeCloseTo(218.6, 9)
  })

  test('an unchanged product of changed factors has effects that cancel', () => {
    const { effects } = decomposeProduct([2, 3], [3, 2])
    expect(total(effects)).toBeCloseTo(0, 12)
    expect(effects[0]).toBeCloseTo(6 * Math.log(1.5), 12)
  })

  test('with a loss the logarithm does not exist; the Shapley value still adds up', () => {
    const { effects, method } = decomposeProduct([100, 2, -0.1], [120, 2, 0.2])
    expect(method).toBe('shapley')
    expect(effects[1]).toBe(0)
    expect(total(effects)).toBeCloseTo(48 + 20, 9)
  })

  test('factors as small as numbers go neither overflow nor vanish', () => {
    for (const [before, now] of [
      [8.881784197001252e-16, 5e-324],
      [5e-324, 8.881784197001252e-16],
      [5e-324, 50],
    ] as const)
      expect(total(decomposeProduct([before], [now]).effects)).toBeCloseTo(now - before, 12)
  })

  const factor = fc.double({ min: -50, max: 50, noNaN: true })
  test('effects add up to the change, whatever the signs, and follow their factors when these are swapped', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(factor, factor), { minLength: 1, maxLength: 5 }), (pairs) => {
        const before = pairs.map(([one]) => one)
        const now = pairs.map(([, other]) => other)
        const { effects } = decomposeProduct(before, now)
        const change = product(now) - product(before)
        const scale = 1e-9 * (1 + 50 ** pairs.length)
        expect(Math.abs(total(effects) - change)).toBeLessThan(scale)
        const turned = decomposeProduct([...before].reverse(), [...now].reverse()).effects.reverse()
        for (const [k, effect] of effects.entries()) expect(Math.abs(effect - turned[k]!)).toBeLessThan(scale)
        const back = decomposeProduct(now, before).effects
        for (const [k, effect] of effects.entries()) expect(Math.abs(effect + back[k]!)).toBeLessThan(scale)
      }),
    )
  })
})
