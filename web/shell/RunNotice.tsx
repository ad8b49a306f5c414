import { Button, Progress } from '@mantine/core'
import { useEffect, useState } from 'react'
import { formatSeconds } from '../../src/shared/format.ts'
import { useCancelJob, useJob, useRefresh, useStartRun, useWorkspace } from '../parts/api.ts'
import classes from './shell.module.css'

/** A line above the page while a run is under way, and when imports have changed since the figures were computed. */
export function RunNotice() {
  const workspace = useWorkspace().data
  const start = useStartRun()
  const cancel = useCancelJob()
  const refresh = useRefresh()
  const [watched, setWatched] = useState<string>()
  const running = workspace?.jobs.find((job) => job.kind === 'run' && (job.state === 'running' || job.state === 'queued'))
  const id = start.data?.id ?? running?.id
  useEffect(() => {
    if (id) setWatched(id)
  }, [id])
  const job = useJob(watched)
  const state = job?.state
  // biome-ignore lint/correctness/useExhaustiveDependencies: once at the end of a job
  useEffect(() => {
    if (state === 'done' || state === 'failed' || state === 'cancelled') void refresh()
  }, [state])

  if (job && (state === 'running' || state === 'queued')) {
    return (
      <div className={`${classes.notice} no-print`} role="status">
        <span>
          Computing: {job.progress.phase}
          {job.secondsLeft !== null && (
            <span className="dim tab"> · about {formatSeconds(Math.max(1, Math.round(job.secondsLeft)))} left</span>
          )}
        </span>
        <Progress value={job.progress.fraction * 100} aria-label="Progress of the run" style={{ flex: 1, maxWidth: 320 }} />
        <Button size="compact-sm" variant="default" onClick={() => cancel.mutate(job.id)} loading={cancel.isPending}>
          Cancel
        </Button>
      </div>
    )
  }
  if (job && state === 'failed') {
    return (
      <div className={`${classes.notice} no-print`} role="alert">
        <span>
          <b>The run did not finish.</b> {job.problem?.detail ?? job.problem?.title} {job.problem?.hint} The published snapshot is
          untouched.
        </span>
        <Button size="compact-sm" variant="default" onClick={() => start.mutate(undefined)}>
          Try again
        </Button>
        <Button size="compact-sm" variant="subtle" onClick={() => setWatched(undefined)}>
          Close
        </Button>
      </div>
    )
  }
  if (workspace?.stale && workspace.snapshot) {
    return (
      <div className={`${classes.notice} no-print`} role="status">
        <span>Imports have changed since these figures were computed.</span>
        <Button size="compact-sm" onClick={() => start.mutate(undefined)} loading={start.isPending}>
          Compute again
        </Button>
      </div>
    )
  }
  return null
}
