import { isUtf8 } from 'node:buffer'

/** A value of a JSON file: where it starts and its text; `text` is null where it is not UTF-8 or longer than allowed. */
export interface JsonItem {
  /** JSON lines: the line. A list: the number of the element. From 1. */
  row: number
  line: number
  text: string | null
  /** Why there is no text. */
  problem?: 'invalid-encoding' | 'row-too-long' | 'nul-byte'
  /** Its beginning, for a message. */
  start: string
}

/**
 * Cuts a JSON file into its records without holding more than one: the lines of JSON lines, the elements of a list, or objects that
 * simply follow one another. `feed` takes UTF-8 in chunks of any size; `end` says whether the file was whole.
 */
export class JsonSplitter {
  private readonly mode: 'lines' | 'list' | 'stream'
  private readonly most: number
  private readonly onItem: (item: JsonItem) => void
  private pending: Buffer = Buffer.alloc(0)
  private row = 0
  private line = 1
  private lineAtStart = 1
  private oversize = false
  // State of `list` and `stream`.
  private depth = 0
  private inText = false
  private escaped = false
  private closed = false
  private scanned = 0
  private readonly base: number

  /** For `list`, `base` is the depth at which the elements lie: 1 for `[...]`, 2 for `{"orders": [...]}`. */
  constructor(mode: 'lines' | 'list' | 'stream', most: number, onItem: (item: JsonItem) => void, base = 1) {
    this.mode = mode
    this.most = most
    this.onItem = onItem
    this.base = mode === 'stream' ? 0 : base
  }

  feed(chunk: Uint8Array): void {
    if (this.mode === 'lines') this.feedLines(chunk)
    else this.feedNested(chunk)
  }

  /** True when nothing was left open. */
  end(): boolean {
    if (this.mode === 'lines') {
      if (this.pending.length > 0 || this.oversize) this.lineDone(this.pending)
      this.pending = Buffer.alloc(0)
      return true
    }
    const left = this.pending.toString('utf8').trim()
    if (left !== '' && this.base === 0 && this.depth === 0) this.emit(this.pending)
    return this.mode === 'list' ? this.closed : this.depth === 0 && !this.inText
  }

  private feedLines(chunk: Uint8Array): void {
    let from = 0
    for (;;) {
      const to = chunk.indexOf(10, from)
      const piece = chunk.subarray(from, to < 0 ? chunk.length : to)
      if (this.pending.length + piece.length > this.most) {
        if (!this.oversize) this.pending = Buffer.concat([this.pending, piece.subarray(0, 400)]).subarray(0, 400)
        this.oversize = true
      } else if (!this.oversize && (to < 0 || this.pending.length > 0)) this.pending = Buffer.concat([this.pending, piece])
      if (to < 0) return
      this.lineDone(this.pending.length > 0 || this.oversize ? this.pending : piece)
      this.pending = Buffer.alloc(0)
      from = to + 1
    }
  }

  private lineDone(bytes: Uint8Array): void {
    this.row++
    this.lineAtStart = this.line
    this.emitBytes(bytes)
    this.line++
  }

  private feedNested(chunk: Uint8Array): void {
    const bytes = this.pending.length > 0 ? Buffer.concat([this.pending, chunk]) : chunk
    const { base } = this
    let { depth, inText, escaped } = this
    let start = this.pending.length > 0 ? 0 : -1
    let i = this.pending.length > 0 ? this.scanned : 0
    for (; i < bytes.length; i++) {
      const b = bytes[i]
      if (inText) {
        if (escaped) escaped = false
        else if (b === 92) escaped = true
        else if (b === 34) inText = false
        else if (b === 10) this.line++
        continue
      }
      if (b === 10) {
        this.line++
        continue
      }
      if (b === 32 || b === 9 || b === 13 || this.closed) continue
      if (b === 44 || b === 93) {
        if (depth === base) {
          if (start >= 0) this.emit(bytes.subarray(start, i))
          start = -1
          // What follows the list in `{"orders": [...], "page": 1}` is of no interest.
          if (b === 93 && base > 0) {
            this.closed = true
            depth = 0
          }
          continue
        }
      }
      if (start < 0 && depth === base) {
        start = i
        this.lineAtStart = this.line
      }
      if (b === 34) inText = true
      else if (b === 123 || b === 91) depth++
      else if (b === 125 || b === 93) {
        depth--
        if (depth === base && base === 0 && start >= 0) {
          this.emit(bytes.subarray(start, i + 1))
          start = -1
        }
      }
    }
    this.depth = depth
    this.inText = inText
    this.escaped = escaped
    if (start >= 0 && bytes.length - start > this.most) {
      this.pending = Buffer.from(bytes.subarray(start, start + 400))
      this.oversize = true
    } else if (!this.oversize) this.pending = start >= 0 ? Buffer.from(bytes.subarray(start)) : Buffer.alloc(0)
    if (this.oversize && start < 0) this.pending = Buffer.alloc(0)
    this.scanned = this.pending.length
  }

  private emit(bytes: Uint8Array): void {
    this.row++
    this.emitBytes(bytes)
  }

  private emitBytes(bytes: Uint8Array): void {
    const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(400, bytes.length)).toString('utf8')
    const item = { row: this.row, line: this.lineAtStart, start }
    if (this.oversize) this.onItem({ ...item, text: null, problem: 'row-too-long' })
    else if (bytes.includes(0)) this.onItem({ ...item, text: null, problem: 'nul-byte' })
    else if (!isUtf8(bytes)) this.onItem({ ...item, text: null, problem: 'invalid-encoding' })
    else this.onItem({ ...item, text: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8') })
    this.oversize = false
  }
}
