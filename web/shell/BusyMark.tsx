import { useIsFetching } from '@tanstack/react-query'
import { useRouterState } from '@tanstack/react-router'
import { useLayoutEffect } from 'react'

/** Marks the document while a page, its code or its data are under way: `data-busy` is what browser tests and printing scripts wait for. */
export function BusyMark() {
  const routing = useRouterState({ select: (state) => state.status === 'pending' || state.isLoading })
  const busy = useIsFetching() > 0 || routing
  useLayoutEffect(() => {
    document.documentElement.dataset.busy = String(busy)
  }, [busy])
  return null
}
