import { formatDate, formatMoment, keepTogether } from '../shared/format.ts'
import { chartContext, type ReportData } from './data.ts'
import { clean } from './escape.ts'
import { fontFaces } from './fonts.ts'
import { html, type Markup, raw } from './markup.ts'
import { pageStyle } from './page-style.ts'
import type { Section } from './section.ts'
import { changesSection } from './sections/changes.ts'
import { concentrationSection } from './sections/concentration.ts'
import { customersSection } from './sections/customers.ts'
import { dataSection } from './sections/data.ts'
import { layersSection, monthsSection } from './sections/layers.ts'
import { methodSection } from './sections/method.ts'
import { modelsSection } from './sections/models.ts'
import { pricingSection } from './sections/pricing.ts'
import { productsSection } from './sections/products.ts'
import { summarySection } from './sections/summary.ts'

/**
 * The portfolio report as one HTML page: nothing is fetched, nothing runs; charts are inline SVG, the typeface is inside. Printed, it is
 * A4 with page numbers and table heads that repeat. A function of its data: no clock, no environment.
 */
export async function htmlReport(data: ReportData): Promise<string> {
  const context = chartContext(data)
  const sections = [
    summarySection,
    layersSection,
    pricingSection,
    concentrationSection,
    changesSection,
    customersSection,
    productsSection,
    monthsSection,
    modelsSection,
    dataSection,
    methodSection,
  ]
    .map((section) => section(data, context))
    .filter((section) => section !== null)
  const { manifest } = data
  const body = html`${cover(data, sections)}
${sections.map(
  (section) => html`<section id="${section.id}"><h2>${section.title}</h2><p class="lede">${section.lede}</p>
${section.body}</section>
`,
)}`.text
  const text = keepTogetherInText(body)
  const fonts = await fontFaces(text)
  const title = `${data.name}: customer portfolio as of ${formatDate(manifest.asOf)}`
  const footer = `${shortFooter(data.name)}  ·  customer portfolio as of ${formatDate(manifest.asOf)}  ·  snapshot ${manifest.snapshot}  ·  confidential`
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; font-src data:; img-src data:">
<meta name="generator" content="Clientele ${manifest.version}">
<title>${title}</title>
<style>${raw(fonts)}${raw(pageStyle(clean(footer)))}</style>
</head>
<body>
${raw(text)}
</body>
</html>
`.text
}

function cover(data: ReportData, sections: Section[]): Markup {
  const { manifest } = data
  const dates = data.imports.flatMap((report) => (report.dates ? [report.dates] : []))
  const from = dates.map((range) => range.from).sort()[0]
  const to = dates
    .map((range) => range.to)
    .sort()
    .at(-1)
  const headline = [...manifest.findings].filter((finding) => finding.kind !== 'data').sort((a, b) => b.weight - a.weight)[0]
  return html`<header class="cover">
<p class="kicker">Customer portfolio</p>
<h1>${data.name}</h1>
<p>As of ${formatDate(manifest.asOf)}</p>
${headline ? html`<p class="headline">${headline.text}</p>` : ''}
<nav aria-label="Contents"><ol>${sections.map((section) => html`<li><a href="#${section.id}">${section.title}</a></li>`)}</ol></nav>
<dl>
${from && to ? html`<dt>Orders</dt><dd>${formatDate(from)} to ${formatDate(to)}</dd>` : ''}
<dt>Currency</dt><dd>${manifest.currency}</dd>
<dt>Snapshot</dt><dd>${manifest.snapshot}</dd>
<dt>Made</dt><dd>${formatMoment(manifest.createdAt)}, Clientele ${manifest.version}</dd>
</dl>
<p class="mark">Confidential. Contains figures of named customers.</p>
</header>`
}

// Only between tags: attributes stay as they are.
const keepTogetherInText = (markup: string): string => markup.replace(/>[^<]+</g, (text) => keepTogether(text))

const shortFooter = (name: string): string => ([...name].length > 40 ? `${[...name].slice(0, 39).join('')}…` : name)
