import { AppError, UsageError } from '../../../shared/errors.ts'
import type { ReadOptions } from './types.ts'

/** A record of the sample: its number and its cells. */
export interface SampleRow {
  row: number
  cells: string[]
  /** Set when the record could not be read. */
  problem?: string
}

/** Rows that hold something, among which the header is looked for. */
const searched = 30

/**
 * The header: the first of the first 30 rows that is about as wide as the table and holds names: short texts, no numbers, no dates, hardly
 * any gap. Returns undefined when there is none.
 */
function findHeader(rows: readonly SampleRow[]): SampleRow | undefined {
  const kept = rows.filter(({ cells }) => cells.some((cell) => cell.trim() !== '')).slice(0, 400)
  const width = commonWidth(kept)
  return kept.slice(0, searched).find((row) => looksLikeHeader(row.cells, width))
}

/** The header as the user gave it, or as it is found; `label` names the file in errors. */
export function chooseHeader(label: string, rows: readonly SampleRow[], options: ReadOptions): SampleRow {
  const { headerRow } = options
  if (rows.length === 0) throw new AppError('read.empty', `${label}: there is nothing but empty rows`, { hint: 'Export it again.' })
  if (headerRow === 0) {
    const widest = Math.max(...rows.slice(0, 100).map(({ cells }) => cells.length))
    return { row: 0, cells: Array.from({ length: widest }, () => '') }
  }
  if (headerRow !== undefined) {
    const given = rows.find(({ row }) => row === headerRow)
    if (given) return given
    throw new UsageError('read.header-row', `${label}: row ${headerRow} is empty or not among the first, so it cannot be the header`, {
      hint: `The first row that holds something is ${rows[0].row}.`,
    })
  }
  const header = findHeader(rows)
  if (header) return header
  throw new AppError('read.header', `${label}: no row with column names was found in the first ${searched} rows`, {
    hint: 'Say which row holds them with --header-row, or 0 if there are none.',
    problems: rows.slice(0, 3).map(({ row, cells }) => ({ file: label, row, message: cells.slice(0, 20).join(' | ').slice(0, 120) })),
  })
}

/** Refuses what has one column only: notes, letters, or a file whose delimiter was not found. */
export function checkTable(label: string, header: SampleRow): void {
  if (header.cells.filter((cell) => cell.trim() !== '').length > 1) return
  throw new AppError('read.header', `${label}: no table was found: the rows do not fall into columns`, {
    hint: 'If they do, say by which character with --delimiter, and which row holds the names with --header-row.',
    problems: [{ file: label, row: header.row, message: header.cells.join(' ').slice(0, 120) }],
  })
}

/** Whether a row repeats the header, as in sheets and files that were put together from several. */
export function isRepeatedHeader(cells: readonly (string | null)[], header: readonly string[]): boolean {
  return header.every((name, i) => (cells[i] ?? '').trim() === name.trim()) && header.some((name) => name.trim() !== '')
}

/** Number of cells up to the last one filled that most rows have; the wider on a tie. */
function commonWidth(rows: readonly SampleRow[]): number {
  const counts = new Map<number, number>()
  for (const { cells } of rows) counts.set(cells.length, (counts.get(cells.length) ?? 0) + 1)
  let best = 0
  for (const [width, count] of counts) {
    const most = counts.get(best) ?? 0
    if (count > most || (count === most && width > best)) best = width
  }
  return best
}

function looksLikeHeader(cells: readonly string[], width: number): boolean {
  const filled = cells.filter((cell) => cell.trim() !== '')
  if (filled.length < Math.min(3, width)) return false
  if (filled.length < 0.5 * width) return false
  const names = filled.filter(isName).length
  return names >= 0.8 * filled.length && new Set(filled.map((cell) => cell.trim())).size >= 0.5 * filled.length
}

/** Whether a cell could be the name of a column. Years and quarters head columns too, so one in five may be a number. */
function isName(cell: string): boolean {
  const text = cell.trim()
  return (
    text.length <= 120 &&
    /\p{L}/u.test(text) &&
    !/\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}/.test(text) &&
    !/^[^\p{L}]*\d[\d\s.,']*\s*\p{L}{0,3}$/u.test(text) &&
    !text.includes('@')
  )
}

/** Names as in the header, empty ones numbered and repeated ones told apart: `column 4`, `amount (2)`. */
export function uniqueNames(cells: readonly string[]): string[] {
  const taken = new Set<string>()
  return cells.map((cell, i) => {
    const name =
      cell
        .replace(/^\ufeff/, '')
        .replace(/\s+/g, ' ')
        .trim() || `column ${i + 1}`
    let unique = name
    for (let n = 2; taken.has(unique.toLowerCase()); n++) unique = `${name} (${n})`
    taken.add(unique.toLowerCase())
    return unique
  })
}
