import { randomBytes } from 'node:crypto'
import type { Server } from 'node:http'
import { fileURLToPath } from 'node:url'
import { createAdaptorServer } from '@hono/node-server'
import { Jobs } from '../app/jobs.ts'
import { closeSnapshots } from '../app/open-snapshot.ts'
import type { Workspace } from '../app/workspace.ts'
import { AppError, UsageError } from '../shared/errors.ts'
import { type AppLimits, createApp } from './app.ts'
import { errorDetails, type Log, logToStderr } from './log.ts'

export interface ServeOptions {
  workspace: Workspace
  /** 4180 unless given; when it is taken, the next free one unless `exactPort`. */
  port?: number
  /** Fails when the port is taken. Defaults to false. */
  exactPort?: boolean
  /** `127.0.0.1` unless given. Anything but loopback lets other machines in, with a warning: there is no encryption and one token for all. */
  host?: string
  /** At least 16 characters; a random one unless given. */
  token?: string
  /** Folder of the built web app. */
  webFolder?: string
  limits?: Partial<AppLimits>
  log?: Log
}

export interface RunningServer {
  port: number
  /** With the token: to open once. */
  url: string
  token: string
  /** What the person who starts it should know. */
  warnings: readonly string[]
  /** Ends jobs, answers what is under way, lets go of everything. */
  close(): Promise<void>
}

const defaultPort = 4180
const portsTried = 20
const loopback = new Set(['127.0.0.1', 'localhost', '::1'])

/** Serves the API and the web app of a workspace to whoever has the token. */
export async function startServer(options: ServeOptions): Promise<RunningServer> {
  const host = options.host ?? '127.0.0.1'
  const log = options.log ?? logToStderr
  const token = options.token ?? randomBytes(24).toString('base64url')
  if (!(token.length >= 16)) {
    throw new UsageError('serve.token', `the token must have at least 16 characters; got ${token.length}`, {
      hint: 'Leave it out to get a random one.',
    })
  }
  const warnings: string[] = []
  if (!loopback.has(host)) {
    warnings.push(`Other machines can reach ${host}: whoever has the token sees all data, and nothing is encrypted on the way.`)
  }

  const jobs = new Jobs((error, job) => log('error', 'job failed', { job: job.id, title: job.title, ...errorDetails(error) }))
  const gate = { token, port: 0, host }
  const app = await createApp({
    workspace: options.workspace,
    jobs,
    log,
    gate,
    webFolder: options.webFolder ?? fileURLToPath(new URL('../../dist/web', import.meta.url)),
    limits: options.limits,
  })

  const server = createAdaptorServer({
    fetch: app.fetch,
    overrideGlobalObjects: false,
    serverOptions: {
      headersTimeout: 15_000,
      // Uploads have their own limit, on silence; a whole request may take as long as a large file does.
      requestTimeout: 3_600_000,
      keepAliveTimeout: 10_000,
      maxHeaderSize: 64 * 1024,
    },
  }) as Server
  server.maxRequestsPerSocket = 0

  const port = await listen(server, host, options.port ?? defaultPort, options.exactPort ?? false)
  gate.port = port
  const named = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host

  let closing: Promise<void> | null = null
  const close = () => {
    closing ??= (async () => {
      const stopped = new Promise<void>((resolve) => server.close(() => resolve()))
      await jobs.close()
      await app.release()
      await closeSnapshots(options.workspace)
      server.closeIdleConnections()
      const force = setTimeout(() => server.closeAllConnections(), 3000)
      await stopped
      clearTimeout(force)
    })()
    return closing
  }
  return { port, url: `http://${named}:${port}/?token=${token}`, token, warnings, close }
}

async function listen(server: Server, host: string, first: number, exact: boolean): Promise<number> {
  for (let port = first; ; port++) {
    try {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject)
        server.listen(port, host, () => {
          server.off('error', reject)
          resolve()
        })
      })
      const address = server.address()
      return typeof address === 'object' && address ? address.port : port
    } catch (error) {
      server.removeAllListeners('listening')
      const { code, message } = error as NodeJS.ErrnoException
      const taken = code === 'EADDRINUSE' || code === 'EACCES'
      if (taken && !exact && port - first < portsTried && port < 65_535) continue
      throw new AppError('serve.port', taken ? `port ${port} on ${host} is taken` : `cannot listen on ${host}:${port}: ${message}`, {
        kind: 'conflict',
        hint: 'Name another with `--port`, or 0 for any free one.',
        cause: error,
      })
    }
  }
}
