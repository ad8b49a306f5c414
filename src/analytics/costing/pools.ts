import { decimalOf } from '../../shared/decimal.ts'
import type { Row } from '../../warehouse/port.ts'
import type { Booked } from './ledger.ts'
import type { CostModel, ModelActivity, ModelPool } from './model.ts'
import type { CostPeriod } from './months.ts'
import { assumedUse } from './starter.ts'

/** Minutes and events of one activity in one period. */
export interface ActivityMinutes {
  events: number
  /** Exact to six decimals, as text. */
  minutes: number
}

/** One pool in one period. */
export interface PoolPeriod {
  period: CostPeriod
  units: bigint
  capacity: number | null
  used: number
  assigned: bigint
}

export interface PoolResult {
  pool: ModelPool
  periods: PoolPeriod[]
  units: bigint
  capacity: number | null
  used: number
  assigned: bigint
  /** True where no capacity was given and a usual share of it is taken for used. */
  assumedCapacity: boolean
}

export interface Assignment {
  pools: PoolResult[]
  /** Cost by activity and period number, in units. */
  amounts: Map<string, bigint>
  amountOf(activity: string): bigint
}

export const cellKey = (activity: string, period: number): string => `${activity}\n${period}`

const sum = (values: Iterable<bigint>): bigint => [...values].reduce((a, b) => a + b, 0n)
const sumNumbers = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)

/** Channel and segment pools without activities and business pools keep their cost where it is. */
export const keepsCost = (model: CostModel, pool: ModelPool): boolean =>
  pool.level === 'business' ||
  ((pool.level === 'channel' || pool.level === 'segment') && !model.activities.some((one) => one.pool === pool.id))

/**
 * Rates, use and assigned cost of each pool and period: rate = cost / practical capacity, assigned = rate x minutes; what is left is unused
 * capacity and stays apart. With `spread` the rate is cost / used, which loads idle time on customers.
 */
export function assignPools(
  model: CostModel,
  booked: Booked,
  periods: readonly CostPeriod[],
  minutes: ReadonlyMap<string, ActivityMinutes>,
  spread: boolean,
): Assignment {
  const amounts = new Map<string, bigint>()
  const pools = model.pools
    .filter(({ level }) => level !== 'service')
    .map((pool): PoolResult => {
      const own = model.activities.filter((activity) => activity.pool === pool.id)
      const usedIn = (period: CostPeriod) => sumNumbers(own.map(({ id }) => minutes.get(cellKey(id, period.number))?.minutes ?? 0))
      const months = sumNumbers(periods.map((period) => period.months.length))
      const usedAll = sumNumbers(periods.map(usedIn))
      let assumedCapacity = false
      const capacityOf = (period: CostPeriod): number | null => {
        if (keepsCost(model, pool)) return null
        const given = period.months.map((month) => model.capacityIn(pool.id, month))
        if (given.every((capacity) => capacity !== null)) {
          // A yearly capacity that was cut into months comes together again.
          return Number(sumNumbers(given).toPrecision(14))
        }
        assumedCapacity = true
        return usedAll > 0 ? (usedAll / assumedUse) * (period.months.length / months) : null
      }
      const results = periods.map((period): PoolPeriod => {
        const units = sum(period.months.map((month) => booked.byPool.get(month)?.get(pool.id) ?? 0n))
        const used = usedIn(period)
        const capacity = capacityOf(period)
        const base = spread && used > 0 ? used : capacity
        let assigned = 0n
        const last = own.findLast(({ id }) => (minutes.get(cellKey(id, period.number))?.minutes ?? 0) > 0)
        own.forEach((activity) => {
          const taken = minutes.get(cellKey(activity.id, period.number))?.minutes ?? 0
          // With idle time spread, the last activity takes what rounding leaves, so that nothing is left over.
          const amount =
            spread && activity === last
              ? units - assigned
              : base === null || base <= 0
                ? 0n
                : BigInt(Math.round((Number(units) * taken) / base))
          amounts.set(cellKey(activity.id, period.number), amount)
          assigned += amount
        })
        return { period, units, capacity, used, assigned }
      })
      return {
        pool,
        periods: results,
        units: sum(results.map(({ units }) => units)),
        capacity: results.some(({ capacity }) => capacity === null) ? null : sumNumbers(results.map(({ capacity }) => capacity!)),
        used: usedAll,
        assigned: sum(results.map(({ assigned }) => assigned)),
        assumedCapacity,
      }
    })
  return { pools, amounts, amountOf: (activity) => sum(periods.map(({ number }) => amounts.get(cellKey(activity, number)) ?? 0n)) }
}

const perUnit = (units: bigint, amount: number | null): number | null =>
  amount === null || amount === 0 ? null : Number(units) / 10_000 / amount

/** Rows of `pool_cost`. */
export function poolRows(model: CostModel, pools: readonly PoolResult[]): Row[] {
  return pools.map((result) => {
    const { pool, units, capacity, used, assigned } = result
    const keeps = keepsCost(model, pool)
    return {
      pool_id: pool.id,
      title: pool.title,
      level: pool.level,
      cost: decimalOf(units),
      capacity_unit: keeps ? null : pool.unit,
      practical_capacity: capacity,
      rate: perUnit(units, capacity),
      full_rate: keeps ? null : perUnit(units, used),
      used: keeps ? null : used,
      used_share: capacity === null ? null : used / capacity,
      assigned: decimalOf(assigned),
      unused: decimalOf(keeps ? 0n : units - assigned),
      incremental: pool.incremental,
      assumed: pool.assumed,
    }
  })
}

/** Rows of `pool_period`. */
export function poolPeriodRows(model: CostModel, pools: readonly PoolResult[]): Row[] {
  return pools.flatMap(({ pool, periods }) =>
    periods.map(({ period, units, capacity, used, assigned }) => ({
      pool_id: pool.id,
      period: period.name,
      cost: decimalOf(units),
      practical_capacity: capacity,
      rate: perUnit(units, capacity),
      used: keepsCost(model, pool) ? null : used,
      used_share: capacity === null ? null : used / capacity,
      assigned: decimalOf(assigned),
      unused: decimalOf(keepsCost(model, pool) ? 0n : units - assigned),
    })),
  )
}

/** Whether a pool has idle capacity in the window: only then does one more event cost no more than its cash. */
export const isIdle = ({ capacity, used }: PoolResult): boolean => capacity !== null && used < capacity

/** Rows of `activity_cost`. */
export function activityRows(
  activities: readonly ModelActivity[],
  pools: readonly PoolResult[],
  minutesOf: (activity: string) => ActivityMinutes,
  amountOf: (activity: string) => bigint,
): Row[] {
  return activities.map((activity) => {
    const { events, minutes } = minutesOf(activity.id)
    const units = amountOf(activity.id)
    const pool = pools.find((one) => one.pool.id === activity.pool)!
    const each = events > 0 ? Number(units) / 10_000 / events : null
    return {
      activity_id: activity.id,
      title: activity.title,
      pool_id: activity.pool,
      level: activity.level,
      driven_by: activity.from,
      equation: activity.equation.source,
      events,
      minutes,
      cost: decimalOf(units),
      cost_per_event: each,
      floor_per_event: each === null ? null : isIdle(pool) ? each * pool.pool.incremental : each,
      assumed: activity.assumed,
    }
  })
}
