import { useMemo } from 'react'
import { type ChartContext, layerRows, layersWaterfall, monthTrend } from '../../../src/charts/index.ts'
import type { Customer } from '../../parts/api.ts'
import { Exhibit } from '../../parts/Exhibit.tsx'
import parts from '../../parts/parts.module.css'

export function customerContext(customer: Customer): ChartContext {
  return { currency: customer.workspace.currency, measure: customer.profit.row.contribution == null ? 'net_revenue' : 'contribution' }
}

/** Where the customer's money goes, and when it came. */
export function CustomerCharts({ customer }: { customer: Customer }) {
  const charts = useMemo(() => {
    const context = customerContext(customer)
    return [layersWaterfall(layerRows(customer.profit.row), context), monthTrend(customer.months.rows, context)]
  }, [customer])
  return (
    <div className={parts.grid2} style={{ marginTop: 40 }}>
      {charts.map((chart) => (
        <Exhibit key={chart.name} chart={chart} currency={customer.workspace.currency} heading="h2" />
      ))}
    </div>
  )
}
