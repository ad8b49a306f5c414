import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, mkdir, open, readdir, rm, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError, UsageError } from '../shared/errors.ts'
import { type FileSink, readMultipart } from './multipart.ts'

export interface UploadLimits {
  /** Bytes of all files of one upload; defaults to 16 GiB. */
  bytes: number
  /** Files of one upload; defaults to 2,000. */
  files: number
  /** Milliseconds without a byte after which an upload is given up; defaults to a minute. */
  idle: number
}

export const defaultUploadLimits: UploadLimits = { bytes: 16 * 2 ** 30, files: 2000, idle: 60_000 }

/** What an upload left on disk. */
export interface Upload {
  folder: string
  /** Absolute, in the order they came. */
  paths: string[]
  fields: Map<string, string>
}

/** Room that an upload must leave on the disk for the import itself. */
const spareBytes = 512 * 2 ** 20

/**
 * Streams the files of a `multipart/form-data` request into a folder of their own under `root`. Whatever names they bear, they land
 * inside it; on any error nothing is left.
 */
export async function receiveUpload(request: Request, root: string, limits: UploadLimits): Promise<Upload> {
  const contentType = request.headers.get('content-type') ?? ''
  if (!request.body) throw new UsageError('http.malformed-upload', 'the upload is empty', { hint: 'Send one file or more.' })
  const body = new BodyReader(request.body, limits.idle)
  const announced = Number(request.headers.get('content-length') ?? 0)
  if (announced > limits.bytes) {
    await body.drain()
    throw tooLarge(limits.bytes)
  }

  const folder = join(root, `${process.pid}-${randomBytes(8).toString('hex')}`)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  let current: FileHandle | null = null
  try {
    const { bavail, bsize } = await statfs(folder)
    const room = bavail * bsize - spareBytes
    if (announced > room) throw diskFull(announced)
    const paths: string[] = []
    const taken = new Set<string>()
    let bytes = 0
    const fields = await readMultipart(
      body.chunks(),
      contentType,
      { parts: limits.files + 10, fieldBytes: 256 * 1024 },
      async (_field, name): Promise<FileSink> => {
        if (paths.length >= limits.files) {
          throw new UsageError('http.too-large', `more than ${limits.files} files in one upload`, { hint: 'Send fewer at once, or a ZIP.' })
        }
        const path = join(folder, ...freeName(safeSegments(name), taken))
        await mkdir(join(path, '..'), { recursive: true, mode: 0o700 })
        paths.push(path)
        const file = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600)
        current = file
        return {
          async write(chunk) {
            bytes += chunk.length
            if (bytes > limits.bytes) throw tooLarge(limits.bytes)
            try {
              for (let at = 0; at < chunk.length; ) at += (await file.write(chunk, at)).bytesWritten
            } catch (error) {
              if ((error as NodeJS.ErrnoException).code === 'ENOSPC') throw diskFull(bytes)
              throw error
            }
          },
          async end() {
            await file.close()
            current = null
          },
        }
      },
    )
    if (paths.length === 0) throw new UsageError('http.malformed-upload', 'the upload has no file', { hint: 'Choose one file or more.' })
    return { folder, paths, fields }
  } catch (error) {
    await (current as FileHandle | null)?.close()
    await rm(folder, { recursive: true, force: true })
    await body.drain()
    throw error
  }
}

/** Removes what servers that no longer run have left. */
export async function removeStaleUploads(root: string): Promise<void> {
  const names = await readdir(root).catch(() => [])
  for (const name of names) {
    const pid = Number(/^(\d+)-[0-9a-f]{16}$/.exec(name)?.[1])
    if (pid === process.pid || (pid > 0 && isAlive(pid))) continue
    await rm(join(root, name), { recursive: true, force: true })
  }
}

const reserved = /^(con|prn|aux|nul|com\d|lpt\d)(\..*)?$/i

/**
 * A name from outside as path segments that stay inside a folder on any system: no empty, dot or drive segments, no control or
 * bidirectional marks, nothing a shell or Windows reads into.
 */
