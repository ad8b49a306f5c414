import { Command } from 'commander'
import { withJson, withWorkspace } from '../options.ts'
import { print, printJson, printTable } from '../output.ts'

export function doctorCommand(): Command {
  return withJson(withWorkspace(new Command('doctor')))
    .description('look for what is wrong with the installation or the workspace, and say how to mend it')
    .action(async (flags: { workspace?: string; json?: boolean }) => {
      const { runDoctor } = await import('../../app/doctor.ts')
      const findings = await runDoctor(flags.workspace ?? process.cwd())
      if (flags.json) printJson(findings)
      else {
        printTable(
          ['What', 'Status', 'Detail'],
          findings.map(({ name, status, detail }) => [name, status, detail]),
        )
        for (const { name, fix } of findings) if (fix) print(`${name}: ${fix}`)
      }
      if (findings.some(({ status }) => status === 'fail')) process.exitCode = 1
    })
}
