import { axisX, axisY, cell, type PlotOptions, text } from '@observablehq/plot'
import { formatCount, formatShare } from '../shared/format.ts'
import { baseOptions, type Chart, type ChartContext, type ChartFrame, emptyChart, position, type Row, textOf } from './chart.ts'

interface Move {
  before: string
  now: string
  customers: number
  share: number
  low: number
  high: number
}

const names: Record<string, string> = {
  best: 'Best tenth',
  upper: 'Next 3 tenths',
  middle: 'Middle 3',
  low: 'Last 3 tenths',
  none: 'Did not buy',
}
const order = ['best', 'upper', 'middle', 'low', 'none']

/** Where customers of each class stood a period later. Rows of `tier_move`. */
export function tierMoves(rows: Row[], context: ChartContext): Chart {
  const name = 'tier-moves'
  const moves = rows.flatMap((row): Move[] => {
    const [customers, share, low, high] = [row.customers, row.share, row.share_low, row.share_high].map(position)
    if (share === null || share === undefined || customers === null) return []
    return [
      { before: textOf(row.tier_before), now: textOf(row.tier_now), customers: customers ?? 0, share, low: low ?? 0, high: high ?? 1 },
    ]
  })
  const up = moves.find((one) => one.before === 'low' && one.now === 'best')
  const stay = moves.find((one) => one.before === 'best' && one.now === 'best')
  if (!up || !stay)
    return emptyChart(name, 'How customers rose and fell', 'There are no two periods to compare.', 'Import orders that reach further back.')
  const share = (value: number): string => formatShare(value, { locale: context.locale })
  const title = `${share(up.share)} of the lowest rose to the best tenth; ${share(stay.share)} of the best stayed there`
  const height = (): number => 260
  const chart = {
    name,
    title,
    summary: `${moves.map((one) => `${names[one.before]} to ${names[one.now]}: ${share(one.share)}`).join('; ')}.`,
  }
  return {
    ...chart,
    subtitle: 'Customers by class in the previous period (down) and in the current one (across), as shares of the class before',
    notes: ['Classes by profit measure among those who bought in the period. The table gives 90 % intervals.'],
    table: {
      columns: [
        { name: 'before', title: 'Before', type: 'text' },
        { name: 'now', title: 'Now', type: 'text' },
        { name: 'customers', title: 'Customers', type: 'integer', unit: 'customers' },
        { name: 'share', title: 'Share', type: 'ratio' },
        { name: 'low', title: 'Low', type: 'ratio' },
        { name: 'high', title: 'High', type: 'ratio' },
      ],
      rows: moves.map((one) => ({ ...one, before: names[one.before]!, now: names[one.now]! })),
    },
    empty: null,
    height,
    options: (frame) => moveOptions(chart, frame, height(), moves, share, context),
  }
}

function moveOptions(
  chart: Pick<Chart, 'name' | 'title' | 'summary'>,
  frame: ChartFrame,
  height: number,
  moves: Move[],
  share: (value: number) => string,
  context: ChartContext,
): PlotOptions {
  const { theme, width } = frame
  const narrow = width < 520
  const short = (tier: string): string =>
    narrow ? { best: 'Best', upper: 'Upper', middle: 'Middle', low: 'Low', none: 'None' }[tier]! : names[tier]!
  return {
    ...baseOptions(chart, frame, height),
    marginLeft: narrow ? 52 : 100,
    marginRight: 8,
    marginTop: 28,
    marginBottom: 8,
    x: { type: 'band', domain: order, padding: 0.04 },
    y: { type: 'band', domain: order.slice(0, -1), padding: 0.06 },
    marks: [
      axisX({ anchor: 'top', tickSize: 0, label: null, fill: theme.muted, tickFormat: short }),
      axisY({ tickSize: 0, label: null, fill: theme.muted, tickFormat: short }),
      cell(moves, {
        x: 'now',
        y: 'before',
        fill: (one: Move) => (one.now === 'none' ? theme.neutral : theme.profit),
        fillOpacity: (one: Move) => (one.now === 'none' ? 0.4 : 0.9) * one.share + 0.05,
      }),
      text(moves, {
        x: 'now',
        y: 'before',
        text: (one: Move) => (narrow ? share(one.share) : `${share(one.share)}\n${formatCount(one.customers, { locale: context.locale })}`),
        fill: (one: Move) => (one.now !== 'none' && one.share > 0.65 ? theme.background : theme.text),
        fontWeight: 600,
      }),
    ],
  }
}
