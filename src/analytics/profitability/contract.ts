import { type ColumnInfo, col, optional, table } from '../../warehouse/contract/index.ts'

/** The reserved id under which lines without a customer stay in all totals. */
export const unidentified = '(unidentified)'

type LineFilter = { where?: { column: string; in: string[] }; whereNull?: string; orElse?: string }

const lines = (column: string, on: string[], filter: LineFilter = {}): Pick<ColumnInfo, 'from'> => ({
  from: { kind: 'rows', table: 'order_line', on, column, ...filter },
})

const notReturned = { column: 'kind', in: ['sale', 'fee', 'adjustment'] }
const ofGoods = { column: 'kind', in: ['sale', 'return'] }

const customerKey = col.integer('Key', 'Whole number that stands for the customer in this run; 0 is unidentified.', { internal: true })

/**
 * The contribution layers over the lines that share the columns `on`. Each is null where the data does not support it; the table
 * `layer` says which and why. All in the reporting currency, exact.
 */
const layers = (on: string[]): Record<string, ColumnInfo> => ({
  list_revenue: optional(
    col.moneySum('List revenue', 'What the goods would have brought at list price, before any discount.', {
      formula: 'sum of list amounts over lines that are not returns; a line without list price counts at its invoice amount',
      ...lines('list_amount', on, { where: notReturned, orElse: 'invoice_amount' }),
    }),
  ),
  discounts: optional(
    col.moneySum('Discounts', 'What was given away between list price and invoice; positive reduces revenue.', {
      formula: 'list revenue - invoiced revenue',
      from: { kind: 'row', columns: ['list_revenue', 'invoiced_revenue'] },
    }),
  ),
  invoiced_revenue: col.moneySum('Invoiced revenue', 'What was invoiced, before returns.', {
    formula: 'sum of invoice amounts over lines that are not returns',
    ...lines('invoice_amount', on, { where: notReturned }),
  }),
  returns: col.moneySum('Returns', 'What came back or was cancelled; negative.', {
    formula: 'sum of invoice amounts over returned lines',
    ...lines('invoice_amount', on, { where: { column: 'kind', in: ['return'] } }),
  }),
  net_revenue: col.moneySum('Net revenue', 'What was invoiced, less returns.', {
    formula: 'invoiced revenue + returns',
    from: { kind: 'row', columns: ['invoiced_revenue', 'returns'] },
  }),
  revenue_without_cost: optional(
    col.moneySum('Revenue without cost', 'Net revenue of goods whose product cost is not known; it stays out of contribution.', {
      formula: 'sum of invoice amounts over sold and returned lines without a product cost; fees and adjustments need none',
      ...lines('invoice_amount', on, { where: ofGoods, whereNull: 'product_cost' }),
    }),
  ),
  product_cost: optional(
    col.moneySum('Product cost', 'Direct cost of what was sold, less that of what came back.', {
      formula: 'sum of product cost over lines',
      ...lines('product_cost', on),
    }),
  ),
  contribution: optional(
    col.moneySum('Contribution', 'What is left after product cost to pay for serving the customer, the house and a profit.', {
      formula: 'net revenue - revenue without cost - product cost',
      from: { kind: 'row', columns: ['net_revenue', 'revenue_without_cost', 'product_cost'] },
    }),
  ),
})

const counts = (on: string[]): Record<string, ColumnInfo> => ({
  lines: col.integer('Lines', 'Order lines, returns included.', { unit: 'lines', from: { kind: 'rows', table: 'order_line', on } }),
})

export const customerProfit = table({
  name: 'customer_profit',
  title: 'Profit by customer',
  meaning: 'What each customer brings, layer by layer, and where it stands among all.',
  grain: 'customer; lines without one are the row (unidentified)',
  key: ['customer_id'],
  kind: 'result',
  columns: {
    customer_id: col.text('Customer', 'The id that orders use.'),
    customer_key: customerKey,
    name: col.text('Name', 'What people call the customer; the id where the file has no name.'),
    identified: col.boolean('Identified', 'False for the one row that gathers lines without a customer.'),
    country: optional(col.text('Country', 'As the source spells it.')),
    segment_id: optional(col.text('Segment', 'The segment that the company itself uses.')),
    first_order_date: optional(col.date('First order', 'Date of the first order with a sale.')),
    last_order_date: optional(col.date('Last order', 'Date of the last order with a sale.')),
    orders: col.integer('Orders', 'Orders with at least one sale.', { unit: 'orders' }),
    ...counts(['customer_id']),
    ...layers(['customer_id']),
    measure: col.moneySum(
      'Profit measure',
      'Contribution where product cost is known, else net revenue: the measure by which customers are ranked.',
      {
        additive: true,
        from: { kind: 'row', columns: ['contribution', 'net_revenue'] },
      },
    ),
    margin: optional(
      col.ratio('Contribution margin', 'Contribution as a share of the net revenue whose cost is known.', {
        formula: 'contribution / (net revenue - revenue without cost)',
        from: { kind: 'row', columns: ['contribution', 'net_revenue', 'revenue_without_cost'] },
      }),
    ),
    measure_rank: optional(
      col.integer('Rank', 'Position by profit measure among identified customers, 1 the highest; ties by id.', { unit: 'rank' }),
    ),
    revenue_rank: optional(
      col.integer('Revenue rank', 'Position by net revenue among identified customers, 1 the highest; ties by id.', { unit: 'rank' }),
    ),
    measure_share: optional(col.ratio('Share of total', 'Share of the profit measure of all identified customers.')),
    cumulative_share: optional(col.ratio('Cumulative share', 'Share of the total that the customers up to this rank bring together.')),
  },
})

