import { afterAll, describe, expect, test } from 'vitest'
import { ProgrammeSolver } from '../../math/programme.ts'
import { createRandom, type Random } from '../../math/random.ts'
import { brokenLimits, type PlanItem, type PlanProblem, planValue } from './plan-problem.ts'
import type { ResponseCurve } from './response.ts'
import { solvePlan } from './solve-plan.ts'

const solver = new ProgrammeSolver()
afterAll(() => solver.close())

const item = (curve: ResponseCurve, more: Partial<PlanItem> = {}): PlanItem => ({
  id: 'i',
  title: 'item',
  curve,
  worth: 1,
  today: 0,
  least: 0,
  most: 1000,
  ...more,
})
const saturating = (ceiling: number, rate: number): ResponseCurve => ({ form: 'modified-exponential', floor: 0, ceiling, rate })
const adbudg = (floor: number, ceiling: number, shape: number, scale: number): ResponseCurve => ({
  form: 'adbudg',
  floor,
  ceiling,
  shape,
  scale,
  unit: 1,
})
const budget = (problem: Pick<PlanProblem, 'items'>, upper: number, lower = -Infinity) => ({
  name: 'budget',
  title: 'budget',
  entries: problem.items.map((_, i): [number, number] => [i, 1]),
  lower,
  upper,
})

function gross(items: PlanItem[], upper: number, more: Partial<PlanProblem> = {}): PlanProblem {
  return { items, rows: [budget({ items }, upper)], exclusions: [], priceOfMoney: 0, ...more }
}

