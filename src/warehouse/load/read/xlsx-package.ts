import { posix } from 'node:path'
import { SaxesParser, type SaxesTagPlain } from 'saxes'
import type { Entry } from 'yauzl'
import { AppError, throwIfCancelled } from '../../../shared/errors.ts'
import { type Limits, limitError } from './limits.ts'
import { kindOfFormat, type NumberKind, unescapeText } from './xlsx-values.ts'
import { damaged, type Zip } from './zip.ts'

export interface Sheet {
  name: string
  hidden: boolean
  part: Entry
}

/** What of a workbook concerns all of its sheets. */
export interface Workbook {
  sheets: Sheet[]
  date1904: boolean
  /** How each cell style shows numbers. */
  styles: NumberKind[]
  texts: string[]
}

export interface XmlHandlers {
  open?(name: string, attributes: Record<string, string>): void
  close?(name: string): void
  text?(text: string): void
}

/** Text that may stand between two tags before we stop reading. */
const mostBetweenTags = 64 * 1024 * 1024

/**
 * Streams one XML part. Document types are refused, so there are no entities but the five of XML, and nothing outside is ever fetched.
 * Names come without their prefix.
 */
export async function readXml(
  name: string,
  zip: Zip,
  entry: Entry,
  handlers: XmlHandlers,
  signal?: AbortSignal,
  onBytes?: (bytes: number) => void,
): Promise<void> {
  const part = `${name}/${entry.fileName}`
  const parser = new SaxesParser()
  let sinceTag = 0
  parser.on('doctype', () => {
    throw new AppError('read.xml-doctype', `${part}: holds a document type declaration, which is refused`, {
      hint: 'Spreadsheet programs never write one; files made to attack a reader do. Save it again from a spreadsheet program.',
    })
  })
  parser.on('error', (error) => {
    throw damaged(part, `its XML is broken: ${error.message}`, error)
  })
  parser.on('opentag', (tag: SaxesTagPlain) => {
    sinceTag = 0
    handlers.open?.(local(tag.name), tag.attributes)
  })
  parser.on('closetag', (tag) => {
    sinceTag = 0
    handlers.close?.(local(tag.name))
  })
  const { text } = handlers
  if (text) {
    parser.on('text', text)
    parser.on('cdata', text)
  }
  let decoder: InstanceType<typeof TextDecoder> | undefined
  let bytes = 0
  for await (const chunk of await zip.read(entry)) {
    throwIfCancelled(signal)
    decoder ??= new TextDecoder(
      chunk[0] === 0xff && chunk[1] === 0xfe ? 'utf-16le' : chunk[0] === 0xfe && chunk[1] === 0xff ? 'utf-16be' : 'utf-8',
    )
    bytes += chunk.length
    sinceTag += chunk.length
    if (sinceTag > mostBetweenTags) throw limitError(part, 'cellBytes', sinceTag, { ...emptyLimits, cellBytes: mostBetweenTags })
    onBytes?.(bytes)
    const piece = decoder.decode(chunk, { stream: true })
    // A declaration that is still open is held by the parser: look before it grows.
    if (bytes === chunk.length && /<!DOCTYPE/i.test(piece.slice(0, 100_000)))
      throw new AppError('read.xml-doctype', `${part}: holds a document type declaration, which is refused`, {
        hint: 'Spreadsheet programs never write one; files made to attack a reader do. Save it again from a spreadsheet program.',
      })
    parser.write(piece)
  }
  parser.close()
}

const emptyLimits = {} as Limits

function local(name: string): string {
  const colon = name.indexOf(':')
  return colon < 0 ? name : name.slice(colon + 1)
}

