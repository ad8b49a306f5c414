import { type Sql, sql } from '../../warehouse/sql.ts'

/** What the identified customers come to. One row. */
export function costTotals(): Sql {
  return sql`
    select
      count(*) as customers,
      count(customer_profit) as judged,
      count(*) filter (where customer_profit < 0) as losing,
      count(*) filter (where customer_profit < 0 and contribution > 0) as turned,
      cast(coalesce(sum(customer_profit) filter (where customer_profit < 0), 0) as decimal(38, 4)) as losses,
      count(*) filter (where verdict = 'robust') as robust,
      count(*) filter (where loss_probability > 0.1 and loss_probability < 0.9) as open,
      cast(coalesce(sum(cost_to_serve), 0) as decimal(38, 4)) as cost_to_serve,
      cast(coalesce(sum(net_revenue), 0) as decimal(38, 4)) as net_revenue,
      cast(sum(customer_profit) as decimal(38, 4)) as profit,
      cast(sum(capital_charge) as decimal(38, 4)) as capital_charge
    from customer_cost
    where identified`
}

/** The customer among the largest by revenue whose contribution its cost-to-serve turns into the largest loss. At most one row. */
export function losingGiant(most: number): Sql {
  return sql`
    select
      customer_id,
      name,
      revenue_place,
      net_revenue,
      contribution,
      cost_to_serve,
      customer_profit,
      loss_probability
    from (
      select
        *,
        row_number() over (order by net_revenue desc, customer_id) as revenue_place
      from customer_cost
      where identified
    ) as ranked
    where revenue_place <= ${most} and customer_profit < 0 and contribution > 0
    order by customer_profit, customer_id
    limit 1`
}

/** The most profitable after cost-to-serve among those below the median by revenue. At most one row. */
export function quietEarner(customers: number): Sql {
  return sql`
    select
      customer_id,
      name,
      revenue_place,
      net_revenue,
      customer_profit,
      profit_rank,
      cost_to_serve_share
    from (
      select
        *,
        row_number() over (order by net_revenue desc, customer_id) as revenue_place
      from customer_cost
      where identified
    ) as ranked
    where revenue_place > ${Math.floor(customers / 4)} and customer_profit > 0
    order by profit_rank
    limit 1`
}
