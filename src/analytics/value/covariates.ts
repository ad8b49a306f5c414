/**
 * Static covariates on both processes: what is known of a customer moves how often they buy and how soon they leave.
 *
 *     Pareto/NBD:        alpha_i = alpha exp(-g'z_i),   beta_i = beta exp(-h'z_i)
 *     BG/NBD, MBG/NBD:   alpha_i = alpha exp(-g'z_i),   a_i = a exp(h'z_i), b_i = b exp(h'z_i)
 *
 * (Fader and Hardie 2007, "Incorporating time-invariant covariates into the Pareto/NBD and BG/NBD models".) On log scale each customer's
 * parameters are linear in (base, g, h), so value, gradient and Hessian of the plain model carry over by the chain rule, exactly, and every
 * question the plain model answers is answered at the customer's own parameters.
 */

import { gammaQ } from '../../math/incomplete.ts'
import { symmetricEigen } from '../../math/linear-algebra.ts'
import { betaGeometricLogLikelihood } from './beta-geometric-likelihood.ts'
import { bgNbd } from './bg-nbd.ts'
import { customersIn, type PurchaseCells } from './cells.ts'
import type { Design } from './design.ts'
import { type Fit, type LogLikelihood, maximiseWorking, onLogScale, type Prior, refuse } from './fit.ts'
import type { FitOptions, HistoryModel } from './history-model.ts'
import { mbgNbd } from './mbg-nbd.ts'
import { paretoNbd } from './pareto-nbd.ts'
import { paretoNbdLogLikelihood } from './pareto-nbd-likelihood.ts'

export type Process = 'purchase' | 'leaving'

/** The effect of one covariate, on the logarithm: exp(estimate) multiplies the rate for one unit more of it. */
export interface Effect {
  process: Process
  /** Column, or column=category beside the category it is compared with. */
  name: string
  estimate: number
  standardError: number
  /** estimate / standardError, and the two-sided chance of one as large without an effect. */
  z: number
  p: number
}

export interface CovariateFit extends Fit<Record<string, number>> {
  /** Parameters where all covariates are 0 and all categories the ones compared with. */
  base: Record<string, number> | undefined
  effects: Effect[]
  /** Against the same model without covariates: twice the gain in log-likelihood, chi-square with `freedom` degrees. */
  likelihoodRatio: { without: number; statistic: number; freedom: number; p: number } | undefined
}

export interface CovariateOptions extends FitOptions {
  /**
   * Standard deviation of a normal prior on each effect, per standard deviation of its covariate (ridge). None when left out. 0.5 keeps
   * most effects within a factor of e either way.
   */
  ridge?: number
}

export interface Link {
  model: HistoryModel<never>
  names: readonly string[]
  likelihood(cells: PurchaseCells): LogLikelihood
  /** By what the log-parameters move for one unit of the linear predictor. */
  moves: Record<Process, readonly number[]>
}

const betaGeometric = (model: unknown, dropsAtFirst: boolean): Link => ({
  model: model as HistoryModel<never>,
  names: ['r', 'alpha', 'a', 'b'],
  likelihood: (cells) => betaGeometricLogLikelihood({ model: '', k: 1, dropsAtFirst }, cells),
  moves: { purchase: [0, -1, 0, 0], leaving: [0, 0, 1, 1] },
})

export const links = {
  'bg-nbd': betaGeometric(bgNbd, false),
  'mbg-nbd': betaGeometric(mbgNbd, true),
  'pareto-nbd': {
    model: paretoNbd as unknown as HistoryModel<never>,
    names: ['r', 'alpha', 's', 'beta'],
    likelihood: paretoNbdLogLikelihood,
    moves: { purchase: [0, -1, 0, 0], leaving: [0, 0, 0, -1] },
  } satisfies Link,
}

export type CovariateModel = keyof typeof links

/** Models that take covariates. */
export const covariateModels = Object.keys(links) as CovariateModel[]

/** Covariates of each process, one row a cell. */
export type Designs = Record<Process, Design>

/** The parameters of a customer with these covariates, in the order of the designs. */
export function parametersAt(
  name: CovariateModel,
  fit: Pick<CovariateFit, 'base' | 'effects'>,
  values: Record<Process, ArrayLike<number>>,
): Record<string, number> {
  const { names, moves } = links[name]
  const predictor = (process: Process): number =>
    fit.effects.filter((effect) => effect.process === process).reduce((sum, { estimate }, i) => sum + estimate * values[process][i]!, 0)
  const [purchase, leaving] = [predictor('purchase'), predictor('leaving')]
  return Object.fromEntries(
    names.map((parameter, j) => [parameter, fit.base![parameter]! * Math.exp(moves.purchase[j]! * purchase + moves.leaving[j]! * leaving)]),
  )
}

