import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useCallback } from 'react'
import { formatCount, formatDate, formatShare, keepTogether } from '../../../src/shared/format.ts'
import { ApiError, type Customer, type Figure, useCustomer } from '../../parts/api.ts'
import { Figures } from '../../parts/Figures.tsx'
import { Findings } from '../../parts/Findings.tsx'
import { useKeys } from '../../parts/keys.ts'
import { Foot, PageHead, Section, useTitle } from '../../parts/Page.tsx'
import parts from '../../parts/parts.module.css'
import { Bone, Empty, Show } from '../../parts/States.tsx'
import type { TableSearch } from '../../parts/search.ts'
import { useCommon } from '../../parts/useCommon.ts'
import { CustomerWaterfall } from '../pricing/CustomerWaterfall.tsx'
import { CustomerRelationship } from '../relationships/CustomerRelationship.tsx'
import { CustomerValue } from '../value/CustomerValue.tsx'
import { CustomerChange } from './CustomerChange.tsx'
import { LayersChart, MonthsChart } from './CustomerCharts.tsx'
import { CustomerLayers } from './CustomerLayers.tsx'
import { CustomerServing } from './CustomerServing.tsx'
import { CustomerLines, CustomerOrders, CustomerProducts } from './CustomerTables.tsx'

export function CustomerPage() {
  const { id } = useParams({ from: '/customers/$id' })
  const search = useSearch({ from: '/customers/$id' })
  const query = useCustomer(id, search.snapshot)
  const name = String(query.data?.profit.row.name ?? id)
  useTitle(name)
  if (query.error instanceof ApiError && query.error.status === 404 && !query.data) {
    return (
      <>
        <PageHead eyebrow={<Link to="/customers">Customers</Link>} title={`There is no customer “${id}”`} />
        <Empty title={query.error.message}>
          {query.error.hint} Look in the <Link to="/customers">table of customers</Link>, or press <kbd>Ctrl K</kbd> and type part of the
          name.
        </Empty>
      </>
    )
  }
  return (
    <Show
      heading="Customer"
      query={query}
      shape={
        <>
          <Bone width="24%" />
          <Bone width="50%" height={28} gap={8} />
          <Bone height={88} gap={32} />
          <Bone height={280} gap={40} />
        </>
      }
    >
      {(customer) => <Loaded customer={customer} />}
    </Show>
  )
}

function figuresOf({ profit }: Customer): Figure[] {
  const { contract, row } = profit
  const names = ['contribution', 'net_revenue', 'margin', 'orders', 'returns'].filter(
    (name) => row[name] !== null && row[name] !== undefined,
  )
  if (!names.includes('contribution')) names.push('lines')
  const kinds: Record<string, Figure['type']> = { money: 'money', money_sum: 'money', ratio: 'ratio', integer: 'integer' }
  return names.map((name) => {
    const column = contract.columns[name]!
    return {
      name,
      title: column.title,
      value: row[name] as string | number,
      type: kinds[column.type] ?? 'number',
      ...(column.unit && column.unit !== 'rank' ? { unit: column.unit } : {}),
      meaning: column.meaning,
      formula: column.formula ?? '',
      explain: { table: contract.name, where: { customer_id: String(row.customer_id) }, column: name },
    }
  })
}

