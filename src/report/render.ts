import { parseHTML } from 'linkedom'
import { type Chart, type ChartFrame, drawChart } from '../charts/index.ts'
import { escapeHtml } from './escape.ts'

/** A chart drawn on the server, as SVG text; empty where it has nothing to show. */
export function renderChart(chart: Chart, frame: Omit<ChartFrame, 'document'>): string {
  const { document } = parseHTML('<!doctype html><html><body></body></html>')
  const drawing = drawChart(chart, { ...frame, document: document as unknown as NonNullable<ChartFrame['document']> })
  if (!drawing) return ''
  drawing.setAttribute('xmlns', 'http://www.w3.org/2000/svg')
  return serialise(drawing as unknown as DrawnNode)
}

interface DrawnNode {
  nodeType: number
  localName: string
  nodeValue: string | null
  attributes: Iterable<{ name: string; value: string }>
  childNodes: Iterable<DrawnNode>
}

// linkedom writes `<` into attributes as it is: fine in HTML, wrong in a file of its own. This writes what both accept, and rounds
// coordinates to a hundredth of a pixel.
function serialise(node: DrawnNode): string {
  if (node.nodeType === 3) return escapeHtml(node.nodeValue ?? '')
  if (node.nodeType !== 1) return ''
  const attributes = [...node.attributes]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, value }) => ` ${name}="${escapeHtml(name.startsWith('aria-') ? value : shortNumbers(value))}"`)
    .join('')
  return `<${node.localName}${attributes}>${[...node.childNodes].map(serialise).join('')}</${node.localName}>`
}

const shortNumbers = (value: string): string => value.replace(/-?\d+\.\d{3,}/g, (number) => String(Math.round(Number(number) * 100) / 100))
