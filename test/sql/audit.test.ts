import { afterAll, beforeAll } from 'vitest'
import * as audit from '../../src/analytics/audit/audit.sql.ts'
import { profitabilitySteps } from '../../src/analytics/profitability/index.ts'
import { duckdbDialect as dialect } from '../../src/warehouse/dialect.ts'
import { sql } from '../../src/warehouse/sql.ts'
import { runSteps, type TestRun } from '../support/portfolio.ts'
import { checkAllCovered, checkSql, type SqlCase } from './check-sql.ts'

/** A buys twice in January (once in two orders) and in March, B first returns and then buys, C only returns. */
const periods = { previous: { from: '2024-01-01', to: '2024-01-31' }, current: { from: '2024-02-01', to: '2024-03-31' }, months: null }

let run: TestRun
beforeAll(async () => {
  run = await runSteps([profitabilitySteps[0]!], {
    customers: [{ id: 'A' }, { id: 'B' }, { id: 'C' }],
    lines: [
      { order: '1', date: '2024-01-03', customer: 'A', amount: 10, cost: 4 },
      { order: '2', date: '2024-01-03', customer: 'A', amount: 5, cost: 2 },
      { order: '3', date: '2024-01-20', customer: 'A', amount: 20, cost: 10 },
      { order: '4', date: '2024-02-02', customer: 'A', amount: -8, cost: -3, quantity: -1 },
      { order: '5', date: '2024-03-05', customer: 'A', amount: 30 },
      { order: '6', date: '2024-01-30', customer: 'B', amount: -4, quantity: -1 },
      { order: '7', date: '2024-02-22', customer: 'B', amount: 7 },
      { order: '8', date: '2024-01-10', customer: 'C', amount: -9, quantity: -1 },
      { order: '9', date: '2024-03-06', customer: null, amount: 100 },
    ],
  })
  const { warehouse } = run
  await warehouse.materialise('audit_day', audit.customerDays(false))
  await warehouse.materialise('customer_start', audit.customerStarts(dialect))
  await warehouse.materialise('audit_side', audit.customerSides(periods))
  await warehouse.materialise('audit_cohort_sum', audit.cohortSums(dialect, 'month'))
  await warehouse.materialise('audit_cohort_cost', audit.cohortCosts(dialect, 'month'))
  await warehouse.load(
    'audit_calendar',
    {
      grain: ['month', 'month', 'month'],
      position: new Float64Array([24288, 24289, 24290]),
      first_day: ['2024-01-01', '2024-02-01', '2024-03-01'],
      complete: [true, true, false],
    },
    { grain: 'varchar', position: 'bigint', first_day: 'date', complete: 'boolean' },
  )
})
afterAll(() => run.close())

const day = (
  customer_key: number,
  date: string,
  orders: number,
  revenue: string,
  first_day: string | null,
  previous_day: string | null,
) => ({
  customer_key,
  day: date,
  orders,
  revenue,
  measure: revenue,
  first_day,
  previous_day,
})

