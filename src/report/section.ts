import { type Chart, lightTheme } from '../charts/index.ts'
import { html, type Markup, raw } from './markup.ts'
import { renderChart } from './render.ts'

/** A part of the report: a page or more with a heading. */
export interface Section {
  id: string
  title: string
  lede: string
  body: Markup | Markup[]
}

/** A chart with its finding as title and its notes; what is missing where it has nothing to show. */
export function figureOf(chart: Chart): Markup {
  if (chart.empty) return html`<div class="empty"><strong>${chart.title}</strong>${chart.empty.reason} ${chart.empty.next}</div>`
  const drawing = renderChart(chart, { width: 680, theme: lightTheme, id: `report-${chart.name}` })
  return html`<figure>
<div class="title">${chart.title}</div>
<div class="subtitle">${chart.subtitle}</div>
${raw(drawing)}
${chart.notes.length > 0 ? html`<figcaption>${chart.notes.join(' ')}</figcaption>` : ''}
</figure>`
}
