import { attachForReading, filesIn, type ImportFolder, importsOf } from '../pipeline/inputs.ts'
import type { Manifest } from '../pipeline/manifest.ts'
import { type PlainContract, plainContract, readContracts, readSnapshot, snapshotTableFile } from '../pipeline/snapshot.ts'
import { AppError, MissingError, UsageError } from '../shared/errors.ts'
import { didYouMean } from '../shared/nearest.ts'
import { canonicalTable } from '../warehouse/contract/index.ts'
import { openDuckDB } from '../warehouse/duckdb.ts'
import type { Warehouse } from '../warehouse/port.ts'
import { id, sql } from '../warehouse/sql.ts'
import type { Workspace } from './workspace.ts'

/** A snapshot ready to be asked: its result tables and the canonical tables it was made from, read-only. */
export interface OpenSnapshot {
  id: string
  manifest: Manifest
  warehouse: Warehouse
  imports: ImportFolder[]
  /** Ids of imports that were removed from disk since: the results stay readable, their order lines are gone. */
  missing: string[]
  /** Contracts by name, of everything that can be read. */
  tables: Map<string, PlainContract>
  /** Answers that cannot change, since a snapshot does not. */
  answers: Map<string, unknown>
  /** Tables that are, or are being, brought into memory, by name. */
  inMemory: Map<string, 'coming' | 'there' | 'not'>
}

interface Entry {
  opening: Promise<OpenSnapshot>
  users: number
  retired: boolean
}

/** The last few snapshots stay open, so that a page is answered at once. */
const kept = 2
const entries = new Map<string, Entry>()

/**
 * Does something with a snapshot, by default the published one. The engine behind it stays warm for the next question, can reach no file
 * but those of the snapshot and its imports, and cannot write.
 */
export async function withSnapshot<T>(
  workspace: Workspace,
  snapshotId: string | undefined,
  ask: (snapshot: OpenSnapshot) => Promise<T>,
): Promise<T> {
  const manifest = await readSnapshot(workspace.snapshotsDir, snapshotId)
  try {
    return await askOpen(workspace, manifest, ask)
  } catch (error) {
    // Taking an import back moves its files; they are found again where they lie now.
    if (!(error instanceof AppError && error.code === 'warehouse.query' && /IO Error|Permission Error|No files found/i.test(error.message)))
      throw error
    await forget(keyOf(workspace, manifest))
    return askOpen(workspace, manifest, ask)
  }
}

async function askOpen<T>(workspace: Workspace, manifest: Manifest, ask: (snapshot: OpenSnapshot) => Promise<T>): Promise<T> {
  const key = keyOf(workspace, manifest)
  const entry = entries.get(key) ?? { opening: open(workspace, manifest), users: 0, retired: false }
  entries.delete(key)
  entries.set(key, entry)
  entry.users++
  for (const oldest of [...entries.keys()].slice(0, Math.max(0, entries.size - kept))) await forget(oldest)
  try {
    const snapshot = await entry.opening.catch(async (error) => {
      await forget(key)
      throw error
    })
    return await ask(snapshot)
  } finally {
    entry.users--
    if (entry.retired) await closeIfUnused(entry)
  }
}

const keyOf = (workspace: Workspace, manifest: Manifest) => `${workspace.dir}\0${manifest.snapshot}`

/** Closes what is open: of one workspace, or all. Questions under way end first. */
export async function closeSnapshots(workspace?: Workspace): Promise<void> {
  for (const key of [...entries.keys()]) if (!workspace || key.startsWith(`${workspace.dir}\0`)) await forget(key)
}

/** Below so many rows the Parquet file answers at once; above so many cells the memory is better used otherwise. */
const memoryRows = 50_000
const memoryCells = 60_000_000

/**
 * The name under which a table is best read. Large result tables are brought into memory when they are first asked for: sorting and
 * searching a million rows then takes tens of milliseconds. Until they are there, the file answers.
 */
export function fastestRelation(snapshot: OpenSnapshot, name: string): { relation: string; memory: boolean } {
  const relation = `${name} in memory`
  const state = snapshot.inMemory.get(name)
  if (state === 'there') return { relation, memory: true }
  const rows = snapshot.manifest.tables.find((table) => table.name === name)?.rows ?? 0
  const columns = Object.keys(snapshot.tables.get(name)?.columns ?? {}).length
  if (state === undefined && rows >= memoryRows && rows * columns <= memoryCells) {
    snapshot.inMemory.set(name, 'coming')
    snapshot.warehouse.materialise(relation, sql`select * from ${id(name)}`).then(
      () => snapshot.inMemory.set(name, 'there'),
      // Closed meanwhile, or no room: the file goes on answering.
      () => snapshot.inMemory.set(name, 'not'),
    )
  }
  return { relation: name, memory: false }
}

