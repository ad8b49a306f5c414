import { createReadStream, createWriteStream, existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { commitImport, type ImportPlace, stageImport } from '../../src/warehouse/load/index.ts'

const data = new URL('../../../shared/data/', import.meta.url).pathname

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'import-real-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

function place(name: string, currency: string): ImportPlace {
  const dir = join(folder, name)
  return {
    importsDir: join(dir, 'imports'),
    cacheDir: join(dir, '.clientele'),
    recipesDir: join(dir, 'recipes'),
    currency,
    version: '0.0.0-test',
  }
}

async function unpacked(name: string): Promise<string> {
  const target = join(folder, name)
  await pipeline(createReadStream(join(data, `${name}.gz`)), createGunzip(), createWriteStream(target))
  return target
}

describe.skipIf(!existsSync(join(data, 'superstore.csv.gz')))('other real files', () => {
  async function imported(name: string, files: string[], currency = 'USD') {
    const here = place(name, currency)
    const staged = await stageImport(here, files)
    expect(staged.questions).toEqual([])
    return commitImport(here, staged.id)
  }

  test('Superstore: sales and profit to the cent, list amounts worked back from the discount', async () => {
    const report = await imported('superstore', [await unpacked('superstore.csv')])
    expect(report).toMatchObject({ rowsIn: 9994, rowsKept: 9994, customers: 793, orders: 5009 })
    // 2,297,200.8603 - 2,010,803.8386 = 286,397.0217
    expect(report.totals).toMatchObject([{ invoiceAmount: '2297200.8603', productCost: '2010803.8386', unidentifiedLines: 0 }])
  })

  test('CDNOW: a log without order numbers', async () => {
    const report = await imported('cdnow', [await unpacked('cdnow_full.csv')])
    expect(report).toMatchObject({ rowsIn: 69659, rowsKept: 69659, customers: 23570, dates: { from: '1997-01-01', to: '1998-06-30' } })
    expect(report.flags.find((flag) => flag.flag === 'zero-amount')?.rows).toBe(80)
  })

  test('Northwind: four tables joined into one import', async () => {
    const files = ['orders', 'order_details', 'customers', 'products'].map((name) => join(data, `northwind_${name}.csv`))
    const report = await imported('northwind', files)
    expect(report.tables).toEqual({ order_line: 2155, order: 830, customer: 91, product: 77 })
    expect(report.totals).toMatchObject([{ lines: 2155, invoiceAmount: '1265793.0416', unidentifiedLines: 0 }])
    expect(report.rowsKept).toBe(report.rowsIn)
  })
})
