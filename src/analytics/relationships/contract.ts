import { col, optional, table } from '../../warehouse/contract/index.ts'

/** Classes of relationship from the loosest to the closest, after Johnson & Selnes. */
export const relationshipClasses = ['stranger', 'acquaintance', 'friend', 'partner'] as const
export type RelationshipClass = (typeof relationshipClasses)[number]

/** The segment that stands for all customers together. */
export const allSegments = '(all)'

const segment = col.text(
  'Segment',
  'The segment that the company itself uses; (all) is everybody, (other) the segments beyond the twelve largest.',
)
const fromClass = col.text('From', 'Class at the end of a period; new for customers in the period of their first purchase.')
const toClass = col.text('To', 'Class at the end of the next period.')
const chance = (name: string, of: string) => optional(col.ratio(name, `Chance that the customer is ${of}, from what is known of it.`))

export const customerRelationship = table({
  name: 'customer_relationship',
  title: 'Relationship by customer',
  meaning: 'How close each customer is to us: the chances of the four classes, the main one, and the evidence for it.',
  grain: 'identified customer or prospect',
  key: ['customer_id'],
  kind: 'result',
  columns: {
    customer_id: col.text('Customer', 'The id that orders use.'),
    customer_key: col.integer('Key', 'Whole number that stands for the customer in this run.', { internal: true }),
    name: optional(col.text('Name', 'What people call the customer.')),
    segment: segment,
    class: optional(
      col.text(
        'Class',
        'stranger, acquaintance, friend or partner: the likeliest, but two periods in a row are needed to move up beyond acquaintance.',
      ),
    ),
    probability: optional(col.ratio('Probability', 'Chance of the class it is counted in.')),
    p_stranger: chance('Stranger', 'a stranger: never bought, or lapsed'),
    p_acquaintance: chance('Acquaintance', 'an acquaintance: buys, and no more is known to bind it'),
    p_friend: chance('Friend', 'a friend: trusts us and gives us a good part of its business'),
    p_partner: chance('Partner', 'a partner: committed, with business shaped for it'),
    strength: optional(
      col.ratio('Strength', 'Expected class on a scale from 0 (stranger) to 1 (partner).', {
        formula: '(p acquaintance + 2 p friend + 3 p partner) / 3',
        from: { kind: 'row', columns: ['p_acquaintance', 'p_friend', 'p_partner'] },
      }),
    ),
    status: col.text('Status', 'never (no purchase), lapsed (a stranger who bought), new (first purchase in the last period) or customer.'),
    previous_class: optional(col.text('Class before', 'Class at the end of the period before the last.')),
    movement: optional(col.text('Movement', 'up, down, same or new over the last period.')),
    periods_in_class: optional(
      col.integer('Periods in class', 'Periods in a row in the class it is in now.', { unit: 'periods', additive: false }),
    ),
    basis: col.text('Basis', 'behaviour (orders alone), behaviour and scores, or none.'),
    evidence: col.text('Evidence', 'What the class rests on, in words and numbers.'),
    orders_now: optional(col.integer('Orders now', 'Orders with a sale in the last period.', { unit: 'orders' })),
    orders_before: optional(col.integer('Orders before', 'Orders with a sale in the period before.', { unit: 'orders' })),
    silent_days: optional(
      col.integer('Silent for', 'Days from the last order with a sale to the end of the data.', { unit: 'days', additive: false }),
    ),
    trust: optional(col.ratio('Trust', 'Mean of trust items and cooperative norms, 0 to 1.')),
    commitment: optional(
      col.ratio('Commitment', 'Mean of commitment items, specific investment and contract length (36 months is 1), 0 to 1.'),
    ),
    customisation: optional(col.ratio('Customisation', 'Mean of what we adapted and how far systems are linked, 0 to 1.')),
    share_of_wallet: optional(col.ratio('Share of wallet', 'Our share of what the customer buys in the category, as scored.')),
    revenue_year: optional(col.moneySum('Revenue, 12 months', 'Net revenue of the last 12 months.')),
    measure_year: optional(
      col.moneySum('Profit, 12 months', 'Contribution where product cost is known, else net revenue, of the last 12 months.'),
    ),
  },
})

