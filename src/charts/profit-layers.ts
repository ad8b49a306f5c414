import { signOf, sumDecimals } from '../shared/decimal.ts'
import { formatCounted, formatMoney, formatRatio } from '../shared/format.ts'
import { type Chart, type ChartContext, decimalOf, emptyChart, position, type Row, textOf } from './chart.ts'
import { type WaterfallRow, waterfallHeight, waterfallOptions } from './waterfall.ts'

/** From contribution through what customers cost to serve down to the result. Rows of `profit_layer`, or of a customer in the same shape. */
export function profitLayers(rows: Row[], context: ChartContext): Chart {
  const name = 'profit-layers'
  const layers = rows
    .map((row) => ({
      layer: textOf(row.layer),
      title: textOf(row.title),
      role: textOf(row.role),
      at: position(row.position) ?? 0,
      amount: decimalOf(row.amount),
      share: position(row.share),
      below: position(row.below_zero),
      reason: textOf(row.reason),
    }))
    .sort((a, b) => a.at - b.at)
  // Revenue and product cost would flatten what this is about; they stand in the table.
  const shown = layers.filter(({ layer, amount }) => amount !== null && layer !== 'net_revenue' && layer !== 'product_cost')
  const start = shown.find(({ layer }) => layer === 'contribution')
  if (!start) {
    return emptyChart(
      name,
      'Profit by layer',
      'Without product cost there is no contribution to take cost-to-serve from.',
      'Load product cost: a cost per product or a cost column in the order lines.',
    )
  }
  const money = (value: string): string => formatMoney(value, context.currency, { compact: true, locale: context.locale })
  let running = '0'
  const bars: WaterfallRow[] = []
  for (const { title, role, amount } of shown) {
    const before = running
    running = role === 'level' ? amount! : sumDecimals([running, amount!])
    const negative = signOf(amount!) < 0
    if (role === 'step' && signOf(amount!) === 0) continue
    bars.push({
      title,
      kind: role === 'level' ? 'level' : 'step',
      start: role === 'level' ? 0 : Number(before),
      end: Number(running),
      text: money(amount!),
      tone: role === 'level' ? (negative ? 'loss' : title === 'Contribution' ? 'neutral' : 'profit') : negative ? 'loss' : 'profit',
    })
  }
  const served = shown.find(({ layer }) => layer === 'customer_profit')
  const serving = served ? Number(start.amount) - Number(served.amount) : 0
  const title = served
    ? `Serving customers takes ${money(String(serving))} of ${money(start.amount!)} contribution: ${formatRatio(serving / Number(start.amount), { digits: 0 })}`
    : `Contribution ${money(start.amount!)}`
  const absent = layers.filter(({ amount, reason }) => amount === null && reason)
  const chart = { name, title, summary: `${shown.map(({ title: one, amount }) => `${one} ${money(amount!)}`).join('; ')}.` }
  const drawing = {
    rows: bars,
    from: 'levels' as const,
    tick: (value: number) => formatMoney(value, context.currency, { compact: true, trim: true, locale: context.locale }),
    axis: context.currency,
  }
  return {
    ...chart,
    subtitle: `From contribution to the result, in ${context.currency}, over the window of the ledger`,
    notes: [
      ...(served?.below ? [`${formatCounted(served.below, 'customer')} below zero after cost-to-serve.`] : []),
      ...absent.map(({ title: one, reason }) => `No ${one.toLowerCase()}: ${reason}`),
    ],
    table: {
      columns: [
        { name: 'title', title: 'Layer', type: 'text' },
        { name: 'amount', title: 'Amount', type: 'money_sum' },
        { name: 'share', title: 'Of net revenue', type: 'ratio' },
        { name: 'below_zero', title: 'Customers below zero', type: 'integer' },
      ],
      rows: layers.map(({ title: one, amount, share, below }) => ({ title: one, amount, share, below_zero: below })),
    },
    empty: null,
    height: () => waterfallHeight(bars.length),
    options: (frame) => waterfallOptions(chart, frame, drawing),
  }
}
