import { expect, test } from 'vitest'
import { balanceSpends, responseRate } from './balance.ts'
import { poolMeans } from './pool.ts'

// Golden values: test/golden conventions; worked numbers of the method page.
const worked = {
  margin: 50,
  discount: 0.1,
  acquire: { spend: 5, rate: 0.1, ceiling: 0.4 },
  retain: { spend: 10, rate: 0.4, ceiling: 0.7 },
}

test('the balance of winning and keeping: worked example', () => {
  expect(responseRate(worked.acquire)).toBeCloseTo(0.05753641449, 9)
  expect(responseRate(worked.retain)).toBeCloseTo(0.08472978604, 9)
  const found = balanceSpends(worked)
  expect(found.equityNow).toBeCloseTo(1.428571429, 8)
  expect(found.retainSpend).toBeCloseTo(16.31867, 4)
  expect(found.retainRate).toBeCloseTo(0.524366, 5)
  expect(found.customerValue).toBeCloseTo(67.197772, 5)
  expect(found.acquireSpend).toBeCloseTo(7.578021, 5)
  expect(found.acquireRate).toBeCloseTo(0.141356, 5)
  expect(found.equity).toBeCloseTo(1.920791, 5)
})

test('at the optimum the last unit of money wins and keeps value at the same price (Pfeifer 2005)', () => {
  const { retainSpend, acquireSpend, customerValue } = balanceSpends(worked)
  const marginal = ({ ceiling, ...one }: typeof worked.acquire, spend: number): number => {
    const k = responseRate({ ceiling, ...one })
    return 1 / (ceiling * k * Math.exp(-k * spend))
  }
  expect(marginal(worked.acquire, acquireSpend)).toBeCloseTo(customerValue, 6)
  expect(marginal(worked.retain, retainSpend)).toBeCloseTo(customerValue, 5)
})

test('where winning costs more than a customer is worth nothing is spent on it', () => {
  const found = balanceSpends({ ...worked, margin: 1 })
  expect(found.acquireSpend).toBe(0)
  expect(found.retainSpend).toBe(0)
  expect(() => balanceSpends({ ...worked, acquire: { spend: 5, rate: 0.5, ceiling: 0.4 } })).toThrow('rate < ceiling')
})

test('partial pooling: worked example', () => {
  const errors = [0.1, 0.05, 0.2, 0.15]
  const { centre, between, groups } = poolMeans([0.6, 0.35, 0.1, 0.45].map((mean, i) => ({ mean, error: errors[i]! })))
  expect(between).toBeCloseTo(0.016190476, 8)
  expect(centre).toBeCloseTo(0.406757882, 8)
  const published = [0.526217, 0.357592, 0.31837, 0.424853]
  for (const [i, group] of groups.entries()) {
    expect(group.mean).toBeCloseTo(published[i]!, 5)
    expect(group.error).toBeLessThan(errors[i]! + 1e-9)
  }
})

test('equal groups are pooled whole, one group stands for itself, none is none', () => {
  const same = poolMeans([1, 1, 1].map((mean) => ({ mean, error: 0.5 })))
  expect(same.between).toBe(0)
  for (const { mean } of same.groups) expect(mean).toBeCloseTo(1, 12)
  expect(poolMeans([{ mean: 3, error: 1 }]).groups[0]!.mean).toBe(3)
  expect(poolMeans([]).groups).toEqual([])
})
