import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { digamma, lbeta, lgamma, logRising, trigamma } from './gamma.ts'
import { logHyp2f1, logTricomiU } from './hypergeometric.ts'
import { betaI, betaQuantile, gammaP, gammaQ, gammaQuantile, logGammaQ } from './incomplete.ts'
import { erfc, normalCdf, normalQuantile } from './normal.ts'
import { studentCdf, studentQuantile } from './student-t.ts'

// Made by scripts/golden-math.py with 50 digits: rows of arguments followed by the value.
const golden: Record<string, number[][]> = JSON.parse(readFileSync(new URL('../../test/golden/math.json', import.meta.url), 'utf8'))

/** The worst errors allowed: relative, or absolute below one in size where the function crosses zero. docs/methods/numerics.md states them. */
const functions: [string, (...args: number[]) => number, number, 'relative' | 'mixed'][] = [
  ['lgamma', lgamma, 1e-15, 'relative'],
  ['digamma', digamma, 2e-15, 'mixed'],
  ['trigamma', trigamma, 2e-15, 'relative'],
  ['lbeta', lbeta, 5e-15, 'mixed'],
  ['logRising', logRising, 5e-15, 'mixed'],
  ['erfc', erfc, 2e-15, 'relative'],
  ['normalCdf', normalCdf, 3e-15, 'relative'],
  ['normalQuantile', normalQuantile, 2e-15, 'relative'],
  ['gammaP', gammaP, 5e-13, 'relative'],
  ['gammaQ', gammaQ, 5e-13, 'relative'],
  ['gammaQ', (a, x) => Math.exp(logGammaQ(a!, x!)), 5e-13, 'relative'],
  ['betaI', betaI, 2e-13, 'relative'],
  ['studentCdf', studentCdf, 5e-14, 'relative'],
  ['studentQuantile', studentQuantile, 1e-13, 'relative'],
  ['gammaQuantile', gammaQuantile, 1e-14, 'relative'],
  ['betaQuantile', betaQuantile, 2e-14, 'relative'],
  ['logHyp2f1', logHyp2f1, 1e-13, 'mixed'],
  ['logTricomiU', logTricomiU, 2e-14, 'mixed'],
]

for (const [name, f, worst, kind] of functions) {
  test(`${name} agrees with 50-digit arithmetic`, () => {
    const errors = golden[name]!.map((row) => {
      const expected = row.at(-1)!
      const scale = kind === 'mixed' ? Math.max(1, Math.abs(expected)) : Math.abs(expected)
      const error = Math.abs(f(...row.slice(0, -1)) - expected)
      return error === 0 ? 0 : error / scale
    })
    expect(Math.max(...errors)).toBeLessThan(worst)
  })
}

test('2F1 keeps its identities far beyond what 50-digit series can reach', () => {
  // Euler's transformation, with parameters in the thousands: 2F1(a,b;c;z) = (1-z)^(c-a-b) 2F1(c-a,c-b;c;z).
  for (const [a, b, c, z] of [
    [5000.3, 2.5, 9000.7, 0.7],
    [1200.5, 3100.2, 7000.9, 0.93],
    [0.02, 4000, 4000.5, 0.999],
  ] as const) {
    const left = logHyp2f1(a, b, c, z)
    const right = (c - a - b) * Math.log1p(-z) + logHyp2f1(c - a, c - b, c, z)
    expect(Math.abs(left - right) / Math.max(1, Math.abs(left))).toBeLessThan(1e-11)
  }
})

test("Tricomi U keeps Kummer's relation U(a, b, z) = z^(1-b) U(a-b+1, 2-b, z)", () => {
  for (const [a, b, z] of [
    [0.6, 0.6, 0.03],
    [2500, 12, 4],
    [30, 28, 0.001],
  ] as const) {
    const left = logTricomiU(a, b, z)
    const right = (1 - b) * Math.log(z) + logTricomiU(a - b + 1, 2 - b, z)
    expect(Math.abs(left - right) / Math.max(1, Math.abs(left))).toBeLessThan(1e-12)
  }
})

test("arguments outside a function's domain are refused, NaN among them", () => {
  for (const call of [
    () => lgamma(0),
    () => lgamma(Number.NaN),
    () => digamma(-1),
    () => trigamma(Number.NaN),
    () => logRising(-1, 2),
    () => gammaP(0, 1),
    () => betaI(1, 1, 1.5),
    () => normalQuantile(Number.NaN),
    () => studentCdf(1, 0),
    () => logHyp2f1(1, 2, 3, 1),
    () => logTricomiU(0, 1, 1),
  ])
    expect(call).toThrow(RangeError)
})

test('2F1 with a second parameter near zero is quick, and joins the integral without a step', () => {
  const started = process.cpuUsage()
  for (const b of [1e-300, 1e-12, 1e-7, 1e-4]) {
    for (const z of [-1e-4, -1, -8000, -1e9]) {
      // To first order in b: 1 - b ln(1 - z) where c is 1.
      const value = logHyp2f1(1, b, 1 + b, z)
      expect(value).toBeLessThanOrEqual(0)
      if (b <= 1e-7) expect(value / b).toBeCloseTo(-Math.log1p(-z), 4)
    }
  }
  expect(process.cpuUsage(started).user).toBeLessThan(2_000_000)
  for (const z of [-0.5, -30, -5000]) {
    const slope = (logHyp2f1(1, 0.0101, 4, z) - logHyp2f1(1, 0.0099, 4, z)) / 0.0002
    const before = (logHyp2f1(1, 0.0099, 4, z) - logHyp2f1(1, 0.0097, 4, z)) / 0.0002
    expect(Math.abs(slope / before - 1)).toBeLessThan(1e-3)
  }
})
