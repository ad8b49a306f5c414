import { sql } from '../../sql.ts'
import { matchColumns } from '../match-columns.ts'
import type { Field, Layout } from './layout.ts'
import { amounts } from './order-line-amounts.ts'
import { furtherNames, whoAndWhat } from './order-line-names.ts'
import { orderLineRows } from './order-lines.sql.ts'
import { examineOrderLines } from './order-lines-examine.ts'

const fields: Field[] = [...whoAndWhat, ...amounts, ...furtherNames]

/** Any table with a date, a customer and an amount (or quantity and price) per row. */
export const orderLines: Layout = {
  id: 'order-lines',
  title: 'Order lines',
  table: 'order_line',
  fields,
  recognise(columns, name) {
    const matches = new Map(matchColumns(fields, columns).map((match) => [match.field, match]))
    const sure = (field: string) => {
      const match = matches.get(field)
      return match?.column != null && match.confidence !== 'unsure'
    }
    const money = ['amount', 'unit_price', 'gross_amount', 'list_price'].filter(sure)
    if (money.length === 0) return null
    const dated = sure('order_date')
    const named = /order_?(line|item|detail|position)|sales|transaction|umsatz|auftragspos|ventas|ventes/.test(name)
    if (!dated && !(sure('order_id') && (sure('product_id') || sure('quantity')))) return null
    if (!dated && !named && !sure('quantity')) return null
    const used = ['order_date', 'customer_id', 'order_id', ...money].filter(sure)
    const known = used.every((field) => matches.get(field)?.confidence === 'known')
    return {
      confidence: known ? 'known' : 'suggested',
      score: 5 + used.length / 10 + (named ? 0.5 : 0) - (dated ? 0 : 0.5),
      why: `columns ${used.map((field) => matches.get(field)?.column?.name).join(', ')}`,
    }
  },
  needs({ has, tables }) {
    const needs: string[] = []
    const orders = tables.has('order')
    if (!has('order_date') && !orders) needs.push('order_date')
    if (orders && !has('order_id')) needs.push('order_id')
    if (!has('amount') && !has('unit_price') && !has('gross_amount') && !has('list_price')) needs.push('amount')
    if (!has('customer_id') && !has('customer_name') && !orders) needs.push('customer_id')
    for (const field of ['order_date', 'amount', 'unit_price', 'customer_id', 'order_id', 'quantity']) if (has(field)) needs.push(field)
    return needs
  },
  assumptions({ has, answers, tables }) {
    const said: string[] = []
    if (!has('order_id')) said.push('The file has no order number: the lines of one customer on one day count as one order.')
    if (!has('quantity')) said.push('The file has no quantity: each line counts as one unit, minus one where the amount is negative.')
    if (!has('customer_id') && has('customer_name')) said.push('The file has no customer number: the customer name stands for it.')
    if (!has('product_id') && has('product_name')) said.push('The file has no product number: the product name stands for it.')
    if (!has('customer_id') && !has('customer_name') && !tables.has('order'))
      said.push('The file does not name the customer: all lines are unidentified.')
    if (has('amount') && has('unit_price') && answers['unit-price'] === 'net')
      said.push('Quantity x unit price is the invoiced amount, so the unit price is not a list price.')
    if (!has('amount') && !has('gross_amount'))
      said.push(
        `The invoiced amount is quantity x ${has('unit_price') ? 'unit price' : 'list price'}${has('discount') ? ' less the discount' : ''}.`,
      )
    if (!has('amount') && has('gross_amount'))
      said.push(
        has('tax_amount')
          ? 'The invoiced amount is the amount with tax less the tax.'
          : 'Amounts seem to include tax, and the file has no tax column: revenue is stated with tax.',
      )
    if (has('discount') && has('amount'))
      said.push('The net amount is taken as after the discount; the amount at list price is worked back from it.')
    if (has('profit') && !has('product_cost') && !has('unit_cost')) said.push('Product cost is net amount less profit.')
    said.push('Lines for shipping, freight, postage, handling and the like are fees.')
    return said
  },
  examine: examineOrderLines,
  lines: (context, typed) => sql`${orderLineRows(context, typed)}`,
}
