import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openDuckDB } from '../duckdb.ts'
import type { Row, Warehouse } from '../port.ts'
import { id, sql } from '../sql.ts'
import {
  answerImport,
  commitImport,
  discardImport,
  type ImportOptions,
  type ImportPlace,
  type ImportReport,
  listImports,
  listRecipes,
  stageImport,
  undoImport,
} from './index.ts'

let folder = ''
let warehouse: Warehouse
let count = 0
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'import-'))
  warehouse = await openDuckDB({ threads: 1 })
})
afterAll(async () => {
  await warehouse.close()
  await rm(folder, { recursive: true, force: true })
})

function newPlace(currency = 'EUR'): ImportPlace {
  const dir = join(folder, `w${++count}`)
  return {
    importsDir: join(dir, 'imports'),
    cacheDir: join(dir, '.clientele'),
    recipesDir: join(dir, 'recipes'),
    currency,
    version: '0.0.0-test',
    threads: 1,
    now: () => new Date('2026-06-15T12:00:00Z'),
  }
}

async function file(name: string, text: string): Promise<string> {
  const path = join(folder, `f${++count}`, name)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text)
  return path
}

async function importText(text: string, options: ImportOptions = {}, place = newPlace(), name = 'orders.csv'): Promise<ImportReport> {
  const staged = await stageImport(place, [await file(name, text)], options)
  expect(staged.questions).toEqual([])
  return commitImport(place, staged.id)
}

async function rowsOf(place: ImportPlace, report: ImportReport, table: string, columns: string, order = columns): Promise<Row[]> {
  await warehouse.attach('rows', [join(place.importsDir, report.id, `${table}.parquet`)])
  const names = (list: string) => list.split(',').map((name) => id(name.trim()))
  const list = names(columns).reduce((all, name) => sql`${all}, ${name}`)
  const by = names(order).reduce((all, name) => sql`${all}, ${name}`)
  return warehouse.rows(sql`select ${list} from rows order by ${by}`)
}

const head = 'order_id,customer_id,order_date,product_id,quantity,unit_price'
const three = `${head}
A1,c1,2026-01-05,p1,2,10.00
A1,c1,2026-01-05,p2,1,5.50
A2,c2,2026-01-07,p1,-1,10.00
`

