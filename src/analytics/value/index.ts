/** What customers are worth: models of repeat purchase, retention and spend. */
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
export type { HistoryModel } from './history-model.ts'
export { mbgNbd } from './mbg-nbd.ts'
export { fitParetoGgg, type ParetoGggParameters, simulateParetoGgg } from './pareto-ggg.ts'
export { paretoNbd } from './pareto-nbd.ts'
export { fitSbg, sbgLifetime, sbgResidualLifetime, sbgSurvival } from './sbg.ts'
export { type ValueParameters, valueSteps } from './steps.ts'
