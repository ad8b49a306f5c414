import type { Sql } from '../../sql.ts'
import { sql } from '../../sql.ts'
import { divideMoney, multiplyMoney } from '../parse/exact.sql.ts'
import type { LayoutContext } from './layout.ts'

const feeWords =
  '(shipping|freight|postage|delivery|handling|shipping and handling|shipping (cost|fee|charge)s?|delivery (cost|fee|charge)s?|versand|versandkosten|fracht|frachtkosten|porto|verpackung|frais de port|livraison|gastos de env[ií]o|env[ií]o|portes|spese di spedizione|spedizione|verzendkosten|small order surcharge|mindermengenzuschlag)'

/** Draft order lines from a generic table. Grain: one row per row of the file. */
export function orderLineRows({ has, answers }: LayoutContext, typed: Sql): Sql {
  const sign = sql`case when coalesce(quantity, amount, gross_amount, 0) < 0 then -1 else 1 end`
  const discount = has('discount') ? (answers.discount ?? 'fraction') : 'none'
  const rate =
    discount === 'percent' ? sql`cast(coalesce(discount, 0) / 100 as decimal(18, 8))` : sql`coalesce(discount, cast(0 as decimal(18, 8)))`
  const less = sql`(${sign} * abs(coalesce(discount, cast(0 as decimal(18, 8)))))`
  const price = has('unit_price') ? sql`unit_price` : sql`list_price`
  const full = multiplyMoney(sql`quantity`, price)
  const worked =
    discount === 'fraction' || discount === 'percent'
      ? sql`try_cast(cast(quantity as decimal(38, 4)) * ${price} * (1 - cast(${rate} as decimal(10, 6))) as decimal(18, 4))`
      : discount === 'amount'
        ? sql`try_cast(cast(quantity as decimal(38, 4)) * ${price} - ${less} as decimal(18, 4))`
        : full
  const once = answers['amount-scope'] === 'order'
  const total = sql`case when ${once ? sql`row_number() over (partition by order_id order by file_no, row) = 1` : sql`true`} then amount else cast(0 as decimal(18, 4)) end`
  const invoice = has('amount') ? total : has('gross_amount') ? sql`cast(gross_amount - coalesce(tax_amount, 0) as decimal(18, 4))` : worked
  const back =
    discount === 'fraction' || discount === 'percent'
      ? sql`case when ${rate} = 0 then invoice_amount when ${rate} < 1 then ${divideMoney(sql`invoice_amount`, sql`(1 - ${rate})`)} end`
      : discount === 'amount'
        ? sql`try_cast(invoice_amount + ${less} as decimal(18, 4))`
        : sql`cast(null as decimal(18, 4))`
  const unitIsList =
    has('unit_price') &&
    ((has('amount') && answers['unit-price'] === 'list') || (!has('amount') && !has('gross_amount') && discount !== 'none'))
  const listPrice = has('list_price') ? sql`list_price` : unitIsList ? sql`unit_price` : sql`cast(null as decimal(18, 8))`
  const listAmount = has('list_amount')
    ? sql`list_amount`
    : has('list_price') || unitIsList
      ? multiplyMoney(sql`quantity`, listPrice)
      : back
  const cost = has('product_cost')
    ? sql`product_cost`
    : has('unit_cost')
      ? multiplyMoney(sql`quantity`, sql`unit_cost`)
      : has('profit')
        ? sql`try_cast(invoice_amount - profit as decimal(18, 4))`
        : sql`cast(null as decimal(18, 4))`
  const isFee = sql`coalesce(regexp_full_match(lower(product_id), ${feeWords}) or regexp_full_match(lower(product_name), ${feeWords}), false)`
  return sql`
    select
      file_no, row, line_given, order_id, customer_id, customer_name, country as customer_country, segment as customer_segment,
      industry as customer_industry, order_date, channel_id, ship_mode, sales_rep_id, product_id, product_name, product_family,
      is_fee as service_flag,
      case when is_fee then 'fee' end as kind,
      quantity,
      try_cast(${listPrice} as decimal(18, 6)) as list_price,
      ${listAmount} as list_amount,
      invoice_amount,
      ${cost} as product_cost,
      try_cast(unit_cost as decimal(18, 6)) as unit_cost_override,
      currency, return_of_line, promo_id, contract_price_flag, cancellation_flag,
      repeat_hash, rounded, reason, bad_column, bad_value, expected, soft_column, soft_value
    from (
      select *, ${invoice} as invoice_amount, ${isFee} as is_fee
      from (
        select
          * replace (
            ${has('customer_id') ? sql`customer_id` : sql`customer_name`} as customer_id,
            ${has('product_id') ? sql`product_id` : sql`product_name`} as product_id,
            ${has('quantity') ? sql`quantity` : sql`cast(${sign} as decimal(18, 4))`} as quantity
          )
        from ${typed}
      )
    )`
}
