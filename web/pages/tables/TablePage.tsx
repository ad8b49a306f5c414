import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useCallback } from 'react'
import { useTables, useWorkspace } from '../../parts/api.ts'
import { DataTable } from '../../parts/DataTable.tsx'
import { PageHead, useTitle } from '../../parts/Page.tsx'
import { Bone, Empty, Show } from '../../parts/States.tsx'
import type { TableSearch } from '../../parts/search.ts'

/** Any table, as it is. */
export function TablePage() {
  const { name } = useParams({ from: '/tables/$name' })
  const search = useSearch({ from: '/tables/$name' })
  const navigate = useNavigate({ from: '/tables/$name' })
  const onSearch = useCallback(
    (change: Partial<TableSearch>, replace = false) =>
      void navigate({ search: (before) => ({ ...before, ...change }), replace, resetScroll: false }),
    [navigate],
  )
  const query = useTables(search.snapshot)
  const currency = useWorkspace().data?.currency ?? 'EUR'
  const contract = query.data?.tables.find((table) => table.name === name)
  useTitle(contract?.title ?? name)
  return (
    <Show heading="Table" query={query} shape={<Bone height={420} />}>
      {() =>
        !contract || contract.rows === null ? (
          <Empty title={`There is no table “${name}” in this snapshot`} action={<Link to="/tables">All tables</Link>} />
        ) : (
          <>
            <PageHead
              eyebrow={
                <>
                  <Link to="/data">Data</Link>·<Link to="/tables">Tables</Link>
                </>
              }
              title={contract.title}
              doubt={`${contract.meaning} One row per ${contract.grain}.`}
            />
            <DataTable
              table={name}
              contract={contract}
              noun={['row', 'rows']}
              currency={currency}
              snapshot={search.snapshot}
              columns={Object.keys(contract.columns)}
              sort={contract.key.join(',')}
              search={search}
              onSearch={onSearch}
              {...(contract.columns.customer_id
                ? {
                    open: (row) => `/customers/${encodeURIComponent(String(row.customer_id ?? '(unidentified)'))}`,
                    openColumn: 'customer_id',
                  }
                : {})}
              maxHeight="max(360px, calc(100vh - 264px))"
            />
          </>
        )
      }
    </Show>
  )
}
