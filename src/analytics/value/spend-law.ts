/** What a purchase is expected to bring: a customer's own average drawn towards that of all, by Gamma-Gamma or by credibility. */
import { fitGammaGamma, type GammaGammaParameters, spendDependence } from './gamma-gamma.ts'
import type { RelativeSpread } from './outlook.ts'

export interface PurchaseSums {
  /** Purchases of a customer. */
  purchases: Float64Array
  /** Their sum. */
  spend: Float64Array
  /** Sum of their squares. */
  squares: Float64Array
  /** Customers with just these sums. */
  customers: Float64Array
}

/** Expected measure per purchase = (sum + prior) / (purchases + k): both models have this form. */
export interface SpendLaw {
  model: 'gamma-gamma' | 'credibility'
  k: number
  /** k times the average of all. */
  prior: number
  /** Average of all customers, one-time buyers included. */
  average: number
  parameters: Record<string, number>
  standardErrors: Record<string, number> | null
  logLikelihood: number | null
  /** Why this model. */
  reason: string
  spread(purchases: number): RelativeSpread | null
}

/** Rank correlation of number and value of purchases beyond which Gamma-Gamma is not used: it takes them as independent. */
const mostDependence = 0.2

/** Gamma-Gamma where every customer's purchases bring something and their value does not hang on their number, else credibility. */
export function fitSpendLaw(sums: PurchaseSums): SpendLaw {
  const average = Float64Array.from(sums.spend, (spend, i) => spend / sums.purchases[i]!)
  const without = sums.customers.reduce((count, customers, i) => count + (average[i]! > 0 ? 0 : customers), 0)
  if (without > 0)
    return credibility(
      sums,
      `${without === 1 ? '1 customer' : `${without} customers`} brought nothing or less, which Gamma-Gamma cannot hold`,
    )
  const cells = { x: sums.purchases, z: average, weight: sums.customers }
  const dependence = spendDependence(cells)
  if (Math.abs(dependence) > mostDependence)
    return credibility(
      sums,
      `number and value of purchases go together (rank correlation ${dependence.toFixed(2)}), which Gamma-Gamma takes as independent`,
    )
  const fit = fitGammaGamma(cells)
  if (fit.status !== 'converged' || !fit.parameters) return credibility(sums, `Gamma-Gamma: ${fit.reason ?? fit.status}`)
  return gammaGamma(
    fit.parameters,
    fit.standardErrors,
    fit.logLikelihood,
    `every customer's purchases bring something, and their value hardly goes with their number (rank correlation ${dependence.toFixed(2)})`,
  )
}

/**
 * Gamma-Gamma (see gamma-gamma.ts) in the common form: E M = (S + gamma) / (n + (q-1)/p). Given the history M has relative variance
 * 1/(pn+q-2), and a purchase, given M, 1/p.
 */
function gammaGamma(
  parameters: GammaGammaParameters,
  errors: GammaGammaParameters | undefined,
  logLikelihood: number,
  reason: string,
): SpendLaw {
  const { p, q, gamma } = parameters
  return {
    model: 'gamma-gamma',
    k: (q - 1) / p,
    prior: gamma,
    average: (p * gamma) / (q - 1),
    parameters: { ...parameters },
    standardErrors: errors ? { ...errors } : null,
    logLikelihood,
    reason,
    spread: (purchases) => (p * purchases + q > 2 ? { purchase: 1 / p, mean: 1 / (p * purchases + q - 2) } : null),
  }
}

/** Where customers do not differ at all, everybody gets the average. */
const mostWeight = 1e9

/**
 * Credibility (Buehlmann and Straub 1970): the best linear estimate whatever the distribution, and the mean of normal-normal shrinkage;
 * it allows losses. With z = S/n, I customers, N purchases and m = sum S / N:
 *
 *     sigma^2 = sum (Q - S^2/n) / sum (n-1)                                     within customers
 *     tau^2   = (sum n (z-m)^2 - (I-1) sigma^2) / (N - sum n^2 / N)             between customers
 *     k = sigma^2 / tau^2,   average = sum Z z / sum Z with Z = n / (n+k)
 *
 * The spread of one customer's purchases is taken as a fixed share of the customer's mean: cv^2 = sum (Q - S^2/n) / sum (n-1) z^2.
 */
function credibility({ purchases, spend, squares, customers }: PurchaseSums, reason: string): SpendLaw {
  let [within, freedom, count, total, sum, squareSum, level] = [0, 0, 0, 0, 0, 0, 0]
  for (let i = 0; i < purchases.length; i++) {
    const [n, S, w] = [purchases[i]!, spend[i]!, customers[i]!]
    if (n > 1) within += w * Math.max(0, squares[i]! - (S * S) / n)
    freedom += w * (n - 1)
    level += w * (n - 1) * (S / n) ** 2
    count += w
    total += w * n
    sum += w * S
    squareSum += w * n * n
  }
  const mean = sum / total
  const sigma2 = freedom > 0 ? within / freedom : 0
  let spreadSum = 0
  for (let i = 0; i < purchases.length; i++) spreadSum += customers[i]! * purchases[i]! * (spend[i]! / purchases[i]! - mean) ** 2
  const tau2 = (spreadSum - (count - 1) * sigma2) / (total - squareSum / total)
  const k = tau2 > 0 ? Math.min(mostWeight, sigma2 / tau2) : mostWeight
  let [weighted, weights] = [0, 0]
  for (let i = 0; i < purchases.length; i++) {
    const Z = (customers[i]! * purchases[i]!) / (purchases[i]! + k)
    weighted += Z * (spend[i]! / purchases[i]!)
    weights += Z
  }
  const average = weighted / weights
  const cv2 = level > 0 ? within / level : 0
  return {
    model: 'credibility',
    k,
    prior: k * average,
    average,
    parameters: { k, average, within: Math.sqrt(sigma2), between: Math.sqrt(Math.max(0, tau2)), variation: Math.sqrt(cv2) },
    standardErrors: null,
    logLikelihood: null,
    reason,
    spread: (n) => ({ purchase: cv2, mean: cv2 / (n + k) }),
  }
}
