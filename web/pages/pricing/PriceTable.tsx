import { type Portfolio, useTables } from '../../parts/api.ts'
import { DataTable } from '../../parts/DataTable.tsx'
import { Bone, Show } from '../../parts/States.tsx'
import type { TableSearch } from '../../parts/search.ts'

const columns = [
  'customer_id',
  'name',
  'segment_id',
  'list_revenue',
  'on_invoice',
  'other_discounts',
  'invoiced_revenue',
  'off_invoice',
  'pocket_revenue',
  'realisation',
  'pocket_margin',
]

/** Every customer from list to pocket margin. */
export function PriceTable({
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
        const contract = list.find((table) => table.name === 'customer_price')
        return contract ? (
          <DataTable
            table="customer_price"
            contract={contract}
            noun={['customer', 'customers']}
            currency={portfolio.workspace.currency}
            snapshot={portfolio.snapshot.id}
            columns={columns}
            sort="realisation"
            search={{ ...search, where: search.where ?? ['span:eq:whole'] }}
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
