import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { commitImport, discardImport, listImports, stageImport } from '../../src/app/imports.ts'
import { initWorkspace, type Workspace } from '../../src/app/workspace.ts'
import { AppError } from '../../src/shared/errors.ts'
import { corpus } from '../fixtures/bad/corpus.ts'
import { clientele, temporaryFolder } from '../helpers/clientele.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let workspace: Workspace
beforeAll(async () => {
  folder = await temporaryFolder()
  workspace = await initWorkspace(join(folder.path, 'company'), { currency: 'EUR' })
})
afterAll(() => folder[Symbol.asyncDispose]())

test('the corpus holds at least sixty bad files', () => {
  expect(corpus.length).toBeGreaterThanOrEqual(60)
})

test.each(corpus.map((bad) => [bad.name, bad] as const))(
  '%s: ends in a clear error, a question, or rows set aside with the place',
  async (_, bad) => {
    const place = join(folder.path, bad.name)
    await mkdir(place)
    const file = await bad.make(place)
    const started = performance.now()
    try {
      const staged = await stageImport(workspace, [file], {})
      if (staged.report) {
        const { rowsIn, rowsKept, rowsSetAside, setAside } = staged.report
        expect(rowsIn).toBe(rowsKept + rowsSetAside)
        expect(setAside.reduce((sum, group) => sum + group.rows, 0)).toBe(rowsSetAside)
        for (const { title, repair, examples } of setAside) {
          expect(title).toBeTruthy()
          expect(repair).toBeTruthy()
          expect(examples.length).toBeGreaterThan(0)
          for (const example of examples) expect(example.row).toBeGreaterThan(0)
        }
        for (const { row, column } of bad.expect.semantic ?? []) {
          const found = setAside.flatMap(({ examples }) => examples).some((example) => example.row === row)
          expect(found, `row ${row} (${column}) is set aside`).toBe(true)
        }
      } else {
        expect(staged.questions.length).toBeGreaterThan(0)
        for (const { title, why, options, option } of staged.questions) {
          expect(title && why && option).toBeTruthy()
          expect(options.length).toBeGreaterThan(1)
        }
      }
      await discardImport(workspace, staged.id)
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      expect(error.kind).not.toBe('internal')
      expect(error.message).not.toMatch(/\n\s+at |undefined(?! entity)|\[object/)
      expect(error.message.length).toBeLessThan(1000)
    }
    // A machine with other work to do may be slow; what counts is that no file makes it hang.
    expect(performance.now() - started).toBeLessThan(30_000)
    expect(await listImports(workspace)).toEqual([])
  },
)

test('nothing is left behind after all of them', async () => {
  expect((await readdir(workspace.importsDir)).filter((name) => !name.startsWith('.undone'))).toEqual([])
})

test('a bad file on the command line gives one error and no stack trace', async () => {
  const bad = corpus.find(({ expect: { error } }) => error !== undefined)
  await using other = await temporaryFolder()
  const file = await bad!.make(other.path)
  const refused = await clientele(['import', file, '--yes', '--workspace', workspace.dir])
  expect(refused.code).toBeGreaterThan(0)
  expect(refused.stderr).toContain('error:')
  expect(refused.stderr).not.toMatch(/\n\s+at /)
})

test('an import that stands beside bad ones is not touched by them', async () => {
  const { writeFile } = await import('node:fs/promises')
  const file = join(folder.path, 'good.csv')
  await writeFile(file, 'order_id,order_date,customer_id,product_id,quantity,amount\n1,2026-01-01,K1,P1,1,10.00\n')
  const staged = await stageImport(workspace, [file], {})
  const report = await commitImport(workspace, staged.id)
  const bad = corpus.find(({ expect: { error } }) => error !== undefined)
  const place = join(folder.path, 'again')
  await mkdir(place)
  await expect(stageImport(workspace, [await bad!.make(place)], {})).rejects.toBeInstanceOf(AppError)
  expect((await listImports(workspace)).map(({ id }) => id)).toEqual([report.id])
})
