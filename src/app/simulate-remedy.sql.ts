import { id, join, type Sql, sql } from '../warehouse/sql.ts'

const columns = [
  'fee',
  'saved_full',
  'saved_now',
  'saved_later',
  'adapted_full',
  'adapted_now',
  'adapted_later',
  'adapted_fee',
  'margin',
  'lost_margin',
  'lost_full',
  'lost_now',
  'lost_later',
]

/** What a remedy has to work on over some of its customers. One row. */
export function leverageSums(scope: Sql): Sql {
  return sql`
    select
      count(*) as customers,
      ${join(columns.map((column) => sql`cast(coalesce(sum(${id(column)}), 0) as decimal(38, 4)) as ${id(column)}`))}
    from customer_remedy
    where ${scope}`
}
