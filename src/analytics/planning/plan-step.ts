import { z } from 'zod'
import { ProgrammeSolver } from '../../math/programme.ts'
import { createRandom } from '../../math/random.ts'
import type { Step, StepContext } from '../../pipeline/step.ts'
import { literalRows } from '../profitability/index.ts'
import { customerAction, planFrontier, planGuardrail, planItem, planLimit, planOption, planPeriod, planTables } from './contract.ts'
import { saveCustomerActions } from './customer-actions.ts'
import { guardrailRows } from './guardrails.ts'
import { defaultAssumptions, drawScenarios, halfEffort, type LeverItem, leverItems } from './levers.ts'
import { planComingPeriods } from './period-plan.ts'
import { type PlanOptionOutcome, sayNoPlan, sayPlan } from './plan-findings.ts'
import { planLimits, readPlanInput, type ShownLimit } from './plan-input.ts'
import { itemSlope, itemValue, levers, type PlanProblem, planValue } from './plan-problem.ts'
import { respond } from './response.ts'
import { type Doubt, doubtOfPlan, inScenario, robustPlan, type Scenario, spreadOfOutcomes } from './robust-plan.ts'
import { type Plan, solvePlan } from './solve-plan.ts'

const share = z.number().min(0).max(1)
const assumption = z.strictObject({ reach: share.default(0.5), halfAt: z.number().positive().max(10).default(0.1) })

export const planParameters = z.strictObject({
  /** Money of the coming period, where no budgets are loaded; 2 % of the last period's revenue where this is not given either. */
  budget: z.number().positive().optional(),
  /** Discount per year, as a fraction. */
  discountPerYear: share.default(0.1),
  /** Part of each budget kept for tests. */
  reserveForTests: share.max(0.5).default(0.1),
  /** 0 minds the mean alone, 1 the worst tenth of the scenarios alone; for the cautious plan that stands beside the recommended one. */
  caution: share.default(0.5),
  /** Draws of how things could be. */
  scenarios: z.number().int().min(20).max(2000).default(60),
  /** Periods to plan ahead. */
  ahead: z.number().int().min(1).max(12).default(4),
  /** Least money per customer of a class in the coming period: a floor of service. */
  floors: z.array(z.strictObject({ lever: z.enum(levers), class: z.string(), perCustomer: z.number().min(0) })).default([]),
  /** Hours that a unit of money of each lever takes; with it budgets in hours bind. */
  hoursPerMoney: z.partialRecord(z.enum(levers), z.number().min(0)).default({}),
  /** What is assumed of a lever until somebody judges or tests it. */
  assumptions: z
    .strictObject({ acquire: assumption, convert: assumption, leverage: assumption, defend: assumption })
    .default(defaultAssumptions),
})

export type PlanParameters = z.infer<typeof planParameters>

/** From classes and their moves to where the next unit of money goes. */
export const planStep: Step<PlanParameters> = {
  name: 'investment-plan',
  title: 'Investment plan: acquire, convert, leverage, defend',
  reads: ['customer_relationship', 'relationship_transition', 'relationship_period'],
  readsIfPresent: ['budget', 'response_judgement'],
  writes: [...planTables, customerAction],
  unlock: 'Load orders with customer ids over at least three periods, so that moves between classes can be seen.',
  parameters: planParameters,
  run: writePlan,
}

