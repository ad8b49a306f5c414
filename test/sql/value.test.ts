import { afterAll, beforeAll } from 'vitest'
import { profitabilitySteps } from '../../src/analytics/profitability/index.ts'
import * as history from '../../src/analytics/value/history.sql.ts'
import { duckdbDialect as dialect } from '../../src/warehouse/dialect.ts'
import { runSteps, type TestRun } from '../support/portfolio.ts'
import { checkAllCovered, checkSql, type SqlCase } from './check-sql.ts'

/** A buys on three days and returns some, B once after a return, C only returns; until 15 January A has bought twice. */
const before = '2024-01-15'
const shrinkage = { k: 1, prior: 10 }

let run: TestRun
beforeAll(async () => {
  run = await runSteps([profitabilitySteps[0]!], {
    customers: [{ id: 'A', name: 'Alder' }, { id: 'B' }, { id: 'C' }],
    lines: [
      { order: '1', date: '2024-01-01', customer: 'A', amount: 10, cost: 4 },
      { order: '2', date: '2024-01-01', customer: 'A', amount: 5, cost: 2 },
      { order: '3', date: '2024-01-15', customer: 'A', amount: 20, cost: 10 },
      { order: '4', date: '2024-01-21', customer: 'A', amount: -8, cost: -3, quantity: -1 },
      { order: '5', date: '2024-02-05', customer: 'A', amount: 30 },
      { order: '6', date: '2024-01-08', customer: 'B', amount: -4, quantity: -1 },
      { order: '7', date: '2024-01-22', customer: 'B', amount: 7 },
      { order: '8', date: '2024-01-10', customer: 'C', amount: -9, quantity: -1 },
      { order: '9', date: '2024-02-06', customer: null, amount: 100 },
    ],
  })
  const { warehouse } = run
  await warehouse.materialise('value_late', history.daysWithoutSale(false))
  await warehouse.materialise('value_attributed', history.purchaseBefore())
  await warehouse.materialise('value_purchase', history.purchases(false))
  await warehouse.materialise('value_sum', history.purchaseSums(before))
  await warehouse.materialise('all_histories', history.histories(dialect, '2024-02-05', true))
  await warehouse.materialise('early_histories', history.histories(dialect, before, false))
  await warehouse.load(
    'value_score',
    {
      age_days: new Float64Array([14, 35]),
      x: new Float64Array([0, 2]),
      recency_days: new Float64Array([0, 35]),
      alive: new Float64Array([0.5, 0.25]),
      buys_again: new Float64Array([0.4, 0.2]),
      expected: new Float64Array([1, 2]),
      discounted: new Float64Array([0.5, 1]),
      low: new Float64Array([0, 0]),
      high: new Float64Array([3, 4]),
    },
    {
      age_days: 'integer',
      x: 'integer',
      recency_days: 'integer',
      alive: 'double',
      buys_again: 'double',
      expected: 'double',
      discounted: 'double',
      low: 'double',
      high: 'double',
    },
  )
  await warehouse.materialise('customer_value', history.valuedCustomers('all_histories', shrinkage))
})
afterAll(() => run.close())

const alder = { customer_id: 'A', customer_key: 1, name: 'Alder', repeat_purchases: 2, recency: 5, age: 5, past_measure: '57.0000' }
const birch = { customer_id: 'B', customer_key: 2, name: 'B', repeat_purchases: 0, recency: 0, age: 2, past_measure: '7.0000' }

