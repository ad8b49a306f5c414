import { type AppError, UsageError } from '../shared/errors.ts'
import { didYouMean } from '../shared/nearest.ts'
import type { Warehouse } from './port.ts'
import { type Sql, sql } from './sql.ts'

/** Table functions that only make rows out of their arguments. Everything else could reach files, settings or other statements. */
const tableFunctions = new Set(['range', 'generate_series', 'unnest', 'json_each', 'json_tree'])

/** Functions of one row that do something besides giving a value. */
const actingFunctions = new Set(['sleep_ms', 'write_log', 'nextval', 'currval', 'setseed', 'error'])

/**
 * Reads SQL that a user wrote: exactly one statement, which only selects, from the tables that are there. Throws what is wrong in words;
 * gives back the statement to run.
 *
 * The engine's own parser says what the statement is, so nothing hides in comments or quotes. This comes on top of an engine that was
 * opened without external access, not instead of it.
 */
export async function readUserQuery(warehouse: Warehouse, text: string, tables: Iterable<string>): Promise<Sql> {
  const [{ parsed }] = await warehouse.rows(
    sql`select json_serialize_sql(cast(${text} as varchar), skip_null := true, skip_empty := true) as parsed`,
  )
  const tree = JSON.parse(String(parsed)) as Tree
  if (tree.error) throw refusal(text, tree)
  const statements = tree.statements ?? []
  if (statements.length === 0)
    throw new UsageError('query.empty', 'there is no statement', { hint: 'Such as: select * from customer_profit limit 10' })
  if (statements.length > 1) {
    throw new UsageError('query.several', `one statement at a time; got ${statements.length}`, {
      hint: 'Send them one by one, each without a semicolon.',
    })
  }
  const known = new Map([...tables].map((name) => [name.toLowerCase(), name]))
  const found: Found = { tables: [], functions: [], local: new Set(), shows: false }
  collect(statements[0], found)
  found.shows = /^(\s|--[^\n]*\n)*(describe|desc|show|summarize)\b/i.test(text)
  for (const name of found.functions) {
    if (name.table ? !tableFunctions.has(name.name) : actingFunctions.has(name.name)) {
      throw new UsageError('query.function', `${name.name}() is not allowed here: a query only reads the tables of the workspace`, {
        hint: 'Bring other data in with `clientele import`.',
      })
    }
  }
  for (const { schema, name } of found.tables) {
    if (found.local.has(name.toLowerCase()) && !schema) continue
    if (known.has(name.toLowerCase()) && (!schema || schema === 'main')) continue
    throw new UsageError('query.table', `there is no table "${schema ? `${schema}.` : ''}${name}"`, {
      hint: didYouMean(name, known.values()) ?? `There are: ${[...known.values()].sort().join(', ')}.`,
    })
  }
  // `describe` and its kind cannot be described themselves; as a subquery they can.
  const asked = found.shows ? `select * from (${withoutEnd(text)}\n)` : withoutEnd(text)
  return { kind: 'sql', parts: [{ text: asked }] }
}

interface Tree {
  error: boolean
  error_type?: string
  error_message?: string
  position?: string
  statements?: unknown[]
}

interface Found {
  tables: { schema: string; name: string }[]
  functions: { name: string; table: boolean }[]
  /** Names that the statement itself defines by `with`. */
  local: Set<string>
  /** It begins with describe, show or summarize. */
  shows: boolean
}

function collect(node: unknown, found: Found): void {
  if (Array.isArray(node)) {
    for (const one of node) collect(one, found)
    return
  }
  if (typeof node !== 'object' || node === null) return
  const part = node as Record<string, unknown>
  if (part.type === 'BASE_TABLE') {
    const schema = [part.catalog_name, part.schema_name].filter((name) => typeof name === 'string' && name !== '').join('.')
    found.tables.push({ schema, name: String(part.table_name) })
  } else if (part.type === 'SHOW_REF' && !part.query && part.show_type !== 'SHOW_UNQUALIFIED') {
    found.tables.push({ schema: '', name: String(part.table_name ?? '').replaceAll('"', '') })
  } else if (part.type === 'TABLE_FUNCTION') {
    const called = part.function as { function_name?: string; children?: unknown } | undefined
    found.functions.push({ name: String(called?.function_name ?? '').toLowerCase(), table: true })
    collect(called?.children, found)
    return
  } else if (typeof part.function_name === 'string') {
    found.functions.push({ name: part.function_name.toLowerCase(), table: false })
  }
  if (part.cte_map) for (const { key } of (part.cte_map as { map?: { key: string }[] }).map ?? []) found.local.add(key.toLowerCase())
  for (const child of Object.values(part)) collect(child, found)
}

function refusal(text: string, tree: Tree): AppError {
  if (tree.error_type !== 'parser' && tree.error_type !== 'syntax') {
    return new UsageError('query.not-select', 'only a query that selects is allowed: it must begin with select, with, from or values', {
      hint: 'Bring data in with `clientele import`, take it out with `clientele export`.',
    })
  }
  const at = Number(tree.position ?? 0)
  const before = text.slice(0, at).split('\n')
  const line = before.length
  const column = before[before.length - 1].length + 1
  return new UsageError('query.syntax', `line ${line}, column ${column}: ${tree.error_message ?? 'syntax error'}`, {
    problems: [{ line, column, message: tree.error_message ?? 'syntax error' }],
  })
}

/** Without the semicolon at the end, which the engine allows and a client may not expect. */
const withoutEnd = (text: string) => text.replace(/[;\s]+$/, '')
