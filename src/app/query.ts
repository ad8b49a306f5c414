import type { Row } from '../warehouse/port.ts'
import { readUserQuery } from '../warehouse/user-query.ts'
import { withSnapshot } from './open-snapshot.ts'
import type { Workspace } from './workspace.ts'

export interface QueryAnswer {
  columns: { name: string; type: string }[]
  rows: Row[]
  /** True when there were more rows than asked for. */
  truncated: boolean
  snapshot: string
}

/** Most rows that one answer carries; a table of any size is taken out with `clientele export`. */
const mostRows = 100_000

/**
 * Answers one select statement over the tables of a snapshot and the canonical tables that it was made from. It can change nothing and
 * reach no other file.
 */
export async function queryWorkspace(
  workspace: Workspace,
  text: string,
  options: { snapshot?: string; limit?: number; signal?: AbortSignal } = {},
): Promise<QueryAnswer> {
  const limit = Math.max(1, Math.min(options.limit ?? 10_000, mostRows))
  return withSnapshot(workspace, options.snapshot, async ({ id, warehouse, tables }) => {
    const query = await readUserQuery(warehouse, text, tables.keys())
    const columns = await warehouse.describe(query)
    const rows: Row[] = []
    for await (const batch of warehouse.stream(query, { signal: options.signal })) {
      rows.push(...batch.slice(0, limit + 1 - rows.length))
      if (rows.length > limit) break
    }
    const truncated = rows.length > limit
    if (truncated) rows.pop()
    return { columns, rows, truncated, snapshot: id }
  })
}
