import { readFile } from 'node:fs/promises'
import { Command, InvalidArgumentError, Option } from 'commander'
import { AppError, MissingError } from '../../shared/errors.ts'
import { formatNumber, formatShare } from '../../shared/format.ts'
import { withJson } from '../options.ts'
import { print, printJson, printTable } from '../output.ts'

interface Flags {
  json?: boolean
  until?: string
  covariates?: string[]
  purchaseCovariates?: string[]
  leavingCovariates?: string[]
  calendar?: string
  segment?: string
  calendarFor?: 'purchase' | 'leaving' | 'both'
  ridge?: number
  prior?: number
  k?: number
  seed?: number
  minimum?: number
  paid?: number
}

const readText = (file: string): Promise<string> =>
  readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') throw new MissingError('fit.file', `there is no file ${file}`)
    throw new AppError('fit.file', `cannot read ${file}: ${error.message}`, { cause: error })
  })

const list = (value: string): string[] => value.split(',').map((name) => name.trim())

const positive = (value: string): number => {
  const number = Number(value)
  if (!(number > 0)) throw new InvalidArgumentError('It must be a number above 0.')
  return number
}

export function fitCommand(): Command {
  return withJson(new Command('fit'))
    .description('fit one lifetime-value model on a summary file and print its parameters')
    .argument('<model>', 'such as bg-nbd, pareto-nbd, gamma-gamma, sbg; time-equation for minutes of work')
    .argument('<file>', 'CSV with x, t_x, T (or frequency, recency, T), optional n as weight, monetary_value for gamma-gamma')
    .option('--paid <minutes>', 'time-equation: minutes that were paid for these events, to test the level', positive)
    .option('--until <date>', 'for a transaction log: last day observed, YYYY-MM-DD (default: the last day in it)')
    .option(
      '--covariates <columns>',
      'columns of the file, comma-separated, that move how often customers buy and how soon they leave',
      list,
    )
    .option('--purchase-covariates <columns>', 'columns that move only how often they buy', list)
    .option('--leaving-covariates <columns>', 'columns that move only how soon they leave', list)
    .option('--segment <column>', 'fit segments (3 or more) with partial pooling: small ones are drawn towards what all have in common')
    .option('--calendar <file>', 'pareto-nbd on a log: CSV of date and covariates that hold from that day on (seasons, campaigns)')
    .addOption(
      new Option('--calendar-for <process>', 'what the calendar moves (default: purchase)').choices(['purchase', 'leaving', 'both']),
    )
    .option(
      '--ridge <sd>',
      'draw effects towards 0: standard deviation of a normal prior, per standard deviation of the covariate',
      positive,
    )
    .option('--prior <sd>', 'weak normal prior on the log-parameters, for small bases; 2 is a factor of 50 either way', positive)
    .option('--k <phases>', 'fix the regularity of bg-cnbd-k and mbg-cnbd-k', positive)
    .option('--seed <n>', 'seed of models that draw at random', Number)
    .option('--minimum <customers>', 'repeat buyers below which the fit is refused (default: 50, with a prior 10)', Number)
    .action(async (model: string, file: string, flags: Flags) => {
      if (model === 'time-equation') return fitEquation(file, flags)
      const { fitFile } = await import('../../analytics/value/index.ts')
      const text = await readText(file)
      const { json, minimum, calendar, ...rest } = flags
      const options = { ...rest, ...(calendar === undefined ? {} : { calendar: await readText(calendar) }) }
      const result = fitFile(model, text, { ...options, ...(minimum === undefined ? {} : { minimumRepeatBuyers: minimum }) })
      if (json) return printJson(result)
      printTable(
        ['Parameter', 'Estimate', 'Standard error'],
        Object.entries(result.parameters).map(([name, value]) => [
          name,
          formatNumber(value, { digits: 6 }),
          formatNumber(result.standardErrors[name], { digits: 6 }),
        ]),
        [false, true, true],
      )
      for (const { process, name, estimate, z, p } of result.effects ?? []) {
        const factor = `${name}: ${process === 'purchase' ? 'purchase rate' : 'leaving'} x ${formatNumber(Math.exp(estimate), { digits: 3 })}`
        print(`${factor} for 1 more (z ${formatNumber(z, { digits: 2 })}, p ${formatNumber(p, { digits: 4 })})`)
      }
      if (result.likelihoodRatio) {
        const { statistic, freedom, p } = result.likelihoodRatio
        print(
          `against no covariates: likelihood ratio ${formatNumber(statistic, { digits: 3 })} on ${freedom}, p ${formatNumber(p, { digits: 6 })}`,
        )
      }
      if (result.segments) {
        const show = ({ value, low, high }: { value: number; low: number; high: number }): string =>
          [value, low, high]
            .map((one) => formatNumber(one, { digits: 3 }))
            .join(' ')
            .replace(/ (\S+) (\S+)$/, ' ($1 to $2)')
        printTable(
          ['Segment', 'Customers', 'Bought again', '52 units alone (90 %)', 'Pooled (90 %)', 'Own weight'],
          result.segments.segments.map(({ name, customers, repeatBuyers, alone, pooled, ownWeight }) => [
            name,
            String(customers),
            String(repeatBuyers),
            alone ? show(alone.expected) : 'too few to tell',
            show(pooled.expected),
            formatShare(ownWeight),
          ]),
          [false, true, true, true, true, true],
        )
        print('expected purchases of a new customer; the parameters above are those of one fit for all')
      }
      if (result.reason) print(`${result.status}: ${result.reason}`)
      print(`log-likelihood ${formatNumber(result.logLikelihood, { digits: 4 })}, ${result.status} after ${result.iterations} iterations`)
      print(`${result.customers} customers in ${result.cells} distinct histories; gradient norm ${result.gradientNorm.toExponential(1)}`)
    })
}

async function fitEquation(file: string, flags: Flags): Promise<void> {
  const { fitTimeEquation } = await import('../../analytics/costing/index.ts')
  const result = fitTimeEquation(await readText(file), flags.paid === undefined ? {} : { paid: flags.paid })
  if (flags.json) return printJson(result)
  printTable(
    ['Driver', 'Minutes', 'Standard error'],
    Object.entries(result.parameters).map(([name, value]) => [
      name,
      formatNumber(value, { digits: 4 }),
      result.standardErrors[name] === null ? 'held at 0' : formatNumber(result.standardErrors[name]!, { digits: 4 }),
    ]),
    [false, true, true],
  )
  print(`minutes: ${result.equation}`)
  print(
    `${result.events} events; drivers explain ${formatShare(result.rSquared)} of the variation, ${formatNumber(result.residualMinutes, { digits: 2 })} minutes are left either way`,
  )
  print(`${result.verdict}${result.paidShare === null ? '' : ` (${formatShare(result.paidShare)})`}`)
}
