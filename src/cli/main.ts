#!/usr/bin/env node
import { Command, CommanderError } from 'commander'
import { version } from '../shared/version.ts'
import { auditCommand } from './commands/audit.ts'
import { compareCommand } from './commands/compare.ts'
import { demoCommand } from './commands/demo.ts'
import { doctorCommand } from './commands/doctor.ts'
import { explainCommand } from './commands/explain.ts'
import { exportCommand } from './commands/export.ts'
import { fitCommand } from './commands/fit.ts'
import { importCommand, importsCommand, undoCommand } from './commands/import.ts'
import { initCommand } from './commands/init.ts'
import { queryCommand } from './commands/query.ts'
import { reportCommand } from './commands/report.ts'
import { checkCommand, runCommand } from './commands/run.ts'
import { serveCommand } from './commands/serve.ts'
import { simulateCommand } from './commands/simulate.ts'
import { whatIfCommand } from './commands/what-if.ts'
import { exitCodeOf, printError } from './output.ts'

/** The command line: thin doors to the use cases of `app`. Results go to stdout, talk and progress to stderr. */
export function createProgram(): Command {
  const program = new Command('clientele')
    .description('Customer portfolio management: what each customer costs, is worth and could become.')
    .version(version)
    .showHelpAfterError('(add --help for what it takes)')
    .configureHelp({ sortSubcommands: false })
    .exitOverride()
  for (const command of [
    demoCommand,
    initCommand,
    importCommand,
    importsCommand,
    undoCommand,
    checkCommand,
    runCommand,
    auditCommand,
    serveCommand,
    reportCommand,
    exportCommand,
    queryCommand,
    explainCommand,
    compareCommand,
    whatIfCommand,
    fitCommand,
    simulateCommand,
    doctorCommand,
  ]) {
    const made = command()
    made.exitOverride()
    program.addCommand(made)
  }
  return program
}

/** Runs a command line and says with which code the process should end: 0 done, 1 the data or result is wrong, 2 wrong use. */
export async function main(args: readonly string[]): Promise<number> {
  try {
    await createProgram().parseAsync([...args], { from: 'user' })
    return Number(process.exitCode ?? 0)
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    printError(error)
    return exitCodeOf(error)
  }
}

if (import.meta.main) {
  // A reader such as `head` may close the pipe early; that is no error of ours.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0)
    throw error
  })
  process.exitCode = await main(process.argv.slice(2))
}
