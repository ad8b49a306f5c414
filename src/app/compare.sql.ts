import { id, join, type Sql, sql } from '../warehouse/sql.ts'

/** How many rows stand only in one of two tables or differ between them, by key. One row. */
export function rowChanges(a: string, b: string, key: readonly string[], columns: readonly string[]): Sql {
  const on = join(
    key.map((column) => sql`a.${id(column)} is not distinct from b.${id(column)}`),
    sql` and `,
  )
  const others = columns.filter((column) => !key.includes(column))
  const differ =
    others.length === 0
      ? sql`false`
      : join(
          others.map((column) => sql`a.${id(column)} is distinct from b.${id(column)}`),
          sql` or `,
        )
  // The key itself may hold nulls, so a side that is not there is told by a mark of its own.
  return sql`
    select
      count(*) filter (where a.there is null) as added,
      count(*) filter (where b.there is null) as removed,
      count(*) filter (where a.there and b.there and (${differ})) as changed
    from (select *, true as there from ${id(a)}) as a
    full outer join (select *, true as there from ${id(b)}) as b on ${on}`
}

/** Customers whose measure moved most, up or down. One row per customer. */
export function largestMoves(a: string, b: string, measure: string, limit: number): Sql {
  return sql`
    select
      coalesce(a.customer_id, b.customer_id) as customer_id,
      coalesce(b.name, a.name) as name,
      a.${id(measure)} as before,
      b.${id(measure)} as now,
      cast(coalesce(b.${id(measure)}, 0) - coalesce(a.${id(measure)}, 0) as decimal(38, 4)) as change
    from ${id(a)} as a
    full outer join ${id(b)} as b on b.customer_id = a.customer_id
    where coalesce(a.${id(measure)}, 0) <> coalesce(b.${id(measure)}, 0)
    order by abs(coalesce(b.${id(measure)}, 0) - coalesce(a.${id(measure)}, 0)) desc, coalesce(a.customer_id, b.customer_id)
    limit ${limit}`
}
