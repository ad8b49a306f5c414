import { axisX, axisY, gridY, lineY, type PlotOptions, rectX, ruleY, text } from '@observablehq/plot'
import { formatCount, formatShare } from '../shared/format.ts'
import { baseOptions, type Chart, type ChartContext, type ChartFrame, emptyChart, label, position, type Row } from './chart.ts'

interface Week {
  week: number
  heldOut: boolean
  actual: number
  expected: number
}

/** Cumulative repeat purchases as they came and as the model told them; the weeks that it had not seen lie on a ground of their own. Rows of `value_holdout`. */
export function valueTracking(rows: Row[], context: ChartContext): Chart {
  const name = 'value-tracking'
  const weeks = rows
    .flatMap((row): Week[] => {
      const [week, actual, expected] = [position(row.week), position(row.actual), position(row.expected)]
      return week === null || actual === null || expected === null ? [] : [{ week, heldOut: row.held_out === true, actual, expected }]
    })
    .sort((a, b) => a.week - b.week)
  const last = weeks.at(-1)
  const before = weeks.findLast(({ heldOut }) => !heldOut)
  if (!last || !before || !last.heldOut)
    return emptyChart(
      name,
      'Actual and expected repeat purchases',
      'No model could be tried on a part of the data.',
      'Import orders with customer ids over at least half a year, better two years.',
    )
  const count = (value: number): string => formatCount(Math.round(value), { locale: context.locale })
  const came = last.actual - before.actual
  const told = last.expected - before.expected
  const error = came > 0 ? told / came - 1 : 0
  const title =
    `In the held-out weeks ${count(came)} repeat purchases came; ${count(told)} were expected` +
    (Math.abs(error) < 0.005
      ? ', right to half a percent'
      : `, ${formatShare(Math.abs(error), { locale: context.locale })} too ${error < 0 ? 'few' : 'many'}`)
  const summary =
    `${last.week} weeks, the last ${last.week - before.week} held out. After week ${before.week}: ${count(before.actual)} came, ` +
    `${count(before.expected)} expected; after week ${last.week}: ${count(last.actual)} came, ${count(last.expected)} expected.`
  const height = (width: number): number => Math.round(Math.min(340, Math.max(240, width * 0.5)))
  const chart = { name, title, summary }
  return {
    ...chart,
    subtitle:
      'Repeat purchases since the start, by week: actual (grey, thick) and expected by the model (blue); it saw the weeks on white alone',
    notes: ['Customers won in the weeks that the model saw. It is told the day of each first purchase, nothing else.'],
    table: {
      columns: [
        { name: 'week', title: 'Week', type: 'integer' },
        { name: 'held_out', title: 'Held out', type: 'boolean' },
        { name: 'actual', title: 'Actual', type: 'integer', unit: 'purchases' },
        { name: 'expected', title: 'Expected', type: 'number', unit: 'purchases' },
      ],
      rows: weeks.map(({ week, heldOut, actual, expected }) => ({ week, held_out: heldOut, actual, expected })),
    },
    empty: null,
    height,
    options: (frame) => trackingOptions(chart, frame, height(frame.width), weeks, before, last, count),
  }
}

function trackingOptions(
  chart: Pick<Chart, 'name' | 'title' | 'summary'>,
  frame: ChartFrame,
  height: number,
  weeks: Week[],
  before: Week,
  last: Week,
  count: (value: number) => string,
): PlotOptions {
  const { theme } = frame
  return {
    ...baseOptions(chart, frame, height),
    marginLeft: 64,
    marginRight: 20,
    marginTop: 24,
    marginBottom: 40,
    x: { domain: [0, last.week] },
    y: { nice: true, zero: true },
    marks: [
      rectX([{ from: before.week, to: last.week }], { x1: 'from', x2: 'to', fill: theme.profitWash }),
      gridY({ stroke: theme.grid, strokeOpacity: 1, ticks: 5 }),
      axisY({ ticks: 5, tickSize: 0, label: null, fill: theme.muted, tickFormat: count }),
      axisX({
        ticks: 6,
        tickSize: 0,
        label: 'weeks since the first purchase of all',
        labelArrow: 'none',
        labelAnchor: 'center',
        fill: theme.muted,
      }),
      lineY(weeks, { x: 'week', y: 'actual', stroke: theme.neutral, strokeWidth: 4 }),
      lineY(weeks, { x: 'week', y: 'expected', stroke: theme.profit, strokeWidth: 1.75 }),
      ruleY([0], { stroke: theme.rule }),
      text([before], {
        x: 'week',
        frameAnchor: 'bottom',
        dx: 6,
        dy: -6,
        textAnchor: 'start',
        text: () => 'held out',
        ...label(theme.muted, theme),
      }),
      text([last], {
        x: 'week',
        y: 'actual',
        dx: -4,
        dy: last.actual >= last.expected ? -10 : 14,
        textAnchor: 'end',
        text: () => `${count(last.actual)} came`,
        ...label(theme.text, theme),
      }),
      text([last], {
        x: 'week',
        y: 'expected',
        dx: -4,
        dy: last.actual >= last.expected ? 14 : -10,
        textAnchor: 'end',
        text: () => `${count(last.expected)} expected`,
        ...label(theme.profitText, theme),
      }),
    ],
  }
}
