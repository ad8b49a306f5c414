import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { prefix, type Routes, routes } from '../../src/http/contract.ts'
import { openApiDocument } from '../../src/http/openapi.ts'
import { version } from '../../src/shared/version.ts'
import { type Company, openCompany, problemOf, rawRequest, token } from './company.ts'

/** Who may do what: every route is declared here, and a new one fails until somebody has thought about it. */
const matrix: Record<keyof Routes, { needs: 'nothing' | 'token'; does: 'read' | 'write' }> = {
  live: { needs: 'nothing', does: 'read' },
  ready: { needs: 'nothing', does: 'read' },
  doctor: { needs: 'token', does: 'read' },
  openapi: { needs: 'token', does: 'read' },
  workspace: { needs: 'token', does: 'read' },
  imports: { needs: 'token', does: 'read' },
  import: { needs: 'token', does: 'read' },
  undoImport: { needs: 'token', does: 'write' },
  setAside: { needs: 'token', does: 'read' },
  stageImport: { needs: 'token', does: 'write' },
  stagedImports: { needs: 'token', does: 'read' },
  stagedImport: { needs: 'token', does: 'read' },
  stagedSetAside: { needs: 'token', does: 'read' },
  answerImport: { needs: 'token', does: 'write' },
  commitImport: { needs: 'token', does: 'write' },
  discardImport: { needs: 'token', does: 'write' },
  recipes: { needs: 'token', does: 'read' },
  startRun: { needs: 'token', does: 'write' },
  jobs: { needs: 'token', does: 'read' },
  job: { needs: 'token', does: 'read' },
  cancelJob: { needs: 'token', does: 'write' },
  jobEvents: { needs: 'token', does: 'read' },
  snapshots: { needs: 'token', does: 'read' },
  snapshot: { needs: 'token', does: 'read' },
  comparison: { needs: 'token', does: 'read' },
  portfolio: { needs: 'token', does: 'read' },
  customer: { needs: 'token', does: 'read' },
  priceWaterfall: { needs: 'token', does: 'read' },
  sourceLine: { needs: 'token', does: 'read' },
  stagedEffect: { needs: 'token', does: 'read' },
  economicValue: { needs: 'token', does: 'read' },
  economicValueWorkbook: { needs: 'token', does: 'read' },
  remedySimulation: { needs: 'token', does: 'read' },
  tryPlan: { needs: 'token', does: 'read' },
  explain: { needs: 'token', does: 'read' },
  search: { needs: 'token', does: 'read' },
  glossary: { needs: 'token', does: 'read' },
  tables: { needs: 'token', does: 'read' },
  table: { needs: 'token', does: 'read' },
  exportTable: { needs: 'token', does: 'read' },
  query: { needs: 'token', does: 'read' },
  whatIf: { needs: 'token', does: 'read' },
  report: { needs: 'token', does: 'read' },
  workbook: { needs: 'token', does: 'read' },
}

let company: Company
beforeAll(async () => {
  company = await openCompany()
})
afterAll(() => company[Symbol.asyncDispose]())

const names = Object.keys(routes) as (keyof Routes)[]
const pathOf = (name: keyof Routes) => prefix + routes[name].path.replaceAll(/\{\w+\}/g, 'x')
const ask = (name: keyof Routes, headers: Record<string, string>) =>
  rawRequest(company.server.port, {
    path: pathOf(name),
    method: routes[name].method.toUpperCase(),
    headers: { host: `127.0.0.1:${company.server.port}`, ...headers },
  })

describe('every route', () => {
  it('is declared in the matrix', () => {
    expect(Object.keys(matrix).sort()).toEqual([...names].sort())
  })

  it('is reached by a method that says whether it writes', () => {
    for (const name of names) {
      const { method } = routes[name]
      if (matrix[name].does === 'write') expect(['post', 'put', 'patch', 'delete'], name).toContain(method)
      else if (!['query', 'whatIf', 'tryPlan'].includes(name)) expect(method, name).toBe('get')
    }
  })

  it('refuses whoever lacks the token, unless it needs none', async () => {
    for (const name of names) {
      const own: Record<string, string> = routes[name].method === 'get' ? {} : { origin: company.origin }
      const { status } = await ask(name, own)
      if (matrix[name].needs === 'token') expect(status, name).toBe(401)
      else expect(status, name).toBe(200)
    }
  })

  it('refuses a foreign origin even with the token', async () => {
    for (const name of names) {
      expect((await ask(name, { authorization: `Bearer ${token}`, origin: 'https://evil.example' })).status, name).toBe(403)
    }
  })

  it('answers an empty workspace and nonsense with data or a problem, never with an unexpected error', async () => {
    for (const name of names) {
      const { status, body, headers } = await ask(name, { authorization: `Bearer ${token}` })
      expect(status, `${name}: ${body}\n${company.logged.join('\n')}`).toBeLessThan(500)
      if (status >= 400) {
        expect(headers['content-type'], name).toBe('application/problem+json')
        expect(JSON.parse(body), name).toMatchObject({ status, code: expect.any(String), title: expect.any(String) })
      }
      expect(body, name).not.toMatch(/\bat .*\.[jt]s:\d+|node_modules/)
    }
    expect(company.logged.filter((line) => line.includes('unexpected'))).toEqual([])
  })
})

