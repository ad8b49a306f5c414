import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import kanthal from '../../../test/golden/kanthal-shape.json' with { type: 'json' }
import golden from '../../../test/golden/whale.json' with { type: 'json' }
import { revenueConcentration } from './revenue-concentration.ts'
import { curveRanks, whaleIndices } from './whale.ts'

const descending = (values: readonly number[]) => Float64Array.from(values).sort().reverse()

/** The pass rule of the golden file: |actual - expected| <= tol x max(1, |expected|). */
const near = (actual: number, expected: number, tol: number) =>
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(tol * Math.max(1, Math.abs(expected)))

describe('golden numbers', () => {
  test('ten customers worked out by hand', () => {
    const { profit, revenue } = golden.input
    const { expected, tol } = golden
    const whale = whaleIndices(descending(profit))
    near(whale.peakRatio, expected.peak, tol)
    near(whale.peakPosition, expected.peak_x, tol)
    near(whale.area, expected.area, tol)
    near(whale.gap, expected.gap, tol)
    near(whale.stobachoff, expected.SI, tol)
    near(whale.gini, expected.gini_raw, tol)
    near(whale.giniNormalised, expected.gini_norm, tol)
    near(whale.subsidyRatio, expected.subsidy_ratio, tol)
    near(whale.shareUnprofitable, 0.3, tol)
    near(whale.dependence[3]!, 1, tol)
    // Without the top customer 80 are left of 200; the second would take them.
    near(whale.vulnerability[0]!, 120 / 200, tol)
    expect(whale.customersToZero).toBe(2)
    let sum = 0
    for (const [i, value] of profit.entries()) {
      sum += value
      near(sum / whale.total, expected.C[i]!, tol)
    }
    const concentration = revenueConcentration(descending(revenue))
    near(concentration.hhi, expected.hhi, tol)
    near(concentration.effectiveNumber, expected.n_eff, tol)
    near(concentration.ratios[0]!, 400 / 1760, tol)
  })

  test('20 % of customers bring 225 % where the middle comes out even and the last tenth loses 125 %', () => {
    const whale = whaleIndices(descending(kanthal.input.profit))
    near(whale.dependence[3]!, kanthal.expected.top_20, kanthal.tol)
    near(whale.peakRatio, kanthal.expected.peak, kanthal.tol)
    near(whale.peakPosition, kanthal.expected.peak_x, kanthal.tol)
    near(whale.shareUnprofitable, kanthal.expected.share_unprofitable, kanthal.tol)
    near(whale.subsidyRatio, kanthal.expected.subsidy_ratio, kanthal.tol)
  })
})

