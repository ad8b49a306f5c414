import { type ResponseCurve, respond, slope } from './response.ts'

/** What money can do in a customer portfolio (Johnson & Selnes 2004). */
export const levers = ['acquire', 'convert', 'leverage', 'defend'] as const
export type Lever = (typeof levers)[number]

/** One place where the next unit of money can go: a lever for the customers of one segment and class. */
export interface PlanItem {
  id: string
  title: string
  /** Response to effort; effort is money a year. */
  curve: ResponseCurve
  /** Worth of one unit of response, in money. Negative when the response does harm. */
  worth: number
  /** Effort today, for regret and for limits on change; money a year. */
  today: number
  /** Bounds of effort; money a year. */
  least: number
  most: number
  /** When given: either nothing, or at least this. */
  minimumSpend?: number
  /** When given: effort comes in these steps only, rising; `least` and `most` are not used. */
  levels?: number[]
}

/** A limit on a weighted sum of efforts: a budget, hours, a floor of service, parity between two groups. */
export interface PlanRow {
  name: string
  /** As it is called in messages: `budget of sales`. */
  title: string
  entries: [item: number, coefficient: number][]
  /** -Infinity and Infinity for no bound. */
  lower: number
  upper: number
}

/** At most so many of these items may get anything. */
export interface Exclusion {
  title: string
  items: number[]
  most: number
}

export interface PlanProblem {
  items: PlanItem[]
  rows: PlanRow[]
  exclusions: Exclusion[]
  /** What a unit of money spent takes off the value: 1 for value net of spending (money is spent only while it brings more than itself), 0 for gross value. */
  priceOfMoney: number
}

/** Value of an item at an effort, less the money, compared with no effort at all. */
export function itemValue(item: PlanItem, effort: number, priceOfMoney: number): number {
  return item.worth * (respond(item.curve, effort) - respond(item.curve, 0)) - priceOfMoney * effort
}

/** What the next unit of effort on an item brings, less its price. */
export function itemSlope(item: PlanItem, effort: number, priceOfMoney: number): number {
  return item.worth * slope(item.curve, effort) - priceOfMoney
}

/** Value of a whole allocation. */
export function planValue({ items, priceOfMoney }: PlanProblem, effort: ArrayLike<number>): number {
  return items.reduce((sum, item, i) => sum + itemValue(item, effort[i] as number, priceOfMoney), 0)
}

/** The rows, bounds and exclusions that an allocation breaks, in words; empty when it keeps all. */
export function brokenLimits({ items, rows, exclusions }: PlanProblem, effort: ArrayLike<number>, tolerance = 1e-6): string[] {
  const broken: string[] = []
  const near = (scale: number) => tolerance * (1 + Math.abs(scale))
  items.forEach((item, i) => {
    const x = effort[i] as number
    if (item.levels) {
      if (!item.levels.some((level) => Math.abs(level - x) <= near(level))) broken.push(`${item.title}: ${x} is none of its steps`)
      return
    }
    if (x < item.least - near(item.least)) broken.push(`${item.title}: less than ${item.least}`)
    if (x > item.most + near(item.most)) broken.push(`${item.title}: more than ${item.most}`)
    const { minimumSpend = 0 } = item
    if (x > near(item.most) && x < minimumSpend - near(minimumSpend))
      broken.push(`${item.title}: neither nothing nor at least ${minimumSpend}`)
  })
  for (const { title, entries, lower, upper } of rows) {
    const sum = entries.reduce((total, [item, coefficient]) => total + coefficient * (effort[item] as number), 0)
    if (sum < lower - near(lower)) broken.push(`${title}: ${sum} is below ${lower}`)
    if (sum > upper + near(upper)) broken.push(`${title}: ${sum} is above ${upper}`)
  }
  for (const { title, items: members, most } of exclusions) {
    const used = members.filter((item) => (effort[item] as number) > near(0)).length
    if (used > most) broken.push(`${title}: ${used} used, at most ${most}`)
  }
  return broken
}
