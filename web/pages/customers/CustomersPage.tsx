import { useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback } from 'react'
import { formatCount, formatDate } from '../../../src/shared/format.ts'
import { type Portfolio, usePortfolio, useWorkspace } from '../../parts/api.ts'
import { NoSnapshot } from '../../parts/NoSnapshot.tsx'
import { PageHead, useTitle } from '../../parts/Page.tsx'
import { Bone, Show } from '../../parts/States.tsx'
import type { TableSearch } from '../../parts/search.ts'
import { PortfolioTable } from '../portfolio/PortfolioTable.tsx'

/** The customer table on its own, as high as the window. */
export function CustomersPage() {
  useTitle('Customers')
  const search = useSearch({ from: '/customers' })
  const navigate = useNavigate({ from: '/customers' })
  const onSearch = useCallback(
    (change: Partial<TableSearch>, replace = false) =>
      void navigate({ search: (before) => ({ ...before, ...change }), replace, resetScroll: false }),
    [navigate],
  )
  const workspace = useWorkspace()
  const none = workspace.data !== undefined && workspace.data.snapshot === null
  const portfolio = usePortfolio(search.snapshot, workspace.data !== undefined && !none)
  if (none) return <NoSnapshot workspace={workspace.data!} title="Customers" />
  return (
    <Show
      query={workspace.error ? { ...workspace, data: undefined as Portfolio | undefined } : portfolio}
      shape={
        <>
          <Bone width="18%" />
          <Bone width="40%" height={28} gap={8} />
          <Bone height={30} gap={32} width={420} />
          <Bone height={480} gap={12} />
        </>
      }
    >
      {(data) => {
        const lines = Number(data.customers.unidentified?.lines ?? 0)
        return (
          <>
            <PageHead
              eyebrow={
                <>
                  <span>Customers</span>·<span className="tab">as of {formatDate(data.snapshot.asOf)}</span>
                </>
              }
              title={`${formatCount(data.customers.total)} customers${lines > 0 ? `, and ${formatCount(lines)} lines that name none` : ''}`}
              doubt={lines > 0 ? 'Lines without a customer stay in all totals, as one row of their own: (unidentified).' : undefined}
            />
            <PortfolioTable
              portfolio={data}
              search={search}
              onSearch={onSearch}
              snapshot={search.snapshot}
              maxHeight="max(360px, calc(100vh - 264px))"
            />
          </>
        )
      }}
    </Show>
  )
}
