import type { ChartContext } from '../../charts/index.ts'
import { minorUnits } from '../../shared/format.ts'
import type { Row } from '../../warehouse/port.ts'
import { measureTitle, type ReportData } from '../data.ts'
import { html } from '../markup.ts'
import type { Section } from '../section.ts'
import { column, printTable } from '../tables.ts'

/** How the figures are computed, rounded and repeated. */
export function methodSection(data: ReportData, context: ChartContext): Section {
  const { manifest } = data
  const columns = data.customers?.contract.columns ?? {}
  const formulas: Row[] = Object.values(columns)
    .filter((info) => info.formula && !info.internal)
    .map((info): Row => ({ title: info.title, formula: info.formula!, meaning: info.meaning }))
  const figures: Row[] = manifest.figures.map(
    (figure): Row => ({ title: figure.title, formula: figure.formula, meaning: figure.interval ?? '' }),
  )
  return {
    id: 'method',
    title: 'Method notes',
    lede: 'How the figures are computed, so that they can be checked and repeated.',
    body: html`<ul class="plain">
<li>Customers are ranked by ${measureTitle(context).toLowerCase()}${context.measure === 'contribution' ? ', which is known from product cost' : ', because product cost is not known'}. Lines without a customer stay in all totals and take no part in ranks and shares.</li>
<li>Money is exact to four decimals inside; it is rounded half away from zero to ${minorUnits(manifest.currency)} decimals, or to the unit that is shown, only here. Totals are computed before rounding, so shown parts may differ from a shown total in the last digit.</li>
<li>Intervals come from resampling customers with seed ${manifest.seed}: they say how much a figure would vary if the customers were a sample of the kind of customers this company has.</li>
<li>Same files, settings and seed give the same tables, byte for byte. The workbook that goes with this report holds every row; <code>clientele explain</code> leads from a figure to file and line.</li>
</ul>
${formulas.length > 0 ? html`<h3>Layers and shares</h3>${printTable({ columns: [column('title', 'Figure', 'text'), column('formula', 'Formula', 'text'), column('meaning', 'Meaning', 'text')], rows: formulas, currency: '' })}` : ''}
${figures.length > 0 ? html`<h3>Key figures</h3>${printTable({ columns: [column('title', 'Figure', 'text'), column('formula', 'Formula', 'text'), column('meaning', 'Interval', 'text')], rows: figures, currency: '' })}` : ''}
<div class="keep"><h3>To repeat it</h3>
${printTable({
  columns: [
    column('what', 'Input', 'text'),
    { title: 'Value', type: 'text', value: (row) => html`<span class="mono">${row.value as string}</span>` },
  ],
  rows: [
    { what: 'Snapshot', value: manifest.snapshot },
    { what: 'Clientele', value: manifest.version },
    { what: 'As of', value: manifest.asOf },
    { what: 'Seed', value: manifest.seed.toString() },
    { what: 'Settings (SHA-256)', value: manifest.settingsHash },
    ...manifest.inputs.map((input): Row => ({ what: `Import ${input.import} (SHA-256)`, value: input.sha256 })),
  ],
  currency: '',
})}</div>`,
  }
}
