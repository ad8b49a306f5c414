/**
 * Gamma-Gamma: the mean value of a customer's purchases, shrunk towards the average (Colombo and Jiang 1999; Fader and Hardie, note 025).
 *
 * Purchases of one customer are Gamma(p, nu), nu ~ Gamma(q, gamma); x is the number of purchases that z is the mean of.
 */

import { digamma, lgamma, logRising, trigamma } from '../../math/gamma.ts'
import { betaQuantile } from '../../math/incomplete.ts'
import type { Random } from '../../math/random.ts'
import { formatCounted } from '../../shared/format.ts'
import { type Fit, type LogLikelihood, maximiseLikelihood, refuse } from './fit.ts'

export interface SpendCells {
  /** Purchases averaged, whole numbers. Customers with none are left out of the fit. */
  x: Float64Array
  /** Their mean value, positive. Customers with zero or less are left out of the fit. */
  z: Float64Array
  /** Customers in the cell; one each when left out. */
  weight?: Float64Array | undefined
}

export interface GammaGammaParameters {
  /** Shape of one customer's purchases. */
  p: number
  /** Shape of the differences between customers; the mean exists for q > 1. */
  q: number
  /** Their scale, in money. */
  gamma: number
}

/** ln L of one customer: see {@link gammaGammaLogLikelihood}. */
export function gammaGammaLogLikelihoodAt(cells: SpendCells, { p, q, gamma }: GammaGammaParameters): number {
  return gammaGammaLogLikelihood(usable(cells))(new Float64Array([p, q, gamma]), new Float64Array(3), new Float64Array(9))
}

function usable({ x, z, weight }: SpendCells): SpendCells {
  const kept = Array.from(x.keys()).filter((i) => x[i]! > 0 && z[i]! > 0 && (weight?.[i] ?? 1) > 0)
  const pick = (values: Float64Array): Float64Array => Float64Array.from(kept, (i) => values[i]!)
  return { x: pick(x), z: pick(z), weight: weight && pick(weight) }
}

/**
 * Total log-likelihood with gradient and Hessian by (p, q, gamma):
 *
 *     ln L = ln Gamma(px+q) - ln Gamma(px) - ln Gamma(q) + q ln gamma + (px-1) ln z + px ln x - (px+q) ln(gamma + xz)
 *
 * The gamma functions depend on x alone and are evaluated once per distinct x.
 */
function gammaGammaLogLikelihood({ x, z, weight }: SpendCells): LogLikelihood {
  const size = x.length
  const byCount = new Map<number, { w: number; logs: number }>()
  let customers = 0
  let logZ = 0
  for (let i = 0; i < size; i++) {
    const w = weight ? weight[i]! : 1
    const group = byCount.get(x[i]!) ?? { w: 0, logs: 0 }
    group.w += w
    group.logs += w * Math.log(z[i]!)
    byCount.set(x[i]!, group)
    customers += w
    logZ += w * Math.log(z[i]!)
  }
  const counts = [...byCount].sort((one, other) => one[0] - other[0])
  return (parameters, gradient, hessian) => {
    const [p, q, gamma] = parameters as unknown as [number, number, number]
    let total = customers * (q * Math.log(gamma) - lgamma(q)) - logZ
    let gp = 0
    let gq = customers * (Math.log(gamma) - digamma(q))
    let gg = (customers * q) / gamma
    let hpp = 0
    let hpq = 0
    let hqq = -customers * trigamma(q)
    let hpg = 0
    let hqg = customers / gamma
    let hgg = (-customers * q) / (gamma * gamma)
    for (const [count, { w, logs }] of counts) {
      const shape = p * count
      total += w * (logRising(shape, q) + shape * Math.log(count)) + shape * logs
      const psi = digamma(shape + q)
      const psi1 = trigamma(shape + q)
      gp += count * (w * (psi - digamma(shape) + Math.log(count)) + logs)
      gq += w * psi
      hpp += w * count * count * (psi1 - trigamma(shape))
      hpq += w * count * psi1
      hqq += w * psi1
    }
    for (let i = 0; i < size; i++) {
      const w = weight ? weight[i]! : 1
      const count = x[i]!
      const shape = p * count + q
      const sum = gamma + count * z[i]!
      const log = Math.log(sum)
      const inverse = 1 / sum
      total -= w * shape * log
      gp -= w * count * log
      gq -= w * log
      gg -= w * shape * inverse
      hpg -= w * count * inverse
      hqg -= w * inverse
      hgg += w * shape * inverse * inverse
    }
    gradient.set([gp, gq, gg])
    hessian.set([hpp, hpq, hpg, hpq, hqq, hqg, hpg, hqg, hgg])
    return total
  }
}

/**
 * Fits by maximum likelihood on customers with x > 0 and z > 0.
 *
 * Refuses when fewer than `minimumRepeatBuyers` (defaults to 50) such customers are there or all spend the same. `weak` when q <= 1:
 * the mean of the population does not exist then.
 */
