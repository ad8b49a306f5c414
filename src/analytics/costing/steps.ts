import { createRandom } from '../../math/random.ts'
import type { Step, StepContext } from '../../pipeline/step.ts'
import { decimalOf } from '../../shared/decimal.ts'
import { AppError } from '../../shared/errors.ts'
import { formatMoney } from '../../shared/format.ts'
import { sql } from '../../warehouse/sql.ts'
import { literalRows, unidentified } from '../profitability/index.ts'
import { allocateToCustomers } from './allocation.ts'
import { assumptionRows } from './assumptions.ts'
import {
  activityCost,
  costAssumption,
  costCube,
  costingTables,
  costSensitivity,
  costTieOut,
  customerActivityCost,
  customerCost,
  levelCost,
  poolCost,
  poolPeriod,
} from './contract.ts'
import { tellCosts, warnOfDeathSpiral } from './cost-findings.ts'
import { costCubeRows, noCube } from './cube.sql.ts'
import type { CostedActivity, Span } from './facts.sql.ts'
import { bookLedger, readLedger } from './ledger.ts'
import { levelCostRows } from './level-costs.ts'
import { measureMinutes } from './measure.ts'
import { buildModel, type CostModel, type LedgerAccount } from './model.ts'
import { modelTableNames, readModelTables } from './model-tables.ts'
import { costPeriods, lastDayOf, monthCount, monthsPer } from './months.ts'
import { activityRows, assignPools, cellKey, isIdle, type PoolResult, poolPeriodRows, poolRows } from './pools.ts'
import * as results from './results.sql.ts'
import { type CostModelSettings, costModelSchema } from './settings.ts'
import { tieOutCheck, tieOutRows } from './tie-out.ts'
import { lossProbability } from './uncertainty.ts'

/** From the ledger and the orders to what each customer costs to serve. */
export const costToServe: Step<CostModelSettings> = {
  name: 'costing',
  title: 'Cost-to-serve by customer',
  reads: ['order_line', 'order', 'customer', 'customer_profit', 'ledger'],
  readsIfPresent: [...modelTableNames, 'fx_rate', 'balance', 'product'],
  writes: costingTables,
  unlock: 'Load a ledger (period, account, cost centre, amount): ten lines of a summary are enough for a first cost-to-serve.',
  parameters: costModelSchema,
  run: writeCosts,
}

