import type { ReactNode } from 'react'
import { type Portfolio, usePortfolio, useWorkspace } from './api.ts'
import { NoSnapshot } from './NoSnapshot.tsx'
import { useTitle } from './Page.tsx'
import { Bone, Show } from './States.tsx'

/** A page over the portfolio of a snapshot: its title, what to do where nothing was computed yet, its shape while it loads, and its failures. */
export function PortfolioShow({
  title,
  snapshot,
  children,
}: {
  title: string
  snapshot: string | undefined
  children: (portfolio: Portfolio) => ReactNode
}) {
  useTitle(title)
  const workspace = useWorkspace()
  const none = workspace.data !== undefined && workspace.data.snapshot === null
  const portfolio = usePortfolio(snapshot, workspace.data !== undefined && !none)
  if (none) return <NoSnapshot workspace={workspace.data!} title={title} />
  return (
    <Show
      heading={title}
      query={workspace.error ? { ...workspace, data: undefined as Portfolio | undefined } : portfolio}
      shape={
        <>
          <Bone width="18%" />
          <Bone width="58%" height={30} gap={8} />
          <Bone height={92} gap={32} />
          <Bone height={360} gap={40} />
        </>
      }
    >
      {children}
    </Show>
  )
}
