import { type Programme, type ProgrammeSolver, Rows } from '../../math/programme.ts'
import { AppError } from '../../shared/errors.ts'

/**
 * Cash flows of parts of the portfolio over the same periods: `flows[i][t]` of part i in period t, per unit of weight.
 * Variability, co-movement and mix after Tarasi, Bolton, Hutt & Walker (2011, Journal of Marketing 75).
 */
export interface CashFlows {
  names: string[]
  flows: number[][]
}

export interface Covariance {
  means: Float64Array
  /** Sample covariance (n - 1), row order. */
  sample: Float64Array
  /** Covariances shrunk towards none, variances as they are, so that few periods do not pretend to know every pair. */
  shrunk: Float64Array
  /** Part of the target in the shrunk matrix, 0 to 1; near 1 means the periods say little about co-movement. */
  shrinkage: number
}

/**
 * Means and covariances of cash flows, with linear shrinkage (Ledoit & Wolf 2004) towards the diagonal: the target of unequal variances of Schäfer & Strimmer
 * (2005, Statistical Applications in Genetics and Molecular Biology 4).
 *
 * @throws AppError `risk-periods` with fewer than three periods or parts of different length.
 */
export function covariances({ names, flows }: CashFlows): Covariance {
  const n = flows.length
  const periods = flows[0]?.length ?? 0
  if (periods < 3)
    throw new AppError('risk-periods', `variability needs at least three periods of cash flows; there are ${periods}`, {
      hint: 'Load orders over more periods.',
    })
  const ragged = flows.findIndex((flow) => flow.length !== periods || !flow.every(Number.isFinite))
  if (ragged >= 0)
    throw new AppError('risk-periods', `${names[ragged]} does not have a cash flow in each of the ${periods} periods`, {
      hint: 'Give zero where nothing was earned.',
    })
  const means = Float64Array.from(flows, (flow) => flow.reduce((sum, value) => sum + value, 0) / periods)
  const centred = flows.map((flow, i) => flow.map((value) => value - means[i]!))
  const product = (i: number, j: number) => centred[i]!.reduce((sum, value, t) => sum + value * centred[j]![t]!, 0)
  const sample = new Float64Array(n * n)
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) sample[i * n + j] = product(i, j) / (periods - 1)
  // The part of the squared covariances that noise alone would give; variances are left as they are.
  let noise = 0
  let seen = 0
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) {
      if (i === j) continue
      const mean = product(i, j) / periods
      let spread = 0
      for (let t = 0; t < periods; t++) spread += (centred[i]![t]! * centred[j]![t]! - mean) ** 2
      noise += (periods * spread) / (periods - 1) ** 3
      seen += sample[i * n + j]! ** 2
    }
  const shrinkage = seen > 0 ? Math.min(1, noise / seen) : 1
  const shrunk = sample.map((value, at) => (Math.floor(at / n) === at % n ? value : (1 - shrinkage) * value))
  return { means, sample, shrunk, shrinkage }
}

export interface PortfolioRisk {
  /** Expected cash flow of the portfolio a period. */
  mean: number
  /** Standard deviation of the portfolio's cash flow between periods. */
  deviation: number
  /** Cov(part, portfolio) / Var(portfolio): how much a part moves when the portfolio moves by one. Sum of weight times beta is 1. */
  betas: Float64Array
  /** Mean over beta, the reward on variability; null where beta is too near zero or below it for the ratio to mean anything. */
  rewards: (number | null)[]
  /** Deviation that the portfolio would have if all parts moved together, less what it has. */
  diversification: number
}

/** Variability of a weighted portfolio. With no variability at all betas are zero and rewards null. */
export function portfolioRisk(means: ArrayLike<number>, covariance: Float64Array, weights: ArrayLike<number>): PortfolioRisk {
  const n = weights.length
  const withPortfolio = new Float64Array(n)
  let variance = 0
  let mean = 0
  let together = 0
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) withPortfolio[i]! += covariance[i * n + j]! * weights[j]!
    variance += weights[i]! * withPortfolio[i]!
    mean += weights[i]! * means[i]!
    together += Math.abs(weights[i]!) * Math.sqrt(Math.max(0, covariance[i * n + i]!))
  }
  const deviation = Math.sqrt(Math.max(0, variance))
  const betas = withPortfolio.map((value) => (variance > 0 ? value / variance : 0))
  return {
    mean,
    deviation,
    betas,
    rewards: Array.from(betas, (beta, i) => (beta > 0.05 ? means[i]! / beta : null)),
    diversification: together - deviation,
  }
}

