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
  define(
    'Price band',
    'How far apart customers pay for the same goods: the range of pocket prices, by volume, as a share of list price. A wide band is money, because somebody pays the low end without a reason.',
    {
      formula: '(95th percentile - 5th percentile) / median',
      limits: 'Without list prices the average price of each product takes their place.',
      synonyms: ['pocket price band', 'price dispersion', 'price spread'],
      see: ['pocket-price', 'usual-discount'],
      shownIn: ['price_band.width'],
    },
  ),
  define(
    'Usual discount',
    'What customers of a volume are usually given off: a median line, which single bargains do not bend. Who is far above it has the discount of a size that it does not have.',
    {
      formula: 'a + b ln(volume), with the least sum of absolute distances',
      limits: 'A discount may have been bought by terms that the data does not show.',
      synonyms: ['expected discount', 'discount curve', 'discount corridor'],
      see: ['price-band', 'discounts'],
      shownIn: ['customer_discount.usual', 'customer_discount.stake'],
    },
  ),
  define(
    'Price index',
    'How prices moved for the same customer and product between two periods. It has no mix and no new or lost business in it, which a change of the average price has.',
    {
      formula: 'Fisher: square root of (sum p1 q0 / sum p0 q0) x (sum p1 q1 / sum p0 q1)',
      limits: 'It sees only what was bought in both periods; the coverage says how much that is.',
      synonyms: ['matched-cell index', 'Fisher index', 'Laspeyres', 'Paasche', 'Törnqvist'],
      see: ['pass-through', 'price-realisation'],
      shownIn: ['price_index.fisher', 'price_index.coverage'],
    },
  ),
  define(
    'Pass-through',
    'How much of a rise arrives: of list prices in the pocket, or of unit cost in prices. Below 1 something was given back on the way.',
    {
      formula: 'change of pocket price / change of list price; money from prices / money of cost',
      limits: 'Where list or cost moved by less than 0.5 % the ratio says nothing and is left out.',
      synonyms: ['price increase realisation', 'cost recovery'],
      see: ['price-index'],
      shownIn: ['price_realisation.pass_through', 'price_realisation.cost_pass_through'],
    },
  ),
  define(
    'Commoditisation',
    'A product turns into a commodity when customers see no difference any more and buy on price alone. The radar reads it from signs: falling prices, rises that do not arrive, prices that converge, customers who drop it.',
    {
      formula: 'weighted mean of the signals, each 0 to 1',
      limits:
        'Larger orders at tier prices and a shift to customers with better terms look alike; cells of the same customer and product keep most of that out.',
      synonyms: ['commodity radar', 'price erosion', 'commoditization'],
      see: ['price-index', 'economic-value-to-the-customer'],
      shownIn: ['commodity_radar.score'],
    },
  ),
  define(
    'Economic value to the customer',
    'The price at which a customer is indifferent between ours and its best alternative. What it is worth beyond our price is what the customer keeps for moving.',
    {
      formula: 'price of the alternative + functional gain + start-up saving + later savings - switching cost',
      limits:
        'The alternative is the best one that the customer really has, doing nothing included; claimed value is not yet verified value.',
      synonyms: ['EVC', 'value in use', 'value-based price', 'indifference price'],
      see: ['commoditisation', 'pocket-price'],
    },
  ),
]
