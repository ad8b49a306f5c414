import { closeSync, openSync, writeSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { AppError } from '../../../shared/errors.ts'
import type { Warehouse } from '../../port.ts'
import { type Sql, sql } from '../../sql.ts'
import { encodeCell } from './csv-scanner.ts'

/** A row, or a part of it, that could not be read. */
export interface Reject {
  row: number
  column: string | null
  value: string | null
  /** In kebab-case. */
  reason: string
  expected: string
}

/** A value as it is shown: on one line, at most 200 characters. */
export function shorten(value: string): string {
  const line = value.replace(/\p{Cc}/gu, (c) => (c === '\n' || c === '\t' || c === '\r' ? c : '\u00b7'))
  return line.length > 200 ? `${line.slice(0, 200)}\u2026` : line
}

const flushAt = 1024 * 1024

/**
 * A temporary file of records in the plain form (see csv-scanner.ts): no quotes, fields parted by US, lines by LF. The engine reads it
 * with fixed settings, in parallel, and nothing in it can be misread.
 */
export class PlainFile {
  readonly path: string
  bytes = 0
  private readonly file: number
  private waiting: string[] = []
  private size = 0
  private open = true

  constructor(path: string) {
    this.path = path
    this.file = openSync(path, 'wx', 0o600)
  }

  /** Writes records that are in the plain form already. */
  writeBytes(bytes: Uint8Array): void {
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(this.file, bytes, at)
    } catch (cause) {
      throw diskError(cause)
    }
    this.bytes += bytes.length
  }

  writeRow(cells: readonly (string | null)[]): void {
    let line = ''
    for (let c = 0; c < cells.length; c++) {
      const cell = cells[c]
      if (c > 0) line += '\x1f'
      if (cell) line += encodeCell(cell)
    }
    this.waiting.push(line)
    this.size += line.length
    if (this.size >= flushAt) this.flush()
  }

  close(): void {
    if (!this.open) return
    this.open = false
    try {
      this.flush()
    } finally {
      closeSync(this.file)
    }
  }

  /** Closes and removes it. */
  async drop(): Promise<void> {
    if (this.open) {
      this.open = false
      closeSync(this.file)
    }
    await rm(this.path, { force: true })
  }

  private flush(): void {
    if (this.waiting.length === 0) return
    this.waiting.push('')
    this.writeBytes(Buffer.from(this.waiting.join('\n')))
    this.waiting = []
    this.size = 0
  }
}

/** What a full or failing disk is called. */
export function diskError(cause: unknown): unknown {
  const code = (cause as NodeJS.ErrnoException | undefined)?.code
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new AppError('read.disk-full', 'the disk is full: the file could not be staged', {
      kind: 'internal',
      hint: 'Free some space (about three times the size of the file) and import again; nothing was changed.',
      cause,
    })
  return cause
}

/** Records of a plain file as a relation, all columns text. `longest` is the size of the longest record. */
export function plainRecords(file: string, columns: readonly string[], longest: number): Sql {
  const types = columns.flatMap((name, i) => (i === 0 ? [sql`${name}: 'VARCHAR'`] : [sql`, ${name}: 'VARCHAR'`]))
  const struct: Sql = { kind: 'sql', parts: types.flatMap((piece) => piece.parts) }
  const line = Math.max(2_097_152, longest + 1024)
  return sql`read_csv(${file}, auto_detect = false, header = false, delim = chr(31), quote = '', escape = '', comment = '', nullstr = '',
    new_line = '\\n', null_padding = true, strict_mode = true, max_line_size = ${line}, buffer_size = ${Math.max(line, 8_388_608)}, columns = {${struct}})`
}

/** Rows to a row group: a group is held in memory while it is written, so that wide tables need short ones. */
export function rowGroupRows(columns: number): number {
  return Math.max(2048, Math.min(122_880, Math.floor(4_000_000 / Math.max(1, columns) / 2048) * 2048))
}

/** A column's value with its escapes undone. */
export function decoded(column: Sql): Sql {
  return sql`replace(replace(replace(replace(${column}, chr(30) || 'n', chr(10)), chr(30) || 'r', chr(13)), chr(30) || 'u', chr(31)), chr(30) || 's', chr(30))`
}

const rejectColumns = ['row', 'column', 'value', 'reason', 'expected']

/** Collects rejects and writes them to Parquet. */
export class Rejects {
  count = 0
  private readonly file: PlainFile

  constructor(path: string) {
    this.file = new PlainFile(path)
  }

  add(reject: Reject): void {
    this.count++
    this.file.writeRow([
      String(reject.row),
      reject.column,
      reject.value === null ? null : shorten(reject.value),
      reject.reason,
      reject.expected,
    ])
  }

  async save(warehouse: Warehouse, parquet: string, signal?: AbortSignal): Promise<void> {
    this.file.close()
    const value = decoded(sql`"value"`)
    await warehouse.save(
      sql`select cast("row" as bigint) as "row", ${decoded(sql`"column"`)} as "column", ${value} as "value", "reason", ${decoded(sql`"expected"`)} as "expected"
        from ${plainRecords(this.file.path, rejectColumns, 0)}`,
      parquet,
      { signal },
    )
    await this.file.drop()
  }

  async drop(): Promise<void> {
    await this.file.drop()
  }
}
