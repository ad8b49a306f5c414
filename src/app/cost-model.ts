import {
  type Change,
  type CostMatrix,
  type CostModelSettings,
  costModelSchema,
  customersByKey,
  driversOf,
  type Effect,
  effectOf,
  ledgerAccounts,
  matrixActivity,
  matrixCustomers,
  parseTimeEquation,
  remeasure,
  type Side,
  starterModel,
} from '../analytics/costing/index.ts'
import { dayRates, noRates, valuedLines } from '../analytics/profitability/index.ts'
import { attachInputs } from '../pipeline/inputs.ts'
import { settingsText } from '../shared/config.ts'
import { decimalOf, unitsOf } from '../shared/decimal.ts'
import { AppError, MissingError, type Problem, UsageError } from '../shared/errors.ts'
import { didYouMean } from '../shared/nearest.ts'
import { openDuckDB } from '../warehouse/duckdb.ts'
import type { Row } from '../warehouse/port.ts'
import { sql } from '../warehouse/sql.ts'
import { type OpenSnapshot, withSnapshot } from './open-snapshot.ts'
import type { Workspace } from './workspace.ts'

/** What somebody tries: other costs or capacities of pools, other minutes of activities. */
export interface Scenario {
  /** By pool: money in the window, practical capacity in the window, or the rate itself. */
  pools?: Record<string, { cost?: number | undefined; capacity?: number | undefined; rate?: number | undefined }> | undefined
  /** By activity: another time equation. */
  activities?: Record<string, { minutes: string }> | undefined
}

export interface ScenarioSide {
  /** Exact decimals as text, in the reporting currency. */
  profit: string
  costToServe: string
  losing: number
  /** Cost of capacity that nobody uses, over all pools that are assigned. */
  unused: string
}

export interface ScenarioMover {
  customer_id: string
  name: string
  before: string
  after: string
  change: string
}

export interface ScenarioResult {
  snapshot: string
  currency: string
  before: ScenarioSide
  after: ScenarioSide
  turnedToLoss: number
  turnedToProfit: number
  gains: ScenarioMover[]
  losses: ScenarioMover[]
  pools: {
    pool_id: string
    title: string
    rate: number
    capacity: number
    used: number
    usedShare: number
    unused: string
    changed: boolean
  }[]
  activities: { activity_id: string; title: string; minutes: number; minutesBefore: number; changed: boolean }[]
  /** What is worth knowing before one believes it. */
  warnings: string[]
  /** The scenario as text to copy into clientele.yaml; null where the cost model came from files, with what to change there in `warnings`. */
  proposal: string | null
}

const mostMovers = 10

/** What would change if the cost model were another. The published snapshot stays as it is. */
export async function tryScenario(workspace: Workspace, scenario: Scenario, snapshot?: string): Promise<ScenarioResult> {
  return withSnapshot(workspace, snapshot, async (open) => {
    if (!open.tables.has('customer_activity_cost'))
      throw new MissingError('cost-model.none', 'this snapshot holds no cost model', {
        hint: open.manifest.skipped.find(({ step }) => step === 'costing')?.unlock ?? 'Load a ledger and run again.',
      })
    const base = await remember(open, 'cost matrix', () => readBase(open))
    const { changes, pools, activities, warnings } = await applied(open, workspace, base, scenario)
    const effect = effectOf(base.matrix, changes, mostMovers)
    const unused = (rows: readonly { unused: bigint }[]) => rows.reduce((sum, one) => sum + one.unused, 0n)
    const side = (one: Side, idle: bigint): ScenarioSide => ({
      profit: decimalOf(one.profit),
      costToServe: decimalOf(one.costToServe),
      losing: one.losing,
      unused: decimalOf(idle),
    })
    return {
      snapshot: open.id,
      currency: open.manifest.currency,
      before: side(effect.before, unused(base.pools)),
      after: side(effect.after, unused(pools)),
      turnedToLoss: effect.turnedToLoss,
      turnedToProfit: effect.turnedToProfit,
      ...(await namedMovers(open, effect)),
      pools: pools.map(({ id, title, cost, capacity, used, unused: idle }, i) => ({
        pool_id: id,
        title,
        rate: cost / 10_000 / capacity,
        capacity,
        used,
        usedShare: used / capacity,
        unused: decimalOf(idle),
        changed: cost !== base.pools[i]!.cost || capacity !== base.pools[i]!.capacity,
      })),
      activities: activities.map(({ id, title, minutes }, i) => ({
        activity_id: id,
        title,
        minutes,
        minutesBefore: base.activities[i]!.minutes,
        changed: scenario.activities?.[id] !== undefined,
      })),
      warnings,
      proposal: await proposalOf(open, scenario, base, warnings),
    }
  })
}

