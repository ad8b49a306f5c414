/** What customers are worth: models of repeat purchase, retention and spend. */

export type { Advice, Verdict } from './advice.ts'
export { fitBdw } from './bdw.ts'
export {
  logSurvival,
  type RetentionCells,
  type RetentionParameters,
  residualLifetime,
  retentionOfSurvivors,
  retentionRate,
  simulateRetention,
} from './beta-retention.ts'
export {
  type BgBbParameters,
  bgBbAlive,
  bgBbConditional,
  bgBbDert,
  bgBbDistribution,
  bgBbExpected,
  fitBgBb,
  type OpportunityCells,
  simulateBgBb,
} from './bg-bb.ts'
export { bgNbd } from './bg-nbd.ts'
export type { Calendar } from './calendar.ts'
export { groupCells, type PurchaseCells } from './cells.ts'
export { bgCnbdK, mbgCnbdK } from './cnbd-k.ts'
export {
  type CovariateFit,
  type CovariateModel,
  covariateModels,
  type Designs,
  type Effect,
  fitWithCovariates,
  parametersAt,
} from './covariates.ts'
export { type Design, noCovariates } from './design.ts'
export type { Fit } from './fit.ts'
export { type FitFileOptions, type FittedFile, fitFile, fittableModels } from './fit-file.ts'
export { expectedSpend, fitGammaGamma, type GammaGammaParameters, type SpendCells, simulateSpend, spendDependence } from './gamma-gamma.ts'
export { fitHazard, type HazardCells, type HazardFit, hazardLifetime, hazardSurvival, simulateHazard } from './hazard.ts'
export type { HistoryModel } from './history-model.ts'
export { expectedMargin, fitMargin, type MarginCells, type MarginParameters, marginInterval, simulateMargin } from './margin.ts'
export { mbgNbd } from './mbg-nbd.ts'
export { modelMatrix, questions } from './model-matrix.ts'
export { nextPurchaseWithin, silenceOf } from './next-purchase.ts'
export { fitParetoGgg, type ParetoGggParameters, simulateParetoGgg } from './pareto-ggg.ts'
export { paretoGggAhead, paretoGggAlive } from './pareto-ggg-ahead.ts'
export { paretoNbd } from './pareto-nbd.ts'
export { fitParetoNbdOverTime, overTimeParameters, paretoNbdOverTime } from './pareto-nbd-over-time.ts'
export { fitSbg, sbgLifetime, sbgResidualLifetime, sbgSurvival } from './sbg.ts'
export { fitSegments, type PooledFit } from './segments.ts'
export { type SpendTrend, spendTrend } from './spend-trend.ts'
export { type ValueParameters, valueSteps } from './steps.ts'
export { parseSummary } from './summary-table.ts'
