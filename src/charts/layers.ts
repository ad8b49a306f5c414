import { compareDecimals, negateDecimal, ratioOf, signOf, sumDecimals } from '../shared/decimal.ts'
import { formatMoney, formatRatio } from '../shared/format.ts'
import { type Chart, type ChartContext, decimalOf, emptyChart, position, type Row, textOf } from './chart.ts'
import { type WaterfallRow, waterfallHeight, waterfallOptions } from './waterfall.ts'

// Steps that are stored as positive amounts and lead down to the next level. Returns are stored negative and simply added.
const taken = new Set(['discounts', 'revenue_without_cost', 'product_cost'])

/** From list revenue down to contribution: what each step takes, and what is left. Rows of `layer`, or of a customer by {@link layerRows}. */
export function layersWaterfall(rows: Row[], context: ChartContext): Chart {
  const name = 'layers'
  const layers = rows
    .map((row) => ({
      layer: textOf(row.layer),
      title: textOf(row.title) || textOf(row.layer),
      role: textOf(row.role),
      position: position(row.position) ?? 0,
      amount: decimalOf(row.amount),
      reason: textOf(row.reason),
      unlock: textOf(row.unlock),
    }))
    .sort((a, b) => a.position - b.position)
  const present = layers.filter((layer): layer is (typeof layers)[number] & { amount: string } => layer.amount !== null)
  if (present.length === 0) {
    return emptyChart(name, 'Contribution layers', 'No amount is known.', 'Import order lines with amounts.')
  }
  const money = (value: string): string => formatMoney(value, context.currency, { compact: true, locale: context.locale })

  let running = '0'
  const bars: WaterfallRow[] = []
  for (const layer of present) {
    if (layer.role === 'level') {
      running = layer.amount
      bars.push({
        title: layer.title,
        kind: 'level',
        start: 0,
        end: Number(running),
        text: money(layer.amount),
        tone: levelTone(layer.layer, layer.amount),
      })
    } else {
      const effect = taken.has(layer.layer) ? negateDecimal(layer.amount) : layer.amount
      if (signOf(effect) === 0) continue
      const before = running
      running = sumDecimals([running, effect])
      // Revenue whose cost is not known is set apart, not lost.
      const tone = layer.layer === 'revenue_without_cost' ? 'neutral' : signOf(effect) < 0 ? 'loss' : 'profit'
      bars.push({
        title: layer.title,
        kind: 'step',
        start: Number(before),
        end: Number(running),
        text: formatMoney(effect, context.currency, { compact: true, sign: true, locale: context.locale }),
        tone,
      })
    }
  }

  const amountOf = (layer: string): string | null => present.find((candidate) => candidate.layer === layer)?.amount ?? null
  const title = layersTitle(amountOf, money)
  const summary = `${present.map((layer) => `${layer.title} ${formatMoney(layer.amount, context.currency, { locale: context.locale })}`).join('; ')}.`
  const chart = { name, title, summary }
  return {
    ...chart,
    subtitle: `Layers of the whole period in ${context.currency}; each step leads from one level to the next`,
    notes: missingNotes(layers.filter((layer) => layer.amount === null)),
    table: {
      columns: [
        { name: 'title', title: 'Layer', type: 'text' },
        { name: 'amount', title: 'Amount', type: 'money_sum' },
      ],
      rows: layers.map((layer) => ({ title: layer.title, amount: layer.amount })),
    },
    empty: null,
    height: () => waterfallHeight(bars.length),
    options: (frame) =>
      waterfallOptions(chart, frame, {
        rows: bars,
        from: 'levels',
        axis: context.currency,
        tick: (value) => formatMoney(value, context.currency, { compact: true, trim: true, locale: context.locale }),
      }),
  }
}

const layerNames: [layer: string, title: string, role: string][] = [
  ['list_revenue', 'List revenue', 'level'],
  ['discounts', 'Discounts', 'step'],
  ['invoiced_revenue', 'Invoiced revenue', 'level'],
  ['returns', 'Returns', 'step'],
  ['net_revenue', 'Net revenue', 'level'],
  ['revenue_without_cost', 'Revenue without cost', 'step'],
  ['product_cost', 'Product cost', 'step'],
  ['contribution', 'Contribution', 'level'],
]

/** The layers of one customer, product or month, in the shape of the table `layer`. */
export function layerRows(row: Row): Row[] {
  return layerNames.map(([layer, title, role], index) => ({ layer, title, role, position: index + 1, amount: row[layer] ?? null }))
}

function levelTone(layer: string, amount: string): WaterfallRow['tone'] {
  if (signOf(amount) < 0) return 'loss'
  return layer === 'contribution' ? 'profit' : 'neutral'
}

function layersTitle(amountOf: (layer: string) => string | null, money: (value: string) => string): string {
  const net = amountOf('net_revenue')
  const contribution = amountOf('contribution')
  const returns = amountOf('returns')
  if (net === null) return 'Contribution layers'
  if (contribution !== null) {
    const share = ratioOf(contribution, net)
    const percent = share === null || signOf(net) <= 0 ? '' : ` (${formatRatio(share)})`
    return compareDecimals(contribution, '0') < 0
      ? `${money(net)} net revenue does not pay for its goods: contribution is ${money(contribution)}`
      : `Of ${money(net)} net revenue, ${money(contribution)}${percent} is left after product cost`
  }
  const invoiced = amountOf('invoiced_revenue')
  const share = returns !== null && invoiced !== null ? ratioOf(negateDecimal(returns), invoiced) : null
  return share !== null && share > 0
    ? `${formatRatio(share)} of what was invoiced came back: ${money(net)} net revenue`
    : `${money(net)} net revenue; what it earns needs product cost`
}

/** Layers that are absent for the same reason share a sentence. */
function missingNotes(layers: { title: string; reason: string; unlock: string }[]): string[] {
  const groups = new Map<string, { titles: string[]; reason: string; unlock: string }>()
  for (const { title, reason, unlock } of layers) {
    const group = groups.get(`${reason}|${unlock}`) ?? { titles: [], reason, unlock }
    group.titles.push(title)
    groups.set(`${reason}|${unlock}`, group)
  }
  return [...groups.values()].map(({ titles, reason, unlock }) => {
    const list = titles.length === 1 ? titles[0]! : `${titles.slice(0, -1).join(', ')} and ${titles.at(-1)!.toLowerCase()}`
    return [`${list} ${titles.length === 1 ? 'is' : 'are'} absent.`, sentence(reason), unlock === '' ? '' : sentence(`To add: ${unlock}`)]
      .filter(Boolean)
      .join(' ')
  })
}

const sentence = (text: string): string => {
  const start = text.charAt(0).toUpperCase() + text.slice(1)
  return start === '' || /[.!?]$/.test(start) ? start : `${start}.`
}