interface BasePool {
  id: string
  title: string
  unit: string
  /** In units. */
  cost: number
  capacity: number
  used: number
  unused: bigint
}

interface BaseActivity {
  id: string
  title: string
  pool: string
  level: 'line' | 'order' | 'customer' | 'channel' | 'segment'
  from: 'orders' | 'events'
  equation: string
  minutes: number
  cost: bigint
}

interface Base {
  matrix: CostMatrix
  pools: BasePool[]
  activities: BaseActivity[]
}

async function remember<T>({ answers }: OpenSnapshot, name: string, make: () => Promise<T>): Promise<T> {
  const known = (answers.get(name) as Promise<T> | undefined) ?? make()
  answers.set(name, known)
  return known.catch((error) => {
    answers.delete(name)
    throw error
  })
}

/** Customers by activities, read once per snapshot: rates and capacities then take one pass over a few columns of numbers. */
async function readBase({ warehouse }: OpenSnapshot): Promise<Base> {
  const pools = await warehouse.rows(sql`select * from pool_cost where practical_capacity is not null order by pool_id`)
  const activities = await warehouse.rows(sql`select * from activity_cost order by activity_id`)
  const customers = await warehouse.columns(matrixCustomers())
  const keys = customers.customer_key as Float64Array
  const matrix: CostMatrix = { keys, profit: customers.profit as Float64Array, activities: [] }
  for (const row of activities) {
    if (!['line', 'order', 'customer'].includes(String(row.level))) continue
    const found = await warehouse.columns(matrixActivity(String(row.activity_id)))
    const cost = spread(keys, found.customer_key as Float64Array, found.cost as Float64Array)
    const minutes = spread(keys, found.customer_key as Float64Array, found.minutes as Float64Array)
    matrix.activities.push({ id: String(row.activity_id), pool: String(row.pool_id), cost, minutes })
  }
  return {
    matrix,
    pools: pools.map((row) => ({
      id: String(row.pool_id),
      title: String(row.title),
      unit: String(row.capacity_unit),
      cost: Number(unitsOf(String(row.cost))),
      capacity: Number(row.practical_capacity),
      used: Number(row.used),
      unused: unitsOf(String(row.unused)),
    })),
    activities: activities.map((row) => ({
      id: String(row.activity_id),
      title: String(row.title),
      pool: String(row.pool_id),
      level: String(row.level) as BaseActivity['level'],
      from: String(row.driven_by) as BaseActivity['from'],
      equation: String(row.equation),
      minutes: Number(row.minutes),
      cost: unitsOf(String(row.cost)),
    })),
  }
}

/** Values at the places of their keys; both lists of keys are in order. */
function spread(keys: Float64Array, some: Float64Array, values: Float64Array): Float64Array {
  const result = new Float64Array(keys.length)
  for (let i = 0, j = 0; i < keys.length && j < some.length; i++) {
    while (j < some.length && some[j]! < keys[i]!) j++
    if (some[j] === keys[i]) result[i] = values[j++]!
  }
  return result
}

