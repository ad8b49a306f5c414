/** A hidden Markov model of purchasing on weighted distinct sequences: likelihood, filtered and smoothed states. */
import { AppError } from '../../shared/errors.ts'

/**
 * Equal sequences as one row with a weight. Symbols of row i stand at `symbols[offsets[i]] .. symbols[offsets[i + 1] - 1]`, oldest first;
 * `start[i]` names the group whose initial distribution it begins with (0 where there is only one).
 */
export interface SequenceCells {
  symbols: Uint8Array
  offsets: Uint32Array
  weight: Float64Array
  start: Uint8Array
  /** Level of the covariate at each symbol: which transition matrix led into that period. All 0 when left out. */
  levels?: Uint8Array
}

/** K states, M symbols, G groups of starts. Matrices in row order. */
export interface HiddenMarkov {
  states: number
  symbols: number
  /** pi: G by K. */
  initial: Float64Array
  /** Q: K by K, from row to column; one such matrix for each level of the covariate, one after the other. */
  transition: Float64Array
  /** P(symbol | state): K by M. */
  emission: Float64Array
}

interface PlainSequence {
  symbols: readonly number[]
  weight?: number
  start?: number
  levels?: readonly number[]
}

/** Cells from plain sequences; equal ones are put together, in order of first appearance. */
export function sequenceCells(sequences: readonly PlainSequence[]): SequenceCells {
  const found = new Map<string, Required<PlainSequence>>()
  for (const { symbols, weight = 1, start = 0, levels = [] } of sequences) {
    const key = `${start}:${symbols.join(',')}:${levels.join(',')}`
    const there = found.get(key)
    if (there) there.weight += weight
    else found.set(key, { symbols, weight, start, levels })
  }
  const cells = [...found.values()]
  const offsets = new Uint32Array(cells.length + 1)
  cells.forEach((cell, i) => {
    offsets[i + 1] = offsets[i]! + cell.symbols.length
  })
  const symbols = new Uint8Array(offsets[cells.length]!)
  cells.forEach((cell, i) => {
    symbols.set(cell.symbols, offsets[i]!)
  })
  const levels = new Uint8Array(symbols.length)
  cells.forEach((cell, i) => {
    levels.set(cell.levels, offsets[i]!)
  })
  return {
    symbols,
    offsets,
    weight: Float64Array.from(cells, (cell) => cell.weight),
    start: Uint8Array.from(cells, (cell) => cell.start),
    ...(cells.some((cell) => cell.levels.length > 0) ? { levels } : {}),
  }
}

/** Refuses cells that the model cannot read. */
export function checkCells({ symbols, offsets, weight, start }: SequenceCells, alphabet: number, groups: number): void {
  if (weight.length === 0) throw new AppError('relationship.sequences', 'there is no sequence of periods to learn from')
  for (let i = 0; i < weight.length; i++) {
    if (!(offsets[i + 1]! > offsets[i]!)) throw new AppError('relationship.sequences', `sequence ${i + 1} has no period`)
    if (!(weight[i]! > 0)) throw new AppError('relationship.sequences', `the weight of sequence ${i + 1} must be above 0; got ${weight[i]}`)
    if (!(start[i]! < groups))
      throw new AppError('relationship.sequences', `sequence ${i + 1} begins in group ${start[i]}; there are ${groups}`)
  }
  for (let t = 0; t < symbols.length; t++)
    if (!(symbols[t]! < alphabet))
      throw new AppError('relationship.sequences', `symbol ${symbols[t]} does not exist; there are ${alphabet}`)
}

/**
 * Forward pass of one sequence, scaled at each period so that long ones do not underflow (Rabiner 1989, section V.A):
 * a_1 = pi o e(y_1), a_t = (a_(t-1) Q) o e(y_t), each divided by its sum c_t. Writes the filtered states of every period to `filtered`
 * (length x K) and the c_t to `scale`; returns ln L = sum ln c_t.
 */
export function forward(
  { states: K, symbols: M, initial, transition, emission }: HiddenMarkov,
  { symbols, offsets, start, levels }: SequenceCells,
  cell: number,
  filtered: Float64Array,
  scale: Float64Array,
): number {
  const from = offsets[cell]!
  const to = offsets[cell + 1]!
  const group = start[cell]!
  let logLikelihood = 0
  for (let t = from; t < to; t++) {
    const level = levels ? levels[t]! * K * K : 0
    const at = (t - from) * K
    const symbol = symbols[t]!
    let total = 0
    for (let j = 0; j < K; j++) {
      let mass = 0
      if (t === from) mass = initial[group * K + j]!
      else for (let i = 0; i < K; i++) mass += filtered[at - K + i]! * transition[level + i * K + j]!
      mass *= emission[j * M + symbol]!
      filtered[at + j] = mass
      total += mass
    }
    scale[t - from] = total
    if (!(total > 0)) return -Infinity
    for (let j = 0; j < K; j++) filtered[at + j]! /= total
    logLikelihood += Math.log(total)
  }
  return logLikelihood
}

/** ln L of all cells: sum of weight x ln L of each. */
export function logLikelihood(model: HiddenMarkov, cells: SequenceCells): number {
  const longest = longestOf(cells)
  const filtered = new Float64Array(longest * model.states)
  const scale = new Float64Array(longest)
  let total = 0
  for (let i = 0; i < cells.weight.length; i++) total += cells.weight[i]! * forward(model, cells, i, filtered, scale)
  return total
}

export function longestOf({ offsets }: SequenceCells): number {
  let longest = 0
  for (let i = 1; i < offsets.length; i++) longest = Math.max(longest, offsets[i]! - offsets[i - 1]!)
  return longest
}

/**
 * Filtered states of every period of every cell: P(state at t | purchases up to t). What decisions may use: no period knows a later one.
 * Laid out as the symbols: period t of the cells at `[t * K .. t * K + K - 1]`.
 */
export function filteredStates(model: HiddenMarkov, cells: SequenceCells): Float64Array {
  const K = model.states
  const result = new Float64Array(cells.symbols.length * K)
  const longest = longestOf(cells)
  const filtered = new Float64Array(longest * K)
  const scale = new Float64Array(longest)
  for (let i = 0; i < cells.weight.length; i++) {
    const from = cells.offsets[i]!
    const to = cells.offsets[i + 1]!
    forward(model, cells, i, filtered, scale)
    result.set(filtered.subarray(0, (to - from) * K), from * K)
  }
  return result
}

/** Chance of each symbol in the next period, given the filtered states now. */
export function nextSymbols({ states: K, symbols: M, transition, emission }: HiddenMarkov, filtered: ArrayLike<number>): Float64Array {
  const next = new Float64Array(M)
  for (let j = 0; j < K; j++) {
    let mass = 0
    for (let i = 0; i < K; i++) mass += filtered[i]! * transition[i * K + j]!
    for (let m = 0; m < M; m++) next[m]! += mass * emission[j * M + m]!
  }
  return next
}

/**
 * Chances of moving from each state when a covariate shifts them: an ordered logit with rising cut points,
 * P(to state j or lower) = logistic(cut_j - shift). Netzer, Lattin & Srinivasan (2008).
 */
export function orderedLogit(cuts: readonly number[], shift: number): number[] {
  for (let j = 1; j < cuts.length; j++)
    if (!(cuts[j]! > cuts[j - 1]!)) throw new AppError('relationship.cuts', `cut points must rise; got ${cuts.join(', ')}`)
  const below = [...cuts.map((cut) => 1 / (1 + Math.exp(shift - cut))), 1]
  return below.map((p, j) => p - (j > 0 ? below[j - 1]! : 0))
}
