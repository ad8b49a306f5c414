import { type ColumnInfo, col, optional, table } from '../../warehouse/contract/index.ts'

const span = col.text('Span', 'whole (all lines up to the as-of day), previous or current (the two periods that are compared).')

/** From list to pocket margin, as columns. All in the reporting currency, exact; null where the data does not support the level. */
const levels: Record<string, ColumnInfo> = {
  list_revenue: optional(
    col.moneySum(
      'List revenue',
      'What the goods would have brought at list price; without list prices, the invoice plus the discounts that are named.',
      { formula: 'sum of list amounts over lines that are not returns' },
    ),
  ),
  on_invoice: col.moneySum('Named discounts', 'Discounts on the invoice that price elements name.', {
    formula: 'sum of on-invoice price elements',
  }),
  other_discounts: optional(
    col.moneySum(
      'Other discounts',
      'The rest between list and invoice, which no price element names; negative where elements name too much.',
      {
        formula: 'list revenue - named discounts - invoiced revenue',
        from: { kind: 'row', columns: ['list_revenue', 'on_invoice', 'invoiced_revenue'] },
      },
    ),
  ),
  invoiced_revenue: col.moneySum('Invoiced revenue', 'What was invoiced, before returns.'),
  returns: col.moneySum('Returns', 'What came back or was cancelled; negative.'),
  net_revenue: col.moneySum('Net revenue', 'What was invoiced, less returns.', {
    formula: 'invoiced revenue + returns',
    from: { kind: 'row', columns: ['invoiced_revenue', 'returns'] },
  }),
  off_invoice: col.moneySum('After the invoice', 'Rebates, bonuses, allowances and charges that are not on the invoice.', {
    formula: 'sum of off-invoice price elements, accrued ones included',
  }),
  accrued: col.moneySum('Of which accrued', 'The part of it that is booked by expectation and paid later.'),
  pocket_revenue: col.moneySum('Pocket revenue', 'What stays after everything that was given, on the invoice or later.', {
    formula: 'net revenue - after the invoice',
    from: { kind: 'row', columns: ['net_revenue', 'off_invoice'] },
  }),
  revenue_without_cost: optional(col.moneySum('Revenue without cost', 'Net revenue of goods whose product cost is not known; set apart.')),
  product_cost: optional(col.moneySum('Product cost', 'Direct cost of what was sold, less that of what came back.')),
  pocket_margin: optional(
    col.moneySum('Pocket margin', 'What is left of pocket revenue after product cost.', {
      formula: 'pocket revenue - revenue without cost - product cost',
      from: { kind: 'row', columns: ['pocket_revenue', 'revenue_without_cost', 'product_cost'] },
    }),
  ),
}

export const priceWaterfall = table({
  name: 'price_waterfall',
  title: 'Pocket-price waterfall',
  meaning: 'From list price to what stays in the pocket, step by step, for everybody and by segment, in all and in the periods compared.',
  grain: 'scope, span and step',
  key: ['scope', 'scope_key', 'span', 'position'],
  kind: 'result',
  columns: {
    scope: col.text('Scope', 'all or segment.'),
    scope_key: col.text('Which', 'The segment; all where the scope is all.'),
    span,
    position: col.integer('Position', 'Reading order.'),
    step: col.text('Step', 'Name of the level, or of the price element.'),
    title: col.text('Title', 'For people.'),
    role: col.text('Role', 'level (a running total) or step (what leads to the next level).'),
    side: col.text('Side', 'layer, on_invoice, off_invoice or cost.'),
    amount: optional(
      col.moneySum('Amount', 'Of a level what is left there, of a step its effect (negative takes away); null where the data lacks it.', {
        additive: false,
      }),
    ),
    share_of_list: optional(
      col.ratio(
        'Of list revenue',
        'Amount as a share of list revenue of the same scope and span; of invoiced revenue where there is no list.',
      ),
    ),
    accrued: optional(col.moneySum('Of which accrued', 'Booked by expectation, paid later.', { additive: false })),
    owner: optional(col.text('Owner', 'Who decides it, where the price elements say.')),
    reason: optional(col.text('Why not', 'Why the amount is absent.')),
    unlock: optional(col.text('What would give it', 'Which file or column to load.')),
  },
})

export const customerPrice = table({
  name: 'customer_price',
  title: 'Pocket price by customer',
  meaning: 'From list to pocket margin for each customer, in all and in the periods compared.',
  grain: 'customer and span',
  key: ['customer_id', 'span'],
  kind: 'result',
  columns: {
    customer_id: col.text('Customer', 'The id that orders use; (unidentified) gathers lines without one.'),
    customer_key: col.integer('Key', 'Whole number that stands for the customer in this run.', { internal: true }),
    name: col.text('Name', 'What people call the customer.'),
    segment_id: optional(col.text('Segment', 'The segment that the company itself uses.')),
    span,
    ...levels,
    realisation: optional(
      col.ratio('Realisation', 'Pocket revenue as a share of list revenue, returns kept out of both.', {
        formula: '(invoiced revenue - after the invoice) / list revenue',
        from: { kind: 'row', columns: ['invoiced_revenue', 'off_invoice', 'list_revenue'] },
      }),
    ),
  },
})

export const customerPriceElement = table({
  name: 'customer_price_element',
  title: 'Price elements by customer',
  meaning: 'Which discounts, rebates and allowances each customer got, in all and in the periods compared.',
  grain: 'customer, span and price element',
  key: ['customer_id', 'span', 'type', 'element'],
  kind: 'result',
  columns: {
    customer_id: col.text('Customer', 'The id that orders use.'),
    span,
    type: col.text('Type', 'on_invoice or off_invoice.'),
    element: col.text('Element', 'Name of the price element.'),
    amount: col.moneySum('Amount', 'Positive reduces what we keep; exact.'),
    accrued: col.moneySum('Of which accrued', 'Booked by expectation, paid later.'),
    owner: optional(col.text('Owner', 'Who decides it.')),
  },
})

export const priceElementMonth = table({
  name: 'price_element_month',
  title: 'Price elements by month',
  meaning: 'What each price element took, month by month, and how much of it is accrued: booked by expectation and paid later.',
  grain: 'month and price element',
  key: ['month', 'type', 'element'],
  kind: 'result',
  columns: {
    month: col.month('Month', 'Of the order that it belongs to, else the month for which it is booked.'),
    type: col.text('Type', 'on_invoice or off_invoice.'),
    element: col.text('Element', 'Name of the price element.'),
    amount: col.moneySum('Amount', 'Positive reduces what we keep.'),
    accrued: col.moneySum('Of which accrued', 'Booked by expectation, paid later.'),
    settled: col.moneySum('Of which settled', 'Paid, credited or trued up.', {
      formula: 'amount - accrued',
      from: { kind: 'row', columns: ['amount', 'accrued'] },
    }),
    customers: col.integer('Customers', 'Customers that it was booked for.', { unit: 'customers' }),
  },
})

/** Result tables of the waterfall. */
export const waterfallTables = [priceWaterfall, customerPrice, customerPriceElement, priceElementMonth]
