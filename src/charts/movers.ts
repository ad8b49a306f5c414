import { axisX, axisY, barX, gridX, type PlotOptions, ruleX, text } from '@observablehq/plot'
import { compareDecimals, negateDecimal, signOf, sumDecimals } from '../shared/decimal.ts'
import { formatCount, formatCounted, formatMoney } from '../shared/format.ts'
import {
  baseOptions,
  type Chart,
  type ChartContext,
  type ChartFrame,
  decimalOf,
  emptyChart,
  label,
  measureWord,
  type Row,
  shorten,
  textOf,
  ticksFor,
} from './chart.ts'

interface Mover {
  id: string
  name: string
  status: string
  before: string
  now: string
  change: string
}

/** The customers whose profit measure rose and fell most between the two periods; `limit` on either side. Rows of `customer_change`. */
export function movers(rows: Row[], context: ChartContext, limit = 8): Chart {
  const name = 'movers'
  const all = rows.flatMap((row): Mover[] => {
    const change = decimalOf(row.change)
    if (change === null || signOf(change) === 0 || row.status === 'unidentified') return []
    return [
      {
        id: textOf(row.customer_id),
        name: textOf(row.name) || textOf(row.customer_id),
        status: textOf(row.status),
        before: decimalOf(row.previous_measure) ?? '0',
        now: decimalOf(row.current_measure) ?? '0',
        change,
      },
    ]
  })
  if (all.length === 0)
    return emptyChart(name, 'Movers', 'No customer changed between two periods.', 'Import orders that reach further back.')
  all.sort((a, b) => compareDecimals(b.change, a.change) || (a.id < b.id ? -1 : 1))
  const risen = all.filter((mover) => signOf(mover.change) > 0).slice(0, limit)
  const fallen = all.filter((mover) => signOf(mover.change) < 0).slice(-limit)
  const shown = [...risen, ...fallen]
  const signed = (value: string): string => formatMoney(value, context.currency, { compact: true, sign: true, locale: context.locale })
  const money = (value: string): string => formatMoney(value, context.currency, { compact: true, locale: context.locale })
  const word = measureWord(context)
  const up = risen[0]
  const down = fallen.at(-1)
  const title = [
    up ? `${shorten(up.name, 32)} gained most (${signed(up.change)})` : '',
    down ? `${shorten(down.name, 32)} lost most (${signed(down.change)})` : '',
  ]
    .filter(Boolean)
    .join('; ')
  const gains = all.filter((mover) => signOf(mover.change) > 0)
  const losses = all.filter((mover) => signOf(mover.change) < 0)
  const summary =
    `${formatCounted(gains.length, 'customer')} rose by ${money(sumDecimals(gains.map((mover) => mover.change)))} together, ` +
    `${formatCount(losses.length)} fell by ${money(negateDecimal(sumDecimals(losses.map((mover) => mover.change))))}. ` +
    `Shown: ${shown.map((mover) => `${mover.name} ${signed(mover.change)}`).join('; ')}.`
  const height = (): number => shown.length * 26 + 48
  const chart = { name, title, summary }
  return {
    ...chart,
    subtitle: `Change of ${word} by customer, current less previous period, in ${context.currency}; the largest on either side`,
    notes: [],
    table: {
      columns: [
        { name: 'customer_id', title: 'Customer', type: 'text' },
        { name: 'name', title: 'Name', type: 'text' },
        { name: 'status', title: 'Status', type: 'text' },
        { name: 'previous_measure', title: 'Before', type: 'money_sum' },
        { name: 'current_measure', title: 'Now', type: 'money_sum' },
        { name: 'change', title: 'Change', type: 'money_sum' },
      ],
      rows: shown.map((mover) => ({
        customer_id: mover.id,
        name: mover.name,
        status: mover.status,
        previous_measure: mover.before,
        current_measure: mover.now,
        change: mover.change,
      })),
    },
    empty: null,
    height,
    options: (frame) => moverOptions(chart, frame, height(), shown, context, signed),
  }
}

function moverOptions(
  chart: Pick<Chart, 'name' | 'title' | 'summary'>,
  frame: ChartFrame,
  height: number,
  shown: Mover[],
  context: ChartContext,
  signed: (value: string) => string,
): PlotOptions {
  const { theme, width } = frame
  const narrow = width < 520
  const bars = shown.map((mover, index) => ({ index, value: Number(mover.change), text: signed(mover.change), status: mover.status }))
  const longest = Math.max(...shown.map((mover) => [...mover.name].length + (tag(mover).length || 0)))
  const room = Math.min(narrow ? 124 : 220, longest * 6.8 + 16)
  const fits = Math.floor((room - 12) / 6.8)
  const low = Math.min(0, ...bars.map((bar) => bar.value))
  const high = Math.max(0, ...bars.map((bar) => bar.value))
  // Amounts stand outside the bars: the scale leaves them room on the side where bars are.
  const amount = narrow ? 66 : 76
  const sides = (low < 0 ? 1 : 0) + (high > 0 ? 1 : 0)
  const ticks = ticksFor(width - room - 12)
  const slack = ((high - low) * amount) / Math.max(40, width - room - 12 - sides * amount)
  return {
    ...baseOptions(chart, frame, height),
    marginLeft: room,
    marginRight: 12,
    marginTop: 8,
    marginBottom: 36,
    x: { domain: [low < 0 ? low - slack : 0, high > 0 ? high + slack : 0] },
    y: { domain: bars.map((bar) => bar.index), padding: 0.25, type: 'band' },
    marks: [
      gridX({ stroke: theme.grid, strokeOpacity: 1, ticks }),
      axisX({
        ticks,
        tickSize: 0,
        label: null,
        fill: theme.muted,
        tickFormat: (value: number) =>
          formatMoney(value, context.currency, { compact: true, trim: true, sign: true, locale: context.locale }),
      }),
      axisY({
        tickSize: 0,
        label: null,
        fill: theme.text,
        tickFormat: (index: number) => {
          const mover = shown[index]
          return mover ? `${shorten(mover.name, fits - tag(mover).length)}${tag(mover)}` : ''
        },
      }),
      barX(bars, { y: 'index', x: 'value', fill: (bar: (typeof bars)[number]) => (bar.value < 0 ? theme.loss : theme.profit) }),
      ruleX([0], { stroke: theme.rule }),
      text(
        bars.filter((bar) => bar.value >= 0),
        { y: 'index', x: 'value', text: 'text', textAnchor: 'start', dx: 6, ...label(theme.profitText, theme) },
      ),
      text(
        bars.filter((bar) => bar.value < 0),
        { y: 'index', x: 'value', text: 'text', textAnchor: 'end', dx: -6, ...label(theme.lossText, theme) },
      ),
    ],
  }
}

// Kept customers are the rule; the others say what they are.
const tag = (mover: Mover): string => (mover.status === '' || mover.status === 'kept' ? '' : ` (${mover.status})`)
