import type { Sql } from '../../sql.ts'
import { id, join, sql } from '../../sql.ts'

export type DateOrder = 'dmy' | 'mdy' | 'ymd'

const names: [number, string][] = [
  [1, 'january jan januar jänner janvier janv enero ene gennaio gen januari janeiro jan'],
  [2, 'february feb februar februar fevrier fevr fev febrero febbraio februari fevereiro'],
  [3, 'march mar märz maerz mrz mars marzo maart mrt março marco'],
  [4, 'april apr avril avr abril abr aprile'],
  [5, 'may mai mayo maggio mag mei maio'],
  [6, 'june jun juni juin junio giugno giu junho'],
  [7, 'july jul juli juillet juil julio luglio lug julho'],
  [8, 'august aug août aout agosto ago augustus'],
  [9, 'september sep sept septembre septiembre settembre set setembro'],
  [10, 'october oct oktober okt octobre octubre ottobre ott outubro out'],
  [11, 'november nov novembre noviembre novembro'],
  [12, 'december dec dezember dez decembre déc diciembre dic dicembre dezembro'],
]

const plain = (word: string) => word.normalize('NFD').replace(/[\u0300-\u036f]/g, '')

/** Names of months in English, German, French, Spanish, Italian, Dutch and Portuguese, without accents. */
export const monthNames: { name: string; month: number }[] = names.flatMap(([month, words]) =>
  [...new Set(words.split(' ').map(plain))].map((name) => ({ name, month })),
)

/**
 * The day in a cell, without its time of day and time zone: the business date as the source wrote it.
 * Whole columns have few distinct days, so everything costly happens once a day and not once a row.
 */
export function dayText(text: Sql): Sql {
  return sql`case
    when length(${text}) = 10 then ${text}
    when length(${text}) > 10 and substr(${text}, 11, 1) in (' ', 'T') and substr(${text}, 5, 1) in ('-', '/', '.') and contains(${text}, ':') then substr(${text}, 1, 10)
    when contains(${text}, ':') then trim(regexp_replace(${text}, '[T ,]+[0-9]{1,2}:[0-9]{2}.*$', ''))
    else ${text} end`
}

/** One row per distinct day text of the given columns, with how often it stands there. */
export function dayTexts(relation: Sql, columns: readonly Sql[]): Sql {
  const each = columns.map(
    (column) => sql`select ${dayText(column)} as text, count(*) as rows from ${relation} where ${column} is not null group by 1`,
  )
  return sql`select text, cast(sum(rows) as bigint) as rows from (${join(each, sql` union all `)}) group by text`
}

/**
 * One row per distinct day text: its shape and its parts. Shapes: `iso` (year first), `compact` (20240131), `numeric` (two numbers and a
 * year), `named` (month as a word), `serial` (a spreadsheet's day number), `none`.
 */
export function dayShapes(texts: Sql, months: Sql): Sql {
  const named1 = '^(?:[^0-9 ,]+,? )?([0-9]{1,2})(?:st|nd|rd|th|er|º)?[. /-]+(?:de )?([^0-9 .,/-]+)[., /-]+(?:de )?([0-9]{4}|[0-9]{2})$'
  const named2 = '^(?:[^0-9 ,]+, )?([^0-9 .,/-]+)[. /-]+([0-9]{1,2})(?:st|nd|rd|th)?[, /-]+([0-9]{4}|[0-9]{2})$'
  const iso = '^([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})$'
  const numeric = '^([0-9]{1,2})([-/. ])([0-9]{1,2})[-/. ]([0-9]{4}|[0-9]{2})$'
  return sql`
    select
      t.text,
      t.rows,
      case
        when regexp_matches(t.text, ${iso}) then 'iso'
        when regexp_matches(t.text, '^(19|20)[0-9]{6}$') then 'compact'
        when regexp_matches(t.text, ${numeric}) then 'numeric'
        when regexp_matches(t.text, '^[0-9]{5}([.][0-9]+)?$') then 'serial'
        when m1.month is not null then 'named'
        when m2.month is not null then 'named'
        else 'none' end as shape,
      case
        when regexp_matches(t.text, ${iso}) then try_cast(concat_ws('-', regexp_extract(t.text, ${iso}, 1), regexp_extract(t.text, ${iso}, 2), regexp_extract(t.text, ${iso}, 3)) as date)
        when regexp_matches(t.text, '^(19|20)[0-9]{6}$') then try_cast(concat_ws('-', substr(t.text, 1, 4), substr(t.text, 5, 2), substr(t.text, 7, 2)) as date)
        when regexp_matches(t.text, '^[0-9]{5}([.][0-9]+)?$') then cast(date '1899-12-30' + cast(floor(cast(t.text as double)) as integer) as date)
        when m1.month is not null then try_cast(concat_ws('-', ${fullYear(sql`regexp_extract(t.text, ${named1}, 3)`)}, m1.month, regexp_extract(t.text, ${named1}, 1)) as date)
        when m2.month is not null then try_cast(concat_ws('-', ${fullYear(sql`regexp_extract(t.text, ${named2}, 3)`)}, m2.month, regexp_extract(t.text, ${named2}, 2)) as date)
        end as day,
      try_cast(nullif(regexp_extract(t.text, ${numeric}, 1), '') as integer) as first,
      try_cast(nullif(regexp_extract(t.text, ${numeric}, 3), '') as integer) as second,
      nullif(regexp_extract(t.text, ${numeric}, 4), '') as third
    from ${texts} t
    left join ${months} m1 on m1.name = rtrim(strip_accents(lower(regexp_extract(t.text, ${named1}, 2))), '.')
    left join ${months} m2 on m2.name = rtrim(strip_accents(lower(regexp_extract(t.text, ${named2}, 1))), '.')`
}

