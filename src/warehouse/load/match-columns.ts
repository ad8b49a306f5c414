import type { Confidence, Field, FileColumn } from './layouts/layout.ts'

export interface Match {
  field: string
  /** The column that is used. */
  column: FileColumn | null
  /** A column that may be meant; not used before somebody says so. */
  maybe?: FileColumn
  confidence: Confidence
  why: string
}

/** A header name without case, accents, punctuation and a unit in brackets: `Umsatz (EUR)*` is `umsatz`. */
export const plainName = remembered((name: string): string =>
  name
    .normalize('NFKD')
    .replace(/[\u0300-\u036f\ufeff*]/g, '')
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .replace(/ß/g, 'ss')
    .replace(/[([][^)\]]*[)\]]/g, ' ')
    .replace(/[€$£¥]/g, ' ')
    .replace(/[^\p{L}\p{N}%#]+/gu, ' ')
    .trim(),
)

const squeezed = remembered((name: string): string => plainName(name).replaceAll(' ', ''))

/** The same few hundred names of fields and columns are compared with each other over and over. */
function remembered(work: (name: string) => string): (name: string) => string {
  const known = new Map<string, string>()
  return (name) => {
    let answer = known.get(name)
    if (answer === undefined) {
      if (known.size > 20_000) known.clear()
      answer = work(name)
      known.set(name, answer)
    }
    return answer
  }
}

/** Share of letter pairs that two names have in common, 0 to 1 (Dice). */
export function likeness(a: string, b: string): number {
  if (a === b) return 1
  if (a.length < 2 || b.length < 2) return 0
  const pairs = new Map<string, number>()
  for (let i = 0; i < a.length - 1; i++) pairs.set(a.slice(i, i + 2), (pairs.get(a.slice(i, i + 2)) ?? 0) + 1)
  let common = 0
  for (let i = 0; i < b.length - 1; i++) {
    const left = pairs.get(b.slice(i, i + 2)) ?? 0
    if (left > 0) {
      common++
      pairs.set(b.slice(i, i + 2), left - 1)
    }
  }
  return (2 * common) / (a.length + b.length - 2)
}

interface Candidate {
  field: number
  column: number
  score: number
  confidence: Confidence
  why: string
}

/**
 * Which column a field is in. An exact known name is `known`; a close spelling or a known name among other words is `suggested`;
 * a weak likeness is `unsure` and not used unless somebody says so. Each column serves one field, the best pair first; `given` (field to column name) comes before all.
 */
export function matchColumns(
  fields: readonly Field[],
  columns: readonly FileColumn[],
  given: Readonly<Record<string, string>> = {},
): Match[] {
  const candidates: Candidate[] = []
  fields.forEach((field, f) => {
    columns.forEach((column, c) => {
      const candidate = rate(field, column)
      if (candidate) candidates.push({ field: f, column: c, ...candidate })
    })
  })
  candidates.sort((a, b) => b.score - a.score || a.field - b.field || a.column - b.column)
  const matches: (Match | undefined)[] = new Array(fields.length)
  const used = new Set<number>()
  fields.forEach((field, f) => {
    const name = given[field.name]
    if (name === undefined) return
    const c = name === '' ? -1 : columns.findIndex((column) => column.name === name || squeezed(column.name) === squeezed(name))
    if (c >= 0) used.add(c)
    if (c >= 0 || name === '')
      matches[f] = { field: field.name, column: columns[c] ?? null, confidence: 'known', why: name === '' ? 'left out as told' : 'as told' }
  })
  for (const candidate of candidates) {
    if (matches[candidate.field] || used.has(candidate.column)) continue
    const { confidence, why } = candidate
    if (confidence === 'unsure') {
      matches[candidate.field] = { field: fields[candidate.field].name, column: null, maybe: columns[candidate.column], confidence, why }
      continue
    }
    used.add(candidate.column)
    matches[candidate.field] = { field: fields[candidate.field].name, column: columns[candidate.column], confidence, why }
  }
  return fields.map((field, f) => matches[f] ?? { field: field.name, column: null, confidence: 'unsure', why: 'no column looks like it' })
}

function rate(field: Field, column: FileColumn): { score: number; confidence: Confidence; why: string } | null {
  const name = squeezed(column.name)
  if (name === '') return null
  if (field.not?.some((other) => squeezed(other) === name)) return null
  const words = plainName(column.name).split(' ')
  let best: { score: number; confidence: Confidence; why: string } | null = null
  field.aliases.forEach((alias, rank) => {
    const target = squeezed(alias)
    const late = rank / 1000
    let found: typeof best = null
    if (name === target) found = { score: 3 - late, confidence: 'known', why: `"${column.name}" is a known name for it` }
    else if (target.length >= 5 && words.length > 1 && containsWords(words, plainName(alias).split(' ')))
      found = { score: 2 - late - words.length / 100, confidence: 'suggested', why: `"${column.name}" contains "${alias}"` }
    else if (target.length >= 6 && name.length >= 5 && mayBeLike(name, target)) {
      const similar = likeness(name, target)
      if (similar >= 0.82)
        found = { score: 1 + similar / 2 - late, confidence: 'suggested', why: `"${column.name}" is spelled like "${alias}"` }
      else if (similar >= 0.68) found = { score: similar / 2, confidence: 'unsure', why: `"${column.name}" may be "${alias}"` }
    }
    if (found && (!best || found.score > best.score)) best = found
  })
  return best
}

/** Whether two names can be alike at all: the shorter one has too few pairs of letters for the longer one otherwise. */
const mayBeLike = (a: string, b: string): boolean => (2 * (Math.min(a.length, b.length) - 1)) / (a.length + b.length - 2) >= 0.68

function containsWords(words: string[], wanted: string[]): boolean {
  for (let i = 0; i + wanted.length <= words.length; i++) if (wanted.every((word, k) => words[i + k] === word)) return true
  return false
}
