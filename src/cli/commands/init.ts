import { Command } from 'commander'
import { print, printJson, say } from '../output.ts'

export function initCommand(): Command {
  return new Command('init')
    .description('make a folder a workspace')
    .argument('[dir]', 'folder', '.')
    .option('--name <name>', 'name of the company')
    .option('--currency <code>', 'reporting currency, ISO 4217 (default: EUR)')
    .option('--json', 'print the result as JSON')
    .action(async (dir: string, options: { name?: string; currency?: string; json?: boolean }) => {
      const { initWorkspace } = await import('../../app/workspace.ts')
      const workspace = await initWorkspace(dir, options)
      if (options.json) return printJson({ workspace: workspace.dir, name: workspace.config.name, currency: workspace.config.currency })
      print(workspace.dir)
      say(`made the workspace "${workspace.config.name}", reporting in ${workspace.config.currency}; settings are in clientele.yaml`)
      say(`next: clientele import FILE... --workspace ${dir}`)
    })
}
