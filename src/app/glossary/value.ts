import { define } from './term.ts'

/** Cohorts, audit, acquisition and customer equity. */
export const valueTerms = [
  define(
    'Cohort',
    'Customers who first bought in the same week, month, quarter or year. Following them together shows how long customers stay and what they bring, which totals hide.',
    {
      limits: 'First means first in the data: where it begins, old customers look new.',
      synonyms: ['vintage', 'acquisition cohort'],
      see: ['cohort-retention', 'customer-base-audit'],
      shownIn: ['cohort.cohort'],
    },
  ),
  define(
    'Cohort retention',
    'The share of a cohort that bought in a later period. It says how many are active then, not how many are still customers.',
    {
      formula: 'active / customers of the cohort',
      synonyms: ['repeat rate', 'active rate'],
      see: ['cohort'],
      shownIn: ['cohort.retention'],
    },
  ),
  define(
    'Customer-base audit',
    'Five questions about the customers and one about products, answered from order lines alone. It needs no settings and ends in numbered findings.',
    { synonyms: ['five lenses', 'customer audit'], see: ['cohort', 'factor-decomposition'] },
  ),
  define(
    'Factor decomposition',
    'Splits a change of profit exactly into more customers, more orders each, larger orders and better margin. Nothing is left over, so the parts can be discussed one by one.',
    {
      formula: 'L(P1, P0) x ln(f1 / f0) for each factor, L the logarithmic mean',
      limits: 'It says which factor moved, not why.',
      synonyms: ['LMDI', 'driver tree', 'growth decomposition'],
      see: ['customer-base-audit'],
      shownIn: ['audit_factor.effect'],
    },
  ),
  define(
    'Customer equity',
    'What the customers of today, and those still to be won, are expected to bring over years, discounted. It is the worth of the relationships, before overhead, capital and tax.',
    {
      formula: 'sum of P(active) x discounted purchases x measure per purchase',
      synonyms: ['customer lifetime value of the base', 'CE'],
      see: ['equity-bridge'],
      shownIn: ['customer_equity.amount'],
    },
  ),
  define(
    'Equity bridge',
    'From what the customers were worth a year ago to what they are worth now, in steps that add up exactly. It tells a base that grows from one that acquisition merely refills.',
    { synonyms: ['value bridge', 'CE movement'], see: ['customer-equity'], shownIn: ['equity_bridge.amount'] },
  ),
  define(
    'Acquisition cost',
    'What winning a customer cost, all in. Against the profit of the first year it tells which ways of winning pay back.',
    {
      synonyms: ['CAC', 'customer acquisition cost'],
      see: ['payback'],
      shownIn: ['acquisition_group.cost_each', 'customer.acquisition_cost'],
    },
  ),
  define('Payback', 'The age in months at which customers have brought on average what winning them cost. Before it, growth costs cash.', {
    see: ['acquisition-cost'],
    shownIn: ['acquisition_group.payback_months'],
  }),
  define(
    'Ugly duckling',
    'A customer of little value who became one of the best. How often it happens is the price of dropping small customers too early.',
    { synonyms: ['sleeper', 'riser'], see: ['customer-base-audit'], shownIn: ['tier_move.share'] },
  ),
]
