import { isUtf8 } from 'node:buffer'

/**
 * Finds the records of delimited text, byte by byte, as RFC 4180 has them and as real files bend it.
 *
 * It reads UTF-8 and writes each record into `out` in a plain form that needs no quoting: fields parted by US (0x1F), with line breaks,
 * US and RS inside a value written as RS (0x1E) and a letter. The listener sees each record when it ends and keeps it or lets it go.
 * One pass, no object per field: ten million lines take seconds.
 *
 * - A quote opens a quoted field only as the first byte of a field; elsewhere it is text.
 * - Line ends are LF, CR LF and CR.
 * - When quoting is broken (text behind a closing quote, no closing quote before the end or the row limit), the record is given up at
 *   its first line end and reading goes on with the next line: one bad quote costs one line, not the rest of the file.
 */
export interface CsvShape {
  delimiter: number
  /** Byte of the quote, 0 for none. */
  quote: number
  /** Byte that escapes a quote inside a quoted field, 0 when quotes are doubled. */
  escape: number
}

export type CsvProblem = 'none' | 'quote-broken' | 'quote-unclosed' | 'nul-byte' | 'row-too-long'

/** Told each record; the scanner's fields describe it while the call lasts. */
export type RecordListener = (scanner: CsvScanner) => void

export const unitSeparator = 0x1f
export const recordSeparator = 0x1e

// Kinds of bytes; those that end a field come first.
const TEXT = 0
const DELIMITER = 1
const LF = 2
const CR = 3
const NUL = 4
const CONTROL = 5
const QUOTE = 6
const ESCAPE = 7
const maxRewinds = 100_000

export class CsvScanner {
  /** Encoded records; the listener owns what lies before `from`. */
  out: Buffer
  /** Where the record starts in `out` and where it ends. The listener sets `to` to what it wants kept: `from` drops the record. */
  from = 0
  to = 0
  /** Number of the record, from 1, as a spreadsheet counts rows: blank lines count, a quoted line break does not. */
  row = 0
  /** Physical line on which the record starts, from 1. */
  line = 1
  fields = 0
  /** Fields that hold something. */
  filled = 0
  /** Ends of the fields in `out`, for as many as there is room for. */
  readonly ends: Uint32Array
  problem: CsvProblem = 'none'
  /** Field of the problem, from 0. */
  problemField = 0
  /** The record's bytes in the input, without its line end. */
  input: Uint8Array = new Uint8Array(0)
  inputFrom = 0
  inputTo = 0
  /** True when a record may hold bytes that are not UTF-8; {@link isValid} then looks. */
  suspect = false

  /** Fields in which something had to be escaped: their values must be decoded. */
  readonly escaped: Uint8Array
  strayQuotes = 0
  firstStrayRow = 0
  lineEnds = { lf: 0, crlf: 0, cr: 0 }
  quotedFields = 0
  quotedBreaks = 0
  /** Byte order marks at the start of records. */
  marks = 0
  private rewinds = 0
  private skipping = false
  private skippingQuoted = false
  /** Fields that a record should have, once known: tells a quote that was forgotten from a text that is too long. */
  expectedFields = 0

  private readonly plain: Uint8Array
  private readonly quoted: Uint8Array
  private readonly shape: CsvShape
  private readonly rowBytes: number

  constructor(shape: CsvShape, limits: { columns: number; rowBytes: number }) {
    this.shape = shape
    this.rowBytes = limits.rowBytes
    this.ends = new Uint32Array(limits.columns + 1)
    this.escaped = new Uint8Array(limits.columns + 2)
    this.out = Buffer.allocUnsafe(16 * 1024)
    this.plain = table(shape, false)
    this.quoted = table(shape, true)
  }

  /** Whether the current record is UTF-8 throughout. */
  isValid(): boolean {
    return !this.suspect || isUtf8(this.input.subarray(this.inputFrom, this.inputTo))
  }

