import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { type ApiError, type Scenario, type ScenarioResult, whatIfOptions } from '../../parts/api.ts'

/** A scenario as it stands in the address: pools by capacity or rate, activities by equation. */
export interface Tried {
  pools: Record<string, { capacity?: number; rate?: number }>
  activities: Record<string, { minutes: string }>
}

export const nothingTried: Tried = { pools: {}, activities: {} }

export const isTried = ({ pools, activities }: Tried): boolean => Object.keys(pools).length + Object.keys(activities).length > 0

/** What somebody put into the address, or nothing where it makes no sense. */
export function readTried(text: string | undefined): Tried {
  if (!text) return nothingTried
  try {
    const value = JSON.parse(text) as Partial<Tried>
    return { pools: value.pools ?? {}, activities: value.activities ?? {} }
  } catch {
    return nothingTried
  }
}

export const writeTried = (tried: Tried): string | undefined => (isTried(tried) ? JSON.stringify(tried) : undefined)

/** The effect of a scenario; the last one stays while the next is worked out. */
export function useScenario(tried: Tried, snapshot: string | undefined) {
  const scenario: Scenario = { ...tried, ...(snapshot ? { snapshot } : {}) }
  return useQuery<ScenarioResult, ApiError>({ ...whatIfOptions(scenario), placeholderData: keepPreviousData, retry: false })
}
