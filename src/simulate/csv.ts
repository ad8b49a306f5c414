import { once } from 'node:events'
import { createWriteStream } from 'node:fs'

/** How a sample file is written: like the system it pretends to come from. */
export interface CsvStyle {
  delimiter: ',' | ';' | '\t'
  decimalMark: '.' | ','
}

export const plainStyle: CsvStyle = { delimiter: ',', decimalMark: '.' }

/** A field as the style wants it: decimals with the style's mark, text quoted where it must be. */
export function field(value: string | number | null, style: CsvStyle): string {
  if (value === null) return ''
  if (typeof value === 'number') return style.decimalMark === ',' ? String(value).replace('.', ',') : String(value)
  return /["\n\r]/.test(value) || value.includes(style.delimiter) ? `"${value.replaceAll('"', '""')}"` : value
}

/** Writes rows to a CSV file as they come, with one batch in memory. */
export async function writeCsv(
  file: string,
  header: string[],
  rows: Iterable<(string | number | null)[]>,
  style: CsvStyle = plainStyle,
): Promise<number> {
  const out = createWriteStream(file)
  const failed = once(out, 'error').then(([error]) => Promise.reject(error))
  failed.catch(() => undefined)
  let count = 0
  let batch = `${header.join(style.delimiter)}\n`
  for (const row of rows) {
    batch += `${row.map((value) => field(value, style)).join(style.delimiter)}\n`
    count++
    if (batch.length > 1 << 18) {
      if (!out.write(batch)) await Promise.race([once(out, 'drain'), failed])
      batch = ''
    }
  }
  out.end(batch)
  await Promise.race([once(out, 'finish'), failed])
  return count
}

/** Cents as a decimal number of the currency: 1999 -> 19.99. */
export const fromCents = (cents: number): number => Math.round(cents) / 100

const dayMs = 86_400_000

/** Days since 1970-01-01 of a date. */
export const dayOf = (date: string): number => Math.round(Date.parse(`${date}T00:00:00Z`) / dayMs)

/** The date of a day number. */
export const dateOf = (day: number): string => new Date(day * dayMs).toISOString().slice(0, 10)
