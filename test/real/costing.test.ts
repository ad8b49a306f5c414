import { existsSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { parseSummary } from '../../src/analytics/value/index.ts'
import { clientele, sharedData, temporaryFolder } from '../helpers/clientele.ts'

// Public data sets with a cost model and a ledger of our own: whatever they hold, the ledger ties. They skip, visibly, where the folder is absent.
const superstore = join(sharedData, 'superstore.csv.gz')
const northwind = join(sharedData, 'northwind_orders.csv')

const model = (currency: string) => `name: Real
currency: ${currency}
steps:
  costing:
    ratesPer: quarter
    pools:
      - { id: desk, title: Order desk, level: order, capacityPerMonth: 9000 }
      - { id: store, title: Warehouse, level: line, capacityPerMonth: 6000 }
      - { id: sales, title: Sales, level: customer, capacityPerMonth: 20000 }
      - { id: house, title: The house, level: business }
      - { id: it, title: IT, level: service, passesTo: { desk: 0.5, store: 0.2, hr: 0.1, house: 0.2 } }
      - { id: hr, title: HR, level: service, passesTo: { it: 0.2, desk: 0.4, store: 0.4 } }
    accounts:
      - { costCentre: DESK, pools: { desk: 1 } }
      - { costCentre: STORE, pools: { store: 0.9, house: 0.1 } }
      - { costCentre: SALES, pools: { sales: 1 } }
      - { costCentre: ADMIN, pools: { it: 0.3, hr: 0.2, house: 0.5 } }
    excluded: [{ account: "49", reason: interest }]
    activities:
      - { id: enter, title: Enter, pool: desk, level: order, minutes: '12 + 3 * lines + 0.01 * amount' }
      - { id: pick, title: Pick, pool: store, level: line, minutes: 'if(returned, 0, 4 + 0.2 * units)' }
      - { id: care, title: Look after, pool: sales, level: customer, minutes: '25 * months_active + 5 * orders' }
`

function ledger(from: string, to: string): string {
  const rows = ['entry_id,period,account,cost_centre,amount']
  const at = (month: string) => Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7)) - 1
  const accounts: [string, string, number][] = [
    ['41', 'DESK', 4100.37],
    ['42', 'STORE', 2300.11],
    ['43', 'SALES', 5200.59],
    ['44', 'ADMIN', 3100.83],
    ['49', 'FINANCE', 411.07],
  ]
  for (let m = at(from); m <= at(to); m++)
    for (const [account, centre, amount] of accounts)
      rows.push(
        `${m}-${account},${Math.floor(m / 12)}-${String((m % 12) + 1).padStart(2, '0')},${account},${centre},${(amount * (1 + (m % 7) / 50)).toFixed(2)}`,
      )
  return rows.join('\n')
}

async function ties(lines: string, currency: string, from: string, to: string): Promise<{ customers: number; losing: number }> {
  await using folder = await temporaryFolder()
  const workspace = join(folder.path, 'real')
  await clientele(['init', workspace, '--currency', currency])
  await writeFile(join(workspace, 'clientele.yaml'), model(currency))
  await writeFile(join(folder.path, 'order_lines.csv'), lines)
  await writeFile(join(folder.path, 'ledger.csv'), ledger(from, to))
  const imported = await clientele([
    'import',
    join(folder.path, 'order_lines.csv'),
    join(folder.path, 'ledger.csv'),
    '--yes',
    '--date-order',
    'ymd',
    '--json',
    '--workspace',
    workspace,
  ])
  expect(imported.code, imported.stderr).toBe(0)
  const run = await clientele(['run', '--json', '--workspace', workspace])
  expect(run.code, run.stderr).toBe(0)
  const checks = Object.fromEntries(run.json().checks.map((check: { name: string; status: string }) => [check.name, check.status]))
  expect(checks).toMatchObject({ 'costs-tie-to-ledger': 'pass', 'customer-costs-tie-to-activities': 'pass' })
  const query = async (text: string) => (await clientele(['query', text, '--json', '--workspace', workspace])).json()
  const tieOut = await query('select destination, amount from cost_tie_out order by position')
  expect(tieOut.at(-1)).toEqual({ destination: 'difference', amount: '0.0000' })
  const [served] = await query(
    "select (select sum(cost_to_serve) from customer_cost) - (select sum(amount) from cost_tie_out where destination in ('line', 'order', 'customer')) as difference",
  )
  expect(Number(served.difference)).toBe(0)
  const [cube] = await query(
    'select (select sum(line_cost) from cost_cube) - (select sum(line_cost) from customer_cost) as lines, (select sum(order_cost_spread) from cost_cube) - (select sum(order_cost) from customer_cost) as orders',
  )
  expect([Number(cube.lines), Number(cube.orders)]).toEqual([0, 0])
  const [row] = await query(
    'select count(*) as customers, count(*) filter (where customer_profit < 0) as losing from customer_cost where identified',
  )
  return row
}

test.skipIf(!existsSync(superstore))('Superstore with a stated cost model: the ledger ties, and many customers lose money', async () => {
  const table = parseSummary(gunzipSync(readFileSync(superstore)).toString('utf8'))
  const at = (name: string) => table.header.indexOf(name)
  const cents = (text: string | undefined) => Number(text)
  const lines = table.rows.map((row) =>
    [
      row[at('Order ID')],
      row[at('Order Date')],
      row[at('Customer ID')],
      row[at('Product ID')],
      row[at('Quantity')],
      cents(row[at('Sales')]).toFixed(2),
      (cents(row[at('Sales')]) - cents(row[at('Profit')])).toFixed(2),
      row[at('Segment')],
    ].join(','),
  )
  const days = table.rows.map((row) => row[at('Order Date')]!).sort()
  const result = await ties(
    ['order_id,order_date,customer_id,product_id,quantity,invoice_amount,product_cost,channel_id', ...lines].join('\n'),
    'USD',
    days[0]!,
    days.at(-1)!,
  )
  expect(result.customers).toBeGreaterThan(780)
  expect(result.losing).toBeGreaterThan(200)
})

test.skipIf(!existsSync(northwind))('Northwind with a stated cost model: the ledger ties', async () => {
  const orders = parseSummary(readFileSync(northwind, 'utf8'))
  const details = parseSummary(readFileSync(join(sharedData, 'northwind_order_details.csv'), 'utf8'))
  const heads = new Map(orders.rows.map((row) => [row[0]!, { customer: row[1]!, date: row[3]! }]))
  const lines = details.rows.map(([order, product, price, quantity, discount]) => {
    const head = heads.get(order!)!
    const gross = Number(price) * Number(quantity)
    // Northwind holds no cost: 70 % of the list price is taken.
    return [
      order,
      head.date,
      head.customer,
      product,
      quantity,
      Number(price).toFixed(4),
      (gross * (1 - Number(discount))).toFixed(2),
      (gross * 0.7).toFixed(2),
    ].join(',')
  })
  const days = [...heads.values()].map(({ date }) => date).sort()
  const result = await ties(
    ['order_id,order_date,customer_id,product_id,quantity,list_price,invoice_amount,product_cost', ...lines].join('\n'),
    'USD',
    days[0]!,
    days.at(-1)!,
  )
  expect(result.customers).toBe(89)
})
