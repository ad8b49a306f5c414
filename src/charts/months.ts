import { axisX, axisY, barY, gridY, lineY, type PlotOptions, ruleY, text } from '@observablehq/plot'
import { compareDecimals, signOf, sumDecimals } from '../shared/decimal.ts'
import { formatMoney, formatMonth, formatRatio } from '../shared/format.ts'
import { baseOptions, type Chart, type ChartContext, type ChartFrame, decimalOf, emptyChart, label, type Row, textOf } from './chart.ts'
import { hatch, patternId } from './hatch.ts'

interface Month {
  month: string
  complete: boolean
  revenue: string
  returns: string
  contribution: string | null
}

/** The layers month by month: net revenue, and within it contribution where cost is known, returns below zero where it is not. */
export function monthTrend(rows: Row[], context: ChartContext): Chart {
  const name = 'months'
  const months = rows
    .flatMap((row): Month[] => {
      const revenue = decimalOf(row.net_revenue)
      if (revenue === null) return []
      return [
        {
          month: textOf(row.month),
          complete: row.complete !== false,
          revenue,
          returns: decimalOf(row.returns) ?? '0',
          contribution: decimalOf(row.contribution),
        },
      ]
    })
    .sort((a, b) => (a.month < b.month ? -1 : 1))
  if (months.length === 0) return emptyChart(name, 'Months', 'No order line carries a date.', 'Import order lines with their order dates.')

  const locale = context.locale
  const withCost = months.some((month) => month.contribution !== null)
  const money = (value: string): string => formatMoney(value, context.currency, { compact: true, locale })
  const title = monthsTitle(months, withCost, money)
  const partial = months.filter((month) => !month.complete)
  const best = highestRevenue(months)
  const summary =
    `${months.length} months from ${formatMonth(months[0]!.month)} to ${formatMonth(months.at(-1)!.month)}; net revenue ${money(sumDecimals(months.map((month) => month.revenue)))}` +
    (withCost ? `, contribution ${money(sumDecimals(months.map((month) => month.contribution)))}` : '') +
    `; highest in ${formatMonth(best.month)} with ${money(best.revenue)}.`
  const height = (width: number): number => Math.round(Math.min(340, Math.max(240, width * 0.38)))
  const chart = { name, title, summary }
  return {
    ...chart,
    subtitle: withCost
      ? `Net revenue (grey) and contribution (blue; orange below zero) by month in ${context.currency}`
      : `Net revenue (blue) and returns (orange, below zero) by month in ${context.currency}`,
    notes:
      partial.length === 0
        ? []
        : [
            `Hatched: ${partial.map((month) => formatMonth(month.month)).join(', ')} ${partial.length === 1 ? 'is' : 'are'} covered only in part.`,
          ],
    table: {
      columns: [
        { name: 'month', title: 'Month', type: 'month' },
        { name: 'net_revenue', title: 'Net revenue', type: 'money_sum' },
        { name: 'returns', title: 'Returns', type: 'money_sum' },
        ...(withCost ? [{ name: 'contribution', title: 'Contribution', type: 'money_sum' }] : []),
        { name: 'complete', title: 'Complete', type: 'boolean' },
      ],
      rows: months.map((month) => ({
        month: month.month,
        net_revenue: month.revenue,
        returns: month.returns,
        contribution: month.contribution,
        complete: month.complete,
      })),
    },
    empty: null,
    height,
    options: (frame) => monthOptions(chart, frame, height(frame.width), fillGaps(months), withCost, context),
  }
}

