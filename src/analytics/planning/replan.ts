import { ProgrammeSolver } from '../../math/programme.ts'
import { AppError } from '../../shared/errors.ts'
import { itemSlope, itemValue, type PlanItem, type PlanProblem } from './plan-problem.ts'
import type { ResponseCurve } from './response.ts'
import { solvePlan } from './solve-plan.ts'

/** An item as a published plan holds it. */
export interface PublishedItem {
  id: string
  curve: ResponseCurve
  /** Present value of a full response. */
  worth: number
  /** Effort of the published plan; money of the coming period. */
  effort: number
}

/** What somebody tries: another budget, items fixed at an amount, items left out. */
export interface Trial {
  budget: number
  hold: Record<string, number>
  exclude: string[]
}

export interface TriedPlan {
  spent: number
  value: number
  /** What one more unit of money would bring, before itself. */
  nextUnit: number
  items: { id: string; effort: number; value: number; nextUnit: number; change: number }[]
}

/**
 * The best plan under a trial, for the curves of a published plan: what a slider asks, answered at once.
 *
 * @throws AppError `plan-trial` when a held item is not in the plan or more is held than the budget.
 */
export async function replan(published: readonly PublishedItem[], { budget, hold, exclude }: Trial): Promise<TriedPlan> {
  const known = new Set(published.map(({ id }) => id))
  const unknown = [...Object.keys(hold), ...exclude].find((id) => !known.has(id))
  if (unknown !== undefined)
    throw new AppError('plan-trial', `the plan has no item ${JSON.stringify(unknown)}`, { hint: 'Items are those of table plan_item.' })
  const held = Object.values(hold).reduce((sum, amount) => sum + amount, 0)
  if (held > budget * (1 + 1e-9))
    throw new AppError('plan-trial', `${held} is held, which is more than the budget of ${budget}`, {
      hint: 'Raise the budget, or hold less.',
    })
  const left = new Set(exclude)
  const items = published.map(({ id, curve, worth }): PlanItem => {
    const fixed = left.has(id) ? 0 : hold[id]
    return { id, title: id, curve, worth, today: 0, least: fixed ?? 0, most: fixed ?? budget }
  })
  const problem: PlanProblem = {
    items,
    rows: [{ name: 'budget', title: 'budget', entries: items.map((_, i) => [i, 1]), lower: -Infinity, upper: budget }],
    exclusions: [],
    priceOfMoney: 1,
  }
  const solver = new ProgrammeSolver()
  try {
    const { effort, value, shadowPrices } = await solvePlan(problem, solver, { gap: 1e-4, rounds: 8 })
    return {
      spent: effort.reduce((sum, x) => sum + x, 0),
      value,
      nextUnit: 1 + shadowPrices[0]!,
      items: published.map(({ id, effort: before }, i) => ({
        id,
        effort: effort[i]!,
        value: itemValue(items[i]!, effort[i]!, 1),
        nextUnit: itemSlope(items[i]!, effort[i]!, 0),
        change: effort[i]! - before,
      })),
    }
  } finally {
    await solver.close()
  }
}
