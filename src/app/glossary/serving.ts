import { define } from './term.ts'

/** Words of cost-to-serve and of what to do about it. */
export const servingTerms = [
  define(
    'Cost-to-serve plane',
    'Each customer by net margin and cost-to-serve, both as shares of net revenue. Profit is the distance from the diagonal, which breaks even.',
    {
      formula: 'profit / net revenue = net margin - cost-to-serve share',
      synonyms: ['margin matrix', 'Kaplan-Narayanan plane'],
      see: ['cost-to-serve-share', 'type-of-a-customer'],
      shownIn: ['customer_serving.margin_share'],
    },
  ),
  define(
    'Cost-to-serve share',
    'What a customer costs to serve as a share of its net revenue. It is the width on the plane, to be read beside the net margin.',
    {
      formula: 'cost-to-serve / net revenue',
      see: ['cost-to-serve-plane'],
      shownIn: ['customer_serving.cost_share'],
    },
  ),
  define(
    'Type of a customer',
    'Passive (pays well, asks little), carriage trade (pays for what it asks), bargain basement (pays little, asks little) or aggressive (asks for both). It says which remedies suit a customer.',
    {
      limits: 'Near a cut nobody is given a type. The probability tells how orders scatter, not how sure rates are.',
      synonyms: ['passive', 'carriage trade', 'bargain basement', 'aggressive'],
      see: ['net-price-index', 'cost-to-serve-plane'],
      shownIn: ['customer_serving.type'],
    },
  ),
  define(
    'Net-price index',
    'What a customer pays for what others buy too, against what all pay for the same product in the same channel and year. At 1 it pays like everybody.',
    {
      formula: 'sum of invoice amounts / sum of (mean price x quantity)',
      limits: 'Says nothing about what nobody else buys.',
      see: ['type-of-a-customer'],
      shownIn: ['customer_serving.price_index'],
    },
  ),
  define(
    'Peers',
    'Customers of the same size band, segment and channel, or as near to that as enough of them are. The customer itself is left out.',
    {
      see: ['dearer-than-peers'],
      shownIn: ['customer_serving.peers'],
    },
  ),
  define(
    'Dearer than peers',
    'What a customer costs more to serve than peers scaled to its revenue. It is told by driver, and the drivers add up to it exactly.',
    {
      formula: 'cost-to-serve - cost of peers / revenue of peers x own revenue',
      synonyms: ['excess cost'],
      see: ['peers'],
      shownIn: ['customer_serving.excess_cost'],
    },
  ),
  define(
    'Remedy',
    'What can be done about a customer that loses money or is dear to serve. Remedies have a fixed order: look inside, customer process, menu pricing, minimum order, mix and price, channel, part.',
    {
      limits: 'Reactions and effects are judgements until tries have been measured.',
      see: ['worklist', 'stranded-cost'],
      shownIn: ['worklist.remedy'],
    },
  ),
  define(
    'Look inside',
    'The first remedy: our own process faults and minutes. It comes before anybody talks to a customer, because it asks nothing of the relationship.',
    {
      see: ['remedy'],
    },
  ),
  define(
    'Menu pricing',
    'Special services such as express, returns or extra drops are charged for what they cost. Customers pay, or stop asking for them.',
    {
      synonyms: ['activity pricing'],
      see: ['remedy'],
    },
  ),
  define(
    'Small order',
    'An order whose contribution does not pay for the work of a mean order. Bundling it or charging for it is the remedy called minimum order.',
    {
      formula: 'net amount < mean cost of an order / contribution margin',
      synonyms: ['minimum order'],
      see: ['remedy'],
      shownIn: ['customer_serving.small_orders'],
    },
  ),
  define(
    'Avoidable cost',
    'The part of a full, time-driven cost that goes away with its volume by a horizon. Bought-in freight goes at once, people and space only later and in steps.',
    {
      formula: 'a(h) x full cost, a(h) = now + (later - now) x min(1, h / lag)',
      see: ['stranded-cost'],
    },
  ),
  define(
    'Stranded cost',
    'Full cost of volume that is gone but is paid all the same, because capacity has not been given up. It is why parting with a loss maker can make profit fall.',
    {
      formula: 'full cost of the volume removed - avoidable cost',
      see: ['avoidable-cost'],
      shownIn: ['worklist.stranded'],
    },
  ),
  define(
    'Worklist',
    'What to do, ranked by value a year, each item with its owner, what was assumed, a band and where to see it. No money stands twice on it.',
    {
      see: ['remedy'],
      shownIn: ['worklist.value'],
    },
  ),
  define(
    'Persistence of losses',
    'Which part of the loss makers of one year lose money again in the next, beside what chance would give. Losses that persist are no accident of a period.',
    {
      limits: 'With few loss makers the interval is wide.',
      shownIn: ['profit_persistence.share'],
    },
  ),
]
