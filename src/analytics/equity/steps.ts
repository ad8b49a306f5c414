import { z } from 'zod'
import { normalQuantile } from '../../math/normal.ts'
import type { Step, StepContext } from '../../pipeline/step.ts'
import { compareDecimals, negateDecimal, ratioOf, subtractDecimals, sumDecimals } from '../../shared/decimal.ts'
import { formatCount, formatDate, formatMoney, formatShare } from '../../shared/format.ts'
import type { Row } from '../../warehouse/port.ts'
import { sql } from '../../warehouse/sql.ts'
import { literalRows } from '../profitability/index.ts'
import { bgNbd, type HistoryModel, mbgNbd, paretoNbd } from '../value/index.ts'
import { customerEquity, customerEquityChange, equityBridge, equityTables } from './contract.ts'
import * as query from './equity.sql.ts'
import { outlookGrid } from './outlook-grid.ts'

const parameters = z.strictObject({
  /** Discount per year, as a fraction. */
  discountPerYear: z.number().min(0.001).max(1).default(0.1),
  /** Years ahead that customers are valued over. */
  horizonYears: z.number().min(1).max(30).default(5),
})

type EquityParameters = z.infer<typeof parameters>

/** From the value of the next 12 months to customer equity and what changed it. */
export const customerEquityStep: Step<EquityParameters> = {
  name: 'customer-equity',
  title: 'Customer equity and its bridge',
  reads: ['customer_value', 'value_model', 'cohort', 'customer_profit', 'period'],
  readsIfPresent: ['customer_change', 'customer_cost', 'ledger'],
  writes: equityTables,
  unlock: 'Load orders with customer ids over at least half a year, better two years.',
  parameters,
  run: writeEquity,
}

export const equitySteps = [customerEquityStep]

const models: Record<string, HistoryModel<never>> = {
  'bg-nbd': bgNbd as unknown as HistoryModel<never>,
  'mbg-nbd': mbgNbd as unknown as HistoryModel<never>,
  'pareto-nbd': paretoNbd as unknown as HistoryModel<never>,
}

const level = 0.9

interface Known {
  model: HistoryModel<never>
  fitted: never
  drawn: query.Drawn
  end: string
  /** By which share the money of the held-out part was missed. */
  missed: number
}

/** Works on the relations audit_day and customer_start of step customer-audit. */
async function writeEquity(context: StepContext<EquityParameters>): Promise<void> {
  const { warehouse, signal, progress, parameters: given, has } = context
  const known = await readModel(context)
  if (!known) {
    for (const contract of equityTables) await context.save(contract, literalRows(contract, []))
    return
  }
  const opening = await openingDay(context, known)
  await warehouse.materialise('equity_closing', query.historiesAt(warehouse.dialect, known.end), { signal })
  await warehouse.materialise('equity_opening', query.historiesAt(warehouse.dialect, opening ?? '0001-01-01'), { signal })
  progress(0.3)
  const revised = await scoreHistories(context, known, opening !== null)
  progress(0.7)
  await warehouse.materialise('equity_price', has('customer_change') ? query.priceEffects() : query.noPriceEffects(), { signal })
  await warehouse.materialise('equity_customer', query.customerBridge(known.drawn), { signal })
  await context.save(customerEquityChange, query.customerEquity())
  const [totals] = await warehouse.rows(query.bridgeTotals(), { signal })
  const steps = opening ? bridgeRows(totals) : []
  await context.save(equityBridge, literalRows(equityBridge, steps), sql`position`)
  const residual = subtractDecimals(
    subtractDecimals(String(totals.closing), String(totals.opening)),
    sumDecimals(['model', 'acquired_value', 'retained', 'developed', 'lost', 'price', 'cost'].map((name) => String(totals[name]))),
  )
  context.check({
    name: 'equity-bridge-closes',
    title: 'The bridge of customer equity leads from opening to closing',
    status: compareDecimals(residual, 0) === 0 ? 'pass' : 'fail',
    blocking: true,
    detail: 'Opening plus all steps, each summed over customers, is closing, to the last decimal.',
    expected: '0',
    actual: residual,
  })
  await tieToHistories(context, known)

  // The share by which a year's data changed the value of the same customers tells how far the model can be off.
  const reopened = sumDecimals([String(totals.opening), String(totals.model)])
  const revision = opening && revised ? Math.abs((ratioOf(String(totals.opening), reopened) ?? 1) - 1) : 0
  const doubt = normalQuantile((1 + level) / 2) * Math.hypot(known.missed, revision)
  const future = await futureCohorts(context, known, given)
  const rows = await equityRows(context, { totals, doubt, future, given })
  await context.save(customerEquity, literalRows(customerEquity, rows), sql`position`)
  say(context, { rows, steps, totals, opening, known, revision, given })
}