export const customerProduct = table({
  name: 'customer_product',
  title: 'Profit by customer and product',
  meaning: 'What each customer buys, with the same layers.',
  grain: 'customer and product',
  key: ['customer_id', 'product_id'],
  kind: 'result',
  columns: {
    customer_id: col.text('Customer', 'The id that orders use.'),
    product_id: col.text('Product', 'The article number; (none) where the line has none.'),
    customer_key: customerKey,
    product_key: col.integer('Key', 'Whole number that stands for the product in this run; 0 is none.', { internal: true }),
    ...counts(['customer_id', 'product_id']),
    quantity: col.quantity('Quantity', 'Units, returns subtracted.', {
      unit: 'units',
      from: { kind: 'rows', table: 'order_line', on: ['customer_id', 'product_id'], column: 'quantity' },
    }),
    ...layers(['customer_id', 'product_id']),
  },
})

export const productProfit = table({
  name: 'product_profit',
  title: 'Profit by product',
  meaning: 'What each product brings over all customers.',
  grain: 'product',
  key: ['product_id'],
  kind: 'result',
  columns: {
    product_id: col.text('Product', 'The article number; (none) where the line has none.'),
    name: col.text('Name', 'What people call the product.'),
    customers: optional(
      col.integer('Customers', 'Identified customers that bought it; not counted where there are very many order lines.', {
        unit: 'customers',
      }),
    ),
    ...counts(['product_id']),
    quantity: col.quantity('Quantity', 'Units, returns subtracted.', {
      unit: 'units',
      from: { kind: 'rows', table: 'order_line', on: ['product_id'], column: 'quantity' },
    }),
    ...layers(['product_id']),
  },
})

export const monthProfit = table({
  name: 'month_profit',
  title: 'Profit by month',
  meaning: 'The same layers month by month, all customers together.',
  grain: 'month of the order date',
  key: ['month'],
  kind: 'result',
  columns: {
    month: col.month('Month', 'First day of the month.'),
    complete: col.boolean('Complete', 'False for a first or last month that the data covers in part.'),
    customers: col.integer('Active customers', 'Identified customers with a sale in the month.', { unit: 'customers' }),
    orders: col.integer('Orders', 'Orders with a sale in the month.', { unit: 'orders' }),
    ...counts(['month']),
    ...layers(['month']),
  },
})

export const layerTotals = table({
  name: 'layer',
  title: 'Contribution layers',
  meaning: 'The layers of the whole portfolio from list revenue to contribution, and which of them the data supports.',
  grain: 'layer',
  key: ['layer'],
  kind: 'result',
  columns: {
    layer: col.text('Layer', 'Name of the column in the other tables.'),
    position: col.integer('Position', 'Order from list revenue down.'),
    title: col.text('Title', 'For people.'),
    role: col.text('Role', 'level (a running total) or step (what leads to the next level).'),
    amount: optional(col.moneySum('Amount', 'All lines, unidentified included; null where the data does not support the layer.')),
    identified_amount: optional(col.moneySum('Identified', 'Of which from identified customers.')),
    covered_share: optional(col.ratio('Covered', 'Share of net revenue for which the data supports the layer.')),
    available: col.boolean('Available', 'Whether the data supports the layer.'),
    reason: optional(col.text('Why not', 'Why the layer is absent or partial.')),
    unlock: optional(col.text('What would give it', 'Which file or column to load.')),
  },
})

export const whaleCurve = table({
  name: 'whale_curve',
  title: 'Whale curve',
  meaning: 'Cumulative profit over customers from the most to the least profitable.',
  grain: 'point of the curve: each customer up to 2,000, evenly spaced ranks with the extremes beyond',
  key: ['rank'],
  kind: 'result',
  columns: {
    rank: col.integer('Customers', 'How many of the most profitable customers are counted.', { unit: 'customers' }),
    customer_share: col.ratio('Share of customers', 'rank / all identified customers.'),
    customer_id: optional(col.text('Customer', 'The customer at this rank.')),
    measure: optional(col.moneySum('Profit measure', 'Of the customer at this rank.')),
    cumulative: col.moneySum('Cumulative profit', 'Sum of the profit measure up to this rank.', { formula: 'W(k) = sum of the k largest' }),
    cumulative_share: optional(
      col.ratio('Cumulative share', 'Cumulative profit as a share of the total; null where the total is too near zero.', {
        formula: 'C(k) = W(k) / T',
      }),
    ),
  },
})

