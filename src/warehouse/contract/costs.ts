import { col, optional, table } from './define.ts'

export const ledgerTable = table({
  name: 'ledger',
  title: 'Ledger',
  meaning: 'What the accounts say was spent.',
  grain: 'entry',
  key: ['entry_id'],
  kind: 'canonical',
  columns: {
    entry_id: col.text('Entry', 'Unique id of the entry.'),
    period: col.text('Period', 'Month, YYYY-MM.'),
    account: col.text('Account', 'Account number.'),
    cost_centre: optional(col.text('Cost centre', 'Where it was spent.')),
    amount: col.money('Amount', 'Cost is positive.'),
    currency: optional(col.text('Currency', 'ISO 4217; the reporting currency where empty.')),
    excluded_reason: optional(col.text('Excluded because', 'Financing, tax or one-off: stays out of customer cost, by name.')),
  },
})

export const costPoolTable = table({
  name: 'cost_pool',
  title: 'Cost pools',
  meaning: 'A group of resources with one capacity.',
  grain: 'pool and period',
  key: ['pool_id', 'period'],
  kind: 'canonical',
  columns: {
    pool_id: col.text('Pool', 'Id of the pool.'),
    period: col.text('Period', 'Month, YYYY-MM.'),
    title: optional(col.text('Title', 'What people call the pool.')),
    level: col.text('Level', 'line, order, customer, channel, segment, business or service (passes all its cost on).'),
    capacity_unit: optional(col.text('Capacity unit', 'min, m2, ...; min where empty.')),
    practical_capacity: optional(
      col.number('Practical capacity', 'Capacity that can really be used, in the capacity unit; business and service pools need none.'),
    ),
    theoretical_capacity: optional(col.number('Theoretical capacity', 'Capacity if nothing ever stopped.')),
    incremental_share: optional(
      col.ratio('Incremental share', 'Part of its rate that is paid only for what is used: freight 1, salaries 0; 0 where empty.'),
    ),
    step_size: optional(col.number('Step', 'How much capacity one step adds.')),
    step_cost: optional(col.money('Step cost', 'What one step costs.')),
    release_lag_months: optional(col.number('Release lag', 'Months until unused capacity can be given up.', { unit: 'months' })),
  },
})

export const poolAssignmentTable = table({
  name: 'pool_assignment',
  title: 'Pool assignment',
  meaning: 'Which share of an account goes to which pool.',
  grain: 'account, cost centre, pool and period',
  key: ['account', 'cost_centre', 'pool_id', 'period'],
  kind: 'canonical',
  columns: {
    account: col.text('Account', 'Account number.'),
    cost_centre: optional(col.text('Cost centre', 'Where it was spent; empty as in the ledger.')),
    pool_id: col.text('Pool', 'Id of the pool.'),
    period: col.text('Period', 'Month, YYYY-MM.'),
    share: col.ratio('Share', '0 to 1; shares of one account sum to 1.'),
  },
})

export const serviceFlowTable = table({
  name: 'service_flow',
  title: 'Service flows',
  meaning: 'What pools do for one another.',
  grain: 'two pools and period',
  key: ['from_pool', 'to_pool', 'period'],
  kind: 'canonical',
  columns: {
    from_pool: col.text('From', 'Pool that serves.'),
    to_pool: col.text('To', 'Pool that is served.'),
    period: col.text('Period', 'Month, YYYY-MM.'),
    share: optional(col.ratio('Share', "Part of the serving pool's work.")),
  },
})

export const activityTable = table({
  name: 'activity',
  title: 'Activities',
  meaning: 'What people and machines do for customers.',
  grain: 'activity',
  key: ['activity_id'],
  kind: 'canonical',
  columns: {
    activity_id: col.text('Activity', 'Id of the activity.'),
    title: optional(col.text('Title', 'What people call the activity.')),
    pool_id: col.text('Pool', 'Pool whose capacity it uses.'),
    object_level: col.text('Level', 'line, order, customer, channel, segment or business.'),
    time_equation: col.json('Time equation', 'Minutes of one event: `8 + 2 * lines`, or JSON with intercept and coefficients per driver.', {
      unit: 'min',
    }),
  },
})

export const driverEventTable = table({
  name: 'driver_event',
  title: 'Driver events',
  meaning: 'When an activity happened, and what made it long.',
  grain: 'event',
  key: ['event_id'],
  kind: 'canonical',
  columns: {
    event_id: col.text('Event', 'Unique id.'),
    activity_id: col.text('Activity', 'Id of the activity.'),
    date: col.date('Date', 'Business date.'),
    order_id: optional(col.text('Order', 'Lowest known object.')),
    line_no: optional(col.integer('Line', 'Lowest known object.')),
    customer_id: optional(col.text('Customer', 'Lowest known object.')),
    channel_id: optional(col.text('Channel', 'Lowest known object.')),
    drivers: optional(col.json('Drivers', 'Driver values by name, JSON: {"distance": 12}.')),
    observed_minutes: optional(col.number('Observed minutes', 'Time that was measured.', { unit: 'min' })),
  },
})

export const serviceOfferTable = table({
  name: 'service_offer',
  title: 'Service offers',
  meaning: 'What is included, optional or not offered per segment.',
  grain: 'service and segment',
  key: ['service_id', 'segment_id'],
  kind: 'canonical',
  columns: {
    service_id: col.text('Service', 'Id of the service.'),
    segment_id: col.text('Segment', 'Segment it is offered to.'),
    class: optional(col.text('Class', 'standard, option or none.')),
    fee: optional(col.money('Fee', 'What the customer pays for it.')),
    unit_cost: optional(col.money('Unit cost', 'What it costs us once.')),
  },
})