async function applied(open: OpenSnapshot, workspace: Workspace, base: Base, scenario: Scenario) {
  const problems: Problem[] = []
  const warnings: string[] = []
  const known = (name: string, list: readonly { id: string }[], what: string): boolean => {
    if (list.some(({ id }) => id === name)) return true
    const ids = list.map(({ id }) => id)
    problems.push({ message: `there is no ${what} "${name}"`, hint: didYouMean(name, ids) ?? `There are: ${ids.join(', ')}.` })
    return false
  }
  const pools = base.pools.map((pool) => ({ ...pool }))
  for (const [name, change] of Object.entries(scenario.pools ?? {})) {
    if (!known(name, pools, 'pool with a capacity')) continue
    const pool = pools.find(({ id }) => id === name)!
    for (const [what, value] of Object.entries(change))
      if (value !== undefined && !(value > 0 && Number.isFinite(value)))
        problems.push({ message: `${what} of pool ${name} must be above 0; got ${value}` })
    if (change.rate !== undefined && (change.cost !== undefined || change.capacity !== undefined))
      problems.push({ message: `pool ${name} gives a rate beside cost or capacity`, hint: 'The rate follows from them: keep one of both.' })
    if (change.cost !== undefined) pool.cost = Math.round(change.cost * 10_000)
    if (change.capacity !== undefined) pool.capacity = change.capacity
    if (change.rate !== undefined) pool.cost = Math.round(change.rate * pool.capacity * 10_000)
  }
  const parsed = new Map<string, ReturnType<typeof parseTimeEquation>>()
  for (const [name, { minutes }] of Object.entries(scenario.activities ?? {})) {
    if (!known(name, base.activities, 'activity')) continue
    const activity = base.activities.find(({ id }) => id === name)!
    if (activity.level === 'channel' || activity.level === 'segment') {
      problems.push({ message: `activity ${name} is caused by a ${activity.level}: its minutes change nothing for customers` })
      continue
    }
    try {
      parsed.set(name, parseTimeEquation(minutes, await driversFor(open, activity)))
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      const column = error.problems[0]?.column
      problems.push({
        file: name,
        ...(column === undefined ? {} : { column }),
        message: error.message,
        ...(error.hint ? { hint: error.hint } : {}),
      })
    }
  }
  if (problems.length > 0)
    throw new AppError('scenario', problems[0]!.message, { problems, ...(problems[0]!.hint ? { hint: problems[0]!.hint } : {}) })

  const changes = new Map<string, Change>()
  const activities = base.activities.map((activity) => ({ ...activity }))
  for (const activity of activities) {
    const i = pools.findIndex(({ id }) => id === activity.pool)
    if (i < 0) continue
    const [pool, before] = [pools[i]!, base.pools[i]!]
    const rateFactor = pool.cost / pool.capacity / (before.cost / before.capacity)
    const equation = parsed.get(activity.id)
    let factor = rateFactor
    if (equation && equation.source !== activity.equation) {
      const minutes = await minutesOf(open, workspace, base.matrix, activity, equation)
      const unitsPerMinute = (activity.minutes > 0 ? Number(activity.cost) / activity.minutes : before.cost / before.capacity) * rateFactor
      changes.set(activity.id, { minutes: minutes.identified, unitsPerMinute })
      pool.used += minutes.all - activity.minutes
      factor = activity.minutes > 0 ? (rateFactor * minutes.all) / activity.minutes : rateFactor
      activity.minutes = minutes.all
      activity.cost = BigInt(Math.round(minutes.all * unitsPerMinute))
    } else {
      changes.set(activity.id, { factor })
      activity.cost = BigInt(Math.round(Number(activity.cost) * factor))
    }
  }
  for (const [i, pool] of pools.entries()) {
    pool.unused = BigInt(Math.round(pool.cost)) - activities.filter((one) => one.pool === pool.id).reduce((sum, { cost }) => sum + cost, 0n)
    if (pool.used > pool.capacity && base.pools[i]!.used <= base.pools[i]!.capacity)
      warnings.push(`${pool.title} would work beyond its capacity: ${Math.round((100 * pool.used) / pool.capacity)} %.`)
    if (pool.cost === base.pools[i]!.cost && pool.capacity < base.pools[i]!.capacity)
      warnings.push(`${pool.title} costs the same with less capacity: its rate rises. If capacity goes, take its cost out as well.`)
  }
  return { changes, pools, activities, warnings }
}

async function driversFor({ warehouse, tables }: OpenSnapshot, activity: BaseActivity) {
  if (activity.from === 'orders') return driversOf[activity.level]
  if (!tables.has('driver_event')) throw new UsageError('scenario', `the events of ${activity.id} are not on disk any more`)
  const rows = await warehouse.rows(
    sql`select distinct drivers from driver_event where activity_id = ${activity.id} and drivers is not null order by drivers limit 2000`,
  )
  const names = new Set(rows.flatMap(({ drivers }) => Object.keys(JSON.parse(String(drivers)) as object)))
  return Object.fromEntries([...names].map((name) => [name, 'number' as const]))
}

/** Counted equations that are kept: who types tries many. */
const mostRemembered = 6

function forgetOldest({ answers }: OpenSnapshot): void {
  const names = [...answers.keys()].filter((name) => name.startsWith('minutes of '))
  for (const name of names.slice(0, Math.max(0, names.length - mostRemembered))) answers.delete(name)
}

/**
 * Minutes by customer with another equation. The order lines are read in an engine of their own, with the keys that the run gave them; the
 * last few equations are remembered.
 */
