import { axisX, axisY, dot, gridX, gridY, type PlotOptions, ruleY, text } from '@observablehq/plot'
import { compareDecimals, ratioOf, signOf, subtractDecimals, sumDecimals } from '../shared/decimal.ts'
import { formatCount, formatMoney, formatRatio } from '../shared/format.ts'
import {
  baseOptions,
  type Chart,
  type ChartContext,
  type ChartFrame,
  decimalOf,
  emptyChart,
  label,
  position,
  type Row,
  shorten,
  textOf,
} from './chart.ts'

interface Customer {
  id: string
  name: string
  revenue: string
  measure: string
  margin: number
  rank: number | null
  revenueRank: number | null
}

export interface SizeProfitInput {
  /** Rows of `customer_profit`; the largest few thousand are enough. */
  customers: Row[]
  /** All identified customers, where `customers` holds only part of them. */
  total?: number | undefined
  /** Contribution margin of the whole portfolio; worked out from `customers` where it is not given. */
  portfolioMargin?: number | undefined
}

/** Are the big customers the best or the worst? Each customer by net revenue and by contribution margin. */
export function sizeProfit(input: SizeProfitInput, context: ChartContext): Chart {
  const name = 'size-profit'
  const title = 'Are the big ones the best or the worst?'
  if (context.measure !== 'contribution') {
    return emptyChart(
      name,
      title,
      'Without product cost, profit is revenue: size and rank are the same.',
      'Load product cost: a cost per product or a cost column in the order lines.',
    )
  }
  const customers = readCustomers(input.customers)
  if (customers.length < 3)
    return emptyChart(
      name,
      title,
      'Too few customers with revenue and known cost.',
      'Import order lines that name their customer and product cost.',
    )
  const total = input.total ?? customers.length
  const portfolio =
    input.portfolioMargin ??
    ratioOf(sumDecimals(customers.map((customer) => customer.measure)), sumDecimals(customers.map((customer) => customer.revenue))) ??
    0
  const finding = findExtremes(customers, total)
  const largest = [...customers].sort((a, b) => compareDecimals(b.revenue, a.revenue)).slice(0, 10)
  const summary =
    `${formatCount(customers.length)} customers by net revenue and contribution margin; portfolio margin ${formatRatio(portfolio)}. The ten largest: ` +
    `${largest.map((customer) => `${customer.name} ${formatMoney(customer.revenue, context.currency, { compact: true })} at ${formatRatio(customer.margin)}`).join('; ')}.`
  const height = (width: number): number => Math.round(Math.min(440, Math.max(280, width * 0.55)))
  const chart = { name, title: finding, summary }
  // A margin far below its fellows would flatten all others: such points stand at the edge and the note says so.
  const sorted = customers.map((customer) => customer.margin).sort((a, b) => a - b)
  const quantile = (p: number): number => sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))]!
  const spread = Math.max(0.05, quantile(0.95) - quantile(0.05))
  const range = { low: Math.max(sorted[0]!, quantile(0.05) - 2 * spread), high: Math.min(sorted.at(-1)!, quantile(0.95) + 2 * spread) }
  const beyond = customers.filter((customer) => customer.margin < range.low || customer.margin > range.high).length
  return {
    ...chart,
    subtitle: `Each customer by net revenue (${context.currency}, log scale) and contribution margin; the area of a dot is its gain or loss`,
    notes: [
      ...(beyond > 0
        ? [
            `${formatCount(beyond)} with a margin beyond ${formatRatio(range.low, { digits: 0 })} to ${formatRatio(range.high, { digits: 0 })} stand at the edge.`,
          ]
        : []),
      ...(input.customers.filter((row) => row.identified !== false).length > customers.length
        ? ['Customers without revenue or without known cost are left out.']
        : []),
    ],
    table: {
      columns: [
        { name: 'customer_id', title: 'Customer', type: 'text' },
        { name: 'name', title: 'Name', type: 'text' },
        { name: 'revenue_rank', title: 'Revenue rank', type: 'integer' },
        { name: 'net_revenue', title: 'Net revenue', type: 'money_sum' },
        { name: 'contribution', title: 'Contribution', type: 'money_sum' },
        { name: 'margin', title: 'Margin', type: 'ratio' },
        { name: 'measure_rank', title: 'Profit rank', type: 'integer' },
      ],
      rows: largest.map((customer) => ({
        customer_id: customer.id,
        name: customer.name,
        revenue_rank: customer.revenueRank,
        net_revenue: customer.revenue,
        contribution: customer.measure,
        margin: customer.margin,
        measure_rank: customer.rank,
      })),
    },
    empty: null,
    height,
    options: (frame) => scatterOptions(chart, frame, height(frame.width), customers, portfolio, range, context),
  }
}

function readCustomers(rows: Row[]): Customer[] {
  return rows.flatMap((row): Customer[] => {
    const revenue = decimalOf(row.net_revenue)
    const measure = decimalOf(row.contribution) ?? decimalOf(row.measure)
    if (row.identified === false || revenue === null || measure === null) return []
    const covered = subtractDecimals(revenue, decimalOf(row.revenue_without_cost) ?? '0')
    if (signOf(covered) <= 0) return []
    return [
      {
        id: textOf(row.customer_id),
        name: textOf(row.name) || textOf(row.customer_id),
        revenue: covered,
        measure,
        margin: position(row.margin) ?? ratioOf(measure, covered) ?? 0,
        rank: position(row.measure_rank),
        revenueRank: position(row.revenue_rank),
      },
    ]
  })
}

