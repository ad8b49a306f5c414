import { Button, TextInput } from '@mantine/core'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { useCallback, useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import { formatCounted, formatDate } from '../../../src/shared/format.ts'
import {
  type ImportAnswers,
  type ImportReport,
  type Job,
  queryClient,
  type StagedImport,
  useAnswerImport,
  useCommitImport,
  useDiscardImport,
  useRefresh,
  useStagedImport,
  useStartRun,
} from '../../parts/api.ts'
import { JobProgress } from '../../parts/JobProgress.tsx'
import { PageHead, useTitle } from '../../parts/Page.tsx'
import { Bone, Failed, Show } from '../../parts/States.tsx'
import { CheckStep } from './CheckStep.tsx'
import classes from './data.module.css'
import { EffectCard } from './EffectCard.tsx'
import { MappingStep } from './MappingStep.tsx'
import { Reconciliation } from './Reconciliation.tsx'
import { type ImportStep, Steps } from './Steps.tsx'

/** From staged files to a committed import: mapping, check, preview, commit. */
export function StagedPage() {
  useTitle('Import files')
  const { staged: id } = useParams({ from: '/data/import/$staged' })
  const [done, setDone] = useState<ImportReport>()
  // Once committed it is staged no more.
  const query = useStagedImport(done ? undefined : id)
  if (done) return <Committed report={done} />
  return (
    <Show
      heading="Import files"
      query={query}
      shape={
        <>
          <Bone width="50%" height={28} />
          <Bone height={36} gap={24} />
          <Bone height={300} gap={24} />
        </>
      }
    >
      {(staged) => <Loaded key={staged.id} staged={staged} onCommitted={setDone} />}
    </Show>
  )
}

function firstStep(staged: StagedImport): ImportStep {
  const sure = staged.mappings.every((mapping) => mapping.recogniser.confidence === 'known')
  if (!sure && staged.questions.length === 0) return 'Mapping'
  return staged.questions.length > 0 ? 'Check' : 'Preview'
}

function sayFiles(staged: StagedImport): string {
  const rows = staged.files.reduce((sum, file) => sum + file.rows, 0)
  const what = staged.mappings[0]?.recogniser.title
  const name = staged.files.length === 1 ? staged.files[0]!.name : formatCounted(staged.files.length, 'file')
  return `${name}: ${what ? `${what}, ` : ''}${formatCounted(rows, 'row')}`
}

function Loaded({ staged, onCommitted }: { staged: StagedImport; onCommitted: (report: ImportReport) => void }) {
  const navigate = useNavigate()
  const [step, setStep] = useState<ImportStep>(() => firstStep(staged))
  const [job, setJob] = useState<string>()
  const [recipe, setRecipe] = useState('')
  const answer = useAnswerImport()
  const commit = useCommitImport()
  const discard = useDiscardImport()
  const refresh = useRefresh()

  const send = (answers: ImportAnswers): void => answer.mutate({ id: staged.id, answers }, { onSuccess: (started) => setJob(started.id) })
  const finish = (id: string): void =>
    commit.mutate(id, {
      onSuccess: (committed) => {
        // First the page stops asking for what is staged no more, then everything else is asked again.
        flushSync(() => onCommitted(committed))
        void refresh()
      },
    })
  const thenCommit = useRef(false)
  const latestFinish = useRef(finish)
  latestFinish.current = finish
  const onDone = useCallback(
    (ended: Job) => {
      if (thenCommit.current) {
        thenCommit.current = false
        setJob(undefined)
        latestFinish.current(ended.result?.staged ?? staged.id)
        return
      }
      void queryClient.invalidateQueries({ queryKey: ['staged'] }).then(() => {
        setJob(undefined)
        const next = ended.result?.staged
        if (next && next !== staged.id) void navigate({ to: '/data/import/$staged', params: { staged: next }, replace: true })
        else setStep('Preview')
      })
    },
    [navigate, staged.id],
  )
  const now: ImportStep = staged.questions.length > 0 && step === 'Preview' ? 'Check' : step
  const { report } = staged
  return (
    <>
      <PageHead
        eyebrow={<Link to="/data">Data</Link>}
        title={sayFiles(staged)}
        doubt={
          report?.dates
            ? `${formatDate(report.dates.from)} to ${formatDate(report.dates.to)}. Nothing counts before you commit.`
            : 'Nothing counts before you commit.'
        }
        actions={
          !job && (
            <Button
              variant="default"
              size="xs"
              loading={discard.isPending}
              onClick={() =>
                discard.mutate(staged.id, {
                  onSuccess: () => {
                    void queryClient.invalidateQueries({ queryKey: ['staged'] })
                    void navigate({ to: '/data' })
                  },
                })
              }
            >
              Throw away
            </Button>
          )
        }
      />
      <Steps now={now} can={(s) => s === 'Mapping' || s === 'Check' || (s === 'Preview' && report !== null)} onGo={setStep} />
      {answer.error && <Failed error={answer.error} />}
      {job ? (
        <JobProgress id={job} onDone={onDone} onEnd={() => setJob(undefined)} />
      ) : now === 'Mapping' ? (
        <MappingStep
          staged={staged}
          onChange={(map) => send({ map })}
          onNext={() => setStep(staged.questions.length > 0 || report?.rowsSetAside ? 'Check' : 'Preview')}
        />
      ) : now === 'Check' ? (
        <CheckStep staged={staged} onAnswer={send} onNext={() => setStep('Preview')} />
      ) : report ? (
        <>
          {staged.duplicateOf && (
            <p role="status" style={{ marginBottom: 16 }}>
              <b>The same content is already imported</b> as {staged.duplicateOf}. Committing it again would change nothing.
            </p>
          )}
          {staged.duplicateOf === null && <EffectCard staged={staged.id} />}
          <div className={classes.card} style={{ marginTop: 16 }}>
            <h2 className={classes.cardTitle}>Reconciliation</h2>
            <Reconciliation report={report} staged />
          </div>
          <TextInput
            mt={24}
            maw={360}
            label="Save the mapping as a recipe"
            description="Optional: the next file with the same header is read without questions"
            placeholder="shop export"
            value={recipe}
            onChange={(event) => setRecipe(event.currentTarget.value)}
          />
          {commit.error && <Failed error={commit.error} />}
          {discard.error && <Failed error={discard.error} />}
        </>
      ) : (
        <p>Answer the open questions first.</p>
      )}
      {!job && now === 'Preview' && report && (
        <div className={classes.actions}>
          <Button
            loading={commit.isPending || answer.isPending}
            disabled={staged.duplicateOf !== null}
            onClick={() => {
              if (recipe.trim() === '') finish(staged.id)
              else {
                thenCommit.current = true
                send({ saveRecipe: recipe.trim() })
              }
            }}
          >
            {`${recipe.trim() === '' ? 'Commit' : 'Save the recipe and commit'} ${formatCounted(report.rowsKept, 'row')}`}
          </Button>
        </div>
      )}
    </>
  )
}

function Committed({ report }: { report: ImportReport }) {
  const start = useStartRun()
  const navigate = useNavigate()
  const [job, setJob] = useState<string>()
  const refresh = useRefresh()
  const onDone = useCallback(() => {
    void refresh().then(() => navigate({ to: '/' }))
  }, [navigate, refresh])
  return (
    <>
      <PageHead
        eyebrow={<Link to="/data">Data</Link>}
        title={`Imported: ${formatCounted(report.rowsKept, 'row')}`}
        doubt="It can be undone at any time."
      />
      <Steps now="Commit" />
      {job ? (
        <JobProgress id={job} onDone={onDone} onEnd={() => setJob(undefined)} />
      ) : (
        <>
          {start.error && <Failed error={start.error} />}
          <div className={classes.actions} style={{ marginTop: 0, marginBottom: 24 }}>
            <Button
              onClick={() => start.mutate(undefined, { onSuccess: (started) => setJob(started.id) })}
              loading={start.isPending}
              autoFocus
            >
              Compute the portfolio
            </Button>
            <Button component={Link} to="/data/import" variant="default">
              Import more files
            </Button>
            <Button component={Link} to="/data" variant="default">
              All imports
            </Button>
          </div>
        </>
      )}
      <div className={classes.card}>
        <h2 className={classes.cardTitle}>{report.files.map((file) => file.name).join(', ')}</h2>
        <Reconciliation report={report} staged={false} />
      </div>
    </>
  )
}
