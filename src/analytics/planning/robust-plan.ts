import type { ProgrammeSolver } from '../../math/programme.ts'
import { Rows } from '../../math/programme.ts'
import { type PlanItem, type PlanProblem, planValue } from './plan-problem.ts'
import type { ResponseCurve } from './response.ts'
import { type Plan, solvePlan } from './solve-plan.ts'

/** One way things could be: for each item its curve and what a unit of response is worth. */
export interface Scenario {
  curves: ResponseCurve[]
  worth: ArrayLike<number>
}

/** The problem as it would be in one scenario. */
export function inScenario(problem: PlanProblem, { curves, worth }: Scenario): PlanProblem {
  return { ...problem, items: problem.items.map((item, i): PlanItem => ({ ...item, curve: curves[i]!, worth: worth[i]! })) }
}

export interface OutcomeSpread {
  mean: number
  /** 5 %, 50 % and 95 % points over the scenarios. */
  low: number
  middle: number
  high: number
  /** Mean of the worst tenth of the scenarios (CVaR). */
  worstTenth: number
  /** Part of the scenarios in which the plan is worth less than doing nothing. */
  losing: number
}

/** What a fixed allocation is worth over all scenarios. */
export function spreadOfOutcomes(problem: PlanProblem, scenarios: Scenario[], effort: ArrayLike<number>): OutcomeSpread {
  const values = Float64Array.from(scenarios, (scenario) => planValue(inScenario(problem, scenario), effort)).sort()
  const n = values.length
  const at = (part: number) => values[Math.min(n - 1, Math.floor(part * n))]!
  const tail = Math.max(1, Math.round(n / 10))
  return {
    mean: values.reduce((sum, value) => sum + value, 0) / n,
    low: at(0.05),
    middle: at(0.5),
    high: at(0.95),
    worstTenth: values.subarray(0, tail).reduce((sum, value) => sum + value, 0) / tail,
    losing: values.filter((value) => value < 0).length / n,
  }
}

export interface RobustPlan {
  effort: Float64Array
  outcome: OutcomeSpread
  /** (1 - caution) mean + caution x mean of the worst tenth. */
  score: number
}

/**
 * The allocation best for (1 - caution) x mean + caution x mean of the worst tenth of the scenarios (CVaR, Rockafellar & Uryasev 2000, Journal of Risk 2), by a
 * linear programme over a grid of efforts; without caution and with S-shaped curves the plan of the mean is among the candidates, so the answer is never worse than it.
 *
 * @param caution 0 for the mean alone, 1 for the worst tenth alone.
 */
export async function robustPlan(
  problem: PlanProblem,
  scenarios: Scenario[],
  caution: number,
  start: ArrayLike<number>,
  solver: ProgrammeSolver,
  signal?: AbortSignal,
): Promise<RobustPlan> {
  if (!(caution >= 0 && caution <= 1)) throw new RangeError(`caution lies between 0 and 1, not ${caution}`)
  const score = (outcome: OutcomeSpread) => (1 - caution) * outcome.mean + caution * outcome.worstTenth
  const rate = (effort: Float64Array): RobustPlan => {
    const outcome = spreadOfOutcomes(problem, scenarios, effort)
    return { effort, outcome, score: score(outcome) }
  }
  let best = rate(Float64Array.from(start))
  let centre = best.effort
  let width = 1
  // Each round halves the grid around the best so far.
  for (let round = 0; round < 4; round++) {
    const effort = await onGrid(problem, scenarios, caution, gridAround(problem, centre, width), solver, signal)
    const found = effort && rate(effort)
    if (found && found.score > best.score) best = found
    centre = best.effort
    width /= 3
  }
  return best
}

function gridAround({ items }: PlanProblem, centre: Float64Array, width: number): number[][] {
  return items.map(({ least, most, levels }, i) => {
    if (levels) return levels
    const from = Math.max(least, centre[i]! - (width * (most - least)) / 2 - (width === 1 ? most : 0))
    const to = Math.min(most, centre[i]! + (width * (most - least)) / 2 + (width === 1 ? most : 0))
    const points = Array.from({ length: 17 }, (_, k) => from + ((to - from) * k) / 16)
    return [...new Set([least, ...points, centre[i]!, most])].sort((a, b) => a - b)
  })
}