/** Two digits are 1970 to 2069. */
function fullYear(text: Sql): Sql {
  return sql`case when length(${text}) = 4 then ${text} when ${text} >= '70' then concat('19', ${text}) else concat('20', ${text}) end`
}

/** One row: how many cells prove which order, how many allow both readings, how many are in a shape that needs no order. */
export function dateEvidence(shapes: Sql): Sql {
  return sql`
    select
      cast(coalesce(sum(rows) filter (where shape = 'numeric' and first > 12 and first <= 31 and second <= 12), 0) as bigint) as dmy,
      cast(coalesce(sum(rows) filter (where shape = 'numeric' and second > 12 and second <= 31 and first <= 12), 0) as bigint) as mdy,
      cast(coalesce(sum(rows) filter (where shape = 'numeric' and first > 31 and length(third) = 2), 0) as bigint) as ymd,
      cast(coalesce(sum(rows) filter (where shape = 'numeric' and first <= 12 and second <= 12 and first <> second), 0) as bigint) as open,
      cast(coalesce(sum(rows) filter (where shape = 'numeric' and first = second), 0) as bigint) as same,
      cast(coalesce(sum(rows) filter (where shape = 'iso'), 0) as bigint) as iso,
      cast(coalesce(sum(rows) filter (where shape = 'compact'), 0) as bigint) as compact,
      cast(coalesce(sum(rows) filter (where shape = 'named'), 0) as bigint) as named,
      cast(coalesce(sum(rows) filter (where shape = 'serial'), 0) as bigint) as serial,
      cast(coalesce(sum(rows) filter (where shape = 'none'), 0) as bigint) as other,
      min(text) filter (where shape = 'numeric' and first > 12 and first <= 31 and second <= 12) as dmy_example,
      min(text) filter (where shape = 'numeric' and second > 12 and second <= 31 and first <= 12) as mdy_example,
      min(text) filter (where shape = 'numeric' and first <= 12 and second <= 12 and first <> second) as open_example,
      min(text) filter (where shape in ('iso', 'compact', 'named')) as clear_example,
      min(text) filter (where shape = 'serial') as serial_example
    from ${shapes}`
}

/**
 * One row per distinct day text: the day it means under the declared order, or why it means none.
 * Without an order, numeric dates have no meaning unless day and month are equal; day numbers of a spreadsheet only count with `serials`.
 */
export function dayMeanings(shapes: Sql, order: DateOrder | null, serials: boolean, latest: string): Sql {
  const third = fullYear(id('third'))
  const open = order === null ? sql`case when first = second then second end` : null
  const swapped = order === 'mdy'
  const numeric =
    order === 'ymd'
      ? sql`case when length(third) = 2 then try_cast(concat_ws('-', ${fullYear(sql`lpad(cast(first as varchar), 2, '0')`)}, second, third) as date) end`
      : sql`try_cast(concat_ws('-', ${third}, ${open ?? (swapped ? id('first') : id('second'))}, ${swapped ? id('second') : id('first')}) as date)`
  return sql`
    select
      text,
      case when problem is null or problem = 'date-in-future' then day end as day,
      problem
    from (
      select
        text,
        day,
        case
          when day is null and shape = 'numeric' and first between 1 and 31 and second between 1 and 31 and (first <= 12 or second <= 12) then 'date-wrong-order'
          when day is null then 'date-unreadable'
          when day < date '1970-01-01' then 'date-before-1970'
          when day > cast(${latest} as date) then 'date-in-future'
          when day > date '9999-12-31' then 'date-unreadable'
          end as problem
      from (
        select text, shape, first, second, case when shape = 'numeric' then ${numeric} when shape = 'serial' and not ${serials} then null else day end as day
        from ${shapes}
      )
    )`
}
