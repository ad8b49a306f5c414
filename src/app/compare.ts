import type { Manifest } from '../pipeline/manifest.ts'
import { readContracts, readSnapshot, snapshotTableFile } from '../pipeline/snapshot.ts'
import type { Figure } from '../pipeline/step.ts'
import { isDecimal, subtractDecimals } from '../shared/decimal.ts'
import { openDuckDB } from '../warehouse/duckdb.ts'
import type { Cell } from '../warehouse/port.ts'
import { largestMoves, rowChanges } from './compare.sql.ts'
import type { Workspace } from './workspace.ts'

type Value = string | number | null

export interface Comparison {
  a: SnapshotHead
  b: SnapshotHead
  /** What differs in inputs, settings and version, each in one sentence; empty when nothing does. */
  why: string[]
  figures: { name: string; title: string; type: Figure['type']; unit?: string; a: Value; b: Value; change: Value }[]
  tables: { name: string; rowsA: number; rowsB: number; added: number; removed: number; changed: number }[]
  /** Customers that moved most. */
  customers: { customer_id: string; name: string | null; before: string | null; now: string | null; change: string }[]
}

export interface SnapshotHead {
  id: string
  createdAt: string
  asOf: string
}

const mostMovers = 20

/** What differs between two snapshots, and why. */
export async function compareSnapshots(
  workspace: Workspace,
  a: string,
  b: string,
  options: { signal?: AbortSignal } = {},
): Promise<Comparison> {
  const [first, second] = await Promise.all([a, b].map((id) => readSnapshot(workspace.snapshotsDir, id)))
  const warehouse = await openDuckDB({
    spillFolder: `${workspace.cacheDir}/spill-compare-${process.pid}`,
    ...(workspace.config.engine.memory ? { memoryLimit: workspace.config.engine.memory } : {}),
    ...(workspace.config.engine.threads ? { threads: workspace.config.engine.threads } : {}),
  })
  try {
    const contracts = await Promise.all([first, second].map(({ snapshot }) => readContracts(workspace.snapshotsDir, snapshot)))
    const tables: Comparison['tables'] = []
    let customers: Comparison['customers'] = []
    const names = [...new Set([...first.tables, ...second.tables].map(({ name }) => name))].sort()
    for (const name of names) {
      const [left, right] = [first, second].map(({ tables }) => tables.find((table) => table.name === name))
      const counts = { name, rowsA: left?.rows ?? 0, rowsB: right?.rows ?? 0 }
      if (!left || !right) {
        tables.push({ ...counts, added: counts.rowsB, removed: counts.rowsA, changed: 0 })
        continue
      }
      // The same bytes hold the same rows.
      if (left.sha256 === right.sha256) {
        tables.push({ ...counts, added: 0, removed: 0, changed: 0 })
        continue
      }
      const sides = [`a ${name}`, `b ${name}`]
      for (const [i, { snapshot }] of [first, second].entries()) {
        await warehouse.attach(sides[i], [snapshotTableFile(workspace.snapshotsDir, snapshot, name)])
      }
      const [own, other] = contracts.map((list) => list.find((contract) => contract.name === name))
      // Keys for the engine are numbered anew by each run; that they differ says nothing.
      const shared = Object.entries(own?.columns ?? {}).flatMap(([column, { internal }]) =>
        other?.columns[column] && !internal ? [column] : [],
      )
      const [changes] = await warehouse.rows(rowChanges(sides[0], sides[1], own?.key ?? [], shared), options)
      tables.push({ ...counts, added: Number(changes.added), removed: Number(changes.removed), changed: Number(changes.changed) })
      if (name === 'customer_profit') {
        const moves = await warehouse.rows(largestMoves(sides[0], sides[1], 'measure', mostMovers), options)
        customers = moves as unknown as Comparison['customers']
      }
    }
    return { a: headOf(first), b: headOf(second), why: reasons(first, second), figures: figuresOf(first, second), tables, customers }
  } finally {
    await warehouse.close()
  }
}

const headOf = ({ snapshot, createdAt, asOf }: Manifest): SnapshotHead => ({ id: snapshot, createdAt, asOf })

function reasons(a: Manifest, b: Manifest): string[] {
  const why: string[] = []
  const [before, now] = [a, b].map(({ inputs }) => new Map(inputs.map((input) => [input.import, input.files.join(', ')])))
  for (const [id, files] of now) if (!before.has(id)) why.push(`import ${id} (${files}) was added`)
  for (const [id, files] of before) if (!now.has(id)) why.push(`import ${id} (${files}) was taken back`)
  if (a.asOf !== b.asOf) why.push(`the last day that counts went from ${a.asOf} to ${b.asOf}`)
  if (a.seed !== b.seed) why.push(`the seed of random draws went from ${a.seed} to ${b.seed}`)
  why.push(...settingsThatDiffer(a.settings, b.settings))
  if (a.version !== b.version) why.push(`Clientele went from version ${a.version} to ${b.version}`)
  if (a.engine !== b.engine) why.push(`the analytics engine went from ${a.engine} to ${b.engine}`)
  const ran = ({ steps }: Manifest) => new Set(steps.map(({ title }) => title))
  for (const title of ran(b)) if (!ran(a).has(title)) why.push(`"${title}" was computed for the first time`)
  for (const title of ran(a)) if (!ran(b).has(title)) why.push(`"${title}" is not computed any more`)
  return why
}

/** Settings by their full name that are not the same; those that cannot change a figure stay out. */
function settingsThatDiffer(a: unknown, b: unknown, path: string[] = []): string[] {
  if (path.length === 1 && ['engine', 'limits', 'name', 'asOf', 'seed'].includes(path[0])) return []
  const isGroup = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
  if (isGroup(a) && isGroup(b)) {
    return [...new Set([...Object.keys(a), ...Object.keys(b)])].sort().flatMap((key) => settingsThatDiffer(a[key], b[key], [...path, key]))
  }
  if (JSON.stringify(a) === JSON.stringify(b)) return []
  const shown = (value: unknown) => (value === undefined ? 'the default' : JSON.stringify(value))
  return [`setting ${path.join('.')} went from ${shown(a)} to ${shown(b)}`]
}

function figuresOf(a: Manifest, b: Manifest): Comparison['figures'] {
  const before = new Map(a.figures.map((figure) => [figure.name, figure]))
  const now = new Map(b.figures.map((figure) => [figure.name, figure]))
  return [...new Set([...before.keys(), ...now.keys()])].map((name) => {
    const figure = (now.get(name) ?? before.get(name)) as Figure
    const [left, right] = [before.get(name)?.value ?? null, now.get(name)?.value ?? null]
    return {
      name,
      title: figure.title,
      type: figure.type,
      ...(figure.unit ? { unit: figure.unit } : {}),
      a: left,
      b: right,
      change: changeOf(left, right),
    }
  })
}

function changeOf(a: Value, b: Value): Value {
  if (typeof a === 'number' && typeof b === 'number') return b - a
  return isDecimal(a as Cell) && isDecimal(b as Cell) ? subtractDecimals(b as Value & string, a as Value & string) : null
}
