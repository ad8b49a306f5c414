/**
 * The likelihood of Pareto/NBD with exact gradient and Hessian, by integrating over the time of leaving.
 *
 *     L = Gamma(r+x)/Gamma(r) alpha^r beta^s { (alpha+T)^-(r+x) (beta+T)^-s
 *         + s integral_tx^T (alpha+u)^-(r+x) (beta+u)^-(s+1) du }
 *
 * (Schmittlein, Morrison and Colombo 1987; the integral is what the two 2F1 of Fader and Hardie's note of 2005 stand for.) Gauss-Legendre
 * in v = ln(min(alpha, beta) + u) takes 6 to 14 points a panel, never subtracts, is exact at tx = T, and gives all ten second derivatives
 * for the same exponential and logarithm a point; the 2F1 form needs a branch on alpha and beta and cancels near tx = T.
 */
import { digamma, logRising, trigamma } from '../../math/gamma.ts'
import { gaussLegendre } from '../../math/quadrature.ts'
import type { PurchaseCells } from './cells.ts'
import type { LogLikelihood } from './fit.ts'

// Points enough for 1e-13 on panels where the integrand falls by a factor of e^1, e^4 and e^12.
const coarse = gaussLegendre(6)
const middling = gaussLegendre(9)
const fine = gaussLegendre(14)

/** The part that differs between customers of equal x: ln(alive + left), its share of left, and its derivatives by (r, alpha, s, beta). */
export function createLeavingIntegral() {
  // Moments of the derivatives of the log integrand under the integrand, in the order of the fields below.
  const result = {
    /** ln of the alive term times alpha^(r+x) beta^s: -(r+x) ln(1+T/alpha) - s ln(1+T/beta). */
    alive: 0,
    /** ln of the left term, s times the integral, times the same; -Infinity at tx = T. */
    left: 0,
    gr: 0,
    gAlpha: 0,
    gs: 0,
    gBeta: 0,
    hrr: 0,
    hrAlpha: 0,
    hrs: 0,
    hrBeta: 0,
    hAlphaAlpha: 0,
    hAlphaS: 0,
    hAlphaBeta: 0,
    hss: 0,
    hsBeta: 0,
    hBetaBeta: 0,
  }

  /** With `derivatives` false only `alive` and `left` are set. */
  function evaluate(r: number, alpha: number, s: number, beta: number, x: number, tx: number, T: number, derivatives: boolean): void {
    const R = r + x
    const base = Math.min(alpha, beta)
    const shiftAlpha = alpha - base
    const shiftBeta = beta - base
    const endAlpha = alpha + T
    const endBeta = beta + T
    // Logarithms relative to alpha and beta: where these are huge, r ln alpha - r ln(alpha+T) would be noise.
    const logEndAlpha = Math.log1p(T / alpha)
    const logEndBeta = Math.log1p(T / beta)
    result.alive = -R * logEndAlpha - s * logEndBeta
    const startAlpha = alpha + tx
    const startBeta = beta + tx
    const startBase = base + tx
    const logStartAlpha = Math.log1p(tx / alpha)
    const logStartBeta = Math.log1p(tx / beta)
    const top = -R * logStartAlpha - (s + 1) * logStartBeta
    const length = Math.log1p((T - tx) / startBase)
    let mass = 0
    // Sums of f, f ln(alpha+u), f/(alpha+u), ..., relative to the start so that they do not cancel.
    let mA = 0
    let mB = 0
    let mP = 0
    let mQ = 0
    let mAA = 0
    let mAB = 0
    let mAP = 0
    let mAQ = 0
    let mBB = 0
    let mBP = 0
    let mBQ = 0
    let mPP = 0
    let mPQ = 0
    let mQQ = 0
    let from = 0
    let at = startBase
    while (from < length) {
      const rate = (R * at) / (at + shiftAlpha) + ((s + 1) * at) / (at + shiftBeta)
      const step = Math.min(length - from, 2, 12 / Math.max(rate, 1e-3))
      const fall = rate * step
      const { nodes, weights } = step < 1 && fall < 1 ? coarse : fall < 4 ? middling : fine
      const half = step / 2
      const before = mass
      const centre = at * Math.exp(half)
      const last = nodes.length - 1
      let spread = 1
      for (let k = 0; k <= last; k++) {
        // Points in pairs around the centre: one exponential serves both.
        const i = k & 1 ? last - (k >> 1) : k >> 1
        if (!(k & 1)) spread = Math.exp(half * nodes[i]!)
        const u = k & 1 ? centre / spread : centre * spread
        const v = from + half * (nodes[i]! + 1)
        const p = 1 / (u + shiftAlpha)
        const q = 1 / (u + shiftBeta)
        const lnA = shiftAlpha === 0 ? v : Math.log((u + shiftAlpha) / startAlpha)
        const lnB = shiftBeta === 0 ? v : Math.log((u + shiftBeta) / startBeta)
        const f = weights[i]! * half * u * Math.exp(-R * lnA - (s + 1) * lnB)
        mass += f
        if (derivatives) {
          const fA = f * lnA
          const fB = f * lnB
          const fP = f * p
          const fQ = f * q
          mA += fA
          mB += fB
          mP += fP
          mQ += fQ
          mAA += fA * lnA
          mAB += fA * lnB
          mAP += fA * p
          mAQ += fA * q
          mBB += fB * lnB
          mBP += fB * p
          mBQ += fB * q
          mPP += fP * p
          mPQ += fP * q
          mQQ += fQ * q
        }
      }
      from += step
      at = startBase * Math.exp(from)
      if (mass - before < 1e-17 * mass) break
    }
    result.left = mass > 0 ? Math.log(s / beta) + top + Math.log(mass) : -Infinity
    if (!derivatives) return
    const difference = result.left - result.alive
    const e = Math.exp(-Math.abs(difference))
    const share = difference > 0 ? 1 / (1 + e) : e / (1 + e)
    const rest = 1 - share
    // Alive: first derivatives, the second being plain.
    const aP = 1 / endAlpha
    const aQ = 1 / endBeta
    // Left: means under the integrand.
    const scale = mass > 0 ? 1 / mass : 0
    const A = mA * scale
    const B = mB * scale
    const P = mP * scale
    const Q = mQ * scale
    const lr = -(A + logStartAlpha)
    const lAlpha = -R * P
    const ls = 1 / s - (B + logStartBeta)
    const lBeta = -(s + 1) * Q
    const dr = lr + logEndAlpha
    const dAlpha = lAlpha + R * aP
    const ds = ls + logEndBeta
    const dBeta = lBeta + s * aQ
    const both = share * rest
    result.gr = share * lr - rest * logEndAlpha
    result.gAlpha = share * lAlpha - rest * R * aP
    result.gs = share * ls - rest * logEndBeta
    result.gBeta = share * lBeta - rest * s * aQ
    const pp = mPP * scale
    const qq = mQQ * scale
    result.hrr = share * (mAA * scale - A * A) + both * dr * dr
    result.hrAlpha = share * (R * (mAP * scale - A * P) - P) - rest * aP + both * dr * dAlpha
    result.hrs = share * (mAB * scale - A * B) + both * dr * ds
    result.hrBeta = share * (s + 1) * (mAQ * scale - A * Q) + both * dr * dBeta
    result.hAlphaAlpha = share * (R * pp + R * R * (pp - P * P)) + rest * R * aP * aP + both * dAlpha * dAlpha
    result.hAlphaS = share * R * (mBP * scale - B * P) + both * dAlpha * ds
    result.hAlphaBeta = share * R * (s + 1) * (mPQ * scale - P * Q) + both * dAlpha * dBeta
    result.hss = share * (mBB * scale - B * B - 1 / (s * s)) + both * ds * ds
    result.hsBeta = share * ((s + 1) * (mBQ * scale - B * Q) - Q) - rest * aQ + both * ds * dBeta
    result.hBetaBeta = share * ((s + 1) * qq + (s + 1) * (s + 1) * (qq - Q * Q)) + rest * s * aQ * aQ + both * dBeta * dBeta
  }

  return { result, evaluate }
}

