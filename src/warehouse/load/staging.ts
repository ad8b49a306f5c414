import { mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { AppError, MissingError } from '../../shared/errors.ts'
import type { ImportPlace } from './types.ts'

/**
 * Folders of an import on its way:
 *
 *     cacheDir/staging/<stage>/    stage.json, raw/ (files as read), work/ (between two steps)
 *     imports/.staging-<stage>/    what will become the import
 *     imports/<id>/                visible: made by one rename
 *     imports/.undone/<id>/        no longer part of the portfolio, kept for old snapshots
 */
export interface StageFolders {
  stage: string
  folder: string
  raw: string
  work: string
  output: string
}

/** Stages that this process works on: what is not among them and bears our process id is left over. */
const ours = new Set<string>()

/** The folders of a stage, whether they exist or not. */
export function stageFolders(place: ImportPlace, stage: string): StageFolders {
  if (!/^[0-9A-Za-z-]{1,60}$/.test(stage)) throw new MissingError('import.stage', `there is no staged import "${stage}"`)
  const folder = join(place.cacheDir, 'staging', stage)
  return { stage, folder, raw: join(folder, 'raw'), work: join(folder, 'work'), output: join(place.importsDir, `.staging-${stage}`) }
}

/** Makes the folders of a new stage, owned by this process. */
export async function openStage(place: ImportPlace, stage: string): Promise<StageFolders> {
  const folders = stageFolders(place, stage)
  ours.add(stage)
  await mkdir(folders.raw, { recursive: true })
  await mkdir(folders.work, { recursive: true })
  await mkdir(place.importsDir, { recursive: true })
  await writeFile(join(folders.folder, 'owner.json'), JSON.stringify(await thisProcess()))
  return folders
}

/** Removes all of a stage. */
export async function removeStage(place: ImportPlace, stage: string): Promise<void> {
  const folders = stageFolders(place, stage)
  await rm(folders.output, { recursive: true, force: true })
  await rm(folders.folder, { recursive: true, force: true })
  ours.delete(stage)
}

/** Removes stages whose process is gone: after a crash, a kill or a power cut. */
export async function removeStaleStages(place: ImportPlace): Promise<string[]> {
  const known = await names(join(place.cacheDir, 'staging'))
  const outputs = (await names(place.importsDir))
    .filter((name) => name.startsWith('.staging-'))
    .map((name) => name.slice('.staging-'.length))
  const removed: string[] = []
  for (const stage of new Set([...known, ...outputs])) {
    if (ours.has(stage) || (await hasLiveOwner(stageFolders(place, stage).folder))) continue
    await removeStage(place, stage)
    removed.push(stage)
  }
  return removed
}

interface Owner {
  pid: number
  /** Start of the process in clock ticks since boot where the system tells; so a reused number is no owner. */
  started: string | null
}

async function thisProcess(): Promise<Owner> {
  return { pid: process.pid, started: await startOf(process.pid) }
}

async function startOf(pid: number): Promise<string | null> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null
  } catch {
    return null
  }
}

async function hasLiveOwner(folder: string): Promise<boolean> {
  try {
    const owner = JSON.parse(await readFile(join(folder, 'owner.json'), 'utf8')) as Owner
    if (owner.pid === process.pid) return false
    process.kill(owner.pid, 0)
    return owner.started === null || owner.started === (await startOf(owner.pid))
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Makes a finished folder visible: every file and the folder are on disk before the one rename, and the rename after it. */
export async function publishFolder(from: string, to: string): Promise<void> {
  for (const name of await readdir(from)) await syncPath(join(from, name))
  await syncPath(from)
  await mkdir(dirname(to), { recursive: true })
  await rename(from, to)
  await syncPath(dirname(to))
}

async function syncPath(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } catch (error) {
    // Some file systems cannot sync a folder; the file contents are what matters there.
    if (!['EINVAL', 'EISDIR', 'EPERM', 'EBADF'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
  } finally {
    await handle.close()
  }
}

/** Runs `work` while no other process commits or undoes imports in the workspace. */
export async function withImportLock<T>(place: ImportPlace, work: () => Promise<T>): Promise<T> {
  const lock = join(place.cacheDir, 'imports.lock')
  await mkdir(place.cacheDir, { recursive: true })
  for (let attempt = 0; ; attempt++) {
    try {
      await mkdir(lock)
      break
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      const free = attempt > 0 && !(await hasLiveOwner(lock))
      if (free && !locked.has(lock)) {
        await rm(lock, { recursive: true, force: true })
        continue
      }
      if (attempt > 200)
        throw new AppError('import.locked', 'another import is being committed in this workspace', {
          kind: 'conflict',
          hint: 'Try again when it is done.',
        })
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
  locked.add(lock)
  try {
    await writeFile(join(lock, 'owner.json'), JSON.stringify(await thisProcess()))
    return await work()
  } finally {
    locked.delete(lock)
    await rm(lock, { recursive: true, force: true })
  }
}

const locked = new Set<string>()

async function names(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

/** Errors of the file system in words: a full disk above all. */
export function asImportError(error: unknown): unknown {
  const message = error instanceof Error ? error.message : String(error)
  const code = (error as NodeJS.ErrnoException).code
  if (
    code === 'ENOSPC' ||
    code === 'EDQUOT' ||
    code === 'EFBIG' ||
    /No space left on device|could not write|max_temp_directory_size/i.test(message)
  )
    return new AppError('import.disk-full', 'the disk is full; nothing was imported', {
      kind: 'internal',
      hint: 'Free some space (an import needs about three times the size of its files) and import again.',
      cause: error,
    })
  if (code === 'EACCES' || code === 'EROFS')
    return new AppError('import.not-writable', `the workspace cannot be written: ${message}`, { kind: 'internal', cause: error })
  return error
}
