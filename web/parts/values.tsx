import { formatValue, type MoneyOptions } from '../../src/shared/format.ts'
import type { Cell, Contract, Row } from './api.ts'
import classes from './parts.module.css'
import type { ExplainTarget } from './search.ts'
import { useCommon } from './useCommon.ts'

const numeric = new Set(['integer', 'money', 'money_sum', 'price', 'quantity', 'ratio', 'number'])
export const isNumeric = (type: string): boolean => numeric.has(type)
export const isMoney = (type: string): boolean => type === 'money' || type === 'money_sum' || type === 'price'

export const isNegative = (value: unknown): boolean =>
  typeof value === 'number' ? value < 0 : typeof value === 'string' && /^-.*[1-9]/.test(value)

/** The unit that stands in a heading: the currency for money, per cent for shares, else the column's own. */
export function unitOf(column: { type: string; unit?: string | null | undefined }, currency: string): string {
  if (isMoney(column.type)) return currency
  if (column.type === 'ratio') return '%'
  return column.unit && !['rank', 'customers', 'orders', 'lines', 'cells', 'units'].includes(column.unit) ? column.unit : ''
}

/** A cell under a heading that names the unit: no currency sign, no per-cent sign. */
export function showCell(
  value: Cell | undefined,
  column: { type: string; unit?: string | undefined },
  currency: string,
  options: MoneyOptions = {},
): string {
  const text = formatValue(value ?? null, column, currency, { currencyDisplay: 'none', ...options })
  return column.type === 'ratio' ? text.replace(' %', '') : text
}

/** The key of a row, by which a figure in it is found again. */
export function keyOf(contract: Contract, row: Row): Record<string, string | number | null> {
  return Object.fromEntries(contract.key.map((name) => [name, (row[name] ?? null) as string | number | null]))
}

/** A figure that says where it comes from when pressed. Losses are orange and bear a true minus sign. */
export function Num({
  text,
  value,
  target,
  strong = false,
}: {
  text: string
  value?: Cell | undefined
  target?: ExplainTarget | undefined
  strong?: boolean
}) {
  const { set, explainLink } = useCommon()
  const tone = isNegative(value) ? ' loss' : ''
  if (!target || value === null || value === undefined) {
    return <span className={`tab${tone}`}>{text}</span>
  }
  return (
    <button
      type="button"
      className={`${classes.num}${tone}`}
      style={strong ? { fontWeight: 640 } : undefined}
      aria-label={`${text}, explain`}
      title="Explain this figure"
      onClick={() => set({ explain: explainLink(target) })}
    >
      {text}
    </button>
  )
}
