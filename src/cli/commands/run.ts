import { Command } from 'commander'
import type { RunSummary } from '../../app/runs.ts'
import { formatCount, formatSeconds, formatValue, formatWithInterval } from '../../shared/format.ts'
import { wholeNumber, withJson, withWorkspace, workspaceOf } from '../options.ts'
import { bold, faint, print, printJson, printTable, say } from '../output.ts'
import { cancelOnInterrupt, startProgress } from '../progress.ts'

export function runCommand(): Command {
  return withJson(withWorkspace(new Command('run')))
    .description('compute the portfolio from all imports and publish a snapshot')
    .option('--as-of <date>', 'last day that counts, YYYY-MM-DD (default: the last order)')
    .option('--seed <number>', 'seed of everything random', wholeNumber)
    .action(async (flags: { workspace?: string; json?: boolean; asOf?: string; seed?: number }) => {
      const workspace = await workspaceOf(flags)
      const { runPortfolio } = await import('../../app/runs.ts')
      const progress = startProgress()
      const { signal, release } = cancelOnInterrupt()
      try {
        const summary = await runPortfolio(workspace, {
          ...(flags.asOf ? { asOf: flags.asOf } : {}),
          ...(flags.seed === undefined ? {} : { seed: flags.seed }),
          signal,
          onProgress: ({ title, fraction }) => progress.update(title, fraction),
        })
        progress.done()
        if (flags.json) printJson(summary)
        else printSummary(summary, workspace.config.currency)
      } finally {
        progress.done()
        release()
      }
    })
}

/** Findings first, then figures, what was skipped, checks. */
export function printSummary(summary: RunSummary, currency: string): void {
  print(bold('Findings'))
  summary.findings.forEach((finding, i) => {
    print(`${String(i + 1).padStart(3)}. ${finding.text}${finding.doubt ? faint(` (${finding.doubt})`) : ''}`)
    if (finding.action) print(faint(`     ${finding.action}`))
  })
  print(`\n${bold('Key figures')} as of ${summary.asOf}`)
  for (const figure of summary.figures) {
    const value =
      figure.value === null
        ? `${formatValue(null, figure, currency)}  ${faint(figure.missing ?? '')}`
        : formatWithInterval(figure, currency)
    print(`  ${figure.title.padEnd(34)} ${value}`)
  }
  for (const { title, missing, unlock } of summary.skipped) print(`  skipped: ${title}; needs ${missing.join(', ')}. ${unlock}`)
  const failed = summary.checks.filter((check) => check.status !== 'pass')
  print(`\n${bold('Checks')} ${summary.checks.length - failed.length} of ${summary.checks.length} passed`)
  for (const check of failed) print(`  ${check.status}: ${check.title}. ${check.detail}`)
  print('')
  say(`published ${bold(summary.snapshot, process.stderr)} in ${formatSeconds(summary.seconds)}`)
}

export function checkCommand(): Command {
  return withJson(withWorkspace(new Command('check')))
    .description('show what the published snapshot was checked for')
    .option('--snapshot <id>', 'another snapshot than the published one')
    .action(async (flags: { workspace?: string; json?: boolean; snapshot?: string }) => {
      const workspace = await workspaceOf(flags)
      const { readManifest } = await import('../../app/runs.ts')
      const manifest = await readManifest(workspace, flags.snapshot)
      const failed = manifest.checks.filter((check) => check.status === 'fail')
      if (flags.json) printJson({ snapshot: manifest.snapshot, checks: manifest.checks })
      else {
        printTable(
          ['Check', 'Status', 'Detail'],
          manifest.checks.map((check) => [check.title, check.status, check.detail]),
        )
        say(`${formatCount(manifest.checks.length)} checks of ${manifest.snapshot}`)
      }
      if (failed.length > 0) process.exitCode = 1
    })
}
