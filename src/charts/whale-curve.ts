import { areaY, axisX, axisY, dot, gridY, lineY, type PlotOptions, rectX, ruleX, ruleY, text } from '@observablehq/plot'
import { compareDecimals, subtractDecimals, sumDecimals } from '../shared/decimal.ts'
import { formatCount, formatMoney, formatRange, formatRatio, formatShare, intervalLevel } from '../shared/format.ts'
import { baseOptions, type Chart, type ChartContext, type ChartFrame, decimalOf, measureWord, position, type Row, textOf } from './chart.ts'

export interface WhaleCurveInput {
  /** Rows of `whale_curve`. */
  points: Row[]
  /** Rows of `concentration`, for the interval of the peak and exact shares. */
  concentration?: Row[] | undefined
}

interface Point {
  rank: number
  share: number
  cumulative: string
  height: number
  measure: string | null
}

/**
 * Cumulative profit from the most to the least profitable customer: how far the best carry the portfolio, where it peaks, and what the
 * loss makers take away again. `form` is `currency` (always valid) or `share` (of the total; absent where the total is too near zero).
 */
export function whaleCurve(input: WhaleCurveInput, context: ChartContext, form: 'currency' | 'share' = 'currency'): Chart {
  const points = readPoints(input.points, form)
  const name = form === 'share' ? 'whale-curve-share' : 'whale-curve'
  const word = measureWord(context)
  const total = points.at(-1)
  if (points.length < 3 || !total) return emptyWhale(name, input.points.length, form)

  const peak = points.reduce((best, point) => (compareDecimals(point.cumulative, best.cumulative) > 0 ? point : best))
  const lossFrom = points.find((point) => point.measure !== null && compareDecimals(point.measure, '0') < 0)
  const lossShare =
    indexValue(input.concentration, ['share_unprofitable', 'unprofitable_share']) ?? (lossFrom ? 1 - (lossFrom.rank - 1) / total.rank : 0)
  const topFifth = indexValue(input.concentration, ['top_20', 'd_20', 'dependence_20', 'top_20_share']) ?? shareAt(points, 0.2, total)
  const given = subtractDecimals(peak.cumulative, total.cumulative)
  const eroded = compareDecimals(given, '0') > 0
  const money = (value: string): string => formatMoney(value, context.currency, { compact: true, locale: context.locale })
  const label = (value: string | number): string => (form === 'share' ? formatRatio(value, { digits: 0 }) : money(String(value)))
  const peakBand = indexRow(input.concentration, ['peak_ratio', 'peak', 'whale_peak'])
  const low = position(peakBand?.low)
  const high = position(peakBand?.high)
  const scale = form === 'share' ? 1 : Number(total.cumulative)
  const band = low !== null && high !== null && scale > 0 ? { low: low * scale, high: high * scale } : null
  const bandText = band
    ? form === 'share'
      ? formatRange(formatRatio(low!, { digits: 0 }), formatRatio(high!, { digits: 0 }))
      : formatRange(money(String(band.low)), money(String(band.high)))
    : ''

  const losing = context.measure === 'contribution' ? 'lose money' : 'are below zero after returns'
  const title =
    topFifth === null
      ? `${formatShare(lossShare)} of customers take back ${money(given)} of the ${money(peak.cumulative)} that the others bring`
      : `The best 20 % of customers bring ${formatRatio(topFifth, { digits: 0 })} of ${word}; ${lossShare > 0 ? `${formatShare(lossShare)} ${losing}` : 'none loses money'}`
  const peakLabel = `peak ${label(form === 'share' ? peak.height : peak.cumulative)}${bandText === '' ? '' : ` (${intervalLevel(textOf(peakBand?.interval))}: ${bandText})`}`
  const endLabel = `total ${label(form === 'share' ? total.height : total.cumulative)}`
  const summary =
    `Cumulative ${word} of ${formatCount(total.rank)} customers from the most to the least profitable. ` +
    `It rises to ${label(form === 'share' ? peak.height : peak.cumulative)} at customer ${formatCount(peak.rank)} (${formatShare(peak.share)} of customers)` +
    (bandText === '' ? '' : `, ${textOf(peakBand?.interval) || 'interval'} ${bandText}`) +
    (eroded
      ? `, then falls by ${money(given)} to ${label(form === 'share' ? total.height : total.cumulative)} at the last.`
      : `; it never falls, because no customer is below zero.`)

  const height = (width: number): number => Math.round(Math.min(420, Math.max(260, width * 0.5)))
  const chart = { name, title, summary }
  return {
    ...chart,
    subtitle:
      form === 'share'
        ? `Cumulative ${word} as a share of the total, over identified customers from best to worst`
        : `Cumulative ${word} in ${context.currency}, over identified customers from best to worst`,
    notes:
      total.rank > points.length
        ? [`Drawn from ${formatCount(points.length)} evenly spaced ranks of ${formatCount(total.rank)} customers, extremes included.`]
        : [],
    table: twin(points, form),
    empty: null,
    height,
    options: (frame) =>
      whaleOptions(chart, frame, height(frame.width), {
        points: [{ rank: 0, share: 0, cumulative: '0', height: 0, measure: null }, ...points],
        peak,
        total,
        eroded,
        band,
        peakLabel,
        endLabel,
        tick: (value) =>
          form === 'share'
            ? formatRatio(value, { digits: 0 })
            : formatMoney(value, context.currency, { compact: true, trim: true, locale: context.locale }),
        lossLabel: `${formatShare(lossShare)} ${context.measure === 'contribution' ? 'lose' : 'give back'} ${money(given)}`,
        diagonal: form === 'share' ? 1 : Number(total.cumulative),
      }),
  }
}