/**
 * Total log-likelihood on the working scale (logarithms of the base parameters, then the effects on purchases, then those on leaving), over
 * cells that share one pattern of covariates at a time.
 */
export function covariateLogLikelihood(name: CovariateModel, cells: PurchaseCells, designs: Designs): LogLikelihood {
  const { names, likelihood, moves } = links[name]
  const m = names.length
  const columns = [
    ...designs.purchase.columns.map((values) => ({ values, move: moves.purchase })),
    ...designs.leaving.columns.map((values) => ({ values, move: moves.leaving })),
  ]
  const n = m + columns.length
  const patterns = patternsOf(cells, columns)
  const parts = patterns.map(({ part, row }) => ({
    logLikelihood: onLogScale(likelihood(part), m),
    // d (log-parameter j) / d (working parameter k), row by row.
    slope: Float64Array.from({ length: m * n }, (_, at) => {
      const [j, k] = [Math.floor(at / n), at % n]
      return k < m ? (j === k ? 1 : 0) : columns[k - m]!.move[j]! * columns[k - m]!.values[row]!
    }),
  }))
  const eta = new Float64Array(m)
  const g = new Float64Array(m)
  const h = new Float64Array(m * m)
  const half = new Float64Array(m * n)
  return (theta, gradient, hessian) => {
    let total = 0
    gradient.fill(0)
    hessian.fill(0)
    for (const { logLikelihood, slope } of parts) {
      for (let j = 0; j < m; j++) {
        eta[j] = 0
        for (let k = 0; k < n; k++) eta[j]! += slope[j * n + k]! * theta[k]!
      }
      total += logLikelihood(eta, g, h)
      for (let j = 0; j < m; j++)
        for (let k = 0; k < n; k++) {
          gradient[k]! += slope[j * n + k]! * g[j]!
          let sum = 0
          for (let i = 0; i < m; i++) sum += h[j * m + i]! * slope[i * n + k]!
          half[j * n + k] = sum
        }
      for (let j = 0; j < m; j++)
        for (let k = 0; k < n; k++) {
          const left = slope[j * n + k]!
          if (left !== 0) for (let l = 0; l < n; l++) hessian[k * n + l]! += left * half[j * n + l]!
        }
    }
    return total
  }
}

/** Cells cut into runs of equal covariates, in the order in which each pattern first comes. */
function patternsOf(cells: PurchaseCells, columns: { values: Float64Array }[]): { part: PurchaseCells; row: number }[] {
  const rowsOf = new Map<string, number[]>()
  for (let i = 0; i < cells.x.length; i++) {
    const key = columns.map(({ values }) => values[i]!).join(' ')
    const rows = rowsOf.get(key)
    if (rows) rows.push(i)
    else rowsOf.set(key, [i])
  }
  return [...rowsOf.values()].map((rows) => {
    const pick = (values: Float64Array): Float64Array => Float64Array.from(rows, (i) => values[i]!)
    return { row: rows[0]!, part: { x: pick(cells.x), tx: pick(cells.tx), T: pick(cells.T), weight: cells.weight && pick(cells.weight) } }
  })
}

