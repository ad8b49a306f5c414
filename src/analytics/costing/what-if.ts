/** Customers beside their costs by activity, in ten-thousandths of the currency as whole numbers in doubles, and minutes. */
export interface CostMatrix {
  /** Customer keys in order; those of identified customers only. */
  keys: Float64Array
  /** Contribution less cost-to-serve as published; NaN where no product cost is known. */
  profit: Float64Array
  activities: { id: string; pool: string; cost: Float64Array; minutes: Float64Array }[]
}

/** What an activity would cost: its published costs times a factor, or new minutes at a rate in units per minute. */
export type Change = { factor: number } | { minutes: Float64Array; unitsPerMinute: number }

export interface Side {
  /** In units. */
  profit: bigint
  costToServe: bigint
  losing: number
}

export interface Mover {
  key: number
  before: number
  after: number
}

export interface Effect {
  before: Side
  after: Side
  /** Customers whose profit would fall below zero, and rise to it. */
  turnedToLoss: number
  turnedToProfit: number
  gains: Mover[]
  losses: Mover[]
}

/**
 * What would change for customers if some activities cost otherwise: profit is linear in rates and minutes, so only the columns that change
 * are visited, once.
 */
export function effectOf(matrix: CostMatrix, changes: ReadonlyMap<string, Change>, most: number): Effect {
  const n = matrix.keys.length
  const moved = new Float64Array(n)
  for (const { id, cost } of matrix.activities) {
    const change = changes.get(id)
    if (!change) continue
    if ('factor' in change) {
      if (change.factor === 1) continue
      const { factor } = change
      for (let i = 0; i < n; i++) moved[i]! += Math.round(cost[i]! * factor) - cost[i]!
    } else {
      const { minutes, unitsPerMinute } = change
      for (let i = 0; i < n; i++) moved[i]! += Math.round(minutes[i]! * unitsPerMinute) - cost[i]!
    }
  }
  const served = new Float64Array(n)
  for (const { cost } of matrix.activities) for (let i = 0; i < n; i++) served[i]! += cost[i]!
  const gains = new Top(most)
  const losses = new Top(most)
  const sums = { profit: 0, cost: 0, moved: 0, movedProfit: 0, losing: 0, losingAfter: 0, toLoss: 0, toProfit: 0 }
  for (let i = 0; i < n; i++) {
    const change = moved[i]!
    sums.cost += served[i]!
    sums.moved += change
    const before = matrix.profit[i]!
    if (Number.isNaN(before)) continue
    const after = before - change
    sums.profit += before
    sums.movedProfit += change
    if (before < 0) sums.losing++
    if (after < 0) sums.losingAfter++
    if (before >= 0 && after < 0) sums.toLoss++
    if (before < 0 && after >= 0) sums.toProfit++
    if (change < 0) gains.offer(i, -change)
    else if (change > 0) losses.offer(i, change)
  }
  const mover = (i: number): Mover => ({ key: matrix.keys[i]!, before: matrix.profit[i]!, after: matrix.profit[i]! - moved[i]! })
  const units = (x: number) => BigInt(Math.round(x))
  return {
    before: { profit: units(sums.profit), costToServe: units(sums.cost), losing: sums.losing },
    after: { profit: units(sums.profit - sums.movedProfit), costToServe: units(sums.cost + sums.moved), losing: sums.losingAfter },
    turnedToLoss: sums.toLoss,
    turnedToProfit: sums.toProfit,
    gains: gains.sorted().map(mover),
    losses: losses.sorted().map(mover),
  }
}

/** The places of the largest few values, ties to the earlier place. */
class Top {
  private readonly most: number
  private readonly items: { place: number; value: number }[] = []

  constructor(most: number) {
    this.most = most
  }

  offer(place: number, value: number): void {
    const last = this.items[this.items.length - 1]
    if (this.items.length === this.most && last && value <= last.value) return
    let at = this.items.length
    while (at > 0 && this.items[at - 1]!.value < value) at--
    this.items.splice(at, 0, { place, value })
    if (this.items.length > this.most) this.items.pop()
  }

  sorted(): number[] {
    return this.items.map(({ place }) => place)
  }
}
