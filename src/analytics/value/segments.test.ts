/** Partial pooling of segments. */
import { describe, expect, test } from 'vitest'
import { createRandom } from '../../math/random.ts'
import { bgNbd } from './bg-nbd.ts'
import { fitFile } from './fit-file.ts'
import { fitSegments } from './segments.ts'

const centre = { r: 0.8, alpha: 6, a: 0.7, b: 2.5 }

/** Segments whose mean rates differ by a factor of about e^spread, of these sizes. */
function simulate(sizes: number[], spread: number, seed: number) {
  const random = createRandom(seed)
  return sizes.map((size, j) => {
    const truth = { ...centre, alpha: centre.alpha * Math.exp(-spread * random.normal()) }
    const T = Float64Array.from({ length: size }, () => 30 + 40 * random.next())
    const { x, tx } = bgNbd.simulate(random, truth, T)
    return { name: `s${j}`, truth, cells: { x, tx, T } }
  })
}

describe('pooling', () => {
  const sizes = [2500, 1500, 800, 400, 200, 120, 80, 60]
  const segments = simulate(sizes, 0.35, 5)
  const fit = fitSegments('bg-nbd', segments)
  const truth = segments.map((segment) => bgNbd.expectedTransactions(segment.truth, 52))

  test('converges, and large segments keep their own while small ones are drawn in', () => {
    expect(fit.status).toBe('converged')
    expect(fit.segments[0]!.ownWeight).toBeGreaterThan(fit.segments[7]!.ownWeight)
    expect(fit.segments[0]!.ownWeight).toBeGreaterThan(0.3)
    const largest = fit.segments[0]!
    expect(largest.pooled.expected.value / largest.alone!.expected.value).toBeCloseTo(1, 1)
  })

  test('intervals shrink and hold the truth', () => {
    let held = 0
    fit.segments.forEach(({ alone, pooled }, j) => {
      if (alone) expect(pooled.expected.high / pooled.expected.low).toBeLessThan(alone.expected.high / alone.expected.low)
      if (pooled.expected.low <= truth[j]! && truth[j]! <= pooled.expected.high) held++
    })
    expect(held).toBeGreaterThanOrEqual(6)
  })

  test('is nearer to the truth than one for all, and than each alone', () => {
    const miss = (value: (j: number) => number): number => truth.reduce((sum, target, j) => sum + Math.log(value(j) / target) ** 2, 0)
    const one = bgNbd.expectedTransactions(fit.together.parameters as never, 52)
    const pooled = miss((j) => fit.segments[j]!.pooled.expected.value)
    expect(pooled).toBeLessThan(0.6 * miss(() => one))
    expect(pooled).toBeLessThan(miss((j) => fit.segments[j]!.alone?.expected.value ?? one))
  })

  test('the order of segments and rows does not matter', () => {
    const turned = fitSegments('bg-nbd', [...segments].reverse())
    expect(turned.logLikelihood).toBe(fit.logLikelihood)
  })
})

test('segments that do not differ are told alike', () => {
  const fit = fitSegments('bg-nbd', simulate([600, 600, 600, 600, 600], 0, 6))
  const values = fit.segments.map(({ pooled }) => pooled.expected.value)
  expect(Math.max(...values) / Math.min(...values)).toBeLessThan(1.1)
})

test('a segment of one-timers alone is told by what the others have in common', () => {
  const segments = simulate([900, 900, 900], 0.2, 7)
  const none = { name: 'new', cells: { x: new Float64Array(12), tx: new Float64Array(12), T: new Float64Array(12).fill(6) } }
  const fit = fitSegments('bg-nbd', [...segments, none])
  const newest = fit.segments.find(({ name }) => name === 'new')!
  expect(newest.alone).toBeUndefined()
  expect(newest.whyNotAlone).toMatch(/nobody has bought again/)
  expect(newest.ownWeight).toBeLessThan(0.5)
  expect(newest.pooled.expected.value).toBeGreaterThan(0)
})

test('through a file; two segments are too few', () => {
  const segments = simulate([900, 500, 200], 0.3, 8)
  const rows = segments.flatMap(({ name, cells }) => Array.from(cells.x, (x, i) => `${x},${cells.tx[i]},${cells.T[i]},${name}`))
  const fit = fitFile('bg-nbd', ['x,t_x,T,cohort', ...rows].join('\n'), { segment: 'cohort' })
  expect(fit.segments!.segments.map(({ name, customers }) => [name, customers])).toEqual([
    ['s0', 900],
    ['s1', 500],
    ['s2', 200],
  ])
  expect(() => fitFile('bg-nbd', 'x,t_x,T,c\n1,1,2,a\n0,0,2,b', { segment: 'c', minimumRepeatBuyers: 1 })).toThrow(
    /at least 3; there are 2/,
  )
  expect(() => fitFile('bg-nbd', 'x,t_x,T\n1,1,2', { segment: 'c' })).toThrow(/no column c/)
})
