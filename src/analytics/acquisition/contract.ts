import { col, optional, table } from '../../warehouse/contract/index.ts'

export const acquisitionGroup = table({
  name: 'acquisition_group',
  title: 'Customers by how they were won',
  meaning:
    'What customers bring and cost by source, channel, first product, year and first order, at the same age, small groups drawn towards the mean.',
  grain: 'dimension and group',
  key: ['dimension', 'position'],
  kind: 'result',
  columns: {
    dimension: col.text(
      'By',
      'source, channel, first_product, cohort, first_basket (fifths), first_lines, first_discount, again_early (second purchase within 90 days).',
    ),
    position: col.integer('Position', 'Largest group first; of the 100 largest.'),
    label: col.text('Group', 'Such as search, or the name of the first product.'),
    customers: col.integer('Customers', 'Won this way.', { unit: 'customers' }),
    watched: col.integer('Watched a year', 'Of them, those who began at least 365 days before the end of the data.', { unit: 'customers' }),
    year_each: optional(
      col.money('First year, each', 'Mean profit measure of the first 365 days, of those watched a year.', { additive: false }),
    ),
    year_drawn: optional(
      col.money('First year, drawn', 'The same, drawn towards the mean of all groups: a small group says little.', {
        additive: false,
        formula: 'partial pooling by DerSimonian and Laird',
      }),
    ),
    year_low: optional(col.money('Low', 'Lower end of its 90 % interval.', { additive: false })),
    year_high: optional(col.money('High', 'Upper end of its 90 % interval.', { additive: false })),
    cost_each: optional(
      col.money('Cost, each', 'Mean acquisition cost; null unless known of every customer of the group.', { additive: false }),
    ),
    net_each: optional(
      col.money('First year less cost', 'What is left of the first year, drawn, after winning the customer.', {
        additive: false,
        formula: 'first year, drawn - cost of those watched a year',
      }),
    ),
    net_low: optional(col.money('Net, low', 'Lower end of its 90 % interval.', { additive: false })),
    net_high: optional(col.money('Net, high', 'Upper end of its 90 % interval.', { additive: false })),
    payback_months: optional(
      col.number('Payback', 'Months of age at which the mean profit so far covers the mean cost; null where a year does not.', {
        unit: 'months',
        additive: false,
      }),
    ),
    so_far_each: col.money('So far, each', 'Profit measure since the first purchase, whatever the age.', { additive: false }),
    ahead_each: col.money('Next 12 months, each', 'Expected value of the next 12 months.', { additive: false }),
    best_share: col.ratio('Among the best', 'Share of the group that is in the best tenth by value of the next 12 months.'),
    later_each: optional(
      col.money('Later, each', 'Profit of the first year after the first purchase day: what the group’s beginning could foretell.', {
        additive: false,
      }),
    ),
  },
})

export const acquisitionSignal = table({
  name: 'acquisition_signal',
  title: 'Early signals of value',
  meaning: 'How much each fact of the beginning goes together with what a customer brings later in the first year.',
  grain: 'fact',
  key: ['dimension'],
  kind: 'result',
  columns: {
    dimension: col.text('Fact', 'As in acquisition_group.'),
    title: col.text('Title', 'For people.'),
    groups: col.integer('Groups', 'That the fact makes.', { unit: 'groups' }),
    customers: col.integer('Customers', 'Watched a year.', { unit: 'customers', additive: false }),
    explained: col.ratio(
      'Explained',
      'Share of the variance of later profit between the groups (epsilon squared); chance alone gives 0 on average.',
    ),
    best_group: optional(col.text('Best group', 'With the highest later profit.')),
    best_each: optional(col.money('Best, each', 'Its mean later profit.', { additive: false })),
    worst_group: optional(col.text('Worst group', 'With the lowest later profit.')),
    worst_each: optional(col.money('Worst, each', 'Its mean later profit.', { additive: false })),
    known_at_start: col.boolean('Known at once', 'Whether it is known on the day of the first order.'),
  },
})

export const acquisitionBalance = table({
  name: 'acquisition_balance',
  title: 'Winning against keeping',
  meaning:
    'How much to spend on winning and on keeping customers so that both pay the same at the margin (Blattberg & Deighton); of the responses that were elicited.',
  grain: 'quantity, in reading order',
  key: ['position'],
  kind: 'result',
  columns: {
    position: col.integer('Position', 'Reading order.'),
    quantity: col.text('Quantity', 'acquire_spend, acquire_rate, retain_spend, retain_rate, customer_value, equity.'),
    title: col.text('Title', 'For people.'),
    today: optional(col.number('Today', 'At the spends of today.')),
    best: col.number('Best', 'At the spends that make equity per prospect largest.'),
    low: col.number('Low', 'Lower end of the 90 % interval of the best, from the doubt of the elicited rates.'),
    high: col.number('High', 'Upper end.'),
    unit: col.text('Unit', 'money or share.'),
  },
})

export const acquisitionTables = [acquisitionGroup, acquisitionSignal, acquisitionBalance]
