import { axisX, axisY, dot, gridX, gridY, type PlotOptions, text } from '@observablehq/plot'
import { formatCount, formatMoney, formatRatio } from '../shared/format.ts'
import {
  baseOptions,
  type Chart,
  type ChartContext,
  type ChartFrame,
  emptyChart,
  label,
  measureWord,
  position,
  type Row,
  shorten,
  textOf,
} from './chart.ts'

interface Customer {
  id: string
  name: string
  class: string
  revenue: number
  measure: number
  strength: number
}

/** Size, strength and profit of each relationship. Rows of `customer_relationship`; the largest few thousand are enough. */
export function relationshipMap(rows: Row[], context: ChartContext): Chart {
  const name = 'relationship-map'
  const { locale, currency } = context
  const customers = rows.flatMap((row): Customer[] => {
    const [revenue, measure, strength] = [row.revenue_year, row.measure_year, row.strength].map(position)
    return revenue != null && revenue > 0 && measure != null && strength != null
      ? [
          {
            id: textOf(row.customer_id),
            name: textOf(row.name) || textOf(row.customer_id),
            class: textOf(row.class),
            revenue,
            measure,
            strength,
          },
        ]
      : []
  })
  if (customers.length < 3)
    return emptyChart(
      name,
      'Size, strength and profit',
      'Too few customers with revenue in the last 12 months and a class.',
      'Import more recent orders.',
    )
  const sizes = customers.map(({ revenue }) => revenue).sort((a, b) => a - b)
  const big = sizes[Math.floor(sizes.length * 0.8)]!
  const loose = customers.filter((one) => one.revenue >= big && one.strength < 0.45)
  const all = customers.filter((one) => one.revenue >= big)
  const money = (value: number): string => formatMoney(value, currency, { compact: true, locale })
  const title = `${formatCount(loose.length, { locale })} of the ${formatCount(all.length, { locale })} largest customers are no more than acquaintances`
  const top = [...customers].sort((a, b) => b.revenue - a.revenue).slice(0, 10)
  const chart = {
    name,
    title,
    summary: `${formatCount(customers.length, { locale })} customers. The ten largest: ${top.map((one) => `${one.name}, ${one.class}, strength ${formatRatio(one.strength, { locale })}, ${money(one.revenue)} of revenue, ${money(one.measure)} of ${measureWord(context)}`).join('; ')}.`,
  }
  const height = (width: number): number => Math.round(Math.min(460, Math.max(300, width * 0.5)))
  return {
    ...chart,
    subtitle: `Each customer by net revenue of 12 months (log scale) and strength of the relationship; area is ${measureWord(context)}, orange a loss`,
    notes: [],
    table: {
      columns: [
        { name: 'name', title: 'Customer', type: 'text' },
        { name: 'class', title: 'Class', type: 'text' },
        { name: 'strength', title: 'Strength', type: 'ratio' },
        { name: 'revenue', title: 'Net revenue', type: 'money_sum' },
        { name: 'measure', title: 'Profit', type: 'money_sum' },
      ],
      rows: top.map((one) => ({ name: one.name, class: one.class, strength: one.strength, revenue: one.revenue, measure: one.measure })),
    },
    empty: null,
    height,
    options: (frame) => options(chart, frame, height(frame.width), customers, loose, context),
  }
}

function options(
  chart: Pick<Chart, 'name' | 'title' | 'summary'>,
  frame: ChartFrame,
  height: number,
  customers: Customer[],
  loose: Customer[],
  context: ChartContext,
): PlotOptions {
  const { theme, width } = frame
  const narrow = width < 520
  const low = Math.min(...customers.map(({ revenue }) => revenue)) / 1.3
  const high = Math.max(...customers.map(({ revenue }) => revenue)) * 1.3
  // Many customers share a strength; a little scatter by position keeps them apart without moving them to another class.
  const dots = customers.map((one, i) => ({ ...one, y: one.strength + (((i * 7919) % 101) / 101 - 0.5) * 0.05 }))
  const spaced: typeof dots = []
  for (const one of [...dots]
    .filter((each) => loose.some(({ id }) => id === each.id) || each.measure < 0)
    .sort((a, b) => b.revenue - a.revenue)) {
    if (spaced.length >= (narrow ? 2 : 5)) break
    if (
      spaced.every(
        (other) => Math.abs(Math.log(other.revenue / one.revenue)) > Math.log(high / low) * 0.16 || Math.abs(other.y - one.y) > 0.06,
      )
    )
      spaced.push(one)
  }
  const middle = Math.sqrt(low * high)
  return {
    ...baseOptions(chart, frame, height),
    marginLeft: narrow ? 62 : 104,
    marginRight: 20,
    marginTop: 14,
    marginBottom: 42,
    x: { type: 'log', domain: [low, high] },
    y: { domain: [-0.06, 1.06] },
    r: { range: [0, narrow ? 11 : 16] },
    marks: [
      gridY([0, 1 / 3, 2 / 3, 1], { stroke: theme.grid, strokeOpacity: 1 }),
      gridX({ stroke: theme.grid, strokeOpacity: 1, ticks: 5 }),
      axisY([0, 1 / 3, 2 / 3, 1], {
        tickSize: 0,
        label: null,
        fill: theme.muted,
        tickFormat: (_: number, i: number) =>
          (narrow ? ['Strang.', 'Acqu.', 'Friend', 'Partner'] : ['Stranger', 'Acquaintance', 'Friend', 'Partner'])[i]!,
      }),
      axisX({
        ticks: narrow ? 3 : 5,
        tickSize: 4,
        stroke: theme.rule,
        fill: theme.muted,
        label: `net revenue of 12 months, ${context.currency}`,
        labelArrow: 'none',
        labelAnchor: 'center',
        tickFormat: (value: number) => formatMoney(value, context.currency, { compact: true, trim: true, locale: context.locale }),
      }),
      dot(dots, {
        x: 'revenue',
        y: 'y',
        r: (one: Customer) => Math.abs(one.measure),
        fill: (one: Customer) => (one.measure < 0 ? theme.loss : theme.profit),
        fillOpacity: 0.5,
        stroke: theme.background,
        strokeWidth: 0.5,
      }),
      ...(['start', 'end'] as const).map((anchor) =>
        text(
          spaced.filter((one) => (one.revenue > middle ? 'end' : 'start') === anchor),
          {
            x: 'revenue',
            y: 'y',
            text: (one: Customer) => shorten(one.name, narrow ? 16 : 28),
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
