/**
 * Segments that share what they have in common: each has parameters of its own, drawn towards those of all by a normal whose centre and
 * spread are learnt from the segments themselves (empirical Bayes; Efron and Morris 1975). A segment with many customers keeps its own
 * estimate, one with few is drawn in; how far is reported.
 *
 *     eta_j = W theta_j ~ Normal(m, diag(tau^2)),   theta_j the log-parameters of segment j
 *
 * on a scale on which parameters hang together little: ln r and the mean rate ln(r/alpha); ln b and the odds of leaving ln(a/b), or ln s and the
 * mean leaving rate ln(s/beta). m and tau by expectation-maximisation, the posterior of each segment by its mode and curvature (Laplace).
 */
import { inverse } from '../../math/linear-algebra.ts'
import { customersIn, evidenceIn, fewestRepeatBuyers, type PurchaseCells, whyTooThin } from './cells.ts'
import { type CovariateModel, links } from './covariates.ts'
import { type Fit, maximiseLikelihood, type Prior, refuse } from './fit.ts'
import type { FitOptions } from './history-model.ts'

export interface SegmentOptions extends FitOptions {
  /** Time for which expected purchases of a new customer are told; defaults to 52. */
  horizon?: number
}

/** An estimate with the bounds of its 90 % interval. */
export interface Bounded {
  value: number
  low: number
  high: number
}

export interface SegmentFit {
  name: string
  customers: number
  repeatBuyers: number
  /** Fitted on its own customers alone; undefined where these cannot carry a fit, with the reason. */
  alone: { parameters: Record<string, number>; expected: Bounded } | undefined
  whyNotAlone?: string
  pooled: { parameters: Record<string, number>; standardErrors: Record<string, number>; expected: Bounded }
  /** Between 0 and 1: how much of the estimate comes from the segment's own customers; the rest from what all have in common. */
  ownWeight: number
}

export interface PooledFit {
  /** One set of parameters for all. */
  together: Fit<Record<string, number>>
  segments: SegmentFit[]
  /** What all have in common (as parameters), and by which factor segments differ: e^tau of each transformed parameter. */
  common: { centre: Record<string, number>; spread: Record<string, number> }
  /** Of the segments at their pooled parameters, summed. */
  logLikelihood: number
  status: Fit<unknown>['status']
  reason?: string
  rounds: number
}

/** Rows of W, and what each says. */
const scales: Record<CovariateModel, { names: string[]; rows: number[][] }> = {
  'bg-nbd': betaGeometricScale(),
  'mbg-nbd': betaGeometricScale(),
  'pareto-nbd': {
    names: ['r', 'purchase rate', 's', 'leaving rate'],
    rows: [
      [1, 0, 0, 0],
      [1, -1, 0, 0],
      [0, 0, 1, 0],
      [0, 0, 1, -1],
    ],
  },
}

function betaGeometricScale(): { names: string[]; rows: number[][] } {
  return {
    names: ['r', 'purchase rate', 'odds of leaving', 'b'],
    rows: [
      [1, 0, 0, 0],
      [1, -1, 0, 0],
      [0, 0, 1, -1],
      [0, 0, 0, 1],
    ],
  }
}

/** Below this the segments are taken as equal in that respect; e^0.01 is one percent. */
const leastSpread = 0.01

/** A spread that moves by less in a round has settled: a spread near 0 is approached slowly, and changes nothing any more. */
const settled = 3e-4
const mostRounds = 300

