import type { z } from '@hono/zod-openapi'
import type { TableContract } from '../warehouse/contract/index.ts'
import type { Cell, Row } from '../warehouse/port.ts'
import type { contract, row } from './schemas.ts'

type ContractBody = z.infer<typeof contract>
type RowBody = z.infer<typeof row>

/** A contract as it travels: without its zod schema and without columns that are for the engine only. */
export function contractBody({ name, title, meaning, grain, key, kind, columns }: Omit<TableContract, 'schema'>): ContractBody {
  return {
    name,
    title,
    meaning,
    grain,
    key,
    kind,
    columns: Object.fromEntries(
      Object.entries(columns)
        .filter(([, { internal }]) => !internal)
        .map(([column, { type, title, meaning, optional, unit, formula, from }]) => [
          column,
          { type, title, meaning, optional, traced: from !== undefined, ...(unit ? { unit } : {}), ...(formula ? { formula } : {}) },
        ]),
    ),
  }
}

/** A row of a table as it travels: without columns that are for the engine only. */
export function tableRowBody({ columns }: Omit<TableContract, 'schema'>, row: Row): RowBody {
  const body = rowBody(row)
  for (const name in body) if (columns[name]?.internal) delete body[name]
  return body
}

/** A row as it travels: lists and structures become JSON text, what JSON cannot say (NaN, infinity) becomes null. */
export function rowBody(row: Row): RowBody {
  const body: RowBody = {}
  for (const name in row) body[name] = scalar(row[name])
  return body
}

function scalar(cell: Cell): string | number | boolean | null {
  if (cell === null || cell === undefined) return null
  if (typeof cell === 'object') return JSON.stringify(cell)
  if (typeof cell === 'number' && !Number.isFinite(cell)) return null
  return cell
}
