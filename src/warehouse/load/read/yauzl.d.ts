// What we use of yauzl, which ships no types.
declare module 'yauzl' {
  import type { Readable } from 'node:stream'

  export interface Entry {
    fileName: string
    compressedSize: number
    uncompressedSize: number
    crc32: number
    compressionMethod: number
    generalPurposeBitFlag: number
    externalFileAttributes: number
    versionMadeBy: number
  }

  export interface ZipFile {
    entryCount: number
    eachEntry(): AsyncIterable<Entry>
    openReadStreamPromise(entry: Entry): Promise<Readable>
    close(): void
  }

  export function openPromise(path: string, options?: { autoClose?: boolean; validateEntrySizes?: boolean }): Promise<ZipFile>
}
