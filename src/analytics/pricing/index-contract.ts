import { type ColumnInfo, col, optional, table } from '../../warehouse/contract/index.ts'

const scope = {
  scope: col.text('Scope', 'all, segment or product.'),
  scope_key: col.text('Which', 'The segment or the product; all where the scope is all.'),
  title: col.text('Name', 'Of the product or the segment.'),
}
const low = (title: string) => optional(col.number(`${title}, low`, '90 % interval over customers.', { unit: 'ratio' }))
const high = (title: string) => optional(col.number(`${title}, high`, '90 % interval over customers.', { unit: 'ratio' }))
const index = (title: string, meaning: string, formula: string): ColumnInfo =>
  optional(col.number(title, meaning, { unit: 'ratio', formula }))

export const priceIndex = table({
  name: 'price_index',
  title: 'Price index on matched cells',
  meaning: 'How prices moved for the same customer and product between the two periods: no mix, no new or lost business in it.',
  grain: 'scope and kind of price',
  key: ['scope', 'scope_key', 'measure'],
  kind: 'result',
  columns: {
    ...scope,
    measure: col.text('Price', 'list, invoice, pocket, or cost (product cost per unit).'),
    laspeyres: index('Laspeyres', 'With the quantities of before.', 'sum p1 q0 / sum p0 q0'),
    paasche: index('Paasche', 'With the quantities of now.', 'sum p1 q1 / sum p0 q1'),
    fisher: index('Fisher', 'Between the two.', 'sqrt(Laspeyres x Paasche)'),
    low: low('Fisher'),
    high: high('Fisher'),
    tornqvist: index('Törnqvist', 'Mean of the logarithms, by the mean shares of both periods.', 'exp(sum (s0 + s1) / 2 ln(p1 / p0))'),
    coverage: optional(col.ratio('Coverage', 'Part of the goods revenue of the current period that stands in matched cells.')),
    cells: col.integer('Cells', 'Customer x product x currency bought in both periods.', { unit: 'cells' }),
    customers: col.integer('Customers', 'With at least one such cell.', { unit: 'customers' }),
  },
})

export const priceRealisation = table({
  name: 'price_realisation',
  title: 'Realisation and pass-through',
  meaning: 'How much of a change of list prices reached the pocket, and how much of a change of cost was passed on.',
  grain: 'scope',
  key: ['scope', 'scope_key'],
  kind: 'result',
  columns: {
    ...scope,
    revenue: col.moneySum('Revenue', 'Pocket revenue of the matched cells now.', { additive: false }),
    list_change: optional(col.ratio('List change', 'Fisher index of list prices - 1.')),
    pocket_change: optional(col.ratio('Pocket change', 'Fisher index of pocket prices - 1.')),
    pocket_low: optional(col.ratio('Pocket change, low', '90 % interval over customers.')),
    pocket_high: optional(col.ratio('Pocket change, high', '90 % interval over customers.')),
    pass_through: optional(
      col.number('Pass-through', 'Part of the change of list prices that reached the pocket: 1 is all of it.', {
        unit: 'ratio',
        formula: 'pocket change / list change, where list prices moved by at least 0.5 %',
      }),
    ),
    pass_through_low: low('Pass-through'),
    pass_through_high: high('Pass-through'),
    price_effect: col.moneySum('Price effect', 'What other pocket prices brought on the quantities of now.', {
      formula: 'sum (p1 - p0) q1',
      additive: false,
    }),
    cost_effect: optional(
      col.moneySum('Cost effect', 'What other unit costs cost on the quantities of now.', { formula: 'sum (v1 - v0) q1', additive: false }),
    ),
    cost_change: optional(col.ratio('Cost change', 'Fisher index of unit cost - 1.')),
    cost_pass_through: optional(
      col.number('Cost pass-through', 'Money that prices brought for each unit of money that cost rose: 1 keeps the margin in money.', {
        unit: 'ratio',
        formula: 'price effect / cost effect, where cost moved by at least 0.5 %',
      }),
    ),
    cost_pass_through_low: low('Cost pass-through'),
    cost_pass_through_high: high('Cost pass-through'),
  },
})

const signal = (title: string, meaning: string) => optional(col.ratio(title, `${meaning} 0 none, 1 full.`))

export const commodityRadar = table({
  name: 'commodity_radar',
  title: 'Commoditisation radar',
  meaning: 'Signs that a product is bought on price alone, by product and segment, as a score with its doubt.',
  grain: 'product and segment',
  key: ['product_id', 'segment_id'],
  kind: 'result',
  columns: {
    product_id: col.text('Product', 'The article number.'),
    name: col.text('Name', 'What people call the product.'),
    segment_id: col.text('Segment', '(all) for everybody.'),
    score: optional(
      col.ratio('Score', 'Weighted mean of the signals that the data carries; null with fewer than 5 matched customers.', {
        formula: 'sum of weight x signal / sum of weights of the signals present',
      }),
    ),
    score_low: optional(col.ratio('Score, low', '90 % interval over customers.')),
    score_high: optional(col.ratio('Score, high', '90 % interval over customers.')),
    verdict: col.text(
      'Verdict',
      'commoditising (score surely above the line, prices surely fall), watch (score above the line), firm (score surely below), undecided.',
    ),
    revenue: col.moneySum('Revenue', 'Pocket revenue of the matched cells now.'),
    price_change: optional(col.ratio('Price change', 'Fisher index of pocket prices on matched cells - 1.')),
    price_change_low: optional(col.ratio('Price change, low', '90 % interval over customers.')),
    price_change_high: optional(col.ratio('Price change, high', '90 % interval over customers.')),
    lost_to_price: col.moneySum('Price effect', 'What other pocket prices brought on the quantities of now; negative was given away.'),
    customers: col.integer('Customers', 'Who bought it in both periods.', { unit: 'customers' }),
    price_fall: signal('Falling price', 'Pocket price on matched cells; a fall of 10 % is full.'),
    not_passed: signal('List not passed on', 'The part of a rise of list price that did not reach the pocket.'),
    breadth: signal('Breadth', 'The share of volume whose price fell by more than 1 %.'),
    converging: signal('Prices converge', 'How much closer together customers pay than before; a halving of the spread is full.'),
    switching: signal('Dropped', 'The share of its customers who are still ours and no longer buy it; half is full.'),
    undifferentiated: signal(
      'No difference',
      'Whether the product list names a competitor’s equivalent and no feature that sets it apart.',
    ),
    quarters_falling: optional(
      col.integer('Quarters falling', 'How many of the last quarters in a row the pocket share of list fell.', { unit: 'quarters' }),
    ),
  },
})

/** Result tables on how prices move. */
export const indexTables = [priceIndex, priceRealisation, commodityRadar]
