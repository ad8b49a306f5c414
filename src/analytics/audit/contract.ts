import { col, optional, table } from '../../warehouse/contract/index.ts'

const measure = 'contribution where product cost is known, else net revenue'
const side = col.text('Period', 'previous or current, as in table period.')

export const cohort = table({
  name: 'cohort',
  title: 'Cohorts',
  meaning: 'Customers by when they first bought, and what they did in each period since: the base of the cohort charts.',
  grain: 'length of period, cohort and age; gaps are rows of zeros',
  key: ['grain', 'cohort', 'age'],
  kind: 'result',
  columns: {
    grain: col.text('Length', 'week (from Monday), month, quarter or year; weeks only over the last three years of the data.'),
    cohort: col.date('Cohort', 'First day of the period in which its customers bought for the first time in the data.'),
    age: col.integer('Age', 'Periods since the first: 0 is the cohort’s own.', { unit: 'periods' }),
    period: col.date('Period', 'First day of the period that the row is about.'),
    complete: col.boolean('Complete', 'Whether the data covers the whole period.'),
    customers: col.integer('Customers', 'Size of the cohort.', { unit: 'customers', additive: false }),
    active: col.integer('Active', 'Of them, those who bought in the period.', { unit: 'customers' }),
    orders: col.integer('Orders', 'With a sale, in the period.', { unit: 'orders' }),
    revenue: col.moneySum('Net revenue', 'Invoiced less returned in the period.'),
    measure: col.moneySum('Profit measure', `What the period brought: ${measure}.`),
    cumulative_revenue: col.moneySum('Revenue so far', 'From the first period on.', {
      additive: false,
      formula: 'sum of revenue up to this age',
    }),
    cumulative_measure: col.moneySum('Profit so far', 'From the first period on.', {
      additive: false,
      formula: 'sum of profit measure up to this age',
    }),
    measure_per_customer: col.money('So far per customer', 'Profit so far over the size of the cohort.', {
      additive: false,
      formula: 'profit so far / customers',
    }),
    retention: col.ratio('Retention', 'Share of the cohort that bought in the period.', { formula: 'active / customers' }),
    retention_low: optional(col.ratio('Low', 'Lower end of the 90 % interval of retention (Wilson); none at age 0.')),
    retention_high: optional(col.ratio('High', 'Upper end of the 90 % interval of retention (Wilson).')),
    acquisition_cost: optional(
      col.moneySum('Acquisition cost', 'What winning the whole cohort cost; null unless it is known of every customer of it.', {
        additive: false,
      }),
    ),
  },
})

export const cohortQuality = table({
  name: 'cohort_quality',
  title: 'Cohorts at the same age',
  meaning:
    'Whether newer customers are better or worse: behaviour in the first 90 and 365 days, only of customers who could be watched that long.',
  grain: 'cohort, of the finest length at which half of the cohorts hold at least 50 customers',
  key: ['cohort'],
  kind: 'result',
  columns: {
    grain: col.text('Length', 'week, month, quarter or year.'),
    cohort: col.date('Cohort', 'First day of the period of the first purchase.'),
    customers: col.integer('Customers', 'Size of the cohort.', { unit: 'customers' }),
    opening: col.boolean('Opening', 'The data begins here, so older customers look new; left out of the test of drift.'),
    early_customers: col.integer('Watched 90 days', 'Customers whose first purchase lies at least 90 days before the end of the data.', {
      unit: 'customers',
    }),
    again: col.integer('Bought again', 'Of them, those who bought on another day within 90 days.', { unit: 'customers' }),
    again_share: optional(
      col.ratio('Bought again, share', 'Null where nobody could be watched 90 days.', { formula: 'bought again / watched 90 days' }),
    ),
    again_low: optional(col.ratio('Low', 'Lower end of the 90 % interval (Jeffreys).')),
    again_high: optional(col.ratio('High', 'Upper end of the 90 % interval (Jeffreys).')),
    early_measure: optional(col.money('Profit in 90 days, each', `Mean over those watched 90 days: ${measure}.`, { additive: false })),
    early_low: optional(col.money('Low', 'Lower end of the 90 % interval of the mean.', { additive: false })),
    early_high: optional(col.money('High', 'Upper end of the 90 % interval of the mean.', { additive: false })),
    year_customers: col.integer('Watched 365 days', 'Customers whose first purchase lies at least a year before the end of the data.', {
      unit: 'customers',
    }),
    year_measure: optional(col.money('Profit in 365 days, each', 'Mean over those watched a year.', { additive: false })),
  },
})

