import { type Sql, sql } from '../../warehouse/sql.ts'

/** Identified customers with their profit in whole units, in order of the key. One row per customer. */
export function matrixCustomers(): Sql {
  return sql`
    select
      customer_key,
      round(cast(customer_profit as double) * 10000) as profit
    from customer_cost
    where customer_key > 0
    order by customer_key`
}

/** One activity: cost in whole units and minutes of each identified customer that has some, in order of the key. One row per customer. */
export function matrixActivity(activity: string): Sql {
  return sql`
    select
      customer_key,
      round(cast(cost as double) * 10000) as cost,
      minutes
    from customer_activity_cost
    where activity_id = ${activity} and customer_key > 0
    order by customer_key`
}

/** Names of a few customers. One row per customer. */
export function customersByKey(keys: readonly number[]): Sql {
  return sql`
    select
      customer_key,
      customer_id,
      name
    from customer_cost
    where customer_key in (${keys.reduce((all, key, i) => (i === 0 ? sql`${key}` : sql`${all}, ${key}`), sql``)})`
}

/** Accounts and cost centres of the ledger. One row per pair. */
export function ledgerAccounts(): Sql {
  return sql`
    select distinct
      account,
      cost_centre
    from ledger
    order by account, cost_centre nulls last`
}

/** First and last month of the ledger. One row. */
export function ledgerWindow(): Sql {
  return sql`select min(period) as first_period, max(period) as last_period from ledger`
}
