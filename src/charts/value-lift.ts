import { axisX, axisY, barY, dot, gridY, lineY, type PlotOptions, ruleY, text, tickY } from '@observablehq/plot'
import { formatCount, formatNumber, formatShare } from '../shared/format.ts'
import { baseOptions, type Chart, type ChartContext, type ChartFrame, emptyChart, label, position, type Row } from './chart.ts'

interface Group {
  tenth: number
  customers: number
  expected: number
  actual: number
  expectedBuyers: number
  buyers: number
}

const nothing = 'No model could be tried on a part of the data.'
const next = 'Import orders with customer ids over at least half a year, better two years.'

function groupsOf(rows: Row[], grouping: string): Group[] {
  return rows
    .flatMap((row): Group[] => {
      if (row.chosen !== true || row.grouping !== grouping) return []
      const values = [row.tenth, row.customers, row.expected, row.actual, row.expected_buyers, row.buyers].map(position)
      if (values.some((value) => value === null)) return []
      const [tenth, customers, expected, actual, expectedBuyers, buyers] = values as [number, number, number, number, number, number]
      return customers > 0 ? [{ tenth, customers, expected, actual, expectedBuyers, buyers }] : []
    })
    .sort((a, b) => a.tenth - b.tenth)
}

const height = (width: number): number => Math.round(Math.min(340, Math.max(240, width * 0.5)))

/** Held-out purchases per customer by tenth of the customers as the chosen model ranked them. Rows of `value_lift`. */
export function valueLift(rows: Row[], context: ChartContext): Chart {
  const name = 'value-lift'
  const { locale } = context
  const groups = groupsOf(rows, 'expected')
  const total = groups.reduce((sum, { actual }) => sum + actual, 0)
  if (total === 0) return emptyChart(name, 'Held-out purchases by tenth of customers', nothing, next)
  const customers = groups.reduce((sum, group) => sum + group.customers, 0)
  const best = groups[0]!
  const lift = best.actual / best.customers / (total / customers)
  const title = `The tenth ranked highest made ${formatShare(best.actual / total, { locale })} of the held-out purchases, ${formatNumber(lift, { digits: 1, locale })} times its share`
  const each = (value: number, of: number): string => formatNumber(value / of, { digits: 2, locale })
  const chart = {
    name,
    title,
    summary: `${groups.map((group) => `Tenth ${group.tenth}: ${each(group.actual, group.customers)} each came, ${each(group.expected, group.customers)} expected`).join('; ')}.`,
  }
  const points = groups.map((group) => ({
    tenth: group.tenth,
    customers: group.customers,
    actual: group.actual / group.customers,
    expected: group.expected / group.customers,
  }))
  return {
    ...chart,
    subtitle:
      'Purchases per customer in the held-out weeks, by tenth of customers as the model ranked them: actual (bars) and expected (blue lines)',
    notes: [
      '1 is the tenth with the most expected purchases. Customers of equal history stay together, so tenths differ a little in size.',
    ],
    table: {
      columns: [
        { name: 'tenth', title: 'Tenth', type: 'integer' },
        { name: 'customers', title: 'Customers', type: 'integer', unit: 'customers' },
        { name: 'actual', title: 'Actual each', type: 'number', unit: 'purchases' },
        { name: 'expected', title: 'Expected each', type: 'number', unit: 'purchases' },
      ],
      rows: points,
    },
    empty: null,
    height,
    options: (frame) => liftOptions(chart, frame, points),
  }
}

function liftOptions(
  chart: Pick<Chart, 'name' | 'title' | 'summary'>,
  frame: ChartFrame,
  points: { tenth: number; actual: number; expected: number }[],
): PlotOptions {
  const { theme } = frame
  return {
    ...baseOptions(chart, frame, height(frame.width)),
    marginLeft: 40,
    marginRight: 20,
    marginTop: 16,
    marginBottom: 40,
    x: { type: 'band', domain: Array.from({ length: 10 }, (_, i) => i + 1), padding: 0.25 },
    y: { nice: true, zero: true },
    marks: [
      gridY({ stroke: theme.grid, strokeOpacity: 1, ticks: 5 }),
      axisY({ ticks: 5, tickSize: 0, label: null, fill: theme.muted }),
      axisX({ tickSize: 0, label: 'tenth of customers, best first', labelArrow: 'none', labelAnchor: 'center', fill: theme.muted }),
      barY(points, { x: 'tenth', y: 'actual', fill: theme.neutral }),
      tickY(points, { x: 'tenth', y: 'expected', stroke: theme.profit, strokeWidth: 3 }),
      ruleY([0], { stroke: theme.rule }),
    ],
  }
}

