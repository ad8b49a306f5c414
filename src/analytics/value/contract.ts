import { col, optional, table } from '../../warehouse/contract/index.ts'

/** Weeks ahead for which customers are valued: twelve months. */
export const horizonWeeks = 52

export const customerValue = table({
  name: 'customer_value',
  title: 'Value by customer',
  meaning: 'What each identified customer is expected to bring over the next 12 months, with the history it is told from.',
  grain: 'identified customer with at least one purchase',
  key: ['customer_id'],
  kind: 'result',
  columns: {
    customer_id: col.text('Customer', 'The id that orders use.'),
    customer_key: col.integer('Key', 'Whole number that stands for the customer in this run.', { internal: true }),
    name: col.text('Name', 'What people call the customer; the id where the file has no name.'),
    repeat_purchases: col.integer(
      'Repeat purchases',
      'Days with a sale after the first such day: x. Several orders a day are one; returns never count.',
      {
        unit: 'purchases',
        additive: true,
        formula: 'distinct days with a sale - 1',
      },
    ),
    recency: col.number('Recency', 'Weeks from the first purchase to the last: t_x. 0 for customers who bought once.', { unit: 'weeks' }),
    age: col.number('Age', 'Weeks from the first purchase to the end of the data: T.', { unit: 'weeks' }),
    past_measure: col.moneySum(
      'So far',
      'What the purchases brought, with the returns that followed them: contribution where product cost is known, else net revenue.',
      {
        additive: true,
        formula: 'sum over purchases, each less what came back before the next',
      },
    ),
    alive: optional(
      col.ratio('Still active', 'Chance that the customer has not silently left, P(alive). BG/NBD gives 1 to everybody who bought once.', {
        from: { kind: 'row', columns: ['repeat_purchases', 'recency', 'age'] },
      }),
    ),
    buys_again: optional(
      col.ratio('Buys within 12 months', 'Chance of at least one purchase in the next 52 weeks.', {
        from: { kind: 'row', columns: ['repeat_purchases', 'recency', 'age'] },
      }),
    ),
    expected_purchases: optional(
      col.number('Expected purchases', 'Purchases expected in the next 52 weeks, the chance of having left counted in.', {
        unit: 'purchases',
        from: { kind: 'row', columns: ['repeat_purchases', 'recency', 'age'] },
      }),
    ),
    measure_per_purchase: optional(
      col.money('Per purchase', 'What one purchase is expected to bring: the customer’s own average, drawn towards that of all.', {
        formula: '(so far + k x average of all) / (purchases + k); k stands in table value_model',
        from: { kind: 'row', columns: ['past_measure', 'repeat_purchases'] },
      }),
    ),
    value_12_months: optional(
      col.money('Value, 12 months', 'Expected measure of the next 52 weeks, discounted to the end of the data.', {
        additive: true,
        formula: 'measure per purchase x discounted expected purchases',
        from: { kind: 'row', columns: ['measure_per_purchase', 'expected_purchases'] },
      }),
    ),
    value_low: optional(
      col.money('Low', 'In 19 of 20 such customers the 12 months bring at least this, if the model holds.', { additive: false }),
    ),
    value_high: optional(
      col.money('High', 'In 19 of 20 such customers the 12 months bring at most this, if the model holds.', { additive: false }),
    ),
    value_rank: optional(col.integer('Rank', 'Position by value, 1 the highest; ties by id.', { unit: 'rank' })),
    tier: optional(col.integer('Tier', 'Tenth of the customers by value: 1 the best.', { unit: 'tenth' })),
  },
})

export const valueModel = table({
  name: 'value_model',
  title: 'Models of value',
  meaning: 'Every model that was fitted, how well it told the held-out part, which one was taken and why.',
  grain: 'model and the data it was fitted on',
  key: ['model', 'fitted_on'],
  kind: 'result',
  columns: {
    model: col.text('Model', 'Such as bg-nbd, mbg-nbd, pareto-nbd; own-rate is the naive rule that all goes on as before.'),
    fitted_on: col.text('Fitted on', 'calibration (the first part, to be proven on the rest) or all.'),
    kind: col.text('Of', 'purchases (how many), spend (how much each) or rule.'),
    chosen: col.boolean('Chosen', 'Whether the values come from it.'),
    status: col.text('Status', 'converged, weak, not-converged, refused, left-out; rule for the naive one.'),
    reason: col.text('Reason', 'Why it was taken, passed over or refused.'),
    customers: col.integer('Customers', 'Whose histories it saw.', { unit: 'customers' }),
    histories: col.integer('Histories', 'Distinct histories among them.', { unit: 'histories' }),
    until: optional(col.date('Until', 'Last day that it saw.')),
    parameters: optional(col.json('Parameters', 'By the names of the literature; times in weeks.')),
    standard_errors: optional(col.json('Standard errors', 'Of the parameters, in their units.')),
    log_likelihood: optional(col.number('Log-likelihood', 'Total over customers, without the constants that the literature leaves out.')),
    holdout_actual: optional(col.number('Held out, actual', 'Purchases (or measure) after the calibration, of the customers it saw.')),
    holdout_expected: optional(col.number('Held out, expected', 'The same, as the model told it beforehand.')),
    holdout_error: optional(col.ratio('Error of the total', 'Expected over actual, less 1.', { formula: 'expected / actual - 1' })),
    log_loss: optional(
      col.number(
        'Log score',
        'Mean over customers of ln of the chance given to what came: bought in the held-out part or not. 0 is best.',
        {
          additive: false,
        },
      ),
    ),
    brier: optional(col.number('Brier score', 'Mean squared gap between the chance to buy and what came. 0 is best.', { additive: false })),
    misplaced: optional(
      col.ratio(
        'Misplaced',
        'Held-out purchases told for the wrong group of customers by earlier frequency (0 to 6, 7 and more), over the actual ones.',
        {
          formula: 'sum over groups of |expected - actual| / actual',
        },
      ),
    ),
  },
})

