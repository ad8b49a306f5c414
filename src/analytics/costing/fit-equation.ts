/** Estimates a time equation from minutes that were observed: what `clientele fit time-equation FILE` answers. */
import { cholesky, choleskySolve } from '../../math/linear-algebra.ts'
import { nonNegativeLeastSquares } from '../../math/nnls.ts'
import { AppError, type Problem } from '../../shared/errors.ts'
import { parseSummary } from '../value/index.ts'

export interface FittedEquation {
  model: 'time-equation'
  /** As it goes into clientele.yaml: `8.1 + 2.05 * lines`. */
  equation: string
  /** Minutes by driver; `intercept` is what every event takes. */
  parameters: Record<string, number>
  /** Null for coefficients held at zero. */
  standardErrors: Record<string, number | null>
  /** Drivers that would take minutes away and were held at zero. */
  heldAtZero: string[]
  events: number
  /** Share of the variation of minutes that the drivers explain. */
  rSquared: number
  /** Standard deviation of what is left, in minutes. */
  residualMinutes: number
  predictedMinutes: number
  observedMinutes: number
  /** Predicted over paid minutes, where `paid` is given; should lie between 0.7 and 1. */
  paidShare: number | null
  verdict: string
  status: 'converged' | 'not-converged'
  gradientNorm: number
  iterations: number
}

const minuteNames = ['minutes', 'observed_minutes', 'duration', 'duration_minutes', 'elapsed_minutes', 'time', 'dauer', 'minuten']
const neverDrivers = /(^|_)(id|date|name|no|number)$/

/**
 * Least squares of minutes on drivers, no coefficient below zero: time is never given back.
 *
 *   t_e = b0 + sum of b_i x_ie + noise;  b >= 0
 *
 * Standard errors are those of least squares on the drivers that are not held at zero, and know nothing of that choice. Back-test (Kaplan and
 * Anderson): minutes predicted for all events over minutes paid, 0.7 to 1.
 *
 * @param text CSV: a column minutes (or observed_minutes, duration), every other numeric column a driver
 * @param paid minutes that were paid for these events
 * @throws AppError with rows and reasons
 */
export function fitTimeEquation(text: string, options: { paid?: number } = {}): FittedEquation {
  const { drivers, columns, minutes } = readObservations(text)
  const names = ['intercept', ...drivers]
  const n = names.length
  const events = minutes.length
  if (events < n + 2)
    throw new AppError('fit.refused', `${events} events are too few for ${drivers.length} drivers`, {
      hint: `observe at least ${Math.max(30, 10 * n)}`,
    })
  const at = (j: number, e: number) => (j === 0 ? 1 : columns[j - 1]![e]!)
  const gram = new Float64Array(n * n)
  const moment = new Float64Array(n)
  for (let e = 0; e < events; e++)
    for (let i = 0; i < n; i++) {
      moment[i]! += at(i, e) * minutes[e]!
      for (let j = 0; j <= i; j++) gram[i * n + j]! += at(i, e) * at(j, e)
    }
  for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) gram[i * n + j] = gram[j * n + i]!
  const fit = nonNegativeLeastSquares(gram, moment, n)
  const mean = minutes.reduce((a, b) => a + b, 0) / events
  let residual = 0
  let total = 0
  let predicted = 0
  for (let e = 0; e < events; e++) {
    let told = 0
    for (let j = 0; j < n; j++) told += fit.x[j]! * at(j, e)
    predicted += told
    residual += (minutes[e]! - told) ** 2
    total += (minutes[e]! - mean) ** 2
  }
  const active = names.flatMap((_, j) => (fit.x[j]! > 0 ? [j] : []))
  const variance = residual / Math.max(1, events - active.length)
  const errors = standardErrors(gram, n, active, variance)
  const paidShare = options.paid === undefined ? null : predicted / options.paid
  return {
    model: 'time-equation',
    equation: equationText(names, fit.x, errors),
    parameters: Object.fromEntries(names.map((name, j) => [name, fit.x[j]!])),
    standardErrors: Object.fromEntries(names.map((name, j) => [name, errors[j] ?? null])),
    heldAtZero: names.filter((_, j) => !(fit.x[j]! > 0)),
    events,
    rSquared: total > 0 ? 1 - residual / total : 0,
    residualMinutes: Math.sqrt(variance),
    predictedMinutes: predicted,
    observedMinutes: mean * events,
    paidShare,
    verdict: verdictOf(paidShare),
    status: fit.status,
    gradientNorm: fit.gradientNorm,
    iterations: fit.iterations,
  }
}

