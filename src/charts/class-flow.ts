import { areaY, axisX, type PlotOptions, rect, text } from '@observablehq/plot'
import { formatCount, formatDate } from '../shared/format.ts'
import { baseOptions, type Chart, type ChartContext, type ChartFrame, emptyChart, position, type Row, textOf } from './chart.ts'
import { classNames, classTitle } from './relationship-classes.ts'

export interface ClassFlowInput {
  /** Rows of `relationship_transition` of all segments, each period. */
  moves: Row[]
  /** Rows of `relationship_period`. */
  periods: Row[]
}

interface Link {
  period: number
  from: string
  to: string
  customers: number
}

/** Top to bottom: the closest first, new customers last. */
const order = ['partner', 'friend', 'acquaintance', 'stranger', 'new']

/** How customers flowed between the classes over the last periods, those newly won included. */
export function classFlow({ moves, periods }: ClassFlowInput, context: ChartContext): Chart {
  const name = 'class-flow'
  const { locale } = context
  const links = moves.flatMap((row): Link[] => {
    const [period, customers] = [row.period, row.customers].map(position)
    return period && customers ? [{ period, customers, from: textOf(row.from_class), to: textOf(row.to_class) }] : []
  })
  const last = Math.max(0, ...links.map(({ period }) => period))
  const kept = links.filter(({ period }) => period > last - 4)
  if (kept.length === 0)
    return emptyChart(
      name,
      'How customers flowed',
      'No movement was seen: that takes at least three periods.',
      'Import orders that reach further back.',
    )
  const up = (one: Link): boolean => one.from !== 'new' && classNames.indexOf(one.to as never) > classNames.indexOf(one.from as never)
  const down = (one: Link): boolean => one.from !== 'new' && classNames.indexOf(one.to as never) < classNames.indexOf(one.from as never)
  const count = (which: (one: Link) => boolean): string =>
    formatCount(
      kept.filter((one) => one.period === last && which(one)).reduce((sum, one) => sum + one.customers, 0),
      { locale },
    )
  const title = `In the last period ${count(up)} customers came closer, ${count(down)} moved away and ${count((one) => one.from === 'new')} were won`
  const chart = {
    name,
    title,
    summary: `${kept
      .filter((one) => one.from !== one.to)
      .map((one) => `period ${one.period}, ${one.from} to ${one.to}: ${formatCount(one.customers, { locale })}`)
      .join('; ')}.`,
  }
  const endOf = (period: number): string => {
    const date = textOf(periods.find((row) => position(row.period) === period)?.to_date)
    return date ? formatDate(date, { locale }) : `period ${period}`
  }
  const height = (width: number): number => (width < 520 ? 300 : 360)
  return {
    ...chart,
    subtitle:
      'Customers by class at the end of each period; blue bands came closer, orange ones moved away, grey ones stayed or were newly won',
    notes: [],
    table: {
      columns: [
        { name: 'end', title: 'End of period', type: 'text' },
        { name: 'from', title: 'From', type: 'text' },
        { name: 'to', title: 'To', type: 'text' },
        { name: 'customers', title: 'Customers', type: 'integer', unit: 'customers' },
      ],
      rows: kept.map((one) => ({ end: endOf(one.period), from: one.from, to: one.to, customers: one.customers })),
    },
    empty: null,
    height,
    options: (frame) => options(chart, frame, height(frame.width), { links: kept, last, endOf, up, down }, context),
  }
}

interface Drawing {
  links: Link[]
  last: number
  endOf(period: number): string
  up(one: Link): boolean
  down(one: Link): boolean
}

