import type { Sql } from '../../sql.ts'
import { sql } from '../../sql.ts'

// Loading happens in DuckDB alone, so this folder may use what only DuckDB has.

export type DecimalMark = '.' | ','

/** Exact types while reading: a price keeps 8 decimals until it was multiplied. */
export const decimalTypes = {
  money: sql`decimal(18, 4)`,
  quantity: sql`decimal(18, 4)`,
  price: sql`decimal(18, 8)`,
  number: sql`decimal(18, 8)`,
}

/** Signs and codes that may stand beside an amount. */
const currencyMark = '(?:[A-Z]{3}|[A-Z]{0,2}\\$|[€£¥₹₩₽₺]|kr\\.?|Fr\\.?|zł|Kč)'
const spaces = '[ \\x{00A0}\\x{202F}]'
const digitsBetweenMarks = '[0-9]{1,3}'

/**
 * Text of a cell without the white space around it; null when nothing is left. Nearly all cells are plain ASCII without any, which one
 * quick pattern tells: `trim` with a list of characters costs eight times as much.
 */
export function cellText(raw: Sql): Sql {
  return sql`case when ${isClean(raw)} then ${raw} else nullif(trim(${raw}, ${' \u00a0\u202f\u2007\ufeff\t\r\n'}), '') end`
}

/** ASCII without control characters and without white space around it. */
export const isClean = (text: Sql) => sql`regexp_full_match(${text}, '[!-~]([ -~]*[!-~])?')`

/** Digits with at most one mark, and a minus in front: what the engine's own cast reads. */
export const onlyPlain = (text: Sql) => sql`regexp_full_match(${text}, '-?[0-9]*[.]?[0-9]*')`
const onlyPlainComma = (text: Sql) => sql`regexp_full_match(${text}, '-?[0-9]*,?[0-9]*')`

/** The digits and marks of an amount, without sign, brackets, currency and percent sign; null when it is not a number. */
const core = (text: Sql) =>
  sql`nullif(regexp_extract(${text}, ${`^[(]?${spaces}*[-+−]?${spaces}*${currencyMark}?${spaces}*[-+−]?${spaces}*([0-9](?:[0-9.,'’ \\x{00A0}\\x{202F}]*[0-9])?[.,]?|[.,][0-9]+)(?:[eE][-+]?[0-9]{1,3})?${spaces}*%?${spaces}*${currencyMark}?${spaces}*[)]?${spaces}*[-−]?$`}, 1), '')`

const minusSigns = (text: Sql) => sql`(length(${text}) - length(translate(regexp_replace(${text}, '[eE][-+]?[0-9]{1,3}', ''), '-−(', '')))`

/** What the shape of a value says about the decimal mark: `.`, `,`, `?` when both readings are valid, null when it has no mark. */
export function markEvidence(text: Sql): Sql {
  const marks = sql`coalesce(${core(text)}, '')`
  const tail = (value: Sql, mark: string) => sql`(length(${value}) - strpos(${value}, ${mark}))`
  const judge = (value: Sql, mark: '.' | ',') => {
    const other = mark === '.' ? ',' : '.'
    return sql`case
      when length(${value}) - length(replace(${value}, ${mark}, '')) > 1 then ${other}
      when ${tail(value, mark)} <> 3 or strpos(ltrim(${value}, '-'), ${mark}) > 4 or ltrim(${value}, '-') like ${`0${mark}%`} or ltrim(${value}, '-') like ${`${mark}%`} then ${mark}
      else '?' end`
  }
  return sql`case
    when not contains(${text}, '.') and not contains(${text}, ',') then null
    when ${onlyPlain(text)} then ${judge(text, '.')}
    when ${onlyPlainComma(text)} then ${judge(text, ',')}
    else case
      when contains(${marks}, '.') and contains(${marks}, ',') then
        case when length(${marks}) - strpos(reverse(${marks}), '.') > length(${marks}) - strpos(reverse(${marks}), ',') then '.' else ',' end
      when contains(${marks}, '.') then ${judge(marks, '.')}
      when contains(${marks}, ',') then ${judge(marks, ',')}
      else null end
    end`
}

/**
 * The number in a text under a declared decimal mark, as an exact decimal; null when it is not one.
 * Knows thousands marks (comma, point, space, apostrophe; Indian grouping), brackets and trailing minus for negative, currency signs.
 */
export function parseDecimal(raw: Sql, type: Sql, mark: DecimalMark): Sql {
  const text = cellText(raw)
  const plain = mark === '.' ? raw : sql`replace(${raw}, ',', '.')`
  const isPlain = mark === '.' ? onlyPlain(raw) : onlyPlainComma(raw)
  const digits = core(text)
  const group = mark === '.' ? `[,'’ \\x{00A0}\\x{202F}]` : `[.'’ \\x{00A0}\\x{202F}]`
  const point = mark === '.' ? '[.]' : '[,]'
  const grouped = `^${digitsBetweenMarks}(?:${group}[0-9]{2,3})*${group}[0-9]{3}(?:${point}[0-9]*)?$`
  const single = `^[0-9]*(?:${point}[0-9]*)?$`
  const bare = sql`replace(regexp_replace(${digits}, ${group}, '', 'g'), ',', '.')`
  const exponent = sql`regexp_extract(${text}, '[0-9.,]([eE][-+]?[0-9]{1,3})(?:[^0-9]|$)', 1)`
  return sql`case
    when ${isPlain} then try_cast(${plain} as ${type})
    when ${digits} is null or ${minusSigns(text)} > 1 then null
    when contains(${text}, '(') <> contains(${text}, ')') then null
    when not regexp_matches(${digits}, ${single}) and not regexp_matches(${digits}, ${grouped}) then null
    when ${minusSigns(text)} = 1 then - try_cast(concat(${bare}, ${exponent}) as ${type})
    else try_cast(concat(${bare}, ${exponent}) as ${type})
  end`
}

/** Whether a value has more decimals than are kept. */
export function hasMoreDecimals(text: Sql, kept: number, mark: DecimalMark): Sql {
  return sql`regexp_matches(${text}, ${`[${mark}][0-9]{${kept}}[0-9]*[1-9]`})`
}

/** Why a text is not a number, in kebab-case. */
export function numberProblem(text: Sql): Sql {
  return sql`case
    when regexp_full_match(lower(${text}), 'nan|[-+]?inf|-?infinity') then 'number-not-finite'
    when starts_with(${text}, '#') or starts_with(${text}, '=') then 'formula-error'
    when try_cast(replace(${text}, ',', '.') as double) is not null or ${core(text)} is not null and length(${core(text)}) > 14 then 'number-out-of-range'
    when ${core(text)} is not null then 'number-wrong-marks'
    else 'number-unreadable' end`
}

/** The currency that stands beside an amount, as ISO code where that is certain, else the sign itself; null when there is none. */
export function currencyBeside(text: Sql): Sql {
  const mark = sql`trim(regexp_extract(${text}, ${`(${currencyMark})`}, 1))`
  return sql`case when translate(${text}, '0123456789.,-+ ()', '') = '' or ${core(text)} is null then null
    else nullif(case ${mark} when '€' then 'EUR' when '£' then 'GBP' when '₹' then 'INR' when '₩' then 'KRW' when '₽' then 'RUB' when '₺' then 'TRY'
      when 'zł' then 'PLN' when 'Kč' then 'CZK' when 'US$' then 'USD' when 'A$' then 'AUD' when 'C$' then 'CAD' when 'R$' then 'BRL' when 'Fr.' then 'CHF' when 'Fr' then 'CHF'
      else ${mark} end, '') end`
}