async function writePlan(context: StepContext<PlanParameters>): Promise<void> {
  const { parameters, seed, signal, progress } = context
  const input = await readPlanInput(context)
  const discount = (1 + parameters.discountPerYear) ** (input.months / 12) - 1
  const { items, notOffered } = leverItems(input.chains, discount, parameters.assumptions, input.judged)
  const limits = planLimits(items, input, parameters)
  const money = limits.filter(({ unit, row }) => unit === 'money' && row.upper < Infinity).reduce((sum, { row }) => sum + row.upper, 0)
  if (items.length === 0 || !(money > 0)) {
    for (const contract of [...planTables, customerAction]) await context.save(contract, literalRows(contract, []))
    sayNoPlan(context, items.length === 0 ? (notOffered[0]?.reason ?? 'no moves between classes were seen') : 'there is no money to spend')
    return
  }
  const problem: PlanProblem = { items, rows: limits.map(({ row }) => row), exclusions: [], priceOfMoney: 1 }
  const solver = new ProgrammeSolver()
  try {
    const plan = await solvePlan(problem, solver, { gap: 1e-6, signal })
    progress(0.1)
    const scenarios = drawScenarios(items, discount, parameters.scenarios, createRandom(seed).split('plan'))
    const doubt = await doubtOfPlan(problem, scenarios, plan.effort, solver, {
      signal,
      progress: (fraction) => progress(0.1 + 0.5 * fraction),
    })
    const outcomes = await compareOptions(context, problem, scenarios, plan, items, solver)
    progress(0.7)
    const reserve = testReserve(items, limits, parameters.reserveForTests, doubt)
    await context.save(planItem, literalRows(planItem, itemRows(problem, items, plan, scenarios, doubt, reserve)))
    await context.save(planLimit, literalRows(planLimit, limitRows(limits, plan)))
    await context.save(
      planOption,
      literalRows(
        planOption,
        outcomes.map(({ row }) => row),
      ),
    )
    const frontier = await valueByBudget(problem, limits, scenarios, solver, signal)
    await context.save(planFrontier, literalRows(planFrontier, frontier))
    const coming = await planComingPeriods(input, items, plan, discount, parameters.ahead, money, solver, signal)
    await context.save(planPeriod, literalRows(planPeriod, coming))
    progress(0.8)
    const spent = plan.effort.reduce((sum, x) => sum + x, 0)
    const byCustomer = await saveCustomerActions(context, items, plan.effort, spent, solver)
    const guardrails = guardrailRows(items, plan.effort, byCustomer.treated)
    await context.save(planGuardrail, literalRows(planGuardrail, guardrails))
    sayPlan(context, { items, plan, doubt, outcomes, limits, input, byCustomer, guardrails })
  } finally {
    await solver.close()
  }
}

const money = (value: number): string => (Number.isFinite(value) ? value : 0).toFixed(4)

async function compareOptions(
  { parameters, signal }: StepContext<PlanParameters>,
  problem: PlanProblem,
  scenarios: Scenario[],
  plan: Plan,
  items: readonly LeverItem[],
  solver: ProgrammeSolver,
): Promise<PlanOptionOutcome[]> {
  const cautious = await robustPlan(problem, scenarios, parameters.caution, plan.effort, solver, signal)
  const spent = plan.effort.reduce((sum, x) => sum + x, 0)
  const equal = Float64Array.from(items, ({ most }) => Math.min(most, spent / items.length))
  const today = items.some(({ today: effort }) => effort > 0) ? Float64Array.from(items, ({ today: effort }) => effort) : undefined
  const candidates: [string, string, Float64Array | undefined][] = [
    ['recommended', 'Most value on average', plan.effort],
    ['cautious', `Minds the worst tenth of the scenarios by ${Math.round(100 * parameters.caution)} %`, cautious.effort],
    ['equal', 'The same money, in equal shares', equal],
    ['today', "Today's allocation, as stated", today],
    ['nothing', 'Do nothing', new Float64Array(items.length)],
  ]
  const best = spreadOfOutcomes(problem, scenarios, plan.effort).mean
  return candidates.flatMap(([option, title, effort]) => {
    if (!effort) return []
    const outcome = spreadOfOutcomes(problem, scenarios, effort)
    const row = {
      option,
      title,
      spent: money(effort.reduce((sum, x) => sum + x, 0)),
      value: money(outcome.mean),
      low: money(outcome.low),
      high: money(outcome.high),
      worst_tenth: money(outcome.worstTenth),
      losing: outcome.losing,
      regret: money(best - outcome.mean),
      allocation: JSON.stringify(
        Object.fromEntries(items.flatMap(({ id }, i) => (effort[i]! > 0.005 ? [[id, Math.round(effort[i]! * 100) / 100]] : []))),
      ),
    }
    return [{ option, outcome, effort, regret: best - outcome.mean, row }]
  })
}

/** Money kept for tests goes to the items whose response is most worth knowing, in proportion. */
function testReserve(items: readonly LeverItem[], limits: readonly ShownLimit[], part: number, { knowing }: Doubt): Float64Array {
  const kept = limits
    .filter(({ unit, row }) => unit === 'money' && row.upper < Infinity)
    .reduce((sum, { row }) => sum + (row.upper / (1 - part)) * part, 0)
  const order = [...items.keys()].sort((a, b) => knowing[b]! - knowing[a]!).slice(0, 3)
  const total = order.reduce((sum, i) => sum + knowing[i]!, 0)
  const reserve = new Float64Array(items.length)
  for (const i of order) reserve[i] = total > 0 ? (kept * knowing[i]!) / total : kept / order.length
  return reserve
}

