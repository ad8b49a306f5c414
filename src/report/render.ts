import { parseHTML } from 'linkedom'
import { type Chart, type ChartFrame, drawChart } from '../charts/index.ts'

/** A chart drawn on the server, as SVG text; empty where it has nothing to show. */
export function renderChart(chart: Chart, frame: Omit<ChartFrame, 'document'>): string {
  const { document } = parseHTML('<!doctype html><html><body></body></html>')
  const drawing = drawChart(chart, { ...frame, document: document as unknown as NonNullable<ChartFrame['document']> })
  if (!drawing) return ''
  if (!drawing.getAttribute('xmlns')) drawing.setAttribute('xmlns', 'http://www.w3.org/2000/svg')
  return (drawing as unknown as { outerHTML: string }).outerHTML
}
