import { col, optional, table } from '../../warehouse/contract/index.ts'

const segment = col.text('Segment', 'The segment that the company itself uses; (all) where there is none.')
const lever = col.text('Lever', 'acquire (win strangers), convert (bring closer), leverage (earn more from), defend (keep).')

export const planItem = table({
  name: 'plan_item',
  title: 'Investment plan by lever',
  meaning: 'Where the next money goes: what each lever gets for each segment and class, what that brings, and how sure it is.',
  grain: 'lever, segment and class',
  key: ['item_id'],
  kind: 'result',
  columns: {
    item_id: col.text('Item', 'Lever, segment and class.'),
    lever,
    segment,
    class: col.text('Class', 'Class of the customers it is for: stranger, acquaintance, friend or partner.'),
    customers: col.integer('Customers', 'Customers of that segment and class now.', { unit: 'customers' }),
    basis: col.text('Basis', 'Where the response curve comes from: judgement, or assumption until somebody judges or tests.'),
    effort: col.moneySum('Effort', 'Money of the coming period that the plan gives it.'),
    effort_low: optional(col.moneySum('Effort, low', '5 % point over the plans that would be best in each scenario.', { additive: false })),
    effort_high: optional(
      col.moneySum('Effort, high', '95 % point over the plans that would be best in each scenario.', { additive: false }),
    ),
    value: col.moneySum('Value', 'Present value that the effort brings, net of the money spent.'),
    value_low: optional(col.moneySum('Value, low', '5 % point over the scenarios.', { additive: false })),
    value_high: optional(col.moneySum('Value, high', '95 % point over the scenarios.', { additive: false })),
    next_unit: col.number('Next unit', 'Present value that one more unit of money would bring here.', {
      unit: 'money per money',
      additive: false,
    }),
    first_unit: col.number('First unit', 'Present value that the first unit of money brings here.', {
      unit: 'money per money',
      additive: false,
    }),
    chosen: optional(col.ratio('Chosen', 'Part of the scenarios whose best plan gives it money.')),
    worth_knowing: optional(
      col.moneySum('Worth knowing', "What it would be worth to know this item's response before deciding: test the largest first.", {
        additive: false,
      }),
    ),
    test_reserve: col.moneySum('Test reserve', 'Part of the money kept for testing that goes to this item.'),
    today: optional(col.moneySum('Today', "Today's effort, where somebody stated it.")),
    response_at_zero: col.number(
      'Response without effort',
      'Chance of the good outcome in the period without effort (moving up; not dropping); for leverage the part of profit added.',
      { additive: false },
    ),
    response_planned: col.number('Response planned', 'The same at the planned effort.', { additive: false }),
    response_ceiling: col.number('Response at most', 'The same however much is spent.', { additive: false }),
    worth: col.moneySum('Worth of a full response', 'Present value if the response rose by 1 for all its customers.', { additive: false }),
    half_effort: col.moneySum('Half at', 'Effort at which half of what can be reached is reached.', { additive: false }),
    curve: col.json('Curve', 'Form and parameters of the response curve; effort in money of the coming period.'),
    warning: optional(col.text('Warning', 'What to mind: more upgrades than were ever seen, few customers, no scenario agrees.')),
  },
})

export const planLimit = table({
  name: 'plan_limit',
  title: 'Limits of the plan',
  meaning: 'Budgets, floors and reserves the plan keeps, and what one more unit of each would bring.',
  grain: 'limit',
  key: ['limit_id'],
  kind: 'result',
  columns: {
    limit_id: col.text('Limit', 'Id of the limit.'),
    title: col.text('Title', 'What is limited.'),
    basis: col.text('Basis', 'loaded (from table budget), setting, or assumption.'),
    owner: optional(col.text('Owner', 'Who decides on it.')),
    most: optional(col.number('At most', 'Upper limit, in its unit.', { additive: false })),
    least: optional(col.number('At least', 'Lower limit, in its unit.', { additive: false })),
    used: col.number('Used', 'What the plan uses.', { additive: false }),
    unit: col.text('Unit', 'money or hours.'),
    shadow_price: col.number(
      'One more unit',
      'Present value that one more unit would bring, before its own cost; 1 means it brings itself back.',
      {
        unit: 'money per unit',
        additive: false,
      },
    ),
  },
})

export const planFrontier = table({
  name: 'plan_frontier',
  title: 'Value by budget',
  meaning: 'What the best plan is worth at more and less money than the budget, with its doubt.',
  grain: 'budget',
  key: ['step'],
  kind: 'result',
  columns: {
    step: col.integer('Step', 'From no money up.', { additive: false }),
    budget: col.moneySum('Budget', 'Money that may be spent.', { additive: false }),
    spent: col.moneySum('Spent', 'Money that is worth spending.', { additive: false }),
    value: col.moneySum('Value', 'Present value net of the money, at mean response.', { additive: false }),
    low: col.moneySum('Low', '5 % point over the scenarios.', { additive: false }),
    high: col.moneySum('High', '95 % point over the scenarios.', { additive: false }),
    next_unit: col.number('Next unit', 'Present value of one more unit of budget, before its own cost.', {
      unit: 'money per money',
      additive: false,
    }),
  },
})

