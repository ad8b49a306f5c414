import { afterAll, beforeAll } from 'vitest'
import * as plan from '../../src/analytics/planning/plan.sql.ts'
import * as risk from '../../src/analytics/planning/risk.sql.ts'
import { profitabilitySteps } from '../../src/analytics/profitability/index.ts'
import { duckdbDialect as dialect } from '../../src/warehouse/dialect.ts'
import { sql } from '../../src/warehouse/sql.ts'
import { runSteps, type TestRun } from '../support/portfolio.ts'
import { checkSql, type SqlCase } from './check-sql.ts'

let run: TestRun
beforeAll(async () => {
  run = await runSteps([profitabilitySteps[0]!], {
    customers: [
      { id: 'A', segment: 'key' },
      { id: 'B', segment: 'tail' },
      { id: 'C', segment: 'tail' },
    ],
    lines: [
      { order: '1', date: '2024-01-05', customer: 'A', amount: 10, cost: 4 },
      { order: '2', date: '2024-02-05', customer: 'A', amount: 10, cost: 4 },
      { order: '3', date: '2024-02-10', customer: 'B', amount: 40, cost: 10 },
      { order: '4', date: '2024-02-11', customer: 'C', amount: 5, cost: 1 },
      { order: '5', date: '2024-02-12', customer: null, amount: 100 },
    ],
  })
  const { warehouse } = run
  const classes = sql`
    select
      cast(key as integer) as customer_key,
      id as customer_id,
      segment,
      class,
      cast(money as decimal(38, 4)) as measure_year,
      cast(money as decimal(38, 4)) as revenue_year
    from (values (1, 'A', 'key', 'friend', 12), (2, 'B', 'tail', 'acquaintance', 30), (3, 'C', 'tail', 'acquaintance', null), (4, 'D', 'tail', null, null)) as t(key, id, segment, class, money)`
  await warehouse.materialise('customer_relationship', classes)
  await warehouse.materialise(
    'relationship_transition',
    sql`select '(all)' as segment, cast(period as bigint) as period, 'friend' as from_class, 'partner' as to_class, cast(2 as bigint) as customers, cast(0.25 as double) as probability, cast(0.5 as double) as high from (values (0), (3)) as t(period)`,
  )
  await warehouse.materialise(
    'relationship_period',
    sql`select cast(period as bigint) as period, cast(3 as bigint) as months from (values (1), (2)) as t(period)`,
  )
  await warehouse.materialise(
    'budget',
    sql`select id as budget_id, period, 'Mia' as owner, 'convert' as scope, cast(100 as decimal(18, 4)) as amount, cast(8 as double) as hours, cast(null as decimal(18, 4)) as min from (values ('b', '2024'), ('a', '2025')) as t(id, period)`,
  )
  await warehouse.materialise(
    'response_judgement',
    sql`select 'convert:friend' as action_id, 'Mia' as expert_id, cast(null as varchar) as segment, cast(0.1 as double) as y0, cast(0.2 as double) as y_now, cast(0.3 as double) as y_150, cast(0.4 as double) as y_inf, cast(900 as double) as x_now`,
  )
  await warehouse.load(
    'plan_choice',
    {
      customer_key: Float64Array.of(1, 2),
      reason_id: Float64Array.of(1, 0),
      second_id: Float64Array.of(Number.NaN, 1),
      effort: Float64Array.of(2.5, 0),
      value: Float64Array.of(7, 0),
    },
    { customer_key: 'integer', reason_id: 'integer', second_id: 'integer', effort: 'double', value: 'double' },
  )
  await warehouse.load(
    'plan_reason',
    { reason_id: Float64Array.of(0, 1), action: ['none', 'convert'], reason: ['Not worth it.', 'Worth it.'] },
    { reason_id: 'integer', action: 'varchar', reason: 'varchar' },
  )
})
afterAll(() => run?.close())

const cases: SqlCase[] = [
  {
    of: 'classCells',
    query: plan.classCells(),
    ordered: true,
    rows: [
      { segment: 'key', class: 'friend', customers: 1, measure_year: '12.0000', revenue_year: '12.0000' },
      { segment: 'tail', class: 'acquaintance', customers: 2, measure_year: '30.0000', revenue_year: '30.0000' },
    ],
  },
  {
    of: 'moves',
    query: plan.moves(),
    rows: [{ segment: '(all)', from_class: 'friend', to_class: 'partner', customers: 2, probability: 0.25, high: 0.5 }],
  },
  { of: 'periodLength', query: plan.periodLength(), rows: [{ months: 3, periods: 2 }] },
  {
    of: 'latestBudgets',
    query: plan.latestBudgets(),
    rows: [{ budget_id: 'a', owner: 'Mia', scope: 'convert', amount: '100.0000', hours: 8, min: null }],
  },
  {
    of: 'judgements',
    query: plan.judgements(),
    rows: [{ action_id: 'convert:friend', expert_id: 'Mia', segment: null, x_now: 900, y0: 0.1, y_now: 0.2, y_150: 0.3, y_inf: 0.4 }],
  },
  {
    of: 'customersToPlan',
    query: plan.customersToPlan(),
    ordered: true,
    rows: [
      { customer_key: 1, segment: 'key', class: 'friend', measure_year: 12 },
      { customer_key: 2, segment: 'tail', class: 'acquaintance', measure_year: 30 },
      { customer_key: 3, segment: 'tail', class: 'acquaintance', measure_year: 0 },
    ],
  },
  {
    of: 'customerActions',
    query: plan.customerActions(),
    rows: [
      {
        customer_id: 'A',
        customer_key: 1,
        segment: 'key',
        class: 'friend',
        action: 'convert',
        effort: '2.5000',
        value: '7.0000',
        next_best: null,
        reason: 'Worth it.',
      },
      {
        customer_id: 'B',
        customer_key: 2,
        segment: 'tail',
        class: 'acquaintance',
        action: 'none',
        effort: '0.0000',
        value: '0.0000',
        next_best: 'convert',
        reason: 'Not worth it.',
      },
    ],
  },
  { of: 'attributeValues', query: risk.attributeValues(), rows: [{ segment_id: 2, industry: 0, channel_default: 0, country: 0 }] },
  {
    of: 'parts',
    query: risk.parts('segment_id'),
    ordered: true,
    rows: [
      { part: 'tail', total: '34.0000', revenue: '45.0000', largest: '30.0000' },
      { part: 'key', total: '12.0000', revenue: '20.0000', largest: '12.0000' },
    ],
  },
  {
    of: 'monthlyFlows',
    query: risk.monthlyFlows(dialect, 'segment_id', true),
    ordered: true,
    rows: [
      { part: 'key', month: '2024-01-01', flow: '6.0000' },
      { part: 'key', month: '2024-02-01', flow: '6.0000' },
      { part: 'tail', month: '2024-02-01', flow: '34.0000' },
    ],
  },
]

checkSql(() => run.warehouse, cases)
