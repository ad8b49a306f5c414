import { z } from 'zod'
import type { Step, StepContext } from '../../pipeline/step.ts'
import { compareDecimals, subtractDecimals, sumDecimals } from '../../shared/decimal.ts'
import { formatCounted, formatMoney } from '../../shared/format.ts'
import type { Row } from '../../warehouse/port.ts'
import { type Sql, sql } from '../../warehouse/sql.ts'
import { literalRows } from '../profitability/index.ts'
import { customerValue, horizonWeeks, valueAdvice, valueCalibration, valueHoldout, valueLift, valueModel, valueTables } from './contract.ts'
import * as query from './history.sql.ts'
import { type HoldoutCells, ownRate, type Proof, prove, track } from './holdout.ts'
import { saveProofs, scoreTrials, type Trial, type Week } from './model-proof.ts'
import { type Candidate, type CandidateName, candidates } from './outlook.ts'
import { type Base, scoreCells } from './score.ts'
import { fitSpendLaw, type PurchaseSums, type SpendLaw } from './spend-law.ts'
import { refuseValue, sayValue } from './value-findings.ts'

const names = ['bg-nbd', 'mbg-nbd', 'pareto-nbd'] as const satisfies readonly CandidateName[]

export const valueParameters = z.strictObject({
  /** Discount per year, as a fraction. */
  discountPerYear: z.number().min(0).max(1).default(0.1),
  /** Part of the span from the first to the last purchase on which the models are tried; the rest is held out. */
  calibration: z
    .number()
    .min(0.3)
    .max(0.9)
    .default(2 / 3),
  /** Models to try. */
  models: z
    .array(z.enum(names))
    .min(1)
    .default([...names]),
  /** Customers who bought again, below which no model is fitted. */
  minimumRepeatBuyers: z.number().int().min(20).default(50),
})

export type ValueParameters = z.infer<typeof valueParameters>

/** From the days on which customers bought to what each is expected to bring. */
export const customerValueStep: Step<ValueParameters> = {
  name: 'customer-value',
  title: 'Value by customer over the next 12 months',
  reads: ['order_line', 'customer_profit', 'layer'],
  writes: valueTables,
  unlock: 'Load orders with customer ids over at least half a year, better two years.',
  parameters: valueParameters,
  run: writeValue,
}

export const valueSteps = [customerValueStep]

/** Weeks of data below which nothing can be held out. */
const fewestWeeks = 26

/** Distinct histories beyond which Pareto/NBD, some twenty times as costly a history, is left out unless it is the only one asked for. */
const mostParetoHistories = 60_000

/** What was fitted on the data up to a day. */
interface Study {
  relation: string
  until: string
  cells: HoldoutCells
  law: SpendLaw
  totals: Row
}

