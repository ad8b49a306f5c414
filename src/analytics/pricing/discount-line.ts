import { fitQuantileLine, weightedQuantile } from '../../math/quantile-regression.ts'
import type { Random } from '../../math/random.ts'
import type { DiscountLine } from './discount.sql.ts'

export interface Cells {
  /** ln(volume). */
  size: Float64Array
  /** Discount as a fraction. */
  given: Float64Array
  customers: Float64Array
}

export interface FittedLine extends DiscountLine {
  /** Part of the spread of discounts that volume explains (Koenker & Machado's R1). */
  explained: number
  /** What twice the volume is usually given more, and its 90 % interval. */
  perDoubling: { value: number; low: number; high: number }
  /** From the smallest to the largest ln(volume). */
  from: number
  to: number
  customers: number
}

/** Customers below which no line is drawn. */
const fewestCustomers = 20

const replicates = 60

/**
 * The usual discount as the median line of discount on ln(volume): outliers, which it is there to find, do not bend it. Its doubt comes from
 * customers drawn anew (Poisson weights), the spread around it from 1.4826 x the median absolute distance. Null with too few customers.
 */
export function fitDiscountLine({ size, given, customers }: Cells, random: Random): FittedLine | null {
  const count = customers.reduce((sum, one) => sum + one, 0)
  if (count < fewestCustomers) return null
  const centre = weightedQuantile(size, customers, 0.5)
  const x = size.map((value) => value - centre)
  const line = fitQuantileLine(x, given, customers)
  if (!line) return null
  const distances = given.map((value, i) => Math.abs(value - line.intercept - line.slope * x[i]!))
  // Where nearly all are given the same, half a per cent is still no difference to act on.
  const spread = Math.max(0.005, 1.4826 * weightedQuantile(distances, customers, 0.5))
  const drawn: { a: number; b: number }[] = []
  for (let i = 0; i < replicates; i++) {
    const again = fitQuantileLine(
      x,
      given,
      customers.map((weight) => random.poisson(weight)),
      0.5,
      30,
    )
    if (again) drawn.push({ a: again.intercept, b: again.slope })
  }
  const mean = (of: (one: { a: number; b: number }) => number) => drawn.reduce((sum, one) => sum + of(one), 0) / Math.max(1, drawn.length)
  const [meanA, meanB] = [mean(({ a }) => a), mean(({ b }) => b)]
  const varianceB = mean(({ b }) => (b - meanB) ** 2)
  const reach = 1.6449 * Math.sqrt(varianceB)
  return {
    a: line.intercept,
    b: line.slope,
    centre,
    spread,
    varianceA: mean(({ a }) => (a - meanA) ** 2),
    varianceB,
    covariance: mean(({ a, b }) => (a - meanA) * (b - meanB)),
    rises: line.slope - reach > 0,
    explained: line.explained,
    perDoubling: {
      value: line.slope * Math.LN2,
      low: (line.slope - reach) * Math.LN2,
      high: (line.slope + reach) * Math.LN2,
    },
    from: size.reduce((a, b) => Math.min(a, b)),
    to: size.reduce((a, b) => Math.max(a, b)),
    customers: count,
  }
}

/** Points of the line with its band, for drawing. */
export function linePoints(line: FittedLine, standsOut: number, points = 25) {
  return Array.from({ length: points }, (_, i) => {
    const size = line.from + ((line.to - line.from) * i) / (points - 1)
    const x = size - line.centre
    const usual = line.a + line.b * x
    const doubt = 1.6449 * Math.sqrt(Math.max(0, line.varianceA + 2 * line.covariance * x + line.varianceB * x * x))
    return { point: i + 1, volume: Math.exp(size), usual, low: usual - doubt, high: usual + doubt, limit: usual + standsOut * line.spread }
  })
}
