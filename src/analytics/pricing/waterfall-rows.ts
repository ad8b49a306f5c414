import { compareDecimals, negateDecimal, ratioOf, signOf, subtractDecimals, sumDecimals } from '../../shared/decimal.ts'
import type { Row } from '../../warehouse/port.ts'

/** Exact amounts as text; null where the data lacks the level. */
export interface Levels {
  list_revenue: string | null
  invoiced_revenue: string
  returns: string
  net_revenue: string
  revenue_without_cost: string | null
  product_cost: string | null
}

export interface PriceElement {
  type: 'on_invoice' | 'off_invoice'
  name: string
  /** Positive reduces what we keep. */
  amount: string
  accrued: string
  owner: string | null
}

export interface WaterfallInput {
  levels: Levels
  elements: readonly PriceElement[]
  /** Whether a list price stands on the lines; without it list is the invoice plus the discounts that are named. */
  listed: boolean
  /** What serving costs where it is known for the same window. */
  costToServe: string | null
  /** Why it is absent, and what would give it. */
  costToServeMissing?: { reason: string; unlock: string }
}

const minus = (amount: string): string => (signOf(amount) === 0 ? amount : negateDecimal(amount))

/**
 * The pocket-price waterfall: list - discounts on the invoice = invoice; + returns = net; - rebates and allowances after the invoice =
 * pocket; - product cost = pocket margin; - cost-to-serve = what is left. Every step is an exact difference, so each level is the one before
 * plus the steps between. Marn & Rosiello, "Managing Price, Gaining Profit", HBR 1992; taxes stay out.
 */
export function waterfallRows({ levels, elements, listed, costToServe, costToServeMissing }: WaterfallInput): Row[] {
  const rows: Omit<Row, 'position'>[] = []
  const base = levels.list_revenue ?? levels.invoiced_revenue
  const share = (amount: string) => (signOf(base) > 0 ? ratioOf(amount, base) : null)
  const row = (step: string, title: string, role: 'level' | 'step', side: string, amount: string | null, more: Partial<Row> = {}) =>
    rows.push({
      step,
      title,
      role,
      side,
      amount,
      share_of_list: amount === null ? null : share(amount),
      accrued: null,
      owner: null,
      reason: null,
      unlock: null,
      ...more,
    } as Omit<Row, 'position'>)
  const given = (type: PriceElement['type']) =>
    elements
      .filter((element) => element.type === type && (signOf(element.amount) !== 0 || signOf(element.accrued) !== 0))
      .sort((a, b) => compareDecimals(b.amount, a.amount) || (a.name < b.name ? -1 : 1))
  const total = (list: readonly PriceElement[]) => sumDecimals(list.map(({ amount }) => amount))

  const on = given('on_invoice')
  const off = given('off_invoice')
  if (levels.list_revenue === null) {
    row('list_revenue', 'List revenue', 'level', 'layer', null, {
      reason: 'No order line bears a list price.',
      unlock: 'A column with the list price per unit or the list amount in the order file.',
    })
  } else {
    row('list_revenue', 'List revenue', 'level', 'layer', levels.list_revenue)
    for (const element of on) row(element.name, element.name, 'step', 'on_invoice', minus(element.amount), { owner: element.owner })
    const rest = subtractDecimals(subtractDecimals(levels.list_revenue, total(on)), levels.invoiced_revenue)
    if (listed && (signOf(rest) !== 0 || on.length === 0)) {
      row('other_discounts', on.length > 0 ? 'Other discounts' : 'Discounts', 'step', 'on_invoice', minus(rest), {
        ...(on.length > 0
          ? {}
          : {
              reason: 'No price element says what these discounts are.',
              unlock: 'A file of price elements on the invoice: order, name, amount.',
            }),
      })
    }
  }
  row('invoiced_revenue', 'Invoiced revenue', 'level', 'layer', levels.invoiced_revenue)
  if (signOf(levels.returns) !== 0) row('returns', 'Returns', 'step', 'layer', levels.returns)
  row('net_revenue', 'Net revenue', 'level', 'layer', levels.net_revenue)
  for (const element of off) {
    row(element.name, element.name, 'step', 'off_invoice', minus(element.amount), { owner: element.owner, accrued: element.accrued })
  }
  if (off.length === 0) {
    row('off_invoice', 'After the invoice', 'step', 'off_invoice', null, {
      reason: 'No price element is booked after the invoice.',
      unlock:
        'A file of price elements off the invoice: customer, month, name, amount (rebates, bonuses, prompt payment, freight allowances).',
    })
  }
  const pocket = subtractDecimals(levels.net_revenue, total(off))
  row('pocket_revenue', 'Pocket revenue', 'level', 'layer', pocket)
  if (levels.product_cost === null) {
    row('pocket_margin', 'Pocket margin', 'level', 'cost', null, {
      reason: 'No product cost is known.',
      unlock: 'A column with the unit cost in the order file or in the product list.',
    })
  } else {
    const without = levels.revenue_without_cost ?? '0'
    if (signOf(without) !== 0) row('revenue_without_cost', 'Revenue without cost', 'step', 'cost', minus(without))
    row('product_cost', 'Product cost', 'step', 'cost', minus(levels.product_cost))
    const margin = subtractDecimals(subtractDecimals(pocket, without), levels.product_cost)
    row('pocket_margin', 'Pocket margin', 'level', 'cost', margin)
    if (costToServe !== null) {
      row('cost_to_serve', 'Cost-to-serve', 'step', 'cost', minus(costToServe))
      row('after_service', 'Left after service', 'level', 'cost', subtractDecimals(margin, costToServe))
    } else if (costToServeMissing) {
      row('cost_to_serve', 'Cost-to-serve', 'step', 'cost', null, costToServeMissing)
    }
  }
  return rows.map((one, i) => ({ position: i + 1, ...one }) as Row)
}

/** By how much the steps between two levels miss the difference of the levels: 0, or the waterfall is wrong. */
export function waterfallResidual(rows: readonly Row[]): string {
  let running: string | null = null
  const missed: string[] = []
  for (const row of rows) {
    if (row.amount === null || row.amount === undefined) continue
    const amount = String(row.amount)
    if (row.role === 'step') running = sumDecimals([running, amount])
    else {
      if (running !== null) missed.push(subtractDecimals(amount, running))
      running = amount
    }
  }
  return missed.find((difference) => signOf(difference) !== 0) ?? '0'
}
