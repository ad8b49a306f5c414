import { AppError, type Problem } from '../shared/errors.ts'

/** Prints a result for programs: one JSON document. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`)
}

/** Prints a line of the result. */
export function print(line = ''): void {
  process.stdout.write(`${line}\n`)
}

/** Says something beside the result. */
export function say(line = ''): void {
  process.stderr.write(`${line}\n`)
}

const wantsColour = (stream: NodeJS.WriteStream) => stream.isTTY && !process.env.NO_COLOR

/** Text in bold on a terminal. */
export function bold(text: string, stream: NodeJS.WriteStream = process.stdout): string {
  return wantsColour(stream) ? `\u001b[1m${text}\u001b[22m` : text
}

/** Text in grey on a terminal. */
export function faint(text: string, stream: NodeJS.WriteStream = process.stdout): string {
  return wantsColour(stream) ? `\u001b[2m${text}\u001b[22m` : text
}

/** A table with aligned columns; numbers to the right. */
export function printTable(header: string[], rows: string[][], right: boolean[] = []): void {
  const widths = header.map((title, c) => Math.max(width(title), ...rows.map((row) => width(row[c] ?? ''))))
  const line = (cells: string[]) =>
    cells
      .map((cell, c) =>
        right[c] ? cell.padStart(cell.length + widths[c] - width(cell)) : cell.padEnd(cell.length + widths[c] - width(cell)),
      )
      .join('  ')
      .trimEnd()
  print(bold(line(header)))
  for (const row of rows) print(line(row))
}

/** Columns a text takes on a terminal; combining marks take none. */
function width(text: string): number {
  return [...text.normalize('NFC').replace(/\p{M}/gu, '')].length
}

/** Where a problem lies, as editors understand it: `clientele.yaml:3:5`. */
function placeOf(problem: Problem): string {
  const parts = [problem.file, problem.line ?? (problem.row === undefined ? undefined : `row ${problem.row}`), problem.column]
  return parts.filter((part) => part !== undefined).join(':')
}

const shown = 20

/** An error as a user reads it: one sentence, the places, and one line on what to try. */
export function printError(error: unknown): void {
  const known = error instanceof AppError
  say(
    `${bold('error', process.stderr)}: ${known ? error.message : `something unexpected went wrong: ${error instanceof Error ? error.message : String(error)}`}`,
  )
  if (known) {
    for (const problem of error.problems.slice(0, shown)) {
      const place = placeOf(problem)
      say(`  ${place ? `${place}: ` : ''}${problem.message}${problem.hint ? ` ${problem.hint}` : ''}`)
    }
    if (error.problems.length > shown) say(`  ... and ${error.problems.length - shown} more`)
    if (error.hint) say(`try: ${error.hint}`)
  } else {
    say('try: run `clientele doctor`; with CLIENTELE_DEBUG=1 the details are shown')
  }
  if (process.env.CLIENTELE_DEBUG) say(String(error instanceof Error ? (error.stack ?? error.message) : error))
}

/** The exit code of an error: 2 for a wrong question, 1 for everything else, 130 after Ctrl-C. */
export function exitCodeOf(error: unknown): number {
  if (!(error instanceof AppError)) return 1
  if (error.kind === 'usage') return 2
  return error.kind === 'cancelled' ? 130 : 1
}
