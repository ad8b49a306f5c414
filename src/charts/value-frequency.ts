import { axisX, axisY, dot, gridY, lineY, type PlotOptions, ruleY } from '@observablehq/plot'
import { formatCount, formatNumber, formatShare } from '../shared/format.ts'
import { baseOptions, type Chart, type ChartContext, type ChartFrame, emptyChart, position, type Row } from './chart.ts'

interface Group {
  frequency: number
  customers: number
  actual: number
  expected: number
}

const most = 7
const frequencyName = (frequency: number): string => (frequency === most ? `${most}+` : String(frequency))

/** Held-out purchases per customer by earlier frequency, as they came and as the chosen model told them. Rows of `value_calibration`. */
export function valueFrequency(rows: Row[], context: ChartContext): Chart {
  const name = 'value-frequency'
  const groups = rows
    .flatMap((row): Group[] => {
      const values = [row.frequency, row.customers, row.actual, row.expected].map(position)
      if (row.chosen !== true || values.some((value) => value === null)) return []
      const [frequency, customers, actual, expected] = values as [number, number, number, number]
      return customers > 0 ? [{ frequency, customers, actual, expected }] : []
    })
    .sort((a, b) => a.frequency - b.frequency)
  const total = groups.reduce((sum, { actual }) => sum + actual, 0)
  if (total === 0)
    return emptyChart(
      name,
      'Held-out purchases by earlier frequency',
      'No model could be tried on a part of the data.',
      'Import orders with customer ids over at least half a year, better two years.',
    )
  const { locale } = context
  const misplaced = groups.reduce((sum, { actual, expected }) => sum + Math.abs(actual - expected), 0) / total
  const title = `The model told ${formatShare(misplaced, { locale })} of the held-out purchases for the wrong group of customers`
  const each = ({ customers }: Group, value: number): string => formatNumber(value / customers, { digits: 2, locale })
  const summary = `${groups
    .map(
      (group) =>
        `${frequencyName(group.frequency)} repeat purchases before: ${formatCount(group.customers, { locale })} customers, ` +
        `${each(group, group.actual)} each came, ${each(group, group.expected)} expected`,
    )
    .join('; ')}.`
  const height = (width: number): number => Math.round(Math.min(340, Math.max(240, width * 0.5)))
  const chart = { name, title, summary }
  const points = groups.map((group) => ({
    frequency: frequencyName(group.frequency),
    actual: group.actual / group.customers,
    expected: group.expected / group.customers,
  }))
  return {
    ...chart,
    subtitle: 'Purchases per customer in the held-out weeks, by repeat purchases before: actual (grey, filled) and expected (blue, open)',
    notes: [`${most}+ is ${most} and more.`],
    table: {
      columns: [
        { name: 'frequency', title: 'Repeat purchases before', type: 'text' },
        { name: 'customers', title: 'Customers', type: 'integer', unit: 'customers' },
        { name: 'actual', title: 'Actual each', type: 'number', unit: 'purchases' },
        { name: 'expected', title: 'Expected each', type: 'number', unit: 'purchases' },
      ],
      rows: points.map((point, i) => ({ ...point, customers: groups[i]!.customers })),
    },
    empty: null,
    height,
    options: (frame) => frequencyOptions(chart, frame, height(frame.width), points),
  }
}

function frequencyOptions(
  chart: Pick<Chart, 'name' | 'title' | 'summary'>,
  frame: ChartFrame,
  height: number,
  points: { frequency: string; actual: number; expected: number }[],
): PlotOptions {
  const { theme } = frame
  return {
    ...baseOptions(chart, frame, height),
    marginLeft: 40,
    marginRight: 20,
    marginTop: 16,
    marginBottom: 40,
    x: { type: 'point', domain: points.map(({ frequency }) => frequency) },
    y: { nice: true, zero: true },
    marks: [
      gridY({ stroke: theme.grid, strokeOpacity: 1, ticks: 5 }),
      axisY({ ticks: 5, tickSize: 0, label: null, fill: theme.muted }),
      axisX({ tickSize: 0, label: 'repeat purchases before', labelArrow: 'none', labelAnchor: 'center', fill: theme.muted }),
      lineY(points, { x: 'frequency', y: 'actual', stroke: theme.neutral, strokeWidth: 4 }),
      lineY(points, { x: 'frequency', y: 'expected', stroke: theme.profit, strokeWidth: 1.75 }),
      dot(points, { x: 'frequency', y: 'actual', r: 5, fill: theme.neutral }),
      dot(points, { x: 'frequency', y: 'expected', r: 4, fill: theme.background, stroke: theme.profit, strokeWidth: 1.75 }),
      ruleY([0], { stroke: theme.rule }),
    ],
  }
}