export const concentration = table({
  name: 'concentration',
  title: 'Concentration',
  meaning: 'How unevenly profit and revenue are spread, how much hangs on few customers, and whether big ones are best or worst.',
  grain: 'index',
  key: ['index'],
  kind: 'result',
  columns: {
    index: col.text('Index', 'In snake_case.'),
    group: col.text('Group', 'profit, revenue, dependence, vulnerability or size.'),
    position: col.integer('Position', 'For reading order.'),
    title: col.text('Title', 'For people.'),
    value: optional(col.number('Value', 'In the unit of the row; null where it cannot be computed.')),
    low: optional(col.number('Low', 'Lower end of the interval.')),
    high: optional(col.number('High', 'Upper end of the interval.')),
    unit: col.text('Unit', 'ratio, customers, money, index or correlation.'),
    interval: optional(col.text('Interval', 'What low and high are.')),
    formula: col.text('Formula', 'How it is computed.'),
    meaning: col.text('Meaning', 'How to read it.'),
    reason: optional(col.text('Why absent', 'Why the value is null or to be read with care.')),
  },
})

export const period = table({
  name: 'period',
  title: 'Periods compared',
  meaning: 'The two periods whose difference the bridge explains.',
  grain: 'period',
  key: ['period'],
  kind: 'result',
  columns: {
    period: col.text('Period', 'previous or current.'),
    from_date: col.date('From', 'First day.'),
    to_date: col.date('To', 'Last day.'),
    customers: col.integer('Customers', 'Identified customers with a sale.', { unit: 'customers' }),
    orders: col.integer('Orders', 'Orders with a sale.', { unit: 'orders' }),
    net_revenue: col.moneySum('Net revenue', 'What was invoiced, less returns.'),
    measure: col.moneySum('Profit measure', 'Contribution where product cost is known, else net revenue.'),
  },
})

export const bridge = table({
  name: 'bridge',
  title: 'What changed',
  meaning: 'The exact price-volume-mix-cost bridge of the profit measure from the previous to the current period.',
  grain: 'effect, in reading order',
  key: ['position'],
  kind: 'result',
  columns: {
    position: col.integer('Position', 'Reading order.'),
    effect: col.text('Effect', 'opening, price, fx, unit_cost, volume, mix, new, lost, other or closing.'),
    title: col.text('Title', 'For people.'),
    amount: optional(
      col.moneySum(
        'Amount',
        'Opening and closing are levels, the rest adds up to their difference; null where the data has no such effect.',
      ),
    ),
    cells: optional(
      col.integer(
        'Cells',
        'Customer x product x channel x currency cells bought in both periods; null for effects that do not compare cells.',
        { unit: 'cells' },
      ),
    ),
    formula: col.text('Formula', 'How it is computed.'),
    meaning: col.text('Meaning', 'How to read it.'),
  },
})

export const customerChange = table({
  name: 'customer_change',
  title: 'Change by customer',
  meaning: 'Which customers are new, kept or lost between the two periods, and what each effect did to them.',
  grain: 'customer with a line in either period',
  key: ['customer_id'],
  kind: 'result',
  columns: {
    customer_id: col.text('Customer', 'The id that orders use.'),
    name: col.text('Name', 'What people call the customer.'),
    status: col.text(
      'Status',
      'new, returning (bought before the previous period), kept, lost, or unidentified for the one row without a customer.',
    ),
    previous_revenue: col.moneySum('Revenue before', 'Net revenue in the previous period.', { additive: true }),
    current_revenue: col.moneySum('Revenue now', 'Net revenue in the current period.', { additive: true }),
    previous_measure: col.moneySum('Profit before', 'Profit measure in the previous period.', { additive: true }),
    current_measure: col.moneySum('Profit now', 'Profit measure in the current period.', { additive: true }),
    change: col.moneySum('Change', 'Profit measure now less before.', {
      additive: true,
      formula: 'profit now - profit before',
      from: { kind: 'row', columns: ['current_measure', 'previous_measure'] },
    }),
    price_effect: col.moneySum('Price', 'From other prices for the same products.', { additive: true }),
    fx_effect: optional(
      col.moneySum('Exchange rates', 'From other exchange rates at unchanged prices; null with one currency.', { additive: true }),
    ),
    unit_cost_effect: optional(col.moneySum('Unit cost', 'From other product costs for the same products.', { additive: true })),
    quantity_effect: col.moneySum('Volume and mix', 'From other quantities of the same products.', { additive: true }),
    new_effect: col.moneySum('New products', 'From products not bought before.', { additive: true }),
    lost_effect: col.moneySum('Dropped products', 'From products no longer bought.', { additive: true }),
    other_effect: col.moneySum('Fees and adjustments', 'From lines that have no price and volume: fees, bad debt, corrections.', {
      additive: true,
    }),
  },
})

/** All result tables of this folder. */
export const profitabilityTables = [
  customerProfit,
  customerProduct,
  productProfit,
  monthProfit,
  layerTotals,
  whaleCurve,
  concentration,
  period,
  bridge,
  customerChange,
]