function Loaded({ customer }: { customer: Customer }) {
  const { set } = useCommon()
  const search = useSearch({ from: '/customers/$id' })
  const navigate = useNavigate({ from: '/customers/$id' })
  const onSearch = useCallback(
    (change: Partial<TableSearch>, replace = false) =>
      void navigate({ search: (before) => ({ ...before, ...change }), replace, resetScroll: false }),
    [navigate],
  )
  const { row } = customer.profit
  const { rank, attributes } = customer
  const { currency } = customer.workspace
  const id = String(row.customer_id)
  const go = (to: string | null | undefined): void => {
    if (to) set({}, `/customers/${encodeURIComponent(to)}`)
  }
  useKeys({ '[': () => go(rank?.before), ']': () => go(rank?.after) })
  const said = [row.country, row.segment_id].filter(Boolean).map(String)
  return (
    <>
      <PageHead
        eyebrow={
          <>
            <Link to="/customers">Customers</Link>·<b>{String(row.name)}</b>
            {row.name !== id && <span className="tab">{id}</span>}
            {said.map((text) => (
              <span key={text}>· {text}</span>
            ))}
            {rank && (
              <span className="tab">
                · rank {formatCount(rank.measure)} of {formatCount(rank.of)}
              </span>
            )}
          </>
        }
        title={customer.title}
        doubt={rankText(customer)}
        actions={
          rank && (
            <>
              <Step label="Better" hint="[" to={rank.before} go={go} />
              <Step label="Next" hint="]" to={rank.after} go={go} />
            </>
          )
        }
      />
      <Figures figures={figuresOf(customer)} currency={currency} />
      <CustomerValue customer={customer} />
      <CustomerRelationship customer={customer} />
      {customer.findings.length > 0 && (
        <Section title="What stands out" id="findings">
          <Findings findings={customer.findings} />
        </Section>
      )}
      <div className={parts.grid2} style={{ marginTop: 40 }}>
        <div className={parts.stack}>
          <LayersChart customer={customer} />
          <CustomerLayers customer={customer} />
        </div>
        <div className={parts.stack}>
          <MonthsChart customer={customer} />
          <CustomerChange customer={customer} />
        </div>
      </div>
      <CustomerWaterfall customer={customer} />
      <CustomerServing customer={customer} />
      <CustomerProducts customer={customer} />
      <CustomerOrders customer={customer} />
      <CustomerLines customer={customer} search={search} onSearch={onSearch} />
      {attributes && Object.keys(attributes.row).length > 2 && (
        <Section title="What the source says" id="attributes">
          <dl className={parts.facts}>
            {Object.entries(attributes.row).map(([name, value]) =>
              value === null ? null : (
                <div key={name} style={{ display: 'contents' }}>
                  <dt>{attributes.contract.columns[name]?.title ?? name}</dt>
                  <dd>{attributes.contract.columns[name]?.type === 'date' ? formatDate(String(value)) : String(value)}</dd>
                </div>
              ),
            )}
          </dl>
        </Section>
      )}
      <Foot>
        <p className="tab">
          Snapshot {customer.snapshot.id}, as of {formatDate(customer.snapshot.asOf)}, Clientele {customer.snapshot.version}. Value,
          relationship, needs and plans join this page as their data arrives.
        </p>
      </Foot>
    </>
  )
}

function rankText({ rank, profit }: Customer): string | undefined {
  const { row } = profit
  const between =
    row.first_order_date && row.last_order_date
      ? `Bought from ${formatDate(String(row.first_order_date))} to ${formatDate(String(row.last_order_date))}.`
      : ''
  if (!rank) return between || undefined
  const share =
    rank.share === null
      ? ''
      : ` ${formatShare(rank.share)} of the total${rank.measure > 1 ? `; the ${formatCount(rank.measure)} best together bring ${formatShare(rank.cumulativeShare)}` : ''}.`
  return keepTogether(`${between} Rank ${formatCount(rank.revenue)} by revenue.${share}`.trim())
}

function Step({ label, hint, to, go }: { label: string; hint: string; to: string | null; go: (to: string | null) => void }) {
  return (
    <button
      type="button"
      className={parts.tool}
      style={{ border: '1px solid var(--line-2)' }}
      disabled={to === null}
      onClick={() => go(to)}
      title={`Customer ${label === 'Better' ? 'one rank up' : 'one rank down'} (${hint})`}
    >
      {label === 'Better' ? '↑ One rank up' : '↓ One rank down'}
    </button>
  )
}
