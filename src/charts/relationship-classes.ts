import { axisX, barX, gridX, type PlotOptions, ruleX, text } from '@observablehq/plot'
import { ratioOf, sumDecimals } from '../shared/decimal.ts'
import { formatCount, formatMoney, formatShare } from '../shared/format.ts'
import { baseOptions, type Chart, type ChartContext, type ChartFrame, decimalOf, emptyChart, position, type Row, textOf } from './chart.ts'

/** Classes of relationship, loosest first. */
export const classNames = ['stranger', 'acquaintance', 'friend', 'partner'] as const

const shortNames: Record<string, string> = { stranger: 'Strang.', acquaintance: 'Acqu.', friend: 'Friend', partner: 'Partner' }

export const classTitle = (name: string, narrow = false): string =>
  narrow ? (shortNames[name] ?? name) : `${name.charAt(0).toUpperCase()}${name.slice(1)}s`

interface Share {
  class: string
  customers: number
  profit: string
  portfolio: string
  customerShare: number
  profitShare: number
  valueShare: number
}

/** How many customers each class has, and what they bring and are worth. Rows of `class_value` of all segments together. */
export function relationshipClasses(values: Row[], context: ChartContext): Chart {
  const name = 'relationship-classes'
  const { locale, currency } = context
  const rows = values.filter((row) => row.class !== 'new')
  const customers = rows.reduce((sum, row) => sum + (position(row.customers) ?? 0), 0)
  const profitOf = (row: Row): string => decimalOf(row.measure_year) ?? '0'
  const allProfit = sumDecimals(rows.map((row) => profitOf(row)))
  const allValue = sumDecimals(rows.map((row) => decimalOf(row.portfolio) ?? '0'))
  if (customers === 0)
    return emptyChart(
      name,
      'Classes of relationship',
      'No class could be told.',
      'Import orders with customer ids over at least three months.',
    )
  const shares = rows.map(
    (row): Share => ({
      class: textOf(row.class),
      customers: position(row.customers) ?? 0,
      profit: profitOf(row),
      portfolio: decimalOf(row.portfolio) ?? '0',
      customerShare: (position(row.customers) ?? 0) / customers,
      profitShare: ratioOf(profitOf(row), allProfit) ?? 0,
      valueShare: ratioOf(decimalOf(row.portfolio) ?? '0', allValue) ?? 0,
    }),
  )
  const close = shares.filter((one) => one.class === 'friend' || one.class === 'partner')
  const add = (pick: (one: Share) => number): number => close.reduce((sum, one) => sum + pick(one), 0)
  const title = `Friends and partners are ${formatShare(
    add((one) => one.customerShare),
    { locale },
  )} of the customers and ${formatShare(
    add((one) => one.profitShare),
    { locale },
  )} of the profit`
  const money = (value: string): string => formatMoney(value, currency, { compact: true, locale })
  const chart = {
    name,
    title,
    summary: `${shares.map((one) => `${classTitle(one.class)}: ${formatCount(one.customers, { locale })} customers, ${money(one.profit)} of profit in 12 months, worth ${money(one.portfolio)}`).join('; ')}.`,
  }
  const height = (): number => 300
  return {
    ...chart,
    subtitle:
      'Share of customers (grey), of the profit of the last 12 months (blue) and of the portfolio lifetime value (outlined), by class',
    notes: [],
    table: {
      columns: [
        { name: 'class', title: 'Class', type: 'text' },
        { name: 'customers', title: 'Customers', type: 'integer', unit: 'customers' },
        { name: 'customerShare', title: 'Share of customers', type: 'ratio' },
        { name: 'profit', title: 'Profit, 12 months', type: 'money_sum' },
        { name: 'profitShare', title: 'Share of profit', type: 'ratio' },
        { name: 'portfolio', title: 'Value', type: 'money' },
        { name: 'valueShare', title: 'Share of value', type: 'ratio' },
      ],
      rows: shares.map((one) => ({ ...one, class: classTitle(one.class) })),
    },
    empty: null,
    height,
    options: (frame) => options(chart, frame, height(), shares, context),
  }
}

function options(
  chart: Pick<Chart, 'name' | 'title' | 'summary'>,
  frame: ChartFrame,
  height: number,
  shares: Share[],
  { locale, currency }: ChartContext,
): PlotOptions {
  const { theme, width } = frame
  const narrow = width < 520
  const money = (value: string): string => formatMoney(value, currency, { compact: true, locale })
  const bars = shares.flatMap((one) => [
    {
      class: one.class,
      what: 'customers',
      share: one.customerShare,
      label: formatCount(one.customers, { locale }),
      fill: theme.neutral,
      stroke: 'none',
    },
    {
      class: one.class,
      what: 'profit',
      share: one.profitShare,
      label: money(one.profit),
      fill: one.profitShare < 0 ? theme.loss : theme.profit,
      stroke: 'none',
    },
    {
      class: one.class,
      what: 'value',
      share: one.valueShare,
      label: money(one.portfolio),
      fill: theme.background,
      stroke: one.valueShare < 0 ? theme.loss : theme.profit,
    },
  ])
  const largest = Math.max(...bars.map(({ share }) => share))
  return {
    ...baseOptions(chart, frame, height),
    marginLeft: narrow ? 56 : 100,
    marginRight: 12,
    marginTop: 8,
    marginBottom: 30,
    x: { domain: [Math.min(0, ...bars.map(({ share }) => share)), largest * (narrow ? 1.4 : 1.22)] },
    y: { type: 'band', domain: ['customers', 'profit', 'value'], axis: null, padding: 0.12 },
    fy: { domain: [...classNames], padding: 0.16, label: null, axis: null },
    marks: [
      gridX({ stroke: theme.grid, strokeOpacity: 1, ticks: 4 }),
      axisX({ ticks: 4, tickSize: 0, label: null, fill: theme.muted, tickFormat: (value: number) => formatShare(value, { locale }) }),
      barX(bars, { x: 'share', y: 'what', fy: 'class', fill: 'fill', stroke: 'stroke', strokeWidth: 1.5 }),
      text(bars, {
        x: (one: (typeof bars)[number]) => Math.max(0, one.share),
        y: 'what',
        fy: 'class',
        text: 'label',
        textAnchor: 'start',
        dx: 5,
        fill: theme.text,
      }),
      text(
        classNames.map((one) => ({ class: one })),
        {
          fy: 'class',
          frameAnchor: 'left',
          dx: narrow ? -52 : -94,
          text: (one: { class: string }) => classTitle(one.class, narrow),
          textAnchor: 'start',
          fill: theme.text,
          fontWeight: 600,
        },
      ),
      ruleX([0], { stroke: theme.rule }),
    ],
  }
}
