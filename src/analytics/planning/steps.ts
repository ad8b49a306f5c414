import { planStep } from './plan-step.ts'
import { riskStep } from './risk-step.ts'

/** Where to invest, and how steady the portfolio is. */
export const planningSteps = [planStep, riskStep]
