import type { Row } from '../../warehouse/port.ts'
import type { Exhibit } from '../data.ts'
import type { BookSheet } from '../xlsx/book.ts'
import { type BookCell, columnName } from '../xlsx/cell.ts'
import { headRows } from './exhibit.ts'

/** One column of amounts: whose waterfall, over which span. */
interface Side {
  title: string
  rows: Row[]
}

/**
 * The pocket-price waterfall of everybody and of each segment side by side. Steps are values, every level but the first is a formula: the
 * level before plus the steps between, so that a step that is changed runs down to the pocket margin.
 */
export function priceWaterfallSheet(exhibit: Exhibit): BookSheet {
  const sides = sidesOf(exhibit.rows)
  const steps = orderedSteps(sides)
  const titles = ['Step', 'Side', ...sides.flatMap(({ title }) => [title, 'Of list'])]
  const text = (value: unknown, look: BookCell['look'] = 'text'): BookCell => ({
    look,
    value: value === null || value === undefined ? '' : String(value),
  })
  const body = steps.map((step, index): (BookCell | null)[] => {
    const number = headRows + 1 + index
    const level = step.role === 'level'
    return [
      text(step.title, level ? 'strong' : 'text'),
      text(step.side === 'on_invoice' ? 'on invoice' : step.side === 'off_invoice' ? 'after the invoice' : ''),
      ...sides.flatMap(({ rows }, side): (BookCell | null)[] => {
        const letter = columnName(3 + 2 * side)
        const row = rows.find((one) => one.step === step.step)
        const amount = row?.amount ?? null
        if (amount === null) return [null, null]
        const before = lastLevel(steps, rows, index)
        const formula =
          level && before !== null
            ? `${letter}${headRows + 1 + before}${before + 1 < index ? `+SUM(${letter}${headRows + 2 + before}:${letter}${number - 1})` : ''}`
            : undefined
        const base = firstKnown(steps, rows)
        return [
          { look: level ? 'strongMoney' : 'money', value: String(amount), ...(formula === undefined ? {} : { formula }) },
          base === null
            ? null
            : {
                look: level ? 'strongRatio' : 'ratio',
                value: typeof row?.share_of_list === 'number' ? row.share_of_list : null,
                formula: `IF(${letter}$${headRows + 1 + base}=0,"",${letter}${number}/${letter}$${headRows + 1 + base})`,
              },
        ]
      }),
    ]
  })
  return {
    name: 'Price waterfall',
    widths: [28, 17, ...sides.flatMap(() => [18, 9])],
    frozen: { rows: headRows, columns: 2 },
    rows: [
      [text('From list price to pocket', 'title')],
      [
        text(
          'Steps are values; every level is a formula, the level before plus its steps. Change a step and see the pocket margin.',
          'note',
        ),
      ],
      [],
      titles.map((title, index): BookCell => ({ look: index < 2 ? 'heading' : 'headingRight', value: title })),
      ...body,
    ],
  }
}

const spans: Record<string, string> = { whole: 'all data', previous: 'previous period', current: 'current period' }

function sidesOf(rows: Row[]): Side[] {
  const sides = new Map<string, Side>()
  for (const row of rows) {
    const key = `${row.scope}\n${row.scope_key}\n${row.span}`
    const who = row.scope === 'all' ? 'All customers' : `Segment ${row.scope_key}`
    const side = sides.get(key) ?? { title: `${who}, ${spans[String(row.span)]}`, rows: [] }
    side.rows.push(row)
    sides.set(key, side)
  }
  return [...sides.values()]
}

/** Every step that any of them has, each level after all steps that lead to it. */
function orderedSteps(sides: Side[]): Row[] {
  const steps: Row[] = []
  for (const { rows } of sides) {
    let at = -1
    for (const row of rows) {
      const found = steps.findIndex((one) => one.step === row.step)
      if (found >= 0) at = found
      else steps.splice(++at, 0, row)
    }
  }
  return steps
}

function lastLevel(steps: Row[], rows: Row[], index: number): number | null {
  for (let i = index - 1; i >= 0; i--) {
    const row = steps[i]!.role === 'level' ? rows.find((one) => one.step === steps[i]!.step) : undefined
    if (row && row.amount !== null) return i
  }
  return null
}

function firstKnown(steps: Row[], rows: Row[]): number | null {
  const index = steps.findIndex((step) => step.role === 'level' && (rows.find((one) => one.step === step.step)?.amount ?? null) !== null)
  return index < 0 ? null : index
}
