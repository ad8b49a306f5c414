import { useQuery } from '@tanstack/react-query'
import { Link, useSearch } from '@tanstack/react-router'
import { useMemo } from 'react'
import { riskParts } from '../../../src/charts/index.ts'
import { formatDate, formatShare } from '../../../src/shared/format.ts'
import { type Portfolio, tablePageOptions } from '../../parts/api.ts'
import { Exhibit } from '../../parts/Exhibit.tsx'
import { Figures } from '../../parts/Figures.tsx'
import { Findings } from '../../parts/Findings.tsx'
import { Foot, PageHead, Section } from '../../parts/Page.tsx'
import { PortfolioShow } from '../../parts/PortfolioShow.tsx'
import { SmallTable } from '../../parts/SmallTable.tsx'
import { Bone, Empty } from '../../parts/States.tsx'
import { chartContext } from '../portfolio/measure.ts'

/** How steady the cash flow of the portfolio is, and what would steady it. */
export function RiskPage() {
  const { snapshot } = useSearch({ from: '/risk' })
  return (
    <PortfolioShow title="Risk" snapshot={snapshot}>
      {(data) => <Loaded portfolio={data} />}
    </PortfolioShow>
  )
}

/** `{"key":0.6}` as `key 60.0 %`. */
function sharesOf(weights: unknown): string {
  const shares = (typeof weights === 'string' ? JSON.parse(weights) : weights) as Record<string, number>
  return Object.entries(shares)
    .map(([part, share]) => `${part} ${formatShare(share)}`)
    .join(', ')
}

const aboutRisk = /^(risk-none|steadier-mix|steadying-part|part-hangs-on-one)$/

function Loaded({ portfolio }: { portfolio: Portfolio }) {
  const { currency } = portfolio.workspace
  const snapshot = portfolio.snapshot.id
  const figures = portfolio.figures.filter(({ name }) => name === 'portfolio_variability')
  const findings = portfolio.findings.filter(({ name }) => aboutRisk.test(name))
  const told = figures.length > 0
  const parts = useQuery({ ...tablePageOptions('risk_part', { snapshot, sort: '-weight' }, 0, 100, false), enabled: told }).data
  const mixes = useQuery({ ...tablePageOptions('risk_mix', { snapshot, sort: 'step' }, 0, 100, false), enabled: told }).data
  const chart = useMemo(() => (parts ? riskParts(parts.rows, chartContext(portfolio)) : undefined), [parts, portfolio])
  const eyebrow = (
    <>
      <span>Risk</span>·<span className="tab">as of {formatDate(portfolio.snapshot.asOf)}</span>
    </>
  )
  if (!told) {
    const reason = findings.find(({ name }) => name === 'risk-none')
    return (
      <>
        <PageHead eyebrow={eyebrow} title="Risk" />
        <Empty
          title={reason?.text ?? 'This snapshot was made before risk was looked at.'}
          action={<Link to="/data/import">Import more</Link>}
        >
          {reason?.action}
        </Empty>
      </>
    )
  }
  const main = findings.find(({ name }) => name !== 'risk-none') ?? findings[0]
  return (
    <>
      <PageHead eyebrow={eyebrow} title={main?.text ?? chart?.title ?? 'How steady the portfolio is'} doubt={main?.doubt} />
      <Figures figures={figures} currency={currency} />
      <div style={{ marginTop: 48 }}>{chart ? <Exhibit chart={chart} currency={currency} heading="h2" /> : <Bone height={320} />}</div>
      <Section title="What stands out, and what to do" id="to-do">
        <Findings findings={findings.filter((finding) => finding !== main)} />
      </Section>
      <Section
        title="Parts of the portfolio"
        id="parts"
        lead="How much each varies, whether it moves with the rest, how much hangs on one customer, and what is lost if it halves."
      >
        <SmallTable
          page={parts}
          columns={['part', 'weight', 'mean', 'deviation', 'beta', 'reward', 'steadier_weight', 'largest_customer', 'shock']}
          currency={currency}
        />
      </Section>
      <Section
        title="Steadier mixes"
        id="mixes"
        lead="Within bounds around today's shares. A direction: customers cannot be bought and sold at will."
      >
        <SmallTable
          page={mixes && { ...mixes, rows: mixes.rows.map((row) => ({ ...row, weights: sharesOf(row.weights) })) }}
          columns={['title', 'mean', 'deviation', 'weights']}
          currency={currency}
        />
      </Section>
      <Foot>
        <p className="tab">
          Snapshot {snapshot}. Covariances are shrunk towards none (Ledoit & Wolf 2004); betas weighted by share sum to one.
        </p>
      </Foot>
    </>
  )
}
