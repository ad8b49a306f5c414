import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { clientele, temporaryFolder } from '../helpers/clientele.ts'

/** Two customers, three orders, one return and one line without a customer. */
const orders = `order_id,order_date,customer_id,product_id,quantity,unit_price,unit_cost
A1,2026-01-05,K1,P1,2,10.00,6.00
A1,2026-01-05,K1,P2,1,5.50,2.00
A2,2026-02-14,K2,P1,1,10.00,6.00
A3,2026-02-20,K1,P1,-1,10.00,6.00
A4,2026-03-01,,P2,4,5.50,2.00
`

async function company(folder: string, text = orders): Promise<{ workspace: string; file: string }> {
  const workspace = join(folder, 'company')
  const file = join(folder, 'orders.csv')
  await writeFile(file, text)
  expect((await clientele(['init', workspace, '--currency', 'EUR'])).code).toBe(0)
  return { workspace, file }
}

/** A company that is imported and computed: made once for the tests that only look at it. */
const computed = (async () => {
  const folder = await temporaryFolder()
  const { workspace, file } = await company(folder.path)
  const imported = await clientele(['import', file, '--yes', '--json', '--workspace', workspace])
  const run = await clientele(['run', '--json', '--workspace', workspace])
  return { folder, workspace, imported, run }
})()
afterAll(async () => (await computed).folder[Symbol.asyncDispose]())

test('a stranger gets from one order file to checked figures with four commands', async () => {
  const { workspace, imported, run } = await computed
  expect(imported.stderr).not.toContain('error')
  expect(imported.json()).toMatchObject({ rowsIn: 5, rowsKept: 5, rowsSetAside: 0, customers: 2, orders: 4 })
  expect(run.code).toBe(0)
  expect(Object.keys(run.json()).sort()).toEqual(['asOf', 'checks', 'figures', 'findings', 'seconds', 'skipped', 'snapshot', 'tables'])
  expect(run.json().asOf).toBe('2026-03-01')
  const layers = await clientele([
    'query',
    'select layer, amount from layer where available order by position',
    '--json',
    '--workspace',
    workspace,
  ])
  const amounts = Object.fromEntries(layers.json().map((row: { layer: string; amount: string }) => [row.layer, Number(row.amount)]))
  // 20 + 5.50 + 10 + 22 invoiced, 10 returned; cost 12 + 2 + 6 + 8 - 6.
  expect(amounts).toMatchObject({ invoiced_revenue: 57.5, returns: -10, net_revenue: 47.5, product_cost: 22, contribution: 25.5 })
  const explained = await clientele([
    'explain',
    'customer_profit',
    '--where',
    'customer_id=K1',
    '--column',
    'invoiced_revenue',
    '--json',
    '--workspace',
    workspace,
  ])
  expect(explained.json().sources).toMatchObject({ rows: 2, matches: true })
  expect(explained.json().sources.sample[0]).toMatchObject({ source_file: 'orders.csv', source_row: 2 })
})

test('the same file twice changes nothing, and undo takes an import back', async () => {
  await using folder = await temporaryFolder()
  const { workspace, file } = await company(folder.path)
  const first = (await clientele(['import', file, '--yes', '--json', '--workspace', workspace])).json()
  const again = await clientele(['import', file, '--yes', '--json', '--workspace', workspace])
  expect(again.json()).toMatchObject({ import: first.import, unchanged: true })
  expect((await clientele(['imports', '--json', '--workspace', workspace])).json()).toHaveLength(1)
  expect((await clientele(['undo', first.import, '--workspace', workspace])).code).toBe(0)
  expect((await clientele(['imports', '--json', '--workspace', workspace])).json()).toEqual([])
})

test('a date that can be read in two ways is an error that names the option, and nothing is imported', async () => {
  await using folder = await temporaryFolder()
  const { workspace, file } = await company(
    folder.path,
    orders.replaceAll(/2026-0(\d)-(\d\d)/g, (_, m, d) => `0${m}/${String(Number(d) % 12 || 1).padStart(2, '0')}/2026`),
  )
  const refused = await clientele(['import', file, '--yes', '--workspace', workspace])
  expect(refused.code).toBe(2)
  expect(refused.stderr).toContain('--date-order')
  expect(refused.stderr).not.toMatch(/\n\s+at /)
  expect(await readdir(join(workspace, 'imports'))).toEqual([])
  const told = await clientele(['import', file, '--yes', '--date-order', 'mdy', '--json', '--workspace', workspace])
  expect(told.json()).toMatchObject({ rowsKept: 5 })
})

