/**
 * What a view shows is in its address, in a form people can read and write: `/customers?sort=-net_revenue&where=country:eq:France`.
 * Everything here turns that text into values and back; unknown or broken parts are dropped rather than shown as an error.
 */
export type RawSearch = Record<string, string | string[]>

export function parseSearch(text: string): RawSearch {
  const out: RawSearch = {}
  for (const [key, value] of new URLSearchParams(text)) {
    const before = out[key]
    out[key] = before === undefined ? value : Array.isArray(before) ? [...before, value] : [before, value]
  }
  return out
}

export function stringifySearch(search: Record<string, unknown>): string {
  const params = new URLSearchParams()
  for (const [key, value] of Object.entries(search)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== null && one !== '' && one !== false) params.append(key, String(one))
    }
  }
  const text = params.toString().replace(/%3A/g, ':').replace(/%2C/g, ',').replace(/%28/g, '(').replace(/%29/g, ')')
  return text === '' ? '' : `?${text}`
}

export const one = (value: unknown): string | undefined => {
  const first = Array.isArray(value) ? value[0] : value
  return typeof first === 'string' && first !== '' ? first : undefined
}

export const many = (value: unknown): string[] | undefined => {
  const list = (Array.isArray(value) ? value : [value]).filter((v): v is string => typeof v === 'string' && v !== '')
  return list.length > 0 ? list : undefined
}

const whole = (value: unknown): number | undefined => {
  const text = one(value)
  return text && /^\d{1,9}$/.test(text) ? Number(text) : undefined
}

/** What every page understands. */
export interface CommonSearch {
  /** Snapshot shown; the published one without it. */
  snapshot?: string
  /** Snapshot that changes are measured against. */
  compare?: string
  /** Figure whose origin is shown beside the page. */
  explain?: string
}

export interface TableSearch {
  sort?: string
  q?: string
  where?: string[]
  cols?: string
  /** Ranks picked on the whale curve, first and last. */
  from?: number
  to?: number
}

const clean = <T extends object>(value: T): T => Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as T

export const commonSearch = (raw: RawSearch): CommonSearch =>
  clean({ snapshot: one(raw.snapshot), compare: one(raw.compare), explain: one(raw.explain) })

export const tableSearch = (raw: RawSearch): TableSearch =>
  clean({
    sort: one(raw.sort),
    q: one(raw.q),
    where: many(raw.where),
    cols: one(raw.cols),
    from: whole(raw.from),
    to: whole(raw.to),
  })

export type FilterOp = 'eq' | 'ne' | 'lt' | 'le' | 'gt' | 'ge' | 'in' | 'contains' | 'null' | 'notnull'
export interface Filter {
  column: string
  op: FilterOp
  value?: string | number | boolean | (string | number)[]
}

const ops = new Set<string>(['eq', 'ne', 'lt', 'le', 'gt', 'ge', 'in', 'contains', 'null', 'notnull'])

/** `country:eq:France` as a filter; undefined where it is none. Values of `in` are separated by `|`. */
export function parseFilter(text: string): Filter | undefined {
  const [, column, op, value] = /^([a-z_][a-z0-9_]*):([a-z]+)(?::([\s\S]*))?$/.exec(text) ?? []
  if (!column || !op || !ops.has(op)) return undefined
  if (op === 'null' || op === 'notnull') return { column, op }
  if (value === undefined || value === '') return undefined
  if (op === 'in') return { column, op, value: value.split('|') }
  return { column, op: op as FilterOp, value }
}

export function printFilter(filter: Filter): string {
  const value = Array.isArray(filter.value) ? filter.value.join('|') : filter.value
  return value === undefined ? `${filter.column}:${filter.op}` : `${filter.column}:${filter.op}:${value}`
}

export interface Sort {
  column: string
  descending: boolean
}

/** `-net_revenue,name` as a list of sort columns. */
export function parseSort(text: string | undefined): Sort[] {
  return (text ?? '')
    .split(',')
    .filter(Boolean)
    .map((part) => (part.startsWith('-') ? { column: part.slice(1), descending: true } : { column: part, descending: false }))
}

export interface ExplainTarget {
  table: string
  column: string
  where: Record<string, string | number | null>
}

/** `customer_profit.net_revenue(customer_id=12347)`: a figure named so that it fits into an address. Numbers are written `#3`. */
export function printExplain(target: ExplainTarget): string {
  const where = Object.entries(target.where)
    .map(([key, value]) => `${key}=${value === null ? '' : typeof value === 'number' ? `#${value}` : `'${encodeURIComponent(value)}`}`)
    .join(',')
  return `${target.table}.${target.column}(${where})`
}

export function parseExplain(text: string | undefined): ExplainTarget | undefined {
  const [, table, column, inside] = /^([a-z_]+)\.([a-z0-9_]+)\((.*)\)$/.exec(text ?? '') ?? []
  if (!table || !column || inside === undefined) return undefined
  const where: ExplainTarget['where'] = {}
  for (const part of inside.split(',').filter(Boolean)) {
    const at = part.indexOf('=')
    const key = part.slice(0, at)
    const value = part.slice(at + 1)
    if (at < 1) return undefined
    try {
      where[key] = value === '' ? null : value.startsWith('#') ? Number(value.slice(1)) : decodeURIComponent(value.replace(/^'/, ''))
    } catch {
      return undefined
    }
  }
  return { table, column, where }
}
