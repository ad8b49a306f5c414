/**
 * One budget over actions whose value rises ever more slowly: sum a_k (1 - e^(-b_k x_k)) with sum x_k = budget, in closed form by the conditions of Karush, Kuhn and Tucker.
 *
 * Every action that gets money brings the same for the last unit, lambda; an action whose first unit brings less gets none:
 * ln lambda = (sum ln(a_k b_k) / b_k - budget) / sum 1 / b_k over the active ones, x_k = ln(a_k b_k / lambda) / b_k.
 */
export interface ConcaveAction {
  /** a: value when effort has no limit, in money. */
  most: number
  /** b: rate per unit of effort. */
  rate: number
}

export interface ConcaveAllocation {
  /** Effort for each action, in the order given. */
  effort: Float64Array
  /** Value of one more unit of budget. */
  shadowPrice: number
  /** Sum of the values. */
  value: number
}

/** @throws RangeError when the budget is negative or an action has no positive value and rate. */
export function allocateConcave(actions: ConcaveAction[], budget: number): ConcaveAllocation {
  if (!(budget >= 0)) throw new RangeError(`a budget cannot be ${budget}`)
  const wrong = actions.findIndex(({ most, rate }) => !(most > 0 && rate > 0 && Number.isFinite(most * rate)))
  if (wrong >= 0) throw new RangeError(`action ${wrong + 1} needs a positive value and rate`)
  const first = ({ most, rate }: ConcaveAction) => Math.log(most * rate)
  // Actions enter in the order of what their first unit brings, so the active ones are the first few of that order.
  const order = actions.map((_, i) => i).sort((i, j) => first(actions[j]!) - first(actions[i]!) || i - j)
  let logs = 0
  let inverse = 0
  let logLambda = order.length > 0 ? first(actions[order[0]!]!) : -Infinity
  for (const i of order) {
    const action = actions[i]!
    if (inverse > 0 && first(action) <= logLambda) break
    logs += first(action) / action.rate
    inverse += 1 / action.rate
    logLambda = (logs - budget) / inverse
  }
  const effort = Float64Array.from(actions, (action) => Math.max(0, (first(action) - logLambda) / action.rate))
  const value = actions.reduce((sum, { most, rate }, i) => sum - most * Math.expm1(-rate * effort[i]!), 0)
  return { effort, shadowPrice: Math.exp(logLambda), value }
}
