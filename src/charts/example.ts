import { ratioOf, subtractDecimals, sumDecimals } from '../shared/decimal.ts'
import type { Cell, Row } from '../warehouse/port.ts'

/**
 * A small made-up company worked out to the cent, for tests and pictures of charts and reports: 60 customers, 12 products, 24 months;
 * one giant that loses money, one small customer that pays well, one lost and one new customer of weight, the last month half covered.
 */
export interface ExampleTables {
  customer_profit: Row[]
  product_profit: Row[]
  month_profit: Row[]
  layer: Row[]
  whale_curve: Row[]
  concentration: Row[]
  period: Row[]
  bridge: Row[]
  customer_change: Row[]
}

interface Line {
  customer: number
  product: number
  month: number
  quantity: number
  /** Cents. */
  list: number
  invoice: number
  cost: number | null
}

const names = [
  'Aldermann & Söhne',
  'Baltic Tools OÜ',
  'Castell Iberia',
  'Dunmore Ltd',
  'Εργαλεία Αθήνα',
  'Fjordverk AS',
  'Грань',
  'Hilltop <Supply>',
]
const customerCount = 60
const productCount = 12
const monthCount = 24

/** `withCost: false` leaves list prices and costs out, as a plain order file does. */
export function examplePortfolio(options: { withCost?: boolean } = {}): ExampleTables {
  const withCost = options.withCost ?? true
  const lines = makeLines()
  const customers = [...Array(customerCount).keys(), -1]
  const id = (customer: number): string => (customer < 0 ? '(unidentified)' : `K-${String(customer + 1).padStart(4, '0')}`)
  const name = (customer: number): string =>
    customer < 0
      ? '(unidentified)'
      : (names[customer] ?? `${['Norden', 'Ostrava', 'Lumen', 'Verde', 'Quarry', 'Tessin'][customer % 6]} ${customer + 1}`)

  const profits = customers.map((customer) => ({
    customer,
    ...layersOf(
      lines.filter((line) => line.customer === customer),
      withCost,
    ),
  }))
  const measureOf = (row: { contribution: string | null; net_revenue: string }): string => row.contribution ?? row.net_revenue
  const identified = profits.filter((row) => row.customer >= 0)
  const total = sumDecimals(identified.map(measureOf))
  const rankBy = (value: (row: (typeof profits)[number]) => string): Map<number, number> =>
    new Map(
      [...identified]
        .sort((a, b) => Number(value(b)) - Number(value(a)) || a.customer - b.customer)
        .map((row, index) => [row.customer, index + 1]),
    )
  const ranks = rankBy(measureOf)
  const revenueRanks = rankBy((row) => row.net_revenue)
  const ordered = [...identified].sort((a, b) => ranks.get(a.customer)! - ranks.get(b.customer)!)
  const cumulative = ordered.map((_, index) => sumDecimals(ordered.slice(0, index + 1).map(measureOf)))

  const customer_profit: Row[] = profits.map((row) => {
    const { customer, ...layers } = row
    const rank = ranks.get(customer) ?? null
    const months = lines.filter((line) => line.customer === customer && line.quantity > 0).map((line) => line.month)
    return {
      customer_id: id(customer),
      name: name(customer),
      identified: customer >= 0,
      country: customer < 0 ? null : ['DE', 'EE', 'ES', 'GB', 'GR', 'NO'][customer % 6]!,
      segment_id: customer < 0 ? null : customer < 8 ? 'key' : 'standard',
      first_order_date: dateOf(Math.min(...months)),
      last_order_date: dateOf(Math.max(...months)),
      orders: new Set(months).size,
      lines: lines.filter((line) => line.customer === customer).length,
      ...layers,
      measure: measureOf(row),
      margin:
        layers.contribution === null
          ? null
          : ratioOf(layers.contribution, subtractDecimals(layers.net_revenue, layers.revenue_without_cost ?? '0')),
      measure_rank: rank,
      revenue_rank: revenueRanks.get(customer) ?? null,
      measure_share: rank === null ? null : ratioOf(measureOf(row), total),
      cumulative_share: rank === null ? null : ratioOf(cumulative[rank - 1]!, total),
    }
  })

  const product_profit: Row[] = [...Array(productCount).keys()].map((product) => {
    const own = lines.filter((line) => line.product === product)
    return {
      product_id: `P-${100 + product}`,
      name: ['Angle grinder', 'Bolt set', 'Clamp', 'Drill', 'Epoxy', 'File'][product % 6] + (product < 6 ? '' : ' XL'),
      customers: new Set(own.filter((line) => line.customer >= 0).map((line) => line.customer)).size,
      lines: own.length,
      quantity: `${own.reduce((sum, line) => sum + line.quantity, 0)}.0000`,
      ...layersOf(own, withCost),
    }
  })

  const month_profit: Row[] = [...Array(monthCount).keys()].map((month) => {
    const own = lines.filter((line) => line.month === month)
    return {
      month: dateOf(month),
      complete: month < monthCount - 1,
      customers: new Set(own.filter((line) => line.customer >= 0 && line.quantity > 0).map((line) => line.customer)).size,
      orders: new Set(own.map((line) => line.customer)).size,
      lines: own.length,
      ...layersOf(own, withCost),
    }
  })

  const all = layersOf(lines, withCost)
  const known = layersOf(
    lines.filter((line) => line.customer >= 0),
    withCost,
  )
  const layer: Row[] = layerTitles.map(([column, title, role], index) => ({
    layer: column,
    position: index + 1,
    title,
    role,
    amount: all[column],
    identified_amount: known[column],
    covered_share: all[column] === null ? null : 1,
    available: all[column] !== null,
    reason:
      all[column] === null
        ? column === 'list_revenue' || column === 'discounts'
          ? 'the files hold no list price'
          : 'the files hold no product cost'
        : null,
    unlock:
      all[column] === null
        ? column === 'list_revenue' || column === 'discounts'
          ? 'a list price or discount column in the order lines'
          : 'a cost per product, or a cost column in the order lines'
        : null,
  }))

  const whale_curve: Row[] = ordered.map((row, index) => ({
    rank: index + 1,
    customer_share: (index + 1) / ordered.length,
    customer_id: id(row.customer),
    measure: measureOf(row),
    cumulative: cumulative[index]!,
    cumulative_share: ratioOf(cumulative[index]!, total),
  }))

  return {
    customer_profit,
    product_profit,
    month_profit,
    layer,
    whale_curve,
    concentration: concentrationOf(ordered.map((row) => Number(measureOf(row)))),
    ...changesOf(lines, withCost, id, name),
  }
}

