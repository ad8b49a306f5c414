import { Button } from '@mantine/core'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback } from 'react'
import { formatCount, formatCounted, formatDate, keepTogether } from '../../../src/shared/format.ts'
import { type Portfolio, reportUrl, useComparison, workbookUrl } from '../../parts/api.ts'
import { Figures } from '../../parts/Figures.tsx'
import { Findings } from '../../parts/Findings.tsx'
import { DownloadIcon, PrintIcon } from '../../parts/icons.tsx'
import { Foot, PageHead, Section } from '../../parts/Page.tsx'
import { PortfolioShow } from '../../parts/PortfolioShow.tsx'
import classes from '../../parts/parts.module.css'
import type { TableSearch } from '../../parts/search.ts'
import { PortfolioCharts } from './PortfolioCharts.tsx'
import { PortfolioTable } from './PortfolioTable.tsx'
import { WhaleExhibit } from './WhaleExhibit.tsx'

export function PortfolioPage() {
  const { snapshot } = useSearch({ from: '/' })
  return (
    <PortfolioShow title="Portfolio" snapshot={snapshot}>
      {(data) => <Loaded portfolio={data} />}
    </PortfolioShow>
  )
}

function Loaded({ portfolio }: { portfolio: Portfolio }) {
  const search = useSearch({ from: '/' })
  const navigate = useNavigate({ from: '/' })
  const onSearch = useCallback(
    (change: Partial<TableSearch>, replace = false) =>
      void navigate({ search: (before) => ({ ...before, ...change }), replace, resetScroll: false }),
    [navigate],
  )
  const comparison = useComparison(search.compare, portfolio.snapshot.id).data
  const { currency } = portfolio.workspace
  const main = portfolio.findings.find((finding) => finding.text === portfolio.title)
  return (
    <>
      <PageHead
        eyebrow={
          <>
            <span>Portfolio</span>·<span className="tab">as of {formatDate(portfolio.snapshot.asOf)}</span>·
            <span className="tab">
              {formatCounted(
                portfolio.inputs.reduce((sum, input) => sum + input.rows, 0),
                'order line',
              )}
            </span>
          </>
        }
        title={portfolio.title}
        doubt={
          main && (
            <>
              {main.doubt && keepTogether(main.doubt)} {main.action}
            </>
          )
        }
        actions={<Downloads snapshot={search.snapshot} />}
      />
      <Figures figures={keyFigures(portfolio.figures)} currency={currency} comparison={comparison} />

      <div className={classes.split} style={{ marginTop: 32 }}>
        <WhaleExhibit portfolio={portfolio} from={search.from} to={search.to} onRange={(range) => onSearch(range, true)} />
        <aside aria-labelledby="to-do">
          <h2 id="to-do" className={classes.sectionTitle}>
            What stands out, and what to do
          </h2>
          <Findings findings={portfolio.findings.filter((finding) => finding !== main)} />
        </aside>
      </div>

      <PortfolioCharts portfolio={portfolio} />

      <Section title="Customers" id="customers" lead="Press a figure to see where it comes from, a customer to open it.">
        <PortfolioTable portfolio={portfolio} search={search} onSearch={onSearch} snapshot={search.snapshot} maxHeight="min(70vh, 640px)" />
      </Section>

      <PageFoot portfolio={portfolio} />
    </>
  )
}

const telling = ['net_revenue', 'contribution', 'share_unprofitable', 'top_20_share', 'change']

/** Five figures: the most telling that the data carries, then what else there is, and at most one that is missing, with what would give it. */
function keyFigures(figures: Portfolio['figures']): Portfolio['figures'] {
  const known = figures.filter((figure) => figure.value !== null)
  const chosen = [
    ...telling.flatMap((name) => known.find((figure) => figure.name === name) ?? []),
    ...known.filter((figure) => !telling.includes(figure.name)),
  ]
  const missing = figures.find((figure) => figure.value === null)
  return missing ? [...chosen.slice(0, 4), missing] : chosen.slice(0, 5)
}

function Downloads({ snapshot }: { snapshot: string | undefined }) {
  return (
    <>
      <Button component="a" size="xs" variant="default" href={reportUrl(snapshot)} target="_blank" leftSection={<PrintIcon size={14} />}>
        Report
      </Button>
      <Button component="a" size="xs" variant="default" href={workbookUrl(snapshot)} download leftSection={<DownloadIcon size={14} />}>
        Workbook
      </Button>
    </>
  )
}

export function PageFoot({ portfolio }: { portfolio: Pick<Portfolio, 'checks' | 'inputs' | 'snapshot' | 'skipped'> }) {
  const failed = portfolio.checks.filter((check) => check.status !== 'pass')
  const files = [...new Set(portfolio.inputs.flatMap((input) => input.files))]
  return (
    <Foot>
      <p>
        From {files.slice(0, 4).join(', ')}
        {files.length > 4 ? ` and ${files.length - 4} more` : ''}. {formatCount(portfolio.checks.length - failed.length)} of{' '}
        {formatCounted(portfolio.checks.length, 'check')} hold
        {failed.length > 0 ? `; look at ${failed.map((check) => check.title).join(', ')}` : ''}: <Link to="/data/checks">checks</Link>.
      </p>
      {portfolio.skipped.length > 0 && (
        <p>
          Not computed for want of data: {portfolio.skipped.map((skipped) => skipped.title).join(', ')}.{' '}
          <Link to="/data/checks">What would unlock it</Link>.
        </p>
      )}
      <p className="tab">
        Snapshot {portfolio.snapshot.id}, Clientele {portfolio.snapshot.version}.
      </p>
    </Foot>
  )
}