test('wrong use ends with code 2, a missing workspace with code 1, both with one line on what to try', async () => {
  await using folder = await temporaryFolder()
  expect((await clientele(['no-such-command'])).code).toBe(2)
  const lost = await clientele(['run', '--workspace', folder.path])
  expect(lost.code).toBe(1)
  expect(lost.stderr).toContain('try: Make one with `clientele init`')
})

test('a wrong setting is reported with line and column', async () => {
  await using folder = await temporaryFolder()
  const { workspace } = await company(folder.path)
  const settings = join(workspace, 'clientele.yaml')
  const text = (await readFile(settings, 'utf8')).replace(/^currency: .*$/m, 'currency: Euros')
  await writeFile(settings, text)
  const line = text.split('\n').findIndex((candidate) => candidate.startsWith('currency:')) + 1
  const refused = await clientele(['run', '--workspace', workspace])
  expect(refused.code).toBe(1)
  expect(refused.stderr).toContain(`clientele.yaml:${line}:`)
})

test('unit costs that are loaded later turn revenue into contribution, and the figures still explain themselves', async () => {
  await using folder = await temporaryFolder()
  const withoutCost = orders
    .trimEnd()
    .split('\n')
    .map((line) => line.slice(0, line.lastIndexOf(',')))
    .join('\n')
  const { workspace, file } = await company(folder.path, `${withoutCost}\n`)
  await clientele(['import', file, '--yes', '--workspace', workspace])
  const contribution = async () => {
    const run = await clientele(['run', '--json', '--workspace', workspace])
    expect(run.code, run.stderr).toBe(0)
    return run.json().figures.find((figure: { name: string }) => figure.name === 'contribution').value
  }
  expect(await contribution()).toBeNull()
  const products = join(folder.path, 'products.csv')
  await writeFile(products, 'product_id,name,unit_cost\nP1,Cup,6.00\nP2,Plate,2.00\n')
  const imported = await clientele(['import', products, '--yes', '--workspace', workspace])
  expect(imported.code, imported.stderr).toBe(0)
  expect(Number(await contribution())).toBe(25.5)
  const explained = await clientele([
    'explain',
    'customer_profit',
    '--where',
    'customer_id=K1',
    '--column',
    'product_cost',
    '--json',
    '--workspace',
    workspace,
  ])
  expect(explained.json()).toMatchObject({ value: '8.0000', sources: { matches: true } })
  const compared = await clientele(['compare', '--json', '--workspace', workspace])
  expect(compared.code, compared.stderr).toBe(0)
})

test('queries can read and nothing else', async () => {
  const { workspace } = await computed
  for (const text of [
    "select * from read_csv('/etc/passwd')",
    "copy (select 1) to '/tmp/x'",
    'select 1; select 2',
    'drop table customer',
    "attach '/tmp/y' as y",
  ]) {
    const refused = await clientele(['query', text, '--workspace', workspace])
    expect(refused.code, text).not.toBe(0)
    expect(refused.stdout, text).toBe('')
  }
  expect((await clientele(['query', 'select count(*) as n from order_line', '--json', '--workspace', workspace])).json()).toEqual([
    { n: 5 },
  ])
})

test('report, workbook and tables can be carried away', async () => {
  const { workspace } = await computed
  const report = await clientele(['report', '--json', '--workspace', workspace])
  expect(report.code, report.stderr).toBe(0)
  const [html, xlsx] = await Promise.all(report.json().files.map((name: string) => readFile(name)))
  expect(html.toString()).toContain('<!doctype html>')
  expect(xlsx.subarray(0, 2).toString()).toBe('PK')
  const exported = await clientele(['export', 'customer_profit', '--format', 'csv', '--json', '--workspace', workspace])
  expect(exported.json()[0]).toMatchObject({ table: 'customer_profit', rows: 3 })
})

test('the demo makes both sample companies and its findings surface what was planted', async () => {
  await using folder = await temporaryFolder()
  const demo = await clientele(['demo', join(folder.path, 'demo'), '--no-serve', '--customers', '3000', '--json'])
  expect(demo.code, demo.stderr).toBe(0)
  for (const { company: name, truths, summary } of demo.json()) {
    const findings = summary.findings.map((finding: { name: string }) => finding.name)
    for (const truth of truths) expect(findings, `${name}: ${truth.statement}`).toContain(truth.name)
    expect(summary.checks.filter((check: { status: string }) => check.status === 'fail')).toEqual([])
  }
  const again = await clientele(['demo', join(folder.path, 'demo'), '--no-serve', '--customers', '3000'])
  expect(again.code, again.stderr).toBe(0)
})
