import { col, optional, table } from '../../warehouse/contract/index.ts'

/** The reserved id under which our own processes over all customers stand. */
export const everybody = '(everybody)'

const yearly = 'A year, once the horizon has passed; mean over what the judgements allow.'

const band = {
  value: col.moneySum('Value', yearly, {
    formula:
      'P(accept) (effect x (fee + avoidable saving) - margin loss) + P(adapt) x effect x avoidable saving + P(defect) (avoidable cost - margin) - one-off cost',
  }),
  low: col.moneySum('Low', 'Nine in ten guesses at the judgements lie between low and high.', { additive: false }),
  high: col.moneySum('High', 'Nine in ten guesses at the judgements lie between low and high.', { additive: false }),
  stranded: col.moneySum(
    'Stranded cost',
    'Full cost of the volume that goes, less what can be given up by the horizon: it stays although nobody needs it.',
    {
      formula: 'full cost of the volume removed - avoidable cost',
    },
  ),
}

export const remedy = table({
  name: 'remedy',
  title: 'Remedies',
  meaning: 'Each remedy over all customers it is proposed to, in the order in which remedies are tried: our own house first, parting last.',
  grain: 'remedy, in their order',
  key: ['position'],
  kind: 'result',
  columns: {
    position: col.integer('Order', 'In which it is tried.'),
    remedy: col.text('Remedy', 'look-inside, customer-process, menu-pricing, minimum-order, mix-and-price, channel or exit.'),
    title: col.text('Title', 'For people.'),
    owner: col.text('Owner', 'Function that does it.'),
    customers: col.integer('Customers', 'To how many it is proposed; all for our own processes.', { unit: 'customers' }),
    ...band,
    accept: col.ratio('Goes along', 'Judged chance that a customer goes along.'),
    adapt: col.ratio('Adapts', 'Judged chance that it changes what it does instead of paying.'),
    defect: col.ratio('Leaves', 'Judged chance that it leaves, or takes its small orders elsewhere.'),
    effect: col.ratio('Effect', 'Most likely share of what the remedy aims at that is reached.'),
    effect_low: col.ratio('Effect, least', 'Lower end of the judgement.'),
    effect_high: col.ratio('Effect, most', 'Upper end of the judgement.'),
    adapt_effect: col.ratio('Effect when adapting', 'Most likely share of the cost that goes when customers change what they do.'),
    margin_loss: col.ratio('Margin lost', 'Most likely share of the margin lost when customers go along.'),
    one_off: col.moneySum('One-off cost', 'Of each item.', { additive: false }),
    horizon_months: col.number('Horizon', 'Months after which the value holds.', { unit: 'months' }),
    lag_months: col.number('Lag', 'Months until the later share of cost can be given up.', { unit: 'months' }),
  },
})

/** What a remedy has to work on, kept so that it can be tried again with other judgements. */
const leverage = {
  fee: col.moneySum('Fee', 'What would be paid a year if it went along to the full.'),
  saved_full: col.moneySum('Saving, full cost', 'Full cost a year that goes if it goes along to the full.'),
  saved_now: col.moneySum('Saving, at once', 'Of it avoidable at once.'),
  saved_later: col.moneySum('Saving, later', 'Of it avoidable once the lag has passed.'),
  adapted_full: col.moneySum('Adapting, full cost', 'Full cost a year that goes if it changes what it does.'),
  adapted_now: col.moneySum('Adapting, at once', 'Of it avoidable at once.'),
  adapted_later: col.moneySum('Adapting, later', 'Of it avoidable once the lag has passed.'),
  adapted_fee: col.moneySum('Adapting, price', 'What would be paid more a year if it gave in half-way to the full.'),
  margin: col.moneySum('Margin', 'Contribution a year of which a part is lost if it goes along.'),
  lost_margin: col.moneySum('Margin at stake', 'Contribution a year that goes if it leaves.'),
  lost_full: col.moneySum('Cost at stake, full', 'Cost-to-serve a year that is no longer caused if it leaves.'),
  lost_now: col.moneySum('Cost at stake, at once', 'Of it avoidable at once.'),
  lost_later: col.moneySum('Cost at stake, later', 'Of it avoidable once the lag has passed.'),
}

