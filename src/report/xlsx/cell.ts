import { isDecimal, roundDecimal } from '../../shared/decimal.ts'
import { escapeHtml } from '../escape.ts'

/** What a cell looks like; money and prices in the book's currency. */
export type Look =
  | 'text'
  | 'wrap'
  | 'money'
  | 'integer'
  | 'number'
  | 'quantity'
  | 'ratio'
  | 'date'
  | 'month'
  | 'title'
  | 'note'
  | 'heading'
  | 'headingRight'
  | 'link'
  | 'strong'
  | 'strongMoney'
  | 'strongInteger'
  | 'strongRatio'
  | 'strongQuantity'

export interface BookCell {
  look: Look
  /** Text, exact decimal text or number, boolean; dates as `YYYY-MM-DD`. Of a formula: its value, so that viewers that do not compute show it. */
  value: string | number | boolean | null
  /** Without the equals sign: `SUM(B5:B9)`. */
  formula?: string
  /** A cell of another sheet to go to: `'Whale curve'!A1`. */
  link?: string
}

const numberLooks = new Set<Look>([
  'money',
  'integer',
  'number',
  'quantity',
  'ratio',
  'strongMoney',
  'strongInteger',
  'strongRatio',
  'strongQuantity',
])

/** Excel refuses longer texts in a cell. */
const longestText = 32_767

/** A: 1, Z: 26, AA: 27 ... */
export function columnName(number: number): string {
  let name = ''
  for (let rest = number; rest > 0; rest = Math.floor((rest - 1) / 26)) name = String.fromCharCode(65 + ((rest - 1) % 26)) + name
  return name
}

/** A cell's XML. Text is always an inline string: whatever it begins with, it is no formula. */
export function cellXml(cell: BookCell | null, column: number, row: number, style: (look: Look, quoted: boolean) => number): string {
  if (!cell) return ''
  const { value, look, formula } = cell
  const at = `r="${columnName(column)}${row}"`
  const open = `<c ${at} s="${style(look, false)}"`
  const code = formula === undefined ? '' : `<f>${escapeHtml(formula)}</f>`
  if (value === null || value === '') return formula === undefined ? `${open}/>` : `${open}>${code}</c>`
  if (typeof value === 'boolean') return `${open} t="b">${code}<v>${value ? 1 : 0}</v></c>`
  if (numberLooks.has(look) && isDecimal(value)) return `${open}>${code}<v>${numberText(value)}</v></c>`
  if ((look === 'date' || look === 'month') && typeof value === 'string') {
    const serial = dateSerial(value)
    if (serial !== null) return `${open}>${code}<v>${serial}</v></c>`
  }
  const text = limited(String(value))
  if (formula !== undefined) return `${open} t="str">${code}<v>${escapeHtml(text)}</v></c>`
  // The quote prefix keeps it text when somebody edits the cell.
  const styled = /^[=+\-@\t\r]/.test(text) ? `<c ${at} s="${style(look, true)}"` : open
  return `${styled} t="inlineStr"><is><t xml:space="preserve">${escapeHtml(text)}</t></is></c>`
}

const limited = (text: string): string => (text.length > longestText ? `${text.slice(0, longestText - 1)}…` : text)

// Zeros at the end say nothing; exponents are written out.
function numberText(value: string | number): string {
  const plain = typeof value === 'string' && /^-?\d+(\.\d{1,10})?$/.test(value)
  const text = typeof value === 'number' || plain ? String(value) : roundDecimal(value, 10)
  return text.includes('.') && !/e/i.test(text) ? text.replace(/\.?0+$/, '') : text
}

/** Days since 30 December 1899, as spreadsheets count; null before 1 March 1900, where they disagree. */
function dateSerial(text: string): number | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text)
  if (!match) return null
  const days = Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3])) / 86_400_000 + 25_569
  return Number.isInteger(days) && days >= 61 ? days : null
}