interface WhaleDrawing {
  points: Point[]
  peak: Point
  total: Point
  eroded: boolean
  band: { low: number; high: number } | null
  peakLabel: string
  endLabel: string
  lossLabel: string
  tick: (value: number) => string
  diagonal: number
}

function whaleOptions(chart: Pick<Chart, 'name' | 'title' | 'summary'>, frame: ChartFrame, height: number, d: WhaleDrawing): PlotOptions {
  const { theme, width } = frame
  const narrow = width < 520
  const right = d.peak.share > 0.62
  const top = Math.max(d.band?.high ?? 0, d.peak.height)
  return {
    ...baseOptions(chart, frame, height),
    marginLeft: narrow ? 56 : 66,
    marginRight: 16,
    marginTop: 30,
    marginBottom: 40,
    x: { domain: [0, 1] },
    y: { nice: true, domain: [Math.min(0, ...d.points.map((point) => point.height)), top * 1.02] },
    marks: [
      // The zone where every further customer takes something away.
      ...(d.eroded ? [rectX([d.peak], { x1: d.peak.share, x2: 1, fill: theme.lossWash })] : []),
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
      areaY(d.points, { x: 'share', y: 'height', fill: theme.profitWash }),
      ...(d.eroded
        ? [
            areaY(
              d.points.filter((point) => point.share >= d.peak.share),
              { x: 'share', y1: d.total.height, y2: 'height', fill: theme.loss, fillOpacity: 0.22 },
            ),
          ]
        : []),
      ruleY([0], { stroke: theme.rule }),
      lineY(
        [
          [0, 0],
          [1, d.diagonal],
        ],
        { stroke: theme.rule, strokeDasharray: '2 4' },
      ),
      ...(d.band ? [ruleX([d.band], { x: d.peak.share, y1: 'low', y2: 'high', stroke: theme.band, strokeWidth: 10 })] : []),
      lineY(
        d.points.filter((point) => point.share <= d.peak.share),
        { x: 'share', y: 'height', stroke: theme.profit, strokeWidth: 2.5 },
      ),
      ...(d.eroded
        ? [
            lineY(
              d.points.filter((point) => point.share >= d.peak.share),
              { x: 'share', y: 'height', stroke: theme.loss, strokeWidth: 2.5 },
            ),
          ]
        : []),
      dot([d.peak], { x: 'share', y: 'height', r: 4.5, fill: theme.profit, stroke: theme.background, strokeWidth: 1.5 }),
      text([d.peak], {
        x: 'share',
        y: d.band ? d.band.high : 'height',
        text: () => d.peakLabel,
        textAnchor: right ? 'end' : narrow ? 'start' : 'middle',
        dy: -12,
        dx: right ? 6 : narrow ? -6 : 0,
        fill: theme.text,
        fontWeight: 600,
        stroke: theme.background,
        strokeWidth: 4,
      }),
      ...(d.eroded
        ? [
            dot([d.total], { x: 'share', y: 'height', r: 4, fill: theme.loss, stroke: theme.background, strokeWidth: 1.5 }),
            text([d.total], {
              x: 'share',
              y: 'height',
              text: () => d.endLabel,
              textAnchor: 'end',
              dy: 16,
              dx: -2,
              fill: theme.text,
              fontWeight: 600,
              stroke: theme.background,
              strokeWidth: 4,
            }),
            text([d.total], {
              x: 'share',
              y: 'height',
              text: () => d.lossLabel,
              textAnchor: 'end',
              dy: 32,
              dx: -2,
              fill: theme.lossText,
              stroke: theme.background,
              strokeWidth: 4,
            }),
          ]
        : []),
      text([[0.5, d.diagonal / 2]], {
        text: () => 'if all customers were equal',
        fill: theme.muted,
        dy: 14,
        textAnchor: 'start',
        stroke: theme.background,
        strokeWidth: 4,
      }),
    ],
  }
}

