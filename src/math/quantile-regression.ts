/**
 * A straight line through a quantile of y given x, y = a + b x: the weighted check loss
 *   sum w_i rho_t(y_i - a - b x_i),  rho_t(u) = u (t - 1[u < 0])
 * is least. t = 0.5 is the median line, which outliers hardly move. Koenker & Bassett, Econometrica 46 (1978), 33-50.
 *
 * For a fixed slope the best intercept is the weighted t-quantile of y - b x, and the loss left over is convex in b; so the search is over
 * one number, by golden section, and every step is exact. Deterministic.
 */
export interface QuantileLine {
  intercept: number
  slope: number
  /** The check loss at the optimum. */
  loss: number
  /** 1 - loss / loss of the best horizontal line (Koenker & Machado 1999): how much of the spread x explains. */
  explained: number
}

const golden = (Math.sqrt(5) - 1) / 2

/** Null where x does not vary or nothing has weight. */
export function fitQuantileLine(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  weights: ArrayLike<number>,
  t = 0.5,
  steps = 60,
): QuantileLine | null {
  const kept: number[] = []
  for (let i = 0; i < x.length; i++) if (weights[i]! > 0) kept.push(i)
  if (kept.length < 2) return null
  const xs = Float64Array.from(kept, (i) => x[i]!)
  const ys = Float64Array.from(kept, (i) => y[i]!)
  const ws = Float64Array.from(kept, (i) => weights[i]!)
  const [least, most] = [Math.min(...range(xs)), Math.max(...range(xs))]
  if (!(most > least)) return null
  const residuals = new Float64Array(xs.length)
  // A plain array keeps its order from slope to slope: sorting what is nearly sorted is quick there.
  const order = Array.from({ length: xs.length }, (_, i) => i)
  const at = (slope: number): { intercept: number; loss: number } => {
    for (let i = 0; i < xs.length; i++) residuals[i] = ys[i]! - slope * xs[i]!
    order.sort((i, j) => residuals[i]! - residuals[j]! || i - j)
    const intercept = quantileInOrder(residuals, ws, order, t)
    let loss = 0
    for (let i = 0; i < xs.length; i++) {
      const u = residuals[i]! - intercept
      loss += ws[i]! * u * (u < 0 ? t - 1 : t)
    }
    return { intercept, loss }
  }
  const flat = at(0)
  // A bracket: the loss rises at both ends.
  const scale = (spread(ys) || 1) / (most - least)
  let [low, high] = [-scale, scale]
  for (let i = 0; i < 60 && at(low).loss < at(low / 2).loss; i++) low *= 2
  for (let i = 0; i < 60 && at(high).loss < at(high / 2).loss; i++) high *= 2
  let [c, d] = [high - golden * (high - low), low + golden * (high - low)]
  let [lossC, lossD] = [at(c).loss, at(d).loss]
  for (let i = 0; i < steps; i++) {
    if (lossC <= lossD) {
      high = d
      ;[d, lossD] = [c, lossC]
      c = high - golden * (high - low)
      lossC = at(c).loss
    } else {
      low = c
      ;[c, lossC] = [d, lossD]
      d = low + golden * (high - low)
      lossD = at(d).loss
    }
  }
  const slope = (low + high) / 2
  const best = at(slope)
  return { ...best, slope, explained: flat.loss > 0 ? Math.max(0, 1 - best.loss / flat.loss) : 0 }
}

/** The weighted quantile: the least value up to which at least t of the weight lies. */
export function weightedQuantile(values: ArrayLike<number>, weights: ArrayLike<number>, t: number): number {
  const order = Uint32Array.from({ length: values.length }, (_, i) => i).sort((i, j) => values[i]! - values[j]! || i - j)
  return quantileInOrder(values, weights, order, t)
}

function quantileInOrder(values: ArrayLike<number>, weights: ArrayLike<number>, order: ArrayLike<number>, t: number): number {
  let total = 0
  for (let i = 0; i < weights.length; i++) total += weights[i]!
  let reached = 0
  for (let i = 0; i < order.length; i++) {
    reached += weights[order[i]!]!
    if (reached >= t * total) return values[order[i]!]!
  }
  return values.length > 0 ? values[order[order.length - 1]!]! : Number.NaN
}

function range(values: Float64Array): [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const value of values) {
    if (value < low) low = value
    if (value > high) high = value
  }
  return [low, high]
}

const spread = (values: Float64Array): number => {
  const [low, high] = range(values)
  return high - low
}
