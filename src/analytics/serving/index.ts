export { type CustomerType, customerTypes } from './contract.ts'
export { servingSteps } from './steps.ts'
