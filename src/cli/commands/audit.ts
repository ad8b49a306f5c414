import { Command } from 'commander'
import type { Audit } from '../../app/audit.ts'
import { formatDate, formatValue } from '../../shared/format.ts'
import { withJson, withWorkspace, workspaceOf } from '../options.ts'
import { bold, faint, print, printJson, printTable } from '../output.ts'
import { cancelOnInterrupt, startProgress } from '../progress.ts'

export function auditCommand(): Command {
  return withJson(withWorkspace(new Command('audit')))
    .description('the customer-base audit: who the customers are, what changed, how cohorts develop, in numbered findings')
    .argument('[file...]', 'order files to audit on their own, without a workspace; nothing stays behind')
    .option('--currency <code>', 'with files: currency of the amounts where they name none (default: EUR)')
    .option('--snapshot <id>', 'another snapshot than the published one')
    .action(async (files: string[], flags: { workspace?: string; json?: boolean; currency?: string; snapshot?: string }) => {
      const { auditFiles, readAudit } = await import('../../app/audit.ts')
      const progress = startProgress()
      const { signal, release } = cancelOnInterrupt()
      try {
        const audit =
          files.length > 0
            ? await auditFiles(files, {
                ...(flags.currency ? { currency: flags.currency } : {}),
                signal,
                onProgress: ({ text, fraction }) => progress.update(text, fraction),
              })
            : await readAudit(await workspaceOf(flags), flags.snapshot)
        progress.done()
        if (flags.json) printJson(audit)
        else printAudit(audit)
      } finally {
        progress.done()
        release()
      }
    })
}

/** Columns of the tables that a terminal has room for. */
const shown: Record<string, string[]> = {
  audit_tenth: ['tenth', 'customers', 'orders', 'revenue', 'measure', 'measure_share', 'cumulative_share'],
  audit_change: ['title', 'customers', 'previous_measure', 'current_measure', 'change'],
  audit_factor: ['title', 'previous', 'current', 'unit', 'effect'],
  cohort_quality: ['cohort', 'customers', 'again_share', 'again_low', 'again_high', 'early_measure', 'year_measure'],
}

function printAudit(audit: Audit): void {
  const { currency, name } = audit.workspace
  print(`${bold(`Customer-base audit of ${name}`)} as of ${formatDate(audit.asOf)}`)
  for (const row of audit.periods) print(faint(`${row.period}: ${formatDate(String(row.from_date))} to ${formatDate(String(row.to_date))}`))
  for (const lens of audit.lenses) {
    print(`\n${bold(`${lens.number}. ${lens.title}`)}`)
    if (lens.findings.length === 0) print(faint('   nothing can be said from this data'))
    for (const { number, text, doubt, action } of lens.findings) {
      print(`${number}  ${text}`)
      if (doubt) print(faint(`     ${doubt}`))
      if (action) print(faint(`     ${action}`))
    }
    for (const table of lens.tables) printLensTable(audit, table, currency)
  }
}

function printLensTable({ tables }: Audit, name: string, currency: string): void {
  const columns = shown[name]
  const page = tables[name]
  if (!columns || !page) return
  const rows = page.rows.filter((row) => row.period !== 'previous')
  if (rows.length === 0) return
  const { contract } = page
  print('')
  printTable(
    columns.map((column) => contract.columns[column]!.title),
    rows.map((row) => columns.map((column) => formatValue(row[column], contract.columns[column] as never, currency))),
    columns.map((column) => contract.columns[column]!.type !== 'text'),
  )
}
