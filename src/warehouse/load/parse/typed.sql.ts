import type { Sql } from '../../sql.ts'
import { id, join, sql } from '../../sql.ts'
import type { Field, FieldType } from '../layouts/layout.ts'
import { dayText } from './dates.sql.ts'
import { cellText, type DecimalMark, decimalTypes, hasMoreDecimals, numberProblem, parseDecimal } from './numbers.sql.ts'

/** How the columns of a group of files are read. */
export interface Reading {
  /** Field name to position of its column, from 1; fields without a column are left out. */
  columns: ReadonlyMap<string, number>
  decimalMark: DecimalMark
  /** Relation of {@link import('./dates.sql.ts').dayMeanings}; null when no column holds dates. */
  days: Sql | null
  /** Number of columns in the staged file: all of them count when rows are compared for repetition. */
  width: number
  /** Id columns whose every value ends in `.0`, as spreadsheets and data frames write them. */
  floatIds: ReadonlySet<string>
  /** Fields whose every cell is clean: numbers of digits, one point and a minus; texts of ASCII without white space around them. */
  clean: ReadonlySet<string>
  /** Numeric fields without a cell that has more decimals than are kept. */
  exact: ReadonlySet<string>
}

const isNumeric = (type: FieldType) => type === 'money' || type === 'price' || type === 'quantity' || type === 'number'

/** Whether an unreadable value of the field sets the row aside. */
export function isStrict(field: Field): boolean {
  return (
    field.strict ??
    (field.required === true || field.past === true || field.type === 'money' || field.type === 'price' || field.type === 'quantity')
  )
}

/** The engine's type of a typed field. */
export function typedAs(type: FieldType): Sql {
  if (type === 'money') return decimalTypes.money
  if (type === 'price') return decimalTypes.price
  if (type === 'quantity') return decimalTypes.quantity
  if (type === 'number') return sql`double`
  if (type === 'ratio') return decimalTypes.price
  if (type === 'integer') return sql`bigint`
  if (type === 'date') return sql`date`
  if (type === 'boolean') return sql`boolean`
  return sql`varchar`
}

// Words are compared by patterns: the engine looks lists of more than five up by a join, for each row and each place where they stand.

/** Codes of ISO 4217. */
const currencies = Intl.supportedValuesOf('currency').join('|')

/** Texts that data tools write where a value is missing. */
const missingWords = '(?i)(null|nan|none|n/a|#n/a|\\\\n|<na>|\\(null\\))'

/**
 * The rows of staged files with each field of the layout read in its type.
 *
 * Grain: one row per data row of the files. `raw` has file_no, row and c1 ... cn. Columns: file_no, row, one a field (null where the
 * files have no column), repeat_hash over all columns, rounded, reason / bad_column / bad_value / expected for the first value that
 * sets the row aside, soft_column / soft_value for the first one that was left empty.
 */
