import { type Sql, sql } from '../../warehouse/sql.ts'

/** Small orders over all identified customers. One row. */
export function smallOrderTotals(): Sql {
  return sql`
    select
      cast(coalesce(sum(orders), 0) as bigint) as orders,
      cast(coalesce(sum(small_orders), 0) as bigint) as small_orders,
      cast(coalesce(sum(small_order_revenue), 0) as decimal(38, 4)) as small_order_revenue
    from customer_serving
    where identified`
}

/** The customer with most small orders. At most one row. */
export function mostSmallOrders(): Sql {
  return sql`
    select customer_id, name, orders, small_orders
    from customer_serving
    where identified and small_orders > 0
    order by small_orders desc, customer_id
    limit 1`
}

/** The customer whose cost exceeds that of its peers most. At most one row. */
export function dearestBeyondPeers(): Sql {
  return sql`
    select customer_id, name, cost_to_serve, excess_cost, peers, peer_customers, main_driver, type, type_probability
    from customer_serving
    where identified and excess_cost is not null
    order by excess_cost desc, customer_id
    limit 1`
}
