import type { ReactNode } from 'react'
import { type Portfolio, usePortfolio, useWorkspace } from './api.ts'
import { NoSnapshot } from './NoSnapshot.tsx'
import { useTitle } from './Page.tsx'
import { Bone, Show } from './States.tsx'
import { useCommon } from './useCommon.ts'

/** A page about a snapshot: says so while there is none, draws the shape of what comes while it loads. */
export function SnapshotPage({ title, children }: { title: string; children: (portfolio: Portfolio) => ReactNode }) {
  useTitle(title)
  const { snapshot } = useCommon()
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
          <Bone height={320} gap={40} />
        </>
      }
    >
      {children}
    </Show>
  )
}
