import { describe, expect, test } from 'vitest'
import {
  absent,
  formatBytes,
  formatCount,
  formatCounted,
  formatDate,
  formatMoment,
  formatMoney,
  formatMonth,
  formatNumber,
  formatRange,
  formatRatio,
  formatSeconds,
  formatShare,
  formatValue,
  formatWithInterval,
  keepTogether,
  minorUnits,
} from './format.ts'

describe('money', () => {
  test('shows the digits its currency has', () => {
    expect(formatMoney('1240332.1843', 'EUR')).toBe('€1,240,332.18')
    expect(formatMoney('1234.5000', 'JPY')).toBe('¥1,235')
    expect(formatMoney('1234.5555', 'KWD')).toBe('KWD 1,234.556')
    expect(['EUR', 'JPY', 'KWD', 'nonsense'].map(minorUnits)).toEqual([2, 0, 3, 2])
  })

  test('is exact beyond what a float can hold', () => {
    expect(formatMoney('12345678901234567890.1250', 'GBP')).toBe('£12,345,678,901,234,567,890.13')
  })

  test('rounds half away from zero and never shows minus zero', () => {
    expect(formatMoney('1.005', 'EUR')).toBe('€1.01')
    expect(formatMoney('-1.005', 'EUR')).toBe('−€1.01')
    expect(formatMoney('-0.0049', 'EUR')).toBe('€0.00')
  })

  test('carries the true minus sign, and a plus sign where a change is shown', () => {
    expect(formatMoney('-12.5', 'USD')).toBe('−$12.50')
    expect(formatMoney('12.5', 'USD', { sign: true })).toBe('+$12.50')
    expect(formatMoney('0.001', 'USD', { sign: true })).toBe('$0.00')
  })

  test('in short form has three significant digits', () => {
    const short = (value: string): string => formatMoney(value, 'EUR', { compact: true })
    expect(['12.3', '999.4', '9995', '12345', '999499', '999500', '1240332.1843', '-46000000', '1234567890123'].map(short)).toEqual([
      '€12.30',
      '€999',
      '€10.0 k',
      '€12.3 k',
      '€999 k',
      '€1.00 m',
      '€1.24 m',
      '−€46.0 m',
      '€1,235 bn',
    ])
    expect(formatMoney('2000000', 'EUR', { compact: true, trim: true })).toBe('€2 m')
    expect(formatMoney('0.0000', 'EUR', { compact: true, trim: true })).toBe('€0')
  })

  test('follows the locale and leaves the currency out where a heading names it', () => {
    expect(formatMoney('1240332.18', 'EUR', { locale: 'de' })).toBe('1.240.332,18 €')
    expect(formatMoney('1240332.18', 'EUR', { locale: 'de', compact: true })).toBe('1,24 m €')
    expect(formatMoney('-1240.5', 'EUR', { currencyDisplay: 'none' })).toBe('−1,240.50')
    expect(formatMoney('5', 'not a currency')).toBe('not a currency 5.00')
  })

  test('is a dash where it is absent', () => {
    expect([null, undefined, '', 'n/a'].map((value) => formatMoney(value, 'EUR'))).toEqual([absent, absent, absent, absent])
  })
})

describe('other figures', () => {
  test('ratios are per cent without the noise of floats', () => {
    expect(formatRatio(0.1234)).toBe('12.3 %')
    expect(formatRatio(2.25, { digits: 0 })).toBe('225 %')
    expect(formatRatio(0.145, { digits: 0 })).toBe('15 %')
    expect(formatRatio(-0.05)).toBe('−5.0 %')
    expect([0.9432, 0.0123, 0, 0.0001, -0.0001].map((value) => formatShare(value))).toEqual(['94 %', '1.2 %', '0 %', '<0.1 %', '>−0.1 %'])
  })

  test('counts and numbers', () => {
    expect(formatCount(541909)).toBe('541,909')
    expect(formatCounted(1, 'customer')).toBe('1 customer')
    expect(formatCounted(4372, 'customer')).toBe('4,372 customers')
    expect(formatNumber(0.586777)).toBe('0.587')
    expect(formatNumber(6.905)).toBe('6.91')
    expect(formatNumber(1234.567)).toBe('1,235')
  })

  test('dates cannot be read two ways', () => {
    expect(formatDate('2011-12-09')).toBe('9 Dec 2011')
    expect(formatMonth('2011-12-01')).toBe('Dec 2011')
    expect(formatMoment('2026-03-04T14:05:59Z')).toBe('4 Mar 2026, 14:05 UTC')
    expect(formatDate('2011-12-09', { locale: 'de' })).toBe('9. Dez. 2011')
    expect(formatDate(null)).toBe(absent)
  })

  test('times and sizes', () => {
    expect([0.42, 12.3, 185].map(formatSeconds)).toEqual(['0.4 s', '12 s', '3 min 05 s'])
    expect([999, 48212345, 1.5e12].map(formatBytes)).toEqual(['999 B', '48.2 MB', '1.5 TB'])
  })

  test('a figure comes with its doubt', () => {
    const interval = '90 % bootstrap interval over customers'
    expect(formatWithInterval({ value: '1240332', low: 1.05e6, high: 1.46e6, interval, type: 'money' }, 'EUR', { compact: true })).toBe(
      '€1.24 m (90 %: 1.05–1.46 m)',
    )
    expect(formatWithInterval({ value: 0.12, low: -0.02, high: 0.3, interval, type: 'number' }, 'EUR')).toBe('0.12 (90 %: −0.02 to 0.3)')
    expect(formatWithInterval({ value: 3, type: 'integer' }, 'EUR')).toBe('3')
    expect(formatRange('950 k', '1.2 m')).toBe('950 k to 1.2 m')
  })

  test('any value is shown by its type', () => {
    expect(formatValue('12.5000', { type: 'money_sum' }, 'EUR')).toBe('€12.50')
    expect(formatValue(true, { type: 'boolean' }, 'EUR')).toBe('yes')
    expect(formatValue(null, { type: 'text' }, 'EUR')).toBe(absent)
    expect(formatValue('2011-12-01', { type: 'month' }, 'EUR')).toBe('Dec 2011')
  })

  test('figures stay with their units where text wraps', () => {
    expect(keepTogether('12 % bring −€1.24 m')).toBe('12\u00a0% bring −\u2060€1.24\u00a0m')
  })
})
