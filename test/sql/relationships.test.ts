import { afterAll, beforeAll, expect, test } from 'vitest'
import { profitabilitySteps } from '../../src/analytics/profitability/index.ts'
import * as dynamics from '../../src/analytics/relationships/dynamics.sql.ts'
import * as panel from '../../src/analytics/relationships/panel.sql.ts'
import { duckdbDialect as dialect } from '../../src/warehouse/dialect.ts'
import { sql } from '../../src/warehouse/sql.ts'
import { runSteps, type TestRun } from '../support/portfolio.ts'
import { checkSql, type SqlCase } from './check-sql.ts'

/** Three periods of a month. A buys in all and twice in the last, B before the panel and in the second, C in the last alone; D never. */
const asOf = '2024-03-31'
const periods = [
  { from: '2024-01-01', to: '2024-01-31' },
  { from: '2024-02-01', to: '2024-02-29' },
  { from: '2024-03-01', to: '2024-03-31' },
]

let run: TestRun
beforeAll(async () => {
  run = await runSteps([profitabilitySteps[0]!], {
    customers: [{ id: 'A', name: 'Alder' }, { id: 'B' }, { id: 'C' }, { id: 'D' }],
    lines: [
      { order: '1', date: '2024-01-05', customer: 'A', amount: 10, cost: 4 },
      { order: '2', date: '2024-02-05', customer: 'A', amount: 10, cost: 4 },
      { order: '3', date: '2024-03-05', customer: 'A', amount: 10, cost: 4 },
      { order: '4', date: '2024-03-25', customer: 'A', amount: 20, cost: 5 },
      { order: '5', date: '2023-12-20', customer: 'B', amount: 50, cost: 20 },
      { order: '6', date: '2024-02-10', customer: 'B', amount: 40, cost: 10 },
      { order: '7', date: '2024-03-31', customer: 'C', amount: 5, cost: 1 },
      { order: '8', date: '2024-03-30', customer: 'C', amount: -2, quantity: -1, cost: -1 },
      { order: '9', date: '2024-02-06', customer: null, amount: 100 },
    ],
  })
  const { warehouse } = run
  await warehouse.materialise('relationship_activity', panel.activity(asOf, periods))
  await warehouse.materialise('relationship_history', panel.histories(3))
  await warehouse.materialise('relationship_score', panel.scores(dialect, asOf, { attributes: false, survey: false }))
  await warehouse.materialise('relationship_panel', panel.panel([]))
  await warehouse.materialise('relationship_cell', panel.cells())
  await warehouse.load(
    'relationship_path',
    {
      cell: new Float64Array([1, 2, 3]),
      path: ['A', 'AAS', 'AAF'],
      p_stranger: new Float64Array([0, 0.75, 0]),
      p_acquaintance: new Float64Array([1, 0.25, 0.25]),
      p_friend: new Float64Array([0, 0, 0.75]),
      p_partner: new Float64Array([0, 0, 0]),
    },
    { cell: 'bigint', path: 'varchar', p_stranger: 'double', p_acquaintance: 'double', p_friend: 'double', p_partner: 'double' },
  )
  await warehouse.materialise('relationship_classified', panel.classified())
  await warehouse.materialise('relationship_money', panel.money(true, periods, 1))
  await warehouse.materialise(
    'customer_relationship',
    panel.customerRelationships(dialect, {
      lastDay: asOf,
      last: 3,
      yearFrom: 1,
      words: { period: 'month', periods: 'months' },
      prospects: true,
    }),
  )
  await warehouse.materialise('relationship_segment_path', dynamics.segmentPaths())
  await warehouse.materialise(
    'relationship_period',
    sql`select cast(n as bigint) as period, cast(1 as bigint) as months from (values (1), (2), (3)) as t(n)`,
  )
})
afterAll(() => run.close())

