import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ImportPlace, type ImportReport, stageImport } from '../../src/warehouse/load/index.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'import-permute-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const header = 'order_id,customer_id,order_date,product_id,product_name,quantity,unit_price'
const row = fc
  .record({
    order: fc.integer({ min: 1, max: 6 }),
    product: fc.integer({ min: 1, max: 4 }),
    quantity: fc.integer({ min: -3, max: 5 }).filter((quantity) => quantity !== 0),
    cents: fc.integer({ min: 0, max: 99_999 }),
    bad: fc.integer({ min: 0, max: 12 }),
  })
  .map(({ order, product, quantity, cents, bad }) => {
    const day = String(order + 12).padStart(2, '0')
    const customer = order % 3 === 0 ? '' : `c${order % 4}`
    return `O${order},${customer},${bad === 0 ? 'soon' : `${day}/01/2026`},p${product},Name ${cents % 3},${quantity},${(cents / 100).toFixed(2)}`
  })

let runs = 0
async function summary(parts: string[][]): Promise<unknown> {
  const dir = join(folder, `r${++runs}`)
  const place: ImportPlace = {
    importsDir: join(dir, 'imports'),
    cacheDir: join(dir, 'c'),
    recipesDir: join(dir, 'recipes'),
    currency: 'EUR',
    version: '0',
    threads: 1,
  }
  const paths: string[] = []
  for (const [i, rows] of parts.entries()) {
    const path = join(folder, `r${runs}-${i}.csv`)
    await writeFile(path, `${[header, ...rows].join('\n')}\n`)
    paths.push(path)
  }
  try {
    const { report, questions } = await stageImport(place, paths)
    return report ? withoutPlaces(report) : questions.map((question) => question.id)
  } catch (error) {
    return (error as { code?: string }).code
  }
}

/** What must not depend on where a row stands. */
function withoutPlaces({ rowsIn, rowsKept, setAside, totals, dates, customers, orders, products, tables, flags }: ImportReport): unknown {
  const aside = setAside.map(({ reason, rows, amounts }) => ({ reason, rows, amounts }))
  const flagged = flags.filter(({ flag }) => flag !== 'repeated').map(({ flag, rows, amounts }) => ({ flag, rows, amounts }))
  return { rowsIn, rowsKept, aside, totals, dates, customers, orders, products, tables, flagged }
}

test('neither the order of rows nor a split into files changes what is counted', { timeout: 240_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 4, maxLength: 25 }), fc.integer({ min: 1, max: 3 }), fc.nat(), async (rows, cut, seed) => {
      const whole = await summary([rows])
      const shuffled = rows
        .map((value, i) => ({ value, by: (i * 7919 + seed) % 104_729 }))
        .sort((a, b) => a.by - b.by)
        .map(({ value }) => value)
      expect(await summary([shuffled])).toEqual(whole)
      expect(await summary([rows.slice(0, cut), rows.slice(cut)])).toEqual(whole)
    }),
    { numRuns: 4, seed: 20260101 },
  )
})
