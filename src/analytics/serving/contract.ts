import { col, optional, table } from '../../warehouse/contract/index.ts'

/** The four types of Shapiro, Rangan, Moriarty & Ross (1987), and the state of not knowing. */
export const customerTypes = ['passive', 'carriage-trade', 'bargain-basement', 'aggressive', 'undetermined'] as const

const customerId = col.text('Customer', 'The id that orders use.')

export const profitLayer = table({
  name: 'profit_layer',
  title: 'Profit and loss by layer',
  meaning:
    'From net revenue to the result of the window of the ledger: what customers cause, what they do not, and which layers are absent.',
  grain: 'layer, in reading order',
  key: ['position'],
  kind: 'result',
  columns: {
    position: col.integer('Position', 'Reading order.'),
    layer: col.text('Layer', 'In snake_case.'),
    title: col.text('Title', 'For people.'),
    role: col.text('Role', 'level (a running total) or step (what leads to the next level; a cost is negative).'),
    amount: optional(col.moneySum('Amount', 'All customers, unidentified included; null where the data does not support the layer.')),
    share: optional(col.ratio('Of net revenue', 'Amount as a share of net revenue.', { formula: 'amount / net revenue' })),
    below_zero: optional(
      col.integer(
        'Customers below zero',
        'Identified customers for whom this level is negative; null for steps and above customer level.',
        {
          unit: 'customers',
        },
      ),
    ),
    reason: optional(col.text('Why not', 'Why the layer is absent, and what would give it.')),
  },
})

export const profitCurve = table({
  name: 'profit_curve',
  title: 'Whale curves by layer',
  meaning: 'Cumulative profit from the best to the worst, once for each layer, so that what cost-to-serve changes can be seen.',
  grain: 'layer and point of its curve: each customer up to 1,000, evenly spaced ranks with the extremes beyond',
  key: ['layer', 'rank'],
  kind: 'result',
  columns: {
    layer: col.text(
      'Layer',
      'contribution, customer_profit, after_acquisition or group_profit (customers rolled up to their ultimate parent).',
    ),
    rank: col.integer('Customers', 'How many of the best are counted.', { unit: 'customers' }),
    customer_share: col.ratio('Share of customers', 'rank / all identified customers (or groups).'),
    customer_id: col.text('Customer', 'The customer, or the parent of the group, at this rank.'),
    measure: col.moneySum('Profit', 'Of the customer at this rank, in this layer.'),
    cumulative: col.moneySum('Cumulative profit', 'Sum of the layer up to this rank.', { formula: 'W(k) = sum of the k largest' }),
    cumulative_share: optional(
      col.ratio('Cumulative share', 'As a share of the total; null where the total is too near zero.', { formula: 'C(k) = W(k) / T' }),
    ),
  },
})

export const profitConcentration = table({
  name: 'profit_concentration',
  title: 'Concentration by layer',
  meaning: 'The same indices on each layer: how unevenly it is spread, how much hangs on few, whether the big ones are best or worst.',
  grain: 'layer and index',
  key: ['layer', 'index'],
  kind: 'result',
  columns: {
    layer: col.text('Layer', 'As in profit_curve.'),
    index: col.text('Index', 'In snake_case.'),
    position: col.integer('Position', 'Reading order within the layer.'),
    title: col.text('Title', 'For people.'),
    value: optional(col.number('Value', 'In the unit of the row; null where it cannot be computed.')),
    low: optional(col.number('Low', 'Lower end of the 90 % interval.')),
    high: optional(col.number('High', 'Upper end of the 90 % interval.')),
    unit: col.text('Unit', 'ratio, index, customers or correlation.'),
    formula: col.text('Formula', 'How it is computed.'),
    reason: optional(col.text('Why absent', 'Why the value is null or to be read with care.')),
  },
})

