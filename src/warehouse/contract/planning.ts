import { col, optional, table } from './define.ts'

export const initiativeTable = table({
  name: 'initiative',
  title: 'Initiatives',
  meaning: 'What is done, at what cost, for which expected effect.',
  grain: 'initiative',
  key: ['initiative_id'],
  kind: 'canonical',
  columns: {
    initiative_id: col.text('Initiative', 'Unique id.'),
    type: col.text('Type', 'acquire, convert, leverage, defend, remedy, price or service.'),
    start: col.date('Start', 'First day.'),
    end: col.date('End', 'Last day.'),
    cost: col.money('Cost', 'What it costs.'),
    hypothesis: col.text('Hypothesis', 'What is believed.'),
    primary_metric: col.text('Primary metric', 'What is measured.'),
    expected_uplift: col.number('Expected uplift', 'On the primary metric.'),
    expected_low: col.number('Expected, low', 'Lower end of the 80 % interval.'),
    expected_high: col.number('Expected, high', 'Upper end of the 80 % interval.'),
    registered_at: col.text('Registered', 'Time stamp of the freeze.'),
  },
})

export const assignmentTable = table({
  name: 'assignment',
  title: 'Assignments',
  meaning: 'Who is treated and who is control.',
  grain: 'initiative and unit',
  key: ['initiative_id', 'unit_id'],
  kind: 'canonical',
  columns: {
    initiative_id: col.text('Initiative', 'Which one.'),
    unit_id: col.text('Unit', 'Customer or cluster.'),
    arm: col.text('Arm', 'treatment or control.'),
    probability: col.ratio('Probability', 'Of this arm.'),
    assigned_at: col.text('Assigned', 'Time stamp.'),
    exposed_at: optional(col.text('Exposed', 'Time stamp.')),
    cluster_id: optional(col.text('Cluster', 'For clustered designs.')),
  },
})

export const budgetTable = table({
  name: 'budget',
  title: 'Budgets',
  meaning: 'What may be spent, by whom.',
  grain: 'budget and period',
  key: ['budget_id', 'period'],
  kind: 'canonical',
  columns: {
    budget_id: col.text('Budget', 'Id of the budget.'),
    period: col.text('Period', 'Month or year.'),
    owner: col.text('Owner', 'Who decides.'),
    scope: col.text('Scope', 'Type or segment.'),
    amount: col.money('Amount', 'Money.'),
    hours: col.number('Hours', 'Working time.', { unit: 'h' }),
    min: optional(col.money('At least', 'Lower bound.')),
    max: optional(col.money('At most', 'Upper bound.')),
  },
})

export const responseJudgementTable = table({
  name: 'response_judgement',
  title: 'Response judgements',
  meaning: 'What somebody who knows expects an action to bring.',
  grain: 'action and expert',
  key: ['action_id', 'expert_id'],
  kind: 'canonical',
  columns: {
    action_id: col.text('Action', 'What is spent on.'),
    expert_id: col.text('Expert', 'Who judges.'),
    segment: optional(col.text('Segment', 'For whom.')),
    y0: optional(col.number('At zero', 'Result without spending.')),
    y_now: optional(col.number('Today', "Result at today's spending.")),
    y_150: optional(col.number('At 150 %', "Result at one and a half times today's.")),
    y_inf: optional(col.number('At saturation', 'Result without limit.')),
    x_now: optional(col.number('Spending today', 'In money or hours.')),
  },
})

export const competitorOfferTable = table({
  name: 'competitor_offer',
  title: 'Competitor offers',
  meaning: 'What others offer.',
  grain: 'competitor, segment and attribute',
  key: ['competitor', 'segment', 'attribute'],
  kind: 'canonical',
  columns: {
    competitor: col.text('Competitor', 'Who.'),
    segment: col.text('Segment', 'For whom.'),
    attribute: col.text('Attribute', 'Which one.'),
    score: optional(col.number('Score', 'How well.', { unit: 'points' })),
    price: optional(col.money('Price', 'What they ask.')),
  },
})

export const calendarTable = table({
  name: 'calendar',
  title: 'Calendar',
  meaning: 'Working days and seasons.',
  grain: 'day',
  key: ['date'],
  kind: 'canonical',
  columns: {
    date: col.date('Date', 'The day.'),
    working_day: optional(col.boolean('Working day', 'True when people work.')),
    season_code: optional(col.text('Season', 'Name of the season.')),
  },
})

export const policyTable = table({
  name: 'policy',
  title: 'Policies',
  meaning: 'Rules that a plan must keep.',
  grain: 'rule',
  key: ['rule_id'],
  kind: 'canonical',
  columns: {
    rule_id: col.text('Rule', 'Unique id.'),
    jurisdiction: optional(col.text('Jurisdiction', 'Where it holds.')),
    rule_type: optional(col.text('Type', 'floor, parity, corridor, ...')),
    parameter: optional(col.text('Parameter', 'The bound.')),
    owner: optional(col.text('Owner', 'Who keeps it.')),
    valid_from: optional(col.date('Valid from', 'First day.')),
  },
})