export const planOption = table({
  name: 'plan_option',
  title: 'Plans compared',
  meaning: 'The recommended plan beside doing nothing, today, equal shares and a plan that minds the worst cases.',
  grain: 'plan',
  key: ['option'],
  kind: 'result',
  columns: {
    option: col.text('Option', 'recommended, cautious, equal, today or nothing.'),
    title: col.text('Title', 'What it is.'),
    spent: col.moneySum('Spent', 'Money of the coming period.', { additive: false }),
    value: col.moneySum('Value', 'Mean present value over the scenarios, net of the money.', { additive: false }),
    low: col.moneySum('Low', '5 % point over the scenarios.', { additive: false }),
    high: col.moneySum('High', '95 % point over the scenarios.', { additive: false }),
    worst_tenth: col.moneySum('Worst tenth', 'Mean of the worst tenth of the scenarios (CVaR).', { additive: false }),
    losing: col.ratio('Loses', 'Part of the scenarios in which it is worth less than doing nothing.'),
    regret: col.moneySum('Regret', 'How much less it brings on average than the recommended plan.', { additive: false }),
    allocation: col.json('Allocation', 'Money for each item.'),
  },
})

export const planPeriod = table({
  name: 'plan_period',
  title: 'Plan over the coming periods',
  meaning: 'Whom to treat in each of the coming periods when customers move and each period has its budget.',
  grain: 'period, segment, class and lever',
  key: ['period', 'segment', 'class', 'lever'],
  kind: 'result',
  columns: {
    period: col.integer('Period', 'Counted from the coming one, 1.', { additive: false }),
    segment,
    class: col.text('Class', 'Class at the start of the period.'),
    lever: col.text('Lever', 'What is done with them; none for nothing.'),
    customers: col.number('Customers', 'Expected number treated.', { unit: 'customers' }),
    spent: col.moneySum('Spent', 'Money for them.'),
  },
})

export const customerAction = table({
  name: 'customer_action',
  title: 'Next best action by customer',
  meaning: 'What to do with each customer within the budget, what it is worth and why.',
  grain: 'identified customer',
  key: ['customer_id'],
  kind: 'result',
  columns: {
    customer_id: col.text('Customer', 'The id that orders use.'),
    customer_key: col.integer('Key', 'Whole number that stands for the customer in this run.', { internal: true }),
    segment,
    class: col.text('Class', 'Class it is counted in.'),
    action: col.text('Action', 'acquire, convert, leverage, defend, or none.'),
    effort: col.moneySum('Effort', 'Money for it in the coming period.'),
    value: col.moneySum('Value', 'Present value that the action brings, net of the money.'),
    next_best: optional(col.text('Next best', 'The action that would come second.')),
    reason: col.text('Reason', 'Why this action.'),
  },
})

export const planGuardrail = table({
  name: 'plan_guardrail',
  title: 'Guardrails of the plan',
  meaning: 'Whether the plan treats groups unequally, or counts on what was never seen.',
  grain: 'check',
  key: ['guardrail', 'subject'],
  kind: 'result',
  columns: {
    guardrail: col.text('Guardrail', 'equal treatment or observed upgrades.'),
    subject: col.text('Subject', 'Group or item that is checked.'),
    reference: col.text('Reference', 'What it is held against.'),
    actual: optional(col.number('Actual', 'Ratio of rates, or rate the plan counts on.', { additive: false })),
    low: optional(col.number('Low', 'Lower end of the interval.', { additive: false })),
    high: optional(col.number('High', 'Upper end of the interval.', { additive: false })),
    limit: optional(col.number('Limit', 'Where a flag is raised.', { additive: false })),
    flagged: col.boolean('Flagged', 'Whether somebody should look at it.'),
    detail: col.text('Detail', 'In words.'),
  },
})

export const riskPart = table({
  name: 'risk_part',
  title: 'Risk by segment',
  meaning: 'How much the cash flow of each part of the portfolio varies, whether it moves with the rest, and the steadier mix.',
  grain: 'part of the portfolio',
  key: ['part'],
  kind: 'result',
  columns: {
    part: col.text('Part', 'Segment, or size band where no segments are known.'),
    measure: col.text('Measure', 'contribution or net revenue.'),
    periods: col.integer('Periods', 'Periods that were compared.', { unit: 'periods', additive: false }),
    total: col.moneySum('Cash flow', 'Sum over the periods.'),
    mean: col.moneySum('Mean', 'Mean of a period.'),
    deviation: col.moneySum('Deviation', 'Standard deviation between periods.', { additive: false }),
    weight: optional(col.ratio('Share', 'Its part of net revenue; empty for a part that earns nothing, which no mix can hold.')),
    beta: optional(col.number('Beta', 'How much it moves, in proportion, when the portfolio moves by one.', { additive: false })),
    reward: optional(
      col.number('Reward', 'Cash flow per unit of beta; empty where beta is near zero or below: such a part steadies the rest.', {
        additive: false,
      }),
    ),
    steadier_weight: optional(col.ratio('Steadier share', 'Its part in the steadiest mix that earns as much, within the bounds.')),
    largest_customer: optional(col.ratio('Largest customer', 'Part of its cash flow that comes from one customer.')),
    shock: col.moneySum('If it halved', "What the portfolio would lose in a period if this part's cash flow halved.", { additive: false }),
  },
})

export const riskMix = table({
  name: 'risk_mix',
  title: 'Steadier mixes',
  meaning: 'Mixes of the parts within bounds around today: what they earn and how much they vary.',
  grain: 'mix',
  key: ['step'],
  kind: 'result',
  columns: {
    step: col.integer('Step', '0 is today; then from the steadiest to the one that earns most.', { additive: false }),
    title: col.text('Title', 'What it is.'),
    mean: col.moneySum('Mean', 'Cash flow of a period.', { additive: false }),
    deviation: col.moneySum('Deviation', 'Standard deviation between periods.', { additive: false }),
    weights: col.json('Shares', 'Share of each part.'),
  },
})

export const planTables = [planItem, planLimit, planFrontier, planOption, planPeriod, planGuardrail]
export const riskTables = [riskPart, riskMix]
