import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { AppError } from '../shared/errors.ts'

const holderSchema = z.object({
  token: z.string(),
  pid: z.number(),
  host: z.string(),
  /** When the process began, in the kernel's own unit: tells a process from a later one with the same number. Null where not known. */
  born: z.string().nullable(),
  since: z.string(),
})

export type LockHolder = z.infer<typeof holderSchema>

export interface RunLock {
  /** Throws when somebody took the lock away: then nothing may be published. */
  assertHeld(): Promise<void>
  release(): Promise<void>
}

const fileOf = (cacheDir: string) => join(cacheDir, 'run.lock')

/**
 * Takes the one run lock of a workspace. The lock of a process that no longer lives is taken over.
 *
 * The file is made complete under another name and then linked, so nobody ever sees half a lock.
 */
export async function takeRunLock(cacheDir: string, now: Date): Promise<RunLock> {
  await mkdir(cacheDir, { recursive: true })
  const file = fileOf(cacheDir)
  const mine: LockHolder = { token: randomUUID(), pid: process.pid, host: hostname(), born: bornAt(process.pid), since: now.toISOString() }
  const draft = `${file}.${mine.token}`
  await writeFile(draft, JSON.stringify(mine))
  try {
    for (let attempt = 0; ; attempt++) {
      try {
        await link(draft, file)
        break
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      }
      const text = await readFile(file, 'utf8').catch(() => null)
      if (text === null) continue
      const holder = parseHolder(text)
      if ((holder && isAlive(holder)) || attempt > 20) throw busy(holder, file)
      await takeAway(file, text, `${draft}.stale`)
    }
  } finally {
    await rm(draft, { force: true })
  }
  const held = async () => (await lockHolder(cacheDir))?.token === mine.token
  return {
    async assertHeld() {
      if (!(await held()))
        throw new AppError('run.lock-lost', 'another run took over this workspace; nothing was published', { kind: 'conflict' })
    },
    async release() {
      if (await held()) await rm(file, { force: true })
    },
  }
}

/** Who holds the run lock of a workspace, if anybody. */
export async function lockHolder(cacheDir: string): Promise<LockHolder | null> {
  const text = await readFile(fileOf(cacheDir), 'utf8').catch(() => null)
  return text === null ? null : parseHolder(text)
}

/** Whether the process that holds a lock still lives. One on another machine counts as alive: it cannot be seen from here. */
export function isAlive(holder: LockHolder): boolean {
  if (holder.host !== hostname()) return true
  if (!isRunning(holder.pid)) return false
  const born = bornAt(holder.pid)
  return born === null || holder.born === null || born === holder.born
}

/** Whether a process of that number runs on this machine. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // Not permitted to signal it means that it is there.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}

/** Moves a stale lock aside; when in that moment a fresh one stood there, it is put back. */
async function takeAway(file: string, stale: string, aside: string): Promise<void> {
  try {
    await rename(file, aside)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw error
  }
  if ((await readFile(aside, 'utf8')) !== stale) await link(aside, file).catch(() => undefined)
  await rm(aside, { force: true })
}

function parseHolder(text: string): LockHolder | null {
  try {
    return holderSchema.parse(JSON.parse(text))
  } catch {
    return null
  }
}

function bornAt(pid: number): string | null {
  if (process.platform !== 'linux') return null
  try {
    // Field 22 of /proc/PID/stat; the name in field 2 may hold spaces and brackets, so count from its last bracket.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    return `${boot}/${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]}`
  } catch {
    return null
  }
}

function busy(holder: LockHolder | null, file: string): AppError {
  const who = holder ? `process ${holder.pid} on ${holder.host}, since ${holder.since}` : 'a process that cannot be told'
  return new AppError('run.busy', `a run is going on in this workspace: ${who}`, {
    kind: 'conflict',
    hint: `Wait for it to end. If you are sure that nothing runs, remove ${file}.`,
  })
}
