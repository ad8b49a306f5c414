/**
 * Contracts whose chance to end at each renewal depends on tenure and on what is known of the customer.
 *
 *     hazard-logit      h = 1 / (1 + e^-eta)                     eta = b0 + b1 ln t + g'z
 *     hazard-cloglog    h = 1 - exp(-e^eta)                      the discrete form of proportional hazards
 *     hazard-frailty    S(t) = (1 + v H(t))^(-1/v)               H(t) = sum_{u<=t} e^eta, customers differing by a gamma of mean 1, variance v
 *
 * (Prentice and Gloeckler 1978; Allison 1982; Meyer 1990 for the frailty.) Without frailty a falling hazard may be sorting alone: the weak leave
 * first. With it, b1 is what happens to a single customer. `period` gives each renewal a hazard of its own in place of b0 + b1 ln t.
 */
import { gammaQ } from '../../math/incomplete.ts'
import type { Random } from '../../math/random.ts'
import type { Effect } from './covariates.ts'
import type { Design } from './design.ts'
import { type Fit, type LogLikelihood, maximiseWorking, onLogScale, refuse } from './fit.ts'

export type HazardLink = 'logit' | 'cloglog' | 'frailty'

export interface HazardCells {
  /** Renewal at which the customer left (lost = 1), or renewals made when last seen (lost = 0). */
  t: Float64Array
  lost: Float64Array
  weight?: Float64Array | undefined
}

export interface HazardOptions {
  /** `log`: intercept and slope in ln t, which goes on beyond what was seen; `period`: one level each renewal. Defaults to log. */
  baseline?: 'log' | 'period'
}

export interface HazardFit extends Fit<Record<string, number>> {
  link: HazardLink
  /** Levels of the baseline: [b0, b1], or one each period. */
  baseline: number[]
  kind: 'log' | 'period'
  effects: Effect[]
  /** Variance of the frailty; 0 without. */
  frailty: number
}

/** Baseline columns of renewal u: the last period's level goes on for ever. */
function baselineRow(kind: 'log' | 'period', levels: number, u: number): number[] {
  if (kind === 'log') return [1, Math.log(u)]
  return Array.from({ length: levels }, (_, k) => (k === Math.min(levels, u) - 1 ? 1 : 0))
}

/** Total log-likelihood by (baseline, effects, and ln v for the frailty), with gradient and Hessian. */
export function hazardLogLikelihood(
  link: HazardLink,
  cells: HazardCells,
  design: Design,
  kind: 'log' | 'period',
  levels: number,
): LogLikelihood {
  const k = levels + design.columns.length
  const n = k + (link === 'frailty' ? 1 : 0)
  const longest = cells.t.reduce((most, t) => Math.max(most, t), 0)
  const rows = Array.from({ length: longest }, (_, i) => baselineRow(kind, levels, i + 1))
  const natural: LogLikelihood = (p, gradient, hessian) => {
    let total = 0
    const x = new Float64Array(k)
    const before = survival(k, n)
    const after = survival(k, n)
    for (let i = 0; i < cells.t.length; i++) {
      const w = cells.weight?.[i] ?? 1
      const [t, lost] = [cells.t[i]!, cells.lost[i] === 1]
      design.columns.forEach((column, c) => {
        x[levels + c] = column[i]!
      })
      after.clear()
      for (let u = 1; u <= t; u++) {
        if (u === t && lost) before.copy(after)
        let eta = 0
        for (let j = 0; j < levels; j++) {
          x[j] = rows[u - 1]![j]!
          eta += p[j]! * x[j]!
        }
        for (let j = levels; j < k; j++) eta += p[j]! * x[j]!
        after.add(
          link === 'logit' ? softplus(eta) : Math.exp(eta),
          link === 'logit' ? logistic(eta) : Math.exp(eta),
          link === 'logit' ? logistic(eta) * logistic(-eta) : Math.exp(eta),
          x,
        )
      }
      after.finish(link === 'frailty' ? p[k]! : 0)
      if (!lost) {
        total += w * after.log
        accumulate(gradient, hessian, w, after.g, after.h, n)
        continue
      }
      before.finish(link === 'frailty' ? p[k]! : 0)
      const gap = -Math.expm1(after.log - before.log)
      total += w * (before.log + Math.log(gap))
      const [first, last] = [1 / gap, 1 / gap - 1]
      for (let a = 0; a < n; a++) {
        const ga = first * before.g[a]! - last * after.g[a]!
        gradient[a]! += w * ga
        for (let b = 0; b < n; b++) {
          const gb = first * before.g[b]! - last * after.g[b]!
          const bend =
            first * (before.h[a * n + b]! + before.g[a]! * before.g[b]!) - last * (after.h[a * n + b]! + after.g[a]! * after.g[b]!)
          hessian[a * n + b]! += w * (bend - ga * gb)
        }
      }
    }
    return total
  }
  return onLogScale(
    natural,
    n,
    Array.from({ length: n }, (_, j) => j < k),
  )
}