describe('what is imported', () => {
  test('lines get kinds, exact amounts and keys by sorted id, and lie sorted by customer, date and order', async () => {
    const place = newPlace()
    const report = await importText(`${head}\nB1,zed,2026-02-01,p2,1,3.10\n${three.split('\n').slice(1).join('\n')}`, {}, place)
    expect(report).toMatchObject({
      rowsIn: 4,
      rowsKept: 4,
      customers: 3,
      orders: 3,
      products: 2,
      dates: { from: '2026-01-05', to: '2026-02-01' },
    })
    expect(report.totals).toEqual([expect.objectContaining({ currency: 'EUR', lines: 4, invoiceAmount: '18.6000', unidentifiedLines: 0 })])
    await warehouse.attach('rows', [join(place.importsDir, report.id, 'order_line.parquet')])
    expect(
      await warehouse.rows(sql`select order_id, line_no, kind, invoice_amount, customer_key, product_key, order_key, source_row from rows`),
    ).toEqual([
      { order_id: 'A1', line_no: 1, kind: 'sale', invoice_amount: '20.0000', customer_key: 1, product_key: 1, order_key: 1, source_row: 3 },
      { order_id: 'A1', line_no: 2, kind: 'sale', invoice_amount: '5.5000', customer_key: 1, product_key: 2, order_key: 1, source_row: 4 },
      {
        order_id: 'A2',
        line_no: 1,
        kind: 'return',
        invoice_amount: '-10.0000',
        customer_key: 2,
        product_key: 1,
        order_key: 2,
        source_row: 5,
      },
      { order_id: 'B1', line_no: 1, kind: 'sale', invoice_amount: '3.1000', customer_key: 3, product_key: 2, order_key: 3, source_row: 2 },
    ])
  })

  test('lines without a customer stay in the totals and out of customer figures', async () => {
    const report = await importText(`${head}\nA1,,2026-01-05,p1,2,10\nA2,NULL,2026-01-06,p1,1,10\nA3,c1,2026-01-06,p1,1,1\n`)
    expect(report.totals[0]).toMatchObject({
      invoiceAmount: '31.0000',
      identifiedAmount: '1.0000',
      unidentifiedAmount: '30.0000',
      unidentifiedLines: 2,
    })
    expect(report.customers).toBe(1)
  })

  test('rows that repeat another in the same file are kept and counted', async () => {
    const report = await importText(`${three}A1,c1,2026-01-05,p1,2,10.00\n`)
    expect(report.rowsKept).toBe(4)
    expect(report.flags.find((flag) => flag.flag === 'repeated')).toMatchObject({
      rows: 1,
      amounts: [{ currency: 'EUR', amount: '20.0000' }],
    })
  })

  test('returns without an earlier sale are pointed out', async () => {
    const report = await importText(`${head}\nA1,c1,2026-01-05,p1,2,10\nA2,c1,2026-01-06,p1,-1,10\nA3,c1,2026-01-06,p2,-1,4\n`)
    expect(report.flags.find((flag) => flag.flag === 'return-unmatched')).toMatchObject({
      rows: 1,
      amounts: [{ currency: 'EUR', amount: '-4.0000' }],
    })
  })

  test('currencies are summed apart', async () => {
    const report = await importText(
      `${head},currency\nA1,c1,2026-01-05,p1,1,10,EUR\nA2,c1,2026-01-05,p1,1,7,usd\nA3,c1,2026-01-05,p1,1,1,EUR\n`,
    )
    expect(report.totals.map(({ currency, invoiceAmount }) => [currency, invoiceAmount])).toEqual([
      ['EUR', '11.0000'],
      ['USD', '7.0000'],
    ])
    expect(report.flags.some((flag) => flag.flag === 'mixed-currencies')).toBe(true)
    await expect(stageImport(newPlace(), [await file('x.csv', three)], { currency: 'Euro' })).rejects.toMatchObject({
      code: 'import.currency',
    })
  })

  test('look-alike letters, invisible characters and formulas are reported and never changed', async () => {
    const place = newPlace()
    const report = await importText(
      `${head},customer_name\nA1,ABC,2026-01-05,p1,1,1,=cmd()\nA2,АBC,2026-01-05,p1,1,1,-5 apples\nA3,x\u200by,2026-01-05,p1,1,1,Ok\n`,
      {},
      place,
    )
    const flag = (name: string) => report.flags.find((one) => one.flag === name)
    expect(flag('look-alike-customer-ids')).toMatchObject({ rows: 2 })
    expect(flag('look-alike-customer-ids')?.examples.join()).toContain('U+0410')
    expect(flag('formula-like')).toMatchObject({ rows: 2 })
    expect((await rowsOf(place, report, 'customer', 'customer_id')).map((row) => row.customer_id)).toContain('АBC')
  })

  test('German files with semicolons, decimal commas and day-month-year dates are read', async () => {
    const report = await importText(
      'Belegnummer;Kundennr.;Belegdatum;Artikelnummer;Menge;Einzelpreis;Nettobetrag\nR1;0007;31.01.2026;4711;3;1.234,50 €;3.703,50 €\nR2;0008;02.02.2026;4712;1;(12,00);-12,00\n',
    )
    expect(report.totals[0].invoiceAmount).toBe('3691.5000')
    expect(report.dates).toEqual({ from: '2026-01-31', to: '2026-02-02' })
    expect(report.files[0].detected).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ what: 'decimal mark', value: 'comma' }),
        expect.objectContaining({ what: 'date order', value: 'day, month, year' }),
        expect.objectContaining({ what: 'currency', value: 'EUR' }),
      ]),
    )
  })

  test('cost comes from profit, unit cost or line cost, list amounts from the discount, all exact', async () => {
    const report = await importText(
      'order_id,customer_id,order_date,sales,quantity,discount,profit\nA,c,2026-01-01,261.96,2,0.2,41.9136\nB,c,2026-01-02,10,3,0,1\n',
    )
    expect(report.totals[0]).toMatchObject({ invoiceAmount: '271.9600', listAmount: '337.4500', productCost: '229.0464' })
  })

  test('a folder of canonical tables is one import', async () => {
    const dir = join(folder, `d${++count}`)
    await mkdir(dir)
    await writeFile(
      join(dir, 'customers.csv'),
      'customer_id,name,first_seen_date,country\nc1,Alpha,2020-01-01,DE\nc2,Beta,2021-01-01,FR\nc3,Gamma,2022-01-01,IT\n',
    )
    await writeFile(join(dir, 'products.csv'), 'product_id,name,base_unit,unit_cost\np1,Pen,pcs,0.40\np2,Ink,pcs,2.5\n')
    await writeFile(join(dir, 'orders.csv'), 'order_id,customer_id,order_date,channel_id\nA1,c1,2026-01-05,web\nA2,c2,2026-01-06,shop\n')
    await writeFile(
      join(dir, 'order_lines.csv'),
      'order_id,line_no,product_id,quantity,list_price,invoice_amount,currency\nA1,1,p1,10,1.00,9.00,EUR\nA1,2,p2,1,5,5,EUR\nA2,1,p1,4,1,4,EUR\n',
    )
    await writeFile(join(dir, 'price_elements.csv'), 'element_id,order_id,line_no,type,name,amount\ne1,A1,1,on_invoice,volume,1.00\n')
    await writeFile(join(dir, 'fx_rates.csv'), 'currency,date,rate\nUSD,2026-01-01,0.92\n')
    await writeFile(join(dir, 'ledger.csv'), 'entry_id,period,account,cost_centre,amount\n1,2026-01,4000,10,120.50\n')
    const place = newPlace()
    const staged = await stageImport(place, [dir])
    expect(staged.questions).toEqual([])
    const report = await commitImport(place, staged.id)
    expect(report.tables).toEqual({ customer: 3, product: 2, order: 2, order_line: 3, price_element: 1, fx_rate: 1, ledger: 1 })
    expect(report).toMatchObject({ rowsIn: 13, rowsKept: 13 })
    expect(report.totals[0]).toMatchObject({ invoiceAmount: '18.0000', listAmount: '19.0000', productCost: '8.1000' })
    expect(await rowsOf(place, report, 'order_line', 'order_id, line_no, customer_id, order_date')).toEqual([
      { order_id: 'A1', line_no: 1, customer_id: 'c1', order_date: '2026-01-05' },
      { order_id: 'A1', line_no: 2, customer_id: 'c1', order_date: '2026-01-05' },
      { order_id: 'A2', line_no: 1, customer_id: 'c2', order_date: '2026-01-06' },
    ])
  })

  test('a key that stands twice with different content rejects the table and says where', async () => {
    const place = newPlace()
    const path = await file('customers.csv', 'customer_id,name\nc1,Alpha\nc1,Beta\n')
    await expect(stageImport(place, [path])).rejects.toMatchObject({
      code: 'import.duplicate-keys',
      problems: [{ row: 2, message: expect.stringContaining('c1') }],
    })
  })

  test('ids unknown to the other tables are set aside, and stop the import above 1 % of the value', async () => {
    const dir = join(folder, `d${++count}`)
    await mkdir(dir)
    const lines = Array.from({ length: 200 }, (_, i) => `A${i},c1,2026-01-05,p1,1,10`)
    await writeFile(join(dir, 'customers.csv'), 'customer_id,name\nc1,Alpha\n')
    await writeFile(join(dir, 'order_lines.csv'), `${head}\n${lines.join('\n')}\nX,c9,2026-01-05,p1,1,1\n`)
    const staged = await stageImport(newPlace(), [dir])
    expect(staged.report?.setAside).toMatchObject([
      { reason: 'unknown-customer', rows: 1, amounts: [{ currency: 'EUR', amount: '1.0000' }] },
    ])
    await writeFile(join(dir, 'order_lines.csv'), `${head}\n${lines.join('\n')}\nX,c9,2026-01-05,p1,100,1\n`)
    await expect(stageImport(newPlace(), [dir])).rejects.toMatchObject({ code: 'import.unknown-keys' })
  })
})

