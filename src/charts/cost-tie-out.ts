import { axisX, axisY, barX, gridX, type PlotOptions, ruleX, text } from '@observablehq/plot'
import { sumDecimals } from '../shared/decimal.ts'
import { formatMoney, formatShare } from '../shared/format.ts'
import { baseOptions, type Chart, type ChartContext, type ChartFrame, emptyChart, label, type Row, shorten, textOf } from './chart.ts'

interface Destination {
  destination: string
  title: string
  amount: string
}

/** Where every unit of money of the ledger went. Rows of `cost_tie_out`. */
export function costTieOut(rows: Row[], context: ChartContext): Chart {
  const name = 'cost-tie-out'
  const { currency, locale } = context
  const all = rows.map((row) => ({ destination: textOf(row.destination), title: textOf(row.title), amount: textOf(row.amount) }))
  const ledger = all.find(({ destination }) => destination === 'ledger')
  const difference = all.find((one) => one.destination === 'difference')?.amount ?? '0'
  const parts = all.filter((one) => one.destination !== 'ledger' && one.destination !== 'difference' && Number(one.amount) !== 0)
  if (!ledger || parts.length === 0)
    return emptyChart(name, 'Where the ledger went', 'There is no ledger in this snapshot.', 'Import a ledger and run again.')
  const money = (value: string) => formatMoney(value, currency, { compact: true, locale })
  const assigned = sumDecimals(
    parts.filter(({ destination }) => ['line', 'order', 'customer'].includes(destination)).map(({ amount }) => amount),
  )
  const ties = Number(difference) === 0
  const title = ties
    ? `Of ${money(ledger.amount)} in the ledger, ${money(assigned)} reach customers (${formatShare(Number(assigned) / Number(ledger.amount), { locale })}); all of it has one place`
    : `${money(difference)} of the ledger have no place`
  const summary = `Ledger ${money(ledger.amount)}: ${parts.map((part) => `${part.title} ${money(part.amount)}`).join('; ')}. Difference ${money(difference)}.`
  const height = () => parts.length * 32 + 44
  const chart = { name, title, summary }
  return {
    ...chart,
    subtitle: `In ${currency}; cost of lines, orders and accounts is assigned to customers (blue), the rest is kept where it is caused (grey)`,
    notes: [`Difference to the ledger: ${formatMoney(difference, currency, { locale })}.`],
    table: {
      columns: [
        { name: 'title', title: 'Destination', type: 'text' },
        { name: 'amount', title: 'Amount', type: 'money_sum' },
      ],
      rows: all.map(({ title: name, amount }) => ({ title: name, amount })),
    },
    empty: null,
    height,
    options: (frame) => tieOutOptions(chart, frame, height(), parts, context),
  }
}

function tieOutOptions(
  chart: Pick<Chart, 'name' | 'title' | 'summary'>,
  frame: ChartFrame,
  height: number,
  parts: Destination[],
  { currency, locale }: ChartContext,
): PlotOptions {
  const { theme, width } = frame
  const narrow = width < 520
  const room = Math.min(narrow ? 136 : 236, Math.max(...parts.map(({ title }) => [...title].length)) * 6.8 + 16)
  const money = (value: string) => formatMoney(value, currency, { compact: true, locale })
  const bars = parts.map((part, index) => ({ index, value: Number(part.amount), destination: part.destination, text: money(part.amount) }))
  const low = Math.min(0, ...bars.map(({ value }) => value))
  const high = Math.max(0, ...bars.map(({ value }) => value))
  const slack = ((high - low) * 70) / Math.max(60, width - room - 82)
  const colour = (destination: string) =>
    ['line', 'order', 'customer'].includes(destination) ? theme.profit : destination === 'unused' ? theme.loss : theme.neutral
  return {
    ...baseOptions(chart, frame, height),
    marginLeft: room,
    marginRight: 12,
    marginTop: 4,
    marginBottom: 34,
    x: { domain: [low < 0 ? low - slack : 0, high + slack] },
    y: { type: 'band', domain: bars.map(({ index }) => index), padding: 0.34 },
    marks: [
      gridX({ stroke: theme.grid, strokeOpacity: 1, ticks: width - room < 420 ? 3 : 5 }),
      axisX({
        ticks: width - room < 420 ? 3 : 5,
        tickSize: 0,
        label: null,
        fill: theme.muted,
        tickFormat: (value: number) => money(String(value)),
      }),
      axisY({
        tickSize: 0,
        label: null,
        fill: theme.text,
        tickFormat: (index: number) => shorten(parts[index]!.title, Math.floor((room - 12) / 6.4)),
      }),
      barX(bars, { x1: 0, x2: 'value', y: 'index', fill: (bar: { destination: string }) => colour(bar.destination) }),
      text(bars, {
        x: (bar: { value: number }) => Math.max(0, bar.value),
        y: 'index',
        dx: 8,
        textAnchor: 'start',
        text: 'text',
        ...label(theme.text, theme, 400),
      }),
      ruleX([0], { stroke: theme.rule }),
    ],
  }
}
