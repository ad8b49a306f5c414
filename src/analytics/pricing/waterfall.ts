import { z } from 'zod'
import type { StepContext } from '../../pipeline/step.ts'
import { compareDecimals, sumDecimals } from '../../shared/decimal.ts'
import { formatCounted, formatMoney } from '../../shared/format.ts'
import type { Row } from '../../warehouse/port.ts'
import { sql } from '../../warehouse/sql.ts'
import { literalRows, type Periods } from '../profitability/index.ts'
import { customerPrice, customerPriceElement, priceElementMonth, priceWaterfall } from './contract.ts'
import * as element from './elements.sql.ts'
import { saveRows } from './save-rows.ts'
import * as query from './waterfall.sql.ts'
import { sayWaterfall } from './waterfall-findings.ts'
import { type PriceElement, waterfallResidual, waterfallRows } from './waterfall-rows.ts'

export const waterfallParameters = z.strictObject({
  /** Customers beyond which the waterfall is written for everybody and by segment only, not customer by customer. */
  mostCustomers: z.number().int().min(0).default(200_000),
})

/** The pocket-price waterfall for everybody, by segment and by customer, in all and in the two periods compared. */
export async function writeWaterfall(context: StepContext<z.infer<typeof waterfallParameters>>): Promise<void> {
  const { warehouse, signal, progress, check } = context
  const given = context.has('price_element')
  const left = await bookElements(context, given)
  const settings = await waterfallSettings(context, given)
  await warehouse.materialise('span_element', query.spanElements(settings), { signal })
  await warehouse.materialise('span_sum', query.spanSums(settings), { signal })
  await warehouse.materialise('pocket_level', query.pocketLevels(settings), { signal })
  progress(0.5)

  const [{ customers }] = await warehouse.rows(sql`select count(*) as customers from customer_profit`, { signal })
  const each = Number(customers) <= context.parameters.mostCustomers
  await context.save(customerPrice, each ? query.customerPrice(warehouse.dialect) : literalRows(customerPrice, []))
  await context.save(customerPriceElement, each ? query.customerPriceElement() : literalRows(customerPriceElement, []))
  await context.save(priceElementMonth, query.elementMonths(warehouse.dialect))
  progress(0.8)

  const rows = await scopeRows(context, settings)
  await saveRows(context, priceWaterfall, rows)
  check(tie(rows, await warehouse.rows(sql`select layer, amount from layer`, { signal })))
  if (given) check(counted(left, context.currency))
  await sayWaterfall(context, rows, settings)
}

/** Makes the relation `counted_element` and tells what stays out of it. */
async function bookElements(context: StepContext<unknown>, given: boolean): Promise<Row[]> {
  const { warehouse, asOf, currency, signal } = context
  if (!given) {
    await warehouse.materialise('counted_element', element.noElements(), { signal })
    return []
  }
  await warehouse.materialise('placed_element', element.placedElements(context.has('customer')), { signal })
  const rates = context.has('fx_rate') ? element.elementRates(currency) : element.noElementRates()
  await warehouse.materialise('element_rate', rates, { signal })
  await warehouse.materialise('valued_element', element.valuedElements({ asOf, currency }), { signal })
  await warehouse.materialise('counted_element', element.countedElements(), { signal })
  return warehouse.rows(element.elementsLeftOut(), { signal })
}

async function waterfallSettings({ warehouse, signal }: StepContext<unknown>, given: boolean): Promise<query.WaterfallSettings> {
  const layers = await warehouse.rows(sql`select layer, available from layer`, { signal })
  const has = (name: string) => layers.some(({ layer, available }) => layer === name && available === true)
  const [on] = await warehouse.rows(sql`select count(*) as elements from counted_element where type = 'on_invoice'`, { signal })
  return {
    list: has('list_revenue'),
    cost: has('contribution'),
    named: given && Number(on.elements) > 0,
    periods: await comparedPeriods({ warehouse, signal }),
  }
}

/** The two periods that the run compares; null when there are none. */
export async function comparedPeriods({ warehouse, signal }: Pick<StepContext, 'warehouse' | 'signal'>): Promise<Periods | null> {
  const rows = await warehouse.rows(sql`select period, from_date, to_date from period`, { signal })
  const of = (name: string) => {
    const row = rows.find(({ period }) => period === name)
    return row ? { from: String(row.from_date), to: String(row.to_date) } : null
  }
  const [previous, current] = [of('previous'), of('current')]
  return previous && current ? { previous, current, months: null } : null
}

const text = (value: unknown): string | null => (value === null || value === undefined ? null : String(value))

