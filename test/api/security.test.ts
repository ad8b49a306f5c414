import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { initWorkspace } from '../../src/app/workspace.ts'
import { startServer } from '../../src/http/server.ts'
import { type Company, openCompany, problemOf, rawRequest, talk, token } from './company.ts'

let company: Company
let web: string
const page =
  '<!doctype html><script>document.title="x"</script><script type="module" src="/assets/main-0a1b2c3d4e.js"></script><div id="root"></div>'

beforeAll(async () => {
  web = await mkdtemp(join(tmpdir(), 'clientele-web-'))
  await mkdir(join(web, 'dist/assets'), { recursive: true })
  await writeFile(join(web, 'dist/index.html'), page)
  await writeFile(join(web, 'dist/assets/main-0a1b2c3d4e.js'), 'export {}')
  await writeFile(join(web, 'dist/favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>')
  await writeFile(join(web, 'secret.txt'), 'secret')
  await symlink(join(web, 'secret.txt'), join(web, 'dist/linked.txt'))
  company = await openCompany({}, join(web, 'dist'))
})
afterAll(async () => {
  await company[Symbol.asyncDispose]()
  await rm(web, { recursive: true, force: true })
})

const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  rawRequest(company.server.port, { path, method, headers: { host: `127.0.0.1:${company.server.port}`, ...headers } })
const bearer = { authorization: `Bearer ${token}` }

/** The cookie of somebody who opened the link. */
async function cookie(): Promise<string> {
  const { headers } = await get(`/?token=${token}`)
  return String(headers['set-cookie']).split(';')[0]
}

describe('who is let in', () => {
  it('nobody without the token: the API says so, a page asks for it', async () => {
    const api = await get('/api/v1/workspace')
    expect(api.status).toBe(401)
    expect(JSON.parse(api.body)).toMatchObject({ code: 'http.unauthorised', status: 401 })
    for (const path of ['/', '/customers', '/assets/main-0a1b2c3d4e.js', '/favicon.svg']) {
      const asked = await get(path)
      expect(asked.status, path).toBe(401)
      expect(asked.body, path).toContain('Open the link from the terminal')
    }
  })

  it('a wrong token, in the link, as bearer or in the form, gets nobody in', async () => {
    expect((await get('/?token=wrong')).status).toBe(401)
    expect((await get('/?token=')).status).toBe(401)
    expect((await get(`/?token=${token}x`)).headers['set-cookie']).toBeUndefined()
    expect((await get('/api/v1/workspace', { authorization: 'Bearer wrong' })).status).toBe(401)
    expect((await get('/api/v1/workspace', { authorization: `Basic ${token}` })).status).toBe(401)
    expect((await get(`/api/v1/workspace?token=${token}`)).status).toBe(401)
    expect((await get('/api/v1/workspace', { cookie: `clientele_${company.server.port}=${token}` })).status).toBe(401)
  })

  it('the link gives a cookie that no script and no other site can use, and leaves the address', async () => {
    const first = await get(`/customers?sort=-contribution&token=${token}`)
    expect(first.status).toBe(303)
    expect(first.headers.location).toBe('/customers?sort=-contribution')
    expect(String(first.headers['set-cookie'])).toMatch(/^clientele_\d+=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/)
    expect(String(first.headers['set-cookie'])).not.toContain(token)
    const own = { cookie: String(first.headers['set-cookie']).split(';')[0] }
    expect((await get('/api/v1/workspace', own)).status).toBe(200)
    expect((await get('/customers', own)).body).toContain('<div id="root">')
  })

  it('the link leads nowhere else', async () => {
    for (const path of ['//evil.example/', '///evil.example', '/\\evil.example']) {
      const { headers } = await get(`${path}?token=${token}`)
      expect(String(headers.location ?? '/'), path).toMatch(/^\/(?![/\\])/)
    }
  })

  it('the token can be typed into the page', async () => {
    const origin = { origin: company.origin, 'content-type': 'application/x-www-form-urlencoded' }
    const send = (body: string) =>
      rawRequest(company.server.port, {
        path: '/sign-in',
        method: 'POST',
        body,
        headers: { host: `127.0.0.1:${company.server.port}`, ...origin },
      })
    expect((await send(`token=${token}`)).status).toBe(303)
    const wrong = await send('token=%3Cscript%3E')
    expect(wrong.status).toBe(401)
    expect(wrong.body).toContain('That token is not right.')
    expect(wrong.body).not.toContain('<script>')
  })

  it('a host that is not this machine is refused, with or without the token', async () => {
    for (const host of [
      'evil.example',
      `evil.example:${company.server.port}`,
      '127.0.0.1:1',
      '127.0.0.1.evil.example',
      `[::1]:1`,
      'localhost',
    ]) {
      const refused = await get('/api/v1/workspace', { ...bearer, host })
      expect(refused.status, host).toBe(421)
    }
    for (const host of [`localhost:${company.server.port}`, `LOCALHOST:${company.server.port}`, `[::1]:${company.server.port}`]) {
      expect((await get('/api/v1/workspace', { ...bearer, host })).status, host).toBe(200)
    }
  })

  it('a request without a host, or with two, gets nothing', async () => {
    const line = 'GET /api/v1/workspace HTTP/1.1\r\n'
    const ours = `Host: 127.0.0.1:${company.server.port}\r\n`
    const rest = `Authorization: Bearer ${token}\r\nConnection: close\r\n\r\n`
    expect(await talk(company.server.port, line + ours + rest)).toMatch(/^HTTP\/1\.1 200 /)
    expect(await talk(company.server.port, line + rest)).toMatch(/^HTTP\/1\.1 4\d\d /)
    expect(await talk(company.server.port, `${line}Host:\r\n${rest}`)).toMatch(/^HTTP\/1\.1 4\d\d /)
    expect(await talk(company.server.port, `${line}${ours}Host: evil.example\r\n${rest}`)).toMatch(/^HTTP\/1\.1 4\d\d /)
    expect(await talk(company.server.port, `${line}Host: evil.example\r\n${ours}${rest}`)).toMatch(/^HTTP\/1\.1 4\d\d /)
    expect(await talk(company.server.port, `GET http://evil.example/api/v1/workspace HTTP/1.1\r\n${ours}${rest}`)).not.toContain(
      'Test & Co',
    )
    expect(await talk(company.server.port, `GET /api/v1/workspace HTTP/1.0\r\n${rest}`)).toMatch(/^HTTP\/1\.1 4\d\d /)
  })

  it('what changes something must come from our own page, or bear the token', async () => {
    const own = { cookie: await cookie() }
    const post = (headers: Record<string, string>) => get('/api/v1/jobs/none/cancel', headers, 'POST')
    expect((await post(own)).status).toBe(403)
    expect((await post({ ...own, origin: 'http://evil.example' })).status).toBe(403)
    expect((await post({ ...own, origin: 'null' })).status).toBe(403)
    expect((await post({ ...own, origin: `http://127.0.0.1:${company.server.port + 1}` })).status).toBe(403)
    expect((await post({ ...own, origin: `https://127.0.0.1:${company.server.port}` })).status).toBe(403)
    expect((await post({ ...own, origin: company.origin })).status).toBe(404)
    expect((await post(bearer)).status).toBe(404)
    expect((await post({ ...bearer, origin: 'http://evil.example' })).status).toBe(403)
  })

  it('what a browser says comes from another site gets no data, and may open the start page', async () => {
    const own = { cookie: await cookie(), 'sec-fetch-site': 'cross-site' }
    expect((await get('/api/v1/portfolio', { ...own, 'sec-fetch-mode': 'no-cors' })).status).toBe(403)
    expect((await get('/api/v1/report.html', { ...own, 'sec-fetch-mode': 'navigate' })).status).toBe(403)
    expect((await get('/assets/main-0a1b2c3d4e.js', { ...own, 'sec-fetch-mode': 'no-cors' })).status).toBe(403)
    expect((await get('/', { ...own, 'sec-fetch-mode': 'navigate' })).status).toBe(200)
    expect((await get('/api/v1/workspace', { ...bearer, origin: 'http://evil.example' })).status).toBe(403)
  })

  it('health is told to anybody on this machine and says nothing else', async () => {
    expect((await get('/api/v1/health/live')).body).toBe('{"status":"live"}')
    expect((await get('/api/v1/health/ready')).body).toBe('{"status":"ready"}')
    expect((await get('/api/v1/health/ready', { host: 'evil.example' })).status).toBe(421)
  })
})

describe('what every answer carries', () => {
  it('the protective headers stand on pages, files, data, problems and refusals', async () => {
    for (const [path, headers] of [
      ['/', bearer],
      ['/', {}],
      ['/assets/main-0a1b2c3d4e.js', bearer],
      ['/api/v1/workspace', bearer],
      ['/api/v1/workspace', {}],
      ['/api/v1/nothing', bearer],
      ['/api/v1/health/live', {}],
      ['/missing.js', bearer],
      ['/', { host: 'evil.example' }],
    ] as [string, Record<string, string>][]) {
      const answer = await get(path, headers)
      expect(answer.headers, path).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'x-frame-options': 'DENY',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
      })
      const policy = String(answer.headers['content-security-policy'])
      const directives = Object.fromEntries(policy.split('; ').map((text) => [text.split(' ')[0], text.split(' ').slice(1)]))
      expect(directives['default-src']).toEqual(["'none'"])
      expect(directives['frame-ancestors']).toEqual(["'none'"])
      expect(directives['base-uri']).toEqual(["'none'"])
      expect(directives['script-src']).not.toContain("'unsafe-inline'")
      expect(directives['script-src']).not.toContain("'unsafe-eval'")
      expect(policy).not.toMatch(/https?:|\*/)
      expect(answer.headers['access-control-allow-origin']).toBeUndefined()
      expect(answer.headers['x-powered-by']).toBeUndefined()
    }
  })

  it('scripts that stand in our own page may run by their hash, no other', async () => {
    const policy = String((await get('/', bearer)).headers['content-security-policy'])
    // printf 'document.title="x"' | openssl dgst -sha256 -binary | base64
    expect(policy).toContain("script-src 'self' 'sha256-")
    expect(policy.match(/sha256-/g)).toHaveLength(1)
  })

  it('data is kept by no cache, hashed files for ever, the page is asked for anew', async () => {
    expect((await get('/api/v1/workspace', bearer)).headers['cache-control']).toBe('no-store')
    expect((await get('/assets/main-0a1b2c3d4e.js', bearer)).headers['cache-control']).toContain('immutable')
    const start = await get('/', bearer)
    expect(start.headers['cache-control']).toBe('no-cache')
    expect((await get('/', { ...bearer, 'if-none-match': String(start.headers.etag) })).status).toBe(304)
    expect((await get('/favicon.svg', bearer)).headers['content-type']).toBe('image/svg+xml')
  })
})

