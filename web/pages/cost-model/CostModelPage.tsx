import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { formatDate } from '../../../src/shared/format.ts'
import { type Portfolio, tablePageOptions, usePortfolio, useWorkspace } from '../../parts/api.ts'
import { Figures } from '../../parts/Figures.tsx'
import { Findings } from '../../parts/Findings.tsx'
import { NoSnapshot } from '../../parts/NoSnapshot.tsx'
import { PageHead, Section, useTitle } from '../../parts/Page.tsx'
import { ResultTable } from '../../parts/SmallTable.tsx'
import { Bone, Empty, Show } from '../../parts/States.tsx'
import { useCommon } from '../../parts/useCommon.ts'
import { CostCharts } from './CostCharts.tsx'
import { WhatIf } from './WhatIf.tsx'

/** Pools, rates, equations, capacity and tie-out, and another model tried beside the published one. */
export function CostModelPage() {
  useTitle('Cost model')
  const { snapshot } = useCommon()
  const workspace = useWorkspace()
  const none = workspace.data !== undefined && workspace.data.snapshot === null
  const portfolio = usePortfolio(snapshot, workspace.data !== undefined && !none)
  if (none) return <NoSnapshot workspace={workspace.data!} title="Cost model" />
  return (
    <Show
      heading="Cost model"
      query={workspace.error ? { ...workspace, data: undefined as Portfolio | undefined } : portfolio}
      shape={
        <>
          <Bone width="18%" />
          <Bone width="58%" height={30} gap={8} />
          <Bone height={92} gap={32} />
          <Bone height={320} gap={40} />
        </>
      }
    >
      {(data) => <Loaded portfolio={data} />}
    </Show>
  )
}

const figureNames = ['cost_to_serve', 'customer_profit', 'loss_making_customers']
const aboutCosts = /^(idle-pool|overloaded-pool|death-spiral|loved-giant-loses-after|small-and-profitable-after|profit-turns-after)/

function Loaded({ portfolio }: { portfolio: Portfolio }) {
  const snapshot = portfolio.snapshot.id
  const skipped = portfolio.skipped.find(({ step }) => step === 'costing')
  const eyebrow = (
    <>
      <span>Cost model</span>·<span className="tab">as of {formatDate(portfolio.snapshot.asOf)}</span>
    </>
  )
  const figures = portfolio.figures.filter(({ name }) => figureNames.includes(name))
  // Without a ledger there are no pools to ask for.
  const pools = useQuery({
    ...tablePageOptions('pool_cost', { snapshot, sort: '-cost' }, 0, 200, false),
    retry: false,
    enabled: figures.length > 0,
  })
  if (figures.length === 0) {
    return (
      <>
        <PageHead eyebrow={eyebrow} title="Cost model" />
        <Empty
          title={skipped ? `Not computed: ${skipped.unlock}` : 'This snapshot was made before costs were assigned.'}
          action={<Link to="/data/import">Import a ledger</Link>}
        >
          A ledger summary of ten lines is enough: a starter template gives a first cost-to-serve, every assumption listed with its effect.
        </Empty>
      </>
    )
  }
  const findings = portfolio.findings.filter(({ name }) => aboutCosts.test(name))
  const starter = pools.data?.rows.some((row) => row.assumed === true) ?? false
  const tie = portfolio.checks.find(({ name }) => name === 'costs-tie-to-ledger')
  return (
    <>
      <PageHead
        eyebrow={eyebrow}
        title={starter ? 'A first cost-to-serve from a starter template' : 'What serving customers costs, and how we know'}
        doubt={
          starter
            ? 'Minutes and capacities are assumptions; each is listed below with the customers that it could turn.'
            : tie?.status === 'pass'
              ? 'Every unit of money of the ledger has one place; the check blocks publication otherwise.'
              : tie?.detail
        }
      />
      <Figures figures={figures} currency={portfolio.workspace.currency} />
      {findings.length > 0 && (
        <Section title="What stands out, and what to do" id="to-do">
          <Findings findings={findings} />
        </Section>
      )}
      <CostCharts portfolio={portfolio} />
      <WhatIf portfolio={portfolio} />
      <Section
        title="How sure the verdicts are"
        id="sensitivity"
        lead="One rate or time equation wrong by its whole range: how many customers change from profit to loss or back."
      >
        <ResultTable
          portfolio={portfolio}
          table="cost_sensitivity"
          columns={['title', 'kind', 'range', 'amount', 'sign_changes', 'turning_profit']}
          sort="position"
        />
      </Section>
      <Section title="Channels and segments" id="levels" lead="Cost that no single customer causes stays on its own level.">
        <ResultTable
          portfolio={portfolio}
          table="level_cost"
          columns={['level', 'object_id', 'activity_id', 'minutes', 'cost']}
          sort="level,object_id"
          none="No pool is caused by a channel or a segment."
        />
      </Section>
      <Section title="Assumptions" id="assumptions" lead="What was taken for granted. Replace the one with the most money behind it first.">
        <ResultTable
          portfolio={portfolio}
          table="cost_assumption"
          columns={['subject', 'assumption', 'why', 'amount', 'sign_changes']}
          sort="position"
          none="None: capacities and minutes were all given."
        />
      </Section>
    </>
  )
}
