/** What each factor of a product did to its change: exact, without residual. */

export interface Decomposition {
  /** In the order of the factors; they add up to the change of the product. */
  effects: number[]
  method: 'lmdi' | 'shapley'
}

/**
 * Splits the change of a product into one effect a factor. With positive factors by the logarithmic mean Divisia index,
 *
 *     d_k = L(P1, P0) ln(f1_k / f0_k),  L(a, b) = (a - b) / ln(a / b), L(a, a) = a;
 *
 * its logarithms do not exist where a factor is zero or negative (a loss), and then by the Shapley value: each factor's effect averaged
 * over all orders in which the factors could have changed. Both are exact and do not depend on the order of the factors.
 *
 * Ang (2005), "The LMDI approach to decomposition analysis: a practical guide", Energy Policy 33; Sun (1998), "Changes in energy
 * consumption and energy intensity: a complete decomposition model", Energy Economics 20.
 */
export function decomposeProduct(before: readonly number[], now: readonly number[]): Decomposition {
  if (before.length !== now.length) throw new RangeError(`as many factors before as now; got ${before.length} and ${now.length}`)
  const positive = [...before, ...now].every((factor) => factor > 0)
  return positive ? { effects: lmdi(before, now), method: 'lmdi' } : { effects: shapley(before, now), method: 'shapley' }
}

const product = (factors: readonly number[]): number => factors.reduce((all, factor) => all * factor, 1)

function lmdi(before: readonly number[], now: readonly number[]): number[] {
  const logs = before.map((factor, k) => Math.log(now[k]!) - Math.log(factor))
  const total = logs.reduce((sum, log) => sum + log, 0)
  const start = product(before)
  // (P1 - P0) / ln(P1/P0) = P0 (e^t - 1) / t: near t = 0 the difference itself would cancel, far from it the power overflows.
  const mean = total === 0 ? start : Math.abs(total) < 1 ? (start * Math.expm1(total)) / total : (product(now) - start) / total
  return logs.map((log) => mean * log)
}

/** The mean over subsets: factor k changes after the factors in S did, with weight |S|! (n - |S| - 1)! / n!. */
function shapley(before: readonly number[], now: readonly number[]): number[] {
  const n = before.length
  const factorial = (m: number): number => (m <= 1 ? 1 : m * factorial(m - 1))
  return before.map((_, k) => {
    let effect = 0
    for (let subset = 0; subset < 2 ** n; subset++) {
      if (subset & (1 << k)) continue
      let others = 1
      let size = 0
      for (let j = 0; j < n; j++) {
        if (j === k) continue
        const changed = (subset & (1 << j)) !== 0
        if (changed) size++
        others *= changed ? now[j]! : before[j]!
      }
      effect += ((factorial(size) * factorial(n - size - 1)) / factorial(n)) * others * (now[k]! - before[k]!)
    }
    return effect
  })
}
