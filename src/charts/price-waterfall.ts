import { absoluteDecimal, ratioOf, signOf, sumDecimals } from '../shared/decimal.ts'
import { formatMoney, formatRatio } from '../shared/format.ts'
import { type Chart, type ChartContext, decimalOf, emptyChart, position, type Row, textOf } from './chart.ts'
import { type WaterfallRow, waterfallHeight, waterfallOptions } from './waterfall.ts'

interface Step {
  step: string
  title: string
  role: string
  side: string
  amount: string | null
  share: number | null
  accrued: string | null
  owner: string
  reason: string
  unlock: string
}

/** Rows of `price_waterfall` of one scope and span, in reading order. */
export function priceSteps(rows: Row[]): Step[] {
  return [...rows]
    .sort((a, b) => (position(a.position) ?? 0) - (position(b.position) ?? 0))
    .map((row) => ({
      step: textOf(row.step),
      title: textOf(row.title),
      role: textOf(row.role),
      side: textOf(row.side),
      amount: decimalOf(row.amount),
      share: position(row.share_of_list),
      accrued: decimalOf(row.accrued),
      owner: textOf(row.owner),
      reason: textOf(row.reason),
      unlock: textOf(row.unlock),
    }))
}

const percent = (share: number): string => formatRatio(share)

/** From list price to what stays in the pocket, and what product and service leave of it. */
export function priceWaterfall(rows: Row[], context: ChartContext, whose = 'all customers'): Chart {
  const name = 'price-waterfall'
  const steps = priceSteps(rows)
  const present = steps.filter((step): step is Step & { amount: string } => step.amount !== null)
  if (present.length === 0) {
    return emptyChart(name, 'Pocket-price waterfall', 'No price is known.', 'Import order lines with amounts, better with list prices.')
  }
  const money = (value: string, sign = false): string =>
    formatMoney(value, context.currency, { compact: true, sign, locale: context.locale })
  let running = '0'
  const bars = present.map((step): WaterfallRow => {
    const share = step.share === null ? '' : `  ${percent(Math.abs(step.share))}`
    if (step.role === 'level') {
      running = step.amount
      const last = step.step === 'pocket_margin' || step.step === 'after_service'
      const tone = signOf(step.amount) < 0 ? 'loss' : last ? 'profit' : 'neutral'
      return { title: step.title, kind: 'level', start: 0, end: Number(running), text: `${money(step.amount)}${share}`, tone }
    }
    const before = running
    running = sumDecimals([running, step.amount])
    const apart = step.step === 'revenue_without_cost'
    return {
      title: step.title,
      kind: 'step',
      start: Number(before),
      end: Number(running),
      text: `${money(step.amount, true)}${share}`,
      tone: apart ? 'neutral' : signOf(step.amount) < 0 ? 'loss' : 'profit',
    }
  })
  const title = waterfallTitle(present, whose, money)
  const chart = {
    name,
    title,
    summary: `${present.map((step) => `${step.title} ${formatMoney(step.amount, context.currency, { locale: context.locale })}`).join('; ')}.`,
  }
  const listed = present.some(({ step }) => step === 'list_revenue')
  const accrued = sumDecimals(present.map((step) => step.accrued))
  return {
    ...chart,
    subtitle: `In ${context.currency}; shares are of ${listed ? 'list' : 'invoiced'} revenue; each step leads from one level to the next`,
    notes: [
      ...(signOf(accrued) !== 0
        ? [`${money(accrued)} of what is given after the invoice is accrued: booked by expectation, paid later.`]
        : []),
      ...missing(steps),
    ],
    table: {
      columns: [
        { name: 'title', title: 'Step', type: 'text' },
        { name: 'amount', title: 'Amount', type: 'money_sum' },
        { name: 'share', title: listed ? 'Of list' : 'Of invoice', type: 'ratio' },
        { name: 'accrued', title: 'Of which accrued', type: 'money_sum' },
        { name: 'owner', title: 'Owner', type: 'text' },
      ],
      rows: steps.map(({ title: label, amount, share, accrued: part, owner }) => ({ title: label, amount, share, accrued: part, owner })),
    },
    empty: null,
    height: () => waterfallHeight(bars.length),
    options: (frame) => ({
      ...waterfallOptions(chart, frame, {
        rows: bars,
        from: 'levels',
        axis: context.currency,
        tick: (value) => formatMoney(value, context.currency, { compact: true, trim: true, locale: context.locale }),
      }),
      // Amount and share stand behind the bars.
      marginRight: frame.width < 520 ? 118 : 140,
    }),
  }
}

function waterfallTitle(steps: (Step & { amount: string })[], whose: string, money: (value: string) => string): string {
  const of = (step: string): string | null => steps.find((one) => one.step === step)?.amount ?? null
  const [list, pocket, invoiced] = [of('list_revenue'), of('pocket_revenue'), of('invoiced_revenue')]
  const off = steps.filter(({ side }) => side === 'off_invoice')
  const given = sumDecimals(off.map(({ amount }) => amount))
  const base = list ?? invoiced
  if (base === null || pocket === null || signOf(base) <= 0) return `Pocket price of ${whose}`
  const share = ratioOf(pocket, base)
  const of100 = share === null ? '' : formatRatio(share)
  const [largest] = [...off].sort((a, b) => Number(a.amount) - Number(b.amount))
  const more =
    largest && signOf(given) < 0
      ? `; ${money(absoluteDecimal(given))} went after the invoice, most as ${largest.title.toLowerCase()}`
      : list === null
        ? ''
        : `; discounts took ${formatRatio(-steps.filter(({ side }) => side === 'on_invoice').reduce((sum, step) => sum + (step.share ?? 0), 0))}`
  return `${of100} of ${list === null ? 'invoiced' : 'list'} revenue stays in the pocket${more}`
}

