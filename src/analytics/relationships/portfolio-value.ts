/** What a portfolio of customers in classes is worth as they move, and what one changed transition would add. */
import { inverse } from '../../math/linear-algebra.ts'
import { AppError } from '../../shared/errors.ts'
import { checkTransitionMatrix, type Matrix } from './chain.ts'

export interface PortfolioChain {
  /** Row-stochastic P: from the class now to the class a period later. */
  p: Matrix
  /** Profit a customer of each class brings in the coming period, g. */
  profit: readonly number[]
  /** Discount per period d, as a fraction. */
  discount: number
  /** Names of the classes, for messages. */
  states?: readonly string[]
}

/**
 * (I - P/(1+d))^-1: entry (i, j) is the discounted number of periods that a customer of class i will spend in class j. Undefined for
 * d = 0 (the sum does not end).
 */
export function discountedStays({ p, profit, discount, states }: PortfolioChain): number[][] {
  checkTransitionMatrix(p, states)
  if (profit.length !== p.length) throw new AppError('relationship.profit', `there are ${p.length} classes but ${profit.length} profits`)
  if (!(discount > 0 && discount < 10))
    throw new AppError('relationship.discount', `the discount per period must be above 0; got ${discount}`, {
      hint: discount > 1 ? `Did you mean ${discount / 100}?` : 'Without a discount the value of customers who never leave has no bound.',
    })
  const n = p.length
  const matrix = new Float64Array(n * n)
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) matrix[i * n + j] = (i === j ? 1 : 0) - p[i]![j]! / (1 + discount)
  const found = inverse(matrix, n)
  return Array.from({ length: n }, (_, i) => Array.from(found.subarray(i * n, (i + 1) * n)))
}

/** V = (I - P/(1+d))^-1 g: what one customer of each class is worth, the coming period included undiscounted. */
export function stateValues(chain: PortfolioChain): number[] {
  return discountedStays(chain).map((row) => row.reduce((sum, stay, j) => sum + stay * chain.profit[j]!, 0))
}

export interface PortfolioValue {
  values: number[]
  /** Customer portfolio lifetime value: n V. */
  total: number
  /** Discounted customer-periods in each class: n (I - P/(1+d))^-1. */
  occupancy: number[]
  stays: number[][]
}

/** Customer portfolio lifetime value of `customers` in each class now. */
export function portfolioValue(chain: PortfolioChain, customers: readonly number[]): PortfolioValue {
  if (customers.length !== chain.p.length)
    throw new AppError('relationship.customers', `there are ${chain.p.length} classes but ${customers.length} counts of customers`)
  const stays = discountedStays(chain)
  const values = stays.map((row) => row.reduce((sum, stay, j) => sum + stay * chain.profit[j]!, 0))
  return {
    values,
    total: values.reduce((sum, value, i) => sum + value * customers[i]!, 0),
    occupancy: chain.p.map((_, j) => stays.reduce((sum, row, i) => sum + row[j]! * customers[i]!, 0)),
    stays,
  }
}

export interface ShadowPrice {
  from: number
  to: number
  /** CPLV gained by moving one percentage point of the customers of `from` a period from staying to `to`; first order. */
  perPoint: number
}

/**
 * What moving a little probability in each row is worth: occ_i (V_k - V_i)/(1+d) x 0.01, from staying (i to i) to k. First order;
 * {@link valueOfMove} is exact.
 */
export function shadowPrices(chain: PortfolioChain, customers: readonly number[]): ShadowPrice[] {
  const { values, occupancy } = portfolioValue(chain, customers)
  return values.flatMap((_, from) =>
    values.flatMap((value, to) =>
      to === from ? [] : [{ from, to, perPoint: (0.01 * occupancy[from]! * (value - values[from]!)) / (1 + chain.discount) }],
    ),
  )
}

