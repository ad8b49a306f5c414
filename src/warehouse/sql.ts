/**
 * A piece of SQL: text with holes for values and for identifiers. Values always travel as parameters; names are quoted when rendered.
 */
export interface Sql {
  readonly kind: 'sql'
  readonly parts: readonly Part[]
}

/** What may travel as a parameter. Dates go as `cast(${'2026-01-31'} as date)`; money as text cast to decimal. */
export type SqlValue = string | number | bigint | boolean | null

type Part = { text: string } | { name: string } | { value: SqlValue }

/**
 * Builds SQL from a template: `sql\`select ${column('x')} from ${table} where y = ${value}\``. Nested pieces are spliced in, everything
 * else becomes a parameter. There is no way to splice plain text but a template literal in our own source.
 */
export function sql(texts: TemplateStringsArray, ...holes: (Sql | SqlValue)[]): Sql {
  const parts: Part[] = []
  texts.forEach((text, i) => {
    if (text) parts.push({ text })
    if (i >= holes.length) return
    const hole = holes[i]
    if (isSql(hole)) parts.push(...hole.parts)
    else if (hole === undefined) throw new TypeError(`sql: hole ${i + 1} is undefined`)
    else parts.push({ value: hole })
  })
  return { kind: 'sql', parts }
}

/** A quoted identifier; several names give `"a"."b"`. */
export function id(...names: string[]): Sql {
  const parts: Part[] = []
  names.forEach((name, i) => {
    if (i > 0) parts.push({ text: '.' })
    parts.push({ name })
  })
  return { kind: 'sql', parts }
}

/** Pieces joined by a separator, by default a comma. */
export function join(pieces: readonly Sql[], separator: Sql = sql`, `): Sql {
  return { kind: 'sql', parts: pieces.flatMap((piece, i) => (i === 0 ? piece.parts : [...separator.parts, ...piece.parts])) }
}

/** Whether a value is a piece of SQL. */
export function isSql(value: unknown): value is Sql {
  return typeof value === 'object' && value !== null && (value as Sql).kind === 'sql'
}

/** How a database writes names and parameters. */
export interface Notation {
  name(name: string): string
  /** The mark of the n-th parameter, counted from 1. */
  mark(position: number): string
}

/** Text and parameters as a driver takes them. */
export function render(query: Sql, notation: Notation): { text: string; values: SqlValue[] } {
  const values: SqlValue[] = []
  let text = ''
  for (const part of query.parts) {
    if ('text' in part) text += part.text
    else if ('name' in part) text += notation.name(part.name)
    else {
      values.push(part.value)
      text += notation.mark(values.length)
    }
  }
  return { text, values }
}

/**
 * The same with the values written out as literals, for statements that take no parameters (`copy`, `create view`).
 * Strings are quoted by doubling, numbers must be finite.
 */
export function renderInline(query: Sql, notation: Notation): string {
  return query.parts.map((part) => ('text' in part ? part.text : 'name' in part ? notation.name(part.name) : literal(part.value))).join('')
}

/** A value as a standard SQL literal. */
export function literal(value: SqlValue): string {
  if (value === null) return 'null'
  if (typeof value === 'boolean') return value ? 'true' : 'false'
  if (typeof value === 'bigint') return value.toString()
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new RangeError(`a literal must be finite; got ${value}`)
    return Number.isInteger(value) ? value.toFixed(0) : `cast('${value}' as double)`
  }
  if (value.includes('\0')) throw new RangeError('a literal must not contain NUL')
  return `'${value.replaceAll("'", "''")}'`
}
