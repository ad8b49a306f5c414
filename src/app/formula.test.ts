import { expect, test } from 'vitest'
import { computeFormula, isLinear, readFormula } from './formula.ts'

const values: Record<string, string | number | null> = {
  'net revenue': '10.0100',
  'revenue without cost': '0.0100',
  'product cost': '4.5000',
  contribution: '5.5',
  nothing: null,
  days: 4,
}
const names = Object.keys(values)
const compute = (text: string) => {
  const tree = readFormula(text, names)
  return tree && computeFormula(tree, (name) => values[name])
}

test('sums and differences of money are exact', () => {
  expect(compute('net revenue - revenue without cost - product cost')).toEqual({ exact: '5.5000' })
  expect(compute('Net Revenue + nothing')).toEqual({ exact: '10.0100' })
  expect(compute('nothing - nothing')).toBeNull()
})

test('a ratio is a float, and nothing where its base is 0 or missing', () => {
  expect(compute('contribution / (net revenue - revenue without cost)')).toEqual({ float: 0.55 })
  expect(compute('contribution / nothing')).toBeNull()
  expect(compute('contribution / (net revenue - net revenue)')).toBeNull()
  expect(compute('contribution x days')).toEqual({ float: 22 })
})

test('what is not arithmetic over the names is not read', () => {
  for (const text of ['sum of quantity', 'net revenue -', '(net revenue', 'net revenues - product cost', 'net revenue product cost', '']) {
    expect(readFormula(text, names)).toBeNull()
  }
})

test('only sums and differences are linear', () => {
  const linear = (text: string) => isLinear(readFormula(text, names)!)
  expect(linear('net revenue - (product cost + nothing)')).toBe(true)
  expect(linear('net revenue / product cost')).toBe(false)
})