describe('what is set aside', () => {
  test('each bad value with its row, column, value and what was expected; rows in are rows kept and set aside', async () => {
    const place = newPlace()
    const report = await importText(
      `${head},list_price
ok,c1,2026-01-05,p1,2,10.00,11
n1,c1,2026-01-05,p1,NaN,10.00,11
n2,c1,2026-01-05,p1,Infinity,10.00,11
n3,c1,2026-01-05,p1,1,1e308,11
n4,c1,2026-01-05,p1,abc,10,11
n5,c1,1969-12-31,p1,1,10,11
n6,c1,2026-06-18,p1,1,10,11
n7,c1,2026-02-30,p1,1,10,11
n8,c1,,p1,1,10,11
n9,c1,2026-01-05,p1,,10,11
n10,c1,2026-01-05,p1,1,10,-11
n11,c1,2026-01-05,p1,#REF!,10,11
`,
      {},
      place,
    )
    expect([report.rowsIn, report.rowsKept, report.rowsSetAside]).toEqual([12, 1, 11])
    const aside = await rowsOf(place, report, 'set_aside', 'row, column, value, reason')
    expect(aside.map((row) => [row.row, row.column, row.value, row.reason])).toEqual([
      [3, 'quantity', 'NaN', 'number-not-finite'],
      [4, 'quantity', 'Infinity', 'number-not-finite'],
      [5, 'unit_price', '1e308', 'number-out-of-range'],
      [6, 'quantity', 'abc', 'number-unreadable'],
      [7, 'order_date', '1969-12-31', 'date-before-1970'],
      [8, 'order_date', '2026-06-18', 'date-in-future'],
      [9, 'order_date', '2026-02-30', 'date-unreadable'],
      [10, 'order_date', null, 'missing-order-date'],
      [11, 'invoice_amount', null, 'missing-amount'],
      [12, 'list_price', '-11', 'list-price-negative'],
      [13, 'quantity', '#REF!', 'formula-error'],
    ])
    expect(report.setAside.every((group) => group.repair.length > 0)).toBe(true)
  })

  test('a quantity of zero with an amount, and signs that disagree', async () => {
    const report = await importText(
      'order_id,customer_id,order_date,quantity,amount\nA,c,2026-01-01,0,5\nB,c,2026-01-01,-1,5\nC,c,2026-01-01,1,5\n',
    )
    expect(report.setAside.map((group) => group.reason).sort()).toEqual(['quantity-zero-with-amount', 'signs-disagree'])
    expect(report.rowsKept).toBe(1)
  })

  test('values with more decimals than are kept are rounded half away from zero and counted', async () => {
    const report = await importText(
      'order_id,customer_id,order_date,quantity,amount\nA,c,2026-01-01,1,1.00005\nB,c,2026-01-01,-1,-2.00005\nC,c,2026-01-01,1,5.1000\n',
    )
    expect(report.totals[0].invoiceAmount).toBe('4.1000')
    expect(report.flags.find((flag) => flag.flag === 'rounded')?.rows).toBe(2)
  })
})

