import { compareDecimals, type DecimalLike, isDecimal, roundDecimal, shiftDecimal } from './decimal.ts'

/**
 * How figures are shown, the same on the screen, in charts, reports and on the terminal. Money comes as exact decimal text and is
 * rounded half away from zero to the currency's minor unit on the way out, never before. Negative figures carry the true minus sign;
 * what is absent is an en dash. No Node imports: this runs in the browser too.
 */
export interface FormatOptions {
  /** BCP 47; defaults to `en`. */
  locale?: string | undefined
  /** Show a plus sign before positive figures: for changes. */
  sign?: boolean | undefined
}

export interface MoneyOptions extends FormatOptions {
  /** Three significant digits with k, m, bn: `€1.24 m`. */
  compact?: boolean | undefined
  /** Digits after the point; defaults to the currency's minor unit. */
  digits?: number | undefined
  /** Drop zeros at the end of a compact figure: for axis ticks. */
  trim?: boolean | undefined
  /** `none` leaves the currency out, for columns whose heading names it; `code` writes EUR. Defaults to `symbol`. */
  currencyDisplay?: 'symbol' | 'code' | 'none' | undefined
}

/** Shown where a figure is absent. */
export const absent = '–'

const minus = '\u2212'

const formatters = new Map<string, Intl.NumberFormat>()

function numberFormat(locale: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `${locale}|${options.style ?? ''}|${options.currency ?? ''}|${options.currencyDisplay ?? ''}|${options.minimumFractionDigits ?? ''}`
  let formatter = formatters.get(key)
  if (!formatter) {
    formatter = new Intl.NumberFormat(locale, options)
    formatters.set(key, formatter)
  }
  return formatter
}

/** Digits after the point that the currency has: 2 for EUR, 0 for JPY, 3 for KWD; 2 where the code is not known. */
export function minorUnits(currency: string): number {
  try {
    return numberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2
  } catch {
    return 2
  }
}

/** `€`, `CA$`, or the code itself where the currency has no symbol. */
export function currencySymbol(currency: string, locale = 'en'): string {
  try {
    const parts = numberFormat(locale, { style: 'currency', currency }).formatToParts(0)
    return parts.find((part) => part.type === 'currency')?.value ?? currency
  } catch {
    return currency
  }
}

// Intl takes decimal text as it is, without going through a float; TypeScript asks for a literal type that text cannot have.
const exact = (text: string): `${number}` => text as `${number}`

// A plain space and the true minus sign everywhere, whatever the locale's own habits: figures are compared by eye and by tests.
const tidy = (text: string): string => text.replace(/[\u00a0\u202f]/g, ' ').replace(/-/g, minus)

function withSign(text: string, rounded: string, sign: boolean | undefined): string {
  return sign && compareDecimals(rounded, '0') > 0 ? `+${text}` : text
}

function scaled(text: string): { text: string; suffix: string } {
  const steps = ['', ' k', ' m', ' bn']
  let power = 0
  let rest = text
  const magnitude = (): string => roundSignificant(rest)
  while (power < steps.length - 1 && compareDecimals(magnitude().replace('-', ''), '1000') >= 0) {
    rest = shiftDecimal(rest, -3)
    power++
  }
  return { text: magnitude(), suffix: steps[power]! }
}

// Three significant digits; from 1,000 on, whole numbers.
function roundSignificant(text: string): string {
  const magnitude = text.replace('-', '')
  for (const [limit, digits] of [
    ['10', 2],
    ['100', 1],
  ] as const) {
    const rounded = roundDecimal(text, digits)
    if (compareDecimals(magnitude, limit) < 0 && compareDecimals(rounded.replace('-', ''), limit) < 0) return rounded
  }
  return roundDecimal(text, 0)
}

const trimZeros = (text: string): string => (text.includes('.') ? text.replace(/\.?0+$/, '') : text)

const fractionDigits = (text: string): number => (text.includes('.') ? text.length - text.indexOf('.') - 1 : 0)

