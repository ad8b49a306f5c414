import { axisX, axisY, dot, gridY, lineY, type PlotOptions, ruleY, text } from '@observablehq/plot'
import { formatMoney, formatRatio, formatShare } from '../shared/format.ts'
import { baseOptions, type Chart, type ChartContext, type ChartFrame, emptyChart, position, type Row, textOf } from './chart.ts'

interface Curve {
  layer: string
  title: string
  points: { share: number; height: number; rank: number }[]
}

const titles: Record<string, string> = {
  contribution: 'contribution',
  customer_profit: 'after cost-to-serve',
  after_acquisition: 'after acquisition cost',
  group_profit: 'by group',
}

/** Whale curves of several layers on one ground: what cost-to-serve takes away, and from whom. Rows of `profit_curve`. */
export function layerCurves(rows: Row[], context: ChartContext): Chart {
  const name = 'layer-curves'
  const curves = ['contribution', 'customer_profit', 'after_acquisition'].flatMap((layer): Curve[] => {
    const points = rows
      .filter((row) => row.layer === layer)
      .flatMap((row) => {
        const [share, height, rank] = [position(row.customer_share), position(row.cumulative), position(row.rank)]
        return share === null || height === null || rank === null ? [] : [{ share, height, rank }]
      })
      .sort((a, b) => a.rank - b.rank)
    return points.length < 3
      ? []
      : [{ layer, title: titles[layer] ?? textOf(layer), points: [{ share: 0, height: 0, rank: 0 }, ...points] }]
  })
  if (curves.length === 0)
    return emptyChart(name, 'Whale curves', 'Too few customers with product cost and cost-to-serve.', 'Load product cost and a ledger.')
  const money = (value: number) => formatMoney(value, context.currency, { compact: true, locale: context.locale })
  const told = curves.map((curve) => {
    const peak = curve.points.reduce((best, point) => (point.height > best.height ? point : best))
    const end = curve.points.at(-1)!
    return { ...curve, peak, end, lost: peak.height - end.height }
  })
  const [before, after] = [told[0]!, told.find(({ layer }) => layer === 'customer_profit') ?? told.at(-1)!]
  const title =
    before === after
      ? `The curve rises to ${money(after.peak.height)} and ends at ${money(after.end.height)}`
      : `After cost-to-serve the curve peaks at ${formatShare(after.peak.share)} of customers and gives ${money(after.lost)} back, before at ${formatShare(before.peak.share)} and ${money(before.lost)}`
  const height = (width: number): number => Math.round(Math.min(420, Math.max(270, width * 0.52)))
  const chart = {
    name,
    title,
    summary: told
      .map(
        (one) =>
          `${one.title}: rises to ${money(one.peak.height)} at ${formatShare(one.peak.share)} of customers, ends at ${money(one.end.height)}`,
      )
      .join('; ')
      .concat('.'),
  }
  const percents = [0.01, 0.05, ...Array.from({ length: 10 }, (_, i) => (i + 1) / 10)]
  return {
    ...chart,
    subtitle: `Cumulative profit in ${context.currency}, identified customers from best to worst of each layer`,
    notes: [],
    table: {
      columns: [
        { name: 'customer_share', title: 'Share of customers', type: 'ratio' },
        ...told.map(({ layer, title: one }) => ({ name: layer, title: one.charAt(0).toUpperCase() + one.slice(1), type: 'money_sum' })),
      ],
      rows: percents.map((share) => ({
        customer_share: share,
        ...Object.fromEntries(
          told.map(({ layer, points }) => [layer, String(points.find((point) => point.share >= share - 1e-12)?.height ?? '')]),
        ),
      })),
    },
    empty: null,
    height,
    options: (frame) => curveOptions(chart, frame, height(frame.width), told, context),
  }
}

function curveOptions(
  chart: Pick<Chart, 'name' | 'title' | 'summary'>,
  frame: ChartFrame,
  height: number,
  curves: (Curve & { peak: { share: number; height: number }; end: { share: number; height: number } })[],
  context: ChartContext,
): PlotOptions {
  const { theme, width } = frame
  const narrow = width < 520
  const colours = [theme.neutral, theme.profit, theme.loss]
  const inks = [theme.muted, theme.profitText, theme.lossText]
  const top = Math.max(...curves.map(({ peak }) => peak.height))
  const bottom = Math.min(0, ...curves.flatMap(({ points }) => points.map((point) => point.height)))
  // Labels at the right end, pushed apart where curves end close to each other.
  const ends = curves.map((curve, i) => ({ x: 1, y: curve.end.height, text: curve.title, i })).sort((a, b) => b.y - a.y)
  const gap = ((top - bottom) * 18) / Math.max(1, height - 76)
  for (let i = 1; i < ends.length; i++) ends[i]!.y = Math.min(ends[i]!.y, ends[i - 1]!.y - gap)
  return {
    ...baseOptions(chart, frame, height),
    marginLeft: narrow ? 56 : 68,
    marginRight: narrow ? 24 : 150,
    marginTop: 20,
    marginBottom: 40,
    x: { domain: [0, 1] },
    y: { nice: true, domain: [bottom, top] },
    marks: [
      gridY({ stroke: theme.grid, strokeOpacity: 1, ticks: 5 }),
      axisY({
        ticks: 5,
        tickSize: 0,
        label: null,
        fill: theme.muted,
        tickFormat: (value: number) => formatMoney(value, context.currency, { compact: true, trim: true, locale: context.locale }),
      }),
      axisX({
        ticks: narrow ? 4 : 10,
        tickSize: 4,
        tickFormat: (value: number) => formatRatio(value, { digits: 0 }),
        label: 'share of customers, best first',
        labelArrow: false,
        labelAnchor: 'center',
        fill: theme.muted,
        stroke: theme.rule,
      }),
      ruleY([0], { stroke: theme.rule }),
      ...curves.flatMap((curve, i) => [
        lineY(curve.points, {
          x: 'share',
          y: 'height',
          stroke: colours[i] ?? theme.neutral,
          strokeWidth: 2.5,
          ...(i === 0 ? { strokeDasharray: '5 3' } : {}),
        }),
        dot([curve.peak], { x: 'share', y: 'height', r: 4, fill: colours[i] ?? theme.neutral, stroke: theme.background }),
      ]),
      text(ends, {
        x: 'x',
        y: 'y',
        text: 'text',
        textAnchor: narrow ? 'end' : 'start',
        dx: narrow ? -4 : 8,
        dy: narrow ? 14 : 0,
        fill: (one: (typeof ends)[number]) => inks[one.i] ?? theme.muted,
        fontWeight: 600,
        stroke: theme.background,
        strokeWidth: 4,
      }),
    ],
  }
}
