import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type App, startApp } from './app.ts'
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
  '/settings',
  '/nowhere',
  '/customers/nobody',
]

describe('a company with figures', () => {
  let app: App
  beforeAll(async () => {
    app = await startApp(await companyWorkspace())
  })
  afterAll(() => app?.close())

  for (const path of pages) {
    test(`${path} has no accessibility violation in light or dark, says nothing on the console and asks nobody else`, async () => {
      for (const scheme of ['light', 'dark'] as const) {
        const { page, watch, context } = await app.open(path, { scheme })
        expect(await violations(page), scheme).toEqual([])
        const expected = path.endsWith('nobody') ? watch.complaints.filter((text) => !text.includes('404')) : watch.complaints
        expect(expected, scheme).toEqual([])
        await context.close()
      }
    })
  }

  test('each page has a title of its own, one main heading, and landmarks', async () => {
    const titles: string[] = []
    const { page, context } = await app.open('/')
    for (const path of pages.filter((one) => !one.includes('?'))) {
      await page.goto(app.origin + path)
      await settled(page)
      titles.push(await page.title())
      expect(await page.locator('h1').count(), path).toBe(1)
      for (const landmark of ['header', 'nav', 'main'])
        expect(await page.locator(landmark).count(), `${path} ${landmark}`).toBeGreaterThan(0)
    }
    expect(new Set(titles).size).toBe(titles.length)
    await context.close()
  })

  test('no page scrolls sideways at 360 pixels', async () => {
    const { page, context } = await app.open('/', { width: 360, height: 740 })
    for (const path of pages) {
      await page.goto(app.origin + path)
      await settled(page)
      const wide = await page.evaluate<number>('document.documentElement.scrollWidth')
      expect(wide, `${path}: ${await page.evaluate<string>(widest)}`).toBeLessThanOrEqual(360)
    }
    await context.close()
  })

  test('the palette, the keys and the places menu have no violation either', async () => {
    const { page, context } = await app.open('/', { width: 700 })
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox', { name: 'Search and commands' }).fill('big')
    await page.getByRole('option', { name: /Big Loved/ }).waitFor()
    expect(await violations(page)).toEqual([])
    await page.keyboard.press('Escape')
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keyboard' }).waitFor()
    expect(await violations(page)).toEqual([])
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Places' }).click()
    await page.getByRole('dialog', { name: 'Places' }).waitFor()
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
      expect(await page.getByText('Wait a moment.').count(), path).toBeGreaterThan(0)
      expect(await violations(page), path).toEqual([])
      await page.unroute('**/api/v1/**')
      await page.getByRole('button', { name: 'Try again' }).first().click()
      await settled(page)
      await page.getByText('The engine does not answer.').first().waitFor({ state: 'hidden' })
    }
    await context.close()
  })
})

describe('an empty workspace', () => {
  let app: App
  beforeAll(async () => {
    app = await startApp(await emptyWorkspace())
  })
  afterAll(() => app?.close())

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
