import { afterAll, beforeAll } from 'vitest'
import * as audit from '../../src/analytics/audit/audit.sql.ts'
import * as equity from '../../src/analytics/equity/equity.sql.ts'
import { profitabilitySteps } from '../../src/analytics/profitability/index.ts'
import { duckdbDialect as dialect } from '../../src/warehouse/dialect.ts'
import { sql } from '../../src/warehouse/sql.ts'
import { runSteps, type TestRun } from '../support/portfolio.ts'
import { checkAllCovered, checkSql, type SqlCase } from './check-sql.ts'

/** A buys twice by the opening and once after it, B once by the opening and falls silent, C first buys after it. */
const opening = '2024-01-31'
const closing = '2024-03-01'
const drawn = { k: 1, prior: 10 }

let run: TestRun
beforeAll(async () => {
  run = await runSteps([profitabilitySteps[0]!], {
    customers: [{ id: 'A' }, { id: 'B' }, { id: 'C' }],
    lines: [
      { order: '1', date: '2024-01-01', customer: 'A', amount: 10 },
      { order: '2', date: '2024-01-15', customer: 'A', amount: 16 },
      { order: '3', date: '2024-03-01', customer: 'A', amount: 20 },
      { order: '4', date: '2024-01-01', customer: 'B', amount: 30 },
      { order: '5', date: '2024-02-10', customer: 'C', amount: 8 },
      { order: '6', date: '2024-03-01', customer: null, amount: 100 },
    ],
  })
  const { warehouse } = run
  await warehouse.materialise('audit_day', audit.customerDays(false))
  await warehouse.materialise('customer_start', audit.customerStarts(dialect))
  await warehouse.materialise('equity_opening', equity.historiesAt(dialect, opening))
  await warehouse.materialise('equity_closing', equity.historiesAt(dialect, closing))
  const scores = [
    // x, recency, age, alive, ahead, forever, weeks, alive then, ahead then
    [1, 14, 30, 0.5, 4, 8, 40, 0.5, 3],
    [0, 0, 30, 0.5, 2, 4, 40, 0.5, 2],
    [2, 60, 60, 1, 5, 9, 50, 1, 5],
    [0, 0, 60, 0.25, 2, 4, 40, 0.25, 2],
    [0, 0, 20, 0.5, 3, 6, 40, 0.5, 3],
  ]
  const column = (i: number): Float64Array => Float64Array.from(scores, (row) => row[i]!)
  await warehouse.load(
    'equity_score',
    {
      x: column(0),
      recency_days: column(1),
      age_days: column(2),
      alive: column(3),
      ahead: column(4),
      forever: column(5),
      weeks_ahead: column(6),
      alive_then: column(7),
      ahead_then: column(8),
    },
    {
      x: 'integer',
      recency_days: 'integer',
      age_days: 'integer',
      alive: 'double',
      ahead: 'double',
      forever: 'double',
      weeks_ahead: 'double',
      alive_then: 'double',
      ahead_then: 'double',
    },
  )
  await warehouse.materialise(
    'equity_price',
    sql`select 1 as customer_key, cast(4 as decimal(38, 4)) as price_effect, cast(-2 as decimal(38, 4)) as unit_cost_effect`,
  )
  await warehouse.materialise('equity_customer', equity.customerBridge(drawn))
  await warehouse.materialise(
    'customer_change',
    sql`select 'A' as customer_id, 'kept' as status, cast(4 as decimal(38, 4)) as price_effect, cast(-2 as decimal(38, 4)) as unit_cost_effect
      union all select 'B', 'lost', cast(0 as decimal(38, 4)), cast(0 as decimal(38, 4))`,
  )
  const zero = sql`cast(0 as decimal(38, 4))`
  await warehouse.materialise(
    'customer_cost',
    sql`select 'A' as customer_id, true as identified, cast(46 as decimal(38, 4)) as net_revenue, cast(4.6 as decimal(38, 4)) as line_cost,
        ${zero} as order_cost, cast(5.2 as decimal(38, 4)) as account_cost
      union all select 'B', true, cast(30 as decimal(38, 4)), cast(3 as decimal(38, 4)), ${zero}, ${zero}
      union all select 'C', true, cast(8 as decimal(38, 4)), cast(0.8 as decimal(38, 4)), ${zero}, ${zero}`,
  )
  const month = (cohort: string, age: number, complete: boolean, cost: string | null) =>
    sql`select 'month' as grain, cast(${cohort} as date) as cohort, ${age} as age, ${complete} as complete, 5 as customers, cast(${cost} as decimal(38, 4)) as acquisition_cost`
  await warehouse.materialise(
    'cohort',
    sql`${month('2024-01-01', 0, true, '12')} union all ${month('2024-01-01', 1, true, '12')} union all ${month('2024-02-01', 0, true, null)} union all ${month('2024-03-01', 0, false, null)}`,
  )
})
afterAll(() => run.close())

