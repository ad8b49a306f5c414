import { absoluteDecimal, compareDecimals, ratioOf, signOf, subtractDecimals, sumDecimals } from '../shared/decimal.ts'
import { formatDate, formatMoney, formatRatio } from '../shared/format.ts'
import { type Chart, type ChartContext, decimalOf, emptyChart, measureWord, position, type Row, textOf } from './chart.ts'
import { type WaterfallRow, waterfallHeight, waterfallOptions } from './waterfall.ts'

export interface BridgeInput {
  /** Rows of `bridge`. */
  effects: Row[]
  /** Rows of `period`. */
  periods?: Row[] | undefined
}

interface Effect {
  effect: string
  title: string
  amount: string
}

/** What moved the profit measure from the previous to the current period, effect by effect. */
export function bridgeWaterfall(input: BridgeInput, context: ChartContext): Chart {
  const name = 'bridge'
  const effects = input.effects
    .map((row) => ({
      effect: textOf(row.effect),
      title: textOf(row.title) || textOf(row.effect),
      position: position(row.position) ?? 0,
      amount: decimalOf(row.amount),
    }))
    .sort((a, b) => a.position - b.position)
    .filter((row): row is typeof row & { amount: string } => row.amount !== null)
  const opening = effects.find((row) => row.effect === 'opening')
  const closing = effects.find((row) => row.effect === 'closing')
  const steps = effects.filter((row) => row.effect !== 'opening' && row.effect !== 'closing')
  if (!opening || !closing) {
    return emptyChart(name, 'What changed', 'There are no two periods to compare.', 'Import orders that reach further back.')
  }
  const locale = context.locale
  const money = (value: string): string => formatMoney(value, context.currency, { compact: true, locale })
  const signed = (value: string): string => formatMoney(value, context.currency, { compact: true, sign: true, locale })
  const change = subtractDecimals(closing.amount, opening.amount)

  // Beside levels many times as large the steps would vanish: then the drawing starts at the opening level.
  let running = opening.amount
  const ends = steps.map((step) => {
    running = sumDecimals([running, step.amount])
    return Number(running) - Number(opening.amount)
  })
  const levels = Math.max(Math.abs(Number(opening.amount)), Math.abs(Number(closing.amount)))
  const from: 'levels' | 'changes' = Math.max(0, ...ends) - Math.min(0, ...ends) < levels * 0.15 ? 'changes' : 'levels'
  const base = from === 'changes' ? Number(opening.amount) : 0
  let before = Number(opening.amount) - base
  const level = (row: Effect, end: number): WaterfallRow => ({
    title: row.title,
    kind: 'level',
    start: 0,
    end,
    text: money(row.amount),
    tone: signOf(row.amount) < 0 ? 'loss' : 'neutral',
  })
  const rows: WaterfallRow[] = [level(opening, before)]
  for (const [index, step] of steps.entries()) {
    const end = Number(opening.amount) - base + ends[index]!
    if (signOf(step.amount) !== 0) {
      rows.push({
        title: step.title,
        kind: 'step',
        start: before,
        end,
        text: signed(step.amount),
        tone: signOf(step.amount) < 0 ? 'loss' : 'profit',
      })
    }
    before = end
  }
  rows.push(level(closing, Number(closing.amount) - base))

  const title = bridgeTitle(steps, opening.amount, change, context, money, signed)
  const span = (which: string): string => {
    const row = input.periods?.find((candidate) => textOf(candidate.period) === which)
    return row ? `${formatDate(textOf(row.from_date), { locale })} to ${formatDate(textOf(row.to_date), { locale })}` : ''
  }
  const spans = [span('current'), span('previous')].every(Boolean)
    ? `${span('current')} against ${span('previous')}`
    : 'Current against previous period'
  const summary =
    `${opening.title} ${money(opening.amount)}; ` +
    steps.map((step) => `${step.title} ${signed(step.amount)}`).join('; ') +
    `; ${closing.title} ${money(closing.amount)}, a change of ${signed(change)}.`
  const chart = { name, title, summary }
  return {
    ...chart,
    subtitle: `${spans}, ${measureWord(context)} in ${context.currency}`,
    notes: from === 'changes' ? ['The effects are small beside the levels: bars start at the opening level, not at zero.'] : [],
    table: {
      columns: [
        { name: 'title', title: 'Effect', type: 'text' },
        { name: 'amount', title: 'Amount', type: 'money_sum' },
      ],
      rows: effects.map((row) => ({ title: row.title, amount: row.amount })),
    },
    empty: null,
    height: () => waterfallHeight(rows.length),
    options: (frame) =>
      waterfallOptions(chart, frame, {
        rows,
        from,
        axis: from === 'changes' ? `change from opening, ${context.currency}` : context.currency,
        tick: (value) => formatMoney(value, context.currency, { compact: true, trim: true, sign: from === 'changes', locale }),
      }),
  }
}

const causes: Record<string, string> = {
  price: 'price',
  fx: 'exchange rates',
  unit_cost: 'unit cost',
  volume: 'volume',
  mix: 'mix',
  new: 'new business',
  lost: 'lost business',
}

function bridgeTitle(
  steps: Effect[],
  opening: string,
  change: string,
  context: ChartContext,
  money: (value: string) => string,
  signed: (value: string) => string,
): string {
  const word = measureWord(context)
  const subject = `${word.charAt(0).toUpperCase()}${word.slice(1)}`
  const direction = signOf(change)
  const largest = steps
    .filter((step) => signOf(step.amount) !== 0)
    .sort((a, b) => compareDecimals(absoluteDecimal(b.amount), absoluteDecimal(a.amount)))
    .slice(0, 3)
    .map((step) => `${causes[step.effect] ?? step.title.toLowerCase()} ${signed(step.amount)}`)
  const why = largest.length === 0 ? '' : `: ${largest.join(', ')}`
  if (direction === 0) return `${subject} did not change${why}`
  const share = signOf(opening) > 0 ? ratioOf(absoluteDecimal(change), opening) : null
  const percent = share === null ? '' : ` (${formatRatio(share)})`
  return `${subject} ${direction > 0 ? 'rose' : 'fell'} by ${money(absoluteDecimal(change))}${percent}${why}`
}
