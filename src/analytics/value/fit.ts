/** Maximum likelihood on log-parameters with several starts, and the result every model's fit returns. */
import { inverse, symmetricEigen } from '../../math/linear-algebra.ts'
import { multiStart } from '../../math/multi-start.ts'
import { newton } from '../../math/newton.ts'

/** What a fit found. Look at `status` before using the parameters; `reason` says in words what is wrong when it is not `converged`. */
export interface Fit<Parameters> {
  model: string
  /**
   * `converged`: the gradient is zero and the likelihood falls off on all sides. `weak`: the likelihood is flat or still rising in some
   * direction, so single parameters mean little (predictions may still be good). `not-converged`: no optimum was reached.
   * `refused`: the data cannot carry the model; there are no parameters.
   */
  status: 'converged' | 'weak' | 'not-converged' | 'refused'
  reason?: string
  /** The literature's names; undefined when refused. */
  parameters: Parameters | undefined
  /** Of the parameters themselves (delta method from log scale); NaN where the data do not determine one. */
  standardErrors: Parameters | undefined
  /**
   * Covariance of the log-parameters in the order of `parameters`, row by row: the scale on which the likelihood is nearest to normal.
   * Parameters that may be negative (effects of covariates, a mean) stand in it as they are.
   */
  logCovariance: Float64Array | undefined
  /** Total over customers, without the constant factors that the literature leaves out. */
  logLikelihood: number
  /** What a prior takes from the log-likelihood at the optimum; undefined when there was none. */
  penalty?: number
  /** Largest absolute derivative of the mean log-likelihood per customer by a log-parameter. */
  gradientNorm: number
  iterations: number
  /** Largest over smallest eigenvalue of the Hessian on log scale; infinite when flat. */
  hessianCondition: number
  cells: number
  customers: number
  /** Starts tried and how many of them ended at the optimum. */
  starts: { tried: number; agreeing: number }
}

/** Value, gradient and Hessian (row order) of the total log-likelihood by the parameters themselves. */
export type LogLikelihood = (parameters: Float64Array, gradient: Float64Array, hessian: Float64Array) => number

/** What is believed before the data are seen: a normal on the working scale (logarithms of positive parameters, others as they are). */
export interface Prior {
  mean: Float64Array
  /** Inverse of its covariance, row by row. */
  precision: Float64Array
}

/** Independent normals of one spread around the logarithms of `centres`. */
export function weakPrior(centres: readonly number[], sd: number | undefined): Prior | undefined {
  if (sd === undefined) return undefined
  if (!(sd > 0)) throw new RangeError(`the standard deviation of a prior must be positive; got ${sd}`)
  const n = centres.length
  const precision = new Float64Array(n * n)
  for (let i = 0; i < n; i++) precision[i * n + i] = 1 / (sd * sd)
  return { mean: Float64Array.from(centres, Math.log), precision }
}

interface Problem<Parameters> {
  model: string
  names: readonly (keyof Parameters & string)[]
  customers: number
  cells: number
  /** First guesses of the parameters; those on log scale positive. */
  starts: readonly (readonly number[])[]
  /** What it means when a parameter runs off: added to the reason. */
  runaway?: Partial<Record<keyof Parameters & string, string>>
  prior?: Prior | undefined
}

export interface FitProblem<Parameters> extends Problem<Parameters> {
  logLikelihood: LogLikelihood
  /** The same on a small sample, to find a start; the whole is used when left out. */
  sampled?: { logLikelihood: LogLikelihood; customers: number }
}

/** The same for a likelihood given on the working scale, some of whose parameters may be negative. */
export interface WorkingProblem<Parameters> extends Problem<Parameters> {
  logLikelihood: LogLikelihood
  sampled?: { logLikelihood: LogLikelihood; customers: number }
  /** Which parameters work as they are and not by their logarithm. */
  plain: readonly boolean[]
  /** Tolerance of the gradient per customer; defaults to 1e-9. */
  tolerance?: number
}

/** A log-parameter may move this far from its first guess before a penalty pulls it back: a factor of about 160,000 either way. */
const reach = 12

export function refuse<Parameters>(model: string, reason: string, cells: number, customers: number): Fit<Parameters> {
  return {
    model,
    status: 'refused',
    reason,
    parameters: undefined,
    standardErrors: undefined,
    logCovariance: undefined,
    logLikelihood: Number.NaN,
    gradientNorm: Number.NaN,
    iterations: 0,
    hessianCondition: Number.NaN,
    cells,
    customers,
    starts: { tried: 0, agreeing: 0 },
  }
}

/** Finds the parameters, all positive, with the largest likelihood (times the prior, if there is one). */
export function maximiseLikelihood<Parameters>(problem: FitProblem<Parameters>): Fit<Parameters> {
  const { sampled, ...rest } = problem
  const n = problem.names.length
  return maximiseWorking<Parameters>({
    ...rest,
    plain: new Array(n).fill(false),
    logLikelihood: onLogScale(problem.logLikelihood, n),
    ...(sampled ? { sampled: { ...sampled, logLikelihood: onLogScale(sampled.logLikelihood, n) } } : {}),
  })
}

/**
 * A likelihood by its parameters as one on the working scale, with the chain rule for gradient and Hessian.
 *
 * @param plain parameters that work as they are; all by their logarithms when left out
 */
