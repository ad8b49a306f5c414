import { useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback } from 'react'
import { type CommonSearch, type ExplainTarget, printExplain } from './search.ts'

/** The part of the address that all pages share, and how to change it. */
export function useCommon(): CommonSearch & {
  set: (change: Partial<CommonSearch>, to?: string) => void
  explainLink: (target: ExplainTarget) => string
} {
  const search = useSearch({ strict: false }) as CommonSearch
  const navigate = useNavigate()
  const set = useCallback(
    (change: Partial<CommonSearch>, to?: string) =>
      void navigate({ to: (to ?? '.') as '.', search: (before: object) => ({ ...before, ...change }) as never, resetScroll: false }),
    [navigate],
  )
  return { snapshot: search.snapshot, compare: search.compare, explain: search.explain, set, explainLink: printExplain } as CommonSearch & {
    set: typeof set
    explainLink: typeof printExplain
  }
}
