import type { Sql } from '../../sql.ts'
import { id, join, sql } from '../../sql.ts'
import { cellText, markEvidence, onlyPlain } from './numbers.sql.ts'

/**
 * One row, quickly: for each numeric column whether a closer look is needed (`look_<i>` cells that are more than digits, one point and
 * a minus), how many cells have a point, and how many of them cannot be thousands; for each id column how many cells are filled and how
 * many end in `.0`.
 */
export function plainEvidence(raw: Sql, numeric: readonly Sql[], ids: readonly Sql[]): Sql {
  const columns = [
    ...numeric.flatMap((n, i) => [
      sql`count(*) filter (where not ${onlyPlain(n)}) as ${id(`look_${i}`)}`,
      sql`count(*) filter (where contains(${n}, '.')) as ${id(`marked_${i}`)}`,
      sql`count(*) filter (where contains(${n}, '.') and length(${n}) - strpos(${n}, '.') <> 3) as ${id(`dot_${i}`)}`,
      sql`max(${n}) filter (where contains(${n}, '.') and length(${n}) - strpos(${n}, '.') <> 3) as ${id(`example_${i}`)}`,
    ]),
    ...ids.flatMap((d, i) => [
      sql`count(nullif(trim(${d}), '')) as ${id(`filled_${i}`)}`,
      sql`count(*) filter (where suffix(${d}, '.0') and regexp_full_match(${d}, ' *[0-9]+[.]0 *')) as ${id(`float_${i}`)}`,
      sql`min(${d}) as ${id(`float_example_${i}`)}`,
    ]),
    sql`count(*) as rows`,
  ]
  return sql`select ${join(columns)} from ${raw}`
}

/** One row, closely: how many cells of a column prove point or comma as decimal mark or leave it open, and how many hold other signs. */
export function markCounts(raw: Sql, column: Sql): Sql {
  return sql`
    select
      coalesce(sum(rows) filter (where evidence = '.'), 0) as dot,
      coalesce(sum(rows) filter (where evidence = ','), 0) as comma,
      coalesce(sum(rows) filter (where evidence = '?'), 0) as open,
      min(text) filter (where evidence = '.') as dot_example,
      min(text) filter (where evidence = ',') as comma_example,
      min(text) filter (where evidence = '?') as open_example,
      coalesce(sum(rows) filter (where not regexp_full_match(text, '[-0-9.,]*')), 0) as odd
    from (
      select text, rows, ${markEvidence(sql`text`)} as evidence
      from (select ${cellText(column)} as text, count(*) as rows from ${raw} group by 1)
    )`
}

/** One row per value that a function of the cells takes, with how often and an example; null is left out. */
export function valueEvidence(raw: Sql, columns: readonly Sql[], value: (text: Sql) => Sql): Sql {
  const each = columns.map((column) => sql`select ${value(cellText(column))} as currency, ${cellText(column)} as text from ${raw}`)
  return sql`
    select currency, count(*) as rows, min(text) as example
    from (${join(each, sql` union all `)})
    where currency is not null
    group by currency
    order by rows desc, currency`
}
