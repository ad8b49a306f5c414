import { expect, test } from 'vitest'
import { createRandom } from './random.ts'
import { sliceSample } from './slice-sampler.ts'
import { mean, variance } from './statistics.ts'

test('a slice sampler reproduces mean and variance of a skewed density, whatever its first width', () => {
  for (const width of [0.05, 1, 50]) {
    const random = createRandom(9).split(width)
    const logGammaDensity = (x: number): number => (x > 0 ? 2 * Math.log(x) - x : -Infinity)
    let x = 1
    const draws = new Float64Array(30_000)
    for (let i = 0; i < draws.length; i++) {
      x = sliceSample(random, logGammaDensity, x, width)
      draws[i] = x
    }
    expect(Math.abs(mean(draws) - 3)).toBeLessThan(0.1)
    expect(Math.abs(variance(draws) - 3)).toBeLessThan(0.5)
  }
})

test('a chain that stands where the density is undefined is refused', () => {
  expect(() => sliceSample(createRandom(1), () => Number.NaN, 1)).toThrow(RangeError)
})
