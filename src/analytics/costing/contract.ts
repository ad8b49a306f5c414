import { col, optional, table } from '../../warehouse/contract/index.ts'

/** Cost objects, from the lowest up: a cost is attached where it is caused and never pushed lower. */
export const levels = ['line', 'order', 'customer', 'channel', 'segment', 'business'] as const
export type Level = (typeof levels)[number]

export const poolCost = table({
  name: 'pool_cost',
  title: 'Cost pools',
  meaning: 'What each group of resources costs, how much of its capacity was used, and what the unused part costs.',
  grain: 'pool',
  key: ['pool_id'],
  kind: 'result',
  columns: {
    pool_id: col.text('Pool', 'Id of the pool.'),
    title: col.text('Title', 'For people.'),
    level: col.text(
      'Level',
      'Where its cost is caused: line, order, customer, channel, segment or business (business-sustaining). Channel, segment and business cost is not pushed down to customers.',
    ),
    cost: col.moneySum('Cost', 'Ledger cost of the pool after service pools were charged on.', { formula: 'sum of ledger amount x share' }),
    capacity_unit: optional(col.text('Capacity unit', 'Such as min.')),
    practical_capacity: optional(col.number('Practical capacity', 'Capacity that can really be used in the window, in the capacity unit.')),
    rate: optional(
      col.number('Capacity cost rate', 'Money per unit of practical capacity; never per unit used. Over several periods: the mean.', {
        formula: 'cost / practical capacity',
        from: { kind: 'row', columns: ['cost', 'practical_capacity'] },
      }),
    ),
    full_rate: optional(
      col.number('Full-absorption rate', 'Money per unit used: for tie-out and comparison only, never for decisions.', {
        formula: 'cost / used',
        from: { kind: 'row', columns: ['cost', 'used'] },
      }),
    ),
    used: optional(col.number('Used', 'Capacity that the activities used.', { formula: 'sum of minutes of its activities' })),
    used_share: optional(
      col.ratio('Used share', 'Used part of practical capacity; above 1 is overload.', {
        formula: 'used / practical capacity',
        from: { kind: 'row', columns: ['used', 'practical_capacity'] },
      }),
    ),
    assigned: col.moneySum('Assigned', 'Cost of used capacity, assigned to lines, orders and customers.', { formula: 'rate x used' }),
    unused: col.moneySum(
      'Unused capacity',
      'Cost of capacity that nobody used; kept apart, owned by the resource, never spread to customers. Negative when overloaded.',
      {
        formula: 'cost - assigned',
        from: { kind: 'row', columns: ['cost', 'assigned'] },
      },
    ),
    incremental: col.ratio(
      'Incremental share',
      'Part of the rate that is paid only for what is used; the rest is there anyway in the short run.',
    ),
    assumed: col.boolean('Assumed', 'True while the starter template, not somebody who knows, gave capacity or minutes.'),
  },
})

export const poolPeriod = table({
  name: 'pool_period',
  title: 'Cost pools by period',
  meaning: 'Rate and use of each pool in each span for which a rate holds.',
  grain: 'pool and period',
  key: ['pool_id', 'period'],
  kind: 'result',
  columns: {
    pool_id: col.text('Pool', 'Id of the pool.'),
    period: col.text('Period', 'Span for which the rate holds: the window of the ledger, a year, a quarter or a month.'),
    cost: poolCost.columns.cost!,
    practical_capacity: optional(col.number('Practical capacity', 'In the period, in the unit of the pool.')),
    rate: poolCost.columns.rate!,
    used: poolCost.columns.used!,
    used_share: poolCost.columns.used_share!,
    assigned: poolCost.columns.assigned!,
    unused: poolCost.columns.unused!,
  },
})

export const activityCost = table({
  name: 'activity_cost',
  title: 'Activities',
  meaning: 'What people and machines do for customers: how long, how often, at what cost.',
  grain: 'activity',
  key: ['activity_id'],
  kind: 'result',
  columns: {
    activity_id: col.text('Activity', 'Id of the activity.'),
    title: col.text('Title', 'For people.'),
    pool_id: col.text('Pool', 'Pool whose capacity it uses.'),
    level: col.text('Level', 'line, order, customer, channel or segment.'),
    driven_by: col.text('Driven by', 'orders (order facts) or events (the table driver_event).'),
    equation: col.text('Time equation', 'Minutes of one event.'),
    events: col.integer('Events', 'How often it happened.', { unit: 'events' }),
    minutes: col.number('Minutes', 'How long in all.', { unit: 'min' }),
    cost: col.moneySum('Cost', 'Rate of the pool x minutes, exact to the last unit.', { formula: 'rate x minutes' }),
    cost_per_event: optional(
      col.number('Cost of one event', 'What the activity costs once, on average, at the rate of practical capacity.', {
        formula: 'cost / events',
        from: { kind: 'row', columns: ['cost', 'events'] },
      }),
    ),
    floor_per_event: optional(
      col.number(
        'Short-run floor of one event',
        'Cash that one more event costs while the pool has idle capacity; a short-run view: at full capacity it is the cost of one event.',
        { formula: 'cost of one event x incremental share while capacity is idle' },
      ),
    ),
    assumed: col.boolean('Assumed', 'True while the starter template gave the equation.'),
  },
})

