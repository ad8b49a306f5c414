import type { ProgrammeSolver } from '../../math/programme.ts'
import { relationshipClasses, stateValues } from '../relationships/index.ts'
import { type ChainAction, planChain } from './chain-plan.ts'
import type { LeverItem } from './levers.ts'
import type { PlanInput } from './plan-input.ts'
import { respond } from './response.ts'
import type { Plan } from './solve-plan.ts'

/** Customers treated in a state and period below which a row is not worth saying. */
const fewest = 0.5

/**
 * Whom to treat in the coming periods, at the plan's effort per customer, when treatment changes who will be in which class and each period has the same budget.
 * One row per period, segment, class and lever with customers in it.
 */
export async function planComingPeriods(
  { chains, arrivals }: PlanInput,
  items: readonly LeverItem[],
  plan: Plan,
  discount: number,
  periods: number,
  budget: number,
  solver: ProgrammeSolver,
  signal: AbortSignal,
) {
  const states: { segment: string; class: string }[] = []
  const actions: ChainAction[][] = []
  const customers: number[] = []
  const coming: number[] = []
  const afterwards: number[] = []
  for (const [c, chain] of chains.entries()) {
    const V = stateValues({ p: chain.next, profit: chain.profit, discount })
    const arriving = arrivals.get(chain.segment) ?? [0, 0, 0, 0]
    const across = (own: readonly number[]) => chains.flatMap((_, other) => (other === c ? [...own] : own.map(() => 0)))
    relationshipClasses.forEach((name, at) => {
      states.push({ segment: chain.segment, class: name })
      customers.push(chain.customers[at]!)
      coming.push(arriving[at]!)
      afterwards.push(V[at]!)
      const row = chain.next[at]!
      const own: ChainAction[] = [{ name: 'none', next: across(row), profit: chain.profit[at]!, cost: 0 }]
      for (const [i, item] of items.entries()) {
        if (item.chain !== chain || item.class !== name || !(plan.effort[i]! > 1e-9 * item.most)) continue
        const added = respond(item.curve, plan.effort[i]!) - respond(item.curve, 0)
        const cost = plan.effort[i]! / item.customers
        if (item.lever === 'leverage') own.push({ name: item.lever, next: across(row), profit: chain.profit[at]! * (1 + added), cost })
        else
          own.push({
            name: item.lever,
            next: across(item.lever === 'defend' ? fewerDrop(row, at, added) : moreRise(row, at, added)),
            profit: chain.profit[at]!,
            cost,
          })
      }
      actions.push(own)
    })
  }
  const { treated, spent: _ } = await planChain(
    {
      states: states.map(({ segment, class: name }) => `${segment} ${name}`),
      actions,
      customers,
      arrivals: coming,
      budgets: Array.from({ length: periods }, () => budget),
      discount,
      afterwards,
    },
    solver,
    signal,
  )
  return treated.flatMap((byState, t) =>
    byState.flatMap((byAction, s) =>
      byAction.flatMap((n, a) => {
        const { name, cost } = actions[s]![a]!
        return n >= fewest ? [{ period: t + 1, ...states[s]!, lever: name, customers: n, spent: (n * cost).toFixed(4) }] : []
      }),
    ),
  )
}

/** A chance of moving one class up, taken from those who would have stayed. */
function moreRise(row: readonly number[], at: number, added: number): number[] {
  const moved = Math.min(added, row[at]!)
  return row.map((p, to) => (to === at ? p - moved : to === at + 1 ? p + moved : p))
}

/** A chance of not dropping: all drops shrink alike, those kept stay where they are. */
function fewerDrop(row: readonly number[], at: number, added: number): number[] {
  const dropping = row.slice(0, at).reduce((sum, p) => sum + p, 0)
  const kept = Math.min(added, dropping)
  return row.map((p, to) => (to < at && dropping > 0 ? p * (1 - kept / dropping) : to === at ? p + kept : p))
}
