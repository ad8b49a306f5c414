/** Fitting the hidden Markov model: Baum-Welch from several starts, states ordered, their number chosen. */
import type { Random } from '../../math/random.ts'
import { AppError } from '../../shared/errors.ts'
import {
  checkCells,
  filteredStates,
  forward,
  type HiddenMarkov,
  logLikelihood,
  longestOf,
  nextSymbols,
  type SequenceCells,
} from './hidden-markov.ts'
import { fitOrderedLogit, type OrderedLogit } from './ordered-logit.ts'

export interface HiddenMarkovOptions {
  states: number
  /** Size of the alphabet M. */
  symbols: number
  /** Groups of starts, each with its own initial distribution; defaults to 1. */
  groups?: number
  /** What each symbol stands for, by which states are ordered; defaults to 0, 1, 2, ... */
  values?: readonly number[]
  /** Values z of the covariate at each level; with more than one the transitions follow an ordered logit in z. */
  covariate?: readonly number[]
  random: Random
  /** Defaults to 4: one spread evenly over the symbols, the others drawn. */
  starts?: number
  /** Defaults to 300. */
  maxIterations?: number
  /** Gain in ln L per customer below which it has converged; defaults to 1e-6. */
  tolerance?: number
  /** Weight of the Dirichlet prior on every probability, in customers; keeps them off zero. Defaults to 0.1. */
  prior?: number
  /** Distinct sequences beyond which the parameters are learned from a thinned sample; the likelihood is of all. Defaults to all. */
  mostCells?: number
}

export interface HiddenMarkovFit {
  status: 'converged' | 'stopped'
  model: HiddenMarkov
  /** Cut points and slope by state of origin, where there is a covariate. */
  logits?: OrderedLogit[]
  logLikelihood: number
  parameters: number
  /** -2 ln L + parameters x ln(customers). */
  bic: number
  iterations: number
  customers: number
  cells: number
  /** How many of the starts came within a thousandth of a customer's ln L of the best. */
  reached: number
  starts: number
  /** Mean of the symbols' values in each state, rising. */
  means: number[]
}

/** Fits K states; throws AppError on cells that cannot be read. */
export function fitHiddenMarkov(cells: SequenceCells, options: HiddenMarkovOptions): HiddenMarkovFit {
  const {
    states: K,
    symbols: M,
    groups = 1,
    random,
    starts = 4,
    maxIterations = 300,
    tolerance = 1e-6,
    prior = 0.1,
    mostCells = Infinity,
  } = options
  if (!(Number.isInteger(K) && K >= 1 && K <= 12))
    throw new AppError('relationship.states', `the number of states must be from 1 to 12; got ${K}`)
  checkCells(cells, M, groups)
  const levels = options.covariate?.length ?? 1
  const values = options.values ?? Array.from({ length: M }, (_, m) => m)
  const customers = cells.weight.reduce((sum, w) => sum + w, 0)
  const shares = symbolShares(cells, M)
  // Starts race over a few iterations on a thinned sample; the best runs to the end on all.
  const sample = thin(cells, 5_000)
  const runs = Array.from({ length: K === 1 ? 1 : starts }, (_, s) => {
    const model = startingModel(K, M, groups, levels, shares, s === 0 ? null : random.split(`start-${s}`))
    return { model, logLikelihood: run(sample, model, options.covariate, 15, 0, prior).logLikelihood }
  }).sort((a, b) => b.logLikelihood - a.logLikelihood)
  const { model } = runs[0]!
  // The prior and the tolerance are in customers, whom the thinned sample still stands for.
  const best = { model, ...run(thin(cells, mostCells), model, options.covariate, maxIterations, tolerance * customers, prior) }
  const logits = orderStates(best.model, values, best.logits)
  const parameters = groups * (K - 1) + (options.covariate ? K * K : K * (K - 1)) + K * (M - 1)
  const total = logLikelihood(best.model, cells)
  return {
    status: best.converged ? 'converged' : 'stopped',
    model: best.model,
    ...(logits ? { logits } : {}),
    logLikelihood: total,
    parameters,
    bic: -2 * total + parameters * Math.log(customers),
    iterations: best.iterations,
    customers,
    cells: cells.weight.length,
    reached: runs.filter((each) => runs[0]!.logLikelihood - each.logLikelihood <= 1e-3 * sample.weight.reduce((sum, w) => sum + w, 0))
      .length,
    starts: runs.length,
    means: meansOf(best.model, values),
  }
}

