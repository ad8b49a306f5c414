import { afterAll, beforeAll } from 'vitest'
import { duckdbDialect as dialect } from '../../src/warehouse/dialect.ts'
import { openDuckDB } from '../../src/warehouse/duckdb.ts'
import type { Warehouse } from '../../src/warehouse/port.ts'
import { sql } from '../../src/warehouse/sql.ts'
import * as sums from '../../src/warehouse/sums.sql.ts'
import { loadCanonical } from '../support/portfolio.ts'
import { checkAllCovered, checkSql, type SqlCase } from './check-sql.ts'

/** Customers A (key 1) and B (2), and one line without; products p (1), post (2), q (3). Order 3 is a return alone. */
let warehouse: Warehouse
beforeAll(async () => {
  warehouse = await openDuckDB({ threads: 2 })
  await loadCanonical(warehouse, {
    customers: [{ id: 'A' }, { id: 'B' }],
    lines: [
      { order: '1', date: '2024-01-02', customer: 'A', product: 'p', quantity: 10, list: 100, amount: 90, cost: 60 },
      { order: '1', date: '2024-01-02', customer: 'A', product: 'q', quantity: 1, amount: 50 },
      { order: '1', date: '2024-01-02', customer: 'A', product: 'post', quantity: 1, amount: 4.9, kind: 'fee' },
      { order: '2', date: '2024-01-20', customer: 'B', product: 'p', quantity: 5, list: 50, amount: 40.25, cost: 30 },
      { order: '3', date: '2024-02-01', customer: 'B', product: 'p', quantity: -6, list: -60, amount: -48.3, cost: -36 },
      { order: '4', date: '2024-02-03', customer: null, amount: 0, repeated: true },
    ],
  })
  await warehouse.materialise('without', sums.ordersWithoutSale('order_line'))
  await warehouse.materialise('customer_sum', sums.customerSums('order_line'))
  await warehouse.materialise('first_part', sums.customerOrders(dialect, 'order', 'without', [404]))
  await warehouse.materialise(
    'second_part',
    sql`select cast(1 as integer) as customer_key, cast(2 as bigint) as orders, cast('2025-01-05' as date) as first_date,
      cast('2025-02-01' as date) as last_date, cast(3 as bigint) as months_405`,
  )
  await warehouse.materialise(
    'order_days',
    sql`select * from (${sums.customerOrderDays('order', 'without')}) as known union all select 2, cast('2024-03-01' as date), cast(2 as integer)`,
  )
  await warehouse.materialise('key_map', sql`select 1 as local_key, 2 as customer_key`)
})
afterAll(() => warehouse.close())

const layers = (net: string, returned: string | null, list: string | null, cost: string | null, without: string | null) => ({
  net_revenue: net,
  returned,
  list_revenue: list,
  product_cost: cost,
  revenue_without_cost: without,
})

