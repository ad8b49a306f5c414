import { formatMoney } from '../shared/format.ts'
import { type Chart, type ChartContext, emptyChart } from './chart.ts'
import { type WaterfallRow, waterfallHeight, waterfallOptions } from './waterfall.ts'

interface Worked {
  reference: number
  functional: number
  startUp: number
  postPurchase: number
  switchingCost: number
  economicValue: number
  customerKeeps: number | null
  customerShare: number | null
  priceCeiling: number
}

/** From the price of the alternative to what ours is worth, and where our price stands in it. */
export function economicValueSteps(value: Worked, price: number | null, context: ChartContext): Chart {
  const name = 'economic-value'
  if (!(value.reference >= 0))
    return emptyChart(
      name,
      'Economic value to the customer',
      'No price of the alternative is given.',
      'Give what the customer would pay otherwise.',
    )
  const money = (amount: number, sign = false): string =>
    formatMoney(amount.toFixed(2), context.currency, { compact: true, sign, locale: context.locale })
  const steps: [string, number][] = [
    ['Functional gain', value.functional],
    ['Start-up saving', value.startUp],
    ['Later savings', value.postPurchase],
    ['Switching cost', -value.switchingCost],
  ]
  let running = value.reference
  const rows: WaterfallRow[] = [{ title: 'Alternative', kind: 'level', start: 0, end: running, text: money(running), tone: 'neutral' }]
  for (const [title, amount] of steps) {
    if (amount === 0) continue
    rows.push({
      title,
      kind: 'step',
      start: running,
      end: running + amount,
      text: money(amount, true),
      tone: amount < 0 ? 'loss' : 'profit',
    })
    running += amount
  }
  rows.push({
    title: 'Worth to the customer',
    kind: 'level',
    start: 0,
    end: value.economicValue,
    text: money(value.economicValue),
    tone: value.economicValue < 0 ? 'loss' : 'profit',
  })
  if (price !== null && value.customerKeeps !== null) {
    rows.push({
      title: 'The customer keeps',
      kind: 'step',
      start: value.economicValue,
      end: price,
      text: money(value.customerKeeps),
      tone: value.customerKeeps < 0 ? 'loss' : 'neutral',
    })
    rows.push({ title: 'Our price', kind: 'level', start: 0, end: price, text: money(price), tone: 'neutral' })
  }
  const title =
    price === null
      ? `Ours is worth ${money(value.economicValue)} to the customer`
      : value.customerKeeps! < 0
        ? `At ${money(price)} ours costs ${money(-value.customerKeeps!)} more than it is worth to the customer`
        : `Worth ${money(value.economicValue)}; at ${money(price)} the customer keeps ${money(value.customerKeeps!)}${value.customerShare === null ? '' : `, ${Math.round(100 * value.customerShare)} % of the advantage`}`
  const chart = { name, title, summary: rows.map((row) => `${row.title} ${row.text}`).join('; ') }
  return {
    ...chart,
    subtitle: `Present values in ${context.currency}, uncertain ones at their expectation`,
    notes: [],
    table: {
      columns: [
        { name: 'title', title: 'Part', type: 'text' },
        { name: 'amount', title: 'Amount', type: 'money_sum' },
      ],
      rows: [
        { title: 'Price of the alternative', amount: value.reference.toFixed(2) },
        ...steps.map(([part, amount]) => ({ title: part, amount: amount.toFixed(2) })),
        { title: 'Worth to the customer', amount: value.economicValue.toFixed(2) },
        ...(price === null ? [] : [{ title: 'Our price', amount: price.toFixed(2) }]),
      ],
    },
    empty: null,
    height: () => waterfallHeight(rows.length),
    options: (frame) =>
      waterfallOptions(chart, frame, {
        rows,
        from: 'levels',
        axis: context.currency,
        tick: (amount) => formatMoney(amount, context.currency, { compact: true, trim: true, locale: context.locale }),
      }),
  }
}
