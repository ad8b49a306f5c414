import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeXlsx, xlsxRow } from '../../../../test/fixtures/bad/make-xlsx.ts'
import { makeZip } from '../../../../test/fixtures/bad/make-zip.ts'
import { around, goodCells, goodLine, goodLines, header, headerNames } from '../../../../test/fixtures/bad/order-lines.ts'
import { CancelledError } from '../../../shared/errors.ts'
import { openDuckDB } from '../../duckdb.ts'
import type { Row, Warehouse } from '../../port.ts'
import { sql } from '../../sql.ts'
import { physicalLine, type ReadOptions, readFiles, type StagedFile } from './index.ts'

let folder: string
let warehouse: Warehouse
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clientele-read-'))
  warehouse = await openDuckDB({ threads: 1 })
})
afterAll(async () => {
  await warehouse.close()
  await rm(folder, { recursive: true, force: true })
})

/** Writes files and reads them. */
async function read(files: Record<string, string | Buffer>, options: ReadOptions = {}, paths = Object.keys(files)) {
  const source = await mkdtemp(join(folder, 'source-'))
  const staging = await mkdtemp(join(folder, 'staging-'))
  for (const [name, content] of Object.entries(files)) {
    await mkdir(join(source, name, '..'), { recursive: true })
    await writeFile(join(source, name), content)
  }
  const staged = await readFiles(
    paths.map((path) => join(source, path)),
    staging,
    options,
  )
  return { staged, source, staging }
}

const rowsOf = (file: StagedFile): Promise<Row[]> => warehouse.rows(sql`select * from read_parquet(${file.parquet}) order by "row"`)

describe('reading files', () => {
  it('stages a delimited file as text with the rows a spreadsheet counts', async () => {
    const { staged } = await read({ 'orders.csv': `${header}\n${goodLine(1)}\n\n"1002","2026-01-02","a\nb",,3,"1,50",\n` })
    const [file] = staged
    expect(file).toMatchObject({ name: 'orders.csv', format: 'csv', rows: 2, rejected: 0 })
    expect(file.columns.map(({ name }) => name)).toEqual(headerNames)
    expect(file.columns[2].examples).toEqual(['C1', 'a\nb'])
    const cells = (row: number, values: (string | null)[]) => ({
      row,
      ...Object.fromEntries(values.map((value, i) => [`c${i + 1}`, value])),
    })
    expect(await rowsOf(file)).toEqual([cells(2, goodCells(1)), cells(4, ['1002', '2026-01-02', 'a\nb', null, '3', '1,50', null])])
    expect(file.detected.map(({ what }) => what)).toEqual(['encoding', 'delimiter', 'quotes', 'line ends', 'header row', 'empty rows'])
  })

  it('gives the same table and the same hash, plain, by gzip and in an archive', async () => {
    const table = around()
    const { staged } = await read({
      'a.csv': table,
      'b.csv.gz': gzipSync(table),
      'c.zip': makeZip([{ name: '2026/orders.csv', data: table }]),
    })
    expect(staged.map(({ name }) => name)).toEqual(['a.csv', 'b.csv.gz', 'c.zip/2026/orders.csv'])
    expect(new Set(staged.map(({ sha256, bytes }) => `${sha256} ${bytes}`)).size).toBe(1)
    const tables = await Promise.all(staged.map(rowsOf))
    expect(tables[1]).toEqual(tables[0])
    expect(tables[2]).toEqual(tables[0])
  })

  it('goes through folders by name, past hidden files and links', async () => {
    const source = await mkdtemp(join(folder, 'tree-'))
    await mkdir(join(source, '2025'))
    await writeFile(join(source, '2025', 'feb.csv'), around())
    await writeFile(join(source, '.hidden.csv'), around())
    await writeFile(join(source, 'b.csv'), around())
    await symlink('/etc/passwd', join(source, 'link.csv'))
    const staged = await readFiles([source], await mkdtemp(join(folder, 'staging-')), {})
    expect(staged.map(({ name }) => name)).toEqual(['2025/feb.csv', 'b.csv'])
  })

  it('keeps what Parquet holds, as text', async () => {
    const path = join(folder, 'types.parquet')
    await warehouse.save(
      sql`select 17850.0::double as id, 0.1::double as share, 1.10::decimal(18,2) as amount, 99999999999999999999::decimal(38,4) as big, date '2026-01-31' as day,
            timestamp '2026-01-31 08:26:00' as moment, true as flag, 'nan'::double as missing, '' as nothing, '007' as code, {'a': 1} as nested, 1e-7::double as small`,
      path,
    )
    const [file] = await readFiles([path], await mkdtemp(join(folder, 'staging-')), {})
    expect(Object.values((await rowsOf(file))[0])).toEqual([
      1,
      '17850',
      '0.1',
      '1.10',
      '99999999999999999999.0000',
      '2026-01-31',
      '2026-01-31 08:26:00',
      'true',
      null,
      null,
      '007',
      '{"a":1}',
      '1e-07',
    ])
    expect(file.columns[0]).toEqual({ name: 'id', examples: ['17850'] })
  })

  it('reads each sheet of a workbook that holds a table, or the one asked for', async () => {
    const sheet = xlsxRow(1, headerNames) + xlsxRow(2, goodCells(1))
    const book = makeXlsx({ sheets: { January: sheet, February: sheet + xlsxRow(3, goodCells(2)) } })
    const both = await read({ 'book.xlsx': book })
    expect(both.staged.map(({ name, sheet, rows }) => [name, sheet, rows])).toEqual([
      ['book.xlsx/January', 'January', 1],
      ['book.xlsx/February', 'February', 2],
    ])
    const one = await read({ 'book.xlsx': book }, { sheet: 'february' })
    expect(one.staged.map(({ name, sheet, rows }) => [name, sheet, rows])).toEqual([['book.xlsx', 'February', 2]])
  })

  it('says how far it is, in bytes, and ends at all of them', async () => {
    const seen: number[] = []
    let total = 0
    await read(
      { 'a.csv': [header, ...goodLines(60_000)].join('\n'), 'b.csv': around() },
      {
        onProgress: ({ bytesRead, bytesTotal }) => {
          seen.push(bytesRead)
          total = bytesTotal
        },
      },
    )
    expect(seen.length).toBeGreaterThan(4)
    expect(seen).toEqual([...seen].sort((a, b) => a - b))
    expect(seen.at(-1)).toBeLessThanOrEqual(total)
  })

  it('leaves nothing behind when it is cancelled, at whatever point', async () => {
    const source = await mkdtemp(join(folder, 'source-'))
    const path = join(source, 'orders.zip')
    await writeFile(path, makeZip([{ name: 'orders.csv', data: [header, ...goodLines(60_000)].join('\n') }]))
    for (const after of [0, 1, 2, 4]) {
      const staging = await mkdtemp(join(folder, 'staging-'))
      const abort = new AbortController()
      if (after === 0) abort.abort()
      let calls = 0
      const reading = readFiles([path], staging, {
        signal: abort.signal,
        onProgress: () => {
          if (++calls >= after) abort.abort()
        },
      })
      await expect(reading).rejects.toBeInstanceOf(CancelledError)
      expect(await readdir(staging)).toEqual([])
    }
  })

  it('names every bad file of several', async () => {
    const reading = read({ 'a.csv': '', 'b.csv': around(), 'c.xlsx': 'PK\x03\x04' })
    await expect(reading).rejects.toMatchObject({
      code: 'read.files',
      problems: [{ file: 'a.csv' }, { file: 'c.xlsx' }],
    })
  })

  it('shows every reject with row, column, value, reason and what was expected', async () => {
    const { staged } = await read({ 'orders.csv': around('1009,2026-01-03,C9') })
    expect(await warehouse.rows(sql`select * from read_parquet(${staged[0].rejects})`)).toEqual([
      { row: 3, column: 'product_id', value: '1009,2026-01-03,C9', reason: 'row-too-short', expected: '7 cells, got 3' },
    ])
  })
})

