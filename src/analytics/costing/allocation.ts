import { AppError } from '../../shared/errors.ts'
import type { Warehouse } from '../../warehouse/port.ts'
import * as query from './allocation.sql.ts'
import type { CostedActivity } from './facts.sql.ts'

/** What one activity costs in one period. */
export interface CellAmount {
  column: number
  period: number
  units: bigint
  minutes: number
}

interface Cell extends CellAmount {
  /** Bin in which the last unit falls, and where in it: remainders beyond `remainder`, or equal to it with a key up to `key`, get one more. */
  bin: number
  remainder: number
  key: number
  /** The customer who bears what floats gave away too much, and how much. */
  correctedKey: number
  correction: number
}

/**
 * Spreads the cost of each activity and period over the customers of `customer_minutes` by largest remainder, exactly, and makes the relation
 * `customer_units`. Three passes over the customers, none of them sorted.
 */
export async function allocateToCustomers(
  warehouse: Warehouse,
  activities: readonly CostedActivity[],
  amounts: readonly CellAmount[],
  periods: number,
  signal?: AbortSignal,
): Promise<void> {
  const cells = new Map(
    amounts.map((amount): [string, Cell] => [
      `${amount.column} ${amount.period}`,
      // No remainder is beyond 2, and no key is below 0.
      { ...amount, bin: -1, remainder: 2, key: -1, correctedKey: -1, correction: 0 },
    ]),
  )
  const cell = (column: unknown, period: unknown): Cell => cells.get(`${column} ${period}`)!
  await load(warehouse, 'cost_cell', activities, cells, periods)
  const left = new Map<Cell, bigint>()
  for (const row of await warehouse.rows(query.wholeParts('cost_cell', activities), { signal }))
    for (const { column } of activities) {
      const one = cell(column, row.period_no)
      left.set(one, magnitude(one.units) - BigInt(String(row[`f${column}`])))
    }

  const counts = new Map<Cell, Map<number, number>>()
  for (const row of await warehouse.rows(query.remainderCounts('cost_cell', activities), { signal })) {
    const one = cell(row.activity, row.period_no)
    counts.set(one, (counts.get(one) ?? new Map()).set(Number(row.bin), Number(row.customers)))
  }
  const wanted = new Map<Cell, number>()
  for (const [one, units] of left) {
    if (one.minutes <= 0) continue
    if (units < 0n) {
      one.correction = Number(units)
      continue
    }
    let rest = Number(units)
    const bins = counts.get(one) ?? new Map<number, number>()
    for (let bin = query.remainderBins - 1; bin >= 0 && rest > 0; bin--) {
      const customers = bins.get(bin) ?? 0
      if (customers >= rest) {
        one.bin = bin
        wanted.set(one, rest)
      }
      rest -= customers
    }
    // More units than customers with a part: floats lost a little everywhere; everybody gets one, and one customer the rest.
    if (rest > 0) {
      one.remainder = -1
      one.correction = rest
    }
  }
  await load(warehouse, 'cost_cell_binned', activities, cells, periods)
  const ranked = new Map<Cell, number>()
  for await (const rows of warehouse.stream(query.remaindersInBin('cost_cell_binned', activities), { signal }))
    for (const row of rows) {
      const one = cell(row.activity, row.period_no)
      const place = (ranked.get(one) ?? 0) + 1
      ranked.set(one, place)
      if (place !== wanted.get(one)) continue
      one.remainder = Number(row.remainder)
      one.key = Number(row.customer_key)
    }
  if ([...cells.values()].some(({ correction }) => correction !== 0))
    for (const row of await warehouse.rows(query.largestParts('cost_cell_binned', activities), { signal }))
      cell(row.activity, row.period_no).correctedKey = Number(row.customer_key)
  await load(warehouse, 'cost_cell_settled', activities, cells, periods)
  await warehouse.materialise('customer_units', query.customerUnits('cost_cell_settled', activities, periods), { signal })

  const [totals] = await warehouse.rows(query.unitTotals(activities), { signal })
  for (const { id, column } of activities) {
    const expected = amounts.filter((amount) => amount.column === column && amount.minutes > 0).reduce((sum, { units }) => sum + units, 0n)
    if (BigInt(String(totals![`c${column}`])) !== expected)
      throw new AppError('allocation', `the cost of ${id} does not close: ${expected} units went in, ${totals![`c${column}`]} came out`, {
        kind: 'internal',
      })
  }
}

const magnitude = (units: bigint): bigint => (units < 0n ? -units : units)

async function load(
  warehouse: Warehouse,
  name: string,
  activities: readonly CostedActivity[],
  cells: ReadonlyMap<string, Cell>,
  periods: number,
): Promise<void> {
  const numbers = Array.from({ length: periods }, (_, i) => i + 1)
  const columns: Record<string, Float64Array> = { period_no: Float64Array.from(numbers) }
  const types: Record<string, 'integer' | 'double' | 'bigint'> = { period_no: 'integer' }
  const add = (prefix: string, type: 'double' | 'bigint', value: (cell: Cell) => number) => {
    for (const { column } of activities) {
      columns[`${prefix}${column}`] = Float64Array.from(numbers, (period) => value(cells.get(`${column} ${period}`)!))
      types[`${prefix}${column}`] = type
    }
  }
  add('u', 'double', ({ units }) => Number(magnitude(units)))
  add('s', 'bigint', ({ units }) => (units < 0n ? -1 : 1))
  add('t', 'double', ({ minutes }) => minutes)
  add('b', 'double', ({ bin }) => bin)
  add('r', 'double', ({ remainder }) => remainder)
  add('k', 'bigint', ({ key }) => key)
  add('x', 'bigint', ({ correctedKey }) => correctedKey)
  add('y', 'bigint', ({ correction }) => correction)
  await warehouse.load(name, columns, types)
}
