import { axisX, axisY, dot, gridX, type PlotOptions, ruleX, ruleY, text } from '@observablehq/plot'
import { baseOptions, type Chart, type ChartFrame, label, shorten } from './chart.ts'

/** One line of a chart of values with their intervals. */
export interface IntervalRow {
  title: string
  value: number
  low: number | null
  high: number | null
  /** Beside the value. */
  text: string
  tone: 'neutral' | 'profit' | 'loss'
  /** A second value to hold it against, hollow. */
  other?: number | null
}

const rowHeight = 28

export const intervalsHeight = (rows: number): number => rows * rowHeight + 56

/** Dots with bars of doubt, one row each, titles to the left. */
export function intervalOptions(
  chart: Pick<Chart, 'name' | 'title' | 'summary'>,
  frame: ChartFrame,
  {
    rows,
    axis,
    tick,
    lines = [0],
    domain,
  }: { rows: IntervalRow[]; axis: string; tick: (value: number) => string; lines?: number[]; domain?: [number, number] },
): PlotOptions {
  const { theme, width } = frame
  const narrow = width < 520
  const room = Math.min(narrow ? 130 : 210, Math.max(...rows.map((row) => [...row.title].length)) * 7 + 16)
  const colours = { neutral: theme.neutral, profit: theme.profit, loss: theme.loss }
  const inks = { neutral: theme.text, profit: theme.profitText, loss: theme.lossText }
  const data = rows.map((row, index) => ({ ...row, index }))
  const ends = rows.flatMap(({ value, low, high, other }) => [
    value,
    low ?? value,
    high ?? value,
    ...(typeof other === 'number' ? [other] : []),
  ])
  const [from, to] = domain ?? [Math.min(...lines, ...ends), Math.max(...lines, ...ends)]
  return {
    ...baseOptions(chart, frame, intervalsHeight(rows.length)),
    marginLeft: room,
    marginRight: narrow ? 84 : 120,
    marginTop: 8,
    marginBottom: 44,
    x: { domain: from === to ? [from - 1, to + 1] : [from, to], nice: domain === undefined, label: null },
    y: { domain: data.map(({ index }) => index), type: 'band', padding: 0.3 },
    marks: [
      gridX({ stroke: theme.grid, strokeOpacity: 1, ticks: narrow ? 3 : 6 }),
      axisX({
        ticks: narrow ? 3 : 6,
        tickSize: 0,
        tickFormat: tick,
        label: axis,
        labelArrow: false,
        labelAnchor: 'center',
        fill: theme.muted,
      }),
      axisY({
        tickSize: 0,
        label: null,
        fill: theme.text,
        tickFormat: (index: number) => shorten(rows[index]?.title ?? '', Math.floor((room - 12) / 6.6)),
      }),
      ruleX(lines, { stroke: theme.rule }),
      ruleY(
        data.filter(({ low, high }) => low !== null && high !== null),
        { y: 'index', x1: 'low', x2: 'high', stroke: theme.band, strokeWidth: 9 },
      ),
      dot(
        data.filter(({ other }) => typeof other === 'number'),
        { y: 'index', x: 'other', r: 4.5, stroke: theme.text, strokeWidth: 1.5, fill: theme.background },
      ),
      dot(data, { y: 'index', x: 'value', r: 4.5, fill: (row: IntervalRow) => colours[row.tone] }),
      text(data, {
        y: 'index',
        x: (row: IntervalRow) => Math.max(row.value, row.high ?? row.value, row.other ?? row.value),
        dx: 9,
        textAnchor: 'start',
        text: 'text',
        ...label(theme.text, theme),
        fill: (row: IntervalRow) => inks[row.tone],
      }),
    ],
  }
}
