/**
 * The likelihood of Pareto/NBD with covariates that change with time, with exact gradient and Hessian.
 *
 * A customer of base rates lambda, mu buys at lambda e^(g'z(t)) and leaves at mu e^(h'z(t)). With B and D the clocks of purchases and of leaving
 * since the customer's first purchase, b and d their speeds, and t_1 ... t_x the repeat purchases,
 *
 *     L = Gamma(r+x)/Gamma(r) alpha^r beta^s prod_j b(t_j) { (alpha+B(T))^-(r+x) (beta+D(T))^-s
 *         + s integral_tx^T d(u) (alpha+B(u))^-(r+x) (beta+D(u))^-(s+1) du }
 *
 * (Bachmann, Meierer and Naef 2021, who write the integral walk by walk with 2F1.) Without effects B(u) = D(u) = u and it is the plain model.
 * Within a period the clocks are straight lines and the integrand smooth: Gauss-Legendre, 4 to 12 points.
 */
import { digamma, logRising, trigamma } from '../../math/gamma.ts'
import { gaussLegendre } from '../../math/quadrature.ts'
import { type Calendar, type Clock, mergePeriods, runClock } from './calendar.ts'
import { type LogLikelihood, onLogScale } from './fit.ts'

export interface DatedCells {
  x: Float64Array
  tx: Float64Array
  T: Float64Array
  /** Time of the first purchase on the calendar, in the unit of T. */
  start: Float64Array
  /** For each covariate of purchases: its sum over the repeat purchases. */
  atPurchases: Float64Array[]
  weight?: Float64Array | undefined
}

// Points enough for 1e-12 where the integrand falls by a factor of e^0.3, e^1.2 and e^4.
const coarse = gaussLegendre(4)
const middling = gaussLegendre(7)
const fine = gaussLegendre(12)

/** ln of a product (alpha+B)^-R (beta+D)^-S with its derivatives by (r, alpha, g, s, beta, h), as the sums below need it. */
interface Term {
  g: Float64Array
  h: Float64Array
}

/** Order of the working parameters: ln r, ln alpha, ln s, ln beta, effects on purchases, effects on leaving. */
export function overTimeLogLikelihood(cells: DatedCells, purchaseCalendar: Calendar, leavingCalendar: Calendar): LogLikelihood {
  const [purchases, leaving] = [mergePeriods(purchaseCalendar), mergePeriods(leavingCalendar)]
  const [K, M] = [purchases.values.length, leaving.values.length]
  const n = 4 + K + M
  const size = cells.x.length
  const natural: LogLikelihood = (parameters, gradient, hessian) => {
    const [r, alpha, s, beta] = parameters as unknown as [number, number, number, number]
    const B = runClock(purchases, parameters.subarray(4, 4 + K))
    const D = runClock(leaving, parameters.subarray(4 + K))
    const one = createCustomer(purchases, leaving)
    gradient.fill(0)
    hessian.fill(0)
    let total = 0
    const [psi, psi1] = [digamma(r), trigamma(r)]
    for (let i = 0; i < size; i++) {
      const w = cells.weight?.[i] ?? 1
      const x = cells.x[i]!
      total += w * (one.evaluate(parameters, B, D, x, cells.tx[i]!, cells.T[i]!, cells.start[i]!) + logRising(r, x))
      total += w * (r * Math.log(alpha) + s * Math.log(beta))
      for (let k = 0; k < n; k++) {
        gradient[k]! += w * one.result.g[k]!
        for (let l = 0; l < n; l++) hessian[k * n + l]! += w * one.result.h[k * n + l]!
      }
      gradient[0]! += w * (digamma(r + x) - psi + Math.log(alpha))
      hessian[0]! += w * (trigamma(r + x) - psi1)
      gradient[1]! += (w * r) / alpha
      hessian[n + 1]! -= (w * r) / (alpha * alpha)
      hessian[1]! += w / alpha
      hessian[n]! += w / alpha
      gradient[2]! += w * Math.log(beta)
      gradient[3]! += (w * s) / beta
      hessian[3 * n + 3]! -= (w * s) / (beta * beta)
      hessian[2 * n + 3]! += w / beta
      hessian[3 * n + 2]! += w / beta
      for (let c = 0; c < K; c++) {
        const sum = cells.atPurchases[c]![i]!
        total += w * parameters[4 + c]! * sum
        gradient[4 + c]! += w * sum
      }
    }
    return total
  }
  return onLogScale(
    natural,
    n,
    Array.from({ length: n }, (_, k) => k >= 4),
  )
}

