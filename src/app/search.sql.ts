import { join, type Sql, sql } from '../warehouse/sql.ts'

/** A word anywhere in an id or a name. */
const contains = (column: Sql, word: string): Sql => sql`strpos(lower(${column}), ${word.toLowerCase()}) > 0`

/** Whether all words stand in the id or the name, in any order. */
function matches(id: Sql, words: readonly string[]): Sql {
  return join(
    words.map((word) => sql`(${contains(id, word)} or ${contains(sql`name`, word)})`),
    sql` and `,
  )
}

/** Customers whose id or name has all words; an exact id first, then the largest. One row per customer. */
export function findCustomers(words: readonly string[], whole: string, limit: number): Sql {
  return sql`
    select
      customer_id,
      name,
      net_revenue,
      measure_rank,
      orders
    from customer_profit
    where ${matches(sql`customer_id`, words)}
    order by
      case when lower(customer_id) = ${whole.toLowerCase()} then 0 else 1 end,
      measure_rank nulls last,
      customer_id
    limit ${limit}`
}

/** Products whose number or name has all words; an exact number first, then the largest. One row per product. */
export function findProducts(words: readonly string[], whole: string, limit: number): Sql {
  return sql`
    select
      product_id,
      name,
      net_revenue,
      customers
    from product_profit
    where ${matches(sql`product_id`, words)}
    order by
      case when lower(product_id) = ${whole.toLowerCase()} then 0 else 1 end,
      net_revenue desc,
      product_id
    limit ${limit}`
}
