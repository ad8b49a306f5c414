import { expect, test } from 'vitest'
import { ultimateParents } from './parents.ts'
import { ledgerWindow, rollingWindows, wilson } from './windows.ts'

test('thirty months give ten quarters, seven rolling years and three that can be held against one before', () => {
  const { quarters, length, windows, pairs } = rollingWindows({ from: '2024-04-01', to: '2026-09-30' })
  expect(quarters).toHaveLength(10)
  expect(quarters[0]).toEqual({ from: '2024-04-01', to: '2024-06-30' })
  expect(length).toBe(4)
  expect(windows).toHaveLength(7)
  expect(pairs).toEqual([
    { window: 4, before: 0 },
    { window: 5, before: 1 },
    { window: 6, before: 2 },
  ])
})

test('a year is held half against half, a month against nothing', () => {
  expect(rollingWindows({ from: '2025-01-01', to: '2025-12-31' }).length).toBe(2)
  expect(rollingWindows({ from: '2025-01-01', to: '2025-01-31' })).toMatchObject({ quarters: [], length: 0, windows: [], pairs: [] })
})

test('the window ends with the ledger or with the last day that counts', () => {
  expect(ledgerWindow('2024-01', '2024-02', '2024-12-31')).toEqual({ from: '2024-01-01', to: '2024-02-29' })
  expect(ledgerWindow('2024-01', '2024-12', '2024-06-15').to).toBe('2024-06-15')
})

test("Wilson's interval holds the share and stays within 0 and 1", () => {
  const { low, high } = wilson(8, 10, 1.959964)
  expect(low).toBeCloseTo(0.4902, 4)
  expect(high).toBeCloseTo(0.9433, 4)
  expect(wilson(0, 5).low).toBe(0)
  expect(wilson(5, 5).high).toBe(1)
})

test('a chain of parents ends at the ultimate one, and a circle at nobody', () => {
  const { parentOf, circular } = ultimateParents([
    { customer: 'a', parent: 'b' },
    { customer: 'b', parent: 'c' },
    { customer: 'x', parent: 'y' },
    { customer: 'y', parent: 'x' },
  ])
  expect(Object.fromEntries(parentOf)).toEqual({ a: 'c', b: 'c' })
  expect(circular).toEqual(['x', 'y'])
})
