import { Command } from 'commander'
import { UsageError } from '../../shared/errors.ts'
import { formatCount, formatValue } from '../../shared/format.ts'
import { withJson, withWorkspace, workspaceOf } from '../options.ts'
import { bold, print, printJson, printTable } from '../output.ts'

export function compareCommand(): Command {
  return withJson(withWorkspace(new Command('compare')))
    .description('show what differs between two snapshots, and why')
    .argument('[a]', 'earlier snapshot; default: the one before the published one')
    .argument('[b]', 'later snapshot; default: the published one')
    .action(async (a: string | undefined, b: string | undefined, flags: { workspace?: string; json?: boolean }) => {
      const workspace = await workspaceOf(flags)
      const { listSnapshots } = await import('../../app/runs.ts')
      const { compareSnapshots } = await import('../../app/compare.ts')
      const snapshots = await listSnapshots(workspace)
      const later = b ?? snapshots.find((snapshot) => snapshot.current)?.id
      const earlier = a ?? snapshots.filter((snapshot) => snapshot.id !== later).at(-1)?.id
      if (!later || !earlier)
        throw new UsageError('compare.two', 'two snapshots are needed to compare', { hint: '`clientele run` makes one' })
      const comparison = await compareSnapshots(workspace, earlier, later)
      if (flags.json) return printJson(comparison)
      const { currency } = workspace.config
      print(`${bold(earlier)}  ->  ${bold(later)}`)
      for (const reason of comparison.why) print(`  ${reason}`)
      printTable(
        ['Figure', 'Before', 'Now', 'Change'],
        comparison.figures.map((figure) => [
          figure.title,
          ...[figure.a, figure.b, figure.change].map((value) => formatValue(value, figure as never, currency)),
        ]),
        [false, true, true, true],
      )
      print('')
      printTable(
        ['Table', 'Rows before', 'Rows now', 'Added', 'Removed', 'Changed'],
        comparison.tables.map((table) => [
          table.name,
          ...[table.rowsA, table.rowsB, table.added, table.removed, table.changed].map((count) => formatCount(count)),
        ]),
        [false, true, true, true, true, true],
      )
    })
}
