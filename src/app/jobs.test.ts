import { describe, expect, it } from 'vitest'
import { AppError } from '../shared/errors.ts'
import { type Job, Jobs, secondsLeft } from './jobs.ts'

const until = async (jobs: Jobs, id: string): Promise<Job[]> => {
  const seen: Job[] = []
  for await (const job of jobs.watch(id)) seen.push(job)
  return seen
}

const turn = () => new Promise((resolve) => setImmediate(resolve))

const gate = () => Promise.withResolvers<void>()

describe('jobs', () => {
  it('a job runs, tells its progress and ends with its result', async () => {
    const jobs = new Jobs()
    const half = gate()
    const { id } = jobs.start('run', 'Run', async ({ progress }) => {
      progress({ fraction: 0.5, phase: 'Half way', detail: '1 of 2' })
      await half.promise
      return { snapshot: 's1' }
    })
    const seen = until(jobs, id)
    await turn()
    expect(jobs.get(id)).toMatchObject({ state: 'running', progress: { fraction: 0.5, phase: 'Half way', detail: '1 of 2' } })
    half.resolve()
    expect((await seen).at(-1)).toMatchObject({ state: 'done', result: { snapshot: 's1' }, progress: { fraction: 1 }, error: null })
  })

  it('one job runs at a time, in the order they came', async () => {
    const jobs = new Jobs()
    const order: string[] = []
    let together = 0
    const work = (name: string) => async () => {
      together++
      expect(together).toBe(1)
      await turn()
      order.push(name)
      together--
      return {}
    }
    const ids = ['a', 'b', 'c'].map((name) => jobs.start('stage', name, work(name)).id)
    expect(jobs.list().map((job) => job.state)).toEqual(['queued', 'queued', 'running'])
    await Promise.all(ids.map((id) => until(jobs, id)))
    expect(order).toEqual(['a', 'b', 'c'])
  })

  it('a cancel raises the signal and ends the job as cancelled, whatever it throws', async () => {
    const jobs = new Jobs()
    const { id } = jobs.start(
      'run',
      'Run',
      ({ signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('INTERRUPT')))),
    )
    await turn()
    jobs.cancel(id)
    expect((await until(jobs, id)).at(-1)).toMatchObject({ state: 'cancelled', error: { code: 'cancelled' } })
  })

  it('a job in line is cancelled at once and never starts', async () => {
    const jobs = new Jobs()
    const open = gate()
    const first = jobs.start('run', 'First', async () => {
      await open.promise
      return {}
    })
    let tidied = false
    const second = jobs.start(
      'run',
      'Second',
      async () => {
        throw new Error('must not start')
      },
      async () => {
        tidied = true
      },
    )
    expect(jobs.cancel(second.id).state).toBe('cancelled')
    expect(tidied).toBe(true)
    open.resolve()
    expect((await until(jobs, first.id)).at(-1)?.state).toBe('done')
    expect(jobs.get(second.id).state).toBe('cancelled')
  })

  it('an unexpected error becomes a plain sentence for users and is told whole to the log', async () => {
    const told: unknown[] = []
    const jobs = new Jobs((error) => told.push(error))
    const { id } = jobs.start('run', 'Run', async () => {
      throw new TypeError('secret detail')
    })
    const last = (await until(jobs, id)).at(-1)
    expect(last).toMatchObject({ state: 'failed', error: { code: 'internal' } })
    expect(last?.error?.message).not.toContain('secret')
    expect(String(told[0])).toContain('secret detail')
  })

  it('an error for users stays as it is', async () => {
    const jobs = new Jobs()
    const { id } = jobs.start('run', 'Run', async () => {
      throw new AppError('run.no-orders', 'there are no orders yet', { hint: 'Import an order file.' })
    })
    expect((await until(jobs, id)).at(-1)?.error).toMatchObject({ code: 'run.no-orders', hint: 'Import an order file.' })
  })

  it('a short write is refused while a job is under way, and jobs wait for a short write', async () => {
    const jobs = new Jobs()
    const open = gate()
    const { id } = jobs.start('run', 'Run', async () => {
      await open.promise
      return {}
    })
    await expect(jobs.exclusive('Undo', async () => 1)).rejects.toMatchObject({ code: 'workspace.busy', kind: 'conflict' })
    open.resolve()
    await until(jobs, id)
    await turn()
    const writing = gate()
    const write = jobs.exclusive('Undo', () => writing.promise)
    const next = jobs.start('run', 'Next', async () => ({}))
    expect(next.state).toBe('queued')
    writing.resolve()
    await write
    expect((await until(jobs, next.id)).at(-1)?.state).toBe('done')
  })

  it('progress never goes back and what is not a number is left out', async () => {
    const jobs = new Jobs()
    const { id } = jobs.start('run', 'Run', async ({ progress }) => {
      progress({ fraction: 0.6, phase: 'a' })
      progress({ fraction: 0.2, phase: 'b' })
      progress({ fraction: Number.NaN, phase: 'c' })
      expect(jobs.get(id).progress).toEqual({ fraction: 0.6, phase: 'c' })
      return {}
    })
    expect((await until(jobs, id)).at(-1)?.state).toBe('done')
  })

  it('closing cancels what is under way and waits for it', async () => {
    const jobs = new Jobs()
    let letGo = false
    const { id } = jobs.start('run', 'Run', ({ signal }) => {
      const { promise, reject } = Promise.withResolvers<never>()
      signal.addEventListener('abort', () => setImmediate(() => reject(new Error('stopped'))))
      return promise.finally(() => {
        letGo = true
      })
    })
    await turn()
    await jobs.close()
    expect(letGo).toBe(true)
    expect(jobs.get(id).state).toBe('cancelled')
    expect(() => jobs.start('run', 'Late', async () => ({}))).toThrow('stopping')
  })

  it('time left follows the pace so far', () => {
    const job = { state: 'running', startedAt: '2026-01-01T00:00:00.000Z', progress: { fraction: 0.25, phase: '' } } as Job
    expect(secondsLeft(job, Date.parse('2026-01-01T00:00:10.000Z'))).toBe(30)
    expect(secondsLeft({ ...job, state: 'done' }, Date.parse('2026-01-01T00:00:10.000Z'))).toBeNull()
  })
})
