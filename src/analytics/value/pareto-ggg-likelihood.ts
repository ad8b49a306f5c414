/** The likelihood of Pareto/GGG, for which no closed form is known, by quadrature. */
import { lgamma } from '../../math/gamma.ts'
import { logGammaQ } from '../../math/incomplete.ts'
import { gaussLegendre } from '../../math/quadrature.ts'
import type { PurchaseCells } from './cells.ts'
import type { ParetoGggParameters } from './pareto-ggg.ts'

/**
 * Grid of a logarithm around its centre. To weigh: steps of 0.8 standard deviations, but at most 0.8 because the upper tail falls double
 * exponentially; further down than up where the lower one is only exponential. To find the centre: a few coarse steps.
 */
function gridOf({ at, width }: Place, fine: boolean): { from: number; step: number; size: number } {
  const step = fine ? Math.min(0.8 * width, 0.8) : Math.min(1.2 * width, 1.5)
  const below = (width > 0.7 ? 9 : 6) * width
  return { from: at - below, step, size: Math.ceil((below + 5.5 * width) / step) }
}

/**
 * Total log-likelihood over cells. One customer's is
 *
 *     integral over k and lambda of p(k) p(lambda) (k lambda)^(kx) / Gamma(k)^x e^((k-1) sum ln interval - k lambda tx)
 *       { (beta/(beta+T))^s Q(k, k lambda (T-tx)) + integral_tx^T s beta^s/(beta+u)^(s+1) Q(k, k lambda (u-tx)) du }
 *
 * by the trapezoid rule in ln lambda and ln k around where the integrand lies (found by two rounds of recentring) and Gauss-Legendre in u;
 * good to about 1e-4 a customer. At k = 1 for all it is the likelihood of Pareto/NBD.
 */
export function paretoGggLogLikelihood(cells: PurchaseCells, p: ParetoGggParameters): number {
  const { x, tx, T, weight, logIntervals } = cells
  let total = 0
  for (let i = 0; i < x.length; i++) total += (weight?.[i] ?? 1) * logLikelihoodOfOne(p, x[i]!, tx[i]!, T[i]!, logIntervals?.[i] ?? 0)
  return total
}

function logLikelihoodOfOne(p: ParetoGggParameters, x: number, tx: number, T: number, logIntervals: number): number {
  return located(p, x, tx, T, logIntervals).value
}

/** What is known of one customer given the parameters: a grid of own regularity and rate with their chances, and the chance to be alive at each. */
export interface GridPosterior {
  k: Float64Array
  lambda: Float64Array
  /** Add up to 1. */
  share: Float64Array
  alive: Float64Array
}

/** The same grid as the likelihood's. */
export function paretoGggPosterior(p: ParetoGggParameters, x: number, tx: number, T: number, logIntervals: number): GridPosterior {
  const { rates, regularities, logs } = located(p, x, tx, T, logIntervals)
  const size = rates.size * regularities.size
  const posterior = {
    k: new Float64Array(size),
    lambda: new Float64Array(size),
    share: new Float64Array(size),
    alive: new Float64Array(size),
  }
  const top = logs.reduce((most, log) => Math.max(most, log), -Infinity)
  let mass = 0
  for (let at = 0; at < size; at++) {
    posterior.k[at] = Math.exp(regularities.from + Math.floor(at / rates.size) * regularities.step)
    posterior.lambda[at] = Math.exp(rates.from + (at % rates.size) * rates.step)
    posterior.share[at] = Math.exp(logs[at]! - top)
    mass += posterior.share[at]!
    if (posterior.share[at]! < 1e-14) continue
    const { k, lambda } = posterior
    const stay = logGammaQ(k[at]!, k[at]! * lambda[at]! * (T - tx), 1e-10) - p.s * Math.log1p(T / p.beta)
    posterior.alive[at] = Math.min(1, Math.exp(stay - logSilence(p, k[at]!, lambda[at]!, tx, T)))
  }
  for (let at = 0; at < size; at++) posterior.share[at]! /= mass
  return posterior
}

