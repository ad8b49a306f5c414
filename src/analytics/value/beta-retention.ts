/**
 * What sBG and BdW share: contracts that are renewed or not at fixed times, the chance to leave differing between customers as a beta.
 *
 *     S(t) = B(a, b + t^c) / B(a, b)
 *
 * c = 1 is sBG (Fader and Hardie 2007); a free c is BdW (Fader, Hardie, Liu, Davin and Steenburgh 2018): each customer's own chance to
 * leave rises with tenure for c > 1 and falls for c < 1.
 */
import { digamma, logRising, trigamma } from '../../math/gamma.ts'
import type { Random } from '../../math/random.ts'
import { type Fit, type LogLikelihood, maximiseLikelihood, refuse } from './fit.ts'

/** Tenures in periods: how many customers left at the t-th renewal and how many had renewed t times when last seen. */
export interface RetentionCells {
  t: Float64Array
  lost: Float64Array
  kept: Float64Array
}

export interface RetentionParameters {
  /** Beta of the chance to leave at the first renewal: mean a / (a + b). */
  a: number
  b: number
  /** Power of tenure; 1 for sBG. */
  c: number
}

/** Turns survivors per period (all at t = 0 first) into tenures; several cohorts can be concatenated. Fractions and percentages will do. */
export function retentionOfSurvivors(survivors: ArrayLike<number>): RetentionCells {
  const periods = survivors.length - 1
  const t = Float64Array.from({ length: Math.max(0, periods) }, (_, i) => i + 1)
  const lost = t.map((period) => survivors[period - 1]! - survivors[period]!)
  const kept = t.map((period) => (period === periods ? survivors[period]! : 0))
  return { t, lost, kept }
}

/** ln S(t) = ln (b)_{t^c} / (a+b)_{t^c}. */
export function logSurvival({ a, b, c }: RetentionParameters, t: number): number {
  const u = t ** c
  return logRising(b, u) - logRising(a + b, u)
}

/** Value, gradient and Hessian of ln S(t) by (a, b, c). */
function survivalDerivatives(p: RetentionParameters, t: number) {
  const { a, b, c } = p
  if (t === 0) return { value: 0, g: [0, 0, 0], h: [0, 0, 0, 0, 0, 0, 0, 0, 0] }
  const u = t ** c
  const slope = u * Math.log(t)
  const both = digamma(a + b + u)
  const both1 = trigamma(a + b + u)
  const step = digamma(b + u) - both
  const step1 = trigamma(b + u) - both1
  const ab = digamma(a + b)
  const ab1 = trigamma(a + b)
  const haa = ab1 - both1
  const hbb = step1 - trigamma(b) + ab1
  const hcc = step1 * slope * slope + step * slope * Math.log(t)
  const h = [haa, haa, -both1 * slope, haa, hbb, step1 * slope, -both1 * slope, step1 * slope, hcc]
  return { value: logSurvival(p, t), g: [ab - both, step - digamma(b) + ab, step * slope], h }
}

/**
 * ln L = sum lost_t ln[S(t-1) - S(t)] + kept_t ln S(t), with gradient and Hessian by (a, b) or (a, b, c).
 */
function retentionLogLikelihood(cells: RetentionCells, free: 2 | 3): LogLikelihood {
  const { t, lost, kept } = cells
  return (parameters, gradient, hessian) => {
    const p = { a: parameters[0]!, b: parameters[1]!, c: free === 3 ? parameters[2]! : 1 }
    let total = 0
    gradient.fill(0)
    hessian.fill(0)
    for (let i = 0; i < t.length; i++) {
      if (!(lost[i]! > 0 || kept[i]! > 0)) continue
      const after = survivalDerivatives(p, t[i]!)
      if (kept[i]! > 0) {
        total += kept[i]! * after.value
        for (let j = 0; j < free; j++) {
          gradient[j]! += kept[i]! * after.g[j]!
          for (let k = 0; k < free; k++) hessian[j * free + k]! += kept[i]! * after.h[j * 3 + k]!
        }
      }
      if (lost[i]! > 0) {
        const before = survivalDerivatives(p, t[i]! - 1)
        const gap = -Math.expm1(after.value - before.value)
        total += lost[i]! * (before.value + Math.log(gap))
        // Shares of S(t-1) and S(t) in their difference.
        const first = 1 / gap
        const last = first - 1
        const g = before.g.map((slope, j) => first * slope - last * after.g[j]!)
        for (let j = 0; j < free; j++) {
          gradient[j]! += lost[i]! * g[j]!
          for (let k = 0; k < free; k++) {
            const bend =
              first * (before.h[j * 3 + k]! + before.g[j]! * before.g[k]!) - last * (after.h[j * 3 + k]! + after.g[j]! * after.g[k]!)
            hessian[j * free + k]! += lost[i]! * (bend - g[j]! * g[k]!)
          }
        }
      }
    }
    return total
  }
}

