import type { RemedyKind, Rule } from './rules.ts'
import { avoidable, type Cost, type Guess, type Leverage, noLeverage, strandedUnder, valueUnder } from './simulate.ts'

/** What one driver costs a customer a year, and its peers scaled to its revenue. */
export interface DriverCost {
  driver: string
  title: string
  level: string | null
  /** Drivers of orders that the summand uses. */
  uses: readonly string[]
  cost: number
  /** Above zero: dearer than peers. */
  difference: number
  /** Avoidable share of its pool at once and later. */
  now: number
  later: number
}

/** A customer as the plan of remedies sees it; money a year. */
export interface Patient {
  id: string
  name: string
  type: string
  /** Net revenue. */
  revenue: number
  /** Contribution. */
  margin: number
  profit: number
  /** What it pays less than others for the same; negative when more. */
  priceGap: number
  orders: number
  smallOrders: number
  smallRevenue: number
  drivers: DriverCost[]
  /** Profit of the group it belongs to, where it has one. */
  groupProfit: number | null
}

export interface Proposal {
  kind: RemedyKind
  leverage: Leverage
  /** Expected profit of the customer before and after, at full cost. */
  before: number
  after: number
  /** Full cost a year that it is expected to free, by driver. */
  freed: ReadonlyMap<string, number>
  /** What it works on, in words with numbers. */
  evidence: string
}

/** Drivers that a customer could be charged for: special services, not the order as such. */
export const billable = new Set(['returned', 'returned_lines', 'ship_mode', 'drops', 'changes', 'entry_mode', 'rush'])

const isBillable = ({ uses }: DriverCost): boolean => uses.some((name) => billable.has(name))

/** Cost of some drivers, each in the part that `amount` gives, with what is avoidable of it. */
export function costOf(drivers: readonly DriverCost[], amount: (driver: DriverCost) => number): Cost {
  let [full, now, later] = [0, 0, 0]
  for (const driver of drivers) {
    const part = amount(driver)
    full += part
    now += part * driver.now
    later += part * driver.later
  }
  return { full, now, later }
}

/** Why a customer is looked at; null when it is left alone. */
export function reasonFor({ profit, drivers, type }: Patient, dearBy = 0.1): 'loss' | 'aggressive' | 'dear' | null {
  if (profit < 0) return 'loss'
  if (type === 'aggressive') return 'aggressive'
  const cost = drivers.reduce((sum, driver) => sum + driver.cost, 0)
  const gap = drivers.reduce((sum, driver) => sum + driver.difference, 0)
  return type !== 'passive' && gap > dearBy * Math.max(1e-9, cost - gap) ? 'dear' : null
}

/** How far each reason goes: those who lose money through all remedies, others only through those that ask little of the relationship. */
const reach: Record<'loss' | 'aggressive' | 'dear', readonly RemedyKind[]> = {
  loss: ['look-inside', 'customer-process', 'menu-pricing', 'minimum-order', 'mix-and-price', 'channel', 'exit'],
  aggressive: ['look-inside', 'customer-process', 'menu-pricing', 'minimum-order', 'mix-and-price'],
  dear: ['look-inside', 'customer-process', 'menu-pricing', 'minimum-order'],
}

export type Describe = (kind: RemedyKind, patient: Patient, drivers: readonly DriverCost[]) => string

/**
 * Remedies for one customer in their order, each on what the ones before it leave. A customer that loses money gets them until its expected
 * profit is above zero; a price at full cost or parting is proposed only when none of them gets it there, at the horizon its avoidable cost
 * exceeds its margin, and the group it belongs to does not earn money.
 */
