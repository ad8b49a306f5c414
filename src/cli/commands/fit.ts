import { readFile } from 'node:fs/promises'
import { Command } from 'commander'
import { AppError, MissingError } from '../../shared/errors.ts'
import { formatNumber } from '../../shared/format.ts'
import { withJson } from '../options.ts'
import { print, printJson, printTable } from '../output.ts'

export function fitCommand(): Command {
  return withJson(new Command('fit'))
    .description('fit one lifetime-value model on a summary file and print its parameters')
    .argument('<model>', 'such as bg-nbd, pareto-nbd, gamma-gamma, sbg')
    .argument('<file>', 'CSV with x, t_x, T (or frequency, recency, T), optional n as weight, monetary_value for gamma-gamma')
    .option('--until <date>', 'for a transaction log: last day observed, YYYY-MM-DD (default: the last day in it)')
    .action(async (model: string, file: string, flags: { json?: boolean; until?: string }) => {
      const { fitFile } = await import('../../analytics/value/index.ts')
      const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') throw new MissingError('fit.file', `there is no file ${file}`)
        throw new AppError('fit.file', `cannot read ${file}: ${error.message}`, { cause: error })
      })
      const result = fitFile(model, text, flags.until ? { until: flags.until } : {})
      if (flags.json) return printJson(result)
      printTable(
        ['Parameter', 'Estimate', 'Standard error'],
        Object.entries(result.parameters).map(([name, value]) => [
          name,
          formatNumber(value, { digits: 6 }),
          formatNumber(result.standardErrors[name], { digits: 6 }),
        ]),
        [false, true, true],
      )
      if (result.reason) print(`${result.status}: ${result.reason}`)
      print(`log-likelihood ${formatNumber(result.logLikelihood, { digits: 4 })}, ${result.status} after ${result.iterations} iterations`)
      print(`${result.customers} customers in ${result.cells} distinct histories; gradient norm ${result.gradientNorm.toExponential(1)}`)
    })
}
