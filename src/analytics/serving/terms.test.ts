import { assert, integer, property, record } from 'fast-check'
import { expect, test } from 'vitest'
import { driversOf, evaluateMinutes, parseTimeEquation } from '../costing/index.ts'
import { termsOf } from './terms.ts'

const read = (source: string) => parseTimeEquation(source, driversOf.order)

test('an equation is told by its summands', () => {
  const terms = termsOf(read('8 + 2 * lines + if(ship_mode = "express", 15, 0) - min(drops, 2)'))
  expect(terms.map(({ text, drivers }) => [text, drivers])).toEqual([
    ['8', []],
    ['2 * lines', ['lines']],
    ['if(ship_mode = "express", 15, 0)', ['ship_mode']],
    ['-min(drops, 2)', ['drops']],
  ])
})

test('signs are carried through parentheses', () => {
  expect(termsOf(read('8 - (2 * lines - 3)')).map(({ text }) => text)).toEqual(['8', '-(2 * lines)', '3'])
})

test('the summands add up to the equation for every order', () => {
  const equations = [
    '8 + 2 * lines',
    '5 - (lines - 3 * (drops + 1)) / 2',
    'max(0, 4 - lines) + if(drops > 2, drops, 1) * 2',
    '-(3 - units)',
  ].map(read)
  assert(
    property(
      record({ lines: integer({ min: 0, max: 50 }), drops: integer({ min: 1, max: 9 }), units: integer({ min: 0, max: 999 }) }),
      (order) => {
        const drivers = { ...order, amount: 0, returned_lines: 0, channel: '', entry_mode: '', ship_mode: '', changes: 0 }
        for (const equation of equations) {
          const whole = evaluateMinutes(equation, drivers)
          const parts = termsOf(equation).reduce((sum, term) => sum + evaluateMinutes(term.equation, drivers), 0)
          expect(parts).toBeCloseTo(whole, 9)
        }
      },
    ),
  )
})
