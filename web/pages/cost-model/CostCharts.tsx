import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { costCapacity, costTieOut } from '../../../src/charts/index.ts'
import { type Portfolio, tablePageOptions } from '../../parts/api.ts'
import { Exhibit } from '../../parts/Exhibit.tsx'
import classes from '../../parts/parts.module.css'
import { Bone } from '../../parts/States.tsx'
import { chartContext } from '../portfolio/measure.ts'

/** Capacity used and unused, and where the ledger went. */
export function CostCharts({ portfolio }: { portfolio: Portfolio }) {
  const snapshot = portfolio.snapshot.id
  const pools = useQuery(tablePageOptions('pool_cost', { snapshot, sort: '-cost' }, 0, 200, false)).data
  const tieOut = useQuery(tablePageOptions('cost_tie_out', { snapshot, sort: 'position' }, 0, 200, false)).data
  const charts = useMemo(() => {
    const context = chartContext(portfolio)
    return [...(pools ? [costCapacity(pools.rows, context)] : []), ...(tieOut ? [costTieOut(tieOut.rows, context)] : [])]
  }, [pools, tieOut, portfolio])
  return (
    <div className={`${classes.grid2} ${classes.exhibits}`} style={{ marginTop: 48 }} id="capacity">
      {charts.length === 0 && <Bone height={320} />}
      {charts.map((chart) => (
        <Exhibit key={chart.name} chart={chart} currency={portfolio.workspace.currency} heading="h2" />
      ))}
    </div>
  )
}
