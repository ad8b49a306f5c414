/**
 * What BG/NBD, MBG/NBD and their CNBD-k forms share: purchases in Erlang-k intervals at a gamma-distributed rate, and a beta-distributed
 * chance of leaving after each purchase.
 *
 * k = 1 and `dropsAtFirst` false is BG/NBD (Fader, Hardie and Lee 2005), true MBG/NBD (Batislam, Denizel and Filiztekin 2007; Hoppe and
 * Wagner 2007); k > 1 gives BG/CNBD-k and MBG/CNBD-k (Platzer and Reutterer 2016; Mzoughia and Limam 2014).
 */
import { lgamma, logRising } from '../../math/gamma.ts'
import { gaussLegendre } from '../../math/quadrature.ts'
import type { Random } from '../../math/random.ts'
import { createActiveDert } from './beta-geometric-dert.ts'
import { type BetaGeometricParameters, betaGeometricLogLikelihood, type Variant } from './beta-geometric-likelihood.ts'
import { customersIn, type Evidence, evidenceIn, fewestRepeatBuyers, type PurchaseCells, thinCells, whyTooThin } from './cells.ts'
import { type Fit, maximiseLikelihood, refuse, weakPrior } from './fit.ts'
import type { FitOptions, HistoryModel, SimulatedHistories } from './history-model.ts'

/** Fits one member of the family by maximum likelihood. */
export function fitBetaGeometric(variant: Variant, cells: PurchaseCells, options: FitOptions = {}): Fit<BetaGeometricParameters> {
  const evidence = evidenceIn(cells)
  const thin = whyTooThin(evidence, fewestRepeatBuyers(options))
  if (thin) return refuse(variant.model, thin, cells.x.length, evidence.customers)
  const sample = thinCells(cells, 8000)
  return maximiseLikelihood<BetaGeometricParameters>({
    model: variant.model,
    names: ['r', 'alpha', 'a', 'b'],
    logLikelihood: betaGeometricLogLikelihood(variant, cells),
    ...(sample === cells
      ? {}
      : { sampled: { logLikelihood: betaGeometricLogLikelihood(variant, sample), customers: customersIn(sample) } }),
    customers: evidence.customers,
    cells: cells.x.length,
    prior: weakPrior([1, 1 / (variant.k * evidence.rate), 1, 1], options.prior),
    starts: firstGuesses(evidence, variant.k),
    runaway: {
      r: 'purchase rates hardly differ between customers',
      alpha: 'purchase rates hardly differ between customers',
      a: 'hardly anyone seems to leave, or everyone leaves alike; a model without dropout would do',
      b: 'hardly anyone seems to leave, or everyone leaves alike; a model without dropout would do',
    },
  })
}

/** Starts around the observed rate: lively and sluggish dropout, wide and narrow differences between customers. */
function firstGuesses({ rate }: Evidence, k: number): number[][] {
  const phaseRate = k * rate
  return [
    [0.6, 0.4 / phaseRate, 0.8, 2],
    [0.25, 0.1 / phaseRate, 0.3, 3],
    [2, 1.5 / phaseRate, 2, 6],
  ]
}

/** ln of the two weights (left, alive) of a history: ln S1 (-Infinity when nobody can have left) and ln S2. */
function logLeftAndAlive({ k, dropsAtFirst }: Variant, p: BetaGeometricParameters, x: number, tx: number, T: number): [number, number] {
  const R = p.r + k * x
  let alive = 1
  let term = 1
  for (let j = 1; j < k; j++) {
    term *= ((R + j - 1) / j) * ((T - tx) / (p.alpha + T))
    alive += term
  }
  const z = dropsAtFirst ? 1 : 0
  if (x === 0 && z === 0) return [-Infinity, Math.log(alive)]
  return [Math.log(p.a) - Math.log(p.b + x - 1 + z) + R * Math.log1p((T - tx) / (p.alpha + tx)), Math.log(alive)]
}

/** P(alive) at T: 1 / (1 + S1/S2). */
export function betaGeometricAlive(variant: Variant, p: BetaGeometricParameters, x: number, tx: number, T: number): number {
  const [left, alive] = logLeftAndAlive(variant, p, x, tx, T)
  return 1 / (1 + Math.exp(left - alive))
}