export const customerRemedy = table({
  name: 'customer_remedy',
  title: 'Remedies by customer',
  meaning:
    'What is proposed for each customer that loses money, pays little and asks much, or costs more than its peers: remedies in their order, each on what the ones before leave.',
  grain: 'customer and remedy',
  key: ['customer_id', 'remedy'],
  kind: 'result',
  columns: {
    customer_id: col.text('Customer', 'The id that orders use; (everybody) for our own processes over all customers.'),
    remedy: col.text('Remedy', 'As in the table remedy.'),
    position: col.integer('Order', 'In which remedies are tried.'),
    reason: col.text(
      'Because',
      'loss (it loses money), aggressive (pays little, asks much), dear (costs over 10 % more than peers) or house (our own processes).',
    ),
    profit_before: col.moneySum('Profit before', 'Expected a year at full cost, after the remedies before this one.', { additive: false }),
    profit_after: col.moneySum('Profit after', 'Expected a year at full cost, with this one too.', { additive: false }),
    turns: col.boolean('Turns', 'This remedy brings the expected profit from below zero to above.'),
    ...band,
    evidence: col.text('Evidence', 'What it works on.'),
    ...leverage,
  },
})

export const worklist = table({
  name: 'worklist',
  title: 'Worklist',
  meaning:
    'What to do, ranked by value: our own processes for all customers, remedies for single customers, and small ones gathered. No money stands twice.',
  grain: 'item',
  key: ['position'],
  kind: 'result',
  columns: {
    position: col.integer('Rank', 'By value, 1 the largest.', { unit: 'rank' }),
    remedy: col.text('Remedy', 'As in the table remedy.'),
    title: col.text('What to do', 'For people.'),
    owner: col.text('Owner', 'Function that does it.'),
    scope: col.text('Scope', 'house (our own process), customer, or gathered (smaller customers together).'),
    customer_id: optional(col.text('Customer', 'The customer, where the item is of one.')),
    customer_name: optional(col.text('Name', 'What people call the customer.')),
    activity_id: optional(col.text('Activity', 'The activity, where the item is of our own process.')),
    customers: col.integer('Customers', 'How many it concerns.', { unit: 'customers' }),
    ...band,
    turns: col.boolean('Turns', 'It brings a customer that loses money above zero, with the items before it.'),
    assumption: col.text('Assumption', 'What was judged.'),
    evidence: col.text('Evidence', 'What it works on.'),
    link: col.text('Where to see it', 'A page of the web app.'),
  },
})

export const releasedCapacity = table({
  name: 'released_capacity',
  title: 'Capacity that the worklist frees',
  meaning:
    'Minutes that are no longer needed if everything on the worklist comes as expected, what they cost, and how much of it can be given up.',
  grain: 'pool',
  key: ['pool_id'],
  kind: 'result',
  columns: {
    pool_id: col.text('Pool', 'Id of the pool.'),
    title: col.text('Title', 'For people.'),
    cost: col.moneySum('Cost', 'Of the pool a year.'),
    freed: col.moneySum('Freed, full cost', 'Time-driven cost a year of the volume that goes.'),
    avoidable: col.moneySum(
      'Avoidable',
      'Of it what can be given up by the horizon: in whole steps where capacity comes in steps, else the share judged.',
    ),
    stranded: col.moneySum('Stranded', 'Freed less avoidable.', {
      formula: 'freed - avoidable',
      from: { kind: 'row', columns: ['freed', 'avoidable'] },
    }),
    stepped: col.boolean('In steps', 'True where the settings say in which steps capacity comes.'),
  },
})

export const remedyTables = [remedy, customerRemedy, worklist, releasedCapacity]
