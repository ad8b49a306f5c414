import type { Finding, StepContext } from '../../pipeline/step.ts'
import { compareDecimals, subtractDecimals } from '../../shared/decimal.ts'
import { formatCount, formatCounted, formatMoney, formatRange, formatRatio, formatShare } from '../../shared/format.ts'
import type { Row } from '../../warehouse/port.ts'
import { sql } from '../../warehouse/sql.ts'
import * as query from './findings.sql.ts'
import type { Layers } from './profit-layers.ts'
import type { Cuts } from './serving.sql.ts'
import type { RollingWindows } from './windows.ts'

export interface Said {
  cuts: Cuts | null
  types: Row[]
  layers: Layers
  curves: Row[]
  smallOrder: string
  rolling: RollingWindows
}

/** What cost-to-serve shows that contribution did not. */
export async function sayServing(context: StepContext<unknown>, said: Said): Promise<void> {
  figures(context, said)
  turned(context, said)
  await smallOrders(context, said)
  await demanding(context, said)
  await persistence(context)
  types(context, said)
}

const indexOf = (curves: Row[], layer: string, index: string): Row | undefined =>
  curves.find((row) => row.layer === layer && row.index === index)

function figures({ figure }: StepContext<unknown>, { curves, cuts }: Said): void {
  const losers = indexOf(curves, 'customer_profit', 'share_unprofitable')
  const there = losers !== undefined && losers.value !== null
  figure({
    name: 'share_unprofitable_after_cost_to_serve',
    title: 'Loss makers after cost-to-serve',
    value: there ? Number(losers.value) : null,
    type: 'ratio',
    ...(there && losers.low !== null
      ? { low: Number(losers.low), high: Number(losers.high), interval: '90 % bootstrap interval over customers' }
      : {}),
    meaning: 'Share of identified customers whose profit after cost-to-serve is negative.',
    formula: 'customers below zero / customers',
    ...(there ? {} : { missing: 'Needs product cost and at least ten customers.' }),
    explain: { table: 'profit_concentration', where: { layer: 'customer_profit', index: 'share_unprofitable' }, column: 'value' },
  })
  figure({
    name: 'cost_to_serve_cut',
    title: 'Median cost-to-serve share',
    value: cuts?.cost ?? null,
    type: 'ratio',
    meaning: 'Half of the revenue comes from customers who cost a smaller share of theirs to serve: the cut between low and high.',
    formula: 'revenue-weighted median of cost-to-serve / net revenue over customers',
    ...(cuts ? {} : { missing: 'No customer has revenue and cost.' }),
  })
}

/** How the whale curve changes when cost-to-serve comes in. */
function turned({ finding, currency }: StepContext<unknown>, { layers, curves }: Said): void {
  const at = (layer: string) => layers.rows.find((row) => row.layer === layer)
  const [before, after] = [at('contribution'), at('customer_profit')]
  if (!before || !after || before.amount === null || after.amount === null) return
  const [b, a] = [Number(before.below_zero), Number(after.below_zero)]
  const peak = indexOf(curves, 'customer_profit', 'peak_ratio')
  const subsidy = indexOf(curves, 'customer_profit', 'subsidy_ratio')
  const band =
    peak && peak.low !== null
      ? ` (90 %: ${formatRange(formatRatio(Number(peak.low), { digits: 0 }), formatRatio(Number(peak.high), { digits: 0 }))})`
      : ''
  finding({
    name: 'loss-makers-after-cost-to-serve',
    text: `After cost-to-serve ${formatCounted(a, 'customer')} ${a === 1 ? 'loses' : 'lose'} money instead of ${formatCount(b)}; ${formatMoney(String(after.amount), currency, { compact: true })} of ${formatMoney(String(before.amount), currency, { compact: true })} contribution ${a === b ? 'is left' : 'are left'}.`,
    doubt:
      peak && peak.value !== null
        ? `The profitable ones bring ${formatRatio(Number(peak.value), { digits: 1 })} of what is left${band}${subsidy && subsidy.value !== null ? `; ${formatShare(Number(subsidy.value))} of it is lost again` : ''}.`
        : 'Too little is left for shares of it to say anything.',
    action: 'Finance: read the profit after cost-to-serve, not revenue, before any talk about conditions.',
    weight: 84,
    kind: a > b ? 'bad' : 'neutral',
    link: '/profitability',
  })
}

