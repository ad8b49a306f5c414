import { useState } from 'react'
import { type Portfolio, useTables } from '../../parts/api.ts'
import { DataTable } from '../../parts/DataTable.tsx'
import { Bone, Show } from '../../parts/States.tsx'
import type { Filter, TableSearch } from '../../parts/search.ts'

const columns = [
  'customer_id',
  'name',
  'class',
  'probability',
  'movement',
  'strength',
  'revenue_year',
  'measure_year',
  'silent_days',
  'basis',
  'evidence',
]

/** Every customer with class, chances and evidence. */
export function RelationshipTable({
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
        const contract = list.find((table) => table.name === 'customer_relationship')
        return contract ? (
          <DataTable
            table="customer_relationship"
            contract={contract}
            noun={['customer', 'customers']}
            currency={portfolio.workspace.currency}
            snapshot={portfolio.snapshot.id}
            columns={columns}
            sort="-measure_year"
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

/** A small result table that keeps its own sort and filter: the address belongs to the table of customers. */
export function ResultTable({
  portfolio,
  table,
  noun,
  columns: shown,
  sort,
  fixed,
}: {
  portfolio: Portfolio
  table: string
  noun: [string, string]
  columns: string[]
  sort: string
  fixed?: Filter[]
}) {
  const [own, setOwn] = useState<TableSearch>({})
  const tables = useTables(portfolio.snapshot.id)
  return (
    <Show query={tables} shape={<Bone height={200} />}>
      {({ tables: list }) => {
        const contract = list.find((one) => one.name === table && one.rows !== null)
        return contract ? (
          <DataTable
            table={table}
            contract={contract}
            noun={noun}
            currency={portfolio.workspace.currency}
            snapshot={portfolio.snapshot.id}
            columns={shown}
            sort={sort}
            search={own}
            fixed={fixed}
            onSearch={(change) => setOwn((before) => ({ ...before, ...change }))}
            maxHeight="min(50vh, 420px)"
          />
        ) : null
      }}
    </Show>
  )
}
