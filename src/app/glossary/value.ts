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
    'Ugly duckling',
    'A customer of little value who became one of the best. How often it happens is the price of dropping small customers too early.',
    { synonyms: ['sleeper', 'riser'], see: ['customer-base-audit'], shownIn: ['tier_move.share'] },
  ),
]