async function scopeRows(context: StepContext<unknown>, settings: query.WaterfallSettings): Promise<Row[]> {
  const { warehouse, signal } = context
  const levels = await warehouse.rows(query.scopeLevels(), { signal })
  const elements = await warehouse.rows(query.scopeElements(), { signal })
  const service = context.has('customer_cost') ? await warehouse.rows(query.scopeCostToServe(), { signal }) : []
  const [net] = await warehouse.rows(sql`select amount from layer where layer = 'net_revenue'`, { signal })
  const everybody = service.find(({ scope }) => scope === 'all')
  // Cost-to-serve is of the months of the ledger: only where these are the months of the lines does it belong below the margin.
  const sameWindow = everybody !== undefined && compareDecimals(String(everybody.net_revenue), String(net.amount)) === 0
  return levels.flatMap((row) => {
    const here = (other: Row) => other.scope === row.scope && other.scope_key === row.scope_key
    const served = sameWindow && row.span === 'whole' ? service.find(here) : undefined
    return waterfallRows({
      levels: {
        list_revenue: text(row.list_revenue),
        invoiced_revenue: String(row.invoiced_revenue),
        returns: String(row.returns),
        net_revenue: String(row.net_revenue),
        revenue_without_cost: text(row.revenue_without_cost),
        product_cost: text(row.product_cost),
      },
      elements: elements.filter((one) => here(one) && one.span === row.span).map(asElement),
      listed: settings.list,
      costToServe: served ? String(served.cost_to_serve) : null,
      ...(row.span === 'whole' ? { costToServeMissing: missingService(everybody !== undefined) } : {}),
    }).map((one): Row => ({ scope: row.scope!, scope_key: row.scope_key!, span: row.span!, ...one }))
  })
}

const asElement = (row: Row): PriceElement => ({
  type: row.type === 'on_invoice' ? 'on_invoice' : 'off_invoice',
  name: String(row.name),
  amount: String(row.amount),
  accrued: String(row.accrued),
  owner: text(row.owner),
})

const missingService = (elsewhere: boolean) =>
  elsewhere
    ? {
        reason: 'The ledger covers other months than the order lines, so its cost-to-serve is not taken off here.',
        unlock: 'A ledger for all months of the order lines.',
      }
    : { reason: 'No cost-to-serve is known.', unlock: 'A ledger: account, month, amount.' }

/** Levels that stand in both are the same, each level is the one before plus its steps, and segments never exceed the whole. */
function tie(rows: readonly Row[], layers: readonly Row[]) {
  const whole = rows.filter((row) => row.scope === 'all' && row.span === 'whole')
  const amount = (step: string) => whole.find((row) => row.step === step)?.amount
  const layer = (name: string) => layers.find((row) => row.layer === name)?.amount
  const shared = ['list_revenue', 'invoiced_revenue', 'net_revenue'].filter((name) => (layer(name) ?? null) !== null)
  const agree = shared.every((name) => compareDecimals(String(amount(name)), String(layer(name))) === 0)
  const groups = new Map<string, Row[]>()
  for (const row of rows) {
    const key = `${row.scope}\n${row.scope_key}\n${row.span}`
    groups.set(key, [...(groups.get(key) ?? []), row])
  }
  const residual = [...groups.values()].map(waterfallResidual).find((value) => value !== '0') ?? '0'
  return {
    name: 'waterfall-ties-to-layers',
    title: 'The price waterfall ties to the contribution layers',
    status: agree && residual === '0' ? ('pass' as const) : ('fail' as const),
    blocking: true,
    detail: `${shared.map((name) => name.replaceAll('_', ' ')).join(', ')} are those of the layers, and in each of ${groups.size} waterfalls every level is the one before plus its steps, to the last decimal.`,
    expected: shared.map((name) => String(layer(name))).join(', '),
    actual: `${shared.map((name) => String(amount(name))).join(', ')}${residual === '0' ? '' : `; a step misses ${residual}`}`,
  }
}

function counted(left: readonly Row[], currency: string) {
  const amount = sumDecimals(left.map((row) => String(row.amount)))
  const elements = left.reduce((all, row) => all + Number(row.elements), 0)
  return {
    name: 'price-elements-counted',
    title: 'All price elements count',
    status: left.length === 0 ? ('pass' as const) : ('warn' as const),
    blocking: false,
    detail:
      left.length === 0
        ? 'Every price element belongs to an order or to a customer and month of the data.'
        : `${formatCounted(elements, 'price element')} of ${formatMoney(amount, currency)} (as given) ${elements === 1 ? 'stays' : 'stay'} out: ${left
            .map((row) => `${formatCounted(Number(row.elements), 'element')} because ${row.reason}`)
            .join('; ')}.`,
  }
}
