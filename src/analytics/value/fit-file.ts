/** Fits a named model to the text of a summary file or transaction log: what `clientele fit MODEL FILE` answers. */
import { createRandom } from '../../math/random.ts'
import { AppError, UsageError } from '../../shared/errors.ts'
import { fitBdw } from './bdw.ts'
import { fitBgBb } from './bg-bb.ts'
import { bgNbd } from './bg-nbd.ts'
import { bgCnbdK, mbgCnbdK } from './cnbd-k.ts'
import type { CovariateFit, Effect } from './covariates.ts'
import { readDesign } from './design.ts'
import { type Fit, refuse } from './fit.ts'
import {
  asksForCovariates,
  type CovariateFileOptions,
  fitFileBySegment,
  fitFileWithCovariates,
  type SegmentFileOptions,
} from './fit-covariates.ts'
import { type CalendarFileOptions, fitFileOverTime } from './fit-over-time.ts'
import { fitGammaGamma, type SpendCells } from './gamma-gamma.ts'
import { fitHazard, type HazardFit, type HazardLink, type HazardOptions } from './hazard.ts'
import { fitMargin, type MarginCells } from './margin.ts'
import { mbgNbd } from './mbg-nbd.ts'
import { fitParetoGgg } from './pareto-ggg.ts'
import { paretoNbd } from './pareto-nbd.ts'
import {
  type LoggedCustomers,
  readLog,
  readOpportunityCells,
  readPurchaseCells,
  readRetentionCells,
  readSpendCells,
  readTenureRows,
  readTransactionLog,
} from './read-histories.ts'
import { fitSbg } from './sbg.ts'
import type { PooledFit } from './segments.ts'
import { spendTrend } from './spend-trend.ts'
import { isLog, parseSummary, type SummaryTable } from './summary-table.ts'

export interface FitFileOptions extends CovariateFileOptions, CalendarFileOptions, SegmentFileOptions, HazardOptions {
  /** Seed of whatever is random in the fit (only sampling models draw); defaults to 1. */
  seed?: number
  /** Fixes the phases of bg-cnbd-k and mbg-cnbd-k; chosen by likelihood when left out. */
  k?: number
  /** For a transaction log: the last day observed, as 2024-12-31; defaults to the last day in the log. */
  until?: string
}

export interface FittedFile {
  model: string
  /** By the literature's names. */
  parameters: Record<string, number>
  /** NaN where the data do not determine a parameter. */
  standardErrors: Record<string, number>
  /** Total over customers, without the constant factors that the literature leaves out. */
  logLikelihood: number
  status: 'converged' | 'weak' | 'not-converged'
  /** Why the status is not `converged`. */
  reason?: string
  /** Largest absolute derivative of the mean log-likelihood by a log-parameter. */
  gradientNorm: number
  iterations: number
  /** Distinct histories. */
  cells: number
  customers: number
  /** What a prior takes from the log-likelihood at the optimum; undefined when there was none. */
  penalty?: number
  /** Of covariates, in their own units; the parameters are those where all are 0. */
  effects?: Effect[]
  /** Twice the gain in log-likelihood over the model without covariates, against chi-square. */
  likelihoodRatio?: CovariateFit['likelihoodRatio']
  /** Of a fit by segment: each segment alone and pooled, and what all have in common. The parameters are those of all together. */
  segments?: Omit<PooledFit, 'together'>
}

type Fitter = (table: SummaryTable, options: FitFileOptions) => Fit<unknown>

const purchases = (table: SummaryTable, options: FitFileOptions, apart = false) =>
  isLog(table) ? readTransactionLog(table, options.until, apart).purchases : readPurchaseCells(table, apart)

const fitters: Record<string, Fitter> = {
  'bg-nbd': (table, options) => bgNbd.fit(purchases(table, options), options),
  'mbg-nbd': (table, options) => mbgNbd.fit(purchases(table, options), options),
  'pareto-nbd': (table, options) => paretoNbd.fit(purchases(table, options), options),
  'bg-cnbd-k': (table, options) => bgCnbdK.fit(purchases(table, options), options),
  'mbg-cnbd-k': (table, options) => mbgCnbdK.fit(purchases(table, options), options),
  'pareto-ggg': (table, options) => {
    const random = createRandom(options.seed ?? 1)
    return fitParetoGgg(purchases(table, options, true), random, options).fit
  },
  'bg-bb': (table, options) => fitBgBb(readOpportunityCells(table), options),
  'gamma-gamma': (table, options) => fitGammaGamma(spend(table, options), options),
  'normal-margin': (table, options) => fitMargin(marginsOf(table, options), { minimumCustomers: options.minimumRepeatBuyers ?? 50 }),
  'spend-trend': (table, options) => fitTrend(table, options),
  'hazard-logit': (table, options) => hazard('logit', table, options),
  'hazard-cloglog': (table, options) => hazard('cloglog', table, options),
  'hazard-frailty': (table, options) => hazard('frailty', table, options),
  sbg: (table) => fitSbg(readRetentionCells(table)),
  bdw: (table) => fitBdw(readRetentionCells(table)),
}

function spend(table: SummaryTable, options: FitFileOptions): SpendCells {
  if (!isLog(table)) return readSpendCells(table)
  const { spend } = readTransactionLog(table, options.until)
  if (!spend) throw new AppError('fit.column', 'the log has no column for the amount', { hint: 'name it amount' })
  return spend
}

