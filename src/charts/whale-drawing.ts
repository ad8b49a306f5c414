import { areaY, axisX, axisY, dot, gridY, lineY, type PlotOptions, rectX, ruleX, ruleY, text } from '@observablehq/plot'
import { formatRatio } from '../shared/format.ts'
import { baseOptions, type Chart, type ChartFrame, label } from './chart.ts'

export interface WhalePoint {
  rank: number
  /** Share of customers up to this rank. */
  share: number
  /** Exact cumulative profit. */
  cumulative: string
  /** Where the curve stands on the axis: currency or share of the total. */
  height: number
  /** Of the customer at this rank. */
  measure: string | null
}

export interface WhaleDrawing {
  points: WhalePoint[]
  peak: WhalePoint
  total: WhalePoint
  /** Where the best fifth ends. */
  fifth: { share: number; height: number; label: string } | null
  eroded: boolean
  band: { low: number; high: number } | null
  peakLabel: string
  bandLabel: string
  endLabel: string
  lossLabel: string
  tick: (value: number) => string
  /** Height of the line of equality at its end. */
  diagonal: number
}

/** The curve: blue as it rises, orange as it falls, the interval of the peak as a bar behind it. */
export function whaleOptions(
  chart: Pick<Chart, 'name' | 'title' | 'summary'>,
  frame: ChartFrame,
  height: number,
  d: WhaleDrawing,
): PlotOptions {
  const { theme, width } = frame
  const narrow = width < 520
  const rising = d.points.filter((point) => point.share <= d.peak.share)
  const falling = d.points.filter((point) => point.share >= d.peak.share)
  const top = Math.max(d.band?.high ?? 0, d.peak.height)
  const bottom = Math.min(0, ...d.points.map((point) => point.height))
  // Labels stand on the side where there is room for them.
  const leftOfPeak = d.peak.share > 0.45
  const endIsLow = d.total.height - bottom < (top - bottom) * 0.22
  const at = { x: 'share', y: 'height' } as const
  const halo = { stroke: theme.background, strokeWidth: 1.5 } as const
  const equality = [
    { share: 0, height: 0 },
    { share: 1, height: d.diagonal },
  ]
  return {
    ...baseOptions(chart, frame, height),
    marginLeft: narrow ? 56 : 68,
    marginRight: 24,
    marginTop: 36,
    marginBottom: 40,
    x: { domain: [0, 1] },
    y: { nice: true, domain: [bottom, top] },
    marks: [
      // The zone where every further customer takes something away.
      d.eroded ? rectX([d.peak], { x1: d.peak.share, x2: 1, fill: theme.lossWash }) : null,
      areaY(rising, { ...at, fill: theme.profitWash }),
      d.eroded ? areaY(falling, { x: 'share', y1: d.total.height, y2: 'height', fill: theme.loss, fillOpacity: 0.25 }) : null,
      gridY({ stroke: theme.grid, strokeOpacity: 1, ticks: 5 }),
      axisY({ ticks: 5, tickSize: 0, tickFormat: d.tick, label: null, fill: theme.muted }),
      axisX({
        ticks: narrow ? 4 : 10,
        tickSize: 4,
        tickFormat: (value: number) => formatRatio(value, { digits: 0 }),
        label: 'share of customers, best first',
        labelArrow: false,
        labelAnchor: 'center',
        fill: theme.muted,
        stroke: theme.rule,
      }),
      ruleY([0], { stroke: theme.rule }),
      lineY(equality, { ...at, stroke: theme.rule, strokeDasharray: '2 4' }),
      narrow
        ? null
        : text([{ share: 0.5, height: d.diagonal / 2 }], {
            ...at,
            ...label(theme.muted, theme, 400),
            text: () => 'if all customers were equal',
            textAnchor: 'start',
            dx: 8,
            dy: 8,
          }),
      d.band ? ruleX([d.band], { x: d.peak.share, y1: 'low', y2: 'high', stroke: theme.band, strokeWidth: 10 }) : null,
      lineY(rising, { ...at, strokeWidth: 2.5, stroke: theme.profit }),
      d.eroded ? lineY(falling, { ...at, strokeWidth: 2.5, stroke: theme.loss }) : null,
      ...(d.fifth
        ? [
            dot([d.fifth], { ...at, r: 3.5, fill: theme.profit, ...halo }),
            narrow
              ? null
              : text([d.fifth], { ...at, ...label(theme.profitText, theme), text: 'label', textAnchor: 'start', dx: 8, dy: 12 }),
          ]
        : []),
      ...(d.eroded
        ? [
            dot([d.peak], { ...at, r: 4.5, fill: theme.profit, ...halo }),
            text([d.peak], {
              x: 'share',
              y: d.band ? Math.max(d.band.high, d.peak.height) : 'height',
              ...label(theme.text, theme),
              text: () => (narrow ? d.peakLabel : `${d.peakLabel} ${d.bandLabel}`.trim()),
              textAnchor: leftOfPeak ? 'end' : 'start',
              dx: leftOfPeak ? 8 : -8,
              dy: -13,
            }),
            text([d.total], {
              ...at,
              ...label(theme.lossText, theme, 400),
              text: () => d.lossLabel,
              textAnchor: 'end',
              dx: -2,
              dy: endIsLow ? -16 : 33,
            }),
          ]
        : []),
      dot([d.total], { ...at, r: 4, fill: d.eroded ? theme.loss : theme.profit, ...halo }),
      text([d.total], {
        ...at,
        ...label(theme.text, theme),
        text: () => d.endLabel,
        textAnchor: 'end',
        dx: d.eroded ? -2 : 8,
        dy: d.eroded ? (endIsLow ? -32 : 17) : -13,
      }),
    ],
  }
}
