import { allResultTables } from '../analytics/index.ts'
import type { PlainContract } from '../pipeline/snapshot.ts'
import { MissingError } from '../shared/errors.ts'
import { canonicalTables } from '../warehouse/contract/index.ts'
import { id as name, sql } from '../warehouse/sql.ts'
import { type OpenSnapshot, withSnapshot } from './open-snapshot.ts'
import type { Workspace } from './workspace.ts'

export interface TableList {
  /** Null before the first run. */
  snapshot: string | null
  /** Result tables first; rows are null where the table is not there. */
  tables: { contract: PlainContract; rows: number | null }[]
}

/** Contracts of all tables, with how many rows each has in a snapshot. */
export async function listTables(workspace: Workspace, snapshot?: string): Promise<TableList> {
  const known: PlainContract[] = [...allResultTables, ...canonicalTables].map(({ schema: _, ...contract }) => contract)
  try {
    return await withSnapshot(workspace, snapshot, async (open) => {
      const rows = await rowCounts(open)
      const there = [...open.tables.values()]
      const absent = known.filter((contract) => !open.tables.has(contract.name))
      const all = [...there, ...absent].map((contract) => ({ contract, rows: rows.get(contract.name) ?? null }))
      return { snapshot: open.id, tables: all.sort((a, b) => order(a.contract) - order(b.contract)) }
    })
  } catch (error) {
    if (!(error instanceof MissingError && error.code === 'snapshot.none')) throw error
    return { snapshot: null, tables: known.map((contract) => ({ contract, rows: null })) }
  }
}

const order = ({ kind }: PlainContract): number => (kind === 'result' ? 0 : 1)
const remembered = 'row counts'

async function rowCounts(open: OpenSnapshot): Promise<Map<string, number>> {
  const before = open.answers.get(remembered) as Map<string, number> | undefined
  if (before) return before
  const counts = new Map(open.manifest.tables.map((table) => [table.name, table.rows]))
  for (const table of open.tables.keys()) {
    if (counts.has(table)) continue
    const [{ rows }] = await open.warehouse.rows(sql`select count(*) as rows from ${name(table)}`)
    counts.set(table, Number(rows))
  }
  open.answers.set(remembered, counts)
  return counts
}
