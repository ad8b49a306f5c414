import { access, constants, readdir, readFile, stat, statfs } from 'node:fs/promises'
import { freemem, totalmem } from 'node:os'
import { join } from 'node:path'
import { activeImports } from '../pipeline/inputs.ts'
import { isAlive, lockHolder } from '../pipeline/lock.ts'
import { currentSnapshot, readSnapshot, snapshotIds, snapshotTableFile, staleStaging } from '../pipeline/snapshot.ts'
import { hashFile } from '../shared/durable.ts'
import { AppError } from '../shared/errors.ts'
import { version } from '../shared/version.ts'
import { canonicalTables } from '../warehouse/contract/index.ts'
import { openDuckDB } from '../warehouse/duckdb.ts'
import { id, sql } from '../warehouse/sql.ts'
import { findWorkspace, type Workspace } from './workspace.ts'

export interface Diagnosis {
  name: string
  status: 'ok' | 'warn' | 'fail'
  detail: string
  /** What to do about it. */
  fix?: string
}

const leastNode = 24
const GiB = 1024 ** 3

/** Looks at the installation and, where `from` lies in one, at the workspace: what is wrong and how to mend it. Changes nothing. */
export async function runDoctor(from: string): Promise<Diagnosis[]> {
  const found: Diagnosis[] = [node(), memory(), await engine()]
  let workspace: Workspace
  try {
    workspace = await findWorkspace(from)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    const isThere = error.code === 'config.invalid'
    const told = isThere ? error.problems.map(({ line, column, message }) => `${line}:${column} ${message}`).join('; ') : error.message
    return [...found, { name: 'workspace', status: isThere ? 'fail' : 'warn', detail: told, ...(error.hint ? { fix: error.hint } : {}) }]
  }
  found.push({ name: 'workspace', status: 'ok', detail: `${workspace.config.name}, ${workspace.config.currency}, in ${workspace.dir}` })
  for (const look of [writable, disk, imports, snapshot, leftovers, lock, lastFailure]) {
    found.push(
      ...(await look(workspace).catch((error): Diagnosis[] => [
        { name: look.name, status: 'fail', detail: error instanceof Error ? error.message : String(error) },
      ])),
    )
  }
  return found
}

function node(): Diagnosis {
  const major = Number(process.versions.node.split('.')[0])
  const detail = `Node ${process.versions.node}, Clientele ${version}, ${process.platform} ${process.arch}`
  return major >= leastNode
    ? { name: 'node', status: 'ok', detail }
    : {
        name: 'node',
        status: 'fail',
        detail,
        fix: `Node ${leastNode} or later is needed; \`npm ci\` brings it along and \`npx clientele\` uses it.`,
      }
}

function memory(): Diagnosis {
  const detail = `${(freemem() / GiB).toFixed(1)} of ${(totalmem() / GiB).toFixed(1)} GiB free`
  return freemem() > GiB
    ? { name: 'memory', status: 'ok', detail }
    : {
        name: 'memory',
        status: 'warn',
        detail,
        fix: 'Close other programs, or set `engine.memory` in clientele.yaml; what does not fit is kept on disk.',
      }
}

async function engine(): Promise<Diagnosis> {
  try {
    const warehouse = await openDuckDB({ threads: 1 })
    try {
      const [row] = await warehouse.rows(sql`select version() as v, cast('0.1' as decimal(18, 4)) + cast('0.2' as decimal(18, 4)) as sum`)
      return row.sum === '0.3000'
        ? { name: 'engine', status: 'ok', detail: `DuckDB ${row.v}` }
        : { name: 'engine', status: 'fail', detail: `DuckDB ${row.v} says 0.1 + 0.2 = ${row.sum}` }
    } finally {
      await warehouse.close()
    }
  } catch (error) {
    return {
      name: 'engine',
      status: 'fail',
      detail: error instanceof Error ? error.message : String(error),
      fix: 'The engine comes as an npm package for each system: run `npm ci` on this machine.',
    }
  }
}

async function writable({ dir }: Workspace): Promise<Diagnosis[]> {
  return access(dir, constants.W_OK).then(
    () => [],
    () => [
      {
        name: 'folder',
        status: 'fail',
        detail: `${dir} cannot be written to`,
        fix: 'Change its permissions, or copy it to where you may write.',
      },
    ],
  )
}

async function disk({ dir, importsDir }: Workspace): Promise<Diagnosis[]> {
  const { bavail, bsize } = await statfs(dir)
  const free = bavail * bsize
  const held = await sizeBelow(importsDir)
  const detail = `${(free / GiB).toFixed(1)} GiB free; imports take ${(held / GiB).toFixed(2)} GiB`
  const enough = free > Math.max(GiB, 2 * held)
  return [
    enough
      ? { name: 'disk', status: 'ok', detail }
      : { name: 'disk', status: 'warn', detail, fix: 'A run may need twice what the imports take; free some space or move the workspace.' },
  ]
}

