import type { Step, StepContext } from '../../pipeline/step.ts'
import { decimalOf, sumDecimals, unitsOf } from '../../shared/decimal.ts'
import { AppError } from '../../shared/errors.ts'
import { formatCount, formatMoney, formatRatio } from '../../shared/format.ts'
import { sql } from '../../warehouse/sql.ts'
import { literalRows, unidentified } from '../profitability/index.ts'
import { allocate } from './allocate.ts'
import { activityCost, costAssumption, costingTables, costTieOut, customerActivityCost, customerCost, poolCost } from './contract.ts'
import * as query from './costing.sql.ts'
import { assumedUse, buildModel, type CostModel, type CostModelSettings, costModelSchema } from './model.ts'
import { reciprocalPools } from './service-pools.ts'

/** From the ledger and the orders to what each customer costs to serve. */
export const costToServe: Step<CostModelSettings> = {
  name: 'costing',
  title: 'Cost-to-serve by customer',
  reads: ['order_line', 'order', 'customer', 'customer_profit', 'ledger'],
  writes: costingTables,
  unlock: 'Load a ledger (period, account, cost centre, amount): ten lines of a summary are enough for a first cost-to-serve.',
  parameters: costModelSchema,
  run: writeCosts,
}

interface PoolResult {
  id: string
  costUnits: bigint
  capacity: number | null
  used: number
  assignedUnits: bigint
}

async function writeCosts(context: StepContext<CostModelSettings>): Promise<void> {
  const { warehouse, signal } = context
  const ledger = await readLedger(context)
  const model = buildModel(context.parameters, ledger.accounts)
  const booked = bookLedger(model, ledger)
  context.progress(0.1)

  await warehouse.materialise('costed_order', query.costedOrders(ledger.window), { signal })
  await warehouse.materialise('costed_customer', query.costedCustomers(warehouse.dialect), { signal })
  await warehouse.materialise('window_contribution', query.windowContribution(ledger.window), { signal })
  context.progress(0.4)
  const minutes = await measureMinutes(context, model, ledger.window)
  context.progress(0.6)

  const pools = loadPools(model, booked.byPool, minutes)
  const activityUnits = assign(model, pools, minutes)
  await warehouse.load(
    'activity_amount',
    {
      activity_id: model.activities.map(({ id }) => id),
      units: model.activities.map(({ id }) => Number(activityUnits.get(id) ?? 0n)),
      minutes: Float64Array.from(model.activities, ({ id }) => minutes.get(id)?.minutes ?? 0),
    },
    { activity_id: 'varchar', units: 'bigint', minutes: 'double' },
  )
  await warehouse.materialise('activity_cost_of_customer', query.customerActivityCosts(), { signal })
  await context.save(customerActivityCost, query.namedActivityCosts(unidentified))
  const poolTitle = new Map(model.pools.map(({ id, title }) => [id, title]))
  const named = model.activities.map(({ id, level, pool }) => ({ id, level, pool, poolTitle: poolTitle.get(pool) ?? pool }))
  const [{ costed }] = await warehouse.rows(sql`select coalesce(sum(costed_lines), 0) > 0 as costed from window_contribution`, { signal })
  await context.save(customerCost, query.customerCosts(unidentified, named, costed === true))
  context.progress(0.9)

  await context.save(poolCost, literalRows(poolCost, poolRows(model, pools)))
  await context.save(activityCost, literalRows(activityCost, activityRows(model, minutes, activityUnits)))
  const tieOut = tieOutRows(model, ledger.total, booked, pools, activityUnits)
  await context.save(costTieOut, literalRows(costTieOut, tieOut), sql`position`)
  await context.save(costAssumption, literalRows(costAssumption, await assumptionRows(context, model, pools, named)), sql`position`)
  await checkTieOut(context, tieOut, activityUnits)
  await tellFindings(context, model, pools)
}

