import { axisX, axisY, cell, type PlotOptions, text } from '@observablehq/plot'
import { formatCount, formatRatio, formatShare } from '../shared/format.ts'
import { baseOptions, type Chart, type ChartContext, type ChartFrame, emptyChart, position, type Row, textOf } from './chart.ts'
import { classNames, classTitle } from './relationship-classes.ts'

interface Move {
  from: string
  to: string
  customers: number
  share: number
  low: number
  high: number
}

/** Where customers of each class are a period later. Rows of `relationship_transition` of one segment and one period. */
export function classMoves(rows: Row[], context: ChartContext): Chart {
  const name = 'class-moves'
  const { locale } = context
  const moves = rows.flatMap((row): Move[] => {
    const [customers, share, low, high] = [row.customers, row.probability, row.low, row.high].map(position)
    return share == null
      ? []
      : [{ from: textOf(row.from_class), to: textOf(row.to_class), customers: customers ?? 0, share, low: low ?? 0, high: high ?? 1 }]
  })
  const seen = (from: string): number => moves.filter((one) => one.from === from).reduce((sum, one) => sum + one.customers, 0)
  if (moves.length === 0 || moves.every(({ customers }) => customers === 0))
    return emptyChart(
      name,
      'How customers move',
      'No movement was seen: that takes at least three periods.',
      'Import orders that reach further back.',
    )
  const of = (from: string, to: string): string =>
    formatShare(moves.find((one) => one.from === from && one.to === to)?.share ?? 0, { locale })
  const title = `A period later ${of('acquaintance', 'friend')} of acquaintances are friends, ${of('acquaintance', 'stranger')} have lapsed`
  const height = (): number => 270
  const chart = {
    name,
    title,
    summary: `${moves.map((one) => `${one.from} to ${one.to}: ${formatRatio(one.share, { locale })} (${formatRatio(one.low, { locale })} to ${formatRatio(one.high, { locale })})`).join('; ')}.`,
  }
  return {
    ...chart,
    subtitle: 'From the class at the end of a period (down) to that a period later (across): share and 90 % interval',
    notes: classNames.filter((one) => seen(one) === 0).map((one) => `No move out of ${one} was seen: its row is the prior alone.`),
    table: {
      columns: [
        { name: 'from', title: 'From', type: 'text' },
        { name: 'to', title: 'To', type: 'text' },
        { name: 'customers', title: 'Moves seen', type: 'integer', unit: 'moves' },
        { name: 'share', title: 'Probability', type: 'ratio' },
        { name: 'low', title: 'Low', type: 'ratio' },
        { name: 'high', title: 'High', type: 'ratio' },
      ],
      rows: moves.map((one) => ({ ...one })),
    },
    empty: null,
    height,
    options: (frame) => options(chart, frame, height(), moves, context),
  }
}

function options(
  chart: Pick<Chart, 'name' | 'title' | 'summary'>,
  frame: ChartFrame,
  height: number,
  moves: Move[],
  { locale }: ChartContext,
): PlotOptions {
  const { theme, width } = frame
  const narrow = width < 520
  const short = (one: string): string => classTitle(one, narrow)
  const tone = (one: Move): string =>
    one.from === one.to
      ? theme.neutral
      : classNames.indexOf(one.to as never) > classNames.indexOf(one.from as never)
        ? theme.profit
        : theme.loss
  const range = (one: Move): string => `${formatCount(Math.round(100 * one.low), { locale })}–${formatShare(one.high, { locale })}`
  return {
    ...baseOptions(chart, frame, height),
    marginLeft: narrow ? 56 : 96,
    marginRight: 8,
    marginTop: 28,
    marginBottom: 8,
    x: { type: 'band', domain: [...classNames], padding: 0.04 },
    y: { type: 'band', domain: [...classNames], padding: 0.06 },
    marks: [
      axisX({ anchor: 'top', tickSize: 0, label: null, fill: theme.muted, tickFormat: short }),
      axisY({ tickSize: 0, label: null, fill: theme.muted, tickFormat: short }),
      cell(moves, { x: 'to', y: 'from', fill: tone, fillOpacity: (one: Move) => 0.06 + 0.5 * Math.sqrt(one.share) }),
      text(moves, {
        x: 'to',
        y: 'from',
        dy: -7,
        text: (one: Move) => formatShare(one.share, { locale }),
        fill: theme.text,
        fontWeight: 600,
      }),
      text(moves, { x: 'to', y: 'from', dy: 9, text: range, fill: theme.text, fontSize: narrow ? 9 : 11 }),
    ],
  }
}
