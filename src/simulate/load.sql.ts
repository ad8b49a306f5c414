import type { Sql } from '../warehouse/sql.ts'
import { sql } from '../warehouse/sql.ts'

export interface LoadShape {
  customers: number
  lines: number
  seed: number
}

/**
 * Order lines for load tests, made inside the engine: one row per order line, in the generic layout that `import` recognises.
 *
 * Customers differ greatly: the chance that an order is a given customer's falls with its number (customer = N u^2.2), so that a fifth of
 * the customers place about half of the orders and most of the base is thin. An order has 2.5 lines on average; 5,000 products, the first ones
 * far more wanted; 36 months. Every value is a hash of the line or order number and the seed, so equal settings give equal rows.
 */
export function loadLines({ customers, lines, seed }: LoadShape): Sql {
  const unit = (text: Sql): Sql => sql`(cast(hash(${text}, cast(${seed} as bigint)) % 1000003 as double) / 1000003)`
  return sql`
with numbered as (
  select range as n, cast(floor(range / 2.5) as bigint) as o from range(cast(${lines} as bigint))
),
drawn as (
  select
    n,
    o,
    cast(floor(cast(${customers} as bigint) * power(${unit(sql`o * 7 + 1`)}, 2.2)) as bigint) as c,
    cast(date '2023-10-01' + cast(floor(1095 * ${unit(sql`o * 7 + 2`)}) as integer) as date) as order_date,
    cast(floor(5000 * power(${unit(sql`n * 11 + 3`)}, 2)) as bigint) as p,
    1 + cast(floor(6 * power(${unit(sql`n * 11 + 4`)}, 3)) as integer) as units,
    ${unit(sql`n * 11 + 5`)} as u5,
    ${unit(sql`n * 11 + 6`)} as u6
  from numbered
),
priced as (
  select *, cast(2 + (p * 37 % 9000) / 100.0 as decimal(12, 2)) as list_price, u6 < 0.03 as is_return
  from drawn
)
select
  'O' || cast(o as varchar) || case when is_return then 'R' else '' end as order_id,
  order_date,
  case when hash(o, 99) % 50 = 0 then null else 'C' || lpad(cast(c as varchar), 8, '0') end as customer_id,
  case when o % 5 < 3 then 'web' else 'shop' end as channel_id,
  'P' || lpad(cast(p as varchar), 5, '0') as product_id,
  case when is_return then -units else units end as quantity,
  list_price,
  cast(round((case when is_return then -units else units end) * list_price * (1 - 0.3 * power(u5, 3)), 2) as decimal(18, 2)) as invoice_amount,
  cast(list_price * cast(0.45 + (p % 40) / 100.0 as decimal(4, 2)) as decimal(18, 4)) as unit_cost
from priced`
}
