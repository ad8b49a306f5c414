import { define } from './term.ts'

/** Where the next money goes, and how steady the portfolio is. */
export const planningTerms = [
  define(
    'Lever',
    'What money can do with a class of customers: acquire (win strangers), convert (bring closer), leverage (earn more from), defend (keep). Levers compete for the same money, so they are compared by what the next unit brings.',
    {
      synonyms: ['strategic action', 'convert, leverage, defend, acquire'],
      see: ['response-curve', 'shadow-price'],
      shownIn: ['plan_item.lever'],
    },
  ),
  define(
    'Response curve',
    'How a result grows with the effort put into it, from none to as much as one likes. It flattens: each further unit brings less, for S-shaped curves after a first stretch in which each brings more.',
    {
      formula:
        'floor + (ceiling - floor)(1 - e^(-rate x)), or ADBUDG: floor + (ceiling - floor) u^c / (d + u^c), u = effort / effort today',
      limits: 'An assumed curve is an assumption. Judge it with four points, or test it.',
      synonyms: ['sales response function', 'ADBUDG', 'decision calculus'],
      see: ['lever', 'worth-knowing'],
      shownIn: ['plan_item.curve', 'plan_item.response_ceiling'],
    },
  ),
  define(
    'Shadow price',
    'What one more unit of a limit would bring: of a budget, an hour, a floor of service. Above one for money, the budget is too small for what could be done with it.',
    {
      synonyms: ['lambda', 'marginal value', 'dual price'],
      see: ['lever'],
      shownIn: ['plan_limit.shadow_price', 'plan_frontier.next_unit'],
    },
  ),
  define('Regret', 'How much less an allocation brings on average than the recommended one. Zero for the best.', {
    see: ['shadow-price'],
    shownIn: ['plan_option.regret'],
  }),
  define('Worst tenth', 'The mean outcome over the worst tenth of the scenarios. A cautious plan gives up some of the mean to raise it.', {
    synonyms: ['CVaR', 'conditional value at risk', 'expected shortfall'],
    see: ['regret'],
    shownIn: ['plan_option.worst_tenth'],
  }),
  define(
    'Worth knowing',
    'What it would be worth to know the response of one item before deciding. Test the largest first; an item that is chosen whatever it responds is worth nothing to know.',
    {
      synonyms: ['value of information', 'EVPPI', 'expected value of perfect information'],
      see: ['response-curve'],
      shownIn: ['plan_item.worth_knowing'],
    },
  ),
  define(
    'Four-fifths mark',
    'A group whose rate of favourable treatment is below four fifths of the reference is flagged. It is a screen and not a verdict: the interval says whether chance could explain it.',
    { synonyms: ['adverse impact', 'disparate impact', '80 % rule'], shownIn: ['plan_guardrail.limit'] },
  ),
  define(
    'Customer beta',
    'How much the cash flow of a part of the portfolio moves when the whole moves by one. Below zero it falls when the rest rises, and so steadies it.',
    {
      formula: 'Cov(part, portfolio) / Var(portfolio)',
      limits: 'Told from few periods; see how much of the co-movement is drawn towards none.',
      synonyms: ['beta', 'market beta of customers'],
      see: ['steadier-mix'],
      shownIn: ['risk_part.beta'],
    },
  ),
  define(
    'Steadier mix',
    'Shares of the parts that earn at least as much with the least variability, each within a bound around today. A direction, since customers cannot be bought and sold at will.',
    {
      synonyms: ['efficient portfolio', 'efficient frontier'],
      see: ['customer-beta'],
      shownIn: ['risk_part.steadier_weight', 'risk_mix.weights'],
    },
  ),
]
