import { useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback } from 'react'
import { formatDate } from '../../../src/shared/format.ts'
import { type Portfolio, usePortfolio, useWorkspace } from '../../parts/api.ts'
import { Figures } from '../../parts/Figures.tsx'
import { Findings } from '../../parts/Findings.tsx'
import { NoSnapshot } from '../../parts/NoSnapshot.tsx'
import { Foot, PageHead, Section, useTitle } from '../../parts/Page.tsx'
import { Bone, Empty, Show } from '../../parts/States.tsx'
import { chartContext } from '../portfolio/measure.ts'
import { PriceTable } from './PriceTable.tsx'
import type { PricingSearch } from './search.ts'
import { WaterfallExhibit } from './WaterfallExhibit.tsx'

/** What customers really pay: from list price to pocket, who gets which discount, and where prices give way. */
export function PricingPage() {
  useTitle('Pricing')
  const search = useSearch({ from: '/pricing' })
  const workspace = useWorkspace()
  const none = workspace.data !== undefined && workspace.data.snapshot === null
  const portfolio = usePortfolio(search.snapshot, workspace.data !== undefined && !none)
  if (none) return <NoSnapshot workspace={workspace.data!} title="Pricing" />
  return (
    <Show
      heading="Pricing"
      query={workspace.error ? { ...workspace, data: undefined as Portfolio | undefined } : portfolio}
      shape={
        <>
          <Bone width="18%" />
          <Bone width="58%" height={30} gap={8} />
          <Bone height={92} gap={32} />
          <Bone height={360} gap={40} />
        </>
      }
    >
      {(data) => <Loaded portfolio={data} />}
    </Show>
  )
}

const figuresOfPricing = ['price_realisation', 'pocket_revenue']
/** Findings of this page, by their names. */
const aboutPricing = /^(pocket-price|given-after-the-invoice|rebates-accrued|no-price-elements|price-erosion|price-cut-for-a-customer)$/

function Loaded({ portfolio }: { portfolio: Portfolio }) {
  const search = useSearch({ from: '/pricing' })
  const navigate = useNavigate({ from: '/pricing' })
  const onSearch = useCallback(
    (change: Partial<PricingSearch>, replace = false) =>
      void navigate({ search: (before) => ({ ...before, ...change }), replace, resetScroll: false }),
    [navigate],
  )
  const figures = portfolio.figures.filter(({ name }) => figuresOfPricing.includes(name))
  const findings = portfolio.findings.filter(({ name }) => aboutPricing.test(name))
  const main = findings.find(({ name }) => name === 'pocket-price') ?? findings[0]
  const eyebrow = (
    <>
      <span>Pricing</span>·<span className="tab">as of {formatDate(portfolio.snapshot.asOf)}</span>
    </>
  )
  if (figures.length === 0) {
    return (
      <>
        <PageHead eyebrow={eyebrow} title="Pricing" />
        <Empty title="This snapshot was made before prices were looked at.">Run again to see them.</Empty>
      </>
    )
  }
  const context = chartContext(portfolio)
  return (
    <>
      <PageHead eyebrow={eyebrow} title={main?.text ?? 'What customers really pay'} doubt={main?.doubt} />
      <Figures figures={figures} currency={portfolio.workspace.currency} />
      <Section
        title="From list price to pocket"
        id="waterfall"
        lead="Whose waterfall, and against whose: two periods, two segments, a customer and everybody."
      >
        <WaterfallExhibit portfolio={portfolio} context={context} show={search.show} against={search.against} onChange={onSearch} />
      </Section>
      <Section title="What stands out, and what to do" id="to-do">
        <Findings findings={findings.filter((finding) => finding !== main)} />
      </Section>
      <Section
        title="Customers by pocket price"
        id="customers"
        lead="From list revenue to pocket margin; lowest share of list price first."
      >
        <PriceTable portfolio={portfolio} search={search} onSearch={onSearch} />
      </Section>
      <Foot>
        <p className="tab">
          Snapshot {portfolio.snapshot.id}. Taxes stay out. Elements booked by customer and month belong to that month; those of an order to
          its day.
        </p>
      </Foot>
    </>
  )
}
