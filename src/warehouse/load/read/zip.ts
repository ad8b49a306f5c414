import { Transform } from 'node:stream'
import { crc32 } from 'node:zlib'
import * as yauzl from 'yauzl'
import { AppError } from '../../../shared/errors.ts'
import { type Limits, limitError } from './limits.ts'

/** Bytes below which the ratio of unpacked to packed says nothing. */
const ratioFrom = 16 * 1024 * 1024

/** An opened archive whose entries have been looked through: names are safe, nothing is a link, nothing is encrypted. */
export interface Zip {
  entries: yauzl.Entry[]
  /** The unpacked bytes of an entry, checked against limits and checksum while they flow. */
  read(entry: yauzl.Entry): Promise<AsyncIterable<Buffer>>
  close(): void
}

/**
 * Opens a ZIP archive and refuses what could do harm: names that lead out of it, links, more entries or bytes than allowed. Nothing is
 * ever written under a name from an archive.
 */
export async function openZip(name: string, path: string, size: number, limits: Limits): Promise<Zip> {
  let file: yauzl.ZipFile
  try {
    file = await yauzl.openPromise(path, { autoClose: false })
  } catch (cause) {
    throw zipError(name, cause)
  }
  try {
    if (file.entryCount > limits.entries) throw limitError(name, 'entries', file.entryCount, limits)
    const entries: yauzl.Entry[] = []
    for await (const entry of file.eachEntry()) {
      checkEntry(name, entry)
      entries.push(entry)
      if (entries.length > limits.entries) throw limitError(name, 'entries', entries.length, limits)
    }
    let unpacked = 0
    const read = async (entry: yauzl.Entry) => {
      if (entry.uncompressedSize > limits.fileBytes)
        throw limitError(`${name}/${entry.fileName}`, 'fileBytes', entry.uncompressedSize, limits)
      let stream: NodeJS.ReadableStream
      try {
        stream = await file.openReadStreamPromise(entry)
      } catch (cause) {
        throw zipError(name, cause)
      }
      let bytes = 0
      let sum = 0
      const guard = new Transform({
        transform(chunk: Buffer, _, done) {
          bytes += chunk.length
          unpacked += chunk.length
          sum = crc32(chunk, sum)
          if (unpacked > limits.unpackedBytes) return done(limitError(name, 'unpackedBytes', unpacked, limits))
          const ratio = Math.max(bytes / Math.max(1, entry.compressedSize), unpacked / size)
          if (unpacked > ratioFrom && ratio > limits.ratio) return done(limitError(`${name}/${entry.fileName}`, 'ratio', ratio, limits))
          done(null, chunk)
        },
        flush(done) {
          done(sum === entry.crc32 ? null : damaged(`${name}/${entry.fileName}`, 'its checksum does not match'))
        },
      })
      stream.on('error', (cause) => guard.destroy(zipError(`${name}/${entry.fileName}`, cause)))
      return stream.pipe(guard)
    }
    return { entries, read, close: () => file.close() }
  } catch (cause) {
    file.close()
    throw zipError(name, cause)
  }
}

/** The error for a file that is cut off or altered. */
export function damaged(name: string, what: string, cause?: unknown): AppError {
  return new AppError('read.damaged', `${name}: the file is damaged: ${what}`, {
    hint: 'It was probably cut off on its way: fetch or export it again.',
    cause,
  })
}

function checkEntry(name: string, entry: yauzl.Entry): void {
  const mode = entry.externalFileAttributes >>> 16
  if ((mode & 0o170000) === 0o120000)
    throw new AppError('read.archive-link', `${name}: ${entry.fileName} is a link to another file, which is refused`, {
      hint: 'Pack the files themselves.',
    })
  if ((entry.generalPurposeBitFlag & 1) !== 0) throw encrypted(`${name}/${entry.fileName}`)
  if (entry.compressionMethod !== 0 && entry.compressionMethod !== 8)
    throw new AppError(
      'read.archive-method',
      `${name}: ${entry.fileName} is packed by method ${entry.compressionMethod}, which is not read`,
      {
        hint: 'Pack it as an ordinary ZIP (deflate).',
      },
    )
}

function encrypted(name: string): AppError {
  return new AppError('read.encrypted', `${name}: the file is protected by a password`, {
    hint: 'Save it without a password and import that.',
  })
}

function zipError(name: string, cause: unknown): AppError {
  if (cause instanceof AppError) return cause
  const message = cause instanceof Error ? cause.message : String(cause)
  if (/encrypt/i.test(message)) return encrypted(name)
  const path = /^(?:invalid relative path|absolute path|invalid characters in fileName): (.*)$/s.exec(message)
  if (path)
    return new AppError(
      'read.archive-path',
      `${name}: the entry ${JSON.stringify(path[1].slice(0, 200))} points outside the archive, which is refused`,
      {
        hint: 'Archives made to overwrite files look like this. If you trust it, unpack it yourself and import the files.',
        cause,
      },
    )
  if (/not a zip file|truncated/i.test(message)) return damaged(name, 'the end of the archive is missing', cause)
  if ((cause as NodeJS.ErrnoException).code === 'ENOENT')
    return new AppError('read.missing', `there is no file ${name}`, { kind: 'missing', cause })
  if (/too many bytes in the stream/.test(message))
    return new AppError('read.damaged', `${name}: the file is damaged: it unpacks to more than the archive says`, {
      hint: 'Archives made to fill a disk look like this. If you trust it, unpack it yourself and import the files.',
      cause,
    })
  return damaged(
    name,
    message.replace(/^./, (c) => c.toLowerCase()),
    cause,
  )
}
