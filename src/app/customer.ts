import { customerChange, customerProduct, customerProfit, monthProfit } from '../analytics/profitability/contract.ts'
import type { Available } from '../analytics/profitability/index.ts'
import type { Finding } from '../pipeline/step.ts'
import { MissingError } from '../shared/errors.ts'
import { formatCount, formatCounted, formatMoney, formatShare } from '../shared/format.ts'
import { type ColumnInfo, canonicalTable, col, optional, type TableContract, table } from '../warehouse/contract/index.ts'
import type { Row } from '../warehouse/port.ts'
import { id as name, type Sql, sql } from '../warehouse/sql.ts'
import { type CustomerLines, customerMonths, customerOrders, customerProducts, neighbours } from './customer.sql.ts'
import { type OpenSnapshot, withSnapshot } from './open-snapshot.ts'
import { type PageSnapshot, snapshotOf } from './page-snapshot.ts'
import type { Workspace } from './workspace.ts'

type Contract = Omit<TableContract, 'schema'>

/** Everything that the page of one customer shows. */
export interface CustomerPage {
  workspace: { name: string; currency: string }
  snapshot: PageSnapshot
  title: string
  profit: { contract: Contract; row: Row }
  attributes: { contract: Contract; row: Row } | null
  layers: {
    layer: string
    title: string
    role: string
    amount: string | null
    available: boolean
    reason: string | null
    unlock: string | null
  }[]
  rank: {
    measure: number
    revenue: number
    of: number
    share: number | null
    cumulativeShare: number | null
    before: string | null
    after: string | null
  } | null
  months: { contract: Contract; rows: Row[] }
  products: { contract: Contract; rows: Row[]; total: number }
  orders: { contract: Contract; rows: Row[]; total: number }
  change: { contract: Contract; row: Row; periods: Row[] } | null
  findings: Finding[]
}

const mostProducts = 100
const mostOrders = 50

const layerNames = [
  'list_revenue',
  'discounts',
  'invoiced_revenue',
  'returns',
  'net_revenue',
  'revenue_without_cost',
  'product_cost',
  'contribution',
]

/** A column of another table, computed here and not traced. */
const untraced = ({ from: _, ...column }: ColumnInfo): ColumnInfo => column
const layerColumnsOf = (contract: Contract): Record<string, ColumnInfo> =>
  Object.fromEntries(layerNames.map((layer) => [layer, untraced(contract.columns[layer])]))

/** One customer month by month. */
const months = table({
  name: 'customer_month',
  title: 'Profit by month',
  meaning: 'The layers of this customer month by month, months without an order included.',
  grain: 'month of the order date',
  key: ['month'],
  kind: 'result',
  columns: {
    month: monthProfit.columns.month,
    orders: monthProfit.columns.orders,
    lines: untraced(monthProfit.columns.lines),
    ...layerColumnsOf(monthProfit),
  },
})

/** One customer order by order. */
const orders = table({
  name: 'customer_order',
  title: 'Orders',
  meaning: 'The layers of this customer order by order.',
  grain: 'order',
  key: ['order_id'],
  kind: 'result',
  columns: {
    order_id: col.text('Order', 'Order or invoice number.'),
    order_date: col.date('Date', 'Business date of the order.'),
    channel_id: optional(col.text('Channel', 'How the order came.')),
    cancelled: col.boolean('Cancelled', 'The source marks the order as cancelled.'),
    lines: untraced(monthProfit.columns.lines),
    ...layerColumnsOf(monthProfit),
  },
})

