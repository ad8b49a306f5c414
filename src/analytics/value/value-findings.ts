import type { StepContext } from '../../pipeline/step.ts'
import { ratioOf, roundDecimal } from '../../shared/decimal.ts'
import { formatCount, formatCounted, formatDate, formatMoney, formatNumber, formatShare } from '../../shared/format.ts'
import { horizonWeeks } from './contract.ts'
import * as query from './history.sql.ts'
import type { Proof } from './holdout.ts'
import type { TotalWithBounds } from './score.ts'
import type { SpendLaw } from './spend-law.ts'

/** All that is known about the base after the models ran. */
export interface Valued {
  value: TotalWithBounds
  active: TotalWithBounds
  /** Title of the chosen model. */
  model: string
  /** Why its parameters are weak, if they are. */
  weak: string | null
  proof: Proof
  naive: Proof
  split: string
  end: string
  /** Weeks held out. */
  length: number
  spend: SpendLaw
  spendError: { actual: number; expected: number }
  measure: 'contribution' | 'net revenue'
}

const link = '/value'

/** Says that there is no value, and why. */
export function refuseValue({ finding, figure }: StepContext, reason: string): void {
  figure({ ...valueFigure, value: null, missing: `No value is told: ${reason}.` })
  finding({
    name: 'value-not-told',
    text: `What customers are worth is not told: ${reason}.`,
    action: 'Load more orders with customer ids: two years show who comes back.',
    weight: 30,
    kind: 'data',
  })
}

const valueFigure = {
  name: 'value_12_months',
  title: 'Value of the customers, 12 months',
  type: 'money',
  meaning:
    'What the identified customers of today are expected to bring in the next 12 months, discounted; customers still to be won are not in it.',
  formula: 'sum over customers of measure per purchase x discounted expected purchases of the next 52 weeks',
} as const

const percentError = (expected: number, actual: number): string => {
  const error = expected / actual - 1
  return Math.abs(error) < 0.005 ? 'right to half a percent' : `${formatShare(Math.abs(error))} too ${error < 0 ? 'few' : 'many'}`
}

/** Key figures and findings about value. */
export async function sayValue(context: StepContext, found: Valued): Promise<void> {
  const { figure } = context
  const { value, active, model, measure } = found
  const [totals] = await context.warehouse.rows(query.valueTotals(), { signal: context.signal })
  const interval = `90 % interval: each customer's chance, the parameters of ${model}, and the miss on the held-out part`
  figure({
    ...valueFigure,
    value: roundDecimal(String(totals.total), 4),
    ...(value.low === null ? {} : { low: value.low, high: value.high, interval }),
    meaning: `${valueFigure.meaning} Measured as ${measure}; as of ${formatDate(found.end)}.`,
  })
  figure({
    name: 'expected_active_customers',
    title: 'Customers expected to buy',
    value: Math.round(active.value),
    type: 'integer',
    unit: 'customers',
    ...(active.low === null ? {} : { low: active.low, high: active.high, interval }),
    meaning: `Identified customers expected to buy at least once in the next 12 months, out of ${formatCount(Number(totals.customers))}.`,
    formula: 'sum over customers of the chance of at least one purchase in the next 52 weeks',
  })
  sayDependence(context, found, String(totals.total), String(totals.of_best), Number(totals.best))
  await saySlipping(context, found, Number(totals.customers))
  sayProof(context, found)
}

/** How far the held-out part was missed, as the doubt of every finding about value. */
function doubtOf({ proof, spendError, model, weak }: Valued): string {
  const money = spendError.actual > 0 ? `; their money by ${formatShare(Math.abs(spendError.expected / spendError.actual - 1))}` : ''
  return (
    `Tried on data held back, ${model} missed the number of purchases by ${formatShare(Math.abs(proof.expected / proof.actual - 1))}${money}.` +
    (weak ? ` Its single parameters mean little: ${weak.replace(/^the data do not determine [^:]*: /, '')}.` : '')
  )
}

function sayDependence({ finding }: StepContext, found: Valued, total: string, ofBest: string, best: number): void {
  const share = ratioOf(ofBest, total)
  if (share === null || !(share > 0 && share <= 1)) return
  finding({
    name: 'value-hangs-on-few',
    text: `The best tenth of customers (${formatCount(best)}) hold ${formatShare(share)} of the value expected in the next 12 months.`,
    doubt: doubtOf(found),
    action: 'Account management: a named owner and a plan for each of them before anything is spent on the rest.',
    weight: 70,
    kind: 'neutral',
    link: `${link}?where=tier:eq:1`,
  })
}

async function saySlipping({ warehouse, signal, finding, currency }: StepContext, found: Valued, customers: number): Promise<void> {
  const best = Math.max(5, Math.round(customers / 10))
  const rows = await warehouse.rows(query.slippingCustomers(best, 5), { signal })
  const [first] = rows
  if (!first) return
  const money = (amount: unknown) => formatMoney(String(amount), currency, { compact: true })
  const count = Number(first.customers)
  const silent = (row: (typeof rows)[number]) => formatCounted(Math.round(Number(row.age) - Number(row.recency)), 'week')
  const named = rows.map(
    (row) => `${row.name} (${money(row.past_measure)} so far, silent for ${silent(row)}, ${formatShare(Number(row.alive))} still active)`,
  )
  finding({
    name: 'valuable-customers-slipping',
    text:
      `${formatCount(count)} of the ${formatCount(best)} customers who brought most so far have probably left: together ${money(first.together)}. ` +
      `The largest: ${named.join('; ')}.`,
    doubt: `Told from silence against each one's own rhythm; a customer with a new rhythm looks the same. ${doubtOf(found)}`,
    action: 'Sales: call them this week, the largest first; ask what changed before offering anything.',
    weight: 75,
    kind: 'bad',
    link: `${link}?sort=-past_measure&where=alive:lt:0.5`,
    customers: rows.map((row) => String(row.customer_id)),
  })
}

function sayProof({ finding, currency }: StepContext, found: Valued): void {
  const { proof, naive, model, split, length, spend, spendError } = found
  const worse = naive.misplaced < proof.misplaced
  const error = Math.abs(proof.expected / proof.actual - 1)
  const money = (amount: number) => formatMoney(amount.toFixed(2), currency, { compact: true })
  finding({
    name: worse ? 'value-beaten-by-naive-rule' : 'value-held-out-error',
    text:
      `With what was known on ${formatDate(split)}, ${model} expected ${formatCount(Math.round(proof.expected))} purchases in the ` +
      `${formatNumber(length, { digits: 0 })} weeks after it; ${formatCount(proof.actual)} came (${percentError(proof.expected, proof.actual)}).` +
      (spendError.actual > 0 ? ` In money: ${money(spendError.expected)} against ${money(spendError.actual)}.` : '') +
      (worse ? ' The naive rule that all goes on as before placed them better.' : ''),
    doubt:
      `It placed ${formatShare(proof.misplaced)} of the purchases with the wrong group of customers; the naive rule that everybody goes on as before, ` +
      `${formatShare(naive.misplaced)}. One held-out period is one test; seasons and campaigns are not in the model. Spend by ${spend.model}: ${spend.reason}.`,
    action: worse
      ? 'Analysis: look for what changed in the held-out weeks before using these values.'
      : error > 0.2
        ? 'Analysis: use the ranking, not the level; look for what changed in the held-out weeks.'
        : `Finance: plan the next ${horizonWeeks} weeks with the interval, and compare at the next run.`,
    weight: worse || error > 0.2 ? 65 : 40,
    kind: worse ? 'data' : 'neutral',
    link,
  })
}
