import { basename } from 'node:path'
import { UsageError } from '../../shared/errors.ts'
import { type Confidence, type FileColumn, type Layout, layouts } from './layouts/index.ts'
import { type Match, matchColumns } from './match-columns.ts'
import type { StagedFile } from './read/index.ts'
import type { ImportOptions, Mapping, Recipe } from './types.ts'

/** Files that are read alike: same layout, same header. What one of them proves about dates and marks holds for all. */
export interface Group {
  number: number
  layout: Layout
  confidence: Confidence
  why: string
  files: { no: number; file: StagedFile }[]
  columns: FileColumn[]
  matches: Match[]
  /** The part of the recipe that was replayed, if one was. */
  recipe: Recipe['files'][number] | null
}

/** Sorts files into groups and matches their columns. Throws when a file among several is of no known kind. */
export function groupFiles(files: readonly StagedFile[], options: ImportOptions, recipe: Recipe | null): Group[] {
  const forced = options.layout === undefined ? undefined : layouts.find((layout) => layout.id === options.layout)
  if (options.layout !== undefined && !forced)
    throw new UsageError('import.layout', `there is no layout "${options.layout}"`, {
      hint: `Layouts: ${layouts.map((layout) => layout.id).join(', ')}.`,
    })
  const groups = new Map<string, Group>()
  const unknown: StagedFile[] = []
  const columnsOf = (file: StagedFile) =>
    file.columns.map((column, i) => ({ name: column.name, position: i + 1, examples: column.examples }))
  const replayFor = (file: StagedFile) => {
    const header = JSON.stringify(file.columns.map((column) => column.name))
    return recipe?.files.find((known) => JSON.stringify(known.header) === header) ?? null
  }
  const choices = headsBesideLines(
    files,
    files.map((file) => {
      const replay = replayFor(file)
      return choose(
        columnsOf(file),
        plainFileName(file),
        forced ?? (replay ? layouts.find((layout) => layout.id === replay.layout) : undefined),
      )
    }),
  )
  files.forEach((file, no) => {
    const columns = columnsOf(file)
    const header = JSON.stringify(columns.map((column) => column.name))
    const replay = replayFor(file)
    const found = choices[no]
    if (!found) {
      unknown.push(file)
      return
    }
    const key = `${found.layout.id} ${header}`
    const group = groups.get(key)
    if (group) {
      group.files.push({ no, file })
      return
    }
    const matches = matchColumns(found.layout.fields, columns, { ...replay?.map, ...mapFor(found.layout, options.map ?? {}) })
    groups.set(key, { number: groups.size + 1, ...found, files: [{ no, file }], columns, matches, recipe: replay })
  })
  if (unknown.length > 0) {
    throw new UsageError('import.unrecognised', `${unknown.map((file) => file.name).join(', ')}: no known kind of table`, {
      hint: 'An order file needs at least a date and an amount (or quantity and price) per row. Leave other files out, or say what it is with --layout.',
      problems: unknown.map((file) => ({
        file: file.name,
        message: `columns: ${file.columns.map((column) => column.name).join(', ')}`.slice(0, 400),
      })),
    })
  }
  checkMap(options.map ?? {}, [...groups.values()])
  return [...groups.values()]
}

/** File name without folders, extension and case: `shop.zip/Order_Lines.csv` is `order_lines`. */
function plainFileName(file: StagedFile): string {
  return (file.sheet ?? basename(file.name).replace(/(\.[a-z0-9]+)+$/i, '')).toLowerCase().replace(/[^a-z0-9]+/g, '_')
}

type Choice = Pick<Group, 'layout' | 'confidence' | 'why'>

function choose(columns: FileColumn[], name: string, forced: Layout | undefined): Choice | null {
  if (forced) return { layout: forced, confidence: 'known', why: 'as told' }
  let best: (Pick<Group, 'layout' | 'confidence' | 'why'> & { score: number }) | null = null
  for (const layout of layouts) {
    const found = layout.recognise(columns, name)
    if (found && (!best || found.score > best.score)) best = { layout, ...found }
  }
  return best && { layout: best.layout, confidence: best.confidence, why: best.why }
}

/**
 * A file with one row an order and its total is a list of order lines when it stands alone; beside the lines themselves it is their
 * heads, or everything would count twice.
 */
function headsBesideLines(files: readonly StagedFile[], choices: readonly (Choice | null)[]): (Choice | null)[] {
  const has = (no: number, ...names: string[]) => {
    const columns = files[no].columns.map((column, i) => ({ name: column.name, position: i + 1, examples: column.examples }))
    const fields = choices[no]?.layout.fields ?? []
    return matchColumns(fields, columns).some((match) => match.column && names.includes(match.field))
  }
  const isLines = choices.map((choice, no) => choice?.layout.id === 'order-lines' && has(no, 'product_id', 'product_name', 'quantity'))
  if (!isLines.some(Boolean)) return [...choices]
  const orders = layouts.find((layout) => layout.id === 'orders')
  return choices.map((choice, no) => {
    if (choice?.layout.id !== 'order-lines' || isLines[no] || !orders) return choice
    const columns = files[no].columns.map((column, i) => ({ name: column.name, position: i + 1, examples: column.examples }))
    const heads = orders.recognise(columns, plainFileName(files[no]))
    return heads ? { layout: orders, confidence: heads.confidence, why: `${heads.why}, beside a file with the lines` } : choice
  })
}

/** `table.field` holds for one table, `field` for all. */
function mapFor(layout: Layout, map: Readonly<Record<string, string>>): Record<string, string> {
  const result: Record<string, string> = {}
  for (const [key, column] of Object.entries(map)) {
    const [table, field] = key.includes('.') ? key.split('.') : [layout.table, key]
    if (table === layout.table) result[field] = column
  }
  return result
}

function checkMap(map: Readonly<Record<string, string>>, groups: readonly Group[]): void {
  for (const [key, column] of Object.entries(map)) {
    const field = key.split('.').at(-1) as string
    const knowing = groups.filter((group) => group.layout.fields.some((one) => one.name === field))
    if (knowing.length === 0)
      throw new UsageError('import.map-field', `--map ${key}: no such field`, {
        hint: `Fields: ${[...new Set(groups.flatMap((group) => group.layout.fields.map((one) => one.name)))].join(', ')}.`,
      })
    if (column !== '' && !knowing.some((group) => group.matches.some((match) => match.field === field && match.why === 'as told')))
      throw new UsageError('import.map-column', `--map ${key}: there is no column "${column}"`, {
        hint: `Columns: ${knowing.flatMap((group) => group.columns.map((one) => one.name)).join(', ')}.`,
      })
  }
}

/** The mapping of each file as it is shown. */
export function describeMappings(groups: readonly Group[]): Mapping[] {
  return groups.flatMap((group) => {
    const used = new Set(group.matches.flatMap((match) => (match.column ? [match.column.position] : [])))
    return group.files.map(({ file }) => ({
      file: file.name,
      recogniser: { id: group.layout.id, title: group.layout.title, confidence: group.confidence },
      fields: group.matches.map((match, i) => ({
        field: match.field,
        title: group.layout.fields[i].title,
        table: group.layout.table,
        column: match.column?.name ?? null,
        confidence: match.confidence,
        why: match.why,
        examples: match.column ? (file.columns[match.column.position - 1]?.examples ?? []) : [],
      })),
      ignored: group.columns.filter((column) => !used.has(column.position)).map((column) => column.name),
    }))
  })
}