type Column =
  | 'list_revenue'
  | 'discounts'
  | 'invoiced_revenue'
  | 'returns'
  | 'net_revenue'
  | 'revenue_without_cost'
  | 'product_cost'
  | 'contribution'

const layerTitles: [Column, string, string][] = [
  ['list_revenue', 'List revenue', 'level'],
  ['discounts', 'Discounts', 'step'],
  ['invoiced_revenue', 'Invoiced revenue', 'level'],
  ['returns', 'Returns', 'step'],
  ['net_revenue', 'Net revenue', 'level'],
  ['revenue_without_cost', 'Revenue without cost', 'step'],
  ['product_cost', 'Product cost', 'step'],
  ['contribution', 'Contribution', 'level'],
]

const money = (cents: number): string => {
  const sign = cents < 0 ? '-' : ''
  const digits = String(Math.abs(cents)).padStart(3, '0')
  return `${sign}${digits.slice(0, -2)}.${digits.slice(-2)}00`
}

const dateOf = (month: number): string => `${2024 + Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}-01`

function layersOf(
  lines: Line[],
  withCost: boolean,
): Record<Exclude<Column, 'invoiced_revenue' | 'returns' | 'net_revenue'>, string | null> &
  Record<'invoiced_revenue' | 'returns' | 'net_revenue', string> {
  const sum = (value: (line: Line) => number, keep: (line: Line) => boolean = () => true): number =>
    lines.filter(keep).reduce((total, line) => total + value(line), 0)
  const sold = (line: Line): boolean => line.quantity > 0
  const list = sum((line) => line.list, sold)
  const invoiced = sum((line) => line.invoice, sold)
  const returns = sum(
    (line) => line.invoice,
    (line) => !sold(line),
  )
  const unknown = sum(
    (line) => line.invoice,
    (line) => line.cost === null,
  )
  const cost = sum((line) => line.cost ?? 0)
  return {
    list_revenue: withCost ? money(list) : null,
    discounts: withCost ? money(list - invoiced) : null,
    invoiced_revenue: money(invoiced),
    returns: money(returns),
    net_revenue: money(invoiced + returns),
    revenue_without_cost: withCost ? money(unknown) : null,
    product_cost: withCost ? money(cost) : null,
    contribution: withCost ? money(invoiced + returns - unknown - cost) : null,
  }
}

