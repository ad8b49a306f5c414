import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import * as compare from '../../src/app/compare.sql.ts'
import * as explain from '../../src/app/explain.sql.ts'
import * as tables from '../../src/app/tables.sql.ts'
import * as inputs from '../../src/pipeline/inputs.sql.ts'
import { tracedLines } from '../../src/pipeline/inputs.ts'
import { canonicalTable, col, optional, table } from '../../src/warehouse/contract/index.ts'
import { duckdbDialect } from '../../src/warehouse/dialect.ts'
import { openDuckDB } from '../../src/warehouse/duckdb.ts'
import type { Warehouse } from '../../src/warehouse/port.ts'
import { sql } from '../../src/warehouse/sql.ts'
import { checkAllCovered, checkSql, type SqlCase } from './check-sql.ts'

// Two imports of three customers and a little table of results, small enough to work out by hand.

const small = table({
  name: 'product',
  title: 'Small',
  meaning: 'Small.',
  grain: 'product',
  key: ['product_id'],
  kind: 'canonical',
  columns: {
    product_id: col.text('Id', 'Id.'),
    name: optional(col.text('Name', 'Name.')),
    family: optional(col.text('Family', 'Family.')),
  },
})
const rate = canonicalTable('fx_rate')!

let folder: string
let warehouse: Warehouse
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'clientele-sql-'))
  warehouse = await openDuckDB({ threads: 1, keepOrder: true })
  const make = (name: string, query: ReturnType<typeof sql>) => warehouse.materialise(name, query)
  await make('p1', sql`select * from (values ('b', 'b', 'f1', 1), ('c', 'Cee', null, 2)) as t (product_id, name, family, product_key)`)
  await make('p2', sql`select * from (values ('a', 'a', null, 1), ('c', 'c', 'f2', 2)) as t (product_id, name, family, product_key)`)
  await make('keys', inputs.globalKeys('product', parts))
  await make('map1', inputs.keyMap('product', parts[0], 'keys'))
  await make('map2', inputs.keyMap('product', parts[1], 'keys'))
  await make(
    'o',
    sql`select cast(null as varchar) as x, 'o1' as order_id, 'a' as customer_id, cast('2026-01-01' as date) as order_date, 1 as order_key`,
  )
  await make('customers', sql`select 'a' as customer_id, 7 as customer_key`)
  await make(
    'costed',
    sql`
    select * from (values
      (1, 'sale', cast(3 as decimal(18, 4)), 'EUR', cast('2026-01-02' as date), cast(null as decimal(18, 4)), 1),
      (2, 'sale', cast(3 as decimal(18, 4)), 'EUR', cast('2026-01-02' as date), cast(9 as decimal(18, 4)), 1),
      (3, 'sale', cast(3 as decimal(18, 4)), 'EUR', cast('2025-12-31' as date), cast(null as decimal(18, 4)), 1),
      (4, 'sale', cast(3 as decimal(18, 4)), 'USD', cast('2026-01-02' as date), cast(null as decimal(18, 4)), 1),
      (5, 'return', cast(-3 as decimal(18, 4)), 'EUR', cast('2026-01-02' as date), cast(null as decimal(18, 4)), 1),
      (6, 'fee', cast(1 as decimal(18, 4)), 'EUR', cast('2026-01-02' as date), cast(null as decimal(18, 4)), 1),
      (7, 'sale', cast(1 as decimal(18, 4)), 'EUR', cast('2026-01-02' as date), cast(null as decimal(18, 4)), 9)
    ) as t (line_no, kind, quantity, currency, order_date, product_cost, product_key)`,
  )
  await make(
    'priced',
    sql`select 1 as product_key, cast(2.000050 as decimal(18, 6)) as unit_cost, cast('2026-01-01' as date) as valid_from`,
  )
  await make('r1', sql`select 'USD' as currency, cast('2026-01-01' as date) as date, cast(0.9 as double) as rate`)
  await make('r2', sql`select 'USD' as currency, cast('2026-01-01' as date) as date, cast(0.8 as double) as rate`)
  await make('fx_rate', sql`select * from r1`)
  await make(
    'order_line',
    sql`
    select order_id, line_no, customer_id, customer_key, cast(day as date) as order_date, product_id, kind, quantity, currency,
      cast(amount as decimal(18, 4)) as invoice_amount, cast(null as decimal(18, 4)) as list_amount, cast(null as decimal(18, 4)) as product_cost,
      'f.csv' as source_file, row as source_row, 'i1' as import_id
    from (values
      ('o1', 1, 'a', 1, '2026-01-02', 'p', 'sale', cast(1 as decimal(18, 4)), 'EUR', '10.0000', 2),
      ('o1', 2, 'a', 1, '2026-01-02', 'p', 'return', cast(-1 as decimal(18, 4)), 'USD', '-1.1111', 3),
      ('o2', 1, null, 0, '2026-03-01', null, 'sale', cast(1 as decimal(18, 4)), 'EUR', '5.0000', 4)
    ) as t (order_id, line_no, customer_id, customer_key, day, product_id, kind, quantity, currency, amount, row)`,
  )
  await make(
    'day_total',
    sql`
    select currency, identified, cast(day as date) as order_date, cast(lines as bigint) as lines, cast(amount as decimal(38, 4)) as invoice_amount,
      cast(0 as decimal(38, 4)) as list_amount, cast(0 as decimal(38, 4)) as product_cost
    from (values
      ('EUR', true, '2026-01-02', 1, '10.0000'),
      ('USD', true, '2026-01-02', 1, '-1.1111'),
      ('EUR', false, '2026-03-01', 1, '5.0000')
    ) as t (currency, identified, day, lines, amount)`,
  )
  await warehouse.view(tracedLines, sql`select * from order_line`)
  await make(
    'res',
    sql`select * from (values ('a', 'Anna', cast(2.5 as decimal(38, 4)), 3), ('b', '=x', cast(-1 as decimal(38, 4)), 4)) as t (customer_id, name, measure, lines)`,
  )
  await make(
    'res2',
    sql`select * from (values ('a', 'Anna', cast(3 as decimal(38, 4)), 3), ('c', 'Cy', cast(4 as decimal(38, 4)), 1)) as t (customer_id, name, measure, lines)`,
  )
})
afterAll(async () => {
  await warehouse.close()
  rmSync(folder, { recursive: true, force: true })
})