export const relationshipModel = table({
  name: 'relationship_model',
  title: 'Models of behaviour',
  meaning: 'How many levels of buying the orders support, and how well each number tells a period it has not seen.',
  grain: 'number of hidden states',
  key: ['states'],
  kind: 'result',
  columns: {
    states: col.integer('States', 'Hidden levels of buying.', { unit: 'states', additive: false }),
    chosen: col.boolean('Chosen', 'Whether the classes come from it.'),
    status: col.text('Status', 'converged, stopped or refused.'),
    reason: col.text('Reason', 'Why it was taken, passed over or refused.'),
    customers: col.integer('Customers', 'Whose sequences it saw.', { unit: 'customers', additive: false }),
    sequences: col.integer('Sequences', 'Distinct sequences among them.', { unit: 'sequences', additive: false }),
    log_likelihood: optional(col.number('Log-likelihood', 'ln L over all customers.', { additive: false })),
    parameters: optional(col.integer('Parameters', 'Free parameters.', { additive: false })),
    bic: optional(
      col.number('BIC', 'Bayesian information criterion; the lowest is taken.', {
        formula: '-2 ln L + parameters x ln(customers)',
        additive: false,
      }),
    ),
    held_out: optional(
      col.number(
        'Held-out score',
        'Mean ln of the chance given to what customers did in a last period it had not seen; nearer 0 is better.',
        { additive: false },
      ),
    ),
    held_out_naive: optional(col.number('Naive score', 'The same if everybody is told the shares of all.', { additive: false })),
  },
})

export const relationshipState = table({
  name: 'relationship_state',
  title: 'Levels of buying',
  meaning: 'The hidden levels of buying behind the classes: how often customers on each level order, and where they go.',
  grain: 'hidden state of the chosen model',
  key: ['state'],
  kind: 'result',
  columns: {
    state: col.integer('State', 'Rising with the orders per period.', { additive: false }),
    class: col.text('Class', 'The class it speaks for where nothing but behaviour is known.'),
    orders: col.number('Orders', 'Mean orders per period on this level.', { unit: 'orders', additive: false }),
    buys: col.ratio('Buys', 'Chance of at least one order in a period.'),
    stays: col.ratio('Stays', 'Chance to be on the same level a period later.'),
    emission: col.json('Orders per period', 'Chance of each number of orders: 0, 1, 2, 3-4, 5-8, 9-16, 17-32, 33 and more.'),
    transition: col.json('Moves', 'Chance of each level a period later, lowest first.'),
  },
})

export const relationshipPeriod = table({
  name: 'relationship_period',
  title: 'Periods of the relationship panel',
  meaning: 'The periods in which customers are watched, with what happened in each.',
  grain: 'period',
  key: ['period'],
  kind: 'result',
  columns: {
    period: col.integer('Period', 'Counted from 1, the oldest.', { additive: false }),
    from_date: col.date('From', 'First day.'),
    to_date: col.date('To', 'Last day.'),
    months: col.integer('Months', 'Length.', { unit: 'months', additive: false }),
    known: col.integer('Customers', 'Who had bought by the end of the period.', { unit: 'customers', additive: false }),
    buying: col.integer('Buying', 'Who bought in it.', { unit: 'customers', additive: false }),
    won: col.integer('New', 'Whose first purchase lies in it.', { unit: 'customers' }),
  },
})

export const relationshipTransition = table({
  name: 'relationship_transition',
  title: 'How customers move',
  meaning: 'From which class to which customers moved from the end of one period to the end of the next.',
  grain: 'segment, period (0 is all together), class before and class after',
  key: ['segment', 'period', 'from_class', 'to_class'],
  kind: 'result',
  columns: {
    segment,
    period: col.integer('Period', 'The period at whose end the customer is in the class after; 0 is all periods together.', {
      additive: false,
    }),
    from_class: fromClass,
    to_class: toClass,
    customers: col.integer('Customers', 'Who made this move; with period 0, moves over all periods.', {
      unit: 'customers',
      additive: false,
    }),
    probability: optional(
      col.ratio('Probability', 'Chance of the move, drawn a little towards that of all segments or of all periods.', {
        formula: '(n_ij + alpha_ij) / (n_i. + alpha_i.)',
      }),
    ),
    low: optional(col.ratio('Low', 'Lower end of the 90 % interval (Dirichlet).')),
    high: optional(col.ratio('High', 'Upper end of the 90 % interval (Dirichlet).')),
  },
})

export const relationshipTest = table({
  name: 'relationship_test',
  title: 'Is one matrix enough?',
  meaning:
    'Whether moves are the same in every period and segment, whether the class before last matters, how much customers move and where it settles.',
  grain: 'question',
  key: ['position'],
  kind: 'result',
  columns: {
    position: col.integer('Position', 'Reading order.', { additive: false }),
    question: col.text('Question', 'What is asked.'),
    statistic: optional(col.number('Statistic', 'Likelihood ratio, or the index itself.', { additive: false })),
    freedom: optional(col.integer('Degrees of freedom', 'Of the test.', { additive: false })),
    p_value: optional(col.number('p', 'How likely a statistic this large would be if the answer were no.', { additive: false })),
    answer: col.text('Answer', 'In words.'),
  },
})

