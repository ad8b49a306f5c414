import { randomBytes } from 'node:crypto'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../../../shared/errors.ts'
import { openDuckDB } from '../../duckdb.ts'
import { stageCsv } from './csv.ts'
import { stageJson } from './json.ts'
import { defaultLimits } from './limits.ts'
import { stageParquet } from './parquet.ts'
import { bytesOf, eachSource, type LeftOut, type Source } from './sources.ts'
import type { Stage } from './stage.ts'
import { diskError } from './staging.ts'
import type { ReadOptions, StagedFile } from './types.ts'
import { stageXlsx } from './xlsx.ts'

export type { Limits } from './limits.ts'
export { type PhysicalLine, physicalLine } from './physical-line.ts'
export type { Detected, ReadOptions, ReadProgress, StagedFile } from './types.ts'

/**
 * Reads files, folders and archives into Parquet files of plain text in `stagingFolder`: one StagedFile a table found, in the order of
 * the paths and of the names within. What is wrong with files is collected and thrown as one error; when it fails or is cancelled it
 * leaves nothing behind.
 */
export async function readFiles(paths: string[], stagingFolder: string, options: ReadOptions): Promise<StagedFile[]> {
  const limits = { ...defaultLimits, ...options.limits }
  const { signal } = options
  const tag = randomBytes(4).toString('hex')
  const bytesTotal = await bytesOf(paths, limits)
  const temporaryFolder = join(stagingFolder, `.reading-${tag}`)
  await mkdir(temporaryFolder, { recursive: true, mode: 0o700 })
  const warehouse = await openDuckDB({ spillFolder: temporaryFolder, memoryLimit: options.memoryLimit ?? '512MB', keepOrder: true })
  const made: string[] = []
  const staged: StagedFile[] = []
  const failed: LeftOut[] = []
  const passed: LeftOut[] = []
  let temporaries = 0
  const temporary = () => join(temporaryFolder, `part-${++temporaries}`)
  let bytesDone = 0
  let rowsDone = 0
  const stageFor = (source: Source): Stage => {
    const number = made.length / 2 + 1
    const parquet = join(stagingFolder, `staged-${tag}-${number}.parquet`)
    const rejects = join(stagingFolder, `rejects-${tag}-${number}.parquet`)
    made.push(parquet, rejects)
    return {
      warehouse,
      limits,
      options,
      temporary,
      parquet,
      rejects,
      progress: (fraction, rows) =>
        options.onProgress?.({
          bytesRead: Math.min(bytesTotal, Math.floor(bytesDone + Math.min(1, fraction) * source.share)),
          bytesTotal,
          rows: rowsDone + rows,
        }),
    }
  }
  try {
    const leftOut = (file: LeftOut, named: boolean) => (named ? failed : passed).push(file)
    for await (const source of eachSource(paths, { limits, signal, temporary, leftOut })) {
      try {
        const files = await read(source, () => stageFor(source))
        staged.push(...files)
        for (const file of files) rowsDone += file.rows
      } catch (error) {
        // Go on, so that all that is wrong can be said at once.
        if (!(error instanceof AppError && error.kind === 'data') || error.code.startsWith('warehouse.')) throw error
        failed.push({ name: source.name, error })
      }
      bytesDone += source.share
    }
    if (failed.length > 0) throw joined(failed)
    if (staged.length === 0) throw joined(passed)
    if (passed.length > 0)
      staged[0].detected.push({
        what: 'files left out',
        value: passed
          .map(({ error }) => error.message)
          .join('; ')
          .slice(0, 1000),
      })
    return staged
  } catch (error) {
    for (const file of made) await rm(file, { force: true })
    throw diskError(error)
  } finally {
    await warehouse.close()
    await rm(temporaryFolder, { recursive: true, force: true })
  }
}

async function read(source: Source, stageFor: () => Stage): Promise<StagedFile[]> {
  switch (source.kind) {
    case 'xlsx':
      return stageXlsx(source, stageFor)
    case 'parquet':
      return [await stageParquet(source, stageFor())]
    case 'json':
      return [await stageJson(source, stageFor())]
    case 'text':
      return [await stageCsv(source, stageFor())]
  }
}

/** One error for all files that could not be read. */
function joined(failed: LeftOut[]): AppError {
  const [{ error }] = failed
  if (failed.length === 1) return error
  return new AppError('read.files', `${failed.length} files could not be read`, {
    hint: error.hint ?? 'Mend or remove them and import again.',
    problems: failed.map(({ name, error }) => ({ file: name, message: error.message, ...(error.hint ? { hint: error.hint } : {}) })),
  })
}
