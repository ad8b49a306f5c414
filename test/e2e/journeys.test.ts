import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type App, openStage, type Stage } from './app.ts'
import { settled } from './browser.ts'
import { ambiguousLines, companyWorkspace, emptyWorkspace } from './company.ts'

/** Presses Tab until the element that has the focus is called so; every control must be reachable. */
async function tabTo(page: Page, name: RegExp, most = 80): Promise<void> {
  for (let i = 0; i < most; i++) {
    await page.keyboard.press('Tab')
    const called = await page.evaluate<string>(
      `(document.activeElement?.getAttribute('aria-label') ?? '') + ' ' + (document.activeElement?.textContent ?? '')`,
    )
    if (name.test(called)) return
  }
  throw new Error(`Tab reached nothing called ${name}`)
}

/** Longest wait for an import or a run that the server does meanwhile. */
const jobTime = 180_000

/** The cell of a table that has the focus, as row:column. */
const cellInFocus = (page: Page) => page.evaluate('document.activeElement.dataset.cell')

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
})
afterAll(() => stage?.close())

describe('a company with figures', () => {
  let app: App
  beforeAll(async () => {
    app = await stage.serve(await companyWorkspace())
  })

  test('by keyboard: a customer is found, opened, and a figure of it explained down to file and row', async () => {
    const { page, watch, context } = await app.open('/')
    await page.keyboard.press('/')
    await page.getByRole('combobox', { name: 'Search and commands' }).fill('loved')
    await page.getByRole('option', { name: /Big Loved Ltd/ }).waitFor()
    await page.keyboard.press('Enter')
    await page.waitForURL('**/customers/C001')
    await settled(page)
    await expect.poll(() => page.title()).toContain('Big Loved Ltd')
    await tabTo(page, /Explain Contribution/)
    await page.keyboard.press('Enter')
    const drawer = page.getByRole('dialog', { name: /Where this figure comes from/ })
    await drawer
      .getByText(/exactly\./)
      .first()
      .waitFor()
    await expect.poll(() => drawer.textContent()).toContain('orders.csv')
    await expect.poll(() => page.url()).toContain('explain=')

    // The address alone leads back to the same explanation.
    const { page: other, context: second } = await app.open(new URL(page.url()).pathname + new URL(page.url()).search)
    await other
      .getByText(/exactly\./)
      .first()
      .waitFor()
    await second.close()

    await page.keyboard.press('Escape')
    await drawer.waitFor({ state: 'hidden' })
    await expect.poll(() => page.url()).not.toContain('explain=')
    expect(watch.complaints).toEqual([])
    await context.close()
  })

  test('by keyboard: the customer table is walked, sorted, filtered and explained, and the address says what is shown', async () => {
    const { page, context } = await app.open('/customers')
    const grid = page.getByRole('grid', { name: 'Profit by customer' })
    await grid.getByRole('gridcell').first().waitFor()
    for (const [key, cell] of [
      ['j', '0:0'],
      ['j', '1:0'],
      ['ArrowRight', '1:1'],
      ['ArrowRight', '1:2'],
    ] as const) {
      await page.keyboard.press(key)
      await expect.poll(() => cellInFocus(page), { message: key }).toBe(cell)
    }
    await page.keyboard.press('Enter')
    await page.getByRole('dialog', { name: /Where this figure comes from/ }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog', { name: /Where this figure comes from/ }).waitFor({ state: 'hidden' })

    await page.keyboard.press('f')
    // Slower than the address follows: what is typed must not be overtaken by it.
    await page.keyboard.type('Loved', { delay: 120 })
    await page.waitForURL('**q=Loved*')
    await page.getByText('1 row').waitFor()
    await grid.getByRole('button', { name: /^Orders/ }).click()
    await page.waitForURL('**sort=-orders*')
    await page.reload()
    await settled(page)
    await page.getByText('1 row').waitFor()
    await expect.poll(() => grid.getByRole('columnheader', { name: /Orders/ }).getAttribute('aria-sort')).toBe('descending')
    await context.close()
  })

  test('a filter, the columns and the export follow what is shown', async () => {
    const { page, context } = await app.open('/customers?where=contribution:lt:0&cols=customer_id,name,contribution')
    await page.getByRole('button', { name: /Remove the filter Contribution below/ }).waitFor()
    await page.getByText('Big Loved Ltd').waitFor()
    await page.keyboard.press('e')
    const item = page.getByRole('menuitem', { name: /CSV, for spreadsheets/ })
    await item.waitFor()
    await settled(page)
    const [download] = await Promise.all([page.waitForEvent('download'), item.click()])
    const text = await readFile(await download.path(), 'utf8')
    expect(text.split(/\r?\n/)[0]?.replace(/^\ufeff/, '')).toBe('customer_id,name,contribution')
    expect(text).toContain('Big Loved Ltd')
    await context.close()
  })

  test('picking customers on the whale curve by keys filters the table below and tells their sum', async () => {
    const { page, context } = await app.open('/')
    const last = page.getByRole('slider', { name: 'Last customer picked, by rank' })
    await last.focus()
    await page.keyboard.press('PageDown')
    await page.waitForURL('**to=*')
    await page.getByText(/^\d+ of 90 customers \(/).waitFor()
    await page.getByRole('button', { name: /Remove the filter Ranks/ }).waitFor()
    await settled(page)
    await last.focus()
    await page.keyboard.press('Escape')
    await page.waitForURL((url) => !url.search.includes('to='))
    await context.close()
  })

  test('charts turn into tables and back, and each has a name and a summary', async () => {
    const { page, context } = await app.open('/')
    await page.locator('figure svg[role="img"]').first().waitFor()
    for (const picture of await page.locator('figure svg[role="img"]').all())
      expect((await picture.getAttribute('aria-label'))?.length ?? 0).toBeGreaterThan(10)
    const charts = await page.locator('figure svg[role="img"]').count()
    expect(charts).toBeGreaterThanOrEqual(5)
    await page.keyboard.press('t')
    await expect.poll(() => page.locator('figure table').count()).toBe(charts)
    await page.keyboard.press('t')
    await page.locator('figure svg[role="img"]').first().waitFor()
    await context.close()
  })

  test('g and a letter jump, ? lists the keys, the theme is remembered', async () => {
    const { page, context } = await app.open('/')
    for (const [key, path] of [
      ['c', '/customers'],
      ['d', '/data'],
      ['w', '/glossary'],
      ['p', '/'],
    ] as const) {
      await page.keyboard.press('g')
      await page.keyboard.press(key)
      await page.waitForURL(app.origin + path)
      await settled(page)
    }
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keyboard' }).getByText('Next row').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog', { name: 'Keyboard' }).waitFor({ state: 'hidden' })
    await page.getByRole('button', { name: /^Theme/ }).click()
    await page.getByRole('menuitem', { name: 'Dark' }).click()
    const scheme = () => page.evaluate('document.documentElement.dataset.mantineColorScheme')
    await expect.poll(scheme).toBe('dark')
    await page.reload()
    await settled(page)
    await expect.poll(scheme).toBe('dark')
    await context.close()
  })

  test('the skip link leads to the content, and a term tells its meaning on focus until Esc', async () => {
    const { page, context } = await app.open('/')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await expect.poll(() => page.evaluate('document.activeElement.id')).toBe('main')
    await tabTo(page, /^ ?Net revenue/)
    await page.getByRole('tooltip').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('tooltip').waitFor({ state: 'hidden' })
    await context.close()
  })

  test('a million rows: the last is reached at once, each row in view is fetched, and nothing stalls', async () => {
    const { page, watch, context } = await app.open('/settings')
    const million = 1_000_000
    // The server is asked for the contract and a first row, then every page of rows is made up here: what is tested is the table.
    let asked: Promise<{ rows: Record<string, unknown>[] }> | undefined
    await page.route('**/api/v1/tables/customer_profit?**', async (route) => {
      const url = new URL(route.request().url())
      const offset = Number(url.searchParams.get('offset') ?? 0)
      const limit = Number(url.searchParams.get('limit') ?? 100)
      asked ??= route
        .fetch({ url: url.href.replace(/offset=\d+/, 'offset=0').replace('totals=false', 'totals=true') })
        .then((r) => r.json())
      const given = await asked
      const rows = Array.from({ length: Math.min(limit, million - offset) }, (_, i) => ({
        ...given.rows[0],
        customer_id: `row ${offset + i + 1}`,
        name: `Name ${offset + i + 1}`,
      }))
      await route.fulfill({ json: { ...given, rows, total: million, offset, limit } })
    })
    await page.goto(`${app.origin}/customers`)
    const grid = page.getByRole('grid', { name: 'Profit by customer' })
    await grid.getByRole('link', { name: 'row 1', exact: true }).waitFor()
    await grid.getByRole('gridcell').first().focus()
    await page.keyboard.press('Control+End')
    await grid.getByRole('link', { name: 'row 1000000', exact: true }).waitFor()
    await page.keyboard.press('k')
    await grid.getByRole('link', { name: 'row 999999', exact: true }).waitFor()
    await expect.poll(() => cellInFocus(page)).toBe('999998:0')
    // Halfway down the scroll bar stands the middle of the rows.
    await page.evaluate(
      `(() => { const box = document.querySelector('[role=grid]').parentElement; box.scrollTop = (box.scrollHeight - box.clientHeight) / 2 })()`,
    )
    const middle = () => page.evaluate<number>(`Number(document.querySelector('[role=grid] tbody [data-cell]').dataset.cell.split(':')[0])`)
    await expect.poll(async () => Math.abs((await middle()) - million / 2)).toBeLessThan(1000)
    expect(await page.locator('[role=grid] tbody tr').count()).toBeLessThan(80)
    await settled(page)
    expect(watch.complaints).toEqual([])
    await page.unrouteAll({ behavior: 'wait' })
    await context.close()
  })

  test('it prints on A4 without rail and controls', async () => {
    const { page, context } = await app.open('/', { scheme: 'dark' })
    const pdf = await page.pdf({ format: 'A4' })
    expect(pdf.length).toBeGreaterThan(20_000)
    await page.emulateMedia({ media: 'print' })
    await page.getByRole('navigation', { name: 'Places' }).waitFor({ state: 'hidden' })
    await page.getByRole('button', { name: 'Export' }).waitFor({ state: 'hidden' })
    await expect.poll(() => page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(255, 255, 255)')
    await context.close()
  })

  test('an import is undone after a question, and the figures offer to be computed again', async () => {
    const { page, context } = await app.open('/data')
    await page.getByRole('button', { name: 'Undo' }).click()
    const dialog = page.getByRole('dialog', { name: 'Undo this import?' })
    await dialog.getByRole('button', { name: 'Keep it' }).click()
    await dialog.waitFor({ state: 'hidden' })
    await settled(page)
    await page.getByRole('button', { name: 'Undo' }).click()
    await dialog.getByRole('button', { name: 'Undo the import' }).click()
    await page.getByText('No import yet').waitFor()
    await page.getByText('Imports have changed since these figures were computed.').waitFor()
    await context.close()
  })
})

describe('an empty workspace', () => {
  let app: App
  let file: string
  beforeAll(async () => {
    const workspace = await emptyWorkspace()
    file = join(workspace.dir, 'shop.csv')
    await writeFile(file, ambiguousLines())
    app = await stage.serve(workspace)
  })

  test('by keyboard: a file is chosen, a question answered, the preview read, committed and computed', async () => {
    const { page, watch, context } = await app.open('/')
    await tabTo(page, /^ ?Import files/)
    await page.keyboard.press('Enter')
    await page.waitForURL('**/data/import')
    await settled(page)
    // Taking over the system's dialogue is asked for early: it must stand before the key is pressed.
    page.on('filechooser', () => {})
    await tabTo(page, /^ ?Choose files/)
    const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.keyboard.press('Enter')])
    await chooser.setFiles(file)

    await page.waitForURL('**/data/import/*', { timeout: jobTime })
    // A layout that was recognised by its columns alone is shown first.
    const onward = page.getByRole('button', { name: /^On to/ })
    const question = page.getByRole('group', { name: /day and month/ })
    await onward.or(question).first().waitFor()
    await settled(page)
    if (await onward.isVisible()) {
      await tabTo(page, /^ ?On to/)
      await page.keyboard.press('Enter')
    }
    await question.waitFor()
    await settled(page)
    expect(await question.textContent()).toMatch(/2025-0/)
    const answer = page.getByRole('radio', { name: /day, month/ })
    await answer.focus()
    await page.keyboard.press('Space')
    await expect.poll(() => answer.isChecked()).toBe(true)
    await tabTo(page, /^ ?Answer/)
    await page.keyboard.press('Enter')

    const commit = page.getByRole('button', { name: /^Commit 60 rows/ })
    await commit.waitFor({ timeout: jobTime })
    await settled(page)
    const card = () => page.locator('main').textContent()
    await expect.poll(card).toContain('rows in')
    await expect.poll(card).toContain('ties')
    await expect.poll(card).toMatch(/row 62/)
    await tabTo(page, /^ ?Commit 60 rows/)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: /Imported: 60 rows/ }).waitFor()
    await settled(page)
    await tabTo(page, /^ ?Compute the portfolio/)
    await page.keyboard.press('Enter')
    await page.waitForURL(`${app.origin}/`, { timeout: jobTime })
    await settled(page)
    await page.getByText('Net revenue', { exact: true }).first().waitFor()
    expect(watch.complaints).toEqual([])
    await context.close()
  })

  test('a table copied from a spreadsheet is pasted and becomes an import like a file', async () => {
    const { page, watch, context } = await app.open('/data/import')
    const paste = (text: string) =>
      page.evaluate(
        `(() => { const data = new DataTransfer(); data.setData('text/plain', ${JSON.stringify(text)}); document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true })) })()`,
      )
    await paste('just some words')
    await page.getByText('What was pasted is no table.').waitFor()
    await paste(
      'order_id\torder_date\tcustomer_id\tproduct_id\tquantity\tinvoice_amount\nP1\t2025-11-20\tC901\tP1\t2\t19.50\nP2\t2025-11-21\tC001\tP2\t1\t7.25\n',
    )
    await page.waitForURL('**/data/import/*', { timeout: jobTime })
    await settled(page)
    const onward = page.getByRole('button', { name: /^On to/ })
    if (await onward.isVisible()) await onward.click()
    await page.getByRole('button', { name: /^Commit 2 rows/ }).waitFor()
    const card = page.getByRole('region', { name: 'What committing changes' })
    await expect.poll(() => card.textContent()).toContain('2 lines with €26.75')
    expect(watch.complaints).toEqual([])
    await page.getByRole('button', { name: 'Throw away' }).click()
    await page.waitForURL('**/data')
    await context.close()
  })

  test('a file that is no table of orders fails with what is wrong and a way back', async () => {
    const wrong = join(app.workspace.dir, 'letter.csv')
    await writeFile(wrong, 'Dear Sir or Madam\nplease find enclosed\n')
    const { page, context } = await app.open('/data/import')
    await page.getByLabel('Files to import').setInputFiles(wrong)
    const alert = page.getByRole('alert')
    await alert.waitFor({ timeout: jobTime })
    await expect.poll(() => alert.textContent()).toContain('letter.csv')
    await page.getByRole('button', { name: 'Start again' }).click()
    await page.getByRole('button', { name: 'Choose files' }).waitFor()
    await context.close()
  })
})
