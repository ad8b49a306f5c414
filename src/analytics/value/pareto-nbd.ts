/**
 * Pareto/NBD: random purchase timing at a gamma-distributed rate; customers leave at a gamma-distributed rate too (Schmittlein, Morrison
 * and Colombo 1987; Fader, Hardie and Lee 2005).
 */
import { lgamma, logRising } from '../../math/gamma.ts'
import { logTricomiU } from '../../math/hypergeometric.ts'
import { gaussLegendre } from '../../math/quadrature.ts'
import type { Random } from '../../math/random.ts'
import { customersIn, evidenceIn, fewestRepeatBuyers, type PurchaseCells, thinCells, whyTooThin } from './cells.ts'
import { type Fit, maximiseLikelihood, refuse, weakPrior } from './fit.ts'
import type { FitOptions, HistoryModel, SimulatedHistories } from './history-model.ts'
import { createLeavingIntegral, paretoNbdLogLikelihood } from './pareto-nbd-likelihood.ts'

export interface ParetoNbdParameters {
  /** Shape of the gamma of purchase rates. */
  r: number
  /** Its rate, in the unit of time: the mean purchase rate is r / alpha. */
  alpha: number
  /** Shape of the gamma of leaving rates. */
  s: number
  /** Its rate, in the unit of time: the mean leaving rate is s / beta. */
  beta: number
}

export const paretoNbd: HistoryModel<ParetoNbdParameters> = {
  name: 'pareto-nbd',
  parameterNames: ['r', 'alpha', 's', 'beta'],
  logLikelihood: (cells, { r, alpha, s, beta }) =>
    paretoNbdLogLikelihood(cells)(new Float64Array([r, alpha, s, beta]), new Float64Array(4), new Float64Array(16)),
  fit: fitParetoNbd,
  probabilityAlive,
  expectedTransactions: ({ r, alpha, s, beta }, t) => (r / alpha) * expectedLifeWithin(s, beta, t),
  conditionalExpectedTransactions: (p, t, x, tx, T) =>
    probabilityAlive(p, x, tx, T) * ((p.r + x) / (p.alpha + T)) * expectedLifeWithin(p.s, p.beta + T, t),
  discountedExpectedTransactions,
  distribution,
  simulate,
}

function fitParetoNbd(cells: PurchaseCells, options: FitOptions = {}): Fit<ParetoNbdParameters> {
  const evidence = evidenceIn(cells)
  const thin = whyTooThin(evidence, fewestRepeatBuyers(options))
  if (thin) return refuse('pareto-nbd', thin, cells.x.length, evidence.customers)
  const sample = thinCells(cells, 6000)
  const { rate, meanT } = evidence
  return maximiseLikelihood<ParetoNbdParameters>({
    model: 'pareto-nbd',
    names: ['r', 'alpha', 's', 'beta'],
    logLikelihood: paretoNbdLogLikelihood(cells),
    ...(sample === cells ? {} : { sampled: { logLikelihood: paretoNbdLogLikelihood(sample), customers: customersIn(sample) } }),
    customers: evidence.customers,
    cells: cells.x.length,
    prior: weakPrior([1, 1 / rate, 1, meanT], options.prior),
    starts: [
      [0.6, 0.4 / rate, 0.6, 0.4 * meanT],
      [0.3, 0.2 / rate, 0.3, 0.5 * meanT],
      [1.5, 1 / rate, 1.5, 2 * meanT],
    ],
    runaway: {
      r: 'purchase rates hardly differ between customers',
      alpha: 'purchase rates hardly differ between customers',
      s: 'hardly anyone seems to leave, or everyone leaves alike; a model without dropout would do',
      beta: 'hardly anyone seems to leave, or everyone leaves alike; a model without dropout would do',
    },
  })
}

const leaving = createLeavingIntegral()

/** P(alive) = 1 / (1 + left / alive), the two parts of the likelihood. */
function probabilityAlive({ r, alpha, s, beta }: ParetoNbdParameters, x: number, tx: number, T: number): number {
  leaving.evaluate(r, alpha, s, beta, x, tx, T, false)
  return 1 / (1 + Math.exp(leaving.result.left - leaving.result.alive))
}

