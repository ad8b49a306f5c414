import { id, type Sql, sql } from '../../warehouse/sql.ts'

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
      coalesce(max(product_key), 0) > 0 as has_product,
      (select max(order_date) from "order") as last_order_date
    from order_line`
}

/**
 * Control totals of the lines that count, and what the data does not say. One row per currency, kind and whether a customer is known.
 */
export function controlTotals(asOf: string): Sql {
  const sum = (name: string) => sql`cast(sum(${id(name)}) as decimal(38, 4))`
  return sql`
    select
      currency,
      kind,
      identified,
      cast(sum(lines) as bigint) as lines,
      ${sum('invoice_amount')} as amount,
      ${sum('amount_with_list')} as amount_with_list,
      cast(sum(lines_without_price) as bigint) as lines_without_price,
      cast(sum(repeated_lines) as bigint) as repeated_lines,
      ${sum('repeated_amount')} as repeated_amount
    from day_total
    where order_date <= cast(${asOf} as date)
    group by currency, kind, identified
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

/** Orders up to a day. One row per order. */
export function countedOrders(asOf: string): Sql {
  return sql`
    select
      order_key,
      customer_key,
      order_date
    from "order"
    where order_date <= cast(${asOf} as date)`
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
