import { parseHTML } from 'linkedom'
import { describe, expect, test } from 'vitest'
import { formatMoney, keepTogether } from '../shared/format.ts'
import type { ReportData } from './data.ts'
import { exampleReportData } from './example.ts'
import { htmlReport } from './html.ts'

const parse = (text: string) => parseHTML(text).document

describe('the report as a page', () => {
  test('is one file: nothing is fetched, nothing runs', async () => {
    const text = await htmlReport(exampleReportData())
    const document = parse(text)
    expect(document.querySelectorAll('script, link, iframe, object, embed, img, form').length).toBe(0)
    expect(text.replace(/data:font[^)]*/g, '').match(/https?:\/\/(?!www\.w3\.org\/2000\/svg)/g)).toBeNull()
    expect(text).toContain("default-src 'none'")
    expect(text.length).toBeLessThan(600_000)
  })

  test('is the same for the same data', async () => {
    expect(await htmlReport(exampleReportData())).toBe(await htmlReport(exampleReportData()))
  })

  test('has the parts a board expects, in order, each with a chart or a table', async () => {
    const document = parse(await htmlReport(exampleReportData()))
    const sections = [...document.querySelectorAll('section')]
    expect(sections.map((section) => section.id)).toEqual([
      'summary',
      'layers',
      'concentration',
      'changes',
      'customers',
      'products',
      'months',
      'data',
      'method',
    ])
    for (const section of sections.slice(1)) expect(section.querySelectorAll('svg, table').length, section.id).toBeGreaterThan(0)
    expect(document.querySelectorAll('svg[role=img][aria-label]').length).toBe(document.querySelectorAll('figure').length)
    expect([...document.querySelectorAll('nav a')].map((link) => link.getAttribute('href'))).toEqual(
      sections.map((section) => `#${section.id}`),
    )
  })

  test('repeats the heads of tables on every page and numbers the pages', async () => {
    const text = await htmlReport(exampleReportData())
    const tables = [...parse(text).querySelectorAll('table')]
    expect(tables.length).toBeGreaterThan(10)
    for (const table of tables) expect(table.querySelectorAll('thead th[scope=col]').length).toBeGreaterThan(1)
    expect(text).toContain('thead{display:table-header-group}')
    expect(text).toContain('counter(page) " / " counter(pages)')
  })

  test('shows totals over all lines, exact, with the currency named once', async () => {
    const data = exampleReportData()
    const document = parse(await htmlReport(data))
    const net = String(data.layers!.rows.find((row) => row.layer === 'net_revenue')!.amount)
    expect(document.querySelector('#layers')!.textContent).toContain(formatMoney(net, 'EUR', { currencyDisplay: 'none' }))
    expect(document.querySelector('#layers caption')!.textContent).toBe('Amounts in EUR.')
  })

  test('says as of when, from which snapshot, and how the files reconcile', async () => {
    const text = parse(await htmlReport(exampleReportData())).body.textContent!
    for (const said of [
      'As of 15 Dec 2025',
      '20260115T090000Z-1a2b3c4d',
      '1,653 rows in = 1,650 kept + 3 set aside',
      'Load the ledger and activities',
    ]) {
      expect(text).toContain(keepTogether(said))
    }
  })

  test('without product cost says so instead of showing a profit', async () => {
    const document = parse(await htmlReport(exampleReportData({ withCost: false })))
    expect(document.querySelector('#customers')!.textContent).toContain('Ranked by net revenue')
    expect(document.querySelector('#customers table')!.textContent).not.toContain('Contribution')
    expect(document.querySelector('#data')!.textContent).toContain('a cost per product')
  })

  test('keeps hostile names as text wherever they appear', async () => {
    const hostile = `</style></title><script>alert(1)</script>"'><img src=x onerror=alert(2)>\u0000\u202e{}</svg>`
    const text = await htmlReport(poison(exampleReportData(), hostile))
    const document = parse(text)
    expect(document.querySelectorAll('script, img').length).toBe(0)
    expect(document.querySelectorAll('style').length).toBe(1)
    expect(text).not.toMatch(/<script|<img/i)
    expect(text.includes('\u0000')).toBe(false)
    expect(
      [...document.querySelectorAll('*')].some((element) => [...element.attributes].some((attribute) => attribute.name.startsWith('on'))),
    ).toBe(false)
  })

  test('of a snapshot with next to nothing is still a page', async () => {
    const { name, manifest, imports } = exampleReportData()
    const document = parse(await htmlReport({ name, manifest, imports, changeCounts: [] }))
    expect([...document.querySelectorAll('section')].map((section) => section.id)).toEqual(['summary', 'data', 'method'])
  })
})

/** Every text of the data replaced, except what the product itself writes: numbers, dates and words that decide how a row is read. */
function poison(data: ReportData, hostile: string): ReportData {
  const kept = new Set([
    'layer',
    'role',
    'effect',
    'period',
    'index',
    'group',
    'unit',
    'status',
    'type',
    'kind',
    'snapshot',
    'currency',
    'month',
    'schema',
  ])
  const visit = (value: unknown, key: string): unknown => {
    if (typeof value === 'string') return kept.has(key) || /^-?\d/.test(value) ? value : hostile
    if (Array.isArray(value)) return value.map((item) => visit(item, key))
    if (value && typeof value === 'object')
      return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, visit(item, name)]))
    return value
  }
  return visit(data, '') as ReportData
}
