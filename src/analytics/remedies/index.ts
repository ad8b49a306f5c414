export { everybody } from './contract.ts'
export { type RemedyKind, type Rule, remedyKinds } from './rules.ts'
export { drawGuesses, type Leverage, type Simulated, simulate } from './simulate.ts'
export { remediesSteps } from './steps.ts'
