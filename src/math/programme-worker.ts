/** The thread behind `programme.ts`: takes programmes, answers with solutions. */
import { parentPort } from 'node:worker_threads'
import * as library from 'highs'
import type { Programme, ProgrammeLimits, ProgrammeSolution } from './programme.ts'

// The package declares its types as CommonJS but is loaded as a module, so its default export is typed one level too deep.
type Highs = library.Highs
const loading = (library.default as unknown as () => Promise<Highs>)()

parentPort?.on('message', async ({ id, programme, limits }: { id: number; programme: Programme; limits: ProgrammeLimits }) => {
  try {
    parentPort?.postMessage({ id, solution: solve(await loading, programme, limits) })
  } catch (error) {
    parentPort?.postMessage({ id, error: error instanceof Error ? error.message : String(error) })
  }
})

function solve(highs: Highs, programme: Programme, limits: ProgrammeLimits): ProgrammeSolution {
  const { objective, lower, upper, integer, rowLower, rowUpper, starts, columns, values, hessian } = programme
  const numCols = objective.length
  const numRows = rowLower.length
  const whole = Boolean(integer?.some(Boolean))
  const { objectiveSense, modelStatus } = highs.constants
  const model = highs.createModel({
    numCols,
    numRows,
    sense: programme.sense === 'maximise' ? objectiveSense.maximize : objectiveSense.minimize,
    colCost: objective,
    colLower: bounded(lower, highs.infinity),
    colUpper: bounded(upper, highs.infinity),
    rowLower: bounded(rowLower, highs.infinity),
    rowUpper: bounded(rowUpper, highs.infinity),
    matrix: { format: 'csr', numRows, numCols, starts, indices: columns, values },
    ...(whole ? { integrality: Int32Array.from(integer as Uint8Array) } : {}),
    ...(hessian ? { hessian: triangle(hessian, numCols) } : {}),
  })
  try {
    model.options.set({
      output_flag: false,
      random_seed: 1,
      mip_rel_gap: limits.gap ?? 1e-6,
      mip_max_nodes: limits.nodes ?? 20_000,
      // The quadratic solver gives up on what the others manage.
      primal_feasibility_tolerance: hessian ? 1e-7 : 1e-9,
      dual_feasibility_tolerance: hessian ? 1e-7 : 1e-9,
      mip_feasibility_tolerance: 1e-9,
    })
    let { modelStatus: status } = model.run()
    if (status === modelStatus.unboundedOrInfeasible) {
      model.options.set('presolve', 'off')
      status = model.run().modelStatus
    }
    if (status === modelStatus.unknown) {
      // Badly scaled: what cannot be solved to nine digits is solved to seven.
      model.options.set({ primal_feasibility_tolerance: 1e-7, dual_feasibility_tolerance: 1e-7 })
      model.clearSolver()
      status = model.run().modelStatus
    }
    const none = { objective: Number.NaN, bound: Number.NaN, x: new Float64Array(numCols), rowDuals: new Float64Array(numRows) }
    if (status === modelStatus.infeasible) {
      return { ...none, status: 'infeasible', conflict: conflictingRows(model, programme, modelStatus.infeasible) }
    }
    if (status === modelStatus.unbounded) return { ...none, status: 'unbounded' }
    const { colValue, rowDual } = model.getSolution()
    const value = model.getObjectiveValue()
    const optimal = status === modelStatus.optimal
    if (!optimal && (!whole || Number(model.info.get('primal_solution_status')) !== 2))
      throw new Error(`no solution within the limits (status ${status})`)
    return {
      status: optimal ? 'optimal' : 'limit',
      objective: value,
      bound: whole ? Number(model.info.get('mip_dual_bound')) : value,
      x: colValue,
      rowDuals: whole ? none.rowDuals : rowDual,
    }
  } finally {
    model.dispose()
  }
}

/** Rows that cannot all hold, none of which can be left out: each row in turn is let go, and taken back when its absence makes a solution possible (deletion filter, Chinneck 2008). */
function conflictingRows(model: library.Model, { rowLower, rowUpper }: Programme, infeasible: number): number[] {
  const conflict: number[] = []
  for (let row = 0; row < rowLower.length; row++) {
    model.changeRowBounds(row, -Infinity, Infinity)
    if (model.run().modelStatus === infeasible) continue
    model.changeRowBounds(row, rowLower[row] as number, rowUpper[row] as number)
    conflict.push(row)
  }
  return conflict
}

function bounded(bounds: Float64Array, infinity: number): Float64Array {
  return bounds.map((bound) => (bound === Infinity ? infinity : bound === -Infinity ? -infinity : bound))
}

/** Lower triangle by columns. */
function triangle(dense: Float64Array, dimension: number) {
  const starts = [0]
  const indices: number[] = []
  const values: number[] = []
  for (let column = 0; column < dimension; column++) {
    for (let row = column; row < dimension; row++) {
      const value = dense[row * dimension + column] as number
      if (value === 0) continue
      indices.push(row)
      values.push(value)
    }
    starts.push(indices.length)
  }
  return { format: 'triangular' as const, dimension, starts, indices, values }
}
