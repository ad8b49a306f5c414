import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback, useMemo } from 'react'
import { planAllocation, planFrontier } from '../../../src/charts/index.ts'
import { formatDate } from '../../../src/shared/format.ts'
import { type Portfolio, tablePageOptions, useTables } from '../../parts/api.ts'
import { DataTable } from '../../parts/DataTable.tsx'
import { Exhibit } from '../../parts/Exhibit.tsx'
import { Figures } from '../../parts/Figures.tsx'
import { Findings } from '../../parts/Findings.tsx'
import { Foot, PageHead, Section } from '../../parts/Page.tsx'
import { PortfolioShow } from '../../parts/PortfolioShow.tsx'
import classes from '../../parts/parts.module.css'
import { SmallTable } from '../../parts/SmallTable.tsx'
import { Bone, Empty } from '../../parts/States.tsx'
import type { TableSearch } from '../../parts/search.ts'
import { chartContext } from '../portfolio/measure.ts'
import { WhatIf } from './WhatIf.tsx'

/** Where the next unit of money goes: acquire, convert, leverage, defend. */
export function PlanPage() {
  const { snapshot } = useSearch({ from: '/plan' })
  return (
    <PortfolioShow title="Plan" snapshot={snapshot}>
      {(data) => <Loaded portfolio={data} />}
    </PortfolioShow>
  )
}

const figuresOfPlan = ['plan_value', 'plan_next_unit']
const columns = ['customer_id', 'segment', 'class', 'action', 'effort', 'value', 'next_best', 'reason']