/** Steps that are absent for the same reason share a sentence. */
function missing(steps: Step[]): string[] {
  return steps
    .filter((step) => step.reason !== '')
    .map(
      ({ title, reason, unlock }) =>
        `${title}: ${reason}${unlock ? ` What would give it: ${unlock.charAt(0).toLowerCase()}${unlock.slice(1)}` : ''}`,
    )
}

export interface Side {
  title: string
  rows: Row[]
}

/**
 * Two waterfalls against each other, in points of list revenue, so that a small customer can stand beside a large one: from the pocket share
 * of the first to that of the second, one bar a step that differs.
 */
export function priceComparison(first: Side, second: Side, context: ChartContext): Chart {
  const name = 'price-comparison'
  const [a, b] = [priceSteps(first.rows), priceSteps(second.rows)]
  const shareOf = (steps: Step[], step: string): number | null => steps.find((one) => one.step === step)?.share ?? null
  const amountOf = (steps: Step[], step: string): string | null => steps.find((one) => one.step === step)?.amount ?? null
  const from = shareOf(a, 'pocket_revenue')
  const to = shareOf(b, 'pocket_revenue')
  const base = amountOf(b, 'list_revenue') ?? amountOf(b, 'invoiced_revenue')
  if (from === null || to === null || base === null) {
    return emptyChart(name, 'Two waterfalls compared', 'One of the two has no revenue to compare.', 'Choose two that bought in their span.')
  }
  // Steps down to the pocket only: what product and service take is in the table.
  const names = [...a, ...b].filter(({ role, side }) => role === 'step' && side !== 'cost').map(({ step }) => step)
  const title = (step: string): string => [...a, ...b].find((one) => one.step === step)?.title ?? step
  const differences = [...new Set(names)]
    .map((step) => ({ step, title: title(step), change: (shareOf(b, step) ?? 0) - (shareOf(a, step) ?? 0) }))
    .filter(({ change }) => Math.abs(change) >= 0.00005)
    .sort((x, y) => x.change - y.change)
  const points = (value: number, sign = true): string =>
    `${sign && value > 0 ? '+' : value < 0 ? '−' : ''}${Math.abs(100 * value).toFixed(1)}`
  // Differences that are small beside the levels start at the first level, not at zero.
  const small = Math.max(0, ...differences.map(({ change }) => Math.abs(change))) < 0.08 * Math.max(from, to)
  const zero = small ? from : 0
  let running = from - zero
  const bars: WaterfallRow[] = [
    { title: first.title, kind: 'level', start: 0, end: 100 * running, text: points(from, false), tone: 'neutral' },
  ]
  for (const { title: label, change } of differences) {
    bars.push({
      title: label,
      kind: 'step',
      start: 100 * running,
      end: 100 * (running + change),
      text: points(change),
      tone: change < 0 ? 'loss' : 'profit',
    })
    running += change
  }
  bars.push({ title: second.title, kind: 'level', start: 0, end: 100 * (to - zero), text: points(to, false), tone: 'neutral' })
  const [largest] = [...differences].sort((x, y) => Math.abs(y.change) - Math.abs(x.change))
  const worth = formatMoney(String(Math.abs(to - from) * Number(base)), context.currency, { compact: true, locale: context.locale })
  const same = Math.abs(to - from) < 0.0005
  const headline = same
    ? `${second.title} keeps the same share of list price as ${first.title}`
    : `${second.title} keeps ${Math.abs(100 * (to - from)).toFixed(1)} points ${to > from ? 'more' : 'less'} of list price than ${first.title}, worth ${worth}` +
      (largest ? `; most by ${largest.title.toLowerCase()} (${points(largest.change)})` : '')
  const chart = {
    name,
    title: headline,
    summary: `${first.title} ${points(from, false)} of 100; ${differences.map((one) => `${one.title} ${points(one.change)}`).join('; ')}; ${second.title} ${points(to, false)}.`,
  }
  const steps = [...new Set([...a, ...b].map(({ step }) => step))]
  return {
    ...chart,
    subtitle: 'Points of list revenue (of invoiced revenue where there is no list price); the money is at the list revenue of the second',
    notes: [],
    table: {
      columns: [
        { name: 'title', title: 'Step', type: 'text' },
        { name: 'first', title: first.title, type: 'money_sum' },
        { name: 'first_share', title: 'Of list', type: 'ratio' },
        { name: 'second', title: second.title, type: 'money_sum' },
        { name: 'second_share', title: 'Of list', type: 'ratio' },
        { name: 'difference', title: 'Difference', type: 'ratio' },
      ],
      rows: steps.map((step) => {
        const [x, y] = [shareOf(a, step), shareOf(b, step)]
        return {
          title: title(step),
          first: amountOf(a, step),
          first_share: x,
          second: amountOf(b, step),
          second_share: y,
          difference: x === null && y === null ? null : (y ?? 0) - (x ?? 0),
        }
      }),
    },
    empty: null,
    height: () => waterfallHeight(bars.length),
    options: (frame) =>
      waterfallOptions(chart, frame, {
        rows: bars,
        from: small ? 'changes' : 'levels',
        axis: small ? 'points of list price, from the first on' : 'of 100 at list price',
        tick: (value) => String(Math.round(10 * value) / 10),
      }),
  }
}