describe('finding a row again', () => {
  it('gives the physical line and the text as it stands there', async () => {
    const text = `Report\n${header}\r\n1,2026-01-01,"a\nb",P1,1,1,1\n${goodLine(5)}\n`
    const { staged, source } = await read({ 'orders.csv': text })
    const found = await Promise.all(
      [1, 3, 4, 9].map((row) => physicalLine({ name: staged[0].name, path: join(source, 'orders.csv') }, row)),
    )
    expect(found).toEqual([
      { line: 1, text: 'Report' },
      { line: 3, text: '1,2026-01-01,"a\nb",P1,1,1,1' },
      { line: 5, text: goodLine(5) },
      null,
    ])
  })

  it('finds it in archives, workbooks and JSON lines', async () => {
    const zip = makeZip([
      { name: 'a.csv', data: around() },
      { name: 'deep/b.csv', data: `${header}\n${goodLine(9)}\n` },
    ])
    const book = makeXlsx({ sheets: { One: xlsxRow(1, headerNames), Two: xlsxRow(1, headerNames) + xlsxRow(5, goodCells(2)) } })
    const { source } = await read({ 'x.zip': zip, 'x.xlsx': book, 'x.jsonl': '{"a":1,"b":2}\n\n{"a": 3,"b":4}\n' })
    expect(await physicalLine({ name: 'x.zip/deep/b.csv', path: join(source, 'x.zip') }, 2)).toEqual({ line: 2, text: goodLine(9) })
    expect(await physicalLine({ name: 'x.xlsx/Two', path: join(source, 'x.xlsx'), sheet: 'Two' }, 5)).toEqual({
      line: 5,
      text: goodCells(2).join('\t'),
    })
    expect(await physicalLine({ name: 'x.jsonl', path: join(source, 'x.jsonl') }, 3)).toEqual({ line: 3, text: '{"a": 3,"b":4}' })
  })
})
