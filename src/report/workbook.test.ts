import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SaxesParser } from 'saxes'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as yauzl from 'yauzl'
import { exampleReportData } from './example.ts'
import { writeReportWorkbook } from './workbook.ts'

interface ReadCell {
  type: string
  style: string
  formula?: string
  text: string
}

type ReadSheet = Map<string, ReadCell>

let folder: string
let parts: Map<string, string>
let sheets: Map<string, ReadSheet>

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'workbook-'))
  ;({ parts, sheets } = await write('book.xlsx', exampleReportData({ extent: 'workbook' })))
})

afterAll(() => rm(folder, { recursive: true, force: true }))

describe('the workbook', () => {
  test('has an index that links to every other sheet', () => {
    const names = [...sheets.keys()]
    expect(names).toEqual([
      'Index',
      'Summary',
      'Layers',
      'Customers',
      'Products',
      'Months',
      'Whale curve',
      'Concentration',
      'Bridge',
      'Changes',
      'Imports',
      'Checks',
      'Glossary',
    ])
    const links = [...parts.get('xl/worksheets/sheet1.xml')!.matchAll(/<hyperlink [^>]*location="([^"]*)"/g)].map((match) => match[1])
    expect(links).toEqual(names.slice(1).map((name) => `&#39;${name}&#39;!A1`))
  })

  test('has formulas that compute the values written beside them', () => {
    let formulas = 0
    for (const [name, sheet] of sheets) {
      for (const [at, cell] of sheet) {
        if (cell.formula === undefined) continue
        formulas++
        expect(cell.text, `${name} ${at} has a value`).not.toBe('')
        expect(compute(cell.formula, sheet), `${name} ${at} =${cell.formula}`).toBeCloseTo(Number(cell.text), 6)
      }
    }
    expect(formulas).toBeGreaterThan(400)
  })

  test('adds up: customers, products and months to the same layers', () => {
    const layer = (row: number) => Number(sheets.get('Layers')!.get(`B${row}`)!.text)
    const total = (name: string, heading: string): number => {
      const sheet = sheets.get(name)!
      const column = [...sheet].find(([at, cell]) => /^[A-Z]+4$/.test(at) && cell.text === heading)![0].replace('4', '')
      return Number(sheet.get(`${column}3`)!.text)
    }
    for (const name of ['Customers', 'Products', 'Months']) {
      expect(total(name, 'Net revenue'), name).toBeCloseTo(layer(9), 6)
      expect(total(name, 'Contribution'), name).toBeCloseTo(layer(12), 6)
    }
  })

  test('holds numbers as numbers, dates as dates and ids as text', () => {
    const customers = sheets.get('Customers')!
    expect(customers.get('A5')).toMatchObject({ type: 'inlineStr', text: 'K-0002' })
    const styles = parts.get('xl/styles.xml')!
    const formatOf = (cell: ReadCell): string => {
      const format = [...styles.slice(styles.indexOf('<cellXfs')).matchAll(/<xf numFmtId="(\d+)"/g)][Number(cell.style)]![1]
      return new RegExp(`numFmtId="${format}" formatCode="([^"]*)"`).exec(styles)?.[1] ?? String(format)
    }
    const months = sheets.get('Months')!
    expect(months.get('A5')).toMatchObject({ type: '', text: '45292' })
    expect(formatOf(months.get('A5')!)).toBe('yyyy\\-mm')
    expect(formatOf(sheets.get('Layers')!.get('B5')!)).toBe('[$€]#,##0.00;-[$€]#,##0.00')
  })

  test('freezes heads, filters tables and names the layers', () => {
    for (const [index, name] of [...sheets.keys()].entries()) {
      const xml = parts.get(`xl/worksheets/sheet${index + 1}.xml`)!
      if (name === 'Index') continue
      expect(xml, name).toContain('state="frozen"')
      expect(xml, name).toContain('<autoFilter')
    }
    expect(parts.get('xl/workbook.xml')).toContain('<definedName name="layer_net_revenue">Layers!$B$9</definedName>')
  })

  test('takes texts that look like formulas as texts, and leaves out characters that XML refuses', async () => {
    const data = exampleReportData({ extent: 'workbook' })
    const hostile = "=cmd|' /C calc'!A0 <&>\"\u0000\u001b"
    data.customers!.rows[0] = { ...data.customers!.rows[0]!, name: hostile, customer_id: '@SUM(A1)' }
    data.name = '+1 </title>'
    const book = await write('hostile.xlsx', data)
    const customers = book.sheets.get('Customers')!
    expect(customers.get('A5')).toMatchObject({ type: 'inlineStr', text: '@SUM(A1)' })
    expect(customers.get('B5')).toMatchObject({ type: 'inlineStr', text: "=cmd|' /C calc'!A0 <&>\"" })
    expect(customers.get('A5')!.formula).toBeUndefined()
    const xfs = [...book.parts.get('xl/styles.xml')!.matchAll(/<xf [^>]*xfId="0"[^>]*>/g)].map((match) => match[0])
    expect(xfs[Number(customers.get('A5')!.style)]).toContain('quotePrefix="1"')
  })

  test('is the same, byte for byte, for the same data', async () => {
    await writeReportWorkbook(join(folder, 'again.xlsx'), exampleReportData({ extent: 'workbook' }))
    expect((await readFile(join(folder, 'again.xlsx'))).equals(await readFile(join(folder, 'book.xlsx')))).toBe(true)
  })

  test('of a snapshot with next to nothing is still a workbook', async () => {
    const { name, manifest, imports } = exampleReportData()
    const book = await write('little.xlsx', { name, manifest, imports, changeCounts: [] })
    expect([...book.sheets.keys()]).toEqual(['Index', 'Summary', 'Imports', 'Checks', 'Glossary'])
  })

  test('takes rows in batches and stops at the last row of a sheet, saying so', async () => {
    const data = exampleReportData({ extent: 'workbook' })
    const [row] = data.products!.rows
    const batch = Array.from({ length: 3_000 }, (_, index) => ({ ...row!, product_id: `B-${index}` }))
    data.products = {
      ...data.products!,
      total: data.products!.rows.length + 2 * batch.length,
      async *more() {
        yield batch
        yield batch
      },
    }
    const products = (await write('batches.xlsx', data)).sheets.get('Products')!
    expect(products.get(`A${4 + data.products.total}`)!.text).toBe('B-2999')
    expect(products.get('A2')!.text).toBe('One row a product over all customers.')
  })
})

