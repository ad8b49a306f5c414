import { Command } from 'commander'
import { formatCounted, formatSeconds } from '../../shared/format.ts'
import { wholeNumber, withJson } from '../options.ts'
import { bold, faint, print, printJson, say } from '../output.ts'
import { cancelOnInterrupt, startProgress } from '../progress.ts'
import { printSummary } from './run.ts'
import { serve } from './serve.ts'

interface Flags {
  serve: boolean
  seed: number
  customers: number
  port: number
  json?: boolean
}

export function demoCommand(): Command {
  return withJson(new Command('demo'))
    .description('make two sample companies, import and run them, show the findings and open the web app')
    .argument('[dir]', 'folder for the two workspaces', 'clientele-demo')
    .option('--no-serve', 'end after the findings')
    .option('--seed <number>', 'the same seed gives the same companies', wholeNumber, 7)
    .option('--customers <number>', 'customers of the online shop', wholeNumber, 120_000)
    .option('-p, --port <number>', 'port of the web app; the next free one when it is taken', wholeNumber, 4180)
    .action(async (dir: string, flags: Flags) => {
      const { prepareDemo } = await import('../../app/demo.ts')
      const started = performance.now()
      const progress = startProgress()
      const { signal, release } = cancelOnInterrupt()
      const companies = await prepareDemo(dir, {
        seed: flags.seed,
        customers: flags.customers,
        signal,
        onProgress: ({ text, fraction }) => progress.update(text, fraction),
      }).finally(() => {
        progress.done()
        release()
      })
      if (flags.json) {
        return printJson(
          companies.map(({ company, workspace, summary }) => ({
            company: company.name,
            workspace: workspace.dir,
            truths: company.truths,
            summary,
          })),
        )
      }
      for (const { company, workspace, report, summary } of companies) {
        print(bold(`\n${company.title}`))
        print(faint(`${workspace.dir}; ${formatCounted(report.rowsKept, 'row')} of ${formatCounted(report.files.length, 'file')}\n`))
        printSummary(summary, workspace.config.currency)
        print(bold('What was planted, to be found in the app'))
        for (const truth of company.truths) print(`  - ${truth.statement} ${faint(`see ${truth.where}`)}`)
      }
      say(`\nboth companies ready in ${formatSeconds((performance.now() - started) / 1000)}`)
      const [first, second] = companies
      if (flags.serve && process.stdout.isTTY) {
        say(`for the other one: clientele serve --workspace ${second.workspace.dir}`)
        await serve(first.workspace, { port: flags.port, host: '127.0.0.1' })
      } else {
        say(`to look at them: clientele serve --workspace ${first.workspace.dir}`)
      }
    })
}
