import { axisX, axisY, dot, gridX, type PlotOptions, ruleX, ruleY, text } from '@observablehq/plot'
import { formatCount, formatMoney } from '../shared/format.ts'
import {
  baseOptions,
  type Chart,
  type ChartContext,
  type ChartFrame,
  emptyChart,
  label,
  measureWord,
  position,
  type Row,
  shorten,
  textOf,
} from './chart.ts'

interface Group {
  name: string
  customers: number
  year: number
  low: number
  high: number
  cost: number | null
}

const read = (rows: Row[]): Group[] =>
  rows.flatMap((row): Group[] => {
    const [customers, year, low, high] = [row.customers, row.year_drawn, row.year_low, row.year_high].map(position)
    if (customers === null || year === null || low === null || high === null) return []
    const net = position(row.net_each)
    return [
      { name: textOf(row.label), customers: customers!, year: year!, low: low!, high: high!, cost: net === null ? null : year! - net },
    ]
  })

/** First-year profit of customers by how they were won, with its interval, against what winning one cost. Rows of `acquisition_group` of one dimension. */
export function acquisitionQuality(rows: Row[], context: ChartContext, options: { name?: string; by: string; most?: number }): Chart {
  const name = options.name ?? 'acquisition-quality'
  const all = read(rows)
  if (all.length < 2)
    return emptyChart(
      name,
      `Customers by ${options.by}`,
      `The data does not tell customers apart by ${options.by}, or no two groups could be watched a year.`,
      'Import orders of more than a year, and customers with acquisition_source and acquisition_cost.',
    )
  const { currency, locale } = context
  const most = options.most ?? 12
  const worth = (group: Group): number => group.year - (group.cost ?? 0)
  const ranked = [...all].sort((a, b) => worth(b) - worth(a) || (a.name < b.name ? -1 : 1))
  const shown = ranked.length <= most ? ranked : [...ranked.slice(0, Math.ceil(most / 2)), ...ranked.slice(-Math.floor(most / 2))]
  const money = (value: number): string => formatMoney(value, currency, { compact: true, trim: true, locale })
  const [best, worst] = [ranked[0]!, ranked.at(-1)!]
  const costs = all.every(({ cost }) => cost !== null)
  const losing = costs ? ranked.filter((group) => group.high < group.cost!) : []
  const word = measureWord(context)
  const title =
    losing.length > 0
      ? `${losing.map((group) => shorten(group.name, 24)).join(', ')} ${losing.length === 1 ? 'does' : 'do'} not pay back within a year; ${shorten(best.name, 24)} brings ${money(worth(best))} net`
      : `From ${money(worst.year)} (${shorten(worst.name, 24)}) to ${money(best.year)} (${shorten(best.name, 24)}) in the first year`
  const chart = {
    name,
    title,
    summary: `${ranked.map((group) => `${group.name}: ${money(group.year)} in the first year, ${money(group.low)} to ${money(group.high)}${group.cost === null ? '' : `, cost ${money(group.cost)}`}`).join('; ')}.`,
  }
  const height = (): number => shown.length * 30 + 56
  return {
    ...chart,
    subtitle:
      `${word.replace(/^./, (letter) => letter.toUpperCase())} of the first year per customer by ${options.by}, in ${currency}, with 90 % interval` +
      (costs ? '; orange: what winning one cost' : ''),
    notes: [
      'Customers watched a year only; small groups are drawn towards the mean.',
      ...(costs ? [] : ['What winning the customers cost is not known.']),
      ...(shown.length < ranked.length ? [`Shown are the best and the worst of ${formatCount(ranked.length, { locale })}.`] : []),
    ],
    table: {
      columns: [
        { name: 'name', title: 'Group', type: 'text' },
        { name: 'customers', title: 'Customers', type: 'integer', unit: 'customers' },
        { name: 'year', title: 'First year', type: 'money' },
        { name: 'low', title: 'Low', type: 'money' },
        { name: 'high', title: 'High', type: 'money' },
        { name: 'cost', title: 'Cost', type: 'money' },
      ],
      rows: ranked.map((group) => ({
        name: group.name,
        customers: group.customers,
        year: group.year.toFixed(4),
        low: group.low.toFixed(4),
        high: group.high.toFixed(4),
        cost: group.cost === null ? null : group.cost.toFixed(4),
      })),
    },
    empty: null,
    height,
    options: (frame) => groupOptions(chart, frame, height(), shown, money),
  }
}

