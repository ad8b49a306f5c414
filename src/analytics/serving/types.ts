import { bivariateNormalCdf } from '../../math/bivariate-normal.ts'
import { normalCdf } from '../../math/normal.ts'

/** Sums over the orders of one customer that the plane and its doubt are computed from; c order-caused cost, r net revenue, p pocket, f reference. */
export interface OrderSums {
  orders: number
  netRevenue: number
  /** Cost-to-serve in all, cost of the account included. */
  cost: number
  orderCost: number
  pocket: number
  reference: number
  pp: number
  pf: number
  ff: number
  cc: number
  cr: number
  rr: number
  pc: number
  pr: number
  fc: number
  fr: number
}

/** Where a customer stands and how far that would scatter if its orders were drawn again. */
export interface PlanePoint {
  costShare: number
  /** NaN where nothing it buys is bought by somebody else. */
  priceIndex: number
  varianceOfCost: number
  varianceOfPrice: number
  covariance: number
}

/** Residual sums of squares of one customer and the sizes that they go with. */
export interface Residuals {
  price: number
  cost: number
  cross: number
}

/**
 * Residuals of the two ratios over orders, price index I = P / F and cost share X = C / R:
 *
 *   e_o = p_o - I f_o,   d_o = c_o + A / n - X r_o
 *
 * A is the cost of the account, spread evenly over the n orders. Both sum to zero; their sums of squares and products follow from sums over orders.
 */
export function residualsOf(s: OrderSums): Residuals & { I: number; X: number } {
  const I = s.pocket / s.reference
  const X = s.cost / s.netRevenue
  const a = (s.cost - s.orderCost) / s.orders
  const price = s.pp - 2 * I * s.pf + I * I * s.ff
  const cost = s.cc - 2 * X * s.cr + X * X * s.rr + 2 * a * (s.orderCost - X * s.netRevenue) + a * a * s.orders
  const cross = s.pc - X * s.pr + a * s.pocket - I * (s.fc - X * s.fr + a * s.reference)
  return { I, X, price: Math.max(0, price), cost: Math.max(0, cost), cross }
}

/** Orders that the spread of all customers together counts for beside a customer's own: few orders say little about their spread. */
export const priorOrders = 2

/**
 * Point and scatter by the infinitesimal jackknife, to which the bootstrap over orders tends: Var(I) = sum e^2 / F^2, Var(X) = sum d^2 / R^2,
 * Cov = sum e d / (F R). Efron (1982), The Jackknife, the Bootstrap and Other Resampling Plans, ch. 6.
 *
 * A customer with one order has no spread of its own, so {@link priorOrders} orders of the spread of all customers (`pooled`, relative to the
 * squared size of an order) are added to it.
 */
export function pointOf(s: OrderSums, pooled: { price: number; cost: number }): PlanePoint {
  const { I, X, price, cost, cross } = residualsOf(s)
  const n = s.orders
  const shrink = n / (n - 1 + priorOrders)
  const withPrior = (own: number, kappa: number, squares: number) => (own + (priorOrders * kappa * squares) / n) * shrink
  return {
    costShare: X,
    priceIndex: I,
    varianceOfPrice: withPrior(price, pooled.price, s.ff) / (s.reference * s.reference),
    varianceOfCost: withPrior(cost, pooled.cost, s.rr) / (s.netRevenue * s.netRevenue),
    covariance: (cross * shrink) / (s.reference * s.netRevenue),
  }
}

/** Spread of all customers: residual squares over the squares of what they are residuals of. */
export function pooledSpread(all: Iterable<OrderSums>): { price: number; cost: number } {
  let price = 0
  let ff = 0
  let cost = 0
  let rr = 0
  for (const sums of all) {
    const found = residualsOf(sums)
    if (Number.isFinite(found.price)) {
      price += found.price
      ff += sums.ff
    }
    if (Number.isFinite(found.cost)) {
      cost += found.cost
      rr += sums.rr
    }
  }
  return { price: ff > 0 ? price / ff : 0, cost: rr > 0 ? cost / rr : 0 }
}

export interface Membership {
  passive: number
  carriage: number
  bargain: number
  aggressive: number
}

/** Chance of each side of both cuts: quadrants of the normal law around the point. NaN throughout where a side is not known. */
export function membershipOf(point: PlanePoint, cut: { cost: number; price: number }): Membership {
  const deviation = (variance: number) => Math.max(Math.sqrt(variance), 1e-12)
  const sdPrice = deviation(point.varianceOfPrice)
  const sdCost = deviation(point.varianceOfCost)
  const h = (cut.price - point.priceIndex) / sdPrice
  const k = (cut.cost - point.costShare) / sdCost
  if (!Number.isFinite(h) || !Number.isFinite(k))
    return { passive: Number.NaN, carriage: Number.NaN, bargain: Number.NaN, aggressive: Number.NaN }
  const rho = Math.max(-0.95, Math.min(0.95, point.covariance / (sdPrice * sdCost) || 0))
  const lowLow = bivariateNormalCdf(h, k, rho)
  const lowPrice = normalCdf(h)
  const lowCost = normalCdf(k)
  return {
    bargain: lowLow,
    aggressive: Math.max(0, lowPrice - lowLow),
    passive: Math.max(0, lowCost - lowLow),
    carriage: Math.max(0, 1 - lowPrice - lowCost + lowLow),
  }
}

/** The value that half of the weight lies below: the lower weighted median. */
export function weightedMedian(values: Float64Array, weights: Float64Array): number {
  const order = Uint32Array.from(values, (_, i) => i).sort((a, b) => values[a]! - values[b]! || a - b)
  let total = 0
  for (const weight of weights) total += weight
  let passed = 0
  for (const i of order) {
    passed += weights[i]!
    if (passed >= total / 2) return values[i]!
  }
  return Number.NaN
}
