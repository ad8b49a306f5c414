import { axisX, axisY, barX, gridX, type PlotOptions, ruleX, ruleY, text } from '@observablehq/plot'
import { baseOptions, type Chart, type ChartFrame, label, shorten, ticksFor } from './chart.ts'

/** One row of a waterfall: a level stands on zero, a step leads from one level to the next. */
export interface WaterfallRow {
  title: string
  kind: 'level' | 'step'
  /** Where the bar ends: of a level its amount, of a step the running total after it. */
  end: number
  /** Where the bar starts: 0 for a level, the running total before it for a step. */
  start: number
  /** The exact amount, already formatted. */
  text: string
  tone: 'neutral' | 'profit' | 'loss'
}

export interface WaterfallDrawing {
  rows: WaterfallRow[]
  /** `levels` stand on zero; `changes` starts at the opening level, for steps that would be too small to see beside it. */
  from: 'levels' | 'changes'
  tick: (value: number) => string
  axis: string
}

const rowHeight = 34

export const waterfallHeight = (rows: number): number => rows * rowHeight + 60

/** Rows run from top to bottom, so that titles stand level and have room on a phone as well. */
export function waterfallOptions(
  chart: Pick<Chart, 'name' | 'title' | 'summary'>,
  frame: ChartFrame,
  { rows, from, tick, axis }: WaterfallDrawing,
): PlotOptions {
  const { theme, width } = frame
  const narrow = width < 520
  const longest = Math.max(...rows.map((row) => [...row.title].length))
  const room = Math.min(narrow ? 140 : 180, longest * 7 + 16)
  const fits = Math.floor((room - 12) / 6.6)
  const behind = narrow ? 76 : 96
  const ticks = ticksFor(width - room - behind)
  const colours = { neutral: theme.neutral, profit: theme.profit, loss: theme.loss }
  const inks = { neutral: theme.text, profit: theme.profitText, loss: theme.lossText }
  const keys = rows.map((_, index) => index)
  const bars = rows.map((row, index) => ({ ...row, index, left: Math.min(row.start, row.end), right: Math.max(row.start, row.end) }))
  const visible = from === 'levels' ? bars : bars.filter((bar) => bar.kind === 'step')
  const joints = bars.slice(0, -1).map((bar, index) => ({ at: bar.end, from: index, to: index + 1 }))
  const low = Math.min(0, ...visible.map((bar) => bar.left))
  const high = Math.max(0, ...visible.map((bar) => bar.right))
  return {
    ...baseOptions(chart, frame, waterfallHeight(rows.length)),
    marginLeft: room,
    // Room for the amounts that stand behind the bars.
    marginRight: behind,
    marginTop: 8,
    marginBottom: 44,
    x: { domain: low === high ? [low, low + 1] : [low, high], nice: false },
    y: { domain: keys, padding: 0.3, type: 'band' },
    marks: [
      gridX({ stroke: theme.grid, strokeOpacity: 1, ticks }),
      axisX({
        ticks,
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
        tickFormat: (index: number) => shorten(rows[index]?.title ?? '', fits),
      }),
      ruleX([0], { stroke: theme.rule }),
      joints.length === 0
        ? null
        : ruleX(joints, { x: 'at', y1: 'from', y2: 'to', stroke: theme.rule, strokeWidth: 1, strokeDasharray: '1 2' }),
      from === 'changes' ? ruleY([rows.length - 1], { x1: 0, x2: bars.at(-1)!.end, stroke: theme.text, strokeWidth: 3 }) : null,
      barX(visible, {
        y: 'index',
        x1: 'left',
        x2: 'right',
        fill: (bar: WaterfallRow) => colours[bar.tone],
        fillOpacity: 1,
      }),
      text(bars, {
        y: 'index',
        x: 'right',
        text: 'text',
        textAnchor: 'start',
        dx: 6,
        ...label(theme.text, theme),
        fill: (bar: WaterfallRow) => inks[bar.tone],
        fontWeight: 600,
      }),
    ],
  }
}
