import { AppError } from '../../../shared/errors.ts'
import { id, join, type Sql, sql } from '../../sql.ts'
import { readText, type Survey, surveyText } from './encoding.ts'
import { uniqueNames } from './header.ts'
import { JsonError, readJsonRecord } from './json-record.ts'
import { type JsonItem, JsonSplitter } from './json-splitter.ts'
import { limitError } from './limits.ts'
import type { PlainSource, Stage } from './stage.ts'
import { decoded, PlainFile, plainRecords, Rejects, rowGroupRows } from './staging.ts'
import type { Detected, ReadOptions, StagedFile } from './types.ts'

/** How a JSON file holds its records. */
export interface JsonLayout {
  mode: 'lines' | 'list' | 'stream'
  base: number
  title: string
}

/** Reads JSON lines, a JSON list, or objects one after another into Parquet files of text columns and of rejects. */
export async function stageJson(source: PlainSource, stage: Stage): Promise<StagedFile> {
  const { limits, options, warehouse } = stage
  const { signal } = options
  const { survey, layout } = await detectJson(source, options, () => stage.progress(0.05, 0))
  const plain = new PlainFile(stage.temporary())
  const rejects = new Rejects(stage.temporary())
  try {
    const columns = new Map<string, number>()
    const examples: string[][] = []
    let rows = 0
    let blank = 0
    let longest = 0
    const record: (string | null)[] = []
    const onItem = (item: JsonItem) => {
      const reject = (reason: string, expected: string, column: string | null = null, value = item.start) =>
        rejects.add({ row: item.row, column, value, reason, expected })
      if (item.text === null) {
        const expected = { 'row-too-long': `at most ${limits.rowBytes} bytes in a row`, 'nul-byte': 'text without NUL bytes' }
        reject(item.problem ?? 'json-broken', expected[item.problem as keyof typeof expected] ?? 'text in the encoding of the file')
        return
      }
      if (item.text.trim() === '') {
        blank++
        return
      }
      record.fill(null)
      record[0] = String(item.row)
      let size = 24
      let filled = 0
      let tooLong: string | null = null
      try {
        readJsonRecord(item.text, limits.jsonDepth, (path, value) => {
          let column = columns.get(path)
          if (column === undefined) {
            column = columns.size + 1
            if (column > limits.columns) throw limitError(source.name, 'columns', column, limits)
            columns.set(path, column)
            examples.push([])
            while (record.length <= column) record.push(null)
          }
          record[column] = value
          if (!value) return
          filled++
          size += 2 * Buffer.byteLength(value) + 1
          if (value.length > limits.cellBytes) tooLong = path
          const seen = examples[column - 1]
          if (rows < 1000 && seen.length < 3 && !seen.includes(value)) seen.push(value.slice(0, 100))
        })
      } catch (error) {
        if (!(error instanceof JsonError)) throw error
        if (error.reason === 'json-broken' && layout.mode !== 'lines') throw broken(source.name, item.line, error)
        reject(error.reason, error.expected, error.path?.replace(/\.$/, '') ?? null, around(item.text, error.at))
        return
      }
      if (tooLong !== null) return void reject('cell-too-long', `at most ${limits.cellBytes} bytes in a cell`, tooLong)
      if (filled === 0) {
        blank++
        return
      }
      rows++
      if (rows > limits.rows) throw limitError(source.name, 'rows', rows, limits)
      longest = Math.max(longest, size + columns.size)
      plain.writeRow(record)
    }
    await splitJson(source.content, survey, layout, limits.rowBytes, onItem, signal, (bytes) =>
      stage.progress(0.1 + (0.4 * bytes) / survey.bytes, rows),
    ).then((whole) => {
      if (!whole) throw cutOff(source.name)
    })
    plain.close()
    if (columns.size === 0 && rejects.count === 0)
      throw new AppError('read.empty', `${source.name}: the file holds no records`, { hint: 'Export it again.' })
    const paths = [...columns.keys()]
    const names = uniqueNames(paths)
    const keys = names.map((_, i) => `c${i + 1}`)
    const values: Sql[] = keys.map((key) => sql`${decoded(id(key))} as ${id(key)}`)
    await warehouse.save(
      sql`select cast("row" as bigint) as "row"${values.length > 0 ? sql`, ${join(values)}` : sql``} from ${plainRecords(plain.path, ['row', ...keys], longest)}`,
      stage.parquet,
      { signal, rowGroupRows: rowGroupRows(names.length), onProgress: (fraction) => stage.progress(0.5 + 0.5 * fraction, rows) },
    )
    await rejects.save(warehouse, stage.rejects, signal)
    const detected: Detected[] = [survey.detected, { what: 'layout', value: layout.title, example: names.slice(0, 4).join(', ') }]
    if (blank > 0) detected.push({ what: 'empty rows', value: `${blank} left out` })
    return {
      name: source.name,
      path: source.outer,
      bytes: survey.bytes,
      sha256: survey.sha256,
      format: layout.mode === 'lines' ? 'jsonl' : 'json',
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

/** Encoding and layout of a JSON file. */
export async function detectJson(
  source: PlainSource,
  options: ReadOptions,
  onBytes?: () => void,
): Promise<{ survey: Survey; layout: JsonLayout }> {
  const survey = await surveyText(source.content, {
    name: source.name,
    encoding: options.encoding,
    signal: options.signal,
    ...(onBytes ? { onBytes } : {}),
  })
  let head = ''
  for await (const chunk of readText(source.content, survey.encoding, survey.bom, options.signal)) {
    head += Buffer.from(chunk).toString('utf8')
    break
  }
  return { survey, layout: layoutOf(head) }
}

/** Runs a splitter over a file; false when it ends within a record. */
export async function splitJson(
  path: string,
  survey: Survey,
  layout: JsonLayout,
  most: number,
  onItem: (item: JsonItem) => void,
  signal?: AbortSignal,
  onBytes?: (bytes: number) => void,
): Promise<boolean> {
  const splitter = new JsonSplitter(layout.mode, most, onItem, layout.base)
  for await (const chunk of readText(path, survey.encoding, survey.bom, signal, onBytes)) splitter.feed(chunk)
  return splitter.end()
}

function layoutOf(head: string): JsonLayout {
  if (/^\s*\[/.test(head)) return { mode: 'list', base: 1, title: 'a list of objects' }
  const firstLine = head.slice(0, head.search(/\r?\n|$/))
  const wrapped = /^\s*\{\s*"([^"\\]{1,100})"\s*:\s*\[\s*\{/.exec(head)
  if (wrapped && !isRecord(firstLine)) return { mode: 'list', base: 2, title: `the list "${wrapped[1]}"` }
  if (wrapped && !/\n\s*\S/.test(head)) return { mode: 'list', base: 2, title: `the list "${wrapped[1]}"` }
  // An object that spans lines is not JSON lines, unless its first line is simply broken: then the second starts an object again.
  if (isRecord(firstLine) || /^[^\n]*\n\s*\{"/.test(head)) return { mode: 'lines', base: 0, title: 'one object a line' }
  return { mode: 'stream', base: 0, title: 'objects one after another' }
}

function isRecord(line: string): boolean {
  try {
    readJsonRecord(line, 1000, () => undefined)
    return true
  } catch {
    return false
  }
}

function around(text: string, at: number): string {
  const from = Math.max(0, at - 60)
  return `${from > 0 ? '\u2026' : ''}${text.slice(from, at + 60)}`
}

function broken(name: string, line: number, error: JsonError): AppError {
  return new AppError(
    'read.json-broken',
    `${name}: the JSON is broken in the record that starts on line ${line}: ${error.expected} expected`,
    {
      hint: 'Export it again, if possible as JSON lines or CSV: there a broken row costs that row alone.',
      problems: [{ file: name, line, message: `${error.expected} expected` }],
    },
  )
}

function cutOff(name: string): AppError {
  return new AppError('read.damaged', `${name}: the file is damaged: its JSON ends in the middle of a record`, {
    hint: 'It was probably cut off on its way: fetch or export it again.',
  })
}