/** Reads what the page of a customer shows, by default from the published snapshot. */
export async function readCustomer(workspace: Workspace, customerId: string, snapshot?: string): Promise<CustomerPage> {
  return withSnapshot(workspace, snapshot, async (open) => {
    const { warehouse, manifest, tables } = open
    const [profit] = await warehouse.rows(sql`select * from customer_profit where customer_id = ${customerId}`)
    if (!profit) {
      throw new MissingError('customer.unknown', `there is no customer ${JSON.stringify(customerId)} in snapshot ${open.id}`, {
        hint: 'Ids are taken as the orders write them; search finds customers by name.',
      })
    }
    const identified = profit.identified === true
    const layers = await readLayers(open, profit)
    const has = (layer: string) => layers.find((one) => one.layer === layer)?.available ?? false
    const available: Available = { list: has('list_revenue'), cost: has('contribution') }
    const lines: CustomerLines = {
      customerId: identified ? customerId : null,
      asOf: manifest.asOf,
      currency: manifest.currency,
      rates: tables.has('fx_rate'),
      available,
    }
    const one = async (query: Sql): Promise<Row | null> => (await warehouse.rows(query))[0] ?? null

    const [attributes, monthRows, orderRows, productRows, change, periods, count, near, page] = await Promise.all([
      identified && tables.has('customer') ? one(sql`select * from customer where customer_id = ${customerId}`) : null,
      warehouse.rows(customerMonths(warehouse.dialect, lines)),
      warehouse.rows(customerOrders(lines, mostOrders)),
      tables.has('customer_product')
        ? warehouse.rows(customerProducts(customerId, available.cost ? 'contribution' : 'net_revenue', mostProducts))
        : [],
      tables.has('customer_change') ? one(sql`select * from customer_change where customer_id = ${customerId}`) : null,
      tables.has('period') ? warehouse.rows(sql`select * from period order by from_date`) : [],
      one(sql`select count(*) as customers from customer_profit where identified`),
      identified ? warehouse.rows(neighbours(Number(profit.measure_rank))) : [],
      snapshotOf(workspace, manifest),
    ])

    const contractOf = (table: string, fallback: Contract): Contract => tables.get(table) ?? fallback
    const known = Object.entries(attributes ?? {}).filter(([, value]) => value !== null)
    const products = contractOf('customer_product', customerProduct)
    const productName = col.text('Name', 'What people call the product.')
    const rank = Number(profit.measure_rank)
    const at = (position: number) => near.find((row) => Number(row.measure_rank) === position)?.customer_id?.toString() ?? null
    const of = Number(count?.customers ?? 0)
    const { product_id, ...others } = products.columns
    return {
      workspace: { name: workspace.config.name, currency: manifest.currency },
      snapshot: page,
      title: titleOf(profit, of, manifest.currency, available.cost),
      profit: { contract: contractOf('customer_profit', customerProfit), row: profit },
      attributes: attributes && {
        contract: contractOf('customer', canonicalTable('customer')!),
        row: Object.fromEntries(known),
      },
      layers,
      rank: identified
        ? {
            measure: rank,
            revenue: Number(profit.revenue_rank),
            of,
            share: profit.measure_share as number | null,
            cumulativeShare: profit.cumulative_share as number | null,
            before: at(rank - 1),
            after: at(rank + 1),
          }
        : null,
      months: { contract: months, rows: withoutGaps(monthRows) },
      products: {
        contract: { ...products, columns: { product_id, name: productName, ...others } },
        rows: productRows.map(({ all_products: _, ...row }) => row),
        total: Number(productRows[0]?.all_products ?? 0),
      },
      orders: {
        contract: orders,
        rows: orderRows.map(({ all_orders: _, ...row }) => row),
        total: Number(orderRows[0]?.all_orders ?? 0),
      },
      change: change && { contract: contractOf('customer_change', customerChange), row: change, periods },
      findings: manifest.findings.filter(({ customers }) => customers?.includes(customerId)),
    }
  })
}

async function readLayers({ warehouse, tables }: OpenSnapshot, profit: Row): Promise<CustomerPage['layers']> {
  if (!tables.has('layer')) return []
  const rows = await warehouse.rows(sql`select ${name('layer')}, title, role, available, reason, unlock from layer order by position`)
  const text = (cell: Row[string]) => (cell === null || cell === undefined ? null : String(cell))
  return rows.map((row) => ({
    layer: String(row.layer),
    title: String(row.title),
    role: String(row.role),
    amount: row.available === true ? text(profit[String(row.layer)]) : null,
    available: row.available === true,
    reason: text(row.reason),
    unlock: text(row.unlock),
  }))
}

/** The same with a row of nothing for each month between the first and the last that has none. */
function withoutGaps(rows: Row[]): Row[] {
  if (rows.length === 0) return rows
  const zero: Row = { orders: 0, lines: 0 }
  for (const column of layerNames) zero[column] = rows[0][column] === null ? null : '0.0000'
  const filled: Row[] = []
  for (const row of rows) {
    const month = String(row.month)
    for (let next = filled.length > 0 ? monthAfter(String(filled.at(-1)!.month)) : month; next < month; next = monthAfter(next)) {
      filled.push({ month: next, ...zero })
    }
    filled.push(row)
  }
  return filled
}

function monthAfter(month: string): string {
  const [year, number] = month.split('-').map(Number)
  return number === 12 ? `${year + 1}-01-01` : `${year}-${String(number + 1).padStart(2, '0')}-01`
}

function titleOf(profit: Row, of: number, currency: string, cost: boolean): string {
  const what = cost ? 'contribution' : 'net revenue'
  const amount = formatMoney(String(profit.measure), currency)
  if (profit.identified !== true) {
    return `Sales without a customer: ${formatCounted(Number(profit.lines), 'line')} that come to ${amount} of ${what}`
  }
  const rank = Number(profit.measure_rank)
  const label = String(profit.name)
  const share = typeof profit.measure_share === 'number' ? `, ${formatShare(profit.measure_share)} of all` : ''
  const sign = String(profit.measure).startsWith('-')
  const place = `${formatCount(rank)} of ${formatCount(of)}`
  return sign
    ? `${label} takes ${formatMoney(String(profit.measure).slice(1), currency)} of ${what} away: rank ${place}`
    : `${label} brings ${amount} of ${what}${share}: rank ${place}`
}
