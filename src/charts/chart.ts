import { type PlotOptions, plot } from '@observablehq/plot'
import type { Cell, Row } from '../warehouse/port.ts'
import type { ChartTheme } from './theme.ts'

/** What every chart needs to know about the portfolio it shows. */
export interface ChartContext {
  /** Reporting currency, ISO 4217. */
  currency: string
  locale?: string | undefined
  /** By what customers are ranked: contribution where product cost is known, else net revenue. */
  measure: 'contribution' | 'net_revenue'
}

/** Where a chart is drawn. */
export interface ChartFrame {
  /** In CSS pixels. */
  width: number
  /** Defaults to what the chart's own content asks for. */
  height?: number | undefined
  theme: ChartTheme
  /** The document to draw with where there is no global one. */
  document?: PlotOptions['document']
  /** Makes ids inside the drawing unique on a page; defaults to the chart's name. */
  id?: string | undefined
}

/** A column of the table that says what the chart shows. */
export interface TwinColumn {
  name: string
  title: string
  /** As in a result table's contract: money, ratio, integer, number, month, date, text. */
  type: string
  unit?: string
}

/**
 * A chart as data: what it says, how to draw it, and the same as a table and in words. Pure: rows in, description out; drawing happens
 * in {@link drawChart}, in the browser or on the server.
 */
export interface Chart {
  /** In kebab-case. */
  name: string
  /** The finding in one sentence, computed from the rows. */
  title: string
  /** What is drawn, over what, in which unit. */
  subtitle: string
  /** For screen readers: what somebody who looks at it would see. */
  summary: string
  table: { columns: TwinColumn[]; rows: Record<string, Cell>[] }
  /** What to read with care: points left out, periods that are not complete. */
  notes: string[]
  /** Why there is nothing to draw, and what would change that; null when there is. */
  empty: { reason: string; next: string } | null
  /** Height that its content asks for at a width. */
  height(width: number): number
  options(frame: ChartFrame): PlotOptions
}

export type Drawing = ReturnType<typeof plot>

/** Common look: type, colours, room for labels. Each chart adds its marks and scales. */
export function baseOptions(chart: { name: string; title: string; summary: string }, frame: ChartFrame, height: number): PlotOptions {
  const { width, theme } = frame
  return {
    width,
    height: frame.height ?? height,
    ...(frame.document ? { document: frame.document } : {}),
    className: `chart-${chart.name}`,
    ariaLabel: chart.title,
    ariaDescription: chart.summary,
    style: {
      background: 'transparent',
      color: theme.muted,
      fontFamily: 'inherit',
      fontSize: '12px',
      fontVariantNumeric: 'tabular-nums',
    } as NonNullable<PlotOptions['style']>,
  }
}

/** The drawing as an SVG element; null where the chart has nothing to show. */
export function drawChart(chart: Chart, frame: ChartFrame): Drawing | null {
  if (chart.empty) return null
  const drawing = plot(chart.options(frame))
  // A style element inside the drawing is refused by a strict content security policy; what it says is set on the elements instead.
  for (const style of [...drawing.querySelectorAll('style')]) style.remove()
  drawing.setAttribute('role', 'img')
  drawing.style.setProperty('display', 'block')
  drawing.style.setProperty('max-width', '100%')
  drawing.style.setProperty('height', 'auto')
  return drawing
}

/** A chart with nothing to show: why, and what would change that. */
export function emptyChart(name: string, title: string, reason: string, next: string): Chart {
  return {
    name,
    title,
    subtitle: '',
    summary: `${reason} ${next}`,
    notes: [],
    table: { columns: [], rows: [] },
    empty: { reason, next },
    height: () => 0,
    options: () => ({}),
  }
}

/** A money cell as a position on an axis. Only drawing goes through floats; labels and tables keep the exact text. */
export function position(value: Cell | undefined): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  if (typeof value !== 'string' || value === '') return null
  const number = Number(value)
  return Number.isFinite(number) ? number : null
}

/** A money or number cell as the decimal it is. */
export function decimalOf(value: Cell | undefined): string | null {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value)
  return typeof value === 'string' && value !== '' ? value : null
}

export const textOf = (value: Cell | undefined): string => (value === null || value === undefined ? '' : String(value))

/** How a direct label is set: in its colour, on a halo of the ground so that lines behind it do not disturb. */
export const label = (colour: string, theme: ChartTheme, weight = 600) =>
  ({ fill: colour, fontWeight: weight, stroke: theme.background, strokeWidth: 4 }) as const

/** Labels that would run over are cut at the end, with an ellipsis. */
/** How many ticks an axis of so many pixels has room for; each takes as much as an amount such as `€1,250 k`, or what is said. */
export const ticksFor = (pixels: number, each = 74): number => Math.max(2, Math.min(6, Math.floor(pixels / each)))

export function shorten(text: string, length: number): string {
  const characters = [...text]
  return characters.length <= length
    ? text
    : `${characters
        .slice(0, Math.max(1, length - 1))
        .join('')
        .trimEnd()}…`
}

/** What the measure is called in a sentence. */
export const measureWord = (context: ChartContext): string => (context.measure === 'contribution' ? 'contribution' : 'net revenue')

export type { Row }