function itemRows(
  problem: PlanProblem,
  items: readonly LeverItem[],
  plan: Plan,
  scenarios: Scenario[],
  doubt: Doubt,
  reserve: Float64Array,
) {
  const worlds = scenarios.map((scenario) => inScenario(problem, scenario))
  return items.map((item, i) => {
    const x = plan.effort[i]!
    const values = worlds.map((world) => itemValue(world.items[i]!, x, 1)).sort((a, b) => a - b)
    const at = (part: number) => values[Math.min(values.length - 1, Math.floor(part * values.length))]!
    const zero = respond(item.curve, 0)
    return {
      item_id: item.id,
      lever: item.lever,
      segment: item.segment,
      class: item.class,
      customers: item.customers,
      basis: item.basis,
      effort: money(x),
      effort_low: money(doubt.low[i]!),
      effort_high: money(doubt.high[i]!),
      value: money(itemValue(item, x, 1)),
      value_low: money(at(0.05)),
      value_high: money(at(0.95)),
      next_unit: itemSlope(item, x, 0),
      first_unit: itemSlope(item, Math.max(item.least, item.most * 1e-6), 0),
      chosen: doubt.chosen[i]!,
      worth_knowing: money(doubt.knowing[i]!),
      test_reserve: money(reserve[i]!),
      today: item.today > 0 ? money(item.today) : null,
      response_at_zero: zero,
      response_planned: respond(item.curve, x),
      response_ceiling: item.curve.ceiling,
      worth: money(item.worth),
      half_effort: money(halfEffort(item.curve)),
      curve: JSON.stringify(item.curve),
      warning: warningFor(item, x, doubt.chosen[i]!),
    }
  })
}

function warningFor(item: LeverItem, effort: number, chosen: number): string | null {
  const planned = respond(item.curve, effort)
  const upgrade = item.lever === 'acquire' || item.lever === 'convert'
  const at = ['stranger', 'acquaintance', 'friend', 'partner'].indexOf(item.class)
  const seen = item.chain.upgradeHigh[at] ?? 1
  if (effort > 0 && upgrade && planned > seen)
    return `counts on ${(100 * planned).toFixed(1)} % moving up a period; at most ${(100 * seen).toFixed(1)} % were seen to`
  if (item.customers < 30) return `only ${item.customers} customers: rates of so few say little`
  if (effort > 0 && chosen < 0.5) return 'fewer than half of the scenarios would give it money'
  return null
}

function limitRows(limits: readonly ShownLimit[], plan: Plan) {
  return limits.map(({ row, basis, owner, unit }, r) => ({
    limit_id: row.name,
    title: row.title,
    basis,
    owner,
    most: row.upper < Infinity ? row.upper : null,
    least: row.lower > -Infinity ? row.lower : null,
    used: row.entries.reduce((sum, [i, coefficient]) => sum + coefficient * plan.effort[i]!, 0),
    unit,
    // The plan's own price is net of the money; before it, one unit of money brings itself and the price.
    shadow_price: plan.shadowPrices[r]! + (unit === 'money' && row.upper < Infinity ? 1 : 0),
  }))
}

/** Budgets from none to twice as much. */
async function valueByBudget(
  problem: PlanProblem,
  limits: readonly ShownLimit[],
  scenarios: Scenario[],
  solver: ProgrammeSolver,
  signal: AbortSignal,
) {
  const steps = 10
  const rows = []
  const total = limits.filter(({ unit, row }) => unit === 'money' && row.upper < Infinity).reduce((sum, { row }) => sum + row.upper, 0)
  for (let step = 0; step <= 2 * steps; step += 2) {
    const part = step / steps
    const scaled: PlanProblem = {
      ...problem,
      rows: limits.map(({ row, unit }) =>
        unit === 'money' && row.upper < Infinity ? { ...row, upper: row.upper * part, lower: Math.min(row.lower, row.upper * part) } : row,
      ),
    }
    const plan = await solvePlan(scaled, solver, { gap: 1e-4, rounds: 8, signal }).catch(() => undefined)
    if (!plan) continue
    const { low, high } = spreadOfOutcomes(problem, scenarios, plan.effort)
    rows.push({
      step: step / 2,
      budget: money(total * part),
      spent: money(plan.effort.reduce((sum, x) => sum + x, 0)),
      value: money(planValue(problem, plan.effort)),
      low: money(low),
      high: money(high),
      next_unit: 1 + Math.max(...plan.shadowPrices, 0),
    })
  }
  return rows
}
