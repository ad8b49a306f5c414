import { escapeHtml } from '../escape.ts'
import { type BookCell, cellXml, columnName } from './cell.ts'
import { styleNumber, stylesXml } from './styles.ts'
import { ZipFile } from './zip.ts'

/** Rows of a sheet of Excel. */
export const sheetRows = 1_048_576

export interface BookSheet {
  /** At most 31 characters, without `: \ / ? * [ ]`. */
  name: string
  /** Width of each column, in characters. */
  widths: number[]
  /** Rows, and columns, that stay when the sheet is scrolled. */
  frozen: { rows: number; columns: number }
  /** Row of the heading and last row of what can be filtered, with the number of columns. */
  filter?: { row: number; lastRow: number; columns: number } | undefined
  /** Texts that look like numbers are meant: such columns carry no warning mark. */
  idColumns?: number[] | undefined
  rows: Iterable<(BookCell | null)[]> | AsyncIterable<(BookCell | null)[]>
}

export interface Book {
  title: string
  author: string
  /** UTC, ISO 8601. */
  createdAt: string
  currency: string
  sheets: BookSheet[]
  /** Named cells: `net_revenue` for `Layers!$B$9`. */
  names: { name: string; refersTo: string }[]
}

const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const relations = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

/** A sheet's name as formulas and links spell it. */
export const sheetReference = (name: string): string => `'${name.replaceAll("'", "''")}'`

/**
 * Writes a workbook, sheet by sheet and row by row, so that a million rows need no more memory than ten. See
 * docs/decisions/0004-workbook.md for why this is written here.
 */
export async function writeBook(file: string, book: Book): Promise<void> {
  const zip = await ZipFile.create(file)
  try {
    await zip.add('[Content_Types].xml', [contentTypes(book)])
    await zip.add('_rels/.rels', [packageRelations])
    await zip.add('docProps/core.xml', [coreProperties(book)])
    await zip.add('docProps/app.xml', [
      `${head}<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"><Application>Clientele</Application></Properties>`,
    ])
    await zip.add('xl/workbook.xml', [workbookXml(book)])
    await zip.add('xl/_rels/workbook.xml.rels', [workbookRelations(book)])
    await zip.add('xl/styles.xml', [stylesXml(book.currency)])
    for (const [index, sheet] of book.sheets.entries()) await zip.add(`xl/worksheets/sheet${index + 1}.xml`, sheetXml(sheet, index === 0))
    await zip.finish()
  } finally {
    await zip.close()
  }
}

async function* sheetXml(sheet: BookSheet, selected: boolean): AsyncIterable<string> {
  const { frozen } = sheet
  const corner = `${columnName(frozen.columns + 1)}${frozen.rows + 1}`
  const pane = frozen.rows > 0 && frozen.columns > 0 ? 'bottomRight' : frozen.rows > 0 ? 'bottomLeft' : 'topRight'
  const split = `${frozen.columns > 0 ? ` xSplit="${frozen.columns}"` : ''}${frozen.rows > 0 ? ` ySplit="${frozen.rows}"` : ''}`
  const freeze =
    frozen.rows + frozen.columns > 0
      ? `<pane${split} topLeftCell="${corner}" activePane="${pane}" state="frozen"/><selection pane="${pane}" activeCell="${corner}" sqref="${corner}"/>`
      : ''
  const columns = sheet.widths
    .map((width, index) => `<col min="${index + 1}" max="${index + 1}" width="${width}" customWidth="1"/>`)
    .join('')
  yield `${head}<worksheet xmlns="${main}" xmlns:r="${relations}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr><sheetViews><sheetView showGridLines="0" workbookViewId="0"${selected ? ' tabSelected="1"' : ''}>${freeze}</sheetView></sheetViews><sheetFormatPr defaultRowHeight="14"/><cols>${columns}</cols><sheetData>`
  const links: string[] = []
  let number = 0
  for await (const row of sheet.rows) {
    number++
    if (number > sheetRows) throw new RangeError(`sheet ${sheet.name} has more rows than a spreadsheet can hold`)
    let cells = ''
    for (const [index, cell] of row.entries()) {
      cells += cellXml(cell, index + 1, number, styleNumber)
      if (cell?.link !== undefined) {
        links.push(
          `<hyperlink ref="${columnName(index + 1)}${number}" location="${escapeHtml(cell.link)}" display="${escapeHtml(String(cell.value ?? ''))}"/>`,
        )
      }
    }
    yield `<row r="${number}"${heightOf(row, sheet.widths)}>${cells}</row>`
  }
  yield '</sheetData>'
  if (sheet.filter) yield `<autoFilter ref="${filterRange(sheet.filter, false)}"/>`
  if (links.length > 0) yield `<hyperlinks>${links.join('')}</hyperlinks>`
  yield `<pageMargins left="0.5" right="0.5" top="0.6" bottom="0.6" header="0.3" footer="0.3"/><pageSetup paperSize="9" orientation="landscape" fitToWidth="1" fitToHeight="0"/><headerFooter><oddFooter>&amp;L&amp;A&amp;R&amp;P / &amp;N</oddFooter></headerFooter>`
  const ids = (sheet.idColumns ?? []).map(
    (column) => `<ignoredError sqref="${columnName(column)}1:${columnName(column)}${Math.max(1, number)}" numberStoredAsText="1"/>`,
  )
  if (ids.length > 0) yield `<ignoredErrors>${ids.join('')}</ignoredErrors>`
  yield '</worksheet>'
}

