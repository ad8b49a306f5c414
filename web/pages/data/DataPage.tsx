import { Button, Modal } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { formatCount, formatCounted, formatDate, formatMoment, formatMoney } from '../../../src/shared/format.ts'
import { type ImportReport, useImports, useRefresh, useStagedImports, useStartRun, useUndoImport, useWorkspace } from '../../parts/api.ts'
import { UndoIcon, UploadIcon } from '../../parts/icons.tsx'
import { PageHead, Section, useTitle } from '../../parts/Page.tsx'
import { Bone, Empty, Failed, Show } from '../../parts/States.tsx'
import { DataTabs } from './DataTabs.tsx'
import classes from './data.module.css'
import { Reconciliation } from './Reconciliation.tsx'

/** What has been imported, each with its reconciliation; the start of a new import; the run. */
export function DataPage() {
  useTitle('Data')
  const imports = useImports()
  const staged = useStagedImports().data?.staged ?? []
  const workspace = useWorkspace().data
  const start = useStartRun()
  const running = workspace?.jobs.some((job) => job.kind === 'run' && (job.state === 'running' || job.state === 'queued')) ?? false
  return (
    <Show
      heading="Data"
      query={imports}
      shape={
        <>
          <Bone width="50%" height={28} />
          <Bone height={36} gap={24} />
          <Bone height={220} gap={24} />
        </>
      }
    >
      {({ imports: list }) => (
        <>
          <PageHead
            eyebrow="Data"
            title={titleOf(list)}
            doubt={doubtOf(list)}
            actions={
              <>
                <Button
                  component={Link}
                  to="/data/import"
                  size="xs"
                  variant={list.length === 0 ? 'filled' : 'default'}
                  leftSection={<UploadIcon size={14} />}
                >
                  Import files
                </Button>
                {list.length > 0 && (
                  <Button
                    size="xs"
                    variant={workspace?.stale || !workspace?.snapshot ? 'filled' : 'default'}
                    onClick={() => start.mutate(undefined)}
                    loading={start.isPending || running}
                  >
                    Compute the portfolio
                  </Button>
                )}
              </>
            }
          />
          <DataTabs />
          {start.error && <Failed error={start.error} />}
          {staged.length > 0 && (
            <Section title="Begun and not committed" id="staged">
              {staged.map((one) => (
                <div key={one.id} className={classes.card}>
                  <div className={classes.cardHead}>
                    <div>
                      <div className={classes.cardTitle}>{one.files.map((file) => file.name).join(', ')}</div>
                      <div className="dim">
                        {one.questions.length > 0
                          ? `${formatCounted(one.questions.length, 'question')} open`
                          : `${formatCounted(one.report?.rowsKept ?? 0, 'row')} ready to commit`}
                      </div>
                    </div>
                    <Button
                      component={Link}
                      to={`/data/import/${encodeURIComponent(one.id)}` as '/data/import'}
                      size="xs"
                      variant="default"
                    >
                      Go on
                    </Button>
                  </div>
                </div>
              ))}
            </Section>
          )}
          {list.length === 0 ? (
            <Empty
              title="No import yet"
              action={
                <Button component={Link} to="/data/import">
                  Import files
                </Button>
              }
            >
              Give an export of your order or invoice lines: CSV, Excel, Parquet or JSON lines. Every later file adds something: product
              costs give contribution, list prices give discounts.
            </Empty>
          ) : (
            [...list].reverse().map((report) => <ImportCard key={report.id} report={report} />)
          )}
        </>
      )}
    </Show>
  )
}

function titleOf(list: ImportReport[]): string {
  if (list.length === 0) return 'Start with one order file'
  const rows = list.reduce((sum, report) => sum + report.rowsIn, 0)
  const files = list.reduce((sum, report) => sum + report.files.length, 0)
  const from = list.flatMap((report) => (report.dates ? [report.dates.from] : [])).sort()[0]
  const to = list
    .flatMap((report) => (report.dates ? [report.dates.to] : []))
    .sort()
    .at(-1)
  return `${formatCounted(files, 'file')} with ${formatCounted(rows, 'row')}${from ? `, ${formatDate(from)} to ${formatDate(to)}` : ''}`
}

function doubtOf(list: ImportReport[]): string | undefined {
  if (list.length === 0) return undefined
  const rows = list.reduce((sum, report) => sum + report.rowsIn, 0)
  const aside = list.reduce((sum, report) => sum + report.rowsSetAside, 0)
  return aside === 0
    ? 'Every row is kept and every sum ties to its file.'
    : `${formatCount(aside)} of ${formatCount(rows)} rows are set aside by name; nothing is dropped in silence.`
}

function ImportCard({ report }: { report: ImportReport }) {
  const [asking, setAsking] = useState(false)
  const undo = useUndoImport()
  const refresh = useRefresh()
  const main = report.totals[0]
  return (
    <article className={`${classes.card} avoid-break`} aria-label={`Import of ${report.files.map((file) => file.name).join(', ')}`}>
      <div className={classes.cardHead}>
        <div style={{ minWidth: 0 }}>
          <h2 className={classes.cardTitle}>{report.files.map((file) => file.name).join(', ')}</h2>
          <div className="dim">
            {report.files[0]?.recogniser.title} · {formatMoment(report.createdAt)}
          </div>
        </div>
        <Button size="xs" variant="default" leftSection={<UndoIcon size={13} />} onClick={() => setAsking(true)} className="no-print">
          Undo
        </Button>
      </div>
      <Reconciliation report={report} staged={false} />
      <Modal
        opened={asking}
        onClose={() => setAsking(false)}
        title="Undo this import?"
        closeButtonProps={{ 'aria-label': 'Close' }}
        attributes={{ header: { role: 'presentation' } }}
      >
        <p>
          {formatCounted(report.rowsKept, 'row')}
          {main ? `, ${formatMoney(main.invoiceAmount, main.currency)},` : ''} leave the data. Snapshots that were computed with it stay as
          they are; the next one will be without it. The files can be imported again.
        </p>
        {undo.error && <Failed error={undo.error} />}
        <div className={classes.actions}>
          <Button
            onClick={() => undo.mutate(report.id, { onSuccess: () => void refresh().then(() => setAsking(false)) })}
            loading={undo.isPending}
          >
            Undo the import
          </Button>
          <Button variant="default" onClick={() => setAsking(false)} data-autofocus>
            Keep it
          </Button>
        </div>
      </Modal>
    </article>
  )
}