export const classTables = [customerRelationship, relationshipModel, relationshipState, relationshipPeriod]
export const dynamicsTables = [relationshipTransition, relationshipTest]

const bounds = (of: string) => ({
  low: optional(col.money('Low', `Lower end of the 90 % interval of ${of}.`, { additive: false })),
  high: optional(col.money('High', `Upper end of the 90 % interval of ${of}.`, { additive: false })),
})

export const classValue = table({
  name: 'class_value',
  title: 'Value of the classes',
  meaning: 'What a customer of each class brings in a period, what it is worth as it moves, and what the portfolio is worth as a whole.',
  grain: 'segment and class',
  key: ['segment', 'class'],
  kind: 'result',
  columns: {
    segment,
    class: col.text(
      'Class',
      'stranger (lapsed), acquaintance, friend or partner; new for customers in the period of their first purchase.',
    ),
    position: col.integer('Position', 'Reading order of the class.', { additive: false }),
    customers: col.integer('Customers', 'In the class now; of new ones those won in the last period.', {
      unit: 'customers',
      additive: false,
    }),
    measure_year: optional(
      col.moneySum('Profit, 12 months', 'What the customers now in the class brought in the last 12 months, before cost-to-serve.', {
        additive: false,
      }),
    ),
    profit: col.money('Profit a period', 'What a customer of the class brings in the period after, on average of the last 12 months.', {
      formula: 'measure of the period after / customer-periods; less cost-to-serve at the class’s share of revenue where it was worked out',
      additive: false,
    }),
    profit_low: optional(col.money('Profit, low', 'Lower end of the 90 % interval.', { additive: false })),
    profit_high: optional(col.money('Profit, high', 'Upper end of the 90 % interval.', { additive: false })),
    value: col.money(
      'Value of a customer',
      'Discounted profit of a customer of the class as it moves between classes, within the horizon (5 years unless set).',
      {
        formula: 'V_h = g + P V_(h-1) / (1+d)',
        additive: false,
      },
    ),
    ...bounds('the value of a customer'),
    portfolio: col.money('Value of the class', 'Customers x value of a customer: its part of the customer portfolio lifetime value.', {
      formula: 'customers x value of a customer',
      from: { kind: 'row', columns: ['customers', 'value'] },
      additive: false,
    }),
    occupancy: optional(
      col.number('Discounted stay', 'Discounted customer-periods that the customers of today will spend in the class.', {
        formula: 'n x sum over periods of (P/(1+d))^t',
        unit: 'customer-periods',
        additive: false,
      }),
    ),
    break_even: optional(
      col.money(
        'Worth spending at most',
        'What may be spent a period on a customer while it is in the class before letting it go were better.',
        {
          formula: 'value / discounted periods in the class, of a customer now in it',
          additive: false,
        },
      ),
    ),
    policy: optional(
      col.text('Keep or let go', 'keep, or let go where keeping costs more than it brings; with actions of the settings, the best one.'),
    ),
  },
})

export const transitionPrice = table({
  name: 'transition_price',
  title: 'What a move is worth',
  meaning:
    'What it would add to the portfolio if one percentage point more of a class moved to another instead of staying, period after period.',
  grain: 'segment, class from and class to',
  key: ['segment', 'from_class', 'to_class'],
  kind: 'result',
  columns: {
    segment,
    from_class: col.text('From', 'Class now.'),
    to_class: col.text('To', 'Class a period later.'),
    lever: col.text(
      'Lever',
      'acquire (strangers won back), convert (a closer class) or defend (a looser class or lapse, a cost when negative).',
    ),
    probability: col.ratio('Probability', 'Chance of the move today.'),
    per_point: col.money('Per percentage point', 'Change of the customer portfolio lifetime value by one point, first order.', {
      formula: '0.01 x sum over periods of customers in the class x (V to - V from) / (1 + d), discounted',
      additive: false,
    }),
    ...bounds('the price of a point'),
  },
})

export const portfolioPathTable = table({
  name: 'portfolio_path',
  title: 'The portfolio if nothing is changed',
  meaning: 'Customers by class and profit, period by period, with the moves of today and as many new customers as in the last 12 months.',
  grain: 'period ahead and class',
  key: ['ahead', 'class'],
  kind: 'result',
  columns: {
    ahead: col.integer('Periods ahead', '0 is the coming period.', { additive: false }),
    class: col.text('Class', 'stranger, acquaintance, friend or partner.'),
    customers: col.number('Customers', 'Expected in the class at the start of the period.', { unit: 'customers', additive: false }),
    customers_without_new: col.number('Without new ones', 'The same if nobody new is won.', { unit: 'customers', additive: false }),
    profit: col.money('Profit', 'What they bring in the period.'),
  },
})

