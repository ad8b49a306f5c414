import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { AppError, UsageError } from '../../../shared/errors.ts'
import { id, join, type Sql, sql } from '../../sql.ts'
import { readChunks } from './encoding.ts'
import { FooterWatch } from './footer.ts'
import { checkTable, chooseHeader, isRepeatedHeader, type SampleRow, uniqueNames } from './header.ts'
import { limitError } from './limits.ts'
import type { PlainSource, Stage } from './stage.ts'
import { decoded, PlainFile, plainRecords, Rejects, rowGroupRows } from './staging.ts'
import type { Detected, ReadOptions, StagedFile } from './types.ts'
import { counted } from './words.ts'
import { readWorkbook, type Sheet, type Workbook } from './xlsx-package.ts'
import { readSheet, type SheetRow } from './xlsx-sheet.ts'
import { columnLetters } from './xlsx-values.ts'
import { openZip, type Zip } from './zip.ts'

/** Rows read ahead to find the header. */
const sampleRows = 200

/** Reads the sheets of a workbook that hold a table, or the one asked for: one StagedFile each. */
export async function stageXlsx(source: PlainSource, stageFor: () => Stage): Promise<StagedFile[]> {
  const first = stageFor()
  const { limits, options } = first
  const { signal } = options
  const { size } = await stat(source.content)
  const hash = createHash('sha256')
  for await (const chunk of readChunks(source.content, signal)) hash.update(chunk)
  const sha256 = hash.digest('hex')
  const zip = await openZip(source.name, source.content, size, limits)
  try {
    const workbook = await readWorkbook(source.name, zip, limits, signal)
    const { chosen, leftOut } = chooseSheets(source.name, workbook, options)
    const staged: StagedFile[] = []
    let stage: Stage | undefined = first
    let failure: unknown
    for (const sheet of chosen) {
      stage ??= stageFor()
      try {
        staged.push({ ...(await stageSheet(source, zip, workbook, sheet, stage)), bytes: size, sha256 })
        stage = undefined
      } catch (error) {
        // A sheet of notes beside the table is no reason to refuse the workbook.
        if (!(error instanceof AppError && (error.code === 'read.header' || error.code === 'read.empty') && options.sheet === undefined))
          throw error
        failure ??= error
        leftOut.push(`${sheet.name} (no table)`)
      }
    }
    if (staged.length === 0) throw failure
    if (staged.length > 1) for (const file of staged) file.name = `${source.name}/${file.sheet}`
    if (leftOut.length > 0) staged[0].detected.push({ what: 'sheets left out', value: leftOut.join(', ').slice(0, 500) })
    return staged
  } finally {
    zip.close()
  }
}

function chooseSheets(name: string, workbook: Workbook, options: ReadOptions): { chosen: Sheet[]; leftOut: string[] } {
  const { sheets } = workbook
  const { sheet: wanted } = options
  if (wanted !== undefined) {
    const sheet =
      sheets.find((sheet) => sheet.name === wanted) ??
      sheets.find((sheet) => sheet.name.toLowerCase() === wanted.toLowerCase()) ??
      (/^\d+$/.test(wanted) ? sheets[Number(wanted) - 1] : undefined)
    if (!sheet)
      throw new UsageError('read.sheet', `${name}: there is no sheet ${JSON.stringify(wanted)}`, {
        hint: `Its sheets: ${sheets.map((sheet) => sheet.name).join(', ')}.`,
      })
    return { chosen: [sheet], leftOut: [] }
  }
  const visible = sheets.filter(({ hidden }) => !hidden)
  return {
    chosen: visible.length > 0 ? visible : sheets,
    leftOut: visible.length > 0 ? sheets.filter(({ hidden }) => hidden).map(({ name }) => `${name} (hidden)`) : [],
  }
}