async function readModel({ warehouse, signal }: StepContext<EquityParameters>): Promise<Known | null> {
  const rows = await warehouse.rows(sql`select model, fitted_on, kind, chosen, parameters, until, holdout_error from value_model`, {
    signal,
  })
  const chosen = rows.find((row) => row.kind === 'purchases' && row.fitted_on === 'all' && row.chosen === true)
  const spend = rows.find((row) => row.kind === 'spend' && row.fitted_on === 'all')
  const model = models[String(chosen?.model)]
  if (!chosen?.parameters || !spend?.parameters || !model) return null
  const law = JSON.parse(String(spend.parameters)) as Record<string, number>
  const drawn = law.gamma === undefined ? { k: law.k!, prior: law.k! * law.average! } : { k: (law.q! - 1) / law.p!, prior: law.gamma }
  const tried = rows.find((row) => row.kind === 'spend' && row.fitted_on === 'calibration')
  return {
    model,
    fitted: JSON.parse(String(chosen.parameters)) as never,
    drawn,
    end: String(chosen.until),
    missed: Math.abs(Number(tried?.holdout_error ?? 0)),
  }
}

/** The end of the previous period; null where too few customers had bought again by then to have a value. */
async function openingDay({ warehouse, signal }: StepContext, { end }: Known): Promise<string | null> {
  const [row] = await warehouse.rows(sql`select to_date from period where period = 'previous'`, { signal })
  const day = row ? String(row.to_date) : null
  if (!day || day >= end) return null
  const [{ again }] = await warehouse.rows(
    sql`select count(*) as again from (select customer_key from audit_day where orders > 0 and day <= cast(${day} as date) group by customer_key having count(*) > 1) as buyers`,
    { signal },
  )
  return Number(again) >= 20 ? day : null
}

/** Chance to be active and purchases ahead of every history at both dates; says whether the model of the opening could be fitted. */
async function scoreHistories(context: StepContext<EquityParameters>, { model, fitted }: Known, withOpening: boolean): Promise<boolean> {
  const { warehouse, signal, parameters: given } = context
  const found = (await warehouse.columns(query.distinctHistories(), { signal })) as Record<string, Float64Array>
  const {
    x,
    recency_days: recency,
    age_days: age,
    before,
  } = found as { x: Float64Array; recency_days: Float64Array; age_days: Float64Array; before: Float64Array }
  const size = x.length
  const delta = Math.log1p(given.discountPerYear) / 52
  const most = (values: Float64Array): number => values.reduce((high, value) => Math.max(high, value), 0)
  const settings = { mostX: most(x), mostT: most(age) / 7, horizonWeeks: 52 * given.horizonYears, delta }
  const index = Array.from({ length: size }, (_, i) => i).filter((i) => before[i]! > 0)
  const of = (values: Float64Array, scale = 1): Float64Array => Float64Array.from(index, (i) => values[i]! / scale)
  const earlier = withOpening
    ? model.fit({ x: of(x), tx: of(recency, 7), T: of(age, 7), weight: of(before) }, { minimumRepeatBuyers: 20 })
    : null
  const revised = earlier?.parameters !== undefined && (earlier.status === 'converged' || earlier.status === 'weak')
  const then = revised ? (earlier.parameters as never) : fitted
  const now = outlookGrid(model, fitted, settings)
  const old = revised ? outlookGrid(model, then, settings) : now
  const column = (): Float64Array => new Float64Array(size)
  const [alive, ahead, forever, weeks, aliveThen, aheadThen] = [column(), column(), column(), column(), column(), column()]
  const mean = meanRate(fitted)
  for (let i = 0; i < size; i++) {
    const [n, tx, T] = [x[i]!, recency[i]! / 7, age[i]! / 7]
    const outlook = now(n, T)
    alive[i] = model.probabilityAlive(fitted, n, tx, T)
    ahead[i] = outlook.purchases
    forever[i] = outlook.forever
    weeks[i] = outlook.purchases / mean(n, T)
    aliveThen[i] = revised && before[i]! > 0 ? model.probabilityAlive(then, n, tx, T) : alive[i]!
    aheadThen[i] = revised && before[i]! > 0 ? old(n, T).purchases : ahead[i]!
  }
  await warehouse.load(
    'equity_score',
    { x, recency_days: recency, age_days: age, alive, ahead, forever, weeks_ahead: weeks, alive_then: aliveThen, ahead_then: aheadThen },
    {
      x: 'integer',
      recency_days: 'integer',
      age_days: 'integer',
      alive: 'double',
      ahead: 'double',
      forever: 'double',
      weeks_ahead: 'double',
      alive_then: 'double',
      ahead_then: 'double',
    },
  )
  return revised
}

