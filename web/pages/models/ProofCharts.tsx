import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { type Chart, valueChances, valueFrequency, valueLift, valueTracking } from '../../../src/charts/index.ts'
import { type Portfolio, tablePageOptions } from '../../parts/api.ts'
import { Exhibit } from '../../parts/Exhibit.tsx'
import { Section } from '../../parts/Page.tsx'
import classes from '../../parts/parts.module.css'
import { Bone } from '../../parts/States.tsx'
import { chartContext } from '../portfolio/measure.ts'

/** Four views of the held-out part: week by week, by tenth, by chance, by earlier frequency. */
export function ProofCharts({ portfolio }: { portfolio: Portfolio }) {
  const snapshot = portfolio.snapshot.id
  const tracking = useQuery(tablePageOptions('value_holdout', { snapshot, sort: 'week' }, 0, 2000, false)).data
  const lift = useQuery(tablePageOptions('value_lift', { snapshot, sort: 'model,grouping,tenth' }, 0, 200, false)).data
  const frequency = useQuery(tablePageOptions('value_calibration', { snapshot, sort: 'model,frequency' }, 0, 100, false)).data
  const charts = useMemo(() => {
    const context = chartContext(portfolio)
    const list: Chart[] = []
    if (tracking) list.push(valueTracking(tracking.rows, context))
    if (lift) list.push(valueLift(lift.rows, context), valueChances(lift.rows, context))
    if (frequency) list.push(valueFrequency(frequency.rows, context))
    return list
  }, [tracking, lift, frequency, portfolio])
  return (
    <Section title="What it told of weeks that it had not seen" id="proof">
      <div className={`${classes.grid2} ${classes.exhibits}`}>
        {charts.length === 0 && <Bone height={320} />}
        {charts.map((chart) => (
          <Exhibit key={chart.name} chart={chart} currency={portfolio.workspace.currency} />
        ))}
      </div>
    </Section>
  )
}
