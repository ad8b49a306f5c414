import { useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback, useMemo } from 'react'
import { formatDate } from '../../../src/shared/format.ts'
import type { Portfolio } from '../../parts/api.ts'
import { Figures } from '../../parts/Figures.tsx'
import { Findings } from '../../parts/Findings.tsx'
import { Foot, PageHead, Section } from '../../parts/Page.tsx'
import { PortfolioShow } from '../../parts/PortfolioShow.tsx'
import { Empty } from '../../parts/States.tsx'
import tabs from '../data/data.module.css'
import { chartContext } from '../portfolio/measure.ts'
import { PriceTable } from './PriceTable.tsx'
import { DiscountCharts, IndexChart, RadarChart } from './PriceViews.tsx'
import { type PricingSearch, type PricingView, views } from './search.ts'
import { WaterfallExhibit } from './WaterfallExhibit.tsx'
import { Worksheet } from './Worksheet.tsx'

/** What customers really pay: from list price to pocket, who gets which discount, and where prices give way. */
export function PricingPage() {
  const { snapshot } = useSearch({ from: '/pricing' })
  return (
    <PortfolioShow title="Pricing" snapshot={snapshot}>
      {(data) => <Loaded portfolio={data} />}
    </PortfolioShow>
  )
}

const figuresOfPricing = ['price_realisation', 'pocket_revenue', 'pocket_price_change']

/** The views of this page, and by their names the findings that belong to each, the one that bears its title first. */
const about: Record<PricingView, { title: string; lead: string; findings: string[] }> = {
  waterfall: {
    title: 'List to pocket',
    lead: 'Whose waterfall, and against whose: two periods, two segments, a customer and everybody.',
    findings: ['pocket-price', 'given-after-the-invoice', 'rebates-accrued', 'no-price-elements'],
  },
  discounts: {
    title: 'Who is given what',
    lead: 'Discount against volume, and how far apart customers pay for the same goods.',
    findings: ['discount-without-volume', 'discount-follows-volume', 'price-band', 'price-cut-for-a-customer'],
  },
  index: {
    title: 'How prices move',
    lead: 'The same customer and product in both periods: no mix, no new or lost business.',
    findings: ['price-realisation', 'cost-pass-through', 'price-cut-for-a-customer'],
  },
  radar: {
    title: 'Commodities',
    lead: 'Products that are bought on price alone, or are on the way to it.',
    findings: ['commoditising-product', 'price-erosion'],
  },
  worth: {
    title: 'What ours is worth',
    lead: 'Economic value to the customer: the price at which it is indifferent between ours and its best alternative.',
    findings: [],
  },
}

function Loaded({ portfolio }: { portfolio: Portfolio }) {
  const search = useSearch({ from: '/pricing' })
  const navigate = useNavigate({ from: '/pricing' })
  const onSearch = useCallback(
    (change: Partial<PricingSearch>, replace = false) =>
      void navigate({ search: (before) => ({ ...before, ...change }), replace, resetScroll: false }),
    [navigate],
  )
  const context = useMemo(() => chartContext(portfolio), [portfolio])
  const figures = portfolio.figures.filter(({ name }) => figuresOfPricing.includes(name))
  const view = search.view ?? 'waterfall'
  const { lead, findings: wanted } = about[view]
  const findings = portfolio.findings
    .filter(({ name }) => wanted.includes(name))
    .sort((a, b) => wanted.indexOf(a.name) - wanted.indexOf(b.name))
  const [main] = findings
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
  return (
    <>
      <PageHead
        eyebrow={eyebrow}
        title={main?.text ?? (view === 'worth' ? 'What ours is worth to a customer, and what it keeps' : 'What customers really pay')}
        doubt={main?.doubt}
      />
      <Figures figures={figures} currency={portfolio.workspace.currency} />
      <fieldset aria-label="Views of prices" className={`${tabs.tabs} ${tabs.plain} no-print`}>
        {views.map((name) => (
          <button
            key={name}
            type="button"
            className={tabs.tab}
            aria-pressed={view === name}
            onClick={() =>
              void navigate({ search: ({ snapshot, compare }) => ({ snapshot, compare, ...(name === 'waterfall' ? {} : { view: name }) }) })
            }
          >
            {about[name].title}
          </button>
        ))}
      </fieldset>
      <Section title={about[view].title} id="view" lead={lead}>
        {view === 'waterfall' && (
          <WaterfallExhibit portfolio={portfolio} context={context} show={search.show} against={search.against} onChange={onSearch} />
        )}
        {view === 'discounts' && <DiscountCharts portfolio={portfolio} context={context} />}
        {view === 'index' && <IndexChart portfolio={portfolio} context={context} />}
        {view === 'radar' && <RadarChart portfolio={portfolio} context={context} />}
        {view === 'worth' && <Worksheet evc={search.evc} context={context} onChange={(evc) => onSearch({ evc }, true)} />}
      </Section>
      {findings.length > 1 && (
        <Section title="What stands out, and what to do" id="to-do">
          <Findings findings={findings.slice(1)} />
        </Section>
      )}
      {main?.action && <p className="small">What to do: {main.action}</p>}
      {view !== 'worth' && (
        <Section title="The rows behind it" id="rows">
          <PriceTable view={view} portfolio={portfolio} search={search} onSearch={onSearch} />
        </Section>
      )}
      <Foot>
        <p className="tab">
          Snapshot {portfolio.snapshot.id}. Taxes stay out. Elements booked by customer and month belong to that month; those of an order to
          its day.
        </p>
      </Foot>
    </>
  )
}
