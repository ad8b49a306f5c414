import { afterAll, beforeAll } from 'vitest'
import * as advice from '../../src/analytics/value/advice.sql.ts'
import { duckdbDialect as dialect } from '../../src/warehouse/dialect.ts'
import { openDuckDB } from '../../src/warehouse/duckdb.ts'
import type { Warehouse } from '../../src/warehouse/port.ts'
import { checkAllCovered, checkSql, type SqlCase } from './check-sql.ts'

let warehouse: Warehouse
beforeAll(async () => {
  warehouse = await openDuckDB({ threads: 1 })
  // Customer 2 buys on days 1, 8, 15, 20; customer 4 on days 3 and 10; customer 5 on days 1, 8, 9.
  await warehouse.load(
    'value_purchase',
    {
      customer_key: Float64Array.from([2, 2, 2, 2, 4, 4, 5, 5, 5]),
      day: ['01', '08', '15', '20', '03', '10', '01', '08', '09'].map((day) => `2024-01-${day}`),
    },
    { customer_key: 'integer', day: 'date' },
  )
  await warehouse.load(
    'histories',
    {
      age_days: Float64Array.from([5, 5, 9]),
      x: Float64Array.from([1, 1, 0]),
      recency_days: Float64Array.from([3, 3, 0]),
      later: Float64Array.from([2, 0, 0]),
    },
    { age_days: 'integer', x: 'integer', recency_days: 'integer', later: 'integer' },
  )
})
afterAll(() => warehouse.close())

const cases: SqlCase[] = [
  { of: 'laterBuyers', query: advice.laterBuyers('histories'), ordered: true, rows: [{ buyers: 1 }, { buyers: 0 }] },
  {
    of: 'gapLengths',
    query: advice.gapLengths(dialect, 1),
    ordered: true,
    rows: [
      { days: 1, gaps: 1 },
      { days: 5, gaps: 1 },
      { days: 7, gaps: 4 },
    ],
  },
  {
    of: 'gapLengths',
    when: 'of every second customer',
    query: advice.gapLengths(dialect, 2),
    ordered: true,
    rows: [
      { days: 5, gaps: 1 },
      { days: 7, gaps: 3 },
    ],
  },
  {
    of: 'lastGaps',
    query: advice.lastGaps(dialect, 1),
    ordered: true,
    rows: [
      { first_gap: 7, last_gap: 1, customers: 1 },
      { first_gap: 7, last_gap: 5, customers: 1 },
    ],
  },
]

checkSql(() => warehouse, cases)
checkAllCovered([advice], cases)
