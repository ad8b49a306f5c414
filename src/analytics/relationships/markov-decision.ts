/** Act or not in each state: the policy with the highest discounted value, by policy iteration (Howard 1960). */
import { solve } from '../../math/linear-algebra.ts'
import { AppError } from '../../shared/errors.ts'
import { checkTransitionMatrix, type Matrix } from './chain.ts'

/** What one action does: a transition matrix and what each state then brings in the period. */
export interface MarkovAction {
  name: string
  p: Matrix
  reward: readonly number[]
  /** States in which it may be taken; all when left out. */
  allowed?: readonly boolean[]
}

export interface MarkovPolicy {
  status: 'optimal' | 'stopped'
  /** Index of the action taken in each state. */
  actions: number[]
  values: number[]
  iterations: number
}

/** V of a fixed policy: (I - P/(1+d))^-1 r. */
export function valueOfPolicy(actions: readonly MarkovAction[], policy: readonly number[], discount: number): number[] {
  const n = policy.length
  const matrix = new Float64Array(n * n)
  const right = new Float64Array(n)
  for (let i = 0; i < n; i++) {
    const action = actions[policy[i]!]!
    for (let j = 0; j < n; j++) matrix[i * n + j] = (i === j ? 1 : 0) - action.p[i]![j]! / (1 + discount)
    right[i] = action.reward[i]!
  }
  return Array.from(solve(matrix, n, right))
}

/** The best action in each state. Ties keep the action that comes first. */
export function bestPolicy(actions: readonly MarkovAction[], discount: number): MarkovPolicy {
  const n = actions[0]?.reward.length ?? 0
  if (!(discount > 0)) throw new AppError('relationship.discount', `the discount per period must be above 0; got ${discount}`)
  for (const { name, p, reward, allowed } of actions) {
    checkTransitionMatrix(p)
    if (reward.length !== n || p.length !== n || (allowed && allowed.length !== n))
      throw new AppError('relationship.action', `action "${name}" does not speak of the same ${n} states as the others`)
  }
  const may = (a: number, i: number): boolean => actions[a]!.allowed?.[i] ?? true
  const policy = Array.from({ length: n }, (_, i) => actions.findIndex((_, a) => may(a, i)))
  const none = policy.indexOf(-1)
  if (none >= 0) throw new AppError('relationship.action', `no action is allowed in state ${none + 1}`)
  for (let iterations = 1; iterations <= 1000; iterations++) {
    const values = valueOfPolicy(actions, policy, discount)
    const worth = (a: number, i: number): number =>
      actions[a]!.reward[i]! + actions[a]!.p[i]!.reduce((sum, p, j) => sum + (p * values[j]!) / (1 + discount), 0)
    let changed = false
    for (let i = 0; i < n; i++) {
      let best = policy[i]!
      for (let a = 0; a < actions.length; a++)
        if (may(a, i) && worth(a, i) > worth(best, i) + 1e-9 * Math.max(1, Math.abs(worth(best, i)))) best = a
      if (best !== policy[i]) {
        policy[i] = best
        changed = true
      }
    }
    if (!changed) return { status: 'optimal', actions: policy, values, iterations }
  }
  return { status: 'stopped', actions: policy, values: valueOfPolicy(actions, policy, discount), iterations: 1000 }
}

/**
 * Customers by periods since the last purchase (Pfeifer & Carraway 2000): in state i (recency i) marketing costs `marketing`, the customer
 * buys with chance `buys[i]`, which brings `contribution` on reaching recency 1; past the last state the customer is lost. Two actions:
 * market and stop (the customer is let go). State values are measured just after a state was entered.
 */
export function recencyActions(input: { buys: readonly number[]; contribution: number; marketing: number }): MarkovAction[] {
  const n = input.buys.length + 1
  const lost = n - 1
  const market = input.buys.map((buy, i) => Array.from({ length: n }, (_, j) => (j === 0 ? buy : 0) + (j === i + 1 ? 1 - buy : 0)))
  const gone = Array.from({ length: n }, (_, j) => (j === lost ? 1 : 0))
  const reward = Array.from({ length: n }, (_, i) => (i === lost ? 0 : (i === 0 ? input.contribution : 0) - input.marketing))
  const stopped = reward.map((_, i) => (i === 0 ? input.contribution : 0))
  return [
    { name: 'market', p: [...market, gone], reward },
    { name: 'stop', p: Array.from({ length: n }, () => gone), reward: stopped },
  ]
}
