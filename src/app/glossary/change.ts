import { define } from './term.ts'

/** What changed between two periods. */
export const changeTerms = [
  define(
    'Bridge',
    'Explains the difference between two periods as a sum of effects: price, unit cost, volume, mix, new and lost business. The effects add up exactly, to the cent.',
    {
      formula: 'price + unit cost + volume + mix + new + lost = closing - opening',
      limits: 'Needs quantities that mean the same in both periods; a change of unit looks like price and volume.',
      synonyms: ['price-volume-mix analysis', 'PVM', 'variance bridge', 'waterfall'],
      see: ['price-effect', 'volume-effect', 'mix-effect', 'unit-cost-effect', 'new-business', 'lost-business'],
      shownIn: ['bridge.amount'],
    },
  ),
  define(
    'Cell',
    'The finest unit that a bridge compares: one product bought by one customer through one channel in one currency. Only cells with real quantity in both periods can show a price effect.',
    {
      synonyms: ['bridge cell', 'customer-product combination'],
      see: ['bridge'],
      shownIn: ['bridge.cells'],
    },
  ),
  define(
    'Price effect',
    'What other prices brought or cost, at the quantities of the current period. It is counted where the same customer bought the same product in both periods.',
    {
      formula: 'sum of (price now - price before) x quantity now',
      limits: 'A cheaper pack size under the same article number looks like a price cut.',
      synonyms: ['price variance', 'rate variance'],
      see: ['bridge', 'cell'],
      shownIn: ['customer_change.price_effect'],
    },
  ),
  define(
    'Unit cost effect',
    'What other product costs per unit brought or cost, at the quantities of the current period. Negative when goods became dearer to buy or make.',
    {
      formula: '- sum of (unit cost now - unit cost before) x quantity now',
      synonyms: ['cost variance', 'purchase price variance'],
      see: ['bridge', 'product-cost'],
      shownIn: ['customer_change.unit_cost_effect'],
    },
  ),
  define(
    'Volume effect',
    'What more or fewer units brought, had the mix stayed the same. It values the change in total quantity at the mean margin of the previous period.',
    {
      formula: '(quantity now - quantity before) x mean margin before',
      limits: 'Adds up units of different products; read it together with the mix effect.',
      synonyms: ['quantity variance', 'volume variance'],
      see: ['mix-effect', 'bridge'],
      shownIn: ['customer_change.quantity_effect'],
    },
  ),
  define(
    'Mix effect',
    'What a shift towards richer or poorer products and customers brought, at unchanged total quantity. Growth with a negative mix is growth in the wrong place.',
    {
      formula: 'sum of (quantity now - quantity before x total now / total before) x margin before',
      synonyms: ['mix variance', 'product mix', 'customer mix'],
      see: ['volume-effect', 'bridge'],
      shownIn: ['customer_change.quantity_effect'],
    },
  ),
  define(
    'New business',
    'Profit from cells that had no quantity in the previous period: new customers, and products that a customer bought for the first time. Part of it may be a replacement for what stands under lost.',
    {
      formula: 'sum of quantity now x margin now over new cells',
      synonyms: ['gained business', 'new cells'],
      see: ['lost-business', 'customer-status', 'cell'],
      shownIn: ['customer_change.new_effect'],
    },
  ),
  define(
    'Lost business',
    'Profit of the previous period from cells without quantity in the current one: lost customers and dropped products. Shown as a negative amount.',
    {
      formula: '- sum of quantity before x margin before over lost cells',
      synonyms: ['churned business', 'discontinued cells'],
      see: ['new-business', 'customer-status', 'cell'],
      shownIn: ['customer_change.lost_effect'],
    },
  ),
  define(
    'Currency effect',
    'What other exchange rates brought, apart from what customers paid in their own currency. It is shown apart from price only where the data has more than one currency.',
    {
      formula: 'sum of local price now x quantity now x (rate now - rate before)',
      synonyms: ['FX effect', 'translation effect'],
      see: ['exchange-rate', 'price-effect'],
    },
  ),
  define(
    'Customer status',
    'Whether a customer is new, returning, kept or lost between two periods. Returning ones bought before the previous period but not in it.',
    {
      limits: 'Lost here means no purchase in the current period; a slow but faithful customer can look lost.',
      synonyms: ['new, kept, lost', 'churn status', 'lifecycle status'],
      see: ['period', 'mover'],
      shownIn: ['customer_change.status'],
    },
  ),
  define(
    'Mover',
    'A customer whose profit changed most between the two periods, up or down. A handful of movers often explains most of a change.',
    {
      formula: 'profit measure now - profit measure before',
      synonyms: ['gainers and decliners', 'top changes'],
      see: ['customer-status', 'bridge'],
      shownIn: ['customer_change.change'],
    },
  ),
  define(
    'Period',
    'A stretch of days that is compared with another of the same length. Unless settings say otherwise, the latest full one is compared with the one before, or with the same one a year earlier.',
    {
      limits: 'Periods of other seasons differ for reasons that have nothing to do with customers.',
      synonyms: ['comparison period', 'current and previous'],
      see: ['bridge', 'as-of-date', 'complete-month'],
      shownIn: ['period.from_date', 'period.to_date'],
    },
  ),
  define(
    'Complete month',
    'A month that the data covers from its first to its last day. A first or last month that is covered in part is marked, because it looks like a fall where there is none.',
    {
      synonyms: ['full month', 'partial month'],
      see: ['period'],
      shownIn: ['month_profit.complete'],
    },
  ),
]
