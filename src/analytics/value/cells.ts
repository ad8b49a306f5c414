/**
 * Purchase histories as weighted cells: customers with equal histories are one row of typed arrays with a weight.
 *
 * A fit on cells gives exactly the answer of a fit customer by customer, at the cost of the distinct histories.
 */

import { formatCounted } from '../../shared/format.ts'

export interface PurchaseCells {
  /** Repeat purchases after the first, whole numbers. */
  x: Float64Array
  /** Time from first to last purchase; 0 where x is 0. Same unit as T. */
  tx: Float64Array
  /** Time from first purchase to the cut-off. */
  T: Float64Array
  /** Customers in the cell; one each when left out. */
  weight?: Float64Array | undefined
  /** Sum over the customer's intervals of ln(interval); only the models of regular purchases need it. */
  logIntervals?: Float64Array | undefined
}

/** Number of customers in the cells. */
export function customersIn(cells: PurchaseCells): number {
  return cells.weight ? cells.weight.reduce((total, weight) => total + weight, 0) : cells.x.length
}

/**
 * Merges rows with equal x, tx and T (logIntervals are added up, which is all a likelihood needs) and sorts them by T, x, tx, so that
 * equal data in any order give the same cells and, summed in the same order, the same fit to the last bit.
 *
 * @param apart keeps customers with different logIntervals in different cells, as a model of each one's regularity needs; defaults to false
 */
export function groupCells(rows: PurchaseCells, apart = false): Required<Pick<PurchaseCells, 'x' | 'tx' | 'T' | 'weight'>> & PurchaseCells {
  const { x, tx, T, weight, logIntervals } = rows
  const order = Uint32Array.from({ length: x.length }, (_, i) => i).sort(
    (i, j) => T[i]! - T[j]! || x[i]! - x[j]! || tx[i]! - tx[j]! || (logIntervals ? logIntervals[i]! - logIntervals[j]! : 0),
  )
  const size = x.length
  const grouped = {
    x: new Float64Array(size),
    tx: new Float64Array(size),
    T: new Float64Array(size),
    weight: new Float64Array(size),
    logIntervals: logIntervals ? new Float64Array(size) : undefined,
  }
  let cell = -1
  let last: number | undefined
  for (const row of order) {
    const same = cell >= 0 && grouped.x[cell] === x[row] && grouped.tx[cell] === tx[row] && grouped.T[cell] === T[row]
    if (!same || (apart && last !== logIntervals?.[row])) {
      cell++
      last = logIntervals?.[row]
      grouped.x[cell] = x[row]!
      grouped.tx[cell] = tx[row]!
      grouped.T[cell] = T[row]!
    }
    grouped.weight[cell]! += weight ? weight[row]! : 1
    if (grouped.logIntervals && logIntervals) grouped.logIntervals[cell]! += logIntervals[row]! * (weight ? weight[row]! : 1)
  }
  // Within a cell the mean log interval stands for each customer.
  if (grouped.logIntervals) for (let i = 0; i <= cell; i++) grouped.logIntervals[i]! /= grouped.weight[i] || 1
  const cut = (values: Float64Array): Float64Array => values.subarray(0, cell + 1)
  return {
    x: cut(grouped.x),
    tx: cut(grouped.tx),
    T: cut(grouped.T),
    weight: cut(grouped.weight),
    logIntervals: grouped.logIntervals && cut(grouped.logIntervals),
  }
}

/**
 * A small, weighted sample of the cells for finding a start: heavy cells are all kept, of the light ones every k-th with k times its
 * weight. Deterministic.
 */
export function thinCells(cells: PurchaseCells, about: number): PurchaseCells {
  const size = cells.x.length
  if (size <= 2 * about) return cells
  const stride = Math.floor(size / about)
  const kept: number[] = []
  const weights: number[] = []
  let light = 0
  for (let i = 0; i < size; i++) {
    const weight = cells.weight?.[i] ?? 1
    if (weight >= stride) {
      kept.push(i)
      weights.push(weight)
    } else if (light++ % stride === stride >> 1) {
      kept.push(i)
      weights.push(weight * stride)
    }
  }
  const pick = (values: Float64Array): Float64Array => Float64Array.from(kept, (i) => values[i]!)
  return {
    x: pick(cells.x),
    tx: pick(cells.tx),
    T: pick(cells.T),
    weight: Float64Array.from(weights),
    logIntervals: cells.logIntervals && pick(cells.logIntervals),
  }
}

/** What a history model must see before it is fitted. */
export interface Evidence {
  customers: number
  repeatBuyers: number
  meanT: number
  meanX: number
  /** Repeat purchases per unit of observed time; the scale of the first guesses. */
  rate: number
}

export function evidenceIn(cells: PurchaseCells): Evidence {
  let customers = 0
  let repeatBuyers = 0
  let totalT = 0
  let totalX = 0
  for (let i = 0; i < cells.x.length; i++) {
    const weight = cells.weight?.[i] ?? 1
    customers += weight
    if (cells.x[i]! > 0) repeatBuyers += weight
    totalT += weight * cells.T[i]!
    totalX += weight * cells.x[i]!
  }
  return { customers, repeatBuyers, meanT: totalT / customers, meanX: totalX / customers, rate: totalX / totalT }
}

/** Customers who bought again, below which nothing is fitted unless told otherwise: a prior makes up for some. */
export const fewestRepeatBuyers = ({ minimumRepeatBuyers, prior }: { minimumRepeatBuyers?: number; prior?: number }): number =>
  minimumRepeatBuyers ?? (prior === undefined ? 50 : 10)

/** Why these histories cannot carry a model of repeat purchases, or undefined when they can. */
export function whyTooThin(evidence: Evidence, minimumRepeatBuyers: number): string | undefined {
  if (!(evidence.customers > 0)) return 'there are no customers'
  if (evidence.repeatBuyers === 0) return 'nobody has bought again yet; a model of repeat purchases has nothing to learn from'
  if (evidence.repeatBuyers < minimumRepeatBuyers)
    return `only ${formatCounted(evidence.repeatBuyers, 'customer')} ${evidence.repeatBuyers === 1 ? 'has' : 'have'} bought again; at least ${minimumRepeatBuyers} are needed`
  return undefined
}
