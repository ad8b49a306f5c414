import { isUtf8 } from 'node:buffer'
import { AppError, UsageError } from '../../../shared/errors.ts'
import { id, join, type Sql, sql } from '../../sql.ts'
import { CsvScanner, type CsvShape, decodeCell, unitSeparator } from './csv-scanner.ts'
import { readText, type Survey, surveyText } from './encoding.ts'
import { FooterWatch } from './footer.ts'
import { checkTable, chooseHeader, type SampleRow, uniqueNames } from './header.ts'
import { type Limits, limitError } from './limits.ts'
import type { PlainSource, Stage } from './stage.ts'
import { decoded, PlainFile, plainRecords, Rejects, rowGroupRows } from './staging.ts'
import type { Detected, ReadOptions, StagedFile } from './types.ts'
import { counted } from './words.ts'

const delimiters: Record<string, string> = { ',': 'comma', ';': 'semicolon', '\t': 'tab', '|': 'bar' }
const sampleBytes = 1024 * 1024
const sampleRows = 500
const sampleColumns = 100_000

/** How a delimited file is to be read: everything that {@link scanCsv} needs to find the same records again. */
export interface CsvReading {
  survey: Survey
  shape: CsvShape
  header: SampleRow
  /** Rows above the header that hold something. */
  preamble: SampleRow[]
}

/** Finds out how a delimited file is to be read. */
export async function detectCsv(
  source: PlainSource,
  options: ReadOptions,
  limits: Limits,
  onBytes?: (bytes: number) => void,
): Promise<CsvReading> {
  const survey = await surveyText(source.content, {
    name: source.name,
    encoding: options.encoding,
    signal: options.signal,
    ...(onBytes ? { onBytes } : {}),
  })
  if (survey.bytes === survey.bom) throw new AppError('read.empty', `${source.name}: the file is empty`, { hint: 'Export it again.' })
  let sample = await sampleText(source.content, survey, sampleBytes, options.signal)
  let shape = findShape(sample.bytes, sample.final, options, limits)
  let rows = sampleRecords(sample.bytes, sample.final, shape, limits, sampleRows)
  if (rows.length < 2 && !sample.final) {
    // Very long rows, or many blank ones.
    sample = await sampleText(source.content, survey, limits.rowBytes + sampleBytes, options.signal)
    shape = findShape(sample.bytes, sample.final, options, limits)
    rows = sampleRecords(sample.bytes, sample.final, shape, limits, sampleRows)
  }
  const [first] = rows
  const unbounded = first?.problem === 'row-too-long'
  if (first && rows.every(({ cells }) => cells.length > limits.columns))
    throw limitError(source.name, 'columns', first.cells.length, limits, unbounded || first.cells.length > sampleColumns)
  if (unbounded) throw limitError(source.name, 'rowBytes', limits.rowBytes, limits, true)
  const header = chooseHeader(source.name, rows, options)
  if (header.cells.length > limits.columns) throw limitError(source.name, 'columns', header.cells.length, limits)
  if (options.delimiter === undefined && options.headerRow === undefined) checkTable(source.name, header)
  // A word that is not ASCII says more about the encoding than any other.
  const telling = rows.flatMap(({ cells }) => cells).find((cell) => /\P{ASCII}/u.test(cell) && !cell.includes('\ufffd'))
  const example = telling ?? survey.detected.example ?? header.cells.find((cell) => cell.trim() !== '')
  if (example) survey.detected.example = example.trim().slice(0, 60)
  return { survey, shape, header, preamble: rows.filter(({ row, cells }) => row < header.row && cells.some((cell) => cell.trim() !== '')) }
}

