import { signOf, subtractDecimals, sumDecimals } from '../shared/decimal.ts'
import { formatMoney } from '../shared/format.ts'
import { type Chart, type ChartContext, decimalOf, emptyChart, measureWord, position, type Row, textOf } from './chart.ts'
import { type WaterfallRow, waterfallHeight, waterfallOptions } from './waterfall.ts'

interface Level {
  title: string
  amount: string
}

interface Flows {
  name: string
  title: string
  subtitle: string
  opening: Level
  steps: Level[]
  closing: Level
  notes?: string[]
}

/** From one level to another by steps that add up. */
function flows({ name, title, subtitle, opening, steps, closing, notes = [] }: Flows, context: ChartContext): Chart {
  const { locale, currency } = context
  const money = (value: string): string => formatMoney(value, currency, { compact: true, locale })
  const signed = (value: string): string => formatMoney(value, currency, { compact: true, sign: true, locale })
  const levelRow = (level: Level): WaterfallRow => ({
    title: level.title,
    kind: 'level',
    start: 0,
    end: Number(level.amount),
    text: money(level.amount),
    tone: signOf(level.amount) < 0 ? 'loss' : 'neutral',
  })
  let running = opening.amount
  const rows: WaterfallRow[] = [levelRow(opening)]
  for (const step of steps) {
    const before = running
    running = sumDecimals([running, step.amount])
    if (signOf(step.amount) === 0) continue
    rows.push({
      title: step.title,
      kind: 'step',
      start: Number(before),
      end: Number(running),
      text: signed(step.amount),
      tone: signOf(step.amount) < 0 ? 'loss' : 'profit',
    })
  }
  rows.push(levelRow(closing))
  const chart = {
    name,
    title,
    summary: `${opening.title} ${money(opening.amount)}; ${steps.map((step) => `${step.title} ${signed(step.amount)}`).join('; ')}; ${closing.title} ${money(closing.amount)}.`,
  }
  return {
    ...chart,
    subtitle,
    notes,
    table: {
      columns: [
        { name: 'title', title: 'Step', type: 'text' },
        { name: 'amount', title: 'Amount', type: 'money_sum' },
      ],
      rows: [opening, ...steps, closing].map((row) => ({ title: row.title, amount: row.amount })),
    },
    empty: null,
    height: () => waterfallHeight(rows.length),
    options: (frame) =>
      waterfallOptions(chart, frame, {
        rows,
        from: 'levels',
        axis: currency,
        tick: (value) => formatMoney(value, currency, { compact: true, trim: true, locale }),
      }),
  }
}

const inOrder = (rows: readonly Row[]): Row[] => [...rows].sort((a, b) => (position(a.position) ?? 0) - (position(b.position) ?? 0))
const largest = (steps: Level[]): Level | undefined => [...steps].sort((a, b) => Math.abs(Number(b.amount)) - Math.abs(Number(a.amount)))[0]
const noPeriods = ['There are no two periods to compare.', 'Import orders that reach over two months at least, better two years.'] as const

/** Customers lost, shrinking, growing, returned and won between two periods. Rows of `audit_change`. */
export function customerFlows(rows: Row[], context: ChartContext): Chart {
  const name = 'customer-flows'
  const found = inOrder(rows)
  if (found.length === 0) return emptyChart(name, 'Customers won, kept and lost', ...noPeriods)
  const steps = found.map((row) => ({
    title: `${textOf(row.title)} (${Number(row.customers).toLocaleString(context.locale ?? 'en')})`,
    amount: decimalOf(row.change) ?? '0',
  }))
  const before = sumDecimals(found.map((row) => decimalOf(row.previous_measure)))
  const now = sumDecimals(found.map((row) => decimalOf(row.current_measure)))
  const of = (...statuses: string[]): string =>
    sumDecimals(found.filter((row) => statuses.includes(textOf(row.status))).map((row) => decimalOf(row.change)))
  const signed = (value: string): string => formatMoney(value, context.currency, { compact: true, sign: true, locale: context.locale })
  return flows(
    {
      name,
      title: `Customers won or returned ${signed(of('new', 'returning'))}, lost ${signed(of('lost'))}, kept ${signed(of('kept-up', 'kept-down'))}`,
      subtitle:
        `${measureWord(context)} of known customers by what became of them, in ${context.currency}; number of customers in brackets`.replace(
          /^./,
          (letter) => letter.toUpperCase(),
        ),
      opening: { title: 'Previous period', amount: before },
      steps,
      closing: { title: 'Current period', amount: now },
    },
    context,
  )
}

/** Customers x orders each x revenue per order x margin. Rows of `audit_factor`. */
export function factorFlows(rows: Row[], context: ChartContext): Chart {
  const name = 'factor-flows'
  const found = inOrder(rows)
  const total = found.find((row) => row.factor === 'total')
  if (!total) return emptyChart(name, 'Customers x frequency x spend x margin', ...noPeriods)
  const steps = found.filter((row) => row !== total).map((row) => ({ title: textOf(row.title), amount: decimalOf(row.effect) ?? '0' }))
  const now = Number(total.current).toFixed(4)
  const main = largest(steps)
  const signed = (value: string): string => formatMoney(value, context.currency, { compact: true, sign: true, locale: context.locale })
  return flows(
    {
      name,
      title:
        main && signOf(main.amount) !== 0 ? `${main.title} moved it most: ${signed(main.amount)}` : 'Nothing moved between the periods',
      subtitle: `Change of ${measureWord(context)} by factor, in ${context.currency}: an exact split, nothing is left over`,
      opening: { title: 'Previous period', amount: subtractDecimals(now, decimalOf(total.effect) ?? '0') },
      steps,
      closing: { title: 'Current period', amount: now },
      notes: found.some((row) => row.method === 'shapley') ? ['A factor is zero or negative: split by the Shapley value.'] : [],
    },
    context,
  )
}

/** From what the customers were worth to what they are worth. Rows of `equity_bridge`. */
export function equityFlows(rows: Row[], context: ChartContext): Chart {
  const name = 'equity-bridge'
  const found = inOrder(rows)
  const [opening, closing] = [found[0], found.at(-1)]
  if (!opening || !closing || found.length < 3)
    return emptyChart(
      name,
      'What changed the value of the customers',
      'The data does not reach back far enough for two dates.',
      'Import orders of two years or more.',
    )
  const step = (row: Row): Level => ({ title: textOf(row.title), amount: decimalOf(row.amount) ?? '0' })
  const steps = found.slice(1, -1).map(step)
  const change = subtractDecimals(step(closing).amount, step(opening).amount)
  const signed = (value: string): string => formatMoney(value, context.currency, { compact: true, sign: true, locale: context.locale })
  const main = largest(steps)
  return flows(
    {
      name,
      title: `The value of the customers changed by ${signed(change)}${main ? `; most by ${main.title.toLowerCase()} (${signed(main.amount)})` : ''}`,
      subtitle: `Expected ${measureWord(context)} of known customers, discounted, in ${context.currency}; the steps add up exactly`,
      opening: step(opening),
      steps,
      closing: step(closing),
    },
    context,
  )
}