/** The contract of a table of a snapshot; throws what was probably meant. */
export function contractIn(snapshot: OpenSnapshot, name: string): PlainContract {
  const contract = snapshot.tables.get(name)
  if (contract) return contract
  if (snapshot.missing.length > 0 && canonicalTable(name)) {
    throw new MissingError(
      'import.missing',
      `table "${name}" cannot be read: import ${snapshot.missing.join(', ')} is not on disk any more`,
      {
        hint: 'The results of the snapshot stay readable; import the file again and run again to have its lines.',
      },
    )
  }
  const skipped = snapshot.manifest.skipped.map(({ title, unlock }) => `${title}: ${unlock}`).join(' ')
  throw new MissingError('table.unknown', `there is no table "${name}" in snapshot ${snapshot.id}`, {
    hint:
      didYouMean(name, snapshot.tables.keys()) ??
      `There are: ${[...snapshot.tables.keys()].join(', ')}.${skipped ? ` Not computed: ${skipped}` : ''}`,
  })
}

/** Throws what was probably meant when a table has no such column that users see. */
export function columnIn(contract: PlainContract, column: string): PlainContract['columns'][string] {
  const info = contract.columns[column]
  if (info && !info.internal) return info
  const known = visibleColumns(contract)
  throw new UsageError('table.column', `table "${contract.name}" has no column "${column}"`, {
    hint: didYouMean(column, known) ?? `It has: ${known.join(', ')}.`,
  })
}

/** Names of the columns that users see, in order. */
export function visibleColumns(contract: PlainContract): string[] {
  return Object.entries(contract.columns).flatMap(([name, { internal }]) => (internal ? [] : [name]))
}

async function open(workspace: Workspace, manifest: Manifest): Promise<OpenSnapshot> {
  const id = manifest.snapshot
  const contracts = await readContracts(workspace.snapshotsDir, id)
  const { imports, missing } = await importsLeft(
    workspace,
    manifest.inputs.map((input) => input.import),
  )
  const results = contracts.map((contract) => ({ contract, file: snapshotTableFile(workspace.snapshotsDir, id, contract.name) }))
  const sources = [...filesIn(imports).values()].flat().map(({ file }) => file)
  const warehouse = await openDuckDB({
    externalAccess: false,
    files: [...results.map(({ file }) => file), ...sources],
    spillFolder: `${workspace.cacheDir}/spill-read-${process.pid}`,
    keepOrder: true,
    ...(workspace.config.engine.memory ? { memoryLimit: workspace.config.engine.memory } : {}),
    ...(workspace.config.engine.threads ? { threads: workspace.config.engine.threads } : {}),
  })
  try {
    const tables = new Map<string, PlainContract>()
    for (const { contract, file } of results) {
      await warehouse.attach(contract.name, [file])
      tables.set(contract.name, contract)
    }
    // Without one of the imports the canonical tables would not be those that the figures were made from.
    for (const name of missing.length > 0 ? [] : await attachForReading(warehouse, imports, manifest.currency)) {
      const contract = canonicalTable(name)
      if (contract) tables.set(name, plainContract(contract))
    }
    return { id, manifest, warehouse, imports, missing, tables, answers: new Map(), inMemory: new Map() }
  } catch (error) {
    await warehouse.close()
    throw error
  }
}

async function importsLeft(workspace: Workspace, ids: readonly string[]): Promise<{ imports: ImportFolder[]; missing: string[] }> {
  const found = await Promise.all(
    ids.map((id) =>
      importsOf(workspace.importsDir, [id]).then(
        ([folder]) => folder,
        (error) => {
          if (error instanceof AppError && error.code === 'import.missing') return id
          throw error
        },
      ),
    ),
  )
  return {
    imports: found.filter((one) => typeof one !== 'string'),
    missing: found.filter((one) => typeof one === 'string'),
  }
}

async function forget(key: string): Promise<void> {
  const entry = entries.get(key)
  if (!entry) return
  entries.delete(key)
  entry.retired = true
  await closeIfUnused(entry)
}

async function closeIfUnused(entry: Entry): Promise<void> {
  if (entry.users > 0) return
  const snapshot = await entry.opening.catch(() => null)
  await snapshot?.warehouse.close()
}
