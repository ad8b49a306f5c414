import type { Dialect } from './dialect.ts'
import { id, join, type Sql, sql } from './sql.ts'

const money = (value: Sql) => sql`cast(${value} as decimal(38, 4))`

/** The sums that every table of layers is made of. */
const layers = sql`
      count(*) as lines,
      ${money(sql`sum(invoice_amount)`)} as net_revenue,
      ${money(sql`sum(case when kind = 'return' then invoice_amount end)`)} as returned,
      ${money(sql`sum(case when kind <> 'return' then coalesce(list_amount, invoice_amount) end)`)} as list_revenue,
      ${money(sql`sum(product_cost)`)} as product_cost,
      ${money(sql`sum(case when product_cost is null and kind in ('sale', 'return') then invoice_amount end)`)} as revenue_without_cost`

/**
 * Orders without any sale: cancelled invoices, corrections. Only orders with a line that is no sale can be such, which keeps the
 * grouping small. One row per order.
 */
export function ordersWithoutSale(lines: string): Sql {
  return sql`
    select order_key
    from ${id(lines)}
    where order_key in (select order_key from ${id(lines)} where kind <> 'sale')
    group by order_key
    having count(*) filter (where kind = 'sale') = 0`
}

/** Months of the common calendar are numbered from year 0; `months_<n>` of {@link customerOrders} tells of sixty of them. */
export const monthsTogether = 60

/**
 * Orders with a sale by customer: the root of all counts of orders and of first and last dates. In which months they lie is kept as bits:
 * rows by customer and month would be nearly as many as orders. One row per customer key.
 *
 * @param withoutSale relation of the orders that hold no sale
 * @param sixties of the months that have an order, their numbers over sixty: one column each
 */
export function customerOrders(dialect: Dialect, orders: string, withoutSale: string, sixties: readonly number[]): Sql {
  const columns = sixties.map((sixty) => {
    const from = sixty * monthsTogether
    // A power of two up to 2^59 is exact as a float.
    const bit = sql`case when month_number between ${from} and ${from + monthsTogether - 1}
        then cast(power(2, month_number - ${from}) as bigint) end`
    return sql`,
      ${dialect.bitOr(bit)} as ${id(`months_${sixty}`)}`
  })
  return sql`
    with dated as (
      select
        customer_key,
        order_date,
        year(order_date) * 12 + month(order_date) - 1 as month_number
      from ${id(orders)}
      where order_key not in (select order_key from ${id(withoutSale)})
    )
    select
      customer_key,
      count(*) as orders,
      min(order_date) as first_date,
      max(order_date) as last_date${join(columns, sql``)}
    from dated
    group by customer_key`
}

/** Orders with a sale by day. One row per day that has any. */
export function dayOrders(orders: string, withoutSale: string): Sql {
  return sql`
    select
      order_date,
      count(*) as orders
    from ${id(orders)}
    where order_key not in (select order_key from ${id(withoutSale)})
    group by order_date`
}

/** The layers of each customer. One row per customer key; 0 is unidentified. */
export function customerSums(lines: string): Sql {
  return sql`
    select
      customer_key,${layers}
    from ${id(lines)}
    group by customer_key`
}

/** The layers of each product, and its quantity. One row per product key; 0 is lines that name none. */
export function productSums(lines: string): Sql {
  return sql`
    select
      product_key,
      ${money(sql`sum(quantity)`)} as quantity,${layers}
    from ${id(lines)}
    group by product_key`
}

/** The layers of each day. One row per day. */
export function daySums(lines: string): Sql {
  return sql`
    select
      order_date,${layers}
    from ${id(lines)}
    group by order_date`
}

/** Customers from one key to another, both counted in. */
export interface KeyRange {
  from: number
  to: number
}

/** Orders with a sale that each customer placed on each day. One row per customer key and day that has any. */
export function customerOrderDays(orders: string, withoutSale: string): Sql {
  return sql`
    select
      customer_key,
      order_date,
      cast(count(*) as integer) as orders
    from ${id(orders)}
    where order_key not in (select order_key from ${id(withoutSale)})
    group by customer_key, order_date
    order by customer_key`
}

/**
 * What each customer did on each day: orders with a sale, net revenue, and contribution, in which goods without a cost count nothing; of both
 * also the part of goods, which are sales and returns that name a product. One row per customer key and day with a line or an order.
 *
 * @param orderDays relation from {@link customerOrderDays}
 * @param digits 18 where no sum can be larger, which halves its size, else 38
 */
