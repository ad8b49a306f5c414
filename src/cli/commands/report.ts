import { mkdir } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { Command, Option } from 'commander'
import { withJson, withWorkspace, workspaceOf } from '../options.ts'
import { print, printJson } from '../output.ts'

export function reportCommand(): Command {
  return withJson(withWorkspace(new Command('report')))
    .description('write the portfolio report as one HTML page to print or send, or as a workbook')
    .addOption(new Option('-f, --format <format>', 'what to write').choices(['html', 'xlsx', 'both']).default('both'))
    .option('-o, --out <file or folder>', 'where to; default: exports/ of the workspace')
    .option('--snapshot <id>', 'another snapshot than the published one')
    .action(async (flags: { workspace?: string; json?: boolean; format: 'html' | 'xlsx' | 'both'; out?: string; snapshot?: string }) => {
      const workspace = await workspaceOf(flags)
      const { writeHtmlReport, writeWorkbook } = await import('../../report/index.ts')
      const { readManifest } = await import('../../app/runs.ts')
      const { snapshot } = await readManifest(workspace, flags.snapshot)
      const isFile = flags.out !== undefined && /\.(html|xlsx)$/.test(flags.out)
      const folder = flags.out === undefined ? workspace.exportsDir : isFile ? dirname(resolve(flags.out)) : resolve(flags.out)
      await mkdir(folder, { recursive: true })
      const wanted = isFile ? [flags.out?.endsWith('.html') ? 'html' : 'xlsx'] : flags.format === 'both' ? ['html', 'xlsx'] : [flags.format]
      const files: string[] = []
      for (const format of wanted) {
        const file = isFile ? resolve(flags.out as string) : join(folder, `portfolio-${snapshot}.${format}`)
        await (format === 'html' ? writeHtmlReport : writeWorkbook)(workspace, file, { snapshot })
        files.push(file)
      }
      if (flags.json) printJson({ snapshot, files })
      else for (const file of files) print(file)
    })
}
