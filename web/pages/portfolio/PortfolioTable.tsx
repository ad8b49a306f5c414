import { useMemo } from 'react'
import { formatCount } from '../../../src/shared/format.ts'
import { type Portfolio, useTables } from '../../parts/api.ts'
import { DataTable } from '../../parts/DataTable.tsx'
import { Bone, Show } from '../../parts/States.tsx'
import type { Filter, TableSearch } from '../../parts/search.ts'

const always = [
  'customer_id',
  'name',
  'contribution',
  'margin',
  'net_revenue',
  'measure_rank',
  'cumulative_share',
  'orders',
  'last_order_date',
  'country',
  'segment_id',
  'discounts',
  'returns',
  'product_cost',
]

/** The customers, all columns that the data supports first. */
export function PortfolioTable({
  portfolio,
  search,
  onSearch,
  snapshot,
  maxHeight,
}: {
  portfolio: Pick<Portfolio, 'layers' | 'workspace'>
  search: TableSearch
  onSearch: (change: Partial<TableSearch>, replace?: boolean) => void
  snapshot: string | undefined
  maxHeight: string
}) {
  const tables = useTables(snapshot)
  const absent = useMemo(
    () => new Set((portfolio.layers?.rows ?? []).filter((row) => row.available !== true).map((row) => row.layer)),
    [portfolio.layers],
  )
  const columns = useMemo(() => {
    const supported = always.filter((id) => !absent.has(id))
    return absent.has('contribution') ? supported.filter((id) => id !== 'margin') : supported
  }, [absent])
  const { from, to } = search
  const given = useMemo(() => {
    if (from === undefined && to === undefined) return undefined
    const filters: Filter[] = [
      ...(from === undefined ? [] : [{ column: 'measure_rank', op: 'ge' as const, value: from }]),
      ...(to === undefined ? [] : [{ column: 'measure_rank', op: 'le' as const, value: to }]),
    ]
    return {
      filters,
      label: `Ranks ${formatCount(from ?? 1)} to ${to === undefined ? 'the last' : formatCount(to)} on the whale curve`,
      clear: () => onSearch({ from: undefined, to: undefined }),
    }
  }, [from, onSearch, to])
  return (
    <Show query={tables} shape={<Bone height={320} />}>
      {({ tables: list }) => {
        const contract = list.find((table) => table.name === 'customer_profit')
        return contract ? (
          <DataTable
            table="customer_profit"
            contract={contract}
            noun={['customer', 'customers']}
            currency={portfolio.workspace.currency}
            snapshot={snapshot}
            columns={columns}
            sort={absent.has('contribution') ? '-net_revenue' : '-contribution'}
            search={search}
            onSearch={onSearch}
            given={given}
            open={(row) => `/customers/${encodeURIComponent(String(row.customer_id))}`}
            maxHeight={maxHeight}
          />
        ) : null
      }}
    </Show>
  )
}