function options(
  chart: Pick<Chart, 'name' | 'title' | 'summary'>,
  frame: ChartFrame,
  height: number,
  { links, last, endOf, up, down }: Drawing,
  { locale }: ChartContext,
): PlotOptions {
  const { theme, width } = frame
  const narrow = width < 520
  const periods = [...new Set(links.map(({ period }) => period))].sort((a, b) => a - b)
  const columns = [periods[0]! - 1, ...periods]
  const size = (period: number, one: string): number => {
    const arrivals = links.filter((link) => link.period === period && link.to === one).reduce((sum, link) => sum + link.customers, 0)
    const leaving = links.filter((link) => link.period === period + 1 && link.from === one).reduce((sum, link) => sum + link.customers, 0)
    return Math.max(arrivals, leaving)
  }
  const whole = Math.max(...columns.map((period) => order.reduce((sum, one) => sum + size(period, one), 0)))
  const gap = whole * 0.03
  const half = 0.035
  // Where each class begins in each column, from the top.
  const tops = new Map<string, number>()
  for (const period of columns) {
    let y = 0
    for (const one of order) {
      tops.set(`${period} ${one}`, y)
      const tall = size(period, one)
      y += tall + (tall > 0 ? gap : 0)
    }
  }
  const used = new Map<string, number>()
  const take = (key: string, amount: number): number => {
    const from = (tops.get(key) ?? 0) + (used.get(key) ?? 0)
    used.set(key, (used.get(key) ?? 0) + amount)
    return from
  }
  const sorted = [...links].sort(
    (a, b) => a.period - b.period || order.indexOf(a.from) - order.indexOf(b.from) || order.indexOf(a.to) - order.indexOf(b.to),
  )
  const leave = new Map(sorted.map((link) => [link, take(`${link.period - 1} ${link.from}`, link.customers)]))
  used.clear()
  const arrive = new Map(
    [...sorted]
      .sort((a, b) => a.period - b.period || order.indexOf(a.to) - order.indexOf(b.to) || order.indexOf(a.from) - order.indexOf(b.from))
      .map((link) => [link, take(`${link.period} ${link.to}`, link.customers)]),
  )
  const bands = sorted.flatMap((link, z) => {
    const colour = up(link) ? theme.profit : down(link) ? theme.loss : theme.neutral
    const opacity = up(link) || down(link) ? 0.55 : 0.22
    return [
      { x: link.period - 1 + half, y1: leave.get(link)!, y2: leave.get(link)! + link.customers, z, colour, opacity },
      { x: link.period - half, y1: arrive.get(link)!, y2: arrive.get(link)! + link.customers, z, colour, opacity },
    ]
  })
  const nodes = columns.flatMap((period) =>
    order.flatMap((one) => {
      const tall = size(period, one)
      const top = tops.get(`${period} ${one}`)!
      return tall > 0 ? [{ x1: period - half, x2: period + half, x: period, y1: top, y2: top + tall, one, tall }] : []
    }),
  )
  const bottom = Math.max(...nodes.map(({ y2 }) => y2))
  const named = nodes.filter(({ x, tall, one }) => (x === last || (one === 'new' && x === last - 1)) && tall > bottom * 0.015)
  return {
    ...baseOptions(chart, frame, height),
    marginLeft: 12,
    marginRight: narrow ? 92 : 150,
    marginTop: 8,
    marginBottom: 28,
    x: { domain: [columns[0]! - half, last + half], type: 'linear' },
    y: { domain: [0, bottom], reverse: true, axis: null },
    marks: [
      axisX(narrow ? [columns[0]!, last] : columns, {
        tickSize: 0,
        label: null,
        fill: theme.muted,
        tickFormat: (period: number) => endOf(period),
        textAnchor: 'middle',
      }),
      areaY(bands, {
        x: 'x',
        y1: 'y1',
        y2: 'y2',
        z: 'z',
        fill: 'colour',
        fillOpacity: (one: (typeof bands)[number]) => one.opacity,
        curve: 'bump-x',
      }),
      rect(nodes, {
        x1: 'x1',
        x2: 'x2',
        y1: 'y1',
        y2: 'y2',
        fill: (one: { one: string }) => (one.one === 'new' ? theme.grid : theme.text),
      }),
      text(named, {
        x: 'x2',
        y: (one: (typeof nodes)[number]) => (one.y1 + one.y2) / 2,
        text: (one: (typeof nodes)[number]) =>
          `${one.one === 'new' ? 'New' : classTitle(one.one, narrow)} ${formatCount(one.tall, { locale })}`,
        textAnchor: 'start',
        dx: 6,
        fill: theme.text,
        fontWeight: 600,
      }),
    ],
  }
}
