import { Button, Progress } from '@mantine/core'
import { useEffect, useRef } from 'react'
import { formatRatio, formatSeconds } from '../../src/shared/format.ts'
import classes from '../pages/data/data.module.css'
import { ApiError, type Job, useCancelJob, useJob } from './api.ts'
import { Failed } from './States.tsx'

/** A job as it goes: what is being done, how far, how long still, and a way to stop it. */
export function JobProgress({ id, onDone, onEnd }: { id: string; onDone: (job: Job) => void; onEnd?: () => void }) {
  const job = useJob(id)
  const cancel = useCancelJob()
  const told = useRef(false)
  useEffect(() => {
    if (job?.state === 'done' && !told.current) {
      told.current = true
      onDone(job)
    }
  }, [job, onDone])
  if (job?.state === 'failed') {
    return (
      <div style={{ padding: '16px 0' }}>
        <Failed error={new ApiError({ status: 422, ...job.problem })} />
        {onEnd && (
          <Button mt={12} variant="default" size="xs" onClick={onEnd}>
            Start again
          </Button>
        )}
      </div>
    )
  }
  if (job?.state === 'cancelled') {
    return (
      <div className={classes.job} role="status">
        Stopped; nothing was changed.
        {onEnd && (
          <div>
            <Button variant="default" size="xs" onClick={onEnd}>
              Start again
            </Button>
          </div>
        )}
      </div>
    )
  }
  const fraction = job?.progress.fraction ?? 0
  return (
    <div className={classes.job}>
      <div role="status">
        <b>{job?.title ?? 'Starting'}</b>
        <div className="dim">
          {job?.progress.phase}
          {job?.progress.detail ? `: ${job.progress.detail}` : ''}
        </div>
      </div>
      <div className={classes.jobRow}>
        <Progress value={fraction * 100} aria-label={job?.title ?? 'Progress'} />
        <span className="tab small">{formatRatio(fraction, { digits: 0 })}</span>
        <Button size="compact-sm" variant="default" onClick={() => cancel.mutate(id)} loading={cancel.isPending} disabled={!job}>
          Cancel
        </Button>
      </div>
      {job && job.secondsLeft !== null && job.secondsLeft > 1 && (
        <div className="small dim tab">about {formatSeconds(Math.round(job.secondsLeft))} left</div>
      )}
    </div>
  )
}
