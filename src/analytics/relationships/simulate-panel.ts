/** Panels of customers whose hidden states are known: for recovery, benchmarks and planning by simulation. */
import type { Random } from '../../math/random.ts'
import { type HiddenMarkov, type SequenceCells, sequenceCells } from './hidden-markov.ts'

/** So many customers over so many periods, as weighted cells; `level` names the covariate's level of a period. */
export function simulatePanel(
  { states: K, symbols: M, initial, transition, emission }: HiddenMarkov,
  customers: number,
  periods: number,
  random: Random,
  level?: (period: number) => number,
): SequenceCells {
  const draw = (weights: Float64Array, from: number, width: number): number => {
    let left = random.next()
    for (let j = 0; j < width - 1; j++) {
      left -= weights[from + j]!
      if (left < 0) return j
    }
    return width - 1
  }
  const levels = level ? Array.from({ length: periods }, (_, t) => level(t)) : undefined
  return sequenceCells(
    Array.from({ length: customers }, () => {
      let state = 0
      const symbols = Array.from({ length: periods }, (_, t) => {
        state = t === 0 ? draw(initial, 0, K) : draw(transition, (levels?.[t] ?? 0) * K * K + state * K, K)
        return draw(emission, state * M, M)
      })
      return { symbols, ...(levels ? { levels } : {}) }
    }),
  )
}
