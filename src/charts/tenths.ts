import { axisX, axisY, barY, gridY, type PlotOptions, ruleY, text } from '@observablehq/plot'
import { formatCount, formatMoney, formatShare } from '../shared/format.ts'
import { baseOptions, type Chart, type ChartContext, type ChartFrame, emptyChart, label, measureWord, position, type Row } from './chart.ts'

interface Tenth {
  tenth: number
  customers: number
  share: number
  each: number
}

/** What each tenth of the customers brought in the current period, the best first. Rows of `audit_tenth`. */
export function customerTenths(rows: Row[], context: ChartContext): Chart {
  const name = 'customer-tenths'
  const tenths = rows
    .flatMap((row): Tenth[] => {
      const [tenth, customers, share, measure] = [row.tenth, row.customers, row.measure_share, row.measure].map(position)
      if (row.period !== 'current' || !tenth || !customers || share === null || share === undefined || measure === null) return []
      return [{ tenth, customers, share, each: (measure ?? 0) / customers }]
    })
    .sort((a, b) => a.tenth - b.tenth)
  if (tenths.length === 0)
    return emptyChart(
      name,
      'Customers in tenths',
      'There is no period in which known customers bought.',
      'Import orders with customer ids over two months at least.',
    )
  const { locale, currency } = context
  const word = measureWord(context)
  const count = tenths.reduce((sum, { customers }) => sum + customers, 0)
  const share = (value: number): string => formatShare(value, { locale })
  const each = (value: number): string => formatMoney(value, currency, { compact: true, locale })
  const title = `The best tenth brought ${share(tenths[0]!.share)} of the ${word}, the last ${share(tenths.at(-1)!.share)}`
  const height = (width: number): number => Math.round(Math.min(340, Math.max(240, width * 0.5)))
  const chart = {
    name,
    title,
    summary: `${formatCount(count, { locale })} customers. ${tenths.map((one) => `Tenth ${one.tenth}: ${share(one.share)}, ${each(one.each)} each`).join('; ')}.`,
  }
  return {
    ...chart,
    subtitle: `Share of the ${word} of the current period by tenth of ${formatCount(count, { locale })} customers who bought; the mean of each tenth in ${currency}`,
    notes: [],
    table: {
      columns: [
        { name: 'tenth', title: 'Tenth', type: 'integer' },
        { name: 'customers', title: 'Customers', type: 'integer', unit: 'customers' },
        { name: 'share', title: 'Share', type: 'ratio' },
        { name: 'each', title: 'Each', type: 'money' },
      ],
      rows: tenths.map((one) => ({ ...one, each: one.each.toFixed(4) })),
    },
    empty: null,
    height,
    options: (frame) => tenthOptions(chart, frame, height(frame.width), tenths, share, each),
  }
}

function tenthOptions(
  chart: Pick<Chart, 'name' | 'title' | 'summary'>,
  frame: ChartFrame,
  height: number,
  tenths: Tenth[],
  share: (value: number) => string,
  each: (value: number) => string,
): PlotOptions {
  const { theme, width } = frame
  const narrow = width < 520
  const low = Math.min(0, ...tenths.map((one) => one.share))
  const high = Math.max(0, ...tenths.map((one) => one.share))
  return {
    ...baseOptions(chart, frame, height),
    marginLeft: 48,
    marginRight: 8,
    marginTop: 24,
    marginBottom: 40,
    x: { type: 'band', domain: tenths.map(({ tenth }) => tenth), padding: 0.2 },
    y: { domain: [low * 1.15, high * 1.1] },
    marks: [
      gridY({ stroke: theme.grid, strokeOpacity: 1, ticks: 5 }),
      axisY({ ticks: 5, tickSize: 0, label: null, fill: theme.muted, tickFormat: share }),
      axisX({ tickSize: 0, label: 'tenth of the customers, the best first', labelArrow: 'none', labelAnchor: 'center', fill: theme.muted }),
      barY(tenths, { x: 'tenth', y: 'share', fill: (one: Tenth) => (one.share < 0 ? theme.loss : theme.profit) }),
      ruleY([0], { stroke: theme.rule }),
      text(narrow ? tenths.filter((_, i) => i === 0 || i === tenths.length - 1) : tenths, {
        x: 'tenth',
        y: (one: Tenth) => Math.max(0, one.share),
        text: (one: Tenth) => each(one.each),
        dy: -8,
        ...label(theme.text, theme),
      }),
    ],
  }
}