export const valueHoldout = table({
  name: 'value_holdout',
  title: 'Tracking of repeat purchases',
  meaning:
    'Cumulative repeat purchases week by week, as they came and as the chosen model, fitted on the calibration part only, told them.',
  grain: 'full week since the first purchase of all; customers won within the calibration',
  key: ['week'],
  kind: 'result',
  columns: {
    week: col.integer('Week', 'Counted from 1.'),
    week_end: col.date('Week ends', 'Last day of the week.'),
    held_out: col.boolean('Held out', 'Whether the week ends after the calibration: the model had not seen it.'),
    actual: col.integer('Actual', 'Repeat purchases until the end of the week.', { unit: 'purchases', additive: false }),
    expected: col.number('Expected', 'The same as the model tells it from the days of first purchase alone.', {
      unit: 'purchases',
      additive: false,
    }),
  },
})

export const valueCalibration = table({
  name: 'value_calibration',
  title: 'Held-out purchases by earlier frequency',
  meaning: 'What customers with 0, 1, 2, ... repeat purchases in the calibration bought afterwards, and what each model expected of them.',
  grain: 'model and number of repeat purchases in the calibration, 7 and more together',
  key: ['model', 'frequency'],
  kind: 'result',
  columns: {
    model: col.text('Model', 'As in value_model.'),
    frequency: col.integer('Frequency', 'Repeat purchases in the calibration; 7 stands for 7 and more.', { unit: 'purchases' }),
    chosen: col.boolean('Chosen', 'Whether the values come from this model.'),
    customers: col.integer('Customers', 'With that many.', { unit: 'customers', additive: false }),
    actual: col.integer('Actual', 'Their purchases after the calibration.', { unit: 'purchases', additive: false }),
    expected: col.number('Expected', 'The same as the model told it beforehand.', { unit: 'purchases', additive: false }),
  },
})

export const valueLift = table({
  name: 'value_lift',
  title: 'Held-out purchases by what was told of the customer',
  meaning:
    'Customers in tenths by the purchases that the model expected of them, and in bands by the chance to buy that it gave them, with what they then did in the held-out part.',
  grain: 'model, way of grouping, and group',
  key: ['model', 'grouping', 'tenth'],
  kind: 'result',
  columns: {
    model: col.text('Model', 'As in value_model.'),
    chosen: col.boolean('Chosen', 'Whether the values come from this model.'),
    grouping: col.text(
      'Grouping',
      'expected: tenths of the customers by expected purchases; chance: bands of ten points of the chance to buy.',
    ),
    tenth: col.integer('Tenth', '1 the highest. Of bands: 1 is a chance of 90 to 100 %.', { unit: 'tenth' }),
    customers: col.integer('Customers', 'In the group; those of equal history stay together.', { unit: 'customers', additive: false }),
    expected: col.number('Expected', 'Purchases told for the held-out weeks.', { unit: 'purchases', additive: false }),
    actual: col.integer('Actual', 'Purchases that came.', { unit: 'purchases', additive: false }),
    expected_buyers: col.number('Expected buyers', 'Customers told to buy at least once: the sum of their chances.', {
      unit: 'customers',
      additive: false,
    }),
    buyers: col.integer('Buyers', 'Customers who bought.', { unit: 'customers', additive: false }),
  },
})

export const valueAdvice = table({
  name: 'value_advice',
  title: 'Do the data fit the model?',
  meaning: 'Questions that a careful analyst asks before using a lifetime-value model, each with a verdict and the number behind it.',
  grain: 'question',
  key: ['question'],
  kind: 'result',
  columns: {
    question: col.text('Question', 'Short name: history, discrete, regularity, one-timers, season, drift, naive, spend.'),
    position: col.integer('Position', 'Order in which they are read.', { unit: 'rank' }),
    title: col.text('Title', 'The question as a reader asks it.'),
    verdict: col.text('Verdict', 'fits, mind (use with care), misfit (another model is needed) or unknown.'),
    text: col.text('Answer', 'What was found and what to do, with its number.'),
    figure: optional(col.number('Figure', 'The number behind the verdict.', { additive: false })),
    figure_meaning: optional(col.text('Figure means', 'What the number is.')),
  },
})

/** All tables of the step. */
export const valueTables = [customerValue, valueModel, valueHoldout, valueCalibration, valueLift, valueAdvice]