// Not every program fits rows to wrapped text when it opens a file, so heights are worked out here: about a character a unit of width.
function heightOf(row: (BookCell | null)[], widths: number[]): string {
  let lines = 1
  for (const [index, cell] of row.entries()) {
    if (!cell || typeof cell.value !== 'string') continue
    if (cell.look === 'title') return ' ht="24" customHeight="1"'
    if (cell.look === 'wrap' || cell.look === 'heading' || cell.look === 'headingRight') {
      lines = Math.max(lines, Math.ceil((cell.value.length + 2) / Math.max(4, (widths[index] ?? 10) - 2)))
    }
  }
  return lines === 1 ? '' : ` ht="${Math.min(400, lines * 13.5 + 1)}" customHeight="1"`
}

function filterRange(filter: NonNullable<BookSheet['filter']>, absolute: boolean): string {
  const mark = absolute ? '$' : ''
  const last = Math.max(filter.row, filter.lastRow)
  return `${mark}A${mark}${filter.row}:${mark}${columnName(filter.columns)}${mark}${last}`
}

function workbookXml(book: Book): string {
  const sheets = book.sheets
    .map((sheet, index) => `<sheet name="${escapeHtml(sheet.name)}" sheetId="${index + 1}" r:id="rId${index + 1}"/>`)
    .join('')
  const names = [
    ...book.sheets.flatMap((sheet, index) => [
      ...(sheet.filter
        ? [
            `<definedName name="_xlnm._FilterDatabase" localSheetId="${index}" hidden="1">${escapeHtml(`${sheetReference(sheet.name)}!${filterRange(sheet.filter, true)}`)}</definedName>`,
          ]
        : []),
      ...(sheet.frozen.rows > 0
        ? [
            `<definedName name="_xlnm.Print_Titles" localSheetId="${index}">${escapeHtml(`${sheetReference(sheet.name)}!$${Math.max(1, sheet.frozen.rows)}:$${sheet.frozen.rows}`)}</definedName>`,
          ]
        : []),
    ]),
    ...book.names.map(({ name, refersTo }) => `<definedName name="${escapeHtml(name)}">${escapeHtml(refersTo)}</definedName>`),
  ]
  return `${head}<workbook xmlns="${main}" xmlns:r="${relations}"><bookViews><workbookView xWindow="0" yWindow="0" windowWidth="28800" windowHeight="16000"/></bookViews><sheets>${sheets}</sheets>${names.length > 0 ? `<definedNames>${names.join('')}</definedNames>` : ''}<calcPr calcId="191029" fullCalcOnLoad="1"/></workbook>`
}

function workbookRelations(book: Book): string {
  const sheets = book.sheets
    .map((_, index) => `<Relationship Id="rId${index + 1}" Type="${relations}/worksheet" Target="worksheets/sheet${index + 1}.xml"/>`)
    .join('')
  return `${head}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${sheets}<Relationship Id="rId${book.sheets.length + 1}" Type="${relations}/styles" Target="styles.xml"/></Relationships>`
}

const packageRelations = `${head}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="${relations}/officeDocument" Target="xl/workbook.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/><Relationship Id="rId3" Type="${relations}/extended-properties" Target="docProps/app.xml"/></Relationships>`

function contentTypes(book: Book): string {
  const type = 'application/vnd.openxmlformats-officedocument.spreadsheetml'
  const sheets = book.sheets
    .map((_, index) => `<Override PartName="/xl/worksheets/sheet${index + 1}.xml" ContentType="${type}.worksheet+xml"/>`)
    .join('')
  return `${head}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${type}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="${type}.styles+xml"/>${sheets}<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/><Override PartName="/docProps/app.xml" ContentType="application/vnd.openxmlformats-officedocument.extended-properties+xml"/></Types>`
}

function coreProperties(book: Book): string {
  return `${head}<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:title>${escapeHtml(book.title)}</dc:title><dc:creator>${escapeHtml(book.author)}</dc:creator><dcterms:created xsi:type="dcterms:W3CDTF">${escapeHtml(book.createdAt)}</dcterms:created></cp:coreProperties>`
}
