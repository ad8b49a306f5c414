import { randomBytes } from 'node:crypto'
import { mkdir, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { MissingError, throwIfCancelled } from '../../../shared/errors.ts'
import { openDuckDB } from '../../duckdb.ts'
import { stageCsv } from './csv.ts'
import { defaultLimits } from './limits.ts'
import { diskError } from './staging.ts'
import type { ReadOptions, StagedFile } from './types.ts'

export { defaultLimits, type Limits } from './limits.ts'
export type { Detected, ReadOptions, ReadProgress, StagedFile } from './types.ts'

/**
 * Reads files, folders and archives into Parquet files of plain text in `stagingFolder`, one StagedFile a table found, in the order of
 * their names. When it fails or is cancelled it leaves nothing behind.
 */
export async function readFiles(paths: string[], stagingFolder: string, options: ReadOptions): Promise<StagedFile[]> {
  const limits = { ...defaultLimits, ...options.limits }
  const tag = randomBytes(4).toString('hex')
  const temporaryFolder = join(stagingFolder, `.reading-${tag}`)
  await mkdir(temporaryFolder, { recursive: true })
  const warehouse = await openDuckDB({ spillFolder: temporaryFolder, memoryLimit: options.memoryLimit ?? '512MB', keepOrder: true })
  const made: string[] = []
  const staged: StagedFile[] = []
  let count = 0
  try {
    let bytesTotal = 0
    for (const path of paths) bytesTotal += (await statOf(path)).size
    let bytesDone = 0
    let rowsDone = 0
    for (const path of paths) {
      throwIfCancelled(options.signal)
      const { size } = await statOf(path)
      const number = staged.length + 1
      const parquet = join(stagingFolder, `staged-${tag}-${number}.parquet`)
      const rejects = join(stagingFolder, `rejects-${tag}-${number}.parquet`)
      made.push(parquet, rejects)
      const file = await stageCsv(
        { name: basename(path), outer: path, content: path },
        {
          warehouse,
          limits,
          options,
          temporary: () => join(temporaryFolder, `part-${++count}`),
          parquet,
          rejects,
          progress: (fraction, rows) =>
            options.onProgress?.({ bytesRead: Math.floor(bytesDone + fraction * size), bytesTotal, rows: rowsDone + rows }),
        },
      )
      bytesDone += size
      rowsDone += file.rows
      staged.push(file)
    }
    return staged
  } catch (error) {
    for (const file of made) await rm(file, { force: true })
    throw diskError(error)
  } finally {
    await warehouse.close()
    await rm(temporaryFolder, { recursive: true, force: true })
  }
}

async function statOf(path: string) {
  try {
    return await stat(path)
  } catch {
    throw new MissingError('read.missing', `there is no file ${path}`, { hint: 'Check the path.' })
  }
}
