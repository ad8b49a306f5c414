import { axisX, axisY, dot, gridX, type PlotOptions, ruleX, ruleY, text } from '@observablehq/plot'
import { formatRange, formatRatio, formatWithInterval } from '../shared/format.ts'
import {
  baseOptions,
  type Chart,
  type ChartContext,
  type ChartFrame,
  emptyChart,
  label,
  position,
  type Row,
  shorten,
  textOf,
  ticksFor,
} from './chart.ts'

interface Index {
  index: string
  title: string
  value: number
  low: number | null
  high: number | null
  interval: string
}

/** The shares among the concentration indices, each with its interval, in reading order. Rows of `concentration`. */
export function concentrationDots(rows: Row[], context: ChartContext): Chart {
  const name = 'concentration'
  const indices = [...rows]
    .sort((a, b) => (position(a.position) ?? 0) - (position(b.position) ?? 0))
    .flatMap((row): Index[] => {
      const value = position(row.value)
      // How size and profit go together is another question, with a chart of its own.
      if (value === null || textOf(row.unit) !== 'ratio' || row.group === 'size') return []
      return [
        {
          index: textOf(row.index),
          title: textOf(row.title),
          value,
          low: position(row.low),
          high: position(row.high),
          interval: textOf(row.interval),
        },
      ]
    })
  if (indices.length === 0)
    return emptyChart(name, 'Concentration', 'No customer is identified.', 'Import order lines that name their customer.')
  const shown = (index: Index): string =>
    formatWithInterval({ ...index, type: 'ratio' }, context.currency, { digits: 0, locale: context.locale })
  // The widest statement first: what the fewest customers carry.
  const headline = indices.find((index) => index.index === 'top_10') ?? indices[0]!
  const title = `${headline.title}: ${shown(headline)}`
  const summary = `${indices.map((index) => `${index.title} ${shown(index)}`).join('; ')}.`
  const height = (): number => indices.length * 28 + 48
  const chart = { name, title, summary }
  const interval = indices.find((index) => index.interval !== '')?.interval
  return {
    ...chart,
    subtitle: interval ? `Shares, with their ${interval} as bars` : 'Shares',
    notes: [],
    table: {
      columns: [
        { name: 'title', title: 'Index', type: 'text' },
        { name: 'value', title: 'Value', type: 'ratio' },
        { name: 'low', title: 'Low', type: 'ratio' },
        { name: 'high', title: 'High', type: 'ratio' },
      ],
      rows: indices.map((index) => ({ title: index.title, value: index.value, low: index.low, high: index.high })),
    },
    empty: null,
    height,
    options: (frame) => dotOptions(chart, frame, height(), indices),
  }
}

function dotOptions(chart: Pick<Chart, 'name' | 'title' | 'summary'>, frame: ChartFrame, height: number, indices: Index[]): PlotOptions {
  const { theme, width } = frame
  const narrow = width < 520
  const longest = Math.max(...indices.map((index) => [...index.title].length))
  const room = Math.min(narrow ? 130 : 300, longest * 6.8 + 16)
  const fits = Math.floor((room - 12) / 6.8)
  const behind = narrow ? 60 : 130
  const ticks = ticksFor(width - room - behind, 44)
  const rows = indices.map((index, at) => ({ ...index, at, end: Math.max(index.value, index.high ?? index.value) }))
  const low = Math.min(0, ...rows.map((row) => row.low ?? row.value))
  const high = Math.max(1, ...rows.map((row) => row.end))
  const percent = (value: number): string => formatRatio(value, { digits: 0 })
  return {
    ...baseOptions(chart, frame, height),
    marginLeft: room,
    marginRight: behind,
    marginTop: 8,
    marginBottom: 36,
    x: { domain: [low, high], nice: true },
    y: { domain: rows.map((row) => row.at), type: 'point', padding: 0.6 },
    marks: [
      gridX({ stroke: theme.grid, strokeOpacity: 1, ticks }),
      axisX({ ticks, tickSize: 0, label: null, fill: theme.muted, tickFormat: percent }),
      axisY({ tickSize: 0, label: null, fill: theme.text, tickFormat: (at: number) => shorten(rows[at]?.title ?? '', fits) }),
      ruleX([0], { stroke: theme.rule }),
      ruleY(rows, { y: 'at', x1: 0, x2: 'value', stroke: theme.rule, strokeWidth: 1 }),
      ruleY(
        rows.filter((row) => row.low !== null && row.high !== null),
        { y: 'at', x1: 'low', x2: 'high', stroke: theme.band, strokeWidth: 8, strokeLinecap: 'round' },
      ),
      dot(rows, { y: 'at', x: 'value', r: 5, fill: theme.profit, stroke: theme.background, strokeWidth: 1.5 }),
      text(rows, {
        y: 'at',
        x: 'end',
        dx: 10,
        textAnchor: 'start',
        text: (row: (typeof rows)[number]) =>
          row.low === null || row.high === null || narrow
            ? percent(row.value)
            : `${percent(row.value)} (${formatRange(percent(row.low), percent(row.high))})`,
        ...label(theme.text, theme),
      }),
    ],
  }
}
