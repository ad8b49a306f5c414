import { existsSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { clientele, sharedData, temporaryFolder } from '../helpers/clientele.ts'

// These need public data sets that are not part of the project; they skip, visibly, where the folder is absent.
const retail = join(sharedData, 'online_retail_uci.csv.gz')
const madrigal = (what: string) => join(sharedData, `madrigal_cust_by_qtr_${what}.csv.gz`)

test.skipIf(!existsSync(retail))('the UCI online retail file is audited without a setting', async () => {
  const run = await clientele(['audit', retail, '--currency', 'GBP', '--json'])
  expect(run.code, run.stderr).toBe(0)
  const audit = run.json()
  // One year does not let a cohort be followed for a year.
  expect(audit.lenses.map(({ findings }: { findings: unknown[] }) => findings.length > 0).slice(0, 5)).toEqual([
    true,
    true,
    false,
    true,
    true,
  ])
  const effects = audit.tables.audit_factor.rows.slice(0, -1).map(({ effect }: { effect: string }) => Number(effect))
  const total = audit.tables.audit_factor.rows.at(-1)
  expect(effects.reduce((sum: number, effect: number) => sum + effect, 0)).toBeCloseTo(Number(total.effect), 4)
  // December 2010 opens the data: its customers are not all new, and the audit says so.
  expect(audit.tables.cohort_quality.rows[0].opening).toBe(true)
})

/** Quarterly cells as one line a quarter: spend, cost so that profit is left, and an order for each transaction. */
async function madrigalOrders(folder: string): Promise<{ file: string; spend: number; profit: number; transactions: number }> {
  const read = (what: string) =>
    gunzipSync(readFileSync(madrigal(what)))
      .toString('utf8')
      .trim()
      .split('\n')
      .map((line) => line.replace(/\r$/, '').split(','))
  const [spend, profit, trans] = ['spend', 'profit', 'trans'].map(read) as [string[][], string[][], string[][]]
  const header = spend[0]!
  const of = (rows: string[][]) => new Map(rows.slice(1).map((row) => [row[0]!, row]))
  const [profits, counts] = [of(profit), of(trans)]
  const lines = ['order_id,order_date,customer_id,product_id,quantity,invoice_amount,product_cost,currency']
  const cents = (text: string | undefined) => Math.round(Number(text || 0) * 100)
  const sums = { spend: 0, profit: 0, transactions: 0 }
  for (const row of spend.slice(1)) {
    const id = row[0]!
    for (let q = 2; q < header.length; q++) {
      const [, year, quarter] = /Y?(\d{4})Q(\d)/.exec(header[q]!) ?? []
      const n = Number(counts.get(id)?.[q] || 0)
      const [amount, left] = [cents(row[q]), cents(profits.get(id)?.[q])]
      if (n === 0 && amount === 0 && left === 0) continue
      sums.spend += amount
      sums.profit += left
      sums.transactions += n
      const orders = Math.max(1, n)
      for (let i = 0; i < orders; i++) {
        const part = (all: number): number => (i === 0 ? all - Math.trunc(all / orders) * (orders - 1) : Math.trunc(all / orders))
        const date = `${year}-${String(3 * Number(quarter) - 2 + (i % 3)).padStart(2, '0')}-15`
        lines.push(`${id}.${q}.${i},${date},${id},P,1,${(part(amount) / 100).toFixed(2)},${(part(amount - left) / 100).toFixed(2)},USD`)
      }
    }
  }
  const file = join(folder, 'madrigal.csv')
  await writeFile(file, `${lines.join('\n')}\n`)
  return { file, spend: sums.spend / 100, profit: sums.profit / 100, transactions: sums.transactions }
}

test.skipIf(!existsSync(madrigal('spend')))('Madrigal: cohorts and factors hold its profit of four years to the cent', async () => {
  await using folder = await temporaryFolder()
  const { file, spend, profit, transactions } = await madrigalOrders(folder.path)
  expect([spend, profit, transactions]).toEqual([18_401_720.85, 8_914_386.12, 188_182])
  const workspace = join(folder.path, 'madrigal')
  await clientele(['init', workspace, '--currency', 'USD'])
  const imported = await clientele(['import', file, '--yes', '--json', '--workspace', workspace])
  expect(imported.code, imported.stderr).toBe(0)
  const run = await clientele(['run', '--json', '--workspace', workspace])
  expect(run.code, run.stderr).toBe(0)
  const query = async (sql: string) => (await clientele(['query', sql, '--json', '--workspace', workspace])).json()
  const [sums] = await query(
    "select cast(sum(revenue) as varchar) as revenue, cast(sum(measure) as varchar) as profit from cohort where grain = 'quarter'",
  )
  // Customers who only ever cost money belong to no cohort.
  const [outside] = await query(
    'select cast(coalesce(sum(net_revenue), 0) as varchar) as revenue, cast(coalesce(sum(measure), 0) as varchar) as profit, count(*) as customers from customer_profit where first_order_date is null',
  )
  expect(Number(outside.revenue)).toBe(0)
  expect(outside.customers).toBeLessThan(20)
  expect((Number(sums.revenue) + Number(outside.revenue)).toFixed(2)).toBe(spend.toFixed(2))
  expect((Number(sums.profit) + Number(outside.profit)).toFixed(2)).toBe(profit.toFixed(2))
  const factors = await query('select factor, previous, current, effect from audit_factor order by position')
  const total = factors.at(-1)
  const parts = factors.slice(0, -1).reduce((sum: number, { effect }: { effect: string }) => sum + Number(effect), 0)
  expect(parts).toBeCloseTo(Number(total.effect), 4)
  const [{ customers }] = await query("select customers from period where period = 'current'")
  expect(factors[0].current).toBe(Number(customers))
  expect(run.json().checks.filter(({ status }: { status: string }) => status === 'fail')).toEqual([])
})
