import { areaY, axisX, axisY, dot, gridX, gridY, lineY, type PlotOptions, text } from '@observablehq/plot'
import { formatCount, formatNumber } from '../shared/format.ts'
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
  situation: number
  behaviour: number
  fit: string
  revenue: number
}

/** What each customer's situation asks for against how we trade with it. Rows of `exchange_position`. */
export function exchangeMap(rows: Row[], context: ChartContext): Chart {
  const name = 'exchange-map'
  const { locale } = context
  const points = rows.flatMap((row): Point[] => {
    const [situation, behaviour, revenue] = [row.situation, row.behaviour, row.revenue_year].map(position)
    return situation != null && behaviour != null
      ? [
          {
            name: textOf(row.name) || textOf(row.customer_id),
            situation,
            behaviour,
            fit: textOf(row.fit),
            revenue: Math.max(0, revenue ?? 0),
          },
        ]
      : []
  })
  if (points.length === 0)
    return emptyChart(
      name,
      'Exchange map',
      'No customer has scores of the six drivers.',
      'Load relationship attributes: six scores from 1 to 7 a customer.',
    )
  const count = (fit: string): number => points.filter((one) => one.fit === fit).length
  const title = `${formatCount(count('over-invested'), { locale })} customers get a closer exchange than they ask for, ${formatCount(count('under-invested'), { locale })} a looser one`
  const wrong = points.filter(({ fit }) => fit !== 'fit').sort((a, b) => b.revenue - a.revenue)
  const one = (value: number): string => formatNumber(value, { digits: 1, locale })
  const chart = {
    name,
    title,
    summary: `${formatCount(points.length, { locale })} scored customers. Mismatches: ${wrong.map((each) => `${each.name} asks for ${one(each.situation)}, gets ${one(each.behaviour)}`).join('; ') || 'none'}.`,
  }
  const height = (width: number): number => Math.round(Math.min(440, Math.max(300, width * 0.5)))
  return {
    ...chart,
    subtitle:
      'What the situation asks for (across) and how we trade now (up), 1 transactional to 7 collaborative; the band is a fit, area is revenue',
    notes: [],
    table: {
      columns: [
        { name: 'name', title: 'Customer', type: 'text' },
        { name: 'situation', title: 'Asks for', type: 'number', unit: 'points' },
        { name: 'behaviour', title: 'Gets', type: 'number', unit: 'points' },
        { name: 'fit', title: 'Fit', type: 'text' },
        { name: 'revenue', title: 'Net revenue', type: 'money_sum' },
      ],
      rows: [...wrong, ...points.filter(({ fit }) => fit === 'fit')].slice(0, 40).map((each) => ({ ...each })),
    },
    empty: null,
    height,
    options: (frame) => options(chart, frame, height(frame.width), points, wrong),
  }
}

function options(
  chart: Pick<Chart, 'name' | 'title' | 'summary'>,
  frame: ChartFrame,
  height: number,
  points: Point[],
  wrong: Point[],
): PlotOptions {
  const { theme, width } = frame
  const narrow = width < 520
  const named = wrong.slice(0, narrow ? 3 : 8)
  const ends = [1, 7]
  const tone = (one: Point): string =>
    one.fit === 'over-invested' ? theme.loss : one.fit === 'under-invested' ? theme.profit : theme.neutral
  return {
    ...baseOptions(chart, frame, height),
    marginLeft: 44,
    marginRight: 20,
    marginTop: 22,
    marginBottom: 42,
    x: { domain: [0.8, 7.2] },
    y: { domain: [0.8, 7.2], clamp: true },
    r: { range: [2, narrow ? 10 : 15] },
    marks: [
      areaY(ends, {
        x: (s: number) => s,
        y1: (s: number) => Math.max(0.8, s - 1.5),
        y2: (s: number) => Math.min(7.2, s + 1.5),
        fill: theme.band,
        clip: true,
      }),
      gridY([1, 4, 7], { stroke: theme.grid, strokeOpacity: 1 }),
      gridX([1, 4, 7], { stroke: theme.grid, strokeOpacity: 1 }),
      lineY(ends, { x: (s: number) => s, y: (s: number) => s, stroke: theme.rule, strokeDasharray: '4 3' }),
      axisY([1, 4, 7], { tickSize: 0, label: 'how we trade now', labelArrow: 'none', fill: theme.muted }),
      axisX([1, 4, 7], { tickSize: 0, label: 'what the situation asks for', labelArrow: 'none', labelAnchor: 'center', fill: theme.muted }),
      dot(points, {
        x: 'situation',
        y: 'behaviour',
        r: 'revenue',
        fill: tone,
        fillOpacity: 0.6,
        stroke: theme.background,
        strokeWidth: 0.5,
      }),
      ...(['start', 'end'] as const).map((anchor) =>
        text(
          named.filter((one) => (one.situation > 4 ? 'end' : 'start') === anchor),
          {
            x: 'situation',
            y: 'behaviour',
            text: (one: Point) => shorten(one.name, narrow ? 16 : 28),
            textAnchor: anchor,
            dx: anchor === 'end' ? -10 : 10,
            ...label(theme.text, theme, 500),
          },
        ),
      ),
    ],
  }
}
