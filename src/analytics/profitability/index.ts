export * from './contract.ts'
export { type Available, layerColumns, layerSums } from './layers.sql.ts'
export type { Periods, Span } from './periods.ts'
export { profitabilitySteps } from './steps.ts'