function readPoints(rows: Row[], form: 'currency' | 'share'): Point[] {
  return rows
    .flatMap((row) => {
      const cumulative = decimalOf(row.cumulative)
      const height = position(form === 'share' ? row.cumulative_share : row.cumulative)
      const rank = position(row.rank)
      if (cumulative === null || height === null || rank === null || rank < 1) return []
      return [{ rank, share: position(row.customer_share) ?? 0, cumulative, height, measure: decimalOf(row.measure) }]
    })
    .sort((a, b) => a.rank - b.rank)
}

function indexRow(rows: Row[] | undefined, names: string[]): Row | undefined {
  return rows?.find((row) => names.includes(textOf(row.index)))
}

const indexValue = (rows: Row[] | undefined, names: string[]): number | null => position(indexRow(rows, names)?.value)

/** Share of the total that the customers up to `share` bring, between two drawn points by straight line. */
function shareAt(points: Point[], share: number, total: Point): number | null {
  const whole = Number(total.cumulative)
  if (!(whole > 0)) return null
  const after = points.findIndex((point) => point.share >= share - 1e-12)
  const right = points[after]
  if (!right) return null
  const left = points[after - 1] ?? { share: 0, cumulative: '0' }
  const part = right.share === left.share ? 1 : (share - left.share) / (right.share - left.share)
  return (Number(left.cumulative) + part * (Number(right.cumulative) - Number(left.cumulative))) / whole
}

/** At most 100 rows: one for each per cent of customers, the peak and the last among them. */
function twin(points: Point[], form: 'currency' | 'share'): Chart['table'] {
  const last = points.at(-1)!
  const keep = new Set<number>([points[0]!.rank, last.rank])
  for (let percent = 1; percent <= 100; percent++) {
    const point = points.find((candidate) => candidate.share >= percent / 100 - 1e-12)
    if (point) keep.add(point.rank)
  }
  keep.add(points.reduce((best, point) => (compareDecimals(point.cumulative, best.cumulative) > 0 ? point : best)).rank)
  return {
    columns: [
      { name: 'rank', title: 'Customers', type: 'integer', unit: 'customers' },
      { name: 'customer_share', title: 'Share of customers', type: 'ratio' },
      { name: 'cumulative', title: 'Cumulative', type: 'money_sum' },
      ...(form === 'share' ? [{ name: 'cumulative_share', title: 'Share of total', type: 'ratio' }] : []),
    ],
    rows: points
      .filter((point) => keep.has(point.rank))
      .map((point) => ({
        rank: point.rank,
        customer_share: point.share,
        cumulative: sumDecimals([point.cumulative]),
        cumulative_share: form === 'share' ? point.height : null,
      })),
  }
}

function emptyWhale(name: string, rows: number, form: 'currency' | 'share'): Chart {
  const reason =
    form === 'share' && rows >= 3
      ? 'The total is too near zero: shares of it would say nothing.'
      : rows === 0
        ? 'No customer is identified.'
        : `Only ${rows} identified ${rows === 1 ? 'customer' : 'customers'}: a curve needs three.`
  const next = form === 'share' && rows >= 3 ? 'See the curve in currency.' : 'Import order lines that name their customer.'
  return {
    name,
    title: 'Whale curve',
    subtitle: '',
    summary: `${reason} ${next}`,
    notes: [],
    table: { columns: [], rows: [] },
    empty: { reason, next },
    height: () => 0,
    options: () => ({}),
  }
}
