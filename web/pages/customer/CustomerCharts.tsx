import { useMemo } from 'react'
import { type ChartContext, layerRows, layersWaterfall, monthTrend } from '../../../src/charts/index.ts'
import type { Customer } from '../../parts/api.ts'
import { Exhibit } from '../../parts/Exhibit.tsx'

export function customerContext(customer: Customer): ChartContext {
  return { currency: customer.workspace.currency, measure: customer.profit.row.contribution == null ? 'net_revenue' : 'contribution' }
}

/** Where the customer's money goes. */
export function LayersChart({ customer }: { customer: Customer }) {
  const chart = useMemo(() => layersWaterfall(layerRows(customer.profit.row), customerContext(customer)), [customer])
  return <Exhibit chart={chart} currency={customer.workspace.currency} heading="h2" />
}

/** When it came. */
export function MonthsChart({ customer }: { customer: Customer }) {
  const chart = useMemo(() => monthTrend(customer.months.rows, customerContext(customer)), [customer])
  return <Exhibit chart={chart} currency={customer.workspace.currency} heading="h2" />
}