async function stageSheet(
  source: PlainSource,
  zip: Zip,
  workbook: Workbook,
  sheet: Sheet,
  stage: Stage,
): Promise<Omit<StagedFile, 'bytes' | 'sha256'>> {
  const { limits, options, warehouse } = stage
  const { signal } = options
  const plain = new PlainFile(stage.temporary())
  const rejects = new Rejects(stage.temporary())
  try {
    const label = `${source.name}, sheet ${sheet.name}`
    let table: SheetTable | undefined
    let ahead: SheetRow[] = []
    const begin = () => {
      table = new SheetTable(label, ahead, options, plain, rejects, limits)
      for (const row of ahead) table.add(row)
      ahead = []
    }
    const facts = await readSheet(
      source.name,
      zip,
      workbook,
      sheet,
      limits,
      (row) => {
        if (table) table.add(row)
        else {
          ahead.push({ ...row })
          if (ahead.length >= sampleRows) begin()
        }
      },
      signal,
      (bytes) => stage.progress((0.6 * bytes) / Math.max(1, sheet.part.uncompressedSize), table?.rows ?? 0),
    )
    if (!table) begin()
    const done = table as unknown as SheetTable
    const footer = done.finish()
    plain.close()
    const keys = done.names.map((_, i) => `c${i + 1}`)
    const values: Sql[] = keys.map((key) => sql`${decoded(id(key))} as ${id(key)}`)
    await warehouse.save(
      sql`select cast("row" as bigint) as "row", ${join(values)} from ${plainRecords(plain.path, ['row', ...keys], done.longest)}`,
      stage.parquet,
      { signal, rowGroupRows: rowGroupRows(keys.length), onProgress: (fraction) => stage.progress(0.6 + 0.4 * fraction, done.rows) },
    )
    await rejects.save(warehouse, stage.rejects, signal)
    const detected: Detected[] = [
      { what: 'sheet', value: sheet.name },
      { what: 'header row', value: String(done.header.row), example: done.names.slice(0, 4).join(', ') },
    ]
    if (done.preamble.length > 0)
      detected.push({
        what: 'preamble',
        value: `${counted(done.preamble.length, 'row')} above the header`,
        example: done.preamble[0].slice(0, 80),
      })
    if (footer) detected.push(footer)
    if (facts.dates > 0)
      detected.push({
        what: 'dates',
        value: `${counted(facts.dates, 'cell')}, counted from ${workbook.date1904 ? 1904 : 1900}`,
        example: facts.dateExample ?? '',
      })
    if (facts.formulas > 0)
      detected.push({
        what: 'formula cells',
        value: `${facts.formulas}, read as the results stored in the file`,
        example: facts.formulaExample ?? '',
      })
    if (facts.merged > 0)
      detected.push({
        what: 'merged cells',
        value: `${facts.merged}; the value stands in the first cell`,
        example: facts.mergedExample ?? '',
      })
    if (done.beside > 0)
      detected.push({
        what: 'cells beside the table',
        value: `${done.beside} left out, right of column ${columnLetters(done.names.length)}`,
        example: done.besideExample,
      })
    return {
      name: source.name,
      path: source.outer,
      format: 'xlsx',
      sheet: sheet.name,
      detected,
      columns: done.names.map((name, i) => ({ name, examples: done.examples[i] })),
      rows: done.rows,
      parquet: stage.parquet,
      rejects: stage.rejects,
      rejected: rejects.count,
    }
  } finally {
    await plain.drop()
    await rejects.drop()
  }
}

/** The table in a sheet: takes its rows apart into header, data, footer and rejects. */
class SheetTable {
  readonly header: SampleRow
  readonly names: string[]
  readonly preamble: string[] = []
  readonly examples: string[][]
  rows = 0
  longest = 0
  beside = 0
  besideExample = ''
  private readonly footer: FooterWatch
  private readonly plain: PlainFile
  private readonly rejects: Rejects
  private readonly limits: Stage['limits']
  private readonly label: string

  constructor(label: string, ahead: SheetRow[], options: ReadOptions, plain: PlainFile, rejects: Rejects, limits: Stage['limits']) {
    this.label = label
    this.plain = plain
    this.rejects = rejects
    this.limits = limits
    const sample = ahead.map(({ row, cells }) => ({ row, cells: cells.map((cell) => cell ?? '') }))
    this.header = chooseHeader(label, sample, options)
    if (options.headerRow === undefined) checkTable(label, this.header)
    this.names = uniqueNames(this.header.cells)
    this.examples = this.names.map(() => [])
    this.footer = new FooterWatch(this.names.length, rejects)
  }

  add(row: SheetRow): void {
    const { names, header } = this
    if (row.row < header.row) {
      this.preamble.push(row.cells.filter(Boolean).join(' '))
      return
    }
    if (row.row === header.row) return
    const { cells, problem } = row
    if (cells.length > names.length) {
      for (let c = names.length; c < cells.length; c++) {
        if (cells[c] === null) continue
        if (this.beside++ === 0) this.besideExample = `${columnLetters(c + 1)}${row.row}: ${cells[c]?.slice(0, 60)}`
      }
      cells.length = names.length
    }
    const inTable = problem && problem.column <= names.length ? problem : null
    if (!inTable && !cells.some((cell) => cell !== null && cell.trim() !== '')) return
    if (!inTable && this.footer.isFooter(row.row, cells)) return
    if (!inTable && isRepeatedHeader(cells, header.cells)) {
      this.footer.dataFollows()
      this.rejects.add({ row: row.row, column: null, value: cells.join(' | '), reason: 'header-repeated', expected: 'a data row' })
      return
    }
    this.footer.dataFollows()
    if (inTable) {
      const where = row.problems.slice(0, 5).join(', ')
      this.rejects.add({
        row: row.row,
        column: names[inTable.column - 1],
        value: inTable.value,
        reason: inTable.reason,
        expected: `${inTable.expected} (cell${row.problems.length > 1 ? 's' : ''} ${where})`,
      })
      return
    }
    this.rows++
    if (this.rows > this.limits.rows) throw limitError(this.label, 'rows', this.rows, this.limits)
    let size = 24
    for (let c = 0; c < cells.length; c++) {
      const cell = cells[c]
      if (!cell) continue
      size += 4 * cell.length
      const seen = this.examples[c]
      if (seen.length < 3 && this.rows < 1000 && cell.trim() !== '' && !seen.includes(cell)) seen.push(cell.slice(0, 100))
    }
    this.longest = Math.max(this.longest, size + names.length)
    this.plain.writeRow([String(row.row), ...cells])
  }

  finish(): Detected | undefined {
    return this.footer.finish()
  }
}