export const meansOf = ({ states: K, symbols: M, emission }: HiddenMarkov, values: readonly number[]): number[] =>
  Array.from({ length: K }, (_, k) => values.reduce((sum, value, m) => sum + value * emission[k * M + m]!, 0))

function symbolShares({ symbols, offsets, weight }: SequenceCells, M: number): Float64Array {
  const shares = new Float64Array(M)
  let total = 0
  for (let i = 0; i < weight.length; i++)
    for (let t = offsets[i]!; t < offsets[i + 1]!; t++) {
      shares[symbols[t]!]! += weight[i]!
      total += weight[i]!
    }
  return shares.map((share) => share / total)
}

/** The heaviest cells as they are and every n-th of the others, whose weights are scaled up to stand for all; all of them where they are few. */
function thin(cells: SequenceCells, most: number): SequenceCells {
  const count = cells.weight.length
  if (count <= most) return cells
  const heavy = Math.floor(most / 2)
  // Equal weights fall on one side by their place, so that the same cells are picked every time.
  const byWeight = Array.from(cells.weight.keys()).sort((a, b) => cells.weight[b]! - cells.weight[a]! || a - b)
  const light = byWeight.slice(heavy).sort((a, b) => a - b)
  const lightPicked = Array.from({ length: most - heavy }, (_, i) => light[Math.floor((i * light.length) / (most - heavy))]!)
  const weightOf = (picks: readonly number[]): number => picks.reduce((sum, cell) => sum + cells.weight[cell]!, 0)
  const scale = weightOf(light) / weightOf(lightPicked)
  const isLight = new Set(lightPicked)
  const picked = [...byWeight.slice(0, heavy), ...lightPicked].sort((a, b) => a - b)
  const offsets = new Uint32Array(most + 1)
  picked.forEach((cell, i) => {
    offsets[i + 1] = offsets[i]! + cells.offsets[cell + 1]! - cells.offsets[cell]!
  })
  const take = (from: Uint8Array): Uint8Array => {
    const made = new Uint8Array(offsets[most]!)
    picked.forEach((cell, i) => {
      made.set(from.subarray(cells.offsets[cell]!, cells.offsets[cell + 1]!), offsets[i]!)
    })
    return made
  }
  return {
    symbols: take(cells.symbols),
    offsets,
    weight: Float64Array.from(picked, (cell) => cells.weight[cell]! * (isLight.has(cell) ? scale : 1)),
    start: Uint8Array.from(picked, (cell) => cells.start[cell]!),
    ...(cells.levels ? { levels: take(cells.levels) } : {}),
  }
}

/** States spread evenly over the symbols that occur; `random` shakes all of it. */
function startingModel(K: number, M: number, G: number, L: number, shares: Float64Array, random: Random | null): HiddenMarkov {
  const shake = (): number => (random ? Math.exp(0.8 * random.normal()) : 1)
  const row = (weights: number[]): number[] => {
    const shaken = weights.map((weight) => weight * shake())
    const total = shaken.reduce((sum, weight) => sum + weight, 0)
    return shaken.map((weight) => weight / total)
  }
  // Centres at even steps of the square root, so that the many customers with few purchases are told apart too.
  const centre = (k: number): number => (K === 1 ? (M - 1) / 2 : (M - 1) * (k / (K - 1)) ** 1.5)
  const width = Math.max(0.6, (M - 1) / K)
  const transition = Array.from({ length: K }, (_, i) =>
    row(Array.from({ length: K }, (_, j) => (i === j ? 0.8 : 0.2 / Math.max(1, K - 1) / (1 + 0.5 * Math.abs(i - j))))),
  ).flat()
  return {
    states: K,
    symbols: M,
    initial: Float64Array.from(Array.from({ length: G }, () => row(Array.from({ length: K }, () => 1 / K))).flat()),
    transition: Float64Array.from(Array.from({ length: L }, () => transition).flat()),
    emission: Float64Array.from(
      Array.from({ length: K }, (_, k) =>
        row(Array.from({ length: M }, (_, m) => (shares[m]! + 0.01) * Math.exp(-((m - centre(k)) ** 2) / (2 * width * width)) + 1e-4)),
      ).flat(),
    ),
  }
}

interface Run {
  logLikelihood: number
  iterations: number
  converged: boolean
  logits?: OrderedLogit[]
}

/**
 * Baum-Welch in place: expected starts, moves and symbols, then their shares. Every two rounds a squared extrapolation of the logarithms
 * (Varadhan & Roland 2008) is tried and kept where it does not lose likelihood: EM alone crawls where states overlap.
 */