function makeLines(): Line[] {
  let state = 20260131
  const random = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
  const lines: Line[] = []
  for (let month = 0; month < monthCount; month++) {
    for (let customer = -1; customer < customerCount; customer++) {
      if (customer === 5 && month >= 12) continue
      if (customer === 7 && month < 13) continue
      const size = customer < 0 ? 4 : 120 / (customer + 2) ** 1.1
      if (customer > 7 && random() > 0.35) continue
      const half = month === monthCount - 1 ? 0.5 : 1
      const share =
        customer === 0 ? 0.62 : customer === 4 ? 0.62 : customer === 31 ? 0.95 : customer >= 42 ? 0.6 + 0.1 * random() : 1 - 0.16 * random()
      for (let item = 0; item < 3; item++) {
        const product = Math.floor(random() * productCount)
        const quantity = Math.max(1, Math.round(size * half * (0.6 + random())))
        const price = 1900 + product * 700 + (month >= 12 ? 60 : 0)
        const list = price * quantity
        const cost = Math.round((1250 + product * 470 + (month >= 12 ? 45 : 0)) * quantity)
        lines.push({ customer, product, month, quantity, list, invoice: Math.round(list * share), cost: product === 11 ? null : cost })
        if (random() < (customer === 2 ? 0.3 : 0.05)) {
          const back = Math.max(1, Math.round(quantity * 0.4))
          const unit = Math.round((list * share) / quantity)
          lines.push({
            customer,
            product,
            month,
            quantity: -back,
            list: 0,
            invoice: -unit * back,
            cost: product === 11 ? null : -Math.round((cost / quantity) * back),
          })
        }
      }
    }
  }
  return lines
}

function concentrationOf(measures: number[]): Row[] {
  const total = measures.reduce((sum, value) => sum + value, 0)
  const top = (share: number): number =>
    measures.slice(0, Math.ceil(measures.length * share)).reduce((sum, value) => sum + value, 0) / total
  const gains = measures.filter((value) => value > 0).reduce((sum, value) => sum + value, 0)
  const losers = measures.filter((value) => value < 0).length / measures.length
  const row = (
    position: number,
    index: string,
    group: string,
    title: string,
    value: number,
    spread: number,
    unit: string,
    formula: string,
    meaning: string,
  ): Row => ({
    index,
    group,
    position,
    title,
    value,
    low: Math.max(0, value - spread),
    high: value + spread,
    unit,
    interval: '90 % bootstrap interval over customers',
    formula,
    meaning,
    reason: null,
  })
  return [
    row(
      1,
      'top_10',
      'dependence',
      'Share of the best 10 % of customers',
      top(0.1),
      0.08,
      'ratio',
      'D(10) = W(10 %) / T',
      'How much hangs on few customers.',
    ),
    row(
      2,
      'top_20',
      'dependence',
      'Share of the best 20 % of customers',
      top(0.2),
      0.07,
      'ratio',
      'D(20) = W(20 %) / T',
      'The 20/225 statement.',
    ),
    row(
      3,
      'peak_ratio',
      'profit',
      'Peak of the whale curve',
      gains / total,
      0.11,
      'ratio',
      'P = max C(k)',
      'What profit would be without loss makers.',
    ),
    row(
      4,
      'share_unprofitable',
      'profit',
      'Customers that lose money',
      losers,
      0.05,
      'ratio',
      'customers below zero / customers',
      'How many cost more than they bring.',
    ),
    row(
      5,
      'subsidy_ratio',
      'profit',
      'Profit eaten by loss makers',
      (gains - total) / gains,
      0.06,
      'ratio',
      '(P - 1) / P',
      'Share of gross profit that losses take back.',
    ),
    row(6, 'gini', 'profit', 'Gini of profit', 0.71, 0.04, 'index', 'G = 2 x gap', 'How unevenly profit is spread.'),
    row(
      7,
      'customers_to_zero',
      'vulnerability',
      'Customers whose loss ends profit',
      4,
      1,
      'customers',
      'smallest k with T - W(k) <= 0',
      'How few customers carry all.',
    ),
  ]
}

