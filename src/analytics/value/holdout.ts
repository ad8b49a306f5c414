/** How well a model fitted on the first part of the data told the rest. */
import type { PurchaseCells } from './cells.ts'
import type { Candidate } from './outlook.ts'

/** Frequencies told apart: 0 to 6, and 7 and more together. */
export const frequencyGroups = 8

export interface HoldoutCells extends PurchaseCells {
  weight: Float64Array
  /** Purchases after the calibration, of all customers of the cell. */
  later: Float64Array
}

export interface Proof {
  actual: number
  expected: number
  /** Sum over groups of |expected - actual|, over the actual. */
  misplaced: number
  /** By repeat purchases in the calibration. */
  groups: { frequency: number; customers: number; actual: number; expected: number }[]
  /** Expected purchases of one customer of each cell. */
  perCustomer: Float64Array
  /** Chance that the customer of each cell buys nothing; of a naive rule there is none. */
  none: Float64Array
}

/** Holds the expectation of each cell against what came. */
export function prove(cells: HoldoutCells, tell: (x: number, tx: number, T: number) => { mean: number; none: number }): Proof {
  const groups = Array.from({ length: frequencyGroups }, (_, frequency) => ({ frequency, customers: 0, actual: 0, expected: 0 }))
  const perCustomer = new Float64Array(cells.x.length)
  const none = new Float64Array(cells.x.length)
  for (let i = 0; i < cells.x.length; i++) {
    const told = tell(cells.x[i]!, cells.tx[i]!, cells.T[i]!)
    perCustomer[i] = told.mean
    none[i] = told.none
    const group = groups[Math.min(cells.x[i]!, frequencyGroups - 1)]!
    group.customers += cells.weight[i]!
    group.actual += cells.later[i]!
    group.expected += cells.weight[i]! * perCustomer[i]!
  }
  const total = (pick: (group: (typeof groups)[number]) => number): number => groups.reduce((sum, group) => sum + pick(group), 0)
  const actual = total((group) => group.actual)
  return {
    actual,
    expected: total((group) => group.expected),
    misplaced: total((group) => Math.abs(group.expected - group.actual)) / actual,
    groups: groups.filter(({ customers }) => customers > 0),
    perCustomer,
    none,
  }
}

/** The naive rule: everybody goes on at the rate of the past. */
export function ownRate(length: number): (x: number, tx: number, T: number) => { mean: number; none: number } {
  return (x, _tx, T) => ({ mean: T > 0 ? (x / T) * length : 0, none: Number.NaN })
}

/**
 * Cumulative repeat purchases at the end of each full week, as they came and as the model expects them of customers of whom only the day of
 * the first purchase is known. Days count from the first purchase of all.
 */
export function track(
  model: Candidate,
  parameters: Record<string, number>,
  firsts: { day: Float64Array; customers: Float64Array },
  repeats: { day: Float64Array; purchases: Float64Array },
  weeks: number,
): { actual: Float64Array; expected: Float64Array } {
  const actual = new Float64Array(weeks)
  const expected = new Float64Array(weeks)
  for (let i = 0; i < repeats.day.length; i++) {
    const week = Math.floor(repeats.day[i]! / 7)
    if (week < weeks) actual[week]! += repeats.purchases[i]!
  }
  const byAge = new Map<number, number>()
  const expectedAt = (days: number): number => {
    let value = byAge.get(days)
    if (value === undefined) {
      value = model.expectedNew(parameters, days / 7)
      byAge.set(days, value)
    }
    return value
  }
  for (let week = 0; week < weeks; week++) {
    if (week > 0) actual[week]! += actual[week - 1]!
    for (let i = 0; i < firsts.day.length; i++) {
      const age = 7 * (week + 1) - firsts.day[i]!
      if (age > 0) expected[week]! += firsts.customers[i]! * expectedAt(age)
    }
  }
  return { actual, expected }
}
