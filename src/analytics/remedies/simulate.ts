import type { Random } from '../../math/random.ts'
import { quantile } from '../../math/statistics.ts'
import type { Judged, Rule } from './rules.ts'

/**
 * What a remedy has to work on, a year, in money; the same for one customer or summed over many, because the value is linear in it.
 *
 * Cost that goes is held at its full, time-driven amount and at what is avoidable at once and later.
 */
export interface Leverage {
  /** Fees or price that the customer would pay if it went along to the full. */
  fee: number
  /** Cost that goes if it goes along to the full. */
  saved: Cost
  /** Cost that goes if it changes what it does. */
  adapted: Cost
  /** Price that it would pay more if it gave in half-way. */
  adaptedFee: number
  /** Margin that is at stake if it goes along (a part is lost, see marginLoss). */
  margin: number
  /** Margin that goes if it leaves. */
  lostMargin: number
  /** Cost that goes if it leaves. */
  lost: Cost
}

export interface Cost {
  full: number
  now: number
  later: number
}

export const noCost: Cost = { full: 0, now: 0, later: 0 }
export const noLeverage: Leverage = { fee: 0, saved: noCost, adapted: noCost, adaptedFee: 0, margin: 0, lostMargin: 0, lost: noCost }

const addCosts = (a: Cost, b: Cost): Cost => ({ full: a.full + b.full, now: a.now + b.now, later: a.later + b.later })

export const addLeverage = (a: Leverage, b: Leverage): Leverage => ({
  fee: a.fee + b.fee,
  saved: addCosts(a.saved, b.saved),
  adapted: addCosts(a.adapted, b.adapted),
  adaptedFee: a.adaptedFee + b.adaptedFee,
  margin: a.margin + b.margin,
  lostMargin: a.lostMargin + b.lostMargin,
  lost: addCosts(a.lost, b.lost),
})

/** One guess at everything that is judged. */
export interface Guess {
  accept: number
  adapt: number
  defect: number
  effect: number
  adaptEffect: number
  marginLoss: number
  /** How much of the avoidable cost is really given up, 1 as judged. */
  released: number
}

/** The most likely guess. */
export const likely = ({ accept, adapt, defect, effect, adaptEffect, marginLoss }: Rule): Guess => ({
  accept,
  adapt,
  defect,
  effect: effect.likely,
  adaptEffect: adaptEffect.likely,
  marginLoss: marginLoss.likely,
  released: 1,
})

/** Reactions are drawn as if they had been seen on this many customers. */
const reactionsSeen = 20

/** Guesses drawn from the judgements: triangular between low, likely and high; reactions Dirichlet. The same draws serve every customer of a remedy. */
export function drawGuesses(rule: Rule, random: Random, draws = 400): Guess[] {
  const rest = Math.max(0, 1 - rule.accept - rule.adapt - rule.defect)
  const reactions = [rule.accept, rule.adapt, rule.defect, rest]
  const possible = reactions.filter((share) => share > 0)
  return Array.from({ length: draws }, () => {
    const drawn = possible.length > 1 ? random.dirichlet(possible.map((share) => share * reactionsSeen)) : [1]
    let next = 0
    const [accept, adapt, defect] = reactions.map((share) => (share > 0 ? drawn[next++]! : 0))
    return {
      accept: accept!,
      adapt: adapt!,
      defect: defect!,
      effect: triangular(rule.effect, random.next()),
      adaptEffect: triangular(rule.adaptEffect, random.next()),
      marginLoss: triangular(rule.marginLoss, random.next()),
      released: triangular({ low: 0.75, likely: 1, high: 1.05 }, random.next()),
    }
  })
}

/** Inverse of the triangular distribution function. */
export function triangular({ low, likely: mode, high }: Judged, u: number): number {
  if (high <= low) return mode
  const cut = (mode - low) / (high - low)
  return u < cut ? low + Math.sqrt(u * (high - low) * (mode - low)) : high - Math.sqrt((1 - u) * (high - low) * (high - mode))
}

/** Money that goes of a cost at a point between at once (0) and later (1). */
export const avoidable = ({ now, later }: Cost, part: number): number => now + (later - now) * part

/**
 * Value a year of a remedy under one guess:
 *
 *   q_acc (e fee + w e a(saved) - l margin) + q_ada (e' fee' + w e' a(adapted)) + q_def (w a(lost) - lost margin)
 *
 * a: avoidable at the horizon, w: how much of it is really given up.
 */
export function valueUnder(guess: Guess, leverage: Leverage, part: number): number {
  const { fee, saved, adapted, adaptedFee, margin, lostMargin, lost } = leverage
  return (
    guess.accept * (guess.effect * (fee + guess.released * avoidable(saved, part)) - guess.marginLoss * margin) +
    guess.adapt * guess.adaptEffect * (adaptedFee + guess.released * avoidable(adapted, part)) +
    guess.defect * (guess.released * avoidable(lost, part) - lostMargin)
  )
}

/** Full cost of the volume that goes less what is avoidable: it stays although nobody needs it. */
export function strandedUnder(guess: Guess, { saved, adapted, lost }: Leverage, part: number): number {
  const stays = (cost: Cost) => cost.full - avoidable(cost, part)
  return guess.accept * guess.effect * stays(saved) + guess.adapt * guess.adaptEffect * stays(adapted) + guess.defect * stays(lost)
}

export interface Simulated {
  /** Mean over the guesses, less what it costs once. */
  value: number
  /** Nine in ten guesses lie between. */
  low: number
  high: number
  stranded: number
}

/** A remedy on what it has to work on, with the doubt of the judgements. */
export function simulate(guesses: readonly Guess[], leverage: Leverage, part: number, oneOff = 0): Simulated {
  const values = Float64Array.from(guesses, (guess) => valueUnder(guess, leverage, part) - oneOff)
  const mean = (of: Iterable<number>) => {
    let sum = 0
    for (const one of of) sum += one
    return sum / guesses.length
  }
  const [low, high] = quantile(values, [0.05, 0.95])
  return {
    value: mean(values),
    low: low!,
    high: high!,
    stranded: mean(guesses.map((guess) => strandedUnder(guess, leverage, part))),
  }
}
