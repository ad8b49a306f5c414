import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { type Chart, valueFrequency, valueTracking } from '../../../src/charts/index.ts'
import { type Portfolio, tablePageOptions } from '../../parts/api.ts'
import { Exhibit } from '../../parts/Exhibit.tsx'
import classes from '../../parts/parts.module.css'
import { Bone } from '../../parts/States.tsx'
import { chartContext } from '../portfolio/measure.ts'

/** Whether the model deserves to be believed: week by week, and by how often customers had bought before. */
export function ValueCharts({ portfolio }: { portfolio: Portfolio }) {
  const snapshot = portfolio.snapshot.id
  const tracking = useQuery(tablePageOptions('value_holdout', { snapshot, sort: 'week' }, 0, 2000, false)).data
  const frequency = useQuery(tablePageOptions('value_calibration', { snapshot, sort: 'model,frequency' }, 0, 100, false)).data
  const charts = useMemo(() => {
    const context = chartContext(portfolio)
    const list: Chart[] = []
    if (tracking) list.push(valueTracking(tracking.rows, context))
    if (frequency) list.push(valueFrequency(frequency.rows, context))
    return list
  }, [tracking, frequency, portfolio])
  return (
    <div className={`${classes.grid2} ${classes.exhibits}`} style={{ marginTop: 48 }}>
      {charts.length === 0 && <Bone height={320} />}
      {charts.map((chart) => (
        <Exhibit key={chart.name} chart={chart} currency={portfolio.workspace.currency} heading="h2" />
      ))}
    </div>
  )
}