function changesOf(
  lines: Line[],
  withCost: boolean,
  id: (customer: number) => string,
  name: (customer: number) => string,
): Pick<ExampleTables, 'period' | 'bridge' | 'customer_change'> {
  const halves = [lines.filter((line) => line.month < 12), lines.filter((line) => line.month >= 12)] as const
  const value = (line: Line): number => (withCost ? (line.cost === null ? 0 : line.invoice - line.cost) : line.invoice)
  const sum = (part: Line[], of: (line: Line) => number): number => part.reduce((total, line) => total + of(line), 0)
  const period: Row[] = halves.map((half, index) => ({
    period: index === 0 ? 'previous' : 'current',
    from_date: index === 0 ? '2024-01-01' : '2025-01-01',
    to_date: index === 0 ? '2024-12-31' : '2025-12-31',
    customers: new Set(half.filter((line) => line.customer >= 0).map((line) => line.customer)).size,
    orders: new Set(half.map((line) => `${line.customer} ${line.month}`)).size,
    net_revenue: money(sum(half, (line) => line.invoice)),
    measure: money(sum(half, value)),
  }))

  const cells = new Map<string, { customer: number; q: [number, number]; invoice: [number, number]; cost: [number, number] }>()
  for (const [index, half] of halves.entries()) {
    for (const line of half) {
      if (withCost && line.cost === null) continue
      const key = `${line.customer} ${line.product}`
      const cell = cells.get(key) ?? { customer: line.customer, q: [0, 0], invoice: [0, 0], cost: [0, 0] }
      cell.q[index as 0 | 1] += line.quantity
      cell.invoice[index as 0 | 1] += line.invoice
      cell.cost[index as 0 | 1] += withCost ? line.cost! : 0
      cells.set(key, cell)
    }
  }
  const effects = [...cells.values()].map((cell) => {
    const [q0, q1] = cell.q
    const margin = (at: 0 | 1): number => cell.invoice[at] - cell.cost[at]
    const both = q0 > 0 && q1 > 0
    const price = both ? Math.round((cell.invoice[1] / q1 - cell.invoice[0] / q0) * q1) : 0
    const cost = both ? -Math.round((cell.cost[1] / q1 - cell.cost[0] / q0) * q1) : 0
    return {
      customer: cell.customer,
      price,
      cost,
      quantity: both ? margin(1) - margin(0) - price - cost : 0,
      fresh: !both && q1 > 0 ? margin(1) : 0,
      gone: both ? 0 : -margin(0) + (q1 > 0 ? 0 : margin(1)),
    }
  })
  const of = (key: 'price' | 'cost' | 'quantity' | 'fresh' | 'gone', keep: (customer: number) => boolean = () => true): number =>
    effects.filter((effect) => keep(effect.customer)).reduce((total, effect) => total + effect[key], 0)
  const bridgeRow = (position: number, effect: string, title: string, cents: number | null, formula: string, meaning: string): Row => ({
    position,
    effect,
    title,
    amount: cents === null ? null : money(cents),
    cells: cells.size,
    formula,
    meaning,
  })
  const volume = Math.round(of('quantity') * 0.6)
  const bridge = [
    bridgeRow(1, 'opening', 'Previous period', sum(halves[0], value), 'sum of the profit measure', 'Where it starts.'),
    bridgeRow(2, 'price', 'Price', of('price'), 'sum (p1 - p0) q1', 'Other prices for the same products.'),
    bridgeRow(3, 'fx', 'Currency', null, 'sum p1 q1 (fx1 - fx0)', 'Other exchange rates.'),
    bridgeRow(4, 'unit_cost', 'Unit cost', withCost ? of('cost') : null, '-sum (v1 - v0) q1', 'Other product costs for the same products.'),
    bridgeRow(5, 'volume', 'Volume', volume, '(Q1 - Q0) m0', 'More or fewer units at the mean margin.'),
    bridgeRow(6, 'mix', 'Mix', of('quantity') - volume, 'sum (q1 - q0 Q1/Q0) m0', 'Richer or poorer products and customers.'),
    bridgeRow(7, 'new', 'New', of('fresh'), 'sum q1 m1 over new cells', 'Customers and products not there before.'),
    bridgeRow(8, 'lost', 'Lost', of('gone'), '-sum q0 m0 over lost cells', 'Customers and products no longer there.'),
    bridgeRow(9, 'closing', 'Current period', sum(halves[1], value), 'sum of the profit measure', 'Where it ends.'),
  ]

  const customer_change = [...Array(customerCount).keys()].flatMap((customer): Row[] => {
    const parts = halves.map((half) => half.filter((line) => line.customer === customer)) as [Line[], Line[]]
    if (parts[0].length + parts[1].length === 0) return []
    const before = sum(parts[0], value)
    const now = sum(parts[1], value)
    const own = (candidate: number): boolean => candidate === customer
    const row: Record<string, Cell> = {
      customer_id: id(customer),
      name: name(customer),
      status: parts[0].length === 0 ? 'new' : parts[1].length === 0 ? 'lost' : 'kept',
      previous_revenue: money(sum(parts[0], (line) => line.invoice)),
      current_revenue: money(sum(parts[1], (line) => line.invoice)),
      previous_measure: money(before),
      current_measure: money(now),
      change: money(now - before),
      price_effect: money(of('price', own)),
      unit_cost_effect: withCost ? money(of('cost', own)) : null,
      quantity_effect: money(of('quantity', own)),
      new_effect: money(of('fresh', own)),
      lost_effect: money(of('gone', own)),
    }
    return [row]
  })
  return { period, bridge, customer_change }
}
