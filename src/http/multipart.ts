import { UsageError } from '../shared/errors.ts'

/** Where the bytes of one file go. */
export interface FileSink {
  write(chunk: Uint8Array): Promise<void>
  /** All bytes came. */
  end(): Promise<void>
}

export interface MultipartLimits {
  /** Parts, files and fields together. */
  parts: number
  /** Bytes of one field that is not a file. */
  fieldBytes: number
}

const headerBytes = 16 * 1024
const lineEnd = Buffer.from('\r\n')
const headersEnd = Buffer.from('\r\n\r\n')

/**
 * Reads `multipart/form-data` (RFC 7578) as it comes, so that a file of any size passes through a few kilobytes of memory. Files go to
 * what `open` gives, in turn; the other fields are returned.
 */
export async function readMultipart(
  body: AsyncIterable<Uint8Array>,
  contentType: string,
  limits: MultipartLimits,
  open: (field: string, fileName: string) => Promise<FileSink>,
): Promise<Map<string, string>> {
  const delimiter = Buffer.from(`\r\n--${boundaryOf(contentType)}`)
  const fields = new Map<string, string>()
  let buffer: Buffer = Buffer.from(lineEnd) // the first delimiter has no line end before it
  let state: 'preamble' | 'boundary' | 'headers' | 'body' | 'end' = 'preamble'
  let sink: FileSink | null = null
  let parts = 0

  const take = async (chunk: Buffer): Promise<void> => {
    if (sink && chunk.length > 0) await sink.write(chunk)
  }

  for await (const chunk of body) {
    if (state === 'end') continue // an epilogue is allowed and means nothing
    buffer = buffer.length === 0 ? Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length) : Buffer.concat([buffer, chunk])
    for (;;) {
      if (state === 'preamble' || state === 'body') {
        const at = buffer.indexOf(delimiter)
        if (at < 0) {
          // What could be the beginning of a delimiter waits for the next chunk.
          const sure = Math.max(0, buffer.length - delimiter.length + 1)
          if (state === 'body') await take(buffer.subarray(0, sure))
          buffer = buffer.subarray(sure)
          break
        }
        if (state === 'body') {
          await take(buffer.subarray(0, at))
          await sink?.end()
          sink = null
        }
        buffer = buffer.subarray(at + delimiter.length)
        state = 'boundary'
      }
      if (state === 'boundary') {
        if (buffer.length < 2) break
        if (buffer.subarray(0, 2).toString('latin1') === '--') {
          state = 'end'
          break
        }
        const at = buffer.indexOf(lineEnd)
        if (at < 0) {
          if (buffer.length > headerBytes) throw malformed('a boundary has no line end')
          break
        }
        if (buffer.subarray(0, at).toString('latin1').trim() !== '') throw malformed('text after a boundary')
        buffer = buffer.subarray(at) // keeps the line end: headers may be none
        state = 'headers'
      }
      if (state === 'headers') {
        const at = buffer.indexOf(headersEnd)
        if (at < 0) {
          if (buffer.length > headerBytes) throw malformed('the headers of a part are too long')
          break
        }
        if (++parts > limits.parts) {
          throw new UsageError('http.too-large', `more than ${limits.parts} parts in one upload`, {
            hint: 'Send fewer files at once, or a ZIP.',
          })
        }
        const { field, fileName } = dispositionOf(buffer.subarray(0, at).toString('utf8'))
        buffer = buffer.subarray(at + headersEnd.length)
        sink = fileName === null ? fieldSink(field, limits.fieldBytes, fields) : await open(field, fileName)
        state = 'body'
      }
    }
  }
  if (state !== 'end') throw malformed('it ended before its last boundary')
  return fields
}

function fieldSink(field: string, most: number, fields: Map<string, string>): FileSink {
  const chunks: Buffer[] = []
  let size = 0
  return {
    async write(chunk) {
      size += chunk.length
      if (size > most) throw new UsageError('http.too-large', `field ${JSON.stringify(field)} has more than ${most} bytes`)
      chunks.push(Buffer.from(chunk))
    },
    async end() {
      fields.set(field, Buffer.concat(chunks).toString('utf8'))
    },
  }
}

function boundaryOf(contentType: string): string {
  const [, quoted, bare] = /^multipart\/form-data\b.*?;\s*boundary=(?:"([^"]{1,70})"|([^\s;,"]{1,70}))/i.exec(contentType) ?? []
  const boundary = quoted ?? bare
  if (boundary === undefined) {
    throw new UsageError(
      'http.media-type',
      `expected multipart/form-data with a boundary; got ${JSON.stringify(contentType.slice(0, 100))}`,
    )
  }
  return boundary
}

function dispositionOf(headers: string): { field: string; fileName: string | null } {
  const line = headers.split('\r\n').find((text) => /^content-disposition\s*:/i.test(text))
  if (line === undefined) throw malformed('a part has no Content-Disposition')
  const field = parameter(line, 'name')
  if (field === null) throw malformed('a part has no name')
  const extended = /;\s*filename\*=utf-8''([^;\s]*)/i.exec(line)?.[1]
  const fileName = extended === undefined ? parameter(line, 'filename') : percentDecoded(extended)
  return { field, fileName }
}

/** Browsers write a quote within the value as %22 and line ends as %0D %0A (WHATWG); others as backslash and quote. */
function parameter(line: string, name: string): string | null {
  const [, quoted, bare] = new RegExp(`;\\s*${name}=(?:"((?:[^"\\\\]|\\\\.)*)"|([^;\\s]*))`, 'i').exec(line) ?? []
  if (quoted !== undefined) return quoted.replace(/\\(["\\])/g, '$1').replace(/%(22|0D|0A)/gi, (mark) => decodeURIComponent(mark))
  return bare ?? null
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw malformed('a file name is not percent-encoded UTF-8')
  }
}

function malformed(what: string): UsageError {
  return new UsageError('http.malformed-upload', `the upload cannot be read: ${what}`, {
    hint: 'Send it again; the connection may have broken.',
  })
}
