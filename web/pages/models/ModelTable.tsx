import { type Portfolio, useTables } from '../../parts/api.ts'
import { DataTable } from '../../parts/DataTable.tsx'
import { Bone, Show } from '../../parts/States.tsx'
import type { TableSearch } from '../../parts/search.ts'

const columns = [
  'model',
  'fitted_on',
  'chosen',
  'status',
  'log_likelihood',
  'holdout_error',
  'misplaced',
  'log_loss',
  'brier',
  'histories',
  'reason',
]

/** Every fit with what it came to. */
export function ModelTable({
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
    <Show query={tables} shape={<Bone height={240} />}>
      {({ tables: list }) => {
        const contract = list.find((table) => table.name === 'value_model')
        return contract ? (
          <DataTable
            table="value_model"
            contract={contract}
            noun={['fit', 'fits']}
            currency={portfolio.workspace.currency}
            snapshot={portfolio.snapshot.id}
            columns={columns}
            sort="fitted_on,kind,misplaced"
            search={search}
            onSearch={onSearch}
            maxHeight="min(60vh, 480px)"
          />
        ) : null
      }}
    </Show>
  )
}