/** Reads the parts of a workbook that its sheets refer to. */
export async function readWorkbook(name: string, zip: Zip, limits: Limits, signal?: AbortSignal): Promise<Workbook> {
  const parts = new Map(zip.entries.map((entry) => [entry.fileName.toLowerCase(), entry]))
  const at = (path: string) => parts.get(path.replace(/^\//, '').toLowerCase())
  const office = [...(await relations(name, zip, at('_rels/.rels'), '', signal)).values()].find(({ type }) =>
    type.endsWith('/officeDocument'),
  )
  const bookPath = office?.target ?? 'xl/workbook.xml'
  const book = at(bookPath)
  if (!book) throw damaged(name, 'the workbook part is missing')
  const links = await relations(
    name,
    zip,
    at(posix.join(posix.dirname(bookPath), '_rels', `${posix.basename(bookPath)}.rels`)),
    bookPath,
    signal,
  )
  const found: { name: string; hidden: boolean; link: string }[] = []
  let date1904 = false
  await readXml(
    name,
    zip,
    book,
    {
      open(tag, attributes) {
        if (tag === 'workbookPr') date1904 = /^(1|true)$/.test(attributes.date1904 ?? '')
        if (tag !== 'sheet') return
        const link = Object.entries(attributes).find(([key]) => key.endsWith(':id') || key === 'id')?.[1] ?? ''
        found.push({ name: attributes.name ?? '', hidden: (attributes.state ?? 'visible') !== 'visible', link })
        if (found.length > limits.sheets) throw limitError(name, 'sheets', found.length, limits)
      },
    },
    signal,
  )
  const sheets: Sheet[] = []
  for (const { link, ...sheet } of found) {
    const relation = links.get(link)
    if (relation && !relation.type.endsWith('/worksheet')) continue
    const part = relation && at(relation.target)
    if (!part) throw damaged(name, `the sheet ${JSON.stringify(sheet.name)} is named in the workbook but missing`)
    sheets.push({ ...sheet, part })
  }
  if (sheets.length === 0) throw new AppError('read.empty', `${name}: the workbook holds no sheets`, { hint: 'Save it again.' })
  const linked = (type: string) => [...links.values()].find((relation) => relation.type.endsWith(type))
  const styles = linked('/styles')
  const texts = linked('/sharedStrings')
  const textPart = texts && at(texts.target)
  if (texts && !textPart) throw damaged(name, 'the texts of its cells (sharedStrings) are missing')
  const stylePart = styles && at(styles.target)
  return {
    sheets,
    date1904,
    styles: stylePart ? await readStyles(name, zip, stylePart, signal) : [],
    texts: textPart ? await readTexts(name, zip, textPart, limits, signal) : [],
  }
}

async function relations(
  name: string,
  zip: Zip,
  entry: Entry | undefined,
  from: string,
  signal?: AbortSignal,
): Promise<Map<string, { type: string; target: string }>> {
  const found = new Map<string, { type: string; target: string }>()
  if (!entry) return found
  await readXml(
    name,
    zip,
    entry,
    {
      open(tag, { Id, Type, Target, TargetMode }) {
        if (tag !== 'Relationship' || !Id || !Target || TargetMode === 'External') return
        const target = Target.startsWith('/') ? Target.slice(1) : posix.join(posix.dirname(from), Target)
        found.set(Id, { type: Type ?? '', target })
      },
    },
    signal,
  )
  return found
}

async function readStyles(name: string, zip: Zip, entry: Entry, signal?: AbortSignal): Promise<NumberKind[]> {
  const codes = new Map<number, string>()
  const styles: NumberKind[] = []
  let inCells = false
  await readXml(
    name,
    zip,
    entry,
    {
      open(tag, attributes) {
        if (tag === 'numFmt') codes.set(Number(attributes.numFmtId), attributes.formatCode ?? '')
        else if (tag === 'cellXfs') inCells = true
        else if (tag === 'xf' && inCells) {
          const id = Number(attributes.numFmtId ?? 0)
          styles.push(kindOfFormat(id, codes.get(id)))
        }
      },
      close(tag) {
        if (tag === 'cellXfs') inCells = false
      },
    },
    signal,
  )
  return styles
}

async function readTexts(name: string, zip: Zip, entry: Entry, limits: Limits, signal?: AbortSignal): Promise<string[]> {
  const texts: string[] = []
  let size = 0
  let current = ''
  let inText = false
  let phonetic = false
  await readXml(
    name,
    zip,
    entry,
    {
      open(tag) {
        if (tag === 'si') current = ''
        else if (tag === 't') inText = true
        else if (tag === 'rPh') phonetic = true
      },
      text(text) {
        if (inText && !phonetic) current += text
      },
      close(tag) {
        if (tag === 't') inText = false
        else if (tag === 'rPh') phonetic = false
        else if (tag === 'si') {
          texts.push(unescapeText(current))
          // A string costs memory beside its text.
          size += current.length + 32
          if (size > limits.sharedTextBytes) throw limitError(name, 'sharedTextBytes', size, limits)
        }
      },
    },
    signal,
  )
  return texts
}
