/** What a customer causes of one driver: how often, and what once costs at full, time-driven cost. */
export interface DriverUse {
  id: string
  quantity: number
  rate: number
}

/** A customer as remedies see it: what it brings after product cost, and what it causes. */
export interface ServedCustomer {
  margin: number
  drivers: readonly DriverUse[]
}

/** What a remedy, or the customer's answer to it, changes: fees and prices add to the margin, drivers get another quantity or rate. */
export interface Change {
  margin?: number
  drivers?: Readonly<Record<string, { quantity?: number; rate?: number }>>
}

/** Share of a driver's full cost that goes away with its volume; what does not is stranded. */
export type AvoidableShare = (driver: string) => number

const costOf = ({ quantity, rate }: DriverUse): number => quantity * rate

export const costToServe = ({ drivers }: ServedCustomer): number => drivers.reduce((sum, driver) => sum + costOf(driver), 0)

/** Margin less cost-to-serve at full cost. */
export const profitOf = (customer: ServedCustomer): number => customer.margin - costToServe(customer)

/** The customer after a change. */
export function changed(customer: ServedCustomer, change: Change): ServedCustomer {
  return {
    margin: customer.margin + (change.margin ?? 0),
    drivers: customer.drivers.map((driver) => ({ ...driver, ...change.drivers?.[driver.id] })),
  }
}

/** One possible answer of the customer. */
export interface Reaction {
  probability: number
  change: Change
}

/**
 * What a remedy brings: sum over reactions j of q_j (margin_j - avoidable change of cost_j) less the base, less what it costs once.
 *
 *   dProfit = sum_j q_j [ margin(x_j) + fee_j - a (cost(x_j) - cost(x)) - margin(x) ] - one-off
 *
 * Probabilities that sum to less than 1 leave the rest unchanged.
 */
export function remedyValue(customer: ServedCustomer, reactions: readonly Reaction[], avoidable: AvoidableShare, oneOff = 0): number {
  let value = -oneOff
  for (const { probability, change } of reactions) {
    const after = changed(customer, change)
    const saved = customer.drivers.reduce((sum, driver, i) => sum + avoidable(driver.id) * (costOf(driver) - costOf(after.drivers[i]!)), 0)
    value += probability * (after.margin - customer.margin + saved)
  }
  return value
}

export interface Exit {
  /** Cost that goes away with the customer. */
  avoidable: number
  /** Change of profit: avoidable cost less the margin that goes too. */
  change: number
  /** Full cost that stays although the customer is gone. */
  stranded: number
  /** Above this avoidable share parting pays: margin / full cost-to-serve. */
  breakEvenShare: number
}

/** What parting with a customer does to profit. A loss at full cost may be a gain at avoidable cost, and the other way round. */
export function partWith(customer: ServedCustomer, avoidable: AvoidableShare): Exit {
  const full = costToServe(customer)
  const saved = customer.drivers.reduce((sum, driver) => sum + avoidable(driver.id) * costOf(driver), 0)
  return { avoidable: saved, change: saved - customer.margin, stranded: full - saved, breakEvenShare: customer.margin / full }
}

/**
 * Cost that a pool gives up when `freed` units of capacity are no longer needed and capacity comes in steps: whole steps only, and none before the lag.
 *
 *   committed = step cost x ceil(need / step)
 */
export function steppedRelease(
  pool: { need: number; step: number; stepCost: number; lagMonths: number },
  freed: number,
  months: number,
): number {
  if (!(pool.step > 0)) throw new RangeError(`a step of capacity must be above 0; got ${pool.step}`)
  if (months < pool.lagMonths) return 0
  const steps = (need: number) => Math.ceil(Math.max(0, need) / pool.step - 1e-9)
  return (steps(pool.need) - steps(pool.need - freed)) * pool.stepCost
}
