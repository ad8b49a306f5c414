import type { StepContext } from '../../pipeline/step.ts'
import type { Row } from '../../warehouse/port.ts'
import { relationshipClasses } from '../relationships/index.ts'
import type { Judged, LeverAssumptions, LeverItem, SegmentChain } from './levers.ts'
import * as query from './plan.sql.ts'
import type { Lever, PlanRow } from './plan-problem.ts'

/** What a plan is made of, read from the tables of a run. */
export interface PlanInput {
  chains: SegmentChain[]
  /** New customers of a period, by segment and class. */
  arrivals: Map<string, number[]>
  judged: Judged
  budgets: Row[]
  /** Length of a period. */
  months: number
  periods: number
  /** Net revenue of the last 12 months. */
  revenueYear: number
}

const all = '(all)'

export async function readPlanInput({ warehouse, signal, has }: StepContext<unknown>): Promise<PlanInput> {
  const options = { signal }
  const cells = await warehouse.rows(query.classCells(), options)
  const moves = await warehouse.rows(query.moves(), options)
  const [length] = await warehouse.rows(query.periodLength(), options)
  const months = Number(length?.months ?? 12)
  const known = [...new Set(moves.map(({ segment }) => String(segment)))]
  // Segments of the company's own where it has some; else everybody is one segment.
  const segments = known.length > 1 ? known.filter((segment) => segment !== all) : known
  const chains: SegmentChain[] = []
  const arrivals = new Map<string, number[]>()
  for (const segment of segments) {
    const own = cells.filter((cell) => segment === all || cell.segment === segment)
    const sum = (name: string, column: string) =>
      own.filter((cell) => cell.class === name).reduce((total, cell) => total + Number(cell[column]), 0)
    const customers = relationshipClasses.map((name) => sum(name, 'customers'))
    const profit = relationshipClasses.map((name, i) =>
      customers[i]! > 0 ? ((sum(name, 'measure_year') / customers[i]!) * months) / 12 : 0,
    )
    const row = (from: string, column: string) =>
      relationshipClasses.map((to) =>
        Number(moves.find((move) => move.segment === segment && move.from_class === from && move.to_class === to)?.[column] ?? 0),
      )
    const next = relationshipClasses.map((from, i) => stochastic(row(from, 'probability'), i))
    chains.push({
      segment,
      customers,
      profit,
      next,
      // Counts that would give these chances: observed moves and the share of the prior, at least one.
      posterior: next.map((chances, i) => {
        const seen = row(relationshipClasses[i]!, 'customers').reduce((total, n) => total + n, 0)
        return chances.map((p) => Math.max(1e-6, p * (seen + 1)))
      }),
      upgradeHigh: relationshipClasses.map((from, i) => row(from, 'high')[i + 1] ?? 1),
    })
    const won = row('new', 'customers')
    arrivals.set(
      segment,
      won.map((n) => n / Math.max(1, Number(length?.periods ?? 1) - 1)),
    )
  }
  return {
    chains,
    arrivals,
    judged: has('response_judgement') ? readJudgements(await warehouse.rows(query.judgements(), options)) : new Map(),
    budgets: has('budget') ? await warehouse.rows(query.latestBudgets(), options) : [],
    months,
    periods: Number(length?.periods ?? 0),
    revenueYear: cells.reduce((total, cell) => total + Number(cell.revenue_year), 0),
  }
}

/** A row of chances that sums to one exactly; a class that nobody was ever in stays as it is. */
function stochastic(row: number[], at: number): number[] {
  const sum = row.reduce((total, p) => total + p, 0)
  return sum > 0 ? row.map((p) => p / sum) : row.map((_, i) => (i === at ? 1 : 0))
}