describe('properties', () => {
  const money = fc.integer({ min: -100_000, max: 100_000 })
  const profits = fc.array(money, { minLength: 10, maxLength: 200 }).filter((values) => {
    const gains = values.reduce((sum, value) => sum + Math.max(0, value), 0)
    return values.reduce((sum, value) => sum + value, 0) > 0.02 * gains && gains > 0
  })

  test('the raw Gini coefficient by its own definition is twice the gap', () => {
    fc.assert(
      fc.property(profits, (values) => {
        const ascending = Float64Array.from(values).sort()
        const n = values.length
        const total = values.reduce((sum, value) => sum + value, 0)
        const byRanks = (2 * ascending.reduce((sum, value, i) => sum + (i + 1) * value, 0)) / (n * total) - (n + 1) / n
        near(whaleIndices(descending(values)).gini, byRanks, 1e-9)
      }),
    )
  })

  test('the normalised Gini coefficient is the mean difference of all pairs', () => {
    fc.assert(
      fc.property(
        fc.array(money, { minLength: 10, maxLength: 60 }).filter((values) => values.some((value) => value !== 0)),
        (values) => {
          let pairs = 0
          for (const a of values) for (const b of values) pairs += Math.abs(a - b)
          const absolute = values.reduce((sum, value) => sum + Math.abs(value), 0)
          const whale = whaleIndices(descending(values))
          near(whale.giniNormalised, pairs / (2 * (values.length - 1) * absolute), 1e-9)
          expect(whale.giniNormalised).toBeGreaterThanOrEqual(-1e-12)
          expect(whale.giniNormalised).toBeLessThanOrEqual(1 + 1e-12)
        },
      ),
    )
  })

  test('no index depends on the currency unit', () => {
    fc.assert(
      fc.property(profits, fc.integer({ min: 1, max: 1000 }), (values, factor) => {
        const one = whaleIndices(descending(values))
        const many = whaleIndices(descending(values.map((value) => value * factor)))
        for (const index of ['peakRatio', 'area', 'stobachoff', 'gini', 'giniNormalised', 'subsidyRatio', 'customersToZero'] as const) {
          near(many[index], one[index], 1e-9)
        }
      }),
    )
  })

  test('the peak, the subsidy ratio and the shares stand in their order', () => {
    fc.assert(
      fc.property(profits, (values) => {
        const whale = whaleIndices(descending(values))
        near(whale.subsidyRatio, (whale.peakRatio - 1) / whale.peakRatio, 1e-9)
        for (const share of [...whale.dependence, ...whale.vulnerability]) expect(share).toBeLessThanOrEqual(whale.peakRatio + 1e-9)
        expect(whale.dependence[1]!).toBeGreaterThanOrEqual(Math.min(whale.dependence[0]!, 1) - 1e-9)
        expect(whale.peakPosition + whale.shareUnprofitable).toBeLessThanOrEqual(1 + 1e-12)
      }),
    )
  })

  test('a customer of weight three is three customers', () => {
    fc.assert(
      fc.property(profits, fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 200, maxLength: 200 }), (values, drawn) => {
        const sorted = descending(values)
        const weights = Float64Array.from(sorted, (_, i) => drawn[i]!)
        const spelt = Float64Array.from(sorted).reduce<number[]>((list, value, i) => list.concat(new Array(weights[i]!).fill(value)), [])
        const total = spelt.reduce((sum, value) => sum + value, 0)
        const gains = spelt.reduce((sum, value) => sum + Math.max(0, value), 0)
        fc.pre(spelt.length > 10 && total > 0.02 * gains)
        const weighted = whaleIndices(sorted, weights)
        const plain = whaleIndices(Float64Array.from(spelt))
        for (const index of ['peakRatio', 'peakPosition', 'area', 'giniNormalised', 'customersToZero'] as const) {
          near(weighted[index], plain[index], 1e-9)
        }
        for (const i of plain.dependence.keys()) near(weighted.dependence[i]!, plain.dependence[i]!, 1e-9)
        for (const i of plain.vulnerability.keys()) near(weighted.vulnerability[i]!, plain.vulnerability[i]!, 1e-9)
      }),
    )
  })
})

describe('what the data cannot carry', () => {
  test('a total near zero gives no shares of it, but still a normalised Gini coefficient', () => {
    const whale = whaleIndices(descending([100, 50, -60, -90]))
    expect(whale.peakRatio).toBeNaN()
    expect(whale.dependence.every(Number.isNaN)).toBe(true)
    expect(whale.customersToZero).toBeNaN()
    expect(whale.giniNormalised).toBeGreaterThan(0)
    expect(whale.subsidyRatio).toBe(1)
  })

  test('only losses give no shares', () => {
    const whale = whaleIndices(descending([-1, -2, -3]))
    expect(whale.peakRatio).toBeNaN()
    expect(whale.shareUnprofitable).toBe(1)
  })

  test('equal customers are spread evenly', () => {
    const whale = whaleIndices(new Float64Array(50).fill(7))
    expect(whale.gap).toBeCloseTo(0, 12)
    expect(whale.customersToZero).toBe(50)
    expect(revenueConcentration(new Float64Array(50).fill(7)).effectiveNumber).toBeCloseTo(50, 9)
  })
})

test('a long curve keeps both ends, the peak and at most about 2,000 points', () => {
  const ranks = curveRanks(1_000_000, 773_210)
  expect(ranks.length).toBeLessThanOrEqual(2001)
  expect(ranks.slice(0, 3)).toEqual([1, 2, 3])
  expect(ranks.slice(-2)).toEqual([999_999, 1_000_000])
  expect(ranks).toContain(773_210)
  expect(new Set(ranks).size).toBe(ranks.length)
})