export function safeSegments(name: string): string[] {
  const segments = name
    .normalize('NFC')
    .split(/[/\\]+/)
    .map((segment) =>
      segment
        .replace(/[\p{Cc}\p{Cf}\p{Cs}<>:"|?*]/gu, '_')
        .replace(/^\.+/, '')
        .replace(/[. ]+$/, '')
        .trim(),
    )
    .filter((segment) => segment !== '')
    .map((segment) => shortened(reserved.test(segment) ? `_${segment}` : segment))
  return segments.length > 0 ? segments.slice(-8) : ['file']
}

/** At most 200 bytes, as file systems count; the extension stays. */
function shortened(segment: string): string {
  const bytes = (text: string) => Buffer.byteLength(text)
  if (bytes(segment) <= 200) return segment
  const extension = /\.[^.]{1,20}$/.exec(segment)?.[0] ?? ''
  let stem = segment.slice(0, segment.length - extension.length)
  while (bytes(stem) + bytes(extension) > 200) stem = [...stem].slice(0, -1).join('')
  return stem + extension
}

/** The same, with ` (2)` before the extension when the name is taken; systems that ignore case count too. */
function freeName(segments: string[], taken: Set<string>): string[] {
  const [, stem, extension] = /^(.*?)((?:\.[^.]+){0,2})$/s.exec(segments.at(-1)!)!
  for (let n = 1; ; n++) {
    const candidate = [...segments.slice(0, -1), n === 1 ? segments.at(-1)! : `${stem} (${n})${extension}`]
    const key = candidate.join('/').toLowerCase()
    if (taken.has(key)) continue
    taken.add(key)
    return candidate
  }
}

const drainedBytes = 64 * 2 ** 20
const drainedMilliseconds = 5000

/** The body of a request in chunks, given up when the sender falls silent. */
class BodyReader {
  private readonly reader: ReadableStreamDefaultReader<Uint8Array>
  private readonly idle: number
  private over = false

  constructor(body: ReadableStream<Uint8Array>, idle: number) {
    this.reader = body.getReader()
    this.idle = idle
  }

  async *chunks(): AsyncGenerator<Uint8Array> {
    for (let chunk = await this.read(this.idle); chunk; chunk = await this.read(this.idle)) yield chunk
  }

  /** Takes in what is still on its way, up to a limit: a browser that is still sending would not see the answer. */
  async drain(): Promise<void> {
    const until = Date.now() + drainedMilliseconds
    let bytes = 0
    try {
      while (!this.over && bytes < drainedBytes && Date.now() < until) {
        bytes += (await this.read(Math.min(this.idle, until - Date.now())))?.length ?? 0
      }
    } catch {
      // The refusal matters, not the rest of the body.
    }
    if (!this.over) await this.reader.cancel().catch(() => {})
  }

  private async read(idle: number): Promise<Uint8Array | null> {
    const { promise: tooLong, reject } = Promise.withResolvers<never>()
    const timer = setTimeout(() => {
      this.over = true // a silent sender is not waited for again
      reject(new UsageError('http.timeout', `no byte came for ${idle / 1000} seconds; the upload was given up`))
    }, idle)
    try {
      const { done, value } = await Promise.race([this.reader.read(), tooLong])
      this.over = this.over || done
      return done ? null : value
    } catch (error) {
      this.over = true
      if (error instanceof UsageError) throw error
      throw new UsageError('http.malformed-upload', 'the upload broke off', { hint: 'Send it again.', cause: error })
    } finally {
      clearTimeout(timer)
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

const gib = (bytes: number) => (bytes >= 2 ** 30 ? `${Math.round(bytes / 2 ** 30)} GiB` : `${Math.ceil(bytes / 2 ** 20)} MiB`)

function tooLarge(most: number): UsageError {
  return new UsageError('http.too-large', `the upload is larger than ${gib(most)}`, {
    hint: 'Import it where it lies: `clientele import FILE`.',
  })
}

function diskFull(bytes: number): AppError {
  return new AppError('http.disk-full', `the disk has no room for an upload of ${gib(bytes)}`, {
    kind: 'conflict',
    hint: 'Free some space and send it again.',
  })
}
