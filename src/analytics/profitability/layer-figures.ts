import type { Figure } from '../../pipeline/step.ts'
import { ratioOf, subtractDecimals } from '../../shared/decimal.ts'
import type { Portfolio } from './layers.ts'

/** The key figures of the whole portfolio that come from the layers. */
export function layerFigures({ available, totals, identified, customers, orders }: Portfolio): Figure[] {
  const explain = (layer: string, column = 'amount') => ({ table: 'layer', where: { layer }, column })
  const base = available.cost ? subtractDecimals(totals.net_revenue, totals.revenue_without_cost ?? 0) : null
  const noCost = 'No product cost in the data. Load a product file with unit costs, or a cost column with the orders.'
  const unidentified = subtractDecimals(totals.net_revenue, identified.net_revenue)
  return [
    {
      name: 'net_revenue',
      title: 'Net revenue',
      value: totals.net_revenue,
      type: 'money',
      meaning: 'What was invoiced less what came back, all lines together, those without a customer included.',
      formula: 'invoiced revenue + returns (negative)',
      explain: explain('net_revenue'),
    },
    {
      name: 'contribution',
      title: 'Contribution',
      value: totals.contribution,
      type: 'money',
      meaning: 'What is left after product cost to pay for serving customers, the house and a profit.',
      formula: 'net revenue - revenue without known cost - product cost',
      ...(available.cost ? { explain: explain('contribution') } : { missing: noCost }),
    },
    {
      name: 'margin',
      title: 'Contribution margin',
      value: base === null ? null : ratioOf(totals.contribution ?? 0, base),
      type: 'ratio',
      meaning: 'Contribution as a share of the net revenue whose cost is known.',
      formula: 'contribution / (net revenue - revenue without known cost)',
      ...(available.cost ? { explain: explain('contribution') } : { missing: noCost }),
    },
    {
      name: 'customers',
      title: 'Customers',
      value: customers,
      type: 'integer',
      unit: 'customers',
      meaning: 'Identified customers with at least one order line.',
      formula: 'count of rows of customer_profit that are identified',
    },
    {
      name: 'orders',
      title: 'Orders',
      value: orders,
      type: 'integer',
      unit: 'orders',
      meaning: 'Orders with at least one sale; cancelled invoices and pure credit notes do not count.',
      formula: 'sum of orders over customer_profit',
    },
    {
      name: 'unidentified_share',
      title: 'Without a customer',
      value: ratioOf(unidentified, totals.net_revenue),
      type: 'ratio',
      meaning: 'Share of net revenue from lines that name no customer. It is in the totals and in no statement about customers.',
      formula: '(net revenue - net revenue of identified customers) / net revenue',
      explain: explain('net_revenue', 'identified_amount'),
    },
  ]
}