/** CPLV gained by moving probability `mass` in row `row` from column `from` to column `to`, exact. */
export function valueOfMove(
  chain: PortfolioChain,
  customers: readonly number[],
  move: { row: number; from: number; to: number; mass: number },
): number {
  const p = chain.p.map((row) => [...row])
  p[move.row]![move.from]! -= move.mass
  p[move.row]![move.to]! += move.mass
  return portfolioValue({ ...chain, p }, customers).total - portfolioValue(chain, customers).total
}

export interface PortfolioPeriod {
  period: number
  customers: number[]
  profit: number
  presentValue: number
}

/** The portfolio period by period when nothing is changed: n_(t+1) = n_t P + births, profit n_t g. */
export function portfolioPath(
  chain: PortfolioChain,
  customers: readonly number[],
  periods: number,
  births: readonly number[] = customers.map(() => 0),
): PortfolioPeriod[] {
  checkTransitionMatrix(chain.p, chain.states)
  let now = [...customers]
  return Array.from({ length: periods }, (_, period) => {
    const profit = now.reduce((sum, count, i) => sum + count * chain.profit[i]!, 0)
    const made = { period, customers: now, profit, presentValue: profit * (1 + chain.discount) ** -period }
    now = now.map((_, j) => births[j]! + now.reduce((sum, count, i) => sum + count * chain.p[i]![j]!, 0))
    return made
  })
}

export interface HorizonValue extends PortfolioValue {
  /** In the order of {@link shadowPrices}. */
  prices: ShadowPrice[]
}

/**
 * The same over a number of periods instead of for ever: V_h = g + P V_(h-1) / (1+d), V_0 = 0. For panels that are too short to speak of
 * for ever. The price of a point sums over the periods in which it moves customers, first order:
 * 0.01 sum_t n_t,i (V_(T-1-t),k - V_(T-1-t),i) / (1+d)^(t+1).
 */
export function valueWithin(chain: PortfolioChain, customers: readonly number[], periods: number): HorizonValue {
  checkTransitionMatrix(chain.p, chain.states)
  const { p, profit, discount } = chain
  const n = p.length
  const worth: number[][] = [new Array<number>(n).fill(0)]
  for (let h = 1; h <= periods; h++)
    worth.push(profit.map((g, i) => g + p[i]!.reduce((sum, chance, j) => sum + (chance * worth[h - 1]![j]!) / (1 + discount), 0)))
  // stays: row i of sum_(t < T) (P/(1+d))^t; kept as rows of unit starts carried forward.
  const stays = p.map((_, i) => Array.from({ length: n }, (_, j) => Number(i === j)))
  let power = stays.map((row) => [...row])
  const counts: number[][] = [[...customers]]
  for (let t = 1; t < periods; t++) {
    power = power.map((row) => row.map((_, j) => row.reduce((sum, mass, i) => sum + (mass * p[i]![j]!) / (1 + discount), 0)))
    power.forEach((row, i) => {
      row.forEach((mass, j) => {
        stays[i]![j]! += mass
      })
    })
    const before = counts[t - 1]!
    counts.push(before.map((_, j) => before.reduce((sum, count, i) => sum + count * p[i]![j]!, 0)))
  }
  const values = worth[periods]!
  const prices = values.flatMap((_, from) =>
    values.flatMap((_, to): ShadowPrice[] => {
      if (to === from) return []
      let sum = 0
      for (let t = 0; t < periods - 1; t++) {
        const left = worth[periods - 1 - t]!
        sum += (counts[t]![from]! * (left[to]! - left[from]!)) / (1 + discount) ** (t + 1)
      }
      return [{ from, to, perPoint: 0.01 * sum }]
    }),
  )
  return {
    values,
    total: values.reduce((sum, value, i) => sum + value * customers[i]!, 0),
    occupancy: p.map((_, j) => stays.reduce((sum, row, i) => sum + row[j]! * customers[i]!, 0)),
    stays,
    prices,
  }
}
