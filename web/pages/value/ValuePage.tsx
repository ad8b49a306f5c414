import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback } from 'react'
import { formatDate } from '../../../src/shared/format.ts'
import type { Portfolio } from '../../parts/api.ts'
import { Figures } from '../../parts/Figures.tsx'
import { Findings } from '../../parts/Findings.tsx'
import { PageHead, Section } from '../../parts/Page.tsx'
import { PortfolioShow } from '../../parts/PortfolioShow.tsx'
import { Empty } from '../../parts/States.tsx'
import type { TableSearch } from '../../parts/search.ts'
import { EquitySection } from './EquitySection.tsx'
import { ValueCharts } from './ValueCharts.tsx'
import { ValueTable } from './ValueTable.tsx'

/** What the customers of today are worth over the next 12 months, and why to believe it. */
export function ValuePage() {
  const { snapshot } = useSearch({ from: '/value' })
  return (
    <PortfolioShow title="Value" snapshot={snapshot}>
      {(data) => <Loaded portfolio={data} />}
    </PortfolioShow>
  )
}

const figuresOfValue = ['value_12_months', 'expected_active_customers', 'customer_equity_existing', 'customer_equity']
const aboutValue = /^(value-|valuable-)/

function Loaded({ portfolio }: { portfolio: Portfolio }) {
  const search = useSearch({ from: '/value' })
  const navigate = useNavigate({ from: '/value' })
  const onSearch = useCallback(
    (change: Partial<TableSearch>, replace = false) =>
      void navigate({ search: (before) => ({ ...before, ...change }), replace, resetScroll: false }),
    [navigate],
  )
  const figures = portfolio.figures.filter(({ name }) => figuresOfValue.includes(name))
  const findings = portfolio.findings.filter(({ name }) => aboutValue.test(name))
  const told = figures.some(({ value }) => value !== null)
  const main = findings.find(({ name }) => name === 'value-hangs-on-few')
  const eyebrow = (
    <>
      <span>Value</span>·<span className="tab">as of {formatDate(portfolio.snapshot.asOf)}</span>
    </>
  )
  if (!told) {
    const reason = findings.find(({ name }) => name === 'value-not-told')
    return (
      <>
        <PageHead eyebrow={eyebrow} title="Value" />
        <Empty
          title={reason?.text ?? 'This snapshot was made before customers were valued.'}
          action={<Link to="/data/import">Import more orders</Link>}
        />
      </>
    )
  }
  return (
    <>
      <PageHead eyebrow={eyebrow} title={main?.text ?? 'What customers are worth over the next 12 months'} doubt={main?.doubt} />
      <Figures figures={figures} currency={portfolio.workspace.currency} />
      <Section title="What stands out, and what to do" id="to-do">
        <Findings findings={findings.filter((finding) => finding !== main)} />
      </Section>
      <EquitySection portfolio={portfolio} />
      <ValueCharts portfolio={portfolio} />
      <p className="dim">
        Whether to believe it, with every model that was tried: <Link to="/models">Models</Link>
      </p>
      <Section
        title="Customers by value"
        id="customers"
        lead="Expected purchases x what one brings, discounted. Low and high hold nine in ten customers like this one, if the model holds."
      >
        <ValueTable portfolio={portfolio} search={search} onSearch={onSearch} />
      </Section>
    </>
  )
}
