import { mkdtemp, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { z } from '@hono/zod-openapi'
import { initWorkspace } from '../../src/app/workspace.ts'
import type { AppLimits } from '../../src/http/app.ts'
import { prefix, type Routes, routes } from '../../src/http/contract.ts'
import { problem } from '../../src/http/schemas.ts'
import { type RunningServer, startServer } from '../../src/http/server.ts'

export const token = 'a-token-of-the-tests-0123456789'

/**
 * Three customers and one line without: a loser (K3 returns all), two currencies, a gap of months, a formula as a name of a product.
 */
export const orders = `order_id,order_date,customer_id,product_id,product_name,quantity,list_price,unit_price,unit_cost,currency
A1,2025-01-05,K1,P1,Lamp,2,12.00,10.00,6.00,EUR
A1,2025-01-05,K1,P2,"=cmd|'/c calc'!A1",1,5.50,5.50,2.00,EUR
A2,2025-04-14,K2,P1,Lamp,10,12.00,11.00,6.00,EUR
A3,2025-06-20,K1,P1,Lamp,-1,12.00,10.00,6.00,EUR
A4,2025-07-01,,P2,"=cmd|'/c calc'!A1",4,5.50,5.50,2.00,EUR
A5,2026-01-10,K1,P1,Lamp,3,12.00,10.50,6.50,EUR
A6,2026-02-11,K2,P1,Lamp,5,12.00,11.50,6.50,EUR
A7,2026-03-02,K3,P3,Chair,1,80.00,80.00,95.00,EUR
A8,2026-03-20,K3,P3,Chair,2,80.00,79.99,95.00,EUR
`

export interface Company extends AsyncDisposable {
  dir: string
  server: RunningServer
  origin: string
  logged: string[]
  /** A request as a program sends it: with the token. Paths are below the API's prefix unless they begin with `//`. */
  send(method: string, path: string, options?: { body?: string | FormData; headers?: Record<string, string> }): Promise<Response>
  /** The JSON of a route, checked against what the route declares. */
  get<Name extends keyof Routes>(name: Name, values?: Record<string, string>): Promise<Answer<Name>>
  /** Uploads files and answers with the job once it is over. */
  upload(files: Record<string, string>, options?: object): Promise<Answer<'job'>>
  /** Waits until a job is over. */
  ended(job: { id: string }): Promise<Answer<'job'>>
  /** Imports files, runs, and gives the id of the snapshot. */
  load(files: Record<string, string>): Promise<string>
}

type Content<R> = R extends { responses: { 200: { content: { 'application/json': { schema: infer S extends z.ZodType } } } } }
  ? z.infer<S>
  : R extends { responses: { 202: { content: { 'application/json': { schema: infer S extends z.ZodType } } } } }
    ? z.infer<S>
    : never
type Answer<Name extends keyof Routes> = Content<Routes[Name]>

/** A workspace in a folder of its own, with a server in this process. */
export async function openCompany(limits: Partial<AppLimits> = {}, webFolder?: string): Promise<Company> {
  const dir = await mkdtemp(join(tmpdir(), 'clientele-api-'))
  const workspace = await initWorkspace(join(dir, 'company'), { name: 'Test & Co', currency: 'EUR' })
  const logged: string[] = []
  const server = await startServer({
    workspace,
    port: 0,
    token,
    limits,
    webFolder: webFolder ?? join(dir, 'web'),
    log: (level, message, details) => logged.push(JSON.stringify({ level, message, ...details })),
  })
  const origin = `http://127.0.0.1:${server.port}`

  const send: Company['send'] = (method, path, options = {}) =>
    fetch(path.startsWith('//') ? `${origin}${path.slice(1)}` : `${origin}${prefix}${path}`, {
      method,
      redirect: 'manual',
      headers: { authorization: `Bearer ${token}`, ...options.headers },
      ...(options.body === undefined ? {} : { body: options.body }),
    })
  const checked = async <Name extends keyof Routes>(name: Name, response: Response): Promise<Answer<Name>> => {
    const text = await response.text()
    if (!response.ok) throw new Error(`${name} answered ${response.status}: ${text}`)
    const declared = routes[name].responses as Record<number, { content: Record<string, { schema: z.ZodType }> }>
    return strictly(declared[response.status].content['application/json'].schema, JSON.parse(text)) as Answer<Name>
  }
  const get: Company['get'] = async (name, values = {}) => {
    const route = routes[name]
    let path: string = route.path
    const query = new URLSearchParams()
    for (const [key, value] of Object.entries(values)) {
      if (path.includes(`{${key}}`)) path = path.replace(`{${key}}`, encodeURIComponent(value))
      else query.set(key, value)
    }
    return checked(name, await send(route.method, query.size > 0 ? `${path}?${query}` : path))
  }
  const ended: Company['ended'] = async ({ id }) => {
    const response = await send('GET', `/jobs/${id}/events`)
    const events = (await response.text()).split('\n').filter((line) => line.startsWith('data: '))
    return strictly(routes.job.responses[200].content['application/json'].schema, JSON.parse(events.at(-1)!.slice(6))) as Answer<'job'>
  }
  const upload: Company['upload'] = async (files, options) => {
    const form = new FormData()
    if (options) form.append('options', JSON.stringify(options))
    for (const [name, content] of Object.entries(files)) form.append('files', new File([content], name))
    return ended(await checked('stageImport', await send('POST', '/imports', { body: form })))
  }
  const load: Company['load'] = async (files) => {
    const job = await upload(files)
    if (!job.result?.staged) throw new Error(`not staged: ${JSON.stringify(job)}`)
    const commit = await send('POST', `/staged-imports/${job.result.staged}/commit`)
    if (!commit.ok) throw new Error(`not committed: ${await commit.text()}`)
    const started = await send('POST', '/runs', { body: '{}', headers: { 'content-type': 'application/json' } })
    const run = await ended((await started.json()) as { id: string })
    if (!run.result?.snapshot) throw new Error(`not run: ${JSON.stringify(run)}\n${logged.join('\n')}`)
    return run.result.snapshot
  }
  return {
    dir: workspace.dir,
    server,
    origin,
    logged,
    send,
    get,
    upload,
    ended,
    load,
    async [Symbol.asyncDispose]() {
      await server.close()
      await rm(dir, { recursive: true, force: true })
    },
  }
}

/** Parses and refuses what the schema does not name, so that answers and document cannot drift apart. */
function strictly(schema: z.ZodType, value: unknown): unknown {
  const parsed = schema.parse(value)
  const extra = unnamed(parsed, value, '')
  if (extra.length > 0) throw new Error(`not in the schema: ${extra.join(', ')}`)
  return parsed
}

function unnamed(parsed: unknown, value: unknown, at: string): string[] {
  if (typeof value !== 'object' || value === null || typeof parsed !== 'object' || parsed === null) return []
  return Object.keys(value).flatMap((key) =>
    key in parsed
      ? unnamed((parsed as Record<string, unknown>)[key], (value as Record<string, unknown>)[key], `${at}.${key}`)
      : [`${at}.${key}`],
  )
}

/** A request with any path and any header, which fetch would not send. */
export function rawRequest(
  port: number,
  options: { path: string; method?: string; headers?: Record<string, string>; body?: string | Buffer },
): Promise<{ status: number; headers: Record<string, string | string[] | undefined>; body: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{
    status: number
    headers: Record<string, string | string[] | undefined>
    body: string
  }>()
  const sent = request(
    { host: '127.0.0.1', port, path: options.path, method: options.method ?? 'GET', headers: options.headers ?? {}, agent: false },
    (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks).toString() }),
      )
      response.on('error', reject)
    },
  )
  sent.on('error', reject)
  sent.end(options.body)
  return promise
}

/** The problem that an answer is; throws when it is none. */
export async function problemOf(response: Response): Promise<z.infer<typeof problem>> {
  const text = await response.text()
  if (response.headers.get('content-type') !== 'application/problem+json') throw new Error(`no problem: ${response.status} ${text}`)
  return problem.parse(JSON.parse(text))
}

/** Sends bytes as they are and gives all that comes back. */
export function talk(port: number, text: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const socket = connect(port, '127.0.0.1', () => socket.write(text))
  let answer = ''
  socket.on('data', (chunk) => {
    answer += chunk
  })
  socket.on('close', () => resolve(answer))
  socket.on('error', reject)
  return promise
}
