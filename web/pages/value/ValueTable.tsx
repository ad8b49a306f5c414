import { type Portfolio, useTables } from '../../parts/api.ts'
import { DataTable } from '../../parts/DataTable.tsx'
import { Bone, Show } from '../../parts/States.tsx'
import type { TableSearch } from '../../parts/search.ts'

const columns = [
  'customer_id',
  'name',
  'value_12_months',
  'value_low',
  'value_high',
  'alive',
  'buys_again',
  'expected_purchases',
  'measure_per_purchase',
  'past_measure',
  'tier',
]

/** Every customer with value, band and chance of being active. */
export function ValueTable({
  portfolio,
  search,
  onSearch,
}: {
  portfolio: Portfolio
  search: TableSearch
  onSearch: (change: Partial<TableSearch>, replace?: boolean) => void
}) {
  const tables = useTables(portfolio.snapshot.id)
  return (
    <Show query={tables} shape={<Bone height={320} />}>
      {({ tables: list }) => {
        const contract = list.find((table) => table.name === 'customer_value')
        return contract ? (
          <DataTable
            table="customer_value"
            contract={contract}
            noun={['customer', 'customers']}
            currency={portfolio.workspace.currency}
            snapshot={portfolio.snapshot.id}
            columns={columns}
            sort="value_rank"
            search={search}
            onSearch={onSearch}
            open={(row) => `/customers/${encodeURIComponent(String(row.customer_id))}`}
            openColumn="customer_id"
            maxHeight="min(70vh, 640px)"
          />
        ) : null
      }}
    </Show>
  )
}