async function writeCosts(context: StepContext<CostModelSettings>): Promise<void> {
  const { warehouse, signal, parameters: settings, progress } = context
  const ledger = await readLedger(warehouse, {
    currency: context.currency,
    foreign: settings.foreignLedger,
    hasRates: context.has('fx_rate'),
    signal,
  })
  const accounts = new Map<string, LedgerAccount>(
    ledger.entries.map(({ account, costCentre }) => [`${account}\n${costCentre ?? ''}`, { account, costCentre }]),
  )
  const sorted = [...accounts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one)
  const tables = await readModelTables(warehouse, context.has, signal)
  const model = buildModel(settings, sorted, ledger.months, tables)
  const booked = bookLedger(model, ledger)
  const periods = costPeriods(ledger.months, settings.ratesPer)
  const [first, last] = [ledger.months[0]!, ledger.months.at(-1)!]
  const size = monthsPer[settings.ratesPer]
  const days = [lastDayOf(last), context.asOf].sort()
  const span: Span = {
    from: `${first}-01`,
    to: days[0]!,
    monthsPerPeriod: size,
    base: size === 0 ? 1 : Math.floor(monthCount(first) / size),
  }
  progress(0.05)

  const activities: CostedActivity[] = model.activities.map(({ id, level, equation }, column) => ({ id, level, equation, column }))
  const measured = await measureMinutes(context, model, activities, span)
  progress(0.5)
  const assignment = assignPools(model, booked, periods, measured.minutes, settings.unusedCapacity === 'spread')
  const { pools, amountOf } = assignment
  const ofCustomers = activities.filter(({ level }) => level === 'line' || level === 'order' || level === 'customer')
  await allocateToCustomers(
    warehouse,
    ofCustomers,
    ofCustomers.flatMap(({ id, column }) =>
      periods.map(({ number }) => ({
        column,
        period: number,
        units: assignment.amounts.get(cellKey(id, number)) ?? 0n,
        minutes: measured.minutes.get(cellKey(id, number))?.minutes ?? 0,
      })),
    ),
    periods.length,
    signal,
  )
  progress(0.6)
  await context.save(customerActivityCost, results.namedActivityCosts(unidentified, ofCustomers), sql`customer_key, activity_id`)
  progress(0.75)

  const judged = judgedActivities(model, ofCustomers, pools)
  await warehouse.materialise('capital_charge', await capital(context, span), { signal })
  const [{ costed }] = (await warehouse.rows(sql`select coalesce(sum(costed_lines), 0) > 0 as costed from line_facts`, { signal })) as [
    { costed: boolean },
  ]
  await warehouse.materialise('profit_parts', results.profitParts(judged, costed), { signal })
  await drawLosses(context, judged)
  await context.save(customerCost, results.customerCosts(unidentified, judged, context.has('balance')), sql`customer_key`)
  progress(0.9)

  const minutesOf = (activity: string) =>
    periods.reduce(
      (all, { number }) => {
        const found = measured.minutes.get(cellKey(activity, number))
        return { events: all.events + (found?.events ?? 0), minutes: all.minutes + (found?.minutes ?? 0) }
      },
      { events: 0, minutes: 0 },
    )
  await context.save(poolCost, literalRows(poolCost, poolRows(model, pools)))
  await context.save(poolPeriod, literalRows(poolPeriod, poolPeriodRows(model, pools)))
  await context.save(activityCost, literalRows(activityCost, activityRows(model.activities, pools, minutesOf, amountOf)))
  await context.save(levelCost, literalRows(levelCost, levelCostRows(model, pools, measured.objects, assignment, periods)))
  // Lines that events alone tell of are not known by product: their cost is spread as that of orders is.
  const byLine = ({ level, column }: CostedActivity) => level === 'line' && model.activities[column]!.from === 'orders'
  const cubed = { lines: ofCustomers.filter(byLine), orders: ofCustomers.filter((one) => one.level !== 'customer' && !byLine(one)) }
  await saveCube(context, cubed, span, costed)
  const turning = await saveSensitivity(context, judged)
  const tieOut = tieOutRows(model, ledger.total, booked, pools, amountOf)
  await context.save(costTieOut, literalRows(costTieOut, tieOut), sql`position`)
  await context.save(costAssumption, literalRows(costAssumption, assumptionRows(model, pools, turning, ledger)), sql`position`)

  context.check(tieOutCheck(tieOut, context.currency))
  await checkCustomers(context, ofCustomers, amountOf)
  if (settings.unusedCapacity === 'spread') warnOfDeathSpiral(context, pools)
  await tellCosts(context, model, pools)
}

function judgedActivities(model: CostModel, activities: readonly CostedActivity[], pools: readonly PoolResult[]): results.JudgedActivity[] {
  return activities.map((activity) => {
    const own = model.activities[activity.column]!
    const result = pools.find(({ pool }) => pool.id === own.pool)!
    return {
      ...activity,
      title: own.title,
      pool: own.pool,
      poolTitle: result.pool.title,
      rateRange: result.pool.range,
      range: own.range,
      shortRun: isIdle(result) ? result.pool.incremental : 1,
    }
  })
}

async function capital(context: StepContext<CostModelSettings>, span: Span) {
  const { warehouse, parameters, check, signal } = context
  if (!context.has('balance')) return results.noCapitalCharges()
  const rate = parameters.capitalRate ?? null
  const [{ without }] = (await warehouse.rows(sql`select count(*) as without from balance where capital_rate is null`, { signal })) as [
    { without: number },
  ]
  if (rate === null && Number(without) > 0)
    check({
      name: 'balances-without-capital-rate',
      title: 'Balances without a cost of capital',
      status: 'warn',
      blocking: false,
      detail: `${without} balances give no capital rate and bear no capital charge. Set steps.costing.capitalRate in clientele.yaml.`,
    })
  return results.capitalCharges(rate, span, warehouse.dialect)
}

