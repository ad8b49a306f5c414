import { sql } from '../../sql.ts'
import { plainName } from '../match-columns.ts'
import { multiplyMoney } from '../parse/exact.sql.ts'
import type { Field, Layout } from './layout.ts'

const fields: Field[] = [
  { name: 'order_id', title: 'Invoice', type: 'id', aliases: ['InvoiceNo', 'Invoice'], required: true },
  { name: 'product_id', title: 'Product', type: 'id', aliases: ['StockCode'] },
  { name: 'product_name', title: 'Product name', type: 'text', aliases: ['Description'] },
  { name: 'quantity', title: 'Quantity', type: 'quantity', aliases: ['Quantity'], required: true },
  { name: 'order_date', title: 'Invoice date', type: 'date', aliases: ['InvoiceDate'], required: true, past: true },
  { name: 'unit_price', title: 'Unit price', type: 'price', aliases: ['UnitPrice', 'Price'], required: true },
  { name: 'customer_id', title: 'Customer', type: 'id', aliases: ['CustomerID', 'Customer ID'] },
  { name: 'country', title: 'Country', type: 'text', aliases: ['Country'] },
]

/** Codes in StockCode that are charges and services: revenue or cost, but no goods. */
const feeCodes = sql`('POST', 'DOT', 'C2', 'BANK CHARGES', 'AMAZONFEE', 'CRUK')`
/** Codes that correct something: manual entries, discounts, samples, bad debt, cushion pads booked at a token price. */
const adjustmentCodes = sql`('M', 'D', 'S', 'B', 'PADS', 'TEST001', 'TEST002', 'ADJUST', 'ADJUST2')`

/** The "Online Retail" data of the UCI repository and its second edition, as CSV or XLSX. */
export const onlineRetail: Layout = {
  id: 'online-retail',
  title: 'Online Retail (UCI)',
  table: 'order_line',
  knownCurrency: 'GBP',
  fields,
  recognise(columns) {
    const names = new Set(columns.map((column) => plainName(column.name).replaceAll(' ', '')))
    const any = (...wanted: string[]) => wanted.some((name) => names.has(name))
    if (!any('invoiceno', 'invoice') || !any('stockcode') || !any('quantity') || !any('unitprice', 'price') || !any('invoicedate'))
      return null
    return { confidence: 'known', score: 10, why: 'columns InvoiceNo, StockCode, Quantity, InvoiceDate and UnitPrice' }
  },
  assumptions: () => [
    'An invoice number that begins with C is a cancellation: its lines are returns.',
    'Stock codes POST, DOT, C2, BANK CHARGES, AMAZONFEE, CRUK and gift_... are fees; M, D, S, B and PADS are adjustments, as are lines with a price of zero or below.',
    'The unit price is what was invoiced; the file has no list price, no discount and no cost.',
    'Customer numbers such as 17850.0 are read as 17850.',
  ],
  lines: (_context, typed) => sql`
    select
      *,
      case
        when upper(product_id) in ${feeCodes} or starts_with(lower(product_id), 'gift_') then 'fee'
        when upper(product_id) in ${adjustmentCodes} or unit_price <= 0 or starts_with(order_id, 'A') then 'adjustment'
        when quantity < 0 then 'return'
        else 'sale' end as kind,
      upper(product_id) in ${feeCodes} or starts_with(lower(product_id), 'gift_') as service_flag,
      ${multiplyMoney(sql`quantity`, sql`unit_price`)} as invoice_amount,
      starts_with(upper(order_id), 'C') as cancellation_flag
    from (
      select
        file_no,
        row,
        order_id,
        regexp_replace(customer_id, '[.]0$', '') as customer_id,
        order_date,
        product_id,
        product_name,
        quantity,
        unit_price,
        country as customer_country,
        repeat_hash, rounded, reason, bad_column, bad_value, expected, soft_column, soft_value
      from ${typed}
    )`,
}
