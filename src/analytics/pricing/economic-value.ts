import { z } from 'zod'

const line = z.strictObject({
  /** What it is: `fewer stops of the line`. */
  name: z.string().min(1).max(200),
  /** Money a year from the first year on, or once where `once` is set; positive is worth more with ours. */
  amount: z.number().finite(),
  /** Paid or gained once, at the start. Defaults to every year. */
  once: z.boolean().default(false),
  /** Chance that it comes true, 0 to 1; defaults to 1. */
  probability: z.number().min(0).max(1).default(1),
})

export const economicValueInput = z.strictObject({
  /** Our price over the years looked at, present value. */
  price: z.number().nonnegative().optional(),
  /** Price of the best alternative the customer really has, do nothing included. */
  reference: z.number().nonnegative(),
  /** What ours does better in use: money a year, or once. */
  functional: z.array(line).max(50).default([]),
  /** What starting with ours saves (training, installation). */
  startUp: z.array(line).max(50).default([]),
  /** What owning ours saves later (energy, maintenance, disposal). */
  postPurchase: z.array(line).max(50).default([]),
  /** What switching to ours costs the customer, once. */
  switchingCost: z.number().nonnegative().default(0),
  /** Our avoidable cost of serving this customer over the years, present value: the floor of the price. */
  ourCost: z.number().nonnegative().optional(),
  /** Part of the value that must stay with the customer to move it, 0 to 1. */
  inducement: z.number().min(0).max(1).default(0),
  /** Years looked at. */
  years: z.number().int().min(1).max(50).default(1),
  /** Discount per year, as a fraction; yearly amounts fall due at the end of each year where there are several. */
  discountPerYear: z.number().min(0).max(1).default(0),
})

export type EconomicValueInput = z.input<typeof economicValueInput>

export interface EconomicValue {
  reference: number
  functional: number
  startUp: number
  postPurchase: number
  switchingCost: number
  /** reference + functional + start-up + post-purchase - switching. */
  economicValue: number
  /** What the customer keeps at our price, and as a part of what there is to share; null without a price. */
  customerKeeps: number | null
  customerShare: number | null
  /** Between our cost and the value less the inducement. */
  priceFloor: number | null
  priceCeiling: number
  /** In words: what the price means. */
  verdict: string
  lines: { part: string; name: string; probability: number; present: number }[]
}

/**
 * Economic value to the customer: the price at which it is indifferent between ours and its best alternative,
 *   EVC = price of the reference + functional gain + start-up saving + post-purchase saving - switching cost,
 * amounts that come every year at their present value sum_{t=1..n} a / (1 + d)^t, uncertain ones at their expectation. The customer keeps
 * EVC - price, as a share (EVC - price) / (EVC - reference). One year alone is not discounted. Forbis & Mehta, "Value-based strategies for
 * industrial products", Business Horizons 24 (1981), 32-42.
 */
export function economicValue(given: EconomicValueInput): EconomicValue {
  const input = economicValueInput.parse(given)
  const { years, discountPerYear: d } = input
  const annuity = years === 1 || d === 0 ? years : (1 - (1 + d) ** -years) / d
  const lines: EconomicValue['lines'] = []
  const worth = (part: string, list: typeof input.functional): number =>
    list.reduce((sum, { name, amount, once, probability }) => {
      const present = probability * amount * (once ? 1 : annuity)
      lines.push({ part, name, probability, present })
      return sum + present
    }, 0)
  const functional = worth('functional', input.functional)
  const startUp = worth('startUp', input.startUp)
  const postPurchase = worth('postPurchase', input.postPurchase)
  const { reference, switchingCost, price = null, ourCost = null } = input
  const value = reference + functional + startUp + postPurchase - switchingCost
  const advantage = value - reference
  const keeps = price === null ? null : value - price
  return {
    reference,
    functional,
    startUp,
    postPurchase,
    switchingCost,
    economicValue: value,
    customerKeeps: keeps,
    customerShare: keeps === null || advantage <= 0 ? null : keeps / advantage,
    priceFloor: ourCost,
    priceCeiling: value - input.inducement * Math.max(0, advantage),
    verdict: verdictOf(value, reference, price, ourCost, value - input.inducement * Math.max(0, advantage)),
    lines,
  }
}

function verdictOf(value: number, reference: number, price: number | null, cost: number | null, ceiling: number): string {
  if (cost !== null && ceiling <= cost)
    return 'No price serves both: what ours is worth here does not cover our cost. Change the offer or leave it.'
  if (value <= reference) return 'Ours is worth no more than the alternative: it sells at a lower price or not at all.'
  if (price === null) return 'Any price between our cost and the ceiling leaves both better off.'
  if (price > value) return 'Priced above what it is worth to the customer: expect to lose it, or show value that is not counted yet.'
  if (price > ceiling) return 'Worth its price, but little stays with the customer to move for.'
  if (cost !== null && price < cost) return 'Priced below our own cost.'
  return 'Worth more than its price. If discounts are asked for all the same, the value is not shown: a selling matter, not a pricing one.'
}