// A: measure per purchase (26 + 10) / 3 = 12 at the opening, (46 + 10) / 4 = 14 now; B: 20 at both; C: 9 now.
const parts = [
  // customer, opening, closing, model, acquired, lost, retained, price, cost, developed
  ['A', 'kept', '18.0000', '70.0000', '6.0000', '0.0000', '0.0000', '24.0000', '5.0000', '-2.5000', '19.5000', '126.0000'],
  ['B', 'lost', '20.0000', '10.0000', '0.0000', '0.0000', '-10.0000', '0.0000', '0.0000', '0.0000', '0.0000', '20.0000'],
  ['C', 'acquired', '0.0000', '13.5000', '0.0000', '13.5000', '0.0000', '0.0000', '0.0000', '0.0000', '0.0000', '27.0000'],
] as const

const cases: SqlCase[] = [
  {
    of: 'historiesAt',
    query: equity.historiesAt(dialect, opening),
    rows: [
      { customer_key: 1, purchases: 2, x: 1, recency_days: 14, age_days: 30, spend: '26.0000', revenue: '26.0000' },
      { customer_key: 2, purchases: 1, x: 0, recency_days: 0, age_days: 30, spend: '30.0000', revenue: '30.0000' },
    ],
  },
  {
    of: 'distinctHistories',
    query: equity.distinctHistories(),
    ordered: true,
    rows: [
      { x: 0, recency_days: 0, age_days: 20, before: 0, now: 1 },
      { x: 0, recency_days: 0, age_days: 30, before: 1, now: 0 },
      { x: 1, recency_days: 14, age_days: 30, before: 1, now: 0 },
      { x: 0, recency_days: 0, age_days: 60, before: 0, now: 1 },
      { x: 2, recency_days: 60, age_days: 60, before: 0, now: 1 },
    ],
  },
  {
    of: 'customerBridge',
    when: 'the parts of each customer add up to its change',
    query: sql`
      select status, opening_value, closing_value, model_effect, acquired_effect, lost_effect, retained_effect, price_effect, cost_effect, developed_effect, forever_value
      from (${equity.customerBridge(drawn)}) as found`,
    rows: parts.map(([, status, o, c, model, acquired, lost, retained, price, cost, developed, forever]) => ({
      status,
      opening_value: o,
      closing_value: c,
      model_effect: model,
      acquired_effect: acquired,
      lost_effect: lost,
      retained_effect: retained,
      price_effect: price,
      cost_effect: cost,
      developed_effect: developed,
      forever_value: forever,
    })),
  },
  {
    of: 'priceEffects',
    query: equity.priceEffects(),
    rows: [{ customer_key: 1, price_effect: '4.0000', unit_cost_effect: '-2.0000' }],
  },
  { of: 'noPriceEffects', query: equity.noPriceEffects(), rows: [] },
  {
    of: 'bridgeTotals',
    query: equity.bridgeTotals(),
    rows: [
      {
        customers: 3,
        acquired: 1,
        kept: 1,
        gone: 1,
        opening: '38.0000',
        closing: '93.5000',
        forever: '173.0000',
        model: '6.0000',
        acquired_value: '13.5000',
        lost: '-10.0000',
        retained: '24.0000',
        price: '5.0000',
        cost: '-2.5000',
        developed: '19.5000',
      },
    ],
  },
  {
    of: 'customerEquity',
    query: sql`select customer_id, status, opening_value, change from (${equity.customerEquity()}) as found`,
    rows: [
      { customer_id: 'A', status: 'kept', opening_value: '18.0000', change: '52.0000' },
      { customer_id: 'B', status: 'lost', opening_value: '20.0000', change: '-10.0000' },
      { customer_id: 'C', status: 'acquired', opening_value: '0.0000', change: '13.5000' },
    ],
  },
  {
    of: 'servingAhead',
    when: 'everybody costs a tenth of revenue, and A 5.2 a year for 50 weeks',
    query: equity.servingAhead(1),
    // A 5 purchases of 15.3333, B half a one of 30, C 1.5 of 8: 103.6667 of revenue ahead.
    rows: [{ served: '10.3667', sustained: '5.0000' }],
  },
  {
    of: 'acquiredByMonth',
    query: equity.acquiredByMonth(12),
    ordered: true,
    rows: [
      { cohort: '2024-02-01', customers: 5, cost: null },
      { cohort: '2024-01-01', customers: 5, cost: 12 },
    ],
  },
  { of: 'firstPurchases', query: equity.firstPurchases('2024-01-02'), rows: [{ customers: 1, measure: '8.0000' }] },
]

checkSql(() => run.warehouse, cases)
checkAllCovered([equity], cases)
