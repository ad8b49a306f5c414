import { col, optional, table } from '../../warehouse/contract/index.ts'

export const customerEquity = table({
  name: 'customer_equity',
  title: 'Customer equity',
  meaning: 'What the customers are worth beyond the next 12 months, and what customers still to be won would add.',
  grain: 'component, in reading order',
  key: ['position'],
  kind: 'result',
  columns: {
    position: col.integer('Position', 'Reading order.'),
    component: col.text('Component', 'existing, forever, cost_to_serve, sustaining, existing_net, future, total.'),
    title: col.text('Title', 'For people.'),
    amount: optional(col.moneySum('Amount', 'Discounted to the end of the data.', { additive: false })),
    low: optional(col.moneySum('Low', 'Lower end of the 90 % interval.', { additive: false })),
    high: optional(col.moneySum('High', 'Upper end of the 90 % interval.', { additive: false })),
    customers: optional(col.integer('Customers', 'That it is about.', { unit: 'customers', additive: false })),
    formula: col.text('Formula', 'How it is computed.'),
    meaning: col.text('Meaning', 'How to read it.'),
    missing: optional(col.text('Why absent', 'Why it is null and what would give it.')),
  },
})

export const equityBridge = table({
  name: 'equity_bridge',
  title: 'What changed customer equity',
  meaning: 'From what the customers were worth at the opening to what they are worth now; the steps add up without residual.',
  grain: 'step, in reading order',
  key: ['position'],
  kind: 'result',
  columns: {
    position: col.integer('Position', 'Reading order.'),
    step: col.text('Step', 'opening, model, acquired, retained, developed, lost, repriced, recosted, closing.'),
    title: col.text('Title', 'For people.'),
    amount: col.moneySum('Amount', 'Opening and closing are levels, the rest adds up to their difference.', { additive: false }),
    customers: optional(col.integer('Customers', 'Whom it is about.', { unit: 'customers', additive: false })),
    formula: col.text('Formula', 'How it is computed.'),
    meaning: col.text('Meaning', 'How to read it.'),
  },
})

const part = (title: string, meaning: string) => col.money(title, meaning)

export const customerEquityChange = table({
  name: 'customer_equity_change',
  title: 'Customer equity by customer',
  meaning: 'What each customer was worth at the opening, is worth now, and why: who rises and who falls.',
  grain: 'identified customer who has bought',
  key: ['customer_id'],
  kind: 'result',
  columns: {
    customer_id: col.text('Customer', 'The id that orders use.'),
    customer_key: col.integer('Key', 'Whole number that stands for the customer in this run.', { internal: true }),
    name: col.text('Name', 'What people call the customer.'),
    status: col.text(
      'Status',
      'acquired (first bought after the opening), kept (bought again since and more likely active than not), lost (did not, or is more likely gone).',
    ),
    opening_value: part('Opening', 'Worth at the opening, by the model as it was known then.'),
    closing_value: part('Closing', 'Worth at the end of the data, over the same horizon.'),
    change: col.money('Change', 'Closing less opening.', {
      formula: 'closing - opening',
      from: { kind: 'row', columns: ['closing_value', 'opening_value'] },
    }),
    model_effect: part('Model', 'The opening valued by today’s model instead of that of then.'),
    acquired_effect: part('Acquired', 'Whole value of customers won since.'),
    lost_effect: part('Lost', 'What customers took who did not buy since, or are more likely gone than not.'),
    retained_effect: part('Retained', 'From being more (or less) surely active, of customers who were kept.'),
    developed_effect: part('Developed', 'From buying more or less often and larger or smaller baskets.'),
    price_effect: part('Repriced', 'From other prices of the same products.'),
    cost_effect: part('Re-costed', 'From other costs of the same products.'),
    forever_value: part('Without end', 'Worth now without a horizon.'),
  },
})

export const equityTables = [customerEquity, equityBridge, customerEquityChange]