function verdictOf(share: number | null): string {
  if (share === null) return 'no paid minutes were given, so that the level is not tested'
  if (share > 1) return 'more minutes are told than were paid: coefficients are too high, or there was overtime'
  if (share < 0.7) return 'less than 70 % of the paid minutes are told: work is missing from the equation, or capacity is idle'
  return 'within 70 to 100 % of the paid minutes'
}

function standardErrors(gram: Float64Array, n: number, active: readonly number[], variance: number): (number | undefined)[] {
  const m = active.length
  const result: (number | undefined)[] = new Array(n).fill(undefined)
  const part = new Float64Array(m * m)
  active.forEach((i, a) => {
    active.forEach((j, b) => {
      part[a * m + b] = gram[i * n + j]!
    })
  })
  const lower = m > 0 ? cholesky(part, m) : undefined
  if (!lower) return result
  active.forEach((j, a) => {
    const unit = new Float64Array(m)
    unit[a] = 1
    result[j] = Math.sqrt(Math.max(0, variance * choleskySolve(lower, m, unit)[a]!))
  })
  return result
}

/** Coefficients to the digit that their standard error allows. */
function equationText(names: readonly string[], x: Float64Array, errors: readonly (number | undefined)[]): string {
  const shown = (j: number): string => {
    const error = errors[j]
    const digits = error && error > 0 ? Math.min(6, Math.max(0, 1 - Math.floor(Math.log10(error)))) : 6
    return String(Number(x[j]!.toFixed(digits)))
  }
  const terms = names.flatMap((name, j) => (x[j]! > 0 && Number(shown(j)) > 0 ? [j === 0 ? shown(j) : `${shown(j)} * ${name}`] : []))
  return terms.length === 0 ? '0' : terms.join(' + ')
}

function readObservations(text: string): { drivers: string[]; columns: Float64Array[]; minutes: Float64Array } {
  const table = parseSummary(text)
  const plain = table.header.map((name) =>
    name
      .trim()
      .toLowerCase()
      .replaceAll(/[\s.-]+/g, '_'),
  )
  const minuteAt = minuteNames.map((name) => plain.indexOf(name)).find((at) => at >= 0)
  if (minuteAt === undefined)
    throw new AppError('fit.column', 'the file has no column with observed minutes', {
      hint: `name it minutes; there are: ${table.header.join(', ')}`,
    })
  const problems: Problem[] = []
  const read = (at: number): Float64Array =>
    Float64Array.from(table.rows, (row, r) => {
      const value = row[at] === undefined || row[at] === '' ? Number.NaN : Number(row[at])
      if (!Number.isFinite(value) || (at === minuteAt && value < 0))
        problems.push({
          row: table.lines[r]!,
          column: table.header[at]!,
          message: `must be a number${at === minuteAt ? ' from 0' : ''}; got "${row[at] ?? ''}"`,
        })
      return value
    })
  const driverPlaces = plain.flatMap((name, at) => (at === minuteAt || neverDrivers.test(name) ? [] : [at]))
  const named = driverPlaces.find((at) => !/^[a-z_][a-z0-9_]*$/.test(plain[at]!))
  if (named !== undefined)
    throw new AppError('fit.column', `"${table.header[named]}" cannot be the name of a driver`, { hint: 'use letters, digits and _' })
  const columns = driverPlaces.map(read)
  const minutes = read(minuteAt)
  if (problems.length > 0)
    throw new AppError('fit.rows', `row ${problems[0]!.row}, ${problems[0]!.column}: ${problems[0]!.message}`, {
      problems,
      hint: 'give a number for every event and driver; yes and no as 1 and 0',
    })
  return { drivers: driverPlaces.map((at) => plain[at]!), columns, minutes }
}
