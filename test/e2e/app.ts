import { rm } from 'node:fs/promises'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import type { Workspace } from '../../src/app/workspace.ts'
import { type RunningServer, startServer } from '../../src/http/server.ts'
import { builtWebApp, launchBrowser, patience, settled, type Watch, watch } from './browser.ts'
import { removeWorkspace } from './company.ts'

export interface App {
  origin: string
  workspace: Workspace
  /** A signed-in page in a fresh browser profile, at rest. */
  open(
    path: string,
    options?: { scheme?: 'light' | 'dark'; width?: number; height?: number },
  ): Promise<{ page: Page; watch: Watch; context: BrowserContext }>
}

/** One browser and one build of the web app for all that a test file opens. */
export interface Stage {
  /** The real server over a workspace, which goes with it. */
  serve(workspace: Workspace): Promise<App>
  close(): Promise<void>
}

export async function openStage(): Promise<Stage> {
  const [webFolder, browser] = await Promise.all([builtWebApp(), launchBrowser()])
  const closing: (() => Promise<void>)[] = [() => browser.close(), () => rm(webFolder, { recursive: true, force: true })]
  return {
    async serve(workspace) {
      const server: RunningServer = await startServer({ workspace, port: 0, webFolder, log: () => {} })
      closing.splice(1, 0, async () => {
        await server.close()
        await removeWorkspace(workspace)
      })
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
          context.setDefaultTimeout(patience)
          const page = await context.newPage()
          const watched = watch(page, origin)
          await page.goto(origin + path)
          await settled(page)
          return { page, watch: watched, context }
        },
      }
    },
    async close() {
      for (const close of closing) await close()
    },
  }
}

async function signedIn(browser: Browser, url: string) {
  const context = await browser.newContext()
  context.setDefaultTimeout(patience)
  const page = await context.newPage()
  await page.goto(url)
  const state = await context.storageState()
  await context.close()
  return state
}