export const profitPersistence = table({
  name: 'profit_persistence',
  title: 'Do loss makers stay loss makers?',
  meaning: 'Rolling windows one quarter apart, each held against the window of the same length before it.',
  grain: 'window',
  key: ['to_date'],
  kind: 'result',
  columns: {
    from_date: col.date('From', 'First day of the window.'),
    to_date: col.date('To', 'Last day of the window.'),
    quarters: col.integer('Quarters', 'Length of the window.', { unit: 'quarters' }),
    customers: col.integer('Customers', 'Identified customers with a line in the window.', { unit: 'customers' }),
    loss_makers: col.integer('Loss makers', 'Of them, with a profit below zero.', { unit: 'customers' }),
    known: col.integer('Known before', 'Loss makers of the window before who bought again in this one.', { unit: 'customers' }),
    stayed: col.integer('Stayed', 'Of those, who lost money again.', { unit: 'customers' }),
    share: optional(col.ratio('Stayed, share', 'stayed / known before.', { formula: 'stayed / known before' })),
    low: optional(col.ratio('Low', 'Lower end of the 90 % Wilson interval.')),
    high: optional(col.ratio('High', 'Upper end of the 90 % Wilson interval.')),
    chance: optional(
      col.ratio('By chance', 'Share of loss makers among all who bought in both windows: what it would be if the past said nothing.'),
    ),
  },
})

export const profitTransition = table({
  name: 'profit_transition',
  title: 'How customers move between profit deciles',
  meaning: 'Customers who bought in both of the last two windows, by decile of profit before and now.',
  grain: 'decile before and decile now',
  key: ['before', 'now'],
  kind: 'result',
  columns: {
    before: col.integer('Decile before', '1 the best tenth by profit, 10 the worst.', { unit: 'decile' }),
    now: col.integer('Decile now', '1 the best tenth by profit, 10 the worst.', { unit: 'decile' }),
    customers: col.integer('Customers', 'How many moved so.', { unit: 'customers' }),
    share: col.ratio('Share', 'Of the customers of the decile before.', { formula: 'customers / customers of the decile before' }),
    low: col.ratio('Low', 'Lower end of the 90 % Wilson interval.'),
    high: col.ratio('High', 'Upper end of the 90 % Wilson interval.'),
  },
})

export const groupProfit = table({
  name: 'group_profit',
  title: 'Profit by group',
  meaning: 'Customers rolled up to their ultimate parent.',
  grain: 'ultimate parent with more than one account',
  key: ['group_id'],
  kind: 'result',
  columns: {
    group_id: col.text('Group', 'The customer_id of the ultimate parent.'),
    name: col.text('Name', 'Of the ultimate parent.'),
    accounts: col.integer('Accounts', 'Customers of the group with a line in the window.', { unit: 'customers' }),
    net_revenue: col.moneySum('Net revenue', 'Of all accounts of the group.'),
    contribution: optional(col.moneySum('Contribution', 'Of all accounts whose cost is known.')),
    cost_to_serve: col.moneySum('Cost-to-serve', 'Of all accounts of the group.'),
    customer_profit: optional(col.moneySum('Profit', 'Contribution less cost-to-serve.')),
    loss_makers: col.integer('Loss makers', 'Accounts of the group that lose money.', { unit: 'customers' }),
  },
})

export const costDriver = table({
  name: 'cost_driver',
  title: 'Drivers of cost-to-serve',
  meaning: 'The summands of the time equations: what made the work take its time, and what that cost.',
  grain: 'summand of a time equation',
  key: ['driver_id'],
  kind: 'result',
  columns: {
    driver_id: col.text(
      'Driver',
      'Activity and position of the summand: handle-order/2; the activity alone where its minutes do not come from orders.',
    ),
    activity_id: optional(col.text('Activity', 'Activity that it belongs to.')),
    pool_id: optional(col.text('Pool', 'Pool whose capacity it uses.')),
    level: optional(col.text('Level', 'line, order or customer.')),
    title: col.text('Title', 'Activity and summand, for people.'),
    term: optional(col.text('Summand', 'Minutes of one event from this summand.')),
    uses: optional(col.text('Uses', 'Drivers that the summand uses, separated by spaces; empty for a constant.')),
    minutes: optional(col.number('Minutes', 'Over all customers.', { unit: 'min' })),
    rate: optional(col.number('Rate', 'Money per minute.', { formula: 'activity cost / activity minutes' })),
    cost: col.moneySum('Cost', 'Over all customers.', { formula: 'rate x minutes' }),
  },
})

