import type { Dialect } from '../../warehouse/dialect.ts'
import { id, join, type Sql, sql } from '../../warehouse/sql.ts'
import { monthNumber } from './periods.ts'

/** What the lines must be valued by: the last day that counts and the currency of all results. */
export interface Valuation {
  asOf: string
  currency: string
}

/** Extremes that a Parquet file knows without being read. One row. */
export function lineExtremes(): Sql {
  return sql`
    select
      min(order_date) as first_date,
      max(order_date) as last_date,
      max(list_amount) is not null as has_list,
      max(product_cost) is not null as has_cost,
      coalesce(max(product_key), 0) > 0 as has_product
    from order_line`
}

/**
 * Control totals of the lines that count, and what the data does not say. One row per currency, kind and whether a customer is known.
 */
export function controlTotals(asOf: string): Sql {
  return sql`
    select
      currency,
      kind,
      customer_key > 0 as identified,
      count(*) as lines,
      cast(sum(invoice_amount) as decimal(38, 4)) as amount,
      cast(coalesce(sum(invoice_amount) filter (where list_amount is not null), 0) as decimal(38, 4)) as amount_with_list,
      count(*) filter (where invoice_amount = 0) as lines_without_price,
      count(*) filter (where duplicate_flag) as repeated_lines,
      cast(coalesce(sum(invoice_amount) filter (where duplicate_flag), 0) as decimal(38, 4)) as repeated_amount
    from order_line
    where order_date <= cast(${asOf} as date)
    group by currency, kind, customer_key > 0
    order by currency, kind, identified`
}

/** The rate that holds on each day on which a foreign currency was invoiced: the latest on or before it. One row per currency and day. */
export function dayRates({ asOf, currency }: Valuation): Sql {
  return sql`
    with days as (
      select distinct currency, order_date
      from order_line
      where currency <> ${currency} and order_date <= cast(${asOf} as date)
    ),
    latest as (
      select
        days.currency,
        days.order_date,
        max(fx_rate.date) as rate_date
      from days
      join fx_rate on fx_rate.currency = days.currency and fx_rate.date <= days.order_date
      group by days.currency, days.order_date
    )
    select
      latest.currency,
      latest.order_date,
      cast(fx_rate.rate as decimal(20, 14)) as rate
    from latest
    join fx_rate on fx_rate.currency = latest.currency and fx_rate.date = latest.rate_date`
}

/** No rates at all, in the same columns. */
export function noRates(): Sql {
  return sql`
    select
      cast('' as varchar) as currency,
      cast('1970-01-01' as date) as order_date,
      cast(0 as decimal(20, 14)) as rate
    where false`
}

/**
 * Order lines that count, with amounts in the reporting currency (rounded per line, half away from zero) beside those as invoiced.
 * Foreign lines without a rate are left out. One row per order line.
 */
export function valuedLines({ asOf, currency }: Valuation, options: { foreign: boolean; later: boolean }): Sql {
  const until = options.later ? sql`line.order_date <= cast(${asOf} as date)` : sql`true`
  const columns = sql`
      line.customer_key,
      line.product_key,
      line.order_key,
      line.order_date,
      line.line_no,
      line.kind,
      line.quantity,
      line.channel_id,
      line.currency,
      line.duplicate_flag`
  if (!options.foreign) {
    return sql`
    select${columns},
      line.list_amount,
      line.invoice_amount,
      line.product_cost,
      line.invoice_amount as invoice_local
    from order_line as line
    where ${until}`
  }
  const convert = (amount: Sql) =>
    sql`case when line.currency = ${currency} then ${amount} else cast(${amount} * day_rate.rate as decimal(18, 4)) end`
  return sql`
    select${columns},
      ${convert(sql`line.list_amount`)} as list_amount,
      ${convert(sql`line.invoice_amount`)} as invoice_amount,
      ${convert(sql`line.product_cost`)} as product_cost,
      line.invoice_amount as invoice_local
    from order_line as line
    left join day_rate on day_rate.currency = line.currency and day_rate.order_date = line.order_date
    where ${until} and (line.currency = ${currency} or day_rate.rate is not null)`
}

/** Foreign lines on days without a rate: they are in no layer. One row per currency. */
export function linesWithoutRate({ asOf, currency }: Valuation): Sql {
  return sql`
    select
      line.currency,
      count(*) as lines,
      cast(sum(line.invoice_amount) as decimal(38, 4)) as amount,
      min(line.order_date) as first_date,
      max(line.order_date) as last_date
    from order_line as line
    left join day_rate on day_rate.currency = line.currency and day_rate.order_date = line.order_date
    where line.currency <> ${currency} and line.order_date <= cast(${asOf} as date) and day_rate.rate is null
    group by line.currency
    order by line.currency`
}

/**
 * Orders without any sale: cancelled invoices, corrections. Only orders with a line that is no sale can be such, which keeps the
 * grouping small. One row per order.
 */
export function ordersWithoutSale(): Sql {
  return sql`
    select order_key
    from valued_line
    where order_key in (select order_key from valued_line where kind <> 'sale')
    group by order_key
    having count(*) filter (where kind = 'sale') = 0`
}

const ordersWithSale = (asOf: string) =>
  sql`order_date <= cast(${asOf} as date) and order_key not in (select order_key from order_without_sale)`

/** Orders with a sale by month. One row per month that has any. */
export function monthOrders(dialect: Dialect, asOf: string): Sql {
  const month = dialect.monthStart(sql`order_date`)
  return sql`
    select
      ${month} as month,
      count(*) as orders
    from "order"
    where ${ordersWithSale(asOf)}
    group by ${month}
    order by ${month}`
}

/** Months of the common calendar are numbered from year 0; `months_<n>` of {@link customerOrders} tells of sixty of them. */
export const monthsTogether = 60

/**
 * Orders with a sale by customer: the root of all counts of orders and of first and last dates. In which months they lie is kept as bits:
 * rows by customer and month would be nearly as many as orders. One row per customer key.
 *
 * @param sixties of the months that have an order, their numbers over sixty: one column each
 */
export function customerOrders(dialect: Dialect, asOf: string, sixties: readonly number[]): Sql {
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
      from "order"
      where ${ordersWithSale(asOf)}
    )
    select
      customer_key,
      count(*) as orders,
      min(order_date) as first_date,
      max(order_date) as last_date${join(columns, sql``)}
    from dated
    group by customer_key`
}

/** Identified customers with an order with a sale in each of the months, given as `YYYY-MM-DD`, as columns `customers_<position>`. One row. */
export function customersByMonth(months: readonly string[]): Sql {
  const columns = months.map((month, i) => {
    const number = monthNumber(month)
    const bits = id(`months_${Math.floor(number / monthsTogether)}`)
    const bit = 2 ** (number % monthsTogether)
    return sql`count(*) filter (where ${bits} % cast(${2 * bit} as bigint) >= cast(${bit} as bigint)) as ${id(`customers_${i}`)}`
  })
  return sql`select ${join(columns)} from customer_orders where customer_key > 0`
}

/** The columns of `customer` that the layers take, without any row: for data in which no line names a customer. */
export function noCustomers(): Sql {
  return sql`
    select
      cast('' as varchar) as customer_id,
      0 as customer_key,
      cast(null as varchar) as name,
      cast(null as varchar) as country,
      cast(null as varchar) as segment_id
    where false`
}
