import type { Chart } from '../../src/charts/index.ts'

export function saveBlob(name: string, blob: Blob): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}

export const saveText = (name: string, text: string, type: string): void =>
  saveBlob(name, new Blob([text], { type: `${type};charset=utf-8` }))

/** The drawing as a file that stands alone: colours of the theme, its finding as title and its summary as description. */
export function svgText(svg: SVGSVGElement, chart: Chart): string {
  const copy = svg.cloneNode(true) as SVGSVGElement
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg')
  copy.style.setProperty('font-family', 'Inter, system-ui, sans-serif')
  copy.style.setProperty('background', getComputedStyle(document.body).backgroundColor)
  for (const [name, text] of [
    ['desc', chart.summary],
    ['title', chart.title],
  ] as const) {
    const element = document.createElementNS('http://www.w3.org/2000/svg', name)
    element.textContent = text
    copy.prepend(element)
  }
  return new XMLSerializer().serializeToString(copy)
}

/** The same as a picture of twice the size on screen. */
export async function savePng(name: string, svg: SVGSVGElement, chart: Chart): Promise<void> {
  const { width, height } = svg.getBoundingClientRect()
  const image = new Image(width, height)
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svgText(svg, chart))}`
  await image.decode()
  const canvas = document.createElement('canvas')
  canvas.width = width * 2
  canvas.height = height * 2
  canvas.getContext('2d')!.drawImage(image, 0, 0, canvas.width, canvas.height)
  canvas.toBlob((blob) => blob && saveBlob(name, blob), 'image/png')
}

// A text that a spreadsheet would take for a formula gets an apostrophe before it; numbers stay numbers.
const csvCell = (value: unknown): string => {
  if (value === null || value === undefined) return ''
  const text = String(value)
  const safe = /^[=+\-@\t\r]/.test(text) && !/^-?\d+(\.\d+)?$/.test(text) ? `'${text}` : text
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

export function csv(header: string[], rows: unknown[][]): string {
  return [header, ...rows].map((row) => row.map(csvCell).join(',')).join('\r\n')
}

export function twinCsv(chart: Chart, currency: string): string {
  const { columns, rows } = chart.table
  return csv(
    columns.map((column) => (column.type.startsWith('money') ? `${column.title} (${currency})` : column.title)),
    rows.map((row) => columns.map((column) => row[column.name])),
  )
}
