import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { clientele, sharedData, temporaryFolder } from '../helpers/clientele.ts'

// These need public data sets that are not part of the project; they skip, visibly, where the folder is absent.
const retail = join(sharedData, 'online_retail_uci.csv.gz')
const superstore = join(sharedData, 'superstore.csv.gz')

test.skipIf(!existsSync(retail))('the UCI online retail file goes through in one go and loses nothing', async () => {
  await using folder = await temporaryFolder()
  const workspace = join(folder.path, 'retail')
  await clientele(['init', workspace, '--currency', 'GBP'])
  const imported = await clientele(['import', retail, '--yes', '--json', '--workspace', workspace])
  expect(imported.code, imported.stderr).toBe(0)
  const report = imported.json()
  expect(report).toMatchObject({ rowsIn: 541_909, rowsKept: 541_909, rowsSetAside: 0, customers: 4372, orders: 25_900 })
  expect(report.totals).toEqual([
    expect.objectContaining({
      currency: 'GBP',
      lines: 541_909,
      invoiceAmount: '9747747.9340',
      identifiedAmount: '8300065.8140',
      unidentifiedLines: 135_080,
      listAmount: null,
      productCost: null,
    }),
  ])
  const [stored] = (await clientele(['imports', '--json', '--workspace', workspace])).json()
  expect(stored.dates).toEqual({ from: '2010-12-01', to: '2011-12-09' })
  const flags = Object.fromEntries(stored.flags.map(({ flag, rows }: { flag: string; rows: number }) => [flag, rows]))
  expect(flags).toMatchObject({ cancellation: 9288, 'without-customer': 135_080, 'zero-amount': 2515, 'negative-price': 2 })
  expect(stored.files[0].recogniser).toEqual({ id: 'online-retail', title: 'Online Retail (UCI)', confidence: 'known' })
  const run = await clientele(['run', '--json', '--workspace', workspace])
  expect(run.code, run.stderr).toBe(0)
  expect(run.json().checks.filter((check: { status: string }) => check.status === 'fail')).toEqual([])
  const [counted] = (
    await clientele([
      'query',
      `select count(*) as lines, count(*) filter (where customer_id is null) as without_customer,
         count(*) filter (where cancellation_flag) as cancellations, round(sum(invoice_amount), 2) as total from order_line`,
      '--json',
      '--workspace',
      workspace,
    ])
  ).json()
  expect(counted).toMatchObject({ lines: 541_909, without_customer: 135_080, cancellations: 9288 })
  expect(Number(counted.total)).toBe(9_747_747.93)
  const [portfolio] = (
    await clientele([
      'query',
      'select sum(net_revenue) as all_lines, sum(net_revenue) filter (where identified) as known from customer_profit',
      '--json',
      '--workspace',
      workspace,
    ])
  ).json()
  expect(Number(portfolio.all_lines).toFixed(2)).toBe('9747747.93')
  expect(Number(portfolio.known).toFixed(2)).toBe('8300065.81')
})

test.skipIf(!existsSync(superstore))('the Superstore file gives its published sales and profit', async () => {
  await using folder = await temporaryFolder()
  const workspace = join(folder.path, 'superstore')
  await clientele(['init', workspace, '--currency', 'USD'])
  const imported = await clientele(['import', superstore, '--yes', '--json', '--workspace', workspace])
  expect(imported.code, imported.stderr).toBe(0)
  expect(imported.json()).toMatchObject({ rowsIn: 9994, rowsKept: 9994, customers: 793 })
  const run = await clientele(['run', '--json', '--workspace', workspace])
  expect(run.code, run.stderr).toBe(0)
  const rows = (await clientele(['query', 'select layer, amount from layer', '--json', '--workspace', workspace])).json()
  const amount = (name: string) => Number(rows.find((row: { layer: string }) => row.layer === name).amount).toFixed(2)
  expect(amount('net_revenue')).toBe('2297200.86')
  expect(amount('contribution')).toBe('286397.02')
  const curve = (
    await clientele([
      'query',
      'select max(cumulative) as peak, max(rank) as customers from whale_curve',
      '--json',
      '--workspace',
      workspace,
    ])
  ).json()
  expect(curve[0].customers).toBe(793)
  expect(Number(curve[0].peak)).toBeGreaterThan(286_397.02)
})
