import { type Job, secondsLeft } from '../../app/jobs.ts'
import { runPortfolio } from '../../app/runs.ts'
import { openWorkspace } from '../../app/workspace.ts'
import type { HandlerContext } from '../context.ts'
import type { Handlers } from '../contract.ts'
import { type ProblemBody, toProblem } from '../problem.ts'

const pulse = 15_000
const betweenEvents = 150

export type JobBody = Omit<Job, 'error'> & { secondsLeft: number | null; problem: ProblemBody | null }

/** A job as it travels: its error as a problem, with the time that is left. The log has heard of unexpected errors before. */
export function jobBody(job: Job): JobBody {
  const { error, ...rest } = job
  return { ...rest, secondsLeft: secondsLeft(job, Date.now()), problem: error === null ? null : toProblem(error, () => {}).body }
}

export function jobHandlers({ workspace, jobs }: HandlerContext) {
  return {
    startRun: (c) => {
      const { asOf, seed } = c.req.valid('json')
      const job = jobs.start('run', 'Computing the portfolio', async ({ signal, progress }) => {
        // Settings may have changed since the server began.
        const summary = await runPortfolio(await openWorkspace(workspace.dir), {
          ...(asOf === undefined ? {} : { asOf }),
          ...(seed === undefined ? {} : { seed }),
          signal,
          onProgress: ({ title, done, total, fraction }) => progress({ fraction, phase: title, detail: `${done} of ${total} steps` }),
        })
        return { snapshot: summary.snapshot }
      })
      return c.json(jobBody(job), 202)
    },
    jobs: (c) => c.json({ jobs: jobs.list().map(jobBody) }, 200),
    job: (c) => c.json(jobBody(jobs.get(c.req.valid('param').id)), 200),
    cancelJob: (c) => c.json(jobBody(jobs.cancel(c.req.valid('param').id)), 200),
    jobEvents: (c) => {
      const { id } = c.req.valid('param')
      jobs.get(id)
      const over = new AbortController()
      const text = new TextEncoder()
      const body = new ReadableStream<Uint8Array>({
        async start(controller) {
          const send = (line: string) => {
            if (!over.signal.aborted) controller.enqueue(text.encode(line))
          }
          const beat = setInterval(() => send(': still there\n\n'), pulse)
          try {
            send('retry: 2000\n\n')
            for await (const job of jobs.watch(id, over.signal)) {
              send(`event: job\ndata: ${JSON.stringify(jobBody(job))}\n\n`)
              if (job.endedAt === null) await pause(betweenEvents, over.signal)
            }
          } finally {
            clearInterval(beat)
            if (!over.signal.aborted) controller.close()
          }
        },
        cancel: () => over.abort(),
      })
      return new Response(body, {
        headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' },
      }) as never
    },
  } satisfies Partial<Handlers>
}

/** Waits, or less when the listener has gone. */
function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, milliseconds)
  signal.addEventListener('abort', () => resolve(), { once: true })
  return promise.finally(() => clearTimeout(timer))
}