/** Expected rate per week of an active customer: (r + x) / (alpha + T), in all three models. */
const meanRate = (fitted: never) => {
  const { r, alpha } = fitted as { r: number; alpha: number }
  return (x: number, T: number): number => (r + x) / (alpha + T)
}

const bridgeSteps = [
  [
    'opening',
    'Opening',
    'sum over customers of P(active) x discounted purchases x measure per purchase',
    'Worth of the customers known at the opening, by the model as it was then.',
  ],
  ['model', 'Model', 'the same histories by the model of today, less opening', 'What a year of new data taught about the same customers.'],
  [
    'acquired_value',
    'Acquired',
    'closing value of customers who first bought after the opening',
    'What customers won since are worth now; what they brought already is not in it.',
  ],
  [
    'retained',
    'Retained',
    'change of P(active) x discounted purchases x measure per purchase, at the opening’s',
    'Of customers who bought again: how surely they are still active, against before.',
  ],
  ['developed', 'Developed', 'what the other steps leave of each customer', 'They buy more or less often, in larger or smaller baskets.'],
  [
    'lost',
    'Lost',
    'change of P(active) x discounted purchases, at the opening’s measure per purchase',
    'Customers who did not buy since, or are more likely gone than not.',
  ],
  ['price', 'Repriced', 'price effect / (purchases + k) x P(active) x discounted purchases', 'Other prices of the same products.'],
  ['cost', 'Re-costed', 'unit cost effect / (purchases + k) x P(active) x discounted purchases', 'Other costs of the same products.'],
  ['closing', 'Closing', 'as opening, with the histories and the model of today', 'Worth of the customers known today.'],
] as const

const customersOf: Record<string, string> = {
  acquired_value: 'acquired',
  retained: 'kept',
  developed: 'kept',
  lost: 'gone',
  closing: 'customers',
}
const stepNames: Record<string, string> = { acquired_value: 'acquired', price: 'repriced', cost: 'recosted' }

function bridgeRows(totals: Row): Row[] {
  return bridgeSteps.map(([name, title, formula, meaning], i) => ({
    position: i + 1,
    step: stepNames[name] ?? name,
    title,
    amount: String(totals[name]),
    customers: customersOf[name] ? Number(totals[customersOf[name]!]) : null,
    formula,
    meaning,
  }))
}

/** That what customers are valued by is what they brought, and how that stands to the profit of all. */
async function tieToHistories({ warehouse, signal, check }: StepContext, { end }: Known): Promise<void> {
  const one = async (text: ReturnType<typeof sql>) => String((await warehouse.rows(text, { signal }))[0]!.amount)
  const histories = await one(sql`select cast(coalesce(sum(spend), 0) as decimal(38, 4)) as amount from equity_closing`)
  const outside = await one(
    sql`select cast(coalesce(sum(measure), 0) as decimal(38, 4)) as amount from audit_day where first_day is null or day < first_day or day > cast(${end} as date)`,
  )
  const profit = await one(sql`select cast(coalesce(sum(measure), 0) as decimal(38, 4)) as amount from customer_profit where identified`)
  const unidentified = await one(
    sql`select cast(coalesce(sum(measure), 0) as decimal(38, 4)) as amount from customer_profit where not identified`,
  )
  const all = sumDecimals([histories, outside])
  check({
    name: 'equity-ties-to-accounts',
    title: 'Customer equity is told from the profit that the accounts show',
    status: compareDecimals(all, profit) === 0 ? 'pass' : 'fail',
    blocking: true,
    detail: `Histories hold ${histories}; before a first purchase or after the last of all, ${outside}; together the profit of identified customers. Customers without a name brought ${unidentified}, which no equity holds.`,
    expected: profit,
    actual: all,
  })
}

interface Future {
  rows: { customers: number; value: number; low: number; high: number } | null
  reason: string
  cost: number | null
}

