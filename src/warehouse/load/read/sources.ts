import { createReadStream, createWriteStream } from 'node:fs'
import { lstat, readdir, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { AppError, CancelledError, MissingError, throwIfCancelled } from '../../../shared/errors.ts'
import { type Limits, limitError } from './limits.ts'
import { type Kind, sniff, unsupported } from './sniff.ts'
import { damaged, openZip, type Zip } from './zip.ts'

/** A file to be read, unpacked: an ordinary file, or what came out of an archive, for as long as the consumer holds it. */
export interface Source {
  /** `orders.csv`, `orders.zip/2024/jan.csv`. */
  name: string
  /** The file as the user gave it. */
  outer: string
  /** Where its content lies. */
  content: string
  kind: Exclude<Kind, 'gzip' | 'zip'> | 'xlsx'
  /** Its part of the bytes on disk. */
  share: number
}

/** A file that was come across in a folder or an archive and is not a table. */
export interface LeftOut {
  name: string
  error: AppError
}

export interface SourceOptions {
  limits: Limits
  signal?: AbortSignal | undefined
  /** A path for a temporary file. */
  temporary(): string
  /** Told what cannot be read. Files named outright count as failures as well. */
  leftOut(file: LeftOut, named: boolean): void
  /** Unpacks only these. */
  only?: (name: string) => boolean
}

/** Bytes on disk of everything that {@link eachSource} will go through. */
export async function bytesOf(paths: readonly string[], limits: Limits): Promise<number> {
  let bytes = 0
  for (const { path } of await listFiles(paths, limits)) bytes += (await stat(path)).size
  return bytes
}

/** Goes through files, folders and archives, in the order of names within each. What is unpacked is removed when the consumer goes on. */
export async function* eachSource(paths: readonly string[], options: SourceOptions): AsyncGenerator<Source> {
  for (const { name, path, named } of await listFiles(paths, options.limits)) {
    throwIfCancelled(options.signal)
    const { size } = await stat(path)
    yield* unwrap({ name, outer: path, content: path, share: size, size }, options, { zips: 0, gzips: 0, named })
  }
}

interface Packed {
  name: string
  outer: string
  content: string
  share: number
  size: number
}

async function* unwrap(
  file: Packed,
  options: SourceOptions,
  depth: { zips: number; gzips: number; named: boolean },
): AsyncGenerator<Source> {
  const { limits } = options
  const { name, outer, content, share } = file
  let zip: Zip | undefined
  try {
    if (file.size > limits.fileBytes) throw limitError(name, 'fileBytes', file.size, limits)
    const kind = await sniff(name, content)
    if (kind === 'gzip') {
      if (depth.gzips > 0) throw limitError(name, 'archiveDepth', 2, limits)
      const target = options.temporary()
      try {
        const size = await gunzip(file, target, options)
        yield* unwrap({ name, outer, content: target, share, size }, options, { ...depth, gzips: 1 })
      } finally {
        await rm(target, { force: true })
      }
      return
    }
    if (kind !== 'zip') {
      yield { name, outer, content, kind, share }
      return
    }
    zip = await openZip(name, content, file.size, limits)
    const office = officeKind(name, zip)
    if (office) {
      zip.close()
      zip = undefined
      yield { name, outer, content, kind: 'xlsx', share }
      return
    }
    if (depth.zips > limits.archiveDepth) throw limitError(name, 'archiveDepth', depth.zips, limits)
  } catch (error) {
    zip?.close()
    fail(options, name, error, depth.named)
    return
  }
  try {
    const entries = zip.entries.filter(({ fileName }) => !fileName.endsWith('/') && !isHidden(fileName))
    if (entries.length === 0)
      fail(options, name, new AppError('read.empty', `${name}: the archive holds no files`, { hint: 'Pack it again.' }), depth.named)
    entries.sort((a, b) => (a.fileName < b.fileName ? -1 : 1))
    for (const entry of entries) {
      throwIfCancelled(options.signal)
      const inner = `${name}/${entry.fileName}`
      if (options.only && !options.only(inner)) continue
      const target = options.temporary()
      try {
        const size = await write(await zip.read(entry), target, options.signal)
        const share = entry.compressedSize
        yield* unwrap({ name: inner, outer, content: target, share, size }, options, { zips: depth.zips + 1, gzips: 0, named: false })
      } catch (error) {
        if (isFatal(error)) throw error
        fail(options, inner, error, true)
      } finally {
        await rm(target, { force: true })
      }
    }
  } finally {
    zip.close()
  }
}

/** Errors about the file are collected; everything else ends the reading. */
function fail(options: SourceOptions, name: string, error: unknown, named: boolean): void {
  if (!(error instanceof AppError) || error instanceof CancelledError || error.kind === 'internal') throw error
  options.leftOut({ name, error }, named || error.code !== 'read.unsupported')
}

/** A cancel, or what the consumer threw into the generator. */
function isFatal(error: unknown): boolean {
  return !(error instanceof AppError) || error.kind === 'cancelled' || error.kind === 'internal'
}

/** Whether an archive is a workbook; other office files are refused by name. */
function officeKind(name: string, zip: Zip): boolean {
  const names = new Set(zip.entries.map(({ fileName }) => fileName))
  const save = 'Open it and save the table as .xlsx or CSV.'
  if (names.has('content.xml') && names.has('mimetype')) throw unsupported(name, 'an OpenDocument file', save)
  if (!names.has('[Content_Types].xml')) return false
  if (names.has('xl/workbook.bin')) throw unsupported(name, 'a binary Excel workbook (.xlsb)', save)
  if (names.has('word/document.xml')) throw unsupported(name, 'a Word document', save)
  if (names.has('ppt/presentation.xml')) throw unsupported(name, 'a presentation', save)
  return true
}

async function gunzip(file: Packed, target: string, options: SourceOptions): Promise<number> {
  const { limits } = options
  let bytes = 0
  const guard = new Transform({
    transform(chunk: Buffer, _, done) {
      bytes += chunk.length
      if (bytes > limits.fileBytes) return done(limitError(file.name, 'fileBytes', bytes, limits))
      const ratio = bytes / Math.max(1, file.size)
      if (bytes > 16 * 1024 * 1024 && ratio > limits.ratio) return done(limitError(file.name, 'ratio', ratio, limits))
      done(null, chunk)
    },
  })
  try {
    await pipeline(
      createReadStream(file.content, { highWaterMark: 1024 * 1024 }),
      createGunzip({ chunkSize: 256 * 1024 }),
      guard,
      createWriteStream(target, { flags: 'wx', mode: 0o600 }),
      { signal: options.signal },
    )
  } catch (cause) {
    if (options.signal?.aborted) throw new CancelledError()
    const code = (cause as NodeJS.ErrnoException).code ?? ''
    if (code === 'Z_BUF_ERROR') throw damaged(file.name, 'it ends too soon', cause)
    if (code.startsWith('Z_')) throw damaged(file.name, 'what is packed in it cannot be unpacked', cause)
    throw cause
  }
  return bytes
}

async function write(chunks: AsyncIterable<Buffer>, target: string, signal?: AbortSignal): Promise<number> {
  let bytes = 0
  const counted = async function* (source: AsyncIterable<Buffer>) {
    for await (const chunk of source) {
      bytes += chunk.length
      yield chunk
    }
  }
  try {
    await pipeline(chunks, counted, createWriteStream(target, { flags: 'wx', mode: 0o600 }), { signal })
  } catch (cause) {
    if (signal?.aborted) throw new CancelledError()
    throw cause
  }
  return bytes
}

/** Files as given; folders with all that is in them, by name, without hidden files and links. */
async function listFiles(paths: readonly string[], limits: Limits): Promise<{ name: string; path: string; named: boolean }[]> {
  const files: { name: string; path: string; named: boolean }[] = []
  for (const path of paths) {
    const found = await stat(path).catch(() => undefined)
    if (!found) throw new MissingError('read.missing', `there is no file ${path}`, { hint: 'Check the path.' })
    if (!found.isDirectory()) {
      if (!found.isFile())
        throw new AppError('read.unsupported', `${path} is neither a file nor a folder`, { hint: 'Give a file, or a folder of files.' })
      files.push({ name: basename(path), path, named: true })
      continue
    }
    const before = files.length
    await walk(path, '', files, limits)
    if (files.length === before) throw new AppError('read.empty', `${path}: the folder holds no files`, { hint: 'Choose another folder.' })
  }
  return files
}

async function walk(root: string, inside: string, files: { name: string; path: string; named: boolean }[], limits: Limits): Promise<void> {
  const names = (await readdir(join(root, inside))).sort()
  for (const name of names) {
    if (isHidden(name)) continue
    const relative = inside ? `${inside}/${name}` : name
    const entry = await lstat(join(root, relative))
    if (entry.isDirectory()) await walk(root, relative, files, limits)
    else if (entry.isFile()) files.push({ name: relative, path: join(root, relative), named: false })
    if (files.length > limits.entries) throw limitError(root, 'entries', files.length, limits)
  }
}

/** Files that systems leave behind, of no use to anybody. */
function isHidden(name: string): boolean {
  return name
    .split('/')
    .some((part) => part.startsWith('.') || part === '__MACOSX' || /^(thumbs\.db|desktop\.ini)$/i.test(part) || part.startsWith('~$'))
}
