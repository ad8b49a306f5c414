import { expect, test } from 'vitest'
import { bgNbd, mbgNbd, paretoNbd } from '../value/index.ts'
import { outlookGrid } from './outlook-grid.ts'

const delta = Math.log(1.1) / 52
const horizon = 260

/** Year by year on a fine grid, as the definition has it. */
function direct(expected: (t: number) => number, weeks: number): number {
  let sum = 0
  const step = 0.25
  for (let t = 0; t < weeks; t += step) sum += (expected(t + step) - expected(t)) * Math.exp(-delta * (t + step / 2))
  return sum
}

test.each([
  { model: bgNbd, parameters: { r: 0.243, alpha: 4.414, a: 0.793, b: 2.426 } },
  { model: mbgNbd, parameters: { r: 0.525, alpha: 6.183, a: 0.891, b: 1.614 } },
  { model: paretoNbd, parameters: { r: 0.553, alpha: 10.578, s: 0.606, beta: 11.669 } },
])('the grid agrees with the definition within 0.5 %: $model.name', ({ model, parameters }) => {
  const grid = outlookGrid(model as typeof bgNbd, parameters as never, { mostX: 90, mostT: 200, horizonWeeks: horizon, delta })
  for (const [x, T] of [
    [0, 0],
    [0, 77.3],
    [1, 3],
    [5, 40.2],
    [24, 180],
    [33, 120],
    [90, 200],
  ] as const) {
    const tx = x === 0 ? 0 : T
    const of = model as typeof bgNbd
    const alive = of.probabilityAlive(parameters as never, x, tx, T)
    const expected = direct((t) => of.conditionalExpectedTransactions(parameters as never, t, x, tx, T) / alive, horizon)
    const found = grid(x, T)
    expect(Math.abs(found.purchases / expected - 1), `x ${x} T ${T}: ${found.purchases} for ${expected}`).toBeLessThan(0.005)
    expect(found.forever).toBeGreaterThan(found.purchases)
    expect(Math.abs(found.forever * alive - of.discountedExpectedTransactions(parameters as never, delta, x, tx, T))).toBeLessThan(
      0.005 * found.forever,
    )
  }
})

test('a higher discount never makes anybody worth more', () => {
  const at = (d: number) =>
    outlookGrid(bgNbd, { r: 0.243, alpha: 4.414, a: 0.793, b: 2.426 }, { mostX: 5, mostT: 50, horizonWeeks: horizon, delta: d })
  expect(at(2 * delta)(3, 20).purchases).toBeLessThan(at(delta)(3, 20).purchases)
})
