import { decimalOf } from '../../shared/decimal.ts'
import type { Row } from '../../warehouse/port.ts'
import { allocate } from './allocate.ts'
import type { Measured } from './measure.ts'
import type { CostModel } from './model.ts'
import type { CostPeriod } from './months.ts'
import { type Assignment, cellKey, keepsCost, type PoolResult } from './pools.ts'

interface Cost {
  level: string
  object: string
  activity: string
  events: number
  minutes: number
  units: bigint
}

/** What channels and segments cost, each activity spread over them by largest remainder, period by period. Rows of `level_cost`. */
export function levelCostRows(
  model: CostModel,
  pools: readonly PoolResult[],
  objects: Measured['objects'],
  { amounts }: Assignment,
  periods: readonly CostPeriod[],
): Row[] {
  const costs = new Map<string, Cost>()
  const add = (level: string, object: string, activity: string, events: number, minutes: number, units: bigint) => {
    const key = `${level}\n${object}\n${activity}`
    const cost = costs.get(key) ?? { level, object, activity, events: 0, minutes: 0, units: 0n }
    cost.events += events
    cost.minutes += minutes
    cost.units += units
    costs.set(key, cost)
  }
  for (const { level, activities, rows } of objects)
    for (const { id, column } of activities)
      for (const { number } of periods) {
        const own = rows.filter((row) => Number(row.period_no) === number && Number(row[`m${column}`]) > 0)
        if (own.length === 0) continue
        const minutes = own.map((row) => Number(row[`m${column}`]))
        allocate(amounts.get(cellKey(id, number)) ?? 0n, minutes).forEach((units, i) => {
          add(level, String(own[i]!.object_id), id, Number(own[i]![`e${column}`]), minutes[i]!, units)
        })
      }
  for (const { pool, units } of pools)
    if (pool.level !== 'business' && keepsCost(model, pool)) add(pool.level, '(all)', pool.id, 0, 0, units)
  return [...costs.values()].map(({ level, object, activity, events, minutes, units }) => ({
    level,
    object_id: object,
    activity_id: activity,
    events,
    minutes,
    cost: decimalOf(units),
  }))
}