/** Makes the relation `loss_draw`: of customers whose sign is not settled by the ranges, the share of draws in which they lose money. */
async function drawLosses(
  { warehouse, parameters, seed, signal }: StepContext<CostModelSettings>,
  judged: readonly results.JudgedActivity[],
) {
  const columns = judged.length === 0 ? {} : await warehouse.columns(results.uncertainCustomers(judged), { signal })
  const keys = (columns.customer_key ?? new Float64Array()) as Float64Array
  const pools = [...new Set(judged.map(({ pool }) => pool))]
  const probability = lossProbability(
    (columns.profit ?? new Float64Array()) as Float64Array,
    judged.map(({ column }) => columns[`c${column}`] as Float64Array),
    {
      poolOf: judged.map(({ pool }) => pools.indexOf(pool)),
      rateRange: pools.map((pool) => judged.find((one) => one.pool === pool)!.rateRange),
      equationRange: judged.map(({ range }) => range),
    },
    parameters.draws,
    createRandom(seed).split('cost-ranges'),
  )
  await warehouse.load('loss_draw', { customer_key: keys, probability }, { customer_key: 'bigint', probability: 'double' })
}

async function saveCube(
  context: StepContext<CostModelSettings>,
  activities: { lines: CostedActivity[]; orders: CostedActivity[] },
  span: Span,
  costed: boolean,
): Promise<void> {
  const { warehouse, parameters, signal } = context
  const [{ lines }] = (await warehouse.rows(sql`select count(*) as lines from valued_line`, { signal })) as [{ lines: number }]
  const small = Number(lines) <= parameters.mostCells
  const options = { costed, products: context.has('product') }
  await context.save(costCube, small ? costCubeRows(unidentified, activities, span, options) : noCube())
  if (!small)
    context.check({
      name: 'cost-cube-left-out',
      title: 'Profit by customer, product and channel',
      status: 'warn',
      blocking: false,
      detail: `${lines} lines are more than steps.costing.mostCells (${parameters.mostCells}): the table cost_cube is empty.`,
    })
}

async function saveSensitivity(
  context: StepContext<CostModelSettings>,
  judged: readonly results.JudgedActivity[],
): Promise<(kind: 'rate' | 'equation', subject: string) => number | null> {
  const { warehouse, signal } = context
  const movers = results.moversOf(judged)
  const [row] = movers.length === 0 ? [{}] : await warehouse.rows(results.signChanges(judged), { signal })
  const rows = movers
    .map(({ kind, subject, title, range }, i) => ({
      kind,
      subject,
      title,
      range,
      amount: String(row![`amount${i}`]),
      sign_changes: Number(row![`turn${i}`]),
      turning_profit: String(row![`profit${i}`]),
    }))
    .sort(
      (a, b) => b.sign_changes - a.sign_changes || (a.kind === b.kind ? 0 : a.kind === 'rate' ? -1 : 1) || (a.subject < b.subject ? -1 : 1),
    )
  await context.save(
    costSensitivity,
    literalRows(
      costSensitivity,
      rows.map((one, i) => ({ position: i + 1, ...one })),
    ),
    sql`position`,
  )
  return (kind, subject) => rows.find((one) => one.kind === kind && one.subject === subject)?.sign_changes ?? null
}

async function checkCustomers(
  { warehouse, currency, signal, check }: StepContext<CostModelSettings>,
  activities: readonly CostedActivity[],
  amountOf: (activity: string) => bigint,
): Promise<void> {
  const [{ cost }] = (await warehouse.rows(sql`select cast(coalesce(sum(cost), 0) as decimal(38, 4)) as cost from customer_activity_cost`, {
    signal,
  })) as [{ cost: string }]
  const [{ served }] = (await warehouse.rows(
    sql`select cast(coalesce(sum(cost_to_serve), 0) as decimal(38, 4)) as served from customer_cost`,
    {
      signal,
    },
  )) as [{ served: string }]
  const expected = decimalOf(activities.reduce((sum, { id }) => sum + amountOf(id), 0n))
  const agree = String(cost) === expected && String(served) === expected
  const money = (amount: string) => formatMoney(amount, currency)
  check({
    name: 'customer-costs-tie-to-activities',
    title: 'Costs of customers add up to the activities',
    status: agree ? 'pass' : 'fail',
    blocking: true,
    detail: `${money(String(served))} over customers, ${money(String(cost))} over customers and activities, ${money(expected)} over activities.`,
    expected,
    actual: String(served),
  })
  if (activities.length === 0) throw new AppError('cost-model', 'the cost model has no activities, so no cost reaches a customer')
}

export const costingSteps = [costToServe]
