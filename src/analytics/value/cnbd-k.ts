/**
 * BG/CNBD-k and MBG/CNBD-k: purchases in Erlang-k intervals, so more regular than chance (Platzer and Reutterer; Mzoughia and Limam 2014).
 */
import {
  betaGeometricAlive,
  betaGeometricConditional,
  betaGeometricDert,
  betaGeometricDistribution,
  betaGeometricExpected,
  fitBetaGeometric,
  simulateBetaGeometric,
} from './beta-geometric.ts'
import { type BetaGeometricParameters, betaGeometricLogLikelihood, type Variant } from './beta-geometric-likelihood.ts'
import { evidenceIn, fewestRepeatBuyers, type PurchaseCells, whyTooThin } from './cells.ts'
import { type Fit, refuse } from './fit.ts'
import type { FitOptions, HistoryModel } from './history-model.ts'

export interface RegularParameters extends BetaGeometricParameters {
  /** Phases of an interval, a whole number: 1 is random timing. */
  k: number
}

export interface RegularFitOptions extends FitOptions {
  /** Fixes the number of phases; chosen by likelihood among 1 to 12 when left out, which needs `logIntervals`. */
  k?: number
}

function regularModel(
  model: string,
  dropsAtFirst: boolean,
): HistoryModel<RegularParameters> & {
  fit(cells: PurchaseCells, options?: RegularFitOptions): Fit<RegularParameters>
} {
  const variant = ({ k }: { k: number }): Variant => ({ model, k, dropsAtFirst })
  return {
    name: model,
    parameterNames: ['k', 'r', 'alpha', 'a', 'b'],
    logLikelihood: (cells, p) =>
      betaGeometricLogLikelihood(variant(p), cells)(new Float64Array([p.r, p.alpha, p.a, p.b]), new Float64Array(4), new Float64Array(16)),
    fit: (cells, options = {}) => fitRegular(variant, cells, options),
    probabilityAlive: (p, x, tx, T) => betaGeometricAlive(variant(p), p, x, tx, T),
    expectedTransactions: (p, t) => betaGeometricExpected(variant(p), p, t),
    conditionalExpectedTransactions: (p, t, x, tx, T) => betaGeometricConditional(variant(p), p, t, x, tx, T),
    discountedExpectedTransactions: (p, delta, x, tx, T) => betaGeometricDert(variant(p), p, delta, x, tx, T),
    distribution: (p, t, most, history) => betaGeometricDistribution(variant(p), p, t, most, history),
    simulate: (random, p, T, horizon) => simulateBetaGeometric(variant(p), random, p, T, horizon),
  }
}

/** Raises k from 1 until the likelihood has fallen twice in a row, at most to 12, and keeps the best (the rule of BTYDplus). */
function fitRegular(variant: (p: { k: number }) => Variant, cells: PurchaseCells, options: RegularFitOptions): Fit<RegularParameters> {
  const withK = (k: number): Fit<RegularParameters> => {
    const { parameters, standardErrors, ...rest } = fitBetaGeometric(variant({ k }), cells, options)
    return {
      ...rest,
      parameters: parameters && { k, ...parameters },
      standardErrors: standardErrors && { k: 0, ...standardErrors },
    }
  }
  if (options.k !== undefined) {
    if (!(Number.isInteger(options.k) && options.k >= 1)) throw new RangeError(`k must be a whole number from 1; got ${options.k}`)
    return withK(options.k)
  }
  if (!cells.logIntervals) {
    const evidence = evidenceIn(cells)
    const reason =
      whyTooThin(evidence, fewestRepeatBuyers(options)) ??
      'the regularity k cannot be seen from x, t_x and T alone: give the sum of log intervals of each customer, or fix k'
    return refuse(variant({ k: 1 }).model, reason, cells.x.length, evidence.customers)
  }
  let best = withK(1)
  for (let k = 2, falls = 0, last = best; k <= 12 && falls < 2 && best.status !== 'refused'; k++) {
    const next = withK(k)
    if (next.logLikelihood > best.logLikelihood) best = next
    falls = next.logLikelihood > last.logLikelihood ? 0 : falls + 1
    last = next
  }
  return best
}

export const bgCnbdK = regularModel('bg-cnbd-k', false)

export const mbgCnbdK = regularModel('mbg-cnbd-k', true)
