/**
 * Pareto/GGG: purchase rates, regularity and lifetimes all differ between customers (Platzer and Reutterer 2016).
 *
 * Intervals of a customer are Gamma(shape k, rate k lambda); k ~ Gamma(t, gamma), lambda ~ Gamma(r, alpha); the customer leaves at tau,
 * exponential at rate mu ~ Gamma(s, beta). Estimated by sampling from the posterior. mu is integrated out, which leaves tau with the Pareto
 * density s beta^s / (beta + tau)^(s+1); tau is drawn by slices, lambda and k by Metropolis steps, and the parameters given all customers
 * with one of each pair integrated out, so that the chain moves fast.
 */
import { lgamma } from '../../math/gamma.ts'
import { logGammaQ } from '../../math/incomplete.ts'
import type { Random } from '../../math/random.ts'
import { sliceSample } from '../../math/slice-sampler.ts'
import { mean, median, standardDeviation, variance } from '../../math/statistics.ts'
import { evidenceIn, type PurchaseCells, whyTooThin } from './cells.ts'
import { type Fit, refuse } from './fit.ts'
import type { FitOptions, SimulatedHistories } from './history-model.ts'
import { paretoGggLogLikelihood } from './pareto-ggg-likelihood.ts'

export interface ParetoGggParameters {
  /** Shape and rate of the gamma of regularities k. */
  t: number
  gamma: number
  /** Shape and rate of the gamma of purchase rates. */
  r: number
  alpha: number
  /** Shape and rate of the gamma of leaving rates. */
  s: number
  beta: number
}

export interface ParetoGggOptions extends FitOptions {
  /** Sweeps thrown away first; defaults to 500. */
  burnIn?: number
  /** Sweeps kept; defaults to 1500. */
  sweeps?: number
  /** Time after T to forecast, in the unit of T; none when left out. */
  horizon?: number
}

export interface ParetoGggPosterior {
  /** Posterior medians as parameters, standard deviations as standard errors, the likelihood at the medians; there is no gradient. */
  fit: Fit<ParetoGggParameters>
  /** Every kept draw of each parameter. */
  draws: Record<keyof ParetoGggParameters, Float64Array>
  /** For each customer (cells with weight n give n of them, in order): chance to be alive at T, mean regularity, expected purchases in (T, T + horizon]. */
  alive: Float64Array
  regularity: Float64Array
  expected: Float64Array
}

/** Priors of the shapes: Gamma(0.001, 0.001), nearly flat in the logarithm; the same for the rates. */
const vague = 1e-3

/**
 * Draws the shape and rate of a gamma given n values by their sum and sum of logarithms: the shape by a slice with the rate integrated
 * out, then the rate exactly.
 */
function drawGammaParameters(random: Random, shape: number, n: number, sum: number, logs: number): [shape: number, rate: number] {
  const density = (logShape: number): number => {
    const v = Math.exp(logShape)
    const whole = n * v + vague
    return (v - 1) * logs - n * lgamma(v) + lgamma(whole) - whole * Math.log(sum + vague) + vague * logShape - vague * v
  }
  const next = Math.exp(sliceSample(random, density, Math.log(shape), 0.3))
  return [next, random.gamma(n * next + vague, sum + vague)]
}

/**
 * Draws (s, beta) given the times of leaving, Pareto (Lomax) with s integrated out for the slice on beta:
 * s | beta ~ Gamma(n, sum ln(1 + tau/beta)), both with the vague prior.
 */
function drawParetoParameters(random: Random, beta: number, tau: Float64Array): [s: number, beta: number] {
  const n = tau.length
  const logs = (b: number): number => {
    let total = 0
    for (let i = 0; i < n; i++) total += Math.log1p(tau[i]! / b)
    return total
  }
  // prod s / (beta + tau) (beta/(beta+tau))^s: what remains of beta when s is out.
  const density = (logBeta: number): number => {
    const b = Math.exp(logBeta)
    const sum = logs(b)
    return -n * logBeta - sum - (n + vague) * Math.log(sum + vague) + vague * logBeta - vague * b
  }
  const next = Math.exp(sliceSample(random, density, Math.log(beta), 0.4))
  return [random.gamma(n + vague, logs(next) + vague), next]
}