describe('what is asked', () => {
  test('dates that can be read both ways are a question, and the answer imports without reading again', async () => {
    const place = newPlace()
    const staged = await stageImport(place, [await file('orders.csv', `${head}\nA,c1,03/04/2026,p1,1,10.5\nB,c2,05/04/2026,p1,1,10.5\n`)])
    expect(staged.report).toBeNull()
    expect(staged.questions).toMatchObject([{ id: 'date-order', column: 'order_date', option: '--date-order dmy (or mdy)' }])
    expect(staged.questions[0].options.map((option) => option.example)).toEqual(['03/04/2026 = 2026-04-03', '03/04/2026 = 2026-03-04'])
    await expect(commitImport(place, staged.id)).rejects.toMatchObject({ code: 'import.open-questions' })
    const answered = await answerImport(place, staged.id, { dateOrder: 'mdy' })
    expect(answered.report?.dates).toEqual({ from: '2026-03-04', to: '2026-05-04' })
    await commitImport(place, staged.id)
    expect(await listImports(place)).toHaveLength(1)
  })

  test('a date that only one order allows settles the whole column', async () => {
    const report = await importText(`${head}\nA,c1,03/04/2026,p1,1,10.5\nB,c2,13/04/2026,p1,1,10.5\n`)
    expect(report.dates).toEqual({ from: '2026-04-03', to: '2026-04-13' })
  })

  test('numbers that can be read both ways are a question', async () => {
    const place = newPlace()
    const path = await file('orders.csv', 'order_id;customer_id;order_date;amount\nA;c1;2026-01-01;1.234\nB;c1;2026-01-02;12.500\n')
    const staged = await stageImport(place, [path])
    expect(staged.questions).toMatchObject([{ id: 'decimal-mark', column: 'amount' }])
    expect((await answerImport(place, staged.id, { answers: { 'decimal-mark': ',' } })).report?.totals[0].invoiceAmount).toBe('13734.0000')
    expect((await answerImport(place, staged.id, { decimalMark: '.' })).report?.totals[0].invoiceAmount).toBe('13.7340')
  })

  test('a discount that may be percent or money is a question; arithmetic answers it where it can', async () => {
    const open = 'order_id,customer_id,order_date,amount,discount\nA,c1,2026-01-01,90.00,10\nB,c1,2026-01-02,80.00,20\n'
    const staged = await stageImport(newPlace(), [await file('orders.csv', open)])
    expect(staged.questions).toMatchObject([{ id: 'discount', option: '--answer discount=VALUE' }])
    const proven = await importText(
      'order_id,customer_id,order_date,quantity,unit_price,amount,discount\nA,c1,2026-01-01,2,50,90.00,10\nB,c1,2026-01-02,1,50,40.00,20\n',
    )
    expect(proven.totals[0]).toMatchObject({ invoiceAmount: '130.0000', listAmount: '150.0000' })
    expect(proven.assumptions.join()).toContain('percentages')
  })

  test('a total that stands on every line of its order is a question', async () => {
    const rows = Array.from({ length: 12 }, (_, i) => [1, 2, 3].map((line) => `O${i},c${i},2026-01-05,p${line},${100 + i}`).join('\n'))
    const place = newPlace()
    const staged = await stageImport(place, [
      await file('orders.csv', `order_id,customer_id,order_date,product_id,total\n${rows.join('\n')}\n`),
    ])
    expect(staged.questions).toMatchObject([{ id: 'amount-scope', suggested: 'order' }])
    expect((await answerImport(place, staged.id, { answers: { 'amount-scope': 'order' } })).report?.totals[0].invoiceAmount).toBe(
      '1266.0000',
    )
  })

  test('a required field without a column is asked for, with the columns to choose from', async () => {
    const place = newPlace()
    const path = await file('export.csv', 'booked on,shop id,amount\n2026-01-01,c1,5.00\n')
    const staged = await stageImport(place, [path], { layout: 'order-lines' })
    expect(staged.questions.map((question) => question.id)).toEqual(['map:customer_id', 'map:order_date'])
    const answered = await answerImport(place, staged.id, { map: { order_date: 'booked on', customer_id: 'shop id' } })
    expect(answered.report).toMatchObject({ rowsKept: 1, customers: 1 })
  })

  test('a wrong field, column or layout is an error that lists what there is', async () => {
    const path = await file('orders.csv', three)
    await expect(stageImport(newPlace(), [path], { map: { colour: 'x' } })).rejects.toMatchObject({ code: 'import.map-field' })
    await expect(stageImport(newPlace(), [path], { map: { customer_id: 'Kunde' } })).rejects.toMatchObject({
      code: 'import.map-column',
      hint: expect.stringContaining('order_date'),
    })
    await expect(stageImport(newPlace(), [path], { layout: 'sap' })).rejects.toMatchObject({ code: 'import.layout' })
    await expect(stageImport(newPlace(), [await file('x.csv', 'colour,taste\nred,sweet\n')])).rejects.toMatchObject({
      code: 'import.unrecognised',
    })
  })
})