const cases: SqlCase[] = [
  { of: 'ordersWithoutSale', query: sums.ordersWithoutSale('order_line'), rows: [{ order_key: 3 }] },
  {
    // January 2024 is month 24288 = 404 x 60 + 48; no order lies in the sixty months before.
    of: 'customerOrders',
    query: sums.customerOrders(dialect, 'order', 'without', [403, 404]),
    rows: [
      [0, 1, '2024-02-03', '2024-02-03', 2 ** 49],
      [1, 1, '2024-01-02', '2024-01-02', 2 ** 48],
      [2, 1, '2024-01-20', '2024-01-20', 2 ** 48],
    ].map(([customer_key, orders, first_date, last_date, months_404]) => ({
      customer_key,
      orders,
      first_date,
      last_date,
      months_403: null,
      months_404,
    })),
  },
  {
    of: 'customerOrderDays',
    query: sums.customerOrderDays('order', 'without'),
    rows: [
      { customer_key: 0, order_date: '2024-02-03', orders: 1 },
      { customer_key: 1, order_date: '2024-01-02', orders: 1 },
      { customer_key: 2, order_date: '2024-01-20', orders: 1 },
    ],
  },
  {
    of: 'dayOrders',
    query: sums.dayOrders('order', 'without'),
    rows: ['2024-01-02', '2024-01-20', '2024-02-03'].map((order_date) => ({ order_date, orders: 1 })),
  },
  {
    of: 'customerSums',
    query: sums.customerSums('order_line'),
    rows: [
      { customer_key: 0, lines: 1, ...layers('0.0000', null, '0.0000', null, '0.0000') },
      { customer_key: 1, lines: 3, ...layers('144.9000', null, '154.9000', '60.0000', '50.0000') },
      { customer_key: 2, lines: 2, ...layers('-8.0500', '-48.3000', '50.0000', '-6.0000', null) },
    ],
  },
  {
    of: 'productSums',
    query: sums.productSums('order_line'),
    rows: [
      { product_key: 0, quantity: '1.0000', lines: 1, ...layers('0.0000', null, '0.0000', null, '0.0000') },
      { product_key: 1, quantity: '9.0000', lines: 3, ...layers('81.9500', '-48.3000', '150.0000', '54.0000', null) },
      { product_key: 2, quantity: '1.0000', lines: 1, ...layers('4.9000', null, '4.9000', null, null) },
      { product_key: 3, quantity: '1.0000', lines: 1, ...layers('50.0000', null, '50.0000', null, '50.0000') },
    ],
  },
  {
    of: 'daySums',
    query: sums.daySums('order_line'),
    rows: [
      { order_date: '2024-01-02', lines: 3, ...layers('144.9000', null, '154.9000', '60.0000', '50.0000') },
      { order_date: '2024-01-20', lines: 1, ...layers('40.2500', null, '50.0000', '30.0000', null) },
      { order_date: '2024-02-01', lines: 1, ...layers('-48.3000', '-48.3000', null, '-36.0000', null) },
      { order_date: '2024-02-03', lines: 1, ...layers('0.0000', null, '0.0000', null, '0.0000') },
    ],
  },
  ...([18, 38] as const).map((digits) => ({
    of: 'customerDays',
    when: `${digits} digits, of customers 1 to 2: a fee has no cost, goods without one bring no contribution`,
    query: sums.customerDays('order_line', 'order_days', digits, { from: 1, to: 2 }),
    rows: [
      [1, '2024-01-02', 1, 3, 2, '144.9000', '34.9000', '140.0000', '30.0000'],
      [2, '2024-01-20', 1, 1, 1, '40.2500', '10.2500', '40.2500', '10.2500'],
      [2, '2024-02-01', 0, 1, 0, '-48.3000', '-12.3000', '-48.3000', '-12.3000'],
      [2, '2024-03-01', 2, 0, 0, '0.0000', '0.0000', '0.0000', '0.0000'],
    ].map(([customer_key, order_date, orders, lines, sales, net_revenue, contribution, goods_revenue, goods_contribution]) => ({
      customer_key,
      order_date,
      orders,
      lines,
      sales,
      net_revenue,
      contribution,
      goods_revenue,
      goods_contribution,
    })),
  })),
  {
    of: 'customerRanges',
    query: sums.customerRanges('customer_sum', 4),
    ordered: true,
    rows: [{ last_key: 0 }, { last_key: 2 }],
  },
  { of: 'amountExtremes', query: sums.amountExtremes('order_line'), rows: [{ lines: 6, invoice_amount: 90, product_cost: 60 }] },
  {
    of: 'dayTotals',
    query: sums.dayTotals('order_line'),
    rows: [
      ['2024-01-02', 'fee', true, 1, '4.9000', '0.0000', '0.0000', '0.0000', 0, 0],
      ['2024-01-02', 'sale', true, 2, '140.0000', '100.0000', '60.0000', '90.0000', 0, 0],
      ['2024-01-20', 'sale', true, 1, '40.2500', '50.0000', '30.0000', '40.2500', 0, 0],
      ['2024-02-01', 'return', true, 1, '-48.3000', '-60.0000', '-36.0000', '-48.3000', 0, 0],
      ['2024-02-03', 'sale', false, 1, '0.0000', '0.0000', '0.0000', '0.0000', 1, 1],
    ].map(([order_date, kind, identified, lines, invoice_amount, list_amount, product_cost, amount_with_list, free, repeated]) => ({
      order_date,
      currency: 'EUR',
      kind,
      identified,
      lines,
      invoice_amount,
      list_amount,
      product_cost,
      amount_with_list,
      lines_without_price: free,
      repeated_lines: repeated,
      repeated_amount: '0.0000',
    })),
  },
  {
    of: 'unitedSums',
    when: 'a customer of both has another key in the second, and months that the first does not know',
    query: sums.unitedSums(
      dialect,
      [
        { relation: 'first_part', columns: ['customer_key', 'orders', 'first_date', 'last_date', 'months_404'] },
        {
          relation: 'second_part',
          columns: ['customer_key', 'orders', 'first_date', 'last_date', 'months_405'],
          rekey: { column: 'customer_key', map: 'key_map' },
        },
      ],
      ['customer_key'],
    ),
    rows: [
      [0, 1, '2024-02-03', '2024-02-03', 2 ** 49, null],
      [1, 1, '2024-01-02', '2024-01-02', 2 ** 48, null],
      [2, 3, '2024-01-20', '2025-02-01', 2 ** 48, 3],
    ].map(([customer_key, orders, first_date, last_date, months_404, months_405]) => ({
      customer_key,
      orders,
      first_date,
      last_date,
      months_404,
      months_405,
    })),
  },
]

checkSql(() => warehouse, cases)

checkAllCovered([sums], cases)
