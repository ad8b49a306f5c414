import { axisX, axisY, barX, gridX, type PlotOptions, ruleX, text } from '@observablehq/plot'
import { signOf, sumDecimals } from '../shared/decimal.ts'
import { formatMoney } from '../shared/format.ts'
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

interface Driver {
  title: string
  cost: string
  peer: string
  difference: string
  minutes: number | null
  peerMinutes: number | null
}

export interface DriverDifferencesInput {
  /** Rows of `customer_driver` of one customer. */
  drivers: Row[]
  /** Rows of `cost_driver`, for their titles. */
  titles: Row[]
  customer: string
  /** Who the peers are, in words. */
  peers: string
}

/** Why a customer costs more or less to serve than its peers: one bar a driver, adding up to the difference. */
export function driverDifferences({ drivers, titles, customer, peers }: DriverDifferencesInput, context: ChartContext): Chart {
  const name = 'driver-differences'
  const all = drivers
    .flatMap((row): Driver[] => {
      const [cost, peer, difference] = [decimalOf(row.cost), decimalOf(row.peer_cost), decimalOf(row.difference)]
      if (cost === null || peer === null || difference === null) return []
      const title = textOf(titles.find((one) => one.driver_id === row.driver_id)?.title) || textOf(row.driver_id)
      return [{ title, cost, peer, difference, minutes: position(row.minutes), peerMinutes: position(row.peer_minutes) }]
    })
    .sort((a, b) => Number(b.difference) - Number(a.difference) || (a.title < b.title ? -1 : 1))
  if (all.length === 0)
    return emptyChart(
      name,
      'Beside its peers',
      'There are too few customers like it to compare with.',
      'Segments in the customer list make peers more alike.',
    )
  const sum = sumDecimals(all.map(({ difference }) => difference))
  const money = (value: string, sign = false) => formatMoney(value, context.currency, { compact: true, sign, locale: context.locale })
  const most = signOf(sum) >= 0 ? all[0]! : all.at(-1)!
  const title = `${shorten(customer, 32)} costs ${money(sum.replace('-', ''))} ${signOf(sum) >= 0 ? 'more' : 'less'} to serve than peers of its revenue, mainly ${most.title} (${money(most.difference, true)})`
  const height = (): number => all.length * 28 + 48
  const chart = {
    name,
    title,
    summary: `${all.map((one) => `${one.title} ${money(one.difference, true)}`).join('; ')}. Together ${money(sum, true)}.`,
  }
  return {
    ...chart,
    subtitle: `Cost of the customer less that of its peers (${peers}) scaled to its revenue, by driver, in ${context.currency}`,
    notes: [],
    table: {
      columns: [
        { name: 'title', title: 'Driver', type: 'text' },
        { name: 'minutes', title: 'Minutes', type: 'number', unit: 'min' },
        { name: 'peer_minutes', title: 'Minutes of peers', type: 'number', unit: 'min' },
        { name: 'cost', title: 'Cost', type: 'money_sum' },
        { name: 'peer_cost', title: 'Cost of peers', type: 'money_sum' },
        { name: 'difference', title: 'Difference', type: 'money_sum' },
      ],
      rows: [
        ...all.map((one) => ({
          title: one.title,
          minutes: one.minutes,
          peer_minutes: one.peerMinutes,
          cost: one.cost,
          peer_cost: one.peer,
          difference: one.difference,
        })),
        {
          title: 'Together',
          minutes: null,
          peer_minutes: null,
          cost: sumDecimals(all.map(({ cost }) => cost)),
          peer_cost: sumDecimals(all.map(({ peer }) => peer)),
          difference: sum,
        },
      ],
    },
    empty: null,
    height,
    options: (frame) => barOptions(chart, frame, height(), all, context),
  }
}

function barOptions(
  chart: Pick<Chart, 'name' | 'title' | 'summary'>,
  frame: ChartFrame,
  height: number,
  all: Driver[],
  context: ChartContext,
): PlotOptions {
  const { theme, width } = frame
  const narrow = width < 520
  const bars = all.map((one, index) => ({
    index,
    value: Number(one.difference),
    text: formatMoney(one.difference, context.currency, { compact: true, sign: true, locale: context.locale }),
  }))
  const room = Math.min(narrow ? 130 : 250, Math.max(...all.map(({ title }) => [...title].length)) * 6.8 + 16)
  const fits = Math.floor((room - 12) / 6.8)
  const low = Math.min(0, ...bars.map(({ value }) => value))
  const high = Math.max(0, ...bars.map(({ value }) => value))
  const amount = narrow ? 66 : 76
  const sides = (low < 0 ? 1 : 0) + (high > 0 ? 1 : 0)
  const slack = ((high - low) * amount) / Math.max(40, width - room - 12 - sides * amount)
  return {
    ...baseOptions(chart, frame, height),
    marginLeft: room,
    marginRight: 12,
    marginTop: 8,
    marginBottom: 36,
    x: { domain: low === high ? [-1, 1] : [low < 0 ? low - slack : 0, high > 0 ? high + slack : 0] },
    y: { domain: bars.map(({ index }) => index), padding: 0.25, type: 'band' },
    marks: [
      gridX({ stroke: theme.grid, strokeOpacity: 1, ticks: narrow ? 3 : 6 }),
      axisX({
        ticks: narrow ? 3 : 6,
        tickSize: 0,
        label: null,
        fill: theme.muted,
        tickFormat: (value: number) =>
          formatMoney(value, context.currency, { compact: true, trim: true, sign: true, locale: context.locale }),
      }),
      axisY({ tickSize: 0, label: null, fill: theme.text, tickFormat: (index: number) => shorten(all[index]?.title ?? '', fits) }),
      // Dearer than peers is what costs: orange.
      barX(bars, { y: 'index', x: 'value', fill: (bar: (typeof bars)[number]) => (bar.value > 0 ? theme.loss : theme.profit) }),
      ruleX([0], { stroke: theme.rule }),
      text(
        bars.filter(({ value }) => value >= 0),
        { y: 'index', x: 'value', text: 'text', textAnchor: 'start', dx: 6, ...label(theme.lossText, theme) },
      ),
      text(
        bars.filter(({ value }) => value < 0),
        { y: 'index', x: 'value', text: 'text', textAnchor: 'end', dx: -6, ...label(theme.profitText, theme) },
      ),
    ],
  }
}
