import { type FileHandle, open } from 'node:fs/promises'
import { promisify } from 'node:util'
import { constants, crc32, createDeflateRaw, type DeflateRaw } from 'node:zlib'

interface Entry {
  name: Buffer
  offset: number
  crc: number
  compressed: number
  size: number
}

const limit = 0xffff_ffff

/**
 * A ZIP file written part by part: text goes through the compressor to the disk, so that a part may be larger than memory. Sizes are
 * written into a part's head when it is done; every date is the format's first day, so that the same content gives the same bytes.
 */
export class ZipFile {
  readonly #file: FileHandle
  readonly #entries: Entry[] = []
  #offset = 0

  private constructor(file: FileHandle) {
    this.#file = file
  }

  static async create(path: string): Promise<ZipFile> {
    return new ZipFile(await open(path, 'w'))
  }

  /** Adds a part from texts. */
  async add(name: string, texts: Iterable<string> | AsyncIterable<string>): Promise<void> {
    const entry: Entry = { name: Buffer.from(name), offset: this.#offset, crc: 0, compressed: 0, size: 0 }
    await this.#write(head(entry))
    const deflate = createDeflateRaw({ level: constants.Z_DEFAULT_COMPRESSION })
    const written = this.#drain(deflate, entry)
    // Whoever waits below for room sees a failed disk as well.
    written.catch(() => undefined)
    const end = promisify(deflate.end.bind(deflate) as (done: (error?: Error | null) => void) => void)
    try {
      for await (const text of chunks(texts)) {
        const bytes = Buffer.from(text)
        entry.crc = crc32(bytes, entry.crc)
        entry.size += bytes.length
        if (!deflate.write(bytes)) await Promise.race([new Promise((resolve) => deflate.once('drain', resolve)), written])
      }
      await end()
      await written
    } finally {
      deflate.destroy()
    }
    if (entry.size > limit || this.#offset > limit) throw new RangeError(`${name} is too large for a workbook: more than 4 GiB`)
    await this.#file.write(head(entry), 0, undefined, entry.offset)
    this.#entries.push(entry)
  }

  /** Writes the list of parts and brings everything to the disk. */
  async finish(): Promise<void> {
    const start = this.#offset
    for (const entry of this.#entries) await this.#write(listing(entry))
    const end = Buffer.alloc(22)
    end.writeUInt32LE(0x06054b50, 0)
    end.writeUInt16LE(this.#entries.length, 8)
    end.writeUInt16LE(this.#entries.length, 10)
    end.writeUInt32LE(this.#offset - start, 12)
    end.writeUInt32LE(start, 16)
    await this.#write(end)
    await this.#file.sync()
  }

  async close(): Promise<void> {
    await this.#file.close()
  }

  async #drain(deflate: DeflateRaw, entry: Entry): Promise<void> {
    for await (const bytes of deflate as AsyncIterable<Buffer>) {
      entry.compressed += bytes.length
      await this.#write(bytes)
    }
  }

  async #write(bytes: Buffer): Promise<void> {
    await this.#file.write(bytes, 0, bytes.length, this.#offset)
    this.#offset += bytes.length
  }
}

// Small texts are gathered: one write a row would cost more than the compression.
async function* chunks(texts: Iterable<string> | AsyncIterable<string>): AsyncIterable<string> {
  let gathered: string[] = []
  let length = 0
  for await (const text of texts) {
    gathered.push(text)
    length += text.length
    if (length < 65_536) continue
    yield gathered.join('')
    gathered = []
    length = 0
  }
  if (length > 0) yield gathered.join('')
}

// 1 January 1980, midnight, in the format's own writing.
const firstDay = 0x0021
// Names are UTF-8.
const utf8 = 0x0800

function head(entry: Entry): Buffer {
  const bytes = Buffer.alloc(30)
  bytes.writeUInt32LE(0x04034b50, 0)
  common(bytes, 4, entry)
  return Buffer.concat([bytes, entry.name])
}

function listing(entry: Entry): Buffer {
  const bytes = Buffer.alloc(46)
  bytes.writeUInt32LE(0x02014b50, 0)
  bytes.writeUInt16LE(20, 4)
  common(bytes, 6, entry)
  bytes.writeUInt32LE(entry.offset, 42)
  return Buffer.concat([bytes, entry.name])
}

function common(bytes: Buffer, at: number, entry: Entry): void {
  bytes.writeUInt16LE(20, at)
  bytes.writeUInt16LE(utf8, at + 2)
  bytes.writeUInt16LE(8, at + 4)
  bytes.writeUInt16LE(firstDay, at + 8)
  bytes.writeUInt32LE(entry.crc, at + 10)
  bytes.writeUInt32LE(entry.compressed % (limit + 1), at + 14)
  bytes.writeUInt32LE(entry.size % (limit + 1), at + 18)
  bytes.writeUInt16LE(entry.name.length, at + 22)
}