export function fitGammaGamma(cells: SpendCells, options: { minimumRepeatBuyers?: number } = {}): Fit<GammaGammaParameters> {
  const kept = usable(cells)
  const size = kept.x.length
  let customers = 0
  let sum = 0
  let squares = 0
  let logs = 0
  for (let i = 0; i < size; i++) {
    const w = kept.weight?.[i] ?? 1
    customers += w
    sum += w * kept.z[i]!
    logs += w * Math.log(kept.z[i]!)
  }
  for (let i = 0; i < size; i++) squares += (kept.weight?.[i] ?? 1) * (Math.log(kept.z[i]!) - logs / customers) ** 2
  const minimum = options.minimumRepeatBuyers ?? 50
  if (!(customers >= minimum && size > 0)) {
    const reason = `only ${formatCounted(customers, 'customer')} with repeat purchases of positive value; at least ${minimum} are needed`
    return refuse('gamma-gamma', reason, size, customers)
  }
  if (!(squares / customers > 1e-10))
    return refuse('gamma-gamma', 'all customers spend the same, so there is nothing to shrink: use the mean', size, customers)
  const level = sum / customers
  const fit = maximiseLikelihood<GammaGammaParameters>({
    model: 'gamma-gamma',
    names: ['p', 'q', 'gamma'],
    logLikelihood: gammaGammaLogLikelihood(kept),
    customers,
    cells: size,
    starts: [
      [4, 4, 0.75 * level],
      [1.5, 2, level / 1.5],
      [15, 8, (level * 7) / 15],
    ],
    runaway: {
      p: 'a customer always spends about the same; the observed mean needs no shrinking',
      q: 'customers hardly differ in what they spend; use the overall mean',
      gamma: 'customers hardly differ in what they spend; use the overall mean',
    },
  })
  if (fit.status === 'converged' && fit.parameters!.q <= 1)
    return {
      ...fit,
      status: 'weak',
      reason: 'q is at most 1: the spread between customers is so wide that the mean spend of a new one is infinite',
    }
  return fit
}

/**
 * Expected value of a future purchase: p (gamma + x z)/(px + q - 1), the average of the population's mean p gamma/(q-1) and the
 * customer's own z with weight px/(px+q-1). With x = 0 the population's mean. Infinity where px + q <= 1.
 */
export function expectedSpend({ p, q, gamma }: GammaGammaParameters, x: number, z: number): number {
  const below = p * x + q - 1
  return below > 0 ? (p * (gamma + (x > 0 ? x * z : 0))) / below : Infinity
}

/**
 * Value below which the next purchase lies with a chance: nu | history ~ Gamma(px+q, gamma + xz), so a purchase over (gamma + xz) is
 * beta prime (p, px+q).
 */
export function spendQuantile({ p, q, gamma }: GammaGammaParameters, x: number, z: number, chance: number): number {
  const share = betaQuantile(p, p * x + q, chance)
  return ((gamma + (x > 0 ? x * z : 0)) * share) / (1 - share)
}

/**
 * Weighted rank correlation of number and mean value of purchases: the model takes them as independent. Beyond about 0.2 either way
 * doubt it, and fit by segment or jointly.
 */
export function spendDependence(cells: SpendCells): number {
  const { x, z, weight } = usable(cells)
  const w = weight ?? new Float64Array(x.length).fill(1)
  const rx = weightedRanks(x, w)
  const rz = weightedRanks(z, w)
  let [total, mx, mz] = [0, 0, 0]
  for (let i = 0; i < x.length; i++) {
    total += w[i]!
    mx += w[i]! * rx[i]!
    mz += w[i]! * rz[i]!
  }
  let [xz, xx, zz] = [0, 0, 0]
  for (let i = 0; i < x.length; i++) {
    const dx = rx[i]! - mx / total
    const dz = rz[i]! - mz / total
    xz += w[i]! * dx * dz
    xx += w[i]! * dx * dx
    zz += w[i]! * dz * dz
  }
  return xz / Math.sqrt(xx * zz)
}

/** Mid-ranks where row i counts w[i] times. */
function weightedRanks(values: Float64Array, w: Float64Array): Float64Array {
  const order = Uint32Array.from(values.keys()).sort((i, j) => values[i]! - values[j]!)
  const ranks = new Float64Array(values.length)
  let before = 0
  for (let start = 0; start < order.length; ) {
    let end = start
    let mass = 0
    while (end < order.length && values[order[end]!] === values[order[start]!]) mass += w[order[end++]!]!
    for (let k = start; k < end; k++) ranks[order[k]!] = before + (mass + 1) / 2
    before += mass
    start = end
  }
  return ranks
}

/** Mean purchase values of customers with the given numbers of purchases (0 where there is none). */
export function simulateSpend(random: Random, { p, q, gamma }: GammaGammaParameters, x: ArrayLike<number>): Float64Array {
  return Float64Array.from(x, (count) => {
    const nu = random.gamma(q, gamma)
    return count > 0 ? random.gamma(p * count) / (nu * count) : 0
  })
}
