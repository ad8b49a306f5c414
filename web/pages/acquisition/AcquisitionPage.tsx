import { SegmentedControl } from '@mantine/core'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback, useMemo } from 'react'
import { acquisitionQuality, earlySignals } from '../../../src/charts/index.ts'
import { formatDate, formatMoney, formatShare } from '../../../src/shared/format.ts'
import { type Portfolio, useTables } from '../../parts/api.ts'
import { DataTable } from '../../parts/DataTable.tsx'
import { Exhibit } from '../../parts/Exhibit.tsx'
import { Findings } from '../../parts/Findings.tsx'
import { PageHead, Section } from '../../parts/Page.tsx'
import parts from '../../parts/parts.module.css'
import { SnapshotPage } from '../../parts/SnapshotPage.tsx'
import { Bone, Empty } from '../../parts/States.tsx'
import type { TableSearch } from '../../parts/search.ts'
import { useRows } from '../../parts/useRows.ts'
import { chartContext } from '../portfolio/measure.ts'
import { PageFoot } from '../portfolio/PortfolioPage.tsx'

/** Which ways of winning customers bring good ones, what a beginning foretells, winning against keeping. */
export function AcquisitionPage() {
  return <SnapshotPage title="Acquisition">{(portfolio) => <Loaded portfolio={portfolio} />}</SnapshotPage>
}

const dimensions = [
  { value: 'source', label: 'Source', by: 'how they were won' },
  { value: 'channel', label: 'Channel', by: 'channel of the first order' },
  { value: 'first_product', label: 'First product', by: 'first product' },
  { value: 'first_basket', label: 'First basket', by: 'size of the first order' },
  { value: 'first_discount', label: 'First discount', by: 'discount on the first order' },
  { value: 'cohort', label: 'Year', by: 'year of the first purchase' },
] as const

