/**
 * Pareto/NBD with covariates that change with time: seasons, campaigns, prices (Bachmann, Meierer and Naef 2021). Formulas of the
 * likelihood in pareto-nbd-over-time-likelihood.ts; given a history the customer's rates are Gamma(r+x, alpha+B(T)) and Gamma(s, beta+D(T)),
 * so that every answer is that of the plain model on the clocks from T on. What lies ahead must be in the calendars.
 */
import { lgamma, logRising } from '../../math/gamma.ts'
import { gammaQ } from '../../math/incomplete.ts'
import { gaussLegendre } from '../../math/quadrature.ts'
import type { Random } from '../../math/random.ts'
import { type Calendar, type Clock, runClock } from './calendar.ts'
import { customersIn, evidenceIn, fewestRepeatBuyers, whyTooThin } from './cells.ts'
import type { CovariateFit, Effect } from './covariates.ts'
import { maximiseWorking, type Prior, refuse } from './fit.ts'
import type { FitOptions } from './history-model.ts'
import { type ParetoNbdParameters, paretoNbd } from './pareto-nbd.ts'
import { type DatedCells, overTimeLogLikelihood } from './pareto-nbd-over-time-likelihood.ts'

export interface OverTimeParameters extends ParetoNbdParameters {
  /** Effects on the purchase rate, one for each covariate of its calendar. */
  purchase: number[]
  /** Effects on the leaving rate. */
  leaving: number[]
}

export interface Calendars {
  purchase: Calendar
  leaving: Calendar
}

/** A calendar without covariates: time as it is. */
export const plainCalendar: Calendar = { names: [], from: new Float64Array([0]), values: [] }

export interface OverTimeOptions extends FitOptions {
  /** Standard deviation of a normal prior on effects, per standard deviation of the covariate over time. */
  ridge?: number
}

/** Fits by maximum likelihood, and tests it against the model without covariates. */
export function fitParetoNbdOverTime(cells: DatedCells, calendars: Calendars, options: OverTimeOptions = {}): CovariateFit {
  const name = 'pareto-nbd'
  const evidence = evidenceIn(cells)
  const none = { base: undefined, effects: [], likelihoodRatio: undefined }
  const refused = (reason: string): CovariateFit => ({
    ...refuse<Record<string, number>>(name, reason, cells.x.length, customersIn(cells)),
    ...none,
  })
  const thin = whyTooThin(evidence, fewestRepeatBuyers(options))
  if (thin) return refused(thin)
  const plain = paretoNbd.fit(cells, options)
  if (!plain.parameters) return refused(plain.reason ?? plain.status)
  const span = {
    from: Math.min(...cells.start),
    to: cells.start.reduce((last, start, i) => Math.max(last, start + cells.T[i]!), -Infinity),
  }
  const scales = { purchase: spread(calendars.purchase, span), leaving: spread(calendars.leaving, span) }
  for (const process of ['purchase', 'leaving'] as const) {
    const flat = calendars[process].names.find((_, c) => !(scales[process][c]! > 1e-9))
    if (flat) return refused(`covariate ${flat} does not change between the first purchase and the end of the data`)
  }
  const scaled = { purchase: divide(calendars.purchase, scales.purchase), leaving: divide(calendars.leaving, scales.leaving) }
  const effects = (['purchase', 'leaving'] as const).flatMap((process) =>
    calendars[process].names.map((column, c) => ({ process, name: column, scale: scales[process][c]! })),
  )
  const keys = ['r', 'alpha', 's', 'beta', ...effects.map(({ process, name: column }) => `${process}.${column}`)]
  const n = keys.length
  const dated = { ...cells, atPurchases: cells.atPurchases.map((sums, c) => sums.map((sum) => sum / scales.purchase[c]!)) }
  const { r, alpha, s, beta } = plain.parameters
  const fit = maximiseWorking<Record<string, number>>({
    model: name,
    names: keys,
    plain: keys.map((_, k) => k >= 4),
    logLikelihood: overTimeLogLikelihood(dated, scaled.purchase, scaled.leaving),
    customers: evidence.customers,
    cells: cells.x.length,
    starts: [[r, alpha, s, beta, ...effects.map(() => 0)]],
    prior: options.ridge === undefined ? undefined : ridge(n, options.ridge),
    tolerance: 1e-8,
  })
  const by = (k: number): number => (k < 4 ? 1 : 1 / effects[k - 4]!.scale)
  const covariance = fit.logCovariance!.map((entry, at) => entry * by(Math.floor(at / n)) * by(at % n))
  const parameters = Object.fromEntries(keys.map((key, k) => [key, fit.parameters![key]! * by(k)]))
  const told = effects.map(({ process, name: column }, e): Effect => {
    const estimate = parameters[keys[4 + e]!]!
    const standardError = Math.sqrt(covariance[(4 + e) * n + 4 + e]!)
    const z = estimate / standardError
    return { process, name: column, estimate, standardError, z, p: gammaQ(0.5, (z * z) / 2) }
  })
  const statistic = 2 * (fit.logLikelihood - plain.logLikelihood)
  return {
    ...fit,
    parameters,
    standardErrors: Object.fromEntries(keys.map((key, k) => [key, fit.standardErrors![key]! * by(k)])),
    logCovariance: covariance,
    base: Object.fromEntries(keys.slice(0, 4).map((key) => [key, parameters[key]!])),
    effects: told,
    likelihoodRatio: {
      without: plain.logLikelihood,
      statistic,
      freedom: effects.length,
      p: effects.length > 0 ? gammaQ(effects.length / 2, Math.max(0, statistic) / 2) : 1,
    },
  }
}

