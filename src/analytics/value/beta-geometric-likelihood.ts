/** The likelihood of BG/NBD, MBG/NBD and their CNBD-k forms with exact gradient and Hessian. */
import { digamma, lgamma, logRising, trigamma } from '../../math/gamma.ts'
import type { PurchaseCells } from './cells.ts'
import type { LogLikelihood } from './fit.ts'

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
