import { glossary } from '../../app/glossary.ts'
import type { ReportData } from '../data.ts'
import type { BookSheet } from '../xlsx/book.ts'
import type { BookCell, Look } from '../xlsx/cell.ts'
import { headRows } from './exhibit.ts'

const text = (value: string | null | undefined, look: Look = 'wrap'): BookCell => ({ look, value: value ?? '' })
const count = (value: number): BookCell => ({ look: 'integer', value })
const headings = (titles: string[]): BookCell[] => titles.map((title) => ({ look: 'heading', value: title }))

/** The imports and how they reconcile, with the sums as formulas that must come to nothing. */
export function importsSheet(data: ReportData): BookSheet {
  const titles = [
    'Import',
    'Files',
    'Recognised as',
    'Rows in',
    'Kept',
    'Set aside',
    'Unexplained rows',
    'Currency',
    'Lines',
    'Amount',
    'With a customer',
    'Without a customer',
    'Unexplained amount',
    'First day',
    'Last day',
    'Imported',
  ]
  let number = headRows
  const body = data.imports.flatMap((report) =>
    report.totals.map((total, index): (BookCell | null)[] => {
      number++
      const first = index === 0
      const amount = (value: string): BookCell => ({ look: total.currency === data.manifest.currency ? 'money' : 'number', value })
      return [
        text(report.id, 'text'),
        text(report.files.map((file) => file.name).join(', ')),
        text([...new Set(report.files.map((file) => file.recogniser.title))].join(', ')),
        first ? count(report.rowsIn) : null,
        first ? count(report.rowsKept) : null,
        first ? count(report.rowsSetAside) : null,
        first
          ? { look: 'integer', value: report.rowsIn - report.rowsKept - report.rowsSetAside, formula: `D${number}-E${number}-F${number}` }
          : null,
        text(total.currency, 'text'),
        count(total.lines),
        amount(total.invoiceAmount),
        amount(total.identifiedAmount),
        amount(total.unidentifiedAmount),
        { ...amount('0'), formula: `ROUND(J${number}-K${number}-L${number},4)` },
        { look: 'date', value: report.dates?.from ?? '' },
        { look: 'date', value: report.dates?.to ?? '' },
        text(report.createdAt, 'text'),
      ]
    }),
  )
  const last = number
  const amounts = (parts: { currency: string; amount: string }[]): string =>
    parts.map((part) => `${part.currency} ${part.amount}`).join('; ')
  const notes = data.imports.flatMap((report): BookCell[][] => [
    ...report.flags.map((flag) => [
      text(report.id, 'text'),
      text(flag.title),
      text('kept'),
      count(flag.rows),
      text(amounts(flag.amounts)),
      text(flag.note),
    ]),
    ...report.setAside.map((group) => [
      text(report.id, 'text'),
      text(group.title),
      text('set aside'),
      count(group.rows),
      text(amounts(group.amounts)),
      text(group.repair),
    ]),
    ...report.assumptions.map((assumption) => [
      text(report.id, 'text'),
      text(assumption),
      text('taken for granted'),
      text(''),
      text(''),
      text(''),
    ]),
    ...report.ignoredColumns.map((column) => [
      text(report.id, 'text'),
      text(column),
      text('column not used'),
      text(''),
      text(''),
      text(''),
    ]),
  ])
  return {
    name: 'Imports',
    widths: [30, 34, 26, 12, 12, 12, 13, 10, 12, 18, 18, 18, 16, 12, 12, 22],
    frozen: { rows: headRows, columns: 1 },
    filter: { row: headRows, lastRow: last, columns: titles.length },
    idColumns: [1, 2],
    rows: [
      [text('Imports', 'title')],
      [text('What came in, and that it adds up: rows in = kept + set aside, amount = with + without a customer.', 'note')],
      [],
      headings(titles),
      ...body,
      [],
      headings(['Import', 'What', 'Kind', 'Rows', 'Amounts', 'Note']),
      ...notes,
    ],
  }
}

/** What was checked in the run, what is missing and what would give it. */
export function checksSheet(data: ReportData): BookSheet {
  const { checks, skipped } = data.manifest
  const layers = (data.layers?.rows ?? []).filter((row) => typeof row.unlock === 'string' && row.unlock !== '')
  return {
    name: 'Checks',
    widths: [12, 40, 12, 80, 24, 24],
    frozen: { rows: headRows, columns: 0 },
    filter: { row: headRows, lastRow: headRows + checks.length, columns: 6 },
    rows: [
      [text('Checks', 'title')],
      [text('What must hold was checked in the run; a blocking check that fails keeps a snapshot from being published.', 'note')],
      [],
      headings(['Result', 'Check', 'Blocking', 'What was compared', 'Expected', 'Found']),
      ...checks.map((check) => [
        text(check.status, 'text'),
        text(check.title),
        text(check.blocking ? 'yes' : 'no', 'text'),
        text(check.detail),
        text(check.expected),
        text(check.actual),
      ]),
      [],
      headings(['Missing', 'What', '', 'Why', 'What would give it', '']),
      ...layers.map((row) => [
        text('layer', 'text'),
        text(String(row.title)),
        text(''),
        text(String(row.reason ?? '')),
        text(String(row.unlock)),
      ]),
      ...skipped.map((step) => [
        text('step', 'text'),
        text(step.title),
        text(''),
        text(`needs ${step.missing.join(', ')}`),
        text(step.unlock),
      ]),
    ],
    idColumns: [5, 6],
  }
}

/** Terms, then every column of the sheets with its meaning and formula. */
export function glossarySheet(data: ReportData): BookSheet {
  const exhibits = [
    data.customers,
    data.products,
    data.months,
    data.layers,
    data.whaleCurve,
    data.concentration,
    data.periods,
    data.bridge,
    data.changes,
  ]
  const columns = exhibits.flatMap((exhibit) =>
    exhibit
      ? Object.values(exhibit.contract.columns)
          .filter((info) => !info.internal)
          .map((info): BookCell[] => [
            text(info.title),
            text(info.meaning),
            text(info.formula),
            text(info.unit),
            text(exhibit.contract.title),
          ])
      : [],
  )
  return {
    name: 'Glossary',
    widths: [30, 80, 50, 40, 30],
    frozen: { rows: headRows, columns: 1 },
    filter: { row: headRows, lastRow: headRows + glossary.length + columns.length, columns: 5 },
    rows: [
      [text('Glossary', 'title')],
      [text('Terms with their formulas and limits, then the columns of the sheets.', 'note')],
      [],
      headings(['Term', 'Meaning', 'Formula', 'Limits, or unit', 'Where']),
      ...glossary.map((term) => [text(term.term), text(term.meaning), text(term.formula), text(term.limits), text('term')]),
      ...columns,
    ],
  }
}