const parts = [
  { relation: 'p1', position: 1 },
  { relation: 'p2', position: 2 },
]
const scope = { asOf: '2026-12-31', currency: 'EUR', foreign: true, rates: true }
const typeOf = () => 'text' as const
const lineage = { kind: 'rows' as const, table: 'order_line', on: ['customer_id'], column: 'invoice_amount' }
const behindA = explain.linesBehind(lineage, { customer_id: 'a' }, typeOf, scope, duckdbDialect)
const where = [tables.condition('lines', 'ge', [tables.typedValue('integer', 3)])]

const cases: SqlCase[] = [
  {
    of: 'globalKeys',
    query: inputs.globalKeys('product', parts),
    rows: [
      { product_id: 'a', product_key: 1 },
      { product_id: 'b', product_key: 2 },
      { product_id: 'c', product_key: 3 },
    ],
  },
  {
    of: 'keyMap',
    query: inputs.keyMap('product', parts[0], 'keys'),
    rows: [
      { local_key: 1, product_key: 2 },
      { local_key: 2, product_key: 3 },
      { local_key: 0, product_key: 0 },
    ],
  },
  { of: 'isIdentity', query: inputs.isIdentity('map1', 'product_key'), rows: [{ same: false }] },
  { of: 'areDisjoint', query: inputs.areDisjoint(parts, 'keys'), rows: [{ disjoint: false }] },
  {
    of: 'mergedEntities',
    query: inputs.mergedEntities('product', small, parts, 'keys', duckdbDialect),
    rows: [
      { product_id: 'a', name: 'a', family: null, product_key: 1 },
      { product_id: 'b', name: 'b', family: 'f1', product_key: 2 },
      { product_id: 'c', name: 'Cee', family: 'f2', product_key: 3 },
    ],
  },
  {
    of: 'ordersWithCustomer',
    query: inputs.ordersWithCustomer(
      { ...small, columns: { order_id: col.text('', ''), customer_id: col.text('', '') } },
      'o',
      'customers',
    ),
    rows: [{ order_id: 'o1', customer_id: 'a', order_key: 1, customer_key: 7 }],
  },
  {
    of: 'rekeyed',
    query: inputs.rekeyed({ ...small, columns: { product_id: col.text('', '') } }, [
      { ...parts[0], maps: { product: 'map1' } },
      { ...parts[1], maps: { product: 'map2' } },
    ]),
    rows: [
      { product_id: 'b', product_key: 2 },
      { product_id: 'c', product_key: 3 },
      { product_id: 'a', product_key: 1 },
      { product_id: 'c', product_key: 3 },
    ],
  },
  {
    of: 'latestByKey',
    query: inputs.latestByKey(rate, [
      { relation: 'r1', position: 1 },
      { relation: 'r2', position: 2 },
    ]),
    rows: [{ currency: 'USD', date: '2026-01-01', rate: 0.8 }],
  },
  {
    of: 'unitedRows',
    query: inputs.unitedRows({ ...small, columns: { product_id: col.text('', '') } }, [{ ...parts[0], importId: 'i1' }], 'import_id'),
    rows: [
      { product_id: 'b', import_id: 'i1' },
      { product_id: 'c', import_id: 'i1' },
    ],
  },
  {
    of: 'linesWithProductCost',
    query: sql`select line_no, product_cost from (${inputs.linesWithProductCost(['line_no', 'product_cost'], 'costed', 'priced', 'product_key', 'EUR')}) as t order by line_no`,
    rows: [
      { line_no: 1, product_cost: '6.0002' },
      { line_no: 2, product_cost: '9.0000' },
      { line_no: 3, product_cost: null },
      { line_no: 4, product_cost: null },
      { line_no: 5, product_cost: '-6.0002' },
      { line_no: 6, product_cost: null },
      { line_no: 7, product_cost: null },
    ],
  },
  { of: 'lacksProductCost', query: inputs.lacksProductCost('costed', 'priced'), rows: [{ lacking: true }] },
  {
    of: 'lineTotals',
    query: inputs.lineTotals('2026-02-01'),
    rows: [
      {
        currency: 'EUR',
        identified: false,
        lines: 1,
        invoice_amount: '5.0000',
        list_amount: '0.0000',
        product_cost: '0.0000',
        lines_after: 1,
      },
      {
        currency: 'EUR',
        identified: true,
        lines: 1,
        invoice_amount: '10.0000',
        list_amount: '0.0000',
        product_cost: '0.0000',
        lines_after: 0,
      },
      {
        currency: 'USD',
        identified: true,
        lines: 1,
        invoice_amount: '-1.1111',
        list_amount: '0.0000',
        product_cost: '0.0000',
        lines_after: 0,
      },
    ],
  },
  { of: 'typedValue', query: sql`select ${tables.typedValue('money', '1.5')} as v`, rows: [{ v: '1.500000' }] },
  {
    of: 'condition',
    query: sql`select customer_id from res where ${tables.condition('name', 'contains', [sql`${'AN'}`])}`,
    rows: [{ customer_id: 'a' }],
  },
  {
    of: 'searchFor',
    query: sql`select lines from res where ${tables.searchFor(['ann', 'A'], ['name', 'customer_id'])}`,
    rows: [{ lines: 3 }],
  },
  {
    of: 'rowsWhere',
    query: sql`${tables.rowsWhere('res', ['customer_id', 'lines'], where)} order by ${tables.orderedBy([{ column: 'lines', descending: true }], ['customer_id'])}`,
    rows: [
      { customer_id: 'b', lines: 4 },
      { customer_id: 'a', lines: 3 },
    ],
    ordered: true,
  },
  {
    of: 'totalsWhere',
    query: tables.totalsWhere(
      'res',
      [
        { column: 'measure', money: true },
        { column: 'lines', money: false },
      ],
      where,
    ),
    rows: [{ row_count: 2, measure: '1.5000', lines: 7 }],
  },
  {
    of: 'formulaSafe',
    query: tables.formulaSafe(sql`select name, lines from res`, [
      { name: 'name', text: true },
      { name: 'lines', text: false },
    ]),
    rows: [
      { name: 'Anna', lines: 3 },
      { name: "'=x", lines: 4 },
    ],
  },
  {
    of: 'linesBehind',
    query: sql`select source_row, amount from (${behindA}) as behind`,
    rows: [
      { source_row: 2, amount: '10.0000' },
      { source_row: 3, amount: '-1.0000' },
    ],
  },
  {
    of: 'linesBehind',
    when: 'of a month, without rates',
    query: sql`select source_row, amount from (${explain.linesBehind({ ...lineage, on: ['month'] }, { month: '2026-01-01' }, () => 'month', { ...scope, rates: false }, duckdbDialect)}) as behind`,
    rows: [{ source_row: 2, amount: '10.0000' }],
  },
  {
    of: 'rowsBehind',
    query: explain.rowsBehind({ kind: 'rows', table: 'res', on: ['customer_id'], column: 'measure' }, { customer_id: 'b' }, typeOf),
    rows: [{ customer_id: 'b', name: '=x', measure: '-1.0000', lines: 4, amount: '-1.0000' }],
  },
  { of: 'sumOf', query: explain.sumOf(behindA, true), rows: [{ row_count: 2, total: '9.0000' }] },
  {
    of: 'largestLines',
    query: sql`select source_row, amount from (${explain.largestLines(behindA, 1, true)}) as largest`,
    rows: [{ source_row: 2, amount: '10.0000' }],
  },
  {
    of: 'largestRows',
    query: explain.largestRows(sql`select *, measure as amount from res`, ['customer_id'], ['customer_id'], 1),
    rows: [{ customer_id: 'a', amount: '2.5000' }],
  },
  {
    of: 'rowWhere',
    query: explain.rowWhere('res', [{ column: 'customer_id', type: 'text', value: 'a' }]),
    rows: [{ customer_id: 'a', name: 'Anna', measure: '2.5000', lines: 3 }],
  },
  {
    of: 'rowChanges',
    query: compare.rowChanges('res', 'res2', ['customer_id'], ['customer_id', 'name', 'measure', 'lines']),
    rows: [{ added: 1, removed: 1, changed: 1 }],
  },
  {
    of: 'largestMoves',
    query: compare.largestMoves('res', 'res2', 'measure', 2),
    rows: [
      { customer_id: 'c', name: 'Cy', before: null, now: '4.0000', change: '4.0000' },
      { customer_id: 'b', name: '=x', before: '-1.0000', now: null, change: '1.0000' },
    ],
    ordered: true,
  },
]

checkSql(() => warehouse, cases)
// A piece of an order by stands in `rowsWhere`; row numbers of a table in memory are DuckDB's own.
checkAllCovered([inputs, tables, explain, compare], cases, ['orderedBy', 'deepPage'])
