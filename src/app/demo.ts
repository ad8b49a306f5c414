import { access } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { AppError } from '../shared/errors.ts'
import { type SampleCompany, simulateRetailer, simulateSupplier } from '../simulate/index.ts'
import type { ImportReport } from '../warehouse/load/report.ts'
import { commitImport, discardImport, listImports, stageImport } from './imports.ts'
import { type RunSummary, runPortfolio } from './runs.ts'
import { initWorkspace, openWorkspace, type Workspace } from './workspace.ts'

export interface DemoOptions {
  seed: number
  /** Customers of the retailer; the supplier has 181 accounts. */
  customers: number
  signal?: AbortSignal
  onProgress?: (progress: { text: string; fraction: number }) => void
}

export interface DemoCompany {
  company: SampleCompany
  workspace: Workspace
  report: ImportReport
  summary: RunSummary
}

/** Makes a workspace for each sample company below a folder, imports its files and runs. A second call changes nothing but the snapshot. */
export async function prepareDemo(dir: string, options: DemoOptions): Promise<DemoCompany[]> {
  const { seed, customers } = options
  return [
    await prepare(
      join(resolve(dir), 'halden-industrial-supply'),
      'Halden Industrial Supply',
      (folder) => simulateSupplier(folder, { seed }),
      options,
    ),
    await prepare(join(resolve(dir), 'lumen-and-loom'), 'Lumen & Loom', (folder) => simulateRetailer(folder, { seed, customers }), options),
  ]
}

async function prepare(
  dir: string,
  name: string,
  simulate: (folder: string) => Promise<SampleCompany>,
  options: DemoOptions,
): Promise<DemoCompany> {
  const { signal } = options
  const tell = (text: string, fraction: number) => options.onProgress?.({ text: `${name}: ${text}`, fraction })
  const workspace = (await isThere(join(dir, 'clientele.yaml')))
    ? await openWorkspace(dir)
    : await initWorkspace(dir, { name, currency: 'EUR' })
  tell('writing its files', -1)
  const company = await simulate(join(dir, 'data'))
  const staged = await stageImport(workspace, company.files, {
    ...(signal ? { signal } : {}),
    ...(company.dateOrder ? { dateOrder: company.dateOrder } : {}),
    onProgress: ({ phase, fraction }) => tell(`importing, ${phase}`, fraction),
  })
  const report = staged.duplicateOf ? await earlier(workspace, staged.id, staged.duplicateOf) : await commitImport(workspace, staged.id)
  const summary = await runPortfolio(workspace, {
    ...(signal ? { signal } : {}),
    onProgress: ({ title, fraction }) => tell(title.toLowerCase(), fraction),
  })
  return { company, workspace, report, summary }
}

async function earlier(workspace: Workspace, stagedId: string, importId: string): Promise<ImportReport> {
  await discardImport(workspace, stagedId)
  const report = (await listImports(workspace)).find((candidate) => candidate.id === importId)
  if (!report)
    throw new AppError('demo.import', `the import ${importId} of the sample company is gone`, {
      hint: 'delete the demo folder and try again',
    })
  return report
}

const isThere = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  )
