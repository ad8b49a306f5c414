import { axisX, axisY, barX, gridX, type PlotOptions, ruleX, text } from '@observablehq/plot'
import { subtractDecimals, sumDecimals } from '../shared/decimal.ts'
import { formatMoney, formatShare } from '../shared/format.ts'
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

interface PoolBar {
  id: string
  title: string
  cost: string
  assigned: string
  unused: string
  share: number
}

/** What each pool costs, split into used and unused capacity. Rows of `pool_cost`; pools without a capacity are left out. */
export function costCapacity(rows: Row[], context: ChartContext): Chart {
  const name = 'cost-capacity'
  const { currency, locale } = context
  const pools = rows.flatMap((row): PoolBar[] => {
    const share = position(row.used_share)
    if (share === null) return []
    return [
      {
        id: textOf(row.pool_id),
        title: textOf(row.title),
        cost: textOf(row.cost),
        assigned: textOf(row.assigned),
        unused: textOf(row.unused),
        share,
      },
    ]
  })
  pools.sort((a, b) => Number(b.cost) - Number(a.cost) || (a.id < b.id ? -1 : 1))
  if (pools.length === 0)
    return emptyChart(name, 'Used and unused capacity', 'No pool has a capacity.', 'Give pools a capacity in the cost model.')
  const money = (value: string) => formatMoney(value, currency, { compact: true, locale })
  const idle = sumDecimals(pools.map(({ unused }) => unused))
  const worst = [...pools].sort((a, b) => a.share - b.share)[0]!
  const over = pools.filter(({ share }) => share > 1)
  const title =
    over.length > 0
      ? `${over.map((pool) => pool.title).join(', ')} ${over.length === 1 ? 'works' : 'work'} beyond capacity`
      : `${money(idle)} pay for capacity that nobody uses; ${worst.title} uses ${formatShare(worst.share, { locale })} of its own`
  const summary = `${pools.map((pool) => `${pool.title}: ${money(pool.cost)}, used ${formatShare(pool.share, { locale })}, unused ${money(pool.unused)}`).join('; ')}.`
  const height = () => pools.length * 40 + 44
  const chart = { name, title, summary }
  return {
    ...chart,
    subtitle: `Cost of each pool in ${currency}: used capacity (blue) is assigned to customers, channels and segments; unused (outlined) stays apart`,
    notes: ['Rate = cost / practical capacity. Unused capacity belongs to the owner of the resource and is never spread over customers.'],
    table: {
      columns: [
        { name: 'title', title: 'Pool', type: 'text' },
        { name: 'cost', title: 'Cost', type: 'money_sum' },
        { name: 'assigned', title: 'Assigned', type: 'money_sum' },
        { name: 'unused', title: 'Unused capacity', type: 'money_sum' },
        { name: 'share', title: 'Used share', type: 'ratio' },
      ],
      rows: pools.map(({ id: _, ...pool }) => ({ ...pool })),
    },
    empty: null,
    height,
    options: (frame) => capacityOptions(chart, frame, height(), pools, context),
  }
}

function capacityOptions(
  chart: Pick<Chart, 'name' | 'title' | 'summary'>,
  frame: ChartFrame,
  height: number,
  pools: PoolBar[],
  { currency, locale }: ChartContext,
): PlotOptions {
  const { theme, width } = frame
  const narrow = width < 520
  const room = Math.min(narrow ? 116 : 200, Math.max(...pools.map(({ title }) => [...title].length)) * 7 + 16)
  const bars = pools.map((pool, index) => ({
    index,
    used: Math.min(Number(pool.assigned), Number(pool.cost)),
    until: Math.max(Number(pool.cost), Number(pool.assigned)),
    over: Math.max(0, Number(subtractDecimals(pool.assigned, pool.cost))),
    text: `${formatShare(pool.share, { locale })} used`,
  }))
  const money = (value: number) => formatMoney(String(Math.round(value)), currency, { compact: true, locale })
  const high = Math.max(...bars.map(({ until }) => until))
  const slack = (high * 84) / Math.max(60, width - room - 96)
  return {
    ...baseOptions(chart, frame, height),
    marginLeft: room,
    marginRight: 12,
    marginTop: 4,
    marginBottom: 34,
    x: { domain: [0, high + slack] },
    y: { type: 'band', domain: bars.map(({ index }) => index), padding: 0.38 },
    marks: [
      gridX({ stroke: theme.grid, strokeOpacity: 1, ticks: narrow ? 3 : 5 }),
      axisX({ ticks: narrow ? 3 : 5, tickSize: 0, label: null, fill: theme.muted, tickFormat: money }),
      axisY({
        tickSize: 0,
        label: null,
        fill: theme.text,
        tickFormat: (index: number) => shorten(pools[index]!.title, Math.floor((room - 12) / 6.6)),
      }),
      barX(bars, { x1: 0, x2: 'used', y: 'index', fill: theme.profit }),
      barX(
        bars.filter(({ used, until, over }) => over === 0 && until > used),
        { x1: 'used', x2: 'until', y: 'index', fill: theme.lossWash, stroke: theme.loss, strokeWidth: 1 },
      ),
      barX(
        bars.filter(({ over }) => over > 0),
        { x1: 'used', x2: 'until', y: 'index', fill: theme.loss },
      ),
      text(bars, { x: 'until', y: 'index', dx: 8, textAnchor: 'start', text: 'text', ...label(theme.text, theme, 400) }),
      ruleX([0], { stroke: theme.rule }),
    ],
  }
}
