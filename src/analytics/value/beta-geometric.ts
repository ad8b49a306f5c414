/**
 * What BG/NBD, MBG/NBD and their CNBD-k forms share: purchases in Erlang-k intervals at a gamma-distributed rate, and a beta-distributed
 * chance of leaving after each purchase.
 *
 * k = 1 and `dropsAtFirst` false is BG/NBD (Fader, Hardie and Lee 2005), true MBG/NBD (Batislam, Denizel and Filiztekin 2007; Hoppe and
 * Wagner 2007); k > 1 gives BG/CNBD-k and MBG/CNBD-k (Platzer and Reutterer 2016; Mzoughia and Limam 2014).
 */
import { digamma, lgamma, logRising, trigamma } from '../../math/gamma.ts'
import { gaussLegendre } from '../../math/quadrature.ts'
import type { Random } from '../../math/random.ts'
import { createActiveDert } from './beta-geometric-dert.ts'
import { customersIn, type Evidence, evidenceIn, type PurchaseCells, thinCells, whyTooThin } from './cells.ts'
import { type Fit, type LogLikelihood, maximiseLikelihood, refuse } from './fit.ts'
import type { FitOptions, HistoryModel, SimulatedHistories } from './history-model.ts'

export interface BetaGeometricParameters {
  /** Shape of the gamma of purchase rates. */
  r: number
  /** Rate of that gamma, in the unit of time: the mean rate (of phases, for k > 1) is r / alpha. */
  alpha: number
  /** Beta of the chance to leave after a purchase: mean a / (a + b). */
  a: number
  b: number
}

/** Which member of the family. */
export interface Variant {
  model: string
  /** Phases an interval has: 1 is random timing, more is more regular. */
  k: number
  /** Whether a customer may already leave after the first purchase. */
  dropsAtFirst: boolean
}

/**
 * Total log-likelihood with gradient and Hessian by (r, alpha, a, b), over cells.
 *
 * With R = r + kx, z = 1 for the modified form and 0 otherwise:
 *
 *     ln L = (k-1) sum ln(interval) - x ln Gamma(k) + ln B(a, b+x+z)/B(a, b) + ln Gamma(R)/Gamma(r)
 *            + r ln alpha - R ln(alpha+T) + ln(S1 + S2)
 *     S1 = [z = 1 or x > 0] a / (b+x-1+z) ((alpha+T)/(alpha+tx))^R
 *     S2 = sum_{j<k} (R)_j / j! ((T-tx)/(alpha+T))^j
 *
 * The gamma functions depend on x alone and are evaluated once per distinct x; S1 and S2 are added in logs (x beyond 170 overflows).
 */
