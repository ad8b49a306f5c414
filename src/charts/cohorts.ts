import { areaY, axisX, axisY, cell, dot, gridY, lineY, type PlotOptions, ruleY, text } from '@observablehq/plot'
import { formatCount, formatDate, formatMoney, formatShare } from '../shared/format.ts'
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
  textOf,
} from './chart.ts'

/** What a cohort chart shows. */
export type CohortMeasure = 'retention' | 'active' | 'orders' | 'revenue' | 'measure' | 'each' | 'cumulative' | 'payback'

interface CohortCell {
  cohort: string
  age: number
  period: string
  complete: boolean
  customers: number
  active: number
  orders: number
  revenue: number
  measure: number
  cumulative: number
  cost: number | null
  low: number | null
  high: number | null
}

const read = (rows: Row[], grain: string): CohortCell[] =>
  rows
    .flatMap((row): CohortCell[] => {
      if (row.grain !== grain) return []
      const number = (name: string): number => position(row[name]) ?? 0
      return [
        {
          cohort: textOf(row.cohort),
          age: number('age'),
          period: textOf(row.period),
          complete: row.complete === true,
          customers: number('customers'),
          active: number('active'),
          orders: number('orders'),
          revenue: number('revenue'),
          measure: number('measure'),
          cumulative: number('cumulative_measure'),
          cost: position(row.acquisition_cost),
          low: position(row.retention_low),
          high: position(row.retention_high),
        },
      ]
    })
    .sort((a, b) => (a.cohort === b.cohort ? a.age - b.age : a.cohort < b.cohort ? -1 : 1))

/** The name of a period: `2024`, `Q3 2024`, `Mar 2024`, `4 Mar 2024`. */
export function cohortName(date: string, grain: string): string {
  const [year, month] = date.split('-')
  if (grain === 'year') return year!
  if (grain === 'quarter') return `Q${Math.floor((Number(month) - 1) / 3) + 1} ${year}`
  return grain === 'month' ? formatDate(date).replace(/^\d+ /, '') : formatDate(date)
}

const titles: Record<CohortMeasure, string> = {
  retention: 'Share of the cohort that bought in the period',
  active: 'Customers who bought in the period',
  orders: 'Orders in the period',
  revenue: 'Net revenue of the period',
  measure: 'Profit measure of the period',
  each: 'Profit measure of the period, per customer of the cohort',
  cumulative: 'Profit measure so far, per customer of the cohort',
  payback: 'Profit measure so far, over what winning the cohort cost',
}

function cellValue(one: CohortCell, measure: CohortMeasure): number | null {
  const per = one.customers > 0 ? one.customers : null
  if (measure === 'retention') return per && one.active / per
  if (measure === 'each') return per && one.measure / per
  if (measure === 'cumulative') return per && one.cumulative / per
  if (measure === 'payback') return one.cost !== null && one.cost > 0 ? one.cumulative / one.cost : null
  return one[measure]
}

const showIn =
  ({ currency, locale }: ChartContext, measure: CohortMeasure) =>
  (value: number): string =>
    measure === 'retention'
      ? formatShare(value, { locale })
      : measure === 'payback'
        ? `${value.toFixed(1)}×`
        : measure === 'active' || measure === 'orders'
          ? formatCount(Math.round(value), { locale })
          : formatMoney(value, currency, { compact: true, trim: true, locale })

const nothing = ['No known customer bought.', 'Import orders with customer ids.'] as const

/** Most cohorts that are drawn: the latest. */
const mostCohorts = 40