/** Money: `€1,240,332.18`, compact `€1.24 m`, negative `−€12.50`. */
export function formatMoney(value: DecimalLike | null | undefined, currency: string, options: MoneyOptions = {}): string {
  if (!isDecimal(value)) return absent
  const locale = options.locale ?? 'en'
  const minor = options.digits ?? minorUnits(currency)
  let text = roundDecimal(value, minor)
  let suffix = ''
  if (options.compact) {
    const short = scaled(roundDecimal(value, Math.max(minor, 4)))
    suffix = short.suffix
    // Below a hundred the currency's own digits are as short as any rounding, and exact.
    text = suffix === '' && compareDecimals(short.text.replace('-', ''), '100') < 0 ? roundDecimal(value, minor) : short.text
    if (options.trim) text = trimZeros(text)
    if (compareDecimals(text, '0') === 0) suffix = ''
  }
  const digits = fractionDigits(text)
  const spread = { minimumFractionDigits: digits, maximumFractionDigits: digits }
  const display = options.currencyDisplay ?? 'symbol'
  let shown: string
  try {
    const formatter =
      display === 'none'
        ? numberFormat(locale, spread)
        : numberFormat(locale, { style: 'currency', currency, currencyDisplay: display, ...spread })
    shown = formatter.format(exact(text))
  } catch {
    shown = `${currency} ${numberFormat(locale, spread).format(exact(text))}`
  }
  // The suffix belongs to the number: before a currency that stands behind it (`1,24 m €`).
  const joined = suffix === '' ? shown : shown.replace(/^(.*\d)(.*)$/s, `$1${suffix}$2`)
  return withSign(tidy(joined), text, options.sign)
}

