import { randomBytes } from 'node:crypto'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { Workspace } from '../app/workspace.ts'
import { htmlReport } from './html.ts'
import { gatherReportData } from './source.ts'
import { writeReportWorkbook } from './workbook.ts'

/** Writes the portfolio report of a snapshot, by default the published one, as one HTML page. */
export async function writeHtmlReport(workspace: Workspace, file: string, options: { snapshot?: string | undefined } = {}): Promise<void> {
  const text = await htmlReport(await gatherReportData(workspace, 'paper', options.snapshot))
  await replaceFile(file, (temporary) => writeFile(temporary, text))
}

/** Writes the workbook of a snapshot, by default the published one: every row of every exhibit. */
export async function writeWorkbook(workspace: Workspace, file: string, options: { snapshot?: string | undefined } = {}): Promise<void> {
  const data = await gatherReportData(workspace, 'workbook', options.snapshot)
  await replaceFile(file, (temporary) => writeReportWorkbook(temporary, data))
}

// Written beside its place and renamed: whoever opens the file sees all of it or the one before.
async function replaceFile(file: string, write: (temporary: string) => Promise<void>): Promise<void> {
  const target = resolve(file)
  await mkdir(dirname(target), { recursive: true })
  const temporary = `${target}.${randomBytes(4).toString('hex')}.part`
  try {
    await write(temporary)
    await rename(temporary, target)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}