export const auditTenth = table({
  name: 'audit_tenth',
  title: 'Customers in tenths',
  meaning: 'How different customers are within a period: those who bought, in ten equal groups from the most to the least profitable.',
  grain: 'period and tenth',
  key: ['period', 'tenth'],
  kind: 'result',
  columns: {
    period: side,
    tenth: col.integer('Tenth', '1 holds the most profitable customers of the period.'),
    customers: col.integer('Customers', 'Who bought in the period.', { unit: 'customers' }),
    orders: col.integer('Orders', 'Theirs.', { unit: 'orders' }),
    revenue: col.moneySum('Net revenue', 'Theirs.'),
    measure: col.moneySum('Profit measure', `Theirs: ${measure}.`),
    least_measure: col.money('Least', 'Profit measure of the least profitable customer of the tenth.', { additive: false }),
    most_measure: col.money('Most', 'Profit measure of the most profitable customer of the tenth.', { additive: false }),
    measure_share: optional(col.ratio('Share', 'Of the profit measure of all who bought.')),
    cumulative_share: optional(col.ratio('Share so far', 'Of this tenth and the better ones together.')),
  },
})

export const auditFrequency = table({
  name: 'audit_frequency',
  title: 'Customers by orders',
  meaning: 'How many customers bought once, twice, and so on within a period, and what each group brought.',
  grain: 'period and number of orders, 10 and more together',
  key: ['period', 'orders'],
  kind: 'result',
  columns: {
    period: side,
    orders: col.integer('Orders', 'With a sale, in the period; 10 stands for 10 and more.', { unit: 'orders', additive: false }),
    customers: col.integer('Customers', 'With so many.', { unit: 'customers' }),
    revenue: col.moneySum('Net revenue', 'Theirs.'),
    measure: col.moneySum('Profit measure', 'Theirs.'),
    customer_share: col.ratio('Share of customers', 'Of those who bought in the period.'),
    measure_share: optional(col.ratio('Share of profit', 'Of the profit measure of all who bought.')),
  },
})

export const auditChange = table({
  name: 'audit_change',
  title: 'Customers won, kept and lost',
  meaning: 'What customers won, lost, growing and shrinking did to the profit measure between the two periods; the changes add up exactly.',
  grain: 'status',
  key: ['position'],
  kind: 'result',
  columns: {
    position: col.integer('Position', 'Reading order.'),
    status: col.text('Status', 'lost, kept-down, kept-up, returning, new, other (money without a purchase in either period).'),
    title: col.text('Title', 'For people.'),
    customers: col.integer('Customers', 'With this status.', { unit: 'customers' }),
    previous_measure: col.moneySum('Before', 'Their profit measure in the previous period.'),
    current_measure: col.moneySum('Now', 'Their profit measure in the current period.'),
    change: col.moneySum('Change', 'Now less before.', { formula: 'now - before' }),
  },
})

export const auditFactor = table({
  name: 'audit_factor',
  title: 'Customers x frequency x spend x margin',
  meaning:
    'The change of the profit measure between the two periods, split exactly into more customers, more orders each, larger orders, better margin.',
  grain: 'factor',
  key: ['position'],
  kind: 'result',
  columns: {
    position: col.integer('Position', 'Reading order.'),
    factor: col.text('Factor', 'customers, frequency, spend, margin; total is their product.'),
    title: col.text('Title', 'For people.'),
    previous: optional(col.number('Before', 'In the previous period, in its unit.')),
    current: optional(col.number('Now', 'In the current period.')),
    unit: col.text('Unit', 'customers, orders per customer, money per order, share of revenue, money.'),
    effect: optional(
      col.moneySum('Effect', 'What it did to the profit measure; the effects add up to the total without residual.', {
        additive: false,
        formula: 'L(now, before) x ln(factor now / factor before), L the logarithmic mean; Shapley value where a factor is not positive',
      }),
    ),
    method: col.text('Method', 'lmdi or shapley.'),
  },
})

export const tierMove = table({
  name: 'tier_move',
  title: 'How customers rose and fell',
  meaning:
    'Where the customers of each class in the previous period stood in the current one: how often a poor customer became one of the best.',
  grain: 'class before and class now',
  key: ['position'],
  kind: 'result',
  columns: {
    position: col.integer('Position', 'Reading order.'),
    tier_before: col.text(
      'Before',
      'best (tenth), upper (next three tenths), middle (next three), low (last three) by profit measure among those who bought; none: did not buy.',
    ),
    tier_now: col.text('Now', 'The same in the current period.'),
    customers: col.integer('Customers', 'Who moved so.', { unit: 'customers' }),
    of: col.integer('Out of', 'Customers of the class before.', { unit: 'customers', additive: false }),
    share: optional(col.ratio('Share', 'Of the class before; null for those who did not buy before.', { formula: 'customers / out of' })),
    share_low: optional(col.ratio('Low', 'Lower end of the 90 % interval (Jeffreys).')),
    share_high: optional(col.ratio('High', 'Upper end of the 90 % interval (Jeffreys).')),
    previous_measure: col.moneySum('Profit before', 'Theirs.'),
    current_measure: col.moneySum('Profit now', 'Theirs.'),
  },
})

/** All tables of the step. */
export const auditTables = [cohort, cohortQuality, auditTenth, auditFrequency, auditChange, auditFactor, tierMove]
