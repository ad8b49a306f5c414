import { areaY, axisX, gridX, type PlotOptions, ruleX, ruleY, text } from '@observablehq/plot'
import { formatMoney, formatRange, formatRatio } from '../shared/format.ts'
import {
  baseOptions,
  type Chart,
  type ChartContext,
  type ChartFrame,
  emptyChart,
  label,
  position,
  type Row,
  shorten,
  textOf,
} from './chart.ts'

interface Band {
  key: string
  title: string
  p05: number
  p50: number
  p95: number
  width: number
  volume: string
  row: Row
  bins: { from: number; share: number }[]
}

const lane = 74

/** How far apart customers pay for the same goods: the distribution of pocket price by volume, everybody and each segment in a lane. Rows of `price_band` and `price_band_bin`. */
export function priceBand(bands: Row[], bins: Row[], context: ChartContext): Chart {
  const name = 'price-band'
  const lanes = bands
    .filter((row) => row.scope !== 'product')
    .flatMap((row): Band[] => {
      const [p05, p50, p95, width] = [position(row.p05), position(row.p50), position(row.p95), position(row.width)]
      if (p05 === null || p50 === null || p95 === null || width === null) return []
      const own = bins
        .filter((bin) => bin.scope === row.scope && bin.scope_key === row.scope_key)
        .map((bin) => ({ from: position(bin.bin_from) ?? 0, share: position(bin.share) ?? 0 }))
        .sort((a, b) => a.from - b.from)
      return [
        {
          key: `${row.scope} ${row.scope_key}`,
          title: textOf(row.title),
          p05,
          p50,
          p95,
          width,
          volume: textOf(row.volume),
          row,
          bins: own,
        },
      ]
    })
  const [all] = lanes
  if (!all)
    return emptyChart(
      name,
      'Price band',
      'No goods with a price were sold in the window.',
      'Import order lines with products, quantities and amounts.',
    )
  const percent = (value: number): string => formatRatio(value, { digits: 0 })
  const reference = textOf(all.row.reference) === 'list' ? 'list price' : 'the average price of the product'
  const widest = [...lanes.slice(1)].sort((a, b) => b.width - a.width)[0]
  const title =
    `Nine tenths of the volume go at ${percent(all.p05)} to ${percent(all.p95)} of ${reference}` +
    (widest && widest.width > all.width ? `; widest apart in ${widest.title.toLowerCase()}` : '')
  const summary = lanes
    .map((one) => `${one.title}: 5th percentile ${percent(one.p05)}, median ${percent(one.p50)}, 95th ${percent(one.p95)}.`)
    .join(' ')
  const chart = { name, title, summary }
  return {
    ...chart,
    subtitle: `Share of volume by pocket price as a share of ${reference}; bar: 5th to 95th percentile, mark: median`,
    notes: [
      'Volume at the reference price. What is given after the invoice by customer and month is spread over the invoices of the customer.',
      ...(position(all.row.width_low) === null
        ? []
        : [
            `Width of the band ${percent(all.width)} of its middle (90 % interval over customers ${formatRange(percent(position(all.row.width_low)!), percent(position(all.row.width_high)!))}).`,
          ]),
    ],
    table: {
      columns: [
        { name: 'title', title: 'Who', type: 'text' },
        { name: 'volume', title: 'Volume', type: 'money_sum' },
        { name: 'p05', title: '5th percentile', type: 'ratio' },
        { name: 'p50', title: 'Median', type: 'ratio' },
        { name: 'p95', title: '95th percentile', type: 'ratio' },
        { name: 'width', title: 'Width', type: 'ratio' },
      ],
      rows: lanes.map(({ title: who, volume, p05, p50, p95, width }) => ({ title: who, volume, p05, p50, p95, width })),
    },
    empty: null,
    height: () => lanes.length * lane + 56,
    options: (frame) =>
      bandOptions(chart, frame, lanes, reference, (row) =>
        formatMoney(row.volume, context.currency, { compact: true, locale: context.locale }),
      ),
  }
}

function bandOptions(
  chart: Pick<Chart, 'name' | 'title' | 'summary'>,
  frame: ChartFrame,
  lanes: Band[],
  reference: string,
  volume: (band: Band) => string,
): PlotOptions {
  const { theme, width } = frame
  const narrow = width < 520
  const peak = Math.max(...lanes.flatMap(({ bins }) => bins.map(({ share }) => share)), 0.01)
  const low = Math.max(0, Math.min(...lanes.map(({ p05 }) => p05)) - 0.12)
  const high = Math.min(1.6, Math.max(...lanes.map(({ p95 }) => p95)) + 0.06)
  // Each lane stands on its own base line; the top of the drawing is lane 0.
  const base = (index: number): number => -index
  const shapes = lanes.flatMap(({ key, bins }, index) => {
    const known = new Map(bins.map(({ from, share }) => [Math.round(100 * from), share]))
    const points = []
    for (let step = Math.round(100 * low); step < Math.round(100 * high); step++)
      points.push({ key, x: step / 100 + 0.005, y1: base(index), y2: base(index) + (0.62 * (known.get(step) ?? 0)) / peak })
    return points
  })
  const rows = lanes.map((one, index) => ({ ...one, y: base(index), under: base(index) - 0.07 }))
  return {
    ...baseOptions(chart, frame, lanes.length * lane + 56),
    marginLeft: narrow ? 92 : 132,
    marginRight: 16,
    marginTop: 8,
    marginBottom: 44,
    x: { domain: [low, high], label: null },
    y: { domain: [base(lanes.length - 1) - 0.25, 0.75], axis: null },
    marks: [
      gridX({ stroke: theme.grid, strokeOpacity: 1, ticks: narrow ? 4 : 7 }),
      axisX({
        ticks: narrow ? 4 : 7,
        tickSize: 0,
        tickFormat: (value: number) => `${Math.round(100 * value)} %`,
        label: `pocket price, of ${reference}`,
        labelArrow: false,
        labelAnchor: 'center',
        fill: theme.muted,
      }),
      areaY(shapes, { x: 'x', y1: 'y1', y2: 'y2', z: 'key', fill: theme.band, curve: 'step' }),
      ruleY(rows, { y: 'under', x1: 'p05', x2: 'p95', stroke: theme.profit, strokeWidth: 4 }),
      ruleX(rows, {
        x: 'p50',
        y1: (row: (typeof rows)[number]) => row.y - 0.13,
        y2: (row: (typeof rows)[number]) => row.y + 0.62,
        stroke: theme.text,
        strokeWidth: 1.5,
      }),
      text(rows, {
        frameAnchor: 'left',
        x: low,
        y: (row: (typeof rows)[number]) => row.y + 0.24,
        dx: -8,
        textAnchor: 'end',
        text: (row: (typeof rows)[number]) => `${shorten(row.title, narrow ? 12 : 18)}\n${volume(row)}`,
        fill: theme.text,
        clip: false,
      }),
      text(rows, {
        x: 'p50',
        y: (row: (typeof rows)[number]) => row.y + 0.55,
        dx: 5,
        textAnchor: 'start',
        text: (row: (typeof rows)[number]) => `${Math.round(100 * row.p50)} %`,
        ...label(theme.text, theme),
      }),
    ],
  }
}
