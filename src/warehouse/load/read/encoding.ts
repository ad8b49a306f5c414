import { isAscii, isUtf8 } from 'node:buffer'
import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { AppError, throwIfCancelled, UsageError } from '../../../shared/errors.ts'
import type { Detected } from './types.ts'
import { counted } from './words.ts'

const chunkBytes = 1024 * 1024

/** What one pass over a file's bytes says. */
export interface Survey {
  bytes: number
  sha256: string
  /** Name as the WHATWG encoding standard has it. */
  encoding: string
  /** Bytes of the byte order mark. */
  bom: number
  nul: number
  detected: Detected
}

/**
 * Reads a file once: its hash and its encoding. UTF-8 is taken when the bytes are UTF-8, or nearly so (then the odd rows are set aside);
 * Windows-1252 and ISO-8859-1 only when they are not.
 */
export async function surveyText(
  path: string,
  options: { name: string; encoding?: string | undefined; signal?: AbortSignal | undefined; onBytes?: (bytes: number) => void },
): Promise<Survey> {
  const hash = createHash('sha256')
  const counts = { wide: 0, broken: 0, c1: 0, unassigned: 0, nul: 0 }
  const sample = { at: -1, bytes: Buffer.alloc(0) }
  let head = Buffer.alloc(0)
  let bytes = 0
  let carried = Buffer.alloc(0)
  for await (const chunk of readChunks(path, options.signal)) {
    hash.update(chunk)
    if (bytes === 0) head = Buffer.from(chunk.subarray(0, 64 * 1024))
    bytes += chunk.length
    options.onBytes?.(bytes)
    if (isAscii(chunk) && carried.length === 0) {
      counts.nul += countNul(chunk)
      continue
    }
    const whole = carried.length > 0 ? Buffer.concat([carried, chunk]) : chunk
    if (sample.at < 0) {
      sample.at = whole.findIndex((byte) => byte >= 0x80)
      sample.bytes = Buffer.from(whole.subarray(Math.max(0, sample.at - 20), sample.at + 24))
      sample.at = Math.min(20, sample.at)
    }
    const cut = cutAtCharacter(whole)
    carried = Buffer.from(whole.subarray(cut))
    count(whole.subarray(0, cut), counts)
  }
  count(carried, counts)
  const { encoding, bom, title } = options.encoding
    ? given(options.encoding, head, options.name)
    : (byMark(head, options.name) ?? byZeros(head) ?? byBytes(counts))
  const detected: Detected = { what: 'encoding', value: title }
  const example =
    sample.at >= 0 && encoding !== 'utf-16le' && encoding !== 'utf-16be' ? exampleOf(sample.bytes, sample.at, encoding) : undefined
  if (example) detected.example = example
  return { bytes, sha256: hash.digest('hex'), encoding, bom, nul: counts.nul, detected }
}

/** A file's bytes in chunks of one mebibyte. The chunk is overwritten by the next. */
export async function* readChunks(path: string, signal?: AbortSignal): AsyncGenerator<Buffer> {
  const file = await open(path)
  try {
    const buffer = Buffer.allocUnsafe(chunkBytes)
    for (;;) {
      throwIfCancelled(signal)
      const { bytesRead } = await file.read(buffer, 0, chunkBytes)
      if (bytesRead === 0) return
      yield buffer.subarray(0, bytesRead)
    }
  } finally {
    await file.close()
  }
}

/**
 * A file's text as UTF-8, in chunks. What has no meaning in the encoding becomes the byte 0xFF, which UTF-8 never contains, so that the
 * row can be told apart. The chunk is overwritten by the next.
 */
export async function* readText(
  path: string,
  encoding: string,
  bom: number,
  signal?: AbortSignal,
  onBytes?: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  let skip = bom
  let bytes = 0
  const single = singleByte(encoding)
  const decoder = encoding === 'utf-8' || single ? undefined : new TextDecoder(encoding, { ignoreBOM: true })
  for await (const raw of readChunks(path, signal)) {
    bytes += raw.length
    onBytes?.(bytes)
    const chunk = skip > 0 ? raw.subarray(Math.min(skip, raw.length)) : raw
    skip = Math.max(0, skip - raw.length)
    if (single && !isAscii(chunk)) yield widen(chunk, single)
    else if (decoder) yield marked(decoder.decode(chunk, { stream: true }))
    else yield chunk
  }
  if (decoder) {
    const rest = decoder.decode()
    if (rest) yield marked(rest)
  }
}