/** ln(e^a + e^b). */
function logAdd(a: number, b: number): number {
  const high = Math.max(a, b)
  return high === -Infinity ? high : high + Math.log1p(Math.exp(-Math.abs(a - b)))
}

/** Total log-likelihood over cells with gradient and Hessian by (r, alpha, s, beta). */
export function paretoNbdLogLikelihood(cells: PurchaseCells): LogLikelihood {
  const { x, tx, T, weight } = cells
  const size = x.length
  const histogram = new Map<number, number>()
  let customers = 0
  let purchases = 0
  for (let i = 0; i < size; i++) {
    const w = weight ? weight[i]! : 1
    customers += w
    purchases += w * x[i]!
    histogram.set(x[i]!, (histogram.get(x[i]!) ?? 0) + w)
  }
  const counts = [...histogram].sort((one, other) => one[0] - other[0])
  const { result: c, evaluate } = createLeavingIntegral()
  return (parameters, gradient, hessian) => {
    const [r, alpha, s, beta] = parameters as unknown as [number, number, number, number]
    let total = -purchases * Math.log(alpha)
    let [gr, gAlpha, gs, gBeta] = [0, (customers * r) / alpha, 0, (customers * s) / beta]
    let [hrr, hrAlpha, hrs, hrBeta] = [0, customers / alpha, 0, 0]
    let [hAlphaAlpha, hAlphaS, hAlphaBeta] = [(-customers * r) / (alpha * alpha), 0, 0]
    let [hss, hsBeta, hBetaBeta] = [0, customers / beta, (-customers * s) / (beta * beta)]
    const psi = digamma(r)
    const psi1 = trigamma(r)
    for (const [count, w] of counts) {
      if (count === 0) continue
      total += w * logRising(r, count)
      gr += w * (digamma(r + count) - psi)
      hrr += w * (trigamma(r + count) - psi1)
    }
    for (let i = 0; i < size; i++) {
      evaluate(r, alpha, s, beta, x[i]!, tx[i]!, T[i]!, true)
      const w = weight ? weight[i]! : 1
      total += w * logAdd(c.alive, c.left)
      gr += w * c.gr
      gAlpha += w * c.gAlpha
      gs += w * c.gs
      gBeta += w * c.gBeta
      hrr += w * c.hrr
      hrAlpha += w * c.hrAlpha
      hrs += w * c.hrs
      hrBeta += w * c.hrBeta
      hAlphaAlpha += w * c.hAlphaAlpha
      hAlphaS += w * c.hAlphaS
      hAlphaBeta += w * c.hAlphaBeta
      hss += w * c.hss
      hsBeta += w * c.hsBeta
      hBetaBeta += w * c.hBetaBeta
    }
    gradient.set([gr, gAlpha, gs, gBeta])
    hessian.set([
      ...[hrr, hrAlpha, hrs, hrBeta],
      ...[hrAlpha, hAlphaAlpha, hAlphaS, hAlphaBeta],
      ...[hrs, hAlphaS, hss, hsBeta],
      ...[hrBeta, hAlphaBeta, hsBeta, hBetaBeta],
    ])
    return total
  }
}
