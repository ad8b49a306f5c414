import { formatDate } from '../../../src/shared/format.ts'
import { type Portfolio, useTables } from '../../parts/api.ts'
import { DataTable } from '../../parts/DataTable.tsx'
import { Bone, Show } from '../../parts/States.tsx'
import type { TableSearch } from '../../parts/search.ts'

const columns = [
  'customer_id',
  'name',
  'change',
  'status',
  'previous_measure',
  'current_measure',
  'price_effect',
  'unit_cost_effect',
  'quantity_effect',
  'new_effect',
  'lost_effect',
]

/** Which customers are new, kept or lost between the two periods, and what each effect did to them. */
export function ChangeTable({
  portfolio,
  search,
  onSearch,
  maxHeight,
}: {
  portfolio: Portfolio
  search: TableSearch
  onSearch: (change: Partial<TableSearch>, replace?: boolean) => void
  maxHeight: string
}) {
  const tables = useTables(portfolio.snapshot.id)
  const [previous, current] = ['previous', 'current'].map((name) => portfolio.periods?.rows.find((row) => row.period === name))
  const span = (row: typeof previous): string => (row ? `${formatDate(String(row.from_date))} to ${formatDate(String(row.to_date))}` : '')
  return (
    <Show query={tables} shape={<Bone height={320} />}>
      {({ tables: list }) => {
        const contract = list.find((table) => table.name === 'customer_change')
        return contract ? (
          <>
            <p className="dim" style={{ marginBottom: 12 }}>
              Now is {span(current)}, before is {span(previous)}. The effects of a row add up to its change.
            </p>
            <DataTable
              table="customer_change"
              contract={contract}
              noun={['customer', 'customers']}
              currency={portfolio.workspace.currency}
              snapshot={portfolio.snapshot.id}
              columns={columns}
              sort="change"
              search={search}
              onSearch={onSearch}
              open={(row) => `/customers/${encodeURIComponent(String(row.customer_id))}`}
              maxHeight={maxHeight}
            />
          </>
        ) : null
      }}
    </Show>
  )
}