/** The braces of L for one customer: ln, gradient and Hessian by the parameters themselves. */
function createCustomer(purchases: Calendar, leaving: Calendar) {
  const [K, M] = [purchases.values.length, leaving.values.length]
  const n = 4 + K + M
  const result: Term = { g: new Float64Array(n), h: new Float64Array(n * n) }
  const alive: Term = { g: new Float64Array(n), h: new Float64Array(n * n) }
  const point: Term = { g: new Float64Array(n), h: new Float64Array(n * n) }
  const [first, second] = [new Float64Array(n), new Float64Array(n * n)]
  const [dB, dB0, dBB, dBB0] = [new Float64Array(K), new Float64Array(K), new Float64Array(K * K), new Float64Array(K * K)]
  const [dD, dD0, dDD, dDD0] = [new Float64Array(M), new Float64Array(M), new Float64Array(M * M), new Float64Array(M * M)]

  /** Fills a term: ln = -R ln A - S ln Q, with A = alpha + B and Q = beta + D. */
  function term(into: Term, R: number, A: number, S: number, Q: number): void {
    const { g, h } = into
    g[0] = -Math.log(A)
    g[1] = -R / A
    g[2] = -Math.log(Q)
    g[3] = -S / Q
    h[1] = h[n] = -1 / A
    h[n + 1] = R / (A * A)
    h[2 * n + 2] = 0
    h[2 * n + 3] = h[3 * n + 2] = -1 / Q
    h[3 * n + 3] = S / (Q * Q)
    for (let c = 0; c < K; c++) {
      const k = 4 + c
      g[k] = (-R * dB[c]!) / A
      h[k] = h[k * n] = -dB[c]! / A
      h[n + k] = h[k * n + 1] = (R * dB[c]!) / (A * A)
      for (let d = 0; d < K; d++) h[k * n + 4 + d] = (-R * dBB[c * K + d]!) / A + (R * dB[c]! * dB[d]!) / (A * A)
    }
    for (let c = 0; c < M; c++) {
      const k = 4 + K + c
      g[k] = (-S * dD[c]!) / Q
      h[2 * n + k] = h[k * n + 2] = -dD[c]! / Q
      h[3 * n + k] = h[k * n + 3] = (S * dD[c]!) / (Q * Q)
      for (let d = 0; d < M; d++) h[k * n + 4 + K + d] = (-S * dDD[c * M + d]!) / Q + (S * dD[c]! * dD[d]!) / (Q * Q)
    }
  }

  function clocks(B: Clock, D: Clock, t: number): void {
    B.derivatives(t, dB, dBB)
    D.derivatives(t, dD, dDD)
    for (let c = 0; c < K; c++) dB[c]! -= dB0[c]!
    for (let c = 0; c < K * K; c++) dBB[c]! -= dBB0[c]!
    for (let c = 0; c < M; c++) dD[c]! -= dD0[c]!
    for (let c = 0; c < M * M; c++) dDD[c]! -= dDD0[c]!
  }

  function evaluate(p: Float64Array, B: Clock, D: Clock, x: number, tx: number, T: number, start: number): number {
    const [r, alpha, s, beta] = p as unknown as [number, number, number, number]
    const R = r + x
    B.derivatives(start, dB0, dBB0)
    D.derivatives(start, dD0, dDD0)
    const [B0, D0] = [B.at(start), D.at(start)]
    clocks(B, D, start + T)
    const [AT, QT] = [alpha + B.at(start + T) - B0, beta + D.at(start + T) - D0]
    term(alive, R, AT, s, QT)
    const logAlive = -R * Math.log(AT) - s * Math.log(QT)
    const [As, Qs] = [alpha + B.at(start + tx) - B0, beta + D.at(start + tx) - D0]
    first.fill(0)
    second.fill(0)
    let mass = 0
    let t = start + tx
    const end = start + T
    while (t < end) {
      const [pb, pd] = [B.period(t), D.period(t)]
      const [b, d] = [B.speed[pb]!, D.speed[pd]!]
      const limit = Math.min(end, nextAfter(purchases.from, pb), nextAfter(leaving.from, pd))
      const [A, Q] = [alpha + B.at(t) - B0, beta + D.at(t) - D0]
      const fall = (R * b) / A + ((s + 1) * d) / Q
      const to = Math.min(limit, t + 4 / fall)
      const steep = (to - t) * fall
      const { nodes, weights } = steep < 0.3 ? coarse : steep < 1.2 ? middling : fine
      clocks(B, D, t)
      const half = (to - t) / 2
      for (let i = 0; i < nodes.length; i++) {
        const u = t + half * (nodes[i]! + 1)
        const [Au, Qu] = [A + b * (u - t), Q + d * (u - t)]
        const f = weights[i]! * half * d * Math.exp(-R * Math.log(Au / As) - (s + 1) * Math.log(Qu / Qs))
        mass += f
        const step = u - (i === 0 ? t : t + half * (nodes[i - 1]! + 1))
        advance(dB, dBB, purchases, pb, b * step)
        advance(dD, dDD, leaving, pd, d * step)
        term(point, R, Au, s + 1, Qu)
        // ln of s and of the speed d = e^(h'z).
        point.g[2]! += 1 / s
        point.h[2 * n + 2]! -= 1 / (s * s)
        for (let c = 0; c < M; c++) point.g[4 + K + c]! += leaving.values[c]![pd]!
        for (let k = 0; k < n; k++) {
          const slope = point.g[k]!
          first[k]! += f * slope
          for (let l = k; l < n; l++) second[k * n + l]! += f * (point.h[k * n + l]! + slope * point.g[l]!)
        }
      }
      t = to
    }
    const logLeft = mass > 0 ? Math.log(s) - R * Math.log(As) - (s + 1) * Math.log(Qs) + Math.log(mass) : -Infinity
    const top = Math.max(logAlive, logLeft)
    const total = top + Math.log(Math.exp(logAlive - top) + Math.exp(logLeft - top))
    const stayed = Math.exp(logAlive - total)
    const left = mass > 0 ? Math.exp(logLeft - total) / mass : 0
    for (let k = 0; k < n; k++) result.g[k] = stayed * alive.g[k]! + left * first[k]!
    for (let k = 0; k < n; k++)
      for (let l = k; l < n; l++) {
        const bend = stayed * (alive.h[k * n + l]! + alive.g[k]! * alive.g[l]!) + left * second[k * n + l]! - result.g[k]! * result.g[l]!
        result.h[k * n + l] = bend
        result.h[l * n + k] = bend
      }
    return total
  }
  return { result, evaluate }
}

/** Derivatives of a clock moved on by so much of its own time within a period. */
function advance(first: Float64Array, second: Float64Array, { values }: Calendar, period: number, step: number): void {
  const k = values.length
  for (let c = 0; c < k; c++) {
    const moved = step * values[c]![period]!
    first[c]! += moved
    for (let d = 0; d < k; d++) second[c * k + d]! += moved * values[d]![period]!
  }
}

const nextAfter = (from: Float64Array, period: number): number => (period + 1 < from.length ? from[period + 1]! : Infinity)