const logistic = (eta: number): number => 1 / (1 + Math.exp(-eta))
const softplus = (eta: number): number => Math.max(0, eta) + Math.log1p(Math.exp(-Math.abs(eta)))

function accumulate(gradient: Float64Array, hessian: Float64Array, w: number, g: Float64Array, h: Float64Array, n: number): void {
  for (let a = 0; a < n; a++) gradient[a]! += w * g[a]!
  for (let a = 0; a < n * n; a++) hessian[a]! += w * h[a]!
}

interface Survival {
  log: number
  g: Float64Array
  h: Float64Array
  clear(): void
  copy(other: Survival): void
  into(slopes: Float64Array, bends: Float64Array): void
  total(): number
  add(step: number, slope: number, bend: number, x: Float64Array): void
  finish(v: number): void
}

/** ln S as a function of the summed hazard H, with derivatives by the parameters: -H, or -ln(1 + vH)/v with frailty. */
function survival(k: number, n: number): Survival {
  const dH = new Float64Array(k)
  const ddH = new Float64Array(k * k)
  let H = 0
  const state: Survival = {
    log: 0,
    g: new Float64Array(n),
    h: new Float64Array(n * n),
    clear() {
      H = 0
      dH.fill(0)
      ddH.fill(0)
    },
    copy(other) {
      other.into(dH, ddH)
      H = other.total()
    },
    into(slopes, bends) {
      slopes.set(dH)
      bends.set(ddH)
    },
    total: () => H,
    /** One more renewal: its cumulative hazard with first and second derivative by eta. */
    add(step, slope, bend, x) {
      H += step
      for (let a = 0; a < k; a++) {
        dH[a]! += slope * x[a]!
        for (let b = 0; b < k; b++) ddH[a * k + b]! += bend * x[a]! * x[b]!
      }
    },
    finish(v) {
      const ratio = 1 + v * H
      const [first, second] = [-1 / ratio, v / (ratio * ratio)]
      state.log = v * H < 1e-12 ? -H : -Math.log1p(v * H) / v
      for (let a = 0; a < k; a++) {
        state.g[a] = first * dH[a]!
        for (let b = 0; b < k; b++) state.h[a * n + b] = first * ddH[a * k + b]! + second * dH[a]! * dH[b]!
      }
      if (n === k) return
      // By v itself; small v by the series, where the differences would cancel.
      const small = v * H < 1e-4
      state.g[k] = small ? (H * H) / 2 - (2 * v * H ** 3) / 3 : Math.log1p(v * H) / (v * v) - H / (v * ratio)
      const byV = small
        ? (-2 * H ** 3) / 3 + (3 * v * H ** 4) / 2
        : (-2 * Math.log1p(v * H)) / v ** 3 + (2 * H) / (v * v * ratio) + (H * H) / (v * ratio * ratio)
      state.h[k * n + k] = byV
      for (let a = 0; a < k; a++) {
        const cross = (H / (ratio * ratio)) * dH[a]!
        state.h[a * n + k] = cross
        state.h[k * n + a] = cross
      }
    },
  }
  return state
}

