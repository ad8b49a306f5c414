/** sBG: renewals with a chance to leave that differs between customers but not with their tenure (Fader and Hardie 2007, 2010). */
import { logHyp2f1 } from '../../math/hypergeometric.ts'
import { fitRetention, logSurvival, type RetentionCells } from './beta-retention.ts'
import type { Fit } from './fit.ts'

export interface SbgParameters {
  /** Beta of the chance to leave at a renewal: mean alpha / (alpha + beta). */
  alpha: number
  beta: number
}

export function fitSbg(cells: RetentionCells): Fit<SbgParameters> {
  const { parameters, standardErrors, ...rest } = fitRetention('sbg', cells, 2)
  const rename = (p: { a: number; b: number } | undefined): SbgParameters | undefined => p && { alpha: p.a, beta: p.b }
  return { ...rest, parameters: rename(parameters), standardErrors: rename(standardErrors) }
}

/** S(t) = B(alpha, beta + t) / B(alpha, beta): the share of customers who renew at least t times. */
export function sbgSurvival({ alpha, beta }: SbgParameters, t: number): number {
  return Math.exp(logSurvival({ a: alpha, b: beta, c: 1 }, t))
}

/**
 * Discounted expected lifetime in payments, of a new customer whose first payment comes at once, at rate d per period:
 * sum_{t>=0} S(t) (1+d)^-t = 2F1(1, beta; alpha+beta; 1/(1+d)).
 */
export function sbgLifetime({ alpha, beta }: SbgParameters, d: number): number {
  if (!(d > 0)) throw new RangeError(`a discount rate per period must be positive; got ${d}`)
  return Math.exp(logHyp2f1(1, beta, alpha + beta, 1 / (1 + d)))
}

/**
 * The same for a customer who has renewed n - 1 times, just before the next decision:
 * (beta+n-1)/(alpha+beta+n-1) 2F1(1, beta+n; alpha+beta+n; 1/(1+d)) (Fader and Hardie 2010).
 */
export function sbgResidualLifetime({ alpha, beta }: SbgParameters, d: number, n: number): number {
  if (!(d > 0)) throw new RangeError(`a discount rate per period must be positive; got ${d}`)
  return ((beta + n - 1) / (alpha + beta + n - 1)) * Math.exp(logHyp2f1(1, beta + n, alpha + beta + n, 1 / (1 + d)))
}