const cases: SqlCase[] = [
  {
    of: 'daysWithoutSale',
    query: history.daysWithoutSale(false),
    rows: [
      { customer_key: 1, day: '2024-01-21', spend: '-8.0000' },
      { customer_key: 2, day: '2024-01-08', spend: '-4.0000' },
      { customer_key: 3, day: '2024-01-10', spend: '-9.0000' },
    ],
  },
  {
    of: 'purchaseBefore',
    query: history.purchaseBefore(),
    rows: [
      { customer_key: 1, day: '2024-01-21', spend: '-8.0000', purchase_day: '2024-01-15' },
      { customer_key: 2, day: '2024-01-08', spend: '-4.0000', purchase_day: null },
      { customer_key: 3, day: '2024-01-10', spend: '-9.0000', purchase_day: null },
    ],
  },
  {
    of: 'purchaseSums',
    query: history.purchaseSums(before),
    rows: [
      {
        customer_key: 1,
        first_day: '2024-01-01',
        last_day: '2024-02-05',
        last_early_day: '2024-01-15',
        purchases: 3,
        early_purchases: 2,
        spend: '57.0000',
        early_spend: '27.0000',
        squares: '1269.0000',
        early_squares: '369.0000',
      },
      {
        customer_key: 2,
        first_day: '2024-01-22',
        last_day: '2024-01-22',
        last_early_day: null,
        purchases: 1,
        early_purchases: 0,
        spend: '7.0000',
        early_spend: '0.0000',
        squares: '49.0000',
        early_squares: '0.0000',
      },
    ],
  },
  {
    of: 'purchases',
    when: 'by net revenue',
    query: history.purchases(false),
    rows: [
      { customer_key: 1, day: '2024-01-01', spend: '15.0000' },
      { customer_key: 1, day: '2024-01-15', spend: '12.0000' },
      { customer_key: 1, day: '2024-02-05', spend: '30.0000' },
      { customer_key: 2, day: '2024-01-22', spend: '7.0000' },
    ],
  },
  {
    of: 'purchases',
    when: 'by contribution, what came later still by net revenue: goods without a cost bring none',
    query: history.purchases(true),
    rows: [
      { customer_key: 1, day: '2024-01-01', spend: '9.0000' },
      { customer_key: 1, day: '2024-01-15', spend: '2.0000' },
      { customer_key: 1, day: '2024-02-05', spend: '0.0000' },
      { customer_key: 2, day: '2024-01-22', spend: '0.0000' },
    ],
  },
  {
    of: 'purchaseSpan',
    query: history.purchaseSpan(dialect),
    rows: [{ first_day: '2024-01-01', last_day: '2024-02-05', days: 35, spend: '64.0000' }],
  },
  {
    of: 'histories',
    query: history.histories(dialect, before, false),
    rows: [
      {
        customer_key: 1,
        first_day: '2024-01-01',
        purchases: 2,
        x: 1,
        recency_days: 14,
        age_days: 14,
        later: 1,
        spend: '27.0000',
        later_spend: '30.0000',
        squares: '369.0000',
      },
    ],
  },
  {
    of: 'historyCells',
    query: history.historyCells('all_histories'),
    ordered: true,
    rows: [
      { age_days: 14, x: 0, recency_days: 0, customers: 1, later: 0 },
      { age_days: 35, x: 2, recency_days: 35, customers: 1, later: 0 },
    ],
  },
  {
    of: 'spendCells',
    query: history.spendCells('all_histories'),
    ordered: true,
    rows: [
      { purchases: 1, spend: 7, squares: 49, customers: 1 },
      { purchases: 3, spend: 57, squares: 1269, customers: 1 },
    ],
  },
  {
    of: 'cellMoney',
    query: history.cellMoney('all_histories', shrinkage),
    ordered: true,
    rows: [
      { money: 8.5, squares: 72.25 },
      { money: 16.75, squares: 280.5625 },
    ],
  },
  {
    of: 'laterTotals',
    query: history.laterTotals('early_histories'),
    rows: [{ customers: 1, repeat_buyers: 1, repeats: 1, later: 1, later_spend: '30.0000' }],
  },
  {
    of: 'firstDays',
    query: history.firstDays(dialect, 'all_histories', '2024-01-01'),
    ordered: true,
    rows: [
      { day: 0, customers: 1 },
      { day: 21, customers: 1 },
    ],
  },
  {
    of: 'repeatDays',
    query: history.repeatDays(dialect, 'early_histories', '2024-01-01'),
    ordered: true,
    rows: [
      { day: 14, purchases: 1 },
      { day: 35, purchases: 1 },
    ],
  },
  {
    of: 'valuedCustomers',
    query: history.valuedCustomers('all_histories', shrinkage),
    rows: [
      {
        ...alder,
        alive: 0.25,
        buys_again: 0.2,
        expected_purchases: 2,
        measure_per_purchase: '16.7500',
        value_12_months: '16.7500',
        value_low: '0.0000',
        value_high: '67.0000',
        value_rank: 1,
        tier: 1,
      },
      {
        ...birch,
        alive: 0.5,
        buys_again: 0.4,
        expected_purchases: 1,
        measure_per_purchase: '8.5000',
        value_12_months: '4.2500',
        value_low: '0.0000',
        value_high: '25.5000',
        value_rank: 2,
        tier: 2,
      },
    ],
  },
  {
    of: 'unvaluedCustomers',
    query: history.unvaluedCustomers('all_histories'),
    rows: [alder, birch].map((row) => ({
      ...row,
      alive: null,
      buys_again: null,
      expected_purchases: null,
      measure_per_purchase: null,
      value_12_months: null,
      value_low: null,
      value_high: null,
      value_rank: null,
      tier: null,
    })),
  },
  { of: 'measureTotals', query: history.measureTotals(), rows: [{ identified: '14.0000', unidentified: '0.0000' }] },
  {
    of: 'moneyWithoutPurchase',
    when: 'a return before the first purchase, and returns alone',
    query: history.moneyWithoutPurchase(),
    rows: [{ amount: '-13.0000' }],
  },
  {
    of: 'valueTotals',
    query: history.valueTotals(),
    rows: [{ customers: 2, total: '21.0000', best: 1, of_best: '16.7500' }],
  },
  {
    of: 'slippingCustomers',
    when: 'one of the best so far is more likely gone than not',
    query: history.slippingCustomers(2, 5),
    rows: [
      {
        customer_id: 'A',
        name: 'Alder',
        past_measure: '57.0000',
        alive: 0.25,
        recency: 5,
        age: 5,
        value_12_months: '16.7500',
        place: 1,
        customers: 1,
        together: '57.0000',
      },
    ],
  },
]

checkSql(() => run.warehouse, cases)

checkAllCovered([history], cases)
