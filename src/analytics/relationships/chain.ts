/** Transition matrices: what makes one valid, where the chain settles, how much it moves. Rows are where one comes from. */
import { solve } from '../../math/linear-algebra.ts'
import { AppError, type Problem } from '../../shared/errors.ts'

export type Matrix = readonly (readonly number[])[]

const tolerance = 1e-9

/**
 * Refuses what is no transition matrix and names every row that is wrong.
 *
 * @throws AppError `relationship.matrix`
 */
export function checkTransitionMatrix(matrix: Matrix, states: readonly string[] = matrix.map((_, i) => String(i + 1))): void {
  const problems: Problem[] = []
  if (matrix.length !== states.length) problems.push({ message: `there are ${states.length} states but ${matrix.length} rows` })
  matrix.forEach((row, i) => {
    const from = states[i] ?? `row ${i + 1}`
    if (row.length !== matrix.length)
      problems.push({ row: i + 1, message: `row ${from} has ${row.length} entries; ${matrix.length} are needed` })
    row.forEach((p, j) => {
      if (!(p >= 0 && p <= 1))
        problems.push({
          row: i + 1,
          column: j + 1,
          message: `from ${from} to ${states[j] ?? j + 1}: a probability must be between 0 and 1; got ${p}`,
        })
    })
    const total = row.reduce((sum, p) => sum + p, 0)
    if (!(Math.abs(total - 1) <= tolerance * Math.max(1, row.length)))
      problems.push({ row: i + 1, message: `the probabilities out of ${from} must add up to 1; they add up to ${round(total)}` })
  })
  if (problems.length > 0)
    throw new AppError('relationship.matrix', problems[0]!.message, {
      problems,
      hint: 'Each row says where the customers of one class are a period later: give shares that add up to 1.',
    })
}

const round = (value: number): number => Number(value.toPrecision(6))

/**
 * Shares of the states to which the chain settles: pi P = pi, sum pi = 1. Null when the chain has several closed groups of states, so
 * that it depends on where one starts.
 */
export function steadyState(matrix: Matrix): number[] | null {
  checkTransitionMatrix(matrix)
  const n = matrix.length
  if (closedGroups(matrix) > 1) return null
  // Rows are the equations sum_i pi_i (P_ij - [i = j]) = 0 for all but the last state, which is replaced by sum pi = 1.
  const system = new Float64Array(n * n)
  for (let j = 0; j < n - 1; j++) for (let i = 0; i < n; i++) system[j * n + i] = matrix[i]![j]! - (i === j ? 1 : 0)
  system.fill(1, (n - 1) * n)
  const right = new Float64Array(n)
  right[n - 1] = 1
  return Array.from(solve(system, n, right), (share) => Math.max(0, share))
}

/** Groups of states that reach one another and nothing else. */
function closedGroups(matrix: Matrix): number {
  const n = matrix.length
  const reach = matrix.map((row, i) => row.map((p, j) => p > 0 || i === j))
  for (let k = 0; k < n; k++) for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) if (reach[i]![k] && reach[k]![j]) reach[i]![j] = true
  const closed = reach.map((row, i) => row.every((there, j) => !there || reach[j]![i]))
  return closed.filter((is, i) => is && !closed.some((other, j) => other && j < i && reach[i]![j])).length
}

export interface Mobility {
  /** Shorrocks (1978): (n - trace P) / (n - 1); 0 nobody moves, 1 the next state does not depend on the present one. */
  shorrocks: number
  /** Share that moves up (to a higher state) of customers spread as `weights`. */
  up: number
  down: number
  stay: number
  /** Expected periods in each state before leaving it: 1 / (1 - p_ii); Infinity where nobody leaves. */
  stays: number[]
}

/** How much a chain moves. `weights` are the customers in each state; equal when left out. */
export function mobility(matrix: Matrix, weights: readonly number[] = matrix.map(() => 1)): Mobility {
  checkTransitionMatrix(matrix)
  const n = matrix.length
  const total = weights.reduce((sum, w) => sum + w, 0)
  const trace = matrix.reduce((sum, row, i) => sum + row[i]!, 0)
  const share = (wanted: (i: number, j: number) => boolean): number =>
    total > 0
      ? matrix.reduce((sum, row, i) => sum + weights[i]! * row.reduce((part, p, j) => part + (wanted(i, j) ? p : 0), 0), 0) / total
      : 0
  return {
    shorrocks: n > 1 ? (n - trace) / (n - 1) : 0,
    up: share((i, j) => j > i),
    down: share((i, j) => j < i),
    stay: share((i, j) => i === j),
    stays: matrix.map((row, i) => 1 / (1 - row[i]!)),
  }
}
