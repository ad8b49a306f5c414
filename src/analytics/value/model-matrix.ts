/** What each model answers: the place to look which one to take for a question. Every entry is a function or the reason why there is none. */
import { createRandom } from '../../math/random.ts'
import {
  fitRetention,
  logSurvival,
  residualLifetime,
  retentionLogLikelihoodAt,
  retentionRate,
  simulateRetention,
} from './beta-retention.ts'
import {
  bgBbAlive,
  bgBbConditional,
  bgBbDert,
  bgBbDistribution,
  bgBbExpected,
  bgBbLogLikelihoodAt,
  fitBgBb,
  simulateBgBb,
} from './bg-bb.ts'
import { bgNbd } from './bg-nbd.ts'
import { bgCnbdK, mbgCnbdK } from './cnbd-k.ts'
import { expectedSpend, fitGammaGamma, gammaGammaLogLikelihoodAt, simulateSpend, spendQuantile } from './gamma-gamma.ts'
import { fitHazard, hazardLifetime, hazardLogLikelihood, hazardSurvival, simulateHazard } from './hazard.ts'
import type { HistoryModel } from './history-model.ts'
import { expectedMargin, fitMargin, marginInterval, marginLogLikelihood, simulateMargin } from './margin.ts'
import { mbgNbd } from './mbg-nbd.ts'
import { nextPurchaseWithin, silenceOf } from './next-purchase.ts'
import { fitParetoGgg, simulateParetoGgg } from './pareto-ggg.ts'
import { paretoGggAhead, paretoGggAlive } from './pareto-ggg-ahead.ts'
import { paretoGggLogLikelihood } from './pareto-ggg-likelihood.ts'
import { paretoNbd } from './pareto-nbd.ts'
import { fitParetoNbdOverTime, paretoNbdOverTime } from './pareto-nbd-over-time.ts'

export const questions = [
  'log-likelihood',
  'gradient and Hessian',
  'fit',
  'P(alive)',
  'expected of a new customer',
  'expected over a horizon',
  'distribution of counts',
  'discounted to infinity',
  'next purchase',
  'simulate',
] as const

export type Question = (typeof questions)[number]

// biome-ignore lint/suspicious/noExplicitAny: each model's own arguments
type Answer = ((...given: any[]) => unknown) | string

const ofHistory = <P>(model: HistoryModel<P>): Record<Question, Answer> => ({
  'log-likelihood': model.logLikelihood,
  'gradient and Hessian': model.fit,
  fit: model.fit,
  'P(alive)': model.probabilityAlive,
  'expected of a new customer': model.expectedTransactions,
  'expected over a horizon': model.conditionalExpectedTransactions,
  'distribution of counts': model.distribution,
  'discounted to infinity': model.discountedExpectedTransactions,
  'next purchase': (p: P, history: { x: number; tx: number; T: number }, chance: number) =>
    nextPurchaseWithin(silenceOf(model, p, history), chance),
  simulate: model.simulate,
})

const seen = 'leaving is seen, not told'
const renewals = 'payments come at set times'
const spend = 'a model of the value of a purchase, not of their number'

export const modelMatrix: Record<string, Record<Question, Answer>> = {
  'bg-nbd': ofHistory(bgNbd),
  'mbg-nbd': ofHistory(mbgNbd),
  'pareto-nbd': ofHistory(paretoNbd),
  'bg-cnbd-k': ofHistory(bgCnbdK),
  'mbg-cnbd-k': ofHistory(mbgCnbdK),
  'pareto-nbd over time': {
    'log-likelihood': paretoNbdOverTime,
    'gradient and Hessian': fitParetoNbdOverTime,
    fit: fitParetoNbdOverTime,
    'P(alive)': paretoNbdOverTime,
    'expected of a new customer': paretoNbdOverTime,
    'expected over a horizon': paretoNbdOverTime,
    'distribution of counts': paretoNbdOverTime,
    'discounted to infinity': 'covariates end; discounted over a horizon by paretoNbdOverTime',
    'next purchase': 'by nextPurchaseWithin on its distribution',
    simulate: paretoNbdOverTime,
  },
  'pareto-ggg': {
    'log-likelihood': paretoGggLogLikelihood,
    'gradient and Hessian': 'estimated by sampling',
    fit: fitParetoGgg,
    'P(alive)': paretoGggAlive,
    'expected of a new customer': (p, t: number) => paretoGggAhead(createRandom(1), p, { x: 0, tx: 0, T: 0, logIntervals: 0 }, t).expected,
    'expected over a horizon': paretoGggAhead,
    'distribution of counts': paretoGggAhead,
    'discounted to infinity': (p, delta: number, history) => paretoGggAhead(createRandom(1), p, history, 20 / delta, { delta }).discounted,
    'next purchase': paretoGggAhead,
    simulate: simulateParetoGgg,
  },
  'bg-bb': {
    'log-likelihood': bgBbLogLikelihoodAt,
    'gradient and Hessian': fitBgBb,
    fit: fitBgBb,
    'P(alive)': bgBbAlive,
    'expected of a new customer': bgBbExpected,
    'expected over a horizon': bgBbConditional,
    'distribution of counts': bgBbDistribution,
    'discounted to infinity': bgBbDert,
    'next purchase': (p, history: { x: number; tx: number; n: number }, chance: number) =>
      Math.ceil(nextPurchaseWithin((t) => bgBbDistribution(p, Math.ceil(t), history)[0]!, chance, 4000) - 1e-6),
    simulate: simulateBgBb,
  },
  sbg: ofRetention(2),
  bdw: ofRetention(3),
  hazard: {
    'log-likelihood': hazardLogLikelihood,
    'gradient and Hessian': hazardLogLikelihood,
    fit: fitHazard,
    'P(alive)': seen,
    'expected of a new customer': hazardLifetime,
    'expected over a horizon': hazardSurvival,
    'distribution of counts': hazardSurvival,
    'discounted to infinity': hazardLifetime,
    'next purchase': renewals,
    simulate: simulateHazard,
  },
  'gamma-gamma': {
    'log-likelihood': gammaGammaLogLikelihoodAt,
    'gradient and Hessian': fitGammaGamma,
    fit: fitGammaGamma,
    'P(alive)': spend,
    'expected of a new customer': (p) => expectedSpend(p, 0, 0),
    'expected over a horizon': expectedSpend,
    'distribution of counts': spendQuantile,
    'discounted to infinity': spend,
    'next purchase': spendQuantile,
    simulate: simulateSpend,
  },
  'normal-margin': {
    'log-likelihood': marginLogLikelihood,
    'gradient and Hessian': marginLogLikelihood,
    fit: fitMargin,
    'P(alive)': spend,
    'expected of a new customer': (p) => expectedMargin(p, 0, 0),
    'expected over a horizon': expectedMargin,
    'distribution of counts': marginInterval,
    'discounted to infinity': spend,
    'next purchase': marginInterval,
    simulate: simulateMargin,
  },
}

function ofRetention(free: 2 | 3): Record<Question, Answer> {
  return {
    'log-likelihood': retentionLogLikelihoodAt,
    'gradient and Hessian': (cells) => fitRetention(free === 2 ? 'sbg' : 'bdw', cells, free),
    fit: (cells) => fitRetention(free === 2 ? 'sbg' : 'bdw', cells, free),
    'P(alive)': seen,
    'expected of a new customer': (p, d: number) => residualLifetime(p, d, 0),
    'expected over a horizon': retentionRate,
    'distribution of counts': logSurvival,
    'discounted to infinity': residualLifetime,
    'next purchase': renewals,
    simulate: simulateRetention,
  }
}
