import type { StepContext } from '../../pipeline/step.ts'
import { formatCount, formatCounted, formatMoney, formatNumber } from '../../shared/format.ts'
import { sql } from '../../warehouse/sql.ts'
import { billable, type Describe, type DriverCost } from './plan.ts'
import type { RemediesParameters } from './rules.ts'

/** A pool of resources as remedies see it: how its cost follows its volume; money and minutes a year. */
export interface Pool {
  id: string
  title: string
  cost: number
  used: number
  rate: number | null
  /** Avoidable share at once and later. */
  now: number
  later: number
  step: { minutes: number; cost: number } | null
  activities: Set<string>
  drivers: Set<string>
}

/** Carriers are paid by the shipment: their cost goes with it. */
const boughtIn = /freight|carrier|shipping|parcel|fracht|spedition/i

/** Pools with what the settings say about giving up their cost. */
export async function readPools(
  { warehouse, parameters, signal }: StepContext<RemediesParameters>,
  years: number,
): Promise<Map<string, Pool>> {
  const rows = await warehouse.rows(sql`select * from pool_cost order by pool_id`, { signal })
  const activities = await warehouse.rows(sql`select activity_id, pool_id from activity_cost order by activity_id`, { signal })
  const drivers = await warehouse.rows(sql`select driver_id, pool_id from cost_driver order by driver_id`, { signal })
  return new Map(
    rows.map((row) => {
      const id = String(row.pool_id)
      const given = parameters.pools.find(({ pool }) => pool === id)
      const all = boughtIn.test(`${id} ${row.title}`)
      return [
        id,
        {
          id,
          title: String(row.title),
          cost: Number(row.cost) / years,
          used: Number(row.used ?? 0) / years,
          rate: row.rate === null ? null : Number(row.rate),
          now: given?.now ?? (all ? 1 : parameters.avoidable.now),
          later: given?.later ?? (all ? 1 : parameters.avoidable.later),
          step: given?.stepMinutes && given.stepCost ? { minutes: given.stepMinutes, cost: given.stepCost } : null,
          activities: new Set(activities.filter((one) => one.pool_id === id).map((one) => String(one.activity_id))),
          drivers: new Set(drivers.filter((one) => one.pool_id === id).map((one) => String(one.driver_id))),
        },
      ]
    }),
  )
}

/** How far between at once (0) and later (1) the horizon lies. */
export const avoidablePart = ({ horizonMonths, lagMonths }: Pick<RemediesParameters, 'horizonMonths' | 'lagMonths'>): number =>
  lagMonths > 0 ? Math.min(1, horizonMonths / lagMonths) : 1

/** What a remedy works on, in words with numbers. */
export const describe =
  (currency: string): Describe =>
  (kind, patient, drivers) => {
    const money = (value: number) => formatMoney(value, currency, { compact: true })
    const largest = (list: readonly DriverCost[]) =>
      [...list]
        .filter(({ difference }) => difference > 0)
        .sort((a, b) => b.difference - a.difference)
        .slice(0, 2)
        .map(({ title, difference }) => `${title} ${money(difference)}`)
        .join(', ')
    const cost = drivers.reduce((sum, driver) => sum + driver.cost, 0)
    switch (kind) {
      case 'look-inside':
        return `${money(cost)} a year of our own work`
      case 'customer-process':
        return `dearer than its peers a year by ${largest(drivers)}`
      case 'menu-pricing':
        return `services beyond its peers a year: ${largest(drivers.filter(({ uses }) => uses.some((name) => billable.has(name))))}`
      case 'minimum-order':
        return `${formatCount(patient.smallOrders)} of ${formatCount(patient.orders)} orders a year are too small to pay for their work (${money(patient.smallRevenue)} of revenue)`
      case 'mix-and-price':
        return `pays ${money(patient.priceGap)} a year less than others for the same, on ${money(patient.revenue)} of revenue`
      case 'channel':
        return `${money(drivers.filter(({ level }) => level === 'customer').reduce((sum, driver) => sum + driver.cost, 0))} a year for the account on ${money(patient.revenue)} of revenue`
      case 'exit':
        return `after all remedies ${money(patient.profit)} a year at full cost; contribution ${money(patient.margin)}, break-even avoidable share ${formatNumber(cost > 0 ? patient.margin / cost : 0)} over ${formatCounted(drivers.length, 'driver')}`
    }
  }
