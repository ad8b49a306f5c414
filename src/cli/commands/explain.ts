import { Command } from 'commander'
import { formatCount, formatCounted, formatValue } from '../../shared/format.ts'
import { collect, pairsOf, wholeNumber, withJson, withWorkspace, workspaceOf } from '../options.ts'
import { bold, faint, print, printJson, printTable } from '../output.ts'

export function explainCommand(): Command {
  return withJson(withWorkspace(new Command('explain')))
    .description('show where a figure comes from: formula, inputs, source rows, file and line')
    .argument('<table>', 'name of a result table')
    .requiredOption('--column <name>', 'the column to explain')
    .option('--where <column=value>', 'which row; may be given several times', collect, [])
    .option('--limit <rows>', 'most source rows to show', wholeNumber, 20)
    .option('--snapshot <id>', 'another snapshot than the published one')
    .action(
      async (
        table: string,
        flags: { workspace?: string; json?: boolean; column: string; where: string[]; limit: number; snapshot?: string },
      ) => {
        const workspace = await workspaceOf(flags)
        const { explainFigure, sourceLine } = await import('../../app/explain.ts')
        const explanation = await explainFigure(workspace, {
          table,
          where: pairsOf(flags.where, '--where'),
          column: flags.column,
          limit: flags.limit,
          ...(flags.snapshot ? { snapshot: flags.snapshot } : {}),
        })
        if (flags.json) return printJson(explanation)
        const { currency } = workspace.config
        const show = (value: unknown, type: string) => formatValue(value, { type } as never, currency)
        print(`${bold(explanation.title)} = ${bold(show(explanation.value, explanation.type))}`)
        print(explanation.meaning)
        if (explanation.formula) print(`formula: ${explanation.formula}`)
        for (const input of explanation.inputs)
          print(`  ${input.title} = ${show(input.value, explanation.type)}${input.formula ? faint(`   ${input.formula}`) : ''}`)
        const { sources } = explanation
        if (sources) {
          print(
            `\n${formatCounted(sources.rows, 'row')} of ${sources.table}${sources.sum === undefined ? '' : `, together ${sources.sum}`}: ${sources.matches ? 'they add up to the figure' : 'THEY DO NOT ADD UP to the figure'}`,
          )
          const columns = Object.keys(sources.sample[0] ?? {})
          if (columns.length > 0)
            printTable(
              columns,
              sources.sample.map((row) => columns.map((column) => String(row[column] ?? ''))),
            )
          const [first] = sources.sample
          if (first && typeof first.source_file === 'string') {
            const place = { import: String(first.import), file: first.source_file, row: Number(first.source_row) }
            const found = await sourceLine(workspace, place)
            if (found)
              print(
                `\nthe first of them as it stands in ${found.path}${found.line === null ? `, row ${place.row}` : `, line ${found.line}`}:\n  ${found.text}`,
              )
            else print(faint(`\n${place.file} is not where it was imported from any more, so its lines cannot be shown`))
          }
          if (sources.rows > sources.sample.length)
            print(faint(`... and ${formatCount(sources.rows - sources.sample.length)} more; see --limit`))
          if (!sources.matches) process.exitCode = 1
        }
        print(
          faint(
            `\nsnapshot ${explanation.snapshot}, as of ${explanation.asOf}; imports: ${explanation.imports.map(({ id, files }) => `${id} (${files.join(', ')})`).join('; ')}`,
          ),
        )
      },
    )
}
