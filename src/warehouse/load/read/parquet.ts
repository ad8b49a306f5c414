import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { AppError } from '../../../shared/errors.ts'
import { id, join, type Sql, sql } from '../../sql.ts'
import { readChunks } from './encoding.ts'
import { uniqueNames } from './header.ts'
import { limitError } from './limits.ts'
import type { PlainSource, Stage } from './stage.ts'
import { Rejects, rowGroupRows } from './staging.ts'
import type { StagedFile } from './types.ts'
import { damaged } from './zip.ts'

/**
 * Reads a Parquet file into one of text columns: decimals and dates as they are written, floats in their shortest form (17850, not
 * 17850.0; NaN is empty), nested values as JSON.
 */
export async function stageParquet(source: PlainSource, stage: Stage): Promise<StagedFile> {
  const { limits, options, warehouse } = stage
  const { signal } = options
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of readChunks(source.content, signal)) {
    hash.update(chunk)
    bytes += chunk.length
  }
  stage.progress(0.1, 0)
  await checkEnds(source, bytes)
  const rejects = new Rejects(stage.temporary())
  try {
    const file = sql`read_parquet(${source.content}, file_row_number = true, binary_as_string = true)`
    const types = (await warehouse.describe(sql`select * from ${file}`)).filter(({ name }) => name !== 'file_row_number')
    if (types.length > limits.columns) throw limitError(source.name, 'columns', types.length, limits)
    const names = uniqueNames(types.map(({ name }) => name))
    const [{ count }] = await warehouse.rows<{ count: number }>(sql`select count(*) as "count" from ${file}`, { signal })
    if (count > limits.rows) throw limitError(source.name, 'rows', count, limits)
    const keys = names.map((_, i) => `c${i + 1}`)
    const values = types.map(({ name, type }, i) => sql`${asText(id(name), type)} as ${id(keys[i])}`)
    // The engine was opened to keep the order of the file: rows stream through without being sorted.
    const rows = await warehouse.save(sql`select "file_row_number" + 1 as "row", ${join(values)} from ${file}`, stage.parquet, {
      signal,
      rowGroupRows: rowGroupRows(names.length),
      onProgress: (fraction) => stage.progress(0.1 + 0.9 * fraction, Math.floor(fraction * count)),
    })
    await rejects.save(warehouse, stage.rejects, signal)
    const first = await warehouse.rows<Record<string, string | null>>(
      sql`select ${join(keys.map((key) => sql`${id(key)}[1:100] as ${id(key)}`))} from read_parquet(${stage.parquet}) where "row" <= 1000 order by "row"`,
    )
    const examples = keys.map((key) => [...new Set(first.flatMap((row) => (row[key]?.trim() ? [row[key]] : [])))].slice(0, 3))
    return {
      name: source.name,
      path: source.outer,
      bytes,
      sha256: hash.digest('hex'),
      format: 'parquet',
      detected: [
        {
          what: 'column types',
          value: types
            .map(({ name, type }) => `${name} ${type}`)
            .join(', ')
            .slice(0, 500),
        },
      ],
      columns: names.map((name, i) => ({ name, examples: examples[i] })),
      rows,
      parquet: stage.parquet,
      rejects: stage.rejects,
      rejected: 0,
    }
  } catch (error) {
    // The engine's words about a broken file mean nothing to its owner.
    if (error instanceof AppError && error.code === 'warehouse.query' && error.kind === 'data')
      throw damaged(source.name, 'its content cannot be read as Parquet', error)
    throw error
  } finally {
    await rejects.drop()
  }
}

function asText(column: Sql, type: string): Sql {
  if (type === 'DOUBLE' || type === 'FLOAT')
    return sql`case when isnan(${column}) then null else regexp_replace(cast(${column} as varchar), '[.]0$', '') end`
  if (/^(STRUCT|MAP|UNION)|\[\d*\]$/.test(type)) return sql`cast(to_json(${column}) as varchar)`
  if (type === 'VARCHAR') return sql`nullif(${column}, '')`
  if (type === 'TIMESTAMP WITH TIME ZONE') return sql`strftime(${column} at time zone 'UTC', '%Y-%m-%d %H:%M:%S.%fZ')`
  return sql`cast(${column} as varchar)`
}

/** A Parquet file begins and ends with its mark; one that was cut off has lost the end. */
async function checkEnds(source: PlainSource, bytes: number): Promise<void> {
  const file = await open(source.content)
  try {
    const tail = Buffer.alloc(4)
    await file.read(tail, 0, 4, Math.max(0, bytes - 4))
    const mark = tail.toString('latin1')
    if (mark === 'PARE')
      throw new AppError('read.encrypted', `${source.name}: the Parquet file is encrypted`, { hint: 'Write it without encryption.' })
    if (mark !== 'PAR1') throw damaged(source.name, 'the end of the Parquet file is missing')
  } finally {
    await file.close()
  }
}