function readJudgements(rows: Row[]): Judged {
  const judged: Judged = new Map()
  for (const row of rows) {
    const action = String(row.action_id)
    const number = (value: unknown) => (value === null || value === undefined ? Number.NaN : Number(value))
    judged.set(action, [
      ...(judged.get(action) ?? []),
      {
        segment: row.segment === null || row.segment === '' ? null : String(row.segment),
        judgement: {
          expert: String(row.expert_id),
          now: number(row.x_now),
          atZero: number(row.y0),
          atNow: number(row.y_now),
          atOneAndHalf: number(row.y_150),
          atMost: number(row.y_inf),
        },
      },
    ])
  }
  return judged
}

export interface PlanSettings {
  /** Money of the coming period where no budgets are loaded. */
  budget?: number | undefined
  /** Part of each budget kept for tests. */
  reserveForTests: number
  /** Least money per customer of a class in the coming period. */
  floors: { lever: Lever; class: string; perCustomer: number }[]
  /** Hours that a unit of money of each lever takes. */
  hoursPerMoney: Partial<Record<Lever, number>>
  assumptions: LeverAssumptions
}

/** A limit as the plan's tables show it. */
export interface ShownLimit {
  row: PlanRow
  basis: 'loaded' | 'setting' | 'assumption'
  owner: string | null
  unit: 'money' | 'hours'
}

/** Part of the last period's revenue that is assumed as budget where nothing is said. */
export const assumedBudgetShare = 0.02

/** The limits of a plan: budgets by owner and scope, hours, floors of service. */
export function planLimits(items: readonly LeverItem[], { budgets, revenueYear, months }: PlanInput, settings: PlanSettings): ShownLimit[] {
  const limits: ShownLimit[] = []
  const within = (scope: string) => (item: LeverItem) =>
    ['', 'all', all, item.lever, item.segment, item.class, `${item.lever}:${item.class}`].includes(scope.trim().toLowerCase()) ||
    scope === item.segment
  const spendable = 1 - settings.reserveForTests
  const reserve = settings.reserveForTests > 0 ? `, less ${Math.round(100 * settings.reserveForTests)} % kept for tests` : ''
  for (const budget of budgets) {
    const scope = String(budget.scope ?? '')
    const members = items.flatMap((item, i): [number, number][] => (within(scope)(item) ? [[i, 1]] : []))
    const title = `budget ${budget.budget_id}${scope ? ` for ${scope}` : ''}`
    if (budget.amount !== null)
      limits.push({
        row: {
          name: `budget:${budget.budget_id}`,
          title: title + reserve,
          entries: members,
          lower: budget.min === null ? -Infinity : Number(budget.min),
          upper: Number(budget.amount) * spendable,
        },
        basis: 'loaded',
        owner: String(budget.owner ?? '') || null,
        unit: 'money',
      })
    const hours = members.map(([i]): [number, number] => [i, settings.hoursPerMoney[items[i]!.lever] ?? 0]).filter(([, rate]) => rate > 0)
    if (Number(budget.hours) > 0 && hours.length > 0)
      limits.push({
        row: {
          name: `hours:${budget.budget_id}`,
          title: `hours of ${budget.owner ?? budget.budget_id}`,
          entries: hours,
          lower: -Infinity,
          upper: Number(budget.hours),
        },
        basis: 'loaded',
        owner: String(budget.owner ?? '') || null,
        unit: 'hours',
      })
  }
  if (limits.length === 0) {
    const amount = settings.budget ?? (assumedBudgetShare * revenueYear * months) / 12
    limits.push({
      row: {
        name: 'budget',
        title: `budget of the coming period${reserve}`,
        entries: items.map((_, i) => [i, 1]),
        lower: -Infinity,
        upper: amount * spendable,
      },
      basis: settings.budget === undefined ? 'assumption' : 'setting',
      owner: null,
      unit: 'money',
    })
  }
  for (const floor of settings.floors) {
    for (const [i, item] of items.entries())
      if (item.lever === floor.lever && item.class === floor.class)
        limits.push({
          row: {
            name: `floor:${item.id}`,
            title: `floor of service: ${item.title}`,
            entries: [[i, 1]],
            lower: floor.perCustomer * item.customers,
            upper: Infinity,
          },
          basis: 'setting',
          owner: null,
          unit: 'money',
        })
  }
  return limits
}
