import { col, optional, table } from './define.ts'

export const customerTable = table({
  name: 'customer',
  title: 'Customers',
  meaning: 'Who buys: a person in B2C, an account in B2B.',
  grain: 'customer',
  key: ['customer_id'],
  kind: 'canonical',
  columns: {
    customer_id: col.text('Customer', 'The id that orders use.'),
    name: optional(col.text('Name', 'What people call the customer; the id where the file has no name.')),
    first_seen_date: optional(col.date('First seen', 'Date of the first order or of the first contact, whichever the source gives.')),
    parent_id: optional(col.text('Group', 'The customer_id of the parent account.')),
    segment_id: optional(col.text('Segment', 'The segment that the company itself uses.')),
    subsegment: optional(col.text('Sub-segment', 'A finer segment within the segment.')),
    country: optional(col.text('Country', 'As the source spells it.')),
    industry: optional(col.text('Industry', "The customer's line of business.")),
    channel_default: optional(col.text('Usual channel', 'The channel that serves the customer unless an order says otherwise.')),
    status: optional(col.text('Status', 'active, lapsed, prospect or closed.')),
    acquisition_source: optional(col.text('Acquired through', 'Channel or campaign that won the customer.')),
    acquisition_cost: optional(col.money('Acquisition cost', 'What winning the customer cost, in the reporting currency.')),
    contract_start: optional(col.date('Contract from', 'First day of the contract.')),
    contract_end: optional(col.date('Contract until', 'Last day of the contract.')),
    protected_audit_ref: optional(
      col.text('Audit reference', 'Key into the separate store of protected attributes; never a feature of a model.'),
    ),
    vulnerable_flag: optional(col.boolean('Vulnerable', "The customer needs particular care under the company's policy.")),
  },
})

export const relationshipAttrTable = table({
  name: 'relationship_attr',
  title: 'Relationship attributes',
  meaning: 'How the exchange with a customer is shaped, scored by those who know it.',
  grain: 'customer and date',
  key: ['customer_id', 'date'],
  kind: 'canonical',
  columns: {
    customer_id: col.text('Customer', 'The id that orders use.'),
    date: col.date('Date', 'When it was scored.'),
    alternatives: col.number('Alternatives', 'Availability of alternatives to us, 1 (none) to 7 (many).', { unit: 'points' }),
    dynamism: col.number('Market dynamism', 'Supply market dynamism, 1 to 7.', { unit: 'points' }),
    importance: col.number('Importance', 'Importance of the supply, 1 to 7.', { unit: 'points' }),
    complexity: col.number('Complexity', 'Complexity of the supply, 1 to 7.', { unit: 'points' }),
    information_exchange: col.number('Information exchange', 'Openness of information exchange, 1 to 7.', { unit: 'points' }),
    operational_linkages: col.number('Operational linkages', 'How far systems and processes are linked, 1 to 7.', { unit: 'points' }),
    share_of_wallet: optional(col.ratio('Share of wallet', 'Our share of what the customer buys in the category.')),
    specific_investment: optional(col.ratio('Specific investment', 'Investment that is lost when the relationship ends, as a share.')),
    contract_months: optional(col.number('Contract length', 'Months of the current contract.', { unit: 'months' })),
    cooperative_norms: optional(col.number('Cooperative norms', 'Expectation of working together, 1 to 7.', { unit: 'points' })),
    legal_bonds: optional(col.number('Legal bonds', 'Detailed binding contracts, 1 to 7.', { unit: 'points' })),
    seller_adaptation: optional(col.number('Seller adaptation', 'What we adapted to the customer, 1 to 7.', { unit: 'points' })),
    buyer_adaptation: optional(col.number('Buyer adaptation', 'What the customer adapted to us, 1 to 7.', { unit: 'points' })),
  },
})

export const balanceTable = table({
  name: 'balance',
  title: 'Balances',
  meaning: 'Capital that a customer ties up.',
  grain: 'customer and period',
  key: ['customer_id', 'period'],
  kind: 'canonical',
  columns: {
    customer_id: col.text('Customer', 'The id that orders use.'),
    period: col.text('Period', 'Month, YYYY-MM.'),
    avg_receivable: optional(col.money('Average receivable', 'Mean open receivable in the period.')),
    avg_dedicated_inventory: optional(col.money('Average dedicated stock', 'Mean stock held for this customer alone.')),
    capital_rate: optional(col.ratio('Capital rate', 'Cost of capital per year, as a fraction.')),
  },
})
