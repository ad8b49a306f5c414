import { writeFile } from 'node:fs/promises'
import type { Workspace } from '../app/workspace.ts'
import { htmlReport } from './html.ts'
import { replaceFile } from './replace-file.ts'
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

export { writeEconomicValue } from './economic-value.ts'
