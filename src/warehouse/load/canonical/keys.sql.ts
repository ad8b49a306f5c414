import type { Sql } from '../../sql.ts'
import { id, join, sql } from '../../sql.ts'

/** The value of a group that most rows have; on a tie the last in the alphabet. So it does not depend on the order of rows. */
function usual(column: string): Sql {
  return sql`arg_max(${id(column)}, struct_pack(n := n, v := ${id(column)})) filter (where ${id(column)} is not null)`
}

/**
 * One row per customer of the lines: what the lines say about it, and since when.
 * Columns: customer_id, customer_key (1.. by id), lines, first_order, name, country, segment_id, industry.
 */
export function customersOfLines(lines: Sql): Sql {
  return ranked(
    lines,
    'customer_id',
    ['customer_name', 'customer_country', 'customer_segment', 'customer_industry'],
    sql`min(order_date)`,
    sql`first_order`,
  )
}

/** One row per product of the lines: product_id, product_key (1.. by id), lines, name, family, service flag. */
export function productsOfLines(lines: Sql): Sql {
  return ranked(lines, 'product_id', ['product_name', 'product_family'], sql`bool_or(coalesce(service_flag, false))`, sql`service`)
}

function ranked(lines: Sql, key: string, attributes: string[], extra: Sql, extraName: Sql): Sql {
  const names = attributes.map((name) => id(name))
  return sql`
    select
      ${id(key)},
      cast(sum(n) as bigint) as lines,
      ${key === 'customer_id' ? sql`min(x)` : sql`bool_or(x)`} as ${extraName},
      ${join(attributes.map((name) => sql`${usual(name)} as ${id(name)}`))}
    from (
      select ${id(key)}, ${join(names)}, count(*) as n, ${extra} as x
      from ${lines}
      where ${id(key)} is not null
      group by ${join([id(key), ...names])}
    )
    group by ${id(key)}`
}

/**
 * One row per order of the lines. `first_at` and `last_at` are positions in the files; when an order stands in one piece, the line
 * number is the distance from its first row and no sorting is needed.
 */
export function ordersOfLines(lines: Sql): Sql {
  return sql`
    select
      order_id,
      min(customer_id) as customer_id,
      max(customer_id) as other_customer_id,
      bool_or(customer_id is null) as some_unidentified,
      min(order_date) as order_date,
      max(order_date) as last_date,
      min(channel_id) as channel_id,
      min(ship_mode) as ship_mode,
      min(sales_rep_id) as sales_rep_id,
      max(delivered_date) as delivered_date,
      count(*) as lines,
      min(cast(file_no as bigint) * 1000000000000 + row) as first_at,
      max(cast(file_no as bigint) * 1000000000000 + row) as last_at,
      max(sub) as subs
    from ${lines}
    group by order_id`
}

/** Ids numbered from 1 in the order of their text. */
export function numbered(relation: Sql, key: string): Sql {
  return sql`select *, cast(row_number() over (order by ${id(key)}) as integer) as ${id(key.replace(/_id$/, '_key'))} from (${relation})`
}