/** The parameters of a fit as the functions below take them. */
export function overTimeParameters({ base, effects }: CovariateFit): OverTimeParameters {
  const of = (process: string): number[] => effects.filter((effect) => effect.process === process).map(({ estimate }) => estimate)
  return { ...(base as unknown as ParetoNbdParameters), purchase: of('purchase'), leaving: of('leaving') }
}

function ridge(n: number, sd: number): Prior {
  const precision = new Float64Array(n * n)
  for (let k = 4; k < n; k++) precision[k * n + k] = 1 / (sd * sd)
  return { mean: new Float64Array(n), precision }
}

/** Standard deviation over time of each covariate between two times. */
function spread({ from, values }: Calendar, span: { from: number; to: number }): number[] {
  return values.map((column) => {
    let [time, sum, squares] = [0, 0, 0]
    column.forEach((value, p) => {
      const begin = Math.max(p === 0 ? -Infinity : from[p]!, span.from)
      const length = Math.max(0, Math.min(from[p + 1] ?? Infinity, span.to) - begin)
      time += length
      sum += length * value
      squares += length * value * value
    })
    return Math.sqrt(Math.max(0, squares / time - (sum / time) ** 2))
  })
}

const divide = (calendar: Calendar, scales: number[]): Calendar => ({
  ...calendar,
  values: calendar.values.map((column, c) => column.map((value) => value / scales[c]!)),
})

/** A history on the calendar: repeat purchases, the last one, the end, and the calendar's time of the first. */
export interface DatedHistory {
  x: number
  tx: number
  T: number
  start: number
}

export interface ParetoNbdOverTime {
  logLikelihood(cells: DatedCells): number
  probabilityAlive(history: DatedHistory): number
  /** Expected repeat purchases in (0, t] of a customer won at `start`. */
  expectedTransactions(start: number, t: number): number
  /** Expected purchases in (T, T + t]. */
  conditionalExpectedTransactions(t: number, history: DatedHistory): number
  /** The same, each discounted to T at a continuous rate per unit of time. There is no end to infinity: covariates end. */
  discountedExpectedTransactions(delta: number, t: number, history: DatedHistory): number
  /** P(0), ..., P(most) purchases in (T, T + t]. */
  distribution(t: number, most: number, history: DatedHistory): Float64Array
  /** One customer for each start, observed for T, and what they buy in the horizon after it. */
  simulate(
    random: Random,
    start: ArrayLike<number>,
    T: ArrayLike<number>,
    horizon?: number,
  ): DatedCells & { future: Float64Array; alive: Float64Array }
}

