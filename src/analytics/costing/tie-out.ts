import type { Check } from '../../pipeline/step.ts'
import { decimalOf, sumDecimals } from '../../shared/decimal.ts'
import { formatMoney } from '../../shared/format.ts'
import type { Booked } from './ledger.ts'
import type { CostModel } from './model.ts'
import { keepsCost, type PoolResult } from './pools.ts'

export interface TieOutRow {
  position: number
  destination: string
  title: string
  amount: string
  [key: string]: string | number
}

const sum = (values: Iterable<bigint>): bigint => [...values].reduce((a, b) => a + b, 0n)

/** Where every unit of the ledger went. Rows of `cost_tie_out`. */
export function tieOutRows(
  model: CostModel,
  total: bigint,
  booked: Booked,
  pools: readonly PoolResult[],
  amountOf: (activity: string) => bigint,
): TieOutRow[] {
  const assigned = (level: string) => sum(model.activities.filter((activity) => activity.level === level).map(({ id }) => amountOf(id)))
  const kept = (level: string) => sum(pools.filter(({ pool }) => pool.level === level && keepsCost(model, pool)).map(({ units }) => units))
  const has = (level: string) =>
    pools.some(({ pool }) => pool.level === level) || model.activities.some((activity) => activity.level === level)
  const unused = sum(pools.filter(({ pool }) => !keepsCost(model, pool)).map(({ units, assigned: given }) => units - given))
  const parts: [string, string, bigint][] = [
    ['line', 'Assigned to order lines', assigned('line')],
    ['order', 'Assigned to orders', assigned('order')],
    ['customer', 'Assigned to customers', assigned('customer')],
    ...(has('channel')
      ? [['channel', 'Channels, not pushed down', assigned('channel') + kept('channel')] as [string, string, bigint]]
      : []),
    ...(has('segment')
      ? [['segment', 'Segments, not pushed down', assigned('segment') + kept('segment')] as [string, string, bigint]]
      : []),
    ['business', 'Business-sustaining, not allocated', kept('business')],
    ['unused', 'Unused capacity', unused],
    ...booked.excluded.map(({ reason, units }): [string, string, bigint] => ['excluded', `Excluded: ${reason}`, units]),
  ]
  const all: [string, string, bigint][] = [
    ['ledger', 'Ledger', total],
    ...parts,
    ['difference', 'Difference', total - sum(parts.map(([, , units]) => units))],
  ]
  return all.map(([destination, title, units], i) => ({ position: i + 1, destination, title, amount: decimalOf(units) }))
}

/** That the parts are the ledger, to the last unit. */
export function tieOutCheck(rows: readonly TieOutRow[], currency: string): Check {
  const money = (amount: string) => formatMoney(amount, currency)
  const [ledger, difference] = [rows[0]!, rows[rows.length - 1]!]
  const parts = rows.slice(1, -1)
  return {
    name: 'costs-tie-to-ledger',
    title: 'Costs tie to the ledger',
    status: Number(difference.amount) === 0 ? 'pass' : 'fail',
    blocking: true,
    detail: `${parts.map(({ title, amount }) => `${title.toLowerCase()} ${money(amount)}`).join(' + ')} = ledger ${money(ledger.amount)}.`,
    expected: ledger.amount,
    actual: sumDecimals(parts.map(({ amount }) => amount)),
  }
}
