import { expect, test } from 'vitest'
import { allocateConcave } from './concave-allocation.ts'
import { replan } from './replan.ts'

const published = [
  { id: 'a', curve: { form: 'modified-exponential' as const, floor: 0, ceiling: 1, rate: 0.02 }, worth: 300, effort: 30 },
  { id: 'b', curve: { form: 'modified-exponential' as const, floor: 0, ceiling: 1, rate: 0.05 }, worth: 180, effort: 20 },
  { id: 'c', curve: { form: 'modified-exponential' as const, floor: 0, ceiling: 1, rate: 0.1 }, worth: 120, effort: 10 },
]

test('another budget is allocated as the closed form says, with what the next unit brings and what changes', async () => {
  const { items, nextUnit, spent } = await replan(published, { budget: 60, hold: {}, exclude: [] })
  const closed = allocateConcave(
    published.map(({ curve, worth }) => ({ most: worth, rate: curve.rate })),
    60,
  )
  items.forEach(({ effort, change }, i) => {
    expect(effort).toBeCloseTo(closed.effort[i]!, 6)
    expect(change).toBeCloseTo(effort - published[i]!.effort, 9)
  })
  expect(nextUnit).toBeCloseTo(closed.shadowPrice, 6)
  expect(spent).toBeCloseTo(60, 6)
})

test('what is held stays, what is left out gets nothing, the rest gets what is worth it', async () => {
  const { items } = await replan(published, { budget: 60, hold: { a: 5 }, exclude: ['c'] })
  // The next unit on b brings less than itself beyond ln(180 x 0.05) / 0.05.
  expect(items.map(({ effort }) => effort)).toEqual([5, expect.closeTo(Math.log(9) / 0.05, 6), 0])
})

test('more held than there is, or an item that is not in the plan, is refused', async () => {
  await expect(replan(published, { budget: 4, hold: { a: 5 }, exclude: [] })).rejects.toThrow(
    /5 is held, which is more than the budget of 4/,
  )
  await expect(replan(published, { budget: 60, hold: {}, exclude: ['z'] })).rejects.toThrow(/no item "z"/)
})
