import { AppError } from '../../shared/errors.ts'

/** What a group of resources costs and can do in a period. */
export interface Pool {
  /** Cost of the capacity supplied, in money. */
  cost: number
  /** Capacity that can really be used: presence less breaks, training and meetings; in minutes or another unit. */
  practicalCapacity: number
}

export interface PoolUse {
  /** Money per unit of practical capacity. */
  rate: number
  /** Units of capacity used. */
  used: number
  /** Used share of practical capacity; above 1 is overload. */
  usedShare: number
  /** Units not used; negative when overloaded. */
  unused: number
  /** Money for used capacity, by activity. */
  assigned: Record<string, number>
  /** Money for unused capacity, kept apart and never re-spread to customers; negative when overloaded. */
  unusedCost: number
  overloaded: boolean
}

/**
 * Time-driven costing of one pool: rate = cost / practical capacity, cost of an activity = rate x time, and what is left is the cost of unused capacity.
 *
 * The denominator is practical capacity, never used capacity: with used capacity a falling load would raise the rate, and with it prices, and drive the rest away.
 * Kaplan & Anderson (2004), Harvard Business Review 82(11).
 *
 * @param used units of capacity by activity
 */
export function usePool(pool: Pool, used: Readonly<Record<string, number>>): PoolUse {
  if (!(pool.practicalCapacity > 0 && pool.practicalCapacity < Number.POSITIVE_INFINITY)) {
    throw new AppError('pool.capacity', `practical capacity must be above 0; got ${pool.practicalCapacity}`, {
      hint: 'about 80 to 85 % of the theoretical capacity is usual',
    })
  }
  const rate = pool.cost / pool.practicalCapacity
  let total = 0
  const assigned: Record<string, number> = {}
  for (const [activity, units] of Object.entries(used)) {
    if (!(units >= 0)) throw new AppError('pool.used', `the capacity that ${activity} uses must not be negative; got ${units}`)
    total += units
    assigned[activity] = rate * units
  }
  const unused = pool.practicalCapacity - total
  return {
    rate,
    used: total,
    usedShare: total / pool.practicalCapacity,
    unused,
    assigned,
    unusedCost: rate * unused,
    overloaded: unused < 0,
  }
}