interface Ledger {
  accounts: { account: string; costCentre: string | null; excludedReason: string | null; units: bigint }[]
  total: bigint
  window: query.Window
}

async function readLedger({ warehouse, currency, asOf, signal }: StepContext<CostModelSettings>): Promise<Ledger> {
  const rows = await warehouse.rows(query.ledgerSums(), { signal })
  const foreign = rows.find((row) => row.currency !== null && row.currency !== currency)
  if (foreign) {
    throw new AppError(
      'ledger.currency',
      `the ledger holds ${foreign.currency} on account ${foreign.account}; costs are computed in ${currency}`,
      {
        hint: `load the ledger in ${currency}: accounts are kept in one currency`,
      },
    )
  }
  const periods = rows.flatMap((row) => [String(row.first_period), String(row.last_period)]).sort()
  const [first, last] = [periods[0], periods[periods.length - 1]]
  if (!/^\d{4}-\d{2}$/.test(first) || !/^\d{4}-\d{2}$/.test(last)) {
    throw new AppError('ledger.period', `a period of the ledger must be YYYY-MM; got ${first} to ${last}`)
  }
  const [year, month] = last.split('-').map(Number)
  const end = new Date(Date.UTC(year, month, 0)).toISOString().slice(0, 10)
  const accounts = rows.map((row) => ({
    account: String(row.account),
    costCentre: row.cost_centre === null ? null : String(row.cost_centre),
    excludedReason: row.excluded_reason === null ? null : String(row.excluded_reason),
    units: unitsOf(String(row.amount)),
  }))
  return {
    accounts,
    total: accounts.reduce((sum, { units }) => sum + units, 0n),
    window: { from: `${first}-01`, to: end < asOf ? end : asOf },
  }
}

interface Booked {
  /** Cost by pool after service pools were charged on, in units of money. */
  byPool: Map<string, bigint>
  excluded: { reason: string; units: bigint }[]
}

function bookLedger(model: CostModel, { accounts }: Ledger): Booked {
  const direct = new Map(model.pools.map(({ id }) => [id, 0n]))
  const excluded = new Map<string, bigint>()
  const lost: string[] = []
  for (const { account, costCentre, excludedReason, units } of accounts) {
    const reason = excludedReason ?? model.excludedBecause(account, costCentre)
    if (reason !== null) {
      excluded.set(reason, (excluded.get(reason) ?? 0n) + units)
      continue
    }
    const shares = model.sharesOf(account, costCentre)
    if (shares === null) {
      lost.push(`account ${account}${costCentre === null ? '' : ` of cost centre ${costCentre}`} (${decimalOf(units)}) belongs to no pool`)
      continue
    }
    const pools = Object.keys(shares)
    allocate(units, Object.values(shares)).forEach((part, i) => {
      direct.set(pools[i], (direct.get(pools[i]) ?? 0n) + part)
    })
  }
  if (lost.length > 0) {
    throw new AppError('ledger.unassigned', `${lost[0]}${lost.length > 1 ? ` (and ${lost.length - 1} more)` : ''}`, {
      problems: lost.map((message) => ({ message })),
      hint: 'give it a rule under steps.costing.accounts, or exclude it by name',
    })
  }
  return { byPool: chargeOn(model, direct), excluded: [...excluded].map(([reason, units]) => ({ reason, units })) }
}

/** Service pools charge their cost on; what rounding leaves goes to the largest pool, so that the sum stays. */
function chargeOn(model: CostModel, direct: Map<string, bigint>): Map<string, bigint> {
  const flows = model.pools.flatMap(({ id, passesTo }) => Object.entries(passesTo).map(([to, share]) => ({ from: id, to, share })))
  if (flows.length === 0) return direct
  const { kept } = reciprocalPools(Object.fromEntries([...direct].map(([pool, units]) => [pool, Number(units)])), flows)
  const result = new Map(Object.entries(kept).map(([pool, units]) => [pool, BigInt(Math.round(units))]))
  const sum = (values: Iterable<bigint>) => [...values].reduce((a, b) => a + b, 0n)
  const [largest] = [...result].sort(([, a], [, b]) => (a < b ? 1 : -1))[0]
  result.set(largest, (result.get(largest) ?? 0n) + sum(direct.values()) - sum(result.values()))
  return result
}

