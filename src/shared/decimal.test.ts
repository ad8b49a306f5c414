import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  compareDecimals,
  decimalOf,
  isDecimal,
  negateDecimal,
  ratioOf,
  roundDecimal,
  shiftDecimal,
  subtractDecimals,
  sumDecimals,
  unitsOf,
} from './decimal.ts'

const amount = fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }).map((units) => shiftDecimal(String(units), -4))

describe('exact decimals', () => {
  test('halves are rounded away from zero', () => {
    expect(['0.005', '-0.005', '1.005', '2.675', '-2.675', '0.0049'].map((value) => roundDecimal(value, 2))).toEqual([
      '0.01',
      '-0.01',
      '1.01',
      '2.68',
      '-2.68',
      '0.00',
    ])
    expect(roundDecimal('150', -2)).toBe('200')
    expect(roundDecimal('7', 3)).toBe('7.000')
  })

  test('a figure that rounds to nothing has no sign', () => {
    expect(roundDecimal('-0.0001', 2)).toBe('0.00')
  })

  test('sums are exact where floats are not, at any size', () => {
    expect(sumDecimals(['0.1', '0.2', null, undefined])).toBe('0.3')
    expect(sumDecimals(['99999999999999999999999999999999.9999', '0.0001'])).toBe('100000000000000000000000000000000.0000')
    expect(sumDecimals([])).toBe('0')
  })

  test('taking away what was added gives back what was there', () => {
    fc.assert(fc.property(amount, amount, (a, b) => compareDecimals(subtractDecimals(sumDecimals([a, b]), b), a) === 0))
  })

  test('rounding a negated figure negates the rounded one', () => {
    fc.assert(fc.property(amount, (a) => compareDecimals(roundDecimal(negateDecimal(a), 2), negateDecimal(roundDecimal(a, 2))) === 0))
  })

  test('numbers are taken at their shortest spelling, exponents included', () => {
    expect(roundDecimal(1e21, 0)).toBe('1000000000000000000000')
    expect(roundDecimal(1.5e-7, 8)).toBe('0.00000015')
    expect(shiftDecimal(0.29, 2)).toBe('29')
  })

  test('money goes to ten-thousandths and back unchanged, and finer amounts are refused instead of cut', () => {
    fc.assert(fc.property(amount, (a) => compareDecimals(decimalOf(unitsOf(a)), a) === 0))
    expect([unitsOf('-0.5'), unitsOf('12'), unitsOf('1.250000'), unitsOf('0.1')]).toEqual([-5000n, 120_000n, 12_500n, 1000n])
    expect([decimalOf(0n), decimalOf(-1n), decimalOf(123_456_789n)]).toEqual(['0.0000', '-0.0001', '12345.6789'])
    expect(() => unitsOf('0.00001')).toThrow('at most 4 decimals')
  })

  test('a share of nothing is absent', () => {
    expect(ratioOf('1', '0.0000')).toBeNull()
    expect(ratioOf('1', '3')).toBeCloseTo(1 / 3, 15)
  })

  test('what is no decimal is told apart and refused', () => {
    expect(['12.5', '-.5', 3, '1e3'].map(isDecimal)).toEqual([true, true, true, true])
    expect(['', '-', 'abc', '1,5', Number.NaN, null, true].map(isDecimal)).toEqual([false, false, false, false, false, false, false])
    expect(() => roundDecimal('12,5', 2)).toThrow('not a decimal: 12,5')
    expect(() => roundDecimal('1e999999', 2)).toThrow('out of range')
  })
})
