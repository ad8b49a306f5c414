import { useMemo } from 'react'
import { bridgeWaterfall, type Chart, concentrationDots, layersWaterfall, monthTrend, movers } from '../../../src/charts/index.ts'
import type { Portfolio } from '../../parts/api.ts'
import { Exhibit } from '../../parts/Exhibit.tsx'
import classes from '../../parts/parts.module.css'
import { chartContext } from './measure.ts'

/** The small exhibits: where the money goes, when, what changed, who moved, how much hangs on few. */
export function PortfolioCharts({ portfolio }: { portfolio: Portfolio }) {
  const charts = useMemo(() => {
    const context = chartContext(portfolio)
    const { layers, months, bridge, periods, concentration } = portfolio
    const list: Chart[] = []
    if (layers) list.push(layersWaterfall(layers.rows, context))
    if (months) list.push(monthTrend(months.rows, context))
    if (bridge) list.push(bridgeWaterfall({ effects: bridge.rows, periods: periods?.rows }, context))
    if (portfolio.movers) list.push(movers([...portfolio.movers.gains, ...portfolio.movers.losses], context))
    if (concentration) list.push(concentrationDots(concentration.rows, context))
    return list
  }, [portfolio])
  return (
    <div className={classes.grid2} style={{ marginTop: 48 }}>
      {charts.map((chart) => (
        <Exhibit key={chart.name} chart={chart} currency={portfolio.workspace.currency} heading="h2" />
      ))}
    </div>
  )
}