  /**
   * Scans `input[0..length)`, which must start at a record; returns how many bytes were used up. What is left is an unfinished record:
   * hand it in again with more behind it, or with `final` when there is no more.
   */
  scan(input: Uint8Array, length: number, final: boolean, listener: RecordListener): number {
    const { plain, quoted, ends, escaped } = this
    const { quote } = this.shape
    const columns = ends.length - 1
    this.input = input
    this.suspect = !isUtf8(input.subarray(0, final ? length : wholeCharacters(input, length)))
    let i = 0
    if (this.skippingQuoted) {
      for (;;) {
        const next = input.subarray(0, length).indexOf(quote, i)
        this.line += breaksIn(input, i, next < 0 ? length : next)
        if (next < 0) return length
        i = next
        if (i + 1 === length && !final) return i
        if (input[i + 1] !== quote) break
        i += 2
      }
      this.skippingQuoted = false
      this.skipping = true
    }
    if (this.skipping) {
      while (i < length && input[i] !== 10 && input[i] !== 13) i++
      if (i === length) return length
      if (input[i] === 13 && i + 1 === length && !final) return i
      i += input[i] === 13 && input[i + 1] === 10 ? 2 : 1
      this.line++
      this.skipping = false
    }
    while (i < length) {
      const start = i
      let marks = 0
      if (input[i] === 0xef && input[i + 1] === 0xbb && input[i + 2] === 0xbf && i + 2 < length) {
        // A byte order mark inside the file: where files were joined.
        i += 3
        marks = 1
      }
      // Escaping at most doubles a byte; the listener adds a row number.
      this.makeRoom(2 * Math.min(length - i, this.rowBytes + 2) + 64)
      const out = this.out
      let o = this.from
      const limit = start + this.rowBytes
      const end = Math.min(limit, length)
      let field = 0
      let filled = 0
      let fieldFrom = o
      let breaks = 0
      let firstBreak = 0
      let problem: CsvProblem = 'none'
      let problemField = 0
      let done = false
      let inQuotes = false
      let strays = 0
      let quotedFields = 0
      let to = 0

      record: for (;;) {
        // At the start of a field.
        if (quote !== 0 && i < end && input[i] === quote) {
          inQuotes = true
          i++
          for (;;) {
            if (i >= end) break record
            const b = input[i]
            const kind = quoted[b]
            if (kind === TEXT) {
              out[o++] = b
              i++
            } else if (kind === QUOTE) {
              if (i + 1 < length) {
                if (input[i + 1] === quote) {
                  out[o++] = quote
                  i += 2
                  continue
                }
              } else if (!final) {
                break record
              }
              i++
              break
            } else if (kind === ESCAPE) {
              if (i + 1 >= length) {
                if (!final) break record
                out[o++] = b
                i++
              } else if (input[i + 1] === quote || input[i + 1] === b) {
                out[o++] = input[i + 1]
                i += 2
              } else {
                out[o++] = b
                i++
              }
            } else if (kind === NUL) {
              if (problem === 'none') {
                problem = 'nul-byte'
                problemField = field
              }
              i++
            } else {
              if (kind === LF || kind === CR) {
                if (kind === CR) {
                  if (i + 1 >= length && !final) break record
                  if (input[i + 1] === 10) {
                    // CR LF inside quotes is one line break, kept as it is.
                    out[o++] = recordSeparator
                    out[o++] = 114
                    i++
                  }
                }
                breaks++
                if (firstBreak === 0) firstBreak = i + 1
              }
              out[o++] = recordSeparator
              out[o++] = letter(input[i])
              if (field <= columns) escaped[field] = 1
              i++
            }
          }
          // Behind the closing quote: blanks are forgiven, anything else is broken quoting.
          let next = i
          while (next < length && input[next] === 32) next++
          if (next >= length && !final) break
          const after = next < length ? plain[input[next]] : LF
          if (after !== DELIMITER && after !== LF && after !== CR) {
            problem = 'quote-broken'
            problemField = field
            break
          }
          i = next
          inQuotes = false
          quotedFields++
        } else {
          for (;;) {
            if (i >= end) break
            const b = input[i]
            const kind = plain[b]
            if (kind === TEXT) {
              out[o++] = b
              i++
            } else if (kind <= CR) {
              break
            } else if (kind === QUOTE) {
              strays++
              out[o++] = b
              i++
            } else if (kind === NUL) {
              if (problem === 'none') {
                problem = 'nul-byte'
                problemField = field
              }
              i++
            } else {
              out[o++] = recordSeparator
              out[o++] = letter(b)
              if (field <= columns) escaped[field] = 1
              i++
            }
          }
        }
        // At the end of a field.
        if (o > fieldFrom) filled++
        if (field <= columns) ends[field] = o
        field++
        if (i >= length) {
          if (final) {
            to = i
            done = true
          }
          break
        }
        if (i >= end) break
        const kind = plain[input[i]]
        if (kind === DELIMITER) {
          out[o++] = unitSeparator
          fieldFrom = o
          i++
          continue
        }
        to = i
        if (kind === LF) {
          i++
          this.lineEnds.lf++
        } else {
          if (i + 1 >= length && !final) break
          if (input[i + 1] === 10) {
            i += 2
            this.lineEnds.crlf++
          } else {
            i++
            this.lineEnds.cr++
          }
        }
        done = true
        break
      }

      if (!done && problem !== 'quote-broken') {
        if (length - start < this.rowBytes && !final) return start
        problem = inQuotes && (final || firstBreak > 0) ? 'quote-unclosed' : 'row-too-long'
        problemField = inQuotes ? field : field - 1
      }
      if (!done) {
        // Give the record up at its first line end.
        const tooLong = problem === 'quote-unclosed' && !final && !this.looksLikeRecords(input, firstBreak, length)
        if (tooLong) problem = 'row-too-long'
        const rewind = firstBreak > 0 && !tooLong && this.rewinds++ < maxRewinds
        let stop = rewind ? firstBreak : i
        if (rewind) {
          to = stop - (input[stop - 1] === 10 && input[stop - 2] === 13 ? 2 : 1)
        } else if (tooLong) {
          this.skippingQuoted = true
          to = stop
        } else {
          while (stop < length && input[stop] !== 10 && input[stop] !== 13) stop++
          to = stop
          if (stop >= length) {
            if (problem === 'quote-broken' && !final && length - start < this.rowBytes) return start
            this.skipping = !final
          } else if (input[stop] === 13 && stop + 1 >= length && !final) {
            if (length - start < this.rowBytes) return start
            this.skipping = true
          } else {
            stop += input[stop] === 13 && input[stop + 1] === 10 ? 2 : 1
          }
        }
        i = stop
        if (!tooLong) breaks = 0
        if (field <= columns) ends[field] = o
        field++
      }
      this.row++
      this.to = o
      this.fields = field
      this.filled = filled
      this.problem = problem
      this.problemField = problemField
      this.inputFrom = start
      this.inputTo = to
      this.quotedBreaks += breaks
      this.quotedFields += quotedFields
      this.marks += marks
      if (strays > 0 && this.strayQuotes === 0) this.firstStrayRow = this.row
      this.strayQuotes += strays
      listener(this)
      this.from = this.to
      this.line += breaks + (this.skipping || this.skippingQuoted ? 0 : 1)
      if (this.skippingQuoted) return i + this.scan(input.subarray(i, length), length - i, final, listener)
    }
    return i
  }

