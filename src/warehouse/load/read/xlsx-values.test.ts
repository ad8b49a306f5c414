import { describe, expect, it } from 'vitest'
import { columnLetters, columnOf, kindOfFormat, numberText, serialToIso, unescapeText } from './xlsx-values.ts'

describe('values of a workbook', () => {
  it('tells dates from numbers by their format', () => {
    const kinds = [
      '0.00',
      'General',
      'yyyy-mm-dd',
      'dd.mm.yyyy',
      'm/d/yy h:mm',
      'h:mm:ss',
      '[h]:mm',
      '"day" 0',
      '[Red]0.00',
      '[$-409]mmm yy',
      '0.0 "h"',
      'mmmm',
      '#,##0;[Red]-#,##0',
      '0\\d',
    ].map((code) => kindOfFormat(164, code))
    expect(kinds).toEqual([
      'number',
      'number',
      'date',
      'date',
      'date-time',
      'time',
      'time',
      'number',
      'number',
      'date',
      'number',
      'date',
      'number',
      'number',
    ])
    expect([0, 2, 14, 22, 20, 45, 49].map((id) => kindOfFormat(id, undefined))).toEqual([
      'number',
      'number',
      'date',
      'date-time',
      'time',
      'time',
      'number',
    ])
  })

  it('counts days in both systems, around the leap day that never was', () => {
    expect([1, 59, 61, 36526, 46023, 2_958_465].map((serial) => serialToIso(serial, 'date', false))).toEqual([
      '1900-01-01',
      '1900-02-28',
      '1900-03-01',
      '2000-01-01',
      '2026-01-01',
      '9999-12-31',
    ])
    expect([0, 44561, 2_957_003].map((serial) => serialToIso(serial, 'date', true))).toEqual(['1904-01-01', '2026-01-01', '9999-12-31'])
    expect([-1, 60, 2_958_466, 1e308, Number.NaN].map((serial) => serialToIso(serial, 'date', false))).toEqual(Array(5).fill(undefined))
  })

  it('gives times to the second, and thousandths where there are any', () => {
    expect(serialToIso(46023.520833333336, 'date-time', false)).toBe('2026-01-01 12:30:00')
    expect(serialToIso(46023.5208333333, 'date-time', false)).toBe('2026-01-01 12:30:00')
    expect(serialToIso(46023.25, 'date', false)).toBe('2026-01-01 06:00:00')
    expect(serialToIso(0.75, 'time', false)).toBe('18:00:00')
    expect(serialToIso(46023.00000578704, 'date-time', false)).toBe('2026-01-01 00:00:00.500')
  })

  it('writes numbers as the spreadsheet shows them: 15 digits, no exponent', () => {
    const texts = [
      '1',
      '007',
      '-0.10',
      '20.100000000000001',
      '0.30000000000000004',
      '1.5E-3',
      '1e21',
      '123456789012345678',
      '1E308',
      '.5',
      '5.',
      'abc',
      '',
      '1e-50',
      '0x10',
    ]
    expect(texts.map(numberText)).toEqual([
      '1',
      '7',
      '-0.1',
      '20.1',
      '0.3',
      '0.0015',
      '1000000000000000000000',
      '123456789012345678',
      '1e+308',
      '0.5',
      '5',
      undefined,
      undefined,
      '1e-50',
      undefined,
    ])
  })

  it('knows columns by letters', () => {
    for (const [letters, column] of [
      ['A', 1],
      ['Z', 26],
      ['AA', 27],
      ['XFD', 16384],
    ] as const) {
      expect(columnOf(`${letters}12`)).toBe(column)
      expect(columnLetters(column)).toBe(letters)
    }
    expect(columnOf('12')).toBe(0)
  })

  it('undoes the escapes of characters that XML cannot hold', () => {
    expect(unescapeText('a_x000D__x000A_b_x')).toBe('a\r\nb_x')
  })
})