async function write(name: string, data: Parameters<typeof writeReportWorkbook>[1]) {
  const file = join(folder, name)
  await writeReportWorkbook(file, data)
  const read = await unzip(await readFile(file))
  const names = [...read.get('xl/workbook.xml')!.matchAll(/<sheet name="([^"]*)"/g)].map((match) => match[1]!)
  return { parts: read, sheets: new Map(names.map((sheet, index) => [sheet, readSheet(read.get(`xl/worksheets/sheet${index + 1}.xml`)!)])) }
}

interface ZipReader {
  on(event: 'entry', listener: (entry: { fileName: string }) => void): void
  on(event: 'end', listener: () => void): void
  on(event: 'error', listener: (error: Error) => void): void
  readEntry(): void
  openReadStream(entry: unknown, done: (error: Error | null, stream: AsyncIterable<Buffer>) => void): void
}

// The part of the library's surface that reads from memory; the product itself reads from files only.
const { fromBuffer } = yauzl as unknown as {
  fromBuffer(bytes: Buffer, options: object, done: (error: Error | null, zip: ZipReader) => void): void
}

/** All parts by name, read by another library than the one under test; sizes are checked. */
function unzip(bytes: Buffer): Promise<Map<string, string>> {
  return new Promise((resolve, reject) => {
    const files = new Map<string, string>()
    fromBuffer(bytes, { lazyEntries: true, validateEntrySizes: true }, (error, zip) => {
      if (error) return reject(error)
      zip.on('error', reject)
      zip.on('end', () => resolve(files))
      zip.on('entry', (entry) => {
        zip.openReadStream(entry, async (failed, stream) => {
          if (failed) return reject(failed)
          const chunks: Buffer[] = []
          for await (const chunk of stream) chunks.push(chunk)
          files.set(entry.fileName, Buffer.concat(chunks).toString())
          zip.readEntry()
        })
      })
      zip.readEntry()
    })
  })
}

/** Reads a sheet with a strict XML parser, so that anything malformed fails. */
function readSheet(xml: string): ReadSheet {
  const cells: ReadSheet = new Map()
  const parser = new SaxesParser()
  let at = ''
  let cell: ReadCell | null = null
  let inside = ''
  parser.on('error', (error) => {
    throw error
  })
  parser.on('opentag', ({ name, attributes }) => {
    if (name === 'c') {
      at = String(attributes.r)
      cell = { type: String(attributes.t ?? ''), style: String(attributes.s), text: '' }
    }
    inside = name
  })
  parser.on('text', (text) => {
    if (!cell) return
    if (inside === 'f') cell.formula = (cell.formula ?? '') + text
    else if (inside === 'v' || inside === 't') cell.text += text
  })
  parser.on('closetag', ({ name }) => {
    if (name === 'c' && cell) {
      cells.set(at, cell)
      cell = null
    }
    inside = ''
  })
  parser.write(xml).close()
  return cells
}

/** Computes the few kinds of formula that the workbook uses. */
function compute(formula: string, sheet: ReadSheet): number {
  const numberAt = (at: string): number => Number(sheet.get(at.replaceAll('$', ''))?.text || 0)
  const sum = (from: string, to: string): number => {
    const column = from.replace(/\d/g, '')
    let total = 0
    for (let row = Number(from.replace(/\D/g, '')); row <= Number(to.replace(/\D/g, '')); row++) total += numberAt(`${column}${row}`)
    return total
  }
  const script = formula
    .replace(/(?:SUBTOTAL\(109,|SUM\()([A-Z]+\d+):([A-Z]+\d+)\)/g, (_, from: string, to: string) => `(${sum(from, to)})`)
    .replace(/\$?[A-Z]+\$?\d+/g, (at) => `(${numberAt(at)})`)
    .replace(/^ROUND\((.*),4\)$/, '(Math.round(($1)*1e4)/1e4)')
    .replace(
      /^IF\((.*?)(=|>)0,(.*?),(.*)\)$/,
      (_, base: string, sign: string, yes: string, no: string) => `((${base})${sign === '=' ? '===' : '>'}0?${yes}:${no})`,
    )
  return Number(new Function(`return ${script}`)())
}
