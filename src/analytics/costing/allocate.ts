/**
 * Splits an amount over weights so that the parts add up to it exactly (largest remainder, Hamilton's method).
 *
 * Each part is amount x weight / sum of weights, cut off toward zero; the units that are then left go one each to the largest remainders, ties to the
 * earlier place, so that the result depends on the order only where weights are equal.
 *
 * @param units the amount in its smallest unit (cents, or ten-thousandths of the currency); may be negative
 * @param weights at least one above zero, none below; in any unit
 * @returns one part a weight, in the same smallest unit; their sum is `units`
 * @throws RangeError when weights are negative, not finite or all zero
 */
export function allocate(units: bigint, weights: ArrayLike<number>): BigInt64Array {
  let total = 0
  for (let i = 0; i < weights.length; i++) {
    if (!(weights[i] >= 0 && weights[i] < Number.POSITIVE_INFINITY))
      throw new RangeError(`weight ${i + 1} must be a number from 0; got ${weights[i]}`)
    total += weights[i]
  }
  if (!(total > 0)) throw new RangeError('at least one weight must be above 0')
  const negative = units < 0n
  const amount = negative ? -units : units
  const parts = new BigInt64Array(weights.length)
  const remainders = new Float64Array(weights.length)
  let given = 0n
  for (let i = 0; i < weights.length; i++) {
    const [whole, rest] = share(amount, weights[i] / total)
    parts[i] = whole
    remainders[i] = rest
    given += whole
  }
  // Floats may give away a unit too many; it is taken back from the smallest remainders.
  let left = amount - given
  const order = Uint32Array.from(weights as ArrayLike<number>, (_, i) => i).sort((a, b) => remainders[b] - remainders[a] || a - b)
  for (let k = 0; left > 0n; k = (k + 1) % order.length) {
    if (weights[order[k]] > 0) {
      parts[order[k]] += 1n
      left--
    }
  }
  for (let k = order.length - 1; left < 0n; k = (k + order.length - 1) % order.length) {
    if (parts[order[k]] > 0n) {
      parts[order[k]] -= 1n
      left++
    }
  }
  if (negative) for (let i = 0; i < parts.length; i++) parts[i] = -parts[i]
  return parts
}

/** amount x fraction as whole units and remainder; in two steps, because a double holds 53 bits and an amount may hold more. */
function share(amount: bigint, fraction: number): [bigint, number] {
  const scale = 1n << 26n
  const high = amount / scale
  const low = amount % scale
  const first = Number(high) * fraction
  const wholeHigh = Math.floor(first)
  const rest = (first - wholeHigh) * Number(scale) + Number(low) * fraction
  const wholeLow = Math.floor(rest)
  return [BigInt(wholeHigh) * scale + BigInt(wholeLow), rest - wholeLow]
}
