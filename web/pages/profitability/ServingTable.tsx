import { useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { type Portfolio, useTables } from '../../parts/api.ts'
import { DataTable } from '../../parts/DataTable.tsx'
import { Bone, Show } from '../../parts/States.tsx'
import type { TableSearch } from '../../parts/search.ts'

const columns = [
  'customer_id',
  'name',
  'customer_profit',
  'contribution',
  'cost_to_serve',
  'cost_share',
  'margin_share',
  'type',
  'type_probability',
  'price_index',
  'excess_cost',
  'main_driver',
  'orders',
  'small_orders',
  'net_revenue',
  'group_id',
  'acquisition_cost',
]

/** Every customer with its place on the plane, its type and what makes it dear. */
export function ServingTable({
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
        const contract = list.find((table) => table.name === 'customer_serving' && table.rows !== null)
        return contract ? (
          <DataTable
            table="customer_serving"
            contract={contract}
            noun={['customer', 'customers']}
            currency={portfolio.workspace.currency}
            snapshot={portfolio.snapshot.id}
            columns={columns}
            sort="customer_profit"
            search={search}
            onSearch={onSearch}
            fixed={[{ column: 'identified', op: 'eq', value: true }]}
            open={(row) => `/customers/${encodeURIComponent(String(row.customer_id))}`}
            openColumn="customer_id"
            maxHeight="min(70vh, 640px)"
          />
        ) : null
      }}
    </Show>
  )
}

/** Drivers over all customers; sorted and filtered by itself, since the address belongs to the customers. */
export function DriversTable({ portfolio }: { portfolio: Portfolio }) {
  const { snapshot } = useSearch({ from: '/profitability' })
  const tables = useTables(snapshot)
  const [search, setSearch] = useState<TableSearch>({})
  return (
    <Show query={tables} shape={<Bone height={200} />}>
      {({ tables: list }) => {
        const contract = list.find((table) => table.name === 'cost_driver' && table.rows !== null)
        return contract ? (
          <DataTable
            table="cost_driver"
            contract={contract}
            noun={['driver', 'drivers']}
            currency={portfolio.workspace.currency}
            snapshot={portfolio.snapshot.id}
            columns={['title', 'level', 'pool_id', 'minutes', 'rate', 'cost']}
            sort="-cost"
            search={search}
            onSearch={(change) => setSearch((before) => ({ ...before, ...change }))}
            maxHeight="min(60vh, 480px)"
          />
        ) : null
      }}
    </Show>
  )
}