/** Columns: a weight for each grid point of each item, the value at risk, and how far each scenario falls short of it. */
async function onGrid(
  problem: PlanProblem,
  scenarios: Scenario[],
  caution: number,
  grid: number[][],
  solver: ProgrammeSolver,
  signal: AbortSignal | undefined,
): Promise<Float64Array | undefined> {
  const { items, rows, exclusions } = problem
  const draws = scenarios.length
  const firsts: number[] = []
  let columns = 0
  for (const points of grid) {
    firsts.push(columns)
    columns += points.length
  }
  const risk = columns
  const short = risk + 1
  const used = short + draws
  const switches = new Map<number, number>()
  items.forEach((item, i) => {
    if (item.minimumSpend || exclusions.some((exclusion) => exclusion.items.includes(i))) switches.set(i, used + switches.size)
  })
  const total = used + switches.size
  const objective = new Float64Array(total)
  const values = scenarios.map((scenario) => {
    const { items: own, priceOfMoney } = inScenario(problem, scenario)
    return grid.map((points, i) => {
      const zero = planValue({ ...problem, items: [own[i]!], priceOfMoney }, [0])
      return points.map((x) => planValue({ ...problem, items: [own[i]!], priceOfMoney }, [x]) - zero)
    })
  })
  const held = new Rows()
  grid.forEach((points, i) => {
    points.forEach((_, k) => {
      objective[firsts[i]! + k] = ((1 - caution) * values.reduce((sum, value) => sum + value[i]![k]!, 0)) / draws
    })
    held.add(
      points.map((_, k): [number, number] => [firsts[i]! + k, 1]),
      1,
      1,
    )
  })
  const spend = (i: number, coefficient: number) => grid[i]!.map((x, k): [number, number] => [firsts[i]! + k, coefficient * x])
  for (const row of rows)
    held.add(
      row.entries.flatMap(([i, coefficient]) => spend(i, coefficient)),
      row.lower,
      row.upper,
    )
  for (const [i, column] of switches) {
    held.add([...spend(i, 1), [column, -(grid[i]!.at(-1) as number)]], -Infinity, 0)
    const { minimumSpend } = items[i]!
    if (minimumSpend) held.add([...spend(i, 1), [column, -minimumSpend]], 0, Infinity)
  }
  for (const exclusion of exclusions)
    held.add(
      exclusion.items.map((i): [number, number] => [switches.get(i)!, 1]),
      -Infinity,
      exclusion.most,
    )
  if (caution > 0) {
    objective[risk] = caution
    for (let d = 0; d < draws; d++) {
      objective[short + d] = -caution / (0.1 * draws)
      const entries: [number, number][] = [
        [short + d, 1],
        [risk, -1],
      ]
      grid.forEach((points, i) => {
        points.forEach((_, k) => {
          entries.push([firsts[i]! + k, values[d]![i]![k]!])
        })
      })
      held.add(entries, 0, Infinity)
    }
  }
  const lower = new Float64Array(total)
  lower[risk] = -1e15
  const upper = new Float64Array(total).fill(Infinity)
  upper[risk] = 1e15
  const integer = new Uint8Array(total)
  for (const column of switches.values()) {
    upper[column] = 1
    integer[column] = 1
  }
  items.forEach((item, i) => {
    if (item.levels) integer.fill(1, firsts[i]!, firsts[i]! + grid[i]!.length)
  })
  const { status, x } = await solver.solve({ sense: 'maximise', objective, lower, upper, integer, ...held.arrays() }, { gap: 1e-4 }, signal)
  if (status === 'infeasible' || status === 'unbounded') return undefined
  return Float64Array.from(grid, (points, i) => points.reduce((sum, at, k) => sum + at * x[firsts[i]! + k]!, 0))
}

export interface Doubt {
  /** For each item: in what part of the scenarios it gets money in the plan that is best there. */
  chosen: Float64Array
  /** 5 % and 95 % points of its effort over the best plans of the scenarios. */
  low: Float64Array
  high: Float64Array
  /** Worth of knowing everything before deciding: mean of the best of each scenario less the mean of the one plan (expected value of perfect information). */
  perfectInformation: number
  /** For each item: worth of knowing that item's response alone before deciding, in money: measure the largest first. */
  knowing: Float64Array
}

/**
 * How far the plan depends on what is not known. Every scenario is solved as if it were certain; then every item's scenarios alone, with the others at their mean.
 *
 * @param plan the allocation decided without knowing more.
 * @param means the problem with mean curves, which `plan` solves.
 */
export async function doubtOfPlan(
  means: PlanProblem,
  scenarios: Scenario[],
  plan: ArrayLike<number>,
  solver: ProgrammeSolver,
  options: { singles?: number; signal?: AbortSignal; progress?: (fraction: number) => void } = {},
): Promise<Doubt> {
  const { signal, progress, singles = Math.min(12, scenarios.length) } = options
  const n = means.items.length
  const quick = { gap: 1e-4, rounds: 6, ...(signal ? { signal } : {}) }
  const efforts: Float64Array[] = []
  const work = scenarios.length + n * singles
  let done = 0
  const tick = () => progress?.(++done / work)
  let best = 0
  let decided = 0
  for (const scenario of scenarios) {
    const own = inScenario(means, scenario)
    const solved = await solvePlan(own, solver, quick)
    efforts.push(solved.effort)
    decided += planValue(own, plan)
    best += Math.max(solved.value, planValue(own, plan))
    tick()
  }
  const knowing = new Float64Array(n)
  for (let i = 0; i < n; i++) {
    for (let s = 0; s < singles; s++) {
      // Scenarios spread over the whole list, so that few stand for all.
      const scenario = scenarios[Math.floor(((s + 0.5) * scenarios.length) / singles)]!
      const items = means.items.map(
        (item, k): PlanItem => (k === i ? { ...item, curve: scenario.curves[i]!, worth: scenario.worth[i]! } : item),
      )
      const own = { ...means, items }
      const solved: Plan = await solvePlan(own, solver, quick)
      knowing[i]! += Math.max(0, solved.value - planValue(own, plan)) / singles
      tick()
    }
  }
  const point = (i: number, part: number) => {
    const sorted = efforts.map((effort) => effort[i]!).sort((a, b) => a - b)
    return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))]!
  }
  return {
    chosen: Float64Array.from(
      means.items,
      (item, i) => efforts.filter((effort) => effort[i]! > Math.max(item.least, 1e-6 * item.most) * (1 + 1e-9)).length / efforts.length,
    ),
    low: Float64Array.from({ length: n }, (_, i) => point(i, 0.05)),
    high: Float64Array.from({ length: n }, (_, i) => point(i, 0.95)),
    perfectInformation: Math.max(0, (best - decided) / scenarios.length),
    knowing,
  }
}
