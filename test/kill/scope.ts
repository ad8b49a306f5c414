import { allSteps } from '../../src/analytics/index.ts'
import { profitabilitySteps } from '../../src/analytics/profitability/index.ts'

/** What a run of the kill tests computes: everything, or the contribution layers alone, which write and publish in the same way in less time. */
export type Scope = 'all' | 'layers'

export const stepsOf = (scope: Scope) => (scope === 'layers' ? profitabilitySteps : allSteps)