function logWithAmounts(model: string, table: SummaryTable, options: FitFileOptions): LoggedCustomers & { amounts: number[][] } {
  if (!isLog(table))
    throw new UsageError('fit.log', `${model} needs a log of customer, date and amount, which may be negative`, {
      hint: 'a summary does not say how much purchases of one customer differ',
    })
  const log = readLog(table, options.until)
  if (!log.amounts) throw new AppError('fit.column', 'the log has no column for the amount', { hint: 'name it amount' })
  return { ...log, amounts: log.amounts }
}

function marginsOf(table: SummaryTable, options: FitFileOptions): MarginCells {
  const { amounts } = logWithAmounts('normal-margin', table, options)
  const mean = amounts.map((values) => values.reduce((sum, value) => sum + value, 0) / values.length)
  const squares = amounts.map((values, i) => values.reduce((sum, value) => sum + (value - mean[i]!) ** 2, 0))
  const order = Uint32Array.from(amounts.keys()).sort(
    (i, j) => amounts[i]!.length - amounts[j]!.length || mean[i]! - mean[j]! || squares[i]! - squares[j]!,
  )
  return {
    n: Float64Array.from(order, (i) => amounts[i]!.length),
    mean: Float64Array.from(order, (i) => mean[i]!),
    squares: Float64Array.from(order, (i) => squares[i]!),
  }
}

function fitTrend(table: SummaryTable, options: FitFileOptions): Fit<unknown> {
  const { amounts, days } = logWithAmounts('spend-trend', table, options)
  const trend = spendTrend(amounts.map((values, i) => ({ years: days[i]!.map((day) => day / 365.25), values })))
  if (!trend) return refuse('spend-trend', 'fewer than 20 customers bought on two days or more', amounts.length, amounts.length)
  const { perYear, standardError, share, customers } = trend
  return {
    ...refuse<unknown>('spend-trend', '', amounts.length, customers),
    status: 'converged',
    reason: `a customer's purchase ${perYear < 0 ? 'shrinks' : 'grows'} by ${(100 * Math.abs(share)).toFixed(1)} % a year (z ${trend.z.toFixed(2)})`,
    parameters: { perYear, share },
    standardErrors: { perYear: standardError, share: Math.abs((share / perYear) * standardError) },
  }
}

function hazard(link: HazardLink, table: SummaryTable, options: FitFileOptions): Fit<unknown> {
  const { cells } = readTenureRows(table)
  return fitHazard(link, cells, readDesign(table, [...(options.covariates ?? []), ...(options.leavingCovariates ?? [])]), options)
}

/** Names that {@link fitFile} knows. */
export const fittableModels: readonly string[] = Object.keys(fitters)

/**
 * Fits one model to the text of a CSV file: x, t_x, T (or frequency, recency, T) with optional n and monetary_value; for bg-bb the number
 * of opportunities in place of T; for sbg and bdw survivors per period; for all purchase models also a log of customer, date, amount.
 *
 * @throws UsageError for an unknown model; AppError with rows and reasons for a file that makes no sense, and with the reason when the
 * data cannot carry the model.
 */
export function fitFile(model: string, text: string, options: FitFileOptions = {}): FittedFile {
  const fitter = fitters[model]
  if (!fitter) throw new UsageError('fit.model', `there is no model ${model}`, { hint: `one of ${fittableModels.join(', ')}` })
  const table = parseSummary(text)
  const pooled = options.segment === undefined ? undefined : fitFileBySegment(model, table, options)
  const ofHazard = model.startsWith('hazard-')
  const covariates = (asksForCovariates(options) && !ofHazard) || options.calendar !== undefined
  if (asksForCovariates(options) && options.calendar !== undefined)
    throw new UsageError('fit.covariate', 'covariates of customers and a calendar cannot be fitted together yet', {
      hint: 'give one of the two',
    })
  const fit = pooled
    ? pooled.together
    : options.calendar !== undefined
      ? fitFileOverTime(model, table, options)
      : covariates
        ? fitFileWithCovariates(model, table, options)
        : fitter(table, options)
  if (fit.status === 'refused' || !fit.parameters || !fit.standardErrors)
    throw new AppError('fit.refused', `${model} was not fitted: ${fit.reason}`, {
      hint: 'use more customers or a longer time, or a simpler model',
    })
  return {
    model,
    parameters: { ...(fit.parameters as Record<string, number>) },
    standardErrors: { ...(fit.standardErrors as Record<string, number>) },
    logLikelihood: fit.logLikelihood,
    status: fit.status,
    ...(fit.reason ? { reason: fit.reason } : {}),
    gradientNorm: fit.gradientNorm,
    iterations: fit.iterations,
    cells: fit.cells,
    customers: fit.customers,
    ...(fit.penalty === undefined ? {} : { penalty: fit.penalty }),
    ...(pooled ? { segments: withoutTogether(pooled) } : {}),
    ...(ofHazard ? { effects: (fit as HazardFit).effects } : {}),
    ...(covariates ? { effects: (fit as CovariateFit).effects, likelihoodRatio: (fit as CovariateFit).likelihoodRatio } : {}),
  }
}

function withoutTogether({ together: _, ...rest }: PooledFit): Omit<PooledFit, 'together'> {
  return rest
}
