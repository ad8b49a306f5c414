import type { ChartContext } from '../../charts/index.ts'
import type { Figure, Finding } from '../../pipeline/step.ts'
import { absent, formatBand, formatCounted, formatValue } from '../../shared/format.ts'
import type { ReportData } from '../data.ts'
import { html, type Markup } from '../markup.ts'
import type { Section } from '../section.ts'

const shownFindings = 6
const shownFigures = 12

/** One page: the figures, what they say, and whether they can be relied on. */
export function summarySection(data: ReportData, context: ChartContext): Section {
  const { manifest } = data
  const findings = [...manifest.findings].sort((a, b) => b.weight - a.weight)
  const failed = manifest.checks.filter((check) => check.status === 'fail')
  const warned = manifest.checks.filter((check) => check.status === 'warn')
  const passed = manifest.checks.length - failed.length - warned.length
  const reliance =
    manifest.checks.length === 0
      ? 'No check was run.'
      : `${formatCounted(passed, 'check')} of ${manifest.checks.length} passed${warned.length > 0 ? `, ${warned.length} with a warning` : ''}${failed.length > 0 ? `, ${failed.length} failed` : ''}; see data notes.`
  return {
    id: 'summary',
    title: 'Summary',
    lede: reliance,
    body: html`<dl class="figures">${manifest.figures.slice(0, shownFigures).map((figure) => figureCard(figure, context.currency))}</dl>
<h3>What stands out</h3>
<ul class="findings">${findings.slice(0, shownFindings).map(findingItem)}</ul>
${findings.length > shownFindings ? html`<p class="small">${formatCounted(findings.length - shownFindings, 'more finding')} in the workbook and on the screen.</p>` : ''}`,
  }
}

function figureCard(figure: Figure, currency: string): Markup {
  const band = formatBand(figure, currency, { compact: true })
  const value = figure.value === null ? absent : formatValue(figure.value, figure, currency, { compact: true })
  return html`<div class="figure"><dt>${figure.title}</dt>
<dd><div class="value">${value}</div>${band ? html`<div class="band">${band}</div>` : ''}<div class="means">${figure.value === null && figure.missing ? figure.missing : figure.meaning}</div></dd></div>`
}

function findingItem(finding: Finding): Markup {
  return html`<li class="${finding.kind}"><span class="say">${finding.text}</span>${finding.doubt ? html` <span class="doubt">(${finding.doubt})</span>` : ''}
${finding.action ? html`<div class="do">${finding.action}</div>` : ''}</li>`
}