/** Fits segments with partial pooling; the names' order does not matter. */
export function fitSegments(
  name: CovariateModel,
  segments: readonly { name: string; cells: PurchaseCells }[],
  options: SegmentOptions = {},
): PooledFit {
  const { model, names, likelihood } = links[name]
  const n = names.length
  const sorted = [...segments].sort((one, other) => (one.name < other.name ? -1 : 1))
  const all = joined(sorted.map(({ cells }) => cells))
  const evidence = evidenceIn(all)
  const refused = (reason: string): PooledFit => ({
    together: refuse(name, reason, all.x.length, customersIn(all)),
    segments: [],
    common: { centre: {}, spread: {} },
    logLikelihood: Number.NaN,
    status: 'refused',
    reason,
    rounds: 0,
  })
  const thin = whyTooThin(evidence, fewestRepeatBuyers(options))
  if (thin) return refused(thin)
  if (segments.length < 3) return refused(`pooling learns from how segments differ and needs at least 3; there are ${segments.length}`)
  const together = model.fit(all, options) as Fit<unknown> as Fit<Record<string, number>>
  if (!together.parameters || !together.logCovariance) return refused(together.reason ?? together.status)

  const W = Float64Array.from(scales[name].rows.flat())
  const back = inverse(W, n)
  const start = Float64Array.from(names, (parameter) => Math.log(together.parameters![parameter]!))
  let centre = times(W, start, n)
  let spread = new Float64Array(n).fill(0.3)
  const likelihoods = sorted.map(({ cells }) => likelihood(cells))
  let modes = sorted.map(() => start)
  let fits: Fit<Record<string, number>>[] = []
  let rounds = 0
  for (let change = 1; rounds < mostRounds && change > settled; rounds++) {
    const prior = priorOf(W, back, centre, spread, n)
    fits = sorted.map(({ cells }, j) =>
      maximiseLikelihood<Record<string, number>>({
        model: name,
        names,
        logLikelihood: likelihoods[j]!,
        customers: Math.max(1, customersIn(cells)),
        cells: cells.x.length,
        starts: [Array.from(modes[j]!, Math.exp)],
        prior,
      }),
    )
    modes = fits.map((fit) => Float64Array.from(names, (parameter) => Math.log(fit.parameters![parameter]!)))
    const etas = modes.map((mode) => times(W, mode, n))
    centre = Float64Array.from({ length: n }, (_, k) => etas.reduce((sum, eta) => sum + eta[k]!, 0) / etas.length)
    const next = Float64Array.from({ length: n }, (_, k) => {
      const squares = etas.reduce((sum, eta, j) => sum + (eta[k]! - centre[k]!) ** 2 + variance(W, fits[j]!.logCovariance!, k, n), 0)
      return Math.max(leastSpread, Math.sqrt(squares / etas.length))
    })
    change = Math.max(...next.map((value, k) => Math.abs(value - spread[k]!)))
    spread = next
  }

  const horizon = options.horizon ?? 52
  const expectedOf = (parameters: Record<string, number>, covariance: Float64Array): Bounded => {
    const at = (theta: Record<string, number>): number => Math.log(model.expectedTransactions(theta as never, horizon))
    const value = at(parameters)
    const step = 1e-3
    const slopes = names.map((parameter) => {
      const up = at({ ...parameters, [parameter]: parameters[parameter]! * Math.exp(step) })
      const down = at({ ...parameters, [parameter]: parameters[parameter]! * Math.exp(-step) })
      return (up - down) / (2 * step)
    })
    let total = 0
    slopes.forEach((one, i) => {
      slopes.forEach((other, j) => {
        total += one * other * covariance[i * n + j]!
      })
    })
    const reach = 1.6448536 * Math.sqrt(total)
    return { value: Math.exp(value), low: Math.exp(value - reach), high: Math.exp(value + reach) }
  }
  const told = sorted.map(({ name: title, cells }, j): SegmentFit => {
    const own = model.fit(cells, options) as Fit<unknown> as Fit<Record<string, number>>
    const usable = own.parameters !== undefined && own.logCovariance !== undefined && own.status === 'converged'
    const fit = fits[j]!
    const shares = Array.from(spread, (tau, k) => Math.min(1, variance(W, fit.logCovariance!, k, n) / (tau * tau)))
    return {
      name: title,
      customers: customersIn(cells),
      repeatBuyers: evidenceIn(cells).repeatBuyers,
      alone: usable ? { parameters: own.parameters!, expected: expectedOf(own.parameters!, own.logCovariance!) } : undefined,
      ...(usable ? {} : { whyNotAlone: own.reason ?? own.status }),
      pooled: {
        parameters: fit.parameters!,
        standardErrors: fit.standardErrors!,
        expected: expectedOf(fit.parameters!, fit.logCovariance!),
      },
      ownWeight: 1 - shares.reduce((sum, share) => sum + share, 0) / n,
    }
  })
  const theta = times(back, centre, n)
  const stuck = fits.find(({ status }) => status === 'not-converged')
  return {
    together,
    segments: told,
    common: {
      centre: Object.fromEntries(names.map((parameter, k) => [parameter, Math.exp(theta[k]!)])),
      spread: Object.fromEntries(scales[name].names.map((title, k) => [title, Math.exp(spread[k]!)])),
    },
    logLikelihood: fits.reduce((sum, fit) => sum + fit.logLikelihood, 0),
    status: stuck ? 'not-converged' : rounds >= mostRounds ? 'weak' : 'converged',
    ...(stuck ? { reason: stuck.reason ?? 'a segment did not converge' } : {}),
    ...(!stuck && rounds >= mostRounds ? { reason: `the spread between segments had not settled after ${mostRounds} rounds` } : {}),
    rounds,
  }
}

function joined(parts: PurchaseCells[]): PurchaseCells {
  const total = (pick: (cells: PurchaseCells) => ArrayLike<number>): Float64Array =>
    Float64Array.from(parts.flatMap((cells) => Array.from(pick(cells))))
  return {
    x: total(({ x }) => x),
    tx: total(({ tx }) => tx),
    T: total(({ T }) => T),
    weight: total(({ x, weight }) => weight ?? new Float64Array(x.length).fill(1)),
  }
}

function times(matrix: Float64Array, vector: Float64Array, n: number): Float64Array<ArrayBuffer> {
  return Float64Array.from({ length: n }, (_, i) => vector.reduce((sum, value, j) => sum + matrix[i * n + j]! * value, 0))
}

/** Variance of row k of W theta. */
function variance(W: Float64Array, covariance: Float64Array, k: number, n: number): number {
  let total = 0
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) total += W[k * n + i]! * W[k * n + j]! * covariance[i * n + j]!
  return total
}

/** The normal on eta as one on theta: mean W^-1 m, precision W' diag(tau^-2) W. */
function priorOf(W: Float64Array, back: Float64Array, centre: Float64Array, spread: Float64Array, n: number): Prior {
  const precision = new Float64Array(n * n)
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++)
      for (let k = 0; k < n; k++) precision[i * n + j]! += (W[k * n + i]! * W[k * n + j]!) / (spread[k]! * spread[k]!)
  return { mean: times(back, centre, n), precision }
}