/** Cohort by age as a triangle: the darker, the more. Rows of `cohort` of one length. */
export function cohortTriangle(rows: Row[], context: ChartContext, options: { grain: string; measure: CohortMeasure }): Chart {
  const { grain, measure } = options
  const name = 'cohort-triangle'
  const all = read(rows, grain)
  const cohorts = [...new Set(all.map(({ cohort }) => cohort))].slice(-mostCohorts)
  const first = new Set(cohorts)
  const shown = all.filter((one) => first.has(one.cohort))
  const cells = shown.flatMap((one) => {
    const value = cellValue(one, measure)
    return value === null ? [] : [{ ...one, value }]
  })
  if (shown.length === 0) return emptyChart(name, 'Cohorts', ...nothing)
  if (cells.length === 0)
    return emptyChart(
      name,
      'Profit so far against acquisition cost',
      'What winning the customers cost is not known.',
      'Import customers with acquisition_cost: what winning each of them cost.',
    )
  const show = showIn(context, measure)
  const title = triangleTitle(cells, grain, measure, show)
  const height = (): number => 52 + cohorts.length * (cohorts.length > 20 ? 20 : 26)
  const chart = {
    name,
    title,
    summary: `${cohorts.length} cohorts from ${cohortName(cohorts[0]!, grain)} to ${cohortName(cohorts.at(-1)!, grain)}. ${title}.`,
  }
  // At age 0 every customer of the cohort is active; colour is for what comes after.
  const coloured = measure === 'retention' ? cells.filter(({ age }) => age > 0) : cells
  return {
    ...chart,
    subtitle: `${titles[measure]}, by cohort (down) and ${grain}s since (across)`,
    notes: [
      ...(cells.some(({ complete }) => !complete) ? ['Faint: periods that the data covers only in part.'] : []),
      ...(first.size < new Set(all.map(({ cohort }) => cohort)).size
        ? [`Shown are the latest ${mostCohorts} cohorts; the table holds all.`]
        : []),
    ],
    table: {
      columns: [
        { name: 'cohort', title: 'Cohort', type: 'text' },
        { name: 'customers', title: 'Customers', type: 'integer', unit: 'customers' },
        { name: 'age', title: 'Age', type: 'integer', unit: `${grain}s` },
        { name: 'value', title: titles[measure], type: measure === 'retention' ? 'ratio' : 'number' },
      ],
      rows: cells.map((one) => ({ cohort: cohortName(one.cohort, grain), customers: one.customers, age: one.age, value: one.value })),
    },
    empty: null,
    height,
    options: (frame) => triangleOptions(chart, frame, height(), cells, coloured, cohorts, grain, show),
  }
}

type Valued = CohortCell & { value: number }

function triangleTitle(cells: Valued[], grain: string, measure: CohortMeasure, show: (value: number) => string): string {
  const at = (age: number) => cells.filter((one) => one.age === age && one.complete)
  const mean = (some: Valued[]) =>
    some.reduce((sum, one) => sum + one.value * one.customers, 0) / some.reduce((sum, one) => sum + one.customers, 0)
  const ages = [...new Set(cells.map(({ age }) => age))].filter((age) => at(age).length >= 2)
  const late = ages.filter((age) => age <= { week: 26, month: 12, quarter: 4, year: 1 }[grain]!).at(-1) ?? 0
  if (measure === 'retention' && late > 1)
    return `${show(mean(at(1)))} bought again in the first ${grain} after their own, ${show(mean(at(late)))} in ${grain} ${late}`
  if ((measure === 'cumulative' || measure === 'payback') && late > 0)
    return `A customer brought ${show(mean(at(0)))}${measure === 'payback' ? ' of what winning it cost' : ''} in the first ${grain} and ${show(mean(at(late)))} by ${grain} ${late}`
  return `${titles[measure]}: ${cells.length} cells`
}

