import { define } from './term.ts'

/** From list price to pocket, and who gives way. */
export const pricingTerms = [
  define(
    'Pocket price',
    'What is left of the list price after everything that was given, on the invoice or later. It is the price that the company really earns, and no price list shows it.',
    {
      formula: 'list - discounts on the invoice - rebates, bonuses and allowances after it',
      limits:
        'Only what is loaded as price elements can be taken off; what is booked elsewhere, such as freight in the ledger, is in cost-to-serve instead.',
      synonyms: ['net net price', 'pocket revenue', 'triple net'],
      see: ['price-waterfall', 'price-realisation', 'list-revenue'],
      shownIn: ['customer_price.pocket_revenue', 'price_waterfall.amount'],
    },
  ),
  define(
    'Price waterfall',
    'The steps from list price to pocket price and on to pocket margin, one for each discount, rebate and allowance. It shows where the money between list and pocket goes, and who decides it.',
    {
      formula: 'list - on-invoice = invoice; + returns = net; - off-invoice = pocket; - product cost = pocket margin',
      synonyms: ['pocket-price waterfall', 'price cascade', 'gross-to-net'],
      see: ['pocket-price', 'price-element', 'pocket-margin'],
      shownIn: ['price_waterfall.share_of_list'],
    },
  ),
  define(
    'Price realisation',
    'How much of the list price reaches the pocket, as a share. A falling realisation says that prices give way, whatever the price list says.',
    {
      formula: '(invoiced revenue - given after the invoice) / list revenue',
      limits: 'Returns are kept out of both. A list price that nobody pays makes it look low.',
      synonyms: ['net price realisation', 'pocket-to-list ratio'],
      see: ['pocket-price', 'discounts'],
      shownIn: ['customer_price.realisation'],
    },
  ),
  define('Pocket margin', 'What pocket revenue leaves after product cost. It is contribution less what was given after the invoice.', {
    formula: 'pocket revenue - revenue without cost - product cost',
    synonyms: ['pocket contribution'],
    see: ['contribution', 'pocket-price'],
    shownIn: ['customer_price.pocket_margin'],
  }),
  define(
    'Accrued rebate',
    'A rebate that is booked by expectation and paid later, such as a bonus on the turnover of a year. It is trued up when the tier that was reached is known.',
    {
      formula: 'sum of price elements with the accrual mark, releases negative',
      limits: 'It is as good as the expectation of the tier.',
      synonyms: ['rebate accrual', 'retro rebate', 'back-end rebate', 'bonus provision'],
      see: ['price-element', 'price-waterfall'],
      shownIn: ['price_element_month.accrued', 'customer_price.accrued'],
    },
  ),
]
