import { Link } from '@tanstack/react-router'
import { type ReactNode, useMemo } from 'react'
import {
  acquisitionQuality,
  type Chart,
  cohortCurves,
  cohortStack,
  customerFlows,
  customerTenths,
  factorFlows,
  tierMoves,
} from '../../../src/charts/index.ts'
import { formatDate } from '../../../src/shared/format.ts'
import type { Portfolio, Row } from '../../parts/api.ts'
import { Exhibit } from '../../parts/Exhibit.tsx'
import { NumberedFindings } from '../../parts/NumberedFindings.tsx'
import { PageHead, Section } from '../../parts/Page.tsx'
import parts from '../../parts/parts.module.css'
import { SnapshotPage } from '../../parts/SnapshotPage.tsx'
import { Bone, Empty } from '../../parts/States.tsx'
import { useRows } from '../../parts/useRows.ts'
import { chartContext } from '../portfolio/measure.ts'
import { PageFoot } from '../portfolio/PortfolioPage.tsx'

/** The customer-base audit: six questions about the customers, each with its findings and its exhibit. */
export function AuditPage() {
  return <SnapshotPage title="Audit">{(portfolio) => <Loaded portfolio={portfolio} />}</SnapshotPage>
}

const questions = [
  { id: 'different', title: 'How different are our customers?', lead: 'Within one period: nobody is the average customer.' },
  {
    id: 'changed',
    title: 'What changed between two periods?',
    lead: 'The same change twice: by what became of the customers, and by factor.',
  },
  { id: 'one-cohort', title: 'How does one cohort evolve?', lead: 'Customers won together, followed over time.' },
  { id: 'cohorts', title: 'How do cohorts compare?', lead: 'Always at the same age: a young cohort is not a poor one.' },
  {
    id: 'healthy',
    title: 'How healthy is the customer base?',
    lead: 'What each quarter lives on, and what customers bring over the years.',
  },
  { id: 'products', title: 'Which products win and hold customers?', lead: 'By the dearest product of the first order.' },
]

function Loaded({ portfolio }: { portfolio: Portfolio }) {
  const snapshot = portfolio.snapshot.id
  const tenths = useRows('audit_tenth', snapshot)
  const changes = useRows('audit_change', snapshot)
  const factors = useRows('audit_factor', snapshot)
  const moves = useRows('tier_move', snapshot)
  const quarters = useRows('cohort', snapshot, {
    filters: [{ column: 'grain', op: 'eq', value: 'quarter' }],
    sort: 'cohort,age',
    limit: 5000,
  })
  const products = useRows('acquisition_group', snapshot, {
    filters: [{ column: 'dimension', op: 'eq', value: 'first_product' }],
    sort: 'position',
  })
  const charts = useMemo(() => {
    const context = chartContext(portfolio)
    const chart = (rows: Row[] | undefined, make: (rows: Row[]) => Chart) => (rows ? [make(rows)] : [])
    return [
      chart(tenths, (rows) => customerTenths(rows, context)),
      [...chart(changes, (rows) => customerFlows(rows, context)), ...chart(factors, (rows) => factorFlows(rows, context))],
      [],
      chart(quarters, (rows) => cohortCurves(rows, context, { grain: 'quarter' })),
      chart(quarters, (rows) => cohortStack(rows, context)),
      chart(products, (rows) => acquisitionQuality(rows, context, { name: 'product-quality', by: 'first product' })),
    ]
  }, [portfolio, tenths, changes, factors, quarters, products])
  const rose = useMemo(() => moves && tierMoves(moves, chartContext(portfolio)), [moves, portfolio])
  const findings = (lens: number) => portfolio.findings.filter(({ name }) => name.startsWith(`audit-${lens}-`))
  const main = portfolio.findings.filter(({ name }) => name.startsWith('audit-')).sort((a, b) => b.weight - a.weight)[0]
  const eyebrow = (
    <>
      <span>Customer-base audit</span>·<span className="tab">as of {formatDate(portfolio.snapshot.asOf)}</span>
    </>
  )
  if (!main)
    return (
      <>
        <PageHead eyebrow={eyebrow} title="Audit" />
        <Empty
          title="This snapshot holds no audit: it was made before there was one, or its orders name no customers."
          action={<Link to="/data/import">Import orders</Link>}
        />
      </>
    )
  return (
    <>
      <PageHead eyebrow={eyebrow} title={main.text} doubt={main.doubt} />
      {questions.map(({ id, title, lead }, i) => (
        <Section key={id} id={id} title={`${i + 1}. ${title}`} lead={lead}>
          <NumberedFindings findings={findings(i + 1)} number={i + 1} />
          <Charts list={charts[i]!} loading={i !== 2} portfolio={portfolio}>
            {id === 'changed' && rose && (
              <div id="rose-and-fell">
                <Exhibit chart={rose} currency={portfolio.workspace.currency} />
              </div>
            )}
          </Charts>
          {(id === 'one-cohort' || id === 'cohorts') && (
            <p>
              <Link to="/cohorts">All cohorts, by week, month, quarter or year</Link>
            </p>
          )}
        </Section>
      ))}
      <PageFoot portfolio={portfolio} />
    </>
  )
}

function Charts({ list, loading, portfolio, children }: { list: Chart[]; loading: boolean; portfolio: Portfolio; children?: ReactNode }) {
  if (!loading) return null
  return (
    <div className={`${parts.grid2} ${parts.exhibits}`} style={{ marginTop: 24 }}>
      {list.length === 0 && <Bone height={260} />}
      {list.map((chart) => (
        <Exhibit key={chart.name} chart={chart} currency={portfolio.workspace.currency} />
      ))}
      {children}
    </div>
  )
}