/**
 * sum_n P(N = n) G(floor((n + j) / k)), N negative binomial with shape R and success share w, G(M) = sum_{m=1}^{M} (B)_{m-1}/(a+B)_{m-1}:
 * the purchases expected of a customer who is alive, stands in phase j of k, and whose chance to leave is Beta(a, B).
 *
 * All terms are positive, so nothing cancels, also where a = 1 makes the textbook form 0/0; and there is no 2F1 to go wrong.
 */
function aliveExpectation(R: number, w: number, k: number, j: number, a: number, B: number): number {
  if (w <= 0) return 0
  // In logs at the start: (1-w)^R underflows for heavy buyers.
  const log = R * Math.log1p(-w)
  let scale = log < -600 ? log : 0
  let probability = log < -600 ? 1 : Math.exp(log)
  let total = 0
  let survive = 1
  let expected = 0
  let purchases = 0
  const mean = (R * w) / (1 - w)
  for (let n = 0; n < 20_000_000; n++) {
    while (purchases < Math.floor((n + j) / k)) {
      expected += survive
      survive *= (B + purchases) / (a + B + purchases)
      purchases++
    }
    total += probability * expected
    if (n > mean && probability * (expected + 1) < 1e-17 * total * (1 - w)) break
    probability *= ((R + n) / (n + 1)) * w
    if (probability > 1e250 || total > 1e250) {
      probability *= 1e-250
      total *= 1e-250
      scale += 250 * Math.LN10
    }
  }
  return total * Math.exp(scale)
}

/** Expected repeat purchases of a new customer in (0, t]. */
export function betaGeometricExpected({ k, dropsAtFirst }: Variant, { r, alpha, a, b }: BetaGeometricParameters, t: number): number {
  const w = t / (alpha + t)
  return dropsAtFirst ? (b / (a + b)) * aliveExpectation(r, w, k, 0, a, b + 1) : aliveExpectation(r, w, k, 0, a, b)
}

/**
 * Expected purchases in (T, T + t] of a customer with this history; exact for every k: the phase reached by T has weights
 * (R)_j/j! ((T-tx)/(alpha+T))^j, given which the rate is Gamma(R + j, alpha + T).
 */
export function betaGeometricConditional(
  variant: Variant,
  p: BetaGeometricParameters,
  t: number,
  x: number,
  tx: number,
  T: number,
): number {
  const R = p.r + variant.k * x
  const w = t / (p.alpha + T + t)
  const B = p.b + x + (variant.dropsAtFirst ? 1 : 0)
  let term = 1
  let sum = 0
  let expected = 0
  for (let j = 0; j < variant.k; j++) {
    if (j > 0) term *= ((R + j - 1) / j) * ((T - tx) / (p.alpha + T))
    if (term === 0) break
    sum += term
    expected += term * aliveExpectation(R + j, w, variant.k, j, p.a, B)
  }
  return betaGeometricAlive(variant, p, x, tx, T) * (expected / sum)
}

/**
 * Discounted expected residual transactions: integral_0^inf e^(-delta t) dE[Y(t)] = delta integral e^(-delta t) E[Y(t)] dt, with
 * delta a continuous rate per unit of time. No closed form is known; 48 points in ln(1 + delta t / 0.02) to delta t = 40.
 */
export function betaGeometricDert(variant: Variant, p: BetaGeometricParameters, delta: number, x: number, tx: number, T: number): number {
  if (!(delta > 0)) throw new RangeError(`a continuous discount rate must be positive; got ${delta}`)
  const { nodes, weights } = gaussLegendre(48)
  const knee = Math.min(1, Math.max(1e-4, delta * (p.alpha + T)))
  const top = Math.log1p(40 / knee)
  let total = 0
  for (let i = 0; i < nodes.length; i++) {
    const y = knee * Math.expm1((top * (nodes[i]! + 1)) / 2)
    total += (weights[i]! * top * (y + knee) * Math.exp(-y) * betaGeometricConditional(variant, p, y / delta, x, tx, T)) / 2
  }
  return total
}

/**
 * P(0), P(1), ..., P(most) purchases. Without a history: of a new customer in (0, t]; with one: in (T, T + t].
 * A customer with M events due before t buys min(M, events until leaving) times.
 */