function run(
  cells: SequenceCells,
  model: HiddenMarkov,
  covariate: readonly number[] | undefined,
  maxIterations: number,
  tolerance: number,
  prior: number,
): Run {
  const { states: K, symbols: M } = model
  const sums: ExpectedCounts = {
    initial: new Float64Array(model.initial.length),
    transition: new Float64Array(model.transition.length),
    emission: new Float64Array(model.emission.length),
  }
  let logits: Run['logits']
  const step = (): number => {
    const value = expectedCounts(model, cells, sums)
    shareOut(sums.initial, model.initial, K, prior)
    shareOut(sums.emission, model.emission, M, prior)
    if (covariate && covariate.length > 1) {
      logits = Array.from({ length: K }, (_, from) => fitOrderedLogit(sums.transition, K, from, covariate, prior, logits?.[from]))
      logits.forEach((logit, from) => {
        logit.rows.forEach((row, level) => {
          model.transition.set(row, level * K * K + from * K)
        })
      })
    } else shareOut(sums.transition, model.transition, K, prior)
    return value
  }
  const parts: [Float64Array, number][] = [
    [model.initial, K],
    [model.transition, K],
    [model.emission, M],
  ]
  const keep = () => parts.map(([values]) => values.map((p) => Math.log(p)))
  const restore = (logs: Float64Array[]): void => {
    for (const [part, [values, width]] of parts.entries()) softmax(logs[part]!, values, width)
  }
  const made = (logLikelihood: number, iterations: number, converged: boolean): Run => ({
    logLikelihood,
    iterations,
    converged,
    ...(logits ? { logits } : {}),
  })
  for (let iterations = 0; ; ) {
    const zero = keep()
    const first = step()
    const one = keep()
    const second = step()
    iterations += 2
    if (second - first < tolerance) return made(second, iterations, true)
    if (iterations >= maxIterations) return made(second, iterations, false)
    const two = keep()
    let rr = 0
    let vv = 0
    zero.forEach((values, part) => {
      for (let i = 0; i < values.length; i++) {
        const r = one[part]![i]! - values[i]!
        const v = two[part]![i]! - one[part]![i]! - r
        rr += r * r
        vv += v * v
      }
    })
    const alpha = vv > 0 ? Math.min(-1, -Math.sqrt(rr / vv)) : -1
    if (alpha === -1) continue
    restore(
      zero.map((values, part) =>
        values.map((value, i) => {
          const r = one[part]![i]! - value
          const v = two[part]![i]! - one[part]![i]! - r
          return Math.max(-30, value - 2 * alpha * r + alpha * alpha * v)
        }),
      ),
    )
    const tried = step()
    iterations++
    if (!(tried >= second)) restore(two)
  }
}

function softmax(logs: Float64Array, into: Float64Array, width: number): void {
  for (let row = 0; row < logs.length; row += width) {
    const largest = Math.max(...logs.subarray(row, row + width))
    let total = 0
    for (let j = 0; j < width; j++) total += Math.exp(logs[row + j]! - largest)
    for (let j = 0; j < width; j++) into[row + j] = Math.exp(logs[row + j]! - largest) / total
  }
}

interface ExpectedCounts {
  initial: Float64Array
  transition: Float64Array
  emission: Float64Array
}

function shareOut(counts: Float64Array, into: Float64Array, width: number, prior: number): void {
  for (let row = 0; row < counts.length; row += width) {
    let total = 0
    for (let j = 0; j < width; j++) total += counts[row + j]! + prior
    for (let j = 0; j < width; j++) into[row + j] = (counts[row + j]! + prior) / total
  }
}

/** E-step over all cells: forward with scaling, then backward while the counts are added up. Returns ln L. */
export function expectedCounts(model: HiddenMarkov, cells: SequenceCells, into: ExpectedCounts): number {
  const { states: K, symbols: M, transition, emission } = model
  const { symbols, offsets, weight, start, levels } = cells
  into.initial.fill(0)
  into.transition.fill(0)
  into.emission.fill(0)
  const longest = longestOf(cells)
  const filtered = new Float64Array(longest * K)
  const scale = new Float64Array(longest)
  const beta = new Float64Array(K)
  const weighted = new Float64Array(K)
  let total = 0
  for (let cell = 0; cell < weight.length; cell++) {
    const w = weight[cell]!
    const from = offsets[cell]!
    const to = offsets[cell + 1]!
    total += w * forward(model, cells, cell, filtered, scale)
    beta.fill(1)
    for (let t = to - 1; t >= from; t--) {
      const at = (t - from) * K
      const symbol = symbols[t]!
      for (let j = 0; j < K; j++) into.emission[j * M + symbol]! += w * filtered[at + j]! * beta[j]!
      if (t === from) {
        const group = start[cell]! * K
        for (let j = 0; j < K; j++) into.initial[group + j]! += w * filtered[at + j]! * beta[j]!
        break
      }
      // beta of the period before: sum_j Q_ij e_j(y_t) beta_j / c_t; its parts are the expected moves.
      const level = levels ? levels[t]! * K * K : 0
      const c = scale[t - from]!
      for (let j = 0; j < K; j++) weighted[j] = (emission[j * M + symbol]! * beta[j]!) / c
      for (let i = 0; i < K; i++) {
        const row = level + i * K
        const mass = w * filtered[at - K + i]!
        let sum = 0
        for (let j = 0; j < K; j++) {
          const part = transition[row + j]! * weighted[j]!
          sum += part
          into.transition[row + j]! += mass * part
        }
        beta[i] = sum
      }
    }
  }
  return total
}

