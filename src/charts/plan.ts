import { areaY, axisX, axisY, barX, dot, gridX, gridY, lineY, type PlotOptions, ruleX, ruleY, text, tickX } from '@observablehq/plot'
import { formatMoney, formatShare } from '../shared/format.ts'
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
  ticksFor,
} from './chart.ts'

const again = { reason: 'This snapshot holds no investment plan.', next: 'Load orders over at least three periods, then run again.' }
const number = (value: Row[string] | undefined): number => position(value) ?? 0

interface Bar {
  title: string
  effort: number
  low: number
  high: number
  chosen: number
}

/** What each lever gets, with the range over the plans that would be best if things differed. Rows of `plan_item`. */
export function planAllocation(rows: Row[], context: ChartContext): Chart {
  const name = 'plan-allocation'
  const bars = rows
    .map(
      (row): Bar => ({
        title: `${textOf(row.lever)} ${textOf(row.class)}s${row.segment === '(all)' ? '' : `, ${textOf(row.segment)}`}`,
        effort: number(row.effort),
        low: number(row.effort_low),
        high: number(row.effort_high),
        chosen: number(row.chosen),
      }),
    )
    .filter(({ effort, high }) => effort > 0 || high > 0)
    .sort((a, b) => b.effort - a.effort)
  if (bars.length === 0) return emptyChart(name, 'Where the money goes', again.reason, again.next)
  const money = (value: number): string => formatMoney(value, context.currency, { compact: true, locale: context.locale })
  const share = (value: number): string => formatShare(value, { locale: context.locale })
  const spent = bars.reduce((sum, { effort }) => sum + effort, 0)
  const first = bars[0]!
  const title = `${share(first.effort / Math.max(1e-9, spent))} of the money belongs into "${first.title}"`
  const summary = bars.map((bar) => `${bar.title}: ${money(bar.effort)}, in ${share(bar.chosen)} of the scenarios`).join('; ')
  const height = (): number => 56 + 30 * bars.length
  const chart = { name, title, summary }
  return {
    ...chart,
    subtitle: `Money of the coming period by lever, in ${context.currency}; lines show the 5 % to 95 % range over the scenarios' own best plans`,
    notes: ['A long line says that the best amount depends on what is not known yet.'],
    table: {
      columns: [
        { name: 'title', title: 'Lever', type: 'text' },
        { name: 'effort', title: 'Effort', type: 'money' },
        { name: 'low', title: 'Low', type: 'money' },
        { name: 'high', title: 'High', type: 'money' },
        { name: 'chosen', title: 'Chosen', type: 'ratio' },
      ],
      rows: bars.map((bar) => ({ ...bar, effort: bar.effort.toFixed(4), low: bar.low.toFixed(4), high: bar.high.toFixed(4) })),
    },
    empty: null,
    height,
    options: (frame) => {
      const { theme, width } = frame
      const left = Math.min(220, Math.round(width * 0.42))
      const room = Math.floor(left / 6.6)
      return {
        ...baseOptions(chart, frame, height()),
        marginLeft: left,
        marginRight: 56,
        marginTop: 8,
        marginBottom: 36,
        x: { domain: [0, Math.max(...bars.map(({ high, effort }) => Math.max(high, effort)))], nice: true },
        y: { type: 'band', domain: bars.map((bar) => bar.title), padding: 0.35 },
        marks: [
          gridX({ stroke: theme.grid, strokeOpacity: 1, ticks: ticksFor(width - left) }),
          axisX({ ticks: ticksFor(width - left), tickSize: 0, label: null, fill: theme.muted, tickFormat: money }),
          axisY({ tickSize: 0, label: null, fill: theme.text, tickFormat: (value: string) => shorten(value, room) }),
          barX(bars, { x: 'effort', y: 'title', fill: theme.profit }),
          ruleY(bars, { y: 'title', x1: 'low', x2: 'high', stroke: theme.neutral, strokeWidth: 1.5 }),
          tickX(bars, { x: 'low', y: 'title', stroke: theme.neutral, inset: 5 }),
          tickX(bars, { x: 'high', y: 'title', stroke: theme.neutral, inset: 5 }),
          ruleX([0], { stroke: theme.rule }),
        ],
      }
    },
  }
}

interface Point {
  budget: number
  spent: number
  value: number
  low: number
  high: number
}

