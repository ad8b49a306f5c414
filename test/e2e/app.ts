import { rm } from 'node:fs/promises'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import type { Workspace } from '../../src/app/workspace.ts'
import { type RunningServer, startServer } from '../../src/http/server.ts'
import { builtWebApp, launchBrowser, settled, type Watch, watch } from './browser.ts'
import { removeWorkspace } from './company.ts'

export interface App {
  origin: string
  workspace: Workspace
  /** A signed-in page in a fresh browser profile. */
  open(
    path: string,
    options?: { scheme?: 'light' | 'dark'; width?: number; height?: number },
  ): Promise<{ page: Page; watch: Watch; context: BrowserContext }>
  close(): Promise<void>
}

/** The real server over a workspace, and a real browser before it. */
export async function startApp(workspace: Workspace): Promise<App> {
  const [webFolder, browser] = await Promise.all([builtWebApp(), launchBrowser()])
  const server: RunningServer = await startServer({ workspace, port: 0, webFolder, log: () => {} })
  const origin = `http://127.0.0.1:${server.port}`
  const signIn = await signedIn(browser, server.url)
  return {
    origin,
    workspace,
    async open(path, { scheme = 'light', width = 1280, height = 900 } = {}) {
      const context = await browser.newContext({
        viewport: { width, height },
        colorScheme: scheme,
        reducedMotion: 'reduce',
        storageState: signIn,
      })
      const page = await context.newPage()
      const watched = watch(page, origin)
      await page.goto(origin + path)
      await settled(page)
      return { page, watch: watched, context }
    },
    async close() {
      await browser.close()
      await server.close()
      await removeWorkspace(workspace)
      await rm(webFolder, { recursive: true, force: true })
    },
  }
}

async function signedIn(browser: Browser, url: string) {
  const context = await browser.newContext()
  const page = await context.newPage()
  await page.goto(url)
  const state = await context.storageState()
  await context.close()
  return state
}