/** Puts states in the order of their emission means, so that a fit's first state always is the quietest. */
function orderStates(model: HiddenMarkov, values: readonly number[], logits: Run['logits']): Run['logits'] {
  const { states: K, symbols: M } = model
  const means = meansOf(model, values)
  const order = means.map((_, k) => k).sort((a, b) => means[a]! - means[b]! || a - b)
  const permute = (from: Float64Array, width: number, index: (row: number, column: number) => number): Float64Array =>
    Float64Array.from(from, (_, at) => from[index(Math.floor(at / width), at % width)]!)
  model.initial = permute(model.initial, K, (row, column) => row * K + order[column]!)
  model.transition = permute(model.transition, K, (row, column) => Math.floor(row / K) * K * K + order[row % K]! * K + order[column]!)
  model.emission = permute(model.emission, M, (row, column) => order[row]! * M + column)
  return logits && order.map((k) => logits[k]!)
}

export interface HeldOut {
  /** Customers with a period held out. */
  customers: number
  /** Mean ln P(symbol of the held-out period | periods before) per customer. */
  logScore: number
  /** The same when everybody is given the shares of the last period seen. */
  naive: number
}

/** Fits on all periods but the last of each sequence and tells the last: how many states does the next period want? */
export function holdOutLast(cells: SequenceCells, options: HiddenMarkovOptions): HeldOut | null {
  const keep = Array.from(cells.weight, (_, i) => i).filter((i) => cells.offsets[i + 1]! - cells.offsets[i]! >= 2)
  if (keep.length === 0) return null
  const level = (from: number, to: number) => (cells.levels ? { levels: Array.from(cells.levels.subarray(from, to)) } : {})
  const shorter: SequenceCells = packed(
    keep.map((i) => {
      const from = cells.offsets[i]!
      const to = cells.offsets[i + 1]! - 1
      return { symbols: cells.symbols.subarray(from, to), weight: cells.weight[i]!, start: cells.start[i]!, ...level(from, to) }
    }),
  )
  const { model } = fitHiddenMarkov(shorter, options)
  const K = model.states
  const filtered = filteredStates(model, shorter)
  const shares = new Float64Array(options.symbols)
  let customers = 0
  let logScore = 0
  keep.forEach((i, n) => {
    const w = cells.weight[i]!
    const end = shorter.offsets[n + 1]!
    const actual = cells.symbols[cells.offsets[i + 1]! - 1]!
    const chance = nextSymbols(model, filtered.subarray((end - 1) * K, end * K))[actual]!
    customers += w
    logScore += w * Math.log(Math.max(1e-12, chance))
    shares[actual]! += w
  })
  const naive = shares.reduce((sum, count) => (count > 0 ? sum + count * Math.log(count / customers) : sum), 0)
  return { customers, logScore: logScore / customers, naive: naive / customers }
}

function packed(rows: { symbols: Uint8Array; weight: number; start: number; levels?: number[] }[]): SequenceCells {
  const offsets = new Uint32Array(rows.length + 1)
  rows.forEach((row, i) => {
    offsets[i + 1] = offsets[i]! + row.symbols.length
  })
  const symbols = new Uint8Array(offsets[rows.length]!)
  const levels = new Uint8Array(symbols.length)
  rows.forEach((row, i) => {
    symbols.set(row.symbols, offsets[i]!)
    if (row.levels) levels.set(row.levels, offsets[i]!)
  })
  return {
    symbols,
    offsets,
    weight: Float64Array.from(rows, (row) => row.weight),
    start: Uint8Array.from(rows, (row) => row.start),
    ...(rows.some((row) => row.levels) ? { levels } : {}),
  }
}