async function smallOrders({ warehouse, signal, finding, currency }: StepContext<unknown>, { smallOrder }: Said): Promise<void> {
  const [all] = await warehouse.rows(query.smallOrderTotals(), { signal })
  if (Number(all.small_orders) === 0) return
  const [most] = await warehouse.rows(query.mostSmallOrders(), { signal })
  const share = Number(all.small_orders) / Number(all.orders)
  const named = most && Number(most.small_orders) >= 20 && Number(most.small_orders) >= 0.3 * Number(most.orders) ? most : undefined
  if (share < 0.02 && !named) return
  finding({
    name: 'many-small-orders',
    text:
      `${formatShare(share)} of orders are below ${formatMoney(smallOrder, currency)}, where contribution does not pay for the work of an order` +
      (named
        ? `; ${named.name} places ${formatCount(Number(named.small_orders))} of its ${formatCount(Number(named.orders))} orders so.`
        : '.'),
    doubt: `Worked out from the mean work of an order and the mean margin; ${formatMoney(String(all.small_order_revenue), currency, { compact: true })} of revenue.`,
    action: 'Sales operations: a minimum order with a surcharge, and a portal for those below it.',
    weight: named ? 70 : 45,
    kind: 'bad',
    link: '/worklist?where=remedy:eq:minimum-order',
    ...(named ? { customers: [String(named.customer_id)] } : {}),
  })
}

/** The customer that costs most beyond its peers, and why. */
async function demanding({ warehouse, signal, finding, currency }: StepContext<unknown>, { layers }: Said): Promise<void> {
  const [one] = await warehouse.rows(query.dearestBeyondPeers(), { signal })
  const total = layers.rows.find((row) => row.layer === 'customer_profit')?.amount
  if (!one || compareDecimals(String(one.excess_cost), '0') <= 0) return
  if (total !== null && total !== undefined && Number(one.excess_cost) < 0.002 * Math.abs(Number(total))) return
  const money = (value: Row[string]) => formatMoney(String(value), currency, { compact: true })
  const gap = subtractDecimals(String(one.cost_to_serve), String(one.excess_cost))
  finding({
    name: 'dearer-than-its-peers',
    text: `${one.name} costs ${money(one.cost_to_serve!)} to serve where ${formatCount(Number(one.peer_customers))} peers of its revenue would cost ${money(gap)}, mainly from ${String(one.main_driver)}.`,
    doubt: `Compared with ${one.peers}; it is ${String(one.type).replace('-', ' ')}${one.type_probability === null ? '' : ` with ${formatShare(Number(one.type_probability))}`}.`,
    action: 'Operations and account management: see which of it is ours and which is theirs before anything is charged.',
    weight: 62,
    kind: 'bad',
    link: `/customers/${encodeURIComponent(String(one.customer_id))}`,
    customers: [String(one.customer_id)],
  })
}

async function persistence({ warehouse, signal, finding }: StepContext<unknown>): Promise<void> {
  const [last] = await warehouse.rows(sql`select * from profit_persistence order by to_date desc limit 1`, { signal })
  if (!last || Number(last.known) < 3) return
  const text = (value: Row[string]) => formatRatio(Number(value), { digits: 0 })
  finding({
    name: 'loss-makers-persist',
    text: `${formatCount(Number(last.stayed))} of ${formatCounted(Number(last.known), 'loss maker')} of the ${formatCount(3 * Number(last.quarters))} months before lost money again; ${text(last.chance!)} would by chance.`,
    doubt: `90 % interval ${formatRange(text(last.low!), text(last.high!))} of those who bought in both windows.`,
    ...(Number(last.low) > Number(last.chance) ? { action: 'Finance: these losses are no accident of a period; work on them.' } : {}),
    weight: 40,
    kind: 'neutral',
    link: '/profitability#persistence',
  })
}

function types({ finding, currency }: StepContext<unknown>, { types: rows }: Said): void {
  const aggressive = rows.find((row) => row.type === 'aggressive')
  if (!aggressive || Number(aggressive.customers) === 0) return
  const sum: Finding = {
    name: 'aggressive-customers',
    text: `${formatCounted(Number(aggressive.customers), 'customer')} pay less than others for the same and cost more to serve: ${formatMoney(String(aggressive.net_revenue), currency, { compact: true })} of revenue, ${formatMoney(String(aggressive.customer_profit), currency, { compact: true })} of profit.`,
    doubt: `Without the dead bands around the cuts ${formatCount(Math.round(Number(aggressive.expected_customers)))} would be expected.`,
    action: 'Pricing with sales: services by the menu and minimum terms, before discounts are given again.',
    weight: 55,
    kind: 'bad',
    link: '/profitability?where=type:eq:aggressive',
  }
  finding(sum)
}