export function typedRows(raw: Sql, fields: readonly Field[], reading: Reading, columnNames: readonly string[]): Sql {
  const mapped = fields.filter((field) => reading.columns.has(field.name))
  const missing = fields.filter((field) => !reading.columns.has(field.name))
  const text = (field: Field) => id(`t_${field.name}`)
  const value = (field: Field) => id(field.name)
  const dates = mapped.filter((field) => field.type === 'date')
  const numbers = mapped.filter((field) => isNumeric(field.type) || field.type === 'ratio')
  const header = (field: Field) => columnNames[(reading.columns.get(field.name) ?? 1) - 1]

  // Numbers are read from the cell as it is; only what is not plain is trimmed and looked at closely.
  const cells = mapped.map((field) => {
    const cell = id(`c${reading.columns.get(field.name)}`)
    return sql`${numbers.includes(field) || reading.clean.has(field.name) ? cell : cellText(cell)} as ${text(field)}`
  })
  const hash = sql`hash(${join(Array.from({ length: reading.width }, (_, i) => id(`c${i + 1}`)))})`
  const parsed = mapped.map((field) => sql`${parse(field, text(field), reading)} as ${value(field)}`)
  const strict = mapped.filter(isStrict)
  const soft = mapped.filter((field) => !isStrict(field))
  const unreadable = (field: Field) =>
    sql`${value(field)} is null and ${numbers.includes(field) ? cellText(text(field)) : text(field)} is not null`
  const day = (field: Field) => id(`day_${field.name}`)

  const problems = strict.flatMap((field) => {
    if (field.type === 'date') {
      const late = field.past === false ? sql` and ${day(field)}.problem <> 'date-in-future'` : sql``
      return [
        { field, when: sql`${text(field)} is not null and ${day(field)}.problem is not null${late}`, reason: sql`${day(field)}.problem` },
      ]
    }
    if (isNumeric(field.type) || field.type === 'ratio')
      return [{ field, when: unreadable(field), reason: numberProblem(cellText(text(field))) }]
    if (field.type === 'integer') return [{ field, when: unreadable(field), reason: sql`'number-unreadable'` }]
    if (field.type === 'month') return [{ field, when: unreadable(field), reason: sql`'date-unreadable'` }]
    if (field.type === 'boolean') return [{ field, when: unreadable(field), reason: sql`'yes-or-no-unreadable'` }]
    if (field.type === 'currency') return [{ field, when: unreadable(field), reason: sql`'currency-unknown'` }]
    return []
  })
  const required = mapped.filter((field) => field.required)
  const checks = [
    ...problems,
    ...required.map((field) => ({
      field,
      when: sql`${value(field)} is null and ${numbers.includes(field) ? cellText(text(field)) : text(field)} is null`,
      reason: sql`${`missing-${field.name.replaceAll('_', '-')}`}`,
    })),
  ]
  const doubtful = soft.filter((field) => !(reading.clean.has(field.name) && field.type === 'text'))
  const problem = numberOfFirst(checks.map((check) => check.when))
  const softProblem = numberOfFirst(doubtful.map(unreadable))
  const pick = (what: (check: (typeof checks)[number]) => Sql) => byNumber(id('problem'), checks.map(what))
  const pickSoft = (what: (field: Field) => Sql) => byNumber(id('soft_problem'), doubtful.map(what))
  const inexact = numbers.filter((field) => !reading.exact.has(field.name))
  const rounded =
    inexact.length === 0
      ? sql`false`
      : sql`coalesce(${join(
          inexact.map((field) => roundedAway(field, text(field), reading.decimalMark)),
          sql` or `,
        )}, false)`

  return sql`
    select
      file_no,
      row,
      ${join([...mapped.map((field) => sql`${value(field)}`), ...missing.map((field) => sql`cast(null as ${typedAs(field.type)}) as ${value(field)}`)])},
      repeat_hash,
      rounded,
      ${pick((check) => check.reason)} as reason,
      ${pick((check) => sql`${header(check.field)}`)} as bad_column,
      ${pick((check) => text(check.field))} as bad_value,
      ${pick((check) => sql`${expectation(check.field, reading.decimalMark)}`)} as expected,
      ${pickSoft((field) => sql`${header(field)}`)} as soft_column,
      ${pickSoft((field) => text(field))} as soft_value
    from (
      select *, ${rounded} as rounded, ${problem} as problem, ${softProblem} as soft_problem
    from (
      select
        cells.*,
        ${join([...parsed, ...dates.map((field) => sql`${day(field)}`)])}
      from (
        select file_no, row, ${hash} as repeat_hash, ${join(cells)}
        from ${raw}
      ) cells
      ${join(
        dates.map((field) => sql`left join ${reading.days ?? sql`days`} ${day(field)} on ${day(field)}.text = ${dayText(text(field))}`),
        sql` `,
      )}
    ))`
}

/** The number of the first condition that holds, from 1; null when none does. Conditions are costly: each is looked at once. */
export function numberOfFirst(conditions: readonly Sql[]): Sql {
  if (conditions.length === 0) return sql`cast(null as integer)`
  const cases = conditions.map((condition, i) => sql`when ${condition} then cast(${i + 1} as integer)`)
  return sql`case ${join(cases, sql` `)} end`
}