export function betaGeometricDistribution(
  variant: Variant,
  p: BetaGeometricParameters,
  t: number,
  most: number,
  history?: { x: number; tx: number; T: number },
): Float64Array {
  const { k, dropsAtFirst } = variant
  const { x, tx, T } = history ?? { x: 0, tx: 0, T: 0 }
  const R = p.r + k * x
  const w = t / (p.alpha + T + t)
  const B = p.b + x + (dropsAtFirst ? 1 : 0)
  const alive = history ? betaGeometricAlive(variant, p, x, tx, T) : dropsAtFirst ? p.b / (p.a + p.b) : 1
  const result = new Float64Array(most + 1)
  let term = 1
  let sum = 0
  for (let j = 0; j < (history ? k : 1); j++) {
    if (j > 0) term *= ((R + j - 1) / j) * ((T - tx) / (p.alpha + T))
    sum += term
    const due = new Float64Array(most + 1)
    for (let n = 0; Math.floor((n + j) / k) <= most; n++) {
      const log = logRising(R + j, n) - lgamma(n + 1) + (n > 0 ? n * Math.log(w) : 0) + (R + j) * Math.log1p(-w)
      due[Math.floor((n + j) / k)]! += Math.exp(log)
    }
    let further = 1
    let survive = 1
    for (let m = 0; m <= most; m++) {
      further = Math.max(0, further - due[m]!)
      const leave = m === 0 ? 0 : p.a / (p.a + B + m - 1)
      result[m]! += term * survive * (due[m]! + leave * further)
      if (m > 0) survive *= (B + m - 1) / (p.a + B + m - 1)
    }
  }
  for (let m = 0; m <= most; m++) result[m] = (alive * result[m]!) / sum + (m === 0 ? 1 - alive : 0)
  return result
}

/** Draws one customer for each T (time observed), and what they buy in the `horizon` after it. */
export function simulateBetaGeometric(
  { k, dropsAtFirst }: Variant,
  random: Random,
  { r, alpha, a, b }: BetaGeometricParameters,
  T: ArrayLike<number>,
  horizon = 0,
): SimulatedHistories {
  const size = T.length
  const [x, tx, logIntervals, future, alive] = Array.from({ length: 5 }, () => new Float64Array(size)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ]
  for (let i = 0; i < size; i++) {
    const lambda = random.gamma(r, alpha)
    const leave = random.beta(a, b)
    let clock = 0
    let active = !(dropsAtFirst && random.next() < leave)
    let activeAtEnd = active
    while (active) {
      const interval = k === 1 ? random.exponential() / lambda : random.gamma(k) / lambda
      clock += interval
      if (!(clock <= T[i]! + horizon)) break
      active = random.next() >= leave
      if (clock <= T[i]!) {
        x[i]!++
        tx[i] = clock
        logIntervals[i]! += Math.log(interval)
        activeAtEnd = active
      } else future[i]!++
    }
    alive[i] = activeAtEnd ? 1 : 0
  }
  return { x, tx, T: Float64Array.from(T), logIntervals, future, alive }
}

/** The member with one phase, as a model. */
export function betaGeometricModel(variant: Variant): HistoryModel<BetaGeometricParameters> {
  // Series made for the last parameters asked about: a portfolio is scored with one set.
  let last: { delta: number; a: number; active: ReturnType<typeof createActiveDert> } | undefined
  return {
    name: variant.model,
    parameterNames: ['r', 'alpha', 'a', 'b'],
    logLikelihood: (cells, { r, alpha, a, b }) =>
      betaGeometricLogLikelihood(variant, cells)(new Float64Array([r, alpha, a, b]), new Float64Array(4), new Float64Array(16)),
    fit: (cells, options) => fitBetaGeometric(variant, cells, options),
    probabilityAlive: (p, x, tx, T) => betaGeometricAlive(variant, p, x, tx, T),
    expectedTransactions: (p, t) => betaGeometricExpected(variant, p, t),
    conditionalExpectedTransactions: (p, t, x, tx, T) => betaGeometricConditional(variant, p, t, x, tx, T),
    discountedExpectedTransactions: (p, delta, x, tx, T) => {
      if (!(delta > 0)) throw new RangeError(`a continuous discount rate must be positive; got ${delta}`)
      if (last?.delta !== delta || last.a !== p.a) last = { delta, a: p.a, active: createActiveDert(p.a, delta) }
      const B = p.b + x + (variant.dropsAtFirst ? 1 : 0)
      return betaGeometricAlive(variant, p, x, tx, T) * last.active(p.r + x, p.alpha + T, B)
    },
    distribution: (p, t, most, history) => betaGeometricDistribution(variant, p, t, most, history),
    simulate: (random, p, T, horizon) => simulateBetaGeometric(variant, random, p, T, horizon),
  }
}