const cases: SqlCase[] = [
  { of: 'orderSpan', query: panel.orderSpan(asOf), rows: [{ first_day: '2023-12-20', last_day: '2024-03-31', customers: 3 }] },
  {
    of: 'activity',
    query: panel.activity(asOf, periods),
    rows: [
      { customer_key: 1, period: 1, orders: 1, last_date: '2024-01-05' },
      { customer_key: 1, period: 2, orders: 1, last_date: '2024-02-05' },
      { customer_key: 1, period: 3, orders: 2, last_date: '2024-03-25' },
      { customer_key: 2, period: 0, orders: 1, last_date: '2023-12-20' },
      { customer_key: 2, period: 2, orders: 1, last_date: '2024-02-10' },
      { customer_key: 3, period: 3, orders: 1, last_date: '2024-03-31' },
    ],
  },
  {
    of: 'histories',
    when: 'the first order does not count, and customers from before the panel have every period',
    query: panel.histories(3),
    rows: [
      { customer_key: 1, last_date: '2024-03-25', known_before: 0, code: '012' },
      { customer_key: 2, last_date: '2024-02-10', known_before: 1, code: '010' },
      { customer_key: 3, last_date: '2024-03-31', known_before: 0, code: '0' },
    ],
  },
  { of: 'scores', when: 'none', query: panel.scores(dialect, asOf, { attributes: false, survey: false }), rows: [] },
  {
    of: 'money',
    query: panel.money(true, periods, 2),
    rows: [
      { customer_key: 1, period: 2, revenue: '10.0000', measure: '6.0000' },
      { customer_key: 1, period: 3, revenue: '30.0000', measure: '21.0000' },
      { customer_key: 2, period: 2, revenue: '40.0000', measure: '30.0000' },
      { customer_key: 3, period: 3, revenue: '3.0000', measure: '3.0000' },
    ],
  },
  {
    of: 'cellColumns',
    query: panel.cellColumns(),
    ordered: true,
    rows: [
      { customers: 1, code: '0', known_before: 0, trust: -1, wallet: -1, commitment: -1, customisation: -1 },
      { customers: 1, code: '010', known_before: 1, trust: -1, wallet: -1, commitment: -1, customisation: -1 },
      { customers: 1, code: '012', known_before: 0, trust: -1, wallet: -1, commitment: -1, customisation: -1 },
    ],
  },
  {
    of: 'periodCounts',
    query: panel.periodCounts(),
    rows: [
      { period: 0, buying: 1, won: 1 },
      { period: 1, buying: 1, won: 1 },
      { period: 2, buying: 2, won: 0 },
      { period: 3, buying: 2, won: 1 },
    ],
  },
  {
    of: 'classTotals',
    query: panel.classTotals(),
    rows: [
      { class: 'acquaintance', customers: 1, measure: '3.0000', scored: 0 },
      { class: 'friend', customers: 1, measure: '33.0000', scored: 0 },
      { class: 'stranger', customers: 1, measure: '30.0000', scored: 0 },
    ],
  },
  {
    of: 'moves',
    when: 'only from the second period on',
    query: dynamics.moves(3),
    rows: [
      { segment: '(none)', period: 2, from_letter: 'A', to_letter: 'A', customers: 2 },
      { segment: '(none)', period: 3, from_letter: 'A', to_letter: 'F', customers: 1 },
      { segment: '(none)', period: 3, from_letter: 'A', to_letter: 'S', customers: 1 },
      { segment: '(none)', period: 3, from_letter: 'N', to_letter: 'A', customers: 1 },
    ],
  },
  {
    of: 'triples',
    query: dynamics.triples(3),
    rows: [
      { triple: 'AAF', customers: 1 },
      { triple: 'AAS', customers: 1 },
    ],
  },
  {
    of: 'classMoney',
    query: dynamics.classMoney(3, 3),
    rows: [
      { segment: '(none)', letter: 'A', customer_periods: 2, measure: '21.0000', revenue: '30.0000', squares: '441.0000' },
      { segment: '(none)', letter: 'N', customer_periods: 1, measure: '3.0000', revenue: '3.0000', squares: '9.0000' },
    ],
  },
  { of: 'customersAt', query: dynamics.customersAt(3, 2), rows: [{ letter: 'A', customers: 2 }] },
  { of: 'measureOfKnown', query: dynamics.measureOfKnown(3, 3), rows: [{ measure: 21 }] },
  { of: 'prospectTotals', query: dynamics.prospectTotals('2024-01-01'), rows: [{ prospects: 1, on_file: 0, converted: 0 }] },
  { of: 'yearMeasure', query: dynamics.yearMeasure(), rows: [{ year: 66 }] },
  { of: 'classesTold', query: dynamics.classesTold(), rows: [{ told: true }] },
]

checkSql(() => run.warehouse, cases)

test('a prospect is a stranger who never bought, a new customer an acquaintance', async () => {
  const rows = await run.warehouse.rows(
    sql`select customer_id, class, status, movement, periods_in_class, evidence from customer_relationship order by customer_id`,
  )
  expect(rows).toMatchObject([
    {
      customer_id: 'A',
      class: 'friend',
      status: 'customer',
      movement: 'up',
      periods_in_class: 1,
      evidence: expect.stringContaining('bought in 3 of the last 3 months, 4 orders; last order 6 days'),
    },
    { customer_id: 'B', class: 'stranger', status: 'lapsed', movement: 'down' },
    { customer_id: 'C', class: 'acquaintance', status: 'new', movement: 'new', periods_in_class: 1 },
    { customer_id: 'D', class: 'stranger', status: 'never', evidence: 'on file, never bought' },
  ])
})