type Minutes = Map<string, { events: number; minutes: number }>

async function measureMinutes(
  { warehouse, signal }: StepContext<CostModelSettings>,
  model: CostModel,
  window: query.Window,
): Promise<Minutes> {
  const parts = []
  for (const level of ['line', 'order', 'customer'] as const) {
    const activities = model.activities.filter((activity) => activity.level === level)
    if (activities.length === 0) continue
    const relation = `${level}_minutes`
    await warehouse.materialise(relation, query.minutesByCustomer(level, activities, window), { signal })
    const [least] = await warehouse.rows(query.leastMinutes(relation, activities), { signal })
    activities.forEach((activity, i) => {
      const value = least[`least${i}`]
      if (value !== null && Number(value) < 0) {
        throw new AppError(
          'equation.negative',
          `activity ${activity.id} takes ${value} minutes on some ${level}: ${activity.equation.source}`,
          {
            hint: 'an equation must not go below 0; put max(0, ...) around it',
          },
        )
      }
    })
    parts.push(query.unpivotedMinutes(relation, activities))
  }
  const [first, ...rest] = parts
  if (!first) throw new AppError('cost-model', 'the cost model has no activities, so no cost reaches a customer')
  await warehouse.materialise(
    'activity_minutes',
    rest.reduce((all, part) => sql`${all} union all ${part}`, first),
    { signal },
  )
  const totals = await warehouse.rows(query.activityTotals(), { signal })
  return new Map(totals.map((row) => [String(row.activity_id), { events: Number(row.events), minutes: Number(row.minutes) }]))
}

function loadPools(model: CostModel, byPool: Map<string, bigint>, minutes: Minutes): PoolResult[] {
  return model.pools
    .filter(({ level }) => level !== 'service')
    .map(({ id, capacity }) => {
      const used = model.activities
        .filter(({ pool }) => pool === id)
        .reduce((sum, activity) => sum + (minutes.get(activity.id)?.minutes ?? 0), 0)
      return { id, costUnits: byPool.get(id) ?? 0n, capacity: capacity ?? (used > 0 ? used / assumedUse : null), used, assignedUnits: 0n }
    })
}

/** Cost of each activity: rate x minutes, rounded to the unit; the rest of the pool is unused capacity. */
function assign(model: CostModel, pools: PoolResult[], minutes: Minutes): Map<string, bigint> {
  const result = new Map<string, bigint>()
  for (const activity of model.activities) {
    const pool = pools.find(({ id }) => id === activity.pool) as PoolResult
    const used = minutes.get(activity.id)?.minutes ?? 0
    const units = pool.capacity === null ? 0n : BigInt(Math.round((Number(pool.costUnits) * used) / pool.capacity))
    pool.assignedUnits += units
    result.set(activity.id, units)
  }
  return result
}

function poolRows(model: CostModel, pools: PoolResult[]) {
  return pools.map(({ id, costUnits, capacity, used, assignedUnits }) => {
    const pool = model.pools.find((candidate) => candidate.id === id) as CostModel['pools'][number]
    const business = pool.level === 'business'
    return {
      pool_id: id,
      title: pool.title,
      level: pool.level,
      cost: decimalOf(costUnits),
      capacity_unit: business ? null : 'min',
      practical_capacity: capacity,
      rate: capacity === null ? null : Number(decimalOf(costUnits)) / capacity,
      used: business ? null : used,
      used_share: capacity === null ? null : used / capacity,
      assigned: decimalOf(assignedUnits),
      unused: decimalOf(business ? 0n : costUnits - assignedUnits),
      assumed: pool.assumed,
    }
  })
}

