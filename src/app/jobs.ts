import { randomBytes } from 'node:crypto'
import { AppError, CancelledError, MissingError, throwIfCancelled } from '../shared/errors.ts'

export type JobKind = 'stage' | 'answer' | 'run'
type JobState = 'queued' | 'running' | 'done' | 'failed' | 'cancelled'

interface JobProgress {
  /** 0 to 1; never goes back. */
  fraction: number
  /** What is being done, for people. */
  phase: string
  detail?: string
}

/** What came out: the id of a staged import, or of a snapshot. */
export interface JobResult {
  staged?: string
  snapshot?: string
}

/** Something that takes a while, as it stands now. */
export interface Job {
  id: string
  kind: JobKind
  title: string
  state: JobState
  progress: JobProgress
  createdAt: string
  startedAt: string | null
  endedAt: string | null
  result: JobResult | null
  error: AppError | null
}

export interface JobContext {
  signal: AbortSignal
  progress(progress: JobProgress): void
}

/** What a job does; it must stop and leave nothing behind when the signal is raised. */
export type JobWork = (context: JobContext) => Promise<JobResult>

interface Entry {
  job: Job
  work: JobWork
  neverBegun: () => Promise<void>
  controller: AbortController
  watchers: Set<() => void>
  ended: Promise<void>
  end: () => void
}

const keptAfterEnd = 100
const mostWaiting = 20
const over = new Set<JobState>(['done', 'failed', 'cancelled'])

/**
 * Jobs of one workspace in this process. One writes at a time: the others wait in line, and short writes that cannot wait
 * ({@link exclusive}) are refused while a job is under way.
 */
export class Jobs {
  private readonly entries = new Map<string, Entry>()
  private readonly line: Entry[] = []
  private busy: string | null = null
  private closed = false
  private readonly onUnexpected: (error: unknown, job: Job) => void

  /** @param onUnexpected told of errors that are not AppErrors, with all their detail; users see a plain sentence instead. */
  constructor(onUnexpected: (error: unknown, job: Job) => void = () => {}) {
    this.onUnexpected = onUnexpected
  }

  /** Puts a job in line and returns it at once. `neverBegun` tidies up when it is cancelled before its work begins. */
  start(kind: JobKind, title: string, work: JobWork, neverBegun: () => Promise<void> = async () => {}): Job {
    if (this.closed) throw new AppError('jobs.closed', 'the server is stopping', { kind: 'conflict' })
    if (this.line.length >= mostWaiting) {
      throw new AppError('jobs.full', `${this.line.length} jobs wait already`, {
        kind: 'conflict',
        hint: 'Let some finish, or cancel them.',
      })
    }
    const { promise, resolve } = Promise.withResolvers<void>()
    const entry: Entry = {
      job: {
        id: randomBytes(8).toString('hex'),
        kind,
        title,
        state: 'queued',
        progress: { fraction: 0, phase: 'Waiting' },
        createdAt: new Date().toISOString(),
        startedAt: null,
        endedAt: null,
        result: null,
        error: null,
      },
      work,
      neverBegun,
      controller: new AbortController(),
      watchers: new Set(),
      ended: promise,
      end: resolve,
    }
    this.entries.set(entry.job.id, entry)
    this.line.push(entry)
    this.forgetOld()
    this.next()
    return { ...entry.job }
  }

  /** All jobs that are remembered, latest first. */
  list(): Job[] {
    return [...this.entries.values()].map(({ job }) => ({ ...job })).reverse()
  }

  get(id: string): Job {
    return { ...this.entry(id).job }
  }

  /** Stops a job. One in line is cancelled at once; one that runs when its work has let go. Over already: nothing happens. */
  cancel(id: string): Job {
    const entry = this.entry(id)
    entry.controller.abort()
    const place = this.line.indexOf(entry)
    if (place >= 0) {
      this.line.splice(place, 1)
      this.finish(entry, { state: 'cancelled', error: new CancelledError() })
      void this.tidy(entry)
    } else if (entry.job.state === 'running') {
      this.change(entry, { progress: { ...entry.job.progress, phase: 'Cancelling' } })
    }
    return { ...entry.job }
  }

