import { useMemo, useState } from 'react'
import { equityFlows } from '../../../src/charts/index.ts'
import { formatMoney } from '../../../src/shared/format.ts'
import { type Portfolio, useTables } from '../../parts/api.ts'
import { DataTable } from '../../parts/DataTable.tsx'
import { Exhibit } from '../../parts/Exhibit.tsx'
import { Section } from '../../parts/Page.tsx'
import parts from '../../parts/parts.module.css'
import { Bone } from '../../parts/States.tsx'
import type { TableSearch } from '../../parts/search.ts'
import { Term } from '../../parts/Term.tsx'
import { useRows } from '../../parts/useRows.ts'
import { chartContext } from '../portfolio/measure.ts'

/** Customer equity: the base over years, customers still to be won, what changed since a year before, who rises and falls. */
export function EquitySection({ portfolio }: { portfolio: Portfolio }) {
  // The address is that of the customers by value; this table keeps its order to itself.
  const [search, setSearch] = useState<TableSearch>({})
  const snapshot = portfolio.snapshot.id
  const equity = useRows('customer_equity', snapshot, { sort: 'position' })
  const bridge = useRows('equity_bridge', snapshot, { sort: 'position' })
  const tables = useTables(snapshot).data?.tables
  const changes = tables?.find(({ name, rows }) => name === 'customer_equity_change' && rows !== null && rows > 0)
  const { currency } = portfolio.workspace
  const chart = useMemo(() => bridge && equityFlows(bridge, chartContext(portfolio)), [bridge, portfolio])
  if (!equity) return <Bone height={320} gap={48} />
  if (equity.length === 0) return null
  const money = (value: unknown): string => (value === null ? '–' : formatMoney(String(value), currency, { compact: true }))
  return (
    <>
      <Section
        title="Customer equity"
        id="equity"
        lead="What customers are worth over years rather than months, and what changed it. Expected, discounted, before overhead, capital and tax."
      >
        <div className={`${parts.grid2} ${parts.exhibits}`}>
          <div className={parts.twin}>
            <table className={parts.table}>
              <caption className="visually-hidden">Customer equity by component</caption>
              <thead>
                <tr>
                  <th scope="col">Component</th>
                  <th scope="col" className={parts.right}>
                    Worth <span className={parts.unit}>{currency}</span>
                  </th>
                  <th scope="col" className={parts.right}>
                    90 % interval
                  </th>
                </tr>
              </thead>
              <tbody>
                {equity
                  .filter((row) => row.amount !== null)
                  .map((row) => (
                    <tr key={String(row.component)}>
                      <th scope="row" style={{ fontWeight: row.component === 'total' ? 700 : 400, textAlign: 'left' }}>
                        <Term of={{ title: String(row.title), meaning: String(row.meaning), formula: String(row.formula) }} />
                      </th>
                      <td className={`${parts.right}${String(row.amount).startsWith('-') ? ' loss' : ''}`}>{money(row.amount)}</td>
                      <td className={parts.right}>{row.low === null ? '' : `${money(row.low)} to ${money(row.high)}`}</td>
                    </tr>
                  ))}
              </tbody>
            </table>
            {equity.some((row) => row.missing) && (
              <p className={parts.exhibitNotes}>
                {[...new Set(equity.flatMap((row) => (row.missing ? [String(row.missing)] : [])))].join(' ')}
              </p>
            )}
          </div>
          {chart ? <Exhibit chart={chart} currency={currency} /> : <Bone height={320} />}
        </div>
      </Section>
      {changes && bridge && bridge.length > 0 && (
        <Section
          title="Who rises and who falls"
          id="rises-and-falls"
          lead="Each customer’s worth then and now, and what made the difference. Sort by change to see the other end."
        >
          <DataTable
            table="customer_equity_change"
            contract={changes}
            noun={['customer', 'customers']}
            currency={currency}
            snapshot={snapshot}
            columns={[
              'customer_id',
              'name',
              'status',
              'opening_value',
              'closing_value',
              'change',
              'lost_effect',
              'retained_effect',
              'developed_effect',
              'price_effect',
              'cost_effect',
            ]}
            sort="change,customer_id"
            search={search}
            onSearch={(change) => setSearch((before) => ({ ...before, ...change }))}
            open={(row) => `/customers/${encodeURIComponent(String(row.customer_id))}`}
            openColumn="customer_id"
            maxHeight="min(60vh, 520px)"
          />
        </Section>
      )}
    </>
  )
}
