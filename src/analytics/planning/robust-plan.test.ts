import { afterAll, describe, expect, test } from 'vitest'
import { ProgrammeSolver } from '../../math/programme.ts'
import { createRandom } from '../../math/random.ts'
import { brokenLimits, type PlanItem, type PlanProblem, planValue } from './plan-problem.ts'
import type { ResponseCurve } from './response.ts'
import { doubtOfPlan, inScenario, robustPlan, type Scenario, spreadOfOutcomes } from './robust-plan.ts'
import { solvePlan } from './solve-plan.ts'

const solver = new ProgrammeSolver()
afterAll(() => solver.close())

const saturating = (ceiling: number, rate = 0.05): ResponseCurve => ({ form: 'modified-exponential', floor: 0, ceiling, rate })
const item = (title: string, curve: ResponseCurve): PlanItem => ({ id: title, title, curve, worth: 1, today: 10, least: 0, most: 60 })

/** Two items that promise the same on average; one is sure, the other is twice as good or nothing. */
const items = [item('sure', saturating(100)), item('gamble', saturating(100))]
const problem: PlanProblem = {
  items,
  rows: [
    {
      name: 'budget',
      title: 'budget',
      entries: [
        [0, 1],
        [1, 1],
      ],
      lower: -Infinity,
      upper: 40,
    },
  ],
  exclusions: [],
  priceOfMoney: 0,
}
const scenarios: Scenario[] = Array.from({ length: 40 }, (_, i) => ({
  curves: items.map(({ curve }) => curve),
  worth: [1, i % 2 === 0 ? 2 : 0],
}))

describe('a plan under doubt', () => {
  test('by its mean shares the money between equal means; with caution it leans on what is sure', async () => {
    const mean = await solvePlan(problem, solver)
    expect(mean.effort[0]).toBeCloseTo(mean.effort[1]!, 1)
    const careful = await robustPlan(problem, scenarios, 1, mean.effort, solver)
    expect(careful.effort[0]).toBeGreaterThan(38)
    expect(careful.outcome.worstTenth).toBeGreaterThan(spreadOfOutcomes(problem, scenarios, mean.effort).worstTenth + 10)
    const between = await robustPlan(problem, scenarios, 0.3, mean.effort, solver)
    expect(between.effort[0]).toBeGreaterThan(mean.effort[0]!)
    expect(between.effort[0]).toBeLessThan(careful.effort[0]! + 1e-6)
  })

  test('no allocation on a fine grid scores better with caution', async () => {
    const random = createRandom(8)
    const draws: Scenario[] = Array.from({ length: 50 }, () => ({
      curves: items.map(({ curve }) => curve),
      worth: [Math.exp(0.2 * random.normal()), Math.exp(0.8 * random.normal() - 0.3)],
    }))
    const caution = 0.5
    const { effort, score } = await robustPlan(problem, draws, caution, [20, 20], solver)
    expect(brokenLimits(problem, effort)).toEqual([])
    for (let x = 0; x <= 40; x += 0.5) {
      const { mean, worstTenth } = spreadOfOutcomes(problem, draws, [x, 40 - x])
      expect(score).toBeGreaterThanOrEqual((1 - caution) * mean + caution * worstTenth - 0.02)
    }
  })

  test('says how often each item is chosen, what knowing everything is worth, and what to find out first', async () => {
    const { effort } = await solvePlan(problem, solver)
    const { chosen, knowing, perfectInformation, low, high } = await doubtOfPlan(problem, scenarios, effort, solver, { singles: 40 })
    expect(chosen[0]).toBe(1)
    expect(chosen[1]).toBeCloseTo(0.5, 12)
    // The sure item has nothing to find out.
    expect(knowing[0]).toBeLessThan(0.01)
    expect(knowing[1]).toBeGreaterThan(1)
    // Only the gamble is unknown, so knowing it is knowing everything.
    expect(knowing[1]).toBeCloseTo(perfectInformation, 1)
    const best = scenarios.slice(0, 2).map((scenario) => inScenario(problem, scenario))
    const known = (await Promise.all(best.map((one) => solvePlan(one, solver)))).reduce((sum, { value }) => sum + value, 0) / 2
    expect(perfectInformation).toBeCloseTo(known - best.reduce((sum, one) => sum + planValue(one, effort), 0) / 2, 1)
    expect(low[0]).toBeLessThanOrEqual(high[0]!)
  })

  test('counts the scenarios in which doing nothing would have been better', () => {
    const net = { ...problem, priceOfMoney: 1 }
    expect(spreadOfOutcomes(net, scenarios, [0, 30]).losing).toBe(0.5)
    expect(spreadOfOutcomes(net, scenarios, [0, 0])).toMatchObject({ mean: 0, low: 0, high: 0, worstTenth: 0, losing: 0 })
  })
})
