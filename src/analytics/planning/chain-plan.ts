import { type ProgrammeSolver, Rows } from '../../math/programme.ts'
import { AppError } from '../../shared/errors.ts'

/** What can be done with a customer of one state for a period. */
export interface ChainAction {
  name: string
  /** Chance of each state a period later. */
  next: readonly number[]
  /** Profit of the period before the cost of the action. */
  profit: number
  /** Money a customer. */
  cost: number
}

export interface ChainProblem {
  states: string[]
  /** Actions of each state; the first is the one that would be taken anyway. */
  actions: ChainAction[][]
  /** Customers in each state at the start. */
  customers: number[]
  /** New customers in each state at the start of every later period. */
  arrivals: number[]
  /** Money for actions in each period; as many periods are planned. Infinity for no limit. */
  budgets: number[]
  /** Discount a period. */
  discount: number
  /** Worth of a customer of each state after the last period. */
  afterwards: number[]
}

export interface ChainPlan {
  /** Discounted profit less cost of all periods, and the worth afterwards. */
  value: number
  /** The same when nothing but the first action of each state is done. */
  doingNothing: number
  /** What one more unit of each period's budget brings, in money of the start. */
  shadowPrices: Float64Array
  /** Customers in each period, state and action: `[t][s][a]`. */
  treated: number[][][]
  /** Money spent in each period. */
  spent: number[]
}

/**
 * The best action for each state and period when actions change where customers go and each period has its budget: exact, as a linear programme in the
 * customers treated (occupancy measures; Altman 1999, Constrained Markov Decision Processes). Customers are counted as amounts, so a state may split over actions.
 *
 * @throws AppError `chain` when rows are no probabilities or the arrays do not fit.
 */
export async function planChain(problem: ChainProblem, solver: ProgrammeSolver, signal?: AbortSignal): Promise<ChainPlan> {
  check(problem)
  const { states, actions, customers, arrivals, budgets, discount, afterwards } = problem
  const periods = budgets.length
  const perPeriod = actions.reduce((sum, own) => sum + own.length, 0)
  const starts: number[] = []
  for (const own of actions)
    starts.push((starts.at(-1) ?? 0) + (starts.length > 0 ? actions[starts.length - 1]!.length : 0) * (own ? 1 : 0))
  const column = (t: number, s: number, a: number) => t * perPeriod + starts[s]! + a
  // Money in units of the largest amount and customers in units of all, so that the programme is well scaled.
  const crowd = customers.reduce((sum, n) => sum + n, 0) + periods * arrivals.reduce((sum, n) => sum + n, 0)
  const unit = Math.max(1e-300, ...actions.flat().map(({ profit, cost }) => Math.abs(profit) + Math.abs(cost)), ...afterwards.map(Math.abs))
  const objective = new Float64Array(periods * perPeriod)
  const factor = (t: number) => (1 + discount) ** -t
  for (let t = 0; t < periods; t++)
    actions.forEach((own, s) => {
      own.forEach(({ profit, cost, next }, a) => {
        const later = t === periods - 1 ? next.reduce((sum, p, to) => sum + p * afterwards[to]!, 0) * factor(periods) : 0
        objective[column(t, s, a)] = (factor(t) * (profit - cost) + later) / unit
      })
    })
  const rows = new Rows()
  for (let t = 0; t < periods; t++)
    states.forEach((_, s) => {
      const entries: [number, number][] = actions[s]!.map((__, a) => [column(t, s, a), 1])
      if (t > 0)
        actions.forEach((own, from) => {
          own.forEach(({ next }, a) => {
            entries.push([column(t - 1, from, a), -next[s]!])
          })
        })
      const there = (t === 0 ? customers[s]! : arrivals[s]!) / crowd
      rows.add(entries, there, there)
    })
  const firstBudget = periods * states.length
  budgets.forEach((budget, t) => {
    rows.add(
      actions.flatMap((own, s) => own.map(({ cost }, a): [number, number] => [column(t, s, a), cost / unit])),
      -Infinity,
      budget / unit / crowd,
    )
  })
  const {
    status,
    objective: best,
    x,
    rowDuals,
  } = await solver.solve(
    {
      sense: 'maximise',
      objective,
      lower: new Float64Array(objective.length),
      upper: new Float64Array(objective.length).fill(Infinity),
      ...rows.arrays(),
    },
    {},
    signal,
  )
  if (status !== 'optimal')
    throw new AppError('chain', 'no plan keeps the budgets: some state has no action that is cheap enough', {
      hint: 'Give each state an action without cost.',
    })
  const treated = budgets.map((_, t) => actions.map((own, s) => own.map((__, a) => x[column(t, s, a)]! * crowd)))
  return {
    value: best * unit * crowd,
    doingNothing: doNothing(problem),
    shadowPrices: rowDuals.slice(firstBudget, firstBudget + periods),
    treated,
    spent: treated.map((byState) =>
      byState.reduce((sum, byAction, s) => sum + byAction.reduce((part, n, a) => part + n * actions[s]![a]!.cost, 0), 0),
    ),
  }
}

function doNothing({ states, actions, customers, arrivals, budgets, discount, afterwards }: ChainProblem): number {
  let now = customers
  let value = 0
  budgets.forEach((_, t) => {
    const next = states.map((__, s) => (t + 1 < budgets.length ? arrivals[s]! : 0))
    now.forEach((n, s) => {
      const { profit, cost, next: row } = actions[s]![0]!
      value += ((profit - cost) * n) / (1 + discount) ** t
      row.forEach((p, to) => {
        next[to]! += n * p
      })
    })
    now = next
  })
  return value + now.reduce((sum, n, s) => sum + n * afterwards[s]!, 0) / (1 + discount) ** budgets.length
}

function check({ states, actions, customers, arrivals, budgets, discount, afterwards }: ChainProblem): void {
  const refuse = (message: string): never => {
    throw new AppError('chain', message)
  }
  if (budgets.length === 0) refuse('at least one period is needed')
  if (!(discount > -1)) refuse(`a discount of ${discount} a period is not possible`)
  for (const list of [actions, customers, arrivals, afterwards])
    if (list.length !== states.length) refuse(`there are ${states.length} states but ${list.length} entries for them`)
  states.forEach((state, s) => {
    if (!(customers[s]! >= 0 && arrivals[s]! >= 0)) refuse(`${state}: customers cannot be below zero`)
    if (actions[s]!.length === 0) refuse(`${state}: no action is given, not even to do nothing`)
    for (const { name, next, cost } of actions[s]!) {
      const sum = next.reduce((total, p) => total + p, 0)
      if (next.length !== states.length || next.some((p) => !(p >= 0)) || Math.abs(sum - 1) > 1e-9)
        refuse(`${state}, ${name}: chances must be ${states.length} numbers from 0 that sum to 1; they sum to ${sum}`)
      if (!(cost >= 0)) refuse(`${state}, ${name}: a cost cannot be ${cost}`)
    }
  })
}
