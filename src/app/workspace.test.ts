import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findWorkspace, initWorkspace } from './workspace.ts'

let root: string
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'clientele-workspace-'))
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

test('a new workspace reads its own settings back and is found from a folder below', async () => {
  const made = await initWorkspace(join(root, 'a'), { name: 'Müller & "Sons": #1', currency: 'CHF' })
  expect(made.config).toMatchObject({ name: 'Müller & "Sons": #1', currency: 'CHF', seed: 1, periods: 'auto' })
  const below = join(made.dir, 'data', 'x')
  mkdirSync(below)
  expect((await findWorkspace(below)).dir).toBe(made.dir)
})

test('every example in the settings that init writes is valid when its # is taken away', async () => {
  const { dir } = await initWorkspace(join(root, 'b'), {})
  const text = readFileSync(join(dir, 'clientele.yaml'), 'utf8')
  const opened = text.replaceAll(/^# (?=( {2})?[a-zA-Z]+:( |$))/gm, '')
  writeFileSync(join(dir, 'clientele.yaml'), opened)
  expect((await findWorkspace(dir)).config).toMatchObject({ asOf: '2026-12-31', engine: { memory: '4GB', threads: 2 } })
})

test('init never overwrites settings', async () => {
  const { dir } = await initWorkspace(join(root, 'c'), { currency: 'USD' })
  await expect(initWorkspace(dir, { currency: 'EUR' })).rejects.toMatchObject({ code: 'workspace.exists', kind: 'conflict' })
  expect((await findWorkspace(dir)).config.currency).toBe('USD')
})

test('a wrong currency is refused before anything is written', async () => {
  await expect(initWorkspace(join(root, 'd'), { currency: 'Euro' })).rejects.toMatchObject({
    message: expect.stringContaining('Did you mean EUR?'),
  })
  await expect(findWorkspace(join(root, 'd'))).rejects.toMatchObject({ code: 'workspace.no-folder' })
})

test('customer data stays out of version control, and what .gitignore says stays in it', async () => {
  mkdirSync(join(root, 'e'))
  writeFileSync(join(root, 'e', '.gitignore'), 'mine\n/data/')
  const { dir } = await initWorkspace(join(root, 'e'), {})
  const lines = readFileSync(join(dir, '.gitignore'), 'utf8').split('\n')
  expect(lines.slice(0, 2)).toEqual(['mine', '/data/'])
  expect(lines).toContain('/imports/')
  expect(lines.filter((line) => line === '/data/')).toHaveLength(1)
})

test('where there is no workspace, the error says how to make one', async () => {
  await expect(findWorkspace(root)).rejects.toMatchObject({ code: 'workspace.not-found', hint: expect.stringContaining('clientele init') })
})
