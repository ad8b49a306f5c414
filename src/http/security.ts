import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { isIP } from 'node:net'
import type { MiddlewareHandler } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { UsageError } from '../shared/errors.ts'
import { prefix } from './contract.ts'
import { signInPage } from './pages.ts'

/** Whom the server answers. */
export interface Gate {
  /** The secret that the terminal prints. */
  token: string
  port: number
  /** Where it is bound: `127.0.0.1` unless asked otherwise. */
  host: string
}

const loopback = new Set(['127.0.0.1', 'localhost', '[::1]'])

/** Answers that anybody may have: whether the process lives. */
const open = new Set([`${prefix}/health/live`, `${prefix}/health/ready`])

const signInPath = '/sign-in'
const mostSessions = 100

/**
 * Lets through only what comes from the person at this machine.
 *
 * - Host: only names of loopback (or the address that was asked for), so that a foreign name that resolves here is refused (DNS rebinding).
 * - Origin: a request that changes something must come from our own page, or bear the token itself; so must every request that a browser
 *   says comes from another site.
 * - Token: from the link that the terminal prints, once; then a session in a cookie that scripts cannot read and other sites cannot send.
 *   Programs send `Authorization: Bearer TOKEN`.
 */
export function guard(gate: Gate): MiddlewareHandler {
  const sessions = new Set<string>()
  const cookie = `clientele_${gate.port}` // cookies know no ports: two servers on one machine keep theirs apart

  const openSession = (): string => {
    const session = randomBytes(32).toString('base64url')
    sessions.add(digest(session))
    if (sessions.size > mostSessions) sessions.delete(sessions.values().next().value!)
    return session
  }

  return async (c, next) => {
    const host = c.req.header('host') ?? ''
    // A request line may name a host of its own, which then counts (RFC 9112, 3.2.2).
    if (!isOurHost(host, gate) || new URL(c.req.url).host.toLowerCase() !== host.toLowerCase()) {
      throw new UsageError('http.host', `this server does not answer for host ${JSON.stringify(host.slice(0, 100))}`, {
        hint: 'Open the address that the terminal printed.',
      })
    }
    const ours = `http://${host}`
    const origin = c.req.header('origin')
    const site = c.req.header('sec-fetch-site')
    const changes = c.req.method !== 'GET' && c.req.method !== 'HEAD'
    const bearer = /^Bearer (.+)$/.exec(c.req.header('authorization') ?? '')?.[1]

    if (origin !== undefined && origin !== ours) throw foreign()
    if (changes && origin === undefined && bearer === undefined) throw foreign()
    // A link on another site may open the start page; nothing else.
    if (
      site === 'cross-site' &&
      !(c.req.method === 'GET' && c.req.header('sec-fetch-mode') === 'navigate' && !c.req.path.startsWith('/api/'))
    ) {
      throw foreign()
    }

    if (open.has(c.req.path)) return next()

    const start = (token: string, to: string): Response => {
      if (!sameText(token, gate.token)) return c.html(signInPage('That token is not right.'), 401)
      setCookie(c, cookie, openSession(), { httpOnly: true, sameSite: 'Strict', path: '/' })
      return c.redirect(to, 303)
    }
    if (c.req.method === 'POST' && c.req.path === signInPath) {
      const form = new URLSearchParams((await c.req.text()).slice(0, 1000))
      return start(form.get('token') ?? '', '/')
    }
    const url = new URL(c.req.url)
    const inLink = url.searchParams.get('token')
    if (inLink !== null && c.req.method === 'GET' && !url.pathname.startsWith('/api/')) {
      url.searchParams.delete('token')
      // A path that begins with two slashes would lead to another host.
      return start(inLink, `${url.pathname.replace(/^\/+/, '/')}${url.search}`)
    }

    const session = getCookie(c, cookie)
    if (bearer !== undefined ? sameText(bearer, gate.token) : session !== undefined && sessions.has(digest(session))) return next()

    if (session !== undefined) deleteCookie(c, cookie, { path: '/' })
    if (c.req.path.startsWith('/api/')) {
      throw new UsageError('http.unauthorised', 'this needs the token that the terminal printed', {
        hint: 'Open the link from the terminal, or send `Authorization: Bearer TOKEN`.',
      })
    }
    return c.html(signInPage(), 401)
  }
}

/** Headers of every answer. `scripts` are hashes of the inline scripts of our own start page. */
export function protect(scripts: () => readonly string[]): MiddlewareHandler {
  return async (c, next) => {
    await next()
    const { headers } = c.res
    if (!headers.has('content-security-policy')) headers.set('content-security-policy', pagePolicy(scripts()))
    headers.set('x-content-type-options', 'nosniff')
    headers.set('referrer-policy', 'no-referrer')
    headers.set('cross-origin-opener-policy', 'same-origin')
    headers.set('cross-origin-resource-policy', 'same-origin')
    headers.set('x-frame-options', 'DENY')
    headers.set('permissions-policy', 'camera=(), microphone=(), geolocation=(), payment=(), usb=()')
    headers.set('x-robots-tag', 'noindex')
    if (!headers.has('cache-control')) headers.set('cache-control', 'no-store')
  }
}

/**
 * Nothing but what we hand out ourselves, no script written into a page but those whose hash is given.
 *
 * Styles may stand inline: the component library and the charts set widths, colours and grid lines that way, some in attributes, which
 * no nonce covers. A style alone can load nothing here, as images and fonts may come from this server only.
 */
function pagePolicy(scripts: readonly string[] = []): string {
  return [
    "default-src 'none'",
    ["script-src 'self'", ...scripts.map((hash) => `'${hash}'`)].join(' '),
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "worker-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ')
}

/** For a document that stands alone, such as the report: it may show itself and load nothing. */
export function documentPolicy(html: string): string {
  const hashes = inlineScriptHashes(html)
  return [
    "default-src 'none'",
    ...(hashes.length > 0 ? [`script-src ${hashes.map((hash) => `'${hash}'`).join(' ')}`] : []),
    "style-src 'unsafe-inline'",
    'img-src data:',
    'font-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

/** `sha256-...` of each script that stands in a page of ours, as a policy names it. */
export function inlineScriptHashes(html: string): string[] {
  return [...html.matchAll(/<script(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/gi)]
    .filter(([, text]) => text !== '')
    .map(([, text]) => `sha256-${createHash('sha256').update(text).digest('base64')}`)
}

function isOurHost(host: string, gate: Gate): boolean {
  const [, name, port] = /^(\[[0-9a-f:.]+\]|[^:]+)(?::(\d+))?$/i.exec(host) ?? []
  if (name === undefined || Number(port ?? 80) !== gate.port) return false
  if (loopback.has(name.toLowerCase())) return true
  if (loopback.has(gate.host)) return false
  // Bound more widely on purpose: the name that was asked for, or a bare address, which no foreign name can stand for.
  return name.toLowerCase() === gate.host.toLowerCase() || isIP(name.replace(/^\[|\]$/g, '')) !== 0
}

/** Compares in a time that does not depend on where they differ. */
function sameText(a: string, b: string): boolean {
  return timingSafeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest())
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}

function foreign(): UsageError {
  return new UsageError('http.forbidden', 'this request came from another site and was refused')
}
