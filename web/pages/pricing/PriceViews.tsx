import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { type ChartContext, commodityDots, discountVolume, priceBand, realisationDots } from '../../../src/charts/index.ts'
import { type Portfolio, tablePageOptions } from '../../parts/api.ts'
import { Exhibit } from '../../parts/Exhibit.tsx'
import parts from '../../parts/parts.module.css'
import { Bone, Failed } from '../../parts/States.tsx'

interface Props {
  portfolio: Portfolio
  context: ChartContext
}

const useRows = (portfolio: Portfolio, table: string, sort: string, filters?: unknown[], limit = 2000) =>
  useQuery(
    tablePageOptions(
      table,
      { snapshot: portfolio.snapshot.id, sort, ...(filters ? { filters: JSON.stringify(filters) } : {}) },
      0,
      limit,
      false,
    ),
  )

const notProducts = [{ column: 'scope', op: 'ne', value: 'product' }]

/** How far apart customers pay, and who is given the discount of a size it does not have. */
export function DiscountCharts({ portfolio, context }: Props) {
  const bands = useRows(portfolio, 'price_band', 'scope,scope_key', notProducts)
  const bins = useRows(portfolio, 'price_band_bin', 'scope,scope_key,bin_from')
  const customers = useRows(portfolio, 'customer_discount', '-stake,-volume')
  const curve = useRows(portfolio, 'discount_curve', 'point')
  const band = useMemo(
    () => (bands.data && bins.data ? priceBand(bands.data.rows, bins.data.rows, context) : null),
    [bands.data, bins.data, context],
  )
  const scatter = useMemo(
    () => (customers.data && curve.data ? discountVolume(customers.data.rows, curve.data.rows, context) : null),
    [customers.data, curve.data, context],
  )
  const failed = bands.error ?? bins.error ?? customers.error ?? curve.error
  if (failed) return <Failed error={failed} />
  return (
    <div className={`${parts.grid2} ${parts.exhibits}`} style={{ marginTop: 24 }}>
      {scatter ? <Exhibit chart={scatter} currency={context.currency} /> : <Bone height={380} />}
      {band ? <Exhibit chart={band} currency={context.currency} /> : <Bone height={380} />}
    </div>
  )
}

/** Prices for the same customer and product: list, pocket, cost. */
export function IndexChart({ portfolio, context }: Props) {
  const rows = useRows(portfolio, 'price_realisation', 'scope,scope_key', notProducts)
  const chart = useMemo(() => (rows.data ? realisationDots(rows.data.rows, context) : null), [rows.data, context])
  if (rows.error) return <Failed error={rows.error} />
  return <div style={{ marginTop: 24 }}>{chart ? <Exhibit chart={chart} currency={context.currency} /> : <Bone height={240} />}</div>
}

/** Which products are bought on price alone. */
export function RadarChart({ portfolio, context }: Props) {
  const rows = useRows(portfolio, 'commodity_radar', '-score', [{ column: 'segment_id', op: 'eq', value: '(all)' }], 500)
  const chart = useMemo(() => (rows.data ? commodityDots(rows.data.rows, context) : null), [rows.data, context])
  if (rows.error) return <Failed error={rows.error} />
  return <div style={{ marginTop: 24 }}>{chart ? <Exhibit chart={chart} currency={context.currency} /> : <Bone height={400} />}</div>
}