describe('a plan', () => {
  test('of concave actions is the one of the closed form, with the same price of one more unit', async () => {
    const problem = gross([item(saturating(100, 0.02)), item(saturating(60, 0.05)), item(saturating(40, 0.1))], 60)
    const plan = await solvePlan(problem, solver, { gap: 1e-10, whole: true })
    expect([...plan.effort]).toEqual([28.099516, 19.349109, 12.551375].map((x) => expect.closeTo(x, 2)))
    expect(plan.value).toBeCloseTo(108.788272, 5)
    expect(plan.shadowPrices[0]).toBeCloseTo(1.140147, 2)
    expect(plan.gap).toBeLessThan(1e-8)
  })

  test('net of its money stops where the next unit brings less than itself', async () => {
    const problem = gross([item(saturating(100, 0.02))], 1000, { priceOfMoney: 1 })
    const { effort, shadowPrices } = await solvePlan(problem, solver, { whole: true })
    expect(effort[0]).toBeCloseTo(Math.log(2) / 0.02, 1)
    expect(shadowPrices[0]).toBe(0)
  })

  // Lodish (1971) call plans: whole calls, S-shaped responses.
  test.each([
    [
      [
        [2, 20, 1, 4],
        [1, 30, 2, 9],
        [5, 15, 0.8, 2],
        [0, 12, 1.5, 3],
      ],
      8,
      [1, 4, 1, 2],
      39.316709824,
    ],
    [
      [
        [2, 20, 1, 4],
        [1, 40, 3, 60],
        [5, 15, 0.8, 2],
        [0, 12, 1.5, 3],
      ],
      6,
      [0, 6, 0, 0],
      38.52173913,
    ],
  ])('of whole calls on S-shaped accounts finds what one-call-at-a-time misses: %j', async (accounts, calls, expected, value) => {
    const items = accounts.map(([b, a, c, d]) => item(adbudg(b!, a!, c!, d!), { levels: Array.from({ length: calls + 1 }, (_, i) => i) }))
    const plan = await solvePlan(gross(items, calls), solver)
    expect([...plan.effort].map(Math.round)).toEqual(expected)
    expect(plan.value + accounts.reduce((sum, [b]) => sum + b!, 0)).toBeCloseTo(value, 6)
  })

  test('whose limits contradict each other is refused with their names', async () => {
    const items = [item(saturating(10, 0.1), { title: 'defend partners' }), item(saturating(10, 0.1), { title: 'acquire' })]
    const problem: PlanProblem = {
      items,
      priceOfMoney: 0,
      exclusions: [],
      rows: [
        { name: 'floor', title: 'service floor of partners', entries: [[0, 1]], lower: 30, upper: Infinity },
        { ...budget({ items }, 20), title: 'budget of sales' },
        { name: 'cap', title: 'cap on acquisition', entries: [[1, 1]], lower: -Infinity, upper: 5 },
      ],
    }
    await expect(solvePlan(problem, solver)).rejects.toMatchObject({
      code: 'plan-infeasible',
      message: 'no allocation keeps all limits: "service floor of partners", "budget of sales" contradict each other',
    })
  })

  test('spends nothing on an item that does harm, unless a floor asks for it', async () => {
    const items = [item(saturating(10, 0.1), { worth: -1 }), item(saturating(10, 0.1))]
    expect((await solvePlan(gross(items, 20), solver)).effort[0]).toBeCloseTo(0, 9)
    const floor = { name: 'floor', title: 'floor', entries: [[0, 1]] as [number, number][], lower: 4, upper: Infinity }
    const forced = await solvePlan({ ...gross(items, 20), rows: [budget({ items }, 20), floor] }, solver)
    expect(forced.effort[0]).toBeCloseTo(4, 5)
  })

  test('that falls apart into budgets is the same solved budget by budget as solved whole', async () => {
    const random = createRandom(6).split('separable')
    for (let round = 0; round < 10; round++) {
      const draw = random.split(round)
      const concave = (): ResponseCurve =>
        draw.next() < 0.5
          ? saturating(1 + 30 * draw.next(), 0.05 + draw.next())
          : {
              form: 'adbudg',
              floor: 0,
              ceiling: 5 + 20 * draw.next(),
              shape: 0.4 + 0.6 * draw.next(),
              scale: 0.5 + 3 * draw.next(),
              unit: 1,
            }
      const items = Array.from({ length: 5 }, () =>
        item(concave(), { worth: 3 * draw.next(), least: draw.next() < 0.3 ? 0.2 : 0, most: 10 }),
      )
      const rows = [
        { ...budget({ items: items.slice(0, 3) }, 2 + 10 * draw.next()), name: 'a' },
        {
          name: 'b',
          title: 'b',
          entries: [
            [3, 1],
            [4, 0.5 + draw.next()],
          ] as [number, number][],
          lower: -Infinity,
          upper: 1 + 10 * draw.next(),
        },
      ]
      const problem: PlanProblem = { items, rows, exclusions: [], priceOfMoney: draw.next() < 0.5 ? 1 : 0 }
      const direct = await solvePlan(problem, solver)
      const whole = await solvePlan(problem, solver, { whole: true, gap: 1e-7, rounds: 40 })
      expect(direct.rounds).toBe(0)
      expect(brokenLimits(problem, direct.effort)).toEqual([])
      expect(direct.gap).toBeLessThan(1e-9)
      expect(Math.abs(direct.value - whole.value), `round ${round}`).toBeLessThan(1e-6 * (1 + Math.abs(whole.value)))
    }
  })

  test('in steps, with minimum spends, exclusions and two budgets, is the best of all combinations: 500 small cases', async () => {
    const random = createRandom(20_261_121).split('plans')
    let steps = 0
    for (let round = 0; round < 500; round++) {
      const problem = smallProblem(random.split(round))
      const best = exhaustive(problem)
      const plan = solvePlan(problem, solver)
      if (best === undefined) {
        await expect(plan).rejects.toMatchObject({ code: 'plan-infeasible' })
        continue
      }
      const { value, effort, gap } = await plan
      expect(brokenLimits(problem, effort), `round ${round}`).toEqual([])
      expect(Math.abs(value - best), `round ${round}: ${value} for ${best}`).toBeLessThan(1e-5 * Math.max(1, Math.abs(best)))
      expect(gap).toBeLessThan(1e-4)
      steps++
    }
    expect(steps).toBeGreaterThan(400)
  }, 120_000)

  test('of any amounts is at least as good as every point of a fine grid, and its bound holds', async () => {
    const random = createRandom(5).split('amounts')
    for (let round = 0; round < 12; round++) {
      const draw = random.split(round)
      const items = Array.from({ length: 3 }, () =>
        item(randomCurve(draw), {
          worth: 0.5 + draw.next() * 3,
          most: 10,
          ...(draw.next() < 0.4 ? { minimumSpend: 1 + 3 * draw.next() } : {}),
        }),
      )
      const problem = gross(items, 4 + 14 * draw.next(), {
        exclusions: draw.next() < 0.3 ? [{ title: 'one of two', items: [0, 1], most: 1 }] : [],
      })
      const { value, bound, effort } = await solvePlan(problem, solver, { gap: 1e-7, rounds: 60 })
      expect(brokenLimits(problem, effort)).toEqual([])
      let best = -Infinity
      for (let a = 0; a <= 10; a += 0.25)
        for (let b = 0; b <= 10; b += 0.25)
          for (let c = 0; c <= 10; c += 0.25)
            if (brokenLimits(problem, [a, b, c], 1e-12).length === 0) best = Math.max(best, planValue(problem, [a, b, c]))
      expect(value, `round ${round}`).toBeGreaterThanOrEqual(best - 1e-5 * (1 + Math.abs(best)))
      expect(bound).toBeGreaterThanOrEqual(value - 1e-9)
      expect(bound - value, `round ${round}`).toBeLessThan(1e-4 * (1 + value))
    }
  }, 60_000)
})