export function retentionLogLikelihoodAt(cells: RetentionCells, { a, b, c }: RetentionParameters): number {
  return retentionLogLikelihood(cells, 3)(new Float64Array([a, b, c]), new Float64Array(3), new Float64Array(9))
}

/** Fits sBG (free = 2) or BdW (free = 3); refuses when nobody left, or fewer renewals were seen than there are parameters. */
export function fitRetention(model: string, cells: RetentionCells, free: 2 | 3): Fit<RetentionParameters> {
  let [lost, kept] = [0, 0]
  const periods = new Set<number>()
  for (let i = 0; i < cells.t.length; i++) {
    lost += cells.lost[i]!
    kept += cells.kept[i]!
    if (cells.lost[i]! > 0) periods.add(cells.t[i]!)
  }
  const customers = lost + kept
  const size = cells.t.length
  if (!(customers > 0)) return refuse(model, 'there are no customers', size, 0)
  if (!(lost > 0)) return refuse(model, 'nobody has left yet; retention models have nothing to learn from', size, customers)
  if (periods.size < free)
    return refuse(
      model,
      `customers left at ${periods.size} different renewals; ${free} are needed to tell ${free} parameters apart`,
      size,
      customers,
    )
  const names = free === 3 ? (['a', 'b', 'c'] as const) : (['a', 'b'] as const)
  const fit = maximiseLikelihood<RetentionParameters>({
    model,
    names,
    logLikelihood: retentionLogLikelihood(cells, free),
    customers,
    cells: size,
    starts: [
      [0.7, 2, 1],
      [2, 10, 1.3],
      [0.3, 0.6, 0.8],
    ].map((start) => start.slice(0, free)),
    runaway: {
      a: 'customers hardly differ in their chance to leave; one retention rate would do',
      b: 'customers hardly differ in their chance to leave; one retention rate would do',
      c: 'the chance to leave changes with tenure in a way the model does not have',
    },
  })
  if (free === 3) return fit
  const { parameters, standardErrors, ...rest } = fit
  return { ...rest, parameters: parameters && { ...parameters, c: 1 }, standardErrors: standardErrors && { ...standardErrors, c: 0 } }
}

/** Share of the customers who renew at the t-th renewal among those who renewed t - 1 times: S(t) / S(t-1). */
export function retentionRate(p: RetentionParameters, t: number): number {
  return Math.exp(logSurvival(p, t) - logSurvival(p, t - 1))
}

/**
 * Discounted expected lifetime of a customer who has renewed n - 1 times, in payments, just before the next renewal decision:
 * sum_{t >= n} S(t)/S(n-1) (1+d)^-(t-n), d the discount rate per period. Summed until the rest is below 1e-14 of it.
 */
export function residualLifetime(p: RetentionParameters, d: number, n: number): number {
  if (!(d > 0)) throw new RangeError(`a discount rate per period must be positive; got ${d}`)
  const before = n > 0 ? logSurvival(p, n - 1) : 0
  let total = 0
  for (let t = n; ; t++) {
    const term = Math.exp(logSurvival(p, t) - before - (t - n) * Math.log1p(d))
    total += term
    if (term < 1e-14 * d * total) return total
  }
}

/** Tenures of new customers watched for `periods`: the renewal at which each leaves, in cells. */
export function simulateRetention(random: Random, { a, b, c }: RetentionParameters, customers: number, periods: number): RetentionCells {
  const lost = new Float64Array(periods)
  const kept = new Float64Array(periods)
  for (let i = 0; i < customers; i++) {
    const stay = Math.log1p(-random.beta(a, b))
    // S(t | chance) = (1 - chance)^(t^c): the first whole t with t^c >= E / -ln(1 - chance), E exponential.
    const tenure = Math.ceil((random.exponential() / -stay) ** (1 / c))
    if (tenure <= periods) lost[Math.max(1, tenure) - 1]!++
    else kept[periods - 1]!++
  }
  return { t: Float64Array.from({ length: periods }, (_, i) => i + 1), lost, kept }
}
