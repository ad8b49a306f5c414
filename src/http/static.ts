import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { extname, join, relative, sep } from 'node:path'
import { Readable } from 'node:stream'
import { notBuiltPage } from './pages.ts'
import { inlineScriptHashes } from './security.ts'

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
  '.webmanifest': 'application/manifest+json',
  '.txt': 'text/plain; charset=utf-8',
}

interface Asset {
  file: string
  size: number
  type: string
  etag: string
  /** Its name bears a hash of what is in it, so that it never changes. */
  hashed: boolean
}

export interface WebApp {
  /** The answer to a GET outside of the API: a file, or the start page for any path of the app. */
  answer(request: Request): Promise<Response>
  /** Hashes of the start page's inline scripts, for the policy. */
  scripts(): readonly string[]
}

/**
 * Hands out the built web app. What may be asked for is listed when it is read, so that no path leads anywhere else; it is read again
 * when it was built anew.
 */
export async function serveWebApp(folder: string): Promise<WebApp> {
  let builtAt = -1
  let assets = new Map<string, Asset>()
  let start: { html: string; etag: string } | null = null
  let scripts: string[] = []

  const refresh = async () => {
    const at = await stat(join(folder, 'index.html')).then(
      (info) => info.mtimeMs,
      () => 0,
    )
    if (at === builtAt) return
    assets = at === 0 ? new Map() : await listAssets(folder)
    const html = at === 0 ? null : await readFile(join(folder, 'index.html'), 'utf8')
    start = html === null ? null : { html, etag: etagOf(html) }
    scripts = html === null ? [] : inlineScriptHashes(html)
    builtAt = at
  }
  await refresh()

  const answer = async (request: Request): Promise<Response> => {
    const { pathname } = new URL(request.url)
    const asset = assets.get(pathname)
    if (asset && pathname !== '/index.html') return sendAsset(asset, request)
    await refresh()
    const fresh = assets.get(pathname)
    if (fresh && pathname !== '/index.html') return sendAsset(fresh, request)
    // A missing file is missing; any other path is a page of the app.
    if (extname(pathname) in types && pathname !== '/index.html') return plain('There is no such file.', 404)
    if (!start) return new Response(notBuiltPage(), { status: 503, headers: { 'content-type': types['.html'] } })
    const headers = { 'content-type': types['.html'], etag: start.etag, 'cache-control': 'no-cache' }
    if (request.headers.get('if-none-match') === start.etag) return new Response(null, { status: 304, headers })
    return new Response(start.html, { headers })
  }
  return { answer, scripts: () => scripts }
}

async function listAssets(folder: string): Promise<Map<string, Asset>> {
  const assets = new Map<string, Asset>()
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue // no links: they could lead outside
    const file = join(entry.parentPath, entry.name)
    const { size, mtimeMs } = await stat(file)
    const path = `/${relative(folder, file).split(sep).map(encodeURIComponent).join('/')}`
    assets.set(path, {
      file,
      size,
      type: types[extname(entry.name)] ?? 'application/octet-stream',
      etag: etagOf(`${path} ${size} ${mtimeMs}`),
      hashed: /-[\w-]{8,}\.\w+$/.test(entry.name) && path.startsWith('/assets/'),
    })
  }
  return assets
}

function sendAsset(asset: Asset, request: Request): Response {
  const headers = {
    'content-type': asset.type,
    etag: asset.etag,
    'cache-control': asset.hashed ? 'private, max-age=31536000, immutable' : 'no-cache',
  }
  if (request.headers.get('if-none-match') === asset.etag) return new Response(null, { status: 304, headers })
  if (request.method === 'HEAD') return new Response(null, { headers: { ...headers, 'content-length': String(asset.size) } })
  const body = Readable.toWeb(createReadStream(asset.file)) as ReadableStream<Uint8Array>
  return new Response(body, { headers: { ...headers, 'content-length': String(asset.size) } })
}

function plain(text: string, status: number): Response {
  return new Response(text, { status, headers: { 'content-type': 'text/plain; charset=utf-8' } })
}

function etagOf(text: string): string {
  return `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`
}
