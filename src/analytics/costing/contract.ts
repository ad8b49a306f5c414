import { col, optional, table } from '../../warehouse/contract/index.ts'

/** Cost objects, from the lowest up: a cost is attached where it is caused and never pushed lower. */
export const levels = ['line', 'order', 'customer', 'business'] as const
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
    level: col.text('Level', 'Where its cost is caused: line, order, customer or business (business-sustaining, not allocated).'),
    cost: col.moneySum('Cost', 'Ledger cost of the pool after service pools were charged on.', { formula: 'sum of ledger amount x share' }),
    capacity_unit: optional(col.text('Capacity unit', 'Such as min.')),
    practical_capacity: optional(col.number('Practical capacity', 'Capacity that can really be used in the window, in the capacity unit.')),
    rate: optional(
      col.number('Capacity cost rate', 'Money per unit of practical capacity; never per unit used.', {
        formula: 'cost / practical capacity',
        from: { kind: 'row', columns: ['cost', 'practical_capacity'] },
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
    assumed: col.boolean('Assumed', 'True while the starter template, not somebody who knows, gave capacity or minutes.'),
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
    level: col.text('Level', 'line, order or customer.'),
    equation: col.text('Time equation', 'Minutes of one event.'),
    events: col.integer('Events', 'How often it happened.', { unit: 'events' }),
    minutes: col.number('Minutes', 'How long in all.', { unit: 'min' }),
    cost: col.moneySum('Cost', 'Rate of the pool x minutes, exact to the last unit.', { formula: 'rate x minutes' }),
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
      'robust when the sign of the profit holds with every rate and every equation 10 % up or down, else depends on <activity>; undetermined without a contribution.',
    ),
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
    destination: col.text('Destination', 'ledger, line, order, customer, business, unused, excluded or difference.'),
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

export const costingTables = [poolCost, activityCost, customerActivityCost, customerCost, costTieOut, costAssumption]
