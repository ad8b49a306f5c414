import { allSteps } from '../analytics/index.ts'
import { type Manifest, type RunSummary, summaryOf } from '../pipeline/manifest.ts'
import { type RunProgress, runSteps } from '../pipeline/run.ts'
import { currentSnapshot, readSnapshot, snapshotIds } from '../pipeline/snapshot.ts'
import type { AnyStep } from '../pipeline/step.ts'
import { isCalendarDay } from '../shared/config.ts'
import { UsageError } from '../shared/errors.ts'
import { type Workspace, writeEditorSchema } from './workspace.ts'

export type { Manifest, RunSummary } from '../pipeline/manifest.ts'
export type { RunProgress } from '../pipeline/run.ts'

export interface RunOptions {
  /** Last day that counts, YYYY-MM-DD; by default that of clientele.yaml, else the last day with an order. */
  asOf?: string
  /** Start of all random draws; by default that of clientele.yaml. */
  seed?: number
  signal?: AbortSignal
  onProgress?: (progress: RunProgress) => void
  /** By default all steps that the product has. */
  steps?: readonly AnyStep[]
}

/** Computes the portfolio from the active imports and publishes it as a new snapshot, all or nothing. */
export async function runPortfolio(workspace: Workspace, options: RunOptions = {}): Promise<RunSummary> {
  if (options.asOf !== undefined && !isCalendarDay(options.asOf)) {
    throw new UsageError('run.as-of', `the last day that counts must be a day that exists, as YYYY-MM-DD; got "${options.asOf}"`)
  }
  if (options.seed !== undefined && !(Number.isInteger(options.seed) && options.seed >= 0 && options.seed < 2 ** 32)) {
    throw new UsageError('run.seed', `seed must be a whole number from 0 to 4294967295; got ${options.seed}`)
  }
  const steps = options.steps ?? allSteps
  await writeEditorSchema(workspace.cacheDir)
  const manifest = await runSteps({ ...workspace, ...options, steps, now: new Date() })
  return summaryOf(manifest)
}

/** All snapshots, oldest first. */
export async function listSnapshots(workspace: Workspace): Promise<{ id: string; createdAt: string; asOf: string; current: boolean }[]> {
  const current = await currentSnapshot(workspace.snapshotsDir)
  const ids = await snapshotIds(workspace.snapshotsDir)
  return Promise.all(
    ids.map(async (id) => {
      const { createdAt, asOf } = await readSnapshot(workspace.snapshotsDir, id)
      return { id, createdAt, asOf, current: id === current }
    }),
  )
}

/** What a snapshot was made from, with what settings, and what came out; by default of the published one. */
export async function readManifest(workspace: Workspace, id?: string): Promise<Manifest> {
  return readSnapshot(workspace.snapshotsDir, id)
}