describe('the life of an import', () => {
  test('nothing is visible before the commit, and nothing is left after a discard', async () => {
    const place = newPlace()
    const staged = await stageImport(place, [await file('orders.csv', three)])
    expect(await listImports(place)).toEqual([])
    await discardImport(place, staged.id)
    expect(await readdir(place.importsDir)).toEqual([])
    expect(await readdir(join(place.cacheDir, 'staging'))).toEqual([])
  })

  test('the same content twice changes nothing, under whatever name', async () => {
    const place = newPlace()
    const first = await importText(three, {}, place)
    const staged = await stageImport(place, [await file('copy.csv', three)])
    expect(staged.duplicateOf).toBe(first.id)
    expect((await commitImport(place, staged.id)).id).toBe(first.id)
    expect(await listImports(place)).toHaveLength(1)
  })

  test('orders that are there already count once; changed ones wait for a decision', async () => {
    const place = newPlace()
    const first = await importText(three, {}, place)
    const second = await importText(
      `${head}\nA1,c1,2026-01-05,p2,1,5.50\nA1,c1,2026-01-05,p1,2,10.00\nA2,c2,2026-01-07,p1,-2,10.00\nA3,c3,2026-01-08,p1,1,1.00\n`,
      {},
      place,
      'newer.csv',
    )
    expect(second).toMatchObject({ rowsIn: 4, rowsKept: 1, rowsSetAside: 3 })
    expect(second.setAside.map((group) => [group.reason, group.rows])).toEqual([
      ['already-imported', 2],
      ['order-changed', 1],
    ])
    expect(second.setAside[1].repair).toContain('clientele undo')
    await expect(stageImport(place, [await file('again.csv', `${three}\n`)])).rejects.toMatchObject({ code: 'import.nothing-new' })
    expect((await undoImport(place, first.id)).id).toBe(first.id)
    expect((await listImports(place)).map((one) => one.id)).toEqual([second.id])
    expect(await readdir(join(place.importsDir, '.undone'))).toEqual([first.id])
    await expect(undoImport(place, first.id)).rejects.toMatchObject({ code: 'import.missing' })
  })

  test('a recipe is saved, and replayed for files with the same header', async () => {
    const place = newPlace()
    const text = (day: string) => `nr;wer;wann;betrag\n1;c1;${day};1.234\n`
    const staged = await stageImport(place, [await file('a.csv', text('03/04/2026'))], {
      layout: 'order-lines',
      map: { order_id: 'nr', customer_id: 'wer', order_date: 'wann', amount: 'betrag' },
      dateOrder: 'dmy',
      decimalMark: ',',
      saveRecipe: 'till',
    })
    await commitImport(place, staged.id)
    expect(await listRecipes(place)).toMatchObject([{ name: 'till', title: 'order-lines, version 1' }])
    const next = await importText(text('05/04/2026').replace('1;c1', '2;c1'), {}, place, 'b.csv')
    expect(next.totals[0].invoiceAmount).toBe('1234.0000')
    expect(next.dates).toEqual({ from: '2026-04-05', to: '2026-04-05' })
    expect(next.assumptions[0]).toContain('"till"')
    await expect(stageImport(place, [await file('c.csv', three)], { recipe: 'till' })).rejects.toMatchObject({
      code: 'import.recipe-other-header',
    })
    await expect(stageImport(place, [await file('c.csv', three)], { recipe: 'none' })).rejects.toMatchObject({
      code: 'import.recipe-missing',
    })
  })

  test('leftovers of a process that is gone are cleaned by the next import', async () => {
    const place = newPlace()
    for (const dir of [
      join(place.importsDir, '.staging-20260101T000000Z-00000000'),
      join(place.cacheDir, 'staging', '20260101T000000Z-00000000'),
    ]) {
      await mkdir(dir, { recursive: true })
      await writeFile(join(dir, 'owner.json'), '{"pid":4194305,"started":null}')
    }
    await importText(three, {}, place)
    expect((await readdir(place.importsDir)).filter((name) => name.startsWith('.'))).toEqual([])
    expect(await readdir(join(place.cacheDir, 'staging'))).toEqual([])
  })

  test('a cancelled import leaves nothing', async () => {
    const place = newPlace()
    const stop = new AbortController()
    const path = await file('orders.csv', three)
    await expect(
      stageImport(place, [path], { signal: stop.signal, onProgress: ({ phase }) => phase === 'converting' && stop.abort() }),
    ).rejects.toMatchObject({ code: 'cancelled' })
    expect(await readdir(place.importsDir)).toEqual([])
    expect(await readdir(join(place.cacheDir, 'staging'))).toEqual([])
  })
})
