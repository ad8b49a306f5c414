import type { Sql } from '../../sql.ts'
import { id, join, sql } from '../../sql.ts'
import { cellText, isClean, markEvidence, onlyPlain } from './numbers.sql.ts'

/**
 * One row, quickly: for each numeric column whether a closer look is needed (`look_<i>` cells that are more than digits, one point and
 * a minus), how many cells have a point, how many of them cannot be thousands, and the most digits behind a point; for each id column
 * how many cells are filled and how many end in `.0`; for each text column (ids first) how many cells must be trimmed or are not ASCII.
 */
export function plainEvidence(raw: Sql, numeric: readonly Sql[], ids: readonly Sql[], texts: readonly Sql[]): Sql {
  // Patterns stand alone below and are counted above: the engine then matches each entry of a Parquet dictionary once.
  const cells = [
    ...numeric.flatMap((n, i) => [
      sql`${n} as ${id(`n_${i}`)}`,
      sql`${onlyPlain(n)} as ${id(`plain_${i}`)}`,
      sql`strlen(${n}) - nullif(strpos(${n}, '.'), 0) as ${id(`fraction_${i}`)}`,
    ]),
    ...ids.map((d, i) => sql`suffix(${d}, '.0') as ${id(`suffix_${i}`)}`),
    ...texts.flatMap((t, i) => [sql`${t} as ${id(`t_${i}`)}`, sql`${isClean(t)} as ${id(`clean_${i}`)}`]),
    sql`row`,
  ]
  const columns = [
    ...numeric.flatMap((_, i) => {
      const [n, plain, fraction] = [id(`n_${i}`), id(`plain_${i}`), id(`fraction_${i}`)]
      return [
        sql`count(nullif(${plain}, true)) as ${id(`look_${i}`)}`,
        sql`count(${fraction}) as ${id(`marked_${i}`)}`,
        sql`count(nullif(${fraction}, 3)) as ${id(`dot_${i}`)}`,
        sql`max(case when ${fraction} <> 3 then ${n} end) as ${id(`example_${i}`)}`,
        sql`coalesce(max(${fraction}), 0) as ${id(`decimals_${i}`)}`,
      ]
    }),
    ...ids.flatMap((_, i) => {
      const d = id(`t_${i}`)
      const whole = sql`${id(`suffix_${i}`)} and regexp_full_match(${d}, ' *[0-9]+[.]0 *')`
      return [
        sql`count(case when ${id(`clean_${i}`)} or trim(${d}) <> '' then 1 end) as ${id(`filled_${i}`)}`,
        sql`count(case when ${whole} then 1 end) as ${id(`float_${i}`)}`,
        sql`min(case when ${whole} then ${d} end) as ${id(`float_example_${i}`)}`,
      ]
    }),
    ...texts.map((_, i) => sql`count(nullif(${id(`clean_${i}`)}, true)) as ${id(`untidy_${i}`)}`),
    sql`count(*) as rows`,
  ]
  return sql`select ${join(columns)} from (select ${join(cells)} from ${raw})`
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
