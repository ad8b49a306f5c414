import { describe, expect, test } from 'vitest'
import { createRandom } from '../../math/random.ts'
import {
  adviseDiscrete,
  adviseDrift,
  adviseHistory,
  adviseNaive,
  adviseOneTimers,
  adviseRegularity,
  adviseSeason,
  regularityOf,
} from './advice.ts'
import { liftByChance, liftByExpectation, scoreChances } from './lift.ts'

const columns = (pairs: [number, number][]) => ({
  days: Float64Array.from(pairs, ([days]) => days),
  gaps: Float64Array.from(pairs, ([, gaps]) => gaps),
})

test('regularity: Erlang-k gaps give k back whatever the customers’ rates', () => {
  const random = createRandom(3)
  for (const k of [1, 3]) {
    const size = 20_000
    const rates = Float64Array.from({ length: size }, () => random.gamma(0.6, 10))
    const gap = (i: number): number => random.gamma(k) / rates[i]!
    const pairs = { first: rates.map((_, i) => gap(i)), last: rates.map((_, i) => gap(i)), customers: rates.map(() => 1) }
    expect(regularityOf(pairs).k / k).toBeCloseTo(1, 1)
    expect(adviseRegularity(pairs).verdict).toBe(k === 1 ? 'fits' : 'mind')
  }
  const few = { first: new Float64Array([1]), last: new Float64Array([2]), customers: new Float64Array([4]) }
  expect(adviseRegularity(few)).toMatchObject({ verdict: 'unknown', text: expect.stringMatching(/Only 4 customers/) })
})

test('contracts and weekly rounds show in the gaps', () => {
  expect(
    adviseDiscrete(
      columns([
        [30, 300],
        [31, 200],
        [12, 100],
      ]),
    ).verdict,
  ).toBe('misfit')
  expect(
    adviseDiscrete(
      columns([
        [7, 300],
        [14, 200],
        [12, 100],
      ]),
    ).text,
  ).toMatch(/whole weeks/)
  expect(adviseDiscrete(columns(Array.from({ length: 200 }, (_, i) => [i + 1, 5] as [number, number]))).verdict).toBe('fits')
  expect(adviseDiscrete(columns([[30, 10]])).verdict).toBe('unknown')
})

test('one-timers beyond what the model tells', () => {
  expect(adviseOneTimers('BG/NBD', 1000, 600, 590).verdict).toBe('fits')
  expect(adviseOneTimers('BG/NBD', 1000, 680, 600)).toMatchObject({ verdict: 'mind', figure: 0.08 })
  expect(adviseOneTimers('BG/NBD', 1000, 400, 600)).toMatchObject({ verdict: 'misfit', text: expect.stringMatching(/More come back/) })
})

test('a season needs a year, a strong month and more than chance', () => {
  const months = (december: number, scale = 1) =>
    Array.from({ length: 12 }, (_, i) => ({ month: i + 1, actual: scale * (i === 11 ? december : 100), expected: scale * 100 }))
  expect(adviseSeason(months(100), 104).verdict).toBe('fits')
  expect(adviseSeason(months(220), 104)).toMatchObject({ verdict: 'mind', text: expect.stringMatching(/^December 2\.00 times/) })
  expect(adviseSeason(months(220), 60).text).toMatch(/less than two years/)
  expect(adviseSeason(months(220), 40).verdict).toBe('unknown')
  // The same ratio on few purchases is chance.
  expect(adviseSeason(months(160, 0.12), 104).verdict).toBe('fits')
})

test('drift across cohorts', () => {
  const cohort = (ratio: number, variance = 400) => ({ customers: 500, actual: 400 * ratio, expected: 400, variance })
  expect(adviseDrift([cohort(1.02), cohort(1), cohort(1), cohort(0.98)]).verdict).toBe('fits')
  expect(adviseDrift([cohort(1.2), cohort(1), cohort(1), cohort(0.8)])).toMatchObject({
    verdict: 'mind',
    text: expect.stringMatching(/worse/),
  })
  expect(adviseDrift([cohort(0.6), cohort(1), cohort(1), cohort(1.4)])).toMatchObject({
    verdict: 'misfit',
    text: expect.stringMatching(/better/),
  })
  // So wide that it may be chance.
  expect(adviseDrift([cohort(1.2, 40_000), cohort(1), cohort(1), cohort(0.8, 40_000)]).verdict).toBe('fits')
  expect(adviseDrift([cohort(1)]).verdict).toBe('unknown')
})

test('history and the naive rule', () => {
  expect(adviseHistory(80, 5000, 20_000, 6).verdict).toBe('fits')
  expect(adviseHistory(80, 100, 20_000, 6).verdict).toBe('mind')
  expect(adviseHistory(30, 5000, 20_000, 20).verdict).toBe('mind')
  expect(adviseNaive('BG/NBD', 0.08, 0.6).verdict).toBe('fits')
  expect(adviseNaive('BG/NBD', 0.8, 0.6).verdict).toBe('misfit')
})

describe('lift', () => {
  const size = 1000
  const told = {
    expected: Float64Array.from({ length: size }, (_, i) => (i % 100) / 50),
    none: Float64Array.from({ length: size }, (_, i) => 1 - ((i % 100) + 0.5) / 100),
  }
  const cells = {
    weight: new Float64Array(size).fill(2),
    later: told.expected.map((value) => 2 * value),
    buyers: told.none.map((none) => 2 * (1 - none)),
  }

  test('tenths hold a tenth of the customers each and fall', () => {
    const groups = liftByExpectation(cells, told)
    expect(groups.map(({ customers }) => customers)).toEqual(new Array(10).fill(200))
    groups.forEach(({ expected, actual }, i) => {
      expect(actual).toBeCloseTo(expected, 9)
      if (i > 0) expect(actual).toBeLessThan(groups[i - 1]!.actual)
    })
  })

  test('bands of the chance to buy', () => {
    const groups = liftByChance(cells, told)
    expect(groups).toHaveLength(10)
    expect(groups[0]!.expectedBuyers / groups[0]!.customers).toBeCloseTo(0.95, 6)
  })

  test('true chances score better than the share of all, and than chances drawn to the ends', () => {
    const score = scoreChances(cells, told)
    expect(score.logLoss).toBeLessThan(score.baseLogLoss)
    const bold = { ...told, none: told.none.map((none) => (none > 0.5 ? 0.999 : 0.001)) }
    expect(scoreChances(cells, bold).logLoss).toBeGreaterThan(score.logLoss)
    expect(scoreChances(cells, bold).brier).toBeGreaterThan(score.brier)
  })
})
