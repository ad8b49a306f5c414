/** A record of the sample: its number and its cells. */
export interface SampleRow {
  row: number
  cells: string[]
}

/** Rows that hold something, among which the header is looked for. */
const searched = 30

/**
 * The header: the first of the first 30 rows that is about as wide as the table and holds names: short texts, no numbers, no dates, hardly
 * any gap. Returns undefined when there is none.
 */
export function findHeader(rows: readonly SampleRow[]): SampleRow | undefined {
  const kept = rows.filter(({ cells }) => cells.some((cell) => cell.trim() !== '')).slice(0, 400)
  const width = commonWidth(kept)
  return kept.slice(0, searched).find((row) => looksLikeHeader(row.cells, width))
}

/** Number of cells up to the last one filled that most rows have; the wider on a tie. */
export function commonWidth(rows: readonly SampleRow[]): number {
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
