import type { Sql } from '../../sql.ts'
import { id, join, sql } from '../../sql.ts'
import { cellText, markEvidence } from './numbers.sql.ts'

/**
 * One row: for each numeric column how many cells prove point or comma as decimal mark, or leave it open, with an example each, and
 * how many hold more than digits and marks; for each id column how many cells are filled and how many end in `.0`.
 */
export function columnEvidence(raw: Sql, numeric: readonly Sql[], ids: readonly Sql[]): Sql {
  const inner = [
    ...numeric.flatMap((column, i) => [
      sql`${cellText(column)} as ${id(`n${i}`)}`,
      sql`${markEvidence(cellText(column))} as ${id(`e${i}`)}`,
    ]),
    ...ids.map((column, i) => sql`${cellText(column)} as ${id(`d${i}`)}`),
    sql`1 as one`,
  ]
  const outer = [
    ...numeric.flatMap((_, i) => {
      const n = id(`n${i}`)
      const e = id(`e${i}`)
      return [
        sql`count(*) filter (where ${e} = '.') as ${id(`dot_${i}`)}`,
        sql`count(*) filter (where ${e} = ',') as ${id(`comma_${i}`)}`,
        sql`count(*) filter (where ${e} = '?') as ${id(`open_${i}`)}`,
        sql`min(${n}) filter (where ${e} = '.') as ${id(`dot_example_${i}`)}`,
        sql`min(${n}) filter (where ${e} = ',') as ${id(`comma_example_${i}`)}`,
        sql`min(${n}) filter (where ${e} = '?') as ${id(`open_example_${i}`)}`,
        sql`count(*) filter (where translate(${n}, '0123456789.,-', '') <> '') as ${id(`odd_${i}`)}`,
      ]
    }),
    ...ids.flatMap((_, i) => {
      const d = id(`d${i}`)
      return [
        sql`count(${d}) as ${id(`filled_${i}`)}`,
        sql`count(*) filter (where suffix(${d}, '.0') and regexp_full_match(${d}, '[0-9]+[.]0')) as ${id(`float_${i}`)}`,
        sql`min(${d}) as ${id(`float_example_${i}`)}`,
      ]
    }),
    sql`count(*) as rows`,
  ]
  return sql`select ${join(outer)} from (select ${join(inner)} from ${raw})`
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