/** A number: `1,234.5`; `digits` after the point default to what it takes to show three significant ones. */
export function formatNumber(value: DecimalLike | null | undefined, options: FormatOptions & { digits?: number | undefined } = {}): string {
  if (!isDecimal(value)) return absent
  const text = options.digits === undefined ? trimZeros(significant(value)) : roundDecimal(value, options.digits)
  const digits = fractionDigits(text)
  const shown = numberFormat(options.locale ?? 'en', { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(exact(text))
  return withSign(tidy(shown), text, options.sign)
}

function significant(value: DecimalLike): string {
  const size = Math.abs(Number(value))
  const digits = size === 0 ? 0 : Math.min(8, Math.max(0, 2 - Math.floor(Math.log10(size))))
  return roundDecimal(value, digits)
}

/** A whole number: `541,909`. */
export function formatCount(value: DecimalLike | null | undefined, options: FormatOptions = {}): string {
  return formatNumber(value, { ...options, digits: 0 })
}

/** A count with its noun: `1 customer`, `4,372 customers`. */
export function formatCounted(value: number, one: string, many = `${one}s`, options: FormatOptions = {}): string {
  return `${formatCount(value, options)} ${value === 1 ? one : many}`
}

/** A fraction as per cent: 0.1234 is `12.3 %`; `digits` after the point default to 1. */
export function formatRatio(value: DecimalLike | null | undefined, options: FormatOptions & { digits?: number | undefined } = {}): string {
  if (!isDecimal(value)) return absent
  const text = formatNumber(shiftDecimal(value, 2), { ...options, digits: options.digits ?? 1 })
  return `${text} %`
}

/** A fraction as per cent in prose: whole numbers from 10 % on, one digit below, `<0.1 %` for what is small but not nothing. */
export function formatShare(value: DecimalLike | null | undefined, options: FormatOptions = {}): string {
  if (!isDecimal(value)) return absent
  const size = Math.abs(Number(value))
  if (size === 0) return '0 %'
  if (size < 0.0005) return Number(value) < 0 ? `>${minus}0.1 %` : '<0.1 %'
  return formatRatio(value, { ...options, digits: size < 0.0995 ? 1 : 0 })
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

function dateParts(value: string): { year: string; month: number; day: number } | null {
  const match = /^(\d{4})-(\d{2})(?:-(\d{2}))?/.exec(value)
  return match ? { year: match[1]!, month: Number(match[2]), day: Number(match[3] ?? 1) } : null
}

/** A business date in a form no country reads two ways: `9 Dec 2011`. */
export function formatDate(value: string | null | undefined, options: { locale?: string | undefined } = {}): string {
  const parts = value ? dateParts(value) : null
  if (!parts) return value || absent
  const locale = options.locale ?? 'en'
  if (locale.startsWith('en')) return `${parts.day} ${months[parts.month - 1] ?? parts.month} ${parts.year}`
  const date = new Date(Date.UTC(Number(parts.year), parts.month - 1, parts.day))
  return new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' }).format(date)
}

/** A month: `Dec 2011`. */
export function formatMonth(value: string | null | undefined, options: { locale?: string | undefined } = {}): string {
  const parts = value ? dateParts(value) : null
  if (!parts) return value || absent
  const locale = options.locale ?? 'en'
  if (locale.startsWith('en')) return `${months[parts.month - 1] ?? parts.month} ${parts.year}`
  const date = new Date(Date.UTC(Number(parts.year), parts.month - 1, 1))
  return new Intl.DateTimeFormat(locale, { month: 'short', year: 'numeric', timeZone: 'UTC' }).format(date)
}

/** A moment, in UTC: `9 Dec 2011, 14:05 UTC`. */
export function formatMoment(value: string | null | undefined): string {
  const match = value ? /T(\d{2}:\d{2})/.exec(value) : null
  return match ? `${formatDate(value)}, ${match[1]} UTC` : formatDate(value)
}

/** Seconds for people: `0.4 s`, `12 s`, `3 min 05 s`. */
export function formatSeconds(seconds: number): string {
  if (!Number.isFinite(seconds)) return absent
  if (seconds < 10) return `${formatNumber(seconds, { digits: 1 })} s`
  if (seconds < 60) return `${formatCount(seconds)} s`
  const whole = Math.round(seconds)
  return `${formatCount(Math.floor(whole / 60))} min ${String(whole % 60).padStart(2, '0')} s`
}

/** Bytes for people: `48.2 MB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let power = 0
  let rest = bytes
  while (rest >= 1000 && power < units.length - 1) {
    rest /= 1000
    power++
  }
  return `${formatNumber(rest, { digits: power === 0 || rest >= 100 ? 0 : 1 })} ${units[power]}`
}

/** Both ends of an interval: `(90 %: 1.05–1.46 m)`. */
function formatInterval(low: string, high: string, level = '90 %'): string {
  return `(${level}: ${formatRange(low, high)})`
}

/** `1.05–1.46 m`: a unit that both ends share is said once; `−0.2 to 0.4` where a sign would meet the dash. */
export function formatRange(low: string, high: string): string {
  const unit = /\d( \S+)$/.exec(high)?.[1]
  const start = unit !== undefined && low.endsWith(unit) ? low.slice(0, -unit.length) : low
  return /[\u2212 ]/.test(start + high.slice(0, unit === undefined ? undefined : -unit.length)) ? `${start} to ${high}` : `${start}–${high}`
}

/** The level that an interval's description names: `90 %` of `90 % bootstrap interval over customers`. */
export function intervalLevel(interval: string | null | undefined): string {
  const match = /(\d+(?:\.\d+)?)\s*%/.exec(interval ?? '')
  return match ? `${match[1]} %` : 'interval'
}

/** What a figure, an index or a column holds, and so how it is shown. */
export interface ValueFormat {
  type: string
  unit?: string | null | undefined
}

/** Any value by its type: of a result column, a key figure (`money`, `ratio`, `integer`, `date` ...). */
export function formatValue(value: unknown, format: ValueFormat, currency: string, options: MoneyOptions = {}): string {
  if (value === null || value === undefined || value === '') return absent
  switch (format.type) {
    case 'money':
    case 'money_sum':
    case 'price':
      return isDecimal(value) ? formatMoney(value, currency, options) : String(value)
    case 'ratio':
      return isDecimal(value) ? formatRatio(value, { ...options, digits: options.digits }) : String(value)
    case 'integer':
    case 'count':
      return isDecimal(value) ? formatCount(value, options) : String(value)
    case 'quantity':
    case 'number':
      return isDecimal(value) ? formatNumber(value, { ...options, digits: options.digits }) : String(value)
    case 'date':
      return formatDate(String(value), options)
    case 'month':
      return formatMonth(String(value), options)
    case 'boolean':
      return value === true ? 'yes' : 'no'
    default:
      return typeof value === 'object' ? JSON.stringify(value) : String(value)
  }
}

/** A key figure or index with its doubt: `€1.24 m (90 %: 1.05–1.46)`. */
export function formatWithInterval(
  figure: {
    value: unknown
    low?: number | null | undefined
    high?: number | null | undefined
    interval?: string | null | undefined
  } & ValueFormat,
  currency: string,
  options: MoneyOptions = {},
): string {
  const main = formatValue(figure.value, figure, currency, options)
  const range = formatBand(figure, currency, options)
  return range === '' ? main : `${main} ${range}`
}

/** The interval of a figure alone, `(90 %: 1.05–1.46)`, or nothing where it has none. */
export function formatBand(
  figure: { low?: number | null | undefined; high?: number | null | undefined; interval?: string | null | undefined } & ValueFormat,
  currency: string,
  options: MoneyOptions = {},
): string {
  if (figure.low === null || figure.low === undefined || figure.high === null || figure.high === undefined) return ''
  const show = (end: number): string => formatValue(end, figure, currency, { ...options, sign: false, currencyDisplay: 'none' })
  return formatInterval(show(figure.low), show(figure.high), intervalLevel(figure.interval))
}

/** Keeps figures together where text wraps: no-break spaces before `%`, `k`, `m`, `bn`, and no break after a sign. */
export function keepTogether(text: string): string {
  return text.replace(/(\d) (%|k\b|m\b|bn\b|s\b|UTC\b)/g, '$1\u00a0$2').replace(/(\u2212(?=[^\s\u2060])|\+(?=\p{Sc}))/gu, '$1\u2060')
}
