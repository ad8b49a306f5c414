import { Command } from 'commander'
import { UsageError } from '../../shared/errors.ts'
import { formatCounted } from '../../shared/format.ts'
import { wholeNumber, withJson, withWorkspace, workspaceOf } from '../options.ts'
import { printJson, printTable, say } from '../output.ts'
import { cancelOnInterrupt } from '../progress.ts'

const defaultLimit = 1000

export function queryCommand(): Command {
  return withJson(withWorkspace(new Command('query')))
    .description('ask the published snapshot and the canonical tables in SQL; nothing can be changed')
    .argument('[sql]', 'one select statement')
    .option('--tables', 'list the tables and their columns')
    .option('--limit <rows>', 'most rows to print', wholeNumber, defaultLimit)
    .option('--snapshot <id>', 'another snapshot than the published one')
    .action(
      async (
        text: string | undefined,
        flags: { workspace?: string; json?: boolean; tables?: boolean; limit: number; snapshot?: string },
      ) => {
        const workspace = await workspaceOf(flags)
        if (flags.tables) return listTables(flags.json ?? false)
        if (!text) throw new UsageError('query.empty', 'a select statement is needed', { hint: 'clientele query "select * from layer"' })
        const { queryWorkspace } = await import('../../app/query.ts')
        const { signal, release } = cancelOnInterrupt()
        try {
          const { columns, rows } = await queryWorkspace(workspace, text, {
            ...(flags.snapshot ? { snapshot: flags.snapshot } : {}),
            limit: flags.limit,
            signal,
          })
          if (flags.json) return printJson(rows)
          const numeric = columns.map(({ type }) => /INT|DECIMAL|DOUBLE|FLOAT/.test(type))
          printTable(
            columns.map(({ name }) => name),
            rows.map((row) =>
              columns.map(({ name }) =>
                row[name] === null ? '' : typeof row[name] === 'object' ? JSON.stringify(row[name]) : String(row[name]),
              ),
            ),
            numeric,
          )
          say(formatCounted(rows.length, 'row') + (rows.length === flags.limit ? '; there may be more, see --limit' : ''))
        } finally {
          release()
        }
      },
    )
}

async function listTables(asJson: boolean): Promise<void> {
  const { allResultTables } = await import('../../analytics/index.ts')
  const { canonicalTables } = await import('../../warehouse/contract/index.ts')
  const tables = [...allResultTables, ...canonicalTables]
  if (asJson) {
    return printJson(tables.map(({ schema: _schema, ...contract }) => contract))
  }
  printTable(
    ['Table', 'Kind', 'One row per', 'Columns'],
    tables.map((contract) => [contract.name, contract.kind, contract.grain, Object.keys(contract.columns).join(', ')]),
  )
}
