/** What the step tells about the models themselves: how they rank, whether their chances hold, and whether the data are of their kind. */
import type { StepContext } from '../../pipeline/step.ts'
import type { Row } from '../../warehouse/port.ts'
import { id, sql } from '../../warehouse/sql.ts'
import { literalRows } from '../profitability/index.ts'
import * as query from './advice.sql.ts'
import {
  type Advice,
  adviseDiscrete,
  adviseDrift,
  adviseHistory,
  adviseNaive,
  adviseOneTimers,
  adviseRegularity,
  adviseSeason,
  adviseSpend,
  type Cohort,
  type Gaps,
  type Month,
} from './advice.ts'
import { valueAdvice, valueLift } from './contract.ts'
import type { HoldoutCells, Proof } from './holdout.ts'
import { liftByChance, liftByExpectation, scoreChances, type TrialCells } from './lift.ts'
import { type Candidate, type CandidateName, oneTimers } from './outlook.ts'
import type { SpendLaw } from './spend-law.ts'

/** One model tried on the first part of the data. */
export interface Trial {
  name: CandidateName
  model: Candidate
  status: string
  reason: string
  row: Row
  parameters: Record<string, number> | undefined
  proof: Proof | undefined
}

/** A week of the tracking: cumulative purchases that came and that were told. */
export interface Week {
  week: number
  week_end: string
  held_out: boolean
  actual: number
  expected: number
}

export interface Tried {
  standing: Trial[]
  best: Trial
  cells: HoldoutCells
  bought: TrialCells
  weeks: Week[]
  naive: Proof
  law: SpendLaw
  /** Weeks on which the models were tried. */
  span: number
}

/** Customers whose gaps are looked at, at most: thousands tell as much as millions. */
const mostCustomers = 50_000

/** Saves value_lift and value_advice. */
export async function saveProofs(context: StepContext, tried: Tried): Promise<void> {
  const { bought } = tried
  const rows = tried.standing.flatMap((trial) => {
    const told = { expected: trial.proof!.perCustomer, none: trial.proof!.none }
    const chosen = trial === tried.best
    const row = (grouping: string) => (group: ReturnType<typeof liftByChance>[number]) => ({
      model: trial.name,
      chosen,
      grouping,
      tenth: group.tenth,
      customers: group.customers,
      expected: group.expected,
      actual: group.actual,
      expected_buyers: group.expectedBuyers,
      buyers: group.buyers,
    })
    return [...liftByExpectation(bought, told).map(row('expected')), ...liftByChance(bought, told).map(row('chance'))]
  })
  await context.save(valueLift, literalRows(valueLift, rows))
  const advice = await adviceOn(context, tried)
  await context.save(
    valueAdvice,
    literalRows(
      valueAdvice,
      advice.map(({ question, title, verdict, text, figure, figureMeaning }, i) => ({
        question,
        position: i + 1,
        title,
        verdict,
        text,
        figure: figure !== null && Number.isFinite(figure) ? figure : null,
        figure_meaning: figureMeaning === '' ? null : figureMeaning,
      })),
    ),
  )
}

/** Who bought in the held-out part; puts log and Brier score of the chance to buy into the rows of the trials. */
export async function scoreTrials(
  { warehouse, signal }: StepContext,
  { weight, later }: HoldoutCells,
  trials: Trial[],
): Promise<TrialCells> {
  const { buyers } = await warehouse.columns(query.laterBuyers('value_history_before'), { signal })
  const cells: TrialCells = { weight, later, buyers: buyers as Float64Array }
  for (const { proof, row } of trials) {
    if (!proof) continue
    const { logLoss, brier } = scoreChances(cells, { expected: proof.perCustomer, none: proof.none })
    Object.assign(row, { log_loss: logLoss, brier })
  }
  return cells
}

async function adviceOn({ warehouse, signal }: StepContext, tried: Tried): Promise<Advice[]> {
  const { best, cells, naive, law } = tried
  const [{ customers }] = await warehouse.rows(sql`select count(*) as customers from ${id('value_history')}`, { signal })
  const every = Math.max(1, Math.ceil(Number(customers) / mostCustomers))
  const gaps = (await warehouse.columns(query.gapLengths(warehouse.dialect, every), { signal })) as unknown as Gaps
  const last = await warehouse.columns(query.lastGaps(warehouse.dialect, every), { signal })
  const pairs = {
    first: last.first_gap as Float64Array,
    last: last.last_gap as Float64Array,
    customers: last.customers as Float64Array,
  }
  const base = baseOf(best, cells)
  const gapCount = gaps.gaps.reduce((sum, count) => sum + count, 0)
  const meanGap = gapCount > 0 ? gaps.days.reduce((sum, days, i) => sum + days * gaps.gaps[i]!, 0) / gapCount / 7 : null
  return [
    adviseHistory(tried.span, base.repeatBuyers, base.customers, meanGap),
    adviseDiscrete(gaps),
    adviseRegularity(pairs),
    adviseOneTimers(best.model.title, base.customers, base.onceOnly, base.expectedOnceOnly),
    adviseSeason(monthsOf(tried.weeks), tried.weeks.length),
    adviseDrift(base.cohorts),
    adviseNaive(best.model.title, best.proof!.misplaced, naive.misplaced),
    adviseSpend(law.model, law.reason),
  ]
}

/** One-timers and quarters by age, as they are and as the model tells them from age alone. */
function baseOf({ model, parameters }: Trial, cells: HoldoutCells) {
  const p = parameters!
  let [customers, repeatBuyers, onceOnly, expectedOnceOnly] = [0, 0, 0, 0]
  // Cells come sorted by age, so equal ages stand together.
  const ages: { customers: number; actual: number; expected: number; variance: number; T: number }[] = []
  for (let i = 0; i < cells.x.length; i++) {
    const [w, T] = [cells.weight[i]!, cells.T[i]!]
    customers += w
    if (cells.x[i]! > 0) repeatBuyers += w
    else onceOnly += w
    let age = ages.at(-1)
    if (age?.T !== T) {
      age = { customers: 0, actual: 0, expected: 0, variance: 0, T }
      ages.push(age)
    }
    age.customers += w
    age.actual += w * cells.x[i]!
  }
  for (const age of ages) {
    const mean = model.expectedNew(p, age.T)
    age.expected = age.customers * mean
    age.variance = age.customers * (mean + (mean * mean) / p.r!)
    expectedOnceOnly += age.customers * oneTimers(model.name as CandidateName, p, age.T)
  }
  const cohorts: Cohort[] = Array.from({ length: 4 }, () => ({ customers: 0, actual: 0, expected: 0, variance: 0 }))
  let before = 0
  for (const age of [...ages].reverse()) {
    const quarter = cohorts[Math.min(3, Math.floor((4 * (before + age.customers / 2)) / customers))]!
    quarter.customers += age.customers
    quarter.actual += age.actual
    quarter.expected += age.expected
    quarter.variance += age.variance
    before += age.customers
  }
  return { customers, repeatBuyers, onceOnly, expectedOnceOnly, cohorts: cohorts.filter((cohort) => cohort.customers > 0) }
}

/** Purchases by the month in which each week ends. */
function monthsOf(weeks: Week[]): Month[] {
  const months = Array.from({ length: 12 }, (_, i): Month => ({ month: i + 1, actual: 0, expected: 0 }))
  weeks.forEach((week, i) => {
    const month = months[Number(week.week_end.slice(5, 7)) - 1]!
    month.actual += week.actual - (weeks[i - 1]?.actual ?? 0)
    month.expected += week.expected - (weeks[i - 1]?.expected ?? 0)
  })
  return months
}
