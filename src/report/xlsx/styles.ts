import { currencySymbol, minorUnits } from '../../shared/format.ts'
import { escapeHtml } from '../escape.ts'
import type { Look } from './cell.ts'

const looks: Look[] = [
  'text',
  'wrap',
  'money',
  'integer',
  'number',
  'quantity',
  'ratio',
  'date',
  'month',
  'title',
  'note',
  'heading',
  'headingRight',
  'link',
  'strong',
  'strongMoney',
  'strongInteger',
  'strongRatio',
  'strongQuantity',
]

const numbers = new Map(looks.map((look, index) => [look, index]))

/** Number of a look in the style sheet; looks come twice, the second time with the quote prefix. */
export const styleNumber = (look: Look, quoted: boolean): number => numbers.get(look)! + (quoted ? looks.length : 0)

/** The style sheet: money in the currency's own digits, ISO dates, true types throughout. */
export function stylesXml(currency: string): string {
  const digits = minorUnits(currency)
  const symbol = currencySymbol(currency)
  const unit = /^[A-Z]{3}$/.test(symbol) ? `[$${symbol}] ` : `[$${symbol}]`
  const amount = digits === 0 ? '#,##0' : `#,##0.${'0'.repeat(digits)}`
  const formats: Record<string, string> = {
    money: `${unit}${amount};-${unit}${amount}`,
    number: '#,##0.000',
    quantity: '#,##0.####',
    ratio: '0.0%',
    date: 'yyyy\\-mm\\-dd',
    month: 'yyyy\\-mm',
  }
  const ids = Object.keys(formats)
  const kind = (look: Look): string => (look.startsWith('strong') && look !== 'strong' ? look.slice(6).toLowerCase() : look)
  const formatId = (look: Look): number => (kind(look) === 'integer' ? 3 : ids.includes(kind(look)) ? 164 + ids.indexOf(kind(look)) : 0)
  const font = (look: Look): number =>
    look.startsWith('strong') || look === 'heading' || look === 'headingRight' ? 1 : ({ title: 2, note: 3, link: 4 }[look as 'title'] ?? 0)
  const fill = (look: Look): number => (look === 'heading' || look === 'headingRight' ? 2 : look.startsWith('strong') ? 3 : 0)
  const border = (look: Look): number => (look === 'heading' || look === 'headingRight' ? 1 : 0)
  const alignment = (look: Look): string => {
    if (look === 'wrap') return '<alignment horizontal="left" vertical="top" wrapText="1" indent="1"/>'
    if (look === 'text' || look === 'date' || look === 'month' || look === 'link' || look === 'strong')
      return '<alignment horizontal="left" vertical="top" indent="1"/>'
    if (look === 'heading') return '<alignment horizontal="left" vertical="center" wrapText="1" indent="1"/>'
    if (look === 'headingRight') return '<alignment horizontal="right" vertical="center" wrapText="1"/>'
    return look === 'title' || look === 'note'
      ? '<alignment horizontal="left" vertical="center" indent="1"/>'
      : '<alignment vertical="top"/>'
  }
  const xf = (look: Look, quoted: boolean): string =>
    `<xf numFmtId="${formatId(look)}" fontId="${font(look)}" fillId="${fill(look)}" borderId="${border(look)}" xfId="0" applyNumberFormat="1" applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1"${quoted ? ' quotePrefix="1"' : ''}>${alignment(look)}</xf>`
  const face = '<name val="Calibri"/><family val="2"/>'
  return `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts count="${ids.length}">${ids
    .map((id, index) => `<numFmt numFmtId="${164 + index}" formatCode="${escapeHtml(formats[id]!)}"/>`)
    .join(
      '',
    )}</numFmts><fonts count="5"><font><sz val="10"/>${face}</font><font><b/><sz val="10"/>${face}</font><font><b/><sz val="15"/><color rgb="FF1A1F27"/>${face}</font><font><sz val="10"/><color rgb="FF5B6573"/>${face}</font><font><u/><sz val="10"/><color rgb="FF174F8F"/>${face}</font></fonts><fills count="4"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill><fill><patternFill patternType="solid"><fgColor rgb="FFE9F0F8"/></patternFill></fill><fill><patternFill patternType="solid"><fgColor rgb="FFF5F7F9"/></patternFill></fill></fills><borders count="2"><border><left/><right/><top/><bottom/><diagonal/></border><border><left/><right/><top/><bottom style="thin"><color rgb="FF5B6573"/></bottom><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="${looks.length * 2}">${[
    false,
    true,
  ]
    .flatMap((quoted) => looks.map((look) => xf(look, quoted)))
    .join('')}</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`
}
