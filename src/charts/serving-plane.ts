import { axisX, axisY, dot, gridX, gridY, line, type PlotOptions, ruleX, ruleY, text } from '@observablehq/plot'
import { formatCount, formatMoney, formatRatio, formatShare } from '../shared/format.ts'
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
} from './chart.ts'

interface Point {
  id: string
  name: string
  type: string
  revenue: number
  profit: number
  cost: number
  margin: number
}

export interface ServingPlaneInput {
  /** Rows of `customer_serving`; the largest few thousand by revenue are enough to draw. */
  customers: Row[]
  /** Identified customers in all, where `customers` holds a part of them. */
  total?: number | undefined
  /** Rows of `serving_type`, for the cut. */
  types?: Row[] | undefined
}

/** Where the axes end: customers beyond stand at the edge, so that they do not flatten all others. */
export interface PlaneRange {
  cost: [number, number]
  margin: [number, number]
}

/**
 * The plane of Kaplan & Narayanan: net margin against cost-to-serve, both as shares of net revenue. The diagonal breaks even; above it
 * customers earn, below it they lose.
 */
export function servingPlane({ customers, total, types }: ServingPlaneInput, context: ChartContext): Chart {
  const name = 'serving-plane'
  const points = customers.flatMap((row): Point[] => {
    const [cost, margin, revenue, profit] = [row.cost_share, row.margin_share, row.net_revenue, row.customer_profit].map((cell) =>
      position(cell),
    )
    if (row.identified === false || cost === null || margin === null || revenue === null || profit === null) return []
    return [
      {
        id: textOf(row.customer_id),
        name: textOf(row.name) || textOf(row.customer_id),
        type: textOf(row.type),
        revenue,
        profit,
        cost: cost!,
        margin: margin!,
      },
    ]
  })
  if (points.length < 3) {
    return emptyChart(
      name,
      'Margin against cost-to-serve',
      'Too few customers with revenue, product cost and cost-to-serve.',
      'Load product cost and a ledger.',
    )
  }
  const all = total ?? points.length
  const losing = points.filter(({ profit }) => profit < 0)
  const cut = position(types?.[0]?.cost_cut) ?? null
  const range = rangeOf(points)
  const beyond = points.filter(({ cost, margin }) => cost > range.cost[1] || margin < range.margin[0] || margin > range.margin[1]).length
  const worst = [...losing].sort((a, b) => a.profit - b.profit)
  const title =
    losing.length === 0
      ? `All ${formatCount(points.length)} customers drawn stand above the diagonal: none costs more to serve than it brings`
      : `${formatCount(losing.length)} of ${formatCount(points.length)} customers stand below the diagonal: they cost more to serve than they bring`
  const money = (value: number) => formatMoney(value, context.currency, { compact: true, locale: context.locale })
  const summary =
    `${formatCount(points.length)} customers by cost-to-serve and net margin, both as shares of net revenue. ` +
    (cut === null ? '' : `Half of the revenue costs less than ${formatRatio(cut)} to serve. `) +
    (worst.length === 0
      ? 'None loses money.'
      : `Below the diagonal: ${worst
          .slice(0, 5)
          .map((one) => `${one.name} ${money(one.profit)}`)
          .join('; ')}.`)
  const height = (width: number): number => Math.round(Math.min(460, Math.max(300, width * 0.6)))
  const chart = { name, title, summary }
  const largest = [...points].sort((a, b) => b.revenue - a.revenue)
  return {
    ...chart,
    subtitle: 'Each customer by cost-to-serve and contribution, as shares of net revenue; the area of a dot is its gain or loss',
    notes: [
      ...(all > points.length
        ? [`Drawn: the ${formatCount(points.length)} largest by revenue of ${formatCount(all)}; the table below holds all.`]
        : []),
      ...(beyond > 0 ? [`${formatCount(beyond)} beyond the axes stand at the edge.`] : []),
    ],
    table: {
      columns: [
        { name: 'customer_id', title: 'Customer', type: 'text' },
        { name: 'name', title: 'Name', type: 'text' },
        { name: 'type', title: 'Type', type: 'text' },
        { name: 'net_revenue', title: 'Net revenue', type: 'money_sum' },
        { name: 'margin_share', title: 'Net margin', type: 'ratio' },
        { name: 'cost_share', title: 'Cost-to-serve', type: 'ratio' },
        { name: 'customer_profit', title: 'Customer profit', type: 'money_sum' },
      ],
      rows: [...worst.slice(0, 10), ...largest.filter((one) => one.profit >= 0).slice(0, 20)].map((one) => ({
        customer_id: one.id,
        name: one.name,
        type: one.type,
        net_revenue: String(one.revenue),
        margin_share: one.margin,
        cost_share: one.cost,
        customer_profit: String(one.profit),
      })),
    },
    empty: null,
    height,
    options: (frame) => planeOptions(chart, frame, height(frame.width), points, range, cut),
  }
}

