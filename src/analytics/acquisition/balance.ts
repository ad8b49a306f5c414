/** How much to spend on winning and how much on keeping customers: Blattberg & Deighton's balance. */

/** A response that rises to a ceiling, told by the rate that one spend gives. */
export interface Response {
  /** Money per prospect, or per customer and period. */
  spend: number
  /** Rate at that spend. */
  rate: number
  /** Rate that no spend exceeds. */
  ceiling: number
}

export interface BalanceInput {
  /** Margin of a customer and period, before what is spent on keeping. */
  margin: number
  /** Discount per period, as a fraction. */
  discount: number
  acquire: Response
  retain: Response
}

export interface Balance {
  /** Customer equity per prospect at the spends of today. */
  equityNow: number
  /** Best spend on keeping a customer a period, and the rate and the customer value that it gives. */
  retainSpend: number
  retainRate: number
  customerValue: number
  /** Best spend on winning a prospect, and the rate that it gives. */
  acquireSpend: number
  acquireRate: number
  equity: number
}

/** k of rate = ceiling (1 - e^(-k spend)). */
export function responseRate({ spend, rate, ceiling }: Response): number {
  if (!(spend > 0 && rate > 0 && rate < ceiling && ceiling <= 1))
    throw new RangeError(`a response needs spend > 0 and 0 < rate < ceiling <= 1; got ${JSON.stringify({ spend, rate, ceiling })}`)
  return -Math.log1p(-rate / ceiling) / spend
}

/**
 * Spends that maximise customer equity per prospect, CE = a(A) V(R) - A, with
 *
 *     a(A) = ca (1 - e^(-ka A)),  r(R) = cr (1 - e^(-kr R)),  V(R) = m + (r m - R) / (1 + d - r).
 *
 * R does not hang on A. V' = 0 where r'(R) (m (1+d) - R) = 1 + d - r: the left falls in R and the right falls slower, one root, by bisection. Then
 * A = ln(ca ka V) / ka, nothing where ca ka V <= 1. At the optimum the last unit of money wins and keeps value at the same price:
 * dA/da = dR/dr = V (Pfeifer 2005).
 *
 * Blattberg & Deighton (1996), "Manage Marketing by the Customer Equity Test", Harvard Business Review 74; Pfeifer (2005), "The optimal
 * ratio of acquisition and retention costs", Journal of Targeting 13.
 */
export function balanceSpends({ margin: m, discount: d, acquire, retain }: BalanceInput): Balance {
  if (!(m > 0 && d > 0)) throw new RangeError(`a balance needs a margin and a discount above 0; got ${m} and ${d}`)
  const [ka, kr] = [responseRate(acquire), responseRate(retain)]
  const rateOf = (R: number): number => -retain.ceiling * Math.expm1(-kr * R)
  const worthAt = (R: number): number => m + (rateOf(R) * m - R) / (1 + d - rateOf(R))
  const wonAt = (A: number): number => -acquire.ceiling * Math.expm1(-ka * A)
  // Sign of V': more while positive.
  const slope = (R: number): number => {
    const r = rateOf(R)
    return (retain.ceiling - r) * kr * (m * (1 + d) - R) - (1 + d - r)
  }
  let [low, high] = [0, m * (1 + d)]
  if (slope(0) <= 0) high = 0
  for (let round = 0; round < 200 && high - low > 1e-12 * m; round++) {
    const middle = (low + high) / 2
    if (slope(middle) > 0) low = middle
    else high = middle
  }
  const R = (low + high) / 2
  const V = worthAt(R)
  const pull = acquire.ceiling * ka * V
  const A = pull > 1 ? Math.log(pull) / ka : 0
  return {
    equityNow: acquire.rate * worthAt(retain.spend) - acquire.spend,
    retainSpend: R,
    retainRate: rateOf(R),
    customerValue: V,
    acquireSpend: A,
    acquireRate: wonAt(A),
    equity: wonAt(A) * V - A,
  }
}
