import { randomBytes } from 'node:crypto'
import { mkdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { detectCsv, scanCsv } from './csv.ts'
import { CsvScanner } from './csv-scanner.ts'
import { detectJson, splitJson } from './json.ts'
import { defaultLimits } from './limits.ts'
import { eachSource, type Source } from './sources.ts'
import type { ReadOptions } from './types.ts'
import { readWorkbook } from './xlsx-package.ts'
import { readSheet } from './xlsx-sheet.ts'
import { openZip } from './zip.ts'

/** Where a row lies in its source file. */
export interface PhysicalLine {
  /** Line of the text file on which the record starts, from 1; in a workbook the row; null in Parquet, which has no lines. */
  line: number | null
  /** The record as it stands in the file, line breaks included; in a workbook its cells parted by tabs. */
  text: string
}

class Found extends Error {
  readonly at: PhysicalLine

  constructor(at: PhysicalLine) {
    super('found')
    this.at = at
  }
}

/**
 * Finds a row of a staged file again in the file it came from; null when it is not there. Give the same options as when it was read:
 * they decide what a row is. `name` is the StagedFile's name, `path` where the outer file lies now.
 */
export async function physicalLine(
  file: { name: string; path: string; sheet?: string | undefined },
  row: number,
  options: ReadOptions = {},
): Promise<PhysicalLine | null> {
  const limits = { ...defaultLimits, ...options.limits }
  const folder = join(tmpdir(), `clientele-line-${randomBytes(6).toString('hex')}`)
  await mkdir(folder, { mode: 0o700 })
  let temporaries = 0
  const wanted = file.name
  // A name may have changed on the way (a folder, a renamed file): inside an archive only the part behind it counts.
  const inner = (name: string) => name.slice(name.indexOf('/') + 1)
  const only = (name: string) => wanted === name || wanted.startsWith(`${name}/`) || inner(wanted) === inner(name)
  try {
    for await (const source of eachSource([file.path], {
      limits,
      signal: options.signal,
      temporary: () => join(folder, `part-${++temporaries}`),
      leftOut: ({ error }) => {
        throw error
      },
      only,
    })) {
      const found = await findIn(source, row, { ...options, sheet: file.sheet ?? options.sheet }, limits)
      if (found) return found
    }
    return null
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function findIn(source: Source, row: number, options: ReadOptions, limits: typeof defaultLimits): Promise<PhysicalLine | null> {
  try {
    if (source.kind === 'text') {
      const { survey, shape } = await detectCsv(source, options, limits)
      const scanner = new CsvScanner(shape, limits)
      const listener = (s: CsvScanner) => {
        if (s.row === row) throw new Found({ line: s.line, text: textOf(s.input.subarray(s.inputFrom, s.inputTo)) })
        s.to = s.from
      }
      await scanCsv(source.content, survey, scanner, listener, options.signal)
    } else if (source.kind === 'json') {
      const { survey, layout } = await detectJson(source, options)
      await splitJson(
        source.content,
        survey,
        layout,
        limits.rowBytes,
        (item) => {
          if (item.row === row) throw new Found({ line: item.line, text: item.text ?? item.start })
        },
        options.signal,
      )
    } else if (source.kind === 'xlsx') {
      await findInWorkbook(source, row, options, limits)
    }
  } catch (error) {
    if (error instanceof Found) return error.at
    throw error
  }
  return null
}

async function findInWorkbook(source: Source, row: number, options: ReadOptions, limits: typeof defaultLimits): Promise<void> {
  const zip = await openZip(source.name, source.content, source.share, limits)
  try {
    const workbook = await readWorkbook(source.name, zip, limits, options.signal)
    const sheet = workbook.sheets.find(({ name }) => name === options.sheet) ?? workbook.sheets.find(({ hidden }) => !hidden)
    if (!sheet) return
    const onRow = (found: { row: number; cells: (string | null)[] }) => {
      if (found.row === row) throw new Found({ line: row, text: found.cells.map((cell) => cell ?? '').join('\t') })
    }
    await readSheet(source.name, zip, workbook, sheet, limits, onRow, options.signal)
  } finally {
    zip.close()
  }
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8')
}
