import type { ChartContext } from '../../charts/index.ts'
import type { Check } from '../../pipeline/step.ts'
import { formatBytes, formatCount, formatCounted, formatDate, formatMoment, formatMoney } from '../../shared/format.ts'
import type { ImportReport } from '../../warehouse/load/report.ts'
import type { Row } from '../../warehouse/port.ts'
import type { ReportData } from '../data.ts'
import { html, type Markup } from '../markup.ts'
import type { Section } from '../section.ts'
import { printTable } from '../tables.ts'

/** What the figures rest on: the files and how they reconcile, the checks, what was taken for granted and what is missing. */
export function dataSection(data: ReportData, _context: ChartContext): Section {
  return {
    id: 'data',
    title: 'Data notes',
    lede: 'The files these figures come from, how they reconcile, what was checked, what was taken for granted, and what is missing.',
    body: [
      html`<h3>Where the figures come from</h3>`,
      ...data.imports.map(importCard),
      ...goneImports(data),
      checksTable(data.manifest.checks),
      missing(data),
    ],
  }
}

function importCard(report: ImportReport): Markup {
  const currency = report.totals[0]?.currency ?? 'EUR'
  return html`<h3>${report.files.map((file) => file.name).join(', ')}</h3>
<p class="small">Imported ${formatMoment(report.createdAt)} as ${report.id}; ${report.files
    .map((file) => `${file.name}: ${file.recogniser.title}, ${formatBytes(file.bytes)}`)
    .join('; ')}.</p>
<p>${formatCounted(report.rowsIn, 'row')} in = ${formatCount(report.rowsKept)} kept + ${formatCount(report.rowsSetAside)} set aside. ${formatCounted(report.customers, 'customer')}, ${formatCounted(report.orders, 'order')}, ${formatCounted(report.products, 'product')}${
    report.dates ? `, ${formatDate(report.dates.from)} to ${formatDate(report.dates.to)}` : ''
  }.</p>
${printTable({
  columns: [
    { title: 'Control total', type: 'text', value: (row) => row.what },
    { title: 'Lines', type: 'integer', value: (row) => row.lines },
    { title: 'Amount', type: 'number', value: (row) => html`${formatMoney(row.amount as string, String(row.currency))}` },
  ],
  rows: report.totals.flatMap((total): Row[] => [
    { what: `Order lines in ${total.currency}`, lines: total.lines, amount: total.invoiceAmount, currency: total.currency },
    {
      what: 'of which with a customer',
      lines: total.lines - total.unidentifiedLines,
      amount: total.identifiedAmount,
      currency: total.currency,
    },
    { what: 'of which without a customer', lines: total.unidentifiedLines, amount: total.unidentifiedAmount, currency: total.currency },
  ]),
  currency,
})}
${
  report.flags.length > 0
    ? printTable({
        columns: [
          { title: 'Kept, and worth a word', type: 'text', value: (row) => row.title },
          { title: 'Rows', type: 'integer', value: (row) => row.rows },
          { title: 'Amount', type: 'number', value: (row) => html`${row.amount as string}` },
          { title: 'Note', type: 'text', value: (row) => row.note },
        ],
        rows: report.flags.map((flag): Row => ({ title: flag.title, rows: flag.rows, note: flag.note, amount: amounts(flag.amounts) })),
        currency,
      })
    : ''
}
${
  report.setAside.length > 0
    ? printTable({
        columns: [
          { title: 'Set aside', type: 'text', value: (row) => row.title },
          { title: 'Rows', type: 'integer', value: (row) => row.rows },
          { title: 'Amount', type: 'number', value: (row) => html`${row.amount as string}` },
          { title: 'Repair', type: 'text', value: (row) => row.repair },
        ],
        rows: report.setAside.map(
          (group): Row => ({ title: group.title, rows: group.rows, repair: group.repair, amount: amounts(group.amounts) }),
        ),
        currency,
      })
    : ''
}
${list('Taken for granted', report.assumptions)}
${report.ignoredColumns.length > 0 ? html`<p class="small">Columns that no figure uses: ${report.ignoredColumns.join(', ')}.</p>` : ''}`
}

const amounts = (parts: { currency: string; amount: string }[]): string =>
  parts.map((part) => formatMoney(part.amount, part.currency)).join('; ')

function list(title: string, items: string[]): Markup {
  return items.length === 0
    ? html``
    : html`<p class="small"><strong>${title}</strong></p><ul class="plain small">${items.map((item) => html`<li>${item}</li>`)}</ul>`
}

// A snapshot outlives the undoing of an import: its control totals stay in the manifest.
function goneImports(data: ReportData): Markup[] {
  return data.manifest.inputs
    .filter((input) => !data.imports.some((report) => report.id === input.import))
    .map(
      (input) =>
        html`<h3>${input.files.join(', ')}</h3><p class="small">Import ${input.import}, ${formatCounted(input.rows, 'row')}; undone since this snapshot was made.</p>`,
    )
}

function checksTable(checks: Check[]): Markup {
  if (checks.length === 0) return html``
  const order = { fail: 0, warn: 1, pass: 2 }
  const said = { fail: 'Failed', warn: 'Warning', pass: 'Passed' }
  const sorted = [...checks].sort((a, b) => order[a.status] - order[b.status])
  return html`<h3>What was checked</h3>
${printTable({
  columns: [
    {
      title: 'Result',
      type: 'text',
      value: (row) => html`<span class="status ${row.status as string}">${said[row.status as Check['status']]}</span>`,
    },
    { title: 'Check', type: 'text', value: (row) => row.title },
    { title: 'What was compared', type: 'text', value: (row) => row.detail },
  ],
  rows: sorted.map((check): Row => ({ status: check.status, title: check.title, detail: check.detail })),
  currency: '',
})}`
}

function missing(data: ReportData): Markup {
  const layers = (data.layers?.rows ?? []).filter((row) => row.unlock !== null && row.unlock !== undefined && row.unlock !== '')
  const rows: Row[] = [
    ...layers.map((row): Row => ({ what: row.title ?? '', why: row.reason ?? '', unlock: row.unlock ?? '' })),
    ...data.manifest.skipped.map((step): Row => ({ what: step.title, why: `needs ${step.missing.join(', ')}`, unlock: step.unlock })),
  ]
  if (rows.length === 0) return html``
  return html`<h3>What is missing, and what would give it</h3>
${printTable({
  columns: [
    { title: 'Missing', type: 'text', value: (row) => row.what },
    { title: 'Why', type: 'text', value: (row) => row.why },
    { title: 'What would give it', type: 'text', value: (row) => row.unlock },
  ],
  rows,
  currency: '',
})}`
}
