import { Button, NativeSelect, Progress } from '@mantine/core'
import { Link, useNavigate } from '@tanstack/react-router'
import { useCallback, useEffect, useRef, useState } from 'react'
import { formatBytes, formatCounted, formatRatio } from '../../../src/shared/format.ts'
import { ApiError, type Job, queryClient, uploadFiles, useRecipes, useWorkspace } from '../../parts/api.ts'
import { JobProgress } from '../../parts/JobProgress.tsx'
import { PageHead, useTitle } from '../../parts/Page.tsx'
import parts from '../../parts/parts.module.css'
import { Failed } from '../../parts/States.tsx'
import classes from './data.module.css'
import { filesOfDrop, filesOfInput, type Given } from './dropped.ts'
import { filesOfPaste } from './pasted.ts'
import { Steps } from './Steps.tsx'

/** First step of an import: files by button, by keyboard or by dropping; then they are read. */
export function ImportPage() {
  useTitle('Import files')
  const navigate = useNavigate()
  const recipes = useRecipes().data?.recipes ?? []
  const limits = useWorkspace().data?.limits
  const [recipe, setRecipe] = useState('')
  const [over, setOver] = useState(false)
  const [sent, setSent] = useState<number | null>(null)
  const [names, setNames] = useState('')
  const [job, setJob] = useState<string>()
  const [error, setError] = useState<unknown>()
  const filePicker = useRef<HTMLInputElement>(null)
  const folderPicker = useRef<HTMLInputElement>(null)
  const stop = useRef<AbortController | null>(null)

  const send = async (given: Given[]): Promise<void> => {
    if (given.length === 0) return
    setError(undefined)
    const bytes = given.reduce((sum, { file }) => sum + file.size, 0)
    if (limits && bytes > limits.uploadBytes) {
      setError(
        new ApiError({
          status: 413,
          code: 'upload-too-large',
          title: `These files have ${formatBytes(bytes)}; a browser may hand over ${formatBytes(limits.uploadBytes)} at once.`,
          hint: 'Import them with `clientele import FILE` on the command line, which has no such limit.',
        }),
      )
      return
    }
    setNames(`${given.length === 1 ? given[0]!.path : formatCounted(given.length, 'file')}, ${formatBytes(bytes)}`)
    setSent(0)
    const abort = new AbortController()
    stop.current = abort
    try {
      const started = await uploadFiles(given, recipe ? { recipe } : {}, setSent, abort.signal)
      setJob(started.id)
    } catch (problem) {
      if (!(problem instanceof DOMException)) setError(problem)
    } finally {
      setSent(null)
    }
  }
  const waiting = job === undefined && sent === null
  const latestSend = useRef(send)
  latestSend.current = send
  // A table copied from a spreadsheet is a file like any other; text fields keep what is pasted into them.
  useEffect(() => {
    if (!waiting) return
    const onPaste = (event: ClipboardEvent): void => {
      if (event.target instanceof HTMLElement && event.target.closest('input, textarea, [contenteditable]')) return
      const given = filesOfPaste(event.clipboardData)
      if (given.length > 0) {
        event.preventDefault()
        void latestSend.current(given)
      } else {
        setError(
          new ApiError({
            status: 400,
            code: 'paste-no-table',
            title: 'What was pasted is no table.',
            hint: 'Copy the cells together with their header row, two rows or more, and paste them here.',
          }),
        )
      }
    }
    document.addEventListener('paste', onPaste)
    return () => document.removeEventListener('paste', onPaste)
  }, [waiting])
  const onDone = useCallback(
    (done: Job) => {
      void queryClient.invalidateQueries({ queryKey: ['staged'] })
      void navigate({ to: '/data/import/$staged', params: { staged: done.result?.staged ?? '' }, replace: true })
    },
    [navigate],
  )

  return (
    <>
      <PageHead
        eyebrow={<Link to="/data">Data</Link>}
        title="Import files"
        doubt="Nothing counts before you commit, and every import can be undone."
      />
      <Steps now="Files" />
      {job ? (
        <JobProgress id={job} onDone={onDone} onEnd={() => setJob(undefined)} />
      ) : sent !== null ? (
        <div className={classes.job}>
          <div role="status">
            <b>Handing over {names}</b>
          </div>
          <div className={classes.jobRow}>
            <Progress value={sent * 100} aria-label="Progress of the upload" />
            <span className="tab small">{formatRatio(sent, { digits: 0 })}</span>
            <Button size="compact-sm" variant="default" onClick={() => stop.current?.abort()}>
              Cancel
            </Button>
          </div>
        </div>
      ) : (
        <>
          {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping is an extra; the buttons inside do the same */}
          <div
            className={classes.drop}
            data-over={over}
            onDragOver={(event) => {
              event.preventDefault()
              setOver(true)
            }}
            onDragLeave={() => setOver(false)}
            onDrop={(event) => {
              event.preventDefault()
              setOver(false)
              void filesOfDrop(event.dataTransfer).then(send)
            }}
          >
            <p className={classes.dropTitle}>Drop files or a folder here, or paste a table</p>
            <div className={classes.dropButtons}>
              <Button onClick={() => filePicker.current?.click()}>Choose files</Button>
              <Button variant="default" onClick={() => folderPicker.current?.click()}>
                Choose a folder
              </Button>
            </div>
            <p className="dim">
              CSV, TSV, Excel, Parquet, JSON lines; gzip and ZIP of these. Known exports are recognised by their header. Cells copied from a
              spreadsheet with their header row are pasted with <kbd>Ctrl V</kbd>.
            </p>
            <input
              ref={filePicker}
              type="file"
              multiple
              hidden
              aria-label="Files to import"
              onChange={(event) => void send(filesOfInput(event.currentTarget.files))}
            />
            {/* webkitdirectory: every browser knows it, React's types do not */}
            <input
              ref={folderPicker}
              type="file"
              hidden
              aria-label="Folder to import"
              {...{ webkitdirectory: '' }}
              onChange={(event) => void send(filesOfInput(event.currentTarget.files))}
            />
          </div>
          <dl className={`${parts.facts} ${classes.adds}`}>
            <dt>Order or invoice lines</dt>
            <dd>are enough: who brings how much, how concentrated it is, what changed</dd>
            <dt>Unit costs of products</dt>
            <dd>add contribution: who makes money, who loses it</dd>
            <dt>List prices</dt>
            <dd>add discounts: what is given away before the invoice</dd>
            <dt>Customers</dt>
            <dd>add names, countries, segments and groups</dd>
            <dt>Exchange rates</dt>
            <dd>bring other currencies into the same figures</dd>
          </dl>
          {error !== undefined && (
            <div style={{ marginTop: 16 }}>
              <Failed error={error} />
            </div>
          )}
          {recipes.length > 0 && (
            <NativeSelect
              mt={24}
              maw={360}
              label="Recipe"
              description="Replays what was decided for an earlier file with the same header"
              value={recipe}
              onChange={(event) => setRecipe(event.currentTarget.value)}
              data={[
                { value: '', label: 'None: look at the files afresh' },
                ...recipes.map((one) => ({ value: one.name, label: one.title || one.name })),
              ]}
            />
          )}
        </>
      )}
    </>
  )
}
