import { expect, test } from 'vitest'
import { economicValue } from './economic-value.ts'

// domain golden `evc`: the type example of Forbis & Mehta.
const example = {
  reference: 300,
  functional: [{ name: 'output', amount: 350 }],
  startUp: [{ name: 'installation', amount: 100, once: true }],
  postPurchase: [{ name: 'maintenance', amount: 200 }],
}

test('a reference of 300 with 350, 100 and 200 of advantages is worth 950; at 825 to 850 the customer keeps 125 to 100', () => {
  expect(economicValue(example).economicValue).toBeCloseTo(950, 9)
  expect(economicValue({ ...example, price: 825 }).customerKeeps).toBeCloseTo(125, 9)
  expect(economicValue({ ...example, price: 850 }).customerKeeps).toBeCloseTo(100, 9)
  expect(economicValue({ ...example, price: 850 }).customerShare).toBeCloseTo(100 / 650, 9)
})

test('yearly advantages are taken at their present value, uncertain ones at their expectation, switching cost off', () => {
  const found = economicValue({
    ...example,
    years: 3,
    discountPerYear: 0.1,
    switchingCost: 50,
    functional: [{ name: 'output', amount: 350, probability: 0.5 }],
  })
  const annuity = 1 / 1.1 + 1 / 1.21 + 1 / 1.331
  expect(found.economicValue).toBeCloseTo(300 + 0.5 * 350 * annuity + 100 + 200 * annuity - 50, 9)
})

test('a higher price never leaves the customer more, and what both keep is the whole advantage', () => {
  let before = Number.POSITIVE_INFINITY
  for (let price = 0; price <= 1_200; price += 60) {
    const { customerKeeps, economicValue: value, reference } = economicValue({ ...example, price })
    expect(customerKeeps!).toBeLessThan(before)
    expect(customerKeeps! + (price - reference)).toBeCloseTo(value - reference, 9)
    before = customerKeeps!
  }
})

test('it says when no price serves both, when the price is above the value, and when the value is not shown', () => {
  expect(economicValue({ ...example, ourCost: 1_000 }).verdict).toContain('No price serves both')
  expect(economicValue({ ...example, price: 960 }).verdict).toContain('above what it is worth')
  expect(economicValue({ ...example, price: 800, ourCost: 500 }).verdict).toContain('a selling matter')
  expect(economicValue({ ...example, functional: [], startUp: [], postPurchase: [] }).verdict).toContain('no more than the alternative')
})

test('an input that cannot be meant is refused', () => {
  expect(() => economicValue({ ...example, discountPerYear: 12 })).toThrow()
  expect(() => economicValue({ ...example, reference: Number.NaN })).toThrow()
})