/** Reads a delimited file into a Parquet file of text columns and one of rejects. */
export async function stageCsv(source: PlainSource, stage: Stage): Promise<StagedFile> {
  const { options, limits, warehouse } = stage
  const { signal } = options
  const reading = await detectCsv(source, options, limits, () => stage.progress(0.05, 0))
  const { survey, shape, header } = reading
  const names = uniqueNames(header.cells)
  const width = names.length
  const plain = new PlainFile(stage.temporary())
  const rejects = new Rejects(stage.temporary())
  try {
    const examples = names.map((): string[] => [])
    let rows = 0
    let blank = 0
    let firstBlank = 0
    let longest = 0
    let missingExamples = width
    const scanner = new CsvScanner(shape, limits)
    scanner.expectedFields = width
    const footer = new FooterWatch(width, rejects)
    let headerBytes: Buffer = Buffer.alloc(0)
    scanner.onFull = (kept) => plain.writeBytes(kept)
    const listener = (s: CsvScanner) => {
      if (s.row < header.row && isBlank(s) && blank++ === 0) firstBlank = s.row
      if (s.row <= header.row) {
        if (s.row === header.row) headerBytes = Buffer.from(s.out.subarray(s.from, s.to))
        s.to = s.from
        return
      }
      if (isBlank(s)) {
        if (blank++ === 0) firstBlank = s.row
        s.to = s.from
        return
      }
      const { fields } = s
      if (mayBeFooter(s, width) && footer.isFooter(s.row, s.cells())) {
        s.to = s.from
        return
      }
      footer.dataFollows()
      if (s.problem !== 'none' || fields !== width || s.suspect || s.to - s.from > limits.cellBytes) {
        if (!isSound(s, width, names, limits, rejects)) {
          s.to = s.from
          return
        }
        s.to = s.ends[width - 1]
      }
      if (s.to - s.from === headerBytes.length && headerBytes.equals(s.out.subarray(s.from, s.to))) {
        rejects.add({ row: s.row, column: null, value: s.cells().join(' | '), reason: 'header-repeated', expected: 'a data row' })
        s.to = s.from
        return
      }
      rows++
      if (rows > limits.rows) throw limitError(source.name, 'rows', rows, limits)
      if (missingExamples > 0 && rows <= 1000) missingExamples -= addExamples(s, examples)
      let to = s.to
      s.out[to++] = unitSeparator
      to = writeNumber(s.out, to, s.row)
      s.out[to++] = 10
      if (to - s.from > longest) longest = to - s.from
      s.to = to
    }
    await scanCsv(source.content, survey, scanner, listener, signal, (bytes) => stage.progress(0.1 + (0.4 * bytes) / survey.bytes, rows))
    plain.writeBytes(scanner.out.subarray(0, scanner.from))
    plain.close()
    const columns = names.map((_, i) => `c${i + 1}`)
    const values: Sql[] = columns.map((column, i) => sql`${scanner.escaped[i] ? decoded(id(column)) : id(column)} as ${id(column)}`)
    await warehouse.save(
      sql`select cast("row" as bigint) as "row", ${join(values)} from ${plainRecords(plain.path, [...columns, 'row'], longest)}`,
      stage.parquet,
      { signal, rowGroupRows: rowGroupRows(width), onProgress: (fraction) => stage.progress(0.5 + 0.5 * fraction, rows) },
    )
    await rejects.save(warehouse, stage.rejects, signal)
    const detected: Detected[] = [survey.detected, ...describe(reading, scanner)]
    if (blank > 0) detected.push({ what: 'empty rows', value: `${blank} left out`, example: `row ${firstBlank}` })
    const dropped = footer.finish()
    if (dropped) detected.push(dropped)
    return {
      name: source.name,
      path: source.outer,
      bytes: survey.bytes,
      sha256: survey.sha256,
      format: 'csv',
      detected,
      columns: names.map((name, i) => ({ name, examples: examples[i] })),
      rows,
      parquet: stage.parquet,
      rejects: stage.rejects,
      rejected: rejects.count,
    }
  } finally {
    await plain.drop()
    await rejects.drop()
  }
}

/** Runs a scanner over a file from its start. */
export async function scanCsv(
  path: string,
  survey: Survey,
  scanner: CsvScanner,
  listener: (scanner: CsvScanner) => void,
  signal?: AbortSignal,
  onBytes?: (bytes: number) => void,
): Promise<void> {
  let buffer = Buffer.allocUnsafe(2 * sampleBytes)
  let length = 0
  for await (const chunk of readText(path, survey.encoding, survey.bom, signal, onBytes)) {
    if (buffer.length < length + chunk.length) {
      const larger = Buffer.allocUnsafe(2 * (length + chunk.length))
      buffer.copy(larger, 0, 0, length)
      buffer = larger
    }
    buffer.set(chunk, length)
    length += chunk.length
    const used = scanner.scan(buffer, length, false, listener)
    buffer.copyWithin(0, used, length)
    length -= used
  }
  scanner.scan(buffer, length, true, listener)
}

async function sampleText(path: string, survey: Survey, most: number, signal?: AbortSignal): Promise<{ bytes: Buffer; final: boolean }> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of readText(path, survey.encoding, survey.bom, signal)) {
    chunks.push(Buffer.from(chunk))
    size += chunk.length
    if (size >= most) return { bytes: Buffer.concat(chunks), final: false }
  }
  return { bytes: Buffer.concat(chunks), final: true }
}