export const customerServing = table({
  name: 'customer_serving',
  title: 'Cost-to-serve and type by customer',
  meaning:
    'Where each customer stands on the plane of margin and cost-to-serve, which of the four types it is and how sure, and how its cost compares with peers.',
  grain: 'customer; lines without one are the row (unidentified)',
  key: ['customer_id'],
  kind: 'result',
  columns: {
    customer_id: customerId,
    customer_key: col.integer('Key', 'Whole number that stands for the customer in this run.', { internal: true }),
    name: col.text('Name', 'What people call the customer.'),
    identified: col.boolean('Identified', 'False for the one row that gathers lines without a customer.'),
    segment_id: optional(col.text('Segment', 'The segment that the company itself uses.')),
    group_id: optional(col.text('Group', 'Ultimate parent, where the account has one.')),
    orders: col.integer('Orders', 'Orders with goods in the window.', { unit: 'orders' }),
    net_revenue: col.moneySum('Net revenue', 'Within the window of the ledger.'),
    contribution: optional(col.moneySum('Contribution', 'Within the window of the ledger.')),
    cost_to_serve: col.moneySum('Cost-to-serve', 'All activities for the customer.'),
    customer_profit: optional(
      col.moneySum('Customer profit', 'What is left of the contribution after cost-to-serve.', {
        formula: 'contribution - cost-to-serve',
        from: { kind: 'row', columns: ['contribution', 'cost_to_serve'] },
      }),
    ),
    acquisition_cost: optional(
      col.moneySum(
        'Acquisition cost',
        'What winning the customer cost, if that was within the window; null where the source does not say.',
      ),
    ),
    margin_share: optional(
      col.ratio('Net margin', 'Contribution as a share of net revenue: the height on the plane.', {
        formula: 'contribution / net revenue',
        from: { kind: 'row', columns: ['contribution', 'net_revenue'] },
      }),
    ),
    cost_share: optional(
      col.ratio(
        'Cost-to-serve share',
        'Cost-to-serve as a share of net revenue: the width on the plane. Profit is margin less cost, so the diagonal breaks even.',
        {
          formula: 'cost-to-serve / net revenue',
          from: { kind: 'row', columns: ['cost_to_serve', 'net_revenue'] },
        },
      ),
    ),
    price_index: optional(
      col.ratio(
        'Net-price index',
        'What the customer pays for what others buy too, against what all pay for the same: 1 is like everybody.',
        {
          formula:
            'sum of invoice amounts / sum of (mean price of the same product, channel and year x quantity), over cells with at least two buyers',
        },
      ),
    ),
    price_coverage: optional(col.ratio('Price comparable', 'Share of sales that somebody else buys too, so that prices can be compared.')),
    price_gap: optional(
      col.moneySum(
        'Price gap',
        'What the customer would pay more if it paid what others pay for the same; negative when it pays more than they.',
        {
          formula: 'sum of mean price x quantity - sum of invoice amounts, over cells with at least two buyers',
        },
      ),
    ),
    type: col.text(
      'Type',
      'passive, carriage-trade, bargain-basement or aggressive; undetermined within the dead bands or where prices cannot be compared.',
    ),
    type_probability: optional(
      col.ratio(
        'Probability of the type',
        'Chance that it lies on this side of both cuts if its orders were drawn again; of the likeliest type where undetermined.',
      ),
    ),
    passive_probability: optional(col.ratio('P(passive)', 'High price, low cost-to-serve.')),
    carriage_probability: optional(col.ratio('P(carriage trade)', 'High price, high cost-to-serve.')),
    bargain_probability: optional(col.ratio('P(bargain basement)', 'Low price, low cost-to-serve.')),
    aggressive_probability: optional(col.ratio('P(aggressive)', 'Low price, high cost-to-serve.')),
    previous_type: optional(col.text('Type before', 'In the earlier of the two periods compared; null where it bought nothing then.')),
    current_type: optional(col.text('Type now', 'In the later of the two periods compared; null where it bought nothing then.')),
    peers: optional(col.text('Peers', 'Which customers it is compared with: size band, and segment and channel where enough share them.')),
    peer_customers: optional(col.integer('Peers, number', 'How many customers that is, itself not counted.', { unit: 'customers' })),
    expected_cost: optional(
      col.moneySum('Cost of peers', 'What its peers cost to serve, scaled to its revenue.', {
        formula: 'cost-to-serve of the peers / net revenue of the peers x its net revenue',
      }),
    ),
    excess_cost: optional(
      col.moneySum('Dearer than peers', 'What it costs more to serve than peers of its revenue; negative when cheaper.', {
        formula: 'cost-to-serve - cost of peers',
        from: { kind: 'row', columns: ['cost_to_serve', 'expected_cost'] },
      }),
    ),
    main_driver: optional(col.text('Mainly from', 'The driver that makes it dearer than its peers most.')),
    small_orders: col.integer('Small orders', 'Orders below the value at which contribution covers the work of an order.', {
      unit: 'orders',
    }),
    small_order_revenue: col.moneySum('Revenue of small orders', 'Net revenue of those orders.'),
  },
})