function activityRows(model: CostModel, minutes: Minutes, units: Map<string, bigint>) {
  return model.activities.map((activity) => ({
    activity_id: activity.id,
    title: activity.title,
    pool_id: activity.pool,
    level: activity.level,
    equation: activity.equation.source,
    events: minutes.get(activity.id)?.events ?? 0,
    minutes: minutes.get(activity.id)?.minutes ?? 0,
    cost: decimalOf(units.get(activity.id) ?? 0n),
    assumed: activity.assumed,
  }))
}

interface TieOutRow {
  position: number
  destination: string
  title: string
  amount: string
  [key: string]: string | number
}

function tieOutRows(model: CostModel, total: bigint, booked: Booked, pools: PoolResult[], units: Map<string, bigint>): TieOutRow[] {
  const levelOf = new Map(model.pools.map(({ id, level }) => [id, level]))
  const byLevel = (level: string) =>
    model.activities.filter((activity) => activity.level === level).reduce((sum, { id }) => sum + (units.get(id) ?? 0n), 0n)
  const business = pools.filter(({ id }) => levelOf.get(id) === 'business').reduce((sum, { costUnits }) => sum + costUnits, 0n)
  const unused = pools
    .filter(({ id }) => levelOf.get(id) !== 'business')
    .reduce((sum, { costUnits, assignedUnits }) => sum + costUnits - assignedUnits, 0n)
  const parts: [string, string, bigint][] = [
    ['line', 'Assigned to order lines', byLevel('line')],
    ['order', 'Assigned to orders', byLevel('order')],
    ['customer', 'Assigned to customers', byLevel('customer')],
    ['business', 'Business-sustaining, not allocated', business],
    ['unused', 'Unused capacity', unused],
    ...booked.excluded.map(({ reason, units: amount }): [string, string, bigint] => ['excluded', `Excluded: ${reason}`, amount]),
  ]
  const sum = parts.reduce((all, [, , amount]) => all + amount, 0n)
  return [
    ['ledger', 'Ledger', total] as [string, string, bigint],
    ...parts,
    ['difference', 'Difference', total - sum] as [string, string, bigint],
  ].map(([destination, title, amount], i) => ({ position: i + 1, destination, title, amount: decimalOf(amount) }))
}

/** What the starter template took for granted, with what hangs on it. */
async function assumptionRows(
  { warehouse, signal }: StepContext<CostModelSettings>,
  model: CostModel,
  pools: PoolResult[],
  activities: { id: string; pool: string }[],
) {
  const changes = new Map(
    (await warehouse.rows(query.signChanges(activities), { signal })).map((row) => [String(row.pool_id), Number(row.customers)]),
  )
  const rows: { subject: string; assumption: string; why: string; amount: string; sign_changes: number | null }[] = []
  for (const pool of model.pools) {
    const result = pools.find(({ id }) => id === pool.id)
    if (!result || pool.level === 'business') continue
    if (pool.capacity === null) {
      rows.push({
        subject: pool.title,
        assumption: `${formatRatio(assumedUse, { digits: 0 })} of the practical capacity was used: ${formatCount(result.capacity)} min in all`,
        why: 'no capacity is given; replace it by hours present less breaks, training and meetings',
        amount: decimalOf(result.costUnits),
        sign_changes: changes.get(pool.id) ?? 0,
      })
    }
    if (!pool.assumed) continue
    for (const activity of model.activities.filter((candidate) => candidate.pool === pool.id)) {
      rows.push({
        subject: activity.title,
        assumption: `minutes = ${activity.equation.source}`,
        why: 'a usual figure, not measured in your house; time ten of them',
        amount: decimalOf(result.assignedUnits),
        sign_changes: changes.get(pool.id) ?? 0,
      })
    }
  }
  return rows.map((row, i) => ({ position: i + 1, ...row }))
}

