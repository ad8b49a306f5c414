import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'
import { build } from 'vite'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Flags of the packed browser that would change what is tested: security switched off, everything in one process. */
const unwanted = ['--single-process', '--disable-web-security', '--allow-running-insecure-content', '--disable-site-isolation-trials']

/**
 * A real Chromium: that of CHROMIUM_PATH, else the one inside the npm package (linux x64), unpacked once per version. Where the machine
 * lacks the libraries it links to (a plain Debian has no NSS), those that the package brings along are unpacked beside it.
 */
export async function launchBrowser(): Promise<Browser> {
  const given = process.env.CHROMIUM_PATH
  if (given) return chromium.launch({ executablePath: given, args: ['--no-sandbox'] })
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error('these tests bring a browser for linux x64 only; set CHROMIUM_PATH to a Chromium or Chrome of this machine')
  }
  const folder = await unpackedBrowser()
  const libraries = join(folder, 'al2023', 'lib')
  const packed = (await import('@sparticuz/chromium')).default
  return chromium.launch({
    executablePath: join(folder, 'chromium'),
    args: packed.args.filter((flag) => !unwanted.includes(flag)),
    env: {
      ...(process.env as Record<string, string>),
      FONTCONFIG_PATH: join(folder, 'fonts'),
      ...(existsSync(libraries) ? { LD_LIBRARY_PATH: [libraries, process.env.LD_LIBRARY_PATH].filter(Boolean).join(':') } : {}),
    },
  })
}

/** Unpacks into a folder of its own and renames it into place, so that test files that start together do not meet half a browser. */
async function unpackedBrowser(): Promise<string> {
  const at = join(root, 'node_modules', '@sparticuz', 'chromium')
  const { version } = JSON.parse(await readFile(join(at, 'package.json'), 'utf8')) as { version: string }
  const place = join(tmpdir(), `clientele-chromium-${version}-${process.getuid?.() ?? 0}`)
  if (existsSync(join(place, 'chromium'))) return place
  const fresh = await mkdtemp(join(tmpdir(), 'clientele-chromium-'))
  const before = process.env.TMPDIR
  process.env.TMPDIR = fresh
  try {
    const { default: packed, inflate } = await import('@sparticuz/chromium')
    await packed.executablePath()
    if (lacksLibraries(join(fresh, 'chromium'))) await inflate(join(at, 'bin', 'al2023.tar.br'))
  } finally {
    if (before === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = before
  }
  await rename(fresh, place).catch(() => rm(fresh, { recursive: true, force: true }))
  return place
}

function lacksLibraries(file: string): boolean {
  try {
    return execFileSync('ldd', [file], { encoding: 'utf8' }).includes('not found')
  } catch {
    return true
  }
}

/** The web app as it stands in the sources, in a temporary folder: built anew when they are newer than what was built. */
export async function builtWebApp(): Promise<string> {
  const folder = join(root, 'dist', 'web')
  const builtAt = await stat(join(folder, 'index.html')).then(
    (info) => info.mtimeMs,
    () => 0,
  )
  const settings = (await stat(join(root, 'vite.config.ts'))).mtimeMs
  const newest = Math.max(settings, ...(await Promise.all(['web', 'src/charts', 'src/shared'].map((name) => newestIn(join(root, name))))))
  // A folder of its own, so that nobody who builds meanwhile takes files away from under the test.
  const own = await mkdtemp(join(tmpdir(), 'clientele-web-'))
  if (builtAt >= newest) {
    await cp(folder, own, { recursive: true })
    return own
  }
  await build({
    configFile: join(root, 'vite.config.ts'),
    root: join(root, 'web'),
    logLevel: 'error',
    build: { outDir: own, emptyOutDir: true },
  })
  return own
}

async function newestIn(folder: string): Promise<number> {
  let newest = 0
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile() && !entry.name.includes('.test.'))
      newest = Math.max(newest, (await stat(join(entry.parentPath, entry.name))).mtimeMs)
  }
  return newest
}

/** What a page said and asked for that it should not have. */
export interface Watch {
  /** Console errors and warnings, uncaught errors, requests to anywhere but our server. */
  complaints: string[]
}

/** Notes what goes wrong in a page: errors on the console, uncaught errors, third-party requests. */
export function watch(page: Page, origin: string): Watch {
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(`console ${message.type()}: ${message.text()}`)
  })
  page.on('pageerror', (error) => complaints.push(`uncaught: ${error.message}`))
  page.on('request', (request) => {
    const url = request.url()
    if (!url.startsWith(origin) && !url.startsWith('data:') && !url.startsWith('blob:')) complaints.push(`third party: ${url}`)
  })
  return { complaints }
}

/** Longest wait for anything in a page: a slow machine that does other things at once is no failure. */
export const patience = 60_000

/**
 * Answers '' once the page stands still: route, code and data are there (the app says so in `data-busy`), nothing shows a placeholder, charts
 * are drawn, fonts loaded, animations over; and it stays so over three idle moments, since one answer may ask for the next. Otherwise, after
 * the wait, what is still under way.
 */
const standsStill = `new Promise((done) => {
  const end = performance.now() + ${patience}
  const under = () => {
    if (document.readyState !== 'complete') return 'the document is loading'
    if (document.documentElement.dataset.busy !== 'false') return 'route, code or data are under way'
    if (!document.querySelector('main h1')) return 'there is no heading'
    const loading = document.querySelector('[role="status"][aria-label^="Loading"]')
    if (loading) return 'a placeholder stands: ' + loading.getAttribute('aria-label')
    for (const chart of document.querySelectorAll('[data-chart]')) if (!chart.querySelector('svg')) return 'a chart is not drawn'
    if (document.fonts.status !== 'loaded') return 'fonts are loading'
    const moves = (one) => one.playState === 'running' && one.effect.getComputedTiming().iterations !== Infinity
    if (document.getAnimations().some(moves)) return 'something moves'
    return ''
  }
  let still = 0
  const look = () => {
    const why = under()
    still = why === '' ? still + 1 : 0
    if (still >= 3) done('')
    else if (performance.now() > end) done(why || 'it never stood still')
    else requestAnimationFrame(() => requestIdleCallback(look, { timeout: 1000 }))
  }
  look()
})`

/** Waits until nothing is being loaded and nothing moves; says what was still under way when it takes too long. */
export async function settled(page: Page): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      const why = await page.evaluate<string>(standsStill)
      if (why !== '') throw new Error(`${page.url()} does not come to rest: ${why}`)
      return
    } catch (error) {
      // A page that is left while we look takes the question with it: ask the next one.
      if (attempt > 5 || !/context was destroyed|navigation/i.test(String(error))) throw error
    }
  }
}
