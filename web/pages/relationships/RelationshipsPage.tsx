import { Select } from '@mantine/core'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback, useMemo } from 'react'
import { type Chart, classFlow, classMoves, exchangeMap, relationshipClasses, relationshipMap } from '../../../src/charts/index.ts'
import { formatDate } from '../../../src/shared/format.ts'
import type { Portfolio } from '../../parts/api.ts'
import { Exhibit } from '../../parts/Exhibit.tsx'
import { Figures } from '../../parts/Figures.tsx'
import { Findings } from '../../parts/Findings.tsx'
import { PageHead, Section } from '../../parts/Page.tsx'
import parts from '../../parts/parts.module.css'
import { SnapshotPage } from '../../parts/SnapshotPage.tsx'
import { Bone, Empty } from '../../parts/States.tsx'
import type { TableSearch } from '../../parts/search.ts'
import { useRows } from '../../parts/useRows.ts'
import { chartContext } from '../portfolio/measure.ts'
import { PageFoot } from '../portfolio/PortfolioPage.tsx'
import { RelationshipTable, ResultTable } from './RelationshipTable.tsx'

/** The portfolio of weaker and stronger relationships: who stands where, how customers move, and what it is worth. */
export function RelationshipsPage() {
  return <SnapshotPage title="Relationships">{(portfolio) => <Loaded portfolio={portfolio} />}</SnapshotPage>
}

const ofPage = ['portfolio_lifetime_value', 'close_customers', 'newly_won_customer']
const about = /^(relationship|portfolio-value|move-|how-customers|movement-|exchange-|scale-|tail-)/

function Loaded({ portfolio }: { portfolio: Portfolio }) {
  const snapshot = portfolio.snapshot.id
  const search = useSearch({ from: '/relationships' })
  const navigate = useNavigate({ from: '/relationships' })
  const onSearch = useCallback(
    (change: Partial<TableSearch>, replace = false) =>
      void navigate({ search: (before) => ({ ...before, ...change }), replace, resetScroll: false }),
    [navigate],
  )
  const segment = search.segment ?? '(all)'
  const values = useRows('class_value', snapshot, { sort: 'segment,position', limit: 100 })
  const moves = useRows('relationship_transition', snapshot, {
    filters: [
      { column: 'segment', op: 'eq', value: segment },
      { column: 'period', op: 'eq', value: '0' },
    ],
    sort: 'from_class,to_class',
    limit: 100,
  })
  const flows = useRows('relationship_transition', snapshot, {
    filters: [
      { column: 'segment', op: 'eq', value: '(all)' },
      { column: 'period', op: 'gt', value: '0' },
    ],
    sort: '-period,from_class,to_class',
    limit: 120,
  })
  const periods = useRows('relationship_period', snapshot, { sort: 'period', limit: 100 })
  const customers = useRows('customer_relationship', snapshot, { sort: '-revenue_year,customer_id', limit: 2000 })
  const exchanges = useRows('exchange_position', snapshot, { sort: '-revenue_year,customer_id', limit: 2000 })
  const segments = useMemo(() => [...new Set((values ?? []).map((row) => String(row.segment)))], [values])
  const charts = useMemo(() => {
    const context = chartContext(portfolio)
    return {
      classes:
        values &&
        relationshipClasses(
          values.filter((row) => row.segment === segment),
          context,
        ),
      moves:
        moves &&
        classMoves(
          moves.filter((row) => row.from_class !== 'new'),
          context,
        ),
      flow: flows && periods && classFlow({ moves: flows, periods }, context),
      map: customers && relationshipMap(customers, context),
      exchange: exchanges && exchangeMap(exchanges, context),
    }
  }, [portfolio, values, moves, flows, periods, customers, exchanges, segment])
  const findings = portfolio.findings.filter(({ name }) => about.test(name))
  const main = findings.find(({ name }) => name === 'relationship-classes')
  const figures = portfolio.figures.filter(({ name }) => ofPage.includes(name))
  const eyebrow = (
    <>
      <span>Relationships</span>·<span className="tab">as of {formatDate(portfolio.snapshot.asOf)}</span>
    </>
  )
  if (!main)
    return (
      <>
        <PageHead eyebrow={eyebrow} title="Relationships" />
        <Empty
          title={
            findings.find(({ name }) => name === 'relationship-not-told')?.text ?? 'This snapshot was made before relationships were told.'
          }
          action={<Link to="/data/import">Import more orders</Link>}
        />
      </>
    )
  const currency = portfolio.workspace.currency
  const exhibit = (chart: Chart | undefined) => (chart ? <Exhibit chart={chart} currency={currency} /> : <Bone height={300} />)
  return (
    <>
      <PageHead eyebrow={eyebrow} title={main.text} doubt={main.doubt} />
      <Figures figures={figures} currency={currency} />
      <Section
        title="Size, strength and profit"
        id="map"
        lead="Large and close is where the money is; large and loose is where it can be won or lost."
      >
        {exhibit(charts.map)}
      </Section>
      <Section title="What stands out, and what to do" id="to-do">
        <Findings findings={findings.filter((finding) => finding !== main)} />
      </Section>
      <Section
        title="Classes and how customers move"
        id="classes"
        lead="What each class brings and is worth, and where its customers are a period later."
      >
        {segments.length > 1 && (
          <Select
            label="Segment"
            data={segments.map((value) => ({ value, label: value === '(all)' ? 'All customers' : value }))}
            value={segment}
            allowDeselect={false}
            maw={280}
            mb={16}
            onChange={(value) =>
              void navigate({
                search: (before) => ({ ...before, segment: value && value !== '(all)' ? value : undefined }),
                resetScroll: false,
              })
            }
          />
        )}
        <div className={`${parts.grid2} ${parts.exhibits}`}>
          {exhibit(charts.classes)}
          {exhibit(charts.moves)}
        </div>
        {exhibit(charts.flow)}
      </Section>
      <Section
        title="What a move is worth"
        id="prices"
        lead="What one percentage point more of a class moving there each period would add to the portfolio: the most that a programme which achieves it may cost."
      >
        <ResultTable
          portfolio={portfolio}
          table="transition_price"
          noun={['move', 'moves']}
          columns={['from_class', 'to_class', 'lever', 'probability', 'per_point', 'low', 'high']}
          sort="-per_point"
          fixed={[{ column: 'segment', op: 'eq', value: segment }]}
        />
      </Section>
      <Section
        title="Exchange: what is asked for, what is given"
        id="exchange"
        lead="A transactional customer needs a good price at low cost, a collaborative one links and plans; a mismatch costs on both sides."
      >
        {exhibit(charts.exchange)}
        {exchanges && exchanges.length > 0 && (
          <ResultTable
            portfolio={portfolio}
            table="exchange_position"
            noun={['customer', 'customers']}
            columns={[
              'customer_id',
              'name',
              'fit',
              'situation',
              'behaviour',
              'class',
              'revenue_year',
              'measure_year',
              'at_stake',
              'type',
              'guidance',
            ]}
            sort="-at_stake"
          />
        )}
      </Section>
      <Section title="Is one matrix enough?" id="tests" lead="How far the chain may be trusted.">
        <ResultTable
          portfolio={portfolio}
          table="relationship_test"
          noun={['question', 'questions']}
          columns={['question', 'answer', 'p_value']}
          sort="position"
        />
      </Section>
      <Section title="Customers" id="customers" lead="The chances of each class and what they rest on.">
        <RelationshipTable portfolio={portfolio} search={search} onSearch={onSearch} />
      </Section>
      <PageFoot portfolio={portfolio} />
    </>
  )
}
