import { type Portfolio, useTables } from '../../parts/api.ts'
import { DataTable } from '../../parts/DataTable.tsx'
import { Bone, Show } from '../../parts/States.tsx'
import type { TableSearch } from '../../parts/search.ts'
import type { PricingView } from './search.ts'

interface Behind {
  table: string
  noun: [string, string]
  columns: string[]
  sort: string
  where: string[]
  customers: boolean
}

/** The table behind each view. */
const tables: Record<Exclude<PricingView, 'worth'>, Behind> = {
  waterfall: {
    table: 'customer_price',
    noun: ['customer', 'customers'],
    columns: [
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
    ],
    sort: 'realisation',
    where: ['span:eq:whole'],
    customers: true,
  },
  discounts: {
    table: 'customer_discount',
    noun: ['customer', 'customers'],
    columns: [
      'customer_id',
      'name',
      'segment_id',
      'volume',
      'discount',
      'usual',
      'excess',
      'stake',
      'stake_low',
      'stake_high',
      'volume_for_discount',
    ],
    sort: '-excess',
    where: [],
    customers: true,
  },
  index: {
    table: 'price_realisation',
    noun: ['row', 'rows'],
    columns: [
      'scope',
      'title',
      'revenue',
      'list_change',
      'pocket_change',
      'pocket_low',
      'pocket_high',
      'pass_through',
      'price_effect',
      'cost_change',
      'cost_effect',
      'cost_pass_through',
    ],
    sort: 'price_effect',
    where: ['scope:eq:product'],
    customers: false,
  },
  radar: {
    table: 'commodity_radar',
    noun: ['product', 'products'],
    columns: [
      'product_id',
      'name',
      'segment_id',
      'verdict',
      'score',
      'score_low',
      'score_high',
      'price_change',
      'lost_to_price',
      'customers',
      'price_fall',
      'not_passed',
      'breadth',
      'converging',
      'switching',
      'quarters_falling',
    ],
    sort: '-score',
    where: ['segment_id:eq:(all)'],
    customers: false,
  },
}

/** The rows behind a view of prices. */
export function PriceTable({
  view,
  portfolio,
  search,
  onSearch,
}: {
  view: Exclude<PricingView, 'worth'>
  portfolio: Portfolio
  search: TableSearch
  onSearch: (change: Partial<TableSearch>, replace?: boolean) => void
}) {
  const query = useTables(portfolio.snapshot.id)
  const { table, noun, columns, sort, where, customers } = tables[view]
  return (
    <Show query={query} shape={<Bone height={320} />}>
      {({ tables: list }) => {
        const contract = list.find((one) => one.name === table)
        return contract ? (
          <DataTable
            key={table}
            table={table}
            contract={contract}
            noun={noun}
            currency={portfolio.workspace.currency}
            snapshot={portfolio.snapshot.id}
            columns={columns}
            sort={sort}
            search={{ ...search, where: search.where ?? where }}
            onSearch={onSearch}
            {...(customers
              ? {
                  open: (row: Record<string, unknown>) => `/customers/${encodeURIComponent(String(row.customer_id))}`,
                  openColumn: 'customer_id',
                }
              : {})}
            maxHeight="min(70vh, 640px)"
          />
        ) : null
      }}
    </Show>
  )
}