function Loaded({ portfolio }: { portfolio: Portfolio }) {
  const search = useSearch({ from: '/plan' })
  const navigate = useNavigate({ from: '/plan' })
  const onSearch = useCallback(
    (change: Partial<TableSearch>, replace = false) =>
      void navigate({ search: (before) => ({ ...before, ...change }), replace, resetScroll: false }),
    [navigate],
  )
  const { currency } = portfolio.workspace
  const snapshot = portfolio.snapshot.id
  const figures = portfolio.figures.filter(({ name }) => figuresOfPlan.includes(name))
  const findings = portfolio.findings.filter(({ name }) => name.startsWith('plan-'))
  const main = findings.find(({ name }) => name === 'plan-first' || name === 'plan-nothing-pays')
  const told = figures.length > 0
  const tables = useTables(snapshot)
  const items = useQuery({ ...tablePageOptions('plan_item', { snapshot, sort: '-effort' }, 0, 1000, false), enabled: told }).data
  const frontier = useQuery({ ...tablePageOptions('plan_frontier', { snapshot, sort: 'step' }, 0, 100, false), enabled: told }).data
  const limits = useQuery({ ...tablePageOptions('plan_limit', { snapshot, sort: 'limit_id' }, 0, 200, false), enabled: told }).data
  const options = useQuery({ ...tablePageOptions('plan_option', { snapshot, sort: '-value' }, 0, 10, false), enabled: told }).data
  const guardrails = useQuery({ ...tablePageOptions('plan_guardrail', { snapshot, sort: '-flagged' }, 0, 200, false), enabled: told }).data
  const periods = useQuery({ ...tablePageOptions('plan_period', { snapshot, sort: 'period,-spent' }, 0, 200, false), enabled: told }).data
  const budget = (limits?.rows ?? []).reduce((sum, row) => sum + (row.unit === 'money' && row.most !== null ? Number(row.most) : 0), 0)
  const charts = useMemo(() => {
    const context = chartContext(portfolio)
    return items && frontier ? [planAllocation(items.rows, context), planFrontier(frontier.rows, context, budget)] : []
  }, [items, frontier, portfolio, budget])
  const eyebrow = (
    <>
      <span>Plan</span>·<span className="tab">as of {formatDate(portfolio.snapshot.asOf)}</span>
    </>
  )
  if (!told) {
    const reason = findings.find(({ name }) => name === 'plan-none')
    return (
      <>
        <PageHead eyebrow={eyebrow} title="Plan" />
        <Empty
          title={reason?.text ?? 'This snapshot was made before there were plans.'}
          action={<Link to="/data/import">Import more orders</Link>}
        >
          {reason?.action}
        </Empty>
      </>
    )
  }
  const contract = tables.data?.tables.find((table) => table.name === 'customer_action')
  return (
    <>
      <PageHead eyebrow={eyebrow} title={main?.text ?? 'Where the next money goes'} doubt={main?.doubt} />
      <Figures figures={figures} currency={currency} />
      <div className={`${classes.grid2} ${classes.exhibits}`} style={{ marginTop: 48 }}>
        {charts.length === 0 && <Bone height={320} />}
        {charts.map((chart) => (
          <Exhibit key={chart.name} chart={chart} currency={currency} heading="h2" />
        ))}
      </div>
      <Section
        title="What if"
        id="what-if"
        lead="Another budget, levers fixed or left out: the best plan for it at once. Nothing is stored."
      >
        {items && budget > 0 ? (
          <WhatIf items={items.rows} budget={budget} currency={currency} snapshot={snapshot} />
        ) : (
          <Bone height={220} />
        )}
      </Section>
      <Section title="What stands out, and what to do" id="to-do">
        <Findings findings={findings.filter((finding) => finding !== main)} />
      </Section>
      <Section
        title="Beside the recommended plan"
        id="options"
        lead="The same scenarios for each: what it is worth on average, in bad cases, and how much less than the recommended plan."
      >
        <SmallTable
          page={options}
          columns={['title', 'spent', 'value', 'low', 'high', 'worst_tenth', 'losing', 'regret']}
          currency={currency}
        />
      </Section>
      <Section
        title="Each lever"
        id="levers"
        lead="What it gets, what the next unit of money would bring, in how many scenarios it is chosen, and what it would be worth to know its response."
      >
        <SmallTable
          page={items}
          columns={[
            'lever',
            'segment',
            'class',
            'customers',
            'basis',
            'effort',
            'value',
            'value_low',
            'value_high',
            'next_unit',
            'chosen',
            'worth_knowing',
            'test_reserve',
            'warning',
          ]}
          currency={currency}
        />
      </Section>
      <Section title="Limits" id="limits" lead="What one more unit of each would bring, before its own cost.">
        <SmallTable
          page={limits}
          columns={['title', 'basis', 'owner', 'least', 'most', 'used', 'unit', 'shadow_price']}
          currency={currency}
        />
      </Section>
      <Section title="The coming periods" id="periods" lead="Whom to treat when customers move and each period has the same budget.">
        <SmallTable
          page={periods && { ...periods, rows: periods.rows.filter((row) => row.lever !== 'none') }}
          columns={['period', 'segment', 'class', 'lever', 'customers', 'spent']}
          currency={currency}
        />
      </Section>
      <Section
        title="Guardrails"
        id="guardrails"
        lead="Whether groups are treated alike, and whether the plan counts on what was never seen."
      >
        <SmallTable
          page={guardrails}
          columns={['guardrail', 'subject', 'actual', 'low', 'high', 'limit', 'flagged', 'detail']}
          currency={currency}
        />
      </Section>
      <Section title="Next best action by customer" id="customers" lead="One action each within the money of the plan, most value first.">
        {contract ? (
          <DataTable
            table="customer_action"
            contract={contract}
            noun={['customer', 'customers']}
            currency={currency}
            snapshot={snapshot}
            columns={columns}
            sort="-value"
            search={search}
            onSearch={onSearch}
            open={(row) => `/customers/${encodeURIComponent(String(row.customer_id))}`}
            openColumn="customer_id"
            maxHeight="min(70vh, 640px)"
          />
        ) : (
          <Bone height={320} />
        )}
      </Section>
      <Foot>
        <p className="tab">
          Snapshot {snapshot}. Curves are assumptions until somebody judges (table response_judgement) or tests them; budgets come from
          table budget or steps.investment-plan.budget.
        </p>
      </Foot>
    </>
  )
}