export const customerActivityCost = table({
  name: 'customer_activity_cost',
  title: 'Cost by customer and activity',
  meaning: 'What each activity costs for each customer; adds up to the activity to the last unit.',
  grain: 'customer and activity',
  key: ['customer_id', 'activity_id'],
  kind: 'result',
  columns: {
    customer_key: { ...col.integer('Key', 'Number of the customer within the snapshot.'), internal: true },
    customer_id: col.text('Customer', 'The id that orders use; (unidentified) gathers lines without one.'),
    activity_id: col.text('Activity', 'Id of the activity.'),
    events: col.integer('Events', 'How often it happened for the customer.', { unit: 'events' }),
    minutes: col.number('Minutes', 'How long it took for the customer.', { unit: 'min' }),
    cost: col.moneySum('Cost', 'The customer part of the cost of the activity, by largest remainder.', {
      formula: 'activity cost x customer minutes / activity minutes',
    }),
  },
})

export const customerCost = table({
  name: 'customer_cost',
  title: 'Profit after cost-to-serve',
  meaning: 'Each customer from contribution down to profit after what it costs to serve.',
  grain: 'customer; lines without one are the row (unidentified)',
  key: ['customer_id'],
  kind: 'result',
  columns: {
    customer_key: { ...col.integer('Key', 'Number of the customer within the snapshot.'), internal: true },
    customer_id: col.text('Customer', 'The id that orders use.'),
    name: col.text('Name', 'What people call the customer.'),
    identified: col.boolean('Identified', 'False for the one row that gathers lines without a customer.'),
    net_revenue: col.moneySum('Net revenue', 'Within the window of the ledger.'),
    contribution: optional(col.moneySum('Contribution', 'Within the window of the ledger, of lines whose product cost is known.')),
    line_cost: col.moneySum('Cost of lines', 'Activities that one line causes: picking, packing, returns.'),
    order_cost: col.moneySum('Cost of orders', 'Activities that one order causes: order entry, invoice, freight.'),
    account_cost: col.moneySum('Cost of the account', 'Activities that having the customer causes: sales, service.'),
    cost_to_serve: col.moneySum('Cost-to-serve', 'All activities for the customer.', {
      formula: 'cost of lines + cost of orders + cost of the account',
      from: { kind: 'row', columns: ['line_cost', 'order_cost', 'account_cost'] },
    }),
    customer_profit: optional(
      col.moneySum('Customer profit', 'What is left of the contribution after cost-to-serve.', {
        formula: 'contribution - cost-to-serve',
        from: { kind: 'row', columns: ['contribution', 'cost_to_serve'] },
      }),
    ),
    capital_charge: optional(
      col.moneySum('Capital charge', 'What the money tied up in receivables and dedicated stock costs; empty without balances.', {
        formula: '(average receivable + dedicated stock) x capital rate x days / 365',
      }),
    ),
    economic_profit: optional(
      col.moneySum('Economic profit', 'Customer profit after the capital charge.', {
        formula: 'customer profit - capital charge',
        from: { kind: 'row', columns: ['customer_profit', 'capital_charge'] },
      }),
    ),
    short_run_cost: col.moneySum(
      'Short-run cost',
      'Part of the cost-to-serve that stops at once when the customer does; the rest is there anyway for a while.',
      {
        formula: 'sum over activities of cost x incremental share while the pool has idle capacity, else the full cost',
      },
    ),
    profit_low: optional(
      col.moneySum('Profit, low', 'Lower end of the 90 % band if rates and time equations are wrong within their stated ranges.', {
        formula: 'customer profit - 1.645 x standard deviation',
      }),
    ),
    profit_high: optional(
      col.moneySum('Profit, high', 'Upper end of the same band.', { formula: 'customer profit + 1.645 x standard deviation' }),
    ),
    loss_probability: optional(
      col.ratio(
        'Probability of a loss',
        'Share of random draws of rates and time equations within their ranges in which the customer loses money.',
        {
          formula: 'draws with a profit below 0 / draws',
        },
      ),
    ),
    cost_to_serve_share: optional(
      col.ratio('Cost-to-serve share', 'Cost-to-serve as a share of net revenue.', {
        formula: 'cost-to-serve / net revenue',
        from: { kind: 'row', columns: ['cost_to_serve', 'net_revenue'] },
      }),
    ),
    profit_rank: optional(
      col.integer('Profit rank', 'Position by customer profit among identified customers, 1 the highest; ties by id.', { unit: 'rank' }),
    ),
    verdict: col.text(
      'Verdict',
      'robust when no single rate or time equation, wrong by its whole range, turns the sign of the profit; else depends on the one that could turn it most; undetermined without a contribution.',
    ),
  },
})