/** Fits by sampling; needs every customer's sum of log intervals. */
export function fitParetoGgg(cells: PurchaseCells, random: Random, options: ParetoGggOptions = {}): ParetoGggPosterior {
  const evidence = evidenceIn(cells)
  const { burnIn = 500, sweeps = 1500, horizon = 0 } = options
  const none = new Float64Array(0)
  const noDraws = { t: none, gamma: none, r: none, alpha: none, s: none, beta: none }
  const problem =
    whyTooThin(evidence, options.minimumRepeatBuyers ?? 50) ??
    (cells.logIntervals
      ? undefined
      : 'regularity cannot be seen from x, t_x and T alone: give the sum of log intervals of each customer') ??
    (cells.weight?.some((n) => !Number.isInteger(n)) ? 'weights must be whole numbers of customers' : undefined)
  if (problem || !cells.logIntervals) {
    const fit = refuse<ParetoGggParameters>('pareto-ggg', problem ?? '', cells.x.length, evidence.customers)
    return { fit, draws: noDraws, alive: none, regularity: none, expected: none }
  }
  const { x, tx, T, logIntervals } = oneRowEach(cells, cells.logIntervals)
  const n = x.length
  const chain = startChain(x, tx, T, evidence.rate)
  let p: ParetoGggParameters = { t: 1, gamma: 1, r: 1, alpha: 1 / evidence.rate, s: 1, beta: evidence.meanT }
  const alive = new Float64Array(n)
  const regularity = new Float64Array(n)
  const expected = new Float64Array(n)
  const names = ['t', 'gamma', 'r', 'alpha', 's', 'beta'] as const
  const draws = { t: column(), gamma: column(), r: column(), alpha: column(), s: column(), beta: column() }
  function column(): Float64Array {
    return new Float64Array(sweeps)
  }
  for (let sweep = -burnIn; sweep < sweeps; sweep++) {
    const sums = { lambda: 0, logLambda: 0, k: 0, logK: 0 }
    for (let i = 0; i < n; i++) {
      drawLeaving(random, p, chain, i, tx[i]!, T[i]!)
      const tau = chain.tau[i]!
      const wait = Math.min(tau, T[i]!) - tx[i]!
      moveRate(random, p, chain, i, x[i]!, tx[i]!, wait)
      moveRegularity(random, p, chain, i, x[i]!, tx[i]!, wait, logIntervals[i]!)
      sums.lambda += chain.lambda[i]!
      sums.logLambda += chain.logLambda[i]!
      sums.k += chain.k[i]!
      sums.logK += chain.logK[i]!
      if (sweep < 0) continue
      regularity[i]! += chain.k[i]! / sweeps
      if (tau <= T[i]!) continue
      alive[i]! += 1 / sweeps
      if (horizon > 0) expected[i]! += countAhead(random, chain.k[i]!, chain.lambda[i]!, tau, tx[i]!, T[i]!, horizon) / sweeps
    }
    const [t, gamma] = drawGammaParameters(random, p.t, n, sums.k, sums.logK)
    const [r, alpha] = drawGammaParameters(random, p.r, n, sums.lambda, sums.logLambda)
    const [s, beta] = drawParetoParameters(random, p.beta, chain.tau)
    p = { t, gamma, r, alpha, s, beta }
    if (sweep >= 0) for (const name of names) draws[name][sweep] = p[name]
  }
  const fit = summarise(draws, cells.x.length, evidence.customers, burnIn + sweeps)
  const logLikelihood = paretoGggLogLikelihood(cells, fit.parameters!)
  return { fit: { ...fit, logLikelihood }, draws, alive, regularity, expected }
}

function startChain(x: Float64Array, tx: Float64Array, T: Float64Array, rate: number): Chain {
  const lambda = x.map((count, i) => (count + 0.5) / (T[i]! + 0.5 / rate))
  const tau = T.map((end, i) => (tx[i]! + end) / 2)
  // At k = 1 silence is exponential.
  const silence = tau.map((leave, i) => -lambda[i]! * (leave - tx[i]!))
  return { tau, lambda, logLambda: lambda.map(Math.log), k: new Float64Array(x.length).fill(1), logK: new Float64Array(x.length), silence }
}