function Loaded({ portfolio }: { portfolio: Portfolio }) {
  const search = useSearch({ from: '/acquisition' })
  const navigate = useNavigate({ from: '/acquisition' })
  const onSearch = useCallback(
    (change: Partial<TableSearch & { by: string }>, replace = false) =>
      void navigate({ search: (before) => ({ ...before, ...change }), replace, resetScroll: false }),
    [navigate],
  )
  const snapshot = portfolio.snapshot.id
  const rows = useRows('acquisition_group', snapshot, { sort: 'dimension,position', limit: 2000 })
  const signals = useRows('acquisition_signal', snapshot)
  const balance = useRows('acquisition_balance', snapshot, { sort: 'position' })
  const there = dimensions.filter(({ value }) => rows?.some((row) => row.dimension === value))
  const dimension = there.find(({ value }) => value === search.by) ?? there[0] ?? dimensions[0]
  const context = useMemo(() => chartContext(portfolio), [portfolio])
  const chart = useMemo(
    () =>
      rows &&
      acquisitionQuality(
        rows.filter((row) => row.dimension === dimension.value),
        context,
        { by: dimension.by },
      ),
    [rows, context, dimension],
  )
  const early = useMemo(() => signals && earlySignals(signals), [signals])
  const contract = useTables(snapshot).data?.tables.find(({ name, rows: count }) => name === 'acquisition_group' && count !== null)
  const findings = portfolio.findings.filter(({ name }) => name.startsWith('acquisition-'))
  const main = findings.find(({ name }) => name === 'acquisition-quality') ?? findings.find(({ kind }) => kind !== 'data')
  const { currency } = portfolio.workspace
  const eyebrow = (
    <>
      <span>Acquisition</span>·<span className="tab">as of {formatDate(portfolio.snapshot.asOf)}</span>
    </>
  )
  if (rows?.length === 0)
    return (
      <>
        <PageHead eyebrow={eyebrow} title="Acquisition" />
        <Empty
          title="This snapshot does not tell how customers were won: it was made before that was asked, or its orders name no customers."
          action={<Link to="/data/import">Import orders and customers</Link>}
        />
      </>
    )
  const noCost = rows !== undefined && !rows.some((row) => row.cost_each !== null)
  return (
    <>
      <PageHead eyebrow={eyebrow} title={main?.text ?? 'How customers began, and what became of them'} doubt={main?.doubt} />
      {there.length > 1 && (
        <div className="no-print" style={{ margin: '24px 0 16px', overflowX: 'auto' }}>
          <SegmentedControl
            aria-label="Customers by"
            size="xs"
            data={there.map(({ value, label }) => ({ value, label }))}
            value={dimension.value}
            onChange={(value) => onSearch({ by: value }, true)}
          />
        </div>
      )}
      {chart ? <Exhibit chart={chart} currency={currency} heading="h2" /> : <Bone height={320} />}
      {noCost && (
        <p className="dim">
          What winning customers cost is not in the data, so only their profit can be told. Load customers with{' '}
          <code>acquisition_cost</code> to see what each way leaves.
        </p>
      )}
      <div id="signals" className={`${parts.grid2} ${parts.exhibits}`} style={{ marginTop: 48 }}>
        {early ? <Exhibit chart={early} currency={currency} heading="h2" /> : <Bone height={260} />}
        <div>
          <h2 className={parts.sectionTitle}>What stands out, and what to do</h2>
          <Findings findings={findings.filter((finding) => finding !== main)} />
        </div>
      </div>
      {contract && (
        <Section
          title={`Customers by ${dimension.by}`}
          id="groups"
          lead="The first year is of customers watched a year; so far and next 12 months are of all, whatever their age."
        >
          <DataTable
            table="acquisition_group"
            contract={contract}
            noun={['group', 'groups']}
            currency={currency}
            snapshot={snapshot}
            columns={[
              'label',
              'customers',
              'watched',
              'year_drawn',
              'year_low',
              'year_high',
              'cost_each',
              'net_each',
              'payback_months',
              'so_far_each',
              'ahead_each',
              'best_share',
            ]}
            sort="position"
            fixed={[{ column: 'dimension', op: 'eq', value: dimension.value }]}
            search={search}
            onSearch={onSearch}
            maxHeight="min(60vh, 520px)"
          />
        </Section>
      )}
      <Section
        title="Winning against keeping"
        id="balance"
        lead="The spends on winning and on keeping that make customer equity largest: the last unit of money does as much here as there."
      >
        {balance && balance.length > 0 ? (
          <div className={parts.twin}>
            <table className={parts.table}>
              <caption className="visually-hidden">Best spends on winning and on keeping customers</caption>
              <thead>
                <tr>
                  <th scope="col">Quantity</th>
                  <th scope="col" className={parts.right}>
                    Today
                  </th>
                  <th scope="col" className={parts.right}>
                    Best
                  </th>
                  <th scope="col" className={parts.right}>
                    90 % interval
                  </th>
                </tr>
              </thead>
              <tbody>
                {balance.map((row) => {
                  const show = (value: unknown) =>
                    value === null ? '–' : row.unit === 'money' ? formatMoney(Number(value), currency) : formatShare(Number(value))
                  return (
                    <tr key={String(row.quantity)}>
                      <th scope="row" style={{ fontWeight: 400, textAlign: 'left' }}>
                        {String(row.title)}
                      </th>
                      <td className={parts.right}>{show(row.today)}</td>
                      <td className={parts.right}>{show(row.best)}</td>
                      <td className={parts.right}>
                        {show(row.low)} to {show(row.high)}
                      </td>
                    </tr>
                  )
                })}
              </tbody>
            </table>
          </div>
        ) : (
          <p className="dim">
            It needs what only people can judge: what one spend wins or keeps, and what no spend exceeds. Set <code>balance</code> under{' '}
            <code>steps.acquisition-quality</code> in clientele.yaml; docs/methods/acquisition.md has an example.
          </p>
        )}
      </Section>
      <PageFoot portfolio={portfolio} />
    </>
  )
}