function randomCurve(random: Random): ResponseCurve {
  const ceiling = 1 + 30 * random.next()
  if (random.next() < 0.4) return saturating(ceiling, 0.05 + random.next())
  return {
    form: 'adbudg',
    floor: random.next(),
    ceiling: 2 + ceiling,
    shape: 0.5 + 4 * random.next(),
    scale: 0.3 + 20 * random.next(),
    unit: 1 + random.next(),
  }
}

/** Two to four items of two to five steps, so that every combination can be tried. */
function smallProblem(random: Random): PlanProblem {
  const items = Array.from({ length: 2 + Math.floor(3 * random.next()) }, (_, k) => {
    const levels = [0]
    for (let i = 0; i < 1 + Math.floor(4 * random.next()); i++) levels.push((levels.at(-1) as number) + 0.5 + 3 * random.next())
    // A minimum spend bars the steps below it.
    const minimum = random.next() < 0.3 ? (levels.at(-1) as number) * random.next() : 0
    return item(randomCurve(random), {
      id: `i${k}`,
      title: `item ${k}`,
      worth: random.next() < 0.1 ? -1 : 3 * random.next(),
      levels: levels.filter((x) => x === 0 || x >= minimum),
    })
  })
  const members = (): [number, number][] => items.map((_, i): [number, number] => [i, random.next() < 0.7 ? 0.5 + random.next() : 0])
  const rows = [
    { ...budget({ items }, 2 + 12 * random.next()), name: 'money' },
    {
      name: 'hours',
      title: 'hours',
      entries: members(),
      lower: random.next() < 0.3 ? 3 * random.next() : -Infinity,
      upper: 2 + 10 * random.next(),
    },
  ]
  return {
    items,
    rows,
    exclusions: random.next() < 0.4 ? [{ title: 'not both', items: [0, 1], most: 1 }] : [],
    priceOfMoney: random.next() < 0.5 ? 0 : 1,
  }
}

function exhaustive(problem: PlanProblem): number | undefined {
  let best: number | undefined
  const effort: number[] = []
  const visit = (k: number): void => {
    if (k === problem.items.length) {
      if (brokenLimits(problem, effort, 1e-9).length > 0) return
      const value = planValue(problem, effort)
      if (best === undefined || value > best) best = value
      return
    }
    for (const level of problem.items[k]!.levels as number[]) {
      effort[k] = level
      visit(k + 1)
    }
  }
  visit(0)
  return best
}