/** Works on the relation customer_day that step contribution-layers left in the warehouse. */
async function writeValue(context: StepContext<ValueParameters>): Promise<void> {
  const { warehouse, signal, progress, parameters } = context
  const { dialect } = warehouse
  const [{ available }] = await warehouse.rows(sql`select available from layer where layer = 'contribution'`, { signal })
  const cost = available === true
  const make = (name: string, rows: Sql) => warehouse.materialise(name, rows, { signal })
  await make('value_late', query.daysWithoutSale(cost))
  await make('value_attributed', query.purchaseBefore())
  await make('value_purchase', query.purchases(cost))
  const [span] = await warehouse.rows(query.purchaseSpan(dialect), { signal })
  await checkMoney(context, span)
  const start = span.first_day === null ? null : String(span.first_day)
  const days = Number(span.days ?? 0) + 1
  const split = addDays(start ?? context.asOf, Math.max(0, Math.floor(days * parameters.calibration) - 1))
  const end = start === null ? context.asOf : String(span.last_day)
  await make('value_sum', query.purchaseSums(split))
  await warehouse.view('value_history', query.histories(dialect, end, true))
  progress(0.3)

  const refuse = async (reason: string, rows: Row[] = []): Promise<void> => {
    const none = rows.length > 0 ? rows : parameters.models.map((name) => modelRow(name, 'all', 'refused', reason, 0, 0))
    await context.save(customerValue, query.unvaluedCustomers('value_history'))
    await context.save(valueModel, literalRows(valueModel, none))
    await context.save(valueHoldout, literalRows(valueHoldout, []))
    await context.save(valueCalibration, literalRows(valueCalibration, []))
    await context.save(valueLift, literalRows(valueLift, []))
    await context.save(valueAdvice, literalRows(valueAdvice, []))
    refuseValue(context, reason)
  }
  if (start === null) return refuse('no order line with a sale names a customer')
  if (days < 7 * fewestWeeks)
    return refuse(
      `the purchases span ${Math.floor(days / 7)} weeks; at least ${fewestWeeks} are needed to try a model on a part and prove it on the rest`,
    )

  await warehouse.view('value_history_before', query.histories(dialect, split, false))
  const before = await study(context, 'value_history_before', split)
  const { repeat_buyers: repeatBuyers, later } = before.totals
  if (Number(repeatBuyers) < parameters.minimumRepeatBuyers)
    return refuse(
      `only ${formatCounted(Number(repeatBuyers), 'customer')} had bought again by ${split}, the part on which models are tried; at least ${parameters.minimumRepeatBuyers} are needed`,
    )
  if (Number(later) === 0) return refuse(`nobody seen by ${split} bought afterwards, so no model can be proven`)
  const length = (days - Math.floor(days * parameters.calibration)) / 7
  const trials = parameters.models.map((name) => attempt(name, before, length, parameters))
  progress(0.5)
  const standing = trials.filter((trial) => trial.proof)
  const bought = await scoreTrials(context, before.cells, trials)
  const best = choose(standing)
  const failed = 'no model of purchases came to an optimum on the first part of the data'
  if (!best?.proof || !best.parameters)
    return refuse(
      failed,
      trials.map(({ row }) => row),
    )

  const whole = await study(context, 'value_history', end)
  const final = best.model.fit(whole.cells, { minimumRepeatBuyers: parameters.minimumRepeatBuyers })
  if (!final.parameters || final.status === 'not-converged' || final.status === 'refused')
    return refuse(
      `${best.model.title} on all data: ${final.reason ?? final.status}`,
      trials.map(({ row }) => row),
    )
  progress(0.7)

  const money = await warehouse.columns(query.cellMoney('value_history', whole.law), { signal })
  const base: Base = {
    cells: whole.cells,
    money: money.money as Float64Array,
    moneySquares: money.squares as Float64Array,
    law: whole.law,
  }
  const naive = prove(before.cells, ownRate(length))
  const spendError = await proveSpend(context, before, best.proof)
  const missed = {
    money: spendError.actual > 0 ? spendError.expected / spendError.actual - 1 : 0,
    purchases: best.proof.expected / best.proof.actual - 1,
  }
  const delta = Math.log1p(parameters.discountPerYear) / 52
  const scored = scoreCells(best.model, final, base, horizonWeeks, delta, missed)
  await warehouse.load('value_score', scored.columns, {
    age_days: 'integer',
    x: 'integer',
    recency_days: 'integer',
    alive: 'double',
    buys_again: 'double',
    expected: 'double',
    discounted: 'double',
    low: 'double',
    high: 'double',
  })
  await context.save(customerValue, query.valuedCustomers('value_history', whole.law))
  progress(0.9)

  await context.save(
    valueModel,
    literalRows(valueModel, [
      ...trials.map((trial) => (trial === best ? { ...trial.row, reason: chosenBecause(best, standing) } : trial.row)),
      {
        ...modelRow(
          'own-rate',
          'calibration',
          'rule',
          'naive: everybody goes on at the rate of the past',
          Number(before.totals.customers),
          before.cells.x.length,
        ),
        kind: 'rule',
        until: split,
        ...proofColumns(naive),
      },
      {
        ...modelRow(
          best.name,
          'all',
          final.status,
          final.reason ?? 'chosen by the held-out part, fitted again on all data',
          final.customers,
          final.cells,
        ),
        chosen: true,
        until: end,
        ...fitColumns(final),
      },
      spendRow(before, 'calibration', spendError),
      spendRow(whole, 'all', null),
    ]),
  )
  await context.save(
    valueCalibration,
    literalRows(
      valueCalibration,
      standing.flatMap(({ name, proof }) => proof!.groups.map((group) => ({ model: name, ...group, chosen: name === best.name }))),
    ),
  )
  const weeks = await saveTracking(context, best, start, split, days)
  await saveProofs(context, {
    standing,
    best,
    cells: before.cells,
    bought,
    weeks,
    naive,
    law: whole.law,
    span: Math.floor(days * parameters.calibration) / 7,
  })
  await sayValue(context, {
    ...scored.totals,
    model: best.model.title,
    weak: final.status === 'weak' ? (final.reason ?? 'weak') : null,
    proof: best.proof,
    naive,
    split,
    end,
    length,
    spend: whole.law,
    spendError,
    measure: cost ? 'contribution' : 'net revenue',
  })
}