/** Imports whose files are there, open, hold the rows that were reported, and are, byte by byte, those that were written. */
async function imports(workspace: Workspace): Promise<Diagnosis[]> {
  const folders = await activeImports(workspace.importsDir)
  if (folders.length === 0) return [{ name: 'imports', status: 'warn', detail: 'nothing has been imported', fix: 'clientele import FILE' }]
  const warehouse = await openDuckDB({ threads: 1 })
  try {
    const bad: Diagnosis[] = []
    for (const { report, dir } of folders) {
      for (const { name } of canonicalTables) {
        const rows = report.tables[name]
        if (rows === undefined || rows === 0) continue
        const file = join(dir, `${name}.parquet`)
        const wrong = await problemOf(file, rows, report.hashes?.[`${name}.parquet`])
        if (wrong) {
          bad.push({
            name: 'imports',
            status: 'fail',
            detail: `import ${report.id}: ${name}.parquet ${wrong}`,
            fix: `clientele undo ${report.id}, then import the file again.`,
          })
        }
      }
    }
    return bad.length > 0 ? bad : [{ name: 'imports', status: 'ok', detail: `${folders.length} active, all files whole` }]
  } finally {
    await warehouse.close()
  }

  async function problemOf(file: string, rows: number, hash: string | undefined): Promise<string | null> {
    try {
      await stat(file)
      if (hash !== undefined && (await hashFile(file)) !== hash) return 'was changed since it was imported'
      await warehouse.attach('looked at', [file])
      const [{ n }] = await warehouse.rows(sql`select count(*) as n from ${id('looked at')}`)
      return n === rows ? null : `holds ${n} rows; the import reported ${rows}`
    } catch (error) {
      return `cannot be read: ${error instanceof Error ? error.message : String(error)}`
    }
  }
}

async function snapshot(workspace: Workspace): Promise<Diagnosis[]> {
  const { snapshotsDir } = workspace
  const current = await currentSnapshot(snapshotsDir)
  if (current === null) return [{ name: 'snapshot', status: 'warn', detail: 'there is none yet', fix: 'clientele run' }]
  const manifest = await readSnapshot(snapshotsDir, current)
  const fix = 'Run again with `clientele run`; the imports are not affected.'
  for (const { name, sha256 } of manifest.tables) {
    const file = snapshotTableFile(snapshotsDir, current, name)
    const is = await hashFile(file).catch(() => null)
    if (is === null) return [{ name: 'snapshot', status: 'fail', detail: `${current}: table "${name}" is not there`, fix }]
    if (is !== sha256)
      return [{ name: 'snapshot', status: 'fail', detail: `${current}: table "${name}" was changed since it was published`, fix }]
  }
  const active = (await activeImports(workspace.importsDir)).map(({ report }) => report.id)
  const used = manifest.inputs.map((input) => input.import)
  const stale = active.length !== used.length || active.some((one) => !used.includes(one))
  const all = await snapshotIds(snapshotsDir)
  const detail = `${current}, ${manifest.tables.length} tables whole; ${all.length} snapshot${all.length === 1 ? '' : 's'} in all`
  return [
    stale
      ? { name: 'snapshot', status: 'warn', detail: `${detail}; the imports have changed since`, fix: 'clientele run' }
      : { name: 'snapshot', status: 'ok', detail },
  ]
}

async function leftovers(workspace: Workspace): Promise<Diagnosis[]> {
  const holder = await lockHolder(workspace.cacheDir)
  if (holder && isAlive(holder)) return []
  const left = [
    ...(await staleStaging(workspace.snapshotsDir)).map((name) => `snapshots/${name}`),
    ...(await namesIn(workspace.cacheDir)).filter((name) => name.startsWith('spill-')).map((name) => `.clientele/${name}`),
  ]
  return left.length === 0
    ? []
    : [
        {
          name: 'leftovers',
          status: 'warn',
          detail: `an unfinished run left ${left.join(', ')}`,
          fix: 'The next `clientele run` clears them.',
        },
      ]
}

async function lock(workspace: Workspace): Promise<Diagnosis[]> {
  const holder = await lockHolder(workspace.cacheDir)
  if (!holder) return []
  return isAlive(holder)
    ? [{ name: 'run', status: 'ok', detail: `a run is going on: process ${holder.pid} on ${holder.host}, since ${holder.since}` }]
    : [
        {
          name: 'run',
          status: 'warn',
          detail: `process ${holder.pid} stopped in the middle of a run`,
          fix: 'The next `clientele run` takes over.',
        },
      ]
}

async function lastFailure(workspace: Workspace): Promise<Diagnosis[]> {
  const text = await readFile(join(workspace.cacheDir, 'last-failed.json'), 'utf8').catch(() => null)
  if (text === null) return []
  const { at, message, hint } = JSON.parse(text) as { at: string; message: string; hint?: string }
  return [{ name: 'last run', status: 'warn', detail: `failed at ${at}: ${message}`, fix: hint ?? 'See .clientele/last-failed.json.' }]
}

async function sizeBelow(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  const sizes = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) =>
        stat(join(entry.parentPath, entry.name)).then(
          ({ size }) => size,
          () => 0,
        ),
      ),
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => [])
}
