import { areaY, axisX, axisY, dot, gridY, lineY, type PlotOptions, text } from '@observablehq/plot'
import { sumDecimals } from '../shared/decimal.ts'
import { formatCounted, formatMoney, formatRatio } from '../shared/format.ts'
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
  name: string
  volume: number
  given: number
  usual: number | null
  outlier: boolean
  stake: string | null
}

/** Who is given the discount of a size it does not have. Rows of `customer_discount` and `discount_curve`. */
export function discountVolume(customers: Row[], curve: Row[], context: ChartContext): Chart {
  const name = 'discount-volume'
  const points = customers.flatMap((row): Point[] => {
    const [volume, given] = [position(row.volume), position(row.discount)]
    if (volume === null || given === null || volume <= 0) return []
    return [
      {
        name: textOf(row.name),
        volume,
        given,
        usual: position(row.usual),
        outlier: row.outlier === true,
        stake: row.stake === null ? null : textOf(row.stake),
      },
    ]
  })
  if (points.length === 0)
    return emptyChart(
      name,
      'Discount against volume',
      'No customer bought goods with a price in the window.',
      'Import order lines with customers, products and amounts.',
    )
  const line = curve
    .map((row) => ({
      volume: position(row.volume)!,
      usual: position(row.usual)!,
      low: position(row.low)!,
      high: position(row.high)!,
      limit: position(row.limit)!,
    }))
    .sort((a, b) => a.volume - b.volume)
  const out = points.filter(({ outlier }) => outlier).sort((a, b) => Number(b.stake ?? 0) - Number(a.stake ?? 0))
  const stake = sumDecimals(out.map((one) => one.stake))
  const money = (value: string | number): string => formatMoney(String(value), context.currency, { compact: true, locale: context.locale })
  const title =
    line.length === 0
      ? `Too few customers to say which discount is usual at which volume`
      : out.length === 0
        ? 'No customer is given much more than is usual at its volume'
        : `${formatCounted(out.length, 'customer')} above the line ${out.length === 1 ? 'is' : 'are'} given ${money(stake)} more than is usual at ${out.length === 1 ? 'its' : 'their'} volume`
  const summary = `${formatCounted(points.length, 'customer')}; ${out
    .slice(0, 5)
    .map((one) => `${one.name} is given ${formatRatio(one.given)} where ${formatRatio(one.usual)} is usual, ${money(one.stake ?? '0')}`)
    .join('; ')}.`
  const chart = { name, title, summary }
  const height = (width: number): number => Math.round(Math.min(420, Math.max(280, width * 0.62)))
  return {
    ...chart,
    subtitle:
      'Each customer: what it was given off, on the invoice and after it, by volume at the reference price (logarithmic); line and band: usual at this volume, 90 % interval; dashes: beyond it a customer stands out',
    notes: ['A discount may have been bought by terms that the data does not show: longer contracts, larger drops, payment in advance.'],
    table: {
      columns: [
        { name: 'name', title: 'Customer', type: 'text' },
        { name: 'volume', title: 'Volume', type: 'money_sum' },
        { name: 'given', title: 'Given', type: 'ratio' },
        { name: 'usual', title: 'Usual', type: 'ratio' },
        { name: 'stake', title: 'At stake', type: 'money_sum' },
      ],
      rows: [...out, ...points.filter(({ outlier }) => !outlier).sort((a, b) => b.volume - a.volume)].map((one) => ({
        name: one.name,
        volume: String(one.volume),
        given: one.given,
        usual: one.usual,
        stake: one.stake,
      })),
    },
    empty: null,
    height,
    options: (frame) => discountOptions(chart, frame, height(frame.width), points, out, line, money),
  }
}

function discountOptions(
  chart: Pick<Chart, 'name' | 'title' | 'summary'>,
  frame: ChartFrame,
  height: number,
  points: Point[],
  out: Point[],
  line: { volume: number; usual: number; low: number; high: number; limit: number }[],
  money: (value: number) => string,
): PlotOptions {
  const { theme, width } = frame
  const narrow = width < 520
  const given = points.map((point) => point.given).sort((a, b) => a - b)
  // A few far below list would squeeze all others.
  const floor = Math.min(0, given[Math.floor(0.02 * given.length)]!)
  const top = Math.max(given[given.length - 1]!, ...line.map(({ limit }) => limit))
  const right = Math.max(...points.map(({ volume }) => volume))
  return {
    ...baseOptions(chart, frame, height),
    marginLeft: 48,
    marginRight: 24,
    marginTop: 16,
    marginBottom: 44,
    x: { type: 'log', label: null },
    y: { domain: [floor, Math.min(1, top * 1.05)], label: null, clamp: true },
    marks: [
      gridY({ stroke: theme.grid, strokeOpacity: 1, ticks: 5 }),
      axisY({ ticks: 5, tickSize: 0, label: null, fill: theme.muted, tickFormat: (value: number) => `${Math.round(100 * value)} %` }),
      axisX({
        ticks: narrow ? 3 : 5,
        tickSize: 0,
        label: 'volume at the reference price',
        labelArrow: 'none',
        labelAnchor: 'center',
        fill: theme.muted,
        tickFormat: (value: number) => (/^1e|^[125]0*$/.test(String(value)) ? money(value) : ''),
      }),
      line.length === 0 ? null : areaY(line, { x: 'volume', y1: 'low', y2: 'high', fill: theme.band, fillOpacity: 0.7 }),
      dot(
        points.filter(({ outlier }) => !outlier),
        { x: 'volume', y: 'given', r: points.length > 400 ? 2 : 3, fill: theme.neutral, fillOpacity: 0.7 },
      ),
      line.length === 0 ? null : lineY(line, { x: 'volume', y: 'usual', stroke: theme.profit, strokeWidth: 2 }),
      line.length === 0 ? null : lineY(line, { x: 'volume', y: 'limit', stroke: theme.loss, strokeWidth: 1, strokeDasharray: '4 3' }),
      dot(out, { x: 'volume', y: 'given', r: 4.5, fill: theme.loss, stroke: theme.background }),
      ...[out.slice(0, narrow ? 2 : 4)].flatMap((named) =>
        [true, false].map((before) =>
          text(
            named.filter(({ volume }) => volume > 0.2 * right === before),
            {
              x: 'volume',
              y: 'given',
              dx: before ? -9 : 9,
              textAnchor: before ? 'end' : 'start',
              text: (one: Point) => shorten(one.name, 24),
              ...label(theme.lossText, theme),
            },
          ),
        ),
      ),
    ],
  }
}
