import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type App, openStage, type Stage } from './app.ts'
import { settled } from './browser.ts'
import { companyWorkspace, emptyWorkspace } from './company.ts'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Violations of WCAG 2.2 AA and of good practice, each with the first elements that it is about. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe)
  const found = await page.evaluate<{ id: string; help: string; nodes: string[] }[]>(
    `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations.map((v) => ({ id: v.id, help: v.help, nodes: v.nodes.slice(0, 4).map((n) => n.target.join(' ') + ' ' + n.failureSummary) })))`,
  )
  return found.map((v) => `${v.id}: ${v.help}\n  ${v.nodes.join('\n  ')}`)
}

/** What stands out beyond the window's right edge, for the message. */
const widest = `[...document.querySelectorAll('main *')].filter((e) => e.getBoundingClientRect().right > innerWidth + 1).slice(0, 3).map((e) => e.tagName + '.' + e.className).join(', ')`

const pages = [
  '/',
  '/?from=1&to=18',
  '/customers',
  '/customers?view=change',
  '/customers/C001',
  '/customers/C001?explain=customer_profit.contribution(customer_id=%27C001)',
  '/data',
  '/data/import',
  '/data/checks',
  '/data/snapshots',
  '/tables',
  '/tables/month_profit',
  '/glossary',
  '/value',
  '/cost-model',
  '/relationships',
  '/plan',
  '/risk',
  '/pricing',
  '/pricing?view=discounts',
  '/pricing?view=index',
  '/pricing?view=radar',
  '/pricing?view=worth',
  '/profitability',
  '/profitability?where=type:eq:aggressive',
  '/worklist',
  '/worklist?where=remedy:eq:customer-process',
  '/pricing?against=all@previous&show=all@current',
  '/audit',
  '/cohorts',
  '/acquisition',
  '/cohorts?grain=quarter&show=cumulative',
  '/models',
  '/settings',
  '/nowhere',
  '/customers/nobody',
]

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
})
afterAll(() => stage?.close())

describe('a company with figures', () => {
  let app: App
  let visit: Awaited<ReturnType<App['open']>>
  beforeAll(async () => {
    app = await stage.serve(await companyWorkspace({ withLedger: true }))
    visit = await app.open('/')
  })

  const titles = new Map<string, string>()

  // One visit a path: what a page is asked for is light, dark and narrow in turn, as when somebody changes the theme or turns the phone.
  for (const path of pages) {
    test(`${path} is accessible in light and dark, fits 360 pixels, has its landmarks, and is quiet`, async () => {
      const { page, watch } = visit
      watch.complaints.length = 0
      await page.emulateMedia({ colorScheme: 'light' })
      await page.setViewportSize({ width: 1280, height: 900 })
      await page.goto(app.origin + path)
      await settled(page)
      expect(await page.locator('h1').count()).toBe(1)
      for (const landmark of ['header', 'nav', 'main']) expect(await page.locator(landmark).count(), landmark).toBeGreaterThan(0)
      if (!path.includes('?')) titles.set(path, await page.title())
      expect(await violations(page), 'light').toEqual([])
      await page.emulateMedia({ colorScheme: 'dark' })
      await settled(page)
      expect(await page.evaluate('document.documentElement.dataset.mantineColorScheme')).toBe('dark')
      expect(await violations(page), 'dark').toEqual([])
      await page.setViewportSize({ width: 360, height: 740 })
      await settled(page)
      const wide = await page.evaluate<number>('document.documentElement.scrollWidth')
      expect(wide, await page.evaluate<string>(widest)).toBeLessThanOrEqual(360)
      const complaints = path.endsWith('nobody') ? watch.complaints.filter((text) => !text.includes('404')) : watch.complaints
      expect(complaints).toEqual([])
    })
  }

  test('each page has a title of its own', () => {
    expect(titles.size).toBe(pages.filter((one) => !one.includes('?')).length)
    expect(new Set(titles.values()).size).toBe(titles.size)
  })

  test('the palette, the keys and the places menu have no violation either', async () => {
    const { page, context } = await app.open('/', { width: 700 })
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox', { name: 'Search and commands' }).fill('big')
    await page.getByRole('option', { name: /Big Loved/ }).waitFor()
    await settled(page)
    expect(await violations(page)).toEqual([])
    await page.keyboard.press('Escape')
    await page.getByRole('combobox', { name: 'Search and commands' }).waitFor({ state: 'hidden' })
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keyboard' }).waitFor()
    await settled(page)
    expect(await violations(page)).toEqual([])
    await page.keyboard.press('Escape')
    await page.getByRole('dialog', { name: 'Keyboard' }).waitFor({ state: 'hidden' })
    await page.getByRole('button', { name: 'Places' }).click()
    await page.getByRole('dialog', { name: 'Places' }).waitFor()
    await settled(page)
    expect(await violations(page)).toEqual([])
    await context.close()
  })

  test('where the server fails, each page says so with a hint and a way to try again', async () => {
    const { page, context } = await app.open('/glossary')
    for (const path of ['/', '/customers', '/customers/C001', '/data', '/data/checks', '/data/snapshots', '/tables']) {
      await page.route('**/api/v1/**', (route) =>
        route.fulfill({
          status: 503,
          contentType: 'application/problem+json',
          body: JSON.stringify({
            type: 'about:blank',
            title: 'The engine does not answer.',
            status: 503,
            code: 'http.not-ready',
            hint: 'Wait a moment.',
          }),
        }),
      )
      await page.goto(app.origin + path)
      await page.getByText('The engine does not answer.').first().waitFor()
      await settled(page)
      expect(await page.getByText('Wait a moment.').count(), path).toBeGreaterThan(0)
      expect(await violations(page), path).toEqual([])
      await page.unrouteAll({ behavior: 'wait' })
      await page.getByRole('button', { name: 'Try again' }).first().click()
      await page.getByText('The engine does not answer.').first().waitFor({ state: 'hidden' })
      await settled(page)
    }
    await context.close()
  })
})

describe('an empty workspace', () => {
  let app: App
  beforeAll(async () => {
    app = await stage.serve(await emptyWorkspace())
  })

  test('every page says the next step, without a violation', async () => {
    const { page, watch, context } = await app.open('/')
    for (const path of ['/', '/customers', '/data', '/data/import', '/data/checks', '/data/snapshots']) {
      await page.goto(app.origin + path)
      await settled(page)
      const ways = await page.locator('main').getByRole('link', { name: 'Import files' }).count()
      expect(ways + (path === '/data/import' ? 1 : 0), path).toBeGreaterThan(0)
      expect(await violations(page), path).toEqual([])
    }
    expect(watch.complaints).toEqual([])
    await context.close()
  })
})
