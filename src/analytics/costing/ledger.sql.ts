import { type Sql, sql } from '../../warehouse/sql.ts'

/** What the ledger holds. One row per month, account, cost centre, currency and reason. */
export function ledgerSums(): Sql {
  return sql`
    select
      period,
      account,
      cost_centre,
      currency,
      excluded_reason,
      cast(sum(amount) as decimal(38, 4)) as amount
    from ledger
    group by period, account, cost_centre, currency, excluded_reason
    order by period, account, cost_centre nulls last, currency nulls last, excluded_reason nulls last`
}

/** Exchange rates by day. One row per currency and day. */
export function ledgerRates(): Sql {
  return sql`
    select
      currency,
      date,
      rate
    from fx_rate
    order by currency, date`
}
