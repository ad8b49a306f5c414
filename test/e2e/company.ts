import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { commitImport, stageImport } from '../../src/app/imports.ts'
import { runPortfolio } from '../../src/app/runs.ts'
import { initWorkspace, type Workspace } from '../../src/app/workspace.ts'
import { seededRandom } from './random.ts'

/**
 * Order lines of a small wholesaler over two years: 90 customers, most of them small, a loved giant that loses money, returns, lines without
 * a customer, and product cost throughout. The same text each time.
 */
export function orderLines(): string {
  const next = seededRandom(20_260_701)
  const rows = [
    'order_id,order_date,customer_id,customer_name,country,product_id,product_name,quantity,list_price,invoice_amount,product_cost',
  ]
  const countries = ['Germany', 'France', 'Norway', 'Italy']
  let order = 1000
  for (let customer = 1; customer <= 90; customer++) {
    const size = Math.ceil(40 / customer) + 1
    for (let i = 0; i < size * 3; i++) {
      order++
      const day = Math.floor(next() * 720)
      const date = new Date(Date.UTC(2024, 0, 1 + day)).toISOString().slice(0, 10)
      const lines = 1 + Math.floor(next() * 4)
      for (let line = 0; line < lines; line++) {
        const product = 1 + Math.floor(next() * 24)
        const quantity = next() < 0.05 ? -2 : 1 + Math.floor(next() * 12)
        const price = 5 + product * 2.5
        const discount = customer === 1 ? 0.45 : next() * 0.2
        const amount = quantity * price * (1 - discount)
        const cost = quantity * price * 0.62
        const known = next() > 0.04
        rows.push(
          [
            `A${order}`,
            date,
            known ? `C${String(customer).padStart(3, '0')}` : '',
            known ? (customer === 1 ? 'Big Loved Ltd' : `Customer ${customer}`) : '',
            known ? countries[customer % 4] : '',
            `P${product}`,
            `Part ${product}`,
            quantity,
            price.toFixed(2),
            amount.toFixed(2),
            cost.toFixed(2),
          ].join(','),
        )
      }
    }
  }
  return `${rows.join('\n')}\n`
}

/** Lines whose dates can be read two ways, so that importing them asks a question. */
export function ambiguousLines(): string {
  const rows = ['order_id,order_date,customer_id,product_id,quantity,invoice_amount']
  for (let i = 0; i < 60; i++)
    rows.push(
      `B${i},0${1 + (i % 9)}/0${1 + (i % 7)}/2025,C${String(1 + (i % 12)).padStart(3, '0')},P${1 + (i % 5)},${1 + (i % 3)},${10 + i}.50`,
    )
  rows.push('B99,31/31/2025,C001,P1,1,10.00')
  return `${rows.join('\n')}\n`
}

export async function emptyWorkspace(): Promise<Workspace> {
  const dir = await mkdtemp(join(tmpdir(), 'clientele-e2e-'))
  return initWorkspace(dir, { name: 'Nordwind', currency: 'EUR' })
}

/** A ledger summary of the same two years: what a controller has at hand. */
function ledger(): string {
  const rows = ['entry_id,period,account,cost_centre,amount']
  for (let m = 0; m < 24; m++) {
    const period = `${2024 + Math.floor(m / 12)}-${String((m % 12) + 1).padStart(2, '0')}`
    for (const [account, centre, amount] of [
      ['4100', 'SALES', 900],
      ['4200', 'WAREHOUSE', 700],
      ['4300', 'FREIGHT', 300],
      ['4400', 'SERVICE', 400],
      ['4500', 'ADMIN', 500],
    ] as const)
      rows.push(`${period}-${account},${period},${account},${centre},${amount}`)
  }
  return `${rows.join('\n')}\n`
}

/** A workspace with one import and a published snapshot; with a ledger beside the orders where cost-to-serve is to be seen. */
export async function companyWorkspace({ withLedger = false } = {}): Promise<Workspace> {
  const workspace = await emptyWorkspace()
  const file = join(workspace.dir, 'orders.csv')
  await writeFile(file, orderLines())
  const staged = await stageImport(workspace, [file])
  if (staged.questions.length > 0)
    throw new Error(`the test company should need no answer; asked: ${staged.questions.map((q) => q.title).join(', ')}`)
  await commitImport(workspace, staged.id)
  if (withLedger) {
    const summary = join(workspace.dir, 'ledger.csv')
    await writeFile(summary, ledger())
    await commitImport(workspace, (await stageImport(workspace, [summary])).id)
  }
  await runPortfolio(workspace)
  return workspace
}

export const removeWorkspace = (workspace: Workspace | undefined): Promise<void> =>
  workspace ? rm(workspace.dir, { recursive: true, force: true }) : Promise.resolve()
