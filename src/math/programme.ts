/**
 * Linear, mixed-integer and convex quadratic programmes on typed arrays, solved by HiGHS in a thread of its own, because a solve blocks its thread.
 *
 * Solver: HiGHS (Huangfu & Hall 2018, Mathematical Programming Computation 10), compiled to WebAssembly; single-threaded and deterministic: the same programme
 * gives the same answer on every machine as long as no limit of time is met.
 */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

/** Optimise c'x + 1/2 x'Qx subject to rowLower <= Ax <= rowUpper and lower <= x <= upper. Missing bounds are plus or minus Infinity. */
export interface Programme {
  sense: 'maximise' | 'minimise'
  /** c: one number a column. */
  objective: Float64Array
  lower: Float64Array
  upper: Float64Array
  /** 1 where the column must be whole. */
  integer?: Uint8Array
  rowLower: Float64Array
  rowUpper: Float64Array
  /** A by rows: the entries of row i are at positions `starts[i]` to `starts[i + 1] - 1`. */
  starts: Int32Array
  columns: Int32Array
  values: Float64Array
  /** Q, symmetric, dense, in row order; only for programmes without whole columns. */
  hessian?: Float64Array
}

export interface ProgrammeLimits {
  /** Gap between solution and bound, as a part of the solution, at which a search over whole numbers may stop. Default 1e-6. */
  gap?: number
  /** Nodes of the search; a limit that does not depend on the machine. Default 20,000. */
  nodes?: number
}

export interface ProgrammeSolution {
  /** `limit`: stopped at a limit with the best solution so far; see `bound` for how far it may be from the best. */
  status: 'optimal' | 'limit' | 'infeasible' | 'unbounded'
  objective: number
  /** No solution is better than this. */
  bound: number
  x: Float64Array
  /** Shadow price of each row: change of the objective for one more unit of its bound. Zeros for programmes with whole columns. */
  rowDuals: Float64Array
  /** When infeasible: rows that cannot all hold within the bounds of the columns, none of which can be left out. */
  conflict?: number[]
}

/** Collects rows one by one; gives the arrays that {@link Programme} wants. */
export class Rows {
  private readonly lowers: number[] = []
  private readonly uppers: number[] = []
  private readonly from: number[] = [0]
  private readonly at: number[] = []
  private readonly by: number[] = []

  /** Adds `lower <= sum(value * x[column]) <= upper` and returns its number. Entries of value 0 are left out. */
  add(entries: Iterable<readonly [column: number, value: number]>, lower: number, upper: number): number {
    for (const [column, value] of entries) {
      if (value === 0) continue
      this.at.push(column)
      this.by.push(value)
    }
    this.from.push(this.at.length)
    this.lowers.push(lower)
    return this.uppers.push(upper) - 1
  }

  arrays(): Pick<Programme, 'rowLower' | 'rowUpper' | 'starts' | 'columns' | 'values'> {
    return {
      rowLower: Float64Array.from(this.lowers),
      rowUpper: Float64Array.from(this.uppers),
      starts: Int32Array.from(this.from),
      columns: Int32Array.from(this.at),
      values: Float64Array.from(this.by),
    }
  }
}

/** A thread that solves one programme after the other. Close it when done, or it keeps its memory. */
export class ProgrammeSolver {
  private worker: Worker | undefined
  private last: Promise<unknown> = Promise.resolve()
  private next = 0

  /**
   * Solves a programme; calls wait for one another.
   *
   * @throws RangeError when arrays do not fit together or hold NaN; the reason of `signal` when it is aborted, which ends the thread.
   */
  solve(programme: Programme, limits: ProgrammeLimits = {}, signal?: AbortSignal): Promise<ProgrammeSolution> {
    const wrong = misfit(programme)
    if (wrong) return Promise.reject(new RangeError(wrong))
    const turn = this.last.then(() => this.run(programme, limits, signal))
    this.last = turn.catch(() => {})
    return turn
  }

  async close(): Promise<void> {
    await this.worker?.terminate()
    this.worker = undefined
  }

  private async run(programme: Programme, limits: ProgrammeLimits, signal?: AbortSignal): Promise<ProgrammeSolution> {
    signal?.throwIfAborted()
    if (!this.worker) {
      this.worker = new Worker(new URL('./programme-worker.ts', import.meta.url))
      this.worker.unref()
    }
    const worker = this.worker
    const id = ++this.next
    const stop = () => void worker.terminate()
    signal?.addEventListener('abort', stop, { once: true })
    // A thread at work keeps the process alive; one that waits does not.
    worker.ref()
    try {
      worker.postMessage({ id, programme, limits })
      const ended = new AbortController()
      const answer = await Promise.race([
        once(worker, 'message', { signal: ended.signal }),
        once(worker, 'exit', { signal: ended.signal }).then(() => undefined),
      ]).finally(() => ended.abort())
      if (!answer) {
        this.worker = undefined
        signal?.throwIfAborted()
        throw new Error('the solver ended without an answer')
      }
      const [{ solution, error }] = answer as [{ id: number; solution?: ProgrammeSolution; error?: string }]
      if (!solution) throw new Error(`the solver failed: ${error}`)
      return solution
    } finally {
      signal?.removeEventListener('abort', stop)
      worker.unref()
    }
  }
}

function misfit(programme: Programme): string | undefined {
  const { objective, lower, upper, integer, rowLower, rowUpper, starts, columns, values, hessian } = programme
  const n = objective.length
  if (lower.length !== n || upper.length !== n || (integer && integer.length !== n))
    return 'objective and bounds of columns differ in length'
  if (rowUpper.length !== rowLower.length || starts.length !== rowLower.length + 1) return 'bounds of rows and starts differ in length'
  if (columns.length !== values.length || starts.at(-1) !== values.length)
    return 'the entries of the rows do not end where the last row does'
  if (hessian && hessian.length !== n * n) return `a Hessian of ${n} columns has ${n * n} entries, not ${hessian.length}`
  if (hessian && integer?.some(Boolean)) return 'a quadratic programme cannot have whole columns'
  if (columns.some((column) => column < 0 || column >= n)) return 'an entry names a column that is not there'
  for (const array of [objective, lower, upper, rowLower, rowUpper, values, hessian])
    if (array?.some(Number.isNaN)) return 'the programme holds a value that is not a number'
  if (!objective.every(Number.isFinite) || !values.every(Number.isFinite)) return 'coefficients must be finite'
  return undefined
}
