/** Discounted purchases of an active customer by x and T, from a grid: histories are many, the function is smooth. */
import { gaussLegendre } from '../../math/quadrature.ts'
import type { HistoryModel } from '../value/index.ts'

export interface Ahead {
  /** Discounted purchases within the horizon of a customer active today. */
  purchases: number
  /** The same without end. */
  forever: number
}

export interface GridSettings {
  /** Largest repeat purchases and age that will be asked for. */
  mostX: number
  mostT: number
  horizonWeeks: number
  /** Continuous discount rate per week. */
  delta: number
}

/** Points of the grid in T beyond 0, evenly spaced in ln(1 + T/8). */
const nodesInT = 28
/** All x up to here are points, beyond it every sixth part further. */
const allUpTo = 24

/**
 * Bilinear in x and ln(1 + T/8), of D / (x + 1) x (T + 8), which hardly bends. Within 0.5 % of the function itself (see its test).
 *
 *     D(H) = e^(-delta H) E[Y(H)] + delta int_0^H e^(-delta t) E[Y(t)] dt,   by Simpson's rule in 8 steps
 *     D(infinity) = int_0^1 E[Y(-ln(u) / delta)] du,   by 24 points of Gauss-Legendre: DERT in closed form takes minutes where a and b run off
 */
export function outlookGrid<P>(model: HistoryModel<P>, parameters: P, settings: GridSettings): (x: number, T: number) => Ahead {
  const { mostX, mostT, horizonWeeks: H, delta } = settings
  const xs: number[] = []
  for (let x = 0; x <= mostX || xs.length < 2; x = x < allUpTo ? x + 1 : Math.ceil(x * (7 / 6))) xs.push(x)
  if (xs.at(-1)! < mostX) xs.push(mostX)
  const top = Math.log1p(Math.max(1, mostT) / 8)
  const steps = 8
  const { nodes, weights } = gaussLegendre(24)
  const scale = (x: number, T: number): number => (x + 1) / (T + 8)
  const [finite, endless] = [new Float64Array(xs.length * (nodesInT + 1)), new Float64Array(xs.length * (nodesInT + 1))]
  xs.forEach((x, i) => {
    for (let j = 0; j <= nodesInT; j++) {
      const T = 8 * Math.expm1((top * j) / nodesInT)
      // Somebody who bought at T: what lies ahead of an active customer does not depend on when the last purchase was.
      const tx = x === 0 ? 0 : T
      const alive = model.probabilityAlive(parameters, x, tx, T)
      const expected = (t: number): number => model.conditionalExpectedTransactions(parameters, t, x, tx, T) / alive
      const atEnd = Math.exp(-delta * H) * expected(H)
      let sum = atEnd
      for (let n = 1; n < steps; n++) sum += (n % 2 === 1 ? 4 : 2) * Math.exp((-delta * H * n) / steps) * expected((H * n) / steps)
      const at = i * (nodesInT + 1) + j
      finite[at] = (atEnd + (delta * H * sum) / (3 * steps)) / scale(x, T)
      let ever = 0
      for (let n = 0; n < nodes.length; n++) ever += (weights[n]! / 2) * expected(-Math.log((nodes[n]! + 1) / 2) / delta)
      endless[at] = ever / scale(x, T)
    }
  })
  return (x, T) => {
    let i = Math.min(xs.length - 2, x <= allUpTo ? Math.floor(x) : xs.findIndex((node) => node > x) - 1)
    if (i < 0) i = xs.length - 2
    const share = (x - xs[i]!) / (xs[i + 1]! - xs[i]!)
    const place = Math.min(nodesInT, (Math.log1p(T / 8) / top) * nodesInT)
    const j = Math.min(nodesInT - 1, Math.floor(place))
    const rest = place - j
    const at = (grid: Float64Array): number => {
      const row = (n: number): number => grid[n * (nodesInT + 1) + j]! * (1 - rest) + grid[n * (nodesInT + 1) + j + 1]! * rest
      return (row(i) * (1 - share) + row(i + 1) * share) * scale(x, T)
    }
    return { purchases: at(finite), forever: at(endless) }
  }
}