function marked(text: string): Buffer {
  if (!text.includes('\ufffd')) return Buffer.from(text)
  return Buffer.from(
    Buffer.concat(text.split('\ufffd').flatMap((part, i) => (i === 0 ? [Buffer.from(part)] : [Buffer.of(0xff), Buffer.from(part)]))),
  )
}

/** Windows-1252 from 0x80 to 0x9F; 0 where nothing is assigned. */
const windows1252 = [
  0x20ac, 0, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017d, 0, 0, 0x2018, 0x2019,
  0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0, 0x017e, 0x0178,
]

function singleByte(encoding: string): Uint16Array | undefined {
  if (encoding !== 'windows-1252' && encoding !== 'iso-8859-1') return undefined
  return Uint16Array.from({ length: 256 }, (_, byte) =>
    encoding === 'windows-1252' && byte >= 0x80 && byte < 0xa0 ? windows1252[byte - 0x80] : byte,
  )
}

function widen(chunk: Uint8Array, points: Uint16Array): Uint8Array {
  const out = Buffer.allocUnsafe(chunk.length * 3)
  let o = 0
  for (let i = 0; i < chunk.length; i++) {
    const byte = chunk[i]
    if (byte < 0x80) {
      out[o++] = byte
      continue
    }
    const point = points[byte]
    if (point === 0) out[o++] = 0xff
    else if (point < 0x800) {
      out[o++] = 0xc0 | (point >> 6)
      out[o++] = 0x80 | (point & 0x3f)
    } else {
      out[o++] = 0xe0 | (point >> 12)
      out[o++] = 0x80 | ((point >> 6) & 0x3f)
      out[o++] = 0x80 | (point & 0x3f)
    }
  }
  return out.subarray(0, o)
}

type Found = { encoding: string; bom: number; title: string }

function given(label: string, head: Buffer, file: string): Found {
  // The standard reads `iso-8859-1` as Windows-1252; we keep it as what it says.
  if (/^(iso-?8859-1|latin-?1)$/i.test(label)) return { encoding: 'iso-8859-1', bom: 0, title: 'ISO-8859-1, as given' }
  const name = /^utf-?16$/i.test(label) ? (byMark(head, file)?.encoding ?? 'utf-16le') : label
  let encoding: string
  try {
    encoding = new TextDecoder(name).encoding
  } catch (cause) {
    throw new UsageError('read.encoding', `unknown encoding: ${label}`, {
      hint: 'Such as utf-8, utf-16le, windows-1252, iso-8859-1, iso-8859-15, windows-1251, shift_jis, gb18030.',
      cause,
    })
  }
  const mark = byMark(head, file)
  return { encoding, bom: mark?.encoding === encoding ? mark.bom : 0, title: `${titleOf(encoding)}, as given` }
}

function byMark(head: Buffer, file: string): Found | undefined {
  const [a, b, c, d] = head
  if (a === 0xef && b === 0xbb && c === 0xbf) return { encoding: 'utf-8', bom: 3, title: 'UTF-8 with byte order mark' }
  if ((a === 0xff && b === 0xfe && c === 0 && d === 0) || (a === 0 && b === 0 && c === 0xfe && d === 0xff))
    throw new AppError('read.encoding', `${file}: the file is UTF-32, which is not read`, { hint: 'Save it as UTF-8.' })
  if (a === 0xff && b === 0xfe) return { encoding: 'utf-16le', bom: 2, title: 'UTF-16LE with byte order mark' }
  if (a === 0xfe && b === 0xff) return { encoding: 'utf-16be', bom: 2, title: 'UTF-16BE with byte order mark' }
  return undefined
}

