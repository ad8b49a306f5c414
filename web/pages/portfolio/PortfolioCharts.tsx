import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import {
  bridgeWaterfall,
  type Chart,
  concentrationDots,
  layersWaterfall,
  monthTrend,
  movers,
  sizeProfit,
} from '../../../src/charts/index.ts'
import { type Portfolio, tablePageOptions } from '../../parts/api.ts'
import { Exhibit } from '../../parts/Exhibit.tsx'
import classes from '../../parts/parts.module.css'
import { chartContext } from './measure.ts'

/** The small exhibits: where the money goes, when, what changed, who moved, how much hangs on few. */
export function PortfolioCharts({ portfolio }: { portfolio: Portfolio }) {
  const byProfit = chartContext(portfolio).measure === 'contribution'
  // The largest by revenue are enough to see whether the big ones are the best or the worst.
  const largest = useQuery({
    ...tablePageOptions(
      'customer_profit',
      {
        snapshot: portfolio.snapshot.id,
        filters: JSON.stringify([{ column: 'identified', op: 'eq', value: true }]),
        sort: '-net_revenue',
        columns: 'customer_id,name,identified,net_revenue,contribution,margin,measure,measure_rank,revenue_rank,revenue_without_cost',
      },
      0,
      2000,
      false,
    ),
    enabled: byProfit,
  }).data
  const charts = useMemo(() => {
    const context = chartContext(portfolio)
    const { layers, months, bridge, periods, concentration } = portfolio
    const list: Chart[] = []
    if (layers) list.push(layersWaterfall(layers.rows, context))
    if (months) list.push(monthTrend(months.rows, context))
    if (bridge) list.push(bridgeWaterfall({ effects: bridge.rows, periods: periods?.rows }, context))
    if (portfolio.movers) list.push(movers([...portfolio.movers.gains, ...portfolio.movers.losses], context))
    if (concentration) list.push(concentrationDots(concentration.rows, context))
    if (largest) list.push(sizeProfit({ customers: largest.rows, total: largest.total }, context))
    return list
  }, [largest, portfolio])
  return (
    <div id="what-changed" className={`${classes.grid2} ${classes.exhibits}`} style={{ marginTop: 48 }}>
      {charts.map((chart) => (
        <Exhibit key={chart.name} chart={chart} currency={portfolio.workspace.currency} heading="h2" />
      ))}
    </div>
  )
}
