import { randomBytes } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from '@hono/zod-openapi'
import { queryWorkspace } from '../../app/query.ts'
import { listTables } from '../../app/table-list.ts'
import { exportTable, type Filter, readTable } from '../../app/tables.ts'
import { CancelledError, UsageError } from '../../shared/errors.ts'
import { contractBody, rowBody } from '../bodies.ts'
import { type HandlerContext, timedOut } from '../context.ts'
import type { Handlers } from '../contract.ts'
import { sendFile } from '../files.ts'
import { invalidRequest } from '../problem.ts'

const scalar = z.union([z.string(), z.number(), z.boolean()])
const filterList = z
  .array(
    z.strictObject({
      column: z.string().max(100),
      op: z.enum(['eq', 'ne', 'lt', 'le', 'gt', 'ge', 'in', 'contains', 'null', 'notnull']),
      value: z.union([scalar, z.array(z.union([z.string(), z.number()])).max(1000)]).optional(),
    }),
  )
  .max(50)

interface ViewQuery {
  snapshot?: string | undefined
  filters?: string | undefined
  sort?: string | undefined
  search?: string | undefined
  columns?: string | undefined
}

/** A view as it stands in a link, for the use cases. */
function viewOf(query: ViewQuery) {
  const filters = filtersOf(query.filters)
  const sort = listOf(query.sort).map((name) =>
    name.startsWith('-') ? { column: name.slice(1), descending: true } : { column: name, descending: false },
  )
  const columns = listOf(query.columns)
  return {
    ...(query.snapshot ? { snapshot: query.snapshot } : {}),
    ...(filters.length > 0 ? { filters } : {}),
    ...(sort.length > 0 ? { sort } : {}),
    ...(query.search?.trim() ? { search: query.search } : {}),
    ...(columns.length > 0 ? { columns } : {}),
  }
}

export function tableHandlers({ workspace, limits }: HandlerContext) {
  return {
    tables: async (c) => {
      const { snapshot, tables } = await listTables(workspace, c.req.valid('query').snapshot)
      return c.json({ snapshot, tables: tables.map(({ contract, rows }) => ({ ...contractBody(contract), rows })) }, 200)
    },
    table: async (c) => {
      const { name } = c.req.valid('param')
      const query = c.req.valid('query')
      const offset = Number(query.offset ?? 0)
      const limit = Number(query.limit ?? 100)
      const page = await readTable(workspace, name, {
        ...viewOf(query),
        offset,
        limit,
        totals: query.totals === 'true',
        signal: c.req.raw.signal,
      })
      return c.json(
        {
          contract: contractBody(page.contract),
          rows: page.rows.map(rowBody),
          total: page.total,
          ...(page.totals ? { totals: rowBody(page.totals) } : {}),
          offset,
          limit,
          snapshot: page.snapshot,
        },
        200,
      )
    },
    exportTable: async (c) => {
      const { name } = c.req.valid('param')
      const query = c.req.valid('query')
      const folder = join(workspace.cacheDir, 'downloads')
      await mkdir(folder, { recursive: true })
      const file = join(folder, `${randomBytes(8).toString('hex')}.${query.format}`)
      await exportTable(workspace, name, query.format, file, viewOf(query))
      const type = query.format === 'csv' ? 'text/csv; charset=utf-8; header=present' : 'application/vnd.apache.parquet'
      return (await sendFile(file, { type, name: `${name}.${query.format}`, temporary: true })) as never
    },
    query: async (c) => {
      const { sql, snapshot, limit = 1000 } = c.req.valid('json')
      const late = AbortSignal.timeout(limits.query)
      const started = performance.now()
      try {
        const { columns, rows, truncated } = await queryWorkspace(workspace, sql, {
          ...(snapshot ? { snapshot } : {}),
          limit,
          signal: AbortSignal.any([c.req.raw.signal, late]),
        })
        return c.json(
          {
            columns,
            rows: rows.map(rowBody),
            truncated,
            milliseconds: Math.round(performance.now() - started),
          },
          200,
        )
      } catch (error) {
        if (error instanceof CancelledError && late.aborted) throw timedOut(limits.query)
        throw error
      }
    },
  } satisfies Partial<Handlers>
}

function listOf(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
}

function filtersOf(text: string | undefined): Filter[] {
  if (!text) return []
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new UsageError('http.invalid', 'filters: not JSON', { hint: 'Such as [{"column":"country","op":"eq","value":"France"}].' })
  }
  const parsed = filterList.safeParse(value)
  if (!parsed.success) throw invalidRequest('filters', parsed.error.issues)
  return parsed.data as Filter[]
}