export const portfolioValueTable = table({
  name: 'portfolio_value',
  title: 'Customer portfolio lifetime value',
  meaning: 'What the portfolio is worth as customers move, by segment, and what a newly won customer and a prospect are worth.',
  grain: 'segment',
  key: ['segment'],
  kind: 'result',
  columns: {
    segment,
    customers: col.integer('Customers', 'Who have ever bought.', { unit: 'customers', additive: false }),
    portfolio: col.money(
      'Customer portfolio lifetime value',
      'Discounted profit of the customers of today as they move, within the horizon (5 years unless set).',
      {
        formula: 'sum over periods of n P^t g / (1+d)^t',
        additive: false,
      },
    ),
    ...bounds('it'),
    newly_won: optional(
      col.money('A newly won customer', 'Profit of its first period and its discounted value after it.', {
        formula: 'g new + V acquaintance / (1 + d)',
        additive: false,
      }),
    ),
    newly_won_low: optional(col.money('Newly won, low', 'Lower end of the 90 % interval.', { additive: false })),
    newly_won_high: optional(col.money('Newly won, high', 'Upper end of the 90 % interval.', { additive: false })),
    prospects: optional(col.integer('Prospects', 'On file, never bought.', { unit: 'prospects', additive: false })),
    conversion: optional(col.ratio('Prospects won a year', 'Of those on file without a purchase a year ago, who has bought since.')),
    lead: optional(
      col.money('A prospect', 'What a prospect on file is worth over a year.', {
        formula: 'prospects won a year x a newly won customer',
        additive: false,
      }),
    ),
    discount: col.ratio('Discount a period', '(1 + discount per year)^(months / 12) - 1.'),
    after_cost_to_serve: col.boolean('After cost-to-serve', 'Whether cost-to-serve was known and taken off.'),
  },
})

export const relationshipValueTables = [classValue, transitionPrice, portfolioPathTable, portfolioValueTable]

const points = (title: string, meaning: string, formula?: string) =>
  col.number(title, meaning, { unit: 'points', additive: false, ...(formula ? { formula } : {}) })

export const exchangePosition = table({
  name: 'exchange_position',
  title: 'Exchange by customer',
  meaning: 'What kind of exchange a customer’s situation asks for, how we trade with it now, and what a mismatch costs or leaves.',
  grain: 'customer with scores of the six drivers',
  key: ['customer_id'],
  kind: 'result',
  columns: {
    customer_id: col.text('Customer', 'The id that orders use.'),
    name: optional(col.text('Name', 'What people call the customer.')),
    scored_on: col.date('Scored on', 'Day of the latest scores.'),
    situation: points(
      'Situation',
      'What the situation asks for: 1 transactional to 7 collaborative.',
      'mean of 8 - alternatives, dynamism, importance, complexity',
    ),
    behaviour: points(
      'Behaviour',
      'How we trade now: 1 transactional to 7 collaborative.',
      'mean of information exchange and operational linkages',
    ),
    score: points('Position', 'Both together, 0 transactional to 100 collaborative.', '(mean of the six drivers - 1) / 6 x 100'),
    mismatch: points('Mismatch', 'Above 1.5 we invest more than the situation asks for, below -1.5 less.', 'behaviour - situation'),
    position: col.text('Asked for', 'transactional, between or collaborative.'),
    fit: col.text('Fit', 'fit, over-invested or under-invested.'),
    guidance: col.text('What to do', 'One sentence for the account manager.'),
    type: optional(
      col.text(
        'Type',
        'Nearest of eight types of buyer-seller relationship; approximate. Null where the other connectors were not scored.',
      ),
    ),
    type_distance: optional(col.number('Distance', 'To that type, in standardised points.', { additive: false })),
    type_between: optional(col.boolean('Between types', 'The next type is nearly as near.')),
    class: optional(col.text('Class', 'Class of relationship it is counted in.')),
    edi_share: optional(col.ratio('By EDI', 'Share of its orders that came electronically: a check on the scored links.')),
    revenue_year: col.moneySum('Revenue, 12 months', 'Net revenue of the last 12 months.'),
    measure_year: col.moneySum('Profit, 12 months', 'Contribution, else net revenue, of the last 12 months.'),
    at_stake: optional(
      col.moneySum(
        'At stake a year',
        'Over-invested: cost-to-serve above the share that all customers take. Under-invested: what the rest of its business would bring.',
        {
          formula: 'cost-to-serve - revenue x average cost-to-serve share; profit x (1 - share of wallet) / share of wallet',
        },
      ),
    ),
  },
})
