import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { replaceFile, syncFolder, syncTree } from '../shared/durable.ts'
import { AppError, MissingError } from '../shared/errors.ts'
import { nearest } from '../shared/nearest.ts'
import type { TableContract } from '../warehouse/contract/index.ts'
import { type Manifest, manifestSchema } from './manifest.ts'

const staging = '.staging-'
const currentFile = 'current'
const manifestFile = 'manifest.json'
/** The contracts of a snapshot's tables as they were when it was made: later versions of the product may have others. */
const contractsFile = 'tables.json'

/** A contract as data, without the zod schema that goes with it. */
export type PlainContract = Omit<TableContract, 'schema'>

export const plainContract = ({ schema: _schema, ...contract }: TableContract): PlainContract => contract

/** The folder in which a snapshot is built; readers do not see it. */
export async function beginSnapshot(snapshotsDir: string, id: string): Promise<string> {
  const folder = join(snapshotsDir, staging + id)
  await mkdir(folder, { recursive: true })
  return folder
}

/**
 * Makes a finished snapshot visible: everything is brought to the disk, then the folder gets its name, then `current` names it. A crash
 * between any two of these leaves the last snapshot in place.
 */
export async function publishSnapshot(snapshotsDir: string, manifest: Manifest, contracts: readonly TableContract[]): Promise<void> {
  const id = manifest.snapshot
  const folder = join(snapshotsDir, staging + id)
  await writeFile(join(folder, contractsFile), `${JSON.stringify(contracts.map(plainContract), null, 2)}\n`)
  await writeFile(join(folder, manifestFile), `${JSON.stringify(manifest, null, 2)}\n`)
  await syncTree(folder)
  await rename(folder, join(snapshotsDir, id))
  await syncFolder(snapshotsDir)
  await replaceFile(join(snapshotsDir, currentFile), `${id}\n`)
}

/** Removes what an unfinished run left behind. To be called by the holder of the run lock only. */
export async function clearStaging(snapshotsDir: string): Promise<string[]> {
  const left = await staleStaging(snapshotsDir)
  for (const name of left) await rm(join(snapshotsDir, name), { recursive: true, force: true })
  return left
}

/** Folders and drafts of runs that did not finish. */
export async function staleStaging(snapshotsDir: string): Promise<string[]> {
  return (await entries(snapshotsDir)).filter(
    (name) => name.startsWith(staging) || (name.startsWith(`.${currentFile}.`) && name.endsWith('.tmp')),
  )
}

/** Ids of all snapshots, oldest first. */
export async function snapshotIds(snapshotsDir: string): Promise<string[]> {
  return (await entries(snapshotsDir)).filter((name) => /^\d{8}T\d{6}Z-[0-9a-f]{8}(-\d+)?$/.test(name)).sort()
}

/** Id of the published snapshot; null before the first run. */
export async function currentSnapshot(snapshotsDir: string): Promise<string | null> {
  try {
    return (await readFile(join(snapshotsDir, currentFile), 'utf8')).trim() || null
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

/** The manifest of a snapshot, by default of the published one. */
export async function readSnapshot(snapshotsDir: string, id?: string): Promise<Manifest> {
  const wanted = id ?? (await currentSnapshot(snapshotsDir))
  if (wanted === null) {
    throw new MissingError('snapshot.none', 'there is no snapshot yet', {
      hint: 'Load data with `clientele import FILE`, then `clientele run`.',
    })
  }
  const known = await snapshotIds(snapshotsDir)
  if (!known.includes(wanted)) {
    const meant = nearest(wanted, known)
    throw new MissingError('snapshot.unknown', `there is no snapshot "${wanted}"`, {
      hint: meant ? `Did you mean "${meant}"?` : known.length > 0 ? `The latest is "${known.at(-1)}".` : 'Make one with `clientele run`.',
    })
  }
  const file = join(snapshotsDir, wanted, manifestFile)
  try {
    return manifestSchema.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch (error) {
    throw new AppError('snapshot.unreadable', `the manifest of snapshot "${wanted}" cannot be read: ${file}`, {
      hint: 'Run again with `clientele run`; the imports are not affected.',
      cause: error,
    })
  }
}

/** The contracts of a snapshot's tables. */
export async function readContracts(snapshotsDir: string, id: string): Promise<PlainContract[]> {
  return JSON.parse(await readFile(join(snapshotsDir, id, contractsFile), 'utf8')) as PlainContract[]
}

/** Where a table of a snapshot lies. */
export function snapshotTableFile(snapshotsDir: string, id: string, table: string): string {
  return join(snapshotsDir, id, `${table}.parquet`)
}

async function entries(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}
