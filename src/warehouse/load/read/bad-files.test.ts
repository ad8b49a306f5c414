import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { corpus } from '../../../../test/fixtures/bad/corpus.ts'
import { AppError } from '../../../shared/errors.ts'
import { openDuckDB } from '../../duckdb.ts'
import type { Warehouse } from '../../port.ts'
import { id, sql } from '../../sql.ts'
import { readFiles, type StagedFile } from './index.ts'

/** What a bad file came to: its tables, or the error. */
async function attempt(path: string, folder: string, options = {}): Promise<{ files: StagedFile[]; error: unknown; seconds: number }> {
  // Of processor time, which a busy machine does not stretch.
  const start = process.cpuUsage()
  const seconds = () => {
    const { user, system } = process.cpuUsage(start)
    return (user + system) / 1_000_000
  }
  try {
    return { files: await readFiles([path], folder, options), error: undefined, seconds: seconds() }
  } catch (error) {
    return { files: [], error, seconds: seconds() }
  }
}

describe('bad files', () => {
  let folder: string
  let warehouse: Warehouse
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'clientele-bad-'))
    warehouse = await openDuckDB({ threads: 1 })
  })
  afterAll(async () => {
    await warehouse.close()
    await rm(folder, { recursive: true, force: true })
  })

  it('are at least 60, each with a name of its own', () => {
    expect(corpus.length).toBeGreaterThanOrEqual(60)
    expect(new Set(corpus.map(({ name }) => name)).size).toBe(corpus.length)
  })

  it.each(corpus)(
    '$name: $about',
    async ({ make, options, expect: wanted }) => {
      const staging = await mkdtemp(join(folder, 'staging-'))
      const source = await mkdtemp(join(folder, 'source-'))
      const { files, error, seconds } = await attempt(await make(source), staging, options)
      expect(seconds).toBeLessThan(5)
      if (wanted.error) {
        expect(error).toBeInstanceOf(AppError)
        const { code, message, hint, problems } = error as AppError
        const said = [message, hint, ...problems.map((problem) => `${problem.file} ${problem.message}`)].join('\n')
        expect({ code, said }).toEqual({ code: wanted.error, said: expect.stringMatching(wanted.says ?? /./) })
        expect(said).not.toMatch(/\n\s+at |Error:|node:|\.ts\b|staging-|clientele-bad/)
        expect(said.length).toBeLessThan(2000)
        expect(hint).toBeTruthy()
        expect(await readdir(staging)).toEqual([])
      } else {
        if (error) throw error
        expect(files.length).toBe(wanted.files ?? 1)
        const [file] = files
        if (wanted.rows !== undefined) expect(file.rows).toBe(wanted.rows)
        const table = sql`read_parquet(${file.parquet})`
        const [{ rows }] = await warehouse.rows<{ rows: number }>(sql`select count(*) as "rows" from ${table}`)
        expect(rows).toBe(file.rows)
        if (wanted.columns) expect(file.columns.map(({ name }) => name).slice(0, wanted.columns.length)).toEqual(wanted.columns)
        for (const { row, column, value } of wanted.cells ?? []) {
          const [found] = await warehouse.rows(sql`select ${id(`c${column}`)} as "value" from ${table} where "row" = ${row}`)
          expect(found?.value).toBe(value)
        }
        for (const { what, value } of wanted.detected ?? [])
          expect(file.detected).toContainEqual(expect.objectContaining({ what, value: expect.stringMatching(value) }))
        const rejects = await warehouse.rows(sql`select * from read_parquet(${file.rejects}) order by "row" limit 50`)
        expect(file.rejected).toBe(wanted.rejected ?? wanted.rejects?.length ?? 0)
        if (wanted.rejected === undefined)
          expect(rejects).toEqual(
            (wanted.rejects ?? []).map((reject) => expect.objectContaining({ ...reject, expected: expect.stringMatching(/./) })),
          )
        expect((await readdir(staging)).length).toBe(2 * files.length)
      }
    },
    20_000,
  )
})
