import { decimalOf } from '../../shared/decimal.ts'
import { formatCount, formatRatio } from '../../shared/format.ts'
import type { Row } from '../../warehouse/port.ts'
import type { Ledger } from './ledger.ts'
import type { CostModel } from './model.ts'
import type { PoolResult } from './pools.ts'
import { assumedUse } from './starter.ts'

/** What was taken for granted, with what hangs on it. Rows of `cost_assumption`. */
export function assumptionRows(
  model: CostModel,
  pools: readonly PoolResult[],
  turning: (kind: 'rate' | 'equation', subject: string) => number | null,
  ledger: Ledger,
): Row[] {
  const rows: Row[] = []
  for (const { pool, capacity, units, assigned, assumedCapacity } of pools) {
    if (assumedCapacity && capacity !== null)
      rows.push({
        subject: pool.title,
        assumption: `${formatRatio(assumedUse, { digits: 0 })} of the practical capacity was used: ${formatCount(capacity)} ${pool.unit} in all`,
        why: 'no capacity is given; replace it by hours present less breaks, training and meetings',
        amount: decimalOf(units),
        sign_changes: turning('rate', pool.id) ?? 0,
      })
    if (!pool.assumed) continue
    for (const activity of model.activities.filter((one) => one.pool === pool.id))
      rows.push({
        subject: activity.title,
        assumption: `minutes = ${activity.equation.source}`,
        why: 'a usual figure, not measured in your house; time ten of them',
        amount: decimalOf(assigned),
        sign_changes: turning('equation', activity.id) ?? 0,
      })
  }
  if (ledger.converted.length > 0)
    rows.push({
      subject: 'Ledger in other currencies',
      assumption: `converted month by month: ${ledger.converted.slice(0, 3).join(', ')}${ledger.converted.length > 3 ? ` and ${ledger.converted.length - 3} more` : ''}`,
      why: 'rates of table fx_rate; steps.costing.foreignLedger says whether the mean or the last rate of a month holds',
      amount: '0.0000',
      sign_changes: null,
    })
  return rows.map((row, i) => ({ position: i + 1, ...row }))
}
