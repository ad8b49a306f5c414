export { servingSteps } from './steps.ts'
