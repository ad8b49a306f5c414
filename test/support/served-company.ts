import { costingSteps } from '../../src/analytics/costing/index.ts'
import { profitabilitySteps } from '../../src/analytics/profitability/index.ts'
import { createRandom } from '../../src/math/random.ts'
import type { AnyStep } from '../../src/pipeline/step.ts'
import { openDuckDB } from '../../src/warehouse/duckdb.ts'
import { sql } from '../../src/warehouse/sql.ts'
import { loadCanonical, runStepsOn, type TestInput, type TestLine, type TestRun } from './portfolio.ts'

const model = {
  pools: [
    { id: 'desk', title: 'Order desk', level: 'order', capacity: 20000 },
    { id: 'store', title: 'Warehouse', level: 'line', capacity: 12000 },
    { id: 'sales', title: 'Sales', level: 'customer', capacity: 30000 },
  ],
  accounts: [
    { account: '1', pools: { desk: 1 } },
    { account: '2', pools: { store: 1 } },
    { account: '3', pools: { sales: 1 } },
  ],
  activities: [
    { id: 'enter', title: 'Enter the order', pool: 'desk', level: 'order', minutes: '8 + 2 * lines + 15 * returned_lines' },
    { id: 'pick', title: 'Pick', pool: 'store', level: 'line', minutes: 'if(returned, 12, 3)' },
    { id: 'visit', title: 'Visit', pool: 'sales', level: 'customer', minutes: '30 * months_active' },
  ],
}

/** Forty customers over two years; the last one places many tiny orders, the first sells below cost. */
export function servedCompany(): TestInput {
  const random = createRandom(11)
  const lines: TestLine[] = []
  for (let c = 0; c < 40; c++) {
    const customer = `C${String(c).padStart(2, '0')}`
    const tiny = c === 39
    const orders = tiny ? 120 : 12 + random.integer(12)
    const price = c === 0 ? 0.55 : 0.9 + 0.2 * random.next()
    for (let o = 0; o < orders; o++) {
      const day = new Date(Date.UTC(2024, 0, 3) + Math.floor((o / orders) * 720) * 86_400_000).toISOString().slice(0, 10)
      for (let l = 0; l < (tiny ? 1 : 1 + random.integer(4)); l++) {
        const product = `P${random.integer(8)}`
        const quantity = tiny ? 1 : c === 0 ? 60 : 4 + random.integer(20)
        lines.push({
          order: `${customer}-${o}`,
          date: day,
          customer,
          product,
          quantity,
          amount: (quantity * 10 * price).toFixed(2),
          cost: (quantity * 6).toFixed(2),
          channel: c % 2 ? 'web' : 'field',
        })
      }
      if (random.next() < 0.05)
        lines.push({
          order: `${customer}-${o}R`,
          date: day,
          customer,
          product: 'P0',
          quantity: -1,
          amount: '-9.00',
          cost: '-6.00',
          channel: 'web',
        })
    }
  }
  lines.push({ order: 'X', date: '2024-06-01', customer: null, product: 'P1', quantity: 3, amount: '30.00', cost: '18.00' })
  return {
    lines,
    customers: Array.from({ length: 40 }, (_, c) => ({ id: `C${String(c).padStart(2, '0')}`, segment: c < 20 ? 'key' : 'tail' })),
  }
}

/** Runs layers, costing and then `steps` on a company with a ledger of 24 months; `factor` scales the ledger. */
export async function runServed(input: TestInput, steps: readonly AnyStep[], factor = 1): Promise<TestRun> {
  const warehouse = await openDuckDB({ threads: 2 })
  await loadCanonical(warehouse, input)
  const months = Array.from({ length: 24 }, (_, m) => `${2024 + Math.floor(m / 12)}-${String((m % 12) + 1).padStart(2, '0')}`)
  const entries = months.flatMap((period) => [
    { period, account: '1', amount: 300 * factor },
    { period, account: '2', amount: 200 * factor },
    { period, account: '3', amount: 250 * factor },
  ])
  await warehouse.materialise(
    'ledger',
    entries
      .map(
        ({ period, account, amount }, i) => sql`
      select ${`E${i}`} as entry_id, ${period} as period, ${account} as account, ${'X'} as cost_centre, cast(${String(amount)} as decimal(18, 4)) as amount,
        cast(null as varchar) as currency, cast(null as varchar) as excluded_reason`,
      )
      .reduce((all, row) => sql`${all} union all ${row}`),
  )
  return runStepsOn(warehouse, [profitabilitySteps[0]!, ...costingSteps, ...steps], {
    asOf: '2025-12-31',
    tables: ['order', 'order_line', 'customer', 'product', 'ledger'],
    parameters: { costing: model },
  })
}