/** The first records that hold something. */
function sampleRecords(bytes: Buffer, final: boolean, shape: CsvShape, limits: Limits, most: number): SampleRow[] {
  const rows: SampleRow[] = []
  const scanner = new CsvScanner(shape, { ...limits, columns: sampleColumns })
  class Enough extends Error {}
  try {
    scanner.scan(bytes, bytes.length, final, (s) => {
      if (!isBlank(s)) rows.push({ row: s.row, cells: s.cells(), ...(s.problem === 'none' ? {} : { problem: s.problem }) })
      s.to = s.from
      if (rows.length >= most) throw new Enough()
    })
  } catch (error) {
    if (!(error instanceof Enough)) throw error
  }
  return rows
}

/** The delimiter under which most rows have the same number of cells, and how it quotes. */
function findShape(bytes: Buffer, final: boolean, options: ReadOptions, limits: Limits): CsvShape {
  const candidates =
    options.delimiter === undefined ? Object.keys(delimiters).map((text) => text.charCodeAt(0)) : [byteOf(options.delimiter)]
  let best: { shape: CsvShape; score: number; rows: SampleRow[] } | undefined
  for (const delimiter of candidates) {
    const shape = { delimiter, quote: 34, escape: 0 }
    const rows = sampleRecords(bytes, final, shape, limits, 200)
    const score = scoreOf(rows)
    if (!best || score > best.score) best = { shape, score, rows }
  }
  const { shape, score, rows } = best as NonNullable<typeof best>
  // Apostrophes quote when a row has every cell in them; backslashes escape when the rows come out better for it.
  const alternatives: CsvShape[] = []
  const enclosed = ({ cells }: SampleRow) => cells.length > 1 && cells.every((cell) => /^\s*'.*'\s*$/.test(cell))
  if (rows.slice(0, 30).some(enclosed)) alternatives.push({ ...shape, quote: 39 })
  if (bytes.includes('\\"')) alternatives.push({ ...shape, escape: 92 })
  return (
    alternatives.find((other) => scoreOf(sampleRecords(bytes, final, other, limits, 200)) >= score + (other.escape ? 1e-9 : 0)) ?? shape
  )
}

function scoreOf(rows: SampleRow[]): number {
  const counts = new Map<number, number>()
  for (const { cells, problem } of rows) if (cells.length > 1 && !problem) counts.set(cells.length, (counts.get(cells.length) ?? 0) + 1)
  let score = 0
  for (const [width, count] of counts) score = Math.max(score, (count / rows.length) ** 2 * Math.min(width, 4) + width / 10_000)
  return score
}

