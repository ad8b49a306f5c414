import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { Command, Option } from 'commander'
import { formatCounted } from '../../shared/format.ts'
import { withJson, withWorkspace, workspaceOf } from '../options.ts'
import { print, printJson, say } from '../output.ts'

export function exportCommand(): Command {
  return withJson(withWorkspace(new Command('export')))
    .description('write tables as CSV or Parquet, each with its schema')
    .argument('[table...]', 'names of tables; default: all result tables')
    .addOption(new Option('-f, --format <format>', 'what to write').choices(['csv', 'parquet']).default('csv'))
    .option('-o, --out <folder>', 'where to; default: exports/ of the workspace')
    .option('--snapshot <id>', 'another snapshot than the published one')
    .action(
      async (
        names: string[],
        flags: { workspace?: string; json?: boolean; format: 'csv' | 'parquet'; out?: string; snapshot?: string },
      ) => {
        const workspace = await workspaceOf(flags)
        const { exportTable } = await import('../../app/tables.ts')
        const { readManifest } = await import('../../app/runs.ts')
        const manifest = await readManifest(workspace, flags.snapshot)
        const folder = flags.out === undefined ? join(workspace.exportsDir, manifest.snapshot) : resolve(flags.out)
        await mkdir(folder, { recursive: true })
        const tables = names.length > 0 ? names : manifest.tables.map((table) => table.name)
        const written: { table: string; file: string; rows: number }[] = []
        for (const table of tables) {
          const { file, rows } = await exportTable(workspace, table, flags.format, join(folder, `${table}.${flags.format}`), {
            snapshot: manifest.snapshot,
          })
          written.push({ table, file, rows })
        }
        if (flags.json) return printJson(written)
        for (const { file, rows } of written) {
          print(file)
          say(`  ${formatCounted(rows, 'row')}`)
        }
      },
    )
}
