import { AppError, type Problem } from '../../shared/errors.ts'
import { didYouMean } from '../../shared/nearest.ts'
import type { Level } from './contract.ts'
import { driversOf } from './drivers.ts'
import { type ModelTables, noTables, readableEquation } from './model-tables.ts'
import type { ServiceFlow } from './service-pools.ts'
import type { AccountSettings, ActivitySettings, CostModelSettings, PoolSettings } from './settings.ts'
import { starterExclusion, starterModel } from './starter.ts'
import { type DriverType, parseTimeEquation, type TimeEquation } from './time-equation.ts'

export type ObjectLevel = Exclude<Level, 'business'>

export interface ModelPool {
  id: string
  title: string
  level: Level | 'service'
  unit: string
  /** Share of its rate that is paid only for what is used. */
  incremental: number
  /** How far its rate may be wrong, as a fraction. */
  range: number
  assumed: boolean
}

export interface ModelActivity {
  id: string
  title: string
  pool: string
  level: ObjectLevel
  from: 'orders' | 'events'
  equation: TimeEquation
  range: number
  assumed: boolean
}

export interface CostModel {
  pools: ModelPool[]
  activities: ModelActivity[]
  /** Practical capacity of a pool in a month; null: assumed so that a stated share of it is used. */
  capacityIn(pool: string, month: string): number | null
  /** Shares by pool of an account and cost centre in a month. */
  sharesIn(account: string, costCentre: string | null, month: string): Record<string, number> | null
  /** What pools do for one another in a month. */
  flowsIn(month: string): ServiceFlow[]
  /** Why an account stays out; null when it does not. */
  excludedBecause(account: string, costCentre: string | null): string | null
  /** True when the starter template made it. */
  starter: boolean
}

/** One account of the ledger in the window. */
export interface LedgerAccount {
  account: string
  costCentre: string | null
}

const tolerance = 1e-6
const sumOf = (values: Iterable<number>): number => [...values].reduce((a, b) => a + b, 0)
const shown = (x: number): string => String(Number(x.toPrecision(9)))

/**
 * The cost model from settings and tables, checked as a whole: all that is wrong is reported at once, with the place, the value and what to do.
 * @param months the months of the ledger, in order
 * @throws AppError `cost-model`
 */
export function buildModel(
  settings: CostModelSettings,
  ledger: readonly LedgerAccount[],
  months: readonly string[],
  tables: ModelTables = noTables,
): CostModel {
  const problems: Problem[] = []
  const both = (part: string, table: string) =>
    problems.push({
      setting: [part],
      message: `${part} stand in clientele.yaml and in the imported table ${table}`,
      hint: `Keep one: take ${part} out of clientele.yaml, or undo the import of ${table}.`,
    })
  if (settings.pools.length > 0 && tables.pools.length > 0) both('pools', 'cost_pool')
  if (settings.accounts.length > 0 && tables.assignments.length > 0) both('accounts', 'pool_assignment')
  if (settings.activities.length > 0 && tables.activities.length > 0) both('activities', 'activity')
  const stated = settings.pools.length > 0 || tables.pools.length > 0
  const starter = !stated
  const made = starter ? starterModel(ledger) : null
  const pools = made?.pools ?? (settings.pools.length > 0 ? settings.pools : poolsOfTable(tables, problems))
  const accounts = made?.accounts ?? settings.accounts
  const activities = made?.activities ?? (settings.activities.length > 0 ? settings.activities : tables.activities)
  const fromFile = { pools: !starter && settings.pools.length === 0, activities: !starter && settings.activities.length === 0 }

  const ids = checkPools(pools, months, tables, fromFile.pools, problems)
  checkAccounts(accounts, ids, problems)
  checkAssignments(tables, ids, problems)
  checkFlows(pools, tables, ids, months, problems)
  const parsed = checkActivities(activities, pools, ids, settings, tables, { starter, file: fromFile.activities }, problems)
  if (problems.length > 0) {
    throw new AppError(
      'cost-model',
      `the cost model has ${problems.length === 1 ? 'a fault' : `${problems.length} faults`}: ${problems[0]!.message}`,
      { problems, hint: 'mend steps.costing in clientele.yaml, or the tables of the cost model; nothing was published' },
    )
  }
  const exclusions = settings.excluded
  const capacities = new Map(tables.pools.map((row) => [`${row.pool} ${row.month}`, row.practical]))
  const assigned = new Map<string, Record<string, number>>()
  for (const { account, costCentre, month, pool, share } of tables.assignments) {
    const key = `${account}\n${costCentre}\n${month}`
    assigned.set(key, { ...assigned.get(key), [pool]: share })
  }
  return {
    pools: pools.map((pool) => ({
      id: pool.id,
      title: pool.title ?? pool.id,
      level: pool.level,
      unit: pool.unit,
      incremental: pool.incremental,
      range: pool.range ?? settings.ranges.rates,
      assumed: starter,
    })),
    activities: parsed,
    starter,
    capacityIn(id, month) {
      const fileCapacity = capacities.get(`${id} ${month}`)
      if (fileCapacity !== undefined) return fileCapacity
      const pool = pools.find((candidate) => candidate.id === id)
      if (pool?.capacityPerMonth !== undefined) return pool.capacityPerMonth
      return pool?.capacity === undefined ? null : pool.capacity / months.length
    },
    sharesIn: (account, costCentre, month) =>
      tables.assignments.length > 0 && accounts.length === 0
        ? (assigned.get(`${account}\n${costCentre ?? ''}\n${month}`) ?? null)
        : (ruleFor(accounts, account, costCentre)?.pools ?? null),
    flowsIn: (month) => [
      ...pools.flatMap(({ id, passesTo }) => Object.entries(passesTo).map(([to, share]) => ({ from: id, to, share }))),
      ...tables.flows.filter((flow) => flow.month === month).map(({ from, to, share }) => ({ from, to, share })),
    ],
    excludedBecause: (account, costCentre) =>
      exclusions.find(
        (rule) =>
          (rule.account === undefined || rule.account === account) && (rule.costCentre === undefined || rule.costCentre === costCentre),
      )?.reason ?? (starter ? starterExclusion(costCentre) : null),
  }
}

