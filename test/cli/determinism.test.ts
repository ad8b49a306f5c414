import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { commitImport, stageImport } from '../../src/app/imports.ts'
import { readManifest, runPortfolio } from '../../src/app/runs.ts'
import { initWorkspace } from '../../src/app/workspace.ts'
import { createRandom } from '../../src/math/random.ts'
import { temporaryFolder } from '../helpers/clientele.ts'

const header = 'order_id,order_date,customer_id,product_id,quantity,list_price,amount,unit_cost'

/** Two thousand lines of three hundred orders; an order has one date and one customer. */
function orderLines(): string[] {
  const random = createRandom(11)
  return Array.from({ length: 2000 }, (_, i) => {
    const order = Math.floor(i / 6)
    const day = new Date(Date.UTC(2024, 0, 1 + ((order * 7) % 700))).toISOString().slice(0, 10)
    const quantity = 1 + random.integer(5)
    const price = 1 + random.integer(5000) / 100
    const customer = order % 17 === 0 ? '' : `K${order % 61}`
    return [
      `O${order}`,
      day,
      customer,
      `P${random.integer(40)}`,
      quantity,
      price.toFixed(2),
      (quantity * price * 0.9).toFixed(3),
      (price * 0.6).toFixed(4),
    ].join(',')
  })
}

async function tablesOf(folder: string, files: string[][]): Promise<Record<string, string>> {
  const workspace = await initWorkspace(folder, { currency: 'EUR' })
  for (const [i, lines] of files.entries()) {
    const file = join(folder, 'data', `part-${i}.csv`)
    await writeFile(file, `${[header, ...lines].join('\n')}\n`)
    const staged = await stageImport(workspace, [file], { decimalMark: '.' })
    await commitImport(workspace, staged.id)
  }
  await runPortfolio(workspace)
  return Object.fromEntries((await readManifest(workspace)).tables.map(({ name, sha256 }) => [name, sha256]))
}

test('rows in another order, and a file cut in two, give the same tables byte by byte', async () => {
  await using folder = await temporaryFolder()
  const lines = orderLines()
  const random = createRandom(5)
  const shuffled = lines
    .map((line) => ({ line, at: random.next() }))
    .sort((a, b) => a.at - b.at)
    .map(({ line }) => line)
  const cut = 6 * 151
  const whole = await tablesOf(join(folder.path, 'a'), [lines])
  expect(Object.keys(whole).length).toBeGreaterThan(8)
  expect(await tablesOf(join(folder.path, 'again'), [lines])).toEqual(whole)
  expect(await tablesOf(join(folder.path, 'b'), [shuffled])).toEqual(whole)
  expect(await tablesOf(join(folder.path, 'c'), [lines.slice(0, cut), lines.slice(cut)])).toEqual(whole)
  expect(await tablesOf(join(folder.path, 'd'), [lines.slice(cut), lines.slice(0, cut)])).toEqual(whole)
})
