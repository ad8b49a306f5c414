import { afterAll, beforeAll } from 'vitest'
import { openDuckDB } from '../../src/warehouse/duckdb.ts'
import * as effect from '../../src/warehouse/load/canonical/effect.sql.ts'
import type { Warehouse } from '../../src/warehouse/port.ts'
import { id, sql } from '../../src/warehouse/sql.ts'
import { checkAllCovered, checkSql, type SqlCase } from './check-sql.ts'

let warehouse: Warehouse
beforeAll(async () => {
  warehouse = await openDuckDB({ threads: 1, keepOrder: true })
  const lines = (rows: [string, string | null, string, string][]) =>
    rows.reduce(
      (all, [day, customer, currency, amount], i) => sql`${all}${i === 0 ? sql`` : sql` union all `}
        select cast(${day} as date) as order_date, cast(${customer} as varchar) as customer_id, ${currency} as currency, cast(${amount} as decimal(18, 4)) as invoice_amount`,
      sql``,
    )
  await warehouse.materialise(
    'before',
    lines([
      ['2026-01-31', 'a', 'EUR', '10.00'],
      ['2026-02-01', 'b', 'EUR', '5.50'],
      ['2026-02-28', null, 'USD', '1.00'],
    ]),
  )
  await warehouse.materialise(
    'added',
    lines([
      ['2026-02-10', 'b', 'EUR', '7.25'],
      ['2026-02-03', 'c', 'EUR', '-0.25'],
      ['2026-03-01', 'd', 'EUR', '3.00'],
      ['2026-03-01', null, 'EUR', '2.00'],
    ]),
  )
})
afterAll(() => warehouse.close())

const month = (
  name: string,
  currency: string,
  [linesBefore, amountBefore, firstBefore, lastBefore]: [number, string, string | null, string | null],
  [linesAdded, amountAdded, firstAdded, lastAdded]: [number, string, string | null, string | null],
) => ({
  month: name,
  currency,
  lines_before: linesBefore,
  amount_before: amountBefore,
  lines_added: linesAdded,
  amount_added: amountAdded,
  first_before: firstBefore,
  last_before: lastBefore,
  first_added: firstAdded,
  last_added: lastAdded,
})
const none: [number, string, null, null] = [0, '0.0000', null, null]

const cases: SqlCase[] = [
  {
    of: 'effectByMonth',
    query: effect.effectByMonth(id('added'), id('before')),
    ordered: true,
    rows: [
      month('2026-01-01', 'EUR', [1, '10.0000', '2026-01-31', '2026-01-31'], none),
      month('2026-02-01', 'EUR', [1, '5.5000', '2026-02-01', '2026-02-01'], [2, '7.0000', '2026-02-03', '2026-02-10']),
      month('2026-02-01', 'USD', [1, '1.0000', '2026-02-28', '2026-02-28'], none),
      month('2026-03-01', 'EUR', none, [2, '5.0000', '2026-03-01', '2026-03-01']),
    ],
  },
  {
    of: 'effectByMonth',
    when: 'the first import',
    query: effect.effectByMonth(id('added'), null),
    ordered: true,
    rows: [
      month('2026-02-01', 'EUR', none, [2, '7.0000', '2026-02-03', '2026-02-10']),
      month('2026-03-01', 'EUR', none, [2, '5.0000', '2026-03-01', '2026-03-01']),
    ],
  },
  {
    of: 'effectOnCustomers',
    query: effect.effectOnCustomers(id('added'), id('before')),
    rows: [{ known: 1, fresh: 2 }],
  },
  {
    of: 'effectOnCustomers',
    when: 'the first import',
    query: effect.effectOnCustomers(id('added'), null),
    rows: [{ known: 0, fresh: 3 }],
  },
]

checkSql(() => warehouse, cases)
checkAllCovered([effect], cases)