export function customerDays(lines: string, orderDays: string, digits: 18 | 38, range?: KeyRange): Sql {
  const goods = sql`kind in ('sale', 'return') and product_key > 0`
  const amount = (value: Sql) => (digits === 18 ? sql`cast(coalesce(${value}, 0) as decimal(18, 4))` : money(sql`coalesce(${value}, 0)`))
  const within = range ? sql`where customer_key between ${range.from} and ${range.to}` : sql``
  const names = ['net_revenue', 'contribution', 'goods_revenue', 'goods_contribution'].map((name) => id(name))
  return sql`
    with summed as (
      select
        customer_key,
        order_date,
        count(*) as lines,
        count(case when kind = 'sale' then 1 end) as sales,
        sum(invoice_amount) as net_revenue,
        sum(case
          when product_cost is not null then invoice_amount - product_cost
          when kind not in ('sale', 'return') then invoice_amount end) as contribution,
        sum(case when ${goods} then invoice_amount end) as goods_revenue,
        sum(case when ${goods} then invoice_amount - product_cost end) as goods_contribution
      from ${id(lines)}
      ${within}
      group by customer_key, order_date
    ),
    placed as (
      select customer_key, order_date, orders
      from ${id(orderDays)}
      ${within}
    )
    select
      coalesce(summed.customer_key, placed.customer_key) as customer_key,
      coalesce(summed.order_date, placed.order_date) as order_date,
      coalesce(placed.orders, 0) as orders,
      cast(coalesce(summed.lines, 0) as integer) as lines,
      cast(coalesce(summed.sales, 0) as integer) as sales,
      ${join(names.map((name) => sql`${amount(sql`summed.${name}`)} as ${name}`))}
    from summed
    full join placed on placed.customer_key = summed.customer_key and placed.order_date = summed.order_date`
}

/** Where to cut customers so that each piece holds about so many lines. One row per piece: its last customer key. */
export function customerRanges(customerSum: string, lines: number): Sql {
  return sql`
    with counted as (
      select
        customer_key,
        cast(floor(cast(sum(lines) over (order by customer_key rows unbounded preceding) as double) / ${lines}) as bigint) as piece
      from ${id(customerSum)}
    )
    select max(customer_key) as last_key
    from counted
    group by piece
    order by last_key`
}

/** The largest amounts, which a Parquet file knows without being read. One row. */
export function amountExtremes(lines: string): Sql {
  return sql`
    select
      count(*) as lines,
      cast(greatest(max(invoice_amount), - min(invoice_amount)) as double) as invoice_amount,
      cast(coalesce(greatest(max(product_cost), - min(product_cost)), 0) as double) as product_cost
    from ${id(lines)}`
}

/** Lines and amounts as invoiced, and what the lines do not say. One row per day, currency, kind and whether a customer is known. */
export function dayTotals(lines: string): Sql {
  const amount = (value: Sql) => money(sql`coalesce(${value}, 0)`)
  return sql`
    select
      order_date,
      currency,
      kind,
      customer_key > 0 as identified,
      count(*) as lines,
      ${amount(sql`sum(invoice_amount)`)} as invoice_amount,
      ${amount(sql`sum(list_amount)`)} as list_amount,
      ${amount(sql`sum(product_cost)`)} as product_cost,
      ${amount(sql`sum(case when list_amount is not null then invoice_amount end)`)} as amount_with_list,
      count(case when invoice_amount = 0 then 1 end) as lines_without_price,
      count(case when duplicate_flag then 1 end) as repeated_lines,
      ${amount(sql`sum(case when duplicate_flag then invoice_amount end)`)} as repeated_amount
    from ${id(lines)}
    group by order_date, currency, kind, customer_key > 0`
}

/** A table of sums of one import. */
export interface SumPart {
  relation: string
  columns: readonly string[]
  /** Key column that is not yet the key over all imports, and the relation (local_key and that key) that leads to it. */
  rekey?: { column: string; map: string } | undefined
}

const integers = new Set(['orders', 'lines', 'sales', 'lines_without_price', 'repeated_lines'])

/** How a column of sums is added up over imports, and its type. */
function together(dialect: Dialect, name: string): { value: Sql; type: Sql } {
  if (name === 'first_date') return { value: sql`min(${id(name)})`, type: sql`date` }
  if (name === 'last_date') return { value: sql`max(${id(name)})`, type: sql`date` }
  if (name.startsWith('months_')) return { value: dialect.bitOr(id(name)), type: sql`bigint` }
  return { value: sql`sum(${id(name)})`, type: integers.has(name) ? sql`bigint` : sql`decimal(38, 4)` }
}

/**
 * The sums of several imports together, with keys over all of them: counts and money add up, months are united. One row per key.
 *
 * @param distinct whether no key stands in two parts, so that nothing must be added up; defaults to false
 */
export function unitedSums(dialect: Dialect, parts: readonly SumPart[], key: readonly string[], distinct = false): Sql {
  const all = [...new Set(parts.flatMap(({ columns }) => columns))]
  const sums = all.filter((name) => !key.includes(name))
  const rows = join(
    parts.map(({ relation, rekey, columns }) => {
      const list = [...key, ...sums].map((name) => {
        if (rekey?.column === name) return sql`rekeyed.${id(name)}`
        return columns.includes(name) ? sql`part.${id(name)}` : sql`cast(null as ${together(dialect, name).type}) as ${id(name)}`
      })
      return sql`select ${join(list)} from ${id(relation)} as part${
        rekey ? sql` join ${id(rekey.map)} as rekeyed on rekeyed.local_key = part.${id(rekey.column)}` : sql``
      }`
    }),
    sql` union all `,
  )
  if (distinct) return rows
  const keys = join(key.map((name) => id(name)))
  const united = sums.map((name) => {
    const { value, type } = together(dialect, name)
    return sql`cast(${value} as ${type}) as ${id(name)}`
  })
  return sql`select ${keys}, ${join(united)} from (${rows}) as parts group by ${keys}`
}
