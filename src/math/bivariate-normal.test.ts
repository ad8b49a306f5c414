import { expect, test } from 'vitest'
import { bivariateNormalCdf } from './bivariate-normal.ts'
import { normalCdf } from './normal.ts'

test('at the origin the probability is 1/4 + asin(rho) / 2 pi', () => {
  for (const rho of [-0.95, -0.5, -0.1, 0, 0.3, 0.8, 0.95])
    expect(bivariateNormalCdf(0, 0, rho)).toBeCloseTo(0.25 + Math.asin(rho) / (2 * Math.PI), 9)
})

test('the four quadrants around a point add up to 1 and to the margins', () => {
  for (const [h, k, rho] of [
    [0.3, -1.2, 0.6],
    [2, 1, -0.9],
    [-3, 0.1, 0.4],
  ] as const) {
    const low = bivariateNormalCdf(h, k, rho)
    const right = bivariateNormalCdf(-h, k, -rho)
    expect(low + right).toBeCloseTo(normalCdf(k), 9)
    expect(low + right + bivariateNormalCdf(h, -k, -rho) + bivariateNormalCdf(-h, -k, rho)).toBeCloseTo(1, 9)
  }
})

test('with one side out of the way it is the other side', () => {
  expect(bivariateNormalCdf(9, 0.7, 0.5)).toBeCloseTo(normalCdf(0.7), 12)
  expect(bivariateNormalCdf(Number.POSITIVE_INFINITY, 0.7, 0.5)).toBeCloseTo(normalCdf(0.7), 12)
})