/** Whether chances hold: of customers told to buy with 30 %, did 30 % buy? Rows of `value_lift`. */
export function valueChances(rows: Row[], context: ChartContext): Chart {
  const name = 'value-chances'
  const { locale } = context
  const groups = groupsOf(rows, 'chance')
  const customers = groups.reduce((sum, group) => sum + group.customers, 0)
  if (customers === 0) return emptyChart(name, 'Chance to buy, told and come true', nothing, next)
  const gap = groups.reduce((sum, group) => sum + Math.abs(group.expectedBuyers - group.buyers), 0) / customers
  const title = `Chances to buy were off by ${formatNumber(100 * gap, { digits: 1, locale })} points on average`
  const points = groups.map((group) => ({
    told: group.expectedBuyers / group.customers,
    came: group.buyers / group.customers,
    customers: group.customers,
    // Two standard errors of a share.
    low: Math.max(0, group.buyers / group.customers - error(group)),
    high: Math.min(1, group.buyers / group.customers + error(group)),
  }))
  const percent = (value: number): string => formatShare(value, { locale })
  const chart = {
    name,
    title,
    summary: `${points.map((point) => `told ${percent(point.told)}, ${percent(point.came)} of ${formatCount(point.customers, { locale })} customers bought`).join('; ')}.`,
  }
  return {
    ...chart,
    subtitle: 'Share of customers who bought in the held-out weeks against the chance that the model gave them; on the line chances hold',
    notes: ['Bars are two standard errors; larger dots are more customers.'],
    table: {
      columns: [
        { name: 'told', title: 'Chance told', type: 'ratio' },
        { name: 'came', title: 'Share who bought', type: 'ratio' },
        { name: 'customers', title: 'Customers', type: 'integer', unit: 'customers' },
      ],
      rows: points.map(({ told, came, customers: count }) => ({ told, came, customers: count })),
    },
    empty: null,
    height,
    options: (frame) => chanceOptions(chart, frame, points, percent),
  }
}

const error = ({ buyers, customers }: Group): number => {
  const share = (buyers + 1) / (customers + 2)
  return 2 * Math.sqrt((share * (1 - share)) / customers)
}

function chanceOptions(
  chart: Pick<Chart, 'name' | 'title' | 'summary'>,
  frame: ChartFrame,
  points: { told: number; came: number; customers: number; low: number; high: number }[],
  percent: (value: number) => string,
): PlotOptions {
  const { theme } = frame
  const largest = Math.max(...points.map(({ customers }) => customers))
  const diagonal = [
    { told: 0, came: 0 },
    { told: 1, came: 1 },
  ]
  return {
    ...baseOptions(chart, frame, height(frame.width)),
    marginLeft: 48,
    marginRight: 24,
    marginTop: 16,
    marginBottom: 40,
    x: { domain: [0, 1] },
    y: { domain: [0, 1] },
    marks: [
      gridY({ stroke: theme.grid, strokeOpacity: 1, ticks: 5 }),
      axisY({ ticks: 5, tickSize: 0, label: null, fill: theme.muted, tickFormat: percent }),
      axisX({
        ticks: 5,
        tickSize: 0,
        label: 'chance told',
        labelArrow: 'none',
        labelAnchor: 'center',
        fill: theme.muted,
        tickFormat: percent,
      }),
      lineY(diagonal, { x: 'told', y: 'came', stroke: theme.rule, strokeDasharray: '3 4' }),
      ...points.map((point) =>
        lineY([point.low, point.high], { x: () => point.told, y: (value: number) => value, stroke: theme.profit, strokeWidth: 1.5 }),
      ),
      dot(points, {
        x: 'told',
        y: 'came',
        r: (point: { customers: number }) => 3 + 5 * Math.sqrt(point.customers / largest),
        fill: theme.profit,
        stroke: theme.background,
      }),
      text([{ told: 0.86, came: 0.8 }], {
        x: 'told',
        y: 'came',
        text: () => 'as told',
        textAnchor: 'start',
        ...label(theme.muted, theme, 400),
      }),
      ruleY([0], { stroke: theme.rule }),
    ],
  }
}
