export { type PublishedItem, replan, type Trial, type TriedPlan } from './replan.ts'
export type { ResponseCurve } from './response.ts'
export { planningSteps } from './steps.ts'
