/** Acquisition quality: what customers are worth by how they were won, and what their beginning foretells. */
export * from './contract.ts'
export { acquisitionSteps } from './steps.ts'