export function betaGeometricLogLikelihood({ k, dropsAtFirst }: Variant, cells: PurchaseCells): LogLikelihood {
  const { x, tx, T, weight, logIntervals } = cells
  const z = dropsAtFirst ? 1 : 0
  const size = x.length
  const histogram = new Map<number, number>()
  let customers = 0
  let purchases = 0
  let constant = 0
  for (let i = 0; i < size; i++) {
    const w = weight ? weight[i]! : 1
    customers += w
    purchases += w * x[i]!
    histogram.set(x[i]!, (histogram.get(x[i]!) ?? 0) + w)
    constant += w * ((logIntervals ? (k - 1) * logIntervals[i]! : 0) - x[i]! * lgamma(k))
  }
  const counts = [...histogram].sort((one, other) => one[0] - other[0])
  const phases = phaseSums()
  return (parameters, gradient, hessian) => {
    const [r, alpha, a, b] = parameters as unknown as [number, number, number, number]
    // r ln alpha - R ln(alpha+T) as -R ln(1 + T/alpha) - kx ln alpha: at r = 1e50 the first form is noise.
    let total = constant - k * purchases * Math.log(alpha)
    let [gr, gAlpha, ga, gb] = [0, (customers * r) / alpha, 0, 0]
    let [hrr, hrAlpha, hAlphaAlpha, haa, hab, hbb] = [0, customers / alpha, (-customers * r) / (alpha * alpha), 0, 0, 0]
    let [hra, hrb, hAlphaA, hAlphaB] = [0, 0, 0, 0]
    const psi = { r: digamma(r), ab: digamma(a + b), b: digamma(b), r1: trigamma(r), ab1: trigamma(a + b), b1: trigamma(b) }
    for (const [count, w] of counts) {
      const m = count + z
      if (m > 0) {
        total += w * (logRising(b, m) - logRising(a + b, m))
        const both = digamma(a + b + m) - psi.ab
        const both1 = trigamma(a + b + m) - psi.ab1
        ga -= w * both
        gb += w * (digamma(b + m) - psi.b - both)
        haa -= w * both1
        hab -= w * both1
        hbb += w * (trigamma(b + m) - psi.b1 - both1)
      }
      if (count > 0) {
        total += w * logRising(r, k * count)
        gr += w * (digamma(r + k * count) - psi.r)
        hrr += w * (trigamma(r + k * count) - psi.r1)
      }
    }
    const logA = Math.log(a)
    // Cells come sorted by T, then x: what depends on these alone is kept from one cell to the next.
    let end = 0
    let logEnd = 0
    let bottom = 0
    let logOdds = 0
    for (let i = 0; i < size; i++) {
      const count = x[i]!
      const w = weight ? weight[i]! : 1
      const R = r + k * count
      if (i === 0 || T[i] !== T[i - 1]) {
        end = 1 / (alpha + T[i]!)
        logEnd = Math.log1p(T[i]! / alpha)
      }
      if (i === 0 || count !== x[i - 1]) {
        bottom = b + count - 1 + z
        logOdds = logA - Math.log(bottom)
      }
      let value = -R * logEnd
      let cr = -logEnd
      let cAlpha = -R * end
      let crAlpha = -end
      let cAlphaAlpha = R * end * end
      let crr = 0
      // ln S2 and its derivatives by R and alpha; all zero for k = 1.
      let s = 0
      let sr = 0
      let sAlpha = 0
      let srr = 0
      let srAlpha = 0
      let sAlphaAlpha = 0
      if (k > 1) {
        phases.fill(k, R, (T[i]! - tx[i]!) * end, end)
        s = phases.log
        sr = phases.r
        sAlpha = phases.alpha
        srr = phases.rr
        srAlpha = phases.rAlpha
        sAlphaAlpha = phases.alphaAlpha
      }
      if (count > 0 || z === 1) {
        const gap = Math.log1p((T[i]! - tx[i]!) / (alpha + tx[i]!))
        const last = 1 / (alpha + tx[i]!)
        const q = logOdds + R * gap
        const u = q - s
        // share of S1 in S1 + S2: the chance of having left.
        const e = Math.exp(-Math.abs(u))
        const share = u > 0 ? 1 / (1 + e) : e / (1 + e)
        value += (u > 0 ? q : s) + Math.log1p(e)
        const qAlpha = R * (end - last)
        const qb = -1 / bottom
        const rest = 1 - share
        const both = share * rest
        const dr = gap - sr
        const dAlpha = qAlpha - sAlpha
        cr += share * gap + rest * sr
        cAlpha += share * qAlpha + rest * sAlpha
        ga += (w * share) / a
        gb += w * share * qb
        crr += rest * srr + both * dr * dr
        crAlpha += share * (end - last) + rest * srAlpha + both * dr * dAlpha
        cAlphaAlpha += share * -R * (end * end - last * last) + rest * sAlphaAlpha + both * dAlpha * dAlpha
        const step = w * both
        hra += (step * dr) / a
        hrb += step * dr * qb
        hAlphaA += (step * dAlpha) / a
        hAlphaB += step * dAlpha * qb
        haa += (w * (both - share)) / (a * a)
        hab += (step * qb) / a
        hbb += w * (share + both) * qb * qb
      } else {
        value += s
        cr += sr
        cAlpha += sAlpha
        crr += srr
        crAlpha += srAlpha
        cAlphaAlpha += sAlphaAlpha
      }
      total += w * value
      gr += w * cr
      gAlpha += w * cAlpha
      hrr += w * crr
      hrAlpha += w * crAlpha
      hAlphaAlpha += w * cAlphaAlpha
    }
    gradient.set([gr, gAlpha, ga, gb])
    hessian.set([hrr, hrAlpha, hra, hrb, hrAlpha, hAlphaAlpha, hAlphaA, hAlphaB, hra, hAlphaA, haa, hab, hrb, hAlphaB, hab, hbb])
    return total
  }
}

/** Scratch for S2 = sum_{j<k} (R)_j/j! d^j with d = (T-tx)/(alpha+T), and the derivatives of its logarithm by R and alpha. */
function phaseSums() {
  return {
    log: 0,
    r: 0,
    alpha: 0,
    rr: 0,
    rAlpha: 0,
    alphaAlpha: 0,
    fill(k: number, R: number, d: number, end: number): void {
      let term = 1
      let first = 0
      let second = 0
      let sum = 1
      let r = 0
      let alpha = 0
      let rr = 0
      let rAlpha = 0
      let alphaAlpha = 0
      for (let j = 1; j < k; j++) {
        const next = 1 / (R + j - 1)
        term *= ((R + j - 1) * d) / j
        first += next
        second += next * next
        sum += term
        r += term * first
        rr += term * (first * first - second)
        alpha -= term * j * end
        rAlpha -= term * first * j * end
        alphaAlpha += term * j * (j + 1) * end * end
      }
      this.log = Math.log(sum)
      this.r = r / sum
      this.alpha = alpha / sum
      this.rr = rr / sum - this.r * this.r
      this.rAlpha = rAlpha / sum - this.r * this.alpha
      this.alphaAlpha = alphaAlpha / sum - this.alpha * this.alpha
    },
  }
}

/** Fits one member of the family by maximum likelihood. */
export function fitBetaGeometric(variant: Variant, cells: PurchaseCells, options: FitOptions = {}): Fit<BetaGeometricParameters> {
  const evidence = evidenceIn(cells)
  const thin = whyTooThin(evidence, options.minimumRepeatBuyers ?? 50)
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
