import { SegmentedControl, Select } from '@mantine/core'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback, useMemo } from 'react'
import { type CohortMeasure, cohortCurves, cohortTriangle } from '../../../src/charts/index.ts'
import { formatDate } from '../../../src/shared/format.ts'
import { type Portfolio, useTables } from '../../parts/api.ts'
import { DataTable } from '../../parts/DataTable.tsx'
import { Exhibit } from '../../parts/Exhibit.tsx'
import { NumberedFindings } from '../../parts/NumberedFindings.tsx'
import { PageHead, Section } from '../../parts/Page.tsx'
import parts from '../../parts/parts.module.css'
import { SnapshotPage } from '../../parts/SnapshotPage.tsx'
import { Bone, Empty } from '../../parts/States.tsx'
import type { Filter, TableSearch } from '../../parts/search.ts'
import { useRows } from '../../parts/useRows.ts'
import { chartContext } from '../portfolio/measure.ts'
import { PageFoot } from '../portfolio/PortfolioPage.tsx'

/** Customers by when they first bought: how long they stay, what they bring, and whether newer ones are better. */
export function CohortsPage() {
  return <SnapshotPage title="Cohorts">{(portfolio) => <Loaded portfolio={portfolio} />}</SnapshotPage>
}

const grains = ['week', 'month', 'quarter', 'year'] as const

const measures: { value: CohortMeasure; label: string }[] = [
  { value: 'retention', label: 'Share that bought' },
  { value: 'active', label: 'Customers who bought' },
  { value: 'orders', label: 'Orders' },
  { value: 'revenue', label: 'Net revenue' },
  { value: 'measure', label: 'Profit' },
  { value: 'each', label: 'Profit per customer' },
  { value: 'cumulative', label: 'Profit so far per customer' },
  { value: 'payback', label: 'Profit so far / acquisition cost' },
]

/** Weeks beyond this many would not be legible; the table of all cohorts holds them. */
const weeksShown = 40

function Loaded({ portfolio }: { portfolio: Portfolio }) {
  const search = useSearch({ from: '/cohorts' })
  const navigate = useNavigate({ from: '/cohorts' })
  const onSearch = useCallback(
    (change: Partial<TableSearch & { grain: string; show: string }>, replace = false) =>
      void navigate({ search: (before) => ({ ...before, ...change }), replace, resetScroll: false }),
    [navigate],
  )
  const snapshot = portfolio.snapshot.id
  const grain = grains.find((one) => one === search.grain) ?? 'month'
  const measure = measures.find(({ value }) => value === search.show)?.value ?? 'retention'
  const from = new Date(Date.parse(portfolio.snapshot.asOf) - weeksShown * 7 * 86_400_000).toISOString().slice(0, 10)
  const filters: Filter[] = [
    { column: 'grain', op: 'eq', value: grain },
    ...(grain === 'week' ? [{ column: 'cohort', op: 'ge' as const, value: from }] : []),
  ]
  const rows = useRows('cohort', snapshot, { filters, sort: '-cohort,age', limit: 5000 })
  const context = useMemo(() => chartContext(portfolio), [portfolio])
  const charts = useMemo(
    () => rows && { triangle: cohortTriangle(rows, context, { grain, measure }), curves: cohortCurves(rows, context, { grain }) },
    [rows, context, grain, measure],
  )
  const tables = useTables(snapshot).data?.tables
  const quality = tables?.find(({ name, rows: count }) => name === 'cohort_quality' && count !== null)
  const findings = portfolio.findings.filter(({ name }) => /^audit-[34]-/.test(name))
  const main = findings.find(({ name }) => name === 'audit-4-drift') ?? findings[0]
  const eyebrow = (
    <>
      <span>Cohorts</span>·<span className="tab">as of {formatDate(portfolio.snapshot.asOf)}</span>
    </>
  )
  if (rows?.length === 0 && !main)
    return (
      <>
        <PageHead eyebrow={eyebrow} title="Cohorts" />
        <Empty title="No known customer bought anything in this snapshot." action={<Link to="/data/import">Import orders</Link>} />
      </>
    )
  const { currency } = portfolio.workspace
  return (
    <>
      <PageHead eyebrow={eyebrow} title={main?.text ?? 'Customers by when they first bought'} doubt={main?.doubt} />
      <div className="no-print" style={{ display: 'flex', flexWrap: 'wrap', gap: 16, alignItems: 'end', margin: '24px 0 16px' }}>
        <SegmentedControl
          aria-label="Length of a cohort"
          size="xs"
          data={grains.map((one) => ({ value: one, label: one[0]!.toUpperCase() + one.slice(1) }))}
          value={grain}
          onChange={(value) => onSearch({ grain: value }, true)}
        />
        <Select
          aria-label="What is shown"
          size="xs"
          w={260}
          allowDeselect={false}
          data={measures}
          value={measure}
          onChange={(value) => value && onSearch({ show: value }, true)}
        />
      </div>
      {charts ? <Exhibit chart={charts.triangle} currency={currency} heading="h2" /> : <Bone height={420} />}
      <div className={`${parts.grid2} ${parts.exhibits}`} style={{ marginTop: 48 }}>
        {charts ? <Exhibit chart={charts.curves} currency={currency} heading="h2" /> : <Bone height={320} />}
        <div>
          <h2 className={parts.sectionTitle}>What the cohorts say</h2>
          <NumberedFindings findings={findings.filter((finding) => finding !== main)} number={3} />
          <p>
            <Link to="/audit">The whole audit</Link>
          </p>
        </div>
      </div>
      {quality && (
        <Section
          title="Cohorts at the same age"
          id="quality"
          lead="The first 90 and 365 days of each cohort, only of customers who could be watched that long. Low and high hold 90 %."
        >
          <DataTable
            table="cohort_quality"
            contract={quality}
            noun={['cohort', 'cohorts']}
            currency={currency}
            snapshot={snapshot}
            columns={[
              'cohort',
              'customers',
              'again_share',
              'again_low',
              'again_high',
              'early_measure',
              'early_low',
              'early_high',
              'year_measure',
            ]}
            sort="-cohort"
            search={search}
            onSearch={onSearch}
            maxHeight="min(60vh, 520px)"
          />
          <p>
            <Link to="/tables/$name" params={{ name: 'cohort' }} search={{ where: [`grain:eq:${grain}`] }}>
              Every cohort in every {grain}
            </Link>
          </p>
        </Section>
      )}
      <PageFoot portfolio={portfolio} />
    </>
  )
}