function triangleOptions(
  chart: Pick<Chart, 'name' | 'title' | 'summary'>,
  frame: ChartFrame,
  height: number,
  cells: Valued[],
  coloured: Valued[],
  cohorts: string[],
  grain: string,
  show: (value: number) => string,
): PlotOptions {
  const { theme, width } = frame
  const ages = Math.max(...cells.map(({ age }) => age)) + 1
  const left = grain === 'week' ? 84 : 70
  const room = (width - left - 60) / ages
  const low = Math.min(0, ...coloured.map(({ value }) => value))
  const high = Math.max(...coloured.map(({ value }) => value), low + 1e-9)
  const strength = (one: Valued): number => 0.06 + 0.94 * Math.max(0, Math.min(1, one.value / (one.value < 0 ? low : high)))
  const every = Math.max(1, Math.ceil(ages / Math.max(1, Math.floor((width - left) / 36))))
  return {
    ...baseOptions(chart, frame, height),
    marginLeft: left,
    marginRight: 52,
    marginTop: 26,
    marginBottom: 8,
    x: { type: 'band', domain: Array.from({ length: ages }, (_, age) => age), padding: ages > 60 ? 0 : 0.04 },
    y: { type: 'band', domain: cohorts, padding: cohorts.length > 60 ? 0 : 0.06 },
    marks: [
      axisX({
        anchor: 'top',
        tickSize: 0,
        label: null,
        fill: theme.muted,
        ticks: Array.from({ length: ages }, (_, age) => age).filter((age) => age % every === 0),
      }),
      axisY({ tickSize: 0, label: null, fill: theme.muted, tickFormat: (date: string) => cohortName(date, grain) }),
      cell(cells, {
        x: 'age',
        y: 'cohort',
        fill: (one: Valued) => (one.value < 0 ? theme.loss : theme.profit),
        fillOpacity: (one: Valued) => strength(one) * (one.complete ? 1 : 0.45),
      }),
      room >= 34
        ? text(cells, {
            x: 'age',
            y: 'cohort',
            text: (one: Valued) => show(one.value),
            fill: (one: Valued) => (strength(one) * (one.complete ? 1 : 0.45) > 0.62 ? theme.background : theme.text),
            fontSize: 11,
          })
        : null,
      text(
        cohorts.map((cohort) => cells.find((one) => one.cohort === cohort && one.age === 0)).filter((one) => one !== undefined),
        {
          y: 'cohort',
          frameAnchor: 'right',
          dx: 48,
          textAnchor: 'end',
          text: (one: Valued) => formatCount(one.customers),
          fill: theme.muted,
          fontSize: 11,
        },
      ),
    ],
  }
}

/** The same age of every cohort on one axis: profit so far per customer, against what winning one cost where that is known. Rows of `cohort`. */
export function cohortCurves(rows: Row[], context: ChartContext, options: { grain: string }): Chart {
  const { grain } = options
  const name = 'cohort-curves'
  const cells = read(rows, grain).filter(({ complete, customers }) => complete && customers > 0)
  const cohorts = [...new Set(cells.map(({ cohort }) => cohort))]
  if (cohorts.length < 2)
    return emptyChart(name, 'Cohorts at the same age', 'There are no two cohorts to compare.', 'Import orders that reach further back.')
  const { locale, currency } = context
  const money = (value: number): string => formatMoney(value, currency, { compact: true, trim: true, locale })
  const points = cells.map((one) => ({
    ...one,
    value: one.cumulative / one.customers,
    cost: one.cost === null ? null : one.cost / one.customers,
  }))
  const age = Math.max(...cells.filter(({ age: a }) => cells.filter((one) => one.age === a).length >= 2).map(({ age: a }) => a))
  const same = points.filter((one) => one.age === Math.min(age, { week: 26, month: 6, quarter: 2, year: 1 }[grain] ?? 1))
  const [oldest, newest] = [same[0]!, same.at(-1)!]
  const title = `At ${oldest.age === 1 ? `one ${grain}` : `${oldest.age} ${grain}s`} of age the oldest cohort had brought ${money(oldest.value)} a customer, the newest ${money(newest.value)}`
  const costs = points.filter((one) => one.age === 0 && one.cost !== null)
  const cost =
    costs.length > 0
      ? costs.reduce((sum, one) => sum + one.cost! * one.customers, 0) / costs.reduce((sum, one) => sum + one.customers, 0)
      : null
  const height = (width: number): number => Math.round(Math.min(360, Math.max(260, width * 0.5)))
  const chart = { name, title, summary: `${cohorts.length} cohorts. ${title}.` }
  return {
    ...chart,
    subtitle:
      `${measureWord(context).replace(/^./, (letter) => letter.toUpperCase())} so far per customer of the cohort, by ${grain}s since the first purchase; older cohorts grey, newer blue` +
      (cost === null ? '' : '; dashed: what winning a customer cost'),
    notes: cost === null ? ['What winning the customers cost is not known; with it the chart shows when each cohort has paid back.'] : [],
    table: {
      columns: [
        { name: 'cohort', title: 'Cohort', type: 'text' },
        { name: 'age', title: 'Age', type: 'integer', unit: `${grain}s` },
        { name: 'value', title: 'So far per customer', type: 'money' },
      ],
      rows: points.map((one) => ({ cohort: cohortName(one.cohort, grain), age: one.age, value: one.value.toFixed(4) })),
    },
    empty: null,
    height,
    options: (frame) => curveOptions(chart, frame, height(frame.width), points, cohorts, grain, cost, money),
  }
}