// domain: the fraction of the largest tenth that lie in the top or bottom tenth by profit, against 20 % expected by chance.
function findExtremes(customers: Customer[], total: number): string {
  const tenth = Math.max(1, Math.round(total / 10))
  const big = customers.filter((customer) => customer.revenueRank !== null && customer.revenueRank <= tenth)
  const best = big.filter((customer) => customer.rank !== null && customer.rank <= tenth).length
  const worst = big.filter((customer) => customer.rank !== null && customer.rank > total - tenth).length
  if (big.length === 0) return 'Size and profitability of customers'
  const share = (count: number): string => `${formatCount(count)} (${formatRatio(count / big.length, { digits: 0 })})`
  return `Of the ${formatCount(big.length)} largest customers, ${share(best)} are among the best tenth by contribution, ${share(worst)} among the worst`
}

function scatterOptions(
  chart: Pick<Chart, 'name' | 'title' | 'summary'>,
  frame: ChartFrame,
  height: number,
  customers: Customer[],
  portfolio: number,
  range: { low: number; high: number },
  context: ChartContext,
): PlotOptions {
  const { theme, width } = frame
  const narrow = width < 520
  const dots = customers.map((customer) => ({
    name: customer.name,
    revenue: Number(customer.revenue),
    measure: Number(customer.measure),
    margin: Math.min(range.high, Math.max(range.low, customer.margin)),
  }))
  const named = [
    ...[...dots].sort((a, b) => b.revenue - a.revenue).slice(0, narrow ? 2 : 4),
    ...dots
      .filter((point) => point.measure < 0)
      .sort((a, b) => a.measure - b.measure)
      .slice(0, narrow ? 1 : 3),
  ].filter((point, index, all) => all.indexOf(point) === index)
  const apart = spaceOut(named, dots, width, height, range)
  const revenues = dots.map((point) => point.revenue)
  const middle = Math.sqrt(Math.max(...revenues) * Math.min(...revenues))
  const ticks = logTicks(Math.min(...revenues) / 1.3, Math.max(...revenues) * 1.3)
  return {
    ...baseOptions(chart, frame, height),
    marginLeft: narrow ? 48 : 56,
    marginRight: 20,
    marginTop: 30,
    marginBottom: 42,
    x: { type: 'log', domain: [Math.min(...revenues) / 1.3, Math.max(...revenues) * 1.3] },
    y: { nice: true, domain: [Math.min(0, range.low), Math.max(0, range.high)] },
    r: { range: [0, narrow ? 11 : 16] },
    marks: [
      gridY({ stroke: theme.grid, strokeOpacity: 1, ticks: 6 }),
      gridX(ticks, { stroke: theme.grid, strokeOpacity: 1 }),
      axisY({
        ticks: 6,
        tickSize: 0,
        label: 'contribution margin',
        labelArrow: false,
        fill: theme.muted,
        tickFormat: (value: number) => formatRatio(value, { digits: 0 }),
      }),
      axisX(ticks, {
        tickSize: 4,
        stroke: theme.rule,
        fill: theme.muted,
        label: `net revenue, ${context.currency}`,
        labelArrow: false,
        labelAnchor: 'center',
        tickFormat: (value: number) => formatMoney(value, context.currency, { compact: true, trim: true, locale: context.locale }),
      }),
      ruleY([0], { stroke: theme.rule }),
      ruleY([portfolio], { stroke: theme.profit, strokeDasharray: '4 3' }),
      dot(dots, {
        x: 'revenue',
        y: 'margin',
        r: (point: (typeof dots)[number]) => Math.abs(point.measure),
        fill: (point: (typeof dots)[number]) => (point.measure < 0 ? theme.loss : theme.profit),
        fillOpacity: 0.55,
        stroke: theme.background,
        strokeWidth: 0.5,
      }),
      text([{ x: Math.min(...revenues), y: portfolio }], {
        x: 'x',
        y: 'y',
        text: () => `all: ${formatRatio(portfolio)}`,
        textAnchor: 'start',
        dy: -8,
        ...label(theme.profitText, theme),
      }),
      ...(['start', 'end'] as const).map((anchor) =>
        text(
          apart.filter((point) => (point.revenue > middle ? 'end' : 'start') === anchor),
          {
            x: 'revenue',
            y: 'margin',
            text: (point: (typeof apart)[number]) => shorten(point.name, narrow ? 16 : 28),
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

/** Powers of ten; within two of them also 2 and 5. */
function logTicks(low: number, high: number): number[] {
  const ticks: number[] = []
  const steps = Math.log10(high / low) > 2 ? [1] : [1, 2, 5]
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
    for (const step of steps) {
      const tick = step * 10 ** power
      if (tick >= low && tick <= high) ticks.push(tick)
    }
  }
  return ticks
}

// Labels that would lie on one another: the less important one is left out.
function spaceOut<T extends { revenue: number; margin: number }>(
  named: T[],
  all: { revenue: number }[],
  width: number,
  height: number,
  range: { low: number; high: number },
): T[] {
  const logs = all.map((point) => Math.log(point.revenue))
  const spanX = Math.max(1e-9, Math.max(...logs) - Math.min(...logs))
  const spanY = Math.max(1e-9, range.high - range.low)
  const kept: T[] = []
  for (const point of named) {
    const free = kept.every(
      (other) =>
        (Math.abs(Math.log(point.revenue) - Math.log(other.revenue)) / spanX) * width > 150 ||
        (Math.abs(point.margin - other.margin) / spanY) * height > 18,
    )
    if (free) kept.push(point)
  }
  return kept
}
