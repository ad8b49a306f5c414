/**
 * BG/BB: purchases at discrete opportunities (a yearly appeal, an event), with a beta-distributed chance to buy at each and a
 * beta-distributed chance to leave before each (Fader, Hardie and Shang 2010).
 */

import { digamma, lbeta, logRising, trigamma } from '../../math/gamma.ts'
import { logHyp2f1 } from '../../math/hypergeometric.ts'
import type { Random } from '../../math/random.ts'
import { formatCounted } from '../../shared/format.ts'
import { type Fit, type LogLikelihood, maximiseLikelihood, refuse } from './fit.ts'

export interface OpportunityCells {
  /** Opportunities used. */
  x: Float64Array
  /** The last one used, 1 to n; 0 where x is 0. */
  tx: Float64Array
  /** Opportunities there were. */
  n: Float64Array
  /** Customers in the cell; one each when left out. */
  weight?: Float64Array | undefined
}

export interface BgBbParameters {
  /** Beta of the chance to buy at an opportunity: mean alpha / (alpha + beta). */
  alpha: number
  beta: number
  /** Beta of the chance to leave before an opportunity: mean gamma / (gamma + delta). */
  gamma: number
  delta: number
}

/**
 * ln [B(al+x, be+m-x)/B(al, be)] + ln [B(ga+e, de+m)/B(ga, de)]: bought x of m opportunities, then (e = 1) left or (e = 0) still there.
 */
function logPath({ alpha, beta, gamma, delta }: BgBbParameters, x: number, m: number, e: 0 | 1): number {
  const buying = logRising(alpha, x) + logRising(beta, m - x) - logRising(alpha + beta, m)
  return buying + logRising(gamma, e) + logRising(delta, m) - logRising(gamma + delta, m + e)
}

/** ln of the likelihood of one history: the path of one still there, plus one for each opportunity after tx they may have left before. */
function logHistory(p: BgBbParameters, x: number, tx: number, n: number): number {
  let top = logPath(p, x, n, 0)
  let sum = 1
  for (let m = tx; m < n; m++) {
    const log = logPath(p, x, m, 1)
    if (log > top) {
      sum = sum * Math.exp(top - log) + 1
      top = log
    } else sum += Math.exp(log - top)
  }
  return top + Math.log(sum)
}

/** Total log-likelihood over cells with gradient and Hessian by (alpha, beta, gamma, delta). */
function bgBbLogLikelihood({ x, tx, n, weight }: OpportunityCells): LogLikelihood {
  const g = new Float64Array(4)
  const mean = new Float64Array(4)
  const second = new Float64Array(16)
  return (parameters, gradient, hessian) => {
    const [alpha, beta, gamma, delta] = parameters as unknown as [number, number, number, number]
    const p = { alpha, beta, gamma, delta }
    const [pa, pb, pab] = [digamma(alpha), digamma(beta), digamma(alpha + beta)]
    const [pg, pd, pgd] = [digamma(gamma), digamma(delta), digamma(gamma + delta)]
    const [qa, qb, qab] = [trigamma(alpha), trigamma(beta), trigamma(alpha + beta)]
    const [qg, qd, qgd] = [trigamma(gamma), trigamma(delta), trigamma(gamma + delta)]
    let total = 0
    gradient.fill(0)
    hessian.fill(0)
    for (let i = 0; i < x.length; i++) {
      const w = weight?.[i] ?? 1
      const log = logHistory(p, x[i]!, tx[i]!, n[i]!)
      total += w * log
      mean.fill(0)
      second.fill(0)
      const addPath = (m: number, e: 0 | 1): void => {
        const share = Math.exp(logPath(p, x[i]!, m, e) - log)
        const both = pab - digamma(alpha + beta + m)
        const both1 = qab - trigamma(alpha + beta + m)
        const stay = pgd - digamma(gamma + delta + m + e)
        const stay1 = qgd - trigamma(gamma + delta + m + e)
        g[0] = digamma(alpha + x[i]!) - pa + both
        g[1] = digamma(beta + m - x[i]!) - pb + both
        g[2] = digamma(gamma + e) - pg + stay
        g[3] = digamma(delta + m) - pd + stay
        for (let j = 0; j < 4; j++) {
          mean[j]! += share * g[j]!
          for (let k = 0; k < 4; k++) second[j * 4 + k]! += share * (g[j]! * g[k]! + (j >> 1 === k >> 1 ? (j < 2 ? both1 : stay1) : 0))
        }
        second[0]! += share * (trigamma(alpha + x[i]!) - qa)
        second[5]! += share * (trigamma(beta + m - x[i]!) - qb)
        second[10]! += share * (trigamma(gamma + e) - qg)
        second[15]! += share * (trigamma(delta + m) - qd)
      }
      addPath(n[i]!, 0)
      for (let m = tx[i]!; m < n[i]!; m++) addPath(m, 1)
      for (let j = 0; j < 4; j++) {
        gradient[j]! += w * mean[j]!
        for (let k = 0; k < 4; k++) hessian[j * 4 + k]! += w * (second[j * 4 + k]! - mean[j]! * mean[k]!)
      }
    }
    return total
  }
}