const addDays = (date: string, days: number): string => new Date(Date.parse(date) + days * 86_400_000).toISOString().slice(0, 10)

async function study({ warehouse, signal }: StepContext<ValueParameters>, relation: string, until: string): Promise<Study> {
  const found = await warehouse.columns(query.historyCells(relation), { signal })
  const inWeeks = (days: unknown): Float64Array => (days as Float64Array).map((value) => value / 7)
  const cells = {
    x: found.x as Float64Array,
    tx: inWeeks(found.recency_days),
    T: inWeeks(found.age_days),
    weight: found.customers as Float64Array,
    later: found.later as Float64Array,
  }
  const law = fitSpendLaw((await warehouse.columns(query.spendCells(relation), { signal })) as unknown as PurchaseSums)
  const [totals] = await warehouse.rows(query.laterTotals(relation), { signal })
  return { relation, until, cells, law, totals }
}

/** One model on the first part, held against the rest. */
function attempt(name: CandidateName, { cells, until, totals }: Study, length: number, parameters: ValueParameters): Trial {
  const model = candidates[name]
  const row = modelRow(name, 'calibration', 'refused', '', Number(totals.customers), cells.x.length)
  if (name === 'pareto-nbd' && parameters.models.length > 1 && cells.x.length > mostParetoHistories) {
    const reason = `left out: ${cells.x.length} distinct histories would take too long; ask for it alone under steps.customer-value.models`
    return {
      name,
      model,
      status: 'left-out',
      reason,
      row: { ...row, status: 'left-out', reason, until },
      parameters: undefined,
      proof: undefined,
    }
  }
  const fit = model.fit(cells, { minimumRepeatBuyers: parameters.minimumRepeatBuyers })
  const usable = fit.parameters !== undefined && (fit.status === 'converged' || fit.status === 'weak')
  const proof = usable
    ? prove(cells, (x, tx, T) => {
        const alive = model.alive(fit.parameters!, x, tx, T)
        const { mean, none } = model.active(fit.parameters!, length, x, T)
        return { mean: alive * mean, none: 1 - alive + alive * none }
      })
    : undefined
  const reason = fit.reason ?? (proof ? 'passed over: another told the held-out part better' : fit.status)
  return {
    name,
    model,
    status: fit.status,
    reason,
    row: { ...row, status: fit.status, reason, until, ...fitColumns(fit), ...(proof ? proofColumns(proof) : {}) },
    parameters: fit.parameters,
    proof,
  }
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`

/** Models closer than this in misplaced purchases are taken as equally good. */
const tie = 0.001

/** The model that misplaced the fewest held-out purchases; among equals one that converged, then in the order asked for. */
function choose(standing: Trial[]): Trial | undefined {
  const least = Math.min(...standing.map(({ proof }) => proof!.misplaced))
  const equals = standing.filter(({ proof }) => proof!.misplaced <= least + tie)
  return equals.find(({ status }) => status === 'converged') ?? equals[0]
}

function chosenBecause(best: Trial, standing: Trial[]): string {
  const others = standing.filter((trial) => trial !== best)
  const told = others.map(({ model, proof }) => `${model.title} ${percent(proof!.misplaced)}`)
  const equal = others.some(({ proof }) => proof!.misplaced <= best.proof!.misplaced + tie)
  const why = equal ? 'chosen: none misplaced fewer held-out purchases' : 'chosen: it misplaced the fewest held-out purchases'
  return `${why}, ${percent(best.proof!.misplaced)}${told.length > 0 ? ` (${told.join(', ')})` : ''}`
}

function modelRow(model: string, fittedOn: string, status: string, reason: string, customers: number, histories: number): Row {
  return { model, fitted_on: fittedOn, kind: 'purchases', chosen: false, status, reason, customers, histories }
}

function fitColumns(fit: ReturnType<Candidate['fit']>): Row {
  return {
    parameters: fit.parameters ? JSON.stringify(fit.parameters) : null,
    standard_errors: fit.standardErrors ? JSON.stringify(fit.standardErrors) : null,
    log_likelihood: Number.isFinite(fit.logLikelihood) ? fit.logLikelihood : null,
  }
}

function proofColumns({ actual, expected, misplaced }: Proof): Row {
  return { holdout_actual: actual, holdout_expected: expected, holdout_error: expected / actual - 1, misplaced }
}

interface SpendProof {
  actual: number
  expected: number
}

/** Money after the calibration, of the customers seen by then: expected purchases x expected measure of each. */
async function proveSpend(
  { warehouse, signal }: StepContext<ValueParameters>,
  { relation, law, totals }: Study,
  proof: Proof,
): Promise<SpendProof> {
  const { money } = await warehouse.columns(query.cellMoney(relation, law), { signal })
  return {
    actual: Number(totals.later_spend),
    expected: proof.perCustomer.reduce((sum, purchases, i) => sum + purchases * (money as Float64Array)[i]!, 0),
  }
}

function spendRow({ law, cells, totals, until }: Study, fittedOn: string, proof: SpendProof | null): Row {
  return {
    ...modelRow(law.model, fittedOn, 'converged', law.reason, Number(totals.customers), cells.x.length),
    kind: 'spend',
    chosen: fittedOn === 'all',
    until,
    parameters: JSON.stringify(law.parameters),
    standard_errors: law.standardErrors ? JSON.stringify(law.standardErrors) : null,
    log_likelihood: law.logLikelihood,
    ...(proof
      ? {
          holdout_actual: proof.actual,
          holdout_expected: proof.expected,
          holdout_error: proof.actual > 0 ? proof.expected / proof.actual - 1 : null,
        }
      : {}),
  }
}

async function saveTracking(
  context: StepContext<ValueParameters>,
  best: Trial,
  start: string,
  split: string,
  days: number,
): Promise<Week[]> {
  const { warehouse, signal } = context
  const firsts = await warehouse.columns(query.firstDays(warehouse.dialect, 'value_history_before', start), { signal })
  const repeats = await warehouse.columns(query.repeatDays(warehouse.dialect, 'value_history_before', start), { signal })
  const weeks = Math.floor(days / 7)
  const { actual, expected } = track(best.model, best.parameters!, firsts as never, repeats as never, weeks)
  const rows = Array.from(actual, (count, i) => {
    const weekEnd = addDays(start, 7 * (i + 1) - 1)
    return { week: i + 1, week_end: weekEnd, held_out: weekEnd > split, actual: count, expected: expected[i]! }
  })
  await context.save(valueHoldout, literalRows(valueHoldout, rows))
  return rows
}

/** The histories hold all money of identified customers but what came before a first purchase. */
async function checkMoney({ warehouse, signal, check, currency }: StepContext<ValueParameters>, span: Row): Promise<void> {
  const [{ identified }] = await warehouse.rows(query.measureTotals(), { signal })
  const [{ amount }] = await warehouse.rows(query.moneyWithoutPurchase(), { signal })
  const held = sumDecimals([span.spend === null ? '0' : String(span.spend), String(amount)])
  const difference = subtractDecimals(String(identified), held)
  check({
    name: 'value-ties-to-profit',
    title: 'Purchase histories tie to profit by customer',
    status: compareDecimals(difference, '0') === 0 ? 'pass' : 'fail',
    blocking: true,
    detail:
      `Identified customers brought ${formatMoney(String(identified), currency)}; their purchases hold ${formatMoney(String(span.spend ?? '0'), currency)}, ` +
      `and ${formatMoney(String(amount), currency)} came without a purchase before it.`,
    expected: String(identified),
    actual: held,
  })
}