/** UTF-16 without a mark: text that is mostly Latin has a zero in every other byte. */
function byZeros(head: Buffer): Found | undefined {
  const pairs = head.length >> 1
  if (pairs < 4) return undefined
  let even = 0
  let odd = 0
  for (let i = 0; i < pairs * 2; i += 2) {
    if (head[i] === 0) even++
    if (head[i + 1] === 0) odd++
  }
  if (odd > 0.4 * pairs && even < 0.05 * pairs) return { encoding: 'utf-16le', bom: 0, title: 'UTF-16LE without byte order mark' }
  if (even > 0.4 * pairs && odd < 0.05 * pairs) return { encoding: 'utf-16be', bom: 0, title: 'UTF-16BE without byte order mark' }
  return undefined
}

function byBytes(counts: { wide: number; broken: number; c1: number; unassigned: number }): Found {
  if (counts.broken === 0) return { encoding: 'utf-8', bom: 0, title: counts.wide > 0 ? 'UTF-8' : 'UTF-8 (plain ASCII)' }
  if (counts.wide > 4 * counts.broken) return { encoding: 'utf-8', bom: 0, title: `UTF-8, but for ${counted(counts.broken, 'place')}` }
  if (counts.c1 === 0) return { encoding: 'iso-8859-1', bom: 0, title: 'ISO-8859-1 (not UTF-8; reads the same as Windows-1252)' }
  return { encoding: 'windows-1252', bom: 0, title: 'Windows-1252 (not UTF-8)' }
}

function titleOf(encoding: string): string {
  const titles: Record<string, string> = {
    'utf-8': 'UTF-8',
    'utf-16le': 'UTF-16LE',
    'utf-16be': 'UTF-16BE',
    'windows-1252': 'Windows-1252',
  }
  return titles[encoding] ?? encoding
}

function exampleOf(bytes: Buffer, at: number, encoding: string): string | undefined {
  const points = singleByte(encoding)
  const text = points ? Buffer.from(widen(bytes, points)).toString() : new TextDecoder(encoding).decode(bytes)
  const near = points || encoding !== 'utf-8' ? at : bytes.subarray(0, at).toString().length
  // The word around the first letter that is not ASCII.
  const from = Math.max(0, text.slice(0, near).search(/[^",;\t|\r\n]*$/))
  return text
    .slice(from)
    .replace(/[",;\t|\r\n\ufffd].*$/s, '')
    .trim()
    .slice(0, 40)
}

function countNul(chunk: Uint8Array): number {
  if (!chunk.includes(0)) return 0
  let n = 0
  for (let at = chunk.indexOf(0); at >= 0; at = chunk.indexOf(0, at + 1)) n++
  return n
}

function cutAtCharacter(bytes: Uint8Array): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back]
    if (byte < 0x80) return bytes.length
    if (byte >= 0xc0) return byte >= (back === 1 ? 0xc0 : back === 2 ? 0xe0 : 0xf0) ? bytes.length - back : bytes.length
  }
  return bytes.length
}

/** Counts characters of several bytes, and bytes that are part of none. */
function count(bytes: Uint8Array, counts: { wide: number; broken: number; c1: number; unassigned: number; nul: number }): void {
  counts.nul += countNul(bytes)
  if (isUtf8(bytes)) {
    for (let i = 0; i < bytes.length && counts.wide < 1_000_000; i++) if (bytes[i] >= 0xc0) counts.wide++
    return
  }
  for (let i = 0; i < bytes.length; ) {
    const a = bytes[i]
    if (a < 0x80) {
      i++
      continue
    }
    const size = a >= 0xc2 && a <= 0xdf ? 2 : a >= 0xe0 && a <= 0xef ? 3 : a >= 0xf0 && a <= 0xf4 ? 4 : 0
    let k = 1
    while (k < size && (bytes[i + k] & 0xc0) === 0x80) k++
    if (size > 0 && k === size) {
      counts.wide++
      i += size
      continue
    }
    counts.broken++
    if (a < 0xa0) counts.c1++
    if (a < 0xa0 && windows1252[a - 0x80] === 0) counts.unassigned++
    i++
  }
}
