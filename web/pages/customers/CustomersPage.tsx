import { useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback } from 'react'
import { formatCount, formatDate } from '../../../src/shared/format.ts'
import { type Portfolio, usePortfolio, useWorkspace } from '../../parts/api.ts'
import { NoSnapshot } from '../../parts/NoSnapshot.tsx'
import { PageHead, useTitle } from '../../parts/Page.tsx'
import { Bone, Show } from '../../parts/States.tsx'
import type { TableSearch } from '../../parts/search.ts'
import tabs from '../data/data.module.css'
import { PortfolioTable } from '../portfolio/PortfolioTable.tsx'
import { ChangeTable } from './ChangeTable.tsx'

/** The customer tables on their own, as high as the window: what each brings, and what changed. */
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
  const height = 'max(360px, calc(100vh - 316px))'
  return (
    <Show
      heading="Customers"
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
            {data.periods && (
              <fieldset aria-label="Views of customers" className={`${tabs.tabs} ${tabs.plain} no-print`}>
                {(['brings', 'change'] as const).map((view) => (
                  <button
                    key={view}
                    type="button"
                    className={tabs.tab}
                    aria-pressed={(search.view ?? 'brings') === view}
                    onClick={() =>
                      void navigate({
                        search: (before) => ({
                          snapshot: before.snapshot,
                          compare: before.compare,
                          ...(view === 'change' ? { view } : {}),
                        }),
                      })
                    }
                  >
                    {view === 'change' ? 'What changed' : 'What each brings'}
                  </button>
                ))}
              </fieldset>
            )}
            {search.view === 'change' && data.periods ? (
              <ChangeTable portfolio={data} search={search} onSearch={onSearch} maxHeight={height} />
            ) : (
              <PortfolioTable portfolio={data} search={search} onSearch={onSearch} snapshot={search.snapshot} maxHeight={height} />
            )}
          </>
        )
      }}
    </Show>
  )
}