/** Customers won at the pace of the last twelve whole months, over the horizon. */
async function futureCohorts(
  { warehouse, signal }: StepContext,
  { model, fitted, drawn, missed }: Known,
  given: EquityParameters,
): Promise<Future> {
  const months = await warehouse.rows(query.acquiredByMonth(12), { signal })
  if (months.length < 6) return { rows: null, reason: 'fewer than six whole months of acquisition are known', cost: null }
  const counts = months.map((row) => Number(row.customers))
  const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length
  const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / (counts.length - 1)
  const costs = months.map((row) => (row.cost === null ? Number.NaN : Number(row.cost)))
  const customers = counts.reduce((sum, count) => sum + count, 0)
  const cost = costs.every(Number.isFinite) ? costs.reduce((sum, one) => sum + one, 0) / customers : null
  const [first] = await warehouse.rows(query.firstPurchases(String(months.at(-1)!.cohort)), { signal })
  const delta = Math.log1p(given.discountPerYear) / 52
  const H = 52 * given.horizonYears
  const steps = 20
  const expected = (t: number): number => model.expectedTransactions(fitted, t)
  let within = Math.exp(-delta * H) * expected(H)
  const atEnd = within
  for (let n = 1; n < steps; n++) within += (n % 2 === 1 ? 4 : 2) * Math.exp((-delta * H * n) / steps) * expected((H * n) / steps)
  const repeats = atEnd + (delta * H * within) / (3 * steps)
  const each = Number(first.measure) / Math.max(1, Number(first.customers)) + repeats * (drawn.prior / drawn.k) - (cost ?? 0)
  // Sum over the months of the horizon of the discount to the middle of each.
  const count = Math.round(12 * given.horizonYears)
  const annuity = Array.from({ length: count }, (_, m) => Math.exp((-delta * 52 * (m + 0.5)) / 12)).reduce((sum, one) => sum + one, 0)
  const value = mean * each * annuity
  // Of the pace: the next years are one draw of a year's mean, and as wrong as the months differ. Of the value each: as for the base.
  const relative = Math.hypot(Math.sqrt(variance) / mean, missed)
  const reach = normalQuantile((1 + level) / 2) * relative * Math.abs(value)
  return { rows: { customers: Math.round(mean * count), value, low: value - reach, high: value + reach }, reason: '', cost }
}

interface Told {
  totals: Row
  doubt: number
  future: Future
  given: EquityParameters
}

async function equityRows({ warehouse, signal, has }: StepContext, { totals, doubt, future, given }: Told): Promise<Row[]> {
  const years = `${given.horizonYears} years`
  const discount = `${formatShare(given.discountPerYear)} a year`
  const closing = String(totals.closing)
  const banded = (amount: string) => ({
    amount,
    low: (Number(amount) - Math.abs(Number(amount)) * doubt).toFixed(4),
    high: (Number(amount) + Math.abs(Number(amount)) * doubt).toFixed(4),
  })
  const customers = Number(totals.customers)
  let served: Row | null = null
  if (has('customer_cost')) {
    const [window] = has('ledger')
      ? await warehouse.rows(sql`select count(distinct period) as months from ledger`, { signal })
      : [{ months: 12 }]
    const [row] = await warehouse.rows(query.servingAhead(Math.max(1, Number(window!.months)) / 12), { signal })
    served = row ?? null
  }
  const noCost = 'What serving customers costs is not known: load a ledger to have it.'
  const net = served ? subtractDecimals(subtractDecimals(closing, String(served.served)), String(served.sustained)) : null
  const { rows: ahead } = future
  const rows: Row[] = [
    {
      component: 'existing',
      title: `Customers of today, ${years}`,
      ...banded(closing),
      customers,
      formula: 'sum over customers of P(active) x discounted purchases x measure per purchase',
      meaning: `What they are expected to bring in the next ${years}, discounted at ${discount}; what they brought already is not in it.`,
    },
    {
      component: 'forever',
      title: 'Customers of today, without end',
      ...banded(String(totals.forever)),
      customers,
      formula: 'the same with DERT, the discounted purchases of all time',
      meaning: 'Beyond the horizon the model has never been tried: read it as an order of size.',
    },
    {
      component: 'cost_to_serve',
      title: 'Cost of serving their purchases',
      amount: served ? negateDecimal(String(served.served)) : null,
      formula: 'purchases ahead x revenue per purchase x cost of lines and orders over revenue, each customer’s drawn towards that of all',
      meaning: 'What lines and orders of those purchases will cost at the rates of today.',
      missing: served ? null : noCost,
    },
    {
      component: 'sustaining',
      title: 'Cost of keeping the accounts',
      amount: served ? negateDecimal(String(served.sustained)) : null,
      formula: 'years that the customer is expected to be active x cost of the account a year',
      meaning: 'Sales and service that having the customer causes, while the customer is there.',
      missing: served ? null : noCost,
    },
    {
      component: 'existing_net',
      title: 'Customers of today after cost-to-serve',
      ...(net === null ? { amount: null } : banded(net)),
      customers,
      formula: 'customers of today - cost of serving - cost of keeping',
      meaning: 'What is left to pay for the house and a profit.',
      missing: net === null ? noCost : null,
    },
    {
      component: 'future',
      title: `Customers still to be won, ${years}`,
      amount: ahead ? ahead.value.toFixed(4) : null,
      low: ahead ? ahead.low.toFixed(4) : null,
      high: ahead ? ahead.high.toFixed(4) : null,
      customers: ahead?.customers ?? null,
      formula:
        'customers a month x (first purchase + discounted repeat purchases x average measure - acquisition cost), each month discounted',
      meaning:
        `If as many are won as in the last twelve whole months, each valued over ${years} from its first purchase, ` +
        (future.cost === null ? 'before acquisition cost, which is not known.' : 'after acquisition cost.'),
      missing: ahead ? null : future.reason,
    },
  ]
  const base = net ?? closing
  const [below, above] = ahead ? [Number(rows[net === null ? 0 : 4]!.low), Number(rows[net === null ? 0 : 4]!.high)] : [0, 0]
  if (ahead) {
    const total = Number(base) + ahead.value
    // The two are told from different data; their doubts are taken as independent.
    const reach = Math.hypot((above - below) / 2, (ahead.high - ahead.low) / 2)
    rows.push({
      component: 'total',
      title: `Customer equity, ${years}`,
      amount: total.toFixed(4),
      low: (total - reach).toFixed(4),
      high: (total + reach).toFixed(4),
      customers: customers + ahead.customers,
      formula: `customers of today${net === null ? '' : ' after cost-to-serve'} + customers still to be won`,
      meaning: 'Before overhead, capital and tax: not the value of the company.',
    })
  }
  return rows.map((row, i) => ({ position: i + 1, missing: null, low: null, high: null, customers: null, ...row }))
}

