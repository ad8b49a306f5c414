import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { evaluateMinutes, parseTimeEquation, reciprocalPools, usePool } from '../../src/analytics/costing/index.ts'

const golden = JSON.parse(readFileSync(new URL('./costing.json', import.meta.url), 'utf8'))

const close = (actual: number, expected: number, tol: number) =>
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(tol * Math.max(1, Math.abs(expected)))

test('tdabc_service_dept: rate 0.80, and 97,120 for 121,400 idle minutes', () => {
  const { input, expected, tol } = golden.tdabc_service_dept
  const minutes = Object.fromEntries(
    Object.entries(input.activities as Record<string, [number, number]>).map(([name, [times, each]]) => [name, times * each]),
  )
  const use = usePool({ cost: input.cost, practicalCapacity: input.capacity_min }, minutes)
  close(use.rate, expected.rate, tol)
  for (const [name, each] of Object.entries(expected.unit_cost as Record<string, number>))
    close(use.assigned[name]! / input.activities[name][0], each, tol)
  close(
    Object.values(use.assigned).reduce((a, b) => a + b, 0),
    expected.assigned,
    tol,
  )
  close(use.used, expected.used_min, tol)
  close(use.unused, expected.unused_min, tol)
  close(use.unusedCost, expected.unused_cost, tol)
})

test('reciprocal_pools: 107.14 and 71.43 before they pass on 150', () => {
  const { input, expected, tol } = golden.reciprocal_pools
  const { full, kept } = reciprocalPools({ it: input.direct[0], hr: input.direct[1], ops: 0 }, [
    { from: 'it', to: 'hr', share: input.share[0][1] },
    { from: 'hr', to: 'it', share: input.share[1][0] },
    { from: 'it', to: 'ops', share: input.to_ops[0] },
    { from: 'hr', to: 'ops', share: input.to_ops[1] },
  ])
  close(full.it!, expected.x[0], tol)
  close(full.hr!, expected.x[1], tol)
  close(kept.ops!, expected.ops, tol)
})

test('kanthal_style: the same sales, 25,500 earned and 47,000 lost', () => {
  const { input, expected, tol } = golden.kanthal_style
  // Money in place of minutes: a rate of 1 and an equation in currency.
  const equation = parseTimeEquation(
    `${input.so_order} * orders + ${input.nonstock_order} * nonstock + ${input.sa_volume_rate} * cogs`,
    { orders: 'number', nonstock: 'number', cogs: 'number' },
  )
  for (const name of ['X', 'Y'] as const) {
    const { sales, cogs, orders, nonstock } = input[name]
    close(sales - cogs - evaluateMinutes(equation, { orders, nonstock, cogs }), expected[name], tol)
  }
})

test('packaging minutes of Kaplan and Anderson', () => {
  const equation = parseTimeEquation('0.5 + if(special, 6.5, 0) + if(air, 0.2, 0)', { special: 'boolean', air: 'boolean' })
  close(evaluateMinutes(equation, { special: false, air: false }), 0.5, 1e-12)
  close(evaluateMinutes(equation, { special: true, air: false }), 7, 1e-12)
  close(evaluateMinutes(equation, { special: true, air: true }), 7.2, 1e-12)
})