function located(p: ParetoGggParameters, x: number, tx: number, T: number, logIntervals: number): ReturnType<typeof overGrid> {
  let rate = { at: Math.log((p.r + x) / (p.alpha + (tx + T) / 2)), width: 1 / Math.sqrt(p.r + x) }
  let regularity = { at: Math.log(p.t / p.gamma), width: 1 / Math.sqrt(p.t + x / 2) }
  for (let round = 0; round < 2; round++) {
    const found = overGrid(p, x, tx, T, logIntervals, rate, regularity, false)
    rate = found.rate
    regularity = found.regularity
  }
  return overGrid(p, x, tx, T, logIntervals, rate, regularity, true)
}

interface Place {
  at: number
  width: number
}

function overGrid(
  p: ParetoGggParameters,
  x: number,
  tx: number,
  T: number,
  logIntervals: number,
  rate: Place,
  regularity: Place,
  fine: boolean,
) {
  const [rates, regularities] = [gridOf(rate, fine), gridOf(regularity, fine)]
  const logs = new Float64Array(rates.size * regularities.size)
  const norm = p.t * Math.log(p.gamma) - lgamma(p.t) + p.r * Math.log(p.alpha) - lgamma(p.r)
  let top = -Infinity
  for (let a = 0; a < regularities.size; a++) {
    const logK = regularities.from + a * regularities.step
    const k = Math.exp(logK)
    for (let b = 0; b < rates.size; b++) {
      const logLambda = rates.from + b * rates.step
      const lambda = Math.exp(logLambda)
      const intervals = x > 0 ? k * x * (logK + logLambda) - x * lgamma(k) + (k - 1) * logIntervals - k * lambda * tx : 0
      const density = norm + p.t * logK - p.gamma * k + p.r * logLambda - p.alpha * lambda
      const log = density + intervals + logSilence(p, k, lambda, tx, T)
      logs[a * rates.size + b] = log
      if (log > top) top = log
    }
  }
  let mass = 0
  let sumRate = 0
  let sumRegularity = 0
  let squaresRate = 0
  let squaresRegularity = 0
  for (let a = 0; a < regularities.size; a++) {
    for (let b = 0; b < rates.size; b++) {
      const share = Math.exp(logs[a * rates.size + b]! - top)
      const u = b * rates.step
      const v = a * regularities.step
      mass += share
      sumRate += share * u
      sumRegularity += share * v
      squaresRate += share * u * u
      squaresRegularity += share * v * v
    }
  }
  const spread = (sum: number, squares: number, step: number): number =>
    Math.sqrt(Math.max(squares / mass - (sum / mass) ** 2, step * step * 0.1))
  return {
    rates,
    regularities,
    logs,
    value: top + Math.log(mass * rates.step * regularities.step),
    rate: { at: rates.from + sumRate / mass, width: spread(sumRate, squaresRate, rates.step) },
    regularity: { at: regularities.from + sumRegularity / mass, width: spread(sumRegularity, squaresRegularity, regularities.step) },
  }
}

/** ln of the chance to see no purchase in (tx, T], leaving at a Pareto-distributed time. */
function logSilence({ s, beta }: ParetoGggParameters, k: number, lambda: number, tx: number, T: number): number {
  const stay = Math.exp(logGammaQ(k, k * lambda * (T - tx), 1e-10) - s * Math.log1p(T / beta))
  const length = Math.log1p((T - tx) / (beta + tx))
  if (length === 0) return Math.log(stay)
  const { nodes, weights } = gaussLegendre(length < 0.3 ? 8 : 14)
  let left = 0
  for (let i = 0; i < nodes.length; i++) {
    // In ln(beta + u): the Pareto density times its Jacobian is s (beta/(beta+u))^s.
    const v = (length / 2) * (nodes[i]! + 1)
    const u = (beta + tx) * Math.expm1(v)
    left += weights[i]! * Math.exp(-s * v + logGammaQ(k, k * lambda * u, 1e-10))
  }
  return Math.log(stay + (left * length * s * Math.exp(-s * Math.log1p(tx / beta))) / 2)
}
