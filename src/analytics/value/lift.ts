/** How a model ranks and how its chances hold: tenths of the customers by expectation, and bands of the chance to buy. */

export interface TrialCells {
  weight: Float64Array
  /** Purchases after the calibration, of all customers of the cell. */
  later: Float64Array
  /** Customers of the cell who bought at all after it. */
  buyers: Float64Array
}

/** What the model told of one customer of each cell. */
export interface Told {
  expected: Float64Array
  /** Chance of no purchase. */
  none: Float64Array
}

export interface LiftGroup {
  /** 1 the customers with the most expected purchases (or, of bands, the highest chance) to 10. */
  tenth: number
  customers: number
  expected: number
  actual: number
  expectedBuyers: number
  buyers: number
}

const emptyGroup = (tenth: number): LiftGroup => ({ tenth, customers: 0, expected: 0, actual: 0, expectedBuyers: 0, buyers: 0 })

function add(group: LiftGroup, cells: TrialCells, told: Told, i: number): void {
  group.customers += cells.weight[i]!
  group.expected += cells.weight[i]! * told.expected[i]!
  group.actual += cells.later[i]!
  group.expectedBuyers += cells.weight[i]! * (1 - told.none[i]!)
  group.buyers += cells.buyers[i]!
}

/** Tenths of the customers by expected purchases; customers of equal history stay together, in the tenth of the middle one. */
export function liftByExpectation(cells: TrialCells, told: Told): LiftGroup[] {
  const order = Uint32Array.from(cells.weight.keys()).sort((i, j) => told.expected[j]! - told.expected[i]! || i - j)
  const total = cells.weight.reduce((sum, weight) => sum + weight, 0)
  const groups = Array.from({ length: 10 }, (_, i) => emptyGroup(i + 1))
  let before = 0
  for (const i of order) {
    const middle = (before + cells.weight[i]! / 2) / total
    add(groups[Math.min(9, Math.floor(10 * middle))]!, cells, told, i)
    before += cells.weight[i]!
  }
  return groups.filter(({ customers }) => customers > 0)
}

/** Bands of ten points of the chance to buy: 1 is 90 to 100 %. */
export function liftByChance(cells: TrialCells, told: Told): LiftGroup[] {
  const groups = Array.from({ length: 10 }, (_, i) => emptyGroup(i + 1))
  for (let i = 0; i < cells.weight.length; i++) add(groups[9 - Math.min(9, Math.floor(10 * (1 - told.none[i]!)))]!, cells, told, i)
  return groups.filter(({ customers }) => customers > 0)
}

export interface ChanceScore {
  /** Mean over customers of -ln of the chance that was given to what came: buys or does not. 0 is best. */
  logLoss: number
  /** Mean squared gap between the chance to buy and what came; 0 is best. */
  brier: number
  /** The same were everybody given the share who bought: what a model must beat. */
  baseLogLoss: number
}

/** Scores of the chance to buy (both proper: the true chance scores best). Chances are kept off 0 and 1 by 1e-6. */
export function scoreChances(cells: TrialCells, { none }: Told): ChanceScore {
  let [customers, buyers, log, brier] = [0, 0, 0, 0]
  for (let i = 0; i < cells.weight.length; i++) {
    const p = Math.min(1 - 1e-6, Math.max(1e-6, 1 - none[i]!))
    const [yes, no] = [cells.buyers[i]!, cells.weight[i]! - cells.buyers[i]!]
    customers += yes + no
    buyers += yes
    log += yes * Math.log(p) + no * Math.log1p(-p)
    brier += yes * (1 - p) ** 2 + no * p * p
  }
  const share = buyers / customers
  const entropy = (p: number): number => (p > 0 ? p * Math.log(p) : 0)
  return { logLoss: -log / customers, brier: brier / customers, baseLogLoss: -entropy(share) - entropy(1 - share) }
}
