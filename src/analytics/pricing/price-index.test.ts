import { expect, test } from 'vitest'
import { createRandom } from '../../math/random.ts'
import { type MatchedCell, priceIndices, sumCells } from './price-index.ts'

const indicesOf = (cells: MatchedCell[]) => priceIndices(sumCells(cells))!
const random = createRandom(17)
const draw = (size: number): MatchedCell[] =>
  Array.from({ length: size }, () => {
    const priceBefore = 1 + 20 * random.next()
    return {
      quantityBefore: 1 + 50 * random.next(),
      quantityNow: 1 + 50 * random.next(),
      priceBefore,
      priceNow: priceBefore * Math.exp(0.15 * random.normal()),
    }
  })

test('two products by hand', () => {
  const cells = [
    { quantityBefore: 100, quantityNow: 150, priceBefore: 10, priceNow: 9.5 },
    { quantityBefore: 200, quantityNow: 180, priceBefore: 5, priceNow: 5.5 },
  ]
  const found = indicesOf(cells)
  expect(found.laspeyres).toBeCloseTo((9.5 * 100 + 5.5 * 200) / 2_000, 12)
  expect(found.paasche).toBeCloseTo((9.5 * 150 + 5.5 * 180) / (10 * 150 + 5 * 180), 12)
  expect(found.fisher).toBeCloseTo(Math.sqrt(1.025 * (2_415 / 2_400)), 12)
  // The price effect of the bridge on the same cells (test/golden/pvm.json): +15.
  const sums = sumCells(cells)
  expect(sums.m1 - sums.new).toBeCloseTo(15, 9)
})

test('where all prices rise by the same factor every index is that factor', () => {
  const cells = draw(20).map((cell) => ({ ...cell, priceNow: cell.priceBefore * 1.07 }))
  for (const value of Object.values(indicesOf(cells))) expect(value).toBeCloseTo(1.07, 10)
})

test('Fisher lies between Laspeyres and Paasche, and Törnqvist beside it', () => {
  for (let round = 0; round < 50; round++) {
    const { laspeyres, paasche, fisher, tornqvist } = indicesOf(draw(30))
    expect(fisher).toBeGreaterThanOrEqual(Math.min(laspeyres, paasche) - 1e-12)
    expect(fisher).toBeLessThanOrEqual(Math.max(laspeyres, paasche) + 1e-12)
    expect(Math.abs(tornqvist / fisher - 1)).toBeLessThan(0.02)
  }
})

test('swapping the periods gives the reciprocal of Fisher and Törnqvist, and turns Laspeyres into one over Paasche', () => {
  const cells = draw(15)
  const there = indicesOf(cells)
  const back = indicesOf(
    cells.map((cell) => ({
      quantityBefore: cell.quantityNow,
      quantityNow: cell.quantityBefore,
      priceBefore: cell.priceNow,
      priceNow: cell.priceBefore,
    })),
  )
  expect(there.fisher * back.fisher).toBeCloseTo(1, 12)
  expect(there.tornqvist * back.tornqvist).toBeCloseTo(1, 12)
  expect(there.laspeyres * back.paasche).toBeCloseTo(1, 12)
})

test('another currency, other units and another order of cells change nothing', () => {
  const cells = draw(15)
  const other = [...cells].reverse().map((cell, i) => {
    const packs = 1 + (i % 4)
    return {
      quantityBefore: cell.quantityBefore / packs,
      quantityNow: cell.quantityNow / packs,
      priceBefore: cell.priceBefore * packs * 1.3,
      priceNow: cell.priceNow * packs * 1.3,
    }
  })
  const [a, b] = [indicesOf(cells), indicesOf(other)]
  for (const name of ['laspeyres', 'paasche', 'fisher', 'tornqvist'] as const) expect(b[name]).toBeCloseTo(a[name], 10)
})

test('without amounts there is no index', () => {
  expect(priceIndices(sumCells([]))).toBeNull()
})