function monthOptions(
  chart: Pick<Chart, 'name' | 'title' | 'summary'>,
  frame: ChartFrame,
  height: number,
  months: Month[],
  withCost: boolean,
  context: ChartContext,
): PlotOptions {
  const { theme, width } = frame
  const narrow = width < 520
  const id = patternId(frame, chart.name)
  const main = withCost ? theme.neutral : theme.profit
  const bars = months.map((month) => ({
    month: month.month,
    complete: month.complete,
    revenue: Number(month.revenue),
    returns: Math.min(0, Number(month.returns)),
    contribution: month.contribution === null ? null : Number(month.contribution),
  }))
  const fit = months.length / Math.max(2, Math.floor((width - 90) / 64))
  const every = [1, 2, 3, 6, 12, 24, 60, 120].find((step) => step >= fit) ?? 120
  const ticks = months.map((month) => month.month).filter((_, index) => index % every === 0)
  const inset = Math.min(4, Math.max(0, (width - 90) / months.length / 6))
  const best = highestRevenue(months)
  const paint = (colour: 'main' | 'profit' | 'loss', complete: boolean): string =>
    complete ? { main, profit: theme.profit, loss: theme.loss }[colour] : `url(#${id}-${colour})`
  return {
    ...baseOptions(chart, frame, height),
    marginLeft: narrow ? 56 : 68,
    marginRight: 12,
    marginTop: 28,
    marginBottom: 32,
    x: { type: 'band', domain: months.map((month) => month.month), padding: months.length > 60 ? 0.05 : 0.22 },
    y: { nice: true },
    marks: [
      hatch(id, { main, profit: theme.profit, loss: theme.loss }, theme.background),
      gridY({ stroke: theme.grid, strokeOpacity: 1, ticks: 5 }),
      axisY({
        ticks: 5,
        tickSize: 0,
        label: null,
        fill: theme.muted,
        tickFormat: (value: number) => formatMoney(value, context.currency, { compact: true, trim: true, locale: context.locale }),
      }),
      axisX({
        ticks,
        tickSize: 0,
        label: null,
        fill: theme.muted,
        tickFormat: (month: string) => formatMonth(month, { locale: context.locale }),
      }),
      barY(bars, { x: 'month', y: 'revenue', fill: (bar: (typeof bars)[number]) => paint('main', bar.complete) }),
      withCost
        ? barY(
            bars.filter((bar) => bar.contribution !== null),
            {
              x: 'month',
              y: 'contribution',
              insetLeft: inset,
              insetRight: inset,
              fill: (bar: (typeof bars)[number]) => paint((bar.contribution ?? 0) < 0 ? 'loss' : 'profit', bar.complete),
            },
          )
        : barY(bars, { x: 'month', y: 'returns', fill: (bar: (typeof bars)[number]) => paint('loss', bar.complete) }),
      ruleY([0], { stroke: theme.rule }),
      months.length > 60 ? lineY(bars, { x: 'month', y: 'revenue', stroke: theme.text, strokeWidth: 1 }) : null,
      text([{ month: best.month, revenue: Number(best.revenue) }], {
        x: 'month',
        y: 'revenue',
        text: () => formatMoney(best.revenue, context.currency, { compact: true, locale: context.locale }),
        dy: -9,
        ...label(theme.text, theme),
      }),
    ],
  }
}

const highestRevenue = (months: Month[]): Month =>
  months.reduce((best, month) => (compareDecimals(month.revenue, best.revenue) > 0 ? month : best))

/** Months without any line stand as gaps, so that distances in time are true. */
function fillGaps(months: Month[]): Month[] {
  const known = new Map(months.map((month) => [month.month.slice(0, 7), month]))
  const filled: Month[] = []
  const last = months.at(-1)!.month.slice(0, 7)
  for (let key = months[0]!.month.slice(0, 7); key <= last && filled.length < 1200; key = nextMonth(key)) {
    filled.push(known.get(key) ?? { month: `${key}-01`, complete: true, revenue: '0', returns: '0', contribution: null })
  }
  return filled
}

function nextMonth(key: string): string {
  const [year, month] = key.split('-').map(Number) as [number, number]
  return month === 12 ? `${String(year + 1).padStart(4, '0')}-01` : `${String(year).padStart(4, '0')}-${String(month + 1).padStart(2, '0')}`
}

function monthsTitle(months: Month[], withCost: boolean, money: (value: string) => string): string {
  const complete = months.filter((month) => month.complete)
  const losing = complete.filter((month) => month.contribution !== null && signOf(month.contribution) < 0)
  if (withCost && losing.length > 0) {
    return `${losing.length} of ${complete.length} complete months lose money; the worst is ${formatMonth(
      losing.reduce((worst, month) => (compareDecimals(month.contribution!, worst.contribution!) < 0 ? month : worst)).month,
    )}`
  }
  // A year against the year before says more than any two months; else the best month.
  const recent = complete.slice(-12)
  const earlier = complete.slice(-24, -12)
  const sum = (part: Month[]): string => sumDecimals(part.map((month) => month.revenue))
  if (earlier.length === 12 && recent.length === 12 && signOf(sum(earlier)) > 0) {
    const growth = Number(sum(recent)) / Number(sum(earlier)) - 1
    const moved = Math.abs(growth) < 0.0005 ? 'is level with' : `is ${formatRatio(Math.abs(growth))} ${growth > 0 ? 'above' : 'below'}`
    return `Net revenue of the last twelve complete months, ${money(sum(recent))}, ${moved} the twelve before`
  }
  const best = highestRevenue(complete.length > 0 ? complete : months)
  return `Net revenue is highest in ${formatMonth(best.month)} with ${money(best.revenue)}`
}
