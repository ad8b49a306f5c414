import { define } from './term.ts'

/** From list price to contribution. */
export const layerTerms = [
  define(
    'Contribution layers',
    'The steps from what goods would bring at list price down to what is left after their direct cost. Each layer is shown only where the data supports it, and an absent one says what would give it.',
    {
      formula: 'list revenue - discounts = invoiced revenue; + returns = net revenue; - product cost = contribution',
      limits: 'Cost to serve, such as handling, visits and freight, is not among them until a ledger and activities are loaded.',
      synonyms: ['margin cascade', 'contribution margin accounting', 'customer P&L', 'waterfall'],
      see: ['list-revenue', 'discounts', 'invoiced-revenue', 'returns', 'net-revenue', 'product-cost', 'contribution'],
      shownIn: ['layer.amount'],
    },
  ),
  define(
    'List revenue',
    'What the same goods would have brought at list price, before any discount. It is the starting point for asking how much was given away.',
    {
      formula: 'sum of quantity x list price over lines that are not returns',
      limits: 'Needs a list price on the order line; a list price nobody pays makes discounts look larger than they are.',
      synonyms: ['gross sales at list', 'catalogue revenue', 'standard price revenue'],
      see: ['discounts', 'invoiced-revenue'],
      shownIn: ['customer_profit.list_revenue', 'month_profit.list_revenue'],
    },
  ),
  define('Discounts', 'What was given away between list price and invoice. Shown as a positive number that reduces revenue.', {
    formula: 'list revenue - invoiced revenue',
    limits: 'Rebates and bonuses paid after the invoice are not in it.',
    synonyms: ['price reductions', 'on-invoice discounts', 'sales deductions'],
    see: ['list-revenue', 'price-element'],
    shownIn: ['customer_profit.discounts'],
  }),
  define(
    'Invoiced revenue',
    'What was billed, without tax, before anything came back. Fees such as postage and adjustments such as bad debt are part of it.',
    {
      formula: 'sum of invoice amounts over sales, fees and adjustments',
      synonyms: ['gross sales', 'billings', 'gross revenue'],
      see: ['returns', 'net-revenue', 'fee', 'adjustment'],
      shownIn: ['customer_profit.invoiced_revenue', 'month_profit.invoiced_revenue'],
    },
  ),
  define(
    'Returns',
    'What came back or was cancelled after the invoice, as a negative amount. A high share points at quality, at wrong promises or at customers who order to choose at home.',
    {
      formula: 'sum of invoice amounts over returned lines',
      limits: 'A return is counted in the month it was booked, which may be later than its sale.',
      synonyms: ['credit notes', 'refunds', 'cancellations', 'sales returns'],
      see: ['cancellation', 'net-revenue'],
      shownIn: ['customer_profit.returns', 'month_profit.returns'],
    },
  ),
  define(
    'Net revenue',
    'What was invoiced, less what came back. Every run checks that it ties to the totals of the imported files to the cent.',
    {
      formula: 'invoiced revenue + returns (negative)',
      limits: 'It says nothing about what earning it cost.',
      synonyms: ['net sales', 'turnover', 'sales'],
      see: ['contribution', 'reconciliation'],
      shownIn: ['customer_profit.net_revenue', 'month_profit.net_revenue', 'product_profit.net_revenue'],
    },
  ),
  define(
    'Product cost',
    'The direct cost of the goods that were sold, less that of what came back. It comes from the order line, or from the unit cost of the product.',
    {
      formula: 'sum of product cost over lines; per line its own cost, else quantity x unit cost',
      limits: 'Cost of lines without one is unknown, not zero; see revenue without cost.',
      synonyms: ['cost of goods sold', 'COGS', 'direct cost', 'standard cost'],
      see: ['contribution', 'revenue-without-cost'],
      shownIn: ['customer_profit.product_cost'],
    },
  ),
  define(
    'Revenue without cost',
    'Net revenue of lines whose product cost is not known. It stays out of contribution, so that unknown cost is never taken for no cost.',
    {
      formula: 'sum of invoice amounts over lines without a product cost',
      limits: 'Where it is large, contribution covers only a part of the business; the layer says how much.',
      synonyms: ['uncosted revenue'],
      see: ['contribution', 'coverage'],
      shownIn: ['customer_profit.revenue_without_cost'],
    },
  ),
  define(
    'Contribution',
    'What is left of net revenue after product cost: the money that pays for serving customers, for the house and for a profit. It is the first honest measure of what a customer brings.',
    {
      formula: 'net revenue - revenue without cost - product cost',
      limits: 'Two customers with the same contribution can differ widely in what it costs to serve them.',
      synonyms: ['gross profit', 'gross margin', 'contribution margin I', 'DB I'],
      see: ['contribution-margin', 'profit-measure', 'cost-to-serve'],
      shownIn: ['customer_profit.contribution', 'product_profit.contribution', 'month_profit.contribution'],
    },
  ),
  define(
    'Contribution margin',
    'Contribution as a share of the net revenue whose cost is known. Shares of several customers are never averaged: the sums are divided.',
    {
      formula: 'contribution / (net revenue - revenue without cost)',
      limits: 'Of little use where net revenue is near zero or negative; it is then left empty.',
      synonyms: ['gross margin %', 'margin rate'],
      see: ['contribution', 'ratio-of-sums'],
      shownIn: ['customer_profit.margin'],
    },
  ),
  define(
    'Profit measure',
    'The amount by which customers are ranked: contribution where product cost is known, otherwise net revenue. The page says which of the two it is.',
    {
      limits: 'When it is net revenue, large shows who buys much and not who earns much.',
      synonyms: ['measure', 'ranking measure'],
      see: ['contribution', 'net-revenue', 'whale-curve'],
      shownIn: ['customer_profit.measure', 'whale_curve.measure'],
    },
  ),
  define(
    'Coverage',
    'The share of net revenue for which the data supports a layer. A layer that covers 60 % says nothing about the other 40.',
    {
      formula: 'net revenue of lines with the needed field / net revenue of all lines',
      synonyms: ['completeness', 'fill rate'],
      see: ['contribution-layers', 'revenue-without-cost'],
      shownIn: ['layer.covered_share'],
    },
  ),
  define(
    'Cost to serve',
    'What it costs to win, handle and keep a customer beyond the goods: orders, deliveries, visits, service, capital. It is often what turns a large account from best to worst.',
    {
      limits: 'Needs a ledger and what people did for whom; without them it is not estimated.',
      synonyms: ['customer cost', 'service cost', 'CTS'],
      see: ['contribution', 'ledger'],
    },
  ),
  define(
    'Ratio of sums',
    'How shares and margins of a group are formed here: the sums are divided. An average of ratios would let a tiny customer weigh as much as a giant.',
    {
      formula: 'sum of numerators / sum of denominators',
      synonyms: ['weighted average', 'pooled ratio'],
      see: ['contribution-margin'],
    },
  ),
  define(
    'Price element',
    'One named amount between list price and what is finally kept: a discount, rebate, bonus or freight allowance. Each has an owner who can change it.',
    {
      synonyms: ['condition', 'deduction', 'price waterfall step'],
      see: ['discounts', 'list-revenue'],
      shownIn: ['price_element.amount'],
    },
  ),
  define(
    'Cancellation',
    'An order that the source marks as cancelled, such as an invoice number that begins with C. Its lines count as returns and stay in all totals.',
    {
      limits: 'A cancellation whose sale lies before the first day of the data has no counterpart and makes the first months look worse.',
      synonyms: ['storno', 'void', 'reversal'],
      see: ['returns'],
      shownIn: ['order_line.cancellation_flag'],
    },
  ),
]
