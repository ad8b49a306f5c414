export { remediesSteps } from './steps.ts'
