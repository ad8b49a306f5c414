import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { commitImport, stageImport } from '../../src/app/imports.ts'
import { readManifest, runPortfolio } from '../../src/app/runs.ts'
import { initWorkspace } from '../../src/app/workspace.ts'
import { createRandom } from '../../src/math/random.ts'
import { simulateLoad } from '../../src/simulate/index.ts'

// The whole chain: real files, the real import, the real steps.

let root: string
let header: string
let rows: string[]
let expected: Record<string, string>
let number = 0

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'clientele-repeatable-'))
  const { file } = await simulateLoad({ customers: 120, lines: 1500, seed: 3, out: join(root, 'load'), format: 'csv' })
  ;[header, ...rows] = readFileSync(file, 'utf8').trimEnd().split('\n')
  expected = await tablesOf([rows])
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

/** SHA-256 of each result table when these rows are imported, each list as a file and an import of its own. */
async function tablesOf(files: string[][]): Promise<Record<string, string>> {
  const dir = join(root, `w${number++}`)
  mkdirSync(dir)
  const workspace = await initWorkspace(dir, { currency: 'EUR' })
  for (const [i, lines] of files.entries()) {
    const file = join(dir, `orders-${i}.csv`)
    writeFileSync(file, `${header}\n${lines.join('\n')}\n`)
    const staged = await stageImport(workspace, [file], {})
    expect(staged.questions).toEqual([])
    await commitImport(workspace, staged.id)
  }
  await runPortfolio(workspace)
  const { tables, checks } = await readManifest(workspace)
  expect(checks.filter(({ status, blocking }) => blocking && status !== 'pass')).toEqual([])
  return Object.fromEntries(tables.map(({ name, sha256 }) => [name, sha256]))
}

const permuted = (lines: string[], seed: number) => {
  const random = createRandom(seed)
  return lines
    .map((line) => ({ line, at: random.next() }))
    .sort((a, b) => a.at - b.at)
    .map(({ line }) => line)
}

test('the same file in any order of its rows gives the same tables, byte by byte', async () => {
  expect(Object.keys(expected).length).toBeGreaterThan(5)
  expect(await tablesOf([permuted(rows, 1)])).toEqual(expected)
})

test('a file split by order over two imports gives the same tables, byte by byte, whichever comes first', async () => {
  const order = (line: string) => line.split(',')[header.split(',').indexOf('order_id')]
  const first = rows.filter((line) => Number(order(line).replace(/\D/g, '')) % 2 === 0)
  const second = rows.filter((line) => !first.includes(line))
  expect(Math.min(first.length, second.length)).toBeGreaterThan(100)
  expect(await tablesOf([first, second])).toEqual(expected)
  expect(await tablesOf([permuted(second, 2), first])).toEqual(expected)
})
