export { servingSteps } from './steps.ts'
export { ledgerWindow } from './windows.ts'
