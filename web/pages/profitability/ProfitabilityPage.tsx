import { useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback } from 'react'
import { formatDate } from '../../../src/shared/format.ts'
import type { Portfolio } from '../../parts/api.ts'
import { Figures } from '../../parts/Figures.tsx'
import { Findings } from '../../parts/Findings.tsx'
import { Foot, PageHead, Section } from '../../parts/Page.tsx'
import { PortfolioShow } from '../../parts/PortfolioShow.tsx'
import { Empty } from '../../parts/States.tsx'
import type { TableSearch } from '../../parts/search.ts'
import { LayerCharts } from './LayerCharts.tsx'
import { Persistence } from './Persistence.tsx'
import { PlaneExhibit } from './PlaneExhibit.tsx'
import { DriversTable, ServingTable } from './ServingTable.tsx'
import { TypesTable } from './TypesTable.tsx'

/** Who makes money once they are served: P&L by layer, whale curves, the plane of margin and cost-to-serve, drivers. */
export function ProfitabilityPage() {
  const { snapshot } = useSearch({ from: '/profitability' })
  return (
    <PortfolioShow title="Profitability" snapshot={snapshot}>
      {(data) => <Loaded portfolio={data} />}
    </PortfolioShow>
  )
}

const figuresOfProfitability = [
  'customer_profit',
  'cost_to_serve',
  'share_unprofitable_after_cost_to_serve',
  'cost_to_serve_cut',
  'worklist_value',
]
/** Findings of this page, by their names. */
const aboutServing =
  /^(loss-makers-after-cost-to-serve|loved-giant-loses-after-cost-to-serve|small-and-profitable-after-cost-to-serve|profit-turns-after-cost-to-serve|many-small-orders|dearer-than-its-peers|loss-makers-persist|aggressive-customers|look-inside-first|loss-makers-turned)$/

function Loaded({ portfolio }: { portfolio: Portfolio }) {
  const search = useSearch({ from: '/profitability' })
  const navigate = useNavigate({ from: '/profitability' })
  const onSearch = useCallback(
    (change: Partial<TableSearch>, replace = false) =>
      void navigate({ search: (before) => ({ ...before, ...change }), replace, resetScroll: false }),
    [navigate],
  )
  const figures = figuresOfProfitability.flatMap((name) => portfolio.figures.filter((figure) => figure.name === name))
  const findings = portfolio.findings.filter(({ name }) => aboutServing.test(name))
  const main = findings.find(({ name }) => name === 'loss-makers-after-cost-to-serve')
  const eyebrow = (
    <>
      <span>Profitability</span>·<span className="tab">as of {formatDate(portfolio.snapshot.asOf)}</span>
    </>
  )
  const skipped = portfolio.skipped.find(({ step }) => step === 'serving' || step === 'costing')
  if (!figures.some(({ name }) => name === 'customer_profit')) {
    return (
      <>
        <PageHead eyebrow={eyebrow} title="Profitability" />
        <Empty title={skipped ? 'What customers cost to serve is not known yet.' : 'This snapshot was made before customers were costed.'}>
          {skipped ? skipped.unlock : 'Run again to see it.'}
        </Empty>
      </>
    )
  }
  return (
    <>
      <PageHead eyebrow={eyebrow} title={main?.text ?? 'Who makes money once they are served'} doubt={main?.doubt} />
      <Figures figures={figures} currency={portfolio.workspace.currency} />
      <PlaneExhibit portfolio={portfolio} search={search} onSearch={onSearch} />
      <Section title="What stands out, and what to do" id="to-do">
        <Findings findings={findings.filter((finding) => finding !== main)} />
      </Section>
      <LayerCharts portfolio={portfolio} />
      <Section
        title="Customers by cost-to-serve"
        id="customers"
        lead="Press a customer to see why it is dear and what can be done. Dearer than peers: beside customers of its size, segment and channel."
      >
        <ServingTable portfolio={portfolio} search={search} onSearch={onSearch} />
      </Section>
      <TypesTable portfolio={portfolio} />
      <Section title="What drives the cost" id="drivers" lead="The summands of the time equations: what made the work take its time.">
        <DriversTable portfolio={portfolio} />
      </Section>
      <Persistence portfolio={portfolio} />
      <Foot>
        <p className="tab">
          Snapshot {portfolio.snapshot.id}. Over the window of the ledger. Types speak of the scatter of orders, not of doubt about rates;
          that is the verdict of the cost model.
        </p>
      </Foot>
    </>
  )
}
