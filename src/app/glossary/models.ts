import { define } from './term.ts'

/** Models of customer value, and what speaks for or against them. */
export const modelTerms = [
  define(
    'P(alive)',
    'The chance that a customer has not silently left, told from how long the silence is against the own rhythm of purchases. Nobody sees it; what can be checked is whether customers buy.',
    {
      limits: 'BG/NBD gives 1 to everybody who bought once: read the chance to buy within 12 months instead.',
      synonyms: ['probability alive', 'chance to be active', 'still active'],
      see: ['held-out-part', 'bg-nbd'],
      shownIn: ['customer_value.alive'],
    },
  ),
  define(
    'BG/NBD',
    'A model of repeat purchases: customers buy at random times at rates of their own, and after each purchase leave with a chance of their own. MBG/NBD lets them leave after the first purchase too, Pareto/NBD at any time.',
    {
      synonyms: ['MBG/NBD', 'Pareto/NBD', 'buy till you die', 'BTYD'],
      see: ['p-alive', 'regularity'],
      shownIn: ['value_model.model'],
    },
  ),
  define(
    'Held-out part',
    'The last third of the time, which the models do not see when they are tried. What they tell of it is held against what came.',
    {
      synonyms: ['holdout', 'validation period', 'calibration and holdout', 'backtest'],
      see: ['misplaced-purchases', 'log-loss', 'lift'],
      shownIn: ['value_holdout.held_out', 'value_model.holdout_error'],
    },
  ),
  define(
    'Misplaced purchases',
    'Held-out purchases that the model told for the wrong group of customers by earlier frequency, over all that came. The model with the fewest is taken.',
    {
      formula: 'sum over groups of |expected - actual| / actual',
      see: ['held-out-part', 'lift'],
      shownIn: ['value_model.misplaced'],
    },
  ),
  define(
    'Lift',
    'How many times its share of purchases the tenth of customers made whom the model ranked highest. It tells whether the ranking is good, not whether the level is right.',
    {
      synonyms: ['decile lift', 'gain'],
      see: ['held-out-part', 'log-loss'],
      shownIn: ['value_lift.actual'],
    },
  ),
  define(
    'Log loss',
    'A score of chances: the mean of -ln of the chance that was given to what came, 0 the best. It is least when the chances are true, and punishes being sure and wrong.',
    {
      formula: '-mean(ln p where bought, ln(1 - p) where not)',
      synonyms: ['log score', 'logarithmic score', 'Brier score', 'calibration of chances'],
      see: ['held-out-part', 'lift'],
      shownIn: ['value_model.log_loss', 'value_model.brier'],
    },
  ),
  define(
    'Regularity',
    'How evenly a customer’s purchases follow one another: k = 1 is chance, more is like a clock, less is bursts. A late customer with a regular rhythm is more surely gone than one without.',
    {
      formula: 'k = (1 - 4 Var W) / (8 Var W), W = first gap / (first + last gap)',
      synonyms: ['k', 'Wheat and Morrison', 'CNBD', 'Erlang'],
      see: ['bg-nbd', 'p-alive'],
    },
  ),
  define(
    'Covariate',
    'Something known of a customer or of a week, such as channel or season, that moves how often customers buy or how soon they leave. Its effect is told as a factor on the rate, with an interval and a test.',
    {
      formula: 'rate x exp(effect x covariate)',
      limits: 'An effect is a difference between customers, not what would happen were they changed.',
      synonyms: ['predictor', 'regressor', 'seasonality', 'campaign effect'],
      see: ['partial-pooling', 'bg-nbd'],
    },
  ),
  define(
    'Partial pooling',
    'Segments are fitted one by one, but drawn towards what all have in common: the less a segment’s own customers tell, the more. Small segments keep neither wild estimates nor the average of all.',
    {
      synonyms: ['shrinkage', 'hierarchical prior', 'empirical Bayes', 'credibility'],
      see: ['covariate', 'bg-nbd'],
    },
  ),
]
