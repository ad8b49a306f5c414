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
  let rate = { at: Math.log((p.r + x) / (p.alpha + (tx + T) / 2)), width: 1 / Math.sqrt(p.r + x) }
  let regularity = { at: Math.log(p.t / p.gamma), width: 1 / Math.sqrt(p.t + x / 2) }
  let result = Number.NaN
  for (let round = 0; round < 3; round++) {
    const found = overGrid(p, x, tx, T, logIntervals, rate, regularity, round === 2)
    result = found.value
    rate = found.rate
    regularity = found.regularity
  }
  return result
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
