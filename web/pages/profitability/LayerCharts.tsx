import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { type Chart, layerCurves, profitLayers } from '../../../src/charts/index.ts'
import { type Portfolio, tablePageOptions } from '../../parts/api.ts'
import { Exhibit } from '../../parts/Exhibit.tsx'
import classes from '../../parts/parts.module.css'
import { Bone } from '../../parts/States.tsx'
import { chartContext } from '../portfolio/measure.ts'

/** Where contribution goes, and what serving does to the whale curve. */
export function LayerCharts({ portfolio }: { portfolio: Portfolio }) {
  const snapshot = portfolio.snapshot.id
  const layers = useQuery(tablePageOptions('profit_layer', { snapshot, sort: 'position' }, 0, 100, false)).data
  const curves = useQuery(tablePageOptions('profit_curve', { snapshot, sort: 'layer,rank' }, 0, 5000, false)).data
  const charts = useMemo(() => {
    const context = chartContext(portfolio)
    const list: Chart[] = []
    if (layers) list.push(profitLayers(layers.rows, context))
    if (curves) list.push(layerCurves(curves.rows, context))
    return list
  }, [layers, curves, portfolio])
  return (
    <div id="layers" className={`${classes.grid2} ${classes.exhibits}`} style={{ marginTop: 48 }}>
      {charts.length === 0 && <Bone height={320} />}
      {charts.map((chart) => (
        <Exhibit key={chart.name} chart={chart} currency={portfolio.workspace.currency} heading="h2" />
      ))}
    </div>
  )
}