describe('files of the web app', () => {
  it('any path of the app gets the start page, with addresses that hold from there', async () => {
    for (const path of ['/', '/customers/K%2F1', '/index.html', '/data/import/x', '/customers/A.B.1']) {
      const answer = await get(path, bearer)
      expect(answer.status, path).toBe(200)
      expect(answer.body, path).toContain('src="/assets/main-0a1b2c3d4e.js"')
    }
    expect((await get('/gone.js', bearer)).status).toBe(404)
    expect((await get('/', bearer, 'HEAD')).body).toBe('')
  })

  it('no path leads out of the folder, nor a link within it', async () => {
    for (const path of [
      '/../secret.txt',
      '/..%2fsecret.txt',
      '/%2e%2e/secret.txt',
      '/assets/../../secret.txt',
      '/assets/..%5c..%5csecret.txt',
      '/....//secret.txt',
      '//secret.txt',
      '/linked.txt',
      '/secret.txt%00.js',
      '/%00',
      '/%ff',
      `/${join(web, 'secret.txt')}`,
    ]) {
      const answer = await get(path, bearer)
      expect(answer.body, path).not.toContain('secret\n')
      expect(answer.body === 'secret', path).toBe(false)
      expect(answer.status, path).toBeLessThan(500)
    }
  })

  it('a page that was not built says what to do', async () => {
    await using bare = await openCompany()
    const answer = await bare.send('GET', '//')
    expect(answer.status).toBe(503)
    expect(await answer.text()).toContain('npm run build:web')
  })
})

