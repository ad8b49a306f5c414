/** Sums over matched cells of one kind of price; see `priceSums`. */
export interface IndexSums {
  /** Amounts before and now: sum p0 q0, sum p1 q1. */
  m0: number
  m1: number
  /** sum p1 q0 and sum p0 q1. */
  old: number
  new: number
  /** sum p0 q0 ln(p1 / p0) and sum p1 q1 ln(p1 / p0). */
  t0: number
  t1: number
}

export interface Indices {
  laspeyres: number
  paasche: number
  fisher: number
  tornqvist: number
}

/**
 * Price indices on matched cells. Laspeyres sum p1 q0 / sum p0 q0; Paasche sum p1 q1 / sum p0 q1; Fisher their geometric mean; Törnqvist
 * exp(1/2 sum (s0 + s1) ln(p1 / p0)). Fisher and Törnqvist are superlative (Diewert 1976): they differ in the second order only, which is a
 * check. Null without amounts.
 */
export function priceIndices({ m0, m1, old, new: later, t0, t1 }: IndexSums): Indices | null {
  if (!(m0 > 0 && m1 > 0 && later > 0 && old > 0)) return null
  const laspeyres = old / m0
  const paasche = m1 / later
  return { laspeyres, paasche, fisher: Math.sqrt(laspeyres * paasche), tornqvist: Math.exp((t0 / m0 + t1 / m1) / 2) }
}

export interface MatchedCell {
  quantityBefore: number
  quantityNow: number
  priceBefore: number
  priceNow: number
}

/** The sums of cells given one by one, as the engine adds them. */
export function sumCells(cells: readonly MatchedCell[]): IndexSums {
  const sums: IndexSums = { m0: 0, m1: 0, old: 0, new: 0, t0: 0, t1: 0 }
  for (const { quantityBefore: q0, quantityNow: q1, priceBefore: p0, priceNow: p1 } of cells) {
    const change = Math.log(p1 / p0)
    sums.m0 += p0 * q0
    sums.m1 += p1 * q1
    sums.old += p1 * q0
    sums.new += p0 * q1
    sums.t0 += p0 * q0 * change
    sums.t1 += p1 * q1 * change
  }
  return sums
}
