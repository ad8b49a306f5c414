import { runDoctor } from '../../app/doctor.ts'
import { listImports } from '../../app/imports.ts'
import { listSnapshots, readManifest } from '../../app/runs.ts'
import { openWorkspace } from '../../app/workspace.ts'
import { AppError, MissingError } from '../../shared/errors.ts'
import type { HandlerContext } from '../context.ts'
import type { Handlers } from '../contract.ts'
import { openApiDocument } from '../openapi.ts'
import { jobBody } from './jobs.ts'

export function systemHandlers({ workspace, jobs, limits, version }: HandlerContext) {
  let document: { openapi: string } | undefined
  return {
    live: (c) => c.json({ status: 'live' as const }, 200),
    ready: async (c) => {
      try {
        await openWorkspace(workspace.dir)
      } catch (error) {
        throw new AppError('http.not-ready', 'the workspace cannot be read', {
          kind: 'conflict',
          hint: 'Run `clientele doctor`.',
          cause: error,
        })
      }
      return c.json({ status: 'ready' as const }, 200)
    },
    doctor: async (c) => {
      const found = await runDoctor(workspace.dir)
      const checks = found.map(({ name, status, detail, fix }) => ({
        name,
        title: `${name[0].toUpperCase()}${name.slice(1)}`,
        status: status === 'ok' ? ('pass' as const) : status,
        detail,
        ...(fix ? { hint: fix } : {}),
      }))
      return c.json({ ok: checks.every(({ status }) => status !== 'fail'), checks }, 200)
    },
    openapi: (c) => {
      document ??= openApiDocument(version) as { openapi: string }
      return c.json(document, 200)
    },
    workspace: async (c) => {
      const { config, dir } = await openWorkspace(workspace.dir)
      const [imports, snapshots] = await Promise.all([listImports(workspace), listSnapshots(workspace)])
      const snapshot = snapshots.find(({ current }) => current) ?? null
      return c.json(
        {
          name: config.name,
          currency: config.currency,
          folder: dir,
          version,
          imports: imports.length,
          snapshot,
          stale: snapshot !== null && !(await sameInputs(snapshot.id, imports)),
          jobs: jobs
            .list()
            .filter(({ endedAt }) => endedAt === null)
            .map(jobBody),
          limits: { uploadBytes: limits.upload.bytes, uploadFiles: limits.upload.files },
        },
        200,
      )
    },
  } satisfies Partial<Handlers>

  async function sameInputs(snapshot: string, imports: { id: string }[]): Promise<boolean> {
    try {
      const { inputs } = await readManifest(workspace, snapshot)
      const now = new Set(imports.map(({ id }) => id))
      return inputs.length === now.size && inputs.every((input) => now.has(input.import))
    } catch (error) {
      if (error instanceof MissingError) return false // removed between two reads
      throw error
    }
  }
}
