import { OpenAPIHono } from '@hono/zod-openapi'
import type { Workspace } from '../app/workspace.ts'
import { prefix, routes } from './contract.ts'

export type { AppType } from './contract.ts'

export interface Deps {
  workspace: Workspace
}

/** The HTTP API over a workspace, under `/api/v1`. */
export function createApp(_deps: Deps): OpenAPIHono {
  const app = new OpenAPIHono().basePath(prefix)
  for (const route of Object.values(routes))
    app.openapi(route, ((c: { json: (body: unknown, status: number) => Response }) => c.json({ title: 'not yet' }, 501)) as never)
  return app
}