describe('the OpenAPI document', () => {
  type Json = Record<string, unknown>
  const document = openApiDocument(version) as {
    openapi: string
    paths: Record<string, Record<string, Json>>
    components: { schemas: Json }
  }

  it('holds every route under its name, with its path parameters declared', () => {
    expect(document.openapi).toBe('3.1.0')
    const found = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
    )
    expect(found.map(({ operation }) => operation.operationId).sort()).toEqual([...names].sort())
    for (const { path, method, operation } of found) {
      const name = operation.operationId as keyof Routes
      expect({ path, method }).toEqual({ path: prefix + routes[name].path, method: routes[name].method })
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter)
      const declared = ((operation.parameters ?? []) as { name: string; in: string }[]).filter((parameter) => parameter.in === 'path')
      expect(declared.map((parameter) => parameter.name)).toEqual(inPath)
      expect(operation.summary, name).toBeTruthy()
      expect(operation.tags, name).toHaveLength(1)
      const answers = operation.responses as Record<string, { description: string; content: Json }>
      expect(Object.keys(answers)).toEqual(expect.arrayContaining(['400', '401', '403', '404', '500']))
      for (const answer of Object.values(answers)) expect(answer.description, name).toBeTruthy()
    }
  })

  it('refers to nothing that is not there and leaves nothing unused', () => {
    const text = JSON.stringify(document)
    const referred = new Set([...text.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name))
    expect([...referred].filter((name) => !(name in document.components.schemas))).toEqual([])
    expect(Object.keys(document.components.schemas).filter((name) => !referred.has(name))).toEqual([])
    expect(text).not.toContain('"$ref":"#/$defs')
  })

  it('is what the server hands out and what the documentation holds', async () => {
    const served = await (await company.send('GET', '/openapi.json')).json()
    expect(served).toEqual(JSON.parse(JSON.stringify(document)))
    const kept = await readFile(resolve(import.meta.dirname, '../../docs/reference/openapi.json'), 'utf8')
    expect(JSON.parse(kept), 'run `node scripts/openapi.ts`').toEqual(served)
  })

  it('the page about the API names every route', async () => {
    const text = await readFile(resolve(import.meta.dirname, '../../docs/reference/api.md'), 'utf8')
    for (const name of names)
      expect(text, 'run `node scripts/openapi.ts`').toContain(`\`${routes[name].method.toUpperCase()} ${prefix}${routes[name].path}\``)
  })
})

describe('requests that are put wrongly', () => {
  const json = { 'content-type': 'application/json' }
  it('say what is wrong, with the place', async () => {
    const wrong: [string, string, RequestInit & { headers?: Record<string, string>; body?: string }, number, string][] = [
      ['GET', '/tables/customer_profit?limit=ten', {}, 400, 'limit'],
      ['GET', '/tables/customer_profit?limit=5001', {}, 400, 'at most 5000'],
      ['GET', '/tables/customer_profit?filters=nonsense', {}, 400, 'filters: not JSON'],
      ['GET', '/tables/customer_profit?filters=[{"column":1}]', {}, 400, 'filters.0.column'],
      ['GET', '/explain?table=a&column=b&where=[]', {}, 400, 'where'],
      ['GET', '/customer', {}, 400, 'id'],
      ['POST', '/runs', { body: '{"asOf":"31.12.2025"}', headers: json }, 400, 'YYYY-MM-DD'],
      ['POST', '/runs', { body: '{"asOff":"2025-12-31"}', headers: json }, 400, 'asOff'],
      ['POST', '/runs', { body: '{', headers: json }, 400, 'JSON'],
      ['POST', '/query', { body: '<sql/>', headers: { 'content-type': 'text/xml' } }, 415, 'type'],
      ['POST', '/query', { body: `{"sql":"${'x'.repeat(2_000_000)}"}`, headers: json }, 413, 'bytes'],
      ['POST', '/staged-imports/x/answers', { body: '{"recipe":"../../etc/passwd"}', headers: json }, 400, 'recipe'],
    ]
    for (const [method, path, options, status, words] of wrong) {
      const answer = await company.send(method, path, options as { body?: string; headers?: Record<string, string> })
      const told = await problemOf(answer)
      expect(answer.status, `${path} ${JSON.stringify(told)}`).toBe(status)
      expect(JSON.stringify(told), path).toContain(words)
    }
  })
})