export const customerDriver = table({
  name: 'customer_driver',
  title: 'Why a customer is dear',
  meaning: 'Cost-to-serve of a customer by driver beside its peers scaled to its revenue; the differences add up to the difference in all.',
  grain: 'customer and driver; the 100,000 customers dearest to serve unless set otherwise',
  key: ['customer_id', 'driver_id'],
  kind: 'result',
  columns: {
    customer_id: customerId,
    driver_id: col.text('Driver', 'As in cost_driver.'),
    minutes: optional(col.number('Minutes', 'Of the customer.', { unit: 'min' })),
    peer_minutes: optional(col.number('Minutes of peers', 'Of its peers, scaled to its revenue.', { unit: 'min' })),
    cost: col.moneySum('Cost', 'Of the customer; the drivers add up to its cost-to-serve.'),
    peer_cost: optional(col.moneySum('Cost of peers', 'Of its peers, scaled to its revenue.')),
    difference: optional(
      col.moneySum('Difference', 'Positive makes the customer dearer than its peers.', {
        formula: 'cost - cost of peers',
        from: { kind: 'row', columns: ['cost', 'peer_cost'] },
      }),
    ),
  },
})

export const servingType = table({
  name: 'serving_type',
  title: 'The four types',
  meaning: 'How many customers, revenue and profit each type holds, where the cuts lie, and what the type calls for.',
  grain: 'type',
  key: ['position'],
  kind: 'result',
  columns: {
    position: col.integer('Position', 'Reading order.'),
    type: col.text('Type', 'passive, carriage-trade, bargain-basement, aggressive or undetermined.'),
    title: col.text('Title', 'For people.'),
    customers: col.integer('Customers', 'Identified customers of the type.', { unit: 'customers' }),
    expected_customers: col.number('Expected', 'Sum of the probabilities over all customers: how many there would be without dead bands.', {
      unit: 'customers',
    }),
    net_revenue: col.moneySum('Net revenue', 'Of these customers.'),
    contribution: col.moneySum('Contribution', 'Of these customers.'),
    cost_to_serve: col.moneySum('Cost-to-serve', 'Of these customers.'),
    customer_profit: col.moneySum('Customer profit', 'Of these customers.'),
    cost_cut: optional(col.ratio('Cut of cost', 'Revenue-weighted median of the cost-to-serve share; within 10 % of it is undetermined.')),
    price_cut: col.ratio('Cut of price', 'Net-price index of like everybody; within 2 % of it is undetermined.'),
    guidance: col.text('What it calls for', 'How to treat customers of this type.'),
  },
})

export const typeMigration = table({
  name: 'type_migration',
  title: 'How customers move between the types',
  meaning: 'Customers who bought in both of the last two windows, by type before and now, with the same cuts.',
  grain: 'type before and type now',
  key: ['before', 'now'],
  kind: 'result',
  columns: {
    before: col.text('Type before', 'In the earlier window.'),
    now: col.text('Type now', 'In the later window.'),
    customers: col.integer('Customers', 'How many moved so.', { unit: 'customers' }),
    share: col.ratio('Share', 'Of the customers of the type before.', { formula: 'customers / customers of the type before' }),
    net_revenue: col.moneySum('Net revenue', 'Of these customers in the later window.'),
  },
})

export const servingTables = [
  profitLayer,
  profitCurve,
  profitConcentration,
  profitPersistence,
  profitTransition,
  groupProfit,
  costDriver,
  customerServing,
  customerDriver,
  servingType,
  typeMigration,
]