export interface EfficientMix {
  weights: Float64Array
  mean: number
  deviation: number
}

/**
 * The mix of least variability that earns at least `mean`, each weight within a part of today's: customers cannot be bought and sold freely.
 *
 * @param change largest part by which a weight may move from today's, such as 0.2.
 * @throws AppError `risk-mix` when no mix within the bounds earns that much.
 */
export async function efficientMix(
  means: Float64Array,
  covariance: Float64Array,
  today: Float64Array,
  change: number,
  mean: number,
  solver: ProgrammeSolver,
): Promise<EfficientMix> {
  const n = means.length
  const total = today.reduce((sum, weight) => sum + weight, 0)
  const rows = new Rows()
  rows.add(
    Array.from(today, (_, i): [number, number] => [i, 1]),
    total,
    total,
  )
  // Scaled to the size of the numbers, so that tolerances mean the same in any currency.
  const unit = Math.max(...means.map(Math.abs), 1e-300)
  // A goal that every mix within the bounds meets is left out: next to the row above it only confuses the solver.
  if (
    -mostWithin(
      means.map((value) => -value),
      today,
      change,
    ) < mean
  )
    rows.add(
      Array.from(means, (value, i): [number, number] => [i, value / unit]),
      mean / unit,
      Infinity,
    )
  const spread = Math.max(...covariance.map(Math.abs), 1e-300)
  const programme: Programme = {
    sense: 'minimise',
    objective: new Float64Array(n),
    lower: today.map((weight) => weight * (1 - change)),
    upper: today.map((weight) => weight * (1 + change)),
    hessian: covariance.map((value) => value / spread),
    ...rows.arrays(),
  }
  const { status, x } = await solver.solve(programme)
  if (status === 'infeasible')
    throw new AppError('risk-mix', `no mix within ${change * 100} % of today's earns ${mean} a period`, {
      hint: 'Ask for less, or allow more change.',
    })
  const { mean: earned, deviation } = portfolioRisk(means, covariance, x)
  return { weights: x, mean: earned, deviation }
}

/** From the steadiest mix within the bounds to the one that earns most, in equal steps of what it earns. */
export async function efficientFrontier(
  means: Float64Array,
  covariance: Float64Array,
  today: Float64Array,
  change: number,
  steps: number,
  solver: ProgrammeSolver,
): Promise<EfficientMix[]> {
  const steadiest = await efficientMix(means, covariance, today, change, -1e30 * Math.max(...means.map(Math.abs), 1e-300), solver)
  const richest = mostWithin(means, today, change)
  const mixes = [steadiest]
  // The steadiest may already be the one that earns most.
  if (!(richest - steadiest.mean > 1e-9 * Math.abs(richest))) return mixes
  for (let i = 1; i <= steps; i++) {
    // A hair below the most, where rounding would leave no mix at all.
    const mean = steadiest.mean + ((richest - steadiest.mean) * i * (1 - 1e-9)) / steps
    mixes.push(await efficientMix(means, covariance, today, change, mean, solver))
  }
  return mixes
}

/** The most that a mix within the bounds earns: weight moves from the parts that earn least to those that earn most. */
function mostWithin(means: Float64Array, today: Float64Array, change: number): number {
  const order = Array.from(means.keys()).sort((i, j) => means[j]! - means[i]!)
  const weights = today.map((weight) => weight * (1 - change))
  let free = today.reduce((sum, weight) => sum + weight, 0) * change
  for (const i of order) {
    const more = Math.min(free, 2 * change * today[i]!)
    weights[i]! += more
    free -= more
  }
  return weights.reduce((sum, weight, i) => sum + weight * means[i]!, 0)
}