/** The model at given parameters and calendars. */
export function paretoNbdOverTime(p: OverTimeParameters, calendars: Calendars): ParetoNbdOverTime {
  const B = runClock(calendars.purchase, p.purchase)
  const D = runClock(calendars.leaving, p.leaving)
  const theta = Float64Array.from([Math.log(p.r), Math.log(p.alpha), Math.log(p.s), Math.log(p.beta), ...p.purchase, ...p.leaving])
  const breaks = [...new Set([...calendars.purchase.from, ...calendars.leaving.from])].sort((one, other) => one - other)

  /** Stretches of (from, to] within which both clocks are straight. */
  function stretches(from: number, to: number): [number, number][] {
    const inside = breaks.filter((at) => at > from && at < to)
    const ends = [from, ...inside, to]
    return ends.slice(1).map((end, i) => [ends[i]!, end])
  }

  /** integral over (from, to] of weight(u) b(u) (Q/(Q + D(u) - D(from)))^s du, by stretches. */
  function lived(Q: number, from: number, to: number, weight: (u: number) => number): number {
    const { nodes, weights } = gaussLegendre(12)
    const D0 = D.at(from)
    let total = 0
    for (const [begin, end] of stretches(from, to)) {
      const b = B.speed[B.period((begin + end) / 2)]!
      const parts = Math.max(1, Math.ceil((p.s * (D.at(end) - D.at(begin))) / (4 * (Q + D.at(begin) - D0))))
      for (let part = 0; part < parts; part++) {
        const half = (end - begin) / (2 * parts)
        for (let i = 0; i < nodes.length; i++) {
          const u = begin + half * (2 * part + 1 + nodes[i]!)
          total += weights[i]! * half * weight(u) * b * Math.exp(-p.s * Math.log1p((D.at(u) - D0) / Q))
        }
      }
    }
    return total
  }

  const cellsOf = ({ x, tx, T, start }: DatedHistory): DatedCells => ({
    x: new Float64Array([x]),
    tx: new Float64Array([tx]),
    T: new Float64Array([T]),
    start: new Float64Array([start]),
    // The speeds at purchases cancel in what is asked of a history.
    atPurchases: p.purchase.map(() => new Float64Array(1)),
  })
  const total = (cells: DatedCells): number =>
    overTimeLogLikelihood(cells, calendars.purchase, calendars.leaving)(
      theta,
      new Float64Array(theta.length),
      new Float64Array(theta.length ** 2),
    )

  function probabilityAlive(history: DatedHistory): number {
    const { x, T, start } = history
    const [A, Q] = [p.alpha + since(B, start, T), p.beta + since(D, start, T)]
    const alive = logRising(p.r, x) + p.r * Math.log(p.alpha) + p.s * Math.log(p.beta) - (p.r + x) * Math.log(A) - p.s * Math.log(Q)
    return Math.min(1, Math.exp(alive - total(cellsOf(history))))
  }
  const since = (clock: Clock, start: number, t: number): number => clock.at(start + t) - clock.at(start)

  return {
    logLikelihood: total,
    probabilityAlive,
    expectedTransactions: (start, t) => (p.r / p.alpha) * lived(p.beta, start, start + t, () => 1),
    conditionalExpectedTransactions: (t, history) => discounted(0, t, history),
    discountedExpectedTransactions: discounted,
    distribution,
    simulate,
  }

  function discounted(delta: number, t: number, history: DatedHistory): number {
    const { x, T, start } = history
    const now = start + T
    const rate = (p.r + x) / (p.alpha + since(B, start, T))
    return probabilityAlive(history) * rate * lived(p.beta + since(D, start, T), now, now + t, (u) => Math.exp(-delta * (u - now)))
  }

  function distribution(t: number, most: number, history: DatedHistory): Float64Array {
    const { x, T, start } = history
    const [R, A, Q] = [p.r + x, p.alpha + since(B, start, T), p.beta + since(D, start, T)]
    const now = start + T
    const [B0, D0] = [B.at(now), D.at(now)]
    const alive = probabilityAlive(history)
    const result = new Float64Array(most + 1)
    const add = (u: number, weight: number): void => {
      const bought = (B.at(u) - B0) / A
      const logShare = Math.log(bought) - Math.log1p(bought)
      const logRest = -Math.log1p(bought)
      for (let k = 0; k <= most; k++)
        result[k]! += weight * Math.exp(logRising(R, k) - lgamma(k + 1) + (k > 0 ? k * logShare : 0) + R * logRest)
    }
    const stays = (u: number): number => Math.exp(-p.s * Math.log1p((D.at(u) - D0) / Q))
    const { nodes, weights } = gaussLegendre(12)
    for (const [begin, end] of stretches(now, now + t)) {
      // The counts bend where few are due yet: panels that double from the beginning.
      const edges = begin === now ? Array.from({ length: 24 }, (_, i) => begin + (end - begin) * 2 ** -(23 - i)) : [end]
      let from = begin
      for (const to of edges) {
        const half = (to - from) / 2
        for (let i = 0; i < nodes.length; i++) {
          const u = from + half * (nodes[i]! + 1)
          const d = D.speed[D.period(u)]!
          add(u, ((weights[i]! * half * p.s * d) / (Q + D.at(u) - D0)) * stays(u))
        }
        from = to
      }
    }
    add(now + t, stays(now + t))
    for (let k = 0; k <= most; k++) result[k] = alive * result[k]! + (k === 0 ? 1 - alive : 0)
    return result
  }

  function simulate(random: Random, start: ArrayLike<number>, T: ArrayLike<number>, horizon = 0) {
    const size = start.length
    const column = (): Float64Array => new Float64Array(size)
    const [x, tx, future, alive] = [column(), column(), column(), column()]
    const atPurchases = p.purchase.map(column)
    for (let i = 0; i < size; i++) {
      const lambda = random.gamma(p.r, p.alpha)
      const mu = random.gamma(p.s, p.beta)
      const end = D.when(D.at(start[i]!) + random.exponential() / mu)
      alive[i] = end > start[i]! + T[i]! ? 1 : 0
      for (let shown = B.at(start[i]!); ; ) {
        shown += random.exponential() / lambda
        const at = B.when(shown)
        if (!(at <= Math.min(end, start[i]! + T[i]! + horizon))) break
        if (at > start[i]! + T[i]!) future[i]!++
        else {
          x[i]!++
          tx[i] = at - start[i]!
          for (let c = 0; c < atPurchases.length; c++) atPurchases[c]![i]! += calendars.purchase.values[c]![B.period(at)]!
        }
      }
    }
    return { x, tx, T: Float64Array.from(T), start: Float64Array.from(start), atPurchases, future, alive }
  }
}