async function minutesOf(
  open: OpenSnapshot,
  workspace: Workspace,
  matrix: CostMatrix,
  activity: BaseActivity,
  equation: ReturnType<typeof parseTimeEquation>,
) {
  forgetOldest(open)
  return remember(open, `minutes of ${activity.id}\n${equation.source}`, async () => {
    if (open.missing.length > 0)
      throw new MissingError('import.missing', 'the order lines of this snapshot are not on disk any more', {
        hint: 'Rates and capacities can still be tried; import the file again to try equations.',
      })
    const { manifest, imports } = open
    const { memory, threads } = workspace.config.engine
    const warehouse = await openDuckDB({
      spillFolder: `${workspace.cacheDir}/spill-whatif-${process.pid}`,
      ...(memory ? { memoryLimit: memory } : {}),
      ...(threads ? { threads } : {}),
    })
    try {
      const there = await attachInputs(warehouse, imports, manifest.currency)
      const valuation = { asOf: manifest.asOf, currency: manifest.currency }
      const [{ foreign }] = (await warehouse.rows(
        sql`select count(*) filter (where currency <> ${manifest.currency}) > 0 as foreign from order_line`,
      )) as [{ foreign: boolean }]
      if (foreign) await warehouse.materialise('day_rate', there.has('fx_rate') ? dayRates(valuation) : noRates())
      await warehouse.view('valued_line', valuedLines(valuation, { foreign, later: true }))
      const columns = await remeasure(warehouse, activity, equation, manifest.asOf)
      const lowest = least(columns.least)
      if (lowest < 0)
        throw new AppError('equation.negative', `${activity.title} would take ${lowest} minutes on some ${activity.level}`, {
          hint: 'An equation must not go below 0; put max(0, ...) around it.',
        })
      return { identified: spread(matrix.keys, columns.keys, columns.minutes), all: columns.minutes.reduce((a, b) => a + b, 0) }
    } finally {
      await warehouse.close()
    }
  })
}

function least(values: Float64Array): number {
  let lowest = 0
  for (const value of values) if (value < lowest) lowest = value
  return lowest
}

async function namedMovers({ warehouse }: OpenSnapshot, { gains, losses }: Effect): Promise<Pick<ScenarioResult, 'gains' | 'losses'>> {
  const keys = [...gains, ...losses].map(({ key }) => key)
  const rows = keys.length === 0 ? [] : await warehouse.rows(customersByKey(keys))
  const names = new Map(rows.map((row) => [Number(row.customer_key), row]))
  const named = ({ key, before, after }: Effect['gains'][number]): ScenarioMover => {
    const [was, is] = [BigInt(Math.round(before)), BigInt(Math.round(after))]
    const row = names.get(key) as Row
    return {
      customer_id: String(row.customer_id),
      name: String(row.name),
      before: decimalOf(was),
      after: decimalOf(is),
      change: decimalOf(is - was),
    }
  }
  return { gains: gains.map(named), losses: losses.map(named) }
}

/** The whole of `steps.costing` with the scenario in it, as YAML. */
async function proposalOf(open: OpenSnapshot, scenario: Scenario, base: Base, warnings: string[]): Promise<string | null> {
  const { manifest, warehouse, tables } = open
  const given = (manifest.settings as { steps?: Record<string, unknown> }).steps?.costing ?? {}
  const settings = costModelSchema.parse(given)
  if (settings.pools.length === 0 && tables.has('cost_pool')) {
    for (const [id, { minutes }] of Object.entries(scenario.activities ?? {}))
      warnings.push(`The cost model came from files: put ${minutes} into the row ${id} of table activity and import it again.`)
    for (const id of Object.keys(scenario.pools ?? {}))
      warnings.push(
        `The cost model came from files: change the rows of pool ${id} in table cost_pool (capacity) or the ledger (cost) and import it again.`,
      )
    return null
  }
  let model: Pick<CostModelSettings, 'pools' | 'accounts' | 'activities'> = settings
  if (settings.pools.length === 0) {
    if (!tables.has('ledger')) return null
    const rows = await warehouse.rows(ledgerAccounts())
    model = starterModel(
      rows.map((row) => ({ account: String(row.account), costCentre: row.cost_centre === null ? null : String(row.cost_centre) })),
    )
  }
  const pools = model.pools.map((pool) => {
    const change = scenario.pools?.[pool.id]
    const found = base.pools.find(({ id }) => id === pool.id)
    const { capacity: _, capacityPerMonth: __, passesTo, ...rest } = pool
    const own = {
      ...rest,
      ...(Object.keys(passesTo).length > 0 ? { passesTo } : {}),
      ...(pool.capacityPerMonth !== undefined && change?.capacity === undefined
        ? { capacityPerMonth: pool.capacityPerMonth }
        : found
          ? { capacity: change?.capacity ?? found.capacity }
          : {}),
    }
    if (change?.cost !== undefined || change?.rate !== undefined)
      warnings.push(
        `${pool.title ?? pool.id}: its cost comes from the ledger, so another cost or rate cannot be written to clientele.yaml.`,
      )
    return own
  })
  const activities = model.activities.map((activity) => ({
    ...activity,
    minutes: scenario.activities?.[activity.id]?.minutes ?? activity.minutes,
  }))
  return settingsText({ steps: { costing: { ...(given as object), pools, accounts: model.accounts, activities } } })
}
