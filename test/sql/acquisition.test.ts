import { afterAll, beforeAll } from 'vitest'
import * as acquisition from '../../src/analytics/acquisition/acquisition.sql.ts'
import * as audit from '../../src/analytics/audit/audit.sql.ts'
import { profitabilitySteps } from '../../src/analytics/profitability/index.ts'
import { duckdbDialect as dialect } from '../../src/warehouse/dialect.ts'
import { id, sql } from '../../src/warehouse/sql.ts'
import { runSteps, type TestRun } from '../support/portfolio.ts'
import { checkAllCovered, checkSql, type SqlCase } from './check-sql.ts'

/** A begins with two lines, the dearer P2 at half price, and buys again in March; B begins in 2025 and cannot be watched a year. */
let run: TestRun
beforeAll(async () => {
  run = await runSteps([profitabilitySteps[0]!], {
    customers: [{ id: 'A' }, { id: 'B' }],
    products: [
      { id: 'P1', name: 'Bowl' },
      { id: 'P2', name: 'Lamp' },
    ],
    lines: [
      { order: '1', date: '2024-01-01', customer: 'A', product: 'P1', amount: 10, list: 10, channel: 'web' },
      { order: '1', date: '2024-01-01', customer: 'A', product: 'P2', amount: 20, list: 40, channel: 'web' },
      { order: '2', date: '2024-03-02', customer: 'A', product: 'P1', amount: 12, list: 12, channel: 'shop' },
      { order: '3', date: '2025-01-10', customer: 'B', product: 'P1', amount: 5, channel: 'shop' },
      { order: '4', date: '2025-01-20', customer: null, amount: 100 },
    ],
  })
  const { warehouse } = run
  await warehouse.materialise('audit_day', audit.customerDays(false))
  await warehouse.materialise('customer_start', audit.customerStarts(dialect))
  await warehouse.materialise('first_order', acquisition.firstOrders())
  await warehouse.materialise(
    'customer_value',
    sql`select 1 as customer_key, cast(7 as decimal(18, 4)) as value_12_months, cast(1 as bigint) as tier
      union all select 2, cast(3 as decimal(18, 4)), cast(2 as bigint)`,
  )
  await warehouse.materialise(
    'customer with cost',
    sql`select customer_key, 'search' as acquisition_source, cast(4 as decimal(18, 4)) as acquisition_cost from customer`,
  )
  await warehouse.run(sql`drop table customer`)
  await warehouse.view('customer', sql`select * from ${id('customer with cost')}`)
  await warehouse.materialise('acquired_customer', acquisition.acquired(dialect, '2025-01-10', { customers: true }))
})
afterAll(() => run.close())

const cases: SqlCase[] = [
  {
    of: 'firstOrders',
    query: acquisition.firstOrders(),
    rows: [
      { customer_key: 1, product_key: 2, channel: 'web', lines: 2, discount: 0.4 },
      { customer_key: 2, product_key: 1, channel: 'shop', lines: 1, discount: null },
    ],
  },
  {
    of: 'acquired',
    query: sql`select customer_key, age_days, source, channel, cohort, basket, lines, discount, again_early, cost, first_measure, year_measure, ahead, best
      from (${acquisition.acquired(dialect, '2025-01-10', { customers: true })}) as found`,
    rows: [
      {
        customer_key: 1,
        age_days: 375,
        source: 'search',
        channel: 'web',
        cohort: '2024',
        basket: 2,
        lines: 2,
        discount: '4 25 % and more',
        again_early: 1,
        cost: '4.0000',
        first_measure: '30.0000',
        year_measure: '42.0000',
        ahead: '7.0000',
        best: 1,
      },
      {
        customer_key: 2,
        age_days: 0,
        source: 'search',
        channel: 'shop',
        cohort: '2025',
        basket: 1,
        lines: 1,
        discount: null,
        again_early: 0,
        cost: '4.0000',
        first_measure: '5.0000',
        year_measure: '5.0000',
        ahead: '3.0000',
        best: 0,
      },
    ],
  },
  {
    of: 'acquired',
    when: 'without a file of customers',
    query: sql`select customer_key, source, cost from (${acquisition.acquired(dialect, '2025-01-10', { customers: false })}) as found`,
    rows: [
      { customer_key: 1, source: null, cost: null },
      { customer_key: 2, source: null, cost: null },
    ],
  },
  ...acquisition.dimensions.map((dimension): SqlCase => {
    const labels = {
      source: [],
      channel: ['web', 'shop'],
      first_product: ['2', '1'],
      cohort: ['2024', '2025'],
      first_basket: ['2', '1'],
      first_lines: ['2', '1'],
      first_discount: ['4 25 % and more', null],
      again_early: ['1', '0'],
    }[dimension]
    return {
      of: 'groups',
      when: dimension,
      query: sql`select label, customers, watched, year_measure, later, later_squares, cost, best from (${acquisition.groups(dimension)}) as found`,
      rows:
        dimension === 'source'
          ? [
              {
                label: 'search',
                customers: 2,
                watched: 1,
                year_measure: '42.0000',
                later: '12.0000',
                later_squares: '144.0000',
                cost: '8.0000',
                best: 1,
              },
            ]
          : [
              {
                label: labels[0]!,
                customers: 1,
                watched: 1,
                year_measure: '42.0000',
                later: '12.0000',
                later_squares: '144.0000',
                cost: '4.0000',
                best: 1,
              },
              ...(labels[1]
                ? [
                    {
                      label: labels[1],
                      customers: 1,
                      watched: 0,
                      year_measure: '0.0000',
                      later: '0.0000',
                      later_squares: '0.0000',
                      cost: '4.0000',
                      best: 0,
                    },
                  ]
                : []),
            ],
    }
  }),
  {
    of: 'sourceCurves',
    query: acquisition.sourceCurves(dialect),
    ordered: true,
    rows: [
      { source: 'search', age: 0, measure: '30.0000' },
      { source: 'search', age: 2, measure: '12.0000' },
    ],
  },
  {
    of: 'productNames',
    query: acquisition.productNames(),
    rows: [
      { label: '1', name: 'Bowl' },
      { label: '2', name: 'Lamp' },
    ],
  },
]

checkSql(() => run.warehouse, cases)
checkAllCovered([acquisition], cases)
