import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback } from 'react'
import { formatDate, formatShare } from '../../../src/shared/format.ts'
import { type Portfolio, tablePageOptions } from '../../parts/api.ts'
import { Foot, PageHead, Section } from '../../parts/Page.tsx'
import { PortfolioShow } from '../../parts/PortfolioShow.tsx'
import { Bone, Empty, Show } from '../../parts/States.tsx'
import type { TableSearch } from '../../parts/search.ts'
import { Advice } from './Advice.tsx'
import { ModelTable } from './ModelTable.tsx'
import { Parameters } from './Parameters.tsx'
import { ProofCharts } from './ProofCharts.tsx'

/** Which models of value were tried, how well each told what it had not seen, and whether the data are of their kind. */
export function ModelsPage() {
  const { snapshot } = useSearch({ from: '/models' })
  return (
    <PortfolioShow title="Models" snapshot={snapshot}>
      {(data) => <Loaded portfolio={data} />}
    </PortfolioShow>
  )
}

function Loaded({ portfolio }: { portfolio: Portfolio }) {
  const search = useSearch({ from: '/models' })
  const navigate = useNavigate({ from: '/models' })
  const onSearch = useCallback(
    (change: Partial<TableSearch>, replace = false) =>
      void navigate({ search: (before) => ({ ...before, ...change }), replace, resetScroll: false }),
    [navigate],
  )
  const snapshot = portfolio.snapshot.id
  const models = useQuery(tablePageOptions('value_model', { snapshot, sort: 'fitted_on,kind,misplaced' }, 0, 50, false))
  const eyebrow = (
    <>
      <Link to="/value">Value</Link>·<span>Models</span>·<span className="tab">as of {formatDate(portfolio.snapshot.asOf)}</span>
    </>
  )
  return (
    <Show query={models} shape={<Bone height={320} />}>
      {({ rows }) => {
        const proven = rows.filter((row) => row.fitted_on === 'calibration' && row.kind === 'purchases' && row.misplaced !== null)
        const best = proven.find((row) =>
          rows.some((other) => other.model === row.model && other.fitted_on === 'all' && other.chosen === true),
        )
        const naive = rows.find((row) => row.kind === 'rule')
        if (!best)
          return (
            <>
              <PageHead eyebrow={eyebrow} title="Models" />
              <Empty
                title={`No model stands: ${String(rows[0]?.reason ?? 'this snapshot was made before customers were valued')}.`}
                action={<Link to="/data/import">Import more orders</Link>}
              />
            </>
          )
        const error = Number(best.holdout_error)
        const level =
          Math.abs(error) < 0.005
            ? 'the number of held-out purchases was right to half a percent'
            : `it told ${formatShare(Math.abs(error))} too ${error < 0 ? 'few' : 'many'} of the held-out purchases`
        return (
          <>
            <PageHead
              eyebrow={eyebrow}
              title={`${name(String(best.model))} tells best who buys: ${level}`}
              doubt={`It placed ${formatShare(Number(best.misplaced))} of them with the wrong group of customers${naive ? `; the rule that everybody goes on as before, ${formatShare(Number(naive.misplaced))}` : ''}. One held-out period is one test.`}
            />
            <Advice portfolio={portfolio} />
            <ProofCharts portfolio={portfolio} />
            <Section
              title="All models that were tried"
              id="tried"
              lead="Fitted on the first part, held against the rest; the one that misplaced the fewest purchases was fitted again on all data."
            >
              <ModelTable portfolio={portfolio} search={search} onSearch={onSearch} />
            </Section>
            <Parameters rows={rows} />
            <Foot>
              What the values come to: <Link to="/value">Value</Link>. One model on a file of your own:{' '}
              <code>clientele fit MODEL FILE</code>, with covariates, seasons and segments.
            </Foot>
          </>
        )
      }}
    </Show>
  )
}

const names: Record<string, string> = { 'bg-nbd': 'BG/NBD', 'mbg-nbd': 'MBG/NBD', 'pareto-nbd': 'Pareto/NBD' }
const name = (model: string): string => names[model] ?? model
