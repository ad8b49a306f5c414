import { afterAll, expect, test } from 'vitest'
import { ProgrammeSolver } from '../../math/programme.ts'
import { createRandom, type Random } from '../../math/random.ts'
import { type ActionProblem, chooseActions } from './choose-actions.ts'

const solver = new ProgrammeSolver()
afterAll(() => solver.close())

function draw(random: Random, customers: number, actions: number, budgets: number, alike = false): ActionProblem {
  const value = new Float64Array(customers * actions)
  const use = Array.from({ length: budgets }, (_, r) => new Float64Array(r === 0 ? actions : customers * actions))
  for (let j = 1; j < actions; j++) use[0]![j] = 1 + j * (0.5 + random.next())
  for (let i = 0; i < customers; i++) {
    const size = alike ? 10 : Math.exp(2 * random.normal())
    for (let j = 1; j < actions; j++) {
      value[i * actions + j] = size * j ** 0.7 * (alike ? 1 : 0.2 + random.next())
      for (let r = 1; r < budgets; r++) use[r]![i * actions + j] = random.next() * j
    }
  }
  return {
    customers,
    actions,
    value,
    budgets: use.map((one, r) => ({ name: `budget ${r}`, use: one, most: customers * (r === 0 ? 1 : 0.3) })),
  }
}

function exhaustive({ customers, actions, value, budgets }: ActionProblem): number {
  let best = -Infinity
  const used = new Float64Array(budgets.length)
  const visit = (i: number, worth: number): void => {
    if (i === customers) {
      best = Math.max(best, worth)
      return
    }
    for (let j = 0; j < actions; j++) {
      let possible = true
      budgets.forEach(({ use, most }, r) => {
        used[r]! += use.length === actions ? use[j]! : use[i * actions + j]!
        if (used[r]! > most) possible = false
      })
      if (possible) visit(i + 1, worth + value[i * actions + j]!)
      budgets.forEach(({ use }, r) => {
        used[r]! -= use.length === actions ? use[j]! : use[i * actions + j]!
      })
    }
  }
  visit(0, 0)
  return best
}

test('the bound holds and the choice keeps its budgets in 200 cases small enough to try all', async () => {
  const random = createRandom(3).split('actions')
  for (let round = 0; round < 200; round++) {
    const problem = draw(random.split(round), 5, 4, 1 + (round % 3))
    const { value, bound, used, choice } = await chooseActions(problem, solver)
    const best = exhaustive(problem)
    for (const [r, { most }] of problem.budgets.entries()) expect(used[r]).toBeLessThanOrEqual(most * (1 + 1e-9))
    expect(value).toBeLessThanOrEqual(best + 1e-9)
    expect(bound, `round ${round}`).toBeGreaterThanOrEqual(best - 1e-6 * (1 + best))
    expect([...choice].reduce((sum, j, i) => sum + problem.value[i * 4 + j]!, 0)).toBeCloseTo(value, 6)
  }
})

test.each([
  [1, 20_000],
  [2, 20_000],
  [3, 5_000],
])('with %d budgets and %d customers the certified gap is below a thousandth', async (budgets, customers) => {
  const { gap, used, shadowPrices } = await chooseActions(draw(createRandom(9), customers, 8, budgets), solver)
  expect(gap).toBeLessThan(0.001)
  expect(gap).toBeGreaterThanOrEqual(0)
  expect(used[0]).toBeGreaterThan(0)
  expect(shadowPrices[0]).toBeGreaterThan(0)
})

test('customers who are all alike share a budget that is not enough for all', async () => {
  const { gap, used } = await chooseActions(draw(createRandom(4), 1000, 3, 1, true), solver)
  expect(gap).toBeLessThan(0.005)
  expect(used[0]).toBeGreaterThan(990)
})

test('a budget that is not scarce has no price, and each customer gets the best', async () => {
  const problem = { ...draw(createRandom(4), 100, 3, 1), budgets: [{ name: 'hours', use: Float64Array.of(0, 1, 2), most: 1000 }] }
  const { shadowPrices, gap, choice } = await chooseActions(problem, solver)
  expect(shadowPrices[0]).toBe(0)
  expect(gap).toBe(0)
  for (const [i, j] of choice.entries()) expect(problem.value[i * 3 + j]).toBe(Math.max(...problem.value.subarray(i * 3, i * 3 + 3)))
})

test('an action that is barred is not taken, whatever it would bring', async () => {
  const value = Float64Array.of(0, 5, -Infinity, 0, 5, 9)
  const { choice } = await chooseActions(
    { customers: 2, actions: 3, value, budgets: [{ name: 'visits', use: Float64Array.of(0, 1, 1), most: 2 }] },
    solver,
  )
  expect([...choice]).toEqual([1, 2])
})

test('what does not fit together is refused', async () => {
  const problem = draw(createRandom(4), 10, 3, 1)
  await expect(chooseActions({ ...problem, value: new Float64Array(7) }, solver)).rejects.toThrow(/30 values, not 7/)
  await expect(chooseActions({ ...problem, budgets: [] }, solver)).rejects.toThrow(/at least one budget/)
  await expect(chooseActions({ ...problem, budgets: [{ name: 'hours', use: Float64Array.of(1, 2, 3), most: 5 }] }, solver)).rejects.toThrow(
    /no choice keeps/,
  )
})