export function planFor(
  patient: Patient,
  rules: Record<RemedyKind, Rule>,
  guess: (kind: RemedyKind) => Guess,
  part: number,
  describe: Describe,
): Proposal[] {
  const reason = reasonFor(patient)
  if (!reason) return []
  let drivers = patient.drivers
  let margin = patient.margin
  let profit = patient.profit
  let priceGap = patient.priceGap
  let small = patient.smallOrders
  const proposals: Proposal[] = []
  for (const kind of reach[reason]) {
    if (reason === 'loss' && profit >= 0) break
    const found = leverageOf(kind, { ...patient, drivers, margin, profit, priceGap, smallOrders: small })
    if (!found) continue
    const assumed = guess(kind)
    const value = valueUnder(assumed, found, part) - rules[kind].oneOff
    if (kind === 'exit') {
      const earns = patient.groupProfit !== null && patient.groupProfit > 0
      if (!(avoidable(found.lost, part) > found.lostMargin) || earns) continue
      proposals.push({
        kind,
        leverage: found,
        before: profit,
        after: 0,
        freed: new Map(drivers.map(({ driver, cost }) => [driver, cost])),
        evidence: describe(kind, { ...patient, margin, profit }, drivers),
      })
      continue
    }
    if (!(value > 0)) continue
    // At full cost: what is stranded is no longer the customer's, and who leaves is not in the expectation of who stays.
    const staying = { ...assumed, defect: 0 }
    const after = profit + valueUnder(staying, found, part) + strandedUnder(staying, found, part)
    const evidence = describe(kind, { ...patient, profit, priceGap, smallOrders: small }, drivers)
    const drawnFrom = drivers
    const before = profit
    profit = after
    const kept = (share: number) => 1 - share
    if (kind === 'look-inside') drivers = scaled(drivers, () => kept(assumed.accept * assumed.effect))
    if (kind === 'customer-process') drivers = narrowed(drivers, () => assumed.accept * assumed.effect)
    if (kind === 'menu-pricing') {
      margin += assumed.accept * assumed.effect * found.fee
      drivers = narrowed(drivers, (driver) => (isBillable(driver) ? assumed.adapt * assumed.adaptEffect : 0))
    }
    if (kind === 'minimum-order') {
      const bundled = assumed.adapt * assumed.adaptEffect
      drivers = scaled(drivers, ({ level }) => (level === 'order' ? kept((bundled * small) / patient.orders) : 1))
      small *= kept(bundled)
    }
    if (kind === 'mix-and-price') {
      const won = assumed.accept * assumed.effect * found.fee + assumed.adapt * assumed.adaptEffect * found.adaptedFee
      margin += won
      priceGap -= won
    }
    if (kind === 'channel') {
      margin -= assumed.accept * assumed.marginLoss * found.margin
      drivers = scaled(drivers, (driver) => (driver.level === 'customer' ? kept(assumed.accept * assumed.effect) : 1))
    }
    const left = drivers
    const freed = new Map(drawnFrom.map(({ driver, cost }, i) => [driver, cost - left[i]!.cost]))
    proposals.push({ kind, leverage: found, before, after, freed, evidence })
  }
  return proposals
}

const scaled = (drivers: readonly DriverCost[], factor: (driver: DriverCost) => number): DriverCost[] =>
  drivers.map((driver) => ({ ...driver, cost: driver.cost * factor(driver), difference: driver.difference * factor(driver) }))

/** Part of the difference to peers is closed. */
const narrowed = (drivers: readonly DriverCost[], part: (driver: DriverCost) => number): DriverCost[] =>
  drivers.map((driver) => {
    const closed = part(driver) * Math.max(0, driver.difference)
    return { ...driver, cost: driver.cost - closed, difference: driver.difference - closed }
  })

/** What a remedy has to work on at a customer; null when there is nothing. */
export function leverageOf(kind: RemedyKind, patient: Patient): Leverage | null {
  const { drivers, margin } = patient
  const beyond = (driver: DriverCost) => Math.max(0, driver.difference)
  const all = costOf(drivers, ({ cost }) => cost)
  const leaving = { lostMargin: margin, lost: all }
  switch (kind) {
    case 'look-inside':
      return all.full > 0 ? { ...noLeverage, saved: all } : null
    case 'customer-process': {
      const gap = costOf(drivers, beyond)
      return gap.full > 0 ? { ...noLeverage, saved: gap } : null
    }
    case 'menu-pricing': {
      const gap = costOf(drivers.filter(isBillable), beyond)
      return gap.full > 0 ? { ...noLeverage, fee: gap.full, adapted: gap, ...leaving } : null
    }
    case 'minimum-order': {
      if (patient.smallOrders < 1 || patient.orders < 1) return null
      const ofOrders = drivers.filter(({ level }) => level === 'order')
      const work = costOf(ofOrders, ({ cost }) => (cost * patient.smallOrders) / patient.orders)
      const lostMargin = patient.revenue > 0 ? Math.max(0, (margin / patient.revenue) * patient.smallRevenue) : 0
      return work.full > 0 ? { ...noLeverage, fee: work.full, adapted: work, lostMargin, lost: work } : null
    }
    case 'mix-and-price':
      return patient.priceGap > 0 ? { ...noLeverage, fee: patient.priceGap, adaptedFee: patient.priceGap, ...leaving } : null
    case 'channel': {
      const account = costOf(
        drivers.filter(({ level }) => level === 'customer'),
        ({ cost }) => cost,
      )
      return account.full > 0 ? { ...noLeverage, saved: account, margin: Math.max(0, margin), ...leaving } : null
    }
    case 'exit':
      // At full cost the customer stays; at less it goes.
      return { ...noLeverage, fee: Math.max(0, -patient.profit), ...leaving }
  }
}
