import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { OpenAPIHono, type RouteConfig } from '@hono/zod-openapi'
import { HTTPException } from 'hono/http-exception'
import type { Jobs } from '../app/jobs.ts'
import type { Workspace } from '../app/workspace.ts'
import { AppError, MissingError, UsageError } from '../shared/errors.ts'
import { version } from '../shared/version.ts'
import { type AppLimits, type HandlerContext, timedOut } from './context.ts'
import { type Handlers, prefix, routes } from './contract.ts'
import { downloadHandlers } from './handlers/downloads.ts'
import { importHandlers } from './handlers/imports.ts'
import { jobHandlers } from './handlers/jobs.ts'
import { pageHandlers } from './handlers/pages.ts'
import { planHandlers } from './handlers/plan.ts'
import { pricingHandlers } from './handlers/pricing.ts'
import { systemHandlers } from './handlers/system.ts'
import { tableHandlers } from './handlers/tables.ts'
import { type Log, logToStderr } from './log.ts'
import { invalidRequest, problemResponse } from './problem.ts'
import { type Gate, guard, protect } from './security.ts'
import { serveWebApp } from './static.ts'
import { defaultUploadLimits } from './uploads.ts'

export type { AppLimits } from './context.ts'

export interface Deps {
  workspace: Workspace
  jobs: Jobs
  /** Whom to answer. */
  gate: Gate
  /** Folder of the built web app. */
  webFolder: string
  limits?: Partial<AppLimits> | undefined
  log?: Log
}

export interface App {
  fetch: OpenAPIHono['fetch']
  /** For tests: an answer without a socket. */
  request: OpenAPIHono['request']
  /** Lets go of what the handlers hold. */
  release(): Promise<void>
}

const defaultLimits: AppLimits = { upload: defaultUploadLimits, bodyBytes: 2 ** 20, query: 60_000, answer: 120_000 }

/** Routes whose answers go on for as long as they take. */
const unhurried = new Set<keyof Handlers>(['stageImport', 'jobEvents', 'exportTable', 'report', 'workbook', 'setAside', 'stagedSetAside'])

/** Routes whose SQL is ours alone: what the engine finds wrong with it is our fault and no news for users. */
const ownSql = new Set<keyof Handlers>([
  'portfolio',
  'customer',
  'priceWaterfall',
  'tryPlan',
  'search',
  'comparison',
  'tables',
  'report',
  'workbook',
  'workspace',
])

/** The HTTP door: the API under `/api/v1`, and the web app for every other path. */
export async function createApp(deps: Deps): Promise<App> {
  const log = deps.log ?? logToStderr
  const limits = { ...defaultLimits, ...deps.limits }
  const context: HandlerContext = { workspace: deps.workspace, jobs: deps.jobs, limits, log, version }
  await rm(join(deps.workspace.cacheDir, 'downloads'), { recursive: true, force: true })
  const imports = await importHandlers(context)
  const web = await serveWebApp(deps.webFolder)
  const handlers: Handlers = {
    ...systemHandlers(context),
    ...imports.handlers,
    ...jobHandlers(context),
    ...pageHandlers(context),
    ...planHandlers(context),
    ...pricingHandlers(context),
    ...tableHandlers(context),
    ...downloadHandlers(context),
  }

  const app = new OpenAPIHono({
    defaultHook: (result) => {
      if (!result.success) throw invalidRequest(result.target, result.error.issues)
    },
  })
  app.onError((error) => problemResponse(asAppError(error), log))
  app.use(protect(web.scripts))
  app.use(guard(deps.gate))
  app.use(`${prefix}/*`, async (c, next) => {
    if (c.req.method === 'POST' && c.req.path === `${prefix}${routes.stageImport.path}`) return next()
    const length = c.req.header('content-length')
    if (c.req.header('transfer-encoding') !== undefined) throw new UsageError('http.length', 'the request does not say how long it is')
    if (Number(length ?? 0) > limits.bodyBytes)
      throw new UsageError('http.too-large', `the request has more than ${limits.bodyBytes} bytes`)
    return next()
  })

  for (const [name, route] of Object.entries(routes) as [keyof Handlers, RouteConfig][]) {
    const handler = ownSql.has(name) ? blamingUs(handlers[name] as Handler) : (handlers[name] as Handler)
    const timely = unhurried.has(name) ? handler : within(limits.answer, handler)
    // A body that is streamed must not be read by the validator.
    const { body: _body, ...request } = route.request ?? {}
    const declared = name === 'stageImport' ? { ...route, request } : route
    app.openapi({ ...declared, path: `${prefix}${route.path}` }, timely as never)
  }
  app.all('/api/*', (c) => {
    throw new MissingError('http.no-route', `there is no ${c.req.method} ${c.req.path.slice(0, 200)}`, {
      hint: `See ${prefix}/openapi.json.`,
    })
  })
  app.on(['GET', 'HEAD'], '*', (c) => web.answer(c.req.raw))
  app.all('*', (c) => {
    throw new MissingError('http.no-route', `there is no ${c.req.method} ${c.req.path.slice(0, 200)}`)
  })

  return { fetch: app.fetch, request: app.request, release: imports.release }
}

type Handler = (...args: unknown[]) => Promise<Response> | Response

/** The handler's answer, or a problem once it took too long. */
function within(milliseconds: number, handler: Handler): Handler {
  return async (...args) => {
    const { promise, reject } = Promise.withResolvers<never>()
    const timer = setTimeout(() => reject(timedOut(milliseconds)), milliseconds)
    try {
      return await Promise.race([handler(...args), promise])
    } finally {
      clearTimeout(timer)
    }
  }
}

function blamingUs(handler: Handler): Handler {
  return async (...args) => {
    try {
      return await handler(...args)
    } catch (error) {
      if (!(error instanceof AppError && error.code === 'warehouse.query')) throw error
      throw new AppError('internal', error.message, { kind: 'internal', cause: error })
    }
  }
}

function asAppError(error: unknown): unknown {
  if (!(error instanceof HTTPException)) return error
  if (error.status === 415)
    return new UsageError('http.media-type', 'the body has another type than this route takes', { hint: 'Send application/json.' })
  if (error.status < 500) return new UsageError('http.invalid', error.message || 'the request is not valid')
  return new AppError('internal', error.message, { kind: 'internal', cause: error })
}