/** What the best plan is worth at more and less money. Rows of `plan_frontier`; `budget` is today's. */
export function planFrontier(rows: Row[], context: ChartContext, budget: number): Chart {
  const name = 'plan-frontier'
  const points = rows
    .map(
      (row): Point => ({
        budget: number(row.budget),
        spent: number(row.spent),
        value: number(row.value),
        low: number(row.low),
        high: number(row.high),
      }),
    )
    .sort((a, b) => a.budget - b.budget)
  const last = points.at(-1)
  if (!last || points.length < 2) return emptyChart(name, 'Value by budget', again.reason, again.next)
  const money = (value: number): string => formatMoney(value, context.currency, { compact: true, locale: context.locale })
  const now = points.reduce((near, point) => (Math.abs(point.budget - budget) < Math.abs(near.budget - budget) ? point : near))
  const more = last.value - now.value
  const title =
    more > 0.01 * Math.abs(now.value)
      ? `Twice the budget would bring ${money(more)} more`
      : now.spent < 0.95 * now.budget
        ? `More than ${money(now.spent)} would bring back less than it costs`
        : `More money than ${money(now.budget)} would bring hardly anything`
  const chart = {
    name,
    title,
    summary: points
      .map((point) => `${money(point.budget)}: ${money(point.value)} (${money(point.low)} to ${money(point.high)})`)
      .join('; '),
  }
  const height = (width: number): number => Math.round(Math.min(340, Math.max(240, width * 0.5)))
  return {
    ...chart,
    subtitle: `Present value of the best plan, net of its money, by budget of the coming period, in ${context.currency}; band: 5 % to 95 % of the scenarios`,
    notes: [],
    table: {
      columns: [
        { name: 'budget', title: 'Budget', type: 'money' },
        { name: 'spent', title: 'Spent', type: 'money' },
        { name: 'value', title: 'Value', type: 'money' },
        { name: 'low', title: 'Low', type: 'money' },
        { name: 'high', title: 'High', type: 'money' },
      ],
      rows: points.map((point) => Object.fromEntries(Object.entries(point).map(([key, value]) => [key, value.toFixed(4)]))),
    },
    empty: null,
    height,
    options: (frame: ChartFrame): PlotOptions => {
      const { theme, width } = frame
      return {
        ...baseOptions(chart, frame, height(width)),
        marginLeft: 64,
        marginRight: 24,
        marginTop: 20,
        marginBottom: 40,
        y: { nice: true, zero: true },
        marks: [
          gridY({ stroke: theme.grid, strokeOpacity: 1, ticks: 5 }),
          axisY({ ticks: 5, tickSize: 0, label: null, fill: theme.muted, tickFormat: money }),
          axisX({
            ticks: ticksFor(width - 88),
            tickSize: 0,
            label: 'budget',
            labelArrow: 'none',
            labelAnchor: 'center',
            fill: theme.muted,
            tickFormat: money,
          }),
          areaY(points, { x: 'budget', y1: 'low', y2: 'high', fill: theme.profitWash }),
          lineY(points, { x: 'budget', y: 'value', stroke: theme.profit, strokeWidth: 2 }),
          ruleY([0], { stroke: theme.rule }),
          dot([now], { x: 'budget', y: 'value', fill: theme.profit, r: 4 }),
          text([now], { x: 'budget', y: 'value', text: () => `budget ${money(now.budget)}`, dy: -12, ...label(theme.profitText, theme) }),
        ],
      }
    },
  }
}

interface Part {
  part: string
  weight: number
  beta: number
}

/** Which parts of the portfolio move with the rest, and which steady it. Rows of `risk_part`. */
export function riskParts(rows: Row[], context: ChartContext): Chart {
  const name = 'risk-parts'
  const parts = rows
    .flatMap((row): Part[] => {
      const [weight, beta] = [position(row.weight), position(row.beta)]
      return weight === null || beta === null ? [] : [{ part: textOf(row.part), weight, beta }]
    })
    .sort((a, b) => b.beta - a.beta)
  if (parts.length < 2)
    return emptyChart(
      name,
      'Which parts move with the rest',
      'The portfolio does not fall into parts whose cash flow can be compared.',
      'Load customers with segment, industry, channel or country.',
    )
  const share = (value: number): string => formatShare(value, { locale: context.locale })
  const steady = parts.at(-1)!
  const wild = parts[0]!
  const title =
    steady.beta < 0.3
      ? `${steady.part} steadies the portfolio; ${wild.part} moves ${wild.beta.toFixed(1)} times as much`
      : `${wild.part} moves ${wild.beta.toFixed(1)} times as much as the portfolio`
  const chart = {
    name,
    title,
    summary: parts.map(({ part, weight, beta }) => `${part}: ${share(weight)} of net revenue, beta ${beta.toFixed(2)}`).join('; '),
  }
  const height = (): number => 64 + 30 * parts.length
  return {
    ...chart,
    subtitle: 'How much each part moves when the portfolio moves by 1 (customer beta); the size of the dot is its share of net revenue',
    notes: ['Below zero a part falls when the rest rises.'],
    table: {
      columns: [
        { name: 'part', title: 'Part', type: 'text' },
        { name: 'weight', title: 'Share', type: 'ratio' },
        { name: 'beta', title: 'Beta', type: 'number' },
      ],
      rows: parts.map((part) => ({ ...part })),
    },
    empty: null,
    height,
    options: (frame) => {
      const { theme, width } = frame
      const left = Math.min(180, Math.round(width * 0.34))
      return {
        ...baseOptions(chart, frame, height()),
        marginLeft: left,
        marginRight: 24,
        marginTop: 16,
        marginBottom: 40,
        x: { domain: [Math.min(0, ...parts.map(({ beta }) => beta)) - 0.1, Math.max(1.2, ...parts.map(({ beta }) => beta)) + 0.1] },
        y: { type: 'point', domain: parts.map(({ part }) => part), padding: 0.6 },
        r: { range: [3, 14], domain: [0, Math.max(...parts.map(({ weight }) => weight))] },
        marks: [
          gridX({ stroke: theme.grid, strokeOpacity: 1, ticks: ticksFor(width - left) }),
          axisX({
            ticks: ticksFor(width - left),
            tickSize: 0,
            label: 'beta',
            labelArrow: 'none',
            labelAnchor: 'center',
            fill: theme.muted,
          }),
          axisY({ tickSize: 0, label: null, fill: theme.text, tickFormat: (value: string) => shorten(value, Math.floor(left / 6.6)) }),
          ruleX([0], { stroke: theme.rule }),
          ruleX([1], { stroke: theme.neutral, strokeDasharray: '3,3' }),
          dot(parts, {
            x: 'beta',
            y: 'part',
            r: (part: Part) => Math.max(0, part.weight),
            fill: (part: Part) => (part.beta > 1 ? theme.loss : theme.profit),
          }),
        ],
      }
    },
  }
}