function oneRowEach(cells: PurchaseCells, logIntervals: Float64Array) {
  const rows: number[] = []
  for (let i = 0; i < cells.x.length; i++) for (let copy = 0; copy < (cells.weight?.[i] ?? 1); copy++) rows.push(i)
  const pick = (values: Float64Array): Float64Array => Float64Array.from(rows, (i) => values[i]!)
  return { x: pick(cells.x), tx: pick(cells.tx), T: pick(cells.T), logIntervals: pick(logIntervals) }
}

/** Digits of Q that a step of the chain needs. */
const enough = 1e-10

/** Where the chain stands, customer by customer; `silence` is ln Q(k, k lambda (min(tau, T) - tx)), carried along because it is dear. */
interface Chain {
  tau: Float64Array
  lambda: Float64Array
  logLambda: Float64Array
  k: Float64Array
  logK: Float64Array
  silence: Float64Array
}

/**
 * tau from (beta + tau)^-(s+1) Q(k, k lambda (min(tau, T) - tx)), tau > tx, by a slice in v = ln(beta + tau). The density only falls, so the
 * slice reaches from the start to one end: beyond T that end is known, before it the interval shrinks.
 */
function drawLeaving(random: Random, { s, beta }: ParetoGggParameters, chain: Chain, i: number, tx: number, T: number): void {
  const rate = chain.k[i]! * chain.lambda[i]!
  const level = chain.silence[i]! - s * Math.log(beta + chain.tau[i]!) - random.exponential()
  const untilEnd = chain.tau[i]! >= T ? chain.silence[i]! : logGammaQ(chain.k[i]!, rate * (T - tx), enough)
  const low = Math.log(beta + tx)
  const end = Math.log(beta + T)
  let high = untilEnd - s * end > level ? (untilEnd - level) / s : end
  for (let tries = 0; tries < 200; tries++) {
    const v = low + (high - low) * random.open()
    const next = Math.exp(v) - beta
    const silence = v >= end ? untilEnd : logGammaQ(chain.k[i]!, rate * Math.max(0, next - tx), enough)
    if (next > tx && silence - s * v > level) {
      chain.tau[i] = next
      chain.silence[i] = silence
      return
    }
    high = v
  }
}

/** One Metropolis step of ln lambda under lambda^(r + kx) e^(-lambda (alpha + k tx)) Q(k, k lambda wait). */
function moveRate(random: Random, p: ParetoGggParameters, chain: Chain, i: number, x: number, tx: number, wait: number): void {
  const shape = p.r + chain.k[i]! * x
  const rate = p.alpha + chain.k[i]! * tx
  const next = chain.logLambda[i]! + (2.2 / Math.sqrt(shape)) * random.normal()
  const value = Math.exp(next)
  const silence = logGammaQ(chain.k[i]!, chain.k[i]! * value * wait, enough)
  const gain = shape * (next - chain.logLambda[i]!) - rate * (value - chain.lambda[i]!) + silence - chain.silence[i]!
  if (!(gain > -random.exponential())) return
  chain.logLambda[i] = next
  chain.lambda[i] = value
  chain.silence[i] = silence
}

/** One Metropolis step of ln k under k^t e^(-gamma k) (k lambda)^(kx) / Gamma(k)^x e^(k sum ln interval - k lambda tx) Q(k, k lambda wait). */
function moveRegularity(
  random: Random,
  p: ParetoGggParameters,
  chain: Chain,
  i: number,
  x: number,
  tx: number,
  wait: number,
  logIntervals: number,
): void {
  const next = chain.logK[i]! + (2.2 / Math.sqrt(p.t + x / 2)) * random.normal()
  const value = Math.exp(next)
  const silence = logGammaQ(value, value * chain.lambda[i]! * wait, enough)
  let gain = p.t * (next - chain.logK[i]!) - p.gamma * (value - chain.k[i]!) + silence - chain.silence[i]!
  if (x > 0) {
    const rest = x * chain.logLambda[i]! + logIntervals - chain.lambda[i]! * tx
    gain += value * (x * next + rest) - x * lgamma(value) - (chain.k[i]! * (x * chain.logK[i]! + rest) - x * lgamma(chain.k[i]!))
  }
  if (!(gain > -random.exponential())) return
  chain.logK[i] = next
  chain.k[i] = value
  chain.silence[i] = silence
}

