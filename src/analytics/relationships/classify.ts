/** From levels of buying and scores to the class of a customer, period by period. */
import { relationshipClasses } from './contract.ts'
import type { HiddenMarkov } from './hidden-markov.ts'

/** Scores of a customer, 0 to 1 each; undefined where nobody gave one. */
export interface ClassScores {
  trust?: number | undefined
  /** Share of wallet. */
  wallet?: number | undefined
  commitment?: number | undefined
  customisation?: number | undefined
}

/** Chance of no order in a period from which the lowest level of buying counts as lapsed. */
const dormant = 0.7

/** Chance of staying from which a level is one of its own: what passes within a period or two is noise, not a relationship. */
const lasting = 0.5

/**
 * For which class each hidden level speaks where only behaviour is known. The lowest is that of strangers if hardly anybody on it buys; of
 * the others the lowest is that of acquaintances, the highest of three or more that of partners, those between of friends. A level on which
 * customers do not stay speaks for the class below.
 */
export function classesOfStates({ states: K, emission, transition }: HiddenMarkov): number[] {
  const first = emission[0]! >= dormant ? 1 : 0
  const lasts = (k: number): boolean => k === first || transition[k * K + k]! >= lasting
  const active = Array.from({ length: K }, (_, k) => k).filter((k) => k >= first && lasts(k))
  const result: number[] = []
  for (let k = 0; k < K; k++) {
    const place = active.indexOf(k)
    if (k < first) result.push(0)
    else if (place < 0) result.push(Math.max(1, result[k - 1]!))
    else result.push(place === 0 ? 1 : active.length >= 3 && place === active.length - 1 ? 3 : 2)
  }
  return result
}

/** Chance that the true score is at least `threshold` when `score` was measured; scores of a few items are known to about 0.08. */
const atLeast = (score: number, threshold: number): number => 1 / (1 + Math.exp((threshold - score) / 0.08))

/**
 * Chances of the four classes. Behaviour tells whether the customer is active; of those who are, trust makes a friend, and commitment and
 * customisation a partner. Where a score is missing, behaviour speaks in its place, so that no class is ruled out by a missing survey.
 *
 *   partner      = active x P(trust >= .6) x P(commitment >= .6) P(customisation >= .5)
 *   friend       = active x P(trust >= .6) x (1 - P(committed)) x P(share of wallet >= .4)
 *   acquaintance = active - partner - friend
 *
 * @param behaviour chances of stranger, acquaintance, friend, partner from behaviour alone
 */
export function combine(behaviour: readonly number[], { trust, wallet, commitment, customisation }: ClassScores): number[] {
  const [stranger, , friend, partner] = behaviour as [number, number, number, number]
  const active = 1 - stranger
  if (!(active > 0)) return [1, 0, 0, 0]
  const close = friend + partner
  const trusts = trust === undefined ? Math.min(1, close / active) : atLeast(trust, 0.6)
  const given = [
    commitment === undefined ? undefined : atLeast(commitment, 0.6),
    customisation === undefined ? undefined : atLeast(customisation, 0.5),
  ]
  const known = given.filter((p) => p !== undefined)
  const committed = known.length > 0 ? known.reduce((product, p) => product * p, 1) : close > 0 ? partner / close : 0
  const isPartner = active * trusts * committed
  const isFriend = active * trusts * (1 - committed) * (wallet === undefined ? 1 : atLeast(wallet, 0.4))
  return [stranger, Math.max(0, active - isPartner - isFriend), isFriend, isPartner]
}

export interface ClassPath {
  /** Index of the class at the end of each period. */
  path: number[]
  /** Chances of the classes at the end of the last period. */
  last: number[]
}

/**
 * Classes period by period from filtered levels. The likeliest class counts, with hysteresis: moving up beyond acquaintance and lapsing need
 * two periods in a row, falling to a looser class one. A customer who is new begins as an acquaintance; a lapsed one who buys again is one at once.
 *
 * @param filtered filtered states of the sequence, length x K
 * @param fresh whether the first period is that of the first purchase
 */
export function classPath(filtered: ArrayLike<number>, stateClasses: readonly number[], scores: ClassScores, fresh: boolean): ClassPath {
  const K = stateClasses.length
  const periods = filtered.length / K
  const path: number[] = []
  let last = [0, 0, 0, 0]
  let before = -1
  for (let t = 0; t < periods; t++) {
    const behaviour = [0, 0, 0, 0]
    for (let k = 0; k < K; k++) behaviour[stateClasses[k]!]! += filtered[t * K + k]!
    last = combine(behaviour, scores)
    const wanted = last.indexOf(Math.max(...last))
    const now = path[t - 1]
    let kept: number
    if (now === undefined) kept = fresh ? 1 : wanted
    else if (wanted === 0 && before !== 0) kept = Math.min(now, 1)
    else if (wanted <= now) kept = wanted
    else kept = Math.max(now, 1, Math.min(wanted, before))
    path.push(kept)
    before = wanted
  }
  return { path, last }
}

/** Classes of a path as letters, oldest first: `AAFS`. */
export const letters = (path: readonly number[]): string => path.map((c) => 'SAFP'[c]!).join('')

export const classOfLetter = (letter: string): string => relationshipClasses['SAFP'.indexOf(letter)] ?? 'new'
