import type { AnyStep } from '../pipeline/step.ts'
import type { TableContract } from '../warehouse/contract/index.ts'
import { acquisitionSteps } from './acquisition/index.ts'
import { auditSteps } from './audit/index.ts'
import { costingSteps } from './costing/index.ts'
import { equitySteps } from './equity/index.ts'
import { planningSteps } from './planning/index.ts'
import { pricingSteps } from './pricing/index.ts'
import { profitabilitySteps } from './profitability/index.ts'
import { relationshipSteps } from './relationships/index.ts'
import { remediesSteps } from './remedies/index.ts'
import { servingSteps } from './serving/index.ts'
import { valueSteps } from './value/index.ts'

/** All steps of all folders, in the order of the chain; the pipeline sorts them by what they read and write. */
export const allSteps: AnyStep[] = [
  ...profitabilitySteps,
  ...costingSteps,
  ...pricingSteps,
  ...servingSteps,
  ...remediesSteps,
  ...auditSteps,
  ...valueSteps,
  ...relationshipSteps,
  ...equitySteps,
  ...acquisitionSteps,
  ...planningSteps,
]

/** The contracts of everything that a run can write. */
export const allResultTables: TableContract[] = allSteps.flatMap(({ writes }) => writes)
