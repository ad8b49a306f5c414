import { parseHTML } from 'linkedom'
import { expect, test } from 'vitest'
import {
  type Chart,
  type ChartFrame,
  darkTheme,
  drawChart,
  lightTheme,
  valueChances,
  valueFrequency,
  valueLift,
  valueTracking,
} from './index.ts'

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

test('without a held-out part each says what is missing', () => {
  for (const chart of [
    valueTracking([], context),
    valueFrequency([], context),
    valueTracking(weeks.slice(0, 40), context),
    valueLift([], context),
    valueChances([], context),
  ])
    expect(chart.empty?.reason).toBe('No model could be tried on a part of the data.')
})

const tenths = ['expected', 'chance'].flatMap((grouping) =>
  Array.from({ length: 10 }, (_, i) => ({
    model: 'bg-nbd',
    chosen: true,
    grouping,
    tenth: i + 1,
    customers: 100,
    expected: 200 / (i + 1),
    actual: 180 / (i + 1),
    expected_buyers: 95 - 10 * i,
    buyers: 93 - 10 * i,
  })),
)

test('lift: what the best tenth holds; chances: by how many points they were off', () => {
  const lift = valueLift([...tenths, { ...tenths[0]!, model: 'mbg-nbd', chosen: false, actual: 5000 }], context)
  expect(lift.title).toBe('The tenth ranked highest made 34 % of the held-out purchases, 3.4 times its share')
  expect(lift.table.rows[0]).toMatchObject({ tenth: 1, customers: 100, actual: 1.8, expected: 2 })
  const chances = valueChances(tenths, context)
  expect(chances.title).toBe('Chances to buy were off by 2.0 points on average')
  expect(chances.table.rows).toHaveLength(10)
  for (const chart of [lift, chances]) for (const width of [320, 900]) expect(draw(chart, width, darkTheme)).toContain('<svg')
})
