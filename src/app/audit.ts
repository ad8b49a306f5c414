import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import type { Finding } from '../pipeline/step.ts'
import { MissingError, UsageError } from '../shared/errors.ts'
import { formatCounted } from '../shared/format.ts'
import type { Row } from '../warehouse/port.ts'
import { commitImport, stageImport } from './imports.ts'
import { readManifest, runPortfolio } from './runs.ts'
import { readTable, type TablePage } from './tables.ts'
import { initWorkspace, type Workspace } from './workspace.ts'

/** One question of the audit with what was found. */
export interface Lens {
  number: number
  title: string
  /** Numbered within the lens: `2.1`. */
  findings: (Finding & { number: string })[]
  tables: string[]
}

export interface Audit {
  workspace: { name: string; currency: string }
  snapshot: string
  asOf: string
  /** The periods that lenses 1, 2 and 5 compare; empty where the data covers fewer than two months. */
  periods: Row[]
  lenses: Lens[]
  /** The tables of the lenses, by name. */
  tables: Record<string, TablePage>
}

const lenses = [
  { title: 'How different are our customers?', tables: ['audit_tenth', 'audit_frequency'] },
  { title: 'What changed between two periods?', tables: ['audit_change', 'audit_factor', 'tier_move'] },
  { title: 'How does one cohort evolve?', tables: ['cohort'] },
  { title: 'How do cohorts compare?', tables: ['cohort_quality'] },
  { title: 'How healthy is the customer base?', tables: ['cohort'] },
  { title: 'Which products win and hold customers?', tables: ['acquisition_group'] },
]

/** Lenses of the customer-base audit, with their findings numbered and their tables, by default from the published snapshot. */
export async function readAudit(workspace: Workspace, snapshot?: string): Promise<Audit> {
  const manifest = await readManifest(workspace, snapshot)
  const present = new Set(manifest.tables.map(({ name }) => name))
  if (!present.has('audit_factor'))
    throw new MissingError('audit.missing', `snapshot ${manifest.snapshot} holds no customer-base audit`, {
      hint: 'Run `clientele run` again: it was made before there was one, or the orders name no customers.',
    })
  const read = async (name: string) => readTable(workspace, name, { snapshot: manifest.snapshot, limit: 500 })
  const names = [...new Set([...lenses.flatMap(({ tables }) => tables), 'period'])].filter((name) => present.has(name) && name !== 'cohort')
  const tables = Object.fromEntries(await Promise.all(names.map(async (name) => [name, await read(name)] as const)))
  return {
    workspace: { name: workspace.config.name, currency: manifest.currency },
    snapshot: manifest.snapshot,
    asOf: manifest.asOf,
    periods: tables.period?.rows ?? [],
    lenses: lenses.map(({ title, tables: of }, i) => {
      const found = manifest.findings.filter(({ name }) => name.startsWith(`audit-${i + 1}-`)).sort((a, b) => b.weight - a.weight)
      return {
        number: i + 1,
        title,
        findings: found.map((finding, n) => ({ ...finding, number: `${i + 1}.${n + 1}` })),
        tables: of.filter((name) => present.has(name)),
      }
    }),
    tables,
  }
}

export interface AuditFilesOptions {
  /** Of the amounts where the files name none. */
  currency?: string
  signal?: AbortSignal
  onProgress?: (progress: { text: string; fraction: number }) => void
}

/** The audit of files alone, without a workspace: nothing stays behind. */
export async function auditFiles(files: string[], { currency = 'EUR', signal, onProgress }: AuditFilesOptions): Promise<Audit> {
  const dir = await mkdtemp(join(tmpdir(), 'clientele-audit-'))
  const stop = signal ? { signal } : {}
  try {
    const workspace = await initWorkspace(join(dir, 'audit'), { name: files.map((file) => basename(file)).join(', '), currency })
    const staged = await stageImport(workspace, files, {
      ...stop,
      onProgress: ({ phase, fraction }) => onProgress?.({ text: phase, fraction }),
    })
    if (staged.questions.length > 0)
      throw new UsageError(
        'audit.ambiguous',
        `${formatCounted(staged.questions.length, 'question')} must be answered before the files can be read`,
        {
          problems: staged.questions.map(({ file, title, options }) => ({
            file,
            message: title,
            hint: `One of ${options.map(({ label }) => label).join(', ')}.`,
          })),
          hint: 'make a workspace (clientele init), import the files there with the answers, then clientele run and clientele audit',
        },
      )
    await commitImport(workspace, staged.id)
    await runPortfolio(workspace, { ...stop, onProgress: ({ title, fraction }) => onProgress?.({ text: title.toLowerCase(), fraction }) })
    return await readAudit(workspace)
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}
