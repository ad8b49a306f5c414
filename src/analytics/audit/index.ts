/** The customer-base audit: five lenses, cohorts, and how customers rise and fall. */
export * from './contract.ts'
export { auditSteps } from './steps.ts'