export const levelCost = table({
  name: 'level_cost',
  title: 'Cost of channels and segments',
  meaning: 'What running each channel and serving each segment costs; it is compared with what they bring, never pushed down to customers.',
  grain: 'level, object and activity',
  key: ['level', 'object_id', 'activity_id'],
  kind: 'result',
  columns: {
    level: col.text('Level', 'channel or segment.'),
    object_id: col.text('Channel or segment', 'Its id; (none) where orders or customers name none; (all) where a pool has no activities.'),
    activity_id: col.text('Activity', 'Id of the activity, or of the pool where it has none.'),
    events: col.integer('Events', 'How often it happened.', { unit: 'events' }),
    minutes: col.number('Minutes', 'How long it took.', { unit: 'min' }),
    cost: col.moneySum('Cost', 'Its part of the cost of the activity, by largest remainder.', {
      formula: 'activity cost x own minutes / activity minutes',
    }),
  },
})

export const costCube = table({
  name: 'cost_cube',
  title: 'Profit by customer, product and channel',
  meaning:
    'Line cost where it is caused; order cost stays with the order and is shown here only spread over its lines, as the column says.',
  grain: 'customer, product and channel',
  key: ['customer_id', 'product_id', 'channel_id'],
  kind: 'result',
  columns: {
    customer_id: col.text('Customer', 'The id that orders use; (unidentified) gathers lines without one.'),
    product_id: col.text('Product', 'The id that orders use; (none) where a line has none.'),
    channel_id: col.text('Channel', 'How the order came; (none) where it does not say.'),
    lines: col.integer('Lines', 'Order lines of goods, returns included.', { unit: 'lines' }),
    net_revenue: col.moneySum('Net revenue', 'Within the window of the ledger.'),
    contribution: optional(col.moneySum('Contribution', 'Of lines whose product cost is known.')),
    line_cost: col.moneySum('Cost of lines', 'Activities that these lines cause.', {
      formula: 'customer activity cost x own minutes / customer minutes',
    }),
    order_cost_spread: col.moneySum(
      'Order cost, spread by lines',
      'Order cost of the customer, spread over its lines: each bears the same part. The cost itself stays with the order. Key: lines.',
      {
        formula: 'customer order cost x own lines / customer lines',
      },
    ),
  },
})

export const costSensitivity = table({
  name: 'cost_sensitivity',
  title: 'What the verdicts hang on',
  meaning: 'What changes when one rate or one time equation is wrong by its whole range.',
  grain: 'rate or time equation',
  key: ['position'],
  kind: 'result',
  columns: {
    position: col.integer('Position', 'Most customers that turn first.'),
    kind: col.text('Kind', 'rate or equation.'),
    subject: col.text('Subject', 'Id of the pool or activity.'),
    title: col.text('Title', 'For people.'),
    range: col.ratio('Range', 'How far it may be wrong, up or down.'),
    amount: col.moneySum('Cost behind it', 'Cost assigned to customers through it.'),
    sign_changes: col.integer('Customers that turn', 'Identified customers whose profit changes its sign within the range.', {
      unit: 'customers',
    }),
    turning_profit: col.moneySum('Profit of those', 'Sum of the absolute profits of the customers that turn.'),
  },
})

export const costTieOut = table({
  name: 'cost_tie_out',
  title: 'Tie-out to the ledger',
  meaning: 'Where every unit of money of the ledger went: assigned, unused, business-sustaining or excluded by name.',
  grain: 'destination',
  key: ['position'],
  kind: 'result',
  columns: {
    position: col.integer('Position', 'Reading order.'),
    destination: col.text('Destination', 'ledger, line, order, customer, channel, segment, business, unused, excluded or difference.'),
    title: col.text('Title', 'For people.'),
    amount: col.moneySum('Amount', 'In the reporting currency; the difference must be 0.'),
  },
})

export const costAssumption = table({
  name: 'cost_assumption',
  title: 'Assumptions of the cost model',
  meaning: 'What the starter template took for granted, and what a change of it would do.',
  grain: 'assumption',
  key: ['position'],
  kind: 'result',
  columns: {
    position: col.integer('Position', 'Reading order.'),
    subject: col.text('Subject', 'Pool or activity.'),
    assumption: col.text('Assumption', 'What was taken for granted.'),
    why: col.text('Why', 'Where it comes from.'),
    amount: col.moneySum('Cost behind it', 'How much of the ledger hangs on it.'),
    sign_changes: optional(
      col.integer('Customers that turn', 'Identified customers whose profit changes its sign if it is 10 % up or 10 % down.', {
        unit: 'customers',
      }),
    ),
  },
})

export const costingTables = [
  poolCost,
  poolPeriod,
  activityCost,
  customerActivityCost,
  customerCost,
  levelCost,
  costCube,
  costSensitivity,
  costTieOut,
  costAssumption,
]