function byteOf(delimiter: string): number {
  const text = /^(tab|\\t)$/i.test(delimiter) ? '\t' : delimiter
  if (!/^[\t -~]$/.test(text) || /["a-zA-Z0-9]/.test(text))
    throw new UsageError('read.delimiter', `the delimiter must be one character; got ${JSON.stringify(delimiter)}`, {
      hint: 'Such as a comma, a semicolon, a bar or tab.',
    })
  return text.charCodeAt(0)
}

/** Whether a record holds nothing, or nothing but blanks where there should be several cells. */
function isBlank(s: CsvScanner): boolean {
  if (s.problem !== 'none') return false
  return s.filled === 0 || (s.fields === 1 && s.out[s.from] <= 32 && s.out.toString('utf8', s.from, s.to).trim() === '')
}

/** A quick look that saves the close one for almost every record. */
function mayBeFooter(s: CsvScanner, width: number): boolean {
  if (s.problem !== 'none' || s.fields > width + 1) return false
  if (s.filled === 1 || 2 * s.filled <= width) return true
  return width <= 3 && (s.filled < width || (width === 2 && s.out[s.from] > 57))
}

/** Looks closely at a record that is not plainly good; rejects it with its reason, or says that it will do. */
function isSound(s: CsvScanner, width: number, names: string[], limits: Limits, rejects: Rejects): boolean {
  const reject = (reason: string, expected: string, column: string | null) => {
    const raw = Buffer.from(s.input.subarray(s.inputFrom, Math.min(s.inputTo, s.inputFrom + 1000))).toString()
    rejects.add({ row: s.row, column, value: raw, reason, expected })
    return false
  }
  const column = names[s.problemField] ?? null
  if (s.problem === 'quote-broken') return reject('quote-broken', 'a delimiter or the end of the row behind a closing quote', column)
  if (s.problem === 'quote-unclosed') return reject('quote-unclosed', 'a closing quote', column)
  if (s.problem === 'row-too-long') return reject('row-too-long', `at most ${limits.rowBytes} bytes in a row`, column)
  if (s.problem === 'nul-byte') return reject('nul-byte', 'text without NUL bytes', column)
  if (!s.isValid()) return reject('invalid-encoding', 'text in the encoding of the file', names[firstBroken(s)] ?? null)
  if (s.fields < width) return reject('row-too-short', `${width} cells, got ${s.fields}`, names[s.fields] ?? null)
  // Nothing but delimiters behind the last column is no harm.
  if (s.fields > width && s.to - s.ends[width - 1] > s.fields - width)
    return reject('row-too-wide', `${width} cells, got ${s.fields}`, null)
  for (let f = 0, at = s.from; f < width; f++) {
    if (s.ends[f] - at > limits.cellBytes) return reject('cell-too-long', `at most ${limits.cellBytes} bytes in a cell`, names[f])
    at = s.ends[f] + 1
  }
  return true
}

/** The first field that is not UTF-8. */
function firstBroken(s: CsvScanner): number {
  let at = s.from
  for (let f = 0; f < Math.min(s.fields, s.ends.length); f++) {
    if (!isUtf8(s.out.subarray(at, s.ends[f]))) return f
    at = s.ends[f] + 1
  }
  return -1
}

/** Adds the record's cells to examples that are not complete; returns how many columns became complete. */
function addExamples(s: CsvScanner, examples: string[][]): number {
  let complete = 0
  for (let f = 0, at = s.from; f < examples.length; f++) {
    const found = examples[f]
    if (found.length < 3 && s.ends[f] > at) {
      const text = decodeCell(s.out.toString('utf8', at, Math.min(s.ends[f], at + 400))).slice(0, 100)
      if (text.trim() !== '' && !found.includes(text)) {
        found.push(text)
        if (found.length === 3) complete++
      }
    }
    at = s.ends[f] + 1
  }
  return complete
}

function writeNumber(out: Uint8Array, at: number, value: number): number {
  let digits = 1
  for (let power = 10; value >= power; power *= 10) digits++
  let rest = value
  for (let i = at + digits - 1; i >= at; i--) {
    const next = Math.floor(rest / 10)
    out[i] = 48 + (rest - next * 10)
    rest = next
  }
  return at + digits
}

function describe({ shape, header, preamble }: CsvReading, scanner: CsvScanner): Detected[] {
  const delimiter = String.fromCharCode(shape.delimiter)
  const found: Detected[] = [
    { what: 'delimiter', value: delimiters[delimiter] ?? delimiter, example: header.cells.slice(0, 3).join(delimiter) },
    { what: 'quotes', value: quotesOf(shape, scanner) },
    { what: 'line ends', value: lineEndsOf(scanner) },
    { what: 'header row', value: String(header.row), example: uniqueNames(header.cells).slice(0, 4).join(', ') },
  ]
  if (preamble.length > 0)
    found.push({
      what: 'preamble',
      value: `${counted(preamble.length, 'row')} above the header`,
      example: preamble[0].cells.join(' ').trim().slice(0, 80),
    })
  if (scanner.strayQuotes > 0)
    found.push({
      what: 'stray quotes',
      value: `${counted(scanner.strayQuotes, 'quote')} inside cells that are not quoted, kept as text`,
      example: `row ${scanner.firstStrayRow}`,
    })
  if (scanner.marks > 0)
    found.push({ what: 'byte order marks', value: `${scanner.marks} inside the file, left out: it was joined from several` })
  return found
}

function quotesOf(shape: CsvShape, scanner: CsvScanner): string {
  if (scanner.quotedFields === 0) return 'none'
  const quote = shape.quote === 39 ? 'apostrophes' : 'double quotes'
  const escaping = shape.escape ? ', escaped by a backslash inside' : ''
  const breaks = scanner.quotedBreaks > 0 ? `, ${counted(scanner.quotedBreaks, 'line break')} inside` : ''
  return `${quote} around ${counted(scanner.quotedFields, 'cell')}${escaping}${breaks}`
}

function lineEndsOf({ lineEnds: { lf, crlf, cr } }: CsvScanner): string {
  const kinds = [
    { name: 'LF', count: lf },
    { name: 'CR LF', count: crlf },
    { name: 'CR', count: cr },
  ].filter(({ count }) => count > 0)
  if (kinds.length > 1) return `mixed: ${kinds.map(({ name, count }) => `${count} ${name}`).join(', ')}`
  return kinds[0]?.name ?? 'none'
}
