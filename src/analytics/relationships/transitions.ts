/** Transition probabilities from counts, with their doubt, and whether one matrix is enough. */
import { betaQuantile, gammaQ } from '../../math/incomplete.ts'
import type { Random } from '../../math/random.ts'
import { AppError } from '../../shared/errors.ts'
import type { Matrix } from './chain.ts'

export interface TransitionEstimate {
  /** Posterior means: (n_ij + alpha_ij) / (n_i. + alpha_i.). */
  p: number[][]
  /** Ends of the central interval of each entry, whose posterior is Beta(n_ij + alpha_ij, rest of the row). */
  low: number[][]
  high: number[][]
  /** n_ij + alpha_ij: the Dirichlet of each row. */
  posterior: number[][]
  counts: number[][]
}

/**
 * Transition probabilities with a Dirichlet prior on each row.
 *
 *   p_ij = (n_ij + alpha_ij) / (n_i. + alpha_i.)
 *
 * @param prior one weight for every entry (default 0.5, Jeffreys), or a matrix of them
 * @param level mass of the interval; defaults to 0.9
 */
export function estimateTransitions(counts: Matrix, prior: number | Matrix = 0.5, level = 0.9): TransitionEstimate {
  checkCounts(counts)
  const posterior = counts.map((row, i) => row.map((n, j) => n + (typeof prior === 'number' ? prior : prior[i]![j]!)))
  const totals = posterior.map((row) => row.reduce((sum, a) => sum + a, 0))
  const tail = (1 - level) / 2
  const end = (probability: number) =>
    posterior.map((row, i) => row.map((a) => (a > 0 && totals[i]! > a ? betaQuantile(a, totals[i]! - a, probability) : a > 0 ? 1 : 0)))
  return {
    p: posterior.map((row, i) => row.map((a) => (totals[i]! > 0 ? a / totals[i]! : 1 / row.length))),
    low: end(tail),
    high: end(1 - tail),
    posterior,
    counts: counts.map((row) => [...row]),
  }
}

function checkCounts(counts: Matrix): void {
  counts.forEach((row, i) => {
    if (row.length !== counts.length)
      throw new AppError('relationship.counts', `row ${i + 1} of the counts has ${row.length} entries; ${counts.length} are needed`)
    for (const n of row)
      if (!(n >= 0 && Number.isFinite(n)))
        throw new AppError('relationship.counts', `a count must be a number from 0; got ${n} in row ${i + 1}`)
  })
}

/** A segment's prior: as the matrix of all, with the weight of so many customers a row, so that small segments lean on the whole. */
export const pooledPrior = (all: Matrix, weight: number): number[][] => all.map((row) => row.map((p) => Math.max(1e-6, p * weight)))

/** One matrix from the posterior: each row a draw from its Dirichlet. */
export function drawTransitions(random: Random, posterior: Matrix): number[][] {
  return posterior.map((row) => Array.from(random.dirichlet(row)))
}

export interface LikelihoodRatioTest {
  /** 2 x (log-likelihood of the freer model - of the narrower). */
  statistic: number
  freedom: number
  pValue: number
  /** What was tested, and why nothing could be where `freedom` is 0. */
  reason: string
}

const logLikelihood = (row: readonly number[]): number => {
  const total = row.reduce((sum, n) => sum + n, 0)
  return row.reduce((sum, n) => (n > 0 ? sum + n * Math.log(n / total) : sum), 0)
}

const addRows = (rows: readonly (readonly number[])[]): number[] => rows[0]!.map((_, j) => rows.reduce((sum, row) => sum + row[j]!, 0))

const judged = (statistic: number, freedom: number, reason: string): LikelihoodRatioTest => {
  const size = Math.max(0, statistic)
  return { statistic: size, freedom, pValue: freedom > 0 ? gammaQ(freedom / 2, size / 2) : Number.NaN, reason }
}

/** Likelihood ratio of rows that each have their own probabilities against rows that share them; structural zeros cost no freedom. */
function compareRows(rows: readonly (readonly number[])[]): { statistic: number; freedom: number } {
  const used = rows.filter((row) => row.some((n) => n > 0))
  if (used.length < 2) return { statistic: 0, freedom: 0 }
  const together = addRows(used)
  const columns = together.filter((n) => n > 0).length
  const statistic = 2 * (used.reduce((sum, row) => sum + logLikelihood(row), 0) - logLikelihood(together))
  return { statistic, freedom: (used.length - 1) * (columns - 1) }
}

const total = (parts: { statistic: number; freedom: number }[]) =>
  parts.reduce((sum, part) => ({ statistic: sum.statistic + part.statistic, freedom: sum.freedom + part.freedom }), {
    statistic: 0,
    freedom: 0,
  })

/**
 * Is the chain the same in every period (or segment)? Likelihood ratio of one matrix each against one for all
 * (Anderson and Goodman 1957). Small p: it changes.
 */
export function stationarityTest(countsByPeriod: readonly Matrix[]): LikelihoodRatioTest {
  const states = countsByPeriod[0]?.length ?? 0
  const { statistic, freedom } = total(Array.from({ length: states }, (_, i) => compareRows(countsByPeriod.map((counts) => counts[i]!))))
  return judged(
    statistic,
    freedom,
    freedom > 0 ? 'one matrix for all periods against one each' : 'fewer than two periods with movements: nothing to compare',
  )
}

/**
 * Does it matter where a customer was before? Likelihood ratio of a second-order chain against a first-order one
 * (Anderson and Goodman 1957). Small p: it does.
 *
 * @param triples counts[before][from][to]
 */
export function orderTest(triples: readonly Matrix[]): LikelihoodRatioTest {
  const states = triples.length
  const { statistic, freedom } = total(Array.from({ length: states }, (_, from) => compareRows(triples.map((matrix) => matrix[from]!))))
  return judged(
    statistic,
    freedom,
    freedom > 0
      ? 'the class before last matters too, against the last class alone'
      : 'fewer than three periods in a row: nothing to compare',
  )
}
