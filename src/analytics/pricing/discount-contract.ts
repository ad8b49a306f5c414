import { col, optional, table } from '../../warehouse/contract/index.ts'

const level = (title: string, meaning: string) => optional(col.ratio(title, meaning))

export const priceBand = table({
  name: 'price_band',
  title: 'Price band',
  meaning: 'How far apart customers pay for the same goods: pocket price as a share of the reference price, by volume.',
  grain: 'scope',
  key: ['scope', 'scope_key'],
  kind: 'result',
  columns: {
    scope: col.text('Scope', 'all, segment or product.'),
    scope_key: col.text('Which', 'The segment or the product; all where the scope is all.'),
    title: col.text('Name', 'Of the product or the segment.'),
    reference: col.text('Reference', 'list (list price) or average (average price of the product, where no list price is known).'),
    volume: col.moneySum('Volume', 'Sold lines of goods at the reference price.', { additive: false }),
    lines: col.integer('Lines', 'Order lines in it.', { unit: 'lines' }),
    p05: level('5th percentile', 'A twentieth of the volume goes at this share of the reference price or less.'),
    p25: level('25th percentile', 'A quarter of the volume goes at it or less.'),
    p50: level('Median', 'Half of the volume goes at it or less.'),
    p75: level('75th percentile', 'Three quarters of the volume go at it or less.'),
    p95: level('95th percentile', 'All but a twentieth of the volume goes at it or less.'),
    width: optional(col.ratio('Width', 'How wide the band is beside its middle.', { formula: '(p95 - p05) / p50' })),
    width_low: optional(col.ratio('Width, low', '90 % interval over customers.')),
    width_high: optional(col.ratio('Width, high', '90 % interval over customers.')),
  },
})

export const priceBandBin = table({
  name: 'price_band_bin',
  title: 'Price band, distribution',
  meaning: 'Which part of the volume goes at which share of the reference price.',
  grain: 'scope and step of one per cent',
  key: ['scope', 'scope_key', 'bin_from'],
  kind: 'result',
  columns: {
    scope: col.text('Scope', 'all or segment.'),
    scope_key: col.text('Which', 'The segment; all where the scope is all.'),
    bin_from: col.ratio('From', 'Lower end of the step: pocket price / reference price.'),
    volume: col.moneySum('Volume', 'At the reference price.'),
    share: col.ratio('Share', 'Of the volume of the scope.'),
  },
})

export const customerDiscount = table({
  name: 'customer_discount',
  title: 'Discount against volume',
  meaning: 'What each customer is given off, what customers of its volume usually are, and the money between.',
  grain: 'customer with goods in the window',
  key: ['customer_id'],
  kind: 'result',
  columns: {
    customer_id: col.text('Customer', 'The id that orders use.'),
    customer_key: col.integer('Key', 'Whole number that stands for the customer in this run.', { internal: true }),
    name: col.text('Name', 'What people call the customer.'),
    segment_id: optional(col.text('Segment', 'The segment that the company itself uses.')),
    volume: col.moneySum('Volume', 'Goods bought in the window, at the reference price.'),
    pocket: col.moneySum('Pocket revenue', 'What they brought after everything that was given.'),
    discount: col.ratio('Given', 'What was given off the reference price, on the invoice and after it.', {
      formula: '1 - pocket / volume',
      from: { kind: 'row', columns: ['pocket', 'volume'] },
    }),
    usual: optional(
      col.ratio('Usual at this volume', 'The median line of discount on the logarithm of volume over all customers.', {
        formula: 'a + b ln(volume)',
      }),
    ),
    excess: optional(
      col.number('Excess', 'How far above the line, in robust standard deviations of the distances.', {
        unit: 'deviations',
        formula: '(given - usual) / (1.4826 x median absolute distance)',
      }),
    ),
    outlier: col.boolean('Stands out', 'Given more than 2.5 such deviations above the line.'),
    stake: optional(
      col.moneySum('At stake', 'What the usual discount would bring more in the window, of customers who stand out.', {
        formula: '(given - usual) x volume',
      }),
    ),
    stake_low: optional(col.moneySum('At stake, low', '90 % interval by the doubt of the line.')),
    stake_high: optional(col.moneySum('At stake, high', '90 % interval by the doubt of the line.')),
    volume_for_discount: optional(
      col.moneySum(
        'Volume of that discount',
        'The volume at which customers usually are given this much; absent where discounts do not rise with volume.',
      ),
    ),
  },
})

export const discountCurve = table({
  name: 'discount_curve',
  title: 'Usual discount by volume',
  meaning: 'The median line of discount on volume, with its band of doubt and the line beyond which a customer stands out.',
  grain: 'point of the line',
  key: ['point'],
  kind: 'result',
  columns: {
    point: col.integer('Point', 'From the smallest to the largest volume.'),
    volume: col.number('Volume', 'At the reference price, in the reporting currency.'),
    usual: col.ratio('Usual', 'Median discount at this volume.'),
    low: col.ratio('Low', '90 % interval over customers drawn anew.'),
    high: col.ratio('High', '90 % interval over customers drawn anew.'),
    limit: col.ratio('Limit', 'A customer above it stands out.'),
  },
})

/** Result tables on who is given how much. */
export const discountTables = [priceBand, priceBandBin, customerDiscount, discountCurve]
