import { AppError } from '../../shared/errors.ts'
import type { Warehouse } from '../../warehouse/port.ts'
import * as query from './model-tables.sql.ts'
import type { ActivitySettings } from './settings.ts'

/** The parts of a cost model that came as files. */
export interface ModelTables {
  pools: {
    pool: string
    month: string
    title: string | null
    incremental: number | null
    level: string
    unit: string | null
    practical: number | null
    theoretical: number | null
  }[]
  assignments: { account: string; costCentre: string; month: string; pool: string; share: number }[]
  flows: { from: string; to: string; month: string; share: number }[]
  activities: ActivitySettings[]
  /** Names of the drivers that the events of an activity bear, by activity. */
  eventDrivers: Map<string, string[]>
}

export const noTables: ModelTables = { pools: [], assignments: [], flows: [], activities: [], eventDrivers: new Map() }

/** Names of the tables that a cost model may come from. */
export const modelTableNames = ['cost_pool', 'pool_assignment', 'service_flow', 'activity', 'driver_event'] as const

const mostSamples = 2000
const number = (cell: unknown): number | null => (cell === null || cell === undefined ? null : Number(cell))

/** Reads the tables of the cost model that are there. */
export async function readModelTables(warehouse: Warehouse, has: (table: string) => boolean, signal?: AbortSignal): Promise<ModelTables> {
  const rows = async (table: string, sql: ReturnType<typeof query.poolRows>) => (has(table) ? warehouse.rows(sql, { signal }) : [])
  const [pools, assignments, flows, activities, events] = [
    await rows('cost_pool', query.poolRows()),
    await rows('pool_assignment', query.assignmentRows()),
    await rows('service_flow', query.flowRows()),
    await rows('activity', query.activityRows()),
    await rows('driver_event', query.eventCounts()),
  ]
  const eventDrivers = new Map<string, string[]>()
  for (const { activity_id } of events) {
    const samples = await warehouse.rows(query.driverSamples(String(activity_id), mostSamples), { signal })
    eventDrivers.set(String(activity_id), [...new Set(samples.flatMap((row) => driverNames(String(row.drivers))))])
  }
  return {
    pools: pools.map((row) => ({
      pool: String(row.pool_id),
      month: String(row.period),
      title: row.title === null ? null : String(row.title),
      incremental: number(row.incremental_share),
      level: String(row.level),
      unit: row.capacity_unit === null ? null : String(row.capacity_unit),
      practical: number(row.practical_capacity),
      theoretical: number(row.theoretical_capacity),
    })),
    assignments: assignments.map((row) => ({
      account: String(row.account),
      costCentre: String(row.cost_centre ?? ''),
      month: String(row.period),
      pool: String(row.pool_id),
      share: Number(row.share),
    })),
    flows: flows.map((row) => ({
      from: String(row.from_pool),
      to: String(row.to_pool),
      month: String(row.period),
      share: Number(row.share),
    })),
    activities: activities.map((row) => ({
      id: String(row.activity_id),
      ...(row.title === null ? {} : { title: String(row.title) }),
      pool: String(row.pool_id),
      level: String(row.object_level) as ActivitySettings['level'],
      from: eventDrivers.has(String(row.activity_id)) ? 'events' : 'orders',
      minutes: String(row.time_equation),
    })),
    eventDrivers,
  }
}

function driverNames(json: string): string[] {
  try {
    const value: unknown = JSON.parse(json)
    return typeof value === 'object' && value !== null ? Object.keys(value) : []
  } catch {
    return []
  }
}

/**
 * An equation of the table `activity` as text. Besides readable text it may be JSON, `{"intercept": 8, "lines": 2}` or with the
 * coefficients in an object `coefficients`: 8 + 2 * lines.
 */
export function readableEquation(text: string): string {
  if (!text.trim().startsWith('{')) return text
  let value: Record<string, unknown>
  try {
    value = JSON.parse(text) as Record<string, unknown>
  } catch (cause) {
    throw new AppError('equation', `the equation is no JSON: ${text.slice(0, 80)}`, {
      cause,
      hint: 'Such as {"intercept": 8, "lines": 2}.',
    })
  }
  const { intercept = 0, coefficients, ...rest } = value
  const terms = Object.entries({ ...(typeof coefficients === 'object' ? coefficients : {}), ...rest })
  const wrong = [['intercept', intercept] as const, ...terms].find(([, x]) => typeof x !== 'number' || !Number.isFinite(x))
  if (wrong)
    throw new AppError('equation', `${wrong[0]} must be a number; got ${JSON.stringify(wrong[1])}`, {
      hint: 'Such as {"intercept": 8, "lines": 2}.',
    })
  const signed = (x: number) => (x < 0 ? ` - ${plain(-x)}` : ` + ${plain(x)}`)
  return terms.reduce((all, [name, x]) => `${all}${signed(x as number)} * ${name}`, plain(intercept as number))
}

/** A number as the grammar writes it: no exponent. */
const plain = (x: number): string => (x < 0 ? `-${plain(-x)}` : x.toLocaleString('en', { useGrouping: false, maximumFractionDigits: 12 }))