function curveOptions(
  chart: Pick<Chart, 'name' | 'title' | 'summary'>,
  frame: ChartFrame,
  height: number,
  points: { cohort: string; age: number; value: number }[],
  cohorts: string[],
  grain: string,
  cost: number | null,
  money: (value: number) => string,
): PlotOptions {
  const { theme } = frame
  const newness = (cohort: string): number => cohorts.indexOf(cohort) / Math.max(1, cohorts.length - 1)
  const ends = [cohorts[0]!, cohorts.at(-2) ?? cohorts[0]!].flatMap((cohort) => points.filter((one) => one.cohort === cohort).at(-1) ?? [])
  return {
    ...baseOptions(chart, frame, height),
    marginLeft: 56,
    marginRight: 76,
    marginTop: 16,
    marginBottom: 40,
    x: { domain: [0, Math.max(1, ...points.map(({ age }) => age))] },
    y: { nice: true, zero: true },
    marks: [
      gridY({ stroke: theme.grid, strokeOpacity: 1, ticks: 5 }),
      axisY({ ticks: 5, tickSize: 0, label: null, fill: theme.muted, tickFormat: money }),
      axisX({
        ticks: 8,
        tickSize: 0,
        label: `${grain}s since the first purchase`,
        labelArrow: 'none',
        labelAnchor: 'center',
        fill: theme.muted,
      }),
      ...cohorts.map((cohort) =>
        lineY(
          points.filter((one) => one.cohort === cohort),
          {
            x: 'age',
            y: 'value',
            stroke: newness(cohort) < 0.5 ? theme.neutral : theme.profit,
            strokeOpacity: 0.25 + 0.65 * Math.abs(2 * newness(cohort) - 1),
            strokeWidth: 1.5,
          },
        ),
      ),
      dot(
        points.filter((one) => points.filter(({ cohort }) => cohort === one.cohort).length === 1),
        { x: 'age', y: 'value', r: 2, fill: theme.profit },
      ),
      cost === null ? null : ruleY([cost], { stroke: theme.lossText, strokeDasharray: '5 4', strokeWidth: 1.5 }),
      cost === null
        ? null
        : text([cost], {
            y: (value: number) => value,
            frameAnchor: 'right',
            dx: 4,
            textAnchor: 'start',
            text: () => `cost ${money(cost)}`,
            ...label(theme.lossText, theme),
          }),
      ruleY([0], { stroke: theme.rule }),
      text(ends, {
        x: 'age',
        y: 'value',
        dx: 6,
        textAnchor: 'start',
        text: (one: { cohort: string }) => cohortName(one.cohort, grain),
        ...label(theme.text, theme),
      }),
    ],
  }
}

