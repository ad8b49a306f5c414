import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Company, openCompany, orders, problemOf } from './company.ts'

let company: Company
let snapshot: string
beforeAll(async () => {
  company = await openCompany()
  expect(await company.get('workspace')).toMatchObject({ name: 'Test & Co', currency: 'EUR', imports: 0, snapshot: null, stale: false })
  snapshot = await company.load({ 'orders.csv': orders })
})
afterAll(() => company[Symbol.asyncDispose]())

const cents = (text: unknown) => Math.round(Number(text) * 10_000)
const sum = (rows: Record<string, unknown>[], column: string) => rows.reduce((total, row) => total + cents(row[column]), 0)

describe('from upload to pages', () => {
  it('the workspace names the published snapshot and nothing is under way', async () => {
    const workspace = await company.get('workspace')
    expect(workspace).toMatchObject({ imports: 1, stale: false, jobs: [], snapshot: { id: snapshot, current: true, asOf: '2026-03-20' } })
    expect((await company.get('jobs')).jobs.map(({ kind, state }) => [kind, state])).toEqual([
      ['run', 'done'],
      ['stage', 'done'],
    ])
  })

  it('the reconciliation card of the import comes back, without paths of this machine', async () => {
    const { imports } = await company.get('imports')
    expect(imports).toHaveLength(1)
    expect(imports[0]).toMatchObject({ rowsIn: 9, rowsKept: 9, rowsSetAside: 0, customers: 3, orders: 8 })
    expect(JSON.stringify(imports)).not.toContain(company.dir)
    expect(await company.get('import', { id: imports[0].id })).toEqual(imports[0])
  })

  it('the portfolio ties to the file by hand', async () => {
    const page = await company.get('portfolio')
    const layers = Object.fromEntries(page.layers!.rows.map((row) => [row.layer, Number(row.amount)]))
    // 20 + 5.50 + 110 + 22 + 31.50 + 57.50 + 80 + 159.98 invoiced; 10 came back; cost 12 + 2 + 60 - 6 + 8 + 19.50 + 32.50 + 95 + 190.
    expect(layers).toMatchObject({ invoiced_revenue: 486.48, returns: -10, net_revenue: 476.48, product_cost: 413, contribution: 63.48 })
    expect(page.title.length).toBeGreaterThan(10)
    expect(page.customers.total).toBe(3)
    expect(page.customers.unidentified).toMatchObject({ customer_id: '(unidentified)', net_revenue: '22.0000' })
    expect(sum(page.months!.rows, 'net_revenue')).toBe(4_764_800)
    expect(page.checks.filter(({ status }) => status === 'fail')).toEqual([])
    expect(page.inputs[0].files).toEqual(['orders.csv'])
    expect(page.snapshot).toMatchObject({ id: snapshot, current: true })
    expect(page.layers!.contract.columns.amount.type).toBe('money_sum')
    for (const shown of [page.layers, page.months, page.whaleCurve]) {
      for (const row of shown?.rows ?? []) expect(Object.keys(row).filter((column) => !shown!.contract.columns[column])).toEqual([])
    }
  })

  it("a customer's months, orders and layers add up to its row, and months without an order are there", async () => {
    for (const id of ['K1', 'K2', 'K3', '(unidentified)']) {
      const page = await company.get('customer', { id })
      for (const column of ['list_revenue', 'discounts', 'invoiced_revenue', 'returns', 'net_revenue', 'product_cost', 'contribution']) {
        const whole = cents(page.profit.row[column])
        expect(sum(page.months.rows, column), `${id} months ${column}`).toBe(whole)
        expect(sum(page.orders.rows, column), `${id} orders ${column}`).toBe(whole)
      }
      expect(page.orders.total).toBe(page.orders.rows.length)
      expect(Object.keys(page.profit.row)).not.toContain('customer_key')
    }
    const first = await company.get('customer', { id: 'K1' })
    expect(first.months.rows.map(({ month, lines }) => [month, lines])).toEqual(
      [2, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1].map((lines, i) => [
        `${2025 + Math.floor(i / 12)}-${String((i % 12) + 1).padStart(2, '0')}-01`,
        lines,
      ]),
    )
    expect(first.orders.rows.map(({ order_id }) => order_id)).toEqual(['A5', 'A3', 'A1'])
    expect(first.layers.find(({ layer }) => layer === 'contribution')).toMatchObject({
      available: true,
      amount: first.profit.row.contribution,
    })
    const ranked = await Promise.all(['K1', 'K2', 'K3'].map((id) => company.get('customer', { id })))
    const byRank = ranked.map(({ rank, profit }) => ({ id: profit.row.customer_id, ...rank! })).sort((a, b) => a.measure - b.measure)
    expect(byRank.map(({ before, id, after }) => [before, id, after])).toEqual([
      [null, byRank[0].id, byRank[1].id],
      [byRank[0].id, byRank[1].id, byRank[2].id],
      [byRank[1].id, byRank[2].id, null],
    ])
    expect((await company.get('customer', { id: 'K3' })).title).toMatch(/^K3 takes €45\.02 of contribution away/)
  })

  it('an unknown customer is a 404 with a hint', async () => {
    const answer = await company.send('GET', '/customer?id=nobody%2F..%25')
    expect(answer.status).toBe(404)
    expect(await problemOf(answer)).toMatchObject({ code: 'customer.unknown', title: expect.stringContaining('"nobody/..%"') })
  })

  it('tables are filtered, searched, sorted, paged and summed', async () => {
    const { tables } = await company.get('tables')
    expect(tables.find(({ name }) => name === 'order_line')?.rows).toBe(9)
    expect(tables.find(({ name }) => name === 'survey_response')?.rows).toBeNull()
    const page = await company.get('table', {
      name: 'customer_profit',
      filters: JSON.stringify([{ column: 'identified', op: 'eq', value: true }]),
      sort: '-net_revenue',
      limit: '2',
      offset: '1',
      totals: 'true',
    })
    expect(page.rows.map(({ customer_id }) => customer_id)).toEqual(['K2', 'K1'])
    expect(page).toMatchObject({ total: 3, offset: 1, limit: 2, snapshot, totals: { net_revenue: '454.4800' } })
    const found = await company.get('table', { name: 'product_profit', search: 'LAMP', columns: 'product_id,name' })
    expect(found.rows).toEqual([{ product_id: 'P1', name: 'Lamp' }])
  })

  it('CSV goes out safe to open, Parquet as Parquet, both with plain names', async () => {
    const csv = await company.send('GET', '/tables/product_profit/export?format=csv&columns=product_id,name,net_revenue')
    expect(csv.headers.get('content-type')).toContain('text/csv')
    expect(csv.headers.get('content-disposition')).toContain('filename="product_profit.csv"')
    const text = await csv.text()
    expect(text).toContain(`"'=cmd|'/c calc'!A1"`.replaceAll('"', ''))
    expect(text).not.toMatch(/(^|,)"?=cmd/m)
    const parquet = Buffer.from(await (await company.send('GET', '/tables/product_profit/export?format=parquet')).arrayBuffer())
    expect(parquet.subarray(0, 4).toString()).toBe('PAR1')
    expect(parquet.subarray(-4).toString()).toBe('PAR1')
    await expect.poll(() => readdir(join(company.dir, '.clientele', 'downloads'))).toEqual([])
  })

  it('SQL is answered, says when rows were cut off, and can neither write nor read files', async () => {
    const ask = (sql: string, limit?: number) =>
      company.send('POST', '/query', { body: JSON.stringify({ sql, limit }), headers: { 'content-type': 'application/json' } })
    const answer = await (await ask('select customer_id, net_revenue from customer_profit order by 1', 2)).json()
    expect(answer).toMatchObject({ truncated: true, rows: [{ customer_id: '(unidentified)' }, { customer_id: 'K1' }] })
    expect(await (await ask("select [1, 2] as list, {'a': 1} as structure")).json()).toMatchObject({
      rows: [{ list: '[1,2]', structure: '{"a":1}' }],
    })
    for (const sql of [
      "select * from read_csv('/etc/passwd')",
      'drop view customer_profit',
      "copy customer to '/tmp/x.csv'",
      'select 1; select 2',
      'selec 1',
    ]) {
      const refused = await ask(sql)
      expect(refused.status, sql).toBeGreaterThanOrEqual(400)
      expect(refused.status, sql).toBeLessThan(500)
      const told = await problemOf(refused)
      expect(JSON.stringify(told)).not.toMatch(/\n\s+at |node_modules|root:x/)
    }
  })

  it('a figure is explained down to file and row', async () => {
    const explained = await company.get('explain', { table: 'customer_profit', column: 'invoiced_revenue', where: '{"customer_id":"K2"}' })
    expect(explained).toMatchObject({ value: '167.5000', sources: { rows: 2, matches: true } })
    expect(explained.sources!.sample[0]).toMatchObject({ source_file: 'orders.csv' })
  })

  it('search finds customers by id, products by name, terms and pages', async () => {
    const kinds = async (q: string) => (await company.get('search', { q })).hits.map(({ kind, id }) => `${kind} ${id}`)
    expect(await kinds('k2')).toContain('customer K2')
    expect(await kinds('lamp')).toContain('product P1')
    expect(await kinds('whale')).toContain('term whale-curve')
    expect(await kinds('upload')).toContain('page data')
    expect(await kinds('   ')).toEqual([])
    expect(await kinds(`'; drop table x; --`)).toEqual([])
  })

  it('every column that the glossary is asked for stands in a table of the run', async () => {
    const { terms } = await company.get('glossary')
    const { tables } = await company.get('tables')
    for (const { shownIn, id } of terms) {
      for (const place of shownIn) {
        const [table, column] = place.split('.')
        expect(tables.find(({ name }) => name === table)?.columns[column], `${id}: ${place}`).toBeDefined()
      }
    }
  })

  it('report and workbook are handed out', async () => {
    const report = await company.send('GET', '/report.html')
    expect(report.status).toBe(200)
    expect(report.headers.get('content-disposition')).toMatch(/^inline/)
    expect(report.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(await report.text()).toContain('Test &amp; Co')
    const workbook = await company.send('GET', '/workbook.xlsx')
    expect(workbook.status).toBe(200)
    expect(
      Buffer.from(await workbook.arrayBuffer())
        .subarray(0, 2)
        .toString(),
    ).toBe('PK')
  })

  it('the doctor, the snapshots and their manifest answer', async () => {
    expect((await company.get('doctor')).checks.length).toBeGreaterThan(2)
    expect((await company.get('snapshots')).snapshots[0]).toMatchObject({ id: snapshot, current: true })
    const manifest = await company.get('snapshot', { id: 'current' })
    expect(manifest.snapshot).toBe(snapshot)
    expect(await company.get('recipes')).toEqual({ recipes: [] })
  })

  it('the same file again is known, an undo makes the snapshot stale, and two snapshots are compared', async () => {
    const again = await company.upload({ 'copy.csv': orders })
    const staged = await company.get('stagedImport', { id: again.result!.staged! })
    expect(staged.duplicateOf).toBe((await company.get('imports')).imports[0].id)
    await company.get('discardImport', { id: staged.id })
    const second = await company.load({ 'more.csv': `${orders.split('\n')[0]}\nB1,2026-03-15,K4,P1,Lamp,1,12.00,12.00,6.00,EUR\n` })
    const comparison = await company.get('comparison', { a: snapshot, b: second })
    expect(comparison.why.length).toBeGreaterThan(0)
    const { imports } = await company.get('imports')
    await company.get('undoImport', { id: imports[1].id })
    expect(await company.get('workspace')).toMatchObject({ imports: 1, stale: true })
    // What the snapshot read is still there to be shown.
    expect((await company.get('customer', { id: 'K4' })).orders.total).toBe(1)
  })
})

describe('a company with two currencies', () => {
  it("a customer's page converts line by line as the run did, and leaves out what has no rate", async () => {
    await using abroad = await openCompany()
    await abroad.load({
      'orders.csv': `order_id,order_date,customer_id,product_id,quantity,unit_price,unit_cost,currency
D1,2026-01-05,K1,P1,3,10.01,6.00,USD
D2,2026-02-05,K1,P1,1,10.01,6.00,USD
D3,2026-02-06,K1,P1,1,10.00,6.00,EUR
D4,2026-02-07,K1,P1,1,10.00,6.00,GBP
D5,2025-12-31,K1,P1,1,10.00,6.00,USD
`,
      'rates.csv': 'currency,date,rate\nUSD,2026-01-01,0.9137\nUSD,2026-02-01,0.8\n',
    })
    const page = await abroad.get('customer', { id: 'K1' })
    // 30.03 x 0.9137 = 27.438411, 10.01 x 0.8 = 8.008; pounds and the dollars before the first rate are in no layer.
    expect(page.months.rows.map(({ month, net_revenue }) => [month, net_revenue])).toEqual([
      ['2026-01-01', '27.4384'],
      ['2026-02-01', '18.0080'],
    ])
    expect(page.profit.row.net_revenue).toBe('45.4464')
    expect(page.orders.rows.map(({ order_id, net_revenue }) => [order_id, net_revenue])).toEqual([
      ['D3', '10.0000'],
      ['D2', '8.0080'],
      ['D1', '27.4384'],
    ])
    expect(page.products.rows[0]).toMatchObject({ product_id: 'P1', net_revenue: '45.4464' })
  })
})