  /** The cells of the current record as text. */
  cells(): string[] {
    const cells: string[] = []
    const count = Math.min(this.fields, this.ends.length)
    for (let f = 0, at = this.from; f < count; f++) {
      cells.push(decodeCell(this.out.toString('utf8', at, this.ends[f])))
      at = this.ends[f] + 1
    }
    return cells
  }

  /** Called by the listener's owner when `out` fills: takes what was kept out of it. */
  onFull: (kept: Buffer) => void = () => undefined

  /** Whether the lines from `at` on are records of the table, or the text of a cell. */
  private looksLikeRecords(input: Uint8Array, at: number, length: number): boolean {
    if (this.expectedFields === 0) return true
    let lines = 0
    let records = 0
    for (let i = at; lines < 20 && i < length; lines++) {
      let fields = 1
      for (; i < length && input[i] !== 10 && input[i] !== 13; i++) if (input[i] === this.shape.delimiter) fields++
      if (fields === this.expectedFields) records++
      i++
    }
    return 2 * records >= lines
  }

  private makeRoom(bytes: number): void {
    if (this.out.length - this.from >= bytes) return
    this.onFull(this.out.subarray(0, this.from))
    this.from = 0
    // Large only for large files.
    if (this.out.length < bytes) this.out = Buffer.allocUnsafe(bytes < 256 * 1024 ? 2 * bytes : bytes + 6 * 1024 * 1024)
  }
}

// Built from text because control characters do not show in a pattern.
const escapes = new RegExp(`${String.fromCharCode(recordSeparator)}([nrus])`, 'g')
const special = new RegExp(`[\\n\\r${String.fromCharCode(recordSeparator, unitSeparator)}]`, 'g')
const characters: Record<string, string> = { n: '\n', r: '\r', u: '\x1f', s: '\x1e' }

/** Undoes the escapes of the plain form. */
export function decodeCell(text: string): string {
  return text.includes('\x1e') ? text.replace(escapes, (_, code: string) => characters[code]) : text
}

/** Writes a cell in the plain form. */
export function encodeCell(text: string): string {
  return text.replace(special, (character) => `\x1e${String.fromCharCode(letter(character.charCodeAt(0)))}`)
}

function letter(byte: number): number {
  return byte === 10 ? 110 : byte === 13 ? 114 : byte === unitSeparator ? 117 : 115
}

function breaksIn(input: Uint8Array, from: number, to: number): number {
  let breaks = 0
  for (let i = from; i < to; i++) if (input[i] === 10) breaks++
  return breaks
}

function table(shape: CsvShape, inQuotes: boolean): Uint8Array {
  const kinds = new Uint8Array(256)
  kinds[0] = NUL
  kinds[10] = LF
  kinds[13] = CR
  kinds[recordSeparator] = CONTROL
  kinds[unitSeparator] = CONTROL
  if (shape.quote) kinds[shape.quote] = QUOTE
  if (inQuotes && shape.escape) kinds[shape.escape] = ESCAPE
  if (!inQuotes) kinds[shape.delimiter] = DELIMITER
  return kinds
}

/** Length without a character that is cut off at the end. */
function wholeCharacters(input: Uint8Array, length: number): number {
  for (let back = 1; back <= 3 && back <= length; back++) {
    const byte = input[length - back]
    if (byte < 0x80) return length
    if (byte >= 0xc0) return byte >= (back === 1 ? 0xc0 : back === 2 ? 0xe0 : 0xf0) ? length - back : length
  }
  return length
}
