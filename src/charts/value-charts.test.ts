import { parseHTML } from 'linkedom'
import { expect, test } from 'vitest'
import { type Chart, type ChartFrame, darkTheme, drawChart, lightTheme, valueFrequency, valueTracking } from './index.ts'

const context = { currency: 'EUR', measure: 'net_revenue' } as const
const weeks = Array.from({ length: 78 }, (_, i) => ({
  week: i + 1,
  week_end: '2024-01-07',
  held_out: i + 1 > 52,
  actual: 40 * i,
  expected: i < 52 ? 40 * i : 2040 + 36 * (i - 51),
}))
const frequencies = Array.from({ length: 8 }, (_, frequency) => ({
  model: 'bg-nbd',
  frequency,
  chosen: true,
  customers: 400 / (frequency + 1),
  actual: 100,
  expected: 90,
}))

const draw = (chart: Chart, width: number, theme = lightTheme): string => {
  const { document } = parseHTML('<!doctype html><html><body></body></html>')
  const drawing = drawChart(chart, { width, theme, document: document as unknown as NonNullable<ChartFrame['document']> })
  return (drawing as { outerHTML: string } | null)?.outerHTML ?? ''
}

test('tracking says how far the held-out weeks were missed, and draws at any width', () => {
  const chart = valueTracking(weeks, context)
  expect(chart.title).toBe('In the held-out weeks 1,040 repeat purchases came; 936 were expected, 10 % too few')
  expect(chart.table.rows).toHaveLength(78)
  for (const width of [320, 640, 1100]) expect(draw(chart, width)).toContain('held out')
  expect(draw(chart, 640, darkTheme)).toContain(darkTheme.profit)
})

test('by frequency: the share told for the wrong group, of the chosen model alone', () => {
  const chart = valueFrequency([...frequencies, { ...frequencies[0]!, model: 'mbg-nbd', chosen: false, expected: 900 }], context)
  expect(chart.title).toBe('The model told 10 % of the held-out purchases for the wrong group of customers')
  expect(chart.table.rows).toHaveLength(8)
  expect(chart.table.rows[7]).toEqual({ frequency: '7+', customers: 50, actual: 2, expected: 1.8 })
  expect(draw(chart, 480)).toContain('<svg')
})

test('without a held-out part both say what is missing', () => {
  for (const chart of [valueTracking([], context), valueFrequency([], context), valueTracking(weeks.slice(0, 40), context)])
    expect(chart.empty?.reason).toBe('No model could be tried on a part of the data.')
})