/** The text that belongs to such a number; null where it is null. */
export function byNumber(number: Sql, texts: readonly Sql[]): Sql {
  const cases = texts.map((text, i) => sql`when ${number} = ${i + 1} then ${text}`)
  return sql`case when ${number} is null then cast(null as varchar) ${join(cases, sql` `)} end`
}

function parse(field: Field, text: Sql, reading: Reading): Sql {
  const mark = reading.decimalMark
  switch (field.type) {
    case 'date':
      return sql`${id(`day_${field.name}`)}.day`
    case 'money':
    case 'price':
    case 'quantity':
      return reading.clean.has(field.name) && mark === '.'
        ? sql`try_cast(${text} as ${decimalTypes[field.type]})`
        : parseDecimal(text, decimalTypes[field.type], mark)
    case 'number':
      return sql`cast(${parseDecimal(text, decimalTypes.number, mark)} as double)`
    case 'ratio':
      return sql`case when contains(${text}, '%') then cast(${parseDecimal(text, decimalTypes.price, mark)} / 100 as ${decimalTypes.price}) else ${parseDecimal(text, decimalTypes.price, mark)} end`
    case 'integer':
      return sql`case when regexp_full_match(${text}, '[-+]?[0-9]{1,18}([.,]0+)?') then try_cast(regexp_extract(${text}, '^[-+]?[0-9]+') as bigint) end`
    case 'boolean':
      return sql`case when regexp_full_match(lower(${text}), 'true|t|yes|y|1|x|ja|j|wahr|oui|vrai|si|sí|verdadero') then true
        when regexp_full_match(lower(${text}), 'false|f|no|n|0|nein|falsch|non|faux|falso') then false end`
    case 'currency':
      return sql`case when regexp_full_match(upper(${text}), ${currencies}) then upper(${text}) when ${text} = '€' then 'EUR' when ${text} = '£' then 'GBP' end`
    case 'month':
      return sql`case
        when regexp_full_match(${text}, '[0-9]{4}[-/.](0[1-9]|1[0-2])([-/.][0-9]{2})?') then concat(substr(${text}, 1, 4), '-', substr(${text}, 6, 2))
        when regexp_full_match(${text}, '(19|20)[0-9]{2}(0[1-9]|1[0-2])') then concat(substr(${text}, 1, 4), '-', substr(${text}, 5, 2))
        when regexp_full_match(${text}, '(0[1-9]|1[0-2])[-/.][0-9]{4}') then concat(substr(${text}, 4, 4), '-', substr(${text}, 1, 2)) end`
    case 'id': {
      const clean = reading.clean.has(field.name) ? text : sql`nfc_normalize(${text})`
      const whole = reading.floatIds.has(field.name) ? sql`regexp_replace(${clean}, '[.]0$', '')` : clean
      return sql`case when regexp_full_match(${text}, ${missingWords}) then null else ${whole} end`
    }
    case 'text':
      return reading.clean.has(field.name) ? text : sql`nfc_normalize(${text})`
  }
}

function roundedAway(field: Field, text: Sql, mark: DecimalMark): Sql {
  return hasMoreDecimals(text, keptDecimals(field), mark)
}

/** Decimals that a number keeps while it is read. */
export function keptDecimals(field: Field): number {
  return field.type === 'price' || field.type === 'number' || field.type === 'ratio' ? 8 : 4
}

function expectation(field: Field, mark: DecimalMark): string {
  switch (field.type) {
    case 'date':
      return 'a day from 1970 to today'
    case 'month':
      return 'a month as YYYY-MM'
    case 'integer':
      return 'a whole number'
    case 'boolean':
      return 'yes or no'
    case 'currency':
      return 'a currency code such as EUR'
    case 'id':
    case 'text':
      return 'a text'
    default:
      return mark === '.' ? 'a number such as 1234.56' : 'a number such as 1234,56'
  }
}
