import { describe, expect, test } from 'vitest'
import { createRandom, type Random } from './random.ts'
import { mean, variance } from './statistics.ts'

function draws(count: number, draw: () => number): Float64Array {
  return Float64Array.from({ length: count }, draw)
}

/** Mean and variance within five standard errors, the variance's own taken from the fourth moment. */
function expectMoments(values: Float64Array, expectedMean: number, expectedVariance: number): void {
  const centre = mean(values)
  const spread = variance(values)
  expect(Math.abs(centre - expectedMean)).toBeLessThanOrEqual(5 * Math.sqrt(expectedVariance / values.length))
  const fourth = mean(values.map((v) => (v - centre) ** 4))
  expect(Math.abs(spread - expectedVariance)).toBeLessThan(5 * Math.sqrt(Math.max(0, fourth - spread ** 2) / values.length) + 1e-12)
}

describe('the seeded generator', () => {
  test('gives the same numbers for the same seed, for ever', () => {
    const random = createRandom(42)
    expect([random.bits(), random.bits(), random.next(), random.integer(1000)]).toMatchInlineSnapshot(`
      [
        3349353540,
        2459287773,
        0.10866681250424759,
        937,
      ]
    `)
  })

  test('gives different numbers for different seeds, big and negative ones too', () => {
    const firsts = [0, 1, 2, -1, 2 ** 40, 123n, -(2n ** 60n)].map((seed) => createRandom(seed).next())
    expect(new Set(firsts).size).toBe(firsts.length)
  })

  test('splits into streams that depend on the label only, not on draws made before', () => {
    const early = createRandom(7)
    const late = createRandom(7)
    for (let i = 0; i < 10; i++) late.normal()
    expect(late.split('spend').next()).toBe(early.split('spend').next())
    const firsts = ['a', 'b', 'ab', '', '1', 1, 0, 1.5, -1].map((label) => createRandom(7).split(label).next())
    expect(new Set(firsts).size).toBe(firsts.length)
  })

  test('streams of neighbouring numbers are uncorrelated', () => {
    const root = createRandom(3)
    const first = draws(20_000, () => 0).map((_, i) => root.split(i).next())
    expectMoments(first, 1 / 2, 1 / 12)
    let lagged = 0
    for (let i = 1; i < first.length; i++) lagged += (first[i]! - 0.5) * (first[i - 1]! - 0.5)
    expect(Math.abs((12 * lagged) / first.length)).toBeLessThan(5 / Math.sqrt(first.length))
  })

  test('integers are spread evenly', () => {
    const random = createRandom(11)
    const counts = new Float64Array(10)
    for (let i = 0; i < 100_000; i++) counts[random.integer(10)]!++
    const chiSquare = counts.reduce((total, count) => total + (count - 10_000) ** 2 / 10_000, 0)
    expect(chiSquare).toBeLessThan(33)
  })

  test('refuses seeds and parameters that make no sense', () => {
    const random = createRandom(1)
    expect(() => createRandom(1.5)).toThrow(RangeError)
    expect(() => random.gamma(0)).toThrow(RangeError)
    expect(() => random.gamma(Number.NaN)).toThrow(RangeError)
    expect(() => random.poisson(-1)).toThrow(RangeError)
    expect(() => random.binomial(3, 1.1)).toThrow(RangeError)
    expect(() => random.integer(0)).toThrow(RangeError)
  })
})

describe('draws have the mean and variance of their distribution:', () => {
  const cases: [string, (random: Random) => number, number, number][] = [
    ['uniform', (r) => r.next(), 1 / 2, 1 / 12],
    ['normal', (r) => r.normal(), 0, 1],
    ['normal with mean 3 and deviation 2', (r) => r.normal(3, 2), 3, 4],
    ['exponential', (r) => r.exponential(4), 1 / 4, 1 / 16],
    ...[0.05, 0.5, 1, 3.7, 400].map((a): [string, (r: Random) => number, number, number] => [`gamma ${a}`, (r) => r.gamma(a), a, a]),
    ['gamma with a rate', (r) => r.gamma(3, 2), 1.5, 0.75],
    ...[
      [0.1, 0.2],
      [0.793, 2.426],
      [40, 3],
    ].map(([a, b]): [string, (r: Random) => number, number, number] => [
      `beta ${a}, ${b}`,
      (r) => r.beta(a!, b!),
      a! / (a! + b!),
      (a! * b!) / ((a! + b!) ** 2 * (a! + b! + 1)),
    ]),
    ...[0, 0.1, 3, 9.9, 10.1, 60, 5000].map((m): [string, (r: Random) => number, number, number] => [
      `poisson ${m}`,
      (r) => r.poisson(m),
      m,
      m,
    ]),
    ...[
      [10, 0.1],
      [50, 0.5],
      [1000, 0.97],
      [100, 0.3],
    ].map(([n, p]): [string, (r: Random) => number, number, number] => [
      `binomial ${n}, ${p}`,
      (r) => r.binomial(n!, p!),
      n! * p!,
      n! * p! * (1 - p!),
    ]),
    ['negative binomial', (r) => r.negativeBinomial(0.6, 4), 4, 4 + 16 / 0.6],
    ['choice', (r) => r.choice([1, 0, 3]), 1.5, 0.75],
    ['a share of a Dirichlet', (r) => r.dirichlet([1, 2, 5])[1]!, 2 / 8, (2 * 6) / (64 * 9)],
  ]
  test.each(cases)('%s', (name, draw, expectedMean, expectedVariance) => {
    const random = createRandom(20260101).split(name)
    expectMoments(
      draws(40_000, () => draw(random)),
      expectedMean,
      expectedVariance,
    )
  })

  test('tiny shapes keep their logarithm where the draw itself would be zero', () => {
    const random = createRandom(5)
    const logs = draws(2000, () => random.logGamma(0.001))
    expect(logs.every(Number.isFinite)).toBe(true)
    expect(Math.min(...logs)).toBeLessThan(-1000)
  })

  test('Dirichlet shares add up to one and a shuffle keeps every item', () => {
    const random = createRandom(6)
    const shares = random.dirichlet([0.01, 0.01, 0.02])
    expect(shares[0]! + shares[1]! + shares[2]!).toBeCloseTo(1, 14)
    expect(random.shuffle([1, 2, 3, 4, 5]).sort()).toEqual([1, 2, 3, 4, 5])
  })
})