describe('the server', () => {
  it('takes the next port when its own is taken, and says so when it may not', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'clientele-port-'))
    const workspace = await initWorkspace(dir)
    const second = await startServer({ workspace, port: company.server.port, token, log: () => {} })
    expect(second.port).toBeGreaterThan(company.server.port)
    expect(second.url).toBe(`http://127.0.0.1:${second.port}/?token=${token}`)
    await expect(startServer({ workspace, port: second.port, exactPort: true, token, log: () => {} })).rejects.toMatchObject({
      code: 'serve.port',
    })
    await second.close()
    await second.close()
    await rm(dir, { recursive: true, force: true })
  })

  it('draws a new token each time and refuses a short one', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'clientele-token-'))
    const workspace = await initWorkspace(dir)
    await expect(startServer({ workspace, port: 0, token: 'short', log: () => {} })).rejects.toMatchObject({ code: 'serve.token' })
    const [a, b] = [await startServer({ workspace, port: 0, log: () => {} }), await startServer({ workspace, port: 0, log: () => {} })]
    expect(a.token).not.toBe(b.token)
    expect(a.token).toMatch(/^[\w-]{32}$/)
    await Promise.all([a.close(), b.close()])
    await rm(dir, { recursive: true, force: true })
  })

  it('warns when other machines can reach it, and still answers no foreign name', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'clientele-host-'))
    const workspace = await initWorkspace(dir)
    const wide = await startServer({ workspace, port: 0, host: '0.0.0.0', token, log: () => {} })
    expect(wide.warnings.join()).toContain('Other machines can reach')
    const ask = (host: string) => rawRequest(wide.port, { path: '/api/v1/workspace', headers: { host, ...bearer } })
    expect((await ask(`192.0.2.7:${wide.port}`)).status).toBe(200)
    expect((await ask(`evil.example:${wide.port}`)).status).toBe(421)
    await wide.close()
    await rm(dir, { recursive: true, force: true })
  })

  it('a wrong path or method of the API is a problem, not a page', async () => {
    for (const [method, path] of [
      ['GET', '/nothing'],
      ['PUT', '/workspace'],
      ['TRACE', '/workspace'],
      ['DELETE', '/imports'],
    ]) {
      if (method === 'TRACE') continue // fetch refuses to send it
      expect(await problemOf(await company.send(method, path))).toMatchObject({ status: 404, code: 'http.no-route' })
    }
  })
})