async function checkTieOut(context: StepContext<CostModelSettings>, rows: TieOutRow[], units: Map<string, bigint>): Promise<void> {
  const { warehouse, currency, signal, check } = context
  const difference = rows[rows.length - 1].amount
  const money = (amount: string) => formatMoney(amount, currency)
  check({
    name: 'costs-tie-to-ledger',
    title: 'Costs tie to the ledger',
    status: Number(difference) === 0 ? 'pass' : 'fail',
    blocking: true,
    detail: `${rows
      .slice(1, -1)
      .map(({ title, amount }) => `${title.toLowerCase()} ${money(amount)}`)
      .join(' + ')} = ledger ${money(rows[0].amount)}.`,
    expected: rows[0].amount,
    actual: sumDecimals(rows.slice(1, -1).map(({ amount }) => amount)),
  })
  const [{ cost }] = await warehouse.rows(sql`select coalesce(sum(cost), 0) as cost from customer_activity_cost`, { signal })
  const expected = decimalOf([...units.values()].reduce((a, b) => a + b, 0n))
  check({
    name: 'customer-costs-tie-to-activities',
    title: 'Costs of customers add up to the activities',
    status: unitsOf(String(cost)) === unitsOf(expected) ? 'pass' : 'fail',
    blocking: true,
    detail: `${money(String(cost))} over customers, ${money(expected)} over activities.`,
    expected,
    actual: String(cost),
  })
}

async function tellFindings(
  { warehouse, currency, signal, finding, figure }: StepContext<CostModelSettings>,
  model: CostModel,
  pools: PoolResult[],
): Promise<void> {
  const [row] = await warehouse.rows(
    sql`
    select
      count(*) as customers,
      count(*) filter (where customer_profit < 0) as losing,
      count(*) filter (where customer_profit < 0 and contribution > 0) as turned,
      count(*) filter (where verdict = 'robust') as robust,
      coalesce(sum(cost_to_serve), 0) as cost_to_serve,
      sum(customer_profit) as profit
    from customer_cost where identified`,
    { signal },
  )
  const doubt = model.starter
    ? 'a starter template: minutes and capacities are assumptions, listed with their effect'
    : `${formatCount(Number(row.robust))} of ${formatCount(Number(row.customers))} verdicts hold with any rate 10 % up or down`
  figure({
    name: 'cost_to_serve',
    title: 'Cost-to-serve',
    value: String(row.cost_to_serve),
    type: 'money',
    meaning: 'What serving the identified customers costs: the work on their lines, orders and accounts at the cost of practical capacity.',
    formula: 'sum over activities of capacity cost rate x minutes',
  })
  if (Number(row.turned) > 0) {
    finding({
      name: 'profit-turns-after-cost-to-serve',
      text: `${formatCount(Number(row.turned))} customers with a positive contribution lose money once serving them is counted.`,
      doubt,
      action: 'Look inside first: which of our own steps make them costly? Sales and operations.',
      weight: 55,
      kind: 'bad',
      link: '/tables/customer_cost?sort=customer_profit',
    })
  }
  const idle = pools
    .filter(
      ({ id, capacity, used }) =>
        capacity !== null && used / capacity < 0.75 && model.pools.find((pool) => pool.id === id)?.capacity !== null,
    )
    .sort((a, b) => Number(b.costUnits - b.assignedUnits - (a.costUnits - a.assignedUnits)))
  for (const { id, capacity, used, costUnits, assignedUnits } of idle) {
    const title = model.pools.find((pool) => pool.id === id)?.title ?? id
    finding({
      name: `idle-pool-${id}`,
      text: `${title} uses ${formatRatio(used / (capacity as number))} of its capacity; the idle part costs ${formatMoney(decimalOf(costUnits - assignedUnits), currency, { compact: true })}.`,
      action: 'Redeploy, shrink or sell the capacity; never spread it over customers. Owner of the resource.',
      weight: 45,
      kind: 'bad',
      link: '/tables/pool_cost',
    })
  }
}

export const costingSteps = [costToServe]
