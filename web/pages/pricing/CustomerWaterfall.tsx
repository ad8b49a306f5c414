import { Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import { priceComparison, priceWaterfall } from '../../../src/charts/index.ts'
import { type Customer, usePriceWaterfall, useTables } from '../../parts/api.ts'
import { Exhibit } from '../../parts/Exhibit.tsx'
import { Section } from '../../parts/Page.tsx'
import parts from '../../parts/parts.module.css'

/** What this customer really pays, and against its segment; nothing where the snapshot does not tell it. */
export function CustomerWaterfall({ customer }: { customer: Customer }) {
  const snapshot = customer.snapshot.id
  const { row } = customer.profit
  const id = String(row.customer_id)
  const told =
    useTables(snapshot).data?.tables.some((table) => table.name === 'customer_price' && table.rows !== null && table.rows > 0) ?? false
  const segment = row.segment_id === null || row.segment_id === undefined ? null : String(row.segment_id)
  const own = usePriceWaterfall(told ? { scope: 'customer', key: id, span: 'whole' } : undefined, snapshot)
  const peers = usePriceWaterfall(
    told ? (segment ? { scope: 'segment', key: segment, span: 'whole' } : { scope: 'all', key: 'all', span: 'whole' }) : undefined,
    snapshot,
  )
  const { currency } = customer.workspace
  const cost = customer.layers.some(({ layer, available }) => layer === 'contribution' && available)
  const charts = useMemo(() => {
    if (!own.data || own.data.key !== id) return []
    const context = { currency, measure: cost ? ('contribution' as const) : ('net_revenue' as const) }
    const list = [priceWaterfall(own.data.rows, context, own.data.title)]
    if (peers.data)
      list.push(
        priceComparison({ title: peers.data.title, rows: peers.data.rows }, { title: own.data.title, rows: own.data.rows }, context),
      )
    return list
  }, [own.data, peers.data, currency, cost, id])
  if (charts.length === 0) return null
  return (
    <Section
      title="What it really pays"
      id="waterfall"
      actions={
        <Link to="/pricing" search={{ show: `customer:${id}@current`, against: `customer:${id}@previous` }}>
          Compare its periods
        </Link>
      }
    >
      <div className={`${parts.grid2} ${parts.exhibits}`}>
        {charts.map((chart) => (
          <Exhibit key={chart.name} chart={chart} currency={currency} />
        ))}
      </div>
    </Section>
  )
}
