import { col, optional, table } from './define.ts'

export const interactionTable = table({
  name: 'interaction',
  title: 'Interactions',
  meaning: 'Visits, calls, mails: who met whom.',
  grain: 'interaction',
  key: ['interaction_id'],
  kind: 'canonical',
  columns: {
    interaction_id: col.text('Interaction', 'Unique id.'),
    customer_id: col.text('Customer', 'Whom it concerned.'),
    date: col.date('Date', 'When.'),
    own_staff_id: col.text('Our person', 'Who of us.'),
    contact_id: col.text('Contact', 'Who of them.'),
    channel: col.text('Channel', 'visit, call, mail, web or event.'),
    initiator: col.text('Initiator', 'own or customer.'),
    minutes: optional(col.number('Minutes', 'How long.', { unit: 'min' })),
    topic: optional(col.text('Topic', 'What about.')),
    sentiment: optional(col.number('Sentiment', '-1 to 1.', { unit: 'points' })),
    outcome: optional(col.text('Outcome', 'What came of it.')),
    cost: optional(col.money('Cost', 'What it cost.')),
  },
})

export const contactTable = table({
  name: 'contact',
  title: 'Contacts',
  meaning: "People on the customer's side.",
  grain: 'contact',
  key: ['contact_id'],
  kind: 'canonical',
  columns: {
    contact_id: col.text('Contact', 'Unique id.'),
    customer_id: col.text('Customer', 'Where they work.'),
    level: col.integer('Level', '1 executive to 4 user.'),
    function: col.text('Function', 'Purchasing, engineering, ...'),
    influence: optional(col.ratio('Influence', '0 to 1.')),
    decision_role: optional(col.text('Decision role', 'Decider, user, gatekeeper, ...')),
    active_from: optional(col.date('Active from', 'First day.')),
    active_to: optional(col.date('Active until', 'Last day.')),
    consent: optional(col.boolean('Consent', 'May be contacted.')),
  },
})

export const staffTable = table({
  name: 'staff',
  title: 'Staff',
  meaning: 'People on our side.',
  grain: 'person',
  key: ['staff_id'],
  kind: 'canonical',
  columns: {
    staff_id: col.text('Person', 'Unique id.'),
    level: col.integer('Level', '1 executive to 4 user.'),
    function: col.text('Function', 'Sales, service, ...'),
    hourly_cost: optional(col.money('Hourly cost', 'Full cost of one hour.')),
    hours_available: optional(col.number('Hours available', 'Per period.', { unit: 'h' })),
    territory_id: optional(col.text('Territory', 'Where they sell.')),
    active_to: optional(col.date('Active until', 'Last day.')),
  },
})

export const surveyResponseTable = table({
  name: 'survey_response',
  title: 'Survey answers',
  meaning: 'What a respondent answered to one item.',
  grain: 'response and item',
  key: ['response_id', 'item_id'],
  kind: 'canonical',
  columns: {
    response_id: col.text('Response', 'One filled form.'),
    customer_id: col.text('Customer', 'Whose answer.'),
    date: col.date('Date', 'When.'),
    item_id: col.text('Item', 'Which question.'),
    value: col.number('Value', 'The answer.', { unit: 'points' }),
    scale_min: col.number('Scale from', 'Lowest possible answer.', { unit: 'points' }),
    scale_max: col.number('Scale to', 'Highest possible answer.', { unit: 'points' }),
    contact_id: optional(col.text('Contact', 'Who answered.')),
    weight: optional(col.number('Weight', 'Sampling weight.')),
    wave: optional(col.text('Wave', 'Round of the survey.')),
    competitor: optional(col.text('Competitor', 'Set when the answer is about a competitor.')),
  },
})

export const surveyItemTable = table({
  name: 'survey_item',
  title: 'Survey items',
  meaning: 'What was asked.',
  grain: 'item',
  key: ['item_id'],
  kind: 'canonical',
  columns: {
    item_id: col.text('Item', 'Id of the question.'),
    construct: col.text('Construct', 'attribute, satisfaction, trust, commitment or repurchase.'),
    wording: col.text('Wording', 'The question.'),
    reverse_flag: optional(col.boolean('Reversed', 'A high answer means little.')),
  },
})

export const needTable = table({
  name: 'need',
  title: 'Needs',
  meaning: 'What customers want and lack.',
  grain: 'need',
  key: ['need_id'],
  kind: 'canonical',
  columns: {
    need_id: col.text('Need', 'Unique id.'),
    statement: col.text('Statement', "In the customer's words."),
    segment_id: col.text('Segment', 'Who has it.'),
    first_seen_date: col.date('First seen', 'When we first heard it.'),
    importance: optional(col.ratio('Importance', '0 to 1.')),
    satisfaction: optional(col.ratio('Satisfaction', '0 to 1.')),
    status: optional(col.text('Status', 'open, worked on, solved.')),
    project_id: optional(col.text('Project', 'Who works on it.')),
    competitor_first_date: optional(col.date('Competitor first', 'When a competitor solved it.')),
    kano_functional: optional(col.text('Kano, with', 'Answer if it were there.')),
    kano_dysfunctional: optional(col.text('Kano, without', 'Answer if it were not there.')),
  },
})

export const needMentionTable = table({
  name: 'need_mention',
  title: 'Mentions of needs',
  meaning: 'Where a need was heard.',
  grain: 'need and interview',
  key: ['need_id', 'interview_id'],
  kind: 'canonical',
  columns: {
    need_id: col.text('Need', 'Unique id.'),
    interview_id: col.text('Interview', 'Where it was said.'),
    customer_id: col.text('Customer', 'Who said it.'),
    date: col.date('Date', 'When.'),
    source: col.text('Source', 'interview, ticket, visit, ...'),
  },
})