/** The most specific rule wins: account and cost centre, then account, then cost centre, then the rule for all. */
function ruleFor(accounts: readonly AccountSettings[], account: string, costCentre: string | null): AccountSettings | undefined {
  const fits = (rule: AccountSettings) =>
    (rule.account === undefined || rule.account === account) && (rule.costCentre === undefined || rule.costCentre === costCentre)
  const weight = (rule: AccountSettings) => (rule.account === undefined ? 0 : 2) + (rule.costCentre === undefined ? 0 : 1)
  return accounts.filter(fits).sort((a, b) => weight(b) - weight(a))[0]
}

const levelNames = ['line', 'order', 'customer', 'channel', 'segment', 'business', 'service'] as const
/** Levels whose cost may stay where it is, without activities. */
const keeps = (level: string): boolean => ['business', 'service', 'channel', 'segment'].includes(level)

/** Pools of the table, one a pool; a level that changes between months is a fault. */
function poolsOfTable(tables: ModelTables, problems: Problem[]): PoolSettings[] {
  const pools = new Map<string, PoolSettings>()
  for (const { pool, month, level, unit, title, incremental } of tables.pools) {
    const place = `table cost_pool, pool ${pool}, period ${month}`
    const known = levelNames.find((name) => name === level)
    if (!known) {
      problems.push({
        message: `${place}: there is no level "${level}"`,
        hint: didYouMean(level, levelNames) ?? `One of ${levelNames.join(', ')}.`,
      })
      continue
    }
    const before = pools.get(pool)
    if (before && before.level !== known)
      problems.push({
        message: `${place}: the level changes from ${before.level} to ${known}`,
        hint: 'A pool has one level; make it two pools.',
      })
    else pools.set(pool, { id: pool, title: title ?? pool, level: known, unit: unit ?? 'min', incremental: incremental ?? 0, passesTo: {} })
  }
  return [...pools.values()]
}

