/** How a number format shows a number. */
export type NumberKind = 'number' | 'date' | 'date-time' | 'time'

/** What a number format makes of a number; `id` is its number, `code` its text where the workbook defines it. */
export function kindOfFormat(id: number, code: string | undefined): NumberKind {
  if (code === undefined) {
    if ((id >= 14 && id <= 17) || (id >= 27 && id <= 31) || id === 36 || (id >= 50 && id <= 58)) return 'date'
    if (id === 22) return 'date-time'
    if ((id >= 18 && id <= 21) || (id >= 32 && id <= 35) || (id >= 45 && id <= 47)) return 'time'
    return 'number'
  }
  const bare = code
    .split(';')[0]
    .replace(/"[^"]*"|\\.|_.|\*./g, '')
    .replace(/\[(?!h+\]|m+\]|s+\])[^\]]*\]/gi, '')
  if (/general/i.test(bare)) return 'number'
  const day = /[yd]/i.test(bare) || /m{3,}/i.test(bare) || (/m/i.test(bare) && !/[hs]/i.test(bare))
  const time = /[hs]/i.test(bare)
  return day ? (time ? 'date-time' : 'date') : time ? 'time' : 'number'
}

const dayMs = 86_400_000
/** Serial numbers of 9999-12-31 in the two systems of counting days. */
const lastSerial = { 1900: 2_958_465, 1904: 2_957_003 }

/** A serial number as ISO text; undefined when it lies outside of the calendar of its system. */
export function serialToIso(serial: number, kind: Exclude<NumberKind, 'number'>, date1904: boolean): string | undefined {
  if (!(serial >= 0 && serial < lastSerial[date1904 ? 1904 : 1900] + 1)) return undefined
  const ms = Math.round(serial * dayMs)
  const time = timeOf(ms % dayMs)
  if (kind === 'time' && ms < dayMs) return time
  // The 1900 system counts a 29 February 1900 that never was: before it days are one later.
  const day = Math.floor(ms / dayMs)
  if (!date1904 && day === 60) return undefined
  if (!date1904 && day === 0) return kind === 'time' || ms % dayMs > 0 ? time : undefined
  const epoch = date1904 ? Date.UTC(1904, 0, 1) : day < 60 ? Date.UTC(1899, 11, 31) : Date.UTC(1899, 11, 30)
  const date = new Date(epoch + day * dayMs).toISOString().slice(0, 10)
  return kind === 'date' && ms % dayMs === 0 ? date : `${date} ${time}`
}

function timeOf(ms: number): string {
  const text = new Date(ms).toISOString().slice(11, 23)
  return text.endsWith('.000') ? text.slice(0, 8) : text
}

/**
 * A stored number as the shortest decimal text of its first 15 digits, which is all that spreadsheets keep and show: 20.100000000000001 is
 * 20.1. Whole numbers stay as they are; a power of ten is written out up to 40 places.
 */
export function numberText(stored: string): string | undefined {
  const text = stored.trim()
  if (/^-?\d+$/.test(text)) return text.replace(/^(-?)0+(?=\d)/, '$1')
  if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text)) return undefined
  const value = Number(text)
  if (!Number.isFinite(value)) return text
  return plain(String(Number(value.toPrecision(15))))
}

/** 1.5e-7 as 0.00000015. */
function plain(text: string): string {
  const match = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(text)
  if (!match) return text
  const [, sign, whole, fraction = '', power] = match
  const exponent = Number(power)
  if (Math.abs(exponent) > 40) return text
  const digits = whole + fraction
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`
  return (
    sign +
    (digits.length > exponent + 1 ? `${digits.slice(0, exponent + 1)}.${digits.slice(exponent + 1)}` : digits.padEnd(exponent + 1, '0'))
  )
}

/** Column number from 1 of a cell address such as `AB12`; 0 when it is none. */
export function columnOf(address: string): number {
  let column = 0
  for (let i = 0; i < address.length && i < 4; i++) {
    const c = address.charCodeAt(i) & ~32
    if (c < 65 || c > 90) break
    column = column * 26 + (c - 64)
  }
  return column
}

/** Letters of a column number from 1. */
export function columnLetters(column: number): string {
  let letters = ''
  for (let rest = column; rest > 0; rest = Math.floor((rest - 1) / 26)) letters = String.fromCharCode(65 + ((rest - 1) % 26)) + letters
  return letters
}

/** Characters that XML cannot hold are written as `_x000D_`. */
export function unescapeText(text: string): string {
  return text.includes('_x')
    ? text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    : text
}