/** Fits by maximum likelihood. Refuses when nobody left or stayed, or covariates do not differ. */
export function fitHazard(link: HazardLink, cells: HazardCells, design: Design, options: HazardOptions = {}): HazardFit {
  const model = `hazard-${link}`
  const kind = options.baseline ?? 'log'
  let [customers, lost] = [0, 0]
  const renewals = new Set<number>()
  cells.t.forEach((t, i) => {
    const w = cells.weight?.[i] ?? 1
    customers += w
    if (cells.lost[i] === 1) {
      lost += w
      renewals.add(t)
    }
  })
  const refused = (reason: string): HazardFit => ({
    ...refuse<Record<string, number>>(model, reason, cells.t.length, customers),
    link,
    baseline: [],
    kind,
    effects: [],
    frailty: 0,
  })
  if (!(customers > 0)) return refused('there are no customers')
  if (lost === 0) return refused('nobody has left yet; a model of leaving has nothing to learn from')
  if (kind === 'log' && renewals.size < 2) return refused('customers left at one renewal only; tenure cannot be told from level')
  const still = design.columns.findIndex((column) => column.every((value) => value === column[0]))
  if (still >= 0) return refused(`covariate ${design.names[still]} is the same for every customer, so it explains nothing`)
  const levels = kind === 'log' ? 2 : Math.max(...renewals)
  if (kind === 'period' && renewals.size < levels) return refused('at some renewals nobody left; use the baseline log')
  if (lost < 5 * (levels + design.names.length))
    return refused(`${lost} customers left; at least 5 for each of ${levels + design.names.length} parameters are needed`)
  const baselineNames = kind === 'log' ? ['intercept', 'ln_t'] : Array.from({ length: levels }, (_, i) => `renewal_${i + 1}`)
  const names = [...baselineNames, ...design.names, ...(link === 'frailty' ? ['variance'] : [])]
  const k = levels + design.names.length
  const share = lost / cells.t.reduce((sum, t, i) => sum + (cells.weight?.[i] ?? 1) * t, 0)
  const level = link === 'logit' ? Math.log(share / (1 - share)) : Math.log(-Math.log1p(-share))
  const start = (variance: number): number[] =>
    names.map((_, j) => (j < levels && (kind === 'period' || j === 0) ? level : j === k ? variance : 0))
  const fit = maximiseWorking<Record<string, number>>({
    model,
    names,
    plain: names.map((_, j) => j < k),
    logLikelihood: hazardLogLikelihood(link, cells, design, kind, levels),
    customers,
    cells: cells.t.length,
    starts: link === 'frailty' ? [start(0.5), start(2)] : [start(0)],
    runaway: { variance: 'customers hardly differ beyond what is known of them; hazard-cloglog would do' },
  })
  const values = names.map((name) => fit.parameters![name]!)
  return {
    ...fit,
    link,
    kind,
    baseline: values.slice(0, levels),
    frailty: link === 'frailty' ? values[k]! : 0,
    effects: design.names.map((name, c) => {
      const [estimate, standardError] = [values[levels + c]!, fit.standardErrors![name]!]
      const z = estimate / standardError
      return { process: 'leaving', name, estimate, standardError, z, p: gammaQ(0.5, (z * z) / 2) }
    }),
  }
}

/** Share of customers with these covariates who renew at least t times. */
export function hazardSurvival(
  fit: Pick<HazardFit, 'link' | 'kind' | 'baseline' | 'effects' | 'frailty'>,
  z: ArrayLike<number>,
  t: number,
): number {
  const shift = fit.effects.reduce((sum, { estimate }, c) => sum + estimate * z[c]!, 0)
  let H = 0
  for (let u = 1; u <= t; u++) {
    const eta = baselineRow(fit.kind, fit.baseline.length, u).reduce((sum, value, j) => sum + value * fit.baseline[j]!, shift)
    H += fit.link === 'logit' ? softplus(eta) : Math.exp(eta)
  }
  return fit.frailty > 0 ? Math.exp(-Math.log1p(fit.frailty * H) / fit.frailty) : Math.exp(-H)
}

/**
 * Discounted expected lifetime in payments just before renewal n (n = 0: a new customer, first payment at once), at rate d per period,
 * over `most` periods at most: sum_{t>=n} S(t)/S(n-1) (1+d)^-(t-n).
 */
export function hazardLifetime(
  fit: Pick<HazardFit, 'link' | 'kind' | 'baseline' | 'effects' | 'frailty'>,
  z: ArrayLike<number>,
  d: number,
  n: number,
  most = 1000,
): number {
  if (!(d > 0)) throw new RangeError(`a discount rate per period must be positive; got ${d}`)
  const before = n > 0 ? hazardSurvival(fit, z, n - 1) : 1
  let total = 0
  for (let t = n; t < n + most; t++) {
    const term = (hazardSurvival(fit, z, t) / before) * (1 + d) ** -(t - n)
    total += term
    if (term < 1e-12 * total) break
  }
  return total
}

/** Tenures of customers watched for so many renewals; z is one row each. */
export function simulateHazard(
  random: Random,
  fit: Pick<HazardFit, 'link' | 'kind' | 'baseline' | 'effects' | 'frailty'>,
  design: Design,
  size: number,
  periods: number,
): Required<Omit<HazardCells, 'weight'>> {
  const [t, lost] = [new Float64Array(size), new Float64Array(size)]
  for (let i = 0; i < size; i++) {
    const shift = fit.effects.reduce((sum, { estimate }, c) => sum + estimate * design.columns[c]![i]!, 0)
    const frailty = fit.frailty > 0 ? random.gamma(1 / fit.frailty, 1 / fit.frailty) : 1
    t[i] = periods
    for (let u = 1; u <= periods; u++) {
      const eta = baselineRow(fit.kind, fit.baseline.length, u).reduce((sum, value, j) => sum + value * fit.baseline[j]!, shift)
      const step = fit.link === 'logit' ? softplus(eta) : frailty * Math.exp(eta)
      if (random.next() >= -Math.expm1(-step)) continue
      t[i] = u
      lost[i] = 1
      break
    }
  }
  return { t, lost }
}
