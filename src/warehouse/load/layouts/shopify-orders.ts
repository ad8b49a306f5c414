import { formatCounted } from '../../../shared/format.ts'
import { sql } from '../../sql.ts'
import { plainName } from '../match-columns.ts'
import type { Field, Layout } from './layout.ts'
import { shopifyLines } from './shopify-orders.sql.ts'

const fields: Field[] = [
  { name: 'order_id', title: 'Order', type: 'id', aliases: ['Name'], required: true },
  { name: 'email', title: 'E-mail', type: 'id', aliases: ['Email'] },
  { name: 'status', title: 'Payment status', type: 'text', aliases: ['Financial Status'] },
  { name: 'created_at', title: 'Created at', type: 'date', aliases: ['Created at'], strict: true, past: true },
  { name: 'cancelled_at', title: 'Cancelled at', type: 'text', aliases: ['Cancelled at'] },
  { name: 'currency', title: 'Currency', type: 'currency', aliases: ['Currency'], strict: true },
  { name: 'subtotal', title: 'Subtotal', type: 'money', aliases: ['Subtotal'] },
  { name: 'shipping', title: 'Shipping', type: 'money', aliases: ['Shipping'] },
  { name: 'taxes', title: 'Taxes', type: 'money', aliases: ['Taxes'] },
  { name: 'total', title: 'Total', type: 'money', aliases: ['Total'] },
  { name: 'discount_code', title: 'Discount code', type: 'text', aliases: ['Discount Code'] },
  { name: 'discount_amount', title: 'Order discount', type: 'money', aliases: ['Discount Amount'] },
  { name: 'refunded', title: 'Refunded amount', type: 'money', aliases: ['Refunded Amount'] },
  { name: 'ship_mode', title: 'Shipping method', type: 'text', aliases: ['Shipping Method'] },
  { name: 'source', title: 'Channel', type: 'text', aliases: ['Source'] },
  { name: 'quantity', title: 'Quantity', type: 'quantity', aliases: ['Lineitem quantity'] },
  { name: 'item_name', title: 'Item', type: 'text', aliases: ['Lineitem name'] },
  { name: 'sku', title: 'SKU', type: 'id', aliases: ['Lineitem sku'] },
  { name: 'price', title: 'Price', type: 'price', aliases: ['Lineitem price'] },
  { name: 'line_discount', title: 'Line discount', type: 'money', aliases: ['Lineitem discount'] },
  { name: 'vendor', title: 'Vendor', type: 'text', aliases: ['Vendor'] },
  { name: 'billing_name', title: 'Billing name', type: 'text', aliases: ['Billing Name'] },
  { name: 'billing_company', title: 'Billing company', type: 'text', aliases: ['Billing Company'] },
  { name: 'billing_zip', title: 'Billing ZIP', type: 'id', aliases: ['Billing Zip'] },
  { name: 'billing_country', title: 'Billing country', type: 'text', aliases: ['Billing Country'] },
  { name: 'sales_rep', title: 'Employee', type: 'text', aliases: ['Employee'] },
]

/** The orders export of Shopify, old and new header. One row per line item; what belongs to the order stands on its first row only. */
export const shopifyOrders: Layout = {
  id: 'shopify-orders',
  title: 'Shopify orders export',
  table: 'order_line',
  fields,
  recognise(columns) {
    const names = new Set(columns.map((column) => plainName(column.name)))
    if (!['name', 'financial status', 'lineitem name', 'lineitem price'].every((name) => names.has(name))) return null
    return { confidence: 'known', score: 10, why: 'columns Name, Financial Status, Lineitem name and Lineitem price' }
  },
  assumptions: ({ has }) => [
    'Customer: the e-mail address in small letters; without one, billing name and ZIP.',
    `Dates are those of the shop's time zone, as written in "Created at".`,
    'Revenue is without tax: where prices include tax, it is taken off lines and shipping in proportion.',
    "The discount of an order is spread over its lines in proportion to their amounts, to the cent (largest remainder), so that lines add up to the order's subtotal.",
    'Shipping is a fee line of its own (product SHIPPING).',
    'Refunds are one return line per order (product REFUND), without tax, dated like the order: the export has neither the date nor the items of a refund.',
    'Orders with status voided or expired are set aside: no money was taken. Pending, authorized and partially paid orders count.',
    ...(has('source') ? [] : ['The export has no column "Source", so orders have no channel.']),
  ],
  async examine(_context, typed, ask) {
    const found = await ask(sql`
      select
        string_agg(concat(n, ' ', status), ', ' order by n desc, status) as statuses,
        cast(coalesce(sum(cancelled), 0) as bigint) as cancelled,
        cast(coalesce(sum(off), 0) as bigint) as off
      from (
        select
          lower(status) as status,
          count(*) as n,
          count(cancelled_at) as cancelled,
          count(*) filter (where subtotal is not null and total is not null and abs(total - subtotal - coalesce(shipping, 0)) > 0.02 and abs(total - subtotal - coalesce(shipping, 0) - coalesce(taxes, 0)) > 0.02) as off
        from ${typed}
        where status is not null
        group by 1
      )`)
    const assumptions: string[] = []
    if (found.statuses !== null) assumptions.push(`Orders by payment status: ${found.statuses}.`)
    if (Number(found.cancelled) > 0)
      assumptions.push(`${formatCounted(Number(found.cancelled), 'cancelled order')}: flagged, and what was refunded stands as a return.`)
    if (Number(found.off) > 0)
      assumptions.push(
        `In ${formatCounted(Number(found.off), 'order')} the total is not subtotal plus shipping plus tax (tips, duties or gift cards); these parts are left out.`,
      )
    return { questions: [], answers: {}, assumptions }
  },
  lines: (_context, typed) => shopifyLines(typed),
}