export function bgBbLogLikelihoodAt(cells: OpportunityCells, p: BgBbParameters): number {
  let total = 0
  for (let i = 0; i < cells.x.length; i++) total += (cells.weight?.[i] ?? 1) * logHistory(p, cells.x[i]!, cells.tx[i]!, cells.n[i]!)
  return total
}

/** Fits by maximum likelihood; refuses when fewer than `minimumRepeatBuyers` customers (defaults to 50) used an opportunity. */
export function fitBgBb(cells: OpportunityCells, options: { minimumRepeatBuyers?: number } = {}): Fit<BgBbParameters> {
  let [customers, buyers, used, offered] = [0, 0, 0, 0]
  for (let i = 0; i < cells.x.length; i++) {
    const w = cells.weight?.[i] ?? 1
    customers += w
    if (cells.x[i]! > 0) buyers += w
    used += w * cells.x[i]!
    offered += w * cells.n[i]!
  }
  const minimum = options.minimumRepeatBuyers ?? 50
  const size = cells.x.length
  if (!(buyers >= minimum && buyers > 0))
    return refuse('bg-bb', `only ${formatCounted(buyers, 'customer')} used an opportunity; at least ${minimum} are needed`, size, customers)
  if (cells.n.every((n) => n < 2))
    return refuse('bg-bb', 'there was one opportunity only; leaving cannot be told from not buying', size, customers)
  const share = used / offered
  return maximiseLikelihood<BgBbParameters>({
    model: 'bg-bb',
    names: ['alpha', 'beta', 'gamma', 'delta'],
    logLikelihood: bgBbLogLikelihood(cells),
    customers,
    cells: size,
    starts: [
      [1, Math.max(0.3, (1 - share) / share / 2), 0.7, 3],
      [0.4, 0.5, 0.3, 1],
      [3, Math.max(1, (1.5 * (1 - share)) / share), 2, 12],
    ],
    runaway: {
      alpha: 'customers hardly differ in how often they buy',
      beta: 'customers hardly differ in how often they buy',
      gamma: 'hardly anyone seems to leave, or everyone leaves alike',
      delta: 'hardly anyone seems to leave, or everyone leaves alike',
    },
  })
}

/** P(active at opportunity n + 1). */
export function bgBbAlive(p: BgBbParameters, x: number, tx: number, n: number): number {
  const buying = logPath(p, x, n, 0) - (logRising(p.delta, n) - logRising(p.gamma + p.delta, n))
  return Math.exp(buying + logStay(p, n + 1) - logHistory(p, x, tx, n))
}

