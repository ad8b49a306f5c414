import { type PriceElement, waterfallRows } from '../analytics/pricing/index.ts'
import { MissingError } from '../shared/errors.ts'
import type { Row } from '../warehouse/port.ts'
import { sql } from '../warehouse/sql.ts'
import { type OpenSnapshot, withSnapshot } from './open-snapshot.ts'
import type { Workspace } from './workspace.ts'

export interface WaterfallQuestion {
  scope: 'all' | 'segment' | 'customer'
  /** The segment or the customer; `all` where the scope is all. */
  key: string
  span: 'whole' | 'previous' | 'current'
}

/** A pocket-price waterfall with the name of whose it is. */
export interface WaterfallAnswer extends WaterfallQuestion {
  title: string
  rows: Row[]
}

/** Reads the waterfall of everybody or of a segment, or makes that of a customer from its levels and price elements. */
export async function readPriceWaterfall(workspace: Workspace, question: WaterfallQuestion, snapshot?: string): Promise<WaterfallAnswer> {
  return withSnapshot(workspace, snapshot, async (open) => {
    if (!open.tables.has('price_waterfall')) {
      throw new MissingError('pricing.none', `snapshot ${open.id} was made before prices were looked at`, { hint: 'Run again.' })
    }
    return question.scope === 'customer' ? readCustomer(open, question) : readScope(open, question)
  })
}

async function readScope({ warehouse, id }: OpenSnapshot, { scope, key, span }: WaterfallQuestion): Promise<WaterfallAnswer> {
  const which = scope === 'all' ? 'all' : key
  const rows = await warehouse.rows(
    sql`select * from price_waterfall where scope = ${scope} and scope_key = ${which} and span = ${span} order by position`,
  )
  if (rows.length === 0) {
    throw new MissingError(
      'pricing.unknown',
      `there is no waterfall of ${scope === 'all' ? 'everybody' : `${scope} ${JSON.stringify(which)}`} for the span ${span} in snapshot ${id}`,
      {
        hint: 'Spans are whole and, where the data covers two periods, previous and current; segments are those of the customer file.',
      },
    )
  }
  return { scope, key: which, span, title: scope === 'all' ? 'All customers' : `Segment ${which}`, rows }
}

const text = (value: unknown): string | null => (value === null || value === undefined ? null : String(value))

async function readCustomer({ warehouse, id, tables }: OpenSnapshot, { key, span }: WaterfallQuestion): Promise<WaterfallAnswer> {
  const [[price], elements, [list], service] = await Promise.all([
    warehouse.rows(sql`select * from customer_price where customer_id = ${key} and span = ${span}`),
    warehouse.rows(sql`select * from customer_price_element where customer_id = ${key} and span = ${span}`),
    warehouse.rows(sql`select available from layer where layer = 'list_revenue'`),
    tables.has('customer_cost') ? warehouse.rows(sql`select net_revenue, cost_to_serve from customer_cost where customer_id = ${key}`) : [],
  ])
  if (!price) {
    throw new MissingError(
      'pricing.unknown',
      `customer ${JSON.stringify(key)} has no price waterfall for the span ${span} in snapshot ${id}`,
      {
        hint: 'It bought nothing then, or there are more customers than steps.price-waterfall.mostCustomers.',
      },
    )
  }
  // As for everybody, cost-to-serve belongs below the margin only where the ledger covers the months of the lines.
  const served = span === 'whole' && service[0] && Number(service[0].net_revenue) === Number(price.net_revenue)
  const rows = waterfallRows({
    levels: {
      list_revenue: text(price.list_revenue),
      invoiced_revenue: String(price.invoiced_revenue),
      returns: String(price.returns),
      net_revenue: String(price.net_revenue),
      revenue_without_cost: text(price.revenue_without_cost),
      product_cost: text(price.product_cost),
    },
    elements: elements.map(
      (row): PriceElement => ({
        type: row.type === 'on_invoice' ? 'on_invoice' : 'off_invoice',
        name: String(row.element),
        amount: String(row.amount),
        accrued: String(row.accrued),
        owner: text(row.owner),
      }),
    ),
    listed: list?.available === true,
    costToServe: served ? String(service[0]!.cost_to_serve) : null,
  })
  return {
    scope: 'customer',
    key,
    span,
    title: String(price.name),
    rows: rows.map((row) => ({ scope: 'customer', scope_key: key, span, ...row })),
  }
}