/** integral_0^t (beta/(beta+u))^s du = beta/(s-1) [1 - (beta/(beta+t))^(s-1)], by expm1 so that s = 1 is nothing special. */
function expectedLifeWithin(s: number, beta: number, t: number): number {
  const log = Math.log1p(t / beta)
  const power = -(s - 1) * log
  return Math.abs(power) < 1e-290 ? beta * log : (-Math.expm1(power) / (s - 1)) * beta
}

/**
 * DERT = (r+x)/(alpha+T) P(alive) integral_0^inf e^(-delta u) ((beta+T)/(beta+T+u))^s du
 *      = (r+x)/(alpha+T) P(alive) (beta+T) U(1, 2-s, delta (beta+T)); delta^(s-1) U(s, s, .) by Kummer's relation (Fader, Hardie and Lee 2005b).
 */
function discountedExpectedTransactions(p: ParetoNbdParameters, delta: number, x: number, tx: number, T: number): number {
  if (!(delta > 0)) throw new RangeError(`a continuous discount rate must be positive; got ${delta}`)
  const life = (p.beta + T) * Math.exp(logTricomiU(1, 2 - p.s, delta * (p.beta + T)))
  return probabilityAlive(p, x, tx, T) * ((p.r + x) / (p.alpha + T)) * life
}

/**
 * P(X(t) = n) = NB(n; t) (beta/(beta+t))^s + integral_0^t NB(n; u) s beta^s / (beta+u)^(s+1) du, with NB(n; u) the counts of a customer
 * active for u. Panels of Gauss-Legendre in ln(u). With a history, the same at r+x, alpha+T, beta+T, times P(alive).
 */
function distribution(p: ParetoNbdParameters, t: number, most: number, history?: { x: number; tx: number; T: number }): Float64Array {
  const r = p.r + (history?.x ?? 0)
  const alpha = p.alpha + (history?.T ?? 0)
  const beta = p.beta + (history?.T ?? 0)
  const { s } = p
  const alive = history ? probabilityAlive(p, history.x, history.tx, history.T) : 1
  const constants = Float64Array.from({ length: most + 1 }, (_, n) => logRising(r, n) - lgamma(n + 1))
  const result = new Float64Array(most + 1)
  const add = (u: number, weight: number): void => {
    const logShare = Math.log(u) - Math.log(alpha + u)
    const logRest = -Math.log1p(u / alpha)
    for (let n = 0; n <= most; n++) result[n]! += weight * Math.exp(constants[n]! + (n > 0 ? n * logShare : 0) + r * logRest)
  }
  if (t > 0) {
    add(t, Math.exp(-s * Math.log1p(t / beta)))
    const { nodes, weights } = gaussLegendre(24)
    // From where leaving has a chance of 1e-17 and fewer counts can differ; the bit before counts as no purchase.
    const start = Math.log(t) - 40
    const panels = 20
    for (let k = 0; k < panels; k++) {
      const half = 20 / panels
      for (let i = 0; i < nodes.length; i++) {
        const u = Math.exp(start + half * (2 * k + 1 + nodes[i]!))
        add(u, half * weights[i]! * u * (s / (beta + u)) * Math.exp(-s * Math.log1p(u / beta)))
      }
    }
    result[0]! += -Math.expm1(-s * Math.log1p(Math.exp(start) / beta))
  } else result[0] = 1
  for (let n = 0; n <= most; n++) result[n] = alive * result[n]! + (n === 0 ? 1 - alive : 0)
  return result
}

function simulate(random: Random, { r, alpha, s, beta }: ParetoNbdParameters, T: ArrayLike<number>, horizon = 0): SimulatedHistories {
  const size = T.length
  const [x, tx, logIntervals] = [new Float64Array(size), new Float64Array(size), new Float64Array(size)]
  const [future, alive] = [new Float64Array(size), new Float64Array(size)]
  for (let i = 0; i < size; i++) {
    const lambda = random.gamma(r, alpha)
    const end = random.exponential() / random.gamma(s, beta)
    alive[i] = end > T[i]! ? 1 : 0
    for (let clock = 0; ; ) {
      const interval = random.exponential() / lambda
      clock += interval
      if (!(clock <= Math.min(end, T[i]! + horizon))) break
      if (clock <= T[i]!) {
        x[i]!++
        tx[i] = clock
        logIntervals[i]! += Math.log(interval)
      } else future[i]!++
    }
  }
  return { x, tx, T: Float64Array.from(T), logIntervals, future, alive }
}