/** ln P(still there after m opportunities) = ln B(ga, de+m)/B(ga, de). */
function logStay({ gamma, delta }: BgBbParameters, m: number): number {
  return logRising(delta, m) - logRising(gamma + delta, m)
}

/** Expected purchases of a new customer at n opportunities: alpha/(alpha+beta) times the sum of the chances to be there (no 0/0 at gamma = 1). */
export function bgBbExpected(p: BgBbParameters, n: number): number {
  let total = 0
  for (let i = 1; i <= n; i++) total += Math.exp(logStay(p, i))
  return (p.alpha / (p.alpha + p.beta)) * total
}

/** Expected purchases at the next m opportunities of a customer with this history. */
export function bgBbConditional(p: BgBbParameters, m: number, x: number, tx: number, n: number): number {
  const buying = logPath(p, x, n, 0) - logStay(p, n)
  const rest = buying - logHistory(p, x, tx, n)
  let total = 0
  for (let i = 1; i <= m; i++) total += Math.exp(rest + logStay(p, n + i))
  return ((p.alpha + x) / (p.alpha + p.beta + n)) * total
}

/**
 * Discounted expected residual transactions at rate d per opportunity, the next one discounted once:
 * B(al+x+1, be+n-x)/B(al, be) B(ga, de+n+1)/(B(ga, de)(1+d)) 2F1(1, de+n+1; ga+de+n+1; 1/(1+d)) / L.
 */
export function bgBbDert(p: BgBbParameters, d: number, x: number, tx: number, n: number): number {
  if (!(d > 0)) throw new RangeError(`a discount rate must be positive; got ${d}`)
  const buying = logPath(p, x, n, 0) - logStay(p, n)
  const series = logHyp2f1(1, p.delta + n + 1, p.gamma + p.delta + n + 1, 1 / (1 + d))
  const log = buying + logStay(p, n + 1) + series - logHistory(p, x, tx, n)
  return (((p.alpha + x) / (p.alpha + p.beta + n)) * Math.exp(log)) / (1 + d)
}

/** P(0), ..., P(m) purchases at m opportunities, of a new customer or after a history. */
export function bgBbDistribution(p: BgBbParameters, m: number, history?: { x: number; tx: number; n: number }): Float64Array {
  const { x, tx, n } = history ?? { x: 0, tx: 0, n: 0 }
  const here = Math.exp(logPath(p, x, n, 0) - logHistory(p, x, tx, n))
  const q = { alpha: p.alpha + x, beta: p.beta + n - x, gamma: p.gamma, delta: p.delta + n }
  const result = new Float64Array(m + 1)
  for (let bought = 0; bought <= m; bought++) {
    let chance = Math.exp(logChoose(m, bought) + logPath(q, bought, m, 0))
    for (let i = bought; i < m; i++) chance += Math.exp(logChoose(i, bought) + logPath(q, bought, i, 1))
    result[bought] = here * chance + (bought === 0 ? 1 - here : 0)
  }
  return result
}

function logChoose(n: number, k: number): number {
  return -Math.log(n + 1) - lbeta(n - k + 1, k + 1)
}

/** One customer for each number of opportunities, and what they use of the `more` after them. */
export function simulateBgBb(
  random: Random,
  { alpha, beta, gamma, delta }: BgBbParameters,
  n: ArrayLike<number>,
  more = 0,
): OpportunityCells & { future: Float64Array } {
  const size = n.length
  const [x, tx, future] = [new Float64Array(size), new Float64Array(size), new Float64Array(size)]
  for (let i = 0; i < size; i++) {
    const buy = random.beta(alpha, beta)
    const leave = random.beta(gamma, delta)
    for (let t = 1; t <= n[i]! + more && random.next() >= leave; t++) {
      if (random.next() >= buy) continue
      if (t <= n[i]!) {
        x[i]!++
        tx[i] = t
      } else future[i]!++
    }
  }
  return { x, tx, n: Float64Array.from(n), future }
}
