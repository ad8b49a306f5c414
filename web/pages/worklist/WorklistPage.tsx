import { Select } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback } from 'react'
import { formatDate, formatMoney } from '../../../src/shared/format.ts'
import { type Portfolio, tablePageOptions, useTables } from '../../parts/api.ts'
import { DataTable } from '../../parts/DataTable.tsx'
import { Figures } from '../../parts/Figures.tsx'
import { Findings } from '../../parts/Findings.tsx'
import { Foot, PageHead, Section } from '../../parts/Page.tsx'
import { PortfolioShow } from '../../parts/PortfolioShow.tsx'
import { Bone, Empty, Show } from '../../parts/States.tsx'
import { parseFilter, type TableSearch } from '../../parts/search.ts'
import { CapacityTable } from './CapacityTable.tsx'
import { RemedySimulator } from './RemedySimulator.tsx'
import own from './worklist.module.css'

/** What to do, ranked by value: each item with its owner, what was assumed, a band, and where to see it. */
export function WorklistPage() {
  const { snapshot } = useSearch({ from: '/worklist' })
  return (
    <PortfolioShow title="Worklist" snapshot={snapshot}>
      {(data) => <Loaded portfolio={data} />}
    </PortfolioShow>
  )
}

const columns = ['position', 'title', 'value', 'low', 'high', 'stranded', 'owner', 'evidence', 'assumption', 'turns', 'scope', 'customers']

function Loaded({ portfolio }: { portfolio: Portfolio }) {
  const search = useSearch({ from: '/worklist' })
  const navigate = useNavigate({ from: '/worklist' })
  const onSearch = useCallback(
    (change: Partial<TableSearch>, replace = false) =>
      void navigate({ search: (before) => ({ ...before, ...change }), replace, resetScroll: false }),
    [navigate],
  )
  const snapshot = portfolio.snapshot.id
  const { currency } = portfolio.workspace
  const tables = useTables(snapshot)
  const remedies = useQuery(tablePageOptions('remedy', { snapshot, sort: 'position' }, 0, 20, false)).data?.rows
  const eyebrow = (
    <>
      <span>Worklist</span>·<span className="tab">as of {formatDate(portfolio.snapshot.asOf)}</span>
    </>
  )
  const figure = portfolio.figures.find(({ name }) => name === 'worklist_value')
  const skipped = portfolio.skipped.find(({ step }) => step === 'remedies' || step === 'costing')
  if (!figure || figure.value === null) {
    return (
      <>
        <PageHead eyebrow={eyebrow} title="Worklist" />
        <Empty
          title={skipped ? 'Without cost-to-serve there is nothing to work on yet.' : 'This snapshot was made before there was a worklist.'}
        >
          {skipped ? skipped.unlock : 'Run again to see it.'}
        </Empty>
      </>
    )
  }
  const findings = portfolio.findings.filter(({ name }) => name === 'look-inside-first' || name === 'loss-makers-turned')
  const owners = [...new Set(remedies?.map((row) => String(row.owner)))].sort()
  const filters = (search.where ?? []).map(parseFilter)
  const chosen = (column: string): string | null => {
    const found = filters.find((filter) => filter?.column === column && filter.op === 'eq')
    return found ? String(found.value) : null
  }
  const choose = (column: string, value: string | null): void => {
    const others = (search.where ?? []).filter((text) => !text.startsWith(`${column}:`))
    onSearch({ where: value ? [...others, `${column}:eq:${value}`] : others }, true)
  }
  return (
    <>
      <PageHead
        eyebrow={eyebrow}
        title={`${formatMoney(String(figure.value), currency, { compact: true })} a year can be won by what is on this list`}
        doubt="If the judgements hold, once capacity has been given up. Our own processes stand first in every plan; parting comes last, and only where nothing before it helps."
      />
      <Figures figures={[figure]} currency={currency} />
      <Section title="What stands out" id="to-do">
        <Findings findings={findings} />
      </Section>
      <Section
        title="What to do"
        id="items"
        lead="No money stands twice: our own processes for all, single customers, and small ones together."
      >
        <div className={`${own.filters} no-print`}>
          <Select
            label="Remedy"
            placeholder="All"
            clearable
            data={(remedies ?? []).map((row) => ({ value: String(row.remedy), label: String(row.title) }))}
            value={chosen('remedy')}
            onChange={(value) => choose('remedy', value)}
          />
          <Select
            label="Owner"
            placeholder="All"
            clearable
            data={owners}
            value={chosen('owner')}
            onChange={(value) => choose('owner', value)}
          />
        </div>
        <Show query={tables} shape={<Bone height={320} />}>
          {({ tables: list }) => {
            const contract = list.find((table) => table.name === 'worklist' && table.rows !== null)
            return contract ? (
              <DataTable
                table="worklist"
                contract={contract}
                noun={['item', 'items']}
                currency={currency}
                snapshot={snapshot}
                columns={columns}
                sort="position"
                search={search}
                onSearch={onSearch}
                open={(row) => String(row.link)}
                openColumn="title"
                maxHeight="min(70vh, 640px)"
              />
            ) : null
          }}
        </Show>
      </Section>
      <RemedySimulator portfolio={portfolio} first={chosen('remedy') ?? undefined} />
      <CapacityTable portfolio={portfolio} />
      <Foot>
        <p className="tab">
          Snapshot {snapshot}. Reactions and effects are judgements under steps.remedies in clientele.yaml until tries of your own replace
          them.
        </p>
      </Foot>
    </>
  )
}
