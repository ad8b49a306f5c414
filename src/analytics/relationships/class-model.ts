/** How many levels of buying the sequences support: fits with two, three and four, judged by BIC and by a period held out. */
import type { Random } from '../../math/random.ts'
import { AppError } from '../../shared/errors.ts'
import type { SequenceCells } from './hidden-markov.ts'
import { fitHiddenMarkov, type HeldOut, type HiddenMarkovFit, holdOutLast } from './hidden-markov-fit.ts'

/** Symbols of the panel: 0, 1, 2, 3-4, 5-8, 9-16, 17-32, 33 and more orders, with what each stands for. */
export const levelOrders: readonly number[] = [0, 1, 2, 3.5, 6.5, 12.5, 24.5, 40]

export interface LevelTrial {
  states: number
  fit: HiddenMarkovFit
  heldOut: HeldOut | null
}

/** Distinct sequences from which levels of buying are learned; a million customers have hundreds of thousands, which say no more. */
const mostCells = 20_000

/** Fits each number of states; the one with the lowest BIC stands first in `best`. */
export function fitLevels(cells: SequenceCells, states: readonly number[], random: Random): { trials: LevelTrial[]; best: LevelTrial } {
  const options = { symbols: levelOrders.length, groups: 2, values: levelOrders, maxIterations: 150, tolerance: 1e-5, mostCells }
  const trials = states.map((K): LevelTrial => {
    const own = { ...options, states: K, random: random.split(`states-${K}`) }
    return { states: K, fit: fitHiddenMarkov(cells, own), heldOut: holdOutLast(cells, { ...own, starts: 1, maxIterations: 40 }) }
  })
  const best = trials.reduce((lowest, each) => (each.fit.bic < lowest.fit.bic ? each : lowest))
  return { trials, best }
}

/** Codes of digits, oldest first, as cells; `knownBefore` begin in their own group. */
export function cellsOfCodes(codes: readonly string[], weight: Float64Array, knownBefore: Float64Array): SequenceCells {
  const offsets = new Uint32Array(codes.length + 1)
  codes.forEach((code, i) => {
    offsets[i + 1] = offsets[i]! + code.length
  })
  const symbols = new Uint8Array(offsets[codes.length]!)
  codes.forEach((code, i) => {
    for (let t = 0; t < code.length; t++) {
      const symbol = code.charCodeAt(t) - 48
      if (!(symbol >= 0 && symbol < levelOrders.length))
        throw new AppError('relationship.code', `"${code}" is no code of levels`, { kind: 'internal' })
      symbols[offsets[i]! + t] = symbol
    }
  })
  return { symbols, offsets, weight, start: Uint8Array.from(knownBefore) }
}
