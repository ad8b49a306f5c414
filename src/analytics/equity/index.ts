/** Customer equity: the base over years, customers still to be won, and what changed the value between two dates. */
export * from './contract.ts'
export { equitySteps } from './steps.ts'
