import type { Manifest } from '../pipeline/manifest.ts'
import { currentSnapshot } from '../pipeline/snapshot.ts'
import type { Workspace } from './workspace.ts'

/** The snapshot that a page was read from. */
export interface PageSnapshot {
  id: string
  createdAt: string
  asOf: string
  current: boolean
  version: string
}

export async function snapshotOf(workspace: Workspace, { snapshot, createdAt, asOf, version }: Manifest): Promise<PageSnapshot> {
  return { id: snapshot, createdAt, asOf, current: (await currentSnapshot(workspace.snapshotsDir)) === snapshot, version }
}
