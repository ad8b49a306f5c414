import { compareDecimals, subtractDecimals, sumDecimals } from '../shared/decimal.ts'
import { formatCount, formatMoney, formatRange, formatRatio, formatShare, intervalLevel } from '../shared/format.ts'
import { type Chart, type ChartContext, decimalOf, emptyChart, measureWord, position, type Row, textOf } from './chart.ts'
import { type WhalePoint, whaleOptions } from './whale-drawing.ts'

export interface WhaleCurveInput {
  /** Rows of `whale_curve`. */
  points: Row[]
  /** Rows of `concentration`, for the interval of the peak and exact shares. */
  concentration?: Row[] | undefined
}

/**
 * Cumulative profit from the most to the least profitable customer: how far the best carry the portfolio, where it peaks, and what the
 * loss makers take away again. `form` is `currency` (always valid) or `share` (of the total; absent where the total is too near zero).
 */
export function whaleCurve(input: WhaleCurveInput, context: ChartContext, form: 'currency' | 'share' = 'currency'): Chart {
  const points = readPoints(input.points, form)
  const name = form === 'share' ? 'whale-curve-share' : 'whale-curve'
  const total = points.at(-1)
  if (points.length < 3 || !total) return emptyWhale(name, input.points.length, form)

  const word = measureWord(context)
  const money = (value: string): string => formatMoney(value, context.currency, { compact: true, locale: context.locale })
  const level = (point: WhalePoint): string => (form === 'share' ? formatRatio(point.height, { digits: 0 }) : money(point.cumulative))

  const peak = highest(points)
  const given = subtractDecimals(peak.cumulative, total.cumulative)
  const eroded = compareDecimals(given, '0') > 0
  const firstLoss = points.find((point) => point.measure !== null && compareDecimals(point.measure, '0') < 0)
  const lossShare = indexValue(input.concentration, 'share_unprofitable') ?? (firstLoss ? 1 - (firstLoss.rank - 1) / total.rank : 0)
  const topFifth = indexValue(input.concentration, 'top_20') ?? shareAt(points, 0.2, total)

  const peakRow = eroded ? input.concentration?.find((row) => row.index === 'peak_ratio') : undefined
  const low = position(peakRow?.low)
  const high = position(peakRow?.high)
  const scale = form === 'share' ? 1 : Number(total.cumulative)
  const band = low !== null && high !== null && scale > 0 ? { low: low * scale, high: high * scale } : null
  const end = (value: number): string => (form === 'share' ? formatRatio(value, { digits: 0 }) : money(String(value)))
  const bandText = band ? formatRange(end(band.low), end(band.high)) : ''

  const losing = context.measure === 'contribution' ? 'lose money' : 'are below zero after returns'
  const nobody = context.measure === 'contribution' ? 'none loses money' : 'none is below zero'
  const title =
    topFifth === null
      ? `${formatShare(lossShare)} of customers take back ${money(given)} of the ${money(peak.cumulative)} that the others bring`
      : `The best 20 % of customers bring ${formatRatio(topFifth, { digits: 0 })} of ${word}; ${lossShare > 0 ? `${formatShare(lossShare)} ${losing}` : nobody}`
  const summary =
    `Cumulative ${word} of ${formatCount(total.rank)} customers from the most to the least profitable. ` +
    `It rises to ${level(peak)} at customer ${formatCount(peak.rank)} (${formatShare(peak.share)} of customers)` +
    (bandText === '' ? '' : ` (${textOf(peakRow?.interval) || 'interval'}: ${bandText})`) +
    (eroded ? `, then falls by ${money(given)} to ${level(total)} at the last.` : '; it never falls, because no customer is below zero.')

  const height = (width: number): number => Math.round(Math.min(420, Math.max(270, width * 0.5)))
  const chart = { name, title, summary }
  return {
    ...chart,
    subtitle: `Cumulative ${word} ${form === 'share' ? 'as a share of the total' : `in ${context.currency}`}, over identified customers from best to worst`,
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
        fifth:
          topFifth === null ? null : { share: 0.2, height: topFifth * scale, label: `best 20 %: ${formatRatio(topFifth, { digits: 0 })}` },
        eroded,
        band,
        peakLabel: `peak ${level(peak)}`,
        bandLabel: bandText === '' ? '' : `(${intervalLevel(textOf(peakRow?.interval))}: ${bandText})`,
        endLabel: `total ${level(total)}`,
        lossLabel: `${formatShare(lossShare)} ${context.measure === 'contribution' ? 'lose' : 'give back'} ${money(given)}`,
        tick: (value) =>
          form === 'share'
            ? formatRatio(value, { digits: 0 })
            : formatMoney(value, context.currency, { compact: true, trim: true, locale: context.locale }),
        diagonal: form === 'share' ? 1 : Number(total.cumulative),
      }),
  }
}

const highest = (points: WhalePoint[]): WhalePoint =>
  points.reduce((best, point) => (compareDecimals(point.cumulative, best.cumulative) > 0 ? point : best))

function readPoints(rows: Row[], form: 'currency' | 'share'): WhalePoint[] {
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

const indexValue = (rows: Row[] | undefined, name: string): number | null => position(rows?.find((row) => row.index === name)?.value)

/** Share of the total that the customers up to `share` bring, between two drawn points by straight line. */
function shareAt(points: WhalePoint[], share: number, total: WhalePoint): number | null {
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
function twin(points: WhalePoint[], form: 'currency' | 'share'): Chart['table'] {
  const last = points.at(-1)!
  const keep = new Set<number>([points[0]!.rank, last.rank])
  for (let percent = 1; percent <= 100; percent++) {
    const point = points.find((candidate) => candidate.share >= percent / 100 - 1e-12)
    if (point) keep.add(point.rank)
  }
  keep.add(highest(points).rank)
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
  if (form === 'share' && rows >= 3) {
    return emptyChart(name, 'Whale curve', 'The total is too near zero: shares of it would say nothing.', 'See the curve in currency.')
  }
  const reason =
    rows === 0 ? 'No customer is identified.' : `Only ${rows} identified ${rows === 1 ? 'customer' : 'customers'}: a curve needs three.`
  return emptyChart(name, 'Whale curve', reason, 'Import order lines that name their customer.')
}
