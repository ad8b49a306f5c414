import type { Figure } from '../../pipeline/step.ts'
import { formatDate, formatMoment } from '../../shared/format.ts'
import type { ReportData } from '../data.ts'
import { type BookSheet, sheetReference } from '../xlsx/book.ts'
import type { BookCell, Look } from '../xlsx/cell.ts'

const text = (value: string | null | undefined, look: Look = 'text'): BookCell => ({ look, value: value ?? '' })
const heading = (...titles: string[]): BookCell[] => titles.map((title) => ({ look: 'heading', value: title }))

/** The first sheet: what this is, and a link to every other. */
export function indexSheet(data: ReportData, sheets: { name: string; about: string }[]): BookSheet {
  const { manifest } = data
  const rows: BookCell[][] = [
    [text(data.name, 'title')],
    [text(`Customer portfolio as of ${formatDate(manifest.asOf)}`, 'note')],
    [],
    heading('Sheet', 'What it shows'),
    ...sheets.map(({ name, about }): BookCell[] => [
      { look: 'link', value: name, link: `${sheetReference(name)}!A1` },
      text(about, 'wrap'),
    ]),
    [],
    heading('About', ''),
    [text('As of'), { look: 'date', value: manifest.asOf }],
    [text('Currency'), text(manifest.currency)],
    [text('Snapshot'), text(manifest.snapshot)],
    [text('Made'), text(`${formatMoment(manifest.createdAt)}, Clientele ${manifest.version}`)],
    [text('Seed'), text(String(manifest.seed))],
    [text('Settings (SHA-256)'), text(manifest.settingsHash)],
    [
      text('Money'),
      text(
        `Cells hold exact amounts with up to four decimals and show them in ${manifest.currency}. Sums and layers are formulas: change a cell and they follow.`,
        'wrap',
      ),
    ],
    [text('Confidential'), text('Contains figures of named customers.', 'wrap')],
  ]
  return { name: 'Index', widths: [26, 90], frozen: { rows: 0, columns: 0 }, rows, idColumns: [2] }
}

const figureLooks: Record<Figure['type'], Look> = {
  money: 'money',
  ratio: 'ratio',
  number: 'number',
  integer: 'integer',
  text: 'text',
  date: 'date',
}

/** Key figures with their intervals, and what the run found. */
export function summarySheet(data: ReportData): BookSheet {
  const { figures, findings } = data.manifest
  const rows: (BookCell | null)[][] = [
    [text('Summary', 'title')],
    [text('Key figures with their intervals, then what stands out, the weightiest first.', 'note')],
    [],
    heading('Figure', 'Value', 'Low', 'High', 'Interval', 'Meaning', 'Formula', 'Why absent'),
    ...figures.map((figure): (BookCell | null)[] => {
      const look = figureLooks[figure.type]
      const bound = (value: number | null | undefined): BookCell | null => (value === null || value === undefined ? null : { look, value })
      return [
        text(figure.title),
        figure.value === null ? null : { look, value: figure.value },
        bound(figure.low),
        bound(figure.high),
        text(figure.interval),
        text(figure.meaning, 'wrap'),
        text(figure.formula, 'wrap'),
        text(figure.value === null ? figure.missing : '', 'wrap'),
      ]
    }),
    [],
    heading('What stands out', 'Kind', '', '', 'How sure', 'What to do', 'Customers', ''),
    ...[...findings]
      .sort((a, b) => b.weight - a.weight)
      .map((finding): BookCell[] => [
        text(finding.text, 'wrap'),
        text(finding.kind),
        text(''),
        text(''),
        text(finding.doubt, 'wrap'),
        text(finding.action, 'wrap'),
        text(finding.customers?.join(', '), 'wrap'),
      ]),
  ]
  return {
    name: 'Summary',
    widths: [46, 18, 16, 16, 34, 46, 40, 40],
    frozen: { rows: 4, columns: 1 },
    filter: { row: 4, lastRow: 4 + figures.length, columns: 8 },
    rows,
    idColumns: [1, 7],
  }
}