function checkPools(
  pools: readonly PoolSettings[],
  months: readonly string[],
  tables: ModelTables,
  fromFile: boolean,
  problems: Problem[],
): Set<string> {
  const ids = new Set<string>()
  const hint = 'Practical capacity is hours present less breaks, training and meetings; 80 to 85 % of the theoretical is usual.'
  pools.forEach((pool, i) => {
    const at = fromFile ? {} : { setting: ['pools', i] as PropertyKey[] }
    if (ids.has(pool.id))
      problems.push({ ...at, message: `the pool ${pool.id} stands there twice`, hint: 'Give each pool an id of its own.' })
    ids.add(pool.id)
    for (const name of ['capacity', 'capacityPerMonth'] as const) {
      const value = pool[name]
      if (value !== undefined && !(value > 0 && Number.isFinite(value)))
        problems.push({ setting: ['pools', i, name], message: `practical capacity of pool ${pool.id} must be above 0; got ${value}`, hint })
    }
    if (pool.capacity !== undefined && pool.capacityPerMonth !== undefined)
      problems.push({
        setting: ['pools', i, 'capacityPerMonth'],
        message: `pool ${pool.id} gives capacity twice`,
        hint: 'Keep one of the two.',
      })
    if (!(pool.incremental >= 0 && pool.incremental <= 1))
      problems.push({
        setting: ['pools', i, 'incremental'],
        message: `incremental of pool ${pool.id} must lie between 0 and 1; got ${pool.incremental}`,
      })
  })
  const given = new Map<string, Set<string>>()
  for (const { pool, month, practical, theoretical, level } of tables.pools) {
    given.set(pool, (given.get(pool) ?? new Set()).add(month))
    if (keeps(level) && practical === null) continue
    const place = `table cost_pool, pool ${pool}, period ${month}`
    if (!(practical !== null && practical > 0))
      problems.push({ message: `${place}: practical capacity must be above 0; got ${practical ?? 'nothing'}`, hint })
    else if (theoretical !== null && practical > theoretical)
      problems.push({
        message: `${place}: practical capacity ${shown(practical)} is more than the theoretical ${shown(theoretical)}`,
        hint: 'Practical capacity is what is left of the theoretical; see whether the columns are swapped.',
      })
  }
  if (fromFile)
    for (const pool of pools) {
      if (keeps(pool.level)) continue
      const missing = months.filter((month) => !given.get(pool.id)?.has(month))
      if (missing.length > 0)
        problems.push({
          message: `table cost_pool: pool ${pool.id} has no capacity in ${missing[0]}${missing.length > 1 ? ` and ${missing.length - 1} more months of the ledger` : ''}`,
          hint: 'Give a row for each month of the ledger.',
        })
    }
  return ids
}

const unknownPool = (name: string, ids: Iterable<string>): string =>
  didYouMean(name, ids) ?? `Pools that exist: ${[...ids].join(', ') || 'none'}.`

const outside = (share: number): boolean => !(share >= 0 && share <= 1)

function checkAccounts(accounts: readonly AccountSettings[], ids: Set<string>, problems: Problem[]): void {
  accounts.forEach((rule, i) => {
    const name = [rule.account, rule.costCentre].filter(Boolean).join(' / ') || 'the rule for all'
    const sum = sumOf(Object.values(rule.pools))
    for (const [pool, share] of Object.entries(rule.pools)) {
      const setting = ['accounts', i, 'pools', pool]
      if (!ids.has(pool))
        problems.push({ setting, message: `${name} goes to pool ${pool}, which does not exist`, hint: unknownPool(pool, ids) })
      if (outside(share)) problems.push({ setting, message: `the share of ${name} for ${pool} must lie between 0 and 1; got ${share}` })
    }
    if (Math.abs(sum - 1) > tolerance)
      problems.push({
        setting: ['accounts', i, 'pools'],
        message: `shares of ${name} sum to ${shown(sum)}, not to 1`,
        hint: `${sum < 1 ? 'Add' : 'Take away'} ${shown(Math.abs(1 - sum))}; what belongs to no customer goes to a business-sustaining pool.`,
      })
  })
}

function checkAssignments(tables: ModelTables, ids: Set<string>, problems: Problem[]): void {
  const sums = new Map<string, number>()
  for (const { account, costCentre, month, pool, share } of tables.assignments) {
    const name = `table pool_assignment, account ${account}${costCentre ? ` / ${costCentre}` : ''}, period ${month}`
    sums.set(name, (sums.get(name) ?? 0) + share)
    if (!ids.has(pool)) problems.push({ message: `${name}: goes to pool ${pool}, which does not exist`, hint: unknownPool(pool, ids) })
    if (outside(share)) problems.push({ message: `${name}: the share for ${pool} must lie between 0 and 1; got ${share}` })
  }
  for (const [name, sum] of sums)
    if (Math.abs(sum - 1) > tolerance)
      problems.push({ message: `${name}: shares sum to ${shown(sum)}, not to 1`, hint: 'Correct the shares and import the table again.' })
}

