import type { Sql } from '../../sql.ts'
import { id, join, sql } from '../../sql.ts'
import { byNumber, numberOfFirst } from '../parse/typed.sql.ts'
import type { Masters } from './masters.ts'

/**
 * What a layout may say about an order line. It names the columns it knows; the others are null.
 * `sub` is 0 for the row's own line and 1, 2, ... for lines that the row implies (shipping, order discount, refund).
 */
export const draftColumns: Record<string, Sql> = {
  file_no: sql`integer`,
  row: sql`bigint`,
  sub: sql`integer`,
  line_given: sql`bigint`,
  order_id: sql`varchar`,
  customer_id: sql`varchar`,
  customer_name: sql`varchar`,
  customer_country: sql`varchar`,
  customer_segment: sql`varchar`,
  customer_industry: sql`varchar`,
  order_date: sql`date`,
  channel_id: sql`varchar`,
  ship_mode: sql`varchar`,
  sales_rep_id: sql`varchar`,
  delivered_date: sql`date`,
  product_id: sql`varchar`,
  product_name: sql`varchar`,
  product_family: sql`varchar`,
  service_flag: sql`boolean`,
  kind: sql`varchar`,
  quantity: sql`decimal(18, 4)`,
  list_price: sql`decimal(18, 6)`,
  list_amount: sql`decimal(18, 4)`,
  invoice_amount: sql`decimal(18, 4)`,
  product_cost: sql`decimal(18, 4)`,
  unit_cost_override: sql`decimal(18, 6)`,
  currency: sql`varchar`,
  return_of_line: sql`varchar`,
  promo_id: sql`varchar`,
  contract_price_flag: sql`boolean`,
  cancellation_flag: sql`boolean`,
  repeat_hash: sql`ubigint`,
  rounded: sql`boolean`,
  reason: sql`varchar`,
  bad_column: sql`varchar`,
  bad_value: sql`varchar`,
  expected: sql`varchar`,
  soft_column: sql`varchar`,
  soft_value: sql`varchar`,
}

/** An empty relation with all draft columns, so that layouts that name fewer can be joined to it by name. */
export function emptyDraft(): Sql {
  const columns = Object.entries(draftColumns).map(([name, type]) => sql`cast(null as ${type}) as ${id(name)}`)
  return sql`select ${join(columns)} where false`
}

/**
 * One row per draft line, of all layouts of an import, with what must hold of any order line checked.
 * `currency` is taken where the line names none; the kind follows the sign where the layout does not say it. Date and customer come
 * from the order table where the line has none; the cost of goods is quantity x unit cost of the product table where the line has none
 * and is in the reporting currency, as unit costs are.
 */
export function draftLines(layouts: readonly Sql[], currency: string, reportingCurrency: string, masters: Masters): Sql {
  const union = join([emptyDraft(), ...layouts.map((lines) => sql`select * from (${lines})`)], sql` union all by name `)
  const all = masters.order
    ? sql`select d.* replace (coalesce(d.order_date, o.order_date) as order_date, coalesce(d.customer_id, o.customer_id) as customer_id, coalesce(d.channel_id, o.channel_id) as channel_id)
        from (${union}) d left join ${id(masters.order)} o on o.order_id = d.order_id`
    : union
  const kind = sql`coalesce(kind, case when quantity < 0 then 'return' when invoice_amount < 0 or invoice_amount = 0 then 'adjustment' else 'sale' end)`
  const cost = masters.product
    ? sql`coalesce(product_cost, case when ${kind} in ('sale', 'return') and coalesce(currency, ${currency}) = ${reportingCurrency} then try_cast(cast(quantity as decimal(38, 4)) * (select mp.unit_cost from ${id(masters.product)} mp where mp.product_id = u.product_id) as decimal(18, 4)) end)`
    : sql`product_cost`
  const unknown = (table: 'customer' | 'product' | 'order') => {
    const key = id(`${table}_id`)
    return masters[table]
      ? [
          {
            when: sql`${key} is not null and ${key} not in (select ${key} from ${id(masters[table])})`,
            reason: `unknown-${table}`,
            column: `${table}_id`,
            value: key,
            expected: `an id of table ${table}`,
          },
        ]
      : []
  }
  const others = Object.keys(draftColumns).filter(
    (name) =>
      ![
        'sub',
        'kind',
        'product_cost',
        'currency',
        'cancellation_flag',
        'rounded',
        'reason',
        'bad_column',
        'bad_value',
        'expected',
        'order_id',
      ].includes(name),
  )
  const typed = others.map((name) => sql`cast(${id(name)} as ${draftColumns[name]}) as ${id(name)}`)
  const checks: { when: Sql; reason: string; column: string; value: Sql; expected: string }[] = [
    ...unknown('order'),
    ...unknown('customer'),
    ...unknown('product'),
    {
      when: sql`order_date is null`,
      reason: 'missing-order-date',
      column: 'order_date',
      value: sql`cast(null as varchar)`,
      expected: 'a day',
    },
    {
      when: sql`quantity = 0 and coalesce(invoice_amount, 0) <> 0`,
      reason: 'quantity-zero-with-amount',
      column: 'quantity',
      value: sql`rtrim(rtrim(cast(quantity as varchar), '0'), '.')`,
      expected: 'a quantity, as there is an amount',
    },
    {
      when: sql`invoice_amount is null or quantity is null`,
      reason: 'missing-amount',
      column: 'invoice_amount',
      value: sql`cast(null as varchar)`,
      expected: 'an amount, or a quantity and a price below 10^14',
    },
    {
      when: sql`list_price < 0`,
      reason: 'list-price-negative',
      column: 'list_price',
      value: sql`rtrim(rtrim(cast(list_price as varchar), '0'), '.')`,
      expected: 'a price of zero or more',
    },
    {
      when: sql`kind is null and quantity < 0 and invoice_amount > 0`,
      reason: 'signs-disagree',
      column: 'invoice_amount',
      value: sql`rtrim(rtrim(cast(invoice_amount as varchar), '0'), '.')`,
      expected: 'a negative amount, as the quantity is negative',
    },
  ]
  const pick = (given: string, what: (check: (typeof checks)[number]) => Sql) =>
    sql`case when reason is not null then ${id(given)} else ${byNumber(id('draft_problem'), checks.map(what))} end as ${id(given)}`
  return sql`
    select
      ${join(typed)},
      coalesce(sub, 0) as sub,
      coalesce(order_id, concat_ws(' ', coalesce(customer_id, '(unidentified)'), cast(order_date as varchar))) as order_id,
      ${kind} as kind,
      cast(${cost} as decimal(18, 4)) as product_cost,
      coalesce(currency, ${currency}) as currency,
      coalesce(cancellation_flag, false) as cancellation_flag,
      coalesce(rounded, false) as rounded,
      ${pick('reason', (check) => sql`${check.reason}`)},
      ${pick('bad_column', (check) => sql`${check.column}`)},
      ${pick('bad_value', (check) => check.value)},
      ${pick('expected', (check) => sql`${check.expected}`)}
    from (select *, ${numberOfFirst(checks.map((check) => check.when))} as draft_problem from (${all})) u`
}
