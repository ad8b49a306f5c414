import { formatMoney, formatRatio } from '../shared/format.ts'
import { type Chart, type ChartContext, emptyChart, position, type Row, textOf } from './chart.ts'
import { type IntervalRow, intervalOptions, intervalsHeight } from './intervals.ts'

/** How list and pocket prices moved for the same customer and product, everybody and by segment. Rows of `price_realisation`. */
export function realisationDots(rows: Row[], context: ChartContext): Chart {
  const name = 'price-realisation'
  const found = rows.filter((row) => row.scope !== 'product' && position(row.pocket_change) !== null)
  const [all] = found
  if (!all) {
    return emptyChart(
      name,
      'Prices for the same customer and product',
      'No customer bought the same product in two periods that can be compared.',
      'Import orders of a longer time, with customer and product.',
    )
  }
  const signed = (value: number): string => formatRatio(value, { sign: true, locale: context.locale })
  const bars = found.map((row): IntervalRow => {
    const value = position(row.pocket_change)!
    const list = position(row.list_change)
    const high = position(row.pocket_high)
    return {
      title: textOf(row.title),
      value,
      low: position(row.pocket_low),
      high,
      other: list,
      text: signed(value),
      tone: list !== null && high !== null && high < list ? 'loss' : value > 0 ? 'profit' : value < 0 ? 'loss' : 'neutral',
    }
  })
  const list = position(all.list_change)
  const pocket = position(all.pocket_change)!
  const passed = position(all.pass_through)
  const title =
    list === null
      ? `For the same customer and product prices moved by ${signed(pocket)}`
      : `List prices moved by ${signed(list)}, pocket prices by ${signed(pocket)}${passed === null ? '' : `: ${passed.toFixed(2)} of each 1.00 arrived`}`
  const chart = {
    name,
    title,
    summary: bars
      .map((bar) => `${bar.title}: pocket ${bar.text}${typeof bar.other === 'number' ? `, list ${signed(bar.other)}` : ''}.`)
      .join(' '),
  }
  return {
    ...chart,
    subtitle: `Change between the two periods on matched cells, Fisher index: pocket price (dot, 90 % interval over customers)${list === null ? '' : ' and list price (ring)'}`,
    notes: [],
    table: {
      columns: [
        { name: 'title', title: 'Who', type: 'text' },
        { name: 'list', title: 'List', type: 'ratio' },
        { name: 'pocket', title: 'Pocket', type: 'ratio' },
        { name: 'low', title: 'Low', type: 'ratio' },
        { name: 'high', title: 'High', type: 'ratio' },
        { name: 'cost', title: 'Unit cost', type: 'ratio' },
        { name: 'passed', title: 'List passed on', type: 'number' },
        { name: 'cost_passed', title: 'Cost passed on', type: 'number' },
      ],
      rows: found.map((row) => ({
        title: textOf(row.title),
        list: position(row.list_change),
        pocket: position(row.pocket_change),
        low: position(row.pocket_low),
        high: position(row.pocket_high),
        cost: position(row.cost_change),
        passed: position(row.pass_through),
        cost_passed: position(row.cost_pass_through),
      })),
    },
    empty: null,
    height: () => intervalsHeight(bars.length),
    options: (frame) =>
      intervalOptions(chart, frame, { rows: bars, axis: 'change of price', tick: (value) => `${Math.round(1000 * value) / 10} %` }),
  }
}

/** Which products are bought on price alone: the score with its doubt, the most money first. Rows of `commodity_radar`. */
export function commodityDots(rows: Row[], context: ChartContext, segment = '(all)', most = 14): Chart {
  const name = 'commodity-radar'
  const known = rows.filter((row) => row.segment_id === segment && position(row.score) !== null)
  if (known.length === 0) {
    return emptyChart(
      name,
      'Commoditisation radar',
      'No product has five customers who bought it in both periods.',
      'Import orders of a longer time, with customer and product.',
    )
  }
  const money = (value: unknown): string =>
    formatMoney(String(value), context.currency, { compact: true, sign: true, locale: context.locale })
  const shown = [...known]
    .sort(
      (a, b) =>
        Number(b.score) - Number(a.score) ||
        Number(a.lost_to_price) - Number(b.lost_to_price) ||
        (textOf(a.product_id) < textOf(b.product_id) ? -1 : 1),
    )
    .slice(0, most)
  const bars = shown.map(
    (row): IntervalRow => ({
      title: textOf(row.name),
      value: position(row.score)!,
      low: position(row.score_low),
      high: position(row.score_high),
      text: money(row.lost_to_price),
      tone: row.verdict === 'commoditising' ? 'loss' : 'neutral',
    }),
  )
  const bad = known.filter((row) => row.verdict === 'commoditising')
  const watched = known.filter((row) => row.verdict === 'watch').length
  const title =
    bad.length === 0
      ? `No product is surely turning into a commodity${watched > 0 ? `; ${watched} to watch` : ''}`
      : `${bad.length === 1 ? `${textOf(bad[0]!.name)} is` : `${bad.length} products are`} turning into ${bad.length === 1 ? 'a commodity' : 'commodities'}${watched > 0 ? `; ${watched} more to watch` : ''}`
  const chart = { name, title, summary: bars.map((bar) => `${bar.title} ${bar.value.toFixed(2)}, ${bar.text}.`).join(' ') }
  return {
    ...chart,
    subtitle: `Score of the signals, 0 firm to 1 a commodity, with 90 % interval over customers; behind it what prices brought (${context.currency}); the line is from where a product is watched`,
    notes: [
      'Signals: falling price, list not passed on, breadth, prices converge, dropped, no difference. Not known: why deals were lost, who asked for bids, how volume answers price.',
      ...(known.length > shown.length ? [`The ${shown.length} highest of ${known.length}; the table below has all.`] : []),
    ],
    table: {
      columns: [
        { name: 'name', title: 'Product', type: 'text' },
        { name: 'verdict', title: 'Verdict', type: 'text' },
        { name: 'score', title: 'Score', type: 'number' },
        { name: 'low', title: 'Low', type: 'number' },
        { name: 'high', title: 'High', type: 'number' },
        { name: 'change', title: 'Price change', type: 'ratio' },
        { name: 'effect', title: 'Price effect', type: 'money_sum' },
      ],
      rows: shown.map((row) => ({
        name: textOf(row.name),
        verdict: textOf(row.verdict),
        score: position(row.score),
        low: position(row.score_low),
        high: position(row.score_high),
        change: position(row.price_change),
        effect: textOf(row.lost_to_price),
      })),
    },
    empty: null,
    height: () => intervalsHeight(bars.length),
    options: (frame) =>
      intervalOptions(chart, frame, { rows: bars, axis: 'score', tick: (value) => value.toFixed(1), lines: [0.4], domain: [0, 1] }),
  }
}
