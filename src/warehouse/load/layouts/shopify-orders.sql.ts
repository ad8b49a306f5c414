import type { Sql } from '../../sql.ts'
import { sql } from '../../sql.ts'
import { divideWhole, fromTenThousandths, multiplyMoney, tenThousandths } from '../parse/exact.sql.ts'

const none = sql`cast(0 as decimal(18, 4))`

/**
 * Draft order lines of a Shopify export: one per line item, and per order one for shipping and one for refunds, on its first row.
 *
 * What belongs to the order is taken from the first row that has it and never filled down, so sums over rows stay right even when a
 * spreadsheet filled the columns. All shares are in ten-thousandths, as whole numbers; a largest remainder makes them sum exactly.
 */
export function shopifyLines(typed: Sql): Sql {
  return sql`
    with items as (
      select
        *,
        cast(file_no as bigint) * 1000000000000 + row as pos,
        ${multiplyMoney(sql`quantity`, sql`price`)} as gross
      from ${typed}
    ),
    heads as (
      select
        order_id as o_id,
        min(pos) as o_at,
        bool_or(reason is not null) as o_broken,
        arg_min(email, pos) as o_email,
        arg_min(lower(status), pos) as o_status,
        arg_min(created_at, pos) as o_date,
        bool_or(cancelled_at is not null) as o_cancelled,
        arg_min(currency, pos) as o_currency,
        arg_min(subtotal, pos) as o_subtotal,
        coalesce(arg_min(shipping, pos), ${none}) as o_shipping,
        coalesce(arg_min(taxes, pos), ${none}) as o_taxes,
        arg_min(total, pos) as o_total,
        arg_min(discount_code, pos) as o_code,
        coalesce(arg_min(discount_amount, pos), ${none}) as o_discount,
        coalesce(arg_min(refunded, pos), ${none}) as o_refunded,
        arg_min(ship_mode, pos) as o_ship_mode,
        arg_min(source, pos) as o_source,
        arg_min(billing_name, pos) as o_name,
        arg_min(billing_company, pos) as o_company,
        arg_min(ltrim(billing_zip, ${"'"}), pos) as o_zip,
        arg_min(billing_country, pos) as o_country,
        arg_min(sales_rep, pos) as o_rep,
        coalesce(sum(greatest(gross - coalesce(line_discount, ${none}), ${none})), 0) as o_base
      from items
      where order_id is not null
      group by order_id
    ),
    settled as (
      select
        *,
        case
          when o_subtotal is null or o_broken or abs(o_base - o_discount - o_subtotal) <= 0.02 or o_subtotal > o_base or o_subtotal < 0 then least(o_discount, o_base)
          else o_base - o_subtotal end as o_spread,
        o_taxes > 0 and o_total is not null and o_subtotal is not null and abs(o_total - o_subtotal - o_shipping) <= 0.02 as o_tax_inside
      from heads
    ),
    shares as (
      select
        i.*,
        s.*,
        ${tenThousandths(sql`greatest(i.gross - coalesce(i.line_discount, ${none}), ${none})`)} as base,
        ${tenThousandths(sql`s.o_base`)} as base_all,
        ${tenThousandths(sql`s.o_spread`)} as spread
      from items i
      left join settled s on s.o_id = i.order_id
    ),
    cut as (
      select *, case when base_all > 0 then base * whole // base_all else 0 end as part, case when base_all > 0 then base * whole % base_all else 0 end as rest
      from (select *, case when spread % 100 = 0 then spread // 100 else spread end as whole, case when spread % 100 = 0 then 100 else 1 end as unit from shares)
    ),
    discounted as (
      select
        *,
        base - unit * (part + case
          when row_number() over (partition by order_id order by rest desc, pos) <= whole - sum(part) over (partition by order_id) then 1 else 0 end) as net
      from cut
    ),
    taxable as (
      select
        *,
        case when o_tax_inside then ${tenThousandths(sql`o_taxes`)} else 0 end as tax,
        ${tenThousandths(sql`o_shipping`)} + sum(net) over (partition by order_id) as net_all
      from discounted
    ),
    taxed as (
      select
        *,
        case when net_all > 0
          then ${divideWhole(sql`(so_far * tax)`, sql`net_all`)} - ${divideWhole(sql`((so_far - net) * tax)`, sql`net_all`)}
          else 0 end as line_tax
      from (select *, sum(net) over (partition by order_id order by pos rows unbounded preceding) as so_far from taxable)
    ),
    final as (
      select
        *,
        tax - sum(line_tax) over (partition by order_id) as shipping_tax
      from taxed
    ),
    lines as (
      select
        0 as sub,
        *,
        coalesce(sku, item_name) as product,
        item_name as product_title,
        cast(null as varchar) as line_kind,
        quantity as pieces,
        net - line_tax as amount,
        case when net > 0 then ${divideWhole(sql`(${tenThousandths(sql`gross`)} * (net - line_tax))`, sql`net`)} else ${tenThousandths(sql`gross`)} end as list,
        price as unit
      from (select * exclude (unit) from final)
      union all by name
      select 1 as sub, *, 'SHIPPING' as product, 'Shipping' as product_title, 'fee' as line_kind, cast(1 as decimal(18, 4)) as pieces,
        ${tenThousandths(sql`o_shipping`)} - shipping_tax as amount, ${tenThousandths(sql`o_shipping`)} - shipping_tax as list
      from (select * exclude (unit) from final)
      where pos = o_at and o_shipping > 0
      union all by name
      select 2 as sub, *, 'REFUND' as product, 'Refund (items not stated)' as product_title, 'return' as line_kind, cast(-1 as decimal(18, 4)) as pieces,
        - case when o_total > 0 then ${divideWhole(sql`(${tenThousandths(sql`o_refunded`)} * ${tenThousandths(sql`(o_total - o_taxes)`)})`, tenThousandths(sql`o_total`))}
          else ${tenThousandths(sql`o_refunded`)} end as amount,
        amount as list
      from (select * exclude (unit) from final)
      where pos = o_at and o_refunded > 0
    )
    select
      file_no,
      row,
      sub,
      order_id,
      coalesce(lower(o_email), nullif(concat_ws(' ', o_name, o_zip), '')) as customer_id,
      coalesce(o_company, o_name) as customer_name,
      o_country as customer_country,
      o_date as order_date,
      o_source as channel_id,
      o_ship_mode as ship_mode,
      o_rep as sales_rep_id,
      product as product_id,
      product_title as product_name,
      vendor as product_family,
      sub > 0 as service_flag,
      line_kind as kind,
      pieces as quantity,
      case when sub = 0 and not coalesce(o_tax_inside, false) then try_cast(unit as decimal(18, 6)) end as list_price,
      ${fromTenThousandths(sql`list`)} as list_amount,
      ${fromTenThousandths(sql`amount`)} as invoice_amount,
      o_currency as currency,
      o_code as promo_id,
      o_cancelled as cancellation_flag,
      repeat_hash,
      rounded,
      coalesce(reason, case when o_status in ('voided', 'expired') then 'order-voided' end) as reason,
      case when reason is null and o_status in ('voided', 'expired') then 'Financial Status' else bad_column end as bad_column,
      case when reason is null and o_status in ('voided', 'expired') then o_status else bad_value end as bad_value,
      case when reason is null and o_status in ('voided', 'expired') then 'an order that was paid or will be' else expected end as expected,
      soft_column,
      soft_value
    from lines`
}
