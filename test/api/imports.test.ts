import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Company, openCompany, orders, problemOf, rawRequest, talk, token } from './company.ts'

let company: Company
beforeAll(async () => {
  company = await openCompany({ upload: { bytes: 3_000_000, files: 5, idle: 300 } })
})
afterAll(() => company[Symbol.asyncDispose]())

const uploads = () => readdir(join(company.dir, '.clientele', 'uploads')).catch(() => [])
const json = { 'content-type': 'application/json' }

/** Lines of a file that takes a moment. */
function manyOrders(lines: number): string {
  const text = ['order_id,order_date,customer_id,product_id,quantity,unit_price']
  for (let i = 0; i < lines; i++) text.push(`O${i},2025-0${1 + (i % 9)}-1${i % 10},C${i % 997},P${i % 89},${1 + (i % 5)},${(i % 70) + 0.5}`)
  return `${text.join('\n')}\n`
}

describe('imports by upload', () => {
  it('an ambiguous date is a question, an answer settles it, nothing is visible before the commit', async () => {
    const file =
      'order_id,order_date,customer_id,product_id,quantity,unit_price\nA1,03/04/2026,K1,P1,1,10.00\nA2,05/06/2026,K2,P1,2,10.00\n'
    const asked = await company.upload({ 'dates.csv': file })
    const id = asked.result!.staged!
    const staged = await company.get('stagedImport', { id })
    expect(staged.report).toBeNull()
    expect(staged.questions).toHaveLength(1)
    expect(JSON.stringify(staged)).not.toContain(company.dir)
    const early = await company.send('POST', `/staged-imports/${id}/commit`)
    expect(early.status).toBe(409)
    expect(await problemOf(early)).toMatchObject({ code: 'import.open-questions', problems: [{ file: 'dates.csv' }] })

    const answer = await company.send('POST', `/staged-imports/${id}/answers`, {
      body: JSON.stringify({ dateOrder: 'dmy' }),
      headers: json,
    })
    expect(answer.status).toBe(202)
    const job = await company.ended((await answer.json()) as { id: string })
    const settled = await company.get('stagedImport', { id: job.result!.staged! })
    expect(settled.questions).toEqual([])
    expect(settled.report).toMatchObject({ rowsKept: 2, dates: { from: '2026-04-03', to: '2026-06-05' } })
    expect((await company.get('imports')).imports).toEqual([])
    expect((await company.send('POST', `/staged-imports/${settled.id}/commit`)).status).toBe(200)
    expect((await company.get('imports')).imports).toHaveLength(1)
    expect((await company.get('stagedImports')).staged).toEqual([])
    expect(await uploads()).toEqual([])
  })

  it('rows that were set aside can be downloaded, before the commit and after, safe to open', async () => {
    const file = `${orders.replaceAll(/^A/gm, 'S')}X1,2026-13-45,"=HYPERLINK(""http://x"")",P1,Lamp,1,1.00,1.00,1.00,EUR\n`
    const job = await company.upload({ 'orders.csv': file })
    const { id, report } = await company.get('stagedImport', { id: job.result!.staged! })
    expect(report).toMatchObject({ rowsIn: 10, rowsKept: 9, rowsSetAside: 1 })
    const before = await company.send('GET', `/staged-imports/${id}/set-aside.csv`)
    expect(before.headers.get('content-type')).toContain('text/csv')
    const text = await before.text()
    expect(text.split('\n')[0]).toBe('file,row,column,value,reason,expected,amount,currency')
    expect(text.split('\n')[1]).toMatch(/^orders\.csv,11,order_date,2026-13-45,date-unreadable,/)
    const committed = (await (await company.send('POST', `/staged-imports/${id}/commit`)).json()) as { id: string }
    expect(await (await company.send('GET', `/imports/${committed.id}/set-aside.csv`)).text()).toBe(text)
    for (const path of ['..%2f..%2f', '.undone', '%00', 'x']) {
      expect((await company.send('GET', `/imports/${path}/set-aside.csv`)).status, path).toBe(404)
    }
  })

  it('what committing would change is told before, and nothing of it is left out', async () => {
    await using other = await openCompany()
    const effectOf = async (files: Record<string, string>) => {
      const id = (await other.upload(files)).result!.staged!
      return { id, effect: (await other.get('stagedEffect', { id })).effect! }
    }
    const first = await effectOf({ 'orders.csv': orders })
    expect(first.effect).toMatchObject({ imports: 0, customers: { known: 0, new: 3 }, monthsShared: 0, dates: { before: null } })
    expect(first.effect.sentences[0].text).toBe('9 lines with €476.48: the first orders of this portfolio.')
    expect((await other.send('POST', `/staged-imports/${first.id}/commit`)).status).toBe(200)

    const header = orders.split('\n')[0]
    const more = `${header}\nA8,2026-03-20,K3,P3,Chair,2,80.00,79.99,95.00,EUR\nC1,2026-03-25,K4,P1,Lamp,2,12.00,10.00,6.00,EUR\nC2,2026-04-02,K1,P1,Lamp,1,12.00,10.00,6.00,USD\n`
    const { effect, id } = await effectOf({ 'more.csv': more })
    expect(effect).toMatchObject({
      imports: 1,
      customers: { known: 1, new: 1 },
      monthsShared: 1,
      dates: { before: { from: '2025-01-05', to: '2026-03-20' }, added: { from: '2026-03-25', to: '2026-04-02' } },
      totals: [
        { currency: 'EUR', linesBefore: 9, amountBefore: '476.4800', linesAdded: 1, amountAdded: '20.0000', amountAfter: '496.4800' },
        { currency: 'USD', linesBefore: 0, linesAdded: 1, amountAdded: '10.0000' },
      ],
    })
    const told = effect.sentences.map(({ text }) => text).join('\n')
    expect(told).toContain('1 line with €20.00 come')
    expect(told).toContain('the first in USD')
    expect(told).toContain('follow on what is there')
    expect(told).toContain('1 month already has orders and gets more, Mar 2026 most')
    expect(told).toContain('2 customers: 1 known, 1 new.')
    expect(told).toContain('1 row of orders that stand in earlier imports, line for line: not counted again.')
    await other.get('discardImport', { id })
  })

  it('after the commit a row is shown as it stood in the uploaded file', async () => {
    await using other = await openCompany()
    await other.load({ 'orders.csv': orders })
    const explained = await other.get('explain', { table: 'customer_profit', column: 'invoiced_revenue', where: '{"customer_id":"K2"}' })
    const [row] = explained.sources!.sample
    const place = { import: String(row.import), file: String(row.source_file), row: String(row.source_row) }
    expect((await other.get('sourceLine', place)).line).toEqual({ line: 4, text: orders.split('\n')[3] })
    // An undone import goes on explaining the snapshots that were made from it.
    await other.get('undoImport', { id: place.import })
    expect((await other.get('sourceLine', place)).line?.line).toBe(4)
    expect((await other.send('GET', `/source-line?import=${place.import}&file=other.csv&row=2`)).status).toBe(404)
    expect((await other.send('GET', `/source-line?import=..%2f..&file=orders.csv&row=2`)).status).toBe(404)
    expect(await readdir(join(other.dir, '.clientele', 'uploads'))).toEqual([])
  })

  it('hostile file names land as plain ones', async () => {
    const job = await company.upload({ '../../../etc/cron.d/evil.csv': orders.replaceAll(/^A/gm, 'Z') })
    expect(job.state).toBe('done')
    const staged = await company.get('stagedImport', { id: job.result!.staged! })
    expect(staged.files[0].name).not.toContain('..')
    expect(staged.files[0].name).toMatch(/evil\.csv$/)
    await company.get('discardImport', { id: staged.id })
  })

  it('an upload over the limits, of nothing or of no table is a problem and leaves nothing', async () => {
    const form = (files: [string, string][]) => {
      const data = new FormData()
      for (const [name, text] of files) data.append('files', new File([text], name))
      return data
    }
    const send = (body: FormData) => company.send('POST', '/imports', { body })
    const large = await send(form([['large.csv', 'x'.repeat(3_100_000)]]))
    expect(large.status).toBe(413)
    expect(await problemOf(large)).toMatchObject({ code: 'http.too-large', hint: expect.stringContaining('clientele import') })
    expect((await send(form(Array.from({ length: 6 }, (_, i) => [`${i}.csv`, 'a,b\n1,2\n'])))).status).toBe(413)
    expect((await send(new FormData())).status).toBe(400)
    expect((await company.send('POST', '/imports', { body: 'a,b', headers: { 'content-type': 'text/csv' } })).status).toBe(415)
    const options = form([['a.csv', 'a,b\n1,2\n']])
    options.append('options', '{"recipe":"../../x"}')
    expect((await problemOf(await send(options))).title).toContain('options.recipe')
    const picture = await company.upload({ 'picture.csv': '\u0089PNG\r\n\u001a\n\u0000\u0000' })
    expect(picture).toMatchObject({ state: 'failed', problem: { status: expect.any(Number), code: expect.any(String) } })
    expect(JSON.stringify(picture.problem)).not.toContain(company.dir)
    expect(await uploads()).toEqual([])
  })

  it('a sender that stops is let go', async () => {
    const { port } = company.server
    const head = [
      'POST /api/v1/imports HTTP/1.1',
      `Host: 127.0.0.1:${port}`,
      `Authorization: Bearer ${token}`,
      'Content-Type: multipart/form-data; boundary=b',
      'Content-Length: 1000000',
      'Connection: close',
    ]
    const answer = await talk(
      port,
      `${head.join('\r\n')}\r\n\r\n--b\r\nContent-Disposition: form-data; name="files"; filename="a.csv"\r\n\r\nabc`,
    )
    expect(answer).toMatch(/^HTTP\/1\.1 408 /)
    expect(await uploads()).toEqual([])
  })

  it('a job tells its progress by events until it is over', async () => {
    const body = new FormData()
    body.append('files', new File([manyOrders(60_000)], 'many.csv'))
    const started = await company.send('POST', '/imports', { body })
    expect(started.status).toBe(202)
    const { id } = (await started.json()) as { id: string }
    const events = await company.send('GET', `/jobs/${id}/events`)
    expect(events.headers.get('content-type')).toBe('text/event-stream')
    const text = await events.text()
    const jobs = text
      .split('\n\n')
      .filter((block) => block.startsWith('event: job\n'))
      .map((block) => JSON.parse(block.split('\ndata: ')[1]) as { state: string; progress: { fraction: number; phase: string } })
    expect(jobs.length).toBeGreaterThan(2)
    expect(jobs.at(-1)).toMatchObject({ state: 'done', progress: { fraction: 1 } })
    for (let i = 1; i < jobs.length; i++) expect(jobs[i].progress.fraction).toBeGreaterThanOrEqual(jobs[i - 1].progress.fraction)
    expect((await company.send('GET', '/jobs/none/events')).status).toBe(404)
  })

  it('a cancelled job leaves nothing, the next one runs, and short writes wait for nobody', async () => {
    for (const { id } of (await company.get('stagedImports')).staged) await company.get('discardImport', { id })
    const begin = async (name: string) => {
      const body = new FormData()
      body.append('files', new File([manyOrders(60_000).replaceAll('O', name)], `${name}.csv`))
      return (await (await company.send('POST', '/imports', { body })).json()) as { id: string; state: string }
    }
    const first = await begin('Q')
    const second = await begin('R')
    const { imports } = await company.get('imports')
    const undo = await company.send('POST', `/imports/${imports[0].id}/undo`)
    expect(undo.status).toBe(409)
    expect(await problemOf(undo)).toMatchObject({ code: 'workspace.busy', hint: expect.stringContaining('cancel') })
    await company.send('POST', `/jobs/${first.id}/cancel`)
    expect(await company.ended(first)).toMatchObject({ state: 'cancelled', result: null, problem: { code: 'cancelled', status: 499 } })
    await company.send('POST', `/jobs/${second.id}/cancel`)
    expect((await company.ended(second)).state).toBe('cancelled')
    expect((await company.get('stagedImports')).staged).toEqual([])
    await expect.poll(uploads).toEqual([])
    expect((await readdir(join(company.dir, 'imports'))).filter((name) => name.startsWith('.staging'))).toEqual([])
  })

  it('what was staged goes when the server ends', async () => {
    const other = await openCompany()
    const job = await other.upload({ 'orders.csv': orders })
    expect(job.state).toBe('done')
    await other.server.close()
    expect(await readdir(join(other.dir, '.clientele', 'uploads'))).toEqual([])
    expect((await readdir(join(other.dir, 'imports'))).filter((name) => name.startsWith('.staging'))).toEqual([])
    await expect(rawRequest(other.server.port, { path: '/' })).rejects.toThrow()
    await other[Symbol.asyncDispose]()
  })
})