interface Said {
  rows: Row[]
  steps: Row[]
  totals: Row
  opening: string | null
  known: Known
  revision: number
  given: EquityParameters
}

function say({ figure, finding, currency }: StepContext, { rows, steps, totals, opening, known, revision, given }: Said): void {
  const existing = rows[0]!
  const money = (value: unknown) => formatMoney(String(value), currency, { compact: true })
  const signed = (value: unknown) => formatMoney(String(value), currency, { compact: true, sign: true })
  const interval = '90 % interval: the miss on the held-out part, and by how much a year of data revised the value of the same customers'
  for (const name of ['existing', 'total']) {
    const row = rows.find(({ component }) => component === name)
    if (!row) continue
    figure({
      name: name === 'existing' ? 'customer_equity_existing' : 'customer_equity',
      title: String(row.title),
      value: String(row.amount),
      type: 'money',
      low: Number(row.low),
      high: Number(row.high),
      interval,
      meaning: String(row.meaning),
      formula: String(row.formula),
      explain: { table: 'customer_equity', where: { position: Number(row.position) }, column: 'amount' },
    })
  }
  const doubt =
    `90 % interval ${money(existing.low)} to ${money(existing.high)}: the money of the held-out part was missed by ${formatShare(known.missed)}` +
    (opening ? `, and new data revised the opening by ${formatShare(revision)}` : '') +
    `. ${given.horizonYears} years at ${formatShare(given.discountPerYear)} a year.`
  if (steps.length === 0) return
  const amount = (name: string) => String(steps.find(({ step }) => step === name)!.amount)
  finding({
    name: 'value-equity-bridge',
    text:
      `The customers of today are worth ${money(totals.closing)} over ${given.horizonYears} years, against ${money(totals.opening)} on ${formatDate(opening)}: ` +
      `${formatCount(Number(totals.acquired))} won add ${money(amount('acquired'))}, ${formatCount(Number(totals.gone))} who left or fell silent took ${signed(amount('lost'))}, ` +
      `those kept ${signed(sumDecimals(['retained', 'developed', 'repriced', 'recosted'].map(amount)))}.`,
    doubt,
    action: 'Management: watch this bridge, not the total; acquisition can hide a base that is melting.',
    weight: 45,
    kind: compareDecimals(String(totals.closing), String(totals.opening)) < 0 ? 'bad' : 'neutral',
    link: '/value#equity',
  })
}
