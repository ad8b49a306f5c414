import { useQuery } from '@tanstack/react-query'
import { type Row, tablePageOptions, useTables } from './api.ts'
import type { Filter } from './search.ts'

/** Rows of a result table, up to 5,000; undefined while they load, none where the snapshot has no such table. */
export function useRows(
  table: string,
  snapshot: string,
  { sort, filters, limit = 1000 }: { sort?: string; filters?: Filter[]; limit?: number } = {},
): Row[] | undefined {
  const tables = useTables(snapshot).data?.tables
  const there = tables?.some(({ name, rows }) => name === table && rows !== null) ?? false
  const view = { snapshot, ...(sort ? { sort } : {}), ...(filters ? { filters: JSON.stringify(filters) } : {}) }
  const found = useQuery({ ...tablePageOptions(table, view, 0, limit, false), enabled: there })
  if (tables && !there) return []
  return found.data?.rows ?? (found.error ? [] : undefined)
}
