/** Scores of the cells of a customer base, and what they add up to with its uncertainty. */
import { normalQuantile } from '../../math/normal.ts'
import type { PurchaseCells } from './cells.ts'
import type { Fit } from './fit.ts'
import { type Candidate, moneyBounds, outlookOf, secondOfMoney } from './outlook.ts'
import type { SpendLaw } from './spend-law.ts'

/** Customers with equal histories, with the measure per purchase summed over them. */
export interface Base {
  cells: PurchaseCells & { weight: Float64Array }
  money: Float64Array
  moneySquares: Float64Array
  law: SpendLaw
}

export interface TotalWithBounds {
  value: number
  low: number | null
  high: number | null
}

export interface Scores {
  /** As relation value_score takes them; low and high are the bounds of the value over the measure per purchase. */
  columns: Record<string, Float64Array>
  totals: {
    /** Money of the horizon. */
    value: TotalWithBounds
    /** Customers who will buy at least once. */
    active: TotalWithBounds
  }
}

/** By which share of the actual the held-out part was missed. */
export interface Missed {
  money: number
  purchases: number
}

/** Width of all intervals. */
const level = 0.9

/**
 * Scores each cell and adds up. The variance of a total holds chance (each customer's own, independent), the parameters of the purchase model
 * (delta method over the covariance of the log-parameters) and, since no model holds exactly, the share by which the held-out part was
 * missed, taken as one draw of the model's error. Bounds of single customers hold chance alone, which outweighs the rest by far.
 */
export function scoreCells(
  model: Candidate,
  fit: Fit<Record<string, number>>,
  base: Base,
  horizon: number,
  delta: number,
  missed: Missed,
): Scores {
  const { cells, money, moneySquares, law } = base
  const parameters = fit.parameters!
  const size = cells.x.length
  const column = (): Float64Array => new Float64Array(size)
  const columns = {
    age_days: cells.T.map((weeks) => Math.round(7 * weeks)),
    x: cells.x,
    recency_days: cells.tx.map((weeks) => Math.round(7 * weeks)),
    alive: column(),
    buys_again: column(),
    expected: column(),
    discounted: column(),
    low: column(),
    high: column(),
  }
  let [value, active, chance, activeChance] = [0, 0, 0, 0]
  for (let i = 0; i < size; i++) {
    const outlook = outlookOf(model, parameters, historyOf(cells, i), horizon, delta)
    const spread = law.spread(cells.x[i]! + 1)
    columns.alive[i] = outlook.alive
    columns.buys_again[i] = 1 - outlook.none
    columns.expected[i] = outlook.mean
    columns.discounted[i] = outlook.discounted
    const scale = outlook.mean > 0 ? outlook.discounted / outlook.mean : 1
    const bounds = spread ? moneyBounds(outlook, spread, level) : null
    columns.low[i] = bounds ? bounds.low * scale : Number.NaN
    columns.high[i] = bounds ? bounds.high * scale : Number.NaN
    value += money[i]! * outlook.discounted
    active += cells.weight[i]! * (1 - outlook.none)
    chance += spread ? moneySquares[i]! * scale * scale * (secondOfMoney(outlook, spread) - outlook.mean * outlook.mean) : Number.NaN
    activeChance += cells.weight[i]! * outlook.none * (1 - outlook.none)
  }
  const relative = relativeVariances(model, fit, base, horizon, delta)
  const z = normalQuantile((1 + level) / 2)
  const bounded = (total: number, variance: number): TotalWithBounds => {
    const reach = z * Math.sqrt(variance)
    return Number.isFinite(reach) ? { value: total, low: total - reach, high: total + reach } : { value: total, low: null, high: null }
  }
  return {
    columns,
    totals: {
      value: bounded(value, chance + value * value * (relative.value + missed.money * missed.money)),
      active: bounded(active, activeChance + active * active * (relative.active + missed.purchases * missed.purchases)),
    },
  }
}

const historyOf = ({ x, tx, T }: PurchaseCells, i: number) => ({ x: x[i]!, tx: tx[i]!, T: T[i]! })

/** Cells by which the totals' dependence on the parameters is measured; it is relative, so a thin sample of a large base will do. */
const sampleCells = 2000

/** Variance of ln(total) from the parameters: g' C g, g the derivatives by the log-parameters, C their covariance. */
function relativeVariances(
  model: Candidate,
  { parameters, logCovariance }: Fit<Record<string, number>>,
  { cells, money }: Base,
  horizon: number,
  delta: number,
): { value: number; active: number } {
  if (!parameters || !logCovariance) return { value: Number.NaN, active: Number.NaN }
  const stride = Math.max(1, Math.floor(cells.x.length / sampleCells))
  const totalsAt = (changed: Record<string, number>): [number, number] => {
    let [value, active] = [0, 0]
    for (let i = stride >> 1; i < cells.x.length; i += stride) {
      const outlook = outlookOf(model, changed, historyOf(cells, i), horizon, delta)
      value += money[i]! * outlook.discounted
      active += cells.weight[i]! * (1 - outlook.none)
    }
    return [value, active]
  }
  const names = Object.keys(parameters)
  const [value, active] = totalsAt(parameters)
  const step = 1e-3
  const slopes = names.map((name) => {
    const up = totalsAt({ ...parameters, [name]: parameters[name]! * Math.exp(step) })
    const down = totalsAt({ ...parameters, [name]: parameters[name]! * Math.exp(-step) })
    return { value: (up[0] - down[0]) / (2 * step * value), active: (up[1] - down[1]) / (2 * step * active) }
  })
  const variance = (pick: (slope: (typeof slopes)[number]) => number): number =>
    slopes.reduce(
      (sum, one, i) => sum + slopes.reduce((part, other, j) => part + pick(one) * logCovariance[i * names.length + j]! * pick(other), 0),
      0,
    )
  return { value: variance((slope) => slope.value), active: variance((slope) => slope.active) }
}
