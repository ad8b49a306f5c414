import { expect, test } from 'vitest'
import { gaussLegendre, integrate, logIntegratePeak, tanhSinh } from './quadrature.ts'

test('an n-point Gauss-Legendre rule is exact for polynomials of degree 2n - 1', () => {
  for (const n of [1, 2, 5, 16, 64]) {
    const { nodes, weights } = gaussLegendre(n)
    for (const degree of [0, 1, 2 * n - 2, 2 * n - 1]) {
      const value = nodes.reduce((total, x, i) => total + weights[i]! * x ** degree, 0)
      expect(value).toBeCloseTo(degree % 2 === 0 ? 2 / (degree + 1) : 0, 13)
    }
  }
})

test('adaptive panels find a narrow peak and a kink', () => {
  expect(integrate((x) => 1 / (1e-4 + (x - 0.3) ** 2), 0, 1)).toBeCloseTo((Math.atan(70) + Math.atan(30)) / 0.01, 8)
  expect(integrate((x) => Math.abs(x - 1 / 3), 0, 1)).toBeCloseTo(5 / 18, 11)
  expect(integrate(Math.exp, 2, 2)).toBe(0)
})

test('tanh-sinh takes singular ends', () => {
  expect(tanhSinh((x) => 1 / Math.sqrt(x), 0, 1)).toBeCloseTo(2, 11)
  expect(tanhSinh((x) => Math.log(x), 0, 1)).toBeCloseTo(-1, 11)
  expect(tanhSinh((x, distance) => 1 / Math.sqrt(x > 1.5 ? distance : 2 - x), 1, 2)).toBeCloseTo(2, 11)
})

test('a peak on the line is integrated in logs however high it is', () => {
  const value = logIntegratePeak((s) => 5000 - 0.5 * ((s - 3) / 0.01) ** 2, 3, 0.01)
  expect(value).toBeCloseTo(5000 + Math.log(0.01 * Math.sqrt(2 * Math.PI)), 10)
})