/** Fits a model with covariates by maximum likelihood, and tests it against the model without. */
export function fitWithCovariates(
  name: CovariateModel,
  cells: PurchaseCells,
  designs: Designs,
  options: CovariateOptions = {},
): CovariateFit {
  const { model, names, moves } = links[name]
  const customers = customersIn(cells)
  const none = { base: undefined, effects: [], likelihoodRatio: undefined }
  const plain = model.fit(cells, options) as Fit<unknown> as Fit<Record<string, number>>
  if (!plain.parameters) return { ...plain, ...none }
  const scaled = { purchase: standardise(designs.purchase, cells.weight), leaving: standardise(designs.leaving, cells.weight) }
  const problem = whyNotTold(scaled.purchase, customers) ?? whyNotTold(scaled.leaving, customers)
  if (problem) return { ...refuse<Record<string, number>>(name, problem, cells.x.length, customers), ...none }
  const effects = (['purchase', 'leaving'] as const).flatMap((process) =>
    scaled[process].names.map((column, i) => ({ process, name: column, mean: scaled[process].means[i]!, sd: scaled[process].sds[i]! })),
  )
  const m = names.length
  const n = m + effects.length
  const keys = [...names, ...effects.map(({ process, name: column }) => `${process}.${column}`)]
  const start = [...names.map((parameter) => plain.parameters![parameter]!), ...effects.map(() => 0)]
  const fit = maximiseWorking<Record<string, number>>({
    model: name,
    names: keys,
    plain: keys.map((_, k) => k >= m),
    logLikelihood: covariateLogLikelihood(name, cells, scaled),
    customers,
    cells: cells.x.length,
    starts: [start],
    prior: options.ridge === undefined ? undefined : ridgeOn(n, m, options.ridge),
  })
  // Back to the units of the covariates: theta = B theta', linear.
  const back = new Float64Array(n * n)
  for (let j = 0; j < n; j++) back[j * n + j] = j < m ? 1 : 1 / effects[j - m]!.sd
  for (let j = 0; j < m; j++)
    effects.forEach(({ process, mean, sd }, e) => {
      back[j * n + m + e] = (-moves[process][j]! * mean) / sd
    })
  const found = keys.map((key, k) => (k < m ? Math.log(fit.parameters![key]!) : fit.parameters![key]!))
  const theta = Float64Array.from({ length: n }, (_, j) => found.reduce((sum, value, k) => sum + back[j * n + k]! * value, 0))
  const covariance = sandwich(back, fit.logCovariance!, n)
  const error = (k: number): number => Math.sqrt(covariance[k * n + k]!)
  const told = effects.map(({ process, name: column }, e): Effect => {
    const [estimate, standardError] = [theta[m + e]!, error(m + e)]
    const z = estimate / standardError
    return { process, name: column, estimate, standardError, z, p: gammaQ(0.5, (z * z) / 2) }
  })
  const statistic = 2 * (fit.logLikelihood - plain.logLikelihood)
  const valueAt = (k: number): number => (k < m ? Math.exp(theta[k]!) : theta[k]!)
  return {
    ...fit,
    parameters: Object.fromEntries(keys.map((key, k) => [key, valueAt(k)])),
    standardErrors: Object.fromEntries(keys.map((key, k) => [key, (k < m ? valueAt(k) : 1) * error(k)])),
    logCovariance: covariance,
    base: Object.fromEntries(names.map((key, k) => [key, valueAt(k)])),
    effects: told,
    likelihoodRatio: {
      without: plain.logLikelihood,
      statistic,
      freedom: effects.length,
      p: effects.length > 0 ? gammaQ(effects.length / 2, Math.max(0, statistic) / 2) : 1,
    },
  }
}

/** B C B'. */
function sandwich(b: Float64Array, c: Float64Array, n: number): Float64Array {
  const half = new Float64Array(n * n)
  const result = new Float64Array(n * n)
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) for (let k = 0; k < n; k++) half[i * n + j]! += b[i * n + k]! * c[k * n + j]!
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) for (let k = 0; k < n; k++) result[i * n + j]! += half[i * n + k]! * b[j * n + k]!
  return result
}

function ridgeOn(n: number, from: number, sd: number): Prior {
  if (!(sd > 0)) throw new RangeError(`the standard deviation of the prior on effects must be positive; got ${sd}`)
  const precision = new Float64Array(n * n)
  for (let k = from; k < n; k++) precision[k * n + k] = 1 / (sd * sd)
  return { mean: new Float64Array(n), precision }
}

interface Standardised extends Design {
  means: number[]
  sds: number[]
}

/** Mean 0 and standard deviation 1 over customers: the search neither sees nor cares in which units a covariate came. */
function standardise({ names, columns }: Design, weight: Float64Array | undefined): Standardised {
  const means: number[] = []
  const sds: number[] = []
  const scaled = columns.map((values) => {
    let [total, sum, squares] = [0, 0, 0]
    values.forEach((value, i) => {
      total += weight?.[i] ?? 1
      sum += (weight?.[i] ?? 1) * value
    })
    values.forEach((value, i) => {
      squares += (weight?.[i] ?? 1) * (value - sum / total) ** 2
    })
    const sd = Math.sqrt(squares / total)
    means.push(sum / total)
    sds.push(sd)
    return values.map((value) => (sd > 0 ? (value - sum / total) / sd : 0))
  })
  return { names, columns: scaled, means, sds }
}

/** Why these covariates cannot be told from each other or from the average, or undefined. */
function whyNotTold({ names, columns, means, sds }: Standardised, customers: number): string | undefined {
  const same = names.find((_, i) => !(sds[i]! > 1e-12 * Math.max(1, Math.abs(means[i]!))))
  if (same) return `covariate ${same} is the same for every customer, so it explains nothing`
  if (customers < 10 * (names.length + 4))
    return `${names.length} covariates are too many for ${customers} customers; at least 10 customers for each parameter are needed`
  const k = names.length
  if (k < 2) return undefined
  const size = columns[0]!.length
  const correlation = new Float64Array(k * k)
  for (let i = 0; i < k; i++)
    for (let j = 0; j < k; j++)
      for (let row = 0; row < size; row++) correlation[i * k + j]! += (columns[i]![row]! * columns[j]![row]!) / size
  const { values, vectors } = symmetricEigen(correlation, k)
  if (values[0]! > 1e-8 * values[k - 1]!) return undefined
  const involved = names.filter((_, i) => Math.abs(vectors[i * k]!) > 1e-4)
  return `covariates ${involved.join(', ')} tell the same (one follows from the others): leave one out`
}
