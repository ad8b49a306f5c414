import type { AnyStep } from '../../pipeline/step.ts'
import { relationshipClassStep } from './class-step.ts'
import { relationshipDynamicsStep } from './dynamics-step.ts'
import { exchangeStep } from './exchange-step.ts'
import { relationshipValueStep } from './value-step.ts'

/** In the order of the chain. */
export const relationshipSteps: AnyStep[] = [relationshipClassStep, relationshipDynamicsStep, relationshipValueStep, exchangeStep]
