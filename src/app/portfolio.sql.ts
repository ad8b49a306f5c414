import { type Sql, sql } from '../warehouse/sql.ts'

/** Customers and their profit before and now, by what became of them. One row per status. */
export function changeByStatus(): Sql {
  return sql`
    select
      status,
      count(*) as customers,
      cast(sum(previous_measure) as decimal(38, 4)) as previous,
      cast(sum(current_measure) as decimal(38, 4)) as current,
      cast(sum(change) as decimal(38, 4)) as change
    from customer_change
    group by status
    order by status`
}

/** Customers whose profit measure rose or fell most. One row per customer. */
export function movers(direction: 'up' | 'down', limit: number): Sql {
  const [which, order] = direction === 'up' ? [sql`change > 0`, sql`change desc`] : [sql`change < 0`, sql`change`]
  return sql`
    select *
    from customer_change
    where ${which}
    order by ${order}, customer_id
    limit ${limit}`
}

/** How many customers the portfolio has, the unidentified row left out. One row. */
export function countCustomers(): Sql {
  return sql`select count(*) as customers from customer_profit where identified`
}