function checkFlows(
  pools: readonly PoolSettings[],
  tables: ModelTables,
  ids: Set<string>,
  months: readonly string[],
  problems: Problem[],
): void {
  const passed = new Map<string, number>()
  for (const { from, to, month, share } of tables.flows) {
    const name = `table service_flow, ${from} to ${to}, period ${month}`
    for (const pool of [from, to])
      if (!ids.has(pool)) problems.push({ message: `${name}: pool ${pool} does not exist`, hint: unknownPool(pool, ids) })
    if (outside(share)) problems.push({ message: `${name}: the share must lie between 0 and 1; got ${share}` })
    passed.set(`${from} ${month}`, (passed.get(`${from} ${month}`) ?? 0) + share)
  }
  pools.forEach((pool, i) => {
    const setting = ['pools', i, 'passesTo']
    for (const [to, share] of Object.entries(pool.passesTo)) {
      if (!ids.has(to))
        problems.push({
          setting: [...setting, to],
          message: `pool ${pool.id} passes on to ${to}, which does not exist`,
          hint: unknownPool(to, ids),
        })
      if (outside(share))
        problems.push({ setting: [...setting, to], message: `the share of ${pool.id} for ${to} must lie between 0 and 1; got ${share}` })
    }
    const own = sumOf(Object.values(pool.passesTo))
    if (pool.level !== 'service') {
      if (own > 0)
        problems.push({ setting, message: `pool ${pool.id} passes work on but is not a service pool`, hint: 'Give it the level service.' })
      return
    }
    const worst = months.find((month) => Math.abs(own + (passed.get(`${pool.id} ${month}`) ?? 0) - 1) > tolerance)
    if (worst !== undefined)
      problems.push({
        ...(own > 0 ? { setting } : {}),
        message: `service pool ${pool.id} must pass on all of its work: its shares sum to ${shown(own + (passed.get(`${pool.id} ${worst}`) ?? 0))}, not to 1${passed.size > 0 ? `, in ${worst}` : ''}`,
        hint: 'Let the rest go to a business-sustaining pool.',
      })
  })
}

function checkActivities(
  activities: readonly ActivitySettings[],
  pools: readonly PoolSettings[],
  ids: Set<string>,
  settings: CostModelSettings,
  tables: ModelTables,
  origin: { starter: boolean; file: boolean },
  problems: Problem[],
): ModelActivity[] {
  const parsed: ModelActivity[] = []
  const names = new Set<string>()
  activities.forEach((activity, i) => {
    const at = (part: string) => (origin.file || origin.starter ? {} : { setting: ['activities', i, part] as PropertyKey[] })
    const place = origin.file ? `table activity, ${activity.id}` : `activity ${activity.id}`
    if (names.has(activity.id))
      problems.push({
        ...at('id'),
        message: `the activity ${activity.id} stands there twice`,
        hint: 'Give each activity an id of its own.',
      })
    names.add(activity.id)
    const pool = pools.find((candidate) => candidate.id === activity.pool)
    if (!pool)
      problems.push({
        ...at('pool'),
        message: `${place} uses pool ${activity.pool}, which does not exist`,
        hint: unknownPool(activity.pool, ids),
      })
    else if (pool.level === 'business' || pool.level === 'service')
      problems.push({
        ...at('pool'),
        message: `${place} uses pool ${pool.id}, whose cost is not assigned (level ${pool.level})`,
        hint: 'Give the activity another pool, or the pool another level.',
      })
    const known: Record<string, DriverType> =
      activity.from === 'events'
        ? Object.fromEntries((tables.eventDrivers.get(activity.id) ?? []).map((name) => [name, 'number']))
        : driversOf[activity.level]
    if (activity.from === 'events' && !tables.eventDrivers.has(activity.id))
      problems.push({
        ...at('from'),
        message: `${place} counts events, but the table driver_event has none of ${activity.id}`,
        hint: tables.eventDrivers.size > 0 ? unknownEvent(activity.id, tables) : 'Import a table driver_event, or take drivers of orders.',
      })
    else
      try {
        parsed.push({
          id: activity.id,
          title: activity.title ?? activity.id,
          pool: activity.pool,
          level: activity.level,
          from: activity.from,
          equation: parseTimeEquation(origin.file ? readableEquation(activity.minutes) : activity.minutes, known),
          range: activity.range ?? settings.ranges.equations,
          assumed: origin.starter,
        })
      } catch (error) {
        const column = error instanceof AppError ? error.problems[0]?.column : undefined
        problems.push({
          ...at('minutes'),
          ...(typeof column === 'number' ? { character: column } : {}),
          message: `${place}: ${error instanceof Error ? error.message : String(error)}`,
          ...(error instanceof AppError && error.hint ? { hint: error.hint } : {}),
        })
      }
  })
  pools.forEach((pool, i) => {
    if (keeps(pool.level) || activities.some((activity) => activity.pool === pool.id)) return
    problems.push({
      ...(origin.file || origin.starter ? {} : { setting: ['pools', i] }),
      message: `pool ${pool.id} has no activity`,
      hint: 'Give it one, or the level business.',
    })
  })
  return parsed
}

const unknownEvent = (name: string, tables: ModelTables): string =>
  didYouMean(name, tables.eventDrivers.keys()) ?? `It has: ${[...tables.eventDrivers.keys()].join(', ')}.`