  /** The job now, and again after each change, the last time when it is over. Changes in between two reads are told as one. */
  async *watch(id: string, signal?: AbortSignal): AsyncGenerator<Job> {
    const entry = this.entry(id)
    let wake = () => {}
    let changed = true
    const tell = () => {
      changed = true
      wake()
    }
    entry.watchers.add(tell)
    signal?.addEventListener('abort', tell, { once: true })
    try {
      while (!signal?.aborted) {
        if (!changed) {
          const { promise, resolve } = Promise.withResolvers<void>()
          wake = resolve
          await promise
          continue
        }
        changed = false
        const job = { ...entry.job }
        yield job
        if (over.has(job.state)) return
      }
    } finally {
      entry.watchers.delete(tell)
      signal?.removeEventListener('abort', tell)
    }
  }

  /** A short write, now or not at all: a conflict when a job is under way. */
  async exclusive<T>(title: string, work: () => Promise<T>): Promise<T> {
    if (this.busy !== null || this.line.length > 0) {
      throw new AppError('workspace.busy', `${title} has to wait: ${this.busy ?? this.line[0].job.title} is under way`, {
        kind: 'conflict',
        hint: 'Try again when it is done, or cancel it.',
      })
    }
    this.busy = title
    try {
      return await work()
    } finally {
      this.busy = null
      this.next()
    }
  }

  /** Cancels what is under way and waits until it has let go. */
  async close(): Promise<void> {
    this.closed = true
    const open = [...this.entries.values()].filter(({ job }) => !over.has(job.state))
    for (const { job } of open) this.cancel(job.id)
    await Promise.all(open.map(({ ended }) => ended))
  }

  private next(): void {
    if (this.busy !== null) return
    const entry = this.line.shift()
    if (!entry) return
    this.busy = entry.job.title
    this.change(entry, { state: 'running', startedAt: new Date().toISOString(), progress: { fraction: 0, phase: 'Starting' } })
    void this.perform(entry).finally(() => {
      this.busy = null
      this.next()
    })
  }

  private async perform(entry: Entry): Promise<void> {
    const { signal } = entry.controller
    const progress = ({ fraction, phase, detail }: JobProgress) => {
      if (entry.job.state !== 'running' || signal.aborted) return
      const reached = Math.max(entry.job.progress.fraction, Math.min(1, Number.isFinite(fraction) ? fraction : 0))
      this.change(entry, { progress: { fraction: reached, phase, ...(detail ? { detail } : {}) } })
    }
    try {
      await null // whoever started it holds its id before the work begins
      if (signal.aborted) await this.tidy(entry)
      throwIfCancelled(signal)
      const result = await entry.work({ signal, progress })
      this.finish(entry, { state: 'done', result, progress: { fraction: 1, phase: 'Done' } })
    } catch (error) {
      // What throws because it was told to stop was cancelled, whatever it threw.
      if (signal.aborted || error instanceof CancelledError) {
        this.finish(entry, { state: 'cancelled', error: error instanceof CancelledError ? error : new CancelledError() })
        return
      }
      if (!(error instanceof AppError) || error.kind === 'internal') this.onUnexpected(error, { ...entry.job })
      this.finish(entry, { state: 'failed', error: asAppError(error) })
    }
  }

  private async tidy(entry: Entry): Promise<void> {
    await entry.neverBegun().catch((error) => this.onUnexpected(error, { ...entry.job }))
  }

  private finish(entry: Entry, change: Partial<Job>): void {
    this.change(entry, { ...change, endedAt: new Date().toISOString() })
    entry.end()
  }

  private change(entry: Entry, change: Partial<Job>): void {
    Object.assign(entry.job, change)
    for (const tell of entry.watchers) tell()
  }

  private entry(id: string): Entry {
    const entry = this.entries.get(id)
    if (!entry) throw new MissingError('job.missing', `there is no job ${id}`, { hint: 'Jobs are forgotten when the server ends.' })
    return entry
  }

  private forgetOld(): void {
    const ended = [...this.entries.values()].filter(({ job }) => over.has(job.state))
    for (const { job } of ended.slice(0, Math.max(0, ended.length - keptAfterEnd))) this.entries.delete(job.id)
  }
}

/** Seconds left by the pace so far; null before a second has passed or when the job does not run. */
export function secondsLeft(job: Job, now: number): number | null {
  if (job.state !== 'running' || job.startedAt === null) return null
  const elapsed = (now - Date.parse(job.startedAt)) / 1000
  const { fraction } = job.progress
  if (!(elapsed >= 1 && fraction >= 0.02)) return null
  return Math.round((elapsed / fraction) * (1 - fraction))
}

function asAppError(error: unknown): AppError {
  if (error instanceof AppError) return error
  return new AppError('internal', 'something went wrong on our side; nothing was changed', { kind: 'internal', cause: error })
}