/** What each period lives on: its profit by the year in which its customers were won. Rows of `cohort` by quarter. */
export function cohortStack(rows: Row[], context: ChartContext): Chart {
  const name = 'cohort-stack'
  const cells = read(rows, 'quarter').filter(({ complete }) => complete)
  const periods = [...new Set(cells.map(({ period }) => period))].sort()
  const years = [...new Set(cells.map(({ cohort }) => cohort.slice(0, 4)))].sort()
  if (periods.length < 2)
    return emptyChart(
      name,
      'What each quarter lives on',
      'The data covers fewer than two whole quarters.',
      'Import orders that reach further back.',
    )
  const { locale, currency } = context
  const money = (value: number): string => formatMoney(value, currency, { compact: true, trim: true, locale })
  const points = periods.flatMap((period) =>
    years.map((year) => ({
      period,
      year,
      value: cells.filter((one) => one.period === period && one.cohort.startsWith(year)).reduce((sum, one) => sum + one.measure, 0),
    })),
  )
  const last = periods.at(-1)!
  const total = points.filter((one) => one.period === last).reduce((sum, { value }) => sum + value, 0)
  const latest = points.find((one) => one.period === last && one.year === last.slice(0, 4))?.value ?? 0
  const word = measureWord(context)
  const title =
    total > 0
      ? `In ${cohortName(last, 'quarter')} ${formatShare(latest / total, { locale })} of the ${word} came from customers won in ${last.slice(0, 4)}`
      : `What each quarter lives on`
  const height = (width: number): number => Math.round(Math.min(360, Math.max(260, width * 0.5)))
  const chart = { name, title, summary: `${periods.length} quarters, customers won in ${years.join(', ')}. ${title}.` }
  return {
    ...chart,
    subtitle: `${word.replace(/^./, (letter) => letter.toUpperCase())} by quarter in ${currency}, in layers by the year in which the customers first bought, the oldest below`,
    notes: ['Quarters that the data covers whole. In the first year of the data old customers look new.'],
    table: {
      columns: [
        { name: 'period', title: 'Quarter', type: 'text' },
        { name: 'year', title: 'Won in', type: 'text' },
        { name: 'value', title: word.replace(/^./, (letter) => letter.toUpperCase()), type: 'money' },
      ],
      rows: points.map(({ period, year, value }) => ({ period: cohortName(period, 'quarter'), year, value: value.toFixed(4) })),
    },
    empty: null,
    height,
    options: (frame) => stackOptions(chart, frame, height(frame.width), points, periods, years, money),
  }
}

function stackOptions(
  chart: Pick<Chart, 'name' | 'title' | 'summary'>,
  frame: ChartFrame,
  height: number,
  points: { period: string; year: string; value: number }[],
  periods: string[],
  years: string[],
  money: (value: number) => string,
): PlotOptions {
  const { theme, width } = frame
  const at = new Map(periods.map((period, i) => [period, i]))
  const placed = points.map((one) => ({ ...one, x: at.get(one.period)! }))
  let below = 0
  const labels = years.map((year) => {
    const value = Math.max(0, placed.find((one) => one.year === year && one.x === periods.length - 1)!.value)
    below += value
    return { year, y: below - value / 2, value }
  })
  const every = Math.max(1, Math.ceil(periods.length / Math.max(2, Math.floor((width - 110) / 72))))
  return {
    ...baseOptions(chart, frame, height),
    marginLeft: 56,
    marginRight: 48,
    marginTop: 16,
    marginBottom: 32,
    x: { domain: [0, periods.length - 1] },
    y: { nice: true, zero: true },
    marks: [
      gridY({ stroke: theme.grid, strokeOpacity: 1, ticks: 5 }),
      axisY({ ticks: 5, tickSize: 0, label: null, fill: theme.muted, tickFormat: money }),
      axisX({
        tickSize: 0,
        label: null,
        fill: theme.muted,
        ticks: periods.map((_, i) => i).filter((i) => i % every === 0),
        tickFormat: (i: number) => cohortName(periods[i] ?? periods[0]!, 'quarter'),
      }),
      areaY(placed, {
        x: 'x',
        y: 'value',
        z: 'year',
        order: years,
        fill: theme.profit,
        fillOpacity: (one: { year: string }) => 0.25 + (0.7 * (years.indexOf(one.year) + 1)) / years.length,
        stroke: theme.background,
        strokeWidth: 1,
      }),
      ruleY([0], { stroke: theme.rule }),
      text(
        labels.filter(({ value }) => value > 0.04 * below),
        { x: periods.length - 1, y: 'y', dx: 6, textAnchor: 'start', text: 'year', ...label(theme.text, theme) },
      ),
    ],
  }
}