export function onLogScale(logLikelihood: LogLikelihood, n: number, plain: readonly boolean[] = []): LogLikelihood {
  const parameters = new Float64Array(n)
  const slope = new Float64Array(n)
  return (theta, gradient, hessian) => {
    for (let i = 0; i < n; i++) {
      parameters[i] = plain[i] ? theta[i]! : Math.exp(theta[i]!)
      slope[i] = plain[i] ? 1 : parameters[i]!
    }
    gradient.fill(0)
    hessian.fill(0)
    const value = logLikelihood(parameters, gradient, hessian)
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) hessian[i * n + j]! *= slope[i]! * slope[j]!
      gradient[i]! *= slope[i]!
      if (!plain[i]) hessian[i * n + i]! += gradient[i]!
    }
    return value
  }
}

/** Finds the optimum of a likelihood on the working scale. */
export function maximiseWorking<Parameters>(problem: WorkingProblem<Parameters>): Fit<Parameters> {
  const { names, customers, plain, prior } = problem
  const n = names.length
  const onScale = (start: readonly number[]): Float64Array => Float64Array.from(start, (value, i) => (plain[i] ? value : Math.log(value)))
  const centre = onScale(problem.starts[0]!)
  const objective = (logLikelihood: LogLikelihood, count: number) => {
    return (theta: Float64Array, gradient: Float64Array, hessian: Float64Array): number => {
      gradient.fill(0)
      hessian.fill(0)
      let value = -logLikelihood(theta, gradient, hessian) / count
      for (let i = 0; i < n; i++) {
        gradient[i]! /= -count
        for (let j = 0; j < n; j++) hessian[i * n + j]! /= -count
      }
      if (prior) value += addPrior(prior, theta, gradient, hessian, count)
      for (let i = 0; i < n; i++) {
        const excess = Math.max(0, Math.abs(theta[i]! - centre[i]!) - reach)
        const side = Math.sign(theta[i]! - centre[i]!)
        value += 0.01 * excess * excess
        gradient[i]! += 0.02 * excess * side
        if (excess > 0) hessian[i * n + i]! += 0.02
      }
      return value
    }
  }
  const whole = objective(problem.logLikelihood, customers)
  const first = problem.sampled ? objective(problem.sampled.logLikelihood, problem.sampled.customers) : whole
  const tolerance = problem.tolerance ?? 1e-9
  const scouting = problem.sampled ? 1e-5 : tolerance
  const scouts = multiStart((start) => newton(first, start, { tolerance: scouting, maxIterations: 200 }), problem.starts.map(onScale))
  // A sample's optimum is close: a large first radius lets Newton land in a step or two.
  const found = problem.sampled ? newton(whole, scouts.best.x, { tolerance, maxIterations: 100 }) : scouts.best
  const iterations = found.iterations + (problem.sampled ? scouts.best.iterations : 0)

  const spectrum = symmetricEigen(found.hessian, n).values
  const definite = spectrum[0]! > 0
  const hessianCondition = definite ? spectrum[n - 1]! / spectrum[0]! : Infinity
  const logCovariance = definite ? inverse(found.hessian, n).map((entry) => entry / customers) : new Float64Array(n * n).fill(Number.NaN)
  const named = (value: (i: number) => number): Parameters => Object.fromEntries(names.map((name, i) => [name, value(i)])) as Parameters
  const values = found.x.map((theta, i) => (plain[i] ? theta : Math.exp(theta)))
  const astray = names.filter((_, i) => Math.abs(found.x[i]! - centre[i]!) > reach)
  const flat = names.filter((_, i) => !(logCovariance[i * n + i]! < 25) && !plain[i])
  let status: Fit<Parameters>['status'] = 'converged'
  let reason: string | undefined
  if (!(found.gradientNorm <= 1e-6)) {
    status = 'not-converged'
    reason = `the search ended with a gradient of ${found.gradientNorm.toExponential(1)} per customer after ${iterations} steps`
  } else if (astray.length > 0 || flat.length > 0 || !definite) {
    status = 'weak'
    const which = astray.length > 0 ? astray : flat.length > 0 ? flat : names
    const meaning = which.map((name) => problem.runaway?.[name]).find(Boolean)
    reason = `the data do not determine ${which.join(', ')}${meaning ? `: ${meaning}` : ''}`
  }
  const penalty = prior ? addPrior(prior, found.x, new Float64Array(n), new Float64Array(n * n), 1) : 0
  return {
    model: problem.model,
    status,
    ...(reason ? { reason } : {}),
    parameters: named((i) => values[i]!),
    standardErrors: named((i) => (plain[i] ? 1 : values[i]!) * Math.sqrt(logCovariance[i * n + i]!)),
    logCovariance,
    logLikelihood:
      astray.length > 0 ? problem.logLikelihood(found.x, new Float64Array(n), new Float64Array(n * n)) : -found.value * customers + penalty,
    ...(prior ? { penalty } : {}),
    gradientNorm: found.gradientNorm,
    iterations,
    hessianCondition,
    cells: problem.cells,
    customers,
    starts: { tried: scouts.all.length, agreeing: scouts.reached },
  }
}

/** Adds (theta - mean)' P (theta - mean) / (2 count) to value, gradient and Hessian; returns the value's part. */
function addPrior({ mean, precision }: Prior, theta: Float64Array, gradient: Float64Array, hessian: Float64Array, count: number): number {
  const n = theta.length
  let value = 0
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) {
      const part = precision[i * n + j]! / count
      value += 0.5 * part * (theta[i]! - mean[i]!) * (theta[j]! - mean[j]!)
      gradient[i]! += part * (theta[j]! - mean[j]!)
      hessian[i * n + j]! += part
    }
  return value
}
