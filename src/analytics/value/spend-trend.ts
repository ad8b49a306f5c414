/**
 * Does a customer's purchase grow or shrink with time? The slope within customers, so that it does not matter who came when:
 *
 *     slope = sum_ij (t_ij - t_i)(z_ij - z_i) / sum_ij (t_ij - t_i)^2,   t_i and z_i a customer's means
 *
 * with a standard error that lets purchases of one customer depend on each other (clustered by customer: Liang and Zeger 1986). Takes
 * negative values.
 */
import { gammaQ } from '../../math/incomplete.ts'

export interface SpendTrend {
  /** Change of a purchase's value in a year, in money. */
  perYear: number
  standardError: number
  /** The same over the mean value of a purchase. */
  share: number
  z: number
  p: number
  /** Customers with purchases at two times or more, who alone tell. */
  customers: number
}

/** @param customers for each, the times of purchases in years and their values */
export function spendTrend(customers: readonly { years: ArrayLike<number>; values: ArrayLike<number> }[]): SpendTrend | undefined {
  let [cross, squares, total, count] = [0, 0, 0, 0]
  const telling: { dt: number[]; dz: number[] }[] = []
  for (const { years, values } of customers) {
    const n = years.length
    let [t, z] = [0, 0]
    for (let j = 0; j < n; j++) {
      t += years[j]! / n
      z += values[j]! / n
      total += values[j]!
    }
    count += n
    const dt = Array.from(years, (year) => year - t)
    const dz = Array.from(values, (value) => value - z)
    if (!dt.some((d) => Math.abs(d) > 1e-12)) continue
    telling.push({ dt, dz })
    dt.forEach((d, j) => {
      cross += d * dz[j]!
      squares += d * d
    })
  }
  if (telling.length < 20 || !(squares > 0)) return undefined
  const slope = cross / squares
  const scores = telling.map(({ dt, dz }) => dt.reduce((sum, d, j) => sum + d * (dz[j]! - slope * d), 0))
  const correction = telling.length / (telling.length - 1)
  const standardError = Math.sqrt(correction * scores.reduce((sum, score) => sum + score * score, 0)) / squares
  const z = slope / standardError
  return { perYear: slope, standardError, share: slope / (total / count), z, p: gammaQ(0.5, (z * z) / 2), customers: telling.length }
}