const cases: SqlCase[] = [
  {
    of: 'periodNumber',
    when: 'weeks begin on Monday; months, quarters and years count from year 0',
    query: sql`
      select
        ${audit.periodNumber(dialect, 'week', sql`cast('1970-01-11' as date)`)} as sunday,
        ${audit.periodNumber(dialect, 'week', sql`cast('1970-01-12' as date)`)} as monday,
        ${audit.periodNumber(dialect, 'month', sql`cast('2024-12-31' as date)`)} as month,
        ${audit.periodNumber(dialect, 'quarter', sql`cast('2024-12-31' as date)`)} as quarter,
        ${audit.periodNumber(dialect, 'year', sql`cast('2024-12-31' as date)`)} as year`,
    rows: [{ sunday: 0, monday: 1, month: 24299, quarter: 8099, year: 2024 }],
  },
  {
    of: 'customerDays',
    query: audit.customerDays(false),
    rows: [
      day(1, '2024-01-03', 2, '15.0000', '2024-01-03', null),
      day(1, '2024-01-20', 1, '20.0000', '2024-01-03', '2024-01-03'),
      day(1, '2024-02-02', 0, '-8.0000', '2024-01-03', '2024-01-20'),
      day(1, '2024-03-05', 1, '30.0000', '2024-01-03', '2024-01-20'),
      day(2, '2024-01-30', 0, '-4.0000', '2024-02-22', null),
      day(2, '2024-02-22', 1, '7.0000', '2024-02-22', null),
      day(3, '2024-01-10', 0, '-9.0000', null, null),
    ],
  },
  {
    of: 'dayTotals',
    query: audit.dayTotals(),
    rows: [
      {
        first_day: '2024-01-03',
        last_day: '2024-03-05',
        last_line_day: '2024-03-05',
        revenue: '51.0000',
        measure: '51.0000',
        without_purchase: '-9.0000',
      },
    ],
  },
  {
    of: 'cohortSums',
    query: audit.cohortSums(dialect, 'month'),
    rows: [
      { grain: 'month', cohort: 24288, period: 24288, active: 1, orders: 3, revenue: '35.0000', measure: '35.0000' },
      { grain: 'month', cohort: 24288, period: 24289, active: 0, orders: 0, revenue: '-8.0000', measure: '-8.0000' },
      { grain: 'month', cohort: 24288, period: 24290, active: 1, orders: 1, revenue: '30.0000', measure: '30.0000' },
      { grain: 'month', cohort: 24289, period: 24289, active: 1, orders: 1, revenue: '3.0000', measure: '3.0000' },
    ],
  },
  {
    of: 'cohortCosts',
    when: 'nobody’s acquisition cost is known',
    query: audit.cohortCosts(dialect, 'month'),
    rows: [
      { grain: 'month', cohort: 24288, customers_with_cost: 0, acquisition_cost: null },
      { grain: 'month', cohort: 24289, customers_with_cost: 0, acquisition_cost: null },
    ],
  },
  {
    of: 'cohorts',
    query: sql`select cohort, age, complete, active, cumulative_measure, measure_per_customer, retention, round(retention_low, 4) as low, acquisition_cost from (${audit.cohorts()}) as found`,
    rows: [
      ['2024-01-01', 0, true, 1, '35.0000', '35.0000', 1, null],
      ['2024-01-01', 1, true, 0, '27.0000', '27.0000', 0, 0],
      ['2024-01-01', 2, false, 1, '57.0000', '57.0000', 1, 0.2699],
      ['2024-02-01', 0, true, 1, '3.0000', '3.0000', 1, null],
      ['2024-02-01', 1, false, 0, '3.0000', '3.0000', 0, 0],
    ].map(([cohort, age, complete, active, cumulative_measure, measure_per_customer, retention, low]) => ({
      cohort,
      age,
      complete,
      active,
      cumulative_measure,
      measure_per_customer,
      retention,
      low,
      acquisition_cost: null,
    })) as never,
  },
  {
    of: 'customerStarts',
    query: audit.customerStarts(dialect),
    rows: [
      {
        customer_key: 1,
        first_day: '2024-01-03',
        purchases: 3,
        again_early: 1,
        first_revenue: '15.0000',
        first_measure: '15.0000',
        early_measure: '57.0000',
        year_measure: '57.0000',
        measure: '57.0000',
      },
      {
        customer_key: 2,
        first_day: '2024-02-22',
        purchases: 1,
        again_early: 0,
        first_revenue: '3.0000',
        first_measure: '3.0000',
        early_measure: '3.0000',
        year_measure: '3.0000',
        measure: '3.0000',
      },
    ],
  },
  {
    of: 'earlyByCohort',
    when: 'the second cohort could not be watched for 90 days, neither for a year',
    query: audit.earlyByCohort(dialect, 'month', '2024-05-01'),
    rows: [
      {
        cohort: 24288,
        customers: 1,
        early_customers: 1,
        again: 1,
        early_measure: '57.0000',
        early_squares: '3249.0000',
        year_customers: 0,
        year_measure: '0.0000',
      },
      {
        cohort: 24289,
        customers: 1,
        early_customers: 0,
        again: 0,
        early_measure: '0.0000',
        early_squares: '0.0000',
        year_customers: 0,
        year_measure: '0.0000',
      },
    ],
  },
  {
    of: 'customerSides',
    query: audit.customerSides(periods),
    rows: [
      {
        customer_key: 1,
        first_day: '2024-01-03',
        previous_orders: 3,
        previous_revenue: '35.0000',
        previous_measure: '35.0000',
        current_orders: 1,
        current_revenue: '22.0000',
        current_measure: '22.0000',
      },
      {
        customer_key: 2,
        first_day: '2024-02-22',
        previous_orders: 0,
        previous_revenue: '-4.0000',
        previous_measure: '-4.0000',
        current_orders: 1,
        current_revenue: '7.0000',
        current_measure: '7.0000',
      },
      {
        customer_key: 3,
        first_day: null,
        previous_orders: 0,
        previous_revenue: '-9.0000',
        previous_measure: '-9.0000',
        current_orders: 0,
        current_revenue: '0.0000',
        current_measure: '0.0000',
      },
    ],
  },
  {
    of: 'tenths',
    when: 'two customers make two tenths',
    query: sql`select tenth, customers, orders, measure, measure_share, cumulative_share from (${audit.tenths('current')}) as found`,
    rows: [
      { tenth: 1, customers: 1, orders: 1, measure: '22.0000', measure_share: 22 / 29, cumulative_share: 22 / 29 },
      { tenth: 2, customers: 1, orders: 1, measure: '7.0000', measure_share: 7 / 29, cumulative_share: 1 },
    ],
  },
  {
    of: 'byFrequency',
    query: audit.byFrequency('current'),
    rows: [{ period: 'current', orders: 1, customers: 2, revenue: '29.0000', measure: '29.0000', customer_share: 1, measure_share: 1 }],
  },
  {
    of: 'changeByStatus',
    query: audit.changeByStatus(periods),
    ordered: true,
    rows: [
      { status: 'kept-down', customers: 1, previous_measure: '35.0000', current_measure: '22.0000' },
      { status: 'new', customers: 1, previous_measure: '-4.0000', current_measure: '7.0000' },
      { status: 'other', customers: 1, previous_measure: '-9.0000', current_measure: '0.0000' },
    ],
  },
  {
    of: 'sideTotals',
    query: audit.sideTotals(),
    rows: [
      {
        previous_customers: 1,
        previous_orders: 3,
        previous_revenue: '22.0000',
        previous_measure: '22.0000',
        current_customers: 2,
        current_orders: 2,
        current_revenue: '29.0000',
        current_measure: '29.0000',
      },
    ],
  },
  {
    of: 'tierMoves',
    query: audit.tierMoves(),
    ordered: true,
    rows: [
      { tier_before: 'low', tier_now: 'middle', customers: 1, previous_measure: '35.0000', current_measure: '22.0000' },
      { tier_before: 'none', tier_now: 'low', customers: 1, previous_measure: '-4.0000', current_measure: '7.0000' },
    ],
  },
]

checkSql(() => run.warehouse, cases)
checkAllCovered([audit], cases)