function rangeOf(points: Point[]): PlaneRange {
  const costs = points.map(({ cost }) => cost).sort((a, b) => a - b)
  const margins = points.map(({ margin }) => margin).sort((a, b) => a - b)
  const at = (sorted: number[], p: number) => sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))]!
  const spread = (sorted: number[]) => Math.max(0.01, at(sorted, 0.95) - at(sorted, 0.05))
  return {
    cost: [0, Math.min(costs.at(-1)!, at(costs, 0.95) + 0.75 * spread(costs)) * 1.04],
    margin: [
      Math.min(0, Math.max(margins[0]!, at(margins, 0.05) - 1.5 * spread(margins))),
      Math.max(0.02, Math.min(margins.at(-1)!, at(margins, 0.95) + 1.5 * spread(margins)) * 1.04),
    ],
  }
}

function planeOptions(
  chart: Pick<Chart, 'name' | 'title' | 'summary'>,
  frame: ChartFrame,
  height: number,
  points: Point[],
  range: PlaneRange,
  cut: number | null,
): PlotOptions {
  const { theme, width } = frame
  const narrow = width < 520
  const into = (value: number, [low, high]: [number, number]) => Math.min(high, Math.max(low, value))
  const dots = points.map((one) => ({ ...one, x: into(one.cost, range.cost), y: into(one.margin, range.margin) }))
  const end = Math.min(range.cost[1], range.margin[1])
  const named = [
    ...[...dots]
      .filter(({ profit }) => profit < 0)
      .sort((a, b) => a.profit - b.profit)
      .slice(0, narrow ? 2 : 5),
    ...[...dots].sort((a, b) => b.revenue - a.revenue).slice(0, narrow ? 1 : 3),
  ].filter((one, i, list) => list.indexOf(one) === i)
  const kept: typeof named = []
  for (const one of named) {
    const free = kept.every(
      (other) =>
        (Math.abs(other.x - one.x) / (range.cost[1] - range.cost[0])) * width > 140 ||
        (Math.abs(other.y - one.y) / (range.margin[1] - range.margin[0])) * height > 18,
    )
    if (free) kept.push(one)
  }
  const percent = (value: number) => formatRatio(value, { digits: 0 })
  const fine = (value: number) => (range.cost[1] < 0.08 ? formatRatio(value, { digits: 1 }) : percent(value))
  return {
    ...baseOptions(chart, frame, height),
    marginLeft: narrow ? 44 : 52,
    marginRight: 20,
    marginTop: 28,
    marginBottom: 42,
    x: { domain: range.cost },
    y: { domain: range.margin, nice: true },
    r: { range: [1.5, narrow ? 11 : 16] },
    marks: [
      gridY({ stroke: theme.grid, strokeOpacity: 1, ticks: 6 }),
      gridX({ stroke: theme.grid, strokeOpacity: 1, ticks: 6 }),
      axisY({ ticks: 6, tickSize: 0, label: 'net margin, of net revenue', labelArrow: false, fill: theme.muted, tickFormat: percent }),
      axisX({
        ticks: narrow ? 4 : 8,
        tickSize: 4,
        stroke: theme.rule,
        fill: theme.muted,
        label: 'cost-to-serve, of net revenue',
        labelArrow: false,
        labelAnchor: 'center',
        tickFormat: fine,
      }),
      ruleY([0], { stroke: theme.rule }),
      cut === null ? null : ruleX([cut], { stroke: theme.rule, strokeDasharray: '2 4' }),
      cut === null || narrow
        ? null
        : text([{ x: cut, y: range.margin[1] }], {
            x: 'x',
            y: 'y',
            text: () => `half of revenue: ${formatShare(cut)}`,
            textAnchor: 'start',
            dx: 6,
            dy: -12,
            ...label(theme.muted, theme, 400),
          }),
      line(
        [
          { x: 0, y: 0 },
          { x: end, y: end },
        ],
        { x: 'x', y: 'y', stroke: theme.loss, strokeWidth: 1.5 },
      ),
      text([{ x: end, y: end }], {
        x: 'x',
        y: 'y',
        text: () => 'breaks even',
        textAnchor: 'end',
        dy: range.cost[1] < 0.5 * range.margin[1] ? -10 : 12,
        dx: -4,
        ...label(theme.lossText, theme, 400),
      }),
      dot(dots, {
        x: 'x',
        y: 'y',
        r: (one: (typeof dots)[number]) => Math.abs(one.profit),
        fill: (one: (typeof dots)[number]) => (one.profit < 0 ? theme.loss : theme.profit),
        fillOpacity: 0.5,
        stroke: theme.background,
        strokeWidth: 0.5,
      }),
      ...(['start', 'end'] as const).map((anchor) =>
        text(
          kept.filter(({ x }) => (x > (range.cost[0] + range.cost[1]) / 2 ? 'end' : 'start') === anchor),
          {
            x: 'x',
            y: 'y',
            text: (one: (typeof kept)[number]) => shorten(one.name, narrow ? 16 : 28),
            textAnchor: anchor,
            dx: anchor === 'end' ? -9 : 9,
            dy: -9,
            ...label(theme.text, theme, 500),
          },
        ),
      ),
    ],
  }
}
