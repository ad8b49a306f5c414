import { define } from './term.ts'

/** How unevenly profit is spread. */
export const concentrationTerms = [
  define(
    'Whale curve',
    'Customers stand in line from the most to the least profitable, and the curve adds up what they bring. Where it rises above its end, customers behind the peak take away what those before it earned.',
    {
      formula: 'W(k) = sum of the k largest profits',
      limits: 'One period can be noise: a single large return makes a false loser. Compare several periods before acting on a name.',
      synonyms: ['cumulative profit curve', 'profit cliff', 'Kanthal curve', 'profitability curve'],
      see: ['peak', 'subsidy-ratio', 'stobachoff-index', 'profit-measure'],
      shownIn: ['whale_curve.cumulative', 'whale_curve.cumulative_share'],
    },
  ),
  define(
    'Peak',
    'The highest point of the whale curve: what the profitable customers bring together, before losers take from it. A peak at 150 % says that half as much again as the final profit was earned and lost.',
    {
      formula: 'P = max over k of W(k) / T, T the total',
      limits: 'Only where the total is clearly above zero; otherwise the curve is shown in money.',
      synonyms: ['peak ratio', 'hump', 'crest'],
      see: ['whale-curve', 'subsidy-ratio', 'peak-position'],
    },
  ),
  define(
    'Peak position',
    'The share of customers that stand before the peak, that is, of customers with a profit. Behind it each further customer costs money.',
    {
      formula: 'rank at the peak / number of customers',
      synonyms: ['share of profitable customers'],
      see: ['peak', 'share-unprofitable'],
    },
  ),
  define(
    'Share unprofitable',
    'The share of customers whose profit measure is below zero. Few large losers call for talks by name, many small ones for other terms and processes.',
    {
      formula: 'customers with a loss / customers',
      limits:
        'With contribution as the measure a loss means sold below product cost or returned; with net revenue it means more came back than was bought.',
      synonyms: ['share of loss makers'],
      see: ['subsidy-ratio', 'peak-position'],
    },
  ),
  define(
    'Subsidy ratio',
    'The share of what profitable customers earn that unprofitable ones take away. At 30 %, each 100 earned leaves 70.',
    {
      formula: 'losses / gains = (P - 1) / P, P the peak',
      synonyms: ['loss ratio', 'cross-subsidy'],
      see: ['peak', 'whale-curve'],
    },
  ),
  define(
    'Stobachoff index',
    'How unevenly profit is spread over customers, from 0 (all bring the same) towards 1 (few carry everything and many lose). It is the area between the whale curve and even spread, as a share of the area below the curve.',
    {
      formula: 'SI = (A - 0.5) / A, A the area below C(k) = W(k) / T by trapezoids',
      limits: 'Unstable with few customers, so read its interval; not comparable between units that stop at different cost layers.',
      synonyms: ['Stobachoff coefficient', 'Storbacka index', 'SI'],
      see: ['whale-curve', 'gini-coefficient', 'bootstrap-interval'],
    },
  ),
  define(
    'Gini coefficient',
    'A measure of unevenness: 0 when all customers bring the same, 1 when one brings everything. With losses in the data the plain one can exceed 1.',
    {
      formula: 'G = 2 (A - 0.5), A the area below the normalised whale curve',
      synonyms: ['Gini index', 'Lorenz measure'],
      see: ['normalised-gini', 'stobachoff-index'],
    },
  ),
  define(
    'Normalised Gini',
    'The Gini coefficient brought back to 0 to 1 when some customers lose money. It allows comparing a portfolio with losers to one without.',
    {
      formula: 'G* = sum over all pairs of |difference of profits| / (2 (n - 1)(gains + losses))',
      synonyms: ['Gini for mixed signs', 'Raffinetti Gini'],
      see: ['gini-coefficient'],
    },
  ),
  define(
    'Dependence',
    'The share of total profit that the top customers bring, for instance the best 20 %. Above 100 % the rest together loses money.',
    {
      formula: 'D(q) = profit of the top q % of customers / total profit',
      synonyms: ['top-decile share', '80/20 rule', '20-225 rule', 'Pareto share'],
      see: ['vulnerability', 'concentration-ratio'],
    },
  ),
  define(
    'Vulnerability',
    'What would be lost if the most profitable customers left, and how many departures would bring the total to zero. It turns a curve into a question about named relationships.',
    {
      formula: 'VF(k) = profit of the k best / total; N zero = smallest k with total - W(k) <= 0',
      limits: 'Counts what they bring today; cost that could not be saved when they leave makes the true loss larger.',
      synonyms: ['vulnerability factor', 'key customer risk'],
      see: ['dependence', 'whale-curve'],
    },
  ),
  define(
    'HHI',
    'The Herfindahl-Hirschman index: the sum of the squared revenue shares of all customers. Near 0 revenue is spread, at 1 there is one customer.',
    {
      formula: 'HHI = sum of s^2, s the share of a customer in net revenue',
      limits: 'Formed over customers with positive net revenue; says nothing about profit.',
      synonyms: ['Herfindahl index', 'Herfindahl-Hirschman index', 'Simpson index'],
      see: ['effective-number', 'concentration-ratio'],
    },
  ),
  define(
    'Effective number',
    'How many customers of equal size would be as concentrated as yours are. Of 4,000 customers an effective 40 means that the portfolio behaves like 40 accounts.',
    {
      formula: '1 / HHI',
      synonyms: ['equivalent number of customers', 'numbers equivalent'],
      see: ['hhi'],
    },
  ),
  define(
    'Concentration ratio',
    'The share of revenue that the k largest customers bring. It is the plainest way to say how much hangs on few.',
    {
      formula: 'CR(k) = net revenue of the k largest / net revenue',
      synonyms: ['CR4', 'top-k share'],
      see: ['hhi', 'dependence'],
    },
  ),
  define(
    'Extremity',
    'Whether large customers tend to be the best or the worst rather than in between. A large account multiplies whatever it earns or loses per unit.',
    {
      formula: 'share of the top tenth by revenue that stands in the top or bottom tenth by profit; 20 % would be chance',
      limits: 'Needs product cost: where profit is net revenue, large customers are at the top by construction.',
      synonyms: ['big ones best or worst', 'extremity share'],
      see: ['rank-correlation', 'binomial-test'],
    },
  ),
  define(
    'Rank correlation',
    "Spearman's rho: how far two orders agree, from -1 (opposite) over 0 (unrelated) to 1 (the same). It does not mind outliers, of which customer data has many.",
    {
      formula: 'correlation of the ranks, ties with their mean rank',
      synonyms: ["Spearman's rho", 'Spearman correlation'],
      see: ['extremity'],
    },
  ),
  define(
    'Binomial test',
    'Asks how probable it is to see at least so many hits by chance alone. A small value says that what is seen is hardly chance.',
    {
      formula: 'p = sum over j >= hits of C(n, j) q^j (1 - q)^(n - j)',
      limits: 'A small p is not a large effect.',
      synonyms: ['p-value', 'significance test'],
      see: ['extremity'],
    },
  ),
  define(
    'Bootstrap interval',
    'A band for a figure, found by drawing customers again and again with replacement and computing it each time. A wide band says that few customers decide the figure.',
    {
      formula: 'the 5 % and 95 % quantiles of the figure over seeded resamples of customers',
      limits: 'Covers the chance of which customers you happen to have, not errors in the data.',
      synonyms: ['confidence interval', 'uncertainty band', 'resampling interval'],
      see: ['seed', 'stobachoff-index'],
      shownIn: ['concentration.low', 'concentration.high'],
    },
  ),
  define(
    'Rank',
    'The position of a customer among all identified ones by profit measure, 1 the highest. Ties are ordered by customer id, so that the same data always gives the same ranks.',
    {
      synonyms: ['position', 'ranking'],
      see: ['profit-measure', 'cumulative-share'],
      shownIn: ['customer_profit.measure_rank', 'customer_profit.revenue_rank'],
    },
  ),
  define(
    'Cumulative share',
    'What a customer and all before it in rank bring together, as a share of the total. It rises above 100 % where customers with losses follow.',
    {
      formula: 'C(k) = W(k) / T',
      synonyms: ['running share', 'cumulative percentage'],
      see: ['whale-curve', 'rank'],
      shownIn: ['customer_profit.cumulative_share', 'whale_curve.cumulative_share'],
    },
  ),
]