function groupOptions(
  chart: Pick<Chart, 'name' | 'title' | 'summary'>,
  frame: ChartFrame,
  height: number,
  groups: Group[],
  money: (value: number) => string,
): PlotOptions {
  const { theme, width } = frame
  const narrow = width < 520
  const room = Math.min(narrow ? 120 : 200, Math.max(...groups.map((group) => [...group.name].length)) * 7 + 16)
  const keys = groups.map((_, i) => i)
  const placed = groups.map((group, index) => ({ ...group, index }))
  const priced = placed.filter((group): group is typeof group & { cost: number } => group.cost !== null)
  const low = Math.min(0, ...groups.map((group) => group.low))
  const high = Math.max(...groups.map((group) => Math.max(group.high, group.cost ?? 0)))
  return {
    ...baseOptions(chart, frame, height),
    marginLeft: room,
    marginRight: 64,
    marginTop: 8,
    marginBottom: 36,
    x: { domain: [low, high], nice: true },
    y: { type: 'band', domain: keys, padding: 0.3 },
    marks: [
      gridX({ stroke: theme.grid, strokeOpacity: 1, ticks: narrow ? 3 : 6 }),
      axisX({ ticks: narrow ? 3 : 6, tickSize: 0, label: null, fill: theme.muted, tickFormat: money }),
      axisY({
        tickSize: 0,
        label: null,
        fill: theme.text,
        tickFormat: (i: number) => shorten(groups[i]?.name ?? '', Math.floor((room - 12) / 6.6)),
      }),
      ruleX([0], { stroke: theme.rule }),
      ruleY(placed, { y: 'index', x1: 'low', x2: 'high', stroke: theme.profit, strokeWidth: 3, strokeOpacity: 0.45 }),
      dot(placed, { y: 'index', x: 'year', r: 5, fill: theme.profit }),
      dot(priced, { y: 'index', x: 'cost', r: 5, symbol: 'diamond', fill: theme.loss }),
      text(placed, {
        y: 'index',
        x: (group: Group) => Math.max(group.high, group.cost ?? 0),
        text: (group: Group) => money(group.year - (group.cost ?? 0)),
        textAnchor: 'start',
        dx: 10,
        fontWeight: 600,
        stroke: theme.background,
        strokeWidth: 4,
        fill: (group: Group) => (group.year < (group.cost ?? 0) ? theme.lossText : theme.text),
      }),
    ],
  }
}

const signalMost = 10

/** How much each early fact goes together with later profit. Rows of `acquisition_signal`. */
export function earlySignals(rows: Row[]): Chart {
  const name = 'early-signals'
  const facts = rows
    .flatMap((row) => {
      const explained = position(row.explained)
      return explained === null
        ? []
        : [
            {
              title: textOf(row.title),
              explained,
              atOnce: row.known_at_start === true,
              best: textOf(row.best_group),
              worst: textOf(row.worst_group),
            },
          ]
    })
    .sort((a, b) => b.explained - a.explained)
    .slice(0, signalMost)
  const first = facts[0]
  if (!first)
    return emptyChart(
      name,
      'Early signals',
      'Nobody could be watched a year after the first purchase.',
      'Import orders that reach further back.',
    )
  const share = (value: number): string => `${(100 * value).toFixed(value < 0.1 ? 1 : 0)} %`
  const chart = {
    name,
    title: `${first.title} tells most of what follows in the first year: ${share(first.explained)} of the differences`,
    summary: `${facts.map((fact) => `${fact.title} ${share(fact.explained)}`).join('; ')}.`,
  }
  const height = (): number => facts.length * 30 + 52
  return {
    ...chart,
    subtitle:
      'Share of the differences in later first-year profit between customers that each fact goes together with; open: known only after 90 days',
    notes: ['Going together is not causing: what pushing a fact would do takes a test.'],
    table: {
      columns: [
        { name: 'title', title: 'Fact', type: 'text' },
        { name: 'explained', title: 'Explained', type: 'ratio' },
        { name: 'best', title: 'Best group', type: 'text' },
        { name: 'worst', title: 'Worst group', type: 'text' },
      ],
      rows: facts.map(({ title, explained, best, worst }) => ({ title, explained, best, worst })),
    },
    empty: null,
    height,
    options: (frame) => {
      const { theme, width } = frame
      const room = Math.min(width < 520 ? 150 : 230, Math.max(...facts.map((fact) => fact.title.length)) * 7 + 16)
      const placed = facts.map((fact, index) => ({ ...fact, index }))
      return {
        ...baseOptions(chart, frame, height()),
        marginLeft: room,
        marginRight: 56,
        marginTop: 8,
        marginBottom: 32,
        x: { domain: [0, Math.max(0.01, ...facts.map(({ explained }) => explained))], nice: true },
        y: { type: 'band', domain: placed.map(({ index }) => index), padding: 0.3 },
        marks: [
          gridX({ stroke: theme.grid, strokeOpacity: 1, ticks: 4 }),
          axisX({ ticks: 4, tickSize: 0, label: null, fill: theme.muted, tickFormat: share }),
          axisY({
            tickSize: 0,
            label: null,
            fill: theme.text,
            tickFormat: (i: number) => shorten(facts[i]?.title ?? '', Math.floor((room - 12) / 6.6)),
          }),
          ruleY(placed, { y: 'index', x1: 0, x2: 'explained', stroke: theme.rule }),
          dot(placed, {
            y: 'index',
            x: 'explained',
            r: 5,
            fill: (fact: { atOnce: boolean }) => (fact.atOnce ? theme.profit : theme.background),
            stroke: theme.profit,
            strokeWidth: 1.75,
          }),
          text(placed, {
            y: 'index',
            x: 'explained',
            text: (fact: { explained: number }) => share(fact.explained),
            textAnchor: 'start',
            dx: 10,
            ...label(theme.text, theme),
          }),
        ],
      }
    },
  }
}