/** Purchases in (T, min(tau, T + horizon)] of a customer silent since tx. */
function countAhead(random: Random, k: number, lambda: number, tau: number, tx: number, T: number, horizon: number): number {
  const end = Math.min(tau, T + horizon)
  // The running interval must outlast T: draw until it does; when that is nearly impossible the next purchase is due now.
  let clock = tx + random.gamma(k, k * lambda)
  for (let tries = 0; clock <= T && tries < 1000; tries++) clock = tx + random.gamma(k, k * lambda)
  if (clock <= T) clock = T + random.exponential(k * lambda)
  let count = 0
  while (clock <= end) {
    count++
    clock += random.gamma(k, k * lambda)
  }
  return count
}

/** Medians and spreads; `not-converged` where the chain's halves disagree: split R-hat (Gelman et al. 2013, section 11.4) above 1.1. */
function summarise(
  draws: Record<keyof ParetoGggParameters, Float64Array>,
  cells: number,
  customers: number,
  iterations: number,
): Fit<ParetoGggParameters> {
  const names = Object.keys(draws) as (keyof ParetoGggParameters)[]
  const each = (value: (values: Float64Array) => number): ParetoGggParameters =>
    Object.fromEntries(names.map((name) => [name, value(draws[name])])) as unknown as ParetoGggParameters
  const worst = Math.max(...names.map((name) => splitRHat(draws[name].map(Math.log))))
  return {
    model: 'pareto-ggg',
    status: worst <= 1.1 ? 'converged' : 'not-converged',
    ...(worst <= 1.1 ? {} : { reason: `the two halves of the chain still differ (R-hat ${worst.toFixed(2)}); use more sweeps` }),
    parameters: each(median),
    standardErrors: each(standardDeviation),
    logCovariance: undefined,
    logLikelihood: Number.NaN,
    gradientNorm: Number.NaN,
    iterations,
    hessianCondition: Number.NaN,
    cells,
    customers,
    starts: { tried: 1, agreeing: 1 },
  }
}

function splitRHat(values: Float64Array): number {
  const half = values.length >> 1
  const parts = [values.subarray(0, half), values.subarray(half, 2 * half)]
  const within = mean(parts.map((part) => variance(part)))
  const between = variance(parts.map((part) => mean(part)))
  return within > 0 ? Math.sqrt((half - 1) / half + between / within) : Number.POSITIVE_INFINITY
}

/** One customer for each T, and what they buy in the horizon after it. */
export function simulateParetoGgg(random: Random, p: ParetoGggParameters, T: ArrayLike<number>, horizon = 0): SimulatedHistories {
  const size = T.length
  const [x, tx, logIntervals] = [new Float64Array(size), new Float64Array(size), new Float64Array(size)]
  const [future, alive] = [new Float64Array(size), new Float64Array(size)]
  for (let i = 0; i < size; i++) {
    const k = random.gamma(p.t, p.gamma)
    const lambda = random.gamma(p.r, p.alpha)
    const end = random.exponential() / random.gamma(p.s, p.beta)
    alive[i] = end > T[i]! ? 1 : 0
    for (let clock = 0; ; ) {
      const interval = Math.exp(random.logGamma(k)) / (k * lambda)
      clock += interval
      if (!(clock <= Math.min(end, T[i]! + horizon)) || interval === 0) break
      if (clock <= T[i]!) {
        x[i]!++
        tx[i] = clock
        logIntervals[i]! += Math.log(interval)
      } else future[i]!++
    }
  }
  return { x, tx, T: Float64Array.from(T), logIntervals, future, alive }
}
