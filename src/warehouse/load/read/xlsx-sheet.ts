import { AppError } from '../../../shared/errors.ts'
import { type Limits, limitError } from './limits.ts'
import { readXml, type Sheet, type Workbook } from './xlsx-package.ts'
import { columnLetters, columnOf, numberText, serialToIso, unescapeText } from './xlsx-values.ts'
import type { Zip } from './zip.ts'

/** What is wrong with a cell. */
export interface CellProblem {
  /** From 1. */
  column: number
  value: string
  reason: string
  expected: string
}

/** One row of a sheet: text by column, from 0; gaps are null. Reused for the next row. */
export interface SheetRow {
  row: number
  cells: (string | null)[]
  /** The first problem, and the addresses of all. */
  problem: CellProblem | null
  problems: string[]
}

/** What was come across while reading a sheet. */
export interface SheetFacts {
  formulas: number
  /** `F2: D2*E2 gives 20`. */
  formulaExample: string | null
  dates: number
  dateExample: string | null
  merged: number
  mergedExample: string | null
}

/** Streams the rows of a sheet that hold something. */
export async function readSheet(
  name: string,
  zip: Zip,
  workbook: Workbook,
  sheet: Sheet,
  limits: Limits,
  onRow: (row: SheetRow) => void,
  signal?: AbortSignal,
  onBytes?: (bytes: number) => void,
): Promise<SheetFacts> {
  const { styles, texts, date1904 } = workbook
  const facts: SheetFacts = { formulas: 0, formulaExample: null, dates: 0, dateExample: null, merged: 0, mergedExample: null }
  const row: SheetRow = { row: 0, cells: [], problem: null, problems: [] }
  let column = 0
  let type = ''
  let style = 0
  let value = ''
  let formula = ''
  let hasFormula = false
  let hasValue = false
  let collecting: 'value' | 'text' | 'formula' | null = null
  let phonetic = false

  const problem = (shown: string, reason: string, expected: string) => {
    row.problems.push(columnLetters(column) + row.row)
    row.problem ??= { column, value: shown, reason, expected }
  }

  const number = (stored: string): string | null => {
    const kind = styles[style] ?? 'number'
    const text = numberText(stored)
    if (text === undefined) {
      problem(stored, 'number-unreadable', 'a number')
      return null
    }
    if (kind === 'number') return text
    // Beyond the calendar the number stays: whoever reads the date says what is wrong with it.
    const iso = serialToIso(Number(stored), kind, date1904)
    if (iso === undefined) return text
    if (facts.dates++ === 0) facts.dateExample = `${columnLetters(column)}${row.row}: ${text} is ${iso}`
    return iso
  }

  const finishCell = () => {
    let text: string | null = null
    if (value.length > limits.cellBytes) problem(value.slice(0, 200), 'cell-too-long', `at most ${limits.cellBytes} bytes in a cell`)
    else if (type === 's') {
      if (hasValue) {
        const index = Number(value)
        if (Number.isInteger(index) && index >= 0 && index < texts.length) text = texts[index]
        else problem(value, 'text-missing', 'a text that the workbook holds')
      }
    } else if (type === 'e') problem(value, 'error-cell', `a value instead of the error ${value}`)
    else if (type === 'b') text = value === '1' || value === 'true' ? 'true' : hasValue ? 'false' : null
    else if (type === 'd') text = value.replace('T', ' ').replace(/ 00:00:00(\.0+)?Z?$/, '')
    else if (type === 'str' || type === 'inlineStr') text = unescapeText(value)
    else if (hasValue && value.trim() !== '') text = number(value)
    if (hasFormula) {
      if (!hasValue && type !== 'str')
        problem(`=${formula}`, 'formula-without-value', 'a stored result; open and save the workbook in a spreadsheet program')
      else if (type !== 'e' && facts.formulas++ === 0)
        facts.formulaExample = `${columnLetters(column)}${row.row}: ${formula || 'formula'} gives ${value.slice(0, 40)}`
    }
    if (text?.includes('\0')) problem(text, 'nul-byte', 'text without NUL bytes')
    if (text === '') text = null
    if (text === null) return
    if (column > limits.columns) throw limitError(name, 'columns', column, limits)
    while (row.cells.length < column) row.cells.push(null)
    row.cells[column - 1] = text
  }

  await readXml(
    name,
    zip,
    sheet.part,
    {
      open(tag, attributes) {
        if (tag === 'c') {
          const at = attributes.r ? columnOf(attributes.r) : 0
          column = at > 0 ? at : column + 1
          type = attributes.t ?? 'n'
          style = attributes.s ? Number(attributes.s) : 0
          value = ''
          formula = ''
          hasFormula = false
          hasValue = false
        } else if (tag === 'v') {
          collecting = 'value'
          hasValue = true
        } else if (tag === 't') {
          collecting = phonetic ? null : 'text'
          hasValue = true
        } else if (tag === 'f') {
          collecting = 'formula'
          hasFormula = true
        } else if (tag === 'row') {
          const next = attributes.r ? Number(attributes.r) : row.row + 1
          if (!(Number.isSafeInteger(next) && next > row.row && next <= 10_000_000))
            throw new AppError(
              'read.damaged',
              `${name}: the rows of sheet ${JSON.stringify(sheet.name)} are out of order near row ${row.row}`,
              {
                hint: 'Open and save the workbook in a spreadsheet program.',
              },
            )
          row.row = next
          row.cells = []
          row.problem = null
          row.problems = []
          column = 0
        } else if (tag === 'rPh') phonetic = true
        else if (tag === 'mergeCell') {
          if (facts.merged++ === 0) facts.mergedExample = attributes.ref ?? null
        }
      },
      text(text) {
        if (collecting === null) return
        if (collecting === 'formula') formula = (formula + text).slice(0, 200)
        else if (value.length <= limits.cellBytes) value += text
      },
      close(tag) {
        if (tag === 'c') finishCell()
        else if (tag === 'v' || tag === 't' || tag === 'f') collecting = null
        else if (tag === 'rPh') phonetic = false
        else if (tag === 'row' && (row.cells.length > 0 || row.problem)) onRow(row)
      },
    },
    signal,
    onBytes,
  )
  return facts
}
