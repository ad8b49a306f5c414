import { afterAll, describe, expect, test } from 'vitest'
import { ProgrammeSolver } from '../../math/programme.ts'
import { type ChainProblem, planChain } from './chain-plan.ts'

const solver = new ProgrammeSolver()
afterAll(() => solver.close())

/** Pfeifer & Carraway (2000): recency 1 to 4 and lost; 40 on a purchase, 4 for a mailing, values just after entering a state. */
const buys = [0.3, 0.2, 0.15, 0.05]
const mailing: ChainProblem = {
  states: ['1', '2', '3', '4', 'lost'],
  actions: [
    ...buys.map((p, s) => {
      const next = [0, 0, 0, 0, 0]
      const quiet = [0, 0, 0, 0, 0]
      next[0] = p
      next[s + 1] = 1 - p
      quiet[4] = 1
      return [
        { name: 'drop', next: quiet, profit: s === 0 ? 40 : 0, cost: 0 },
        { name: 'mail', next, profit: s === 0 ? 40 : 0, cost: 4 },
      ]
    }),
    [{ name: 'gone', next: [0, 0, 0, 0, 1], profit: 0, cost: 0 }],
  ],
  customers: [1, 0, 0, 0, 0],
  arrivals: [0, 0, 0, 0, 0],
  budgets: Array.from({ length: 80 }, () => Infinity),
  discount: 0.2,
  afterwards: [0, 0, 0, 0, 0],
}

describe('a plan over several periods', () => {
  test('without budgets is the best policy of the published example: mail up to the third period without a purchase, then stop', async () => {
    const { value, treated, shadowPrices } = await planChain(mailing, solver)
    expect(value).toBeCloseTo(53.14942529, 5)
    expect(treated[1]![0]![1]).toBeCloseTo(0.3, 9)
    expect(treated[3]![3]![1]).toBeCloseTo(0, 9)
    expect(shadowPrices.every((price) => Math.abs(price) < 1e-9)).toBe(true)
  })

  test('spends a scarce budget where it brings most, and says what one more unit in each period would bring', async () => {
    const scarce = { ...mailing, customers: [100, 100, 100, 100, 0], budgets: [600, 300, 300] }
    const plan = await planChain(scarce, solver)
    expect(plan.spent.every((spent, t) => spent <= scarce.budgets[t]! + 1e-6)).toBe(true)
    // The first period can reach 150 of 400: all of state 1, then half of state 2.
    expect(plan.treated[0]!.map((own) => own[1])).toEqual(
      [100, 50, 0, 0, undefined].map((n) => (n === undefined ? n : expect.closeTo(n, 6))),
    )
    const more = await planChain({ ...scarce, budgets: [601, 300, 300] }, solver)
    expect(more.value - plan.value).toBeCloseTo(plan.shadowPrices[0]!, 6)
    expect(plan.value).toBeGreaterThan(plan.doingNothing)
  })

  test('with one action a state is the value of the chain', async () => {
    const P = [
      [0.9, 0.1, 0, 0],
      [0.25, 0.6, 0.15, 0],
      [0.1, 0.1, 0.7, 0.1],
      [0.05, 0, 0.1, 0.85],
    ]
    const chain: ChainProblem = {
      states: ['stranger', 'acquaintance', 'friend', 'partner'],
      actions: P.map((next, s) => [{ name: 'as now', next, profit: [-2, 40, 85, 150][s]!, cost: 0 }]),
      customers: [1000, 200, 80, 20],
      arrivals: [0, 0, 0, 0],
      budgets: [0, 0, 0, 0, 0, 0],
      discount: 0.1,
      afterwards: [0, 0, 0, 0],
    }
    const { value, doingNothing } = await planChain(chain, solver)
    expect(value).toBeCloseTo(99_117.81875, 4)
    expect(doingNothing).toBeCloseTo(99_117.81875, 6)
    // The same customers valued for ever afterwards.
    const forever = await planChain({ ...chain, afterwards: [162.77027027, 347.54054054, 593.85135135, 930.09459459] }, solver)
    expect(forever.value).toBeCloseTo(298_388.378, 2)
  })

  test('refuses rows that are no probabilities and says which', async () => {
    const broken = structuredClone(mailing)
    ;(broken.actions[1]![1]!.next as number[])[2] = 0.5
    await expect(planChain(broken, solver)).rejects.toThrow(/2, mail: chances must be 5 numbers from 0 that sum to 1; they sum to 0.7/)
    await expect(planChain({ ...mailing, budgets: [] }, solver)).rejects.toThrow(/at least one period/)
  })
})
